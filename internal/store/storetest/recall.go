package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A lot is found however its number was typed, by vaccine; what was taken back or not given is none of it.
func lotFound(t *testing.T, s store.Store) {
	dose := func(n int, on registry.Day, vaccine, lot string) project.ImmunizationRow {
		return project.ImmunizationRow{
			ID: id(n), Case: id(30), Subject: id(31), Place: id(1), Recorded: id(5), Residence: id(6), Vaccine: vaccine, GivenOn: on, GivenMinute: 9, Lot: lot,
		}
	}
	odd, tab := dose(27, 53, "MR", "lô 7"), dose(28, 53, "MR", "A24\t777")
	a, b, c, other, many := dose(20, 52, "MR", "A24-123"), dose(21, 51, "MR", "A24.123"), dose(22, 51, "MR", "A24123"), dose(23, 50, "SOI", "A24123"), dose(24, 50, "MR", "A24-124")
	void, missed := dose(25, 50, "MR", "A24-123"), dose(26, 50, "MR", "A24-123")
	void.Void, missed.NotDone = true, registry.NotDonePostponed
	update(t, s, func(tx store.Tx) error {
		return each([]project.ImmunizationRow{a, b, c, other, many, void, missed, odd, tab}, tx.PutImmunizationRow)
	})
	found := func(vaccine, lot string) (out []p.EntityID) {
		for _, x := range read(t, s, func(tx store.Tx) ([]store.LotDose, error) { return tx.LotDoses(vaccine, lot) }) {
			out = append(out, x.ID)
		}
		return out
	}
	same(t, "of a lot, by day", found("MR", "a24 123"), []p.EntityID{id(21), id(22), id(20)})
	same(t, "of a lot with a letter of its own", found("MR", "LÔ7"), []p.EntityID{id(27)})
	same(t, "of a lot with a tab in it", found("MR", registry.FoldLot("A24\t777")), []p.EntityID{id(28)})
	same(t, "of a lot nobody had", found("MR", "A25"), nil)
	same(t, "of no number", found("MR", " -"), nil)
	same(t, "of a vaccine nobody had", found("BCG", "A24123"), nil)
	rows := read(t, s, func(tx store.Tx) ([]store.LotDose, error) { return tx.LotDoses("SOI", "A24123") })
	same(t, "what is told", rows, []store.LotDose{{ID: id(23), Case: id(30), Subject: id(31), Place: id(1), Recorded: id(5), Residence: id(6), On: 50, Minute: 9}})

	key := func(place int, item, lot string, stock registry.Programme) registry.StockKey {
		return registry.StockKey{Place: id(place), Item: item, Lot: lot, Stock: stock}
	}
	lots := []project.StockRow{
		{Key: key(1, "MR", "A24123", registry.ProgrammeEPI), Number: "A24-123", Base: 8, Entries: 1},
		{Key: key(1, "MR", "A24123", registry.ProgrammePaid), Given: 2},
		{Key: key(2, "MR", "A24123", registry.ProgrammeEPI), Moved: -5, Entries: 1},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(lots), tx.PutStockRow), tx.PutStockRow(&project.StockRow{Key: key(1, "MR", "A24124", registry.ProgrammeEPI)}),
			tx.PutStockRow(&project.StockRow{Key: key(1, "SOI", "A24123", registry.ProgrammeEPI)}))
	})
	of := func(item, lot string) []project.StockRow {
		return read(t, s, func(tx store.Tx) ([]project.StockRow, error) { return tx.StockOfLot(item, lot) })
	}
	same(t, "stock of a lot", of("MR", "a24-123"), lots)
	same(t, "stock of a lot nobody has", of("MR", "A9"), nil)
	same(t, "stock of no number", of("MR", ""), nil)
}
