package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func records(t *testing.T, s store.Store) {
	const visit, contact, session = registry.KindVisit, registry.KindContact, registry.KindSession
	rows := []project.RecordRow{
		{ID: id(9), Kind: visit, Subject: id(7), Place: id(1), Under: id(3), Day: 100, Sum: 4_294_967_295},
		{ID: id(3), Kind: session, Place: id(1), Day: 101},
		{ID: id(4), Kind: visit, Subject: id(7), Place: id(2), Day: 101, Void: true},
		{ID: id(6), Kind: contact, Subject: id(7), Place: id(1), Day: 101},
		{ID: id(8), Kind: visit, Subject: id(20), Place: id(1), Under: id(3), Day: 101},
	}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutRecordRow) })
	of := func(kind p.Kind, subjects ...p.EntityID) []project.RecordRow {
		return read(t, s, func(tx store.Tx) ([]project.RecordRow, error) { return tx.RecordsOf(kind, subjects...) })
	}
	same(t, "visits of one", of(visit, id(7)), []project.RecordRow{rows[0], rows[2]})
	same(t, "visits of two", of(visit, id(7), id(20), id(90)), []project.RecordRow{rows[0], rows[2], rows[4]})
	same(t, "visits of nobody", of(visit), nil)
	same(t, "sessions of one", of(session, id(7)), nil)
	at := func(q store.RecordQuery) []project.RecordRow {
		return read(t, s, func(tx store.Tx) ([]project.RecordRow, error) { return tx.RecordsAt(q) })
	}
	same(t, "visits at a place", at(store.RecordQuery{Kind: visit, Places: []p.EntityID{id(1)}}), []project.RecordRow{rows[0], rows[4]})
	same(t, "visits at a place before a day", at(store.RecordQuery{Kind: visit, Places: []p.EntityID{id(1)}, Until: 101}), rows[:1])
	same(t, "visits at two places from a day", at(store.RecordQuery{Kind: visit, Places: []p.EntityID{id(1), id(2)}, From: 101}),
		[]project.RecordRow{rows[2], rows[4]})
	same(t, "visits at no place", at(store.RecordQuery{Kind: visit}), nil)
	under := func(kind p.Kind, n int) []project.RecordRow {
		return read(t, s, func(tx store.Tx) ([]project.RecordRow, error) { return tx.RecordsUnder(kind, id(n)) })
	}
	same(t, "visits of a session", under(visit, 3), []project.RecordRow{rows[0], rows[4]})
	same(t, "contacts of a session", under(contact, 3), nil)
	same(t, "visits of an unknown session", under(visit, 77), nil)
	same(t, "visits of no session", read(t, s, func(tx store.Tx) ([]project.RecordRow, error) { return tx.RecordsUnder(visit, p.EntityID{}) }), nil)
	one := func(n int) *project.RecordRow {
		return read(t, s, func(tx store.Tx) (*project.RecordRow, error) { return tx.Record(id(n)) })
	}
	equal(t, "a record", one(3), &rows[1])
	equal(t, "an unknown record", one(90), nil)
	rows[0].Under, rows[0].Day = p.EntityID{}, 102
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutRecordRow(&rows[0]), tx.DeleteRecordRow(id(4)), tx.DeleteRecordRow(id(40)))
	})
	same(t, "visits after one was put again and one deleted", of(visit, id(7)), rows[:1])
	same(t, "visits of a session that one has left", under(visit, 3), rows[4:])
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "visits after rows were cleared", of(visit, id(7), id(20)), nil)
}
