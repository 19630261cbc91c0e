package postgres

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// LotDoses implements store.Query. The database folds numbers of plain letters as FoldLot does, by an index; FoldLot decides, and looks at all
// others itself.
func (t *tx) LotDoses(vaccine, lot string) ([]store.LotDose, error) {
	folded := registry.FoldLot(lot)
	if folded == "" {
		return nil, nil
	}
	type written struct {
		store.LotDose
		lot string
	}
	found, err := list(t, `SELECT id, case_id, subject, place, recorded, residence, given_on, given_minute, lot FROM immunization
		WHERE left(vaccine, 100) = left($1, 100) AND vaccine = $1 AND NOT void AND not_done = 0
			AND (left(upper(translate(lot, ' -./', '')), 100) = left($2, 100) AND lot <> '' OR lot ~ '[^ -~]')`,
		[]any{vaccine, folded}, func(r *written) []any {
			return []any{&r.ID, &r.Case, &r.Subject, &r.Place, &r.Recorded, &r.Residence, &r.On, &r.Minute, &r.lot}
		})
	rows := make([]store.LotDose, 0, len(found))
	for i := range found {
		if registry.FoldLot(found[i].lot) == folded {
			rows = append(rows, found[i].LotDose)
		}
	}
	store.SortLotDoses(rows)
	return slices.Clip(rows), err
}

// StockOfLot implements store.Query.
func (t *tx) StockOfLot(item, lot string) ([]project.StockRow, error) {
	folded := registry.FoldLot(lot)
	if folded == "" {
		return nil, nil
	}
	rows, err := stockTable.list(t, `WHERE item = $1 AND lot = $2`, item, folded)
	store.SortStock(rows)
	return rows, err
}
