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
	return c.drawSettings(http.StatusOK, [3]string{})
}

// drawSettings draws the page with what is wrong with the old, the new and the repeated password. None of
// them is sent back.
func (c *Call) drawSettings(status int, wrong [3]string) error {
	frame, err := c.Frame(ui.NavSettings)
	if err != nil {
		return err
	}
	page := ui.Settings{
		Frame: frame, Old: ui.Field{Error: wrong[0]}, New: ui.Field{Error: wrong[1]}, Again: ui.Field{Error: wrong[2]},
		CanUsers: c.Desk.CanManageUsers(c.Who), CanImport: !c.Hub && desk.MayImport(c.Who), CanExport: !c.Hub && desk.MayExport(c.Who),
	}
	page.Frame.Path, page.CanPhones = ui.PathSettings, page.CanExport && c.R.TLS == nil
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
		return c.drawSettings(http.StatusUnprocessableEntity, [3]string{2: c.T("error.password_differs")})
	}
	// Guessing at the old password from a laptop left open is slowed down like a log-in.
	addr := server.AddrOf(c.R)
	if wait := pg.Throttle.Guess(c.Who.Login, addr); wait > 0 {
		return c.drawSettings(http.StatusTooManyRequests, [3]string{c.T("error.wait", "n", 1+int(wait.Seconds()))})
	}
	err := pg.Desk.SetPassword(c.Ctx(), c.Who, c.Who.User, c.Value("old"), c.Value("new"))
	var weak *rights.PasswordError
	switch {
	case errors.Is(err, desk.ErrLogin):
		return c.drawSettings(http.StatusUnprocessableEntity, [3]string{c.T("error.password_old")})
	case errors.As(err, &weak):
		pg.Throttle.Right(c.Who.Login, addr)
		return c.drawSettings(http.StatusUnprocessableEntity, [3]string{1: c.T("error.password_weak")})
	case err != nil:
		return err
	}
	pg.Throttle.Right(c.Who.Login, addr)
	if err := pg.Logins.EndUser(c.Ctx(), c.Who.User); err != nil {
		return err
	}
	token, err := pg.Logins.Begin(c.Ctx(), server.Login{
		User: c.Who.User, Name: c.Who.Name, Role: c.Who.Role, Place: c.Who.Place, Lang: c.Words.Lang(),
	})
	if err != nil {
		return err
	}
	pg.Logins.SetCookie(c.W, c.R, token)
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.password_changed")})
}
