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

// consignmentsHere reads what is on its way to this place, and from it.
func (d *Desk) consignmentsHere(tx store.Tx, out *Stock) error {
	since := d.Today() - stockBackDays
	to, err := tx.RecordsUnder(registry.KindTransfer, out.Place)
	if err != nil {
		return err
	}
	from, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindTransfer, Places: []p.EntityID{out.Place}, From: since})
	if err != nil {
		return err
	}
	to = slices.DeleteFunc(to, func(r project.RecordRow) bool { return r.Day < since })
	for i, rows := range [][]project.RecordRow{to, from} {
		states, err := recorded(tx, rows)
		if err != nil {
			return err
		}
		for _, s := range states {
			x, err := d.consignment(tx, s)
			if err != nil {
				return err
			}
			lately := x.On >= d.Today()-StockUrgeDays && (x.Differs() || x.Twice)
			switch {
			case i == 0 && !x.Taken:
				out.Coming = append(out.Coming, x)
			case i == 0 && lately:
				out.Odd = append(out.Odd, x)
			case i == 1 && (!x.Taken || lately):
				out.Sent = append(out.Sent, x)
			}
		}
	}
	return nil
}

// delivery reads a transfer with what its receiver said of it.
func (d *Desk) consignment(tx store.Tx, s *p.State) (Consignment, error) {
	x := Consignment{Transfer: registry.TransferOf(s)}
	x.Got = make([]int64, len(x.Lines))
	receipts, err := tx.MovementsOfTransfer(x.ID)
	if err != nil {
		return x, err
	}
	times := map[int32]int{}
	amounts := map[int32]int64{}
	for i := range receipts {
		r := &receipts[i]
		if r.Void || r.Key.Place != x.To {
			continue
		}
		// A line of which nothing came is confirmed by throwing away nothing: it has no receipt, and another line's says that all was looked at.
		x.Taken = true
		x.On = max(x.On, registry.Day(r.Moment/(24*60)))
		if r.Type != registry.MoveReceived || r.Line < 1 || int(r.Line) > len(x.Lines) {
			continue
		}
		if times[r.Line]++; times[r.Line] > 1 && amounts[r.Line] != r.Amount {
			x.Twice = true
		}
		amounts[r.Line] = r.Amount
		if !project.Beaten(r, receipts) {
			x.Got[r.Line-1] += r.Amount
		}
	}
	for _, side := range []struct {
		id   p.EntityID
		name *string
	}{{x.Place, &x.From}, {x.To, &x.ToName}} {
		row, err := tx.Place(side.id)
		if err != nil {
			return x, err
		}
		if row != nil {
			*side.name = row.Name
		}
	}
	return x, nil
}

// Consignment reads a transfer to or from this node's own place.
func (d *Desk) Consignment(ctx context.Context, who Who, id p.EntityID) (*Consignment, error) {
	if err := d.mayKeepStock(who, rights.Read); err != nil {
		return nil, err
	}
	var out Consignment
	err := d.view(ctx, func(tx store.Tx) error {
		s, err := state(tx, id, registry.KindTransfer)
		if err != nil {
			return err
		}
		out, err = d.consignment(tx, s)
		return err
	})
	if own := d.Node.Identity().Place; err == nil && out.To != own && out.Place != own || err == nil && out.Void != "" {
		return nil, ErrNotFound
	}
	return &out, err
}

// SendPlaces are the places that this node's own may send to: a store those whose machines it enrolled, a station the store above it
// and the other points of its commune.
func (d *Desk) SendPlaces(ctx context.Context) ([]project.PlaceRow, error) {
	id := d.Node.Identity()
	m := d.Map()
	var ids []p.EntityID
	err := d.view(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		for i := range devices {
			x := &devices[i]
			if !x.Revoked && (x.Up == id.Device && x.ID != id.Device || x.ID == id.Upstream.Device) {
				ids = append(ids, x.Place)
			}
		}
		return err
	})
	if id.Role == registry.NodeStation {
		for _, row := range d.SessionPlaces() {
			ids = append(ids, row.ID)
		}
		for at := m.Parent(id.Place); !at.IsZero(); at = m.Parent(at) { // a station does not know which of them its store is at
			if row, known := m.Row(at); known && row.Level < registry.LevelCommune {
				ids = append(ids, at)
			}
		}
	}
	var out []project.PlaceRow
	for _, at := range setOf(ids) {
		if row, ok := m.Row(at); ok && at != id.Place {
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b project.PlaceRow) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Name, b.Name), a.ID.Compare(b.ID))
	})
	return out, err
}

// SendStock sends lots of this node's own place to another; they are on their way until that confirms.
func (d *Desk) SendStock(ctx context.Context, who Who, in registry.TransferInput) (p.EntityID, error) {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return p.EntityID{}, err
	}
	in.Place = d.Node.Identity().Place
	d.stamp(&in.Day, &in.Clock)
	places, err := d.SendPlaces(ctx)
	if err != nil {
		return p.EntityID{}, err
	}
	if !slices.ContainsFunc(places, func(r project.PlaceRow) bool { return r.ID == in.To }) {
		return p.EntityID{}, registry.Errors{{Field: "to", Code: registry.CodeRequired}}
	}
	return d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		if err := d.orderToSend(tx, &in); err != nil {
			return nil, err
		}
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		draft, err := registry.NewTransfer(in, known)
		return []registry.Draft{draft}, err
	})
}

// TakeConsignment confirms what came with a transfer: got by line, nil for all that was sent. It is the receiver's own word; what the
// sender wrote stays. Of what did not come there is no receipt, so at least one line must have come, else nothing did yet.
func (d *Desk) TakeConsignment(ctx context.Context, who Who, id p.EntityID, got []int, note string) error {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return err
	}
	var day registry.Day
	var clock registry.Clock
	d.stamp(&day, &clock)
	_, err := d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindTransfer)
		if err != nil {
			return nil, err
		}
		x, err := d.consignment(tx, s)
		if err != nil {
			return nil, err
		}
		if x.To != d.Node.Identity().Place || x.Void != "" {
			return nil, ErrNotFound
		}
		if x.Taken {
			return nil, registry.Errors{{Field: "lines", Code: registry.CodeDeliveryTaken, Params: map[string]any{"on": x.On}}}
		}
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for i := range x.Lines {
			l := &x.Lines[i]
			n := l.Quantity
			if got != nil {
				n = 0
				if i < len(got) {
					n = got[i]
				}
			}
			if n == 0 {
				continue
			}
			draft, err := registry.NewMovement(registry.MovementInput{
				Place: x.To, Item: l.Item, Lot: l.Lot, Expires: l.Expires, Stock: l.Stock, Type: registry.MoveReceived, Quantity: n, Day: day, Clock: clock,
				Transfer: id, Line: i + 1, VVM: l.VVM, Vial: l.Vial, Note: note,
			}, known)
			if err != nil {
				return nil, atLine(err, i+1)
			}
			drafts = append(drafts, draft)
		}
		if len(drafts) == 0 {
			return nil, registry.Errors{{Field: "lines", Code: registry.CodeRequired}}
		}
		return drafts, nil
	})
	return err
}
