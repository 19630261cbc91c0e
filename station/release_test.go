package station_test

import (
	"context"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A child who lives elsewhere and was not seen for two years is let go, and is back with the first look.
func TestWhoWasNotSeenForTwoYearsIsLetGo(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	elsewhere, err := tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{Parent: tr.Province, Code: "gso:03369", Name: "Xã Khác", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	today := registry.Today(nodetest.Start, registry.VietnamOffset)
	visit := func(home p.EntityID, name string, given registry.Day) p.EntityID {
		t.Helper()
		id, _, err := tr.Station.Register(ctx, tr.Nurse, registry.SubjectInput{Place: home, Name: name, BirthDate: today - 1400, MotherName: "Lò Thị Mai"}, true)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tr.Station.RecordVisit(ctx, tr.Nurse, desk.Visit{Subject: id, GivenOn: given, Doses: []registry.ImmunizationInput{{Vaccine: "BCG"}}})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	silent := visit(elsewhere, "Lâu không thấy", today-900)
	lately := visit(elsewhere, "Mới tiêm", today-300)
	looked := visit(elsewhere, "Mới xem", today-900)
	own := visit(tr.Commune, "Người trong xã", today-900)
	if _, err := tr.Station.Open(ctx, tr.Nurse, looked); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)

	release := func() int {
		t.Helper()
		n, err := tr.Station.ReleaseSilent(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	tr.Clock().Add(20 * 365 * 24 * time.Hour)
	if n := release(); n != 0 {
		t.Errorf("a clock that jumped let %d children go", n)
	}
	tr.Clock().Add(-20 * 365 * 24 * time.Hour)
	if n := release(); n != 1 {
		t.Errorf("%d children were let go, want 1", n)
	}
	if n := release(); n != 0 {
		t.Errorf("%d children were let go twice", n)
	}
	tr.Sync(t)
	here := func(id p.EntityID) bool {
		in := false
		err := tr.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
			rows, err := tx.Routes(id)
			for _, r := range rows {
				in = in || r.Scope == tr.Commune && !r.Left
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	if here(silent) || !here(lately) || !here(looked) || !here(own) {
		t.Errorf("in the commune's scope: silent %v, lately %v, looked at %v, own %v", here(silent), here(lately), here(looked), here(own))
	}
	if _, err := tr.Station.Open(ctx, tr.Nurse, silent); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if !here(silent) {
		t.Error("a child who was looked at again does not come back")
	}
}
