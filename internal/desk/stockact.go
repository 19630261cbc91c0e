package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// stamp fills in the day and, of today, the hour that nobody typed.
func (d *Desk) stamp(day *registry.Day, clock *registry.Clock) {
	today := d.Today()
	if *day == 0 {
		*day = today
	}
	if *day == today && *clock == 0 {
		*clock = d.clockNow()
	}
}

// clockNow is the place's hour.
func (d *Desk) clockNow() registry.Clock {
	now := d.Node.Now().UTC().Add(registry.VietnamOffset)
	return registry.NewClock(now.Hour(), now.Minute())
}

// MomentNow is the place's minute.
func (d *Desk) MomentNow() int64 { return registry.Moment(d.Today(), d.clockNow()) }

func (d *Desk) stockKnown(tx store.Tx) (registry.Known, error) {
	vaccine, err := vaccineKnown(tx)
	return registry.Known{Today: d.Today(), Vaccine: vaccine}, err
}

// appendOne writes one act and returns the first entity it made.
func (d *Desk) appendOne(ctx context.Context, who Who, make func(store.Tx) ([]registry.Draft, error)) (p.EntityID, error) {
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) { return make(tx) })
	if err != nil || len(dots) == 0 {
		return p.EntityID{}, err
	}
	return dots[0].Entity(), nil
}

// madeBy are the entities that an act made, where each of its changes made one.
func madeBy(dots []p.Dot) (ids []p.EntityID) {
	for _, dot := range dots {
		ids = append(ids, dot.Entity())
	}
	return ids
}

// atLine says of which line an error is.
func atLine(err error, n int) error {
	var list registry.Errors
	if !errors.As(err, &list) {
		return err
	}
	out := slices.Clone(list)
	for i := range out {
		out[i].Field += "-" + strconv.Itoa(n)
	}
	return out
}

// MoveStock writes one press of movements of this node's own place: what was received, issued, taken out, brought back, opened,
// thrown away or used. It returns what it wrote, for undoing. To open a vial that is mixed uses up its diluent and a syringe for
// mixing, where the place keeps these.
func (d *Desk) MoveStock(ctx context.Context, who Who, in ...registry.MovementInput) ([]p.EntityID, error) {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return nil, err
	}
	place := d.Node.Identity().Place
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for i := range in {
			m := in[i]
			m.Place = place
			d.stamp(&m.Day, &m.Clock)
			draft, err := registry.NewMovement(m, known)
			if err != nil {
				if len(in) > 1 {
					return nil, atLine(err, i+1)
				}
				return nil, err
			}
			drafts = append(drafts, draft)
			more, err := d.mixing(tx, &m, known)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, more...)
		}
		return drafts, nil
	})
	return madeBy(dots), err
}

// mixing is what the opening of a vial uses up beside it.
func (d *Desk) mixing(tx store.Tx, m *registry.MovementInput, known registry.Known) ([]registry.Draft, error) {
	if m.Type != registry.MoveOpened || !registry.VialsOf(m.Item).Mixed {
		return nil, nil
	}
	rows, err := tx.Stock(m.Place)
	if err != nil {
		return nil, err
	}
	var out []registry.Draft
	for _, item := range []string{registry.DiluentOf(m.Item), registry.SupplyMix5} {
		at := slices.IndexFunc(rows, func(r project.StockRow) bool { return r.Key.Item == item && r.Entries > 0 && r.Balance() > 0 })
		if at < 0 {
			continue
		}
		draft, err := registry.NewMovement(registry.MovementInput{
			Place: m.Place, Item: item, Lot: rows[at].Number, Expires: rows[at].Expires, Stock: rows[at].Key.Stock, Type: registry.MoveUsed, Quantity: 1,
			Day: m.Day, Clock: m.Clock, Session: m.Session,
		}, known)
		if err != nil {
			return nil, err
		}
		out = append(out, draft)
	}
	return out, nil
}

// CountStock writes how much somebody found of some lots, as one act. What the ledger says is written beside it.
func (d *Desk) CountStock(ctx context.Context, who Who, in []registry.StockCountInput) ([]p.EntityID, error) {
	if err := d.mayKeepStock(who, rights.Create); err != nil {
		return nil, err
	}
	place := d.Node.Identity().Place
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		known, err := d.stockKnown(tx)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for i := range in {
			c := in[i]
			c.Place = place
			now := c.Day == 0 || c.Day == d.Today() && c.Clock == 0
			d.stamp(&c.Day, &c.Clock)
			row, err := tx.StockRow(c.Key())
			if err != nil {
				return nil, err
			}
			if row != nil {
				c.Book = row.Balance()
			}
			if !now { // what it says of then, not of now
				if c.Book, err = report.BalanceAt(tx, c.Key(), registry.Moment(c.Day, c.Clock)); err != nil {
					return nil, err
				}
			}
			if now {
				if c.Seen, err = seenBy(tx, &c); err != nil {
					return nil, err
				}
			}
			draft, err := registry.NewStockCount(c, known)
			if err != nil {
				return nil, atLine(err, i+1)
			}
			drafts = append(drafts, draft)
		}
		return drafts, nil
	})
	return madeBy(dots), err
}

// seenBy names what stands in the ledger of a lot although it says that it is no earlier than a count of it.
func seenBy(tx store.Tx, c *registry.StockCountInput) ([]p.EntityID, error) {
	key, at := c.Key(), registry.Moment(c.Day, c.Clock)
	moves, err := tx.MovementsOf(key)
	if err != nil {
		return nil, err
	}
	var out []p.EntityID
	for i := range moves {
		if m := &moves[i]; m.Moment >= at && m.Kind != registry.KindStockCount {
			out = append(out, m.ID)
		}
	}
	vaccine := key.Item
	if registry.IsSupply(vaccine) {
		vaccine = ""
	}
	doses, err := tx.DosesFrom(key.Place, c.Day, vaccine)
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			if use.Key == key && use.Moment >= at {
				out = append(out, doses[i].ID)
			}
		}
	}
	return setOf(out), err
}

// VoidStock takes back movements, counts, transfers or requests of this node's own place that were entered in error. What the receiver of a
// transfer has confirmed is not taken back: the two talk, and one sends it back.
func (d *Desk) VoidStock(ctx context.Context, who Who, reason string, ids ...p.EntityID) error {
	if err := d.mayKeepStock(who, rights.Void); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for _, id := range ids {
			s, err := tx.State(id)
			if err != nil {
				return nil, err
			}
			if s == nil || !project.MovesStock(s.Kind) && s.Kind != registry.KindOrder {
				return nil, fmt.Errorf("stock %s: %w", id, ErrNotFound)
			}
			if at, _ := s.Get(p.FieldPlace).Ref(); at != d.Node.Identity().Place {
				return nil, ErrElsewhere
			}
			if s.Kind == registry.KindOrder {
				if err := d.withdrawn(tx, s); err != nil {
					return nil, err
				}
			}
			if s.Kind == registry.KindTransfer {
				x, err := d.consignment(tx, s)
				if err != nil {
					return nil, err
				}
				if x.Taken {
					return nil, registry.Errors{{Field: "lines", Code: registry.CodeDeliveryTaken, Params: map[string]any{"on": x.On}}}
				}
			}
			draft, err := registry.Void(s, reason, registry.SawOf(s))
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}

// LedgerLine is one line of the ledger of a lot: a movement, a count, or the doses of a day.
type LedgerLine struct {
	project.MovementRow
	Doses   int64 // given that day, of a line that stands for doses
	Book    int64 // of a count: what the ledger said
	Beaten  bool  // another receipt of the same delivery stands
	Counted bool  // it is in a later count already: it changes nothing any more
	Note    string
	Other   string
	Who     p.EntityID
	Mine    bool // may be taken back here
}

// LotLedger reads the ledger of one lot of this node's own place, newest first.
func (d *Desk) LotLedger(ctx context.Context, who Who, key registry.StockKey) (*StockLot, []LedgerLine, error) {
	if err := d.mayKeepStock(who, rights.Read); err != nil {
		return nil, nil, err
	}
	key.Place = d.Node.Identity().Place
	var lot *StockLot
	var out []LedgerLine
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.StockRow(key)
		if err != nil {
			return err
		}
		lot = &StockLot{StockRow: project.StockRow{Key: key}}
		if row != nil {
			lot.StockRow = *row
		}
		suspended, err := d.suspendedHere(tx)
		if err != nil {
			return err
		}
		lot.Suspended = suspended[lotKey(key.Item, key.Lot)]
		out, err = d.ledgerLines(tx, lot)
		return err
	})
	return lot, out, err
}

func (d *Desk) ledgerLines(tx store.Tx, lot *StockLot) ([]LedgerLine, error) {
	key := lot.Key
	moves, err := tx.MovementsOf(key)
	if err != nil {
		return nil, err
	}
	var count *project.MovementRow
	for i := range moves {
		if moves[i].ID == lot.Count {
			count = &moves[i]
		}
	}
	var out []LedgerLine
	for i := range moves {
		m := moves[i]
		line := LedgerLine{MovementRow: m, Mine: true, Counted: count != nil && m.ID != count.ID && (m.Kind == registry.KindStockCount || count.Absorbs(m.Moment, m.ID))}
		receipts, err := tx.MovementsOfTransfer(m.Transfer)
		if err != nil {
			return nil, err
		}
		line.Beaten = project.Beaten(&m, receipts)
		s, err := tx.State(m.ID)
		if err != nil || s == nil {
			return nil, err
		}
		switch s.Kind {
		case registry.KindMovement:
			x := registry.MovementOf(s)
			line.Note, line.Other = x.Note, x.Other
		case registry.KindStockCount:
			x := registry.StockCountOf(s)
			line.Note, line.Book = x.Note, x.Book
		case registry.KindTransfer:
			x, err := d.consignment(tx, s)
			if err != nil {
				return nil, err
			}
			line.Note, line.Other, line.Mine = x.Note, x.ToName, !x.Taken
		}
		out = append(out, line)
	}
	vaccine := key.Item
	if registry.IsSupply(vaccine) {
		vaccine = ""
	}
	doses, err := tx.DosesFrom(key.Place, d.Today()-stockBackDays, vaccine)
	if err != nil {
		return nil, err
	}
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			if use.Key != key {
				continue
			}
			in := count != nil && count.Absorbs(use.Moment, doses[i].ID)
			day := use.Moment / (24 * 60)
			at := slices.IndexFunc(out, func(l LedgerLine) bool { return l.Doses > 0 && l.Moment/(24*60) == day && l.Counted == in })
			if at < 0 {
				out = append(out, LedgerLine{MovementRow: project.MovementRow{Moment: use.Moment, Key: key}, Counted: in})
				at = len(out) - 1
			}
			out[at].Doses++
			out[at].Moment = max(out[at].Moment, use.Moment)
		}
	}
	slices.SortStableFunc(out, func(a, b LedgerLine) int { return -project.ByMoment(a.MovementRow, b.MovementRow) })
	return out, nil
}
