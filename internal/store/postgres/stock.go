package postgres

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var movementTable = newTable("movement", "place id n", `id n kind place item lot stock moment type amount number expires vvm vial session transfer line reason void seen`,
	func(r *project.MovementRow) []any {
		return []any{
			&r.ID, &r.N, &r.Kind, &r.Key.Place, &r.Key.Item, &r.Key.Lot, &r.Key.Stock, &r.Moment, &r.Type, &r.Amount, &r.Number, &r.Expires, &r.VVM,
			&r.Vial, &r.Session, &r.Transfer, &r.Line, &r.Reason, &r.Void,
			raw{&r.Seen},
		}
	})

// PutMovementRows implements store.RowTx.
func (t *tx) PutMovementRows(id p.EntityID, rows []project.MovementRow) error {
	if err := t.exec(`DELETE FROM movement WHERE id = $1`, id); err != nil {
		return err
	}
	for _, r := range rows {
		r.ID = id
		if err := movementTable.put(t, &r); err != nil {
			return err
		}
	}
	return nil
}

const byMoment = ` ORDER BY moment, id, n`

// MovementRows implements store.RowTx.
func (t *tx) MovementRows(id p.EntityID) ([]project.MovementRow, error) {
	return movementTable.list(t, `WHERE id = $1`+byMoment, id)
}

// MovementsOf implements store.RowTx.
func (t *tx) MovementsOf(k registry.StockKey) ([]project.MovementRow, error) {
	return movementTable.list(t, `WHERE place = $1 AND left(item, 100) = left($2, 100) AND left(lot, 100) = left($3, 100) AND item = $2 AND lot = $3
		AND stock = $4`+byMoment, k.Place, k.Item, k.Lot, k.Stock)
}

// MovementsOfTransfer implements store.RowTx.
func (t *tx) MovementsOfTransfer(transfer p.EntityID) ([]project.MovementRow, error) {
	return movementTable.list(t, `WHERE transfer = $1 AND transfer <> '00000000-0000-0000-0000-000000000000'`+byMoment, transfer)
}

// MovementsAt implements store.Query.
func (t *tx) MovementsAt(place p.EntityID, from, until int64) ([]project.MovementRow, error) {
	if place.IsZero() {
		return nil, nil
	}
	return movementTable.list(t, `WHERE place = $1 AND moment >= $2 AND ($3::bigint = 0 OR moment < $3)`+byMoment, place, from, until)
}

var stockTable = newTable("stock", "place item_key lot_key stock", `place item lot stock number expires vvm vial count counted base moved given entries`,
	func(r *project.StockRow) []any {
		return []any{
			&r.Key.Place, &r.Key.Item, &r.Key.Lot, &r.Key.Stock, &r.Number, &r.Expires, &r.VVM, &r.Vial, &r.Count, &r.Counted, &r.Base, &r.Moved,
			&r.Given, &r.Entries,
		}
	})

const ofStock = `WHERE place = $1 AND item = $2 AND lot = $3 AND stock = $4`

// StockRow implements store.RowTx.
func (t *tx) StockRow(k registry.StockKey) (*project.StockRow, error) {
	return stockTable.one(t, ofStock, k.Place, k.Item, k.Lot, k.Stock)
}

// PutStockRow implements store.RowTx.
func (t *tx) PutStockRow(r *project.StockRow) error { return stockTable.put(t, r) }

// DeleteStockRow implements store.RowTx.
func (t *tx) DeleteStockRow(k registry.StockKey) error {
	return t.exec(`DELETE FROM stock `+ofStock, k.Place, k.Item, k.Lot, k.Stock)
}

// Stock implements store.Query.
func (t *tx) Stock(places ...p.EntityID) ([]project.StockRow, error) {
	var rows []project.StockRow
	var err error
	if len(places) == 0 {
		rows, err = stockTable.list(t, ``)
	} else {
		rows, err = stockTable.list(t, `WHERE place = ANY($1)`, places)
	}
	store.SortStock(rows)
	return rows, err
}
