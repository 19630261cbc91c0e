package storetest

import (
	"errors"
	"maps"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func pairs(t *testing.T, s store.Store) {
	rows := named("an", "binh", "cuc", "dung", "em", "giang", "hoa")
	rows[4].Void = true
	rows[6].Case = rows[5].ID // by a link with somebody who is not here
	putSubjects(t, s, rows)
	pair := func(a, b int, score int32) store.PairRow {
		return store.PairRow{A: id(a), B: id(b), Score: score, Found: 100, Sweep: 1}
	}
	best, next, low := pair(1, 2, 3000), pair(1, 3, 2000), pair(2, 3, 900)
	same2 := pair(2, 4, 2000)
	void, linked := pair(4, 5, 4000), pair(6, 7, 5000)
	sure := pair(3, 4, 2500)
	sure.Certain, sure.Found = true, 90
	update(t, s, func(tx store.Tx) error {
		return each(shuffled([]store.PairRow{best, next, low, same2, void, linked, sure}), tx.PutPair)
	})
	list := func(q store.PairQuery) []store.PairRow {
		t.Helper()
		return read(t, s, func(tx store.Tx) ([]store.PairRow, error) { return tx.Pairs(q) })
	}
	all := list(store.PairQuery{})
	if len(all) != 5 || all[0] != best || all[1] != sure || all[4] != low {
		t.Errorf("all pairs, likeliest first: %+v", all)
	}
	for i := range all {
		same(t, "one page after each", list(store.PairQuery{After: all[i], Limit: 1}), all[i+1:min(i+2, len(all))])
	}
	if got := list(store.PairQuery{Min: 2000}); len(got) != 4 {
		t.Errorf("%d pairs of the lowest score or more, want 4", len(got))
	}
	if got := list(store.PairQuery{Min: 2001}); len(got) != 2 {
		t.Errorf("%d pairs above the score of two, want 2", len(got))
	}
	certain := func(day int32) []store.PairRow {
		t.Helper()
		return read(t, s, func(tx store.Tx) ([]store.PairRow, error) { return tx.PairsCertain(registry.Day(day), 10) })
	}
	same(t, "certain, found that day", certain(90), []store.PairRow{sure})
	same(t, "certain, found later", certain(89), nil)

	again := sure
	again.Score, again.Found, again.Sweep = 2600, 120, 2
	update(t, s, func(tx store.Tx) error { return tx.PutPair(&again) })
	again.Found = 90
	same(t, "found again: since when stays", certain(90), []store.PairRow{again})

	// What somebody said of two, in either order, takes them off the list, and so does one case.
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutLinkRow(&project.LinkRow{ID: id(50), A: id(4), B: id(3)}), tx.PutLinkRow(&project.LinkRow{ID: id(51), A: id(1), B: id(2)}))
	})
	same(t, "certain, and somebody said that they are two", certain(90), nil)
	rows[3].Case = rows[1].ID
	update(t, s, func(tx store.Tx) error { return tx.PutSubjectRow(&rows[3]) })
	same(t, "what is left", list(store.PairQuery{}), []store.PairRow{next, low})
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "after rows were cleared", list(store.PairQuery{}), nil)
}

func sweeps(t *testing.T, s store.Store) {
	rows := named("an", "binh", "cuc", "dung", "em")
	rows[3].Void, rows[4].Provisional = true, true
	putSubjects(t, s, rows)
	begin := func(sweep uint64) {
		t.Helper()
		update(t, s, func(tx store.Tx) error { return tx.SetCounter(store.CounterSweep, sweep) })
	}
	mark := func(n ...int) {
		t.Helper()
		update(t, s, func(tx store.Tx) error {
			for _, i := range n {
				if err := tx.MarkUnpaired(id(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	left := func(sweep uint64) int64 {
		t.Helper()
		return read(t, s, func(tx store.Tx) (int64, error) { return tx.CountUnpaired(sweep) })
	}
	stale := func(sweep uint64) map[p.EntityID]bool {
		t.Helper()
		out, after := map[p.EntityID]bool{}, p.EntityID{}
		for {
			page := read(t, s, func(tx store.Tx) ([]store.ToPair, error) { return tx.SubjectsToPair(sweep, after, 2) })
			for _, x := range page {
				out[x.ID], after = x.Stale, x.ID
			}
			if len(page) < 2 {
				return out
			}
		}
	}
	mark(1, 2, 3)
	begin(1)
	if n := left(1); n != 3 {
		t.Errorf("the first sweep has %d to look at, want 3", n)
	}
	mark(2)
	if got := stale(1); !maps.Equal(got, map[p.EntityID]bool{id(1): true, id(2): false, id(3): true}) {
		t.Errorf("what changed meanwhile is the next sweep's: %v", got)
	}
	old, other := store.PairRow{A: id(1), B: id(2), Score: 1}, store.PairRow{A: id(2), B: id(2), Score: 1}
	found := store.PairRow{A: id(2), B: id(3), Score: 1, Sweep: 1}
	update(t, s, func(tx store.Tx) error { return each([]store.PairRow{old, other, found}, tx.PutPair) })
	steps := 0
	for more := true; more; steps++ {
		update(t, s, func(tx store.Tx) (err error) {
			more, err = tx.EndSweep(1, 1)
			return err
		})
	}
	if steps != 3 { // two marks, nothing more
		t.Errorf("one at a time, the sweep ends in %d steps", steps)
	}
	if got := stale(2); !maps.Equal(got, map[p.EntityID]bool{id(1): false, id(2): true, id(3): false}) {
		t.Errorf("the next sweep's: %v", got)
	}
	got := read(t, s, func(tx store.Tx) ([]store.PairRow, error) { return tx.Pairs(store.PairQuery{}) })
	same(t, "pairs after the sweep", got, []store.PairRow{found})
}
