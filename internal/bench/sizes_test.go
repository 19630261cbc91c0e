package bench

import (
	"context"
	"os"
	"strconv"
	"testing"

	"tramy/internal/store"
	"tramy/internal/store/sqlite"
)

// Sizes of the benchmarks. The environment makes them larger for a longer run.
var (
	registerSize = Work{
		Children: size("TRAMY_BENCH_CHILDREN", 1000), Doses: size("TRAMY_BENCH_DOSES", 12_000),
		Edits: size("TRAMY_BENCH_EDITS", 130), Concurrent: size("TRAMY_BENCH_CONCURRENT", 65),
	}
	searchChildren = size("TRAMY_BENCH_SEARCH", 30_000)
)

func size(name string, or int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return or
}

func openHub(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir})
}

func openStation(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: true})
}

func options(t testing.TB, work Work) Options {
	return Options{OpenHub: openHub, OpenStation: openStation, Dir: t.TempDir(), Work: work, Seed: 1}
}
