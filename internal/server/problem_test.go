package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tramy/internal/rights"
	"tramy/syncproto"
)

var braces = regexp.MustCompile(`\{[a-z]+\}`)

func TestEachErrorRowIsWhole(t *testing.T) {
	rows := Errors()
	if len(rows) < len(errorRows) {
		t.Fatalf("%d rows registered, %d written", len(rows), len(errorRows))
	}
	for _, row := range rows {
		if err := row.check(); err != nil {
			t.Error(err)
		}
		if row.VI.Title == row.EN.Title || row.VI.Do == row.EN.Do {
			t.Errorf("%s says the same in both languages", row.Type)
		}
		vi, en := braces.FindAllString(row.VI.Title+row.VI.Do, -1), braces.FindAllString(row.EN.Title+row.EN.Do, -1)
		slices.Sort(vi)
		slices.Sort(en)
		if !slices.Equal(vi, en) {
			t.Errorf("%s names %v in Vietnamese and %v in English", row.Type, vi, en)
		}
		for _, s := range []string{row.VI.Title, row.VI.Do, row.EN.Title, row.EN.Do} {
			if !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q is no sentence", row.Type, s)
			}
		}
	}
}

// constants returns the names of the constants of a type, or with a prefix if typ is "".
func constants(t *testing.T, file, typ, prefix string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range f.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, s := range gen.Specs {
			spec := s.(*ast.ValueSpec)
			if id, ok := spec.Type.(*ast.Ident); typ != "" && (!ok || id.Name != typ) {
				continue
			}
			for _, n := range spec.Names {
				if strings.HasPrefix(n.Name, prefix) {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

func TestEachTypeHasARow(t *testing.T) {
	if names := constants(t, "errors.go", "", "Type"); len(names) != len(errorRows) {
		t.Errorf("%d types and %d rows", len(names), len(errorRows))
	}
}

func TestEachRefusalHasARow(t *testing.T) {
	codes := constants(t, "../../syncproto/frame.go", "RefusalCode", "Refused")
	if len(codes) < 10 {
		t.Fatalf("found only the refusals %v", codes)
	}
	seen := map[string]bool{}
	for code := syncproto.RefusalCode(1); int(code) <= len(codes); code++ {
		typ := RefusalType(code)
		if typ == TypeInternal || seen[typ] {
			t.Errorf("refusal %d is %s", code, typ)
		}
		seen[typ] = true
	}
	if got := RefusalType(999); got != TypeInternal {
		t.Errorf("an unknown refusal is %s", got)
	}
	if got := RefusalType(0); got != TypeInternal {
		t.Errorf("no refusal is %s", got)
	}
}

type doc struct {
	Type, Title, Detail, Field string
	Status                     int
	Params                     map[string]any
	Candidates                 []string
}

func writeProblem(t *testing.T, r *http.Request, err error) (*httptest.ResponseRecorder, doc) {
	t.Helper()
	w := httptest.NewRecorder()
	WriteProblem(w, r, err)
	var d doc
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	if w.Code != d.Status {
		t.Errorf("status %d, the document says %d", w.Code, d.Status)
	}
	return w, d
}

func TestWriteProblem(t *testing.T) {
	r := httptest.NewRequest("POST", "/api/v1/subjects", nil)
	w, d := writeProblem(t, r, fmt.Errorf("register: %w", NewProblem(TypeDuplicate).At("name").
		Extend("candidates", []string{"x"}).Extend("title", "mine").Extend("params", 1)))
	if d.Type != TypeDuplicate || d.Status != 409 || d.Field != "name" || !slices.Equal(d.Candidates, []string{"x"}) {
		t.Errorf("document %+v", d)
	}
	if d.Title != "Có thể đối tượng này đã được đăng ký." || d.Params != nil {
		t.Errorf("an extension took the place of a standard member: %+v", d)
	}
	for name, want := range map[string]string{"Content-Type": ProblemType, "Content-Language": "vi", "Cache-Control": "no-store"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}

	r.Header.Set("Accept-Language", "fr-FR, en-GB;q=0.9, vi;q=0.8")
	w, d = writeProblem(t, r, NewProblem(TypeGuessing).Param("seconds", 8))
	if d.Detail != "Wait 8 seconds and try again. The account is not locked." || d.Params["seconds"] != 8.0 {
		t.Errorf("document %+v", d)
	}
	if w.Header().Get("Retry-After") != "8" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	w, _ = writeProblem(t, r, ErrNoLogin)
	if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%d, WWW-Authenticate %q", w.Code, w.Header().Get("WWW-Authenticate"))
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	ours := errors.New("the fridge is open")
	const typ = "tramy:test-fridge"
	Register([]Row{{Type: typ, Status: 418, Exit: 2, VI: Text{"Mở.", "Đóng."}, EN: Text{"Open.", "Close."}}}, MapIs(ours, typ))
	for _, c := range []struct {
		err    error
		typ    string
		status int
		exit   int
	}{
		{context.DeadlineExceeded, TypeTimeout, 503, 1},
		{os.ErrDeadlineExceeded, TypeTooSlow, 408, 1},
		{&http.MaxBytesError{Limit: 7}, TypeTooLarge, 413, 1},
		{&os.PathError{Op: "write", Path: "x", Err: diskFull}, TypeDiskFull, 507, 1},
		{ErrWrongHubKey, TypeWrongHubKey, 502, 1},
		{rights.CheckPassword("lan", "short"), TypePassword, 422, 1},
		{NewProblem(TypeUsage), TypeUsage, 400, 2},
		{ours, typ, 418, 2},
		{errors.New("unheard of"), TypeInternal, 500, 1},
		{NewProblem("tramy:no-such-row"), TypeInternal, 500, 1},
	} {
		for _, err := range []error{c.err, fmt.Errorf("doing something: %w", c.err)} {
			p := ProblemOf(err, "en")
			if p.Type != c.typ || p.Status != c.status || p.Title == "" || p.Detail == "" {
				t.Errorf("%v: %+v", err, p)
			}
			if left := braces.FindString(p.Title + p.Detail); left != "" && p.Type != TypeMediaType {
				t.Errorf("%v: %s was not filled in: %s", err, left, p.Detail)
			}
			if got := ExitCode(err); got != c.exit {
				t.Errorf("%v: exit code %d", err, got)
			}
		}
	}
	if ProblemOf(nil, "vi") != nil || ExitCode(nil) != 0 {
		t.Error("no error is a problem")
	}
	if p := ProblemOf(rights.CheckPassword("lan", "short"), "vi"); p.Extensions["fault"] != "short" || p.Field != "password" {
		t.Errorf("a weak password: %+v", p)
	}
}

func TestProblemOfLeavesTheErrorAlone(t *testing.T) {
	p := NewProblem(TypeTooLarge).Param("max", 5)
	_ = ProblemOf(p, "vi")
	if got := ProblemOf(p, "en"); got.Detail != "The limit is 5 bytes. Send it in smaller parts." || p.Title != "" {
		t.Errorf("the second language got %q; the error became %+v", got.Detail, p)
	}
}

func TestCauseOfInternalIsNotShown(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	w, d := writeProblem(t, r, errors.New("UNIQUE constraint failed: subject.code"))
	if strings.Contains(w.Body.String(), "UNIQUE") {
		t.Errorf("the cause is shown: %s", w.Body)
	}
	if id, _ := d.Params["incident"].(string); len(id) != 8 || !strings.Contains(d.Detail, id) {
		t.Errorf("no incident number: %+v", d)
	}
}

func TestUnwritableExtensionStillAnswers(t *testing.T) {
	_, d := writeProblem(t, httptest.NewRequest("GET", "/", nil), NewProblem(TypeConflict).Extend("values", func() {}))
	if d.Type != TypeConflict || d.Title == "" {
		t.Errorf("document %+v", d)
	}
}

func TestRegisterRefusesHoles(t *testing.T) {
	whole := Row{Type: "tramy:test-hole", Status: 400, Exit: 1, VI: Text{"a", "b"}, EN: Text{"c", "d"}}
	for name, spoil := range map[string]func(*Row){
		"no type":        func(r *Row) { r.Type = "" },
		"capital":        func(r *Row) { r.Type = "tramy:Hole" },
		"no prefix":      func(r *Row) { r.Type = "hole" },
		"status 200":     func(r *Row) { r.Status = 200 },
		"exit 0":         func(r *Row) { r.Exit = 0 },
		"exit 3":         func(r *Row) { r.Exit = 3 },
		"no Vietnamese":  func(r *Row) { r.VI = Text{} },
		"nothing to do":  func(r *Row) { r.EN.Do = "" },
		"already exists": func(r *Row) { r.Type = TypeStale },
	} {
		row := whole
		spoil(&row)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: registered", name)
				}
			}()
			Register([]Row{row})
		}()
	}
}

func TestLangOf(t *testing.T) {
	for accept, want := range map[string]string{
		"": "vi", "en": "en", "en-US,vi": "en", "vi-VN,en": "vi", "EN-us": "en", "fr": "vi", "*": "vi", "fr;q=1, en;q=0.5": "en",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", accept)
		if got := LangOf(r); got != want {
			t.Errorf("%q: %s", accept, got)
		}
		as := func(lang string) *http.Request {
			return r.WithContext(context.WithValue(r.Context(), stateKey{}, &state{login: &Login{Lang: lang}}))
		}
		if got := LangOf(as("en")); got != "en" {
			t.Errorf("%q, logged in with en: %s", accept, got)
		}
		if got := LangOf(as("xx")); got != want {
			t.Errorf("%q, logged in with a language we lack: %s", accept, got)
		}
	}
}
