package hub_test

import (
	"fmt"
	"testing"
	"time"

	"tramy/internal/check"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A hub on PostgreSQL takes in what its stations wrote, through connections that are cut again and again and a restart: nothing that was
// acknowledged is missing, nothing is there twice, and both hold the same at the end.
func TestHubOnPostgreSQL(t *testing.T) {
	hubs := nodetest.Postgres(t)
	tr := nodetest.NewOn(t, hubs)
	var ids []p.EntityID
	add := func(i int) {
		t.Helper()
		id, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: fmt.Sprintf("Lò Gia Bảo %d", i), BirthDate: tr.Station.Today() - 60, MotherName: "Lò Thị Mai",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	cut, failed := make(chan struct{}), 0
	go func() {
		defer close(cut)
		for range 12 {
			hubs.Cut()
		}
	}()
	for i, during := 0, true; during || i < 10; i++ {
		select {
		case <-cut:
			during = false
		default:
		}
		add(i)
		if res, err := tr.Station.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
			failed++
		}
	}
	t.Logf("%d of %d exchanges did not come through", failed, len(ids))
	tr.Sync(t)
	tr.ReopenHub(t, func(string) {})
	add(len(ids))
	tr.Sync(t)
	if res, err := tr.Station.Uplink.Client.Sync(t.Context()); err != nil || !res.Level {
		t.Errorf("the two do not hold the same: %+v %v", res, err)
	}
	if err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for _, id := range ids {
			row, err := tx.SubjectRow(id)
			if err != nil {
				return err
			}
			if row == nil {
				t.Errorf("the hub has no %s", id)
			}
		}
		people, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"bao"}})
		if len(people) != len(ids) {
			t.Errorf("%d people are found, %d were entered", len(people), len(ids))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	tr.Clock().Add(60 * 24 * time.Hour)
	if s, err := tr.Hub.Backups.State(); err != nil || s.Late || tr.Hub.Backups.Tell() != nil {
		t.Errorf("somebody is told that there is no backup, which the server's own tools make: %+v, %v", s, err)
	}
	report, err := tr.Hub.Dir.Check(t.Context(), check.Options{})
	if err != nil || report.Err() != nil {
		t.Errorf("the hub held against itself: %v, %v\n%+v", err, report.Err(), report)
	}
}
