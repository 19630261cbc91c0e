package desk_test

import (
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What doses of days that are past say of lots is kept in memory. A dose that changes, or that comes from a colleague's machine, is seen
// at once all the same.
func TestLotsFollowDosesOfDaysPast(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	who := child(t, tr, "Lò Gia Bảo", "2026-06-02")
	in := registry.ImmunizationInput{Vaccine: "DPT-VGB-HIB", Lot: "A-1", GivenOn: d.Today() - 20, Source: registry.SourceHere}
	give := func(lot string, ago registry.Day) p.EntityID {
		t.Helper()
		in.Lot, in.GivenOn, in.Subject, in.Place = lot, d.Today()-ago, who, tr.Facility
		var id p.EntityID
		if _, err := d.Node.Append(t.Context(), tr.Nurse.User, func(_ store.Tx, of func(int) p.EntityID) ([]registry.Draft, error) {
			draft, err := registry.NewImmunization(in, registry.Known{Today: d.Today()})
			id = of(0)
			return []registry.Draft{draft}, err
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	known := func(what string, want ...string) {
		t.Helper()
		all, err := d.KnownLots(t.Context(), tr.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range all[in.Vaccine] {
			got = append(got, l.Number)
		}
		if len(got) != len(want) {
			t.Fatalf("%s the lots are %q, want %q", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s the lots are %q, want %q", what, got, want)
			}
		}
	}
	first := give("A-1", 20)
	known("after a dose", "A-1")
	give("B-2", 10)
	known("after a later one", "B-2", "A-1")
	give("C-3", 63)
	known("after one of long ago", "B-2", "A-1")
	void(t, d, tr.Nurse, first)
	known("after the first was taken back", "B-2")
}

// void takes a dose back.
func void(t *testing.T, d *desk.Desk, who desk.Who, id p.EntityID) {
	t.Helper()
	var saw registry.Saw
	if err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(id)
		if err == nil {
			saw = registry.SawOf(s)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.VoidDose(t.Context(), who, id, "ghi nhầm", saw); err != nil {
		t.Fatal(err)
	}
}
