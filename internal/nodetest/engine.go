package nodetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tramy/internal/datadir"
	"tramy/internal/pgtest"
	"tramy/internal/store"
	"tramy/internal/store/postgres"
	"tramy/internal/store/sqlite"
)

// Engine is what a tree's hubs keep their data in.
type Engine struct {
	Open    datadir.OpenStore
	Remains datadir.ReadRemains // nil: its server looks after it
	Cut     func()              // ends the connections to its server, as a network does; nil: it has none
}

// EnvHubs names an environment variable; with the value "postgres" every tree's hubs are on PostgreSQL, so that the tests of other packages
// can be run on it (make test-postgres).
const EnvHubs = "TRAMY_TEST_HUBS"

// Files is the engine of most hubs.
func Files() Engine { return Engine{Open: OpenHub, Remains: sqlite.ReadRemains} }

// Postgres is PostgreSQL: each folder has a database of its own. Without PostgreSQL the test is skipped, in CI it fails.
func Postgres(t testing.TB) Engine {
	t.Helper()
	var mu sync.Mutex
	address := map[string]string{}
	pgtest.Database(t) // skips here, and not in the midst
	cut := func() { pgtest.Cut(t) }
	return Engine{Cut: cut, Open: func(ctx context.Context, dir string) (store.Store, error) {
		if _, err := os.Stat(filepath.Join(dir, sqlite.FileName)); err == nil { // out of a backup of a machine below
			return OpenHub(ctx, dir)
		}
		mu.Lock()
		defer mu.Unlock()
		if address[dir] == "" {
			address[dir] = pgtest.Database(t)
		}
		return postgres.Open(ctx, postgres.Options{URL: address[dir], Forgetful: true})
	}}
}

// FilesOnly skips a test that is about files of a hub's data where hubs have none.
func FilesOnly(t testing.TB) {
	t.Helper()
	if os.Getenv(EnvHubs) == "postgres" {
		t.Skip("about files")
	}
}

func hubsEngine(t testing.TB) Engine {
	t.Helper()
	if os.Getenv(EnvHubs) == "postgres" {
		return Postgres(t)
	}
	return Files()
}
