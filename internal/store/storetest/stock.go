package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func stock(t *testing.T, s store.Store) {
	key := func(place int, item, lot string) registry.StockKey {
		return registry.StockKey{Place: id(place), Item: item, Lot: lot, Stock: registry.ProgrammeEPI}
	}
	receipt := project.MovementRow{
		ID: id(9), Kind: registry.KindMovement, Key: key(1, "SOI", "M1"), Moment: 100, Type: registry.MoveReceived, Amount: 40, Number: "M-1", Expires: 700, VVM: 1, Vial: 10,
		Transfer: id(7), Line: 2,
	}
	count := project.MovementRow{ID: id(8), Kind: registry.KindStockCount, Key: key(1, "SOI", "M1"), Moment: 90, Amount: 3, Seen: string(make([]byte, 16)) + "0123456789abcdef"}
	thrown := project.MovementRow{ID: id(6), Kind: registry.KindMovement, Key: key(1, "MR", ""), Moment: 120, Type: registry.MoveDiscarded, Reason: registry.DiscardHeat, Session: id(5), Amount: 1, Void: true}
	sent := []project.MovementRow{
		{ID: id(7), N: 1, Kind: registry.KindTransfer, Key: key(2, "SOI", "M1"), Moment: 80, Type: registry.MoveIssued, Amount: 5},
		{ID: id(7), N: 2, Kind: registry.KindTransfer, Key: key(2, "SOI", "M2"), Moment: 80, Type: registry.MoveIssued, Amount: 6},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutMovementRows(id(9), []project.MovementRow{receipt}), tx.PutMovementRows(id(8), []project.MovementRow{count}),
			tx.PutMovementRows(id(6), []project.MovementRow{thrown}), tx.PutMovementRows(id(7), sent))
	})
	rows := func(fn func(store.Tx) ([]project.MovementRow, error)) []project.MovementRow { return read(t, s, fn) }
	same(t, "of a lot", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsOf(key(1, "SOI", "M1")) }), []project.MovementRow{count, receipt})
	same(t, "of a lot nobody has", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsOf(key(1, "SOI", "M9")) }), nil)
	same(t, "of an entity", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementRows(id(7)) }), sent)
	same(t, "of a transfer", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsOfTransfer(id(7)) }), []project.MovementRow{receipt})
	same(t, "of no transfer", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsOfTransfer(p.EntityID{}) }), nil)
	same(t, "at a place", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsAt(id(1), 90, 120) }), []project.MovementRow{count, receipt})
	same(t, "at a place without end", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsAt(id(1), 100, 0) }), []project.MovementRow{receipt, thrown})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutMovementRows(id(7), sent[:1]), tx.PutMovementRows(id(6), nil))
	})
	same(t, "of an entity put again", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementRows(id(7)) }), sent[:1])
	same(t, "of an entity without rows", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementRows(id(6)) }), nil)

	lots := []project.StockRow{
		{Key: key(1, "MR", ""), Given: 2},
		{Key: key(1, "SOI", "M2"), Number: "M-2", Expires: 600, Base: -3, Entries: 1},
		{Key: key(1, "SOI", "M1"), Number: "M-1", Expires: 700, VVM: 1, Vial: 10, Count: id(8), Counted: 90, Base: 3, Moved: 40, Given: 1, Entries: 2},
		{Key: key(2, "SOI", "M1"), Moved: -5, Entries: 1},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(lots), tx.PutStockRow) })
	at := func(places ...p.EntityID) []project.StockRow {
		return read(t, s, func(tx store.Tx) ([]project.StockRow, error) { return tx.Stock(places...) })
	}
	same(t, "stock of a place, by item and expiry", at(id(1)), lots[:3])
	same(t, "stock of all", at(), lots)
	same(t, "stock of nobody", at(id(77)), nil)
	one := func(k registry.StockKey) *project.StockRow {
		return read(t, s, func(tx store.Tx) (*project.StockRow, error) { return tx.StockRow(k) })
	}
	equal(t, "a lot", one(key(1, "SOI", "M1")), &lots[2])
	equal(t, "an unknown lot", one(key(1, "SOI", "M9")), nil)
	lots[2].Given = 4
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutStockRow(&lots[2]), tx.DeleteStockRow(key(1, "MR", "")), tx.DeleteStockRow(key(9, "MR", "")))
	})
	same(t, "stock after changes", at(id(1)), lots[1:3])

	given := project.ImmunizationRow{ID: id(20), Case: id(30), Subject: id(30), Place: id(1), Vaccine: "SOI", GivenOn: 50}
	other := project.ImmunizationRow{ID: id(21), Case: id(30), Subject: id(30), Place: id(1), Vaccine: "MR", GivenOn: 51}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutImmunizationRow(&other), tx.PutImmunizationRow(&given))
	})
	doses := func(since registry.Day, vaccine string) (out []p.EntityID) {
		for _, r := range read(t, s, func(tx store.Tx) ([]project.ImmunizationRow, error) { return tx.DosesFrom(id(1), since, vaccine) }) {
			out = append(out, r.ID)
		}
		return out
	}
	same(t, "doses since a day", doses(50, ""), []p.EntityID{id(20), id(21)})
	same(t, "doses of a vaccine", doses(0, "SOI"), []p.EntityID{id(20)})
	same(t, "doses of a vaccine nobody had", doses(0, "BCG"), nil)
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "stock after rows were cleared", at(), nil)
	same(t, "movements after rows were cleared", rows(func(tx store.Tx) ([]project.MovementRow, error) { return tx.MovementsAt(id(1), 0, 0) }), nil)
}
