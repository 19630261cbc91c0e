package registry

import (
	"slices"
	"testing"
	"time"

	p "tramy/syncproto"
)

func TestTwiceRecorded(t *testing.T) {
	day := func(y int, m time.Month, d int) Day { return dayOf(y, m, d) }
	here, told := true, false
	for _, x := range []struct {
		name   string
		a, b   Told
		expect Twice
	}{
		{"one day", Told{"DPT-VGB-HIB", day(2026, 3, 12), here, "A"}, Told{"DPT-VGB-HIB", day(2026, 3, 12), here, "B"}, TwiceDay},
		{"another vaccine", Told{"DPT-VGB-HIB", day(2026, 3, 12), here, ""}, Told{"BOPV", day(2026, 3, 12), here, ""}, 0},
		{"six days", Told{"BOPV", day(2026, 3, 12), here, ""}, Told{"BOPV", day(2026, 3, 18), here, ""}, TwiceNear},
		{"a week", Told{"BOPV", day(2026, 3, 12), here, ""}, Told{"BOPV", day(2026, 3, 19), here, ""}, 0},
		{"a card's day beside one's own", Told{"BOPV", day(2026, 3, 12), here, ""}, Told{"BOPV", day(2026, 4, 8), told, ""}, TwiceNear},
		{"four weeks beside one's own", Told{"BOPV", day(2026, 3, 12), here, ""}, Told{"BOPV", day(2026, 4, 9), told, ""}, 0},
		{"the second against encephalitis", Told{"VNNB", day(2026, 3, 12), here, ""}, Told{"VNNB", day(2026, 3, 20), told, ""}, 0},
		{"a day apart against encephalitis", Told{"VNNB", day(2026, 3, 12), here, ""}, Told{"VNNB", day(2026, 3, 13), told, ""}, TwiceNear},
		{"rabies on days 0 and 3", Told{"DAI-PEP", day(2026, 3, 12), here, ""}, Told{"DAI-PEP", day(2026, 3, 15), here, ""}, 0},
		{"rabies twice a day", Told{"DAI-PEP", day(2026, 3, 12), here, ""}, Told{"DAI-PEP", day(2026, 3, 12), here, ""}, TwiceDay},
		{"day and month exchanged", Told{"BOPV", day(2026, 3, 5), here, ""}, Told{"BOPV", day(2026, 5, 3), told, ""}, TwiceSwapped},
		{"5 March and 3 May, both given here", Told{"BOPV", day(2026, 3, 5), here, "A1"}, Told{"BOPV", day(2026, 5, 3), here, "B7"}, 0},
		{"exchanged, of one lot", Told{"BOPV", day(2026, 3, 5), here, "A-1"}, Told{"BOPV", day(2026, 5, 3), here, "a1"}, TwiceSwapped},
		{"no day", Told{"BOPV", 0, told, ""}, Told{"BOPV", 0, told, ""}, 0},
	} {
		for _, pair := range [][2]Told{{x.a, x.b}, {x.b, x.a}} {
			if got := TwiceRecorded(pair[0], pair[1]); got != x.expect {
				t.Errorf("%s: %q, want %q", x.name, got, x.expect)
			}
		}
	}
}

// Two machines may each say of another pair that they are two: neither word takes the other's away.
func TestToldApartAtOnce(t *testing.T) {
	log := p.LogID{1}
	id := func(n p.Seq) p.EntityID { return p.Dot{Log: log, Seq: n}.Entity() }
	s := &p.State{ID: id(1), Kind: KindImmunization, Fields: []p.FieldValues{{Field: DoseApart, Values: []p.Value{
		{Dot: p.Dot{Log: log, Seq: 7}, Data: RefsData([]p.EntityID{id(2)})},
		{Dot: p.Dot{Log: p.LogID{2}, Seq: 7}, Data: RefsData([]p.EntityID{id(3)})},
	}}}}
	if got := ApartOf(s); !slices.Equal(got, []p.EntityID{id(2), id(3)}) {
		t.Errorf("apart from %v", got)
	}
	draft := TellApart(s, id(2), false)
	if list, _ := draft.Writes[0].Data.List(); len(list) != 1 || len(draft.Writes[0].Supersedes) != 2 {
		t.Errorf("taken back: %v", draft.Writes)
	}
	if d := TellApart(s, id(3), true); !d.Empty() {
		t.Errorf("what is known is written again: %v", d)
	}
}
