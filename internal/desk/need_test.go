package desk_test

import (
	"errors"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// recountDue counts from the rows of each child, one by one, what is due to it until a day: not by the lists that needs ask.
func recountDue(t *testing.T, d *desk.Desk, children []p.EntityID, until registry.Day) map[string]int {
	t.Helper()
	out := map[string]int{}
	today := d.Today()
	err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for _, id := range children {
			rows, err := tx.DueOf(id)
			if err != nil {
				return err
			}
			for i := range rows {
				r := &rows[i]
				late := r.Overdue != 0 && r.Overdue <= today
				switch {
				case r.Status != project.DueOpen || r.Recommended > until:
				case late && (r.Overdue < today-365 || r.Latest != 0 && r.Latest < today):
				case !late && r.Latest != 0 && r.Latest < max(r.Recommended, today):
				default:
					out[r.Vaccine]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The needs of a station are recounted from its children, its ledger and its plan, one by one.
func TestNeedsAreRecounted(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	today := d.Today()
	month := today.Month() + 1
	var children []p.EntityID
	for i, age := range []registry.Day{3, 20, 45, 62, 75, 100, 200, 270, 300, 520, 560, 800} {
		id, _, err := d.Register(t.Context(), tree.Nurse, registry.SubjectInput{Place: tree.Commune, Name: "Lò Thị " + string(rune('A'+i)), BirthDate: today - age, MotherName: "Vì Thị " + string(rune('A'+i))}, true)
		if err != nil {
			t.Fatal(err)
		}
		children = append(children, id)
	}
	for i, v := range []string{"BCG", "DPT-VGB-HIB"} {
		if _, err := d.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: children[3+i], GivenOn: today - 1, Doses: []registry.ImmunizationInput{{Vaccine: v, Lot: v + "-1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	moved(t, d, tree.Nurse, received("BCG", "BCG-1", 40, today+900), received("MR", "MR-1", 50, month.First()+4), received(registry.SupplyAD05, "", 7, 0))
	if _, _, err := d.PlanSessions(t.Context(), tree.Nurse, registry.SessionInput{From: registry.NewClock(7, 30), Until: registry.NewClock(11, 0), Capacity: 20}, []registry.Day{month.First() + 4, month.First() + 11}); err != nil {
		t.Fatal(err)
	}
	year, _, _ := month.First().Date()
	setTarget(t, d, tree.Head, tree.Commune, year, map[registry.TargetGroup]*registry.TargetNumber{registry.TargetUnder1: people(400, registry.TargetStatistics), registry.TargetAge1: people(13, registry.TargetOwnCount)})
	if err := d.WorkOutDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	needs, err := d.Needs(t.Context(), tree.Nurse, desk.NeedQuery{Coverage: 100, Buffer: 0})
	if err != nil {
		t.Fatal(err)
	}
	due := recountDue(t, d, children, month.Last())
	if len(due) < 5 {
		t.Fatalf("only %d vaccines are due: %v", len(due), due)
	}
	planned := map[string]int{"DPT-VGB-HIB": 100, "BOPV": 100, "IPV": 67, "ROTA": 67, "PCV": 100, "SOI": 34, "MR": 2, "DPT": 2} // 400 × 3 ÷ 12, 400 × 2 ÷ 12, 400 ÷ 12, 13 ÷ 12
	seen := map[string]*desk.NeedLine{}
	for i := range needs.Lines {
		l := &needs.Lines[i]
		seen[l.Vaccine] = l
		if l.Registered != due[l.Vaccine] {
			t.Errorf("%s: %d are due, counted one by one %d", l.Vaccine, l.Registered, due[l.Vaccine])
		}
		if want, said := planned[l.Vaccine]; l.HasPlan != said || l.Planned != want {
			t.Errorf("%s: planned %d (%v), want %d", l.Vaccine, l.Planned, l.HasPlan, want)
		}
		if l.Due != max(due[l.Vaccine], planned[l.Vaccine]) {
			t.Errorf("%s: to give %d of %d and %d", l.Vaccine, l.Due, due[l.Vaccine], planned[l.Vaccine])
		}
		if l.Sessions != 2 || !l.Sessioned {
			t.Errorf("%s is given at %d sessions", l.Vaccine, l.Sessions)
		}
	}
	for v := range due {
		if seen[v] == nil {
			t.Errorf("nobody plans for %s, of which %d are due", v, due[v])
		}
	}
	// 39 of BCG are left and keep; the MR lot expires within the month, and most of it is left then.
	if l := seen["BCG"]; l.Usable != 39 {
		t.Errorf("BCG: %d usable", l.Usable)
	}
	if l := seen["MR"]; len(l.Lots) != 1 || l.Usable+l.Lots[0].Left != 50 || l.Usable > 10 || l.Vials < 1 {
		t.Errorf("MR: usable %d, lots %+v, %d vials", l.Usable, l.Lots, l.Vials)
	}
	// Penta comes in single doses: 100 × 1.05, none in the store.
	ask := needs.Proposed()
	if l := seen["DPT-VGB-HIB"]; l.Need.Used != 105 || ask["DPT-VGB-HIB"] != 105 {
		t.Errorf("DPT-VGB-HIB: used %d, to ask for %d", l.Need.Used, ask["DPT-VGB-HIB"])
	}
	if ask[registry.SupplyBox] < 1 || ask[registry.SupplyAD05] == 0 {
		t.Errorf("supplies: %v", ask)
	}
	// Whoever is counted is listed, and that is written down.
	_, list, total, err := d.NeedPeople(t.Context(), tree.Nurse, desk.NeedQuery{Coverage: -1, Buffer: -1}, "DPT-VGB-HIB", 0)
	if err != nil || total != due["DPT-VGB-HIB"] || len(list) != total {
		t.Errorf("%d of %d are listed, %v; %d are due", len(list), total, err, due["DPT-VGB-HIB"])
	}
	// The hub adds up what its communes lack.
	tree.Sync(t)
	if err := tree.Hub.WorkOutDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	above, err := tree.Hub.Needs(t.Context(), tree.Officer, desk.NeedQuery{Place: tree.Province, Coverage: 100, Buffer: 0})
	if err != nil || above.Lacking()["DPT-VGB-HIB"] != 105 {
		t.Errorf("the province lacks %v, %v", above.Lacking(), err)
	}
}

func TestNeedsRefused(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	now := d.Today().Month()
	for _, x := range []struct {
		q    desk.NeedQuery
		code registry.Code
	}{
		{desk.NeedQuery{Month: now + desk.NeedAheadMax + 1}, registry.CodeRange},
		{desk.NeedQuery{Month: now - 1}, registry.CodeRange},
		{desk.NeedQuery{Coverage: registry.NeedCoverageMax + 1}, registry.CodeRange},
		{desk.NeedQuery{Buffer: registry.NeedBufferMax + 1}, registry.CodeRange},
	} {
		_, err := d.Needs(t.Context(), tree.Nurse, x.q)
		refusedFor(t, err, x.code)
	}
	if _, err := d.Needs(t.Context(), tree.Nurse, desk.NeedQuery{Month: now + desk.NeedAheadMax, Coverage: registry.NeedCoverageMax, Buffer: registry.NeedBufferMax}); err != nil {
		t.Errorf("at the limits: %v", err)
	}
	if _, err := d.Needs(t.Context(), tree.Nurse, desk.NeedQuery{Place: tree.Province}); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("a station of its province: %v", err)
	}
	if _, err := d.Wastage(t.Context(), tree.Nurse, p.EntityID{}, desk.WastageMonthsMax); err != nil {
		t.Error(err)
	}
	_, err := d.Wastage(t.Context(), tree.Nurse, p.EntityID{}, desk.WastageMonthsMax+1)
	refusedFor(t, err, registry.CodeRange)
}

// Wastage by vaccine and month, by hand: 3 given, 7 thrown away with the vial, 10 unopened, of the programme's stock alone.
func TestWastageOfAMonth(t *testing.T) {
	tree := nodetest.New(t)
	d := tree.Station.Desk
	moved(t, d, tree.Nurse, received("MR", "MR-1", 100, d.Today()+300))
	for i := range 3 {
		id := child(t, tree, "Lò Gia "+string(rune('A'+i)), "2025-01-18")
		if _, err := d.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Against: "theo chỉ định", Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "MR", Lot: "MR-1"}}}); err != nil {
			t.Fatal(err)
		}
	}
	throw := func(n int, reason registry.DiscardReason, stock registry.Programme) []p.EntityID {
		return moved(t, d, tree.Nurse, registry.MovementInput{Item: "MR", Lot: "MR-1", Type: registry.MoveDiscarded, Quantity: n, Reason: reason, Stock: stock})
	}
	throw(7, registry.DiscardOpenRest, 0)
	throw(10, registry.DiscardBroken, 0)
	throw(20, registry.DiscardExpired, registry.ProgrammePaid)
	if err := d.VoidStock(t.Context(), tree.Nurse, "nhầm", throw(30, registry.DiscardHeat, 0)...); err != nil {
		t.Fatal(err)
	}
	table, err := d.Wastage(t.Context(), tree.Nurse, p.EntityID{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	m := table.By["MR"][1]
	if want := (registry.Wastage{Given: 3, Rest: 7, Closed: 10, Months: 1}); m.Wastage != want || m.OpenRate() != 700 || m.ClosedRate() != 500 || m.Rate() != 850 || m.Days != 1 || m.Reasons[registry.DiscardBroken] != 10 {
		t.Errorf("%+v", m)
	}
	if before := table.By["MR"][0]; before.Opened()+before.Closed != 0 {
		t.Errorf("the month before: %+v", before)
	}
}

// What those above recalled is not there to be used: the need is as if the store held none of it, at the station and at the hub.
func TestARecalledLotIsNotPlannedWith(t *testing.T) {
	tr := nodetest.New(t)
	child(t, tr, "Vàng A An", "2026-01-18")
	for _, x := range []struct {
		d   *desk.Desk
		who desk.Who
	}{{tr.Station.Desk, tr.Nurse}, {tr.Hub.Desk, tr.Officer}} {
		moved(t, x.d, x.who, received(penta, "A24-123", 100, x.d.Today()+200))
	}
	ask := func() (usable int, store int64) {
		t.Helper()
		tr.Sync(t)
		at, err := tr.Station.Needs(t.Context(), tr.Nurse, desk.NeedQuery{Coverage: -1, Buffer: -1})
		if err != nil {
			t.Fatal(err)
		}
		above, err := tr.Hub.Desk.Needs(t.Context(), tr.Officer, desk.NeedQuery{Place: tr.Province, Coverage: -1, Buffer: -1})
		if err != nil {
			t.Fatal(err)
		}
		for i := range at.Lines {
			if at.Lines[i].Vaccine == penta {
				usable = at.Lines[i].Usable
			}
		}
		return usable, above.Store[penta]
	}
	if usable, store := ask(); usable != 100 || store != 100 {
		t.Fatalf("before the recall %d may be used, the store has %d", usable, store)
	}
	recalled(t, tr.Hub.Desk, tr.Officer, recallOf(tr.Nation, "a24 123", registry.CareNothing, tr.Hub.Today()))
	if usable, store := ask(); usable != 0 || store != 0 {
		t.Errorf("of a recalled lot %d may be used, the store has %d", usable, store)
	}
}
