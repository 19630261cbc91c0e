package sqlite

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const movementColumns = `num, n, kind, place, item, lot, stock, moment, type, amount, number, expires, vvm, vial, session, transfer, line, reason, void, seen`

func (t *tx) movements(where string, args ...any) ([]project.MovementRow, error) {
	rows, err := list(t, `SELECT `+movementColumns+` FROM movement `+where, args, func(r *project.MovementRow) []any {
		return []any{
			t.to(&r.ID), &r.N, &r.Kind, t.to(&r.Key.Place), t.toText(&r.Key.Item), t.toText(&r.Key.Lot), &r.Key.Stock, &r.Moment, &r.Type, &r.Amount,
			t.toText(&r.Number), &r.Expires, &r.VVM, &r.Vial, t.to(&r.Session), t.to(&r.Transfer), &r.Line, &r.Reason, &r.Void, &r.Seen,
		}
	})
	slices.SortFunc(rows, project.ByMoment)
	return rows, err
}

// PutMovementRows implements store.RowTx.
func (t *tx) PutMovementRows(id p.EntityID, rows []project.MovementRow) error {
	if err := t.withNumbers(`DELETE FROM movement WHERE num = ?`, id); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		n, err := t.numbers(id, r.Key.Place, r.Session, r.Transfer)
		if err != nil {
			return err
		}
		words, err := t.wordsOf(r.Key.Item, r.Key.Lot, r.Number)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO movement (`+movementColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			n[0], int64(r.N), int64(r.Kind), n[1], words[0], words[1], int64(r.Key.Stock), r.Moment, int64(r.Type), r.Amount, words[2], int64(r.Expires),
			int64(r.VVM), int64(r.Vial), n[2], n[3], int64(r.Line), int64(r.Reason), boolOf(r.Void), append([]byte{}, r.Seen...)); err != nil {
			return err
		}
	}
	return nil
}

// wordsOf returns the numbers of texts that repeat.
func (t *tx) wordsOf(texts ...string) ([]int64, error) {
	out := make([]int64, len(texts))
	for i, text := range texts {
		n, err := t.word(text)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// stockArgs are the numbers of a key, in the order of the table's.
func (t *tx) stockArgs(k registry.StockKey) ([]any, error) {
	place, err := t.number(k.Place)
	if err != nil {
		return nil, err
	}
	words, err := t.wordsOf(k.Item, k.Lot)
	if err != nil {
		return nil, err
	}
	return []any{place, words[0], words[1], int64(k.Stock)}, nil
}

// MovementRows implements store.RowTx.
func (t *tx) MovementRows(id p.EntityID) ([]project.MovementRow, error) {
	num, err := t.number(id)
	if err != nil || num == 0 {
		return nil, err
	}
	return t.movements(`WHERE num = ?`, num)
}

// MovementsOf implements store.RowTx.
func (t *tx) MovementsOf(key registry.StockKey) ([]project.MovementRow, error) {
	args, err := t.stockArgs(key)
	if err != nil {
		return nil, err
	}
	return t.movements(`WHERE place = ? AND item = ? AND lot = ? AND stock = ?`, args...)
}

// MovementsOfTransfer implements store.RowTx.
func (t *tx) MovementsOfTransfer(transfer p.EntityID) ([]project.MovementRow, error) {
	num, err := t.number(transfer)
	if err != nil || num <= 0 {
		return nil, err
	}
	return t.movements(`WHERE transfer = ?1 AND transfer <> 0`, num)
}

// MovementsAt implements store.Query.
func (t *tx) MovementsAt(place p.EntityID, from, until int64) ([]project.MovementRow, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	return t.movements(`WHERE place = ?1 AND moment >= ?2 AND (?3 = 0 OR moment < ?3)`, num, from, until)
}

const stockColumns = `place, item, lot, stock, number, expires, vvm, vial, count, counted, base, moved, given, entries`

func (t *tx) stockDest(r *project.StockRow) []any {
	return []any{
		t.to(&r.Key.Place), t.toText(&r.Key.Item), t.toText(&r.Key.Lot), &r.Key.Stock, t.toText(&r.Number), &r.Expires, &r.VVM, &r.Vial,
		t.to(&r.Count), &r.Counted, &r.Base, &r.Moved, &r.Given, &r.Entries,
	}
}

// StockRow implements store.RowTx.
func (t *tx) StockRow(key registry.StockKey) (*project.StockRow, error) {
	args, err := t.stockArgs(key)
	if err != nil {
		return nil, err
	}
	return single(t, `SELECT `+stockColumns+` FROM stock WHERE place = ? AND item = ? AND lot = ? AND stock = ?`, args, t.stockDest)
}

// PutStockRow implements store.RowTx.
func (t *tx) PutStockRow(r *project.StockRow) error {
	if !t.write {
		return errReadOnly
	}
	args, err := t.stockArgs(r.Key)
	if err != nil {
		return err
	}
	number, err := t.word(r.Number)
	if err != nil {
		return err
	}
	count, err := t.number(r.Count)
	if err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO stock (`+stockColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(args, number, int64(r.Expires), int64(r.VVM), int64(r.Vial), count, r.Counted, r.Base, r.Moved, r.Given, r.Entries)...)
}

// DeleteStockRow implements store.RowTx.
func (t *tx) DeleteStockRow(key registry.StockKey) error {
	if !t.write {
		return errReadOnly
	}
	args, err := t.stockArgs(key)
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM stock WHERE place = ? AND item = ? AND lot = ? AND stock = ?`, args...)
}

// Stock implements store.Query.
func (t *tx) Stock(places ...p.EntityID) ([]project.StockRow, error) {
	var rows []project.StockRow
	var err error
	if len(places) == 0 {
		rows, err = list(t, `SELECT `+stockColumns+` FROM stock`, nil, t.stockDest)
	} else {
		err = t.inParts(places, func(in string, numbers []any) error {
			part, err := list(t, `SELECT `+stockColumns+` FROM stock WHERE place IN `+in, numbers, t.stockDest)
			rows = append(rows, part...)
			return err
		})
	}
	store.SortStock(rows)
	return rows, err
}

// DosesFrom implements store.RowTx.
func (t *tx) DosesFrom(place p.EntityID, since registry.Day, vaccine string) ([]project.ImmunizationRow, error) {
	num, err := t.number(place)
	if err != nil || num <= 0 {
		return nil, err
	}
	word, err := t.word(vaccine)
	if err != nil {
		return nil, err
	}
	rows, err := t.doses(`WHERE place = ?1 AND given_on >= ?2 AND (?3 = 0 OR vaccine = ?3)`, num, int64(since), word)
	sortDoses(rows)
	return rows, err
}
