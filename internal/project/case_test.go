package project

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

func dotOf(n int) p.Dot {
	var d p.Dot
	binary.BigEndian.PutUint32(d.Log[:], uint32(n/1000))
	d.Log[11] = 0x40
	d.Seq = p.Seq(n%1000 + 1)
	return d
}

// id names the n-th entity; ids are in the order of n.
func id(n int) p.EntityID { return dotOf(n).Entity() }

// made returns the state that the creation of entity n leaves. Fields must be in order.
func made(n int, kind p.Kind, fields ...any) *p.State {
	s := &p.State{ID: id(n), Kind: kind, Seen: []p.Seen{p.Seen(dotOf(n))}}
	for i := 0; i < len(fields); i += 2 {
		s.Fields = append(s.Fields, p.FieldValues{
			Field:  fields[i].(p.Field),
			Values: []p.Value{{Dot: dotOf(n), At: p.At{WallMS: 1000, OffsetMS: 5}, Actor: id(9999), Data: fields[i+1].(p.Data)}},
		})
	}
	return s
}

// with returns s with further live values in a field, written concurrently by the changes 5000, 5001…
func with(s *p.State, f p.Field, values ...p.Data) *p.State {
	out := *s
	out.Fields = slices.Clone(s.Fields)
	at := slices.IndexFunc(out.Fields, func(fv p.FieldValues) bool { return fv.Field >= f })
	if at < 0 {
		at = len(out.Fields)
	}
	if at == len(out.Fields) || out.Fields[at].Field != f {
		out.Fields = slices.Insert(out.Fields, at, p.FieldValues{Field: f})
	}
	fv := &out.Fields[at]
	fv.Values = slices.Clone(fv.Values)
	for i, d := range values {
		fv.Values = append(fv.Values, p.Value{Dot: dotOf(5000 + i), Data: d})
	}
	return &out
}

// unborn returns s as it is before its creation has arrived.
func unborn(s *p.State) *p.State {
	out := *s
	out.Seen = []p.Seen{p.Seen(dotOf(7000))}
	return &out
}

// rescued returns s as it is where its creation was lost, and another machine wrote again what it knew of it.
func rescued(s *p.State) *p.State {
	out := unborn(s)
	for i := range s.Fields {
		out.Gone = append(out.Gone, p.GoneValues{Field: s.Fields[i].Field, Gone: []p.Superseded{{Dot: s.ID.Birth()}}})
	}
	return out
}

const birthDay = registry.Day(20_000)

func child(n int) *p.State {
	return made(n, registry.KindSubject, p.FieldPlace, p.Ref(id(900)), registry.SubjectName, p.Text("Nguyễn Văn An"),
		registry.SubjectBirthDate, p.Int(int64(birthDay)), registry.SubjectBirthPrec, p.Int(1), registry.SubjectGroup, p.Int(1))
}

// given returns a first-hand dose.
func given(n, subject int, vaccine string, day int64) *p.State {
	return givenFrom(n, subject, vaccine, day, registry.SourceHere)
}

func givenFrom(n, subject int, vaccine string, day int64, source registry.Source) *p.State {
	return made(n, registry.KindImmunization, p.FieldSubject, p.Ref(id(subject)), p.FieldPlace, p.Ref(id(800)),
		registry.DoseVaccine, p.Text(vaccine), registry.DoseGivenOn, p.Int(day), registry.DoseGivenMinute, p.Int(500),
		registry.DoseSource, p.Int(int64(source)))
}

func link(n, a, b int, same bool) *p.State {
	return made(n, registry.KindLink, p.FieldSubject, p.Ref(id(a)), p.FieldSubject2, p.Ref(id(b)), registry.LinkSame, p.Bool(same))
}

// numbersOf returns the numbers of the doses by id, -1 for one that does not count.
func numbersOf(rows Rows) []int32 {
	var out []int32
	for _, r := range rows.Doses {
		switch {
		case !r.Counted && r.Dose != 0:
			out = append(out, -99) // a number without a count is wrong
		case !r.Counted:
			out = append(out, -1)
		default:
			out = append(out, r.Dose)
		}
	}
	return out
}

func TestDosesThatCount(t *testing.T) {
	states := func(s ...*p.State) []*p.State { return s }
	voided := func(s *p.State) *p.State { return with(s, p.FieldVoid, p.Text("wrong child")) }
	for _, c := range []struct {
		name string
		in   Case
		want []int32 // by id of the dose
	}{
		{"numbered by date, not by id", Case{Subjects: states(child(1)), Doses: states(given(10, 1, "OPV", 130), given(11, 1, "OPV", 100), given(12, 1, "OPV", 160))}, []int32{2, 1, 3}},
		{"numbered by vaccine", Case{Subjects: states(child(1)), Doses: states(given(10, 1, "OPV", 130), given(11, 1, "BCG", 100), given(12, 1, "OPV", 100))}, []int32{2, 1, 1}},
		{"one day: by time, then id", Case{Subjects: states(child(1)), Doses: states(given(10, 1, "OPV", 100), given(11, 1, "OPV", 100),
			made(12, registry.KindImmunization, p.FieldSubject, p.Ref(id(1)), registry.DoseVaccine, p.Text("OPV"), registry.DoseGivenOn, p.Int(100), registry.DoseGivenMinute, p.Int(480), registry.DoseSource, p.Int(1)))}, []int32{2, 3, 1}},
		{"void", Case{Subjects: states(child(1)), Doses: states(voided(given(10, 1, "OPV", 100)), given(11, 1, "OPV", 130))}, []int32{-1, 1}},
		{"void and amended at once", Case{Subjects: states(child(1)), Doses: states(with(given(10, 1, "OPV", 100), p.FieldVoid, p.Text("wrong"), p.Null()), given(11, 1, "OPV", 130))}, []int32{1, 2}},
		{"refused", Case{Subjects: states(child(1)), Doses: states(with(given(10, 1, "OPV", 100), registry.DoseNotDone, p.Int(1)), given(11, 1, "OPV", 130))}, []int32{-1, 1}},
		{"no vaccine", Case{Subjects: states(child(1)), Doses: states(given(10, 1, "", 100))}, []int32{-1}},
		{"void subject", Case{Subjects: states(voided(child(1))), Doses: states(given(10, 1, "OPV", 100))}, []int32{-1}},
		{"void subject linked with another", Case{
			Subjects: states(voided(child(1)), child(2)), Links: states(link(20, 1, 2, true)),
			Doses: states(given(10, 1, "OPV", 100), given(11, 2, "OPV", 130)),
		}, []int32{-1, 1}},
		{"dead subject", Case{Subjects: states(with(child(1), registry.SubjectStatus, p.Int(int64(registry.StatusDied)))), Doses: states(given(10, 1, "OPV", 100))}, []int32{1}},
		{"subject not here", Case{Doses: states(given(10, 1, "OPV", 100))}, []int32{-1}},
		{"subject not created here yet", Case{Subjects: states(unborn(child(1))), Doses: states(given(10, 1, "OPV", 100))}, []int32{-1}},
		{"dose not created here yet", Case{Subjects: states(child(1)), Doses: states(unborn(given(10, 1, "OPV", 100)), given(11, 1, "OPV", 130))}, []int32{1}},
		{"against a code", Case{Doses: states(made(10, registry.KindImmunization, registry.DoseVaccine, p.Text("OPV"), registry.DoseGivenOn, p.Int(100)))}, []int32{-1}},
		{"linked subjects share a series", Case{Subjects: states(child(1), child(2)), Links: states(link(20, 1, 2, true)), Doses: states(given(10, 1, "OPV", 130), given(11, 2, "OPV", 100))}, []int32{2, 1}},
		{"subjects remembered as two do not", Case{Subjects: states(child(1), child(2)), Links: states(link(20, 1, 2, false)), Doses: states(given(10, 1, "OPV", 130), given(11, 2, "OPV", 100))}, []int32{1, 1}},
		{"two at first hand stay two", Case{Subjects: states(child(1)), Doses: states(given(10, 1, "OPV", 100), with(given(11, 1, "OPV", 100), registry.DoseLot, p.Text("B")))}, []int32{1, 2}},
		{"first and second hand are one", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "OPV", 100, registry.SourceCard), given(11, 1, "OPV", 100), given(12, 1, "OPV", 130))}, []int32{-1, 1, 2}},
		{"first and second hand of linked subjects are one", Case{
			Subjects: states(child(1), child(2)), Links: states(link(20, 1, 2, true)),
			Doses: states(givenFrom(10, 1, "OPV", 100, registry.SourceImport), given(11, 2, "OPV", 100)),
		}, []int32{-1, 1}},
		{"first hand void: second hand counts", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "OPV", 100, registry.SourceCard), voided(given(11, 1, "OPV", 100)))}, []int32{1, -1}},
		{"two at second hand are one", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "OPV", 100, registry.SourceImport), givenFrom(11, 1, "OPV", 100, registry.SourceCard))}, []int32{1, -1}},
		{"another vaccine or day is another dose", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "IPV", 100, registry.SourceCard), given(11, 1, "OPV", 100), givenFrom(12, 1, "OPV", 101, registry.SourceCard))}, []int32{1, 1, 2}},
		{"second hand without a date", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "OPV", 0, registry.SourceCard), givenFrom(11, 1, "OPV", 0, registry.SourceCard), given(12, 1, "OPV", 100))}, []int32{1, 2, 3}},
		{"an unknown source stands for itself", Case{Subjects: states(child(1)), Doses: states(givenFrom(10, 1, "OPV", 100, 77), given(11, 1, "OPV", 100))}, []int32{1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := numbersOf(CaseRows(c.in)); !slices.Equal(got, c.want) {
				t.Errorf("numbers %v, want %v", got, c.want)
			}
		})
	}
}

func TestCases(t *testing.T) {
	subjects := []*p.State{child(1), child(2), child(3), child(4)}
	for _, c := range []struct {
		name     string
		subjects []*p.State
		links    []*p.State
		want     []int // case of each subject
	}{
		{"alone", subjects, nil, []int{1, 2, 3, 4}},
		{"chain", subjects, []*p.State{link(20, 4, 3, true), link(21, 2, 3, true)}, []int{1, 2, 2, 2}},
		{"ring", subjects, []*p.State{link(20, 1, 2, true), link(21, 2, 3, true), link(22, 3, 1, true)}, []int{1, 1, 1, 4}},
		{"different", subjects, []*p.State{link(20, 1, 2, false)}, []int{1, 2, 3, 4}},
		{"linked and un-linked at once holds", subjects, []*p.State{with(link(20, 1, 2, true), registry.LinkSame, p.Bool(false))}, []int{1, 1, 3, 4}},
		{"void link", subjects, []*p.State{with(link(20, 1, 2, true), p.FieldVoid, p.Text("wrong"))}, []int{1, 2, 3, 4}},
		{"link not created here yet", subjects, []*p.State{unborn(link(20, 1, 2, true))}, []int{1, 2, 3, 4}},
		{"link of which the creation is lost", subjects, []*p.State{rescued(link(20, 1, 2, true))}, []int{1, 1, 3, 4}},
		{"through a subject that is not here", []*p.State{child(1), child(3)}, []*p.State{link(20, 1, 2, true), link(21, 2, 3, true)}, []int{1, 1}},
		{"with a smaller subject that is not here", []*p.State{child(2), child(3)}, []*p.State{link(20, 1, 2, true), link(21, 1, 3, true)}, []int{2, 2}},
		{"the smallest is in error", []*p.State{with(child(1), p.FieldVoid, p.Text("wrong")), child(2)}, []*p.State{link(20, 1, 2, true)}, []int{2, 2}},
		{"the smallest is not created here yet", []*p.State{unborn(child(1)), child(2)}, []*p.State{link(20, 1, 2, true)}, []int{2, 2}},
		{"nobody stands", []*p.State{unborn(child(1)), unborn(child(2))}, []*p.State{link(20, 1, 2, true)}, []int{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := CaseRows(Case{Subjects: c.subjects, Links: c.links})
			var got, want []p.EntityID
			people := 0
			for i, r := range rows.Subjects {
				got, want = append(got, r.Case), append(want, id(c.want[i]))
				if _, ok := r.Cohort(); ok {
					people++
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("cases %v, want %v", got, want)
			}
			cases := map[int]bool{}
			for _, n := range c.want {
				cases[n] = true
			}
			if c.name != "nobody stands" && people != len(cases) {
				t.Errorf("%d people are counted, want %d", people, len(cases))
			}
		})
	}
}

func TestDoseFollowsCanonicalSubject(t *testing.T) {
	lead := with(child(1), p.FieldPlace, p.Ref(id(901)))
	other := with(child(2), registry.SubjectBirthDate, p.Int(int64(birthDay)+300))
	rows := CaseRows(Case{Subjects: []*p.State{other, lead}, Links: []*p.State{link(20, 2, 1, true)}, Doses: []*p.State{given(10, 2, "OPV", 20_100)}})
	d := rows.Doses[0]
	if d.Case != id(1) || d.Subject != id(2) || d.Residence != id(901) || d.Cohort != birthDay.Month() || d.Place != id(800) {
		t.Errorf("dose %+v", d)
	}
	if k, ok := d.Coverage(); !ok || k.Residence != id(901) || k.Month != registry.Day(20_100).Month() {
		t.Errorf("counted under %+v, %v", k, ok)
	}
}

func TestDoseElsewhere(t *testing.T) {
	// One edit says the dose is subject 1's, the other 2's; dots 5000 and 5001 decide for 2.
	d := with(made(10, registry.KindImmunization, registry.DoseVaccine, p.Text("OPV"), registry.DoseGivenOn, p.Int(100), registry.DoseSource, p.Int(1)),
		p.FieldSubject, p.Ref(id(1)), p.Ref(id(2)))
	one := CaseRows(Case{Subjects: []*p.State{child(1)}, Doses: []*p.State{d}})
	if len(one.Doses) != 0 || !slices.Equal(one.Elsewhere, []p.EntityID{id(10)}) || len(one.Conflicts) != 0 {
		t.Errorf("case of 1: %+v", one)
	}
	two := CaseRows(Case{Subjects: []*p.State{child(2)}, Doses: []*p.State{d}})
	if len(two.Doses) != 1 || !two.Doses[0].Counted || len(two.Elsewhere) != 0 || len(two.Conflicts) != 1 {
		t.Errorf("case of 2: %+v", two)
	}
	alone := CaseRows(Case{Doses: []*p.State{d}})
	if len(alone.Doses) != 1 || alone.Doses[0].Counted || alone.Doses[0].Case != id(2) {
		t.Errorf("case of nobody here: %+v", alone)
	}
	unknown := CaseRows(Case{Of: []p.EntityID{id(1)}, Doses: []*p.State{d}})
	if len(unknown.Doses) != 0 || !slices.Equal(unknown.Elsewhere, []p.EntityID{id(10)}) {
		t.Errorf("case of 1, of whom nothing is known: %+v", unknown)
	}
}

func TestConflicts(t *testing.T) {
	s := with(child(1), registry.SubjectName, p.Text("Nguyễn Văn Ân"))              // identity, differs
	s = with(s, registry.SubjectBirthDate, p.Int(int64(birthDay)))                  // identity, equal
	s = with(s, registry.SubjectNextDate, p.Int(20_100), p.Int(20_200))             // soft
	s = with(s, 999, p.Int(1), p.Int(2))                                            // not known to this version
	d := with(given(10, 1, "OPV", 100), registry.DoseLot, p.Text("A"), p.Text("B")) // clinical
	rows := CaseRows(Case{Subjects: []*p.State{s}, Doses: []*p.State{d}})
	want := []ConflictRow{
		{Entity: id(1), Field: registry.SubjectName, Kind: registry.KindSubject, Case: id(1), Class: registry.Identity},
		{Entity: id(10), Field: registry.DoseLot, Kind: registry.KindImmunization, Case: id(1), Class: registry.Clinical},
	}
	if !slices.Equal(rows.Conflicts, want) {
		t.Errorf("conflicts %+v, want %+v", rows.Conflicts, want)
	}
}

func TestUnknownKindsAreSkipped(t *testing.T) {
	odd := made(30, 199, p.FieldSubject, p.Ref(id(1)))
	rows := CaseRows(Case{Subjects: []*p.State{child(1), odd}, Doses: []*p.State{odd}, Links: []*p.State{odd}})
	if len(rows.Subjects) != 1 || len(rows.Doses) != 0 || len(rows.Links) != 0 {
		t.Errorf("rows %+v", rows)
	}
}

func TestSubjectRow(t *testing.T) {
	code, err := registry.NewCode(123456, bytes.NewReader([]byte{0, 0, 1, 7}))
	if err != nil {
		t.Fatal(err)
	}
	s := made(1, registry.KindSubject, p.FieldPlace, p.Ref(id(900)), registry.SubjectCode, p.Text(string(code)),
		registry.SubjectName, p.Text("Lý Thị Đào"), registry.SubjectBirthDate, p.Int(20_000), registry.SubjectBirthMinute, p.Int(0),
		registry.SubjectHamlet, p.Text("Thôn Đoài"), registry.SubjectMotherName, p.Text("Ngô Thị Ơn"),
		registry.SubjectFatherPhone, p.Text("0911111111"), registry.SubjectGuardianTel, p.Text("0922222222"),
		registry.SubjectPersonalNo, p.Text("001200001234"), registry.SubjectAliases, p.List(p.Text("Tí")))
	row := CaseRows(Case{Subjects: []*p.State{s}}).Subjects[0]
	if row.SortName != "dao ly thi" {
		t.Errorf("sorted under %q", row.SortName)
	}
	if row.Search != "ly thi dao li ngo on thon doai ti" {
		t.Errorf("found by %q", row.Search)
	}
	want := string(code) + " " + code.LastSix() + " 0911111111 0922222222 001200001234"
	if row.Numbers != want {
		t.Errorf("found by numbers %q, want %q", row.Numbers, want)
	}
	if row.Phone != "0922222222" {
		t.Errorf("phone %q, want the guardian's before the father's", row.Phone)
	}
	if m, ok := row.BirthMinute.Minute(); !ok || m != 0 {
		t.Error("a birth at midnight is not told from one at an unknown time")
	}
}

// drawCase makes a small country: people, links and doses that meet as often as not.
func drawCase(t *rapid.T) Case {
	var c Case
	for n := 1; n <= 4; n++ {
		s := child(n)
		switch rapid.IntRange(0, 5).Draw(t, "subject") {
		case 0:
			continue
		case 1:
			s = unborn(s)
		case 2:
			s = with(s, p.FieldVoid, p.Text("x"))
		case 3:
			s = with(s, p.FieldPlace, p.Ref(id(rapid.IntRange(900, 902).Draw(t, "residence"))))
		}
		c.Subjects = append(c.Subjects, s)
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "links") {
		c.Links = append(c.Links, link(20+n, rapid.IntRange(1, 4).Draw(t, "a"), rapid.IntRange(1, 4).Draw(t, "b"), rapid.Bool().Draw(t, "same")))
	}
	for n := range rapid.IntRange(0, 8).Draw(t, "doses") {
		d := givenFrom(30+n, rapid.IntRange(1, 4).Draw(t, "of"), rapid.SampledFrom([]string{"OPV", "BCG"}).Draw(t, "vaccine"),
			int64(20_000+rapid.IntRange(0, 3).Draw(t, "day")), registry.Source(rapid.IntRange(1, 3).Draw(t, "source")))
		switch rapid.IntRange(0, 6).Draw(t, "dose") {
		case 0:
			d = unborn(d)
		case 1:
			d = with(d, p.FieldVoid, p.Text("x"))
		case 2:
			d = with(d, p.FieldSubject, p.Ref(id(rapid.IntRange(1, 4).Draw(t, "of"))))
		case 3:
			d = with(d, registry.DoseLot, p.Text("A"), p.Text("B"))
		}
		c.Doses = append(c.Doses, d)
	}
	return c
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		want := CaseRows(c)
		again := Case{
			Subjects: rapid.Permutation(append(c.Subjects, c.Subjects...)).Draw(t, "subjects"),
			Doses:    rapid.Permutation(append(c.Doses, c.Doses...)).Draw(t, "doses"),
			Links:    rapid.Permutation(append(c.Links, c.Links...)).Draw(t, "links"),
		}
		if got := CaseRows(again); !reflect.DeepEqual(got, want) {
			t.Fatalf("other order:\n%+v\nwant\n%+v", got, want)
		}
	})
}

// TestComponentsDoNotMatter projects people who have nothing to do with each other one by one and together.
func TestComponentsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCase(t)
		whole := CaseRows(c)
		parts := newComponents(c)
		var doses []ImmunizationRow
		seen := map[p.EntityID]bool{}
		for n := 1; n <= 4; n++ {
			root := parts.root(id(n))
			if seen[root] {
				continue
			}
			seen[root] = true
			part := Case{Links: c.Links}
			for _, s := range c.Subjects {
				if parts.root(s.ID) == root {
					part.Subjects = append(part.Subjects, s)
				}
			}
			for _, s := range c.Doses {
				if of, _ := s.Get(p.FieldSubject).Ref(); parts.root(of) == root {
					part.Doses = append(part.Doses, s)
				}
			}
			doses = append(doses, CaseRows(part).Doses...)
		}
		// A dose that stands for somebody who is not here, and names somebody who is, has no row in the whole.
		doses = slices.DeleteFunc(doses, func(r ImmunizationRow) bool { return slices.Contains(whole.Elsewhere, r.ID) })
		slices.SortFunc(doses, func(a, b ImmunizationRow) int { return a.ID.Compare(b.ID) })
		if len(doses)+len(whole.Doses) > 0 && !reflect.DeepEqual(doses, whole.Doses) {
			t.Fatalf("part by part:\n%+v\nwant\n%+v", doses, whole.Doses)
		}
	})
}

// TestCoverageByDifference replaces a case by another again and again and keeps the counts by the
// difference of rows; they must be those counted from scratch.
func TestCoverageByDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := map[CoverageKey]int{}
		stored := map[p.EntityID]ImmunizationRow{}
		for range rapid.IntRange(1, 8).Draw(t, "edits") {
			rows := map[p.EntityID]ImmunizationRow{}
			for _, r := range CaseRows(drawCase(t)).Doses {
				rows[r.ID] = r
			}
			for n := 30; n < 40; n++ {
				old, had := stored[id(n)]
				row, has := rows[id(n)]
				if k, ok := old.Coverage(); had && ok {
					if kept[k]--; kept[k] == 0 {
						delete(kept, k)
					}
				}
				if k, ok := row.Coverage(); has && ok {
					kept[k]++
				}
			}
			stored = rows
			scratch := map[CoverageKey]int{}
			for _, r := range rows {
				if k, ok := r.Coverage(); ok {
					scratch[k]++
				}
			}
			if !reflect.DeepEqual(kept, scratch) {
				t.Fatalf("kept %v, counted %v", kept, scratch)
			}
		}
	})
}

// TestSeriesHaveNoGaps checks what every series must satisfy: numbers from 1 without gaps, by date.
func TestSeriesHaveNoGaps(t *testing.T) {
	type series struct {
		kase    p.EntityID
		vaccine string
	}
	rapid.Check(t, func(t *rapid.T) {
		all := map[series][]ImmunizationRow{}
		for _, r := range CaseRows(drawCase(t)).Doses {
			if r.Counted != (r.Dose > 0) {
				t.Fatalf("counted %v with number %d", r.Counted, r.Dose)
			}
			if r.Counted {
				k := series{r.Case, r.Vaccine}
				all[k] = append(all[k], r)
			}
		}
		for k, rows := range all {
			slices.SortFunc(rows, func(a, b ImmunizationRow) int { return cmp.Compare(a.Dose, b.Dose) })
			for i, r := range rows {
				if r.Dose != int32(i+1) || i > 0 && r.GivenOn < rows[i-1].GivenOn {
					t.Fatalf("series %v: %+v", k, rows)
				}
			}
		}
	})
}
