package station_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A child moves to another province: between the two stations stand two provinces and the centre.
func TestLookUpAcrossProvinces(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	old := newElsewhere(t, tr)
	var province p.EntityID
	err := tr.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode("gso:14")
		if len(rows) > 0 && rows[0].Level == registry.LevelProvince {
			province = rows[0].ID
		}
		return err
	})
	if err != nil || province.IsZero() || province == tr.Province {
		t.Fatalf("no other province: %v", err)
	}
	e := newElsewhereIn(t, tr, province, "03646", "dom")
	id, _, err := old.station.Register(ctx, old.nurse, registry.SubjectInput{
		Place: old.commune, Name: "Lò Gia Bảo", BirthDate: old.station.Today() - 100, MotherName: "Lò Thị Mai", Sex: registry.SexMale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	visit := func(vaccine string) {
		t.Helper()
		if _, err := old.station.RecordVisit(ctx, old.nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: vaccine}}}); err != nil {
			t.Fatal(err)
		}
		old.sync(t)
	}
	visit("BCG")
	q := registry.Sought{Name: "Lo Gia Bao", BirthDate: old.station.Today() - 100, MotherName: "Lò Thị Mai"}
	got, err := e.station.LookUp(ctx, e.nurse, q)
	if err != nil || got.Partial || got.More || len(got.Candidates) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if place := registry.HintFrom(got.Candidates[0].Shown).Place; place != "Xã 03369" {
		t.Errorf("the nurse is shown the place %q", place)
	}
	if here, err := e.station.Fetch(ctx, e.nurse, got.Nonce, got.Candidates[0].Ticket); err != nil || here != id {
		t.Fatalf("%s, %v", here, err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, id); err != nil || len(rec.Doses) != 1 {
		t.Fatalf("the record here: %v", err)
	}
	e.sync(t)
	visit("BOPV")
	if _, err := e.hub.Uplink.Client.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	e.sync(t)
	if rec, err := e.station.Open(ctx, e.nurse, id); err != nil || len(rec.Doses) != 2 {
		t.Errorf("a later dose did not come to the other province: %d doses, %v", len(rec.Doses), err)
	}
	rows, err := tr.Hub.Desk.Accesses(ctx, tr.Officer, id, 50)
	if err != nil {
		t.Fatal(err)
	}
	named := false
	for _, r := range rows {
		named = named || r.Act == registry.ActLookup && r.Actor == e.nurse.User
	}
	if !named {
		t.Errorf("the centre does not say who asked: %+v", rows)
	}
}

// crowd registers children of one day at the tree's own station, several an act, and sends them up.
func crowd(t *testing.T, tr *nodetest.Tree, in []registry.SubjectInput) []p.EntityID {
	t.Helper()
	var ids []p.EntityID
	for len(in) > 0 {
		n := min(len(in), p.ActChangesMax)
		drafts := make([]registry.Draft, n)
		for i := range drafts {
			code, err := registry.NewCode(0, tr.Station.Rand)
			if err != nil {
				t.Fatal(err)
			}
			in[i].Code, in[i].Place = code, tr.Commune
			if drafts[i], err = registry.NewSubject(in[i], tr.Station.Today()); err != nil {
				t.Fatal(err)
			}
		}
		dots, err := tr.Station.Node.Append(context.Background(), tr.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) { return drafts, nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range dots {
			ids = append(ids, d.Entity())
		}
		in = in[n:]
	}
	tr.Sync(t)
	return ids
}

// On a day with several hundred births the one who is sought is found, by whoever asks: a nurse elsewhere, or a
// page that looks for duplicates.
func TestLookUpOnADayWithManyBirths(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	day := tr.Station.Today() - 60
	family, given := []string{"Lò", "Cà", "Quàng", "Tòng", "Lường"}, []string{"An", "Bình", "Chi", "Dung", "Hà", "Khoa", "Linh"}
	in := make([]registry.SubjectInput, 400)
	for i := range in {
		in[i] = registry.SubjectInput{
			Name: fmt.Sprintf("%s Thị %s", family[i%5], given[i%7]), BirthDate: day, MotherName: fmt.Sprintf("%s Thị %s", family[i/7%5], given[i/5%7]),
			MotherPhone: fmt.Sprintf("09%08d", i),
		}
	}
	last := len(in) - 1
	in[last].Name, in[last].MotherName, in[last].MotherPhone = "Lò Gia Bảo", "Lò Thị Mai", "0385000412"
	ids := crowd(t, tr, in)
	for name, q := range map[string]registry.Sought{
		"name and mother": {Name: "lo gia bao", BirthDate: day, MotherName: "Lò Thị Mai"},
		"name and phone":  {Name: "Lò Gia Bảo", BirthDate: day, Phone: "0385000412"},
	} {
		got, err := e.station.LookUp(ctx, e.nurse, q)
		if err != nil || len(got.Candidates) == 0 || got.Candidates[0].Ticket != p.Ticket(got.Nonce, ids[last]) {
			t.Errorf("by %s among %d: %+v, %v", name, len(ids), got, err)
		}
	}
	for name, typed := range map[string]registry.SubjectInput{
		"the same":              {Name: "Lo Gia Bao", BirthDate: day, MotherName: "Lò Thị Mai"},
		"another year of birth": {Name: "Lò Gia Bảo", BirthDate: day - 365, MotherName: "Lò Thị Mai", MotherPhone: "0385000413"},
	} {
		typed.BirthPrec = registry.PrecisionDay
		found, err := tr.Hub.Desk.Candidates(ctx, tr.Officer, typed)
		if err != nil || len(found) == 0 || found[0].Row.ID != ids[last] {
			t.Errorf("a duplicate with %s is not seen at the hub: %+v, %v", name, found, err)
		}
	}
}

// More fit than one answer shows: the nurse is told, and the likeliest come first.
func TestLookUpSaysThatThereAreMore(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	day := tr.Station.Today() - 60
	in := make([]registry.SubjectInput, p.CandidatesMax+1)
	for i := range in {
		in[i] = registry.SubjectInput{Name: "Lò Thị An", BirthDate: day, MotherName: "Lò Thị Mai", MotherPhone: fmt.Sprintf("09%08d", i)}
	}
	ids := crowd(t, tr, in)
	q := registry.Sought{Name: "Lò Thị An", BirthDate: day, MotherName: "Lò Thị Mai", Phone: in[p.CandidatesMax].MotherPhone}
	got, err := e.station.LookUp(ctx, e.nurse, q)
	if err != nil || len(got.Candidates) != p.CandidatesMax || !got.More {
		t.Fatalf("of %d that fit: %+v, %v", len(in), got, err)
	}
	if got.Candidates[0].Ticket != p.Ticket(got.Nonce, ids[p.CandidatesMax]) {
		t.Error("the one whose phone agrees too is not the first")
	}
	code := ""
	if rec, err := tr.Station.Open(ctx, tr.Nurse, ids[0]); err == nil {
		code = string(rec.Subject.Code)
	}
	if got, err = e.station.LookUp(ctx, e.nurse, registry.Sought{Code: registry.PersonCode(code)}); err != nil || got.More || len(got.Candidates) != 1 {
		t.Errorf("by code: %+v, %v", got, err)
	}
}

// The centre takes connections and says nothing. What the province holds is shown all the same, before the nurse
// gives up.
func TestSilentHubAboveHidesNothing(t *testing.T) {
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	f := e.beside(t, tr, "03370", "dom")
	code := ""
	id, _, err := f.station.Register(context.Background(), f.nurse, registry.SubjectInput{Place: f.commune, Name: "Lò Gia Bảo", BirthDate: f.station.Today() - 9, MotherName: "Lò Thị Mai"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if rec, err := f.station.Open(context.Background(), f.nurse, id); err == nil {
		code = string(rec.Subject.Code)
	}
	f.sync(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	nowhere := "https://" + silent.Addr().String()
	e.hub.Uplink.Client.Close()
	e.hub.Uplink.Client.Addresses = []string{nowhere}
	// The province has a second address that does not answer either.
	e.station.Uplink.Client.Addresses = append([]string{nowhere}, e.station.Uplink.Client.Addresses...)
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	got, err := e.station.LookUp(ctx, e.nurse, registry.Sought{Code: registry.PersonCode(code)})
	if err != nil || !got.Partial || len(got.Candidates) != 1 {
		t.Errorf("with a silent centre: %+v, %v; want the child the province holds, and that the answer is not whole", got, err)
	}
}

// A hub asks for all its stations: what each may ask, all may together. When it is too much after all, the nurse
// is told so, and when to ask again.
func TestHubsMayAskForTheirStations(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	f := e.beside(t, tr, "03370", "dom")
	_, child := atHome(t, tr, "Lò Gia Bảo")
	q := registry.Sought{Code: child.Code}
	const each = 10
	for _, x := range []*elsewhere{e, f} {
		for i := range each {
			if got, err := x.station.LookUp(ctx, x.nurse, q); err != nil || got.Partial || len(got.Candidates) != 1 {
				t.Fatalf("question %d: %+v, %v", i, got, err)
			}
		}
	}
	tr.Clock().Add(31 * time.Second) // one more for each station, and one less for the hub than both want
	for range 2 {
		if _, err := e.hub.Uplink.Client.Lookup(ctx, p.EntityID{}, q.Terms()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.hub.Uplink.Client.Lookup(ctx, p.EntityID{}, q.Terms()); !errors.Is(err, exchange.ErrLookupBusy) {
		t.Fatalf("the hub itself is not refused: %v", err)
	}
	got, err := e.station.LookUp(ctx, e.nurse, q)
	if err != nil || !got.Partial || got.Busy < 1 || got.Busy > 15 {
		t.Errorf("with a refusal above: %+v, %v", got, err)
	}
}

// A station that names somebody who has no business there is recorded itself.
func TestOnlyOnesOwnAreNamedAsAsking(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	terms := (&registry.Sought{Code: child.Code}).Terms()
	for name, actor := range map[string]p.EntityID{"a nurse of another commune": tr.Nurse.User, "an officer": tr.Officer.User, "the admin": tr.Admin.User, "nobody known": id} {
		got, err := e.station.Uplink.Client.Lookup(ctx, actor, terms)
		if err != nil || len(got.Candidates) != 1 {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		if _, err := e.station.Uplink.Client.Choose(ctx, actor, got.Nonce, got.Candidates[0].Ticket); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows, err := tr.Hub.Desk.Accesses(ctx, tr.Officer, id, 50)
		if err != nil {
			t.Fatal(err)
		}
		devices := 0
		for _, r := range rows {
			if r.Act != registry.ActLookup {
				continue
			}
			if !r.Actor.IsZero() {
				t.Errorf("%s is named as who asked", name)
			}
			if r.Reason != "" {
				devices++
			}
		}
		if devices == 0 {
			t.Errorf("%s: the device that asked is not named: %+v", name, rows)
		}
	}
}
