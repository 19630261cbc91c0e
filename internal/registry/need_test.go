package registry

import (
	"maps"
	"testing"
)

// The example that a nurse works out with a pocket calculator: each step by hand.
func TestNeedStepByStep(t *testing.T) {
	n := NeedOf(NeedInput{Vaccine: "MR", Vial: 10, Registered: 28, Planned: 33, HasPlan: true, Coverage: 95, Wastage: 25, Buffer: 25, Sessions: 4, Usable: 12})
	// 33 × 95 % = 31.35 → 32; × 1.33 = 42.56 → 43; a quarter of it 10.75 → 11; 54 > 4 × 10; 54 - 12 = 42 → 5 vials.
	want := Need{NeedInput: n.NeedInput, Due: 33, Reached: 32, Used: 43, Reserve: 11, AtLeast: 40, Wanted: 54, Lacking: 42, Vials: 5, Doses: 50}
	if n != want {
		t.Errorf("got %+v\nwant %+v", n, want)
	}
}

func TestNeedCases(t *testing.T) {
	for _, x := range []struct {
		name  string
		in    NeedInput
		due   int
		doses int
		by    bool
	}{
		{"more registered than planned", NeedInput{Vial: 1, Registered: 40, Newborn: 2, Planned: 30, HasPlan: true, Coverage: 100}, 42, 42, false},
		{"a vial opened at each session", NeedInput{Vial: 10, Registered: 3, Coverage: 100, Sessions: 4}, 3, 40, true},
		{"nobody due opens no vial", NeedInput{Vial: 10, Coverage: 100, Sessions: 4}, 0, 0, false},
		{"one dose a vial: sessions open none", NeedInput{Vial: 1, Registered: 3, Coverage: 100, Sessions: 9}, 3, 3, false},
		{"a target of nobody is a target", NeedInput{Vial: 1, HasPlan: true, Usual: 50, Coverage: 100}, 0, 0, false},
		{"a delivery room has what is usual", NeedInput{Vial: 1, Usual: 50, Coverage: 100}, 50, 50, false},
		{"enough on hand", NeedInput{Vial: 1, Registered: 10, Coverage: 100, Usable: 30}, 10, 0, false},
		{"a shortfall in the ledger adds nothing", NeedInput{Vial: 1, Registered: 10, Coverage: 100, Usable: -7}, 10, 10, false},
		{"no vial size said", NeedInput{Registered: 10, Coverage: 100}, 10, 10, false},
		{"nonsense is brought within its bounds", NeedInput{Vial: 1, Registered: 10, Coverage: 400, Wastage: 300, Buffer: -5}, 10, 200, false},
	} {
		n := NeedOf(x.in)
		if n.Due != x.due || n.Doses != x.doses || n.BySessions != x.by {
			t.Errorf("%s: due %d, doses %d, by sessions %v; want %d, %d, %v", x.name, n.Due, n.Doses, n.BySessions, x.due, x.doses, x.by)
		}
	}
}

func TestWastageFactor(t *testing.T) {
	for percent, want := range map[int]int{0: 100, 5: 105, 10: 111, 15: 118, 25: 133, 30: 143, 50: 200, needWastageMax: 2000, needWastageMax + 1: 2000, -1: 100} {
		if got := WastageFactor(percent); got != want {
			t.Errorf("%d %%: %d, want %d", percent, got, want)
		}
	}
}

func TestSuppliesFollow(t *testing.T) {
	needs := []Need{
		NeedOf(NeedInput{Vaccine: "BCG", Vial: 10, Registered: 18, Coverage: 100, Wastage: 50, Sessions: 4}),        // 36 doses, 40 by sessions: 4 vials
		NeedOf(NeedInput{Vaccine: "DPT-VGB-HIB", Vial: 1, Registered: 100, Coverage: 100, Wastage: 5, Sessions: 4}), // 105
		NeedOf(NeedInput{Vaccine: "BOPV", Vial: 20, Registered: 100, Coverage: 100, Wastage: 10, Sessions: 4}),      // no needle
	}
	got := map[string]SupplyNeed{}
	supplies := SuppliesFor(needs, 25, map[string]int{SupplyAD05: 20, SupplyMix5: 50, SupplyBox: -3})
	for _, s := range supplies {
		got[s.Item] = s
	}
	for item, want := range map[string][3]int{
		SupplyAD01:       {18, 25, 25},    // 18 × 1.11 = 19.98 → 20, + 5
		SupplyAD05:       {100, 139, 119}, // 111 + 28, less 20
		SupplyMix5:       {4, 7, 0},       // 4 vials: 4.44 → 5, + 2; 50 on hand
		SupplyBox:        {171, 2, 2},
		DiluentOf("BCG"): {4, 4, 4},
	} {
		if s := got[item]; [3]int{s.For, s.Wanted, s.Lacking} != want {
			t.Errorf("%s: for %d, wanted %d, lacking %d; want %v", item, s.For, s.Wanted, s.Lacking, want)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d supplies, want 5: %v", len(got), got)
	}
	order := ProposedOrder(needs, supplies)
	want := map[string]int{"BCG": 40, "DPT-VGB-HIB": 105, "BOPV": 120, SupplyAD01: 25, SupplyAD05: 119, SupplyBox: 2, DiluentOf("BCG"): 4}
	if !maps.Equal(order, want) {
		t.Errorf("proposed %v, want %v", order, want)
	}
}

// What cannot be used before it expires is told by lot, and does not count as being there for the month.
func TestUseUp(t *testing.T) {
	today, from, to := Day(100), Day(103), Day(132) // a month of 30 days, in 3 days
	lots := UseUp([]NeedLot{
		{Number: "never", Balance: 10},
		{Number: "far", Expires: 1000, Balance: 200},
		{Number: "soon", Expires: 112, Balance: 60}, // 6 before the month, 10 of its days: 20 doses
		{Number: "past", Expires: 99, Balance: 5},
		{Number: "short", Expires: 101, Balance: -4},
	}, today, from, to, 6, 60)
	want := []NeedLot{
		{Number: "past", Left: 5},
		{Number: "short"},
		{Number: "soon", Usable: 26, Left: 34},
		{Number: "far", Usable: 200, Left: 0},
		{Number: "never", Usable: 10},
	}
	for i, w := range want {
		if l := lots[i]; l.Number != w.Number || l.Usable != w.Usable || l.Left != w.Left {
			t.Errorf("%d: %s usable %d, left %d; want %s %d %d", i, l.Number, l.Usable, l.Left, w.Number, w.Usable, w.Left)
		}
	}
	// 2 doses a day: of a lot of a thousand that expires in a hundred days some is left, though all of it counts for the month.
	big := UseUp([]NeedLot{{Expires: 199, Balance: 1000}}, today, from, to, 0, 60)[0]
	if big.Usable != 1000 || big.Left != 1000-2*97 {
		t.Errorf("usable %d, left %d", big.Usable, big.Left)
	}
	// Within the month, before it begins: a share of what is used until then.
	if l := UseUp([]NeedLot{{Expires: 101, Balance: 9}}, today, from, to, 6, 60)[0]; l.Usable != 4 || l.Left != 5 {
		t.Errorf("before the month: usable %d, left %d", l.Usable, l.Left)
	}
}

func TestWastageRates(t *testing.T) {
	w := Wastage{Given: 60, Rest: 30, Closed: 10, Months: 6}
	if w.OpenRate() != 333 || w.ClosedRate() != 100 || w.Rate() != 400 {
		t.Errorf("open %d, closed %d, all %d", w.OpenRate(), w.ClosedRate(), w.Rate())
	}
	if p, own := w.PlanBy("MR"); p != 40 || !own {
		t.Errorf("planned by %d, own %v", p, own)
	}
	few := Wastage{Given: 20, Rest: 29, Months: 12}
	if p, own := few.PlanBy("MR"); p != 25 || own {
		t.Errorf("49 doses are enough: %d, %v", p, own)
	}
	if p, own := (Wastage{Given: 500, Months: 5}).PlanBy("BCG"); p != 50 || own {
		t.Errorf("5 months are enough: %d, %v", p, own)
	}
	if (Wastage{}).Rate() != -1 {
		t.Error("nothing has a rate")
	}
}

func TestNeedBounds(t *testing.T) {
	if a, b := NeedOf(NeedInput{Registered: 10, Coverage: NeedCoverageMax}), NeedOf(NeedInput{Registered: 10, Coverage: NeedCoverageMax + 1}); a.Reached != 10 || b.Reached != 10 {
		t.Errorf("coverage: %d, %d", a.Reached, b.Reached)
	}
	if a, b := NeedOf(NeedInput{Registered: 10, Coverage: 100, Buffer: NeedBufferMax}), NeedOf(NeedInput{Registered: 10, Coverage: 100, Buffer: NeedBufferMax + 1}); a.Reserve != 30 || b.Reserve != 30 {
		t.Errorf("buffer: %d, %d", a.Reserve, b.Reserve)
	}
}
