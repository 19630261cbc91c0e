package node

import (
	"cmp"
	"maps"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// lot is what a batch does to the balance of one lot at one place.
type lot struct {
	count *project.MovementRow // that the stored balance begins with; nil: there is none
	given int64                // doses used, less those given back
	moved bool                 // a movement or a count of it changed: the ledger is added up anew
}

// lotOf returns what this batch does to a lot.
func (b *batch) lotOf(key registry.StockKey) (*lot, error) {
	if l := b.lots[key]; l != nil {
		return l, nil
	}
	row, err := b.tx.StockRow(key)
	if err != nil {
		return nil, err
	}
	l := &lot{}
	if row != nil {
		if l.count, err = b.countRow(row.Count); err != nil {
			return nil, err
		}
	}
	if b.lots == nil {
		b.lots = map[registry.StockKey]*lot{}
	}
	b.lots[key] = l
	return l, nil
}

// countRow returns a count of a balance, nil if there is none.
func (b *batch) countRow(id p.EntityID) (*project.MovementRow, error) {
	if id.IsZero() {
		return nil, nil
	}
	rows, err := b.tx.MovementRows(id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// stockDose moves balances by the difference between what a dose used before and what it uses now: one that is taken back, or moved
// to another lot or place, gives back what it had used.
func (b *batch) stockDose(old, row *project.ImmunizationRow) error {
	var before, after []project.StockUse
	if old != nil {
		before = old.StockUses()
	}
	if row != nil {
		after = row.StockUses()
	}
	if slices.Equal(before, after) {
		return nil
	}
	for _, side := range []struct {
		row  *project.ImmunizationRow
		uses []project.StockUse
		by   int64
	}{{old, before, -1}, {row, after, 1}} {
		for _, use := range side.uses {
			l, err := b.lotOf(use.Key)
			if err != nil {
				return err
			}
			if l.count == nil || !l.count.Absorbs(use.Moment, side.row.ID) {
				l.given += side.by
			}
		}
	}
	return nil
}

// stockMoves stores what an entity says of stock, and marks the lots it says that of, and said before. Receipts of one delivery are
// weighed against each other, so theirs are marked too.
func (b *batch) stockMoves(e *entry, rows []project.MovementRow) error {
	if len(rows) == 0 && (e.old == nil || !project.MovesStock(e.old.Kind)) {
		return nil
	}
	old, err := b.tx.MovementRows(e.id)
	if err != nil || len(old) == 0 && len(rows) == 0 {
		return err
	}
	touched := slices.Concat(old, rows)
	for _, r := range slices.Concat(old, rows) {
		receipts, err := b.tx.MovementsOfTransfer(r.Transfer)
		if err != nil {
			return err
		}
		touched = append(touched, receipts...)
	}
	for i := range touched {
		l, err := b.lotOf(touched[i].Key)
		if err != nil {
			return err
		}
		l.moved = true
	}
	return b.tx.PutMovementRows(e.id, rows)
}

// stock stores the balances that a batch moved, once all its doses and movements are stored.
func (b *batch) stock() error {
	for _, key := range slices.SortedFunc(maps.Keys(b.lots), compareStockKeys) {
		if err := b.balance(key, b.lots[key]); err != nil {
			return err
		}
	}
	clear(b.lots)
	return nil
}

func (b *batch) balance(key registry.StockKey, l *lot) error {
	if !l.moved && l.given == 0 {
		return nil
	}
	old, err := b.tx.StockRow(key)
	if err != nil {
		return err
	}
	row := project.StockRow{Key: key}
	if old != nil {
		row = *old
	}
	row.Given += l.given
	if l.moved {
		if row, err = b.addedUp(key, row, l); err != nil {
			return err
		}
	}
	if row.Entries == 0 && row.Given == 0 {
		if old == nil {
			return nil
		}
		return b.tx.DeleteStockRow(key)
	}
	return b.tx.PutStockRow(&row)
}

// addedUp adds up the ledger of a lot. Its doses are counted anew only where another count begins the balance.
func (b *batch) addedUp(key registry.StockKey, before project.StockRow, l *lot) (project.StockRow, error) {
	rows, err := b.tx.MovementsOf(key)
	if err != nil {
		return before, err
	}
	receipts := map[p.EntityID][]project.MovementRow{}
	for i := range rows {
		if id := rows[i].Transfer; !id.IsZero() && receipts[id] == nil {
			if receipts[id], err = b.tx.MovementsOfTransfer(id); err != nil {
				return before, err
			}
		}
	}
	row := project.SumStock(key, rows, func(r *project.MovementRow) bool { return project.Beaten(r, receipts[r.Transfer]) })
	row.Given = before.Given
	count, err := b.countRow(row.Count)
	if err != nil {
		return before, err
	}
	if count == nil && l.count == nil || count != nil && l.count != nil && *count == *l.count {
		return row, nil
	}
	var since registry.Day
	vaccine := key.Item
	if registry.IsSupply(vaccine) {
		vaccine = ""
	}
	if count != nil { // what is earlier is in the count
		since = registry.Day(count.Moment / (24 * 60))
	}
	doses, err := b.tx.DosesFrom(key.Place, since, vaccine)
	if err != nil {
		return before, err
	}
	row.Given = project.GivenSince(key, count, doses)
	return row, nil
}

func compareStockKeys(a, b registry.StockKey) int {
	return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Stock, b.Stock))
}
