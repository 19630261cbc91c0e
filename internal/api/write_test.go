package api_test

import (
	"net/http"
	"strings"
	"testing"

	"tramy/internal/api"
	"tramy/internal/nodetest"
	"tramy/internal/server"
)

// TestOneKeyActsOnce sends one registration twice under one key, another under the same, and one under none.
func TestOneKeyActsOnce(t *testing.T) {
	x := serveHub(t, newTree(t))
	nurse := x.hub.as(nodetest.NurseLogin)
	body := fields{"fields": x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678")}
	first := nurse.send(http.MethodPost, "/api/v1/subjects", "k-1", body).want(http.StatusCreated)
	again := nurse.send(http.MethodPost, "/api/v1/subjects", "k-1", body).want(http.StatusCreated)
	if string(first.Body) != string(again.Body) || again.Header.Get("Idempotent-Replayed") != "true" || again.Header.Get("Location") != first.Header.Get("Location") {
		t.Errorf("first %s, then %s (%v)", first.Body, again.Body, again.Header)
	}
	var found struct{ Items []any }
	nurse.do(http.MethodPost, "/api/v1/subjects/search", fields{"text": "mai chi"}).want(http.StatusOK).into(&found)
	if len(found.Items) != 1 {
		t.Errorf("%d people under one key", len(found.Items))
	}
	body["force"] = true
	nurse.send(http.MethodPost, "/api/v1/subjects", "k-1", body).wantProblem(http.StatusUnprocessableEntity, server.TypeKeyReused)
	nurse.send(http.MethodPost, "/api/v1/subjects", "", body).wantProblem(http.StatusBadRequest, server.TypeKeyMissing)
}

// TestDuplicateAsksFirst registers one child twice: candidates, then with force.
func TestDuplicateAsksFirst(t *testing.T) {
	x := serveHub(t, newTree(t))
	nurse := x.hub.as(nodetest.NurseLogin)
	baby := x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678")
	id := add(nurse, baby)
	p := nurse.do(http.MethodPost, "/api/v1/subjects", fields{"fields": baby}).wantProblem(http.StatusConflict, server.TypeDuplicate)
	if len(p.Candidates) != 1 || p.Candidates[0].Subject.ID != id {
		t.Errorf("candidates %+v, want %s", p.Candidates, id)
	}
	nurse.do(http.MethodPost, "/api/v1/subjects", fields{"fields": baby, "force": true}).want(http.StatusCreated)
}

// TestStale edits one field from two pages that were opened at the same time.
func TestStale(t *testing.T) {
	x := serveHub(t, newTree(t))
	nurse, head := x.hub.as(nodetest.NurseLogin), x.hub.as(nodetest.HeadLogin)
	id := add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678"))
	a, b := open(nurse, id), open(head, id)
	path := "/api/v1/subjects/" + id
	nurse.do(http.MethodPatch, path, fields{"fields": fields{"mother_phone": "0987654321"}, "saw": a.Saw}).want(http.StatusNoContent)
	p := head.do(http.MethodPatch, path, fields{"fields": fields{"mother_phone": "0900000000"}, "saw": b.Saw}).wantProblem(http.StatusPreconditionFailed, server.TypeStale)
	if p.Field != "mother_phone" || len(p.Values) != 1 || p.Values[0].Value != "0987654321" || p.Values[0].Dot == "" {
		t.Errorf("the problem shows %+v", p)
	}
	if r := open(head, id); r.Fields["mother_phone"] != "0987654321" {
		t.Errorf("something was written: %v", r.Fields["mother_phone"])
	}
	head.do(http.MethodPatch, path, fields{"fields": fields{"hamlet": "Bản Pha Lay"}, "saw": b.Saw}).want(http.StatusNoContent)
	head.do(http.MethodPatch, path, fields{"fields": fields{"hamlet": "x"}, "saw": "11=zz"}).wantProblem(http.StatusBadRequest, server.TypeBadRequest)
}

// TestProblemsSpeak asks for one problem in both languages, and holds that each entry at fault is named.
func TestProblemsSpeak(t *testing.T) {
	x := serveHub(t, newTree(t))
	nurse := x.hub.as(nodetest.NurseLogin)
	id := add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678"))
	visit := fields{"subject": id, "temperature": 3680, "screening": "eligible", "doses": []fields{
		{"vaccine": "BCG"}, {"vaccine": "MR", "given_on": day(3), "temperature": 370},
	}}
	say := map[string]problem{}
	for _, lang := range []string{"", "vi", "en-GB,en;q=0.9"} {
		nurse.Lang = lang
		r := nurse.do(http.MethodPost, "/api/v1/visits", visit)
		say[lang] = r.wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	}
	if say[""].Title != say["vi"].Title || say["vi"].Title == say["en-GB,en;q=0.9"].Title {
		t.Errorf("titles %q, %q, %q", say[""].Title, say["vi"].Title, say["en-GB,en;q=0.9"].Title)
	}
	vi := say["vi"]
	if vi.Field != "doses.0.temperature" || len(vi.Errors) != 1 || vi.Errors[0].Code != "temperature_range" {
		t.Fatalf("%+v", vi)
	}
	if m := vi.Errors[0].Message; !strings.Contains(m, "368,0 °C") || !strings.Contains(m, "Có phải 36,8?") {
		t.Errorf("the nurse reads %q", m)
	}
	if m := say["en-GB,en;q=0.9"].Errors[0].Message; !strings.Contains(m, "368.0") {
		t.Errorf("in English %q", m)
	}
	nurse.Lang = "en"
	for _, test := range []struct {
		body        fields
		field, code string
	}{
		{fields{"subject": id, "doses": []fields{{"vaccine": "BCG", "site": "nose"}}}, "doses.0.site", "choice_unknown"},
		{fields{"subject": id, "doses": []fields{{"vaccine": "BCG"}, {"vaccine": "MR", "given_on": "25/11/2026"}}}, "doses.1.given_on", "date_unreadable"},
		{fields{"subject": id, "doses": []fields{{"vaccine": "BCG", "subject": id}}}, "doses.0.subject", "field_unknown"},
		{fields{"subject": id, "doses": []fields{{"vaccine": "BCG", "void": "x"}}}, "doses.0.void", "field_unknown"},
		{fields{"subject": id, "screening": 1}, "screening", "type_wrong"},
		{fields{"doses": []fields{}}, "subject", "subject_required"},
	} {
		p := nurse.do(http.MethodPost, "/api/v1/visits", test.body).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
		if p.Field != test.field || len(p.Errors) == 0 || p.Errors[0].Code != test.code || strings.Contains(p.Errors[0].Message, "[") || strings.Contains(p.Errors[0].Message, "{") {
			t.Errorf("%v: %+v", test.body, p)
		}
	}
	if len(open(nurse, id).Doses) != 0 {
		t.Error("something of a refused visit was written")
	}
	nurse.do(http.MethodPost, "/api/v1/visits", fields{"subject": id}).wantProblem(http.StatusUnprocessableEntity, api.TypeNothing)
	nurse.do(http.MethodPatch, "/api/v1/subjects/"+id, fields{"fields": fields{"void": "x", "released": nil}, "saw": ""}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/subjects/no-id", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
}

// TestGuessingIsSlowed tries wrong passwords until the brake holds, and holds that name and address are
// told apart from the right password's.
func TestGuessingIsSlowed(t *testing.T) {
	x := serveHub(t, newTree(t))
	guess := func(password string) *reply {
		return x.hub.do(http.MethodPost, "/api/v1/login", fields{"login": "dien", "password": password})
	}
	for range 5 {
		guess("sai mật khẩu").wantProblem(http.StatusUnauthorized, server.TypeWrongLogin)
	}
	r := guess(nodetest.Password)
	r.wantProblem(http.StatusTooManyRequests, server.TypeGuessing)
	if r.Header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
	x.hub.do(http.MethodPost, "/api/v1/login", fields{"login": "", "password": ""}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
}

// TestEveryErrorIsWhole holds that all registered errors speak both languages.
func TestEveryErrorIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range server.Errors() {
		seen[row.Type] = true
		if row.VI.Title == row.EN.Title || !strings.HasSuffix(row.VI.Do, ".") || !strings.HasSuffix(row.EN.Do, ".") {
			t.Errorf("%s: %+v %+v", row.Type, row.VI, row.EN)
		}
	}
	for _, typ := range []string{api.TypeLoginTaken, api.TypeCodeExpired, api.TypeActTooLarge} {
		if !seen[typ] {
			t.Errorf("%s is not in the table", typ)
		}
	}
}
