package pages

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
)

func init() {
	server.Register(nil,
		server.MapIs(desk.ErrForbidden, server.TypeForbidden),
		server.MapIs(desk.ErrElsewhere, server.TypeElsewhere),
		server.MapIs(desk.ErrNotFound, server.TypeNotFound),
		server.MapIs(desk.ErrLogin, server.TypeNotLoggedIn),
		server.MapAs(func(*desk.RestrictedError) *server.Problem { return server.NewProblem(server.TypeForbidden) }),
		server.MapIs(store.ErrFull, server.TypeDiskFull),
		server.MapIs(node.ErrRevoked, server.TypeRevoked),
		server.MapAs(func(registry.Errors) *server.Problem { return server.NewProblem(server.TypeInvalid) }),
		server.MapAs(func(*registry.StaleError) *server.Problem { return server.NewProblem(server.TypeStale) }),
	)
}

// spoken are the errors for which the catalogue has a nurse's words; the table of errors speaks to
// programs and operators as well.
var spoken = map[string]string{
	server.TypeInternal:  "error.internal",
	server.TypeNotFound:  "error.not_found",
	server.TypeForbidden: "error.forbidden",
	server.TypeDiskFull:  "error.disk_full",
	server.TypeStale:     "error.stale",
	server.TypeRevoked:   "error.revoked",
}

// ErrorPage draws a problem for a person's browser; it is made for server.Options.ErrorPage. It reads
// nothing from the store, which may be what is wrong.
func (pg *Pages) ErrorPage(w http.ResponseWriter, r *http.Request, problem *server.Problem) {
	c := pg.call(w, r)
	page := ui.Message{Frame: c.bareFrame(), Tone: ui.ToneAsk, Code: problem.Type}
	if problem.Status >= http.StatusInternalServerError {
		page.Tone = ui.ToneLate
	}
	if incident, ok := problem.Params["incident"]; ok {
		page.Code += " " + fmt.Sprint(incident)
	}
	if login, ok := server.LoginOf(r); ok {
		page.Frame.User, page.Frame.Role = login.Name, c.T("role."+login.Role.String())
	}
	if key := spoken[problem.Type]; key != "" {
		page.Heading, page.Text = c.T(key), c.T(key+"_do")
	} else {
		again := server.ProblemOf(&server.Problem{Type: problem.Type, Params: problem.Params}, c.Words.Lang())
		page.Heading, page.Text = again.Title, again.Detail
	}
	if problem.Type == server.TypeNotLoggedIn {
		page.Actions = []ui.Action{{Label: c.T("login.title"), Href: ui.PathLogin}}
	}
	if err := c.Draw(problem.Status, "message", page); err != nil {
		pg.Log.ErrorContext(r.Context(), "error page not drawn", "cause", err)
		http.Error(w, page.Heading+" "+page.Text, problem.Status)
	}
}

// sentences holds what is wrong with a form, by the field's name in the field table.
type sentences map[string]string

// sentences takes the errors of an act apart; false if err is of another kind.
func (c *Call) sentences(err error) (sentences, bool) {
	var list registry.Errors
	var one *registry.FieldError
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = registry.Errors{*one}
	default:
		return nil, false
	}
	out := sentences{}
	for i := range list {
		if _, twice := out[list[i].Field]; !twice {
			out[list[i].Field] = sentence(c.Words, &list[i])
		}
	}
	return out, true
}

// rest joins what is left once the fields on the page have taken theirs: nothing refused goes unsaid.
func (s sentences) rest(words *locale.Catalogue, taken ...string) string {
	for _, name := range taken {
		delete(s, name)
	}
	text := ""
	for _, info := range registry.Fields { // in the order of the table, so that the same error reads the same
		if sentence, ok := s[info.Name]; ok {
			if text != "" {
				text += " "
			}
			text += words.T("field."+info.Name) + ": " + sentence
			delete(s, info.Name)
		}
	}
	return text
}

// sentence says what is wrong with an entry.
func sentence(words *locale.Catalogue, e *registry.FieldError) string {
	var args []any
	for name, v := range e.Params {
		args = append(args, name, param(words, e.Field, name, v))
	}
	text := words.T("invalid."+string(e.Code), args...)
	if guess, ok := e.Params["guess"]; ok {
		text += " " + words.T("invalid.guess", "guess", param(words, e.Field, "guess", guess))
	}
	return text
}

// param writes what a sentence names as people write it: tenths of a degree are kept, a year is no count.
func param(words *locale.Catalogue, field, name string, v any) any {
	switch v := v.(type) {
	case registry.Day:
		return v.String()
	case registry.Tenths:
		return words.Decimal(float64(v)/10, 1)
	case int:
		switch {
		case field == "temperature":
			return words.Decimal(float64(v)/10, 1)
		case name == "year", field == "tetanus_year", field == "mother_year":
			return strconv.Itoa(v)
		}
	}
	return v
}

// DateError says what is wrong with a typed date, for pages of one program.
func (c *Call) DateError(err error) string { return c.dateError(err) }

// dateError says what is wrong with a typed date.
func (c *Call) dateError(err error) string {
	var e *registry.DateError
	if errors.As(err, &e) {
		return sentence(c.Words, &registry.FieldError{Code: e.Code, Params: map[string]any{"text": e.Text}})
	}
	return c.T("invalid.type_wrong")
}
