package registry

import (
	"errors"
	"reflect"
	"testing"

	p "tramy/syncproto"
)

func someTarget(year int) TargetInput {
	return TargetInput{
		Place: someID(1), Year: year, By: someID(2), Document: "QĐ 12",
		Numbers: map[TargetGroup]TargetNumber{TargetBirths: {410, TargetStatistics}, TargetGirls11: {0, TargetOwnCount}},
	}
}

func TestTargetReadsBack(t *testing.T) {
	today := NewMonth(2026, 11).First()
	in := someTarget(2027)
	d, err := NewTarget(in, Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	s := stateOf(d, 3)
	got := TargetOf(s)
	if !reflect.DeepEqual(got.TargetInput, in) {
		t.Errorf("%+v", got)
	}
	// A number taken back is none; what was not shown is not overwritten.
	in.Numbers = map[TargetGroup]TargetNumber{TargetBirths: {412, TargetPlan}}
	if _, err := EditTarget(s, in, Known{Today: today}, Saw{}); err == nil {
		t.Error("what nobody saw was overwritten")
	}
	d, err = EditTarget(s, in, Known{Today: today}, SawOf(s))
	if err != nil || len(d.Writes) != 4 { // births and its source, girls and theirs
		t.Errorf("%d writes, %v", len(d.Writes), err)
	}
	// What a hostile machine writes is no number.
	for _, bad := range []p.Data{p.Int(-1), p.Int(TargetPeopleMax + 1), p.Text("410")} {
		if n, said := TargetOf(&p.State{Kind: KindTarget, Fields: []p.FieldValues{{Field: TargetPeopleOf(TargetBirths), Values: []p.Value{{Data: bad}}}}}).Numbers[TargetBirths]; said {
			t.Errorf("%v is %d people", bad, n.People)
		}
	}
}

func TestTargetLimits(t *testing.T) {
	today := NewMonth(2026, 11).First()
	for _, x := range []struct {
		name, field string
		set         func(*TargetInput, int)
		at, beyond  int
	}{
		{"people", "births", func(in *TargetInput, n int) { in.Numbers[TargetBirths] = TargetNumber{n, TargetPlan} }, TargetPeopleMax, TargetPeopleMax + 1},
		{"nobody", "births", func(in *TargetInput, n int) { in.Numbers[TargetBirths] = TargetNumber{n, TargetPlan} }, 0, -1},
		{"ahead", "year", func(in *TargetInput, n int) { in.Year = n }, 2026 + TargetYearsMax, 2026 + TargetYearsMax + 1},
		{"back", "year", func(in *TargetInput, n int) { in.Year = n }, 2026 - TargetYearsMax, 2026 - TargetYearsMax - 1},
	} {
		for n, ok := range map[int]bool{x.at: true, x.beyond: false} {
			in := someTarget(2026)
			x.set(&in, n)
			_, err := NewTarget(in, Known{Today: today})
			var list Errors
			if ok && err != nil || !ok && (!errors.As(err, &list) || !list.Has(x.field, CodeRange)) {
				t.Errorf("%s, %d: %v", x.name, n, err)
			}
		}
	}
	in := someTarget(2026)
	in.Numbers[TargetAge1] = TargetNumber{People: 5}
	var list Errors
	if _, err := NewTarget(in, Known{Today: today}); !errors.As(err, &list) || !list.Has("age1_source", CodeRequired) {
		t.Errorf("a number that rests on nothing: %v", err)
	}
}

// The word of the highest level stands; of one level's two the greater; that of a place nobody knows last.
func TestStandingTargets(t *testing.T) {
	levels := map[p.EntityID]Level{{1}: LevelProvince, {2}: LevelCommune, {3}: LevelFacility}
	word := func(by byte, people int) TargetWord {
		return TargetWord{By: p.EntityID{by}, TargetNumber: TargetNumber{People: people}}
	}
	got := StandingTargets([]TargetWord{word(9, 900), word(3, 50), word(1, 40), word(2, 60), word(1, 41)}, func(id p.EntityID) Level { return levels[id] })
	var people []int
	for _, w := range got {
		people = append(people, w.People)
	}
	if !reflect.DeepEqual(people, []int{41, 40, 60, 50, 900}) {
		t.Errorf("%v", people)
	}
}
