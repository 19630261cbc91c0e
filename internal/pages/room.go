package pages

import (
	"errors"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/room"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// beside says what the other laptops of the station have of what was recorded here; nil where that is off.
func (c *Call) beside() ([]ui.Note, error) {
	if c.Room == nil {
		return nil, nil
	}
	st, err := c.Room.Status(c.Ctx())
	if err != nil || !st.On {
		return nil, err
	}
	var notes []ui.Note
	say := func(tone ui.Tone, text string) {
		notes = append(notes, ui.Note{Tone: tone, Lead: c.T("room_say.beside"), Text: text})
	}
	if st.Fault != nil {
		say(ui.ToneAsk, c.T("room_say.fault"))
	}
	for _, n := range st.Neighbours {
		if n.Waiting > 0 {
			say(ui.ToneOK, c.T("room_say.safe", "n", int(n.Waiting), "name", n.Name))
		} else if n.Present {
			say(ui.ToneOK, c.T("room_say.level", "name", n.Name))
		}
		switch {
		case n.Present:
		case n.Heard.IsZero():
			say(ui.ToneCalm, c.T("room_say.gone", "name", n.Name))
		default:
			say(ui.ToneCalm, c.T("room_say.away", "name", n.Name, "at", c.clock(n.Heard)))
		}
	}
	for _, addr := range st.Unanswered {
		say(ui.ToneCalm, c.T("room_say.silent", "addr", addr))
	}
	if len(notes) == 0 {
		say(ui.ToneCalm, c.T("room_say.nobody"))
	}
	return notes, nil
}

// mayRoom reports whether somebody may let the register go to other laptops: whoever may take it out.
func (c *Call) mayRoom() bool { return c.Room != nil && desk.MayExport(c.Who) }

func (c *Call) roomSwitch() (*ui.RoomSwitch, error) {
	if !c.mayRoom() {
		return nil, nil
	}
	st, err := c.Room.Status(c.Ctx())
	if err != nil {
		return nil, err
	}
	return &ui.RoomSwitch{On: st.On, Port: st.Port, Addresses: ui.Field{Value: strings.Join(c.Room.Setting().Addresses, " ")}}, nil
}

// setRoom turns the switch, or takes addresses.
func (pg *Pages) setRoom(c *Call) error {
	if !c.mayRoom() {
		return server.NewProblem(server.TypeForbidden)
	}
	setting := pg.Room.Setting()
	switch c.Value("do") {
	case "on", "off":
		setting.On = c.Value("do") == "on"
	default:
		setting.Addresses = strings.Fields(strings.ReplaceAll(c.Value("addresses"), ",", " "))
	}
	err := pg.Room.Set(setting)
	if errors.Is(err, room.ErrAddress) || errors.Is(err, room.ErrTooMany) {
		return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneAsk, Lead: c.T("room_say.address_wrong")})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("room_say.saved")})
}
