package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/locale"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
)

// TestErrorsHaveTypes holds that an error deep in a chain becomes the problem it is.
func TestErrorsHaveTypes(t *testing.T) {
	for _, test := range []struct {
		err    error
		typ    string
		status int
		field  string
	}{
		{desk.ErrForbidden, server.TypeForbidden, http.StatusForbidden, ""},
		{desk.ErrNotFound, server.TypeNotFound, http.StatusNotFound, ""},
		{desk.ErrLogin, server.TypeWrongLogin, http.StatusUnauthorized, ""},
		{desk.ErrLoginTaken, TypeLoginTaken, http.StatusConflict, "login"},
		{node.ErrNothing, TypeNothing, http.StatusUnprocessableEntity, ""},
		{node.ErrActTooLarge, TypeActTooLarge, http.StatusRequestEntityTooLarge, ""},
		{node.ErrNotRooted, TypeNoUpstream, http.StatusConflict, ""},
		{store.ErrFull, server.TypeDiskFull, http.StatusInsufficientStorage, ""},
		{store.ErrCorrupt, TypeDamaged, http.StatusInternalServerError, ""},
		{exchange.ErrEnrolUsed, TypeCodeUsed, http.StatusConflict, ""},
		{exchange.ErrEnrolExpired, TypeCodeExpired, http.StatusGone, ""},
		{exchange.ErrEnrolUnknown, TypeCodeUnknown, http.StatusForbidden, ""},
		{exchange.ErrEnrolTooMany, server.TypeTooMany, http.StatusTooManyRequests, ""},
		{&rights.PasswordError{Fault: rights.PasswordShort}, server.TypePassword, http.StatusUnprocessableEntity, "password"},
		{&registry.DateError{Text: "99/99", Code: registry.CodeDateUnreadable}, server.TypeInvalid, http.StatusUnprocessableEntity, ""},
		{&registry.StaleError{Kind: registry.KindSubject, Field: registry.SubjectName}, server.TypeStale, http.StatusPreconditionFailed, "name"},
		{&desk.DoseError{Index: 2, Err: registry.Errors{{Field: "lot", Code: registry.CodeRequired}}}, server.TypeInvalid, http.StatusUnprocessableEntity, "doses.2.lot"},
		{&desk.DoseError{Index: 2, Err: store.ErrFull}, server.TypeDiskFull, http.StatusInsufficientStorage, ""},
		{errors.New("anything else"), server.TypeInternal, http.StatusInternalServerError, ""},
	} {
		for _, lang := range locale.Languages() {
			p := server.ProblemOf(problemOf(fmt.Errorf("while saving: %w", test.err)), lang)
			if p.Type != test.typ || p.Status != test.status || p.Field != test.field || p.Title == "" || p.Detail == "" {
				t.Errorf("%v in %s: %s %d %q %q %q", test.err, lang, p.Type, p.Status, p.Field, p.Title, p.Detail)
			}
		}
		vi, en := server.ProblemOf(problemOf(test.err), locale.Vietnamese), server.ProblemOf(problemOf(test.err), locale.English)
		if vi.Title == en.Title {
			t.Errorf("%v says %q in both languages", test.err, vi.Title)
		}
	}
}

// TestEveryCodeHasASentence fails on a code of the registry that a person would read in brackets.
func TestEveryCodeHasASentence(t *testing.T) {
	for _, lang := range locale.Languages() {
		for _, code := range append(append([]registry.Code{}, registry.Codes...), registry.WarningCodes...) {
			e := registry.FieldError{Field: "x", Code: code, Params: map[string]any{
				"text": "t", "today": registry.Day(20000), "min": 10, "max": 20, "got": 15, "birth": registry.Day(1), "number": 3, "year": 2026, "expires": registry.Day(1), "on": registry.Day(1), "from": "08:00", "until": "10:00", "why": "w", "day": registry.Day(1), "at": "08:00", "lot": "A1", "vaccine": "BCG",
			}}
			if s := Sentence(locale.For(lang), e); strings.ContainsAny(s, "[{") {
				t.Errorf("%s in %s: %q", code, lang, s)
			}
		}
	}
}

// TestSpreadsheetsReadNoFormula holds that a name is never run.
func TestSpreadsheetsReadNoFormula(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "-2": "'-2", "Xã A": "Xã A", "": ""} {
		if got := plain(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
