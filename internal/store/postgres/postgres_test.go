package postgres

import (
	"context"
	"testing"

	"tramy/internal/pgtest"
	"tramy/internal/store"
	"tramy/internal/store/storetest"
)

func openAt(t testing.TB, address string) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{URL: address, Forgetful: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newAddress is that of a database with its tables; they are made once, and copied.
func newAddress(t testing.TB) string {
	t.Helper()
	return pgtest.Copy(t, "tables", func(address string) error {
		s, err := Open(context.Background(), Options{URL: address, Forgetful: true})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func openNew(t testing.TB) *Store {
	t.Helper()
	s := openAt(t, newAddress(t))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openNew(t) })
	t.Run("kept", func(t *testing.T) {
		address := pgtest.Database(t)
		storetest.RunKept(t, func(t *testing.T, _ string) store.Store { return openAt(t, address) })
	})
}
