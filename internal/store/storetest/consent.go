package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func accessesToLists(t *testing.T, s store.Store) {
	rows := []project.AccessRow{
		{ID: id(1), Actor: id(5), Act: "search", Count: 2, WallMS: 40},
		{ID: id(9), Actor: id(5), Act: "export", Count: 500, Reason: "r", WallMS: 30},
		{ID: id(3), Actor: id(6), Act: "list", Count: 1, WallMS: 20},
		{ID: id(4), Actor: id(6), Subject: id(7), Act: "print", WallMS: 10},
	}
	named := map[p.EntityID][]p.EntityID{id(1): {id(7), id(8)}, id(3): {id(7)}}
	put := func(r *project.AccessRow, tx store.Tx) error { return tx.PutAccessRow(r, named[r.ID]) }
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(rows), func(r *project.AccessRow) error { return put(r, tx) }), put(&rows[0], tx))
	})
	naming := func(n, limit int) []project.AccessRow {
		return read(t, s, func(tx store.Tx) ([]project.AccessRow, error) { return tx.AccessesNaming(id(n), limit) })
	}
	same(t, "lists that named one", naming(7, 0), []project.AccessRow{rows[0], rows[2]})
	same(t, "the newest of them", naming(7, 1), rows[:1])
	same(t, "lists that named another", naming(8, 0), rows[:1])
	same(t, "lists that named nobody known", naming(70, 0), nil)
	taking := func(limit int) []project.AccessRow {
		return read(t, s, func(tx store.Tx) ([]project.AccessRow, error) { return tx.AccessesTaking(limit) })
	}
	same(t, "what was taken out whole", taking(0), rows[1:2])
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "lists after rows were cleared", naming(7, 0), nil)
	update(t, s, func(tx store.Tx) error { return tx.PutAccessRow(&rows[0], nil) })
	same(t, "lists whose names were cleared", naming(7, 0), nil)
}

func consents(t *testing.T, s store.Store) {
	rows := []project.ConsentRow{
		{ID: id(4), Subject: id(7), Purpose: registry.PurposeResearch, On: 100},
		{ID: id(2), Subject: id(8), Purpose: registry.PurposeReminders, On: 200, Void: true},
		{ID: id(3), Subject: id(7), Purpose: registry.PurposeReminders, On: 200},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutConsentRow) })
	of := func(subjects ...p.EntityID) []project.ConsentRow {
		return read(t, s, func(tx store.Tx) ([]project.ConsentRow, error) { return tx.ConsentsOf(subjects...) })
	}
	same(t, "statements of one", of(id(7)), []project.ConsentRow{rows[0], rows[2]})
	same(t, "statements of two", of(id(8), id(7), id(9)), rows)
	same(t, "statements of nobody", of(), nil)
	rows[0].Purpose = registry.PurposeSharing
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutConsentRow(&rows[0]), tx.DeleteConsentRow(id(3)), tx.DeleteConsentRow(id(30)))
	})
	same(t, "statements after one was put again and one deleted", of(id(7)), rows[:1])
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "statements after rows were cleared", of(id(7), id(8)), nil)
}

func requests(t *testing.T, s store.Store) {
	rows := []project.RequestRow{
		{ID: id(4), Subject: id(7), Place: id(1), Wish: registry.WishView, On: 100},
		{ID: id(2), Subject: id(8), Wish: registry.WishRestrict, On: 200, Answered: 201, Extended: true, Outcome: registry.OutcomeDone, Done: 210, Restricts: true},
		{ID: id(3), Subject: id(7), Wish: registry.WishDelete, On: 200},
		{ID: id(5), Subject: id(7), Wish: registry.WishDelete, On: 300, Void: true},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutRequestRow) })
	list := func(all bool, limit int) []project.RequestRow {
		return read(t, s, func(tx store.Tx) ([]project.RequestRow, error) { return tx.Requests(all, limit) })
	}
	same(t, "open requests", list(false, 0), []project.RequestRow{rows[0], rows[2]})
	same(t, "the first open request", list(false, 1), rows[:1])
	same(t, "all requests", list(true, 0), rows)
	of := func(subjects ...p.EntityID) []project.RequestRow {
		return read(t, s, func(tx store.Tx) ([]project.RequestRow, error) { return tx.RequestsOf(subjects...) })
	}
	same(t, "requests of one", of(id(7)), []project.RequestRow{rows[0], rows[2], rows[3]})
	same(t, "requests of nobody", of(id(70)), nil)
	one := func(n int) *project.RequestRow {
		return read(t, s, func(tx store.Tx) (*project.RequestRow, error) { return tx.Request(id(n)) })
	}
	equal(t, "a request", one(2), &rows[1])
	equal(t, "an unknown request", one(90), nil)
	rows[0].Done = 110
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutRequestRow(&rows[0]), tx.DeleteRequestRow(id(2))) })
	same(t, "open requests after one was closed", list(false, 0), rows[2:3])
	equal(t, "a deleted request", one(2), nil)
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "requests after rows were cleared", list(true, 0), nil)
}
