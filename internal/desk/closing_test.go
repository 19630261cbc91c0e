package desk_test

import (
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A reason is proposed only if it explains what was found, and in its direction: a dose without a lot makes a count find less than the ledger
// says, never more; what was opened after the count explains nothing.
func TestReasonOfAGapIsProposedInItsDirection(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	month := d.Today().Month() - 1
	day := func(n int) registry.Day { return month.First() + registry.Day(n-1) }
	for _, lot := range []string{"A-1", "B-1"} {
		in := received("BCG", lot, 40, day(300))
		in.Day, in.Clock = day(2), registry.NewClock(9, 0)
		moved(t, d, tr.Nurse, in)
	}
	kid := child(t, tr, "Vàng A An", day(1).ISO())
	if _, err := d.RecordVisit(t.Context(), tr.Nurse, desk.Visit{Subject: kid, GivenOn: day(10), Screening: registry.ScreeningEligible, Doses: []registry.ImmunizationInput{{Vaccine: "BCG"}}}); err != nil {
		t.Fatal(err)
	}
	for lot, found := range map[string]int{"A-1": 41, "B-1": 39} {
		if _, err := d.CountStock(t.Context(), tr.Nurse, []registry.StockCountInput{{Item: "BCG", Lot: lot, Quantity: found, Day: day(20), Clock: registry.NewClock(16, 0)}}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := d.MonthToClose(t.Context(), tr.Nurse, month)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]registry.GapReason{}
	for i := range m.Gaps {
		if g := &m.Gaps[i]; len(g.Causes) != 1 || g.Causes[0] != (desk.GapCause{Reason: registry.GapNoLot, N: 1}) {
			t.Errorf("of %s may be why: %+v", g.Number, g.Causes)
		}
		got[m.Gaps[i].Number] = m.Gaps[i].Reason
	}
	if len(got) != 2 || got["A-1"] != 0 || got["B-1"] != registry.GapNoLot {
		t.Errorf("proposed: %v", got)
	}
}
