package station_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
)

// again opens the tree's station, which was closed, anew; delay after saving it calls the hub.
func again(t *testing.T, tr *nodetest.Tree, delay time.Duration) {
	t.Helper()
	dir, err := datadir.Open(tr.Station.Dir.Path, "station")
	if err != nil {
		t.Fatal(err)
	}
	s, err := station.Open(t.Context(), dir, station.Options{
		Open: nodetest.OpenStation, Now: tr.Clock().Now, Software: "test", Delay: delay, Log: nodetest.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tr.Station = s // the tree closes it
}

func register(t *testing.T, tr *nodetest.Tree, name string) {
	t.Helper()
	_, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: tr.Station.Today() - 60, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
}

func subjects(t *testing.T, st store.Store) int64 {
	t.Helper()
	var n int64
	err := st.View(context.Background(), func(tx store.Tx) error {
		c, err := tx.Counts()
		n = c.Subjects
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What a nurse saves goes up by itself.
func TestSavingCallsTheHub(t *testing.T) {
	tr := nodetest.New(t)
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	again(t, tr, time.Millisecond)
	tr.Run(t)
	if _, err := tr.Station.Uplink.Now(t.Context()); err != nil { // the loop is past its first exchange
		t.Fatal(err)
	}
	register(t, tr, "Lò Gia Bảo")
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if subjects(t, tr.Hub.Node.Store()) == 1 {
			return
		}
		<-tick.C
	}
	t.Fatal("the hub never heard of it")
}

// The database is lost, the journal beside it is not: what was never sent comes back under its own names.
func TestDatabaseLostJournalKept(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, "Lò Gia Bảo")
	register(t, tr, "Cà Bảo Ngọc")
	path := tr.Station.Dir.Path
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(path, "tramy.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	again(t, tr, time.Hour)
	tr.Sync(t)
	if here, there := subjects(t, tr.Station.Node.Store()), subjects(t, tr.Hub.Node.Store()); here != 2 || there != 2 {
		t.Errorf("%d subjects here, %d at the centre; want 2 and 2", here, there)
	}
	// And the people who work there can log in again.
	if _, err := tr.Station.Login(t.Context(), nodetest.NurseLogin, nodetest.Password); err != nil {
		t.Error(err)
	}
}

// A start that fails leaves the folder free for the next.
func TestFailedStartFreesTheFolder(t *testing.T) {
	tr := nodetest.New(t)
	path := tr.Station.Dir.Path
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(path, datadir.FileJournal)
	kept, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	open := func() error {
		dir, err := datadir.Open(path, "station")
		if err != nil {
			return err
		}
		s, err := station.Open(t.Context(), dir, station.Options{Open: nodetest.OpenStation, Now: tr.Clock().Now, Delay: time.Hour, Log: nodetest.Quiet()})
		if err != nil {
			return errors.Join(err, dir.Close())
		}
		tr.Station = s
		return nil
	}
	for name, damage := range map[string]func() error{
		"a folder as journal": func() error { return errors.Join(os.Remove(journal), os.Mkdir(journal, 0o700)) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if err := open(); err == nil || errors.Is(err, store.ErrInUse) {
			t.Errorf("%s: %v", name, err)
		}
		os.Remove(journal)
		if err := os.WriteFile(journal, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
