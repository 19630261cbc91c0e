package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Run tests an engine. open returns an empty store each time and closes it when its test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"rolls back", rollsBack},
		{"panics roll back", panicsRollBack},
		{"views are read-only", viewsReadOnly},
		{"views see one state", viewsSeeOneState},
		{"contexts end", contextsEnd},
		{"updates take turns", updatesTakeTurns},
		{"meta and counters", metaAndCounters},
		{"what a machine keeps for itself", locals},
		{"logs", logs},
		{"segments", segments},
		{"outbox", outbox},
		{"a log cut back", cutSegments},
		{"tail", tail},
		{"parked", parked},
		{"states", states},
		{"state shapes", stateShapes},
		{"big states", bigStates},
		{"edits", edits},
		{"members", members},
		{"members with states", memberStates},
		{"routes and feed", routesAndFeed},
		{"sums", sums},
		{"marks", marks},
		{"each state", eachState},
		{"refreshes", refreshes},
		{"root sums", rootSums},
		{"rejections", rejections},
		{"rescues", rescues},
		{"cursors", cursors},
		{"incarnations", incarnations},
		{"child positions", childPositions},
		{"children of", childrenOf},
		{"came", came},
		{"hamlets", hamlets},
		{"firstDoses", firstDoses},
		{"stations heard", stationsHeard},
		{"proofs", proofs},
		{"exchanges", exchanges},
		{"alarms", alarms},
		{"alarms that are kept", alarmsKept},
		{"waiting", waiting},
		{"subject rows", subjectRows},
		{"search by name", searchByName},
		{"search by number", searchByNumber},
		{"search pages", searchPages},
		{"search follows rows", searchFollowsRows},
		{"search within a transaction", searchWithinATransaction},
		{"codes", codes},
		{"blocks", blocks},
		{"from a card", fromCard},
		{"expected", expected},
		{"women", women},
		{"children", children},
		{"due", dueRows},
		{"stale dues", staleDues},
		{"schedules", schedules},
		{"cases", cases},
		{"immunization rows", immunizationRows},
		{"doses", doses},
		{"lots used", lotsUsed},
		{"links", links},
		{"pairs", pairs},
		{"sweeps", sweeps},
		{"conflicts", conflicts},
		{"places", places},
		{"users", users},
		{"devices", devices},
		{"vaccines", vaccines},
		{"accesses", accesses},
		{"accesses to lists", accessesToLists},
		{"consents", consents},
		{"requests", requests},
		{"records", records},
		{"campaigns", campaigns},
		{"stock", stock},
		{"doses and stock of a lot", lotFound},
		{"cases at a place", casesAt},
		{"children born", born},
		{"silent subjects", silent},
		{"coverage", coverage},
		{"coverage inside a transaction", coverageInside},
		{"coverage selects", coverageSelects},
		{"coverage by difference", coverageByDifference},
		{"figures", figureRows},
		{"figures by difference", figuresByDifference},
		{"counts", counts},
		{"clear rows", clearRows},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// logID returns the n-th of a fixed sequence of logs; order of n is order of ids.
func logID(n int) p.LogID {
	var l p.LogID
	binary.BigEndian.PutUint32(l[:], uint32(n))
	l[7], l[11] = 0x5a, 0xc0
	return l
}

func dot(log, seq int) p.Dot { return p.Dot{Log: logID(log), Seq: p.Seq(seq)} }

// id returns the entity that the change at (log n/1000, seq n%1000+1) creates; order of n is order of ids.
func id(n int) p.EntityID { return dot(n/1000, n%1000+1).Entity() }

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// read returns what get finds in a view.
func read[T any](t *testing.T, s store.Store, get func(store.Tx) (T, error)) T {
	t.Helper()
	var out T
	view(t, s, func(tx store.Tx) error {
		var err error
		out, err = get(tx)
		return err
	})
	return out
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

// same compares lists where nil and empty mean the same.
func same[T any](t *testing.T, what string, got, want []T) {
	t.Helper()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	equal(t, what, got, want)
}

func each[T any](rows []T, put func(*T) error) error {
	for i := range rows {
		if err := put(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// shuffled returns rows in another order, so that nothing is in order because it was put so.
func shuffled[T any](rows []T) []T {
	out := slices.Clone(rows)
	slices.Reverse(out)
	for i := 0; i+2 < len(out); i += 3 {
		out[i], out[i+2] = out[i+2], out[i]
	}
	return out
}

var errTest = errors.New("no")

func rollsBack(t *testing.T, s store.Store) {
	put := func(tx store.Tx, n uint64) error {
		if err := tx.SetCounter("n", n); err != nil {
			return err
		}
		// New names of entities must be forgotten too, or the next transaction would use what is not there.
		if err := tx.PutState(state(int(n)*1000), true); err != nil {
			return err
		}
		row := subject(int(n)*1000, "Nguyễn Văn An", "nguyen van an", "an nguyen van")
		if err := tx.PutSubjectRow(&row); err != nil {
			return err
		}
		return tx.AddCoverage(key(1, 1, "BCG", 1), 1)
	}
	update(t, s, func(tx store.Tx) error { return put(tx, 1) })
	err := s.Update(context.Background(), func(tx store.Tx) error {
		if err := put(tx, 2); err != nil {
			return err
		}
		return errTest
	})
	if !errors.Is(err, errTest) {
		t.Fatalf("Update returned %v, want what its function returned", err)
	}
	view(t, s, func(tx store.Tx) error {
		if n, _ := tx.Counter("n"); n != 1 {
			t.Errorf("counter is %d after a rollback, want 1", n)
		}
		if st, _ := tx.State(id(2000)); st != nil {
			t.Error("a state that was rolled back is there")
		}
		if c, _ := tx.Counts(); c.Entities != 1 || c.Subjects != 1 {
			t.Errorf("counts %+v after a rollback, want one each", c)
		}
		rows, err := tx.Coverage(store.CoverageQuery{})
		if len(rows) != 1 || rows[0].Count != 1 {
			t.Errorf("coverage %v after a rollback, want one dose", rows)
		}
		return err
	})
	update(t, s, func(tx store.Tx) error { return put(tx, 3) })
	equal(t, "state after a rollback", read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(3000)) }), state(3000))
	equal(t, "state before a rollback", read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(1000)) }), state(1000))
}

func panicsRollBack(t *testing.T, s store.Store) {
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(context.Background(), func(tx store.Tx) error {
			_ = tx.SetCounter("n", 1)
			panic("test")
		})
	}()
	if n := read(t, s, func(tx store.Tx) (uint64, error) { return tx.Counter("n") }); n != 0 {
		t.Fatalf("counter is %d after a panic, want 0", n)
	}
	update(t, s, func(tx store.Tx) error { return tx.SetCounter("n", 2) })
}

func viewsReadOnly(t *testing.T, s store.Store) {
	for name, write := range map[string]func(store.Tx) error{
		"counter": func(tx store.Tx) error { return tx.SetCounter("n", 1) },
		"state":   func(tx store.Tx) error { return tx.PutState(state(1), true) },
		"member":  func(tx store.Tx) error { return tx.PutMember(id(1), id(2)) },
		"route":   func(tx store.Tx) error { return tx.PutRoute(&store.RouteRow{Entity: id(1)}) },
		"subject": func(tx store.Tx) error {
			row := subject(1, "An", "an", "an")
			return tx.PutSubjectRow(&row)
		},
		"coverage": func(tx store.Tx) error { return tx.AddCoverage(key(1, 1, "BCG", 1), 1) },
	} {
		if err := s.View(context.Background(), write); err == nil {
			t.Errorf("%s: a view could write", name)
		}
	}
	if c := read(t, s, func(tx store.Tx) (store.Counts, error) { return tx.Counts() }); c != (store.Counts{}) {
		t.Errorf("a view left %+v", c)
	}
}

// viewsSeeOneState holds a view open over an attempt to write: whether the engine makes the writer wait or
// lets it go on, the view must not see it.
func viewsSeeOneState(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return tx.SetCounter("n", 1) })
	done := make(chan error, 1)
	view(t, s, func(tx store.Tx) error {
		before, err := tx.Counter("n")
		if err != nil {
			return err
		}
		started := make(chan struct{})
		go func() {
			close(started)
			done <- s.Update(context.Background(), func(tx store.Tx) error { return tx.SetCounter("n", 2) })
		}()
		<-started
		select {
		case err := <-done:
			done <- err
		case <-time.After(50 * time.Millisecond): // an engine with one connection lets the writer wait
		}
		after, err := tx.Counter("n")
		if before != 1 || after != 1 {
			t.Errorf("a view saw %d, then %d; want 1 and 1", before, after)
		}
		return err
	})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := read(t, s, func(tx store.Tx) (uint64, error) { return tx.Counter("n") }); n != 2 {
		t.Errorf("a view after the update saw %d, want 2", n)
	}
}

func contextsEnd(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Update(ctx, func(store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Update with an ended context: %v", err)
	}
	if err := s.View(ctx, func(store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("View with an ended context: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err := s.Update(ctx, func(tx store.Tx) error {
		err := tx.SetCounter("n", 1)
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update whose context ended inside: %v", err)
	}
	if n := read(t, s, func(tx store.Tx) (uint64, error) { return tx.Counter("n") }); n != 0 {
		t.Errorf("counter is %d, want 0: the context ended before the commit", n)
	}
}

func updatesTakeTurns(t *testing.T, s store.Store) {
	const workers, rounds = 4, 25
	errs := make(chan error, workers)
	for range workers {
		go func() {
			for range rounds {
				if err := s.Update(context.Background(), func(tx store.Tx) error {
					n, err := tx.Counter("n")
					if err != nil {
						return err
					}
					return tx.SetCounter("n", n+1)
				}); err != nil {
					errs <- err
					return
				}
				if err := s.View(context.Background(), func(tx store.Tx) error {
					_, err := tx.Counter("n")
					return err
				}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range workers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if n := read(t, s, func(tx store.Tx) (uint64, error) { return tx.Counter("n") }); n != workers*rounds {
		t.Errorf("%d updates left %d", workers*rounds, n)
	}
}
