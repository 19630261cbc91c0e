package desk_test

import (
	"slices"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// What a fridge that was too warm has touched is what the ledger has there at that hour: not what came later, nor what was used up.
func TestVaccinesThen(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	today := d.Today()
	on := func(day registry.Day, hour int, in registry.MovementInput) {
		t.Helper()
		in.Day, in.Clock = day, registry.NewClock(hour, 0)
		moved(t, d, tr.Nurse, in)
	}
	on(today-5, 9, received(penta, "A-1", 40, today+300))
	on(today-5, 9, received("SOI", "M-1", 10, today+300))
	on(today-3, 9, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: 10, Type: registry.MoveDiscarded, Reason: registry.DiscardHeat})
	on(today-1, 9, received("MR", "R-1", 20, today+300))
	on(today-5, 9, registry.MovementInput{Item: registry.SupplyAD05, Quantity: 100, Type: registry.MoveReceived})
	counted(t, d, tr.Nurse, penta, "A-1", 0) // today: it says nothing of before

	at := func(day registry.Day, hour int) int64 { return registry.Moment(day, registry.NewClock(hour, 0)) }
	lists, err := d.VaccinesThen(t.Context(), tr.Nurse, at(today-6, 9), at(today-4, 16), at(today-2, 16), at(today-1, 16), at(today, 23))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{nil, {"A-1", "M-1"}, {"A-1"}, {"A-1", "R-1"}, {"R-1"}} {
		var got []string
		for _, l := range lists[i] {
			got = append(got, l.Number)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("moment %d: %v, want %v", i+1, got, want)
		}
	}
}
