package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// stocked is the key of a lot at a place.
type stocked registry.StockKey

// Compare implements key.
func (a stocked) Compare(b stocked) int {
	return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Stock, b.Stock))
}

// PutMovementRows implements store.RowTx.
func (t *tx) PutMovementRows(id p.EntityID, rows []project.MovementRow) error {
	old, err := t.MovementRows(id)
	if err != nil {
		return err
	}
	for i := range old {
		if err := remove(t, &t.movements, placed{id, uint64(old[i].N)}); err != nil {
			return err
		}
	}
	for i := range rows {
		if err := put(t, &t.movements, placed{id, uint64(rows[i].N)}, &rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) movementsThat(wanted func(*project.MovementRow) bool) ([]project.MovementRow, error) {
	rows, err := list(t, t.movements.all(), 0, wanted)
	slices.SortFunc(rows, project.ByMoment)
	return rows, err
}

// MovementRows implements store.RowTx.
func (t *tx) MovementRows(id p.EntityID) ([]project.MovementRow, error) {
	return list(t, numbered(&t.movements, id), 0, every)
}

// MovementsOf implements store.RowTx.
func (t *tx) MovementsOf(key registry.StockKey) ([]project.MovementRow, error) {
	return t.movementsThat(func(r *project.MovementRow) bool { return r.Key == key })
}

// MovementsOfTransfer implements store.RowTx.
func (t *tx) MovementsOfTransfer(transfer p.EntityID) ([]project.MovementRow, error) {
	return t.movementsThat(func(r *project.MovementRow) bool { return !transfer.IsZero() && r.Transfer == transfer })
}

// MovementsAt implements store.Query.
func (t *tx) MovementsAt(place p.EntityID, from, until int64) ([]project.MovementRow, error) {
	return t.movementsThat(func(r *project.MovementRow) bool {
		return r.Key.Place == place && r.Moment >= from && (until == 0 || r.Moment < until)
	})
}

// StockRow implements store.RowTx.
func (t *tx) StockRow(key registry.StockKey) (*project.StockRow, error) {
	return one(t, &t.stock, stocked(key))
}

// PutStockRow implements store.RowTx.
func (t *tx) PutStockRow(row *project.StockRow) error { return put(t, &t.stock, stocked(row.Key), row) }

// DeleteStockRow implements store.RowTx.
func (t *tx) DeleteStockRow(key registry.StockKey) error { return remove(t, &t.stock, stocked(key)) }

// Stock implements store.Query.
func (t *tx) Stock(places ...p.EntityID) ([]project.StockRow, error) {
	rows, err := list(t, t.stock.all(), 0, func(r *project.StockRow) bool { return len(places) == 0 || slices.Contains(places, r.Key.Place) })
	store.SortStock(rows)
	return rows, err
}

// DosesFrom implements store.RowTx.
func (t *tx) DosesFrom(place p.EntityID, since registry.Day, vaccine string) ([]project.ImmunizationRow, error) {
	return ordered(t, t.doses.all(), 0, func(r *project.ImmunizationRow) bool {
		return r.Place == place && r.GivenOn >= since && (vaccine == "" || r.Vaccine == vaccine)
	}, func(a, b *project.ImmunizationRow) int {
		return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
	})
}
