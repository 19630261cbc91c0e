package desk_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// received is a lot as it comes.
func received(item, lot string, n int, expires registry.Day) registry.MovementInput {
	return registry.MovementInput{Item: item, Lot: lot, Quantity: n, Expires: expires, Type: registry.MoveReceived}
}

func moved(t testing.TB, d *desk.Desk, who desk.Who, in ...registry.MovementInput) []p.EntityID {
	t.Helper()
	ids, err := d.MoveStock(t.Context(), who, in...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// counted writes that so many are there.
func counted(t testing.TB, d *desk.Desk, who desk.Who, item, lot string, n int) []p.EntityID {
	t.Helper()
	ids, err := d.CountStock(t.Context(), who, []registry.StockCountInput{{Item: item, Lot: lot, Quantity: n}})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// balance is what a node says a place has of a lot.
func balance(t testing.TB, d *desk.Desk, place p.EntityID, item, lot string) int64 {
	t.Helper()
	var n int64
	err := d.Node.Store().View(context.Background(), func(tx store.Tx) error {
		row, err := tx.StockRow(registry.NewStockKey(place, item, lot, 0))
		if row != nil {
			n = row.Balance()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func balances(t testing.TB, d *desk.Desk) []project.StockRow {
	t.Helper()
	var rows []project.StockRow
	if err := d.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
		rows, err = tx.Stock()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

// rebuilt fails if the balances that were kept by difference are not those that follow from the states.
func rebuilt(t testing.TB, d *desk.Desk) {
	t.Helper()
	before := balances(t, d)
	if _, err := d.Node.Rebuild(context.Background(), false, nil); err != nil {
		t.Fatal(err)
	}
	if after := balances(t, d); !slices.Equal(before, after) {
		t.Errorf("kept by difference\n%+v\nfollows from the states\n%+v", before, after)
	}
}

func TestStockIsSums(t *testing.T) {
	tr := nodetest.New(t)
	d, at := tr.Station.Desk, tr.Facility
	soon := d.Today() + 300
	child := child(t, tr, "Vàng A An", "2026-07-18")
	is := func(want int64, what string) {
		t.Helper()
		if got := balance(t, d, at, penta, "a 24/123"); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	moved(t, d, tr.Nurse, received(penta, "A24-123", 40, soon))
	is(40, "received")
	dose := mustGive(t, d, tr.Nurse, child, penta, "a24 123")
	is(39, "a dose was given, whose lot was typed in another way")
	var saw registry.Saw
	if err := d.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(dose)
		saw = registry.SawOf(s)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := d.VoidDose(t.Context(), tr.Nurse, dose, "ghi nhầm", saw); err != nil {
		t.Fatal(err)
	}
	is(40, "the dose was an error")
	gone := moved(t, d, tr.Nurse, registry.MovementInput{Item: penta, Lot: "A24-123", Quantity: 3, Type: registry.MoveDiscarded, Reason: registry.DiscardBroken})
	before := balance(t, d, at, penta, "A24-123")
	if err := d.VoidStock(t.Context(), tr.Nurse, "ghi nhầm", gone...); err != nil {
		t.Fatal(err)
	}
	is(before+3, "what was thrown away was an error")
	moved(t, d, tr.Nurse, registry.MovementInput{Item: penta, Lot: "A24-123", Quantity: 100, Type: registry.MoveIssued, Other: "Trạm xã bên"})
	is(before+3-100, "more left than there was: the shortfall is shown")
	counted(t, d, tr.Nurse, penta, "A24-123", 0)
	is(0, "nothing was found")
	rebuilt(t, d)
}

func TestStockRefusesWhatCannotBe(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	bad := func(in registry.MovementInput, field string, code registry.Code) {
		t.Helper()
		var list registry.Errors
		if _, err := d.MoveStock(t.Context(), tr.Nurse, in); !errors.As(err, &list) || !list.Has(field, code) {
			t.Errorf("%+v: %v, want %s: %s", in, err, field, code)
		}
	}
	bad(received("KHONG-CO", "A", 5, 0), "item", registry.CodeVaccineUnknown)
	bad(received(penta, "", 5, 0), "lot", registry.CodeRequired)
	bad(received(penta, "A", 0, 0), "quantity", registry.CodeRange)
	bad(received(penta, "A", -3, 0), "quantity", registry.CodeRange)
	bad(registry.MovementInput{Item: penta, Lot: "A", Quantity: 1, Type: registry.MoveDiscarded}, "reason", registry.CodeReasonRequired)
	bad(registry.MovementInput{Item: penta, Lot: "A", Quantity: 1, Type: registry.MoveReceived, Day: d.Today() + 1}, "day", registry.CodeDayFuture)
	var list registry.Errors
	if _, err := d.CountStock(t.Context(), tr.Nurse, []registry.StockCountInput{{Item: penta, Lot: "A", Quantity: -1}}); !errors.As(err, &list) || !list.Has("quantity-1", registry.CodeRange) {
		t.Errorf("a count below zero: %v", err)
	}
	if n := len(balances(t, d)); n != 0 {
		t.Errorf("%d balances of what was refused", n)
	}
	// What has expired and is in the fridge is in the ledger all the same.
	moved(t, d, tr.Nurse, received(penta, "CU-1", 5, d.Today()-10))
	if got := balance(t, d, tr.Facility, penta, "CU-1"); got != 5 {
		t.Errorf("an expired lot: %d", got)
	}
}

// A count names what it has seen: what was done before and arrives late is in it already, and what is done after is not.
func TestCountKnowsWhatItSaw(t *testing.T) {
	tr := nodetest.New(t)
	first := tr.Station.Desk
	second, sync := other(t, tr)
	an, binh := child(t, tr, "Vàng A An", "2026-07-18"), child(t, tr, "Thào A Bình", "2026-07-18")
	moved(t, first, tr.Nurse, received(penta, "A24-123", 40, first.Today()+300))
	tr.Sync(t)
	sync()
	// 08:00: the second laptop, which nobody hears, gives a dose. 08:30: the first counts; the dose is out of the fridge.
	mustGive(t, second, tr.Nurse, an, penta, "A24-123")
	tr.Clock().Add(30 * time.Minute)
	counted(t, first, tr.Nurse, penta, "A24-123", 39)
	// In the same minute, and after it, doses go on.
	if _, err := first.RecordVisit(t.Context(), tr.Nurse, desk.Visit{
		Subject: binh, Screening: registry.ScreeningEligible, Against: "theo chỉ định", Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: penta, Lot: "A24-123", GivenClock: registry.NewClock(8, 30)}},
	}); err != nil {
		t.Fatal(err)
	}
	if got := balance(t, first, tr.Facility, penta, "A24-123"); got != 38 {
		t.Errorf("a dose in the minute of the count that it had not seen: %d, want 38", got)
	}
	sync()
	tr.Sync(t)
	sync()
	for name, d := range map[string]*desk.Desk{"the one that counted": first, "the other": second, "the hub": tr.Hub.Desk} {
		if got := balance(t, d, tr.Facility, penta, "A24-123"); got != 38 {
			t.Errorf("%s: %d, want 38: a dose from before the count is not taken off twice", name, got)
		}
		rebuilt(t, d)
	}
}

// A count that is taken back, or turns out not to be the last, leaves the ledger as if it had not been.
func TestCountTakenBack(t *testing.T) {
	tr := nodetest.New(t)
	d := tr.Station.Desk
	an := child(t, tr, "Vàng A An", "2026-07-18")
	moved(t, d, tr.Nurse, received(penta, "A24-123", 40, 0))
	mustGive(t, d, tr.Nurse, an, penta, "A24-123")
	tr.Clock().Add(time.Hour)
	ids := counted(t, d, tr.Nurse, penta, "A24-123", 12)
	// One that was made before and is typed in now is not the last.
	if _, err := d.CountStock(t.Context(), tr.Nurse, []registry.StockCountInput{{Item: penta, Lot: "A24-123", Quantity: 7, Day: d.Today() - 1}}); err != nil {
		t.Fatal(err)
	}
	if got := balance(t, d, tr.Facility, penta, "A24-123"); got != 12 {
		t.Errorf("an older count came later: %d, want 12", got)
	}
	if err := d.VoidStock(t.Context(), tr.Nurse, "đếm nhầm", ids...); err != nil {
		t.Fatal(err)
	}
	if got := balance(t, d, tr.Facility, penta, "A24-123"); got != 7+40-1 {
		t.Errorf("the count was taken back: %d, want 46: counted yesterday, then 40 received and 1 given", got)
	}
	rebuilt(t, d)
}

// What a store sends is on its way until the station confirms, with its own numbers; both see a difference.
func TestTransferIsConfirmedByItsReceiver(t *testing.T) {
	tr := nodetest.New(t)
	hub, station := tr.Hub.Desk, tr.Station.Desk
	moved(t, hub, tr.Officer, received(penta, "A24-123", 1000, hub.Today()+300), received(registry.SupplyAD05, "", 5000, 0))
	id, err := hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Number: "0093", Lines: []registry.TransferLine{
		{Item: penta, Lot: "A24-123", Quantity: 40, Expires: hub.Today() + 300}, {Item: registry.SupplyAD05, Quantity: 100},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := balance(t, hub, tr.Nation, penta, "A24-123"); got != 960 {
		t.Errorf("the store has %d, want 960", got)
	}
	tr.Sync(t)
	see := func(d *desk.Desk, who desk.Who) *desk.Stock {
		t.Helper()
		s, err := d.StockHere(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := see(station, tr.Nurse); len(s.Coming) != 1 || s.Coming[0].Number != "0093" || balance(t, station, tr.Facility, penta, "A24-123") != 0 {
		t.Fatalf("on its way: %+v", s.Coming)
	}
	if s := see(hub, tr.Officer); len(s.Sent) != 1 || s.Sent[0].Taken {
		t.Fatalf("the store sees %+v", s.Sent)
	}
	if err := station.TakeConsignment(t.Context(), tr.Nurse, id, []int{38, 100}, "vỡ 2"); err != nil {
		t.Fatal(err)
	}
	var list registry.Errors
	if err := station.TakeConsignment(t.Context(), tr.Nurse, id, nil, ""); !errors.As(err, &list) || !list.Has("lines", registry.CodeDeliveryTaken) {
		t.Errorf("confirmed twice at one laptop: %v", err)
	}
	tr.Sync(t)
	for name, d := range map[string]*desk.Desk{"the station": station, "the store": hub} {
		if got := balance(t, d, tr.Facility, penta, "A24-123"); got != 38 {
			t.Errorf("%s: the station has %d, want 38", name, got)
		}
		if got := balance(t, d, tr.Facility, registry.SupplyAD05, ""); got != 100 {
			t.Errorf("%s: the station has %d syringes, want 100", name, got)
		}
		rebuilt(t, d)
	}
	if s := see(hub, tr.Officer); len(s.Sent) != 1 || !s.Sent[0].Differs() || s.Sent[0].Got[0] != 38 {
		t.Errorf("the store sees %+v", s.Sent)
	}
	if s := see(station, tr.Nurse); len(s.Coming) != 0 || len(s.Odd) != 1 {
		t.Errorf("the station sees %+v, %+v", s.Coming, s.Odd)
	}
	if err := hub.VoidStock(t.Context(), tr.Officer, "nhầm", id); !errors.As(err, &list) {
		t.Errorf("the sender takes back what arrived: %v", err)
	}
}

// Two laptops that do not hear each other confirm one delivery: it came once. The later word stands, and both are shown.
func TestTransferConfirmedTwice(t *testing.T) {
	tr := nodetest.New(t)
	first := tr.Station.Desk
	second, sync := other(t, tr)
	hub := tr.Hub.Desk
	id, err := hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Lines: []registry.TransferLine{{Item: penta, Lot: "A24-123", Quantity: 40}}})
	if err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	sync()
	if err := first.TakeConsignment(t.Context(), tr.Nurse, id, nil, ""); err != nil {
		t.Fatal(err)
	}
	tr.Clock().Add(10 * time.Minute)
	if err := second.TakeConsignment(t.Context(), tr.Nurse, id, []int{39}, ""); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	sync()
	tr.Sync(t)
	for name, d := range map[string]*desk.Desk{"first": first, "second": second, "hub": hub} {
		if got := balance(t, d, tr.Facility, penta, "A24-123"); got != 39 {
			t.Errorf("%s: %d, want 39", name, got)
		}
		rebuilt(t, d)
	}
	x, err := first.Consignment(t.Context(), tr.Nurse, id)
	if err != nil || !x.Twice || x.Got[0] != 39 {
		t.Errorf("%+v, %v", x, err)
	}
	if got := balance(t, hub, tr.Nation, penta, "A24-123"); got != -40 {
		t.Errorf("the store, which never entered any, has %d", got)
	}
}

// Whatever comes in whatever order, from three laptops that hear of each other by chance: all nodes say the same in the end, and what
// they kept by difference follows from the states.
func TestStockInAnyOrder(t *testing.T) {
	tr := nodetest.New(t)
	second, syncSecond := other(t, tr)
	desks := []*desk.Desk{tr.Station.Desk, second}
	syncs := []func(){func() { tr.Sync(t) }, syncSecond}
	people := []p.EntityID{child(t, tr, "Vàng A An", "2026-07-18"), child(t, tr, "Thào A Bình", "2026-07-18"), child(t, tr, "Lường Thị Chi", "2026-07-18")}
	tr.Sync(t)
	syncSecond()
	rng := rand.New(rand.NewPCG(8, 27))
	lots := []string{"A24-123", "a24123", "B-7"}
	given := map[int]bool{}
	var wrote [2][]p.EntityID
	for step := range 60 {
		tr.Clock().Add(time.Duration(rng.IntN(40)) * time.Minute)
		i := rng.IntN(2)
		d := desks[i]
		lot := lots[rng.IntN(len(lots))]
		var ids []p.EntityID
		switch rng.IntN(7) {
		case 0:
			ids = moved(t, d, tr.Nurse, received(penta, lot, 1+rng.IntN(40), d.Today()+200))
		case 1:
			ids = moved(t, d, tr.Nurse, registry.MovementInput{Item: penta, Lot: lot, Quantity: 1 + rng.IntN(5), Type: registry.MoveDiscarded, Reason: registry.DiscardHeat})
		case 2:
			ids = moved(t, d, tr.Nurse, registry.MovementInput{Item: penta, Lot: lot, Quantity: 1 + rng.IntN(5), Type: registry.MoveReceived, Day: d.Today() - registry.Day(rng.IntN(3))})
		case 3:
			ids = counted(t, d, tr.Nurse, penta, lot, rng.IntN(30))
		case 4:
			if n := len(wrote[i]); n > 0 {
				if err := d.VoidStock(t.Context(), tr.Nurse, "thử", wrote[i][rng.IntN(n)]); err != nil {
					t.Fatal(err)
				}
			}
		case 5:
			if who := rng.IntN(len(people)); !given[who] {
				given[who] = true
				mustGive(t, d, tr.Nurse, people[who], penta, lot)
			}
		case 6:
			syncs[i]()
		}
		wrote[i] = append(wrote[i], ids...)
		if step%20 == 19 {
			rebuilt(t, d)
		}
	}
	for range 2 {
		tr.Sync(t)
		syncSecond()
	}
	want := balances(t, tr.Hub.Desk)
	for i, d := range desks {
		if got := balances(t, d); !slices.Equal(got, want) {
			t.Errorf("laptop %d says\n%+v\nthe hub\n%+v", i, got, want)
		}
		rebuilt(t, d)
	}
	rebuilt(t, tr.Hub.Desk)
	if len(want) == 0 {
		t.Error("nothing happened")
	}
}

// A store's ledger is written at the store, by its own people: no level writes another's.
func TestStoreIsItsOwnPlaces(t *testing.T) {
	tr := nodetest.New(t)
	hub := tr.Hub.Desk
	moved(t, hub, tr.Officer, received(penta, "A", 10, 0))
	of := tr.AddUser(t, "tinh", "Lò Văn Tỉnh", rights.Province, tr.Province)
	for name, err := range map[string]error{
		"sees":     errOf(hub.StockHere(t.Context(), of)),
		"receives": errOf(hub.MoveStock(t.Context(), of, received(penta, "A", 10, 0))),
		"counts":   errOf(hub.CountStock(t.Context(), of, []registry.StockCountInput{{Item: penta, Lot: "A"}})),
	} {
		if !errors.Is(err, desk.ErrElsewhere) {
			t.Errorf("somebody of a province %s the stock of the centre: %v", name, err)
		}
	}
	if err := hub.VoidStock(t.Context(), tr.Officer, "x", moved(t, tr.Station.Desk, tr.Nurse, received(penta, "A", 10, 0))...); err == nil {
		t.Error("the centre takes back what a station wrote")
	}
}

func errOf[T any](_ T, err error) error { return err }
