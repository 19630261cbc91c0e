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

// OrderProposal is one item that a place may ask for, with what speaks for how much.
type OrderProposal struct {
	Item     string
	Stock    registry.Programme
	Have     int64 // may be used
	Coming   int64 // on its way here
	Needed   int64 // at a station in the month; at a store what it approved for those below and has not sent
	Proposed int64 // 0: nothing
}

// StoreAbove is the place that this node's own asks: where the machine stands that its own hang on, as far as it is known here, else
// the nearest place above that is no commune. False at the root.
func (d *Desk) StoreAbove(ctx context.Context) (project.PlaceRow, bool, error) {
	id := d.Node.Identity()
	m := d.Map()
	if id.IsRoot() && id.Role == registry.NodeHub {
		return project.PlaceRow{}, false, nil
	}
	var up p.EntityID
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.Device(id.Upstream.Device)
		if err == nil && row != nil && row.Place != id.Place {
			up = row.Place
		}
		return err
	})
	if row, known := m.Row(up); err != nil || known {
		return row, known, err
	}
	for at := m.Parent(id.Place); !at.IsZero(); at = m.Parent(at) {
		if row, known := m.Row(at); known && row.Level < registry.LevelCommune {
			return row, true, nil
		}
	}
	return project.PlaceRow{}, false, nil
}

// ProposeOrder says how much this node's own place may ask for. A station: what Needs says that it lacks, less what is coming, in whole
// vials. A store: what it approved for a month below and has not sent, less what it has and what is coming.
func (d *Desk) ProposeOrder(ctx context.Context, who Who, month registry.Month) ([]OrderProposal, error) {
	if err := d.mayStock(who, rights.Create, registry.KindOrder); err != nil {
		return nil, err
	}
	below, err := d.SendPlaces(ctx)
	if err != nil {
		return nil, err
	}
	var needs *Needs
	if d.Node.Identity().Role == registry.NodeStation && month >= d.Today().Month() {
		if needs, err = d.Needs(ctx, who, NeedQuery{Month: month, Coverage: -1, Buffer: -1}); err != nil {
			return nil, err
		}
	}
	var out []OrderProposal
	err = d.view(ctx, func(tx store.Tx) error {
		s, err := d.stockHere(tx)
		if err != nil {
			return err
		}
		at := func(item string, stock registry.Programme) *OrderProposal {
			i := slices.IndexFunc(out, func(x OrderProposal) bool { return x.Item == item && x.Stock == stock })
			if i < 0 {
				out = append(out, OrderProposal{Item: item, Stock: stock, Have: s.usable(item, stock, d.Today()), Coming: s.coming(item, stock)})
				i = len(out) - 1
			}
			return &out[i]
		}
		for i := range s.Vaccines {
			if registry.StockOf(s.Vaccines[i].Programme, 0) == registry.ProgrammeEPI {
				at(s.Vaccines[i].Code, registry.ProgrammeEPI)
			}
		}
		for _, item := range registry.Supplies() {
			at(item, registry.ProgrammeEPI)
		}
		for i := range s.Lots {
			at(s.Lots[i].Key.Item, s.Lots[i].Key.Stock)
		}
		if d.Node.Identity().Role == registry.NodeStation {
			if needs != nil {
				proposeByNeed(needs, at)
			}
			return nil
		}
		list, err := d.ordersBelow(tx, below, month)
		if err != nil {
			return err
		}
		for i := range list {
			for j := range list[i].Items {
				x := &list[i].Items[j]
				at(x.Item, x.Stock).Needed += x.Left()
			}
		}
		for i := range out {
			x := &out[i]
			x.Proposed = max(x.Needed-max(x.Have, 0)-x.Coming, 0)
		}
		return nil
	})
	return out[:min(len(out), registry.OrderLinesMax)], err
}

// proposeByNeed fills in what the month needs, by the arithmetic of Needs, less what is coming.
func proposeByNeed(n *Needs, at func(string, registry.Programme) *OrderProposal) {
	propose := func(item string, wanted, lacking, size int) {
		x := at(item, registry.ProgrammeEPI)
		x.Needed = int64(wanted)
		if lacks := int64(lacking) - x.Coming; lacks > 0 {
			x.Proposed = (lacks + int64(size) - 1) / int64(size) * int64(size)
		}
	}
	for i := range n.Lines {
		l := &n.Lines[i].Need
		propose(l.Vaccine, l.Wanted, l.Lacking, max(l.Vial, 1))
	}
	for i := range n.Supplies {
		propose(n.Supplies[i].Item, n.Supplies[i].Wanted, n.Supplies[i].Lacking, 1)
	}
}

// AskStock asks the store above for a month. saw is the request that stood when it was typed, zero: none; if another stands by now,
// nothing is written. A request that was answered already may be changed: the store sees both, and answers anew.
func (d *Desk) AskStock(ctx context.Context, who Who, in registry.OrderInput, saw p.EntityID) (p.EntityID, error) {
	if err := d.mayStock(who, rights.Create, registry.KindOrder); err != nil {
		return p.EntityID{}, err
	}
	above, known, err := d.StoreAbove(ctx)
	if err != nil {
		return p.EntityID{}, err
	}
	if !known {
		return p.EntityID{}, registry.Errors{{Field: "to", Code: registry.CodeRequired}}
	}
	in.Place, in.To, in.Answers, in.Instead = d.Node.Identity().Place, above.ID, p.EntityID{}, saw
	d.stamp(&in.Day, &in.Clock)
	return d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		all, err := requests(tx, in.Place, in.Month)
		if err != nil {
			return nil, err
		}
		if err := sawStanding(all, saw); err != nil {
			return nil, err
		}
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewOrder(in, known)
		return []registry.Draft{draft}, err
	})
}

// sawStanding refuses what was typed over another order than the one that stands.
func sawStanding(list []registry.Order, saw p.EntityID) error {
	at := registry.StandingOrder(list)
	switch {
	case at < 0 && saw.IsZero(), at >= 0 && list[at].ID == saw:
		return nil
	case at < 0:
		return ErrNotFound
	}
	return registry.Errors{{Field: "lines", Code: registry.CodeOrderChanged, Params: map[string]any{"on": list[at].Day}}}
}

// ApproveOrder answers a request: so much of each item, with why it is less. It is this place's own entity; saw is the approval that
// stood when it was typed, zero: none. A request that is no longer the one that stands is not answered.
func (d *Desk) ApproveOrder(ctx context.Context, who Who, request p.EntityID, lines []registry.OrderLine, note string, saw p.EntityID) (p.EntityID, error) {
	if err := d.mayStock(who, rights.Create, registry.KindOrder); err != nil {
		return p.EntityID{}, err
	}
	own := d.Node.Identity().Place
	return d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		x, err := d.orderOpened(tx, request)
		if err != nil {
			return nil, err
		}
		if own == x.Request.Place {
			return nil, ErrForbidden
		}
		if x.Request.ID != request {
			return nil, registry.Errors{{Field: "lines", Code: registry.CodeOrderChanged, Params: map[string]any{"on": x.Request.Day}}}
		}
		var standing p.EntityID
		if x.Approval != nil {
			standing = x.Approval.ID
		}
		if standing != saw {
			return nil, registry.Errors{{Field: "lines", Code: registry.CodeOrderChanged, Params: map[string]any{"on": x.Approval.Day}}}
		}
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		in := registry.OrderInput{Place: own, To: x.Request.Place, Month: x.Request.Month, Lines: lines, Note: note, Answers: request, Instead: saw}
		d.stamp(&in.Day, &in.Clock)
		draft, err := registry.NewOrder(in, known)
		return []registry.Draft{draft}, err
	})
}

// Allot says how much of each lot to send for what an order has left, from the lots that must go first on; what is out with a
// session is not sent.
func (s *Stock) Allot(x *MonthOrder, on registry.Day) map[registry.StockKey]int64 {
	out := map[registry.StockKey]int64{}
	for i := range x.Items {
		left := x.Items[i].Left()
		for _, list := range [][]StockLot{s.Lots, s.Supplies} {
			for j := range list {
				l := &list[j]
				if !x.Items[i].Same(l.Key.Item, l.Key.Stock) || !l.Usable(on) {
					continue
				}
				if n := min(left, max(l.Balance()-l.Out, 0)); n > 0 {
					out[l.Key] += n
					left -= n
				}
			}
		}
	}
	return out
}

// orderToSend refuses a transfer that names an order which is not the receiver's or not this place's to answer.
func (d *Desk) orderToSend(tx store.Tx, in *registry.TransferInput) error {
	if in.Order.IsZero() {
		return nil
	}
	x, err := d.orderOpened(tx, in.Order)
	if err != nil {
		return err
	}
	if in.Place == x.Request.Place || in.To != x.Request.Place {
		return registry.Errors{{Field: "to", Code: registry.CodeRequired}}
	}
	in.Order = cmp.Or(x.Request.ID, in.Order)
	return nil
}

// withdrawn refuses to take back what goods already name, and what is no request of this place.
func (d *Desk) withdrawn(tx store.Tx, s *p.State) error {
	o := registry.OrderOf(s)
	if !o.Answers.IsZero() {
		return ErrForbidden // answered anew, not taken back: the asker has seen it
	}
	x, err := d.orderOpened(tx, o.ID)
	if err != nil {
		return err
	}
	if len(x.Sent) > 0 {
		return registry.Errors{{Field: "lines", Code: registry.CodeOrderSent}}
	}
	return nil
}
