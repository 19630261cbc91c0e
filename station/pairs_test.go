package station_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// numbered is a child whose personal number is known.
func numbered(place p.EntityID, name, number string) registry.SubjectInput {
	return registry.SubjectInput{
		Place: place, Name: name, BirthDate: registry.Today(nodetest.Start, registry.VietnamOffset) - 100, BirthPrec: registry.PrecisionDay,
		MotherName: "Lò Thị Mai", MotherPhone: "0385000412", Sex: registry.SexMale, PersonalNo: number,
	}
}

func enter(t *testing.T, d *desk.Desk, who desk.Who, in registry.SubjectInput, vaccines ...string) p.EntityID {
	t.Helper()
	id, _, err := d.Register(context.Background(), who, in, true)
	if err != nil {
		t.Fatal(err)
	}
	visit(t, d, who, id, vaccines...)
	return id
}

func visit(t *testing.T, d *desk.Desk, who desk.Who, id p.EntityID, vaccines ...string) {
	t.Helper()
	for _, code := range vaccines {
		v := desk.Visit{Subject: id, Checked: registry.CheckedCard, Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: code, Lot: "A24"}}}
		if _, err := d.RecordVisit(context.Background(), who, v); err != nil {
			t.Fatal(err)
		}
	}
}

func sweep(t *testing.T, d *desk.Desk) desk.Swept {
	t.Helper()
	swept, err := d.Sweep(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return swept
}

// open lists the pairs that wait for a person.
func open(t *testing.T, d *desk.Desk, who desk.Who) [][2]p.EntityID {
	t.Helper()
	list, err := d.Pairs(context.Background(), who, store.PairRow{}, false)
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]p.EntityID
	for i := range list.Pairs {
		out = append(out, [2]p.EntityID{list.Pairs[i].Row.A, list.Pairs[i].Row.B})
	}
	if list.Total < len(out) {
		t.Errorf("%d pairs shown of %d", len(out), list.Total)
	}
	return out
}

// A nurse registers a child who is on record already: with one personal number the two join by themselves, and the
// doses of both are one child's.
func TestCertainPairJoinsByItself(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	a := enter(t, d, tr.Nurse, numbered(tr.Commune, "Lò Gia Bảo", "011226000101"), "BCG")
	b := enter(t, d, tr.Nurse, numbered(tr.Commune, "CB Lò Thị Mai", "011226000101"), "BOPV")
	other := enter(t, d, tr.Nurse, numbered(tr.Commune, "Cà Bảo Ngọc", "011226000202"))
	if got := sweep(t, d); got.Linked != 1 || got.Changed < 3 {
		t.Fatalf("the first sweep: %+v, want 1 linked", got)
	}
	rec, err := d.Open(context.Background(), tr.Nurse, a)
	if err != nil || len(rec.Linked) != 1 || rec.Linked[0].ID != b || len(rec.Doses) != 2 {
		t.Fatalf("%d linked, %d doses, %v", len(rec.Linked), len(rec.Doses), err)
	}
	if got := sweep(t, d); got.Linked != 0 || got.Changed != 2 { // the two that were linked
		t.Errorf("the second sweep: %+v", got)
	}
	if got := sweep(t, d); got != (desk.Swept{}) {
		t.Errorf("with nothing new: %+v", got)
	}
	// Taken apart, they stay apart, whatever the numbers say.
	if err := d.Link(context.Background(), tr.Nurse, a, b, false); err != nil {
		t.Fatal(err)
	}
	if got := sweep(t, d); got.Linked != 0 {
		t.Errorf("after a person took them apart: %+v", got)
	}
	if rec, err := d.Open(context.Background(), tr.Nurse, other); err != nil || len(rec.Linked) != 0 {
		t.Errorf("the other child: %+v, %v", rec.Linked, err)
	}
	if got := open(t, d, tr.Nurse); len(got) != 0 {
		t.Errorf("asked again about two of whom a person has spoken: %v", got)
	}
}

// What is as alike as that and still must not be joined without a person.
func TestAlikeButNotJoined(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	in := func(name, number string, order int) registry.SubjectInput {
		c := numbered(tr.Commune, name, number)
		c.BirthOrder = order
		return c
	}
	// Twins under one number by mistake: recorded as twins, nobody is even asked.
	enter(t, d, tr.Nurse, in("Lò Gia An", "011226000303", 1))
	enter(t, d, tr.Nurse, in("Lò Gia Ân", "011226000303", 2))
	// One number, but a vaccine given once in life in both.
	x := enter(t, d, tr.Nurse, in("Vàng A Páo", "011226000404", 0), "BCG")
	y := enter(t, d, tr.Nurse, in("Vàng A Páo", "011226000404", 0), "BCG")
	if got := sweep(t, d); got.Linked != 0 {
		t.Fatalf("%+v", got)
	}
	got := open(t, d, tr.Nurse)
	if len(got) != 1 || !slices.Contains(got[0][:], x) || !slices.Contains(got[0][:], y) {
		t.Errorf("asked about %v, want %v and %v", got, x, y)
	}
}

// Two records of three may be taken for one, but the third says that they are twins.
func TestThirdRecordSpeaksAgainst(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	first := numbered(tr.Commune, "Lò Gia An", "011226000505")
	a := enter(t, d, tr.Nurse, first)
	first.BirthOrder = 1
	b := enter(t, d, tr.Nurse, first)
	if err := d.Link(context.Background(), tr.Nurse, a, b, true); err != nil {
		t.Fatal(err)
	}
	first.BirthOrder, first.Name = 2, "Lò Gia Ân"
	enter(t, d, tr.Nurse, first)
	if got := sweep(t, d); got.Linked != 0 {
		t.Errorf("a twin was linked over the record that does not say so: %+v", got)
	}
}

// Two stations of one region each have a child; only their hub sees both. It links them; a pair that a person has to
// decide waits at the hub, and once answered is nowhere asked again.
func TestHubSweeps(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	f := e.beside(t, tr, "03370", "dua")
	a := enter(t, e.station.Desk, e.nurse, numbered(e.commune, "Lò Gia Bảo", "011226000101"), "BCG")
	tr.Clock().Add(24 * time.Hour)
	b := enter(t, f.station.Desk, f.nurse, numbered(f.commune, "Lò Gia Bảo", "011226000101"), "BOPV")
	u := numbered(e.commune, "Giàng Thị Mỷ", "")
	u.Sex, u.MotherName = registry.SexFemale, "Vàng Thị Dợ"
	x := enter(t, e.station.Desk, e.nurse, u)
	u.Place, u.Name = f.commune, "GIANG THI MY"
	y := enter(t, f.station.Desk, f.nurse, u)
	e.sync(t)
	f.sync(t)
	for _, s := range []*elsewhere{e, f} {
		if got := sweep(t, s.station.Desk); got.Found != 0 || got.Linked != 0 {
			t.Errorf("a station that holds one of each found %+v", got)
		}
	}
	if got := sweep(t, e.hub.Desk); got.Linked != 1 {
		t.Fatalf("the hub: %+v, want 1 linked", got)
	}
	if got := sweep(t, tr.Hub.Desk); got.Linked != 0 {
		t.Errorf("the centre linked what the hub below it holds: %+v", got)
	}
	e.sync(t)
	f.sync(t)
	e.sync(t)
	for i, s := range []*elsewhere{e, f} {
		rec, err := s.station.Open(ctx, s.nurse, []p.EntityID{a, b}[i])
		if err != nil || len(rec.Doses) != 2 || len(rec.Linked) != 1 {
			t.Errorf("station %d: %d doses, %d linked, %v", i, len(rec.Doses), len(rec.Linked), err)
		}
	}
	want := [2]p.EntityID{x, y}
	if y.Compare(x) < 0 {
		want = [2]p.EntityID{y, x}
	}
	if got := open(t, e.hub.Desk, tr.Officer); len(got) != 1 || got[0] != want {
		t.Fatalf("the hub asks about %v, want %v", got, want)
	}
	if err := e.hub.Link(ctx, tr.Officer, x, y, false); err != nil {
		t.Fatal(err)
	}
	e.sync(t)
	f.sync(t)
	for _, d := range []*desk.Desk{e.hub.Desk, tr.Hub.Desk, e.station.Desk, f.station.Desk} {
		sweep(t, d)
		if got := open(t, d, tr.Officer); len(got) != 0 {
			t.Errorf("asked again at %s: %v", d.Node.Identity().Place, got)
		}
	}
}

// A hub leaves to a station what the station can link itself, for a week; then it does it. That both have done it
// harms nobody: one un-link takes both away.
func TestHubLeavesToTheStationWhatItHolds(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	d := tr.Station.Desk
	a := enter(t, d, tr.Nurse, numbered(tr.Commune, "Lò Gia Bảo", "011226000101"), "BCG")
	b := enter(t, d, tr.Nurse, numbered(tr.Commune, "Lò Gia Bảo", "011226000101"))
	tr.Sync(t)
	if got := sweep(t, tr.Hub.Desk); got.Linked != 0 {
		t.Fatalf("the centre at once: %+v", got)
	}
	tr.Clock().Add(6 * 24 * time.Hour)
	if got := sweep(t, tr.Hub.Desk); got.Linked != 0 {
		t.Errorf("the centre after six days: %+v", got)
	}
	tr.Clock().Add(24 * time.Hour)
	if got := sweep(t, tr.Hub.Desk); got.Linked != 1 {
		t.Fatalf("the centre after a week: %+v", got)
	}
	if got := sweep(t, d); got.Linked != 1 { // it has not heard of the other link
		t.Fatalf("the station: %+v", got)
	}
	tr.Sync(t)
	if err := d.Link(ctx, tr.Nurse, a, b, false); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	for _, at := range []*desk.Desk{d, tr.Hub.Desk} {
		rec, err := at.Open(ctx, tr.Officer, a)
		if err != nil || len(rec.Linked) != 0 {
			t.Errorf("after one un-link: %d linked, %v", len(rec.Linked), err)
		}
	}
}

// A sweep that was cut off goes on, and finds what one in peace finds.
func TestSweepGoesOnWhereItWasCutOff(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	a := enter(t, d, tr.Nurse, numbered(tr.Commune, "Lò Gia Bảo", ""))
	b := enter(t, d, tr.Nurse, numbered(tr.Commune, "LO GIA BAO", ""))
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := d.Sweep(ctx, func(int, int) { cancel() }); err == nil {
		t.Fatal("a sweep that was cut off says that it is done")
	}
	// Who comes meanwhile is the next sweep's.
	c := enter(t, d, tr.Nurse, numbered(tr.Commune, "Lò Gia Bảo", ""))
	sweep(t, d)
	if got := open(t, d, tr.Nurse); len(got) < 1 || !slices.Contains(got[0][:], a) && !slices.Contains(got[0][:], b) {
		t.Errorf("after it went on: %v", got)
	}
	sweep(t, d)
	if got := open(t, d, tr.Nurse); len(got) != 3 {
		t.Errorf("after the next one: %v, want the three pairs of %v, %v, %v", got, a, b, c)
	}
	// A name that turns out to be another takes the pairs away.
	if err := d.Edit(context.Background(), tr.Nurse, c, registry.Patch{
		registry.SubjectName: p.Text("Vàng A Páo"), registry.SubjectMotherName: p.Text("Sùng Thị Chía"), registry.SubjectMotherPhone: p.Text(""),
	}, sawOf(t, d, c)); err != nil {
		t.Fatal(err)
	}
	sweep(t, d)
	if got := open(t, d, tr.Nurse); len(got) != 1 || slices.Contains(got[0][:], c) {
		t.Errorf("after one was renamed: %v", got)
	}
}

func sawOf(t *testing.T, d *desk.Desk, id p.EntityID) registry.Saw {
	t.Helper()
	var saw registry.Saw
	if err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		s, err := tx.State(id)
		saw = registry.SawOf(s)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return saw
}

// Linked at one node, taken apart at another while a third edits and gives a dose, linked again: every node ends with
// the same rows, dues and figures, and they are those that follow from all states at once.
func TestLinkUnlinkRelinkLeavesEveryNodeEqual(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	e := newElsewhere(t, tr)
	in := numbered(e.commune, "Lò Gia Bảo", "")
	a := enter(t, e.station.Desk, e.nurse, in, "BCG")
	in.Name = "LO GIA BAO"
	b := enter(t, e.station.Desk, e.nurse, in, "BOPV")
	all := map[string]*desk.Desk{"station": e.station.Desk, "hub": e.hub.Desk, "centre": tr.Hub.Desk}
	check := func(after string, linked bool) {
		t.Helper()
		e.sync(t)
		e.sync(t)
		var first string
		for _, name := range []string{"station", "hub", "centre"} {
			got, one := follows(t, all[name], name+" after "+after, a, b)
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("%s after %s has\n%s\nthe station\n%s", name, after, got, first)
			}
			if one != linked {
				t.Errorf("%s after %s: one case %v", name, after, one)
			}
		}
	}
	check("two records", false)
	link := func(d *desk.Desk, who desk.Who, same bool) {
		t.Helper()
		if err := d.Link(ctx, who, a, b, same); err != nil {
			t.Fatal(err)
		}
	}
	link(e.station.Desk, e.nurse, true)
	check("a link", true)
	// The centre takes them apart while the station edits one and gives the other a dose.
	link(tr.Hub.Desk, tr.Officer, false)
	if err := e.station.Edit(ctx, e.nurse, a, registry.Patch{registry.SubjectHamlet: p.Text("Na Phay 1")}, sawOf(t, e.station.Desk, a)); err != nil {
		t.Fatal(err)
	}
	tr.Clock().Add(40 * 24 * time.Hour)
	visit(t, e.station.Desk, e.nurse, b, "BOPV")
	check("un-link and edit at once", false)
	link(e.hub.Desk, tr.Officer, true)
	check("a second link", true)
	// Taken apart and linked at once by two who do not hear each other: who did not see the other's word keeps his.
	link(e.station.Desk, e.nurse, false)
	link(tr.Hub.Desk, tr.Officer, true)
	e.sync(t)
	e.sync(t)
	link(tr.Hub.Desk, tr.Officer, false)
	check("everybody was heard", false)
}

// follows writes down the rows, dues and figures of a node, and checks them against all states at once. one says that
// two subjects are one case there.
func follows(t *testing.T, d *desk.Desk, where string, a, b p.EntityID) (text string, one bool) {
	t.Helper()
	ctx := context.Background()
	for {
		more, err := d.Node.WorkOutDue(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	var out []string
	err := d.Node.Store().View(ctx, func(tx store.Tx) error {
		var c project.Case
		err := tx.EachState(func(s *p.State) error {
			switch s.Kind {
			case registry.KindSubject:
				c.Subjects = append(c.Subjects, s)
			case registry.KindImmunization:
				c.Doses = append(c.Doses, s)
			case registry.KindLink:
				c.Links = append(c.Links, s)
			}
			return nil
		})
		if err != nil {
			return err
		}
		want := project.CaseRows(c)
		figures := map[project.CoverageKey]int64{}
		for i := range want.Subjects {
			row, err := tx.SubjectRow(want.Subjects[i].ID)
			if err != nil || row == nil || *row != want.Subjects[i] {
				t.Errorf("%s: subject row %+v, want %+v, %v", where, row, want.Subjects[i], err)
				continue
			}
			due, err := tx.DueOf(row.ID)
			if err != nil {
				return err
			}
			out = append(out, printed(*row), printed(due))
		}
		for i := range want.Doses {
			row, err := tx.ImmunizationRow(want.Doses[i].ID)
			if err != nil || row == nil || *row != want.Doses[i] {
				t.Errorf("%s: dose row %+v, want %+v, %v", where, row, want.Doses[i], err)
				continue
			}
			if key, ok := row.Coverage(); ok {
				figures[project.CoverageKey{Residence: key.Residence, Place: key.Place, Vaccine: key.Vaccine, Dose: key.Dose}]++
			}
			out = append(out, printed(*row))
		}
		got, err := tx.Coverage(store.CoverageQuery{})
		for _, r := range got {
			key := project.CoverageKey{Residence: r.Residence, Place: r.Place, Vaccine: r.Vaccine, Dose: r.Dose}
			if figures[key] != r.Count {
				t.Errorf("%s: %d counted as %+v, want %d", where, r.Count, key, figures[key])
			}
			delete(figures, key)
			out = append(out, printed(r))
		}
		if len(figures) > 0 {
			t.Errorf("%s: not counted: %v", where, figures)
		}
		ra, err1 := tx.SubjectRow(a)
		rb, err2 := tx.SubjectRow(b)
		one = err1 == nil && err2 == nil && ra != nil && rb != nil && ra.Case == rb.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return joined(out), one
}

func printed(v any) string { return fmt.Sprintf("%+v", v) }

func joined(lines []string) string { return strings.Join(lines, "\n") }
