package pages

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/server"
	"tramy/internal/ui"
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
	return c.drawLogin(http.StatusOK, "", next, "")
}

func (c *Call) drawLogin(status int, name, next, sentence string) error {
	page := ui.Login{
		Frame: c.bareFrame(), LoginName: ui.Field{Value: name}, Next: next, Error: sentence, Hub: c.Hub,
	}
	page.Frame.Path = ui.PathLogin
	if c.Training {
		page.People = c.People
	}
	if notes, ok := c.said.get(c.Who.User, c.Now, c.R.URL.Query().Get("said")); ok {
		page.Frame.Notes = notes
	}
	if c.Uplink != nil {
		// A machine that has not heard of its accounts yet knows nobody; that is not a wrong password.
		st, err := c.Status()
		if err != nil {
			return err
		}
		c.mending(&page.Frame, &st)
		c.freshness(&page.Frame, &st)
	}
	return c.Draw(status, "login", page)
}

// login checks name and password. Unknown name and wrong password get one answer, after one time.
func (pg *Pages) login(c *Call) error {
	name := strings.ToLower(strings.TrimSpace(c.Value("user")))
	next := localPath(c.Value("next"), "")
	addr := server.AddrOf(c.R)
	if wait := pg.Throttle.Guess(name, addr); wait > 0 {
		seconds := max(1, int(math.Ceil(wait.Seconds())))
		return c.drawLogin(http.StatusTooManyRequests, name, next, c.T("error.wait", "n", seconds))
	}
	who, err := pg.Desk.Login(c.Ctx(), name, c.Value("password"))
	if errors.Is(err, desk.ErrLogin) {
		return c.drawLogin(http.StatusUnauthorized, name, next, c.T("error.wrong_login")+" "+c.T("error.wrong_login_do"))
	}
	if err != nil {
		return err
	}
	pg.Throttle.Right(name, addr)
	if old := pg.Logins.TokenOf(c.R); old != "" {
		if err := pg.Logins.End(c.Ctx(), old); err != nil {
			return err
		}
	}
	token, err := pg.Logins.Begin(c.Ctx(), server.Login{
		User: who.User, Name: who.Name, Role: who.Role, Place: who.Place, Lang: c.Words.Lang(),
	})
	if err != nil {
		return err
	}
	pg.Logins.SetCookie(c.W, c.R, token)
	return c.Go(localPath(next, "/"))
}

func (pg *Pages) logout(c *Call) error {
	if token := pg.Logins.TokenOf(c.R); token != "" {
		if login, ok := server.LoginOf(c.R); ok {
			if err := pg.Desk.NoteLogout(c.Ctx(), login.User); err != nil && !errors.Is(err, node.ErrRevoked) {
				return err
			}
		}
		if err := pg.Logins.End(c.Ctx(), token); err != nil {
			return err
		}
	}
	pg.Logins.ClearCookie(c.W, c.R)
	return c.Go(ui.PathLogin, ui.Note{Tone: ui.ToneOK, Lead: c.T("say.logged_out")})
}
