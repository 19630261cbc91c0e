package api_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tramy/internal/api"
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// side is one of two provinces that the centre holds: the one the accounts belong to, or another.
type side struct {
	which, name, mother string
	commune, facility   p.EntityID
	child, twin, dose   p.EntityID
	device, account     p.EntityID
	log                 p.LogID
	dot                 string // of the mother's name
	code                string // the child's
}

// newSide is a commune with a station that has sent up a child, twice, and a dose.
func (x *tree) newSide(which string, st *station.Station, nurse desk.Who, commune, facility p.EntityID) *side {
	t := x.T
	t.Helper()
	ctx := t.Context()
	s := &side{which: which, name: "Trẻ Của " + which, mother: "Mẹ Của " + which, commune: commune, facility: facility, device: st.Node.Identity().Device}
	must(st.Uplink.Client.Sync(ctx))
	for _, id := range []*p.EntityID{&s.child, &s.twin} {
		var err error
		if *id, _, err = st.Register(ctx, nurse, registry.SubjectInput{
			Place: commune, Name: s.name, MotherName: s.mother, MotherPhone: "0385000412", BirthDate: st.Today() - 200,
		}, true); err != nil {
			t.Fatal(err)
		}
	}
	s.dose = must(st.RecordVisit(ctx, nurse, desk.Visit{
		Subject: s.child, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24-123"}},
	}))[0]
	must(st.Uplink.Client.Sync(ctx))
	// What is rejected below is not the dose.
	if err := st.Edit(ctx, nurse, s.child, registry.Patch{registry.SubjectNote: p.Text("x")}, nil); err != nil {
		t.Fatal(err)
	}
	must(st.Uplink.Client.Sync(ctx))
	s.account = x.AddUser(t, "muc-tieu-"+which, "Người "+which, rights.Nurse, commune).User
	s.log = s.dose.Birth().Log
	rec := must(x.Hub.Open(ctx, x.Officer, s.child))
	s.code = string(rec.Subject.Code)
	s.dot = rec.State.Values(registry.SubjectMotherName)[0].Dot.String()
	return s
}

// hold makes the last change of its station's log wait for somebody to decide.
func (x *tree) hold(s *side) {
	x.T.Helper()
	err := x.Hub.Node.Store().Update(x.T.Context(), func(tx store.Tx) error {
		row, err := tx.Log(s.log)
		if err != nil {
			return err
		}
		row.Reason, row.In = p.HoldRights, row.Head-1
		return tx.PutLog(row)
	})
	if err != nil {
		x.T.Fatal(err)
	}
}

// door is a route and how it is asked for something of a side.
type door struct {
	nodetest.Door
	ask func(s *side) (path string, body any)
}

// everybody's routes show and change nothing of anybody else's, and say so here.
var everybody = map[string]string{
	"GET /healthz":               "for who watches the program",
	"GET /readyz":                "for who watches the program",
	"GET /fhir/R4/metadata":      "the description",
	"GET /api/v1/openapi.json":   "the description",
	"POST /api/v1/login":         "before anybody is known",
	"DELETE /api/v1/login":       "ends one's own log-in",
	"GET /api/v1/places":         "reference data",
	"GET /api/v1/vaccines":       "reference data",
	"GET /api/v1/logins":         "one's own log-ins",
	"DELETE /api/v1/logins/{id}": "one's own log-ins",
}

func (x *tree) doors() map[string]door {
	list := func(act rights.Act, kind p.Kind) nodetest.Door { return nodetest.Door{Act: act, Kind: kind} }
	ends := func(act rights.Act, kind p.Kind) nodetest.Door {
		return nodetest.Door{Act: act, Kind: kind, Ends: true}
	}
	at := func(path string, body any) func(*side) (string, any) {
		return func(s *side) (string, any) {
			fill := func(text string) string {
				return strings.NewReplacer("{child}", s.child.String(), "{twin}", s.twin.String(), "{dose}", s.dose.String(), "{mother}", s.mother,
					"{commune}", s.commune.String(), "{facility}", s.facility.String(), "{device}", s.device.String(), "{account}", s.account.String(),
					"{log}", s.log.String(), "{which}", s.which, "{dot}", s.dot, "{code}", s.code).Replace(text)
			}
			if body == nil {
				return address(fill(path)), nil
			}
			return address(fill(path)), filled(body, fill)
		}
	}
	held := func(ask func(*side) (string, any)) func(*side) (string, any) {
		return func(s *side) (string, any) {
			x.hold(s)
			return ask(s)
		}
	}
	const subject, dose, device, user = registry.KindSubject, registry.KindImmunization, registry.KindDevice, registry.KindUser
	said := fields{"by": "{mother}", "relation": "mother", "channel": "paper"}
	with := func(more fields) fields {
		out := fields{}
		maps.Copy(out, said)
		maps.Copy(out, more)
		return out
	}
	doors := map[string]door{
		"POST /subjects/search":                 {list(rights.Read, subject), at("/subjects/search", fields{"text": "{mother}"})},
		"POST /subjects":                        {list(rights.Create, subject), at("/subjects", fields{"fields": fields{"name": "Ai Đó {which}", "birth_date": day(-3), "place": "{commune}", "mother_name": "Mẹ Ai"}, "force": true})},
		"GET /subjects/{id}":                    {ends(rights.Read, subject), at("/subjects/{child}", nil)},
		"PATCH /subjects/{id}":                  {ends(rights.Amend, subject), at("/subjects/{child}", fields{"fields": fields{"note": "x"}, "saw": ""})},
		"GET /subjects/{id}/history":            {ends(rights.Read, subject), at("/subjects/{child}/history", nil)},
		"GET /subjects/{id}/forecast":           {ends(rights.Read, subject), at("/subjects/{child}/forecast", nil)},
		"POST /subjects/{id}/link":              {ends(rights.Create, registry.KindLink), at("/subjects/{child}/link", fields{"other": "{twin}"})},
		"POST /subjects/{id}/unlink":            {ends(rights.Create, registry.KindLink), at("/subjects/{child}/unlink", fields{"other": "{twin}"})},
		"POST /visits":                          {ends(rights.Create, dose), at("/visits", fields{"subject": "{child}", "doses": []any{fields{"vaccine": "BOPV", "source": "card", "given_on": day(-30)}}})},
		"GET /immunizations/{id}":               {ends(rights.Read, dose), at("/immunizations/{dose}", nil)},
		"PATCH /immunizations/{id}":             {ends(rights.Amend, dose), at("/immunizations/{dose}", fields{"fields": fields{"note": "x"}, "saw": ""})},
		"POST /immunizations/{id}/void":         {ends(rights.Amend, dose), at("/immunizations/{dose}/void", fields{"reason": "ghi hai lần", "saw": ""})},
		"GET /worklist":                         {list(rights.Read, subject), at("/worklist", nil)},
		"GET /defaulters":                       {list(rights.Read, subject), at("/defaulters", nil)},
		"GET /conflicts":                        {list(rights.Settle, subject), at("/conflicts", nil)},
		"POST /conflicts/{entity}/settle":       {ends(rights.Settle, subject), at("/conflicts/{child}/settle", fields{"field": "mother_name", "choose": "{dot}", "seen": []any{"{dot}"}})},
		"GET /stock/needs":                      {list(rights.Read, registry.KindMovement), at("/stock/needs", nil)},
		"GET /reports/results":                  {ends(rights.Read, device), at("/reports/results?place={commune}", nil)},
		"GET /reports/coverage":                 {ends(rights.Read, device), at("/reports/coverage?place={commune}", nil)},
		"GET /sync":                             {list(rights.Read, device), at("/sync", nil)},
		"POST /sync":                            {list(rights.Read, device), at("/sync", nil)},
		"GET /users":                            {list(rights.Read, user), at("/users", nil)},
		"POST /users":                           {ends(rights.Create, user), at("/users", fields{"login": "moi-{which}", "name": "A", "role": "nurse", "place": "{commune}", "password": nodetest.Password})},
		"POST /users/{id}/password":             {ends(rights.Manage, user), at("/users/{account}/password", fields{"old": "", "password": nodetest.Password})},
		"POST /users/{id}/disable":              {ends(rights.Manage, user), at("/users/{account}/disable", fields{"reason": "thử"})},
		"POST /users/{id}/enable":               {ends(rights.Manage, user), at("/users/{account}/enable", nil)},
		"GET /stations":                         {list(rights.Read, device), at("/stations", nil)},
		"POST /enrolments":                      {ends(rights.Create, device), at("/enrolments", fields{"place": "{facility}", "role": "station"})},
		"POST /devices/{id}/revoke":             {ends(rights.Manage, device), at("/devices/{device}/revoke", fields{"reason": "thử"})},
		"GET /held":                             {list(rights.Read, device), at("/held", nil)},
		"POST /held/{log}/admit":                {ends(rights.Manage, device), held(at("/held/{log}/admit", nil))},
		"POST /held/{log}/reject":               {ends(rights.Create, registry.KindRejection), held(at("/held/{log}/reject", fields{"reason": "thử"}))},
		"GET /rescues":                          {list(rights.Read, registry.KindRescue), at("/rescues", nil)},
		"POST /subjects/{id}/reason":            {ends(rights.Read, subject), at("/subjects/{child}/reason", fields{"reason": "tiêm hôm nay"})},
		"GET /subjects/{id}/visits":             {ends(rights.Read, registry.KindSubject), at("/subjects/{child}/visits", nil)},
		"GET /subjects/{id}/reactions":          {ends(rights.Read, registry.KindSubject), at("/subjects/{child}/reactions", nil)},
		"GET /subjects/{id}/contacts":           {ends(rights.Read, registry.KindSubject), at("/subjects/{child}/contacts", nil)},
		"GET /subjects/{id}/appointments":       {ends(rights.Read, registry.KindSubject), at("/subjects/{child}/appointments", nil)},
		"GET /subjects/{id}/consents":           {ends(rights.Read, registry.KindConsent), at("/subjects/{child}/consents", nil)},
		"POST /subjects/{id}/consents":          {ends(rights.Create, registry.KindConsent), at("/subjects/{child}/consents", with(fields{"answers": fields{"photo": "refused"}}))},
		"GET /requests":                         {list(rights.Read, registry.KindRequest), at("/requests", nil)},
		"POST /requests":                        {ends(rights.Create, registry.KindRequest), at("/requests", with(fields{"subject": "{child}", "wish": "view"}))},
		"DELETE /users/{id}/logins":             {ends(rights.Manage, user), at("/users/{account}/logins", nil)},
		"GET {fhir}/Patient/{id}":               {ends(rights.Read, subject), at("{fhir}/Patient/{child}", nil)},
		"GET {fhir}/Patient/{id}/$everything":   {ends(rights.Read, subject), at("{fhir}/Patient/{child}/$everything", nil)},
		"GET {fhir}/Immunization/{id}":          {ends(rights.Read, dose), at("{fhir}/Immunization/{dose}", nil)},
		"GET {fhir}/Immunization":               {ends(rights.Read, subject), at("{fhir}/Immunization?patient={child}", nil)},
		"GET {fhir}/ImmunizationRecommendation": {ends(rights.Read, subject), at("{fhir}/ImmunizationRecommendation?patient=Patient/{child}", nil)},
		"POST {fhir}/Patient/_search":           {list(rights.Read, subject), at("{fhir}/Patient/_search", url.Values{"identifier": {"{code}"}})},
		// Who may read both the access log and the record: those who may export it.
		"GET /subjects/{id}/accesses": {ends(rights.Export, subject), at("/subjects/{child}/accesses", nil)},
		"POST /subjects/{id}/open":    {list(rights.BreakGlass, subject), at("/subjects/{child}/open", fields{"reason": "mẹ đưa con đến, quên sổ"})},
	}
	out := map[string]door{}
	for name, d := range doors {
		method, path, _ := strings.Cut(name, " ")
		out[method+" "+address(path)] = d
	}
	return out
}

// address is where a route stands: under the API's prefix, or under that of FHIR.
func address(path string) string {
	if rest, ok := strings.CutPrefix(path, "{fhir}"); ok {
		return api.FHIRPrefix + rest
	}
	return api.Prefix + path
}

// filled puts a side's names into a body.
func filled(v any, fill func(string) string) any {
	switch v := v.(type) {
	case string:
		return fill(v)
	case url.Values:
		out := url.Values{}
		for name, x := range v {
			out.Set(name, fill(x[0]))
		}
		return out
	case fields:
		out := fields{}
		for name, x := range v {
			out[name] = filled(x, fill)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = filled(v[i], fill)
		}
		return out
	}
	return v
}

// TestRoutesCellByCell asks every route of a hub for something of one's own province and of another, as every role, and
// holds the answer against the table of rights.
func TestRoutesCellByCell(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.hub.Check = func(*http.Request, []byte, *http.Response, []byte) {} // bodies are as short as the right allows to see
	own := x.newSide("nha", x.Station, x.Nurse, x.Commune, x.Facility)
	commune := must(x.Hub.AddPlace(t.Context(), x.Admin, registry.PlaceInput{Parent: x.Other, Code: "gso:00004", Name: "Phường Ba Đình", Level: registry.LevelCommune, Type: "phuong"}))
	facility := must(x.Hub.AddPlace(t.Context(), x.Admin, registry.PlaceInput{Parent: commune, Code: "kcb:01001", Name: "Trạm Ba Đình", Level: registry.LevelFacility, Type: registry.PlaceStation}))
	nurse := x.AddUser(t, "badinh", "Trần Thị Nga", rights.Nurse, commune)
	other := x.newSide("khac", x.AddStation(t, x.Hub, facility, "Máy Ba Đình"), nurse, commune, facility)

	table := x.doors()
	const last = "POST /api/v1/subjects/{id}/open" // what it opens stays open
	order := slices.DeleteFunc(nodetest.OneOf(t, x.hubRoutes, table, everybody), func(name string) bool { return name == last })
	cells := nodetest.Cells{T: t}
	for _, role := range rights.Roles() {
		place := x.Province
		if role == rights.Nurse || role == rights.Head || role == rights.Family {
			place = x.Commune
		}
		x.AddUser(t, "o-"+role.String(), "Người "+role.String(), role, place)
		c := x.hub.as("o-" + role.String())
		for _, name := range append(order, last) {
			d := table[name]
			for _, at := range []*side{own, other} {
				method, _, _ := strings.Cut(name, " ")
				path, body := d.ask(at)
				r := c.do(method, path, body)
				shown := strings.Contains(string(r.Body), at.name)
				cells.Hold(name, d.Door, role, at == own, r.Status, shown)
				if method == http.MethodGet && r.Status == http.StatusOK && at == own && strings.HasSuffix(path, "/"+at.child.String()) && !strings.Contains(path, "?") && !shown {
					t.Errorf("%s by %s: the answer does not name the child", name, role)
				}
				if shown && !rights.SeesContacts(role) && strings.HasSuffix(name, "search") && strings.Contains(string(r.Body), "0385000412") {
					t.Errorf("%s by %s: the list tells whom to call", name, role)
				}
			}
		}
	}
	t.Logf("cells of the hub's API: %d/%d", cells.Right, cells.All)
}

// A program opens a record of another place with a reason, as the document says.
func TestGlassByProgram(t *testing.T) {
	x := serveHub(t, newTree(t))
	own := x.newSide("nha", x.Station, x.Nurse, x.Commune, x.Facility)
	x.AddUser(t, "hanoi", "Trần Văn Nam", rights.Province, x.Other)
	c := x.hub.as("hanoi")
	path := "/api/v1/subjects/" + own.child.String()
	c.do(http.MethodGet, path, nil).wantProblem(http.StatusForbidden, server.TypeElsewhere)
	if pr := c.do(http.MethodPost, path+"/open", fields{"reason": "vội"}).wantProblem(http.StatusUnprocessableEntity, server.TypeInvalid); pr.Field != "reason" {
		t.Errorf("a short reason: %+v", pr)
	}
	c.do(http.MethodPost, path+"/open", fields{"reason": "mẹ đưa con đến, quên sổ"}).want(http.StatusNoContent)
	var rec struct {
		Fields fields
		Glass  string `json:"glass_until"`
	}
	c.do(http.MethodGet, path, nil).want(http.StatusOK).into(&rec)
	if rec.Fields["name"] != own.name || rec.Glass != api.Moment(nodetest.Start.Add(desk.GlassTime).UnixMilli()) {
		t.Errorf("opened: %+v", rec)
	}
	c.do(http.MethodPatch, path, fields{"fields": fields{"note": "x"}, "saw": ""}).wantProblem(http.StatusForbidden, server.TypeForbidden)
	// It is this log-in's alone.
	x.hub.as("hanoi").do(http.MethodGet, path, nil).wantProblem(http.StatusForbidden, server.TypeElsewhere)
}
