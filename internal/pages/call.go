package pages

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Call is one request on its way to a page: who asks, in which language, and what day it is here.
type Call struct {
	*Pages
	W     http.ResponseWriter
	R     *http.Request
	Who   desk.Who // zero before log-in
	Words *locale.Catalogue
	Today registry.Day
	Now   time.Time // in local time, corrected to the hub's clock

	hamletBook *desk.HamletBook // read once it is asked for

	must server.Must // what who asks has to do before anything else
}

func (pg *Pages) call(w http.ResponseWriter, r *http.Request) *Call {
	now := pg.Desk.Node.Now().In(local)
	return &Call{Pages: pg, W: w, R: r, Words: locale.For(langOf(r)), Now: now, Today: registry.Today(now, registry.VietnamOffset)}
}

// Open makes a handler of a page for which nobody need be logged in.
func (pg *Pages) Open(h func(*Call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := pg.call(w, r)
		if err := c.unlessLocked(h); err != nil {
			server.WriteProblem(w, r, err)
		}
	})
}

// whenLocked makes a handler of what a locked machine does all the same.
func (pg *Pages) whenLocked(h func(*Call) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(pg.call(w, r)); err != nil {
			server.WriteProblem(w, r, err)
		}
	})
}

// Page makes a handler of a page. Who is not logged in is sent to log in, and an account that was disabled
// meanwhile is nobody's any more.
func (pg *Pages) Page(h func(*Call) error) http.Handler { return pg.page(h, true, false) }

// Quiet is Page for what a page asks for by itself: it does not keep a log-in alive.
func (pg *Pages) Quiet(h func(*Call) error) http.Handler { return pg.page(h, false, false) }

// first is Page for the pages where it is done what must be done before anything else.
func (pg *Pages) first(h func(*Call) error) http.Handler { return pg.page(h, true, true) }

// Form is Page for a form that changes something: pressed twice, it acts once (Frame.Once).
func (pg *Pages) Form(h func(*Call) error) http.Handler {
	return pg.Page(func(c *Call) error { return pg.once.carryOut(c, h) })
}

func (pg *Pages) page(h func(*Call) error, person, first bool) http.Handler {
	return pg.Open(func(c *Call) error {
		login, ok := server.LoginOf(c.R)
		token := pg.Logins.TokenOf(c.R)
		if ok && pg.quiet.over(token, login.User, person, c.Now, pg.Logins.Idle) {
			ok = false
			if err := pg.Logins.End(c.R.Context(), token); err != nil {
				return err
			}
		}
		if !ok {
			if login.User.IsZero() {
				login.User = pg.quiet.whose(token)
			}
			return c.askLogin(login.User)
		}
		a, err := pg.Desk.Account(c.R.Context(), login.User)
		switch {
		case errors.Is(err, desk.ErrLogin):
			if err := errors.Join(pg.Logins.EndUser(c.R.Context(), login.User), pg.Desk.ForgetPin(c.R.Context(), login.User)); err != nil {
				return err
			}
			return c.askLogin(login.User)
		case err != nil:
			return err
		case a.Basis != login.Basis: // changed at another machine, or in another browser
			if err := pg.Logins.End(c.R.Context(), token); err != nil {
				return err
			}
			return c.askLogin(login.User)
		}
		c.Who, c.must = a.Who, login.Must
		if c.must != server.MustNothing && !first {
			if c.Partial() {
				c.W.Header().Set("HX-Redirect", mustPaths[c.must])
			}
			if strings.Contains(c.R.Header.Get("Accept"), "text/html") && !c.Partial() {
				return c.Go(mustPaths[c.must])
			}
			return server.NewProblem(server.TypeMust)
		}
		c.Who.LogIn = sha256.Sum256([]byte(token))
		if err := h(c); err != nil {
			return c.askWhy(err)
		}
		return nil
	})
}

// askLogin sends a browser to the log-in page and tells anything else what is wrong. user is whose log-in ran
// out, zero if that is not known.
func (c *Call) askLogin(user p.EntityID) error {
	next := ""
	kept := c.keepTyped(user)
	switch {
	case kept != "":
		next = withQuery(ui.PathRegister, queryTyped, kept)
	case c.Partial():
	case c.R.Method == http.MethodGet:
		next = ownAddress(c.R)
	default:
		next = pageOf(ownPath(c.R))
	}
	to := ui.PathLogin
	if next != "" && next != "/" {
		to += "?" + url.Values{"next": {next}}.Encode()
	}
	switch {
	case c.Partial(): // htmx leaves the page for this address
		c.W.Header().Set("HX-Redirect", to)
	case strings.Contains(c.R.Header.Get("Accept"), "text/html"):
		http.Redirect(c.W, c.R, to, http.StatusSeeOther)
		return nil
	}
	return server.ErrNoLogin
}

// pageOf is the page on which a form stands, "" if it may stand on several.
func pageOf(path string) string {
	for _, end := range []string{"/visit", "/void", "/restore"} {
		path = strings.TrimSuffix(path, end)
	}
	if strings.HasPrefix(path, ui.PathChild) || strings.HasPrefix(path, ui.PathDose) || path == ui.PathRegister {
		return path
	}
	return ""
}

// May asks the rights table about the person who is logged in.
func (c *Call) May(act rights.Act, kind p.Kind) bool { return rights.May(c.Who.Role, act, kind) }

// Ctx is the request's context.
func (c *Call) Ctx() context.Context { return c.R.Context() }

// View reads the store. It must not be called inside another View: a station has one connection.
func (c *Call) View(fn func(store.Tx) error) error { return c.Desk.Node.Store().View(c.Ctx(), fn) }

// T is the text for a key in the language of the page.
func (c *Call) T(key string, args ...any) string { return c.Words.T(key, args...) }

// Value is a field of the posted form, as typed.
func (c *Call) Value(name string) string { return c.R.PostFormValue(name) }

// Partial reports whether htmx asks for a part of a page.
func (c *Call) Partial() bool { return c.R.Header.Get("HX-Request") == "true" }

// Draw answers with a page or partial.
func (c *Call) Draw(status int, page string, data any) error {
	h := c.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", c.Words.Lang())
	h.Add("Vary", "Cookie, Accept-Language, HX-Request")
	if err := c.UI.Render(&lateWriter{c.W, status}, c.Words.Lang(), page, data); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	return nil
}

// lateWriter writes the status with the first byte: a page that could not be drawn can still become
// another one.
type lateWriter struct {
	http.ResponseWriter
	status int
}

func (w *lateWriter) Write(b []byte) (int, error) {
	if w.status != 0 {
		w.WriteHeader(w.status)
		w.status = 0
	}
	return w.ResponseWriter.Write(b)
}

// Go answers a form: the browser is sent to a page of ours, which says what happened.
func (c *Call) Go(path string, notes ...ui.Note) error {
	if len(notes) > 0 {
		path = withQuery(path, "said", c.said.put(c.Who.User, c.Now, notes))
	}
	http.Redirect(c.W, c.R, path, http.StatusSeeOther)
	return nil
}

// Back is the address a form wants to return to, if it is one of ours.
func (c *Call) Back(otherwise string) string { return localPath(c.Value("back"), otherwise) }

// localPath lets through only what stays on this site: an address given by a form could lead elsewhere.
func localPath(s, otherwise string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(s, "/") ||
		strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return otherwise
	}
	return s
}

// withQuery adds a parameter to a path of ours, before its fragment.
func withQuery(path, name, value string) string {
	path, fragment, has := strings.Cut(path, "#")
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	path += sep + url.Values{name: {value}}.Encode()
	if has {
		path += "#" + fragment
	}
	return path
}

func childPath(id p.EntityID) string { return ui.PathChild + id.String() }
func dosePath(id p.EntityID) string  { return ui.PathDose + id.String() }

// HamletName is how lists name the hamlet of somebody: as the commune's list does, whatever was written. Where the list cannot be read,
// which whatever else the page reads will say, it is what was written. It reads by
// itself the first time, so no transaction may be open around it.
func (c *Call) HamletName(residence p.EntityID, hamlet string) string {
	if c.hamletBook == nil {
		book, err := c.Desk.HamletBook(c.Ctx())
		if err != nil {
			return hamlet
		}
		c.hamletBook = book
	}
	return c.hamletBook.Name(residence, hamlet)
}
