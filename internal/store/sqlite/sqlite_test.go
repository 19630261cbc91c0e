package sqlite

import (
	"context"
	"testing"

	"tramy/internal/store"
	"tramy/internal/store/storetest"
)

var programs = []struct {
	name    string
	station bool
}{{"station", true}, {"hub", false}}

func openAt(t testing.TB, dir string, station bool) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir, Station: station})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				s := openAt(t, t.TempDir(), p.station)
				t.Cleanup(func() {
					if err := s.Close(); err != nil {
						t.Errorf("closing: %v", err)
					}
				})
				return s
			})
			t.Run("kept", func(t *testing.T) {
				storetest.RunKept(t, func(t *testing.T, dir string) store.Store { return openAt(t, dir, p.station) })
			})
		})
	}
}
