package pages

import (
	"net/http"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// drawGlass stands in the place of a record that belongs elsewhere: who may say why they have to read it is asked, anybody
// else is told whose it is. Nothing of the record is on it but what a look-up tells of somebody, masked.
func (c *Call) drawGlass(status int, id p.EntityID, wrong string) error {
	hidden, err := c.Desk.Hidden(c.Ctx(), c.Who, id)
	if err != nil {
		return err
	}
	if !hidden.CanBreak {
		return desk.ErrElsewhere
	}
	frame, err := c.Frame(ui.NavToday)
	if err != nil {
		return err
	}
	frame.Path = childPath(id)
	return c.Draw(status, "glass", ui.Glass{
		Frame: frame, ID: id.String(), Name: hidden.Name, Born: hidden.Born, Mother: hidden.Mother, Home: hidden.Place,
		Take: hidden.CanTake, Reason: ui.Field{Value: strings.TrimSpace(c.Value("reason")), Error: wrong}, Minutes: int(desk.GlassTime / time.Minute),
	})
}

// breakGlass opens a record of another place for who says why.
func (pg *Pages) breakGlass(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	err = c.Desk.BreakGlass(c.Ctx(), c.Who, id, c.Value("reason"))
	if wrong, ok := c.sentences(err); ok {
		return c.drawGlass(http.StatusUnprocessableEntity, id, wrong["reason"])
	}
	if err != nil {
		return err
	}
	return c.Go(childPath(id))
}

// take binds a child whose record had left to this station.
func (pg *Pages) take(c *Call) error {
	id, err := idOf(c.R)
	if err != nil {
		return err
	}
	if err := c.Desk.Take(c.Ctx(), c.Who, id); err != nil {
		return err
	}
	return c.Go(childPath(id), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.taken")})
}

// glassNote says that a record of another place is read, and until when.
func (c *Call) glassNote(until time.Time) ui.Note {
	return ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.glass", "at", until.In(local).Format("15:04")), Text: c.T("say.glass_text")}
}
