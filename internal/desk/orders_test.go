package desk_test

import (
	"errors"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	p "tramy/syncproto"
)

func asked(t testing.TB, d *desk.Desk, who desk.Who, saw p.EntityID, n int) p.EntityID {
	t.Helper()
	id, err := d.AskStock(t.Context(), who, registry.OrderInput{Month: d.Today().Month() + 1, Lines: []registry.OrderLine{
		{Item: penta, Quantity: n, Have: 4, Needed: 30}, {Item: registry.SupplyAD05, Quantity: 200, Why: "chiến dịch sởi"},
	}}, saw)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A month goes through all its steps: asked, approved for less, sent by the lots that go first on, and confirmed. Each side writes its own.
func TestOrderFromAskingToReceipt(t *testing.T) {
	tr := nodetest.New(t)
	hub, station := tr.Hub.Desk, tr.Station.Desk
	month := station.Today().Month() + 1
	order := func(d *desk.Desk, who desk.Who, id p.EntityID) *desk.MonthOrder {
		t.Helper()
		x, err := d.OrderOpened(t.Context(), who, id)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	is := func(id p.EntityID, want desk.OrderState) {
		t.Helper()
		tr.Sync(t)
		tr.Sync(t)
		for name, x := range map[string]*desk.MonthOrder{"station": order(station, tr.Nurse, id), "store": order(hub, tr.Officer, id)} {
			if x.State() != want {
				t.Errorf("%s: the order is %s, want %s: %+v", name, x.State(), want, x.Items)
			}
		}
	}
	moved(t, hub, tr.Officer, received(penta, "MUON", 30, hub.Today()+400), received(penta, "SOM", 20, hub.Today()+100), received(registry.SupplyAD05, "", 500, 0))
	id := asked(t, station, tr.Nurse, p.EntityID{}, 60)
	is(id, desk.OrderAsked)
	list, sums, err := hub.OrdersBelow(t.Context(), tr.Officer, month)
	if err != nil || len(list) != 1 || len(sums) != 2 || sums[0].Asked != 60 || sums[0].Have != 50 || list[0].Items[1].Why != "chiến dịch sởi" {
		t.Fatalf("the store sees %+v, %+v, %v", list, sums, err)
	}
	if _, err := hub.ApproveOrder(t.Context(), tr.Officer, id, []registry.OrderLine{
		{Item: penta, Quantity: 40, Why: "kho còn ít"}, {Item: registry.SupplyAD05, Quantity: 200},
	}, "", p.EntityID{}); err != nil {
		t.Fatal(err)
	}
	is(id, desk.OrderApproved)
	if x := order(station, tr.Nurse, id).Items[0]; x.Quantity != 60 || x.Approved != 40 || x.Cut != "kho còn ít" {
		t.Errorf("the station sees %+v", x)
	}
	s, err := hub.StockHere(t.Context(), tr.Officer)
	if err != nil {
		t.Fatal(err)
	}
	allot := s.Allot(order(hub, tr.Officer, id), hub.Today())
	key := func(item, lot string) registry.StockKey { return registry.NewStockKey(tr.Nation, item, lot, 0) }
	if allot[key(penta, "SOM")] != 20 || allot[key(penta, "MUON")] != 20 || allot[key(registry.SupplyAD05, "")] != 200 {
		t.Errorf("proposed to send: %v", allot)
	}
	slip, err := hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Order: id, Lines: []registry.TransferLine{
		{Item: penta, Lot: "SOM", Quantity: 20}, {Item: registry.SupplyAD05, Quantity: 200},
	}})
	if err != nil {
		t.Fatal(err)
	}
	is(id, desk.OrderOnWay)
	if err := station.TakeConsignment(t.Context(), tr.Nurse, slip, nil, ""); err != nil {
		t.Fatal(err)
	}
	is(id, desk.OrderPart)
	if left := order(hub, tr.Officer, id).Items[0].Left(); left != 20 {
		t.Errorf("%d left to send, want 20", left)
	}
	if slip, err = hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Order: id, Lines: []registry.TransferLine{{Item: penta, Lot: "MUON", Quantity: 20}}}); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if err := station.TakeConsignment(t.Context(), tr.Nurse, slip, []int{19}, "vỡ 1"); err != nil {
		t.Fatal(err)
	}
	is(id, desk.OrderDone)
	if x := order(hub, tr.Officer, id).Items[0]; x.Sent != 40 || x.Got != 39 {
		t.Errorf("sent %d, received %d; want 40 and 39", x.Sent, x.Got)
	}
	var bad registry.Errors
	if err := station.VoidStock(t.Context(), tr.Nurse, "nhầm", id); !errors.As(err, &bad) || !bad.Has("lines", registry.CodeOrderSent) {
		t.Errorf("an order whose goods are under way is withdrawn: %v", err)
	}
}

// Two laptops that do not hear each other ask for one month: the later word stands, and both are seen. What is changed afterwards is
// answered anew, and nobody answers what no longer stands.
func TestOrderAskedTwiceAndChanged(t *testing.T) {
	tr := nodetest.New(t)
	hub, first := tr.Hub.Desk, tr.Station.Desk
	second, sync := other(t, tr)
	month := first.Today().Month() + 1
	all := func() {
		t.Helper()
		for range 2 {
			tr.Sync(t)
			sync()
		}
	}
	a := asked(t, first, tr.Nurse, p.EntityID{}, 40)
	tr.Clock().Add(10 * time.Minute)
	b := asked(t, second, tr.Nurse, p.EntityID{}, 60)
	all()
	for name, d := range map[string]*desk.Desk{"first": first, "second": second} {
		x, err := d.OwnOrder(t.Context(), tr.Nurse, month)
		if err != nil || x.Request.ID != b || len(x.Earlier) != 1 || x.Earlier[0].ID != a {
			t.Errorf("%s sees %+v, %v", name, x, err)
		}
	}
	var bad registry.Errors
	if _, err := hub.ApproveOrder(t.Context(), tr.Officer, a, []registry.OrderLine{{Item: penta, Quantity: 40}}, "", p.EntityID{}); !errors.As(err, &bad) || !bad.Has("lines", registry.CodeOrderChanged) {
		t.Errorf("what no longer stands is approved: %v", err)
	}
	approval, err := hub.ApproveOrder(t.Context(), tr.Officer, b, []registry.OrderLine{{Item: penta, Quantity: 60}}, "", p.EntityID{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hub.ApproveOrder(t.Context(), tr.Officer, b, []registry.OrderLine{{Item: penta, Quantity: 10}}, "", p.EntityID{}); !errors.As(err, &bad) {
		t.Errorf("an approval is written over one that nobody saw: %v", err)
	}
	all()
	// A laptop whose clock is behind changes what it has before it: its word stands all the same.
	tr.Clock().Add(-5 * time.Hour)
	c := asked(t, first, tr.Nurse, b, 80)
	if _, err := first.AskStock(t.Context(), tr.Nurse, registry.OrderInput{Month: month, Lines: []registry.OrderLine{{Item: penta, Quantity: 1}}}, b); !errors.As(err, &bad) || !bad.Has("lines", registry.CodeOrderChanged) {
		t.Errorf("typed over what stood before: %v", err)
	}
	all()
	x, err := hub.OrderOpened(t.Context(), tr.Officer, a)
	if err != nil || x.Request.ID != c || !x.Changed || x.State() != desk.OrderAsked || len(x.Earlier) != 2 || x.Items[0].Approved != 60 {
		t.Fatalf("the store sees %+v, %v", x, err)
	}
	if _, err := hub.ApproveOrder(t.Context(), tr.Officer, c, []registry.OrderLine{{Item: penta, Quantity: 80}}, "", approval); err != nil {
		t.Fatal(err)
	}
	all()
	if x, err = first.OwnOrder(t.Context(), tr.Nurse, month); err != nil || x.State() != desk.OrderApproved || x.Items[0].Approved != 80 || len(x.Before) != 1 {
		t.Errorf("the station sees %+v, %v", x, err)
	}
	if err := first.VoidStock(t.Context(), tr.Nurse, "nhầm", c); err != nil {
		t.Fatal(err)
	}
	if x, err = first.OwnOrder(t.Context(), tr.Nurse, month); err != nil || x.Request.ID != b {
		t.Errorf("after the change was taken back stands %+v, %v", x, err)
	}
}

func TestOrderRefusesWhatCannotBe(t *testing.T) {
	tr := nodetest.New(t)
	hub, d := tr.Hub.Desk, tr.Station.Desk
	bad := func(field string, code registry.Code, month registry.Month, lines ...registry.OrderLine) {
		t.Helper()
		var list registry.Errors
		if _, err := d.AskStock(t.Context(), tr.Nurse, registry.OrderInput{Month: month, Lines: lines}, p.EntityID{}); !errors.As(err, &list) || !list.Has(field, code) {
			t.Errorf("%+v: %v, want %s: %s", lines, err, field, code)
		}
	}
	next := d.Today().Month() + 1
	bad("lines", registry.CodeRequired, next)
	bad("quantity-1", registry.CodeRange, next, registry.OrderLine{Item: penta, Quantity: -4})
	bad("quantity-1", registry.CodeRange, next, registry.OrderLine{Item: penta})
	bad("item-1", registry.CodeVaccineUnknown, next, registry.OrderLine{Item: "KHONG-CO", Quantity: 4})
	bad("item-2", registry.CodeItemTwice, next, registry.OrderLine{Item: penta, Quantity: 4}, registry.OrderLine{Item: penta, Quantity: 5})
	bad("month", registry.CodeDayFar, next+registry.OrderMonthsMax, registry.OrderLine{Item: penta, Quantity: 4})
	bad("month", registry.CodeRequired, 0, registry.OrderLine{Item: penta, Quantity: 4})
	// The root has nobody to ask, and a station answers nobody.
	if _, err := hub.AskStock(t.Context(), tr.Officer, registry.OrderInput{Month: next, Lines: []registry.OrderLine{{Item: penta, Quantity: 4}}}, p.EntityID{}); err == nil {
		t.Error("the root asks somebody")
	}
	id := asked(t, d, tr.Nurse, p.EntityID{}, 10)
	tr.Sync(t)
	if _, err := d.ApproveOrder(t.Context(), tr.Nurse, id, []registry.OrderLine{{Item: penta, Quantity: 10}}, "", p.EntityID{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a station approves its own order: %v", err)
	}
	of := tr.AddUser(t, "tinh", "Lò Văn Tỉnh", rights.Province, tr.Province)
	if _, err := hub.ApproveOrder(t.Context(), of, id, []registry.OrderLine{{Item: penta, Quantity: 10}}, "", p.EntityID{}); !errors.Is(err, desk.ErrElsewhere) {
		t.Errorf("somebody of a province answers at the store of the centre: %v", err)
	}
	// Goods that name an order go to whoever asked.
	if _, err := hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Order: tr.Facility, Lines: []registry.TransferLine{{Item: penta, Lot: "A", Quantity: 1}}}); err == nil {
		t.Error("goods name an order that is none")
	}
}

// A station is proposed what a month took and a quarter more, less what it has; a store what it approved below, less the same.
func TestOrderIsProposed(t *testing.T) {
	tr := nodetest.New(t)
	hub, d := tr.Hub.Desk, tr.Station.Desk
	next := d.Today().Month() + 1
	moved(t, d, tr.Nurse, received("SOI", "M-1", 20, d.Today()+100))
	for _, name := range []string{"Vàng A An", "Thào A Bình", "Lường Thị Chi", "Lò Thị Dua"} {
		mustGive(t, d, tr.Nurse, child(t, tr, name, "2026-01-18"), "SOI", "M-1")
	}
	moved(t, d, tr.Nurse, registry.MovementInput{Item: "SOI", Lot: "M-1", Quantity: 15, Type: registry.MoveDiscarded, Reason: registry.DiscardHeat})
	proposal := func(d *desk.Desk, who desk.Who, item string) desk.OrderProposal {
		t.Helper()
		list, err := d.ProposeOrder(t.Context(), who, next)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Item == item {
				return x
			}
		}
		t.Fatalf("%s is not in %+v", item, list)
		return desk.OrderProposal{}
	}
	// Four children lack BCG: 4 of 95 % are 4, twice as much with the waste of vials of ten, and 25 % more: 10, which is one vial.
	if x := proposal(d, tr.Nurse, "BCG"); x.Needed != 10 || x.Proposed != 10 {
		t.Errorf("the station is proposed %+v", x)
	}
	if x := proposal(d, tr.Nurse, "SOI"); x.Needed != 0 || x.Have != 1 || x.Proposed != 0 {
		t.Errorf("of what nobody needs is proposed %+v", x)
	}
	needs, err := d.Needs(t.Context(), tr.Nurse, desk.NeedQuery{Month: next, Coverage: -1, Buffer: -1})
	if err != nil {
		t.Fatal(err)
	}
	for item, n := range needs.Proposed() {
		if x := proposal(d, tr.Nurse, item); x.Proposed != int64(n) {
			t.Errorf("of %s the order proposes %d, the page of needs %d", item, x.Proposed, n)
		}
	}
	moved(t, hub, tr.Officer, received("BCG", "B-2", 20, hub.Today()+100))
	if _, err := hub.SendStock(t.Context(), tr.Officer, registry.TransferInput{To: tr.Facility, Lines: []registry.TransferLine{{Item: "BCG", Lot: "B-2", Quantity: 10}}}); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if x := proposal(d, tr.Nurse, "BCG"); x.Coming != 10 || x.Proposed != 0 {
		t.Errorf("with all it lacks on the way the station is proposed %+v", x)
	}
	id := asked(t, d, tr.Nurse, p.EntityID{}, 60)
	tr.Sync(t)
	if _, err := hub.ApproveOrder(t.Context(), tr.Officer, id, []registry.OrderLine{{Item: penta, Quantity: 50}}, "", p.EntityID{}); err != nil {
		t.Fatal(err)
	}
	moved(t, hub, tr.Officer, received(penta, "A", 15, hub.Today()+100))
	if x := proposal(hub, tr.Officer, penta); x.Needed != 50 || x.Have != 15 || x.Proposed != 35 {
		t.Errorf("the store is proposed %+v", x)
	}
}
