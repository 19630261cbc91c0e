package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tramy/internal/api"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
)

type fields = map[string]any

// baby is somebody to register; who is told apart by their name.
func (x *programs) baby(name, mother, phone string) fields {
	return fields{
		"place": x.Commune.String(), "name": name, "birth_date": day(-70), "sex": "female", "mother_name": mother,
		"mother_phone": phone, "hamlet": "Bản Na Tông",
	}
}

func add(c *client, f fields) string {
	c.T.Helper()
	var out struct{ ID string }
	c.do(http.MethodPost, "/api/v1/subjects", fields{"fields": f}).want(http.StatusCreated).into(&out)
	return out.ID
}

type record struct {
	ID, Saw string
	Fields  fields
	Doses   []struct {
		ID, Saw, Void string
		Number        int
		Fields        fields
	}
	Conflicts []conflict
	Linked    []struct{ ID string }
}

type conflict struct {
	Entity, Field string
	Choices       []struct {
		Dot   string
		Value any
		Who   string
	}
}

func open(c *client, id string) record {
	c.T.Helper()
	var r record
	c.do(http.MethodGet, "/api/v1/subjects/"+id, nil).want(http.StatusOK).into(&r)
	return r
}

// TestStation does at a station all that a station's document describes.
func TestStation(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)

	id := add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912 345 678"))
	var found struct {
		Items []struct{ ID, Code, Name string }
	}
	nurse.do(http.MethodPost, "/api/v1/subjects/search", fields{"text": "mai chi lo"}).want(http.StatusOK).into(&found)
	if len(found.Items) != 1 || found.Items[0].ID != id || len(found.Items[0].Code) != 16 {
		t.Fatalf("search found %+v, want %s with a code", found, id)
	}
	r := open(nurse, id)
	if r.Fields["mother_phone"] != "0912345678" || r.Fields["birth_date"] != day(-70) || r.Fields["sex"] != "female" || r.Fields["group"] != "child" {
		t.Errorf("fields %v", r.Fields)
	}

	// The hub would hold it, and with it all that the station saves afterwards.
	beyond := nurse.do(http.MethodPost, "/api/v1/visits", fields{
		"subject": id, "doses": []fields{{"vaccine": "BCG", "place": x.Other.String(), "source": "card"}},
	}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	if beyond.Field != "doses.0.place" || beyond.Errors[0].Code != string(registry.CodePlaceBeyond) {
		t.Errorf("a dose recorded for another province: %+v", beyond)
	}
	var visit struct {
		Doses    []string
		Warnings []struct{ Field, Code, Message string }
	}
	nurse.do(http.MethodPost, "/api/v1/visits", fields{
		"subject": id, "screening": "eligible", "temperature": 368, "next_date": day(28), "saw": r.Saw,
		"doses": []fields{
			{"vaccine": "DPT-VGB-HIB", "lot": "ab12", "site": "left_thigh", "given_minute": "08:40"},
			{"vaccine": "BOPV", "not_done": "no_vaccine"},
			{"vaccine": "ROTA"},
		},
	}).want(http.StatusCreated).into(&visit)
	if len(visit.Doses) != 3 || len(visit.Warnings) != 1 || visit.Warnings[0].Field != "doses.2.lot" || visit.Warnings[0].Message == "" {
		t.Errorf("visit answered %+v", visit)
	}
	r = open(nurse, id)
	if len(r.Doses) != 3 || r.Fields["next_date"] != day(28) {
		t.Fatalf("after the visit: %+v", r)
	}
	var one struct {
		Saw    string
		Number int
		Sent   string
		Fields fields
	}
	nurse.do(http.MethodGet, "/api/v1/immunizations/"+visit.Doses[0], nil).want(http.StatusOK).into(&one)
	if one.Number != 1 || one.Sent != "saved" || one.Fields["lot"] != "AB12" || one.Fields["given_on"] != day(0) || one.Fields["place"] != x.Facility.String() {
		t.Errorf("dose %+v", one)
	}
	nurse.do(http.MethodPatch, "/api/v1/immunizations/"+visit.Doses[0], fields{"fields": fields{"lot": "AB13", "temperature": nil}, "saw": one.Saw}).want(http.StatusNoContent)
	nurse.do(http.MethodGet, "/api/v1/immunizations/"+visit.Doses[0], nil).want(http.StatusOK).into(&one)
	if one.Fields["lot"] != "AB13" {
		t.Errorf("amended dose %+v", one)
	}
	nurse.do(http.MethodPost, "/api/v1/immunizations/"+visit.Doses[0]+"/void", fields{"reason": "", "saw": one.Saw}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodPost, "/api/v1/immunizations/"+visit.Doses[0]+"/void", fields{"reason": "nhầm trẻ", "saw": one.Saw}).want(http.StatusNoContent)
	if r = open(nurse, id); !slices.ContainsFunc(r.Doses, func(d struct {
		ID, Saw, Void string
		Number        int
		Fields        fields
	},
	) bool {
		return d.ID == visit.Doses[0] && d.Void == "nhầm trẻ"
	}) {
		t.Errorf("the dose is not void: %+v", r.Doses)
	}

	var list struct {
		On   string
		Due  []any
		Seen []struct{ Doses []any }
	}
	nurse.do(http.MethodGet, "/api/v1/worklist", nil).want(http.StatusOK).into(&list)
	if list.On != day(0) || len(list.Seen) != 1 || len(list.Seen[0].Doses) != 2 {
		t.Errorf("worklist of today %+v", list)
	}
	nurse.do(http.MethodGet, "/api/v1/worklist?on="+day(28), nil).want(http.StatusOK).into(&list)
	if list.On != day(28) || len(list.Due) != 1 {
		t.Errorf("worklist in four weeks %+v", list)
	}
	nurse.do(http.MethodGet, "/api/v1/worklist?on=25/11/2026", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)

	forecastOf(t, nurse, id)

	var history struct {
		Items []struct {
			Who, Device string
			Whole       bool
			Fields      []struct {
				Field  string
				Before []any
				After  any
			}
		}
	}
	nurse.do(http.MethodPatch, "/api/v1/subjects/"+id, fields{"fields": fields{"mother_phone": "0987654321"}, "saw": r.Saw}).want(http.StatusNoContent)
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/history", nil).want(http.StatusOK).into(&history)
	nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/open", fields{"reason": "trẻ của trạm, không cần lý do"}).want(http.StatusNoContent)
	last := history.Items[0]
	if len(history.Items) != 3 || last.Who != "Cà Thị Diên" || last.Fields[0].Field != "mother_phone" || last.Fields[0].After != "0987654321" || last.Fields[0].Before[0] != "0912345678" {
		t.Errorf("history %+v", history)
	}
	nurse.do(http.MethodGet, "/api/v1/subjects/"+x.Nurse.User.String()+"/history", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)

	twin := add(nurse, fields{"place": x.Commune.String(), "name": "Lò Thị Mai", "birth_date": day(-400), "mother_name": "Vàng A Sú"})
	nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/link", fields{"other": twin}).want(http.StatusNoContent)
	if r = open(nurse, id); len(r.Linked) != 1 || r.Linked[0].ID != twin {
		t.Errorf("linked: %+v", r.Linked)
	}
	nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/unlink", fields{"other": twin}).want(http.StatusNoContent)
	if r = open(nurse, id); len(r.Linked) != 0 {
		t.Errorf("still linked: %+v", r.Linked)
	}
	if p := nurse.do(http.MethodPost, "/api/v1/subjects/"+id+"/link", fields{"other": id}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); p.Field != "other" {
		t.Errorf("a link with oneself: %+v", p)
	}

	whatDaysLeft(t, x, nurse, id)
	rightsOverAPI(t, x, nurse, id)
	x.exchangeAndSettle(nurse, id)
	x.lookUp(nurse, id, found.Items[0].Code)
	older := newcomer(1, "Lò Thị Vân", "Lò Thị Én", registry.ImmunizationInput{Vaccine: "VNNB"}, registry.ImmunizationInput{Vaccine: "FLU"})
	older.Subject.BirthDate -= 1000 // in none of the figures below
	answer, taken := take(nurse, "fhir", "transaction", older)
	answer.want(http.StatusOK)
	child := strings.TrimPrefix(taken.Entry[0].Response.Location, "Patient/")
	speak(nurse, child, open(nurse, child))
	x.logins(x.station)
	x.machine(nurse)
	if missing := x.stationDoc.missing(); !slices.Equal(missing, []string{"addUser", "disableUser", "enableUser", "endLogins"}) {
		t.Errorf("these were not seen to work at a station: %v", missing)
	}
}

// exchangeAndSettle makes the station and an officer at the hub write one field without seeing each other.
func (x *programs) exchangeAndSettle(nurse *client, id string) {
	t := x.T
	t.Helper()
	var result struct {
		Sent  int
		Level bool
		State struct{ Saved, Subjects int }
	}
	nurse.do(http.MethodPost, "/api/v1/sync", nil).want(http.StatusOK).into(&result)
	if !result.Level || result.State.Saved != 0 || result.State.Subjects != 2 {
		t.Errorf("exchange: %+v", result)
	}
	x.AddUser(x.T, "khoa", "Trần Khoa", rights.Head, x.Nation)
	head := x.hub.as("khoa")
	there := open(head, id)
	head.do(http.MethodPatch, "/api/v1/subjects/"+id, fields{"fields": fields{"mother_name": "Lò Thị Anh"}, "saw": there.Saw}).want(http.StatusNoContent)
	here := open(nurse, id)
	nurse.do(http.MethodPatch, "/api/v1/subjects/"+id, fields{"fields": fields{"mother_name": "Lò Thị Ánh Tuyết"}, "saw": here.Saw}).want(http.StatusNoContent)
	nurse.do(http.MethodPost, "/api/v1/sync", nil).want(http.StatusOK)

	var list struct {
		Items []conflict
		Next  string
	}
	nurse.do(http.MethodGet, "/api/v1/conflicts?limit=1", nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Field != "mother_name" || len(list.Items[0].Choices) != 2 || list.Next != "" {
		t.Fatalf("conflicts %+v", list)
	}
	c := list.Items[0]
	first, second := c.Choices[0].Dot, c.Choices[1].Dot
	path := "/api/v1/conflicts/" + id + "/settle"
	p := nurse.do(http.MethodPost, path, fields{"field": "mother_name", "choose": first, "seen": []string{first}}).wantProblem(http.StatusPreconditionFailed, server.TypeStale)
	if len(p.Values) != 2 {
		t.Errorf("a choice that had not seen both: %+v", p)
	}
	nurse.do(http.MethodPost, path, fields{"field": "mother_name", "choose": first, "seen": []string{first, second}}).want(http.StatusNoContent)
	if r := open(nurse, id); len(r.Conflicts) != 0 || r.Fields["mother_name"] != c.Choices[0].Value {
		t.Errorf("after settling: %v, conflicts %+v", r.Fields["mother_name"], r.Conflicts)
	}
	nurse.do(http.MethodPost, path, fields{"field": "password", "choose": first, "seen": []string{first}}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
}

// machine reads what is not about people, and ends with a new password.
func (x *programs) machine(nurse *client) {
	t := x.T
	t.Helper()
	for _, path := range []string{"/healthz", "/readyz", "/api/v1/openapi.json", "/api/v1/sync", "/api/v1/users"} {
		nurse.do(http.MethodGet, path, nil).want(http.StatusOK)
	}
	var vaccines struct{ Items []struct{ Code string } }
	nurse.do(http.MethodGet, "/api/v1/vaccines", nil).want(http.StatusOK).into(&vaccines)
	if len(vaccines.Items) != len(registry.Vaccines()) {
		t.Errorf("%d vaccines, want %d", len(vaccines.Items), len(registry.Vaccines()))
	}
	var places struct {
		Items []struct{ ID, Code string }
		Next  string
	}
	seen := map[string]bool{}
	for path := "/api/v1/places?limit=7"; ; path = "/api/v1/places?limit=7&cursor=" + places.Next {
		places.Next = ""
		nurse.do(http.MethodGet, path, nil).want(http.StatusOK).into(&places)
		for _, item := range places.Items {
			if seen[item.ID] {
				t.Errorf("%s came twice", item.Code)
			}
			seen[item.ID] = true
		}
		if places.Next == "" {
			break
		}
	}
	if want := len(registry.Provinces()) + 3; len(seen) != want {
		t.Errorf("%d places by pages, want %d", len(seen), want)
	}
	nurse.do(http.MethodGet, "/api/v1/places?under=gso:11", nil).want(http.StatusOK).into(&places)
	if len(places.Items) != 1 || places.Items[0].Code != "gso:03368" {
		t.Errorf("under the province: %+v", places)
	}
	nurse.do(http.MethodGet, "/api/v1/places?cursor=*", nil).wantProblem(http.StatusBadRequest, server.TypeBadRequest)
	x.covered(nurse)

	own := "/api/v1/users/" + x.Nurse.User.String() + "/password"
	if p := nurse.do(http.MethodPost, own, fields{"old": "không phải", "password": "bốn từ ghép lại"}).wantProblem(http.StatusUnprocessableEntity, api.TypeOldPassword); p.Field != "old" {
		t.Errorf("a wrong old password: %+v", p)
	}
	if p := nurse.do(http.MethodPost, own, fields{"old": nodetest.Password, "password": "12345678"}).wantProblem(http.StatusUnprocessableEntity, server.TypePassword); p.Field != "password" {
		t.Errorf("a poor password: %+v", p)
	}
	leaving := x.station.as(nodetest.NurseLogin)
	leaving.do(http.MethodDelete, "/api/v1/login", nil).want(http.StatusNoContent)
	leaving.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
	nurse.do(http.MethodPost, own, fields{"old": nodetest.Password, "password": "bốn từ ghép lại"}).want(http.StatusNoContent)
	nurse.do(http.MethodGet, "/api/v1/sync", nil).wantProblem(http.StatusUnauthorized, server.TypeNotLoggedIn)
}

// covered reads the report as figures and as a table for a spreadsheet.
func (x *programs) covered(nurse *client) {
	t := x.T
	t.Helper()
	var table struct {
		Place      struct{ Code string }
		Indicators []struct {
			Vaccine string
			Dose    int
		}
		Total struct {
			Registered int
			Doses      []int
			Heard      struct{ Stations int }
		}
		On      string
		Instead []struct{ Code string }
	}
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?from="+day(-100)+"&to="+day(0), nil).want(http.StatusOK).into(&table)
	if table.Place.Code != "gso:03368" || table.Total.Registered != 1 || len(table.Total.Doses) != len(table.Indicators) || table.Total.Heard.Stations != 1 {
		t.Errorf("coverage %+v", table)
	}
	for i, in := range table.Indicators {
		want := 0
		if in.Vaccine == "ROTA" && in.Dose == 1 { // the other dose given was void
			want = 1
		}
		if table.Total.Doses[i] != want {
			t.Errorf("%s %d: %d, want %d", in.Vaccine, in.Dose, table.Total.Doses[i], want)
		}
	}
	var filled struct {
		Columns []string
		Rows    []struct {
			Key    string
			Counts []int64
		}
	}
	nurse.do(http.MethodGet, "/api/v1/reports/results?from="+day(-100)+"&to="+day(0), nil).want(http.StatusOK).into(&filled)
	if len(filled.Columns) != 14 || len(filled.Rows) < 30 || len(filled.Rows[0].Counts) != 14 {
		t.Errorf("%+v", filled)
	}
	nurse.do(http.MethodGet, "/api/v1/reports/results?format=xlsx", nil).want(http.StatusOK)
	nurse.do(http.MethodGet, "/api/v1/reports/results?format=pdf", nil).wantProblem(http.StatusBadRequest, server.TypeBadRequest)
	nurse.do(http.MethodGet, "/api/v1/reports/results?place=gso:999", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
	nurse.do(http.MethodGet, "/api/v1/reports/results?from="+day(-400)+"&to="+day(0), nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	var needs struct {
		Place    struct{ Code string }
		Vaccines []struct {
			Item                      string
			Due, Reached, Vial, Doses int
		}
	}
	nurse.do(http.MethodGet, "/api/v1/stock/needs?coverage=100&buffer=0", nil).want(http.StatusOK).into(&needs)
	if needs.Place.Code != "gso:03368" || len(needs.Vaccines) == 0 || needs.Vaccines[0].Due != needs.Vaccines[0].Reached {
		t.Errorf("needs %+v", needs)
	}
	nurse.do(http.MethodGet, "/api/v1/stock/needs?month=soon", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/stock/needs?month=2199-01", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/stock/needs?coverage=101", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/stock/needs?buffer=-1", nil).wantProblem(http.StatusBadRequest, server.TypeBadRequest)
	nurse.do(http.MethodGet, "/api/v1/stock/needs?place=gso:999", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
	r := nurse.do(http.MethodGet, "/api/v1/reports/coverage?format=csv", nil).want(http.StatusOK)
	lines := strings.Split(strings.TrimSpace(string(r.Body)), "\n")
	if !strings.HasPrefix(lines[0], "\ufeffplace_code,place,") || !strings.HasPrefix(lines[1], "gso:03368,Xã Mường Nhà,") || r.Header.Get("Content-Disposition") == "" {
		t.Errorf("csv: %q", lines)
	}
	// The same by the map of another day; a code means what it meant on it.
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?place=gso:03368&on="+day(-100), nil).want(http.StatusOK).into(&table)
	if table.On != day(-100) || table.Place.Code != "gso:03368" || len(table.Instead) != 0 {
		t.Errorf("coverage on another map %+v", table)
	}
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?on=yesterday", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?place=gso:11", nil).wantProblem(http.StatusForbidden, server.TypeElsewhere)
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?place=gso:999", nil).wantProblem(http.StatusNotFound, server.TypeNotFound)
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?from=2026-05-01&to=2026-01-01", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
	nurse.do(http.MethodGet, "/api/v1/reports/coverage?format=pdf", nil).wantProblem(http.StatusBadRequest, server.TypeBadRequest)
}

// TestSyncWithoutNetwork presses the button while the hub cannot be reached: that is a problem of its own,
// and everything else goes on.
func TestSyncWithoutNetwork(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)
	x.Cut()
	id := add(nurse, x.baby("Lò Thị Mai Chi", "Lò Thị Ánh", "0912345678"))
	nurse.do(http.MethodPost, "/api/v1/sync", nil).wantProblem(http.StatusBadGateway, server.TypeHubSilent)
	var state struct {
		Saved     int
		Link      struct{ Down bool }
		Exchanges []struct{ Result string }
	}
	nurse.do(http.MethodGet, "/api/v1/sync", nil).want(http.StatusOK).into(&state)
	if state.Saved != 1 || !state.Link.Down || len(state.Exchanges) == 0 {
		t.Errorf("%+v", state)
	}
	open(nurse, id)
}

// lookUp asks the hub for a child it holds, and brings the record here.
func (x *programs) lookUp(nurse *client, id, code string) {
	t := x.T
	t.Helper()
	if p := nurse.do(http.MethodPost, "/api/v1/lookup", fields{"code": "12"}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); p.Field != "code" {
		t.Errorf("a code that cannot be: %+v", p)
	}
	if p := nurse.do(http.MethodPost, "/api/v1/lookup", fields{"birth_date": "hôm qua"}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); p.Field != "birth_date" {
		t.Errorf("a date that cannot be: %+v", p)
	}
	var got struct {
		Nonce      string
		Partial    bool
		Candidates []struct{ Ticket, Name, Mother, Sex string }
	}
	nurse.do(http.MethodPost, "/api/v1/lookup", fields{"code": code}).want(http.StatusOK).into(&got)
	if len(got.Candidates) != 1 || got.Partial || got.Candidates[0].Name != "L. T. M. Chi" {
		t.Fatalf("looked up: %+v", got)
	}
	var here struct{ ID string }
	nurse.do(http.MethodPost, "/api/v1/lookup/fetch", fields{"nonce": got.Nonce, "ticket": got.Candidates[0].Ticket}).want(http.StatusOK).into(&here)
	if here.ID != id {
		t.Errorf("fetched %s, want %s", here.ID, id)
	}
	nurse.do(http.MethodPost, "/api/v1/lookup/fetch", fields{"nonce": got.Nonce, "ticket": got.Nonce}).wantProblem(http.StatusNotFound, server.TypeNotFound)
	nurse.do(http.MethodPost, "/api/v1/lookup/fetch", fields{"nonce": "x", "ticket": got.Nonce}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
}

// What the schedule says of a child of ten weeks who has had rotavirus today; the 5-in-1 dose is void.
func forecastOf(t *testing.T, nurse *client, id string) {
	t.Helper()
	var f struct {
		On, Schedule, Next string
		Advice             []struct {
			Vaccine, Verdict, Urgency, Earliest, Recommended, From string
			Number, Volume                                         int
			Reasons                                                []struct{ Code, Text string }
		}
		Groups []struct{ Group, Status string }
		Doses  []struct{ ID, Status string }
	}
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/forecast", nil).want(http.StatusOK).into(&f)
	if f.On != day(0) || f.Schedule != "vn-2026-07" || len(f.Groups) == 0 || len(f.Doses) != 1 || f.Doses[0].Status != "valid" {
		t.Fatalf("forecast %+v", f)
	}
	found := map[string]string{}
	for _, a := range f.Advice {
		found[a.Vaccine] = fmt.Sprintf("%d %s %s %s", a.Number, a.Urgency, a.Verdict, a.From)
		if a.Verdict == "no" && (len(a.Reasons) == 0 || a.Reasons[0].Text == "") {
			t.Errorf("%s may not be given, and nothing says why: %+v", a.Vaccine, a)
		}
	}
	for vaccine, want := range map[string]string{
		"DPT-VGB-HIB": "1 due safe ",
		"BOPV":        "1 due safe ",
		"ROTA":        "2 later no " + day(28),
	} {
		if found[vaccine] != want {
			t.Errorf("%s: %q, want %q", vaccine, found[vaccine], want)
		}
	}
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/forecast?on="+day(28), nil).want(http.StatusOK).into(&f)
	if f.On != day(28) {
		t.Errorf("asked for in four weeks, answered for %s", f.On)
	}
	nurse.do(http.MethodGet, "/api/v1/subjects/"+id+"/forecast?on=soon", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)

	var list struct {
		Items []struct {
			ID       string
			Vaccines []struct{ Vaccine string }
		}
	}
	nurse.do(http.MethodGet, "/api/v1/defaulters?list=due&vaccine=bopv", nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].ID != id || len(list.Items[0].Vaccines) != 1 || list.Items[0].Vaccines[0].Vaccine != "BOPV" {
		t.Errorf("due for drops: %+v", list)
	}
	nurse.do(http.MethodGet, "/api/v1/defaulters?list=missed", nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Vaccines[0].Vaccine != "VGB0" {
		t.Errorf("missed for good: %+v", list)
	}
	nurse.do(http.MethodGet, "/api/v1/defaulters?list=late", nil).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid)
}
