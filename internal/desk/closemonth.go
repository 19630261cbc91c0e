package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// closeDays is for how many days after a month a count of the fridge is one of its end: the report is due on the third.
const closeDays = 10

// closeForms are the reports that are handed in for a month, in this order.
var closeForms = []string{"results", "supplies", "reactions"}

// MonthClose is a month of this node's own place: what would be handed in now, and what the ledger and the fridge do not agree on.
type MonthClose struct {
	Month     registry.Month
	Reports   []*MonthlyReport // by closeForms; supplies are of the place alone, the others of the commune where it keeps its register
	Gaps      []Gap
	Uncounted []report.SupplyLine // there should be some, and nobody counted
	Closed    []registry.Closing  // the first is what was handed in, the others are corrections
	Due       registry.Day
}

// Gap is a difference between the ledger of a lot and what a count found; of one without a count the ledger itself is below zero.
type Gap struct {
	report.CountFound
	Causes []GapCause
	Reason registry.GapReason // what was said of it at an earlier closing, or what alone explains it; 0: nobody knows yet
	Note   string
}

// GapCause is something that may explain a gap, and how much of it.
type GapCause struct {
	Reason registry.GapReason
	N      int64
}

// MayCloseMonth reports whether somebody may close a month of this node's own place.
func (d *Desk) MayCloseMonth(who Who) bool {
	a := d.areaOf(who)
	return d.Node.Identity().Role == registry.NodeStation && rights.May(who.Role, rights.Create, registry.KindClosing) && (a.all || a.has(d.Node.Identity().Place))
}

// MonthToClose reads a month that is to be closed.
func (d *Desk) MonthToClose(ctx context.Context, who Who, month registry.Month) (*MonthClose, error) {
	if !d.MayCloseMonth(who) {
		return nil, ErrForbidden
	}
	out := &MonthClose{Month: month}
	for _, form := range closeForms {
		q := ReportQuery{Form: form, Period: report.Period{From: month.First(), To: month.Last()}}
		if form == "supplies" {
			q.Place = d.Node.Identity().Place
		}
		m, err := d.Report(ctx, who, q)
		if err != nil {
			return nil, err
		}
		if due, _, ok := m.Layout.Deadline(q.Period); ok && form == closeForms[0] {
			out.Due = due
		}
		out.Reports = append(out.Reports, m)
	}
	err := d.view(ctx, func(tx store.Tx) (err error) {
		if out.Closed, err = d.closings(tx, month, d.Node.Identity().Place); err != nil {
			return err
		}
		return d.gaps(tx, out)
	})
	return out, err
}

// closings are those of a month at some places, the first that was handed in before its corrections. Of two that were made apart the
// earlier is the one handed in, and all machines agree on which that is.
func (d *Desk) closings(tx store.Tx, month registry.Month, places ...p.EntityID) ([]registry.Closing, error) {
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindClosing, Places: places, From: month.First(), Until: month.Last() + 1})
	if err != nil {
		return nil, err
	}
	states, err := recorded(tx, rows)
	if err != nil {
		return nil, err
	}
	var out []registry.Closing
	for _, s := range states {
		out = append(out, registry.ClosingOf(s))
	}
	slices.SortFunc(out, func(a, b registry.Closing) int {
		return cmp.Or(cmp.Compare(btoi(!a.Corrects.IsZero()), btoi(!b.Corrects.IsZero())), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Clock, b.Clock), a.ID.Compare(b.ID))
	})
	return out, nil
}

// gaps finds where the fridge and the ledger differ.
func (d *Desk) gaps(tx store.Tx, out *MonthClose) error {
	place, from := d.Node.Identity().Place, out.Month.First()
	to := min(d.Today(), out.Month.Last()+closeDays)
	accounts, err := report.Accounts(tx, place, report.Period{From: from, To: to})
	if err != nil {
		return err
	}
	stock, err := d.stockHere(tx)
	if err != nil {
		return err
	}
	said, err := d.saidBefore(tx, place, out.Month)
	if err != nil {
		return err
	}
	lines := map[string]*report.SupplyLine{}
	for _, m := range out.Reports {
		if m.Supplies != nil {
			for i := range m.Supplies.Lines {
				lines[m.Supplies.Lines[i].Key()] = &m.Supplies.Lines[i]
			}
		}
	}
	for i := range accounts {
		a := &accounts[i]
		since := registry.Moment(from, registry.NewClock(0, 0))
		for k := range a.Counts {
			c := &a.Counts[k]
			if c.Difference() != 0 && !c.First {
				g := Gap{CountFound: *c}
				g.Causes = gapCauses(stock, accounts, c, since)
				g.guess(said)
				out.Gaps = append(out.Gaps, g)
			}
			since = c.Moment
		}
		line := lines[a.Line.Key()]
		switch {
		case line == nil || !line.Entered:
		case line.Closing < 0:
			g := Gap{CountFound: report.CountFound{
				Key: registry.StockKey{Place: place, Item: line.Item, Lot: line.Lot, Stock: line.Stock}, Number: line.Number, Expires: line.Expires,
				Moment: registry.Moment(out.Month.Last()+1, registry.NewClock(0, 0)) - 1, Book: line.Closing, Expected: line.Closing,
			}}
			since = registry.Moment(from, registry.NewClock(0, 0)) // of counts after the month none is behind it
			for k := range a.Counts {
				if at := a.Counts[k].Moment; at <= g.Moment {
					since = at
				}
			}
			g.Causes = gapCauses(stock, accounts, &g.CountFound, since)
			g.guess(said)
			out.Gaps = append(out.Gaps, g)
		case line.Closing > 0 && len(a.Counts) == 0:
			out.Uncounted = append(out.Uncounted, *line)
		}
	}
	slices.SortFunc(out.Gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Key.Item, b.Key.Item), cmp.Compare(a.Key.Lot, b.Key.Lot), cmp.Compare(a.Moment, b.Moment), a.ID.Compare(b.ID))
	})
	return nil
}

// saidBefore is what was said of counts when this month or one around it was closed.
func (d *Desk) saidBefore(tx store.Tx, place p.EntityID, month registry.Month) (map[p.EntityID]registry.Settled, error) {
	out := map[p.EntityID]registry.Settled{}
	for m := month - 1; m <= month+1; m++ {
		list, err := d.closings(tx, m, place)
		if err != nil {
			return nil, err
		}
		for i := range list {
			for _, x := range list[i].Settled {
				if !x.Count.IsZero() {
					out[x.Count] = x
				}
			}
		}
	}
	return out, nil
}

// gapCauses names what may explain a difference.
func gapCauses(stock *Stock, accounts []report.Account, c *report.CountFound, since int64) (out []GapCause) {
	add := func(reason registry.GapReason, n int64) {
		if n != 0 {
			out = append(out, GapCause{reason, n})
		}
	}
	noLot := int64(0)
	for i := range accounts {
		l := &accounts[i].Line
		if l.Item != c.Key.Item || l.Lot != "" || l.Stock != c.Key.Stock || registry.IsSupply(l.Item) {
			continue
		}
		for k := range l.Entries {
			if e := &l.Entries[k]; e.Kind == registry.KindImmunization && since <= e.Moment && e.Moment < c.Moment {
				noLot++
			}
		}
	}
	add(registry.GapNoLot, noLot)
	bag := int64(0)
	for i := range stock.Bags {
		if b := &stock.Bags[i]; b.Key == c.Key && b.Rest() > 0 && registry.Moment(b.Day, registry.NewClock(0, 0)) <= c.Moment {
			bag += b.Rest()
		}
	}
	add(registry.GapSession, bag)
	rest := int64(0)
	for i := range stock.Open {
		if v := &stock.Open[i]; v.Key == c.Key && v.Until <= c.Moment { // else it may still be used
			rest += int64(v.Rest)
		}
	}
	add(registry.GapVial, rest)
	coming := int64(0)
	for i := range stock.Coming {
		if x := &stock.Coming[i]; registry.Moment(x.Day, x.Clock) > c.Moment {
			continue
		}
		for _, l := range stock.Coming[i].Lines {
			if registry.NewStockKey(c.Key.Place, l.Item, l.Lot, l.Stock) == c.Key {
				coming += int64(l.Quantity)
			}
		}
	}
	add(registry.GapTransfer, coming)
	if !c.ID.IsZero() {
		add(registry.GapLate, c.Late())
	}
	return out
}

// guess takes over what was said of a count before, or the one cause that explains all of a difference.
func (g *Gap) guess(said map[p.EntityID]registry.Settled) {
	if x, ok := said[g.ID]; ok && !g.ID.IsZero() && x.Gap == g.Difference() {
		g.Reason, g.Note = x.Reason, x.Note
		return
	}
	if len(g.Causes) == 1 && g.Causes[0].effect() == g.Difference() {
		g.Reason = g.Causes[0].Reason
	}
}

// effect is by how much more a count finds because of a cause: a delivery that came and was not confirmed lies in the fridge, everything else
// that the ledger lacks does not.
func (x GapCause) effect() int64 {
	if x.Reason == registry.GapTransfer {
		return x.N
	}
	return -x.N
}

// CloseMonth keeps what is handed in for a month of this node's own place, as one act. It is never written over: where the month is closed
// already it becomes a correction of what was handed in, which wants a reason.
func (d *Desk) CloseMonth(ctx context.Context, who Who, in registry.ClosingInput) (p.EntityID, error) {
	if !d.MayCloseMonth(who) {
		return p.EntityID{}, ErrForbidden
	}
	in.Place, in.Day, in.Clock = d.Node.Identity().Place, 0, 0
	d.stamp(&in.Day, &in.Clock)
	if _, err := report.Unpack(in.Packed, in.Hash); err != nil {
		return p.EntityID{}, err
	}
	return d.appendOne(ctx, who, func(tx store.Tx) ([]registry.Draft, error) {
		before, err := d.closings(tx, in.Month, in.Place)
		if err != nil {
			return nil, err
		}
		in.Corrects = p.EntityID{}
		if len(before) > 0 {
			in.Corrects = before[0].ID
		}
		draft, err := registry.NewClosing(in, registry.Known{Today: d.Today()})
		return []registry.Draft{draft}, err
	})
}

// ClosedMonth is a closing with what it kept.
type ClosedMonth struct {
	registry.Closing
	Kept  []report.Kept // nil if it is damaged, see Broken
	Place project.PlaceRow
	All   []registry.Closing // of the same month and place
	// Broken says that what was kept is not what its hash says: it is not shown as what was handed in.
	Broken bool
}

// Closing reads what was handed in for a month.
func (d *Desk) Closing(ctx context.Context, who Who, id p.EntityID) (*ClosedMonth, error) {
	if err := may(who, rights.Read, registry.KindClosing); err != nil {
		return nil, err
	}
	out := &ClosedMonth{}
	err := d.view(ctx, func(tx store.Tx) error {
		s, err := state(tx, id, registry.KindClosing)
		if err != nil {
			return err
		}
		out.Closing = registry.ClosingOf(s)
		if a := d.areaOf(who); !a.all && !a.has(out.Closing.Place) && !d.Within(who, out.Closing.Place) {
			return ErrElsewhere
		}
		if row, ok := d.Node.Atlas().Row(out.Closing.Place); ok {
			out.Place = row
		}
		out.All, err = d.closings(tx, out.Month, out.Closing.Place)
		return err
	})
	if err != nil {
		return nil, err
	}
	if out.Kept, err = report.Unpack(out.Packed, out.Hash); err != nil {
		out.Kept, out.Broken = nil, true
	}
	return out, nil
}

// ReportOf makes one of the reports that were kept once more, of what is known now; ErrNotFound of a form that this version does not hand in.
func (d *Desk) ReportOf(ctx context.Context, who Who, c *ClosedMonth, form string) (*MonthlyReport, error) {
	if !slices.Contains(closeForms, form) {
		return nil, ErrNotFound
	}
	q := ReportQuery{Form: form, Place: c.Closing.Place, Period: report.Period{From: c.Month.First(), To: c.Month.Last()}}
	if row, ok := d.Map().Row(communeOf(d.Map(), q.Place)); ok && form != "supplies" && sharesRegister(&c.Place) {
		q.Place = row.ID
	}
	return d.Report(ctx, who, q)
}
