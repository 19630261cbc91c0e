package desk_test

import (
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// An opened vial is kept for 28 days only where the head says that the product may be, and only while its monitor is good.
func TestVialKeptFor28Days(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	good := registry.MovementInput{Item: "IPV", Lot: "V-1", Quantity: 20, Vial: 10, VVM: 1, Expires: d.Today() + 10, Type: registry.MoveReceived}
	bare := good
	bare.Lot, bare.VVM = "V-2", 0
	moved(t, d, tr.Nurse, good, bare)
	moved(t, d, tr.Nurse, registry.MovementInput{Item: "IPV", Lot: "V-1", Quantity: 10, Type: registry.MoveOpened}, registry.MovementInput{Item: "IPV", Lot: "V-2", Quantity: 10, Type: registry.MoveOpened})
	until := func(lot string) int64 {
		t.Helper()
		s, err := d.StockHere(t.Context(), tr.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range s.Open {
			if v.Number == lot {
				return v.Until - v.Opened
			}
		}
		return -1
	}
	if got := until("V-1"); got != registry.OpenMinutesMax {
		t.Errorf("where nobody said otherwise a vial is kept for %d minutes", got)
	}
	if err := d.SetKeptOpen(t.Context(), tr.Nurse, []string{"IPV"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a nurse decides it: %v", err)
	}
	if err := d.SetKeptOpen(t.Context(), tr.Head, []string{"VNNB"}); err == nil {
		t.Error("Jevax is kept for 28 days")
	}
	if err := d.SetKeptOpen(t.Context(), tr.Head, []string{"IPV"}); err != nil {
		t.Fatal(err)
	}
	const day = 24 * 60
	if got := until("V-1"); got != 11*day-8*60 {
		t.Errorf("a vial with a monitor, whose lot expires in 10 days, is kept for %d minutes", got)
	}
	if got := until("V-2"); got != registry.OpenMinutesMax {
		t.Errorf("a vial whose monitor nobody wrote is kept for %d minutes", got)
	}
	tr.Clock().Add(9 * 24 * time.Hour)
	if until("V-1") < 0 {
		t.Error("after nine days nobody knows of the vial")
	}
	if on, err := d.WantsSecond(t.Context()); err != nil || on {
		t.Errorf("another practice changed: %v, %v", on, err)
	}
	worse := good
	worse.VVM, worse.Quantity = 3, 1
	moved(t, d, tr.Nurse, worse)
	if got := until("V-1"); got != registry.OpenMinutesMax {
		t.Errorf("a vial whose monitor is at stage 3 is kept for %d minutes", got)
	}
}

// The times themselves, at their limits.
func TestOpenUntil(t *testing.T) {
	opened := registry.Moment(20_000, registry.NewClock(8, 0))
	for name, x := range map[string]struct {
		vaccine string
		expires registry.Day
		vvm     int
		kept    []string
		want    int64
	}{
		"kept":               {"IPV", 0, 1, []string{"IPV"}, registry.OpenDaysMax * 24 * 60},
		"stage 2":            {"IPV", 20_100, 2, []string{"IPV"}, registry.OpenDaysMax * 24 * 60},
		"stage 3":            {"IPV", 20_100, 3, []string{"IPV"}, registry.OpenMinutesMax},
		"no monitor":         {"IPV", 20_100, 0, []string{"IPV"}, registry.OpenMinutesMax},
		"not said":           {"IPV", 20_100, 1, []string{"BOPV"}, registry.OpenMinutesMax},
		"mixed":              {"SOI", 20_100, 1, []string{"SOI"}, registry.OpenMinutesMax},
		"expires that night": {"IPV", 20_000, 1, []string{"IPV"}, 16 * 60},
	} {
		if got, _ := registry.OpenUntil(x.vaccine, opened, x.expires, x.vvm, x.kept); got-opened != x.want {
			t.Errorf("%s: %d minutes, want %d", name, got-opened, x.want)
		}
	}
}
