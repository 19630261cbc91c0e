package memory

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// LotDoses implements store.Query.
func (t *tx) LotDoses(vaccine, lot string) ([]store.LotDose, error) {
	folded := registry.FoldLot(lot)
	rows, err := list(t, t.doses.all(), 0, func(r *project.ImmunizationRow) bool {
		return folded != "" && r.Vaccine == vaccine && registry.FoldLot(r.Lot) == folded && !r.Void && r.NotDone == 0
	})
	var out []store.LotDose
	for i := range rows {
		r := &rows[i]
		out = append(out, store.LotDose{
			ID: r.ID, Case: r.Case, Subject: r.Subject, Place: r.Place, Recorded: r.Recorded, Residence: r.Residence, On: r.GivenOn, Minute: r.GivenMinute,
		})
	}
	store.SortLotDoses(out)
	return out, err
}

// StockOfLot implements store.Query.
func (t *tx) StockOfLot(item, lot string) ([]project.StockRow, error) {
	folded := registry.FoldLot(lot)
	rows, err := t.Stock()
	var out []project.StockRow
	for i := range rows {
		if folded != "" && rows[i].Key.Item == item && rows[i].Key.Lot == folded {
			out = append(out, rows[i])
		}
	}
	return out, err
}
