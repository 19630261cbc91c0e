package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func marks(t *testing.T, s store.Store) {
	row := func(n int, scope p.EntityID, left bool) *store.RouteRow {
		return &store.RouteRow{Scope: scope, Entity: id(n), Number: p.FeedNumber(100 - n), Hash: [16]byte{byte(n)}, Left: left}
	}
	update(t, s, func(tx store.Tx) error {
		// Numbers inside a store follow the order of first use: written last to first.
		return errors.Join(tx.PutRoute(row(2003, id(10), false)), tx.PutRoute(row(1001, id(10), false)), tx.PutRoute(row(5, id(10), false)),
			tx.PutRoute(row(6, id(10), true)), tx.PutRoute(row(5, id(11), false)), tx.PutRoute(row(7, p.EntityID{}, false)))
	})
	of := func(scope p.EntityID) []p.Mark {
		return read(t, s, func(tx store.Tx) ([]p.Mark, error) { return tx.Marks(scope) })
	}
	mark := func(n int) p.Mark { return p.Mark{Entity: id(n), Hash: [16]byte{byte(n % 256)}} }
	same(t, "what is in a scope, by id", of(id(10)), []p.Mark{mark(5), mark(1001), mark(2003)})
	same(t, "what goes to everybody", of(p.EntityID{}), []p.Mark{mark(7)})
	same(t, "an unknown scope", of(id(12)), nil)
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.DeleteRoutes(id(5)), tx.DeleteRoutes(id(99))) })
	same(t, "a scope without what was taken out", of(id(10)), []p.Mark{mark(1001), mark(2003)})
	same(t, "another scope it was in", of(id(11)), nil)
}

func eachState(t *testing.T, s store.Store) {
	const many = 1100 // more than an engine reads at once
	update(t, s, func(tx store.Tx) error {
		for i := range many {
			if err := tx.PutState(&p.State{ID: id(i), Kind: registry.KindSubject, Seen: []p.Seen{p.Seen(id(i).Birth())}}, true); err != nil {
				return err
			}
		}
		return errors.Join(tx.DeleteState(id(7)), tx.DeleteState(id(many)))
	})
	seen := map[p.EntityID]bool{}
	view(t, s, func(tx store.Tx) error {
		if st, err := tx.State(id(7)); err != nil || st != nil {
			t.Errorf("a state that was deleted: %+v, %v", st, err)
		}
		return tx.EachState(func(st *p.State) error {
			seen[st.ID] = true
			return nil
		})
	})
	if len(seen) != many-1 || seen[id(7)] {
		t.Errorf("%d states were seen, want %d", len(seen), many-1)
	}
	equal(t, "entities counted", read(t, s, func(tx store.Tx) (store.Counts, error) { return tx.Counts() }).Entities, many-1)
	stop := errors.New("stop")
	if err := s.View(t.Context(), func(tx store.Tx) error { return tx.EachState(func(*p.State) error { return stop }) }); !errors.Is(err, stop) {
		t.Errorf("the caller's error comes back as %v", err)
	}
}

func refreshes(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutRefresh(id(3)), tx.PutRefresh(id(1)), tx.PutRefresh(id(3)), tx.PutRefresh(id(2)), tx.DeleteRefresh(id(2)), tx.DeleteRefresh(id(9)))
	})
	of := func(limit int) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.Refreshes(limit) })
	}
	same(t, "to be replaced", of(10), []p.EntityID{id(1), id(3)})
	same(t, "the first", of(1), []p.EntityID{id(1)})
}

func rootSums(t *testing.T, s store.Store) {
	rows := []store.RootSumRow{{WallMS: 5, Frame: []byte{1}}, {Scope: id(1), WallMS: 6, Frame: []byte{2, 3}, EqualMS: 4}}
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutRootSum(&rows[1]), tx.PutRootSum(&rows[0])) })
	rows[0].WallMS, rows[0].EqualMS = 7, 7
	update(t, s, func(tx store.Tx) error { return tx.PutRootSum(&rows[0]) })
	same(t, "the root's sums", read(t, s, func(tx store.Tx) ([]store.RootSumRow, error) { return tx.RootSums() }), rows)
}

func rejections(t *testing.T, s store.Store) {
	rows := []project.RejectionRow{
		{ID: id(4), Log: logID(1), From: 5, Reason: "máy mất", Actor: id(9), WallMS: 10},
		{ID: id(2), Log: logID(1), From: 1 << 31},
		{ID: id(1), Log: logID(2), From: 1},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(rows), tx.PutRejectionRow), tx.PutRejectionRow(&rows[0]))
	})
	same(t, "rejections by log", read(t, s, func(tx store.Tx) ([]project.RejectionRow, error) { return tx.Rejections() }), rows)
	for log, want := range map[int]p.Seq{1: 5, 2: 1, 3: 0} {
		equal(t, "first change that stays out", read(t, s, func(tx store.Tx) (p.Seq, error) { return tx.Rejected(logID(log)) }), want)
	}
}

func rescues(t *testing.T, s store.Store) {
	rows := []project.RescueRow{
		{ID: id(2), Place: id(7), WallMS: 20, Entity: id(30), Field: 10, Author: id(5), AuthorMS: -3},
		{ID: id(2), N: 1, Place: id(7), WallMS: 20, Entity: id(31), Field: 65535},
		{ID: id(1), WallMS: 10, Entity: id(30), Field: 11},
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(rows), tx.PutRescueRow), tx.PutRescueRow(&rows[1]))
	})
	of := func(limit int) []project.RescueRow {
		return read(t, s, func(tx store.Tx) ([]project.RescueRow, error) { return tx.Rescues(limit) })
	}
	same(t, "rescued values, newest first", of(0), rows)
	same(t, "the newest", of(2), rows[:2])
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.DeleteRescueRows(id(2)), tx.DeleteRescueRows(id(3))) })
	same(t, "without those of one record", of(0), rows[2:])
}
