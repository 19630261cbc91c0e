package desk_test

import (
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// What a session takes out is out = used + brought back + thrown away, and all of it is the place's still.
func TestSessionTakesOut(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	ids, _, err := d.PlanSessions(t.Context(), tr.Nurse, registry.SessionInput{
		From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20, Setting: registry.SettingOutreach, Site: "bản Pha Thanh",
	}, []registry.Day{d.Today()})
	if err != nil {
		t.Fatal(err)
	}
	move := func(what registry.MoveType, n int, reason registry.DiscardReason) {
		t.Helper()
		moved(t, d, tr.Nurse, registry.MovementInput{Item: penta, Lot: "A24-123", Quantity: n, Type: what, Session: ids[0], Reason: reason})
	}
	moved(t, d, tr.Nurse, received(penta, "A24-123", 40, 0))
	move(registry.MoveTakenOut, 10, 0)
	mustGive(t, d, tr.Nurse, child(t, tr, "Vàng A An", "2026-07-18"), penta, "A24-123")
	rest := func() int64 {
		t.Helper()
		s, err := d.StockHere(t.Context(), tr.Nurse)
		if err != nil || len(s.Bags) != 1 {
			t.Fatal(err, s.Bags)
		}
		return s.Bags[0].Rest()
	}
	if got := rest(); got != 9 || balance(t, d, tr.Facility, penta, "A24-123") != 39 {
		t.Errorf("%d are out, want 9; the place has %d, want 39", got, balance(t, d, tr.Facility, penta, "A24-123"))
	}
	move(registry.MoveDiscarded, 2, registry.DiscardBroken)
	move(registry.MoveBrought, 7, 0)
	if got := rest(); got != 0 || balance(t, d, tr.Facility, penta, "A24-123") != 37 {
		t.Errorf("%d are out, want none; the place has %d, want 37", got, balance(t, d, tr.Facility, penta, "A24-123"))
	}
}

// A vial of several doses is open from its first dose on, has a clock, and what is left in it is thrown away.
func TestOpenVialHasAClock(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	moved(t, d, tr.Nurse, received("SOI", "M-1", 20, 0))
	if _, err := d.RecordVisit(t.Context(), tr.Nurse, desk.Visit{
		Subject: child(t, tr, "Vàng A An", "2026-01-18"), Screening: registry.ScreeningEligible, Against: "theo chỉ định", Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: "SOI", Lot: "M-1", GivenClock: registry.NewClock(8, 0)}},
	}); err != nil {
		t.Fatal(err)
	}
	open := func() []desk.OpenVial {
		t.Helper()
		s, err := d.StockHere(t.Context(), tr.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		return s.Open
	}
	vials := open()
	if len(vials) != 1 || vials[0].Rest != 9 || vials[0].Until-vials[0].Opened != registry.OpenMinutesMax {
		t.Fatalf("%+v, want one with 9 doses for six hours", vials)
	}
	moved(t, d, tr.Nurse, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: vials[0].Rest, Type: registry.MoveDiscarded, Reason: registry.DiscardOpenRest})
	if vials := open(); len(vials) != 0 {
		t.Errorf("still open: %+v", vials)
	}
	if got := balance(t, d, tr.Facility, "SOI", "M-1"); got != 10 {
		t.Errorf("%d doses, want the other vial", got)
	}
}

// At the dose the lot that must go first is proposed: by vial monitor, then expiry. What somebody took into the hand today stays.
func TestLotIsProposedByUse(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	inHand := func() string {
		t.Helper()
		lots, err := d.KnownLots(t.Context(), tr.Nurse)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lots[penta] {
			if l.InHand {
				return l.Number
			}
		}
		return ""
	}
	late, soon := received(penta, "MUON", 20, d.Today()+400), received(penta, "SOM", 20, d.Today()+100)
	gone := received(penta, "CU", 20, d.Today()-1)
	moved(t, d, tr.Nurse, late, soon, gone)
	if got := inHand(); got != "SOM" {
		t.Errorf("%q is proposed, want the one that expires first and may be given", got)
	}
	warm := late
	warm.VVM, warm.Quantity = 2, 1
	moved(t, d, tr.Nurse, warm)
	if got := inHand(); got != "MUON" {
		t.Errorf("%q is proposed, want the one whose monitor says so", got)
	}
	if err := d.ChooseLot(t.Context(), tr.Nurse, penta, "SOM", 0, 0); err != nil {
		t.Fatal(err)
	}
	if got := inHand(); got != "SOM" {
		t.Errorf("%q is in hand, want the vial that somebody took", got)
	}
	tr.Clock().Add(24 * time.Hour)
	if got := inHand(); got != "MUON" {
		t.Errorf("%q is proposed on the next day", got)
	}
}
