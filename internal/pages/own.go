package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
)

// mustPaths are the pages where it is done what must be done first.
var mustPaths = map[server.Must]string{server.MustPassword: ui.PathOwnPassword, server.MustFactor: ui.PathFactor}

// recently is how long after the password nobody is asked for it again: who sits there is who gave it.
const recently = 10 * time.Minute

// wantsPassword reports whether the password is asked for before what opens the account is changed: somebody may have left.
func (c *Call) wantsPassword() bool {
	since, ok := c.Logins.Since(c.Ctx(), c.Logins.TokenOf(c.R))
	age := c.Logins.Time().Sub(since)
	return !ok || age > recently || age < -recently
}

// passwordField is a field for the password where it is asked for.
func (c *Call) passwordField(wrong string) *ui.Field {
	if !c.wantsPassword() {
		return nil
	}
	return &ui.Field{Error: wrong}
}

// checkOwnPassword checks the password where it is asked for, and says what is wrong with it.
func (c *Call) checkOwnPassword() (wrong string, err error) {
	if !c.wantsPassword() {
		return "", nil
	}
	addr := server.AddrOf(c.R)
	if wait := c.Throttle.Guess(c.Who.Login, addr); wait > 0 {
		return c.waitFor(wait), nil
	}
	a, err := c.Desk.CheckPassword(c.Ctx(), c.Who.Login, c.Value("password"))
	if errors.Is(err, desk.ErrLogin) || err == nil && a.User != c.Who.User {
		return c.T("error.password_old"), nil
	}
	if err == nil {
		c.Throttle.Right(c.Who.Login, addr)
	}
	return "", err
}

func (pg *Pages) showOwnPassword(c *Call) error {
	if c.must != server.MustPassword {
		return c.Go(ui.PathSettings)
	}
	return c.drawOwnPassword(http.StatusOK, "", "")
}

func (c *Call) drawOwnPassword(status int, wrongNew, wrongAgain string) error {
	f := c.bareFrame()
	f.User, f.Path = c.Who.Name, ui.PathOwnPassword
	return c.Draw(status, "own-password", ui.OwnPassword{Frame: f, New: ui.Field{Error: wrongNew}, Again: ui.Field{Error: wrongAgain}})
}

// ownPassword takes the first password that is somebody's own. The one they were given was asked for when they came in.
func (pg *Pages) ownPassword(c *Call) error {
	if c.must != server.MustPassword {
		return desk.ErrForbidden
	}
	if c.Value("new") != c.Value("again") {
		return c.drawOwnPassword(http.StatusUnprocessableEntity, "", c.T("error.password_differs"))
	}
	err := pg.Desk.ChoosePassword(c.Ctx(), c.Who, c.Value("new"))
	var weak *rights.PasswordError
	if errors.As(err, &weak) {
		return c.drawOwnPassword(http.StatusUnprocessableEntity, c.weak(weak), "")
	}
	if err != nil {
		return err
	}
	must, err := c.anew()
	if err != nil {
		return err
	}
	if must != server.MustNothing {
		return c.Go(mustPaths[must])
	}
	return c.Go("/", ui.Note{Tone: ui.ToneOK, Lead: c.T("say.password_changed")})
}

func (c *Call) weak(err *rights.PasswordError) string {
	if err.Fault == rights.PasswordSame {
		return c.T("own.same")
	}
	return c.T("error.password_weak")
}

// pinForm is the part of the settings for one's PIN, nil at a hub.
func (c *Call) pinForm(wrong pinWrong) (*ui.PinForm, error) {
	if c.Hub {
		return nil, nil
	}
	a, err := c.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return nil, err
	}
	has, err := c.Desk.HasPin(c.Ctx(), a)
	return &ui.PinForm{Has: has, Password: c.passwordField(wrong.password), Pin: ui.Field{Error: wrong.pin}, Again: ui.Field{Error: wrong.again}}, err
}

// pinWrong says what is wrong with a PIN that was set.
type pinWrong struct{ password, pin, again string }

// setPin keeps one's PIN at this machine, or takes it away.
func (pg *Pages) setPin(c *Call) error {
	if c.Value("do") == "off" {
		if err := pg.Desk.ForgetPin(c.Ctx(), c.Who.User); err != nil {
			return err
		}
		return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("pin.gone")})
	}
	pin := strings.TrimSpace(c.Value("pin"))
	if pin != strings.TrimSpace(c.Value("again")) {
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{pin: pinWrong{again: c.T("pin.differs")}})
	}
	wrong, err := c.checkOwnPassword()
	if err != nil {
		return err
	}
	if wrong != "" {
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{pin: pinWrong{password: wrong}})
	}
	a, err := pg.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return err
	}
	err = pg.Desk.SetPin(c.Ctx(), a, pin)
	var weak *rights.PinError
	if errors.As(err, &weak) {
		return c.drawSettings(http.StatusUnprocessableEntity, settingsWrong{pin: pinWrong{pin: c.T("pin.weak")}})
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("pin.set")})
}

// logins lists one's own log-ins at this machine.
func (c *Call) logins() ([]ui.LoginRow, error) {
	a, err := c.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return nil, err
	}
	list, err := c.Pages.Logins.List(c.Ctx(), a.User, a.Basis)
	here := server.IDOf(c.Pages.Logins.TokenOf(c.R))
	out := make([]ui.LoginRow, len(list))
	for i, l := range list {
		out[i] = ui.LoginRow{
			ID: l.ID, Client: l.Client, Since: c.Words.When(l.Since.In(local), c.Now), Seen: c.Words.When(l.Seen.In(local), c.Now), Here: l.ID == here,
		}
	}
	// This one first.
	slices.SortStableFunc(out, func(a, b ui.LoginRow) int {
		switch {
		case a.Here == b.Here:
			return 0
		case a.Here:
			return -1
		}
		return 1
	})
	return out, err
}

// endLogins ends one of one's own log-ins, or all but this.
func (pg *Pages) endLogins(c *Call) error {
	var err error
	if c.Value("others") != "" {
		err = pg.Logins.EndOthers(c.Ctx(), c.Who.User, pg.Logins.TokenOf(c.R))
	} else {
		err = pg.Logins.EndOne(c.Ctx(), c.Who.User, c.Value("id"))
	}
	if err != nil {
		return err
	}
	return c.Go(ui.PathSettings, ui.Note{Tone: ui.ToneOK, Lead: c.T("logins.ended")})
}
