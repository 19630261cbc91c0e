package pages

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Names of the cookies that keep how pages look. They hold no secret.
const (
	cookieLang  = "tramy-lang"
	cookieTheme = "tramy-theme"
	lookSeconds = 365 * 24 * 60 * 60
)

var themes = []string{"", "dark", "contrast"}

// langOf is the language chosen at the foot of a page, else Vietnamese: a browser on a station's laptop
// often came with English, which says nothing about who sits in front of it.
func langOf(r *http.Request) string {
	if c, err := r.Cookie(cookieLang); err == nil && slices.Contains(locale.Languages(), c.Value) {
		return c.Value
	}
	return locale.Vietnamese
}

func themeOf(r *http.Request) string {
	if c, err := r.Cookie(cookieTheme); err == nil && slices.Contains(themes, c.Value) {
		return c.Value
	}
	return ""
}

// look keeps the choice of language or theme.
func (pg *Pages) look(c *Call) error {
	keep := func(name, value string) {
		http.SetCookie(c.W, &http.Cookie{
			Name: name, Value: value, Path: "/", MaxAge: lookSeconds,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.R.TLS != nil,
		})
	}
	if lang := c.Value("lang"); slices.Contains(locale.Languages(), lang) {
		keep(cookieLang, lang)
	}
	if theme := c.Value("theme"); c.R.PostForm.Has("theme") && slices.Contains(themes, theme) {
		keep(cookieTheme, theme)
	}
	return c.Go(c.Back("/"))
}

func (pg *Pages) showLogin(c *Call) error {
	next := localPath(c.R.URL.Query().Get("next"), "")
	if _, ok := server.LoginOf(c.R); ok {
		return c.Go(localPath(next, "/"))
	}
	if c.R.URL.Query().Get("other") == "" {
		people, err := c.people()
		if err != nil {
			return err
		}
		if len(people) > 0 {
			return c.drawLock(people, next)
		}
	}
	return c.drawLogin(http.StatusOK, "", next, "")
}

func (c *Call) drawLogin(status int, name, next, sentence string) error {
	frame, err := c.door()
	if err != nil {
		return err
	}
	if !registry.IsLogin(name) {
		name = "" // a password, or a patient's name, typed in the wrong field: not for the next who looks at the screen
	}
	page := ui.Login{Frame: frame, LoginName: ui.Field{Value: name}, Next: next, Error: sentence, Hub: c.Hub}
	if c.Training {
		page.People = c.People
	}
	return c.Draw(status, "login", page)
}

// door is the frame of the pages before log-in.
func (c *Call) door() (ui.Frame, error) {
	f := c.bareFrame()
	f.Path = ui.PathLogin
	if notes, ok := c.said.get(c.Who.User, c.Now, c.R.URL.Query().Get("said")); ok {
		f.Notes = notes
	}
	if c.Uplink == nil {
		return f, nil
	}
	// A machine that has not heard of its accounts yet knows nobody; that is not a wrong password.
	st, err := c.Status()
	if err != nil {
		return f, err
	}
	c.mending(&f, &st)
	c.freshness(&f, &st)
	return f, nil
}

// login checks name and password. Unknown name and wrong password get one answer, after one time.
func (pg *Pages) login(c *Call) error {
	name := strings.ToLower(strings.TrimSpace(c.Value("user")))
	next := localPath(c.Value("next"), "")
	addr := server.AddrOf(c.R)
	if wait := pg.Throttle.Guess(name, addr); wait > 0 {
		return c.drawLogin(http.StatusTooManyRequests, name, next, c.waitFor(wait))
	}
	a, err := pg.Desk.CheckPassword(c.Ctx(), name, c.Value("password"))
	if errors.Is(err, desk.ErrLogin) {
		return c.drawLogin(http.StatusUnauthorized, name, next, c.T("error.wrong_login")+" "+c.T("error.wrong_login_do"))
	}
	if err != nil {
		return err
	}
	pg.Throttle.Right(name, addr)
	if pg.Rules.AsksCode(a.Factor) {
		return c.drawCode(http.StatusOK, a, pg.halfIn.put(p.EntityID{}, c.Now, half{a.User, a.Basis, next, c.Now}), "")
	}
	return c.passwordGiven(a, next)
}

// waitFor says how long to wait.
func (c *Call) waitFor(wait time.Duration) string {
	return c.T("error.wait", "n", max(1, int(math.Ceil(wait.Seconds()))))
}

// passwordGiven lets somebody in who gave the password, and the code where one is asked for.
func (c *Call) passwordGiven(a desk.Account, next string, notes ...ui.Note) error {
	c.seatUser(a)
	if !c.Hub && !c.Rules.Training {
		// The honest way should be the quickest: who has no PIN is told how to get one.
		has, err := c.Desk.HasPin(c.Ctx(), a)
		if err != nil {
			return err
		}
		if !has {
			notes = append(notes, ui.Note{Lead: c.T("pin.offer"), Text: c.T("pin.offer_text"), Action: &ui.Action{Label: c.T("pin.offer_go"), Href: ui.PathSettings + "#pin"}})
		}
	}
	return c.letIn(a, next, c.Logins.Time(), notes...)
}

// letIn begins a log-in in this browser in the place of the one before it.
func (c *Call) letIn(a desk.Account, next string, since time.Time, notes ...ui.Note) error {
	if err := c.Desk.NoteLogin(c.Ctx(), a.Who); err != nil {
		return err
	}
	must, err := c.begin(a, since)
	if err != nil {
		return err
	}
	c.Who = a.Who
	if must != server.MustNothing {
		return c.Go(mustPaths[must])
	}
	return c.Go(localPath(next, "/"), append(notes, c.leftForm(a.User, next)...)...)
}

// begin is letIn without an answer.
func (c *Call) begin(a desk.Account, since time.Time) (server.Must, error) {
	if old := c.Logins.TokenOf(c.R); old != "" {
		if err := c.Logins.End(c.Ctx(), old); err != nil {
			return "", err
		}
	}
	who := server.Login{
		User: a.User, Name: a.Name, Role: a.Role, Place: a.Place, Lang: c.Words.Lang(), Basis: a.Basis,
		Must: c.Rules.Must(a.Role, a.Given, a.Factor),
	}
	token, err := c.Logins.BeginAgain(c.Ctx(), who, server.ClientOf(c.R), since)
	if err != nil {
		return "", err
	}
	c.Logins.SetCookie(c.W, c.R, token)
	return who.Must, nil
}

// anew begins one's log-in again after one's account changed by one's own hand, which ended all log-ins that rested on what it was.
func (c *Call) anew() (server.Must, error) {
	if err := c.Logins.EndUser(c.Ctx(), c.Who.User); err != nil {
		return "", err
	}
	a, err := c.Desk.Account(c.Ctx(), c.Who.User)
	if err != nil {
		return "", err
	}
	c.seatUser(a)
	return c.begin(a, c.Logins.Time())
}

func (pg *Pages) logout(c *Call) error {
	if login, ok := server.LoginOf(c.R); ok {
		if err := pg.Desk.NoteLogout(c.Ctx(), login.User); err != nil && !errors.Is(err, node.ErrRevoked) {
			return err
		}
	}
	if err := c.endOwn(); err != nil {
		return err
	}
	return c.Go(ui.PathLogin, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.logged_out")})
}

// endOwn ends the log-in of this browser.
func (c *Call) endOwn() error {
	if token := c.Logins.TokenOf(c.R); token != "" {
		if err := c.Logins.End(c.Ctx(), token); err != nil {
			return err
		}
	}
	c.Logins.ClearCookie(c.W, c.R)
	return nil
}
