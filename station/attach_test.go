package station_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// A child with a card of another commune comes while there is no network: what is recorded under its code, its
// name and its birth date joins its own record by itself later.
func TestRecordUnderACodeIsAttachedLater(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	tr.Clock().Add(24 * time.Hour) // on one day at two places it would not be one child
	provisional := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "lo gia bao", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	if _, err := e.station.RecordVisit(ctx, e.nurse, desk.Visit{Subject: provisional, Checked: registry.CheckedCard, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BOPV"}}}); err != nil {
		t.Fatal(err)
	}
	if n, err := e.station.AttachSought(ctx); err != nil || n != 1 {
		t.Fatalf("%d records attached, %v; want 1", n, err)
	}
	if n, err := e.station.AttachSought(ctx); err != nil || n != 0 {
		t.Errorf("%d records attached again, %v", n, err)
	}
	rec, err := e.station.Open(ctx, e.nurse, id)
	if err != nil || len(rec.Doses) != 2 || len(rec.Linked) != 1 {
		t.Fatalf("at the station: %d doses, %d linked, %v", len(rec.Doses), len(rec.Linked), err)
	}
	e.sync(t)
	tr.Sync(t)
	if rec, err = tr.Station.Open(ctx, tr.Nurse, id); err != nil || len(rec.Doses) != 2 {
		t.Errorf("at home: %d doses, %v; want both", len(rec.Doses), err)
	}
	if res, err := e.station.Uplink.Client.Sync(ctx); err != nil || !res.Level {
		t.Errorf("the station after it attached a record: %+v, %v", res, err)
	}
	// A child registered under a code this station made is not sought.
	e.fromCard(t, registry.SubjectInput{BirthDate: child.BirthDate, MotherName: "Vàng Thị A"})
	if n := e.sought(t); n != 0 {
		t.Errorf("%d sought", n)
	}
}

// A mother brings a sister's card: the doses of two children must not become one child's. A person is asked
// once, and what she says is kept.
func TestASistersCardIsLeftToAPerson(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	_, sister := atHome(t, tr, "Lò Gia Bảo")
	_, again := atHome(t, tr, "Cà Bảo Ngọc")
	// The first is younger than the card says; the second has had a dose that is given once in a life.
	younger := e.fromCard(t, registry.SubjectInput{Code: sister.Code, Name: "Lò Gia Bảo", BirthDate: sister.BirthDate + 40, MotherName: "Lò Thị Mai"})
	twice := e.fromCard(t, registry.SubjectInput{Code: again.Code, Name: "Cà Bảo Ngọc", BirthDate: again.BirthDate, MotherName: "Lò Thị Mai"})
	tr.Clock().Add(24 * time.Hour)
	for id, vaccine := range map[p.EntityID]string{younger: "BOPV", twice: "BCG"} {
		if _, err := e.station.RecordVisit(ctx, e.nurse, desk.Visit{Subject: id, Checked: registry.CheckedCard, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: vaccine, Lot: "B1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := e.station.AttachSought(ctx); err != nil || n != 0 {
		t.Fatalf("%d joined by themselves, %v", n, err)
	}
	for _, id := range []p.EntityID{younger, twice} {
		if rec, err := e.station.Open(ctx, e.nurse, id); err != nil || len(rec.Linked) != 0 || len(rec.Doses) != 1 {
			t.Fatalf("%s: %d linked, %d doses, %v", id, len(rec.Linked), len(rec.Doses), err)
		}
	}
	pairs, err := e.station.CardPairs(ctx, e.nurse)
	if err != nil || len(pairs) != 2 || pairs[0].Subject.ID != younger || pairs[0].Other.Row.ID != sister.ID || pairs[1].Other.Row.ID != again.ID {
		t.Fatalf("left to a person: %+v, %v", pairs, err)
	}

	if err := e.station.Link(ctx, e.nurse, younger, sister.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := e.station.Link(ctx, e.nurse, twice, again.ID, true); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		tr.Clock().Add(9 * 24 * time.Hour) // it is asked for again, and found again
		if n, err := e.station.AttachSought(ctx); err != nil || n != 0 {
			t.Errorf("%d joined although a person said no, %v", n, err)
		}
		if pairs, err := e.station.CardPairs(ctx, e.nurse); err != nil || len(pairs) != 0 {
			t.Errorf("asked again: %+v, %v", pairs, err)
		}
	}
	if rec, err := e.station.Open(ctx, e.nurse, younger); err != nil || len(rec.Linked) != 0 {
		t.Errorf("two children are one: %+v, %v", rec.Linked, err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, twice); err != nil || len(rec.Linked) != 1 {
		t.Errorf("what a person joined is apart: %v", err)
	}
	if n := e.sought(t); n != 1 {
		t.Errorf("%d sought, want the one whose own record is not known", n)
	}
	if n := e.pins(t, sister.ID); n != 1 {
		t.Errorf("%d pins", n)
	}
}

// A record that the nurse fetched herself is not bound twice, and joins what she had written before at once.
func TestFetchedRecordIsBoundOnce(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	provisional := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	got, err := e.station.LookUp(ctx, e.nurse, registry.Sought{Code: child.Code})
	if err != nil || len(got.Candidates) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := e.station.Fetch(ctx, e.nurse, got.Nonce, got.Candidates[0].Ticket); err != nil {
		t.Fatal(err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, provisional); err != nil || len(rec.Linked) != 1 {
		t.Errorf("not joined to what was fetched: %v", err)
	}
	if _, err := e.station.Attach(ctx, provisional, id); err != nil {
		t.Fatal(err)
	}
	if n := e.pins(t, id); n != 1 {
		t.Errorf("%d pins, want 1", n)
	}
}

// Codes that nobody knows do not stand for good before one that is known.
func TestUnknownCodesDoNotBlockOthers(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	_, child := atHome(t, tr, "Lò Gia Bảo")
	const unknown = 12
	for i := range unknown {
		code, err := registry.NewCode(999_000+i, bytes.NewReader(make([]byte, 8)))
		if err != nil {
			t.Fatal(err)
		}
		e.fromCard(t, registry.SubjectInput{Code: code, Name: "Vàng A " + string(rune('A'+i)), BirthDate: child.BirthDate, MotherName: "Vàng Thị B"})
	}
	last := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	joined := 0
	for range 3 {
		n, err := e.station.AttachSought(ctx)
		if err != nil {
			t.Fatal(err)
		}
		joined += n
		tr.Clock().Add(10 * time.Minute)
	}
	if rec, err := e.station.Open(ctx, e.nurse, last); err != nil || len(rec.Linked) != 1 || joined != 1 {
		t.Errorf("behind %d unknown codes, %d joined, %v", unknown, joined, err)
	}
	// One nobody knows is asked for again after an hour, then less and less often, at least once a week.
	var gaps []time.Duration
	since := time.Duration(0)
	first := func() desk.Sought {
		list, err := e.station.Sought(ctx)
		if err != nil || len(list) != unknown {
			t.Fatalf("%d sought, %v", len(list), err)
		}
		return list[0]
	}
	one := first().ID
	for len(gaps) < 11 {
		if s := first(); s.ID == one && s.Due {
			if err := e.station.Asked(ctx, one, true); err != nil {
				t.Fatal(err)
			}
			gaps, since = append(gaps, since), 0
		}
		for _, s := range must(t)(e.station.Sought(ctx)) {
			if s.ID != one && s.Due {
				if err := e.station.Asked(ctx, s.ID, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		tr.Clock().Add(time.Hour)
		since += time.Hour
	}
	if gaps[2] <= gaps[1] || gaps[10] != 7*24*time.Hour {
		t.Errorf("asked again after %v", gaps)
	}
}

func must(t *testing.T) func([]desk.Sought, error) []desk.Sought {
	return func(list []desk.Sought, err error) []desk.Sought {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
}

// Two stations have registered one child under its card; its own record is heard of only later. That they know
// of each other does not end the search.
func TestTwoStationsUnderOneCode(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	f := e.beside(t, tr, "03370", "dom")
	own, _, err := tr.Station.Register(ctx, tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: "Lò Gia Bảo", BirthDate: tr.Station.Today() - 100, MotherName: "Lò Thị Mai", Sex: registry.SexMale,
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := tr.Station.Open(ctx, tr.Nurse, own) // at home, not sent yet
	if err != nil {
		t.Fatal(err)
	}
	child := rec.Subject
	in := registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"}
	here := e.fromCard(t, in)
	there := f.fromCard(t, in)
	f.sync(t)
	e.sync(t)
	if n, err := e.station.AttachSought(ctx); err != nil || n != 1 {
		t.Fatalf("%d joined with the other station's, %v", n, err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, here); err != nil || len(rec.Linked) != 1 || rec.Linked[0].ID != there {
		t.Fatalf("linked to %+v, %v", rec.Linked, err)
	}
	if n := e.sought(t); n == 0 {
		t.Fatal("the search has ended with a record that somebody else made from the same card")
	}
	e.sync(t)
	tr.Sync(t)
	tr.Clock().Add(3 * time.Hour)
	if _, err := e.station.AttachSought(ctx); err != nil {
		t.Fatal(err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, own); err != nil || len(rec.Linked) != 2 {
		t.Errorf("the child's own record has %d linked, %v; want both", len(rec.Linked), err)
	}
	if n := e.sought(t); n != 0 {
		t.Errorf("%d sought after the own record came", n)
	}
}

// Who is sought follows from the records: another laptop of the station, which has it all from its hub, seeks the
// same children.
func TestSoughtSurvivesTheLaptop(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	provisional := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	e.sync(t)
	anew := *e
	anew.station = tr.AddStation(t, e.hub, e.place, "Máy mới")
	t.Cleanup(anew.station.Uplink.Client.Close)
	anew.sync(t)
	list, err := anew.station.Sought(ctx)
	if err != nil || len(list) != 1 || list[0].ID != provisional || !list[0].Due {
		t.Fatalf("the new laptop seeks %+v, %v", list, err)
	}
	if n, err := anew.station.AttachSought(ctx); err != nil || n != 1 {
		t.Errorf("%d joined, %v", n, err)
	}
	if rec, err := anew.station.Open(ctx, e.nurse, id); err != nil || len(rec.Linked) != 1 {
		t.Errorf("%v", err)
	}
}

// Two laptops of one station have each joined the pair before they heard of each other. That it is taken apart holds
// for both links.
func TestTakenApartWhateverJoinedThem(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	id, child := atHome(t, tr, "Lò Gia Bảo")
	provisional := e.fromCard(t, registry.SubjectInput{Code: child.Code, Name: "Lò Gia Bảo", BirthDate: child.BirthDate, MotherName: "Lò Thị Mai"})
	e.sync(t)
	other := *e
	other.station = tr.AddStation(t, e.hub, e.place, "Máy hai")
	t.Cleanup(other.station.Uplink.Client.Close)
	other.sync(t)
	for _, x := range []*elsewhere{e, &other} {
		if n, err := x.station.AttachSought(ctx); err != nil || n != 1 {
			t.Fatalf("%d joined, %v", n, err)
		}
	}
	other.sync(t)
	e.sync(t)
	if err := e.station.Link(ctx, e.nurse, provisional, id, false); err != nil {
		t.Fatal(err)
	}
	if rec, err := e.station.Open(ctx, e.nurse, id); err != nil || len(rec.Linked) != 0 {
		t.Errorf("still one: %+v, %v", rec.Linked, err)
	}
}
