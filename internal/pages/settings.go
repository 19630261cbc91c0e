package pages

import (
	"errors"
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// accountsMax is how many accounts one page lists.
const accountsMax = 200

func (pg *Pages) showSettings(c *Call) error {
	return c.drawSettings(http.StatusOK, settingsWrong{})
}

// settingsWrong says what is wrong with what was typed into the settings. None of it is sent back.
type settingsWrong struct {
	old, new, again string
	pin             pinWrong
}

func (c *Call) drawSettings(status int, wrong settingsWrong) error {
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	page := ui.Settings{
		Frame: frame, Old: ui.Field{Error: wrong.old}, New: ui.Field{Error: wrong.new}, Again: ui.Field{Error: wrong.again},
		CanUsers: c.Desk.CanManageUsers(c.Who), CanImport: !c.Hub && desk.MayImport(c.Who), CanExport: !c.Hub && desk.MayExport(c.Who),
	}
	page.Frame.Path, page.CanFactor = ui.PathSettings, c.mayHaveFactor()
	if page.Requests = c.May(rights.Read, registry.KindRequest); page.Requests {
		if page.RequestsOpen, _, err = c.Desk.RequestsWaiting(c.Ctx()); err != nil {
			return err
		}
	}
	if page.Pin, err = c.pinForm(wrong.pin); err != nil {
		return err
	}
	if page.Logins, err = c.logins(); err != nil {
		return err
	}
	page.CanKeys = c.mayChangeKeys()
	page.CanPhones = page.CanExport && c.R.TLS == nil
	if !c.Hub && c.May(rights.Amend, registry.KindPractice) {
		on, err := c.Desk.WantsSecond(c.Ctx())
		if err != nil {
			return err
		}
		alone, err := c.Desk.SecondAlone(c.Ctx())
		if err != nil {
			return err
		}
		page.Second = &ui.Switch{On: on, Alone: alone}
		if page.Vials, err = c.vialBoxes(); err != nil {
			return err
		}
	}
	if page.Room, err = c.roomSwitch(); err != nil {
		return err
	}
	if c.May(rights.Read, registry.KindUser) {
		if page.Users, err = c.accounts(); err != nil {
			return err
		}
	}
	id := c.Desk.Node.Identity()
	page.About = append(page.About, ui.Fact{Name: c.T("field.number"), Value: itoa(int(id.Number))})
	if c.Place != "" {
		page.About = append(page.About, ui.Fact{Name: c.T("field.place"), Value: c.Place})
	}
	c.aboutSchedule(&page)
	if err := c.NoteDueLeft(&page.Frame); err != nil {
		return err
	}
	facts, err := c.aboutCopies()
	if err != nil {
		return err
	}
	page.About = append(page.About, facts...)
	c.aboutDisk(&page)
	if c.About != nil {
		facts, err := c.Pages.About(c)
		if err != nil {
			return err
		}
		page.About = append(page.About, facts...)
	}
	return c.Draw(status, "settings", page)
}

// aboutSchedule says which schedule is followed here, and which ones this version of the program cannot read.
func (c *Call) aboutSchedule(page *ui.Settings) {
	fact := ui.Fact{Name: c.T("say.schedule"), Value: c.T("say.schedule_none")}
	if s := c.schedule(); s != nil {
		fact.Value, fact.Who = c.T("say.schedule_from", "code", s.ID, "from", c.day(s.From)), s.Title
	}
	page.About = append(page.About, fact)
	faults := c.Desk.Node.Advisor().Faults
	if len(faults) == 0 {
		return
	}
	page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneAsk, Lead: c.T("say.schedule_faults"), Text: c.T("say.schedule_faults_do")})
	for _, fault := range faults {
		page.About = append(page.About, ui.Fact{Name: c.T("say.schedule_fault"), Value: fault.Error()})
	}
}

// accounts lists who can log in here.
func (c *Call) accounts() ([]ui.Account, error) {
	rows, err := c.Desk.Users(c.Ctx(), c.Who)
	if err != nil {
		return nil, err
	}
	var out []ui.Account
	err = c.View(func(tx store.Tx) error {
		for i := range rows[:min(len(rows), accountsMax)] {
			a, err := c.account(tx, &rows[i])
			if err != nil {
				return err
			}
			s, err := tx.State(rows[i].ID)
			if err != nil {
				return err
			}
			if s != nil {
				a.Factor = c.Hub && registry.UserOf(s).Factor != "" && !a.Self
				list, err := c.Pages.Logins.List(c.Ctx(), s.ID, registry.BasisOf(s))
				if err != nil {
					return err
				}
				a.Logins = len(list)
			}
			out = append(out, a)
		}
		return nil
	})
	return out, err
}

func (c *Call) account(tx store.Tx, row *project.UserRow) (ui.Account, error) {
	a := ui.Account{
		ID: row.ID.String(), Mark: ui.Mark{Kind: ui.MarkInForce}, Name: row.Name, Login: row.Login,
		Role: c.T("role." + rights.Role(row.Role).String()), Phone: registry.FormatPhone(row.Phone), Self: row.ID == c.Who.User,
	}
	if row.Void {
		a.Mark.Kind = ui.MarkDisabled
	}
	place, err := tx.Place(row.Place)
	if place != nil {
		a.Place = place.Name
	}
	return a, err
}

// password changes one's own. Every other log-in of the account ends: whoever knew the old one is out.
func (pg *Pages) password(c *Call) error {
	if c.Value("new") != c.Value("again") {
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{again: c.T("error.password_differs")})
	}
	// Guessing at the old password from a laptop left open is slowed down like a log-in.
	addr := server.AddrOf(c.R)
	if wait := pg.Throttle.Guess(c.Who.Login, addr); wait > 0 {
		return c.drawSettings(http.StatusTooManyRequests, settingsWrong{old: c.waitFor(wait)})
	}
	err := pg.Desk.SetPassword(c.Ctx(), c.Who, c.Who.User, c.Value("old"), c.Value("new"))
	var weak *rights.PasswordError
	switch {
	case errors.Is(err, desk.ErrLogin):
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{old: c.T("error.password_old")})
	case errors.As(err, &weak):
		pg.Throttle.Right(c.Who.Login, addr)
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{new: c.weak(weak)})
	case err != nil:
		return err
	}
	pg.Throttle.Right(c.Who.Login, addr)
	if _, err := c.anew(); err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.password_changed")})
}
