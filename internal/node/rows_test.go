package node_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// counted is how many doses the aggregate holds.
func counted(t *testing.T, m *machine) int64 {
	t.Helper()
	var sum int64
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Coverage(store.CoverageQuery{})
		for _, r := range rows {
			sum += r.Count
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// A dose that two people moved to two children at once has one row, with the child that stands; computing
// the other child's case anew must leave it alone.
func TestDoseClaimedByTwoChildrenKeepsItsRow(t *testing.T) {
	c := newCountry(t)
	x := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	y := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	z := c.a.act(subject(t, c.a, c.communeA, "Vàng Mai Chi"))[0]
	d := c.a.act(dose(t, x, c.placeA, "BCG"))[0]
	c.quiet()
	c.a.edit(d, p.FieldSubject, p.Ref(y))
	c.province.edit(d, p.FieldSubject, p.Ref(z))
	c.quiet()
	for _, m := range []*machine{c.a, c.centre} {
		if got := counted(t, m); got != 1 {
			t.Fatalf("the dose counts %d times", got)
		}
	}
	for _, child := range []p.EntityID{x, y, z} {
		c.centre.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
		if got := counted(t, c.centre); got != 1 {
			t.Errorf("after an edit of one of the children the dose counts %d times", got)
		}
	}
}

// rowsFollow compares every row of people and doses with what CaseRows makes of all states at once, and the
// aggregate with the rows.
func rowsFollow(t *testing.T, m *machine, after string) {
	t.Helper()
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		var all project.Case
		err := tx.EachState(func(s *p.State) error {
			switch s.Kind {
			case registry.KindSubject:
				all.Subjects = append(all.Subjects, s)
			case registry.KindImmunization:
				all.Doses = append(all.Doses, s)
			case registry.KindLink:
				all.Links = append(all.Links, s)
			}
			return nil
		})
		if err != nil {
			return err
		}
		want := project.CaseRows(all)
		for i := range want.Subjects {
			if got, err := tx.SubjectRow(want.Subjects[i].ID); err != nil || got == nil || *got != want.Subjects[i] {
				t.Errorf("after %s: subject row\n%+v, want\n%+v %v", after, got, want.Subjects[i], err)
			}
		}
		figures := map[project.CoverageKey]int64{}
		for i := range want.Doses {
			if got, err := tx.ImmunizationRow(want.Doses[i].ID); err != nil || got == nil || *got != want.Doses[i] {
				t.Errorf("after %s: dose row\n%+v, want\n%+v %v", after, got, want.Doses[i], err)
			}
			if key, ok := want.Doses[i].Coverage(); ok {
				figures[project.CoverageKey{Residence: key.Residence, Place: key.Place, Vaccine: key.Vaccine, Dose: key.Dose}]++
			}
		}
		got, err := tx.Coverage(store.CoverageQuery{})
		for _, r := range got {
			key := project.CoverageKey{Residence: r.Residence, Place: r.Place, Vaccine: r.Vaccine, Dose: r.Dose}
			if figures[key] != r.Count {
				t.Errorf("after %s: %d counted as %+v, want %d", after, r.Count, key, figures[key])
			}
			delete(figures, key)
		}
		if len(figures) > 0 {
			t.Errorf("after %s: not counted: %v", after, figures)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever happens to a few people in whatever order, their rows and figures are those that follow from the
// states (I9), although each act computes anew only what it can have changed.
func TestRowsFollowFromStates(t *testing.T) {
	c := newCountry(t)
	r := rand.New(rand.NewPCG(7, 11))
	var people, doses, links []p.EntityID
	for _, name := range []string{"Lò Gia Bảo", "Cà Bảo Ngọc", "Vàng Mai Chi"} {
		people = append(people, c.a.act(subject(t, c.a, c.communeA, name))[0])
	}
	c.quiet()
	person := func() p.EntityID { return people[r.IntN(len(people))] }
	draft := func(at p.EntityID) registry.Draft {
		today, _ := registry.NewDay(2026, 11, 25)
		d, err := registry.NewImmunization(registry.ImmunizationInput{
			Subject: person(), Place: at, Vaccine: []string{"OPV", "DPT-VGB-Hib", "MR"}[r.IntN(3)], GivenOn: today - registry.Day(r.IntN(5)),
			Programme: registry.ProgrammeEPI, Source: []registry.Source{registry.SourceHere, registry.SourceCard}[r.IntN(2)], Screening: registry.ScreeningEligible,
		}, registry.Known{Today: today})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	edit := func(m *machine, id p.EntityID, f p.Field, d p.Data) {
		if m.state(id) != nil { // else it has not come yet
			m.edit(id, f, d)
		}
	}
	for range 60 {
		m, at := c.a, c.placeA
		if r.IntN(3) == 0 {
			m, at = c.province, c.placeB
		}
		what := "new doses"
		switch n := r.IntN(12); {
		case n < 6 || len(doses) == 0:
			doses = append(doses, m.act(draft(at), draft(at))...)
		case n == 6:
			what = "a later date"
			edit(m, doses[r.IntN(len(doses))], registry.DoseGivenOn, p.Int(20_780+int64(r.IntN(5))))
		case n == 7:
			what = "an error taken back"
			edit(m, doses[r.IntN(len(doses))], p.FieldVoid, []p.Data{p.Text("sai"), p.Null()}[r.IntN(2)])
		case n == 8:
			what = "another child"
			edit(m, doses[r.IntN(len(doses))], p.FieldSubject, p.Ref(person()))
		case n == 9:
			what = "a next date"
			edit(m, person(), registry.SubjectNextDate, p.Int(20_800+int64(r.IntN(30))))
		case n == 10:
			what = "another name"
			edit(m, person(), registry.SubjectName, p.Text([]string{"Lò Gia Huy", "Lò Bảo An"}[r.IntN(2)]))
		default:
			what = "a link"
			if len(links) > 0 && r.IntN(2) == 0 {
				edit(m, links[r.IntN(len(links))], registry.LinkSame, p.Bool(r.IntN(2) == 0))
			} else if link, err := registry.NewLink(person(), person(), true); err == nil {
				links = append(links, m.act(link)...)
			}
		}
		rowsFollow(t, m, what)
		if r.IntN(3) == 0 {
			c.quiet()
			rowsFollow(t, c.a, "an exchange")
			rowsFollow(t, c.province, "an exchange")
		}
	}
	c.quiet()
	rowsFollow(t, c.centre, "all of it")
}

// A conflict stands with the case of its record also after two records were linked, or taken apart: the child's page asks by
// the case.
func TestConflictStandsWithItsCase(t *testing.T) {
	c := newCountry(t)
	x := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	y := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	if x.Compare(y) > 0 {
		x, y = y, x // x stands for both
	}
	d := c.a.act(dose(t, y, c.placeA, "BCG"))[0]
	c.quiet()
	c.a.edit(d, registry.DoseVaccine, p.Text("VGB0"))
	c.province.edit(d, registry.DoseVaccine, p.Text("DPT"))
	c.quiet()
	draft, err := registry.NewLink(x, y, true)
	if err != nil {
		t.Fatal(err)
	}
	link := c.a.act(draft)[0]
	c.quiet()
	conflictsOf(t, c, "linked", x, 1)
	conflictsOf(t, c, "linked", y, 0)
	c.a.edit(link, registry.LinkSame, p.Bool(false))
	c.quiet()
	conflictsOf(t, c, "taken apart", x, 0)
	conflictsOf(t, c, "taken apart", y, 1)
}

func conflictsOf(t *testing.T, c *country, when string, kase p.EntityID, want int) {
	t.Helper()
	for _, m := range []*machine{c.a, c.centre} {
		err := m.st.View(context.Background(), func(tx store.Tx) error {
			rows, err := tx.ConflictsOfCase(kase)
			if len(rows) != want {
				t.Errorf("%s, root %v: %d conflicts in the case of %s, want %d", when, m == c.centre, len(rows), kase, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A child that left a place and was edited since has there the row by which it left: a rebuild does not take that for a
// difference, and sends nothing anew.
func TestRebuildLeavesAloneWhatLeft(t *testing.T) {
	c := newCountry(t)
	x := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	c.a.edit(x, p.FieldPlace, p.Ref(c.communeB))
	c.quiet()
	c.centre.edit(x, registry.SubjectHamlet, p.Text("Na Phay 1"))
	done, err := c.centre.n.Rebuild(context.Background(), true, nil)
	if err != nil || done.Differ != 0 {
		t.Errorf("%d states are said to differ, none does: %v", done.Differ, err)
	}
}

// TestDoseOfTwoPeopleStandsWithTheOneThatCounts: two edits name another child for one dose, and one of the two is known nowhere. What is
// recorded for the unknown one later does not take the dose's row from the child with whom it stands.
func TestDoseOfTwoPeopleStandsWithTheOneThatCounts(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.quiet()
	unknown := child
	unknown[0] ^= 1
	c.province.edit(given, p.FieldSubject, p.Ref(child))
	c.a.edit(given, p.FieldSubject, p.Ref(unknown))
	c.quiet()
	if n := len(c.a.state(given).Values(p.FieldSubject)); n != 2 {
		t.Fatalf("the dose names %d children", n)
	}
	c.a.act(dose(t, unknown, c.placeA, "OPV"))
	c.quiet()
	standing, _ := c.a.state(given).Get(p.FieldSubject).Ref()
	if standing != child {
		t.Fatal("the dose stands with the child that nobody knows: the test shows nothing")
	}
	for _, m := range []*machine{c.a, c.province, c.centre} {
		m.view(func(tx store.Tx) error {
			row, err := tx.ImmunizationRow(given)
			if row == nil || row.Residence != c.communeA || row.Dose != 1 || !row.Counted {
				t.Errorf("%s shows the dose %+v", m.id.Device, row)
			}
			return err
		})
	}
}
