package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// placesMax is how many places are offered for an account.
const placesMax = 300

func (pg *Pages) showUsers(c *Call) error {
	return c.drawUsers(http.StatusOK, map[string]string{}, nil)
}

// drawUsers draws the accounts, with what is wrong with a new one, or with a password just made.
func (c *Call) drawUsers(status int, wrong map[string]string, made *ui.NewPassword) error {
	if !c.Desk.CanManageUsers(c.Who) {
		return desk.ErrForbidden
	}
	rows, err := c.accounts()
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavUsers)
	if err != nil {
		return err
	}
	page := ui.Users{Frame: frame, Rows: rows, Made: made, Opened: len(wrong) > 0}
	page.Frame.Path = ui.PathUsers
	value := func(name string) string {
		if len(wrong) == 0 {
			return ""
		}
		return strings.TrimSpace(c.Value(name))
	}
	page.Name = ui.Field{Value: value("name"), Error: wrong["name"]}
	page.LoginName = ui.Field{Value: value("login"), Error: wrong["login"]}
	page.Phone = ui.Field{Value: value("phone"), Error: wrong["phone"]}
	page.Role = ui.Select{Value: value("role"), Error: wrong["role"]}
	for _, r := range rights.Roles() {
		if rights.MayGrant(c.Who.Role, r) && r != rights.Family {
			page.Role.Options = append(page.Role.Options, ui.Option{Value: r.String(), Text: c.T("role." + r.String())})
		}
	}
	page.Place = c.placeChoice(value("place"))
	page.Place.Error = wrong["place"]
	if top := wrong[""]; top != "" {
		page.Frame.Notes = append(page.Frame.Notes, ui.Note{Tone: ui.ToneLate, Lead: top, Alert: true})
	}
	return c.Draw(status, "users", page)
}

// placeChoice offers the places in the person's own subtree today, the upper ones first.
func (c *Call) placeChoice(value string) ui.Select {
	out := ui.Select{Value: value}
	m := c.Desk.Map()
	tops := m.Now(c.Who.Place)
	for _, row := range m.Rows() {
		if len(out.Options) >= placesMax {
			break
		}
		if path := m.Path(row.ID); slices.ContainsFunc(tops, func(t p.EntityID) bool { return slices.Contains(path, t) }) {
			out.Options = append(out.Options, ui.Option{Value: row.ID.String(), Text: row.Name})
		}
	}
	if out.Value == "" {
		out.Value = c.Desk.Node.Identity().Place.String()
	}
	return out
}

// firstPasswordChars is the length of a first password: it is read out, typed once, and then replaced.
const firstPasswordChars = 12

func (pg *Pages) addUser(c *Call) error {
	role, err := rights.ParseRole(c.Value("role"))
	if err != nil {
		return c.drawUsers(http.StatusUnprocessableEntity, map[string]string{"role": c.T("invalid.choice_unknown")}, nil)
	}
	place, err := p.ParseEntityID(c.Value("place"))
	if err != nil {
		return c.drawUsers(http.StatusUnprocessableEntity, map[string]string{"place": c.T("invalid.choice_unknown")}, nil)
	}
	password, err := rights.ReadableCode(pg.Desk.Rand, firstPasswordChars)
	if err != nil {
		return err
	}
	in := desk.NewUser{
		Login: strings.ToLower(strings.TrimSpace(c.Value("login"))), Name: strings.TrimSpace(c.Value("name")),
		Role: role, Place: place, Phone: strings.TrimSpace(c.Value("phone")), Password: password,
	}
	if _, err := pg.Desk.AddUser(c.Ctx(), c.Who, in); err != nil {
		wrong, known := c.sentences(err)
		switch {
		case errors.Is(err, desk.ErrLoginTaken):
			wrong = sentences{"login": c.T("error.login_taken")}
		case !known:
			return err
		}
		top := sentences{}
		for name, text := range wrong {
			if !slices.Contains([]string{"name", "login", "phone", "role", "place"}, name) {
				top[name] = text
			}
		}
		wrong[""] = top.rest(c.Words)
		return c.drawUsers(http.StatusUnprocessableEntity, wrong, nil)
	}
	return c.drawUsers(http.StatusOK, map[string]string{}, &ui.NewPassword{Name: in.Name, Login: in.Login, Password: in.Password})
}

// posted finds the account that a button names.
func (c *Call) posted() (*project.UserRow, error) {
	id, err := p.ParseEntityID(c.Value("id"))
	if err != nil {
		return nil, server.NewProblem(server.TypeBadRequest).Because(err)
	}
	var row *project.UserRow
	err = c.View(func(tx store.Tx) error {
		var err error
		row, err = tx.User(id)
		return err
	})
	if err == nil && row == nil {
		err = desk.ErrNotFound
	}
	return row, err
}

// Why an account is closed: the button does not ask.
const closedReason = "Khóa tài khoản"

func (pg *Pages) disableUser(c *Call) error {
	row, err := c.posted()
	if err != nil {
		return err
	}
	if row.ID == c.Who.User {
		return desk.ErrForbidden
	}
	if err := pg.Desk.DisableUser(c.Ctx(), c.Who, row.ID, closedReason); err != nil {
		return err
	}
	if err := pg.Logins.EndUser(c.Ctx(), row.ID); err != nil {
		return err
	}
	return c.Go(ui.PathUsers, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.account_disabled", "name", row.Name)})
}

func (pg *Pages) enableUser(c *Call) error {
	row, err := c.posted()
	if err != nil {
		return err
	}
	if err := pg.Desk.DisableUser(c.Ctx(), c.Who, row.ID, ""); err != nil {
		return err
	}
	return c.Go(ui.PathUsers, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.account_enabled", "name", row.Name)})
}

func (pg *Pages) resetUser(c *Call) error {
	row, err := c.posted()
	if err != nil {
		return err
	}
	if row.ID == c.Who.User {
		return desk.ErrForbidden // one's own needs the old one
	}
	password, err := rights.ReadableCode(pg.Desk.Rand, firstPasswordChars)
	if err != nil {
		return err
	}
	if err := pg.Desk.SetPassword(c.Ctx(), c.Who, row.ID, "", password); err != nil {
		return err
	}
	if err := pg.Logins.EndUser(c.Ctx(), row.ID); err != nil {
		return err
	}
	return c.drawUsers(http.StatusOK, map[string]string{}, &ui.NewPassword{Name: row.Name, Login: row.Login, Password: password})
}

// logoutUser ends the log-ins of an account at this machine: they have to show again who they are.
func (pg *Pages) logoutUser(c *Call) error {
	row, err := c.managed()
	if err != nil {
		return err
	}
	if err := errors.Join(pg.Logins.EndUser(c.Ctx(), row.ID), pg.Desk.ForgetPin(c.Ctx(), row.ID)); err != nil {
		return err
	}
	return c.Go(ui.PathUsers, ui.Note{Tone: ui.ToneOK, Lead: c.T("logins.ended_user", "name", row.Name)})
}

// resetFactor takes the second factor of an account away whose phone is lost.
func (pg *Pages) resetFactor(c *Call) error {
	row, err := c.managed()
	if err != nil {
		return err
	}
	if row.ID == c.Who.User {
		return desk.ErrForbidden // one's own needs a code
	}
	if err := pg.Desk.ResetFactor(c.Ctx(), c.Who, row.ID); err != nil {
		return err
	}
	return c.Go(ui.PathUsers, ui.Note{Tone: ui.ToneOK, Lead: c.T("factor.reset", "name", row.Name)})
}

// managed finds the account that a button names, if one may manage it.
func (c *Call) managed() (*project.UserRow, error) {
	id, err := p.ParseEntityID(c.Value("id"))
	if err != nil {
		return nil, server.NewProblem(server.TypeBadRequest).Because(err)
	}
	return c.Desk.Managed(c.Ctx(), c.Who, id)
}
