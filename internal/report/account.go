package report

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Account is one lot of one place in a period.
type Account struct {
	Line   SupplyLine
	Counts []CountFound // of the period
}

// Accounts adds up each lot of a place. A balance is what the ledger says now for a moment, by the rules of the ledger itself
// (project.SumStock): the last count before it, and what happened since. Before anybody entered any of a lot there is none.
func Accounts(tx store.Tx, place p.EntityID, period Period) ([]Account, error) {
	rows, err := tx.Stock(place)
	if err != nil {
		return nil, err
	}
	start, end := registry.Moment(period.From, registry.NewClock(0, 0)), registry.Moment(period.To+1, registry.NewClock(0, 0))
	lots := make([]*lot, 0, len(rows))
	of := map[registry.StockKey]*lot{}
	since := period.From
	for i := range rows {
		x := &lot{key: rows[i].Key, receipts: map[p.EntityID][]project.MovementRow{}}
		if err := x.read(tx); err != nil {
			return nil, err
		}
		lots, of[x.key] = append(lots, x), x
		since = min(since, x.needs(start, end))
	}
	doses, err := tx.DosesFrom(place, since, "")
	if err != nil {
		return nil, err
	}
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			if use.Moment >= end {
				continue
			}
			if x := of[use.Key]; x != nil {
				x.uses = append(x.uses, used{use.Moment, &doses[i]})
			}
		}
	}
	out := make([]Account, 0, len(lots))
	for _, x := range lots {
		out = append(out, x.account(start, end))
	}
	return out, nil
}

// BalanceAt is what the ledger of a lot says now for a moment.
func BalanceAt(tx store.Tx, key registry.StockKey, at int64) (int64, error) {
	x := &lot{key: key, receipts: map[p.EntityID][]project.MovementRow{}}
	if err := x.read(tx); err != nil {
		return 0, err
	}
	doses, err := tx.DosesFrom(key.Place, x.needs(at, at), "")
	if err != nil {
		return 0, err
	}
	for i := range doses {
		for _, use := range doses[i].StockUses() {
			if use.Key == key && use.Moment < at {
				x.uses = append(x.uses, used{use.Moment, &doses[i]})
			}
		}
	}
	return x.balance(at), nil
}

// lot is what is known of one.
type lot struct {
	key      registry.StockKey
	moves    []project.MovementRow // by moment, none of them void, none beaten
	counts   []project.MovementRow // of these
	book     map[p.EntityID]int64  // of counts
	receipts map[p.EntityID][]project.MovementRow
	uses     []used
}

type used struct {
	moment int64
	dose   *project.ImmunizationRow
}

func (x *lot) read(tx store.Tx) error {
	moves, err := tx.MovementsOf(x.key)
	if err != nil {
		return err
	}
	x.book = map[p.EntityID]int64{}
	for i := range moves {
		m := moves[i]
		if m.Void {
			continue
		}
		if id := m.Transfer; !id.IsZero() && x.receipts[id] == nil {
			if x.receipts[id], err = tx.MovementsOfTransfer(id); err != nil {
				return err
			}
		}
		if project.Beaten(&m, x.receipts[m.Transfer]) {
			continue
		}
		x.moves = append(x.moves, m)
		if m.Kind != registry.KindStockCount {
			continue
		}
		x.counts = append(x.counts, m)
		s, err := tx.State(m.ID)
		if err != nil {
			return err
		}
		if s != nil {
			x.book[m.ID] = registry.StockCountOf(s).Book
		}
	}
	slices.SortFunc(x.moves, project.ByMoment)
	slices.SortFunc(x.counts, project.ByMoment)
	return nil
}

// needs is from which day on doses must be read: from the last count before the period or, where the period is not all there is and
// nobody counted before it, from the first dose that ever used of the lot.
func (x *lot) needs(start, end int64) registry.Day {
	if len(x.moves) == 0 || x.moves[0].Moment >= end { // only doses tell of it
		return registry.Day(start / (24 * 60))
	}
	from := int64(0)
	for i := range x.counts {
		if x.counts[i].Moment < start {
			from = x.counts[i].Moment
		}
	}
	return registry.Day(from / (24 * 60))
}

// balance is what the ledger says for a moment: what is of before it, by its last count.
func (x *lot) balance(at int64) int64 {
	var until []project.MovementRow
	var count *project.MovementRow
	for i := range x.moves {
		if x.moves[i].Moment < at {
			until = append(until, x.moves[i])
			if x.moves[i].Kind == registry.KindStockCount {
				count = &x.moves[i]
			}
		}
	}
	if len(until) == 0 {
		return 0
	}
	row := project.SumStock(x.key, until, func(*project.MovementRow) bool { return false })
	n := row.Base + row.Moved
	for _, u := range x.uses {
		if u.moment < at && (count == nil || !count.Absorbs(u.moment, u.dose.ID)) {
			n--
		}
	}
	return n
}

// expected is what a count should have found: what the one before it found, and what happened since that it has seen.
func (x *lot) expected(at int) int64 {
	c := &x.counts[at]
	n, before := int64(0), (*project.MovementRow)(nil)
	if at > 0 {
		before = &x.counts[at-1]
		n = before.Amount
	}
	for i := range x.moves {
		if m := &x.moves[i]; m.Kind != registry.KindStockCount && c.Absorbs(m.Moment, m.ID) && (before == nil || !before.Absorbs(m.Moment, m.ID)) {
			n += m.Type.Sign() * m.Amount
		}
	}
	for _, u := range x.uses {
		if c.Absorbs(u.moment, u.dose.ID) && (before == nil || !before.Absorbs(u.moment, u.dose.ID)) {
			n--
		}
	}
	return n
}

func (x *lot) account(start, end int64) Account {
	l := SupplyLine{Item: x.key.Item, Lot: x.key.Lot, Stock: x.key.Stock, Opening: x.balance(start), Closing: x.balance(end)}
	var a Account
	before := len(x.moves) > 0 && x.moves[0].Moment < start
	from := start
	for i := range x.counts {
		if x.counts[i].Moment < start {
			from = x.counts[i].Moment
		}
	}
	if before && from == start {
		from = 0
	}
	for i := range x.moves {
		m := &x.moves[i]
		if m.Moment >= end {
			continue
		}
		l.Entered = true
		l.Number, l.Expires = cmp.Or(m.Number, l.Number), cmp.Or(m.Expires, l.Expires)
		if m.Moment < from {
			continue
		}
		if m.Moment >= start {
			l.move(m)
		}
		if m.Kind == registry.KindStockCount || m.Type.Sign() != 0 {
			l.Entries = append(l.Entries, SupplyEntry{ID: m.ID, Place: x.key.Place, Moment: m.Moment, Kind: m.Kind, Type: m.Type, Reason: m.Reason, Amount: m.Amount})
		}
	}
	for _, u := range x.uses {
		if u.moment < from {
			continue
		}
		if u.moment >= start {
			l.Given++
		}
		if u.dose.Vaccine == l.Item {
			l.Number, l.Expires = cmp.Or(l.Number, u.dose.Lot), cmp.Or(l.Expires, u.dose.Expires)
		}
		l.Entries = append(l.Entries, SupplyEntry{
			ID: u.dose.ID, Place: x.key.Place, Moment: u.moment, Kind: registry.KindImmunization, Amount: 1, Subject: u.dose.Subject, Case: u.dose.Case,
			Dose: u.dose.Dose, Vaccine: u.dose.Vaccine,
		})
	}
	l.Difference = l.Closing - l.Opening - l.Received + l.Given + l.Used + l.Returned + l.DestroyedBy(allReasons...)
	for i := range x.counts {
		c := &x.counts[i]
		if c.Moment < start || c.Moment >= end {
			continue
		}
		f := CountFound{
			ID: c.ID, Key: x.key, Number: l.Number, Expires: l.Expires, Moment: c.Moment, Book: x.book[c.ID], Expected: x.expected(i), Found: c.Amount,
			First: x.moves[0].ID == c.ID,
		}
		for k := range l.Entries {
			if l.Entries[k].ID == c.ID {
				l.Entries[k].Found = f.Difference()
			}
		}
		a.Counts = append(a.Counts, f)
	}
	slices.SortFunc(l.Entries, func(a, b SupplyEntry) int { return cmp.Or(cmp.Compare(a.Moment, b.Moment), a.ID.Compare(b.ID)) })
	a.Line = l
	return a
}

// move adds one movement of the period.
func (l *SupplyLine) move(m *project.MovementRow) {
	if m.Kind == registry.KindStockCount {
		return
	}
	switch m.Type {
	case registry.MoveReceived:
		l.Received += m.Amount
	case registry.MoveIssued:
		l.Returned += m.Amount
	case registry.MoveUsed:
		l.Used += m.Amount
	case registry.MoveDiscarded:
		reason := m.Reason
		if !registry.DiscardReasonEnum.Known(int64(reason)) {
			reason = 0
		}
		l.Destroyed[reason] += m.Amount
	}
}
