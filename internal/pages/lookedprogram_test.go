package pages_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	hubapi "tramy/hub/api"
	hubweb "tramy/hub/web"
	"tramy/internal/api"
	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	stationapi "tramy/station/api"
	stationweb "tramy/station/web"
	p "tramy/syncproto"
)

// known is who is in the register of the test, with words that stand nowhere else.
type known struct {
	child, twin, dose, request, reaction string
	today                                string // yyyy-mm-dd
	recall                               string // of the lot that the child had
	campaign, enrolment                  string // of the station, with the child on its list
	order                                string // of the station
	movement, transfer                   string // of the station's stock, the second to the hub's place
	session                              string // to which the child is called, as far ahead as the test reaches
	name, mother, phone                  string
	born, bornText, commune              string
	login                                string // who asks, in their own words
	callToday                            func() // somebody to the station, on the day that it is by then
}

// program is one of the two, with everything it serves on one server.
type program struct {
	t      *testing.T
	tree   *nodetest.Tree
	desk   *desk.Desk
	srv    *server.Server
	logins *server.Logins
	k      *known
	who    map[string]desk.Who
}

// Whatever route either program has: if it shows or gives out people's data, it writes an access record. A new route fails
// here until it is named above, with the act that it writes down or the reason why it writes none; and one that is said to
// show nobody must not.
func TestEveryRouteThatShowsPeopleWritesItDown(t *testing.T) {
	tr := nodetest.New(t)
	k := people(t, tr)
	tr.Run(t)
	engine, err := ui.New()
	if err != nil {
		t.Fatal(err)
	}
	logins := func() *server.Logins { return &server.Logins{Store: &server.MemoryLogins{}, Idle: 10_000 * time.Hour} }
	t.Run("station", func(t *testing.T) {
		x := &program{t: t, tree: tr, desk: tr.Station.Desk, logins: logins(), k: k, who: map[string]desk.Who{nodetest.NurseLogin: tr.Nurse, nodetest.HeadLogin: tr.Head}}
		w, err := stationweb.New(tr.Station, stationweb.Options{UI: engine, Logins: x.logins, Log: nodetest.Quiet()})
		if err != nil {
			t.Fatal(err)
		}
		x.srv = server.New(server.Options{Hosts: []string{server.AnyHost}, Logins: x.logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
		w.Register(x.srv)
		stationapi.Register(x.srv, tr.Station, api.Options{Logins: x.logins})
		k.login = nodetest.HeadLogin
		station := stationRoutes(k)
		x.all(everywhere(k), station)
		x.ask(server.Route{Method: http.MethodPost, Pattern: "/import"}, station["POST /import"])
		x.hold(server.Route{Method: http.MethodGet, Pattern: "/import"}, looks(registry.ActList))
	})
	t.Run("hub", func(t *testing.T) {
		tr.Sync(t)
		x := &program{t: t, tree: tr, desk: tr.Hub.Desk, logins: logins(), k: k, who: map[string]desk.Who{nodetest.OfficerLogin: tr.Officer}}
		w, err := hubweb.New(hubweb.Options{Hub: tr.Hub, UI: engine, Logins: x.logins, Log: nodetest.Quiet()})
		if err != nil {
			t.Fatal(err)
		}
		x.srv = server.New(server.Options{Hosts: []string{server.AnyHost}, Logins: x.logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
		w.Register(x.srv)
		hubapi.Register(x.srv, tr.Hub, api.Options{Logins: x.logins})
		k.login = nodetest.OfficerLogin
		all := everywhere(k)
		all["POST /api/v1/subjects"] = none("nobody is registered at a hub")
		all["GET /child/{id}/edit"] = none("officers correct nothing: it is refused")
		all["GET /child/{id}/status"] = all["GET /child/{id}/edit"]
		all["GET /api/v1/worklist"] = none("a hub has no list of the day")
		x.all(all, hubRoutes())
	})
}

// people puts a child, somebody much like it, a dose, an answered conflict and a request into the register.
func people(t *testing.T, tr *nodetest.Tree) *known {
	t.Helper()
	ctx := t.Context()
	d := tr.Station.Desk
	k := &known{name: "Lò Gia Bảo Quý", mother: "Vàng Thị Xuyến", phone: "0385123987", commune: tr.Commune.String()}
	born := d.Today() - 100
	k.born, k.bornText = born.ISO(), born.String()
	in := registry.SubjectInput{
		Name: k.name, MotherName: k.mother, MotherPhone: k.phone, BirthDate: born, BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, Place: tr.Commune,
	}
	id, _, err := d.Register(ctx, tr.Nurse, in, true)
	if err != nil {
		t.Fatal(err)
	}
	twin, _, err := d.Register(ctx, tr.Nurse, in, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Register(ctx, tr.Nurse, registry.SubjectInput{Name: "Vàng Thị Xuyến Chi", Phone: "0385123986", Group: registry.GroupPregnant, Sex: registry.SexFemale, Place: tr.Commune}, true); err != nil {
		t.Fatal(err)
	}
	doses, err := d.RecordVisit(ctx, tr.Nurse, desk.Visit{Subject: id, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "B-77", GivenOn: born + 1, Source: registry.SourceCard, Programme: registry.ProgrammeEPI}}})
	if err != nil {
		t.Fatal(err)
	}
	stopped, err := tr.Hub.WriteRecall(ctx, tr.Officer, registry.RecallInput{
		Place: tr.Province, Vaccine: "BCG", Number: "B-77", Kind: registry.RecallSuspended, Children: registry.CareWatch, Reason: "chờ kiểm nghiệm", Day: d.Today(),
	})
	if err != nil {
		t.Fatal(err)
	}
	reaction, err := d.RecordReaction(ctx, tr.Nurse, registry.ReactionInput{Subject: id, Doses: doses[:1], On: d.Today(), Signs: []string{"seizure"}})
	if err != nil {
		t.Fatal(err)
	}
	request, err := d.AddRequest(ctx, tr.Nurse, registry.RequestInput{Subject: id, Wish: registry.WishView, By: k.mother, Relation: registry.RelationMother, Channel: registry.ChannelSpoken})
	if err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	// Two correct one name and do not know of each other: a conflict at both.
	for i, at := range []*desk.Desk{tr.Station.Desk, tr.Hub.Desk} {
		_, err := at.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			s, err := tx.State(id)
			if err != nil {
				return nil, err
			}
			return []registry.Draft{registry.Edit(s, registry.SubjectMotherName, p.Text(k.mother+strings.Repeat(" A", i+1)))}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tr.Sync(t)
	tr.Sync(t)
	for _, at := range []*desk.Desk{tr.Station.Desk, tr.Hub.Desk} {
		if err := at.WorkOutDue(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sessions, _, err := d.PlanSessions(ctx, tr.Nurse, registry.SessionInput{From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20}, []registry.Day{d.Today() + 300})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.CallTo(ctx, tr.Nurse, sessions[0], id, registry.NewClock(9, 0)); err != nil {
		t.Fatal(err)
	}
	k.callToday = func() {
		t.Helper()
		today, _, err := d.PlanSessions(ctx, tr.Nurse, registry.SessionInput{From: registry.NewClock(0, 5), Until: registry.NewClock(23, 55), Capacity: 20}, []registry.Day{d.Today()})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.CallTo(ctx, tr.Nurse, today[0], twin, registry.NewClock(23, 0)); err != nil {
			t.Fatal(err)
		}
	}
	k.session, k.today = sessions[0].String(), d.Today().ISO()
	campaign, err := d.PlanCampaign(ctx, tr.Head, registry.CampaignInput{Place: tr.Commune, Name: "Sởi mũi 0", Kind: registry.CampaignOutbreak, Vaccine: "SOI", From: d.Today(), Until: d.Today() + 360})
	if err != nil {
		t.Fatal(err)
	}
	enrolment, _, err := d.EnrolIn(ctx, tr.Nurse, campaign, id, "1A")
	if err != nil {
		t.Fatal(err)
	}
	k.campaign, k.enrolment = campaign.String(), enrolment.String()
	moved, err := d.MoveStock(ctx, tr.Nurse, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: 40, Type: registry.MoveReceived})
	if err != nil {
		t.Fatal(err)
	}
	transfer, err := d.SendStock(ctx, tr.Nurse, registry.TransferInput{To: tr.Nation, Lines: []registry.TransferLine{{Item: "SOI", Lot: "M-1", Quantity: 10}}})
	if err != nil {
		t.Fatal(err)
	}
	k.movement, k.transfer = moved[0].String(), transfer.String()
	k.recall = stopped.String()
	order, err := d.AskStock(ctx, tr.Nurse, registry.OrderInput{Month: d.Today().Month() + 1, Lines: []registry.OrderLine{{Item: "SOI", Quantity: 10}}}, p.EntityID{})
	if err != nil {
		t.Fatal(err)
	}
	k.order = order.String()
	k.child, k.twin, k.dose, k.request, k.reaction = id.String(), twin.String(), doses[0].String(), request.String(), reaction.String()
	return k
}

// all asks every route of the program.
func (x *program) all(tables ...map[string]rule) {
	left := map[string]rule{}
	for _, table := range tables {
		for route, r := range table {
			if route != "" {
				left[route] = r
			}
		}
	}
	for _, route := range x.srv.Routes() {
		name := route.Method + " " + route.Pattern
		r, known := left[name]
		if !known {
			x.t.Errorf("%s is new: does it show or give out people's data? Name here the act that it writes down, or why it writes none", name)
			continue
		}
		delete(left, name)
		x.hold(route, r)
	}
	for name := range left {
		x.t.Errorf("%s is named here and not served", name)
	}
}

// hold asks one route and looks at what was written down.
func (x *program) hold(route server.Route, r rule) {
	x.t.Helper()
	if r.ends {
		return
	}
	x.tree.Clock().Add(13 * time.Hour) // what was written down of the route before is written down again
	if r.first != nil {
		r.first()
	}
	before := len(x.log())
	status, body := x.ask(route, r)
	acts := x.log()
	acts = acts[:len(acts)-before]
	name := route.Method + " " + route.Pattern
	if r.act != "" {
		if !slices.Contains(acts, r.act) {
			x.t.Errorf("%s answered %d and wrote down %v, not that somebody did %q", name, status, acts, r.act)
		}
		return
	}
	for _, word := range []string{x.k.name, x.k.mother, x.k.phone} {
		if strings.Contains(body, word) && len(acts) == 0 {
			x.t.Errorf("%s (%s) answered %d with %q in it, and nothing was written down", name, r.not, status, word)
		}
	}
}

// log are the acts of all access records, newest first.
func (x *program) log() []string {
	x.t.Helper()
	var out []string
	err := x.desk.Node.Store().View(x.t.Context(), func(tx store.Tx) error {
		rows, err := tx.Accesses(p.EntityID{}, 0)
		for _, row := range rows {
			out = append(out, row.Act)
		}
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

// ask sends a request as somebody who may do all that the route offers.
func (x *program) ask(route server.Route, r rule) (int, string) {
	x.t.Helper()
	path := r.path
	if path == "" {
		path = strings.ReplaceAll(route.Pattern, "{id}", x.k.child)
	}
	var body io.Reader
	kind := ""
	switch {
	case r.file != "":
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile("file", "so.csv")
		if err != nil {
			x.t.Fatal(err)
		}
		_, _ = io.WriteString(part, r.file)
		_ = w.Close()
		body, kind = &b, w.FormDataContentType()
	case (strings.HasPrefix(route.Pattern, "/api/") || r.json != nil) && route.Method != http.MethodGet:
		raw, err := json.Marshal(r.json)
		if err != nil {
			x.t.Fatal(err)
		}
		body, kind = bytes.NewReader(raw), "application/json"
	case route.Method == http.MethodPost:
		body, kind = strings.NewReader(r.form.Encode()), "application/x-www-form-urlencoded"
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, route.Method, path, body)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Idempotency-Key", fmt.Sprint(time.Now().UnixNano()))
	req.Header.Set("Accept", "text/html, application/json")
	as := r.as
	if as == "" {
		as = x.k.login
	}
	who, err := x.desk.Account(ctx, x.who[as].User)
	if err != nil {
		x.t.Fatal(err)
	}
	token, err := x.logins.Begin(ctx, server.Login{User: who.User, Name: who.Name, Role: who.Role, Place: who.Place, Basis: who.Basis}, "")
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	x.srv.ServeHTTP(answer, req)
	return answer.Code, answer.Body.String()
}
