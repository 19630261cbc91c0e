package storetest

import (
	"errors"
	"testing"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RunKept tests that a store closed and opened again holds what it held. open opens the store that lives
// in a folder, which is new and empty the first time; RunKept closes it.
func RunKept(t *testing.T, open func(t *testing.T, dir string) store.Store) {
	dir := t.TempDir()
	row := subject(1, "Nguyễn Văn An", "nguyen van an", "an nguyen van")
	d := dose(2000, 1, 800, 20_100)
	log := logRow(1)
	write := func(s store.Store, n int) {
		update(t, s, func(tx store.Tx) error {
			return errors.Join(tx.PutState(state(n), true), tx.SetCounter("n", uint64(n)))
		})
	}
	check := func(s store.Store, upTo int) {
		t.Helper()
		for n := 1; n <= upTo; n++ {
			// Every state lies in another log, so each needs a name of its own.
			equal(t, "state", read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(n * 1000)) }), state(n*1000))
		}
		view(t, s, func(tx store.Tx) error {
			c, err := tx.Counts()
			equal(t, "counts", c, store.Counts{Subjects: 1, Doses: 1, Entities: int64(upTo)})
			got, err2 := tx.SubjectRow(id(1))
			equal(t, "subject row", got, &row)
			of, err3 := tx.DosesOfCase(id(1))
			same(t, "doses", of, []project.ImmunizationRow{d})
			l, err4 := tx.Log(log.ID)
			equal(t, "log", l, &log)
			return errors.Join(err, err2, err3, err4)
		})
		same(t, "search", search(t, s, words("ng an")), []string{row.Name})
	}
	s := open(t, dir)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutSubjectRow(&row), tx.PutImmunizationRow(&d), tx.PutLog(&log))
	})
	for n := 1; n <= 4; n++ {
		write(s, n*1000)
		check(s, n)
		if err := s.Close(); err != nil {
			t.Fatalf("closing: %v", err)
		}
		if err := s.View(t.Context(), func(store.Tx) error { return nil }); err == nil {
			t.Fatal("a closed store can be read")
		}
		s = open(t, dir)
		check(s, n)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("closing twice: %v", err)
	}
}
