package station_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// elsewhere is a province hub with a station of its own, in another commune than the tree's station.
type elsewhere struct {
	hub     *hub.Hub
	commune p.EntityID
	place   p.EntityID
	station *station.Station
	nurse   desk.Who
}

func newElsewhere(t *testing.T, tr *nodetest.Tree) *elsewhere {
	t.Helper()
	return newElsewhereIn(t, tr, tr.Province, "03369", "mai")
}

// newElsewhereIn is newElsewhere in a province, with a commune and a nurse of these names.
func newElsewhereIn(t *testing.T, tr *nodetest.Tree, province p.EntityID, number, login string) *elsewhere {
	t.Helper()
	e := &elsewhere{hub: tr.AddHub(t, province, "CDC tỉnh")}
	e.open(t, tr, province, number, login)
	return e
}

// beside is another commune with a station, below the same hub.
func (e *elsewhere) beside(t *testing.T, tr *nodetest.Tree, number, login string) *elsewhere {
	t.Helper()
	other := &elsewhere{hub: e.hub}
	other.open(t, tr, tr.Province, number, login)
	return other
}

func (e *elsewhere) open(t *testing.T, tr *nodetest.Tree, province p.EntityID, number, login string) {
	t.Helper()
	ctx := context.Background()
	var err error
	if e.commune, err = tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: province, Code: "gso:" + number, Name: "Xã " + number, Level: registry.LevelCommune, Type: "xa"}); err != nil {
		t.Fatal(err)
	}
	e.place, err = tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: e.commune, Code: "kcb:" + number, Name: "Trạm Y tế xã " + number, Level: registry.LevelFacility, Type: registry.PlaceStation})
	if err != nil {
		t.Fatal(err)
	}
	e.nurse = tr.AddUser(t, login, "Vừ Thị Mái", rights.Nurse, e.commune)
	if _, err := e.hub.Uplink.Client.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	e.station = tr.AddStation(t, e.hub, e.place, "Máy "+number)
	e.sync(t)
	t.Cleanup(e.station.Uplink.Client.Close)
}

// fromCard registers a child here under the code of a card.
func (e *elsewhere) fromCard(t *testing.T, in registry.SubjectInput) p.EntityID {
	t.Helper()
	in.Place = e.commune
	id, _, err := e.station.Register(context.Background(), e.nurse, in, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// sought counts who waits for an own record here.
func (e *elsewhere) sought(t *testing.T) int {
	t.Helper()
	list, err := e.station.Sought(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// pins counts what binds a subject to places, as a station holds it.
func (e *elsewhere) pins(t *testing.T, id p.EntityID) (pins int) {
	t.Helper()
	err := e.station.Node.Store().View(context.Background(), func(tx store.Tx) error {
		members, err := tx.Members(id)
		for _, m := range members {
			if s, _ := tx.State(m); s != nil && s.Kind == registry.KindPin {
				pins++
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pins
}

func (e *elsewhere) sync(t *testing.T) {
	t.Helper()
	for range 2 {
		res, err := e.station.Uplink.Client.Sync(context.Background())
		if err != nil || res.Refusal != nil {
			t.Fatalf("%+v, %v", res, err)
		}
		if _, err := e.hub.Uplink.Client.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// atHome records a child with a dose at the tree's own station and sends it to the centre.
func atHome(t *testing.T, tr *nodetest.Tree, name string) (p.EntityID, registry.Subject) {
	t.Helper()
	ctx := context.Background()
	today := registry.Today(nodetest.Start, registry.VietnamOffset)
	id, _, err := tr.Station.Register(ctx, tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: today - 100, MotherName: "Lò Thị Mai", MotherPhone: "0385000412", Sex: registry.SexMale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Station.RecordVisit(ctx, tr.Nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BCG", Lot: "A24"}}}); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	rec, err := tr.Station.Open(ctx, tr.Nurse, id)
	if err != nil {
		t.Fatal(err)
	}
	return id, rec.Subject
}

// A child of another commune is asked for through the province at the centre, comes with its doses, and
// keeps coming.
func TestLookUpThroughTheTree(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	atHome(t, tr, "Cà Bảo Ngọc")

	for name, q := range map[string]registry.Sought{
		"code":             {Code: child.Code},
		"name and mother":  {Name: "lò gia bảo", BirthDate: child.BirthDate, MotherName: "Lo Thi Mai"},
		"name and a phone": {Name: "Lò Gia Bảo", BirthDate: child.BirthDate, Phone: "0385 000 412"},
	} {
		got, err := e.station.LookUp(ctx, e.nurse, q)
		if err != nil || got.Partial || len(got.Candidates) != 1 {
			t.Fatalf("by %s: %+v, %v", name, got, err)
		}
		hint := registry.HintFrom(got.Candidates[0].Shown)
		want := registry.Hint{Name: "L. G. Bảo", Born: "2026", Sex: registry.SexMale, Mother: "L. T. Mai", Phone: "12", Place: "Xã Mường Nhà"}
		if hint != want {
			t.Errorf("by %s the nurse is shown %+v, want %+v", name, hint, want)
		}
		if said := fmt.Sprint(got.Candidates); strings.Contains(said, "Lò Gia") || strings.Contains(said, "0385000412") || strings.Contains(said, string(child.Code)) {
			t.Errorf("by %s the answer says more than a hint: %s", name, said)
		}
	}
	for name, q := range map[string]registry.Sought{
		"another birth date": {Name: "Lò Gia Bảo", BirthDate: child.BirthDate - 400, MotherName: "Lò Thị Mai"},
		"another name":       {Name: "Giàng A Páo", BirthDate: child.BirthDate, MotherName: "Vừ Thị Dở"},
	} {
		if got, err := e.station.LookUp(ctx, e.nurse, q); err != nil || len(got.Candidates) != 0 {
			t.Errorf("%s finds %+v, %v", name, got, err)
		}
	}

	got, err := e.station.LookUp(ctx, e.nurse, registry.Sought{Code: child.Code})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 { // the second time binds nothing again
		here, err := e.station.Fetch(ctx, e.nurse, got.Nonce, got.Candidates[0].Ticket)
		if err != nil || here != id {
			t.Fatalf("time %d: %s, %v", i, here, err)
		}
	}
	rec, err := e.station.Open(ctx, e.nurse, id)
	if err != nil || rec.Subject.Name != "Lò Gia Bảo" || len(rec.Doses) != 1 || rec.Doses[0].Lot != "A24" {
		t.Fatalf("the record here: %+v, %v", rec, err)
	}
	if pins := e.pins(t, id); pins != 1 {
		t.Errorf("%d pins", pins)
	}
	e.sync(t)
	if res, err := e.station.Uplink.Client.Sync(ctx); err != nil || !res.Level {
		t.Errorf("the station after it pinned a child: %+v, %v", res, err)
	}
	if res, err := e.hub.Uplink.Client.Sync(ctx); err != nil || !res.Level {
		t.Errorf("the province after it passed a child on: %+v, %v", res, err)
	}

	// What is recorded at home from now on comes here too.
	if _, err := tr.Station.RecordVisit(ctx, tr.Nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV"}}}); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if _, err := e.hub.Uplink.Client.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	e.sync(t)
	if rec, err = e.station.Open(ctx, e.nurse, id); err != nil || len(rec.Doses) != 2 {
		t.Errorf("a later dose did not come: %d doses, %v", len(rec.Doses), err)
	}

	// Who was given the record is written down where it was.
	rows, err := tr.Hub.Desk.Accesses(ctx, tr.Officer, id, 50)
	if err != nil {
		t.Fatal(err)
	}
	noted := false
	for _, r := range rows {
		noted = noted || r.Act == registry.ActLookup && r.Actor == e.nurse.User
	}
	if !noted {
		t.Errorf("nobody can see who asked for the child: %+v", rows)
	}
}

func TestLookUpWithoutANetworkAbove(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	_, child := atHome(t, tr, "Lò Gia Bảo")
	tr.Cut()
	e.hub.Uplink.Client.Close()
	got, err := e.station.LookUp(ctx, e.nurse, registry.Sought{Code: child.Code})
	if err != nil || !got.Partial || len(got.Candidates) != 0 {
		t.Errorf("with the centre away: %+v, %v; want nobody, and that the answer is not whole", got, err)
	}
}

func TestLookUpIsRefused(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	var wrong registry.Errors
	for _, q := range []registry.Sought{{}, {Name: "Lò Gia Bảo"}, {Code: "123"}, {PersonalNo: "12"}, {Name: "A", BirthDate: 20000}} {
		if _, err := e.station.LookUp(ctx, e.nurse, q); !errors.As(err, &wrong) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := e.station.LookUp(ctx, tr.Officer, registry.Sought{Code: "x"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an officer looks up at a station: %v", err)
	}
	if _, err := e.station.Fetch(ctx, e.nurse, [16]byte{1}, [16]byte{2}); !errors.Is(err, exchange.ErrTicket) {
		t.Errorf("a candidate that was never shown: %v", err)
	}
	_, child := atHome(t, tr, "Lò Gia Bảo")
	var err error
	for range 40 {
		if _, err = e.station.LookUp(ctx, e.nurse, registry.Sought{Code: child.Code}); err != nil {
			break
		}
	}
	var busy *exchange.BusyError
	if !errors.Is(err, exchange.ErrLookupBusy) || !errors.As(err, &busy) || busy.Seconds() != 30 {
		t.Errorf("after 40 questions in a row: %v", err)
	}
	tr.Clock().Add(30 * time.Second)
	if _, err = e.station.LookUp(ctx, e.nurse, registry.Sought{Code: child.Code}); err != nil {
		t.Errorf("after as long as the hub said: %v", err)
	}
}
