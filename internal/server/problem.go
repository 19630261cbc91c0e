package server

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"tramy/internal/locale"
	"tramy/internal/rights"
	"tramy/syncproto"
)

// ProblemType is the media type of a problem document (RFC 9457).
const ProblemType = "application/problem+json"

// Problem is an error on its way to a caller. Make one with NewProblem; what is left empty is filled in
// from the table, in the caller's language, when it is written.
type Problem struct {
	Type       string         // a type in the table
	Title      string         // what happened
	Status     int            // HTTP status
	Detail     string         // what to do about it
	Field      string         // the field at fault, as the API names it
	Params     map[string]any // values that the texts name in braces; never personal data
	Extensions map[string]any // more members of the document: candidates, both values
	Cause      error          // for the log; never shown
}

// NewProblem returns a problem of a type in the table.
func NewProblem(typ string) *Problem { return &Problem{Type: typ} }

// At names the field at fault and returns p.
func (p *Problem) At(field string) *Problem { p.Field = field; return p }

// Param sets a parameter of the texts and returns p.
func (p *Problem) Param(name string, value any) *Problem {
	if p.Params == nil {
		p.Params = map[string]any{}
	}
	p.Params[name] = value
	return p
}

// Extend adds a member to the document and returns p.
func (p *Problem) Extend(name string, value any) *Problem {
	if p.Extensions == nil {
		p.Extensions = map[string]any{}
	}
	p.Extensions[name] = value
	return p
}

// Because sets the cause and returns p.
func (p *Problem) Because(err error) *Problem { p.Cause = err; return p }

// Error implements error with the type, the field and the cause, in English, for a log.
func (p *Problem) Error() string {
	s := p.Type
	if p.Field != "" {
		s += " (" + p.Field + ")"
	}
	if p.Cause != nil {
		s += ": " + p.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// MarshalJSON writes the members of RFC 9457, field and params, and the extensions beside them. An
// extension cannot take the place of a standard member.
func (p *Problem) MarshalJSON() ([]byte, error) {
	doc := maps.Clone(p.Extensions)
	if doc == nil {
		doc = map[string]any{}
	}
	doc["type"], doc["title"], doc["status"] = p.Type, p.Title, p.Status
	for name, value := range map[string]string{"detail": p.Detail, "field": p.Field} {
		delete(doc, name)
		if value != "" {
			doc[name] = value
		}
	}
	delete(doc, "params")
	if len(p.Params) > 0 {
		doc["params"] = p.Params
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Mapper turns an error of some package into a problem, or returns nil if it is not its own.
type Mapper func(err error) *Problem

// MapIs maps every error that is target to a type in the table.
func MapIs(target error, typ string) Mapper {
	return func(err error) *Problem {
		if !errors.Is(err, target) {
			return nil
		}
		return NewProblem(typ)
	}
}

// MapAs maps every error that has an E in its chain by f.
func MapAs[E error](f func(E) *Problem) Mapper {
	return func(err error) *Problem {
		var e E
		if !errors.As(err, &e) {
			return nil
		}
		return f(e)
	}
}

// registered is the table with what other packages added to it.
var registered struct {
	sync.RWMutex
	rows    map[string]Row
	mappers []Mapper
}

func init() {
	registered.rows = map[string]Row{}
	Register(errorRows,
		MapIs(context.DeadlineExceeded, TypeTimeout),
		MapIs(context.Canceled, TypeTimeout),
		MapIs(os.ErrDeadlineExceeded, TypeTooSlow),
		MapIs(diskFull, TypeDiskFull),
		MapIs(ErrWrongHubKey, TypeWrongHubKey),
		MapIs(ErrNoLogin, TypeNotLoggedIn),
		MapAs(func(e *http.MaxBytesError) *Problem { return NewProblem(TypeTooLarge).Param("max", e.Limit) }),
		MapAs(func(e *rights.PasswordError) *Problem {
			return NewProblem(TypePassword).At("password").Extend("fault", string(e.Fault))
		}),
	)
}

// Register adds rows to the table of errors, and mappers that turn errors into problems of these types.
// The mapper added last is asked first. It is meant for package initialisation and panics on a row that
// exists already or that lacks a text: a table with holes is a broken build.
func Register(rows []Row, mappers ...Mapper) {
	registered.Lock()
	defer registered.Unlock()
	for _, row := range rows {
		if err := row.check(); err != nil {
			panic("server: " + err.Error())
		}
		if _, ok := registered.rows[row.Type]; ok {
			panic(fmt.Sprintf("server: error %s registered twice", row.Type))
		}
		registered.rows[row.Type] = row
	}
	registered.mappers = append(registered.mappers, mappers...)
}

func (row Row) check() error {
	name, ok := strings.CutPrefix(row.Type, "tramy:")
	switch {
	case !ok || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("error type %q: want tramy:words-with-hyphens", row.Type)
	case row.Status < 400 || row.Status > 599:
		return fmt.Errorf("error %s: status %d", row.Type, row.Status)
	case row.Exit != 1 && row.Exit != 2:
		return fmt.Errorf("error %s: exit code %d", row.Type, row.Exit)
	case row.VI.Title == "" || row.VI.Do == "" || row.EN.Title == "" || row.EN.Do == "":
		return fmt.Errorf("error %s lacks a text", row.Type)
	}
	return nil
}

// Errors returns the table of all errors, ordered by type.
func Errors() []Row {
	registered.RLock()
	defer registered.RUnlock()
	return slices.SortedFunc(maps.Values(registered.rows), func(a, b Row) int { return cmp.Compare(a.Type, b.Type) })
}

// RefusalType returns the type of error that a refused exchange means; of TypeInternal for a code that
// this version does not know.
func RefusalType(code syncproto.RefusalCode) string {
	for _, row := range Errors() {
		if row.Refusal == code && code != 0 {
			return row.Type
		}
	}
	return TypeInternal
}

// ProblemOf returns the problem that err is, with status and texts filled in for a language; what no
// mapper knows is TypeInternal with err as its cause. A nil error has no problem.
func ProblemOf(err error, lang string) *Problem {
	if err == nil {
		return nil
	}
	p := find(err)
	registered.RLock()
	row, ok := registered.rows[p.Type]
	registered.RUnlock()
	if !ok { // a type that nobody registered is a fault of ours
		p = NewProblem(TypeInternal).Because(err)
		row = errorRows[0]
	}
	if p.Type == TypeInternal && p.Params["incident"] == nil {
		p = p.Param("incident", newIncident())
	}
	text := row.VI
	if lang == locale.English {
		text = row.EN
	}
	p.Status = cmp.Or(p.Status, row.Status)
	p.Title = cmp.Or(p.Title, p.fill(text.Title))
	p.Detail = cmp.Or(p.Detail, p.fill(text.Do))
	return p
}

// find returns a copy that may be filled in.
func find(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		q := *p
		q.Params = maps.Clone(p.Params)
		return &q
	}
	registered.RLock()
	mappers := registered.mappers
	registered.RUnlock()
	for _, m := range slices.Backward(mappers) {
		if p := m(err); p != nil {
			p.Cause = cmp.Or(p.Cause, err)
			return p
		}
	}
	return NewProblem(TypeInternal).Because(err)
}

func (p *Problem) fill(text string) string {
	for name, value := range p.Params {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}

// newIncident makes the number that a person reads out and an admin finds in the log.
func newIncident() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// ExitCode returns the exit code of a command that ended with err: 0 done, 1 failed, 2 used wrongly.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	typ := ProblemOf(err, locale.English).Type
	registered.RLock()
	defer registered.RUnlock()
	return registered.rows[typ].Exit
}

// WriteProblem answers a request with the problem that err is: a page for a browser that asked for one
// (Options.ErrorPage), an OperationOutcome for a program that speaks FHIR, a problem document otherwise. The cause of a TypeInternal goes to the log and
// nowhere else. If the answer has begun it is too late for a problem, and the connection is cut instead
// of ending as if all were well.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := ProblemOf(err, LangOf(r))
	if p == nil {
		return
	}
	st := stateOf(r)
	logger := slog.Default()
	if st != nil {
		st.problem = p.Type
		logger = st.server.log
	}
	if p.Status >= 500 && p.Type != TypeBusy && !errors.Is(err, context.Canceled) {
		logger.ErrorContext(r.Context(), "request failed", "problem", p.Type, "incident", p.Params["incident"], "cause", p.Cause)
	}
	if st != nil && st.wrote() {
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	for _, stale := range []string{"Content-Length", "Content-Encoding", "Content-Disposition", "ETag", "Last-Modified"} {
		h.Del(stale)
	}
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized && h.Get("WWW-Authenticate") == "" {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if s, ok := p.Params["seconds"]; ok {
		h.Set("Retry-After", fmt.Sprint(s))
	}
	if st != nil && st.server.errorPage != nil && wantsPage(r) {
		st.server.errorPage(w, r, p)
		return
	}
	body, err := json.Marshal(p)
	if err != nil { // an extension that JSON cannot hold
		logger.ErrorContext(r.Context(), "problem not written", "problem", p.Type, "cause", err)
		p.Extensions, p.Params = nil, nil
		body, _ = json.Marshal(p)
	}
	h.Set("Content-Type", ProblemType)
	if speaksFHIR(r.URL.Path) {
		if said, err := p.outcome(); err == nil {
			body = said
			h.Set("Content-Type", OutcomeType)
		}
	}
	h.Set("Content-Language", LangOf(r))
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the caller may be gone; there is nobody to tell
}

// wantsPage reports whether a person with a browser asks, and not a program.
func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html") && !isProgram(r.URL.Path)
}

// isProgram reports whether a path is served to programs only.
func isProgram(path string) bool {
	return strings.HasPrefix(path, "/api/") || speaksFHIR(path) || isExchange(path)
}

// isExchange reports whether a path is part of the exchange between nodes.
func isExchange(path string) bool { return strings.HasPrefix(path, "/sync/v1/") }

// LangOf returns the language in which to answer a request: the one of the log-in, else the first of ours
// in Accept-Language, else Vietnamese.
func LangOf(r *http.Request) string {
	if l, ok := LoginOf(r); ok && slices.Contains(locale.Languages(), l.Lang) {
		return l.Lang
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(locale.Languages(), primary) {
			return primary
		}
	}
	return locale.Vietnamese
}
