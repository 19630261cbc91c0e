package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// orderSentDays is how long before the month, and after its first day, goods are looked for that name an order of it.
const (
	orderSentBefore = 120
	orderSentAfter  = 200
)

// OrderState is how far an order has come.
type OrderState uint8

// The states, in the order in which an order goes through them.
const (
	OrderAsked    OrderState = iota + 1 // or asked anew since it was approved
	OrderRefused                        // all of it
	OrderApproved                       // nothing sent yet
	OrderOnWay                          // something is
	OrderPart                           // what was sent has come; more was approved
	OrderDone
)

var orderStateKeys = []string{OrderAsked: "asked", OrderRefused: "refused", OrderApproved: "approved", OrderOnWay: "on_way", OrderPart: "part", OrderDone: "received"}

// String returns the stable key.
func (x OrderState) String() string {
	if int(x) < len(orderStateKeys) {
		return orderStateKeys[x]
	}
	return ""
}

// OrderItem is one item of an order, as far as it has come.
type OrderItem struct {
	registry.OrderLine       // as it is asked for
	Approved           int64 // -1: nobody answered
	Cut                string
	Sent, Got          int64
}

// Left is how much of it is approved and not sent yet.
func (i *OrderItem) Left() int64 { return max(i.Approved-i.Sent, 0) }

// MonthOrder is what a place asks for in a month, with all that was answered.
type MonthOrder struct {
	Name, ToName string
	Request      registry.Order   // the one that stands
	Earlier      []registry.Order // those that it took the place of, or that came from another laptop: the newest first
	Approval     *registry.Order  // the one that stands; nil: none
	Before       []registry.Order // approvals that do not count any more
	Changed      bool             // asked anew since it was approved
	Items        []OrderItem
	Sent         []Consignment // the goods that name it
}

// State is how far it has come.
func (x *MonthOrder) State() OrderState {
	var approved, sent int64
	missing := false
	for i := range x.Items {
		approved += max(x.Items[i].Approved, 0)
		sent += x.Items[i].Sent
		missing = missing || x.Items[i].Left() > 0
	}
	for i := range x.Sent {
		if !x.Sent[i].Taken {
			return OrderOnWay
		}
	}
	switch {
	case x.Changed || x.Approval == nil && len(x.Sent) == 0:
		return OrderAsked
	case sent == 0 && approved == 0:
		return OrderRefused
	case sent == 0:
		return OrderApproved
	case missing:
		return OrderPart
	}
	return OrderDone
}

func (x *MonthOrder) item(item string, stock registry.Programme) *OrderItem {
	at := slices.IndexFunc(x.Items, func(i OrderItem) bool { return i.Same(item, stock) })
	if at < 0 {
		x.Items = append(x.Items, OrderItem{OrderLine: registry.OrderLine{Item: item, Stock: stock}, Approved: -1})
		at = len(x.Items) - 1
	}
	return &x.Items[at]
}

// answers reports whether the word of a place on a request counts: of the store that was asked, and of those above the asker, one of
// which enrolled its machines.
func (d *Desk) answers(place p.EntityID, request *registry.Order) bool {
	if place == request.Place {
		return false
	}
	m := d.Map()
	for at := m.Parent(request.Place); !at.IsZero(); at = m.Parent(at) {
		if at == place {
			return true
		}
	}
	return place == request.To
}

// requests are what a place asked for a month, those that stand and those that do not any more.
func requests(tx store.Tx, place p.EntityID, month registry.Month) ([]registry.Order, error) {
	states, err := recordedAt(tx, registry.KindOrder, place, month.First(), (month + 1).First())
	var out []registry.Order
	for _, s := range states {
		if o := registry.OrderOf(s); o.Answers.IsZero() && o.Month == month {
			out = append(out, o)
		}
	}
	return out, err
}

// others are all of some orders but one, the newest first.
func others(list []registry.Order, but int) []registry.Order {
	out := slices.Delete(slices.Clone(list), but, but+1)
	slices.SortFunc(out, func(a, b registry.Order) int {
		return cmp.Or(cmp.Compare(registry.Moment(b.Day, b.Clock), registry.Moment(a.Day, a.Clock)), b.ID.Compare(a.ID))
	})
	return out
}

// monthOrder reads what a place asks for in a month; nil if it asks for nothing. sent are the transfers that may name it.
func (d *Desk) monthOrder(tx store.Tx, place p.EntityID, month registry.Month, sent []*p.State) (*MonthOrder, error) {
	all, err := requests(tx, place, month)
	at := registry.StandingOrder(all)
	if err != nil || at < 0 {
		return nil, err
	}
	x := &MonthOrder{Request: all[at], Earlier: others(all, at)}
	var approvals []registry.Order
	for i := range all {
		rows, err := tx.RecordsUnder(registry.KindOrder, all[i].ID)
		if err != nil {
			return nil, err
		}
		states, err := recorded(tx, rows)
		if err != nil {
			return nil, err
		}
		for _, s := range states {
			if o := registry.OrderOf(s); o.Answers == all[i].ID && d.answers(o.Place, &all[i]) {
				approvals = append(approvals, o)
			}
		}
	}
	for i := range x.Request.Lines {
		l := &x.Request.Lines[i]
		x.item(l.Item, l.Stock).OrderLine = *l
	}
	if at := registry.StandingOrder(approvals); at >= 0 {
		x.Approval, x.Before = &approvals[at], others(approvals, at)
		x.Changed = x.Approval.Answers != x.Request.ID
		for i := range x.Approval.Lines {
			l := &x.Approval.Lines[i]
			y := x.item(l.Item, l.Stock)
			y.Approved, y.Cut = int64(l.Quantity), l.Why
		}
	}
	for _, s := range sent {
		id := registry.TransferOf(s).Order
		if !slices.ContainsFunc(all, func(o registry.Order) bool { return o.ID == id }) {
			continue
		}
		c, err := d.consignment(tx, s)
		if err != nil {
			return nil, err
		}
		if c.To != place {
			continue
		}
		x.Sent = append(x.Sent, c)
		for i := range c.Lines {
			y := x.item(c.Lines[i].Item, c.Lines[i].Stock)
			y.Sent += int64(c.Lines[i].Quantity)
			y.Got += c.Got[i]
		}
	}
	x.Name, x.ToName = d.placeName(place), d.placeName(x.Request.To)
	return x, nil
}

func (d *Desk) placeName(id p.EntityID) string {
	row, _ := d.Node.Atlas().Row(id)
	return row.Name
}

// sentTo are the transfers to a place that may name an order of a month.
func sentTo(tx store.Tx, place p.EntityID, month registry.Month) ([]*p.State, error) {
	rows, err := tx.RecordsUnder(registry.KindTransfer, place)
	if err != nil {
		return nil, err
	}
	first := month.First()
	rows = slices.DeleteFunc(rows, func(r project.RecordRow) bool { return r.Day < first-orderSentBefore || r.Day > first+orderSentAfter })
	return recorded(tx, rows)
}

// OwnOrder reads what this node's own place asks for in a month; nil if nothing.
func (d *Desk) OwnOrder(ctx context.Context, who Who, month registry.Month) (*MonthOrder, error) {
	if err := d.mayStock(who, rights.Read, registry.KindOrder); err != nil {
		return nil, err
	}
	var out *MonthOrder
	err := d.view(ctx, func(tx store.Tx) error {
		own := d.Node.Identity().Place
		sent, err := sentTo(tx, own, month)
		if err != nil {
			return err
		}
		out, err = d.monthOrder(tx, own, month, sent)
		return err
	})
	return out, err
}

// OrderSum is one item over all places that ask this one.
type OrderSum struct {
	Item                        string
	Stock                       registry.Programme
	Places                      int
	Asked, Approved, Sent, Have int64 // Have: what may be used here
}

// Lacks is how much of what is approved and not sent this place does not have.
func (s *OrderSum) Lacks() int64 { return max(max(s.Approved-s.Sent, 0)-max(s.Have, 0), 0) }

// OrdersBelow reads what this place is asked for in a month: by place, and rolled up by item. A station is asked by nobody.
func (d *Desk) OrdersBelow(ctx context.Context, who Who, month registry.Month) ([]MonthOrder, []OrderSum, error) {
	if err := d.mayStock(who, rights.Read, registry.KindOrder); err != nil {
		return nil, nil, err
	}
	if d.Node.Identity().Role == registry.NodeStation {
		return nil, nil, nil
	}
	below, err := d.SendPlaces(ctx)
	if err != nil {
		return nil, nil, err
	}
	var list []MonthOrder
	var sums []OrderSum
	err = d.view(ctx, func(tx store.Tx) error {
		if list, err = d.ordersBelow(tx, below, month); err != nil {
			return err
		}
		s, err := d.stockHere(tx)
		if err != nil {
			return err
		}
		sums = sumOrders(list)
		for i := range sums {
			sums[i].Have = s.usable(sums[i].Item, sums[i].Stock, d.Today())
		}
		return nil
	})
	return list, sums, err
}

// ordersBelow reads the orders of the places whose machines hang on this node, and of whoever names its place.
func (d *Desk) ordersBelow(tx store.Tx, below []project.PlaceRow, month registry.Month) ([]MonthOrder, error) {
	own := d.Node.Identity().Place
	asked, err := tx.RecordsUnder(registry.KindOrder, own)
	if err != nil {
		return nil, err
	}
	var places []p.EntityID
	for i := range below {
		places = append(places, below[i].ID)
	}
	for i := range asked {
		if !asked[i].Void && asked[i].Day.Month() == month {
			places = append(places, asked[i].Place)
		}
	}
	sent, err := recordedAt(tx, registry.KindTransfer, own, month.First()-orderSentBefore, month.First()+orderSentAfter)
	if err != nil {
		return nil, err
	}
	var out []MonthOrder
	for _, place := range setOf(places) {
		x, err := d.monthOrder(tx, place, month, sent)
		if err != nil {
			return nil, err
		}
		if x != nil && d.answers(own, &x.Request) {
			out = append(out, *x)
		}
	}
	slices.SortStableFunc(out, func(a, b MonthOrder) int {
		return cmp.Or(cmp.Compare(a.State(), b.State()), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

func sumOrders(list []MonthOrder) []OrderSum {
	var out []OrderSum
	for i := range list {
		for j := range list[i].Items {
			x := &list[i].Items[j]
			at := slices.IndexFunc(out, func(s OrderSum) bool { return x.Same(s.Item, s.Stock) })
			if at < 0 {
				out = append(out, OrderSum{Item: x.Item, Stock: x.Stock})
				at = len(out) - 1
			}
			s := &out[at]
			s.Places++
			s.Asked += int64(x.Quantity)
			s.Approved += max(x.Approved, 0)
			s.Sent += x.Sent
		}
	}
	return out
}

// usable is how much of an item may be used on a day.
func (s *Stock) usable(item string, stock registry.Programme, on registry.Day) int64 {
	var n int64
	for _, list := range [][]StockLot{s.Lots, s.Supplies} {
		for i := range list {
			if l := &list[i]; l.Key.Item == item && l.Key.Stock == stock && l.Usable(on) {
				n += l.Balance()
			}
		}
	}
	return n
}

// coming is how much of an item is on its way here.
func (s *Stock) coming(item string, stock registry.Programme) int64 {
	var n int64
	for i := range s.Coming {
		for _, l := range s.Coming[i].Lines {
			if l.Item == item && l.Stock == stock {
				n += int64(l.Quantity)
			}
		}
	}
	return n
}

// OrderOpened reads an order by any of its requests: the asker's, and of those that may answer it.
func (d *Desk) OrderOpened(ctx context.Context, who Who, id p.EntityID) (*MonthOrder, error) {
	if err := d.mayStock(who, rights.Read, registry.KindOrder); err != nil {
		return nil, err
	}
	var out *MonthOrder
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.orderOpened(tx, id)
		return err
	})
	return out, err
}

func (d *Desk) orderOpened(tx store.Tx, id p.EntityID) (*MonthOrder, error) {
	s, err := state(tx, id, registry.KindOrder)
	if err != nil {
		return nil, err
	}
	o := registry.OrderOf(s)
	if own := d.Node.Identity().Place; !o.Answers.IsZero() || own != o.Place && !d.answers(own, &o) {
		return nil, ErrNotFound
	}
	sent, err := sentTo(tx, o.Place, o.Month)
	if err != nil {
		return nil, err
	}
	x, err := d.monthOrder(tx, o.Place, o.Month, sent)
	if err == nil && x == nil {
		return nil, ErrNotFound
	}
	return x, err
}
