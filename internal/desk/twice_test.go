package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// laptop is one of two at a station.
type laptop struct {
	t    *testing.T
	st   *desk.Desk
	call func(context.Context) error
	*nodetest.Tree
}

func (l *laptop) dose(of p.EntityID, in registry.ImmunizationInput) p.EntityID {
	l.t.Helper()
	v := desk.Visit{Subject: of, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{in}}
	ids, err := l.st.RecordVisit(l.t.Context(), l.Nurse, v)
	if err != nil {
		l.t.Fatal(err)
	}
	return ids[0]
}

// asked are the pairs that wait, and what of the bar's count they are.
func (l *laptop) asked(want ...registry.Twice) []desk.TwiceDose {
	l.t.Helper()
	list, err := l.st.TwiceDoses(l.t.Context(), l.Nurse, 50)
	if err != nil {
		l.t.Fatal(err)
	}
	var got []registry.Twice
	for i := range list {
		got = append(got, list[i].Why)
	}
	if len(got) != len(want) {
		l.t.Fatalf("asked about %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			l.t.Fatalf("asked about %v, want %v", got, want)
		}
	}
	waiting, err := l.st.Waiting(l.t.Context(), l.Nurse)
	if err != nil {
		l.t.Fatal(err)
	}
	if (waiting.Twice > 0) != (len(want) > 0) {
		l.t.Fatalf("the bar counts %d, the page shows %v", waiting.Twice, want)
	}
	return list
}

func sawOf(x *desk.TwiceDose) map[p.EntityID]registry.Saw {
	return map[p.EntityID]registry.Saw{x.Sides[0].ID: x.Sides[0].Saw, x.Sides[1].ID: x.Sides[1].Saw}
}

func (l *laptop) number(id p.EntityID) int32 {
	l.t.Helper()
	var n int32
	err := l.st.Node.Store().View(l.t.Context(), func(tx store.Tx) error {
		row, err := tx.ImmunizationRow(id)
		n = row.Dose
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return n
}

func (l *laptop) sync() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for range 2 {
		if err := l.call(ctx); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *laptop) child(name string) p.EntityID {
	l.t.Helper()
	id, _, err := l.st.Register(l.t.Context(), l.Nurse, registry.SubjectInput{
		Place: l.Commune, Name: name, BirthDate: l.st.Today() - 200, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

// Whether a dose is asked about hangs on the other doses of its person, whichever of them was written last.
func TestDosesThatMayBeOne(t *testing.T) {
	tree := nodetest.New(t)
	l := &laptop{t, tree.Station.Desk, nil, tree}
	ctx, today := t.Context(), tree.Station.Today()
	child := l.child("Lò Gia Bảo")
	card := registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: today - 60, Source: registry.SourceCard}
	a := l.dose(child, card)
	l.asked()
	card.GivenOn = today - 57
	b := l.dose(child, card)
	l.asked(registry.TwiceNear)
	// An earlier one that comes later asks about the one that was there.
	card.Vaccine, card.GivenOn = "IPV", today-57
	l.dose(child, card)
	card.GivenOn = today - 60
	early := l.dose(child, card)
	list := l.asked(registry.TwiceNear, registry.TwiceNear)
	if list[1].Sides[0].ID != early && list[0].Sides[0].ID != early {
		t.Errorf("the earlier of the two is not %s", early)
	}
	// The date is put right, the question is gone; and it comes back with the wrong date.
	amend := func(on registry.Day) {
		t.Helper()
		d, err := tree.Station.Dose(ctx, tree.Nurse, early)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Station.Amend(ctx, tree.Nurse, early, registry.Patch{registry.DoseGivenOn: p.Int(int64(on))}, registry.SawOf(d.State)); err != nil {
			t.Fatal(err)
		}
	}
	amend(today - 100)
	l.asked(registry.TwiceNear)
	amend(today - 58)
	l.asked(registry.TwiceNear, registry.TwiceNear)
	amend(today - 100)

	// Both are right: that is remembered, and taken back.
	pair := l.asked(registry.TwiceNear)[0]
	if err := tree.Station.TellApart(ctx, tree.Nurse, a, b, sawOf(&pair), true); err != nil {
		t.Fatal(err)
	}
	l.asked()
	if l.number(b) != 2 {
		t.Errorf("of two doses the second counts as %d", l.number(b))
	}
	// A third record is another question.
	card.Vaccine, card.GivenOn = "BOPV", today-59
	third := l.dose(child, card)
	l.asked(registry.TwiceNear, registry.TwiceNear)
	if err := tree.Station.VoidDose(ctx, tree.Nurse, third, "ghi nhầm", registry.Saw{}); err != nil {
		t.Fatal(err)
	}
	l.asked()
	if err := tree.Station.TellApart(ctx, tree.Nurse, a, b, nil, false); err != nil {
		t.Fatal(err)
	}
	pair = l.asked(registry.TwiceNear)[0]

	// One is kept, the other void; what the page had not seen stops it.
	if err := tree.Station.Amend(ctx, tree.Nurse, a, registry.Patch{registry.DoseLot: p.Text("X1")}, registry.Saw{}); err != nil {
		t.Fatal(err)
	}
	var stale *registry.StaleError
	if err := tree.Station.VoidTwice(ctx, tree.Nurse, a, b, sawOf(&pair), "ghi hai lần"); !errors.As(err, &stale) {
		t.Errorf("a record changed since it was shown: %v", err)
	}
	pair = l.asked(registry.TwiceNear)[0]
	if err := tree.Station.VoidTwice(ctx, tree.Nurse, a, b, sawOf(&pair), "ghi hai lần"); err != nil {
		t.Fatal(err)
	}
	l.asked()
	if l.number(a) != 1 || l.number(b) != 0 {
		t.Errorf("one dose counts as %d, the void one as %d", l.number(a), l.number(b))
	}
}

// Records of two people are nobody's question until they are linked, and none again when they are taken apart.
func TestDosesOfLinkedRecords(t *testing.T) {
	tree := nodetest.New(t)
	l := &laptop{t, tree.Station.Desk, nil, tree}
	ctx, today := t.Context(), tree.Station.Today()
	a, b := l.child("Lò Gia Bảo"), l.child("Lo Gia Bao")
	l.dose(a, registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: today, Lot: "A1"})
	l.dose(b, registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: today - 9, Source: registry.SourceCard})
	l.asked()
	if err := tree.Station.Link(ctx, tree.Nurse, a, b, true); err != nil {
		t.Fatal(err)
	}
	l.asked(registry.TwiceNear)
	if err := tree.Station.Link(ctx, tree.Nurse, a, b, false); err != nil {
		t.Fatal(err)
	}
	l.asked()
}

// Two laptops decide otherwise before they hear of each other: no dose is taken away silently, both are asked about again at both.
func TestTwoLaptopsKeepAnotherDose(t *testing.T) {
	tree := nodetest.New(t)
	ctx, today := t.Context(), tree.Station.Today()
	second := tree.AddStation(t, tree.Hub, tree.Facility, "Máy thứ hai")
	one := &laptop{t, tree.Station.Desk, func(ctx context.Context) error { _, err := tree.Station.Uplink.Client.Sync(ctx); return err }, tree}
	other := &laptop{t, second.Desk, func(ctx context.Context) error { _, err := second.Uplink.Client.Sync(ctx); return err }, tree}
	child := one.child("Lò Gia Bảo")
	one.sync()
	other.sync()
	a := one.dose(child, registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: today, Lot: "A1"})
	b := other.dose(child, registry.ImmunizationInput{Vaccine: "BOPV", GivenOn: today, Lot: "A1"})
	one.sync()
	other.sync()
	one.sync()

	pair := one.asked(registry.TwiceDay)[0]
	if err := one.st.VoidTwice(ctx, tree.Nurse, a, b, sawOf(&pair), "ghi hai lần"); err != nil {
		t.Fatal(err)
	}
	pair = other.asked(registry.TwiceDay)[0]
	if err := other.st.VoidTwice(ctx, tree.Nurse, b, a, sawOf(&pair), "ghi hai lần"); err != nil {
		t.Fatal(err)
	}
	one.sync()
	other.sync()
	one.sync()
	for _, l := range []*laptop{one, other} {
		list, err := l.st.Conflicts(ctx, tree.Nurse, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].Field.Field != p.FieldVoid || list[1].Field.Field != p.FieldVoid {
			t.Errorf("%d conflicts, want that of both voids: %v", len(list), list)
		}
	}
	// Settled at one, both hear of it.
	list, _ := one.st.Conflicts(ctx, tree.Nurse, 10)
	for i := range list {
		c := &list[i]
		for _, ch := range c.Choices {
			if ch.Data.IsNull() == (c.Entity == a) {
				if err := one.st.Settle(ctx, tree.Nurse, c.Entity, c.Field.Field, ch.Dot, []p.Dot{c.Choices[0].Dot, c.Choices[1].Dot}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	one.sync()
	other.sync()
	if other.number(a) != 1 || other.number(b) != 0 {
		t.Errorf("at the other laptop the kept dose counts as %d, the void one as %d", other.number(a), other.number(b))
	}
	other.asked()
}
