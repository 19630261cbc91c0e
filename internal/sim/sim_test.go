package sim

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	from  = flag.Uint64("from", 1, "the first seed")
	seeds = flag.Uint64("seeds", 24, "how many seeds")
	only  = flag.String("only", "", "kinds of fault, with commas; empty: each seed draws its own")
	disks = flag.Bool("disks", false, "all on SQLite files")
	first = flag.Bool("first", false, "stop at the first seed that fails, and use no files")
	loud  = flag.Bool("loud", false, "a line about everything that happens")
)

// plainDisks is how many of the first seeds run on files in a plain test.
const plainDisks = 2

func TestSeeds(t *testing.T) {
	var sum Counts
	for seed := *from; seed < *from+*seeds; seed++ {
		opt := Options{Seed: seed}
		if *disks || !*first && seed < *from+plainDisks {
			f := NewFiles(t.TempDir())
			defer f.Close()
			opt.Medium = f.Medium
		}
		if *only != "" {
			opt.Only = strings.Split(*only, ",")
		}
		if *loud {
			opt.Log = t.Logf
		}
		res := Run(t.Context(), opt)
		sum.Add(&res.Count)
		if len(res.Failures) > 0 {
			t.Errorf("seed %d %v: %d steps: %s", seed, res.Faults, len(res.Script), strings.Join(res.Failures, "\n  "))
			if *first {
				return
			}
		}
	}
	t.Logf("%+v", sum)
	if sum.Said == 0 || sum.Exchanges == 0 || sum.Faults == 0 {
		t.Errorf("nothing happened in these seeds, so that they show nothing: %+v", sum)
	}
}

// TestScenarios plays what once failed.
func TestScenarios(t *testing.T) {
	scenarios(t, "testdata/scenarios/*.txt", func(*testing.T, *Options) {})
}

// TestScenariosOnFiles plays what once failed on SQLite files, and only there.
func TestScenariosOnFiles(t *testing.T) {
	scenarios(t, "testdata/scenarios/files/*.txt", func(t *testing.T, opt *Options) {
		f := NewFiles(t.TempDir())
		t.Cleanup(f.Close)
		opt.Medium = f.Medium
	})
}

func scenarios(t *testing.T, pattern string, on func(*testing.T, *Options)) {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParseScenario(string(text))
			if err != nil {
				t.Fatal(err)
			}
			opt := Options{Seed: s.Seed, Script: s.Script}
			on(t, &opt)
			for _, f := range Run(t.Context(), opt).Failures {
				t.Errorf("%s (it was: %s)", f, s.Why)
			}
		})
	}
}

// TestSameSeedSameRun: without it no failure could be played again.
func TestSameSeedSameRun(t *testing.T) {
	lines := func(opt Options) string {
		var b strings.Builder
		opt.Log = func(format string, args ...any) {
			b.WriteString(format)
			_, _ = b.WriteString(strings.TrimSpace(fmt.Sprint(args...)))
		}
		Run(t.Context(), opt)
		return b.String()
	}
	one := Run(t.Context(), Options{Seed: 3})
	a, b := lines(Options{Seed: 3}), lines(Options{Seed: 3, Script: one.Script})
	if a != b {
		t.Error("a seed and the script it made do not run alike")
	}
}

func TestManySeeds(t *testing.T) {
	seen := map[uint64]bool{}
	total, err := RunMany(context.Background(), Many{
		From: 1, Seeds: 4, Only: []string{"cut"}, Disks: 250, Dir: t.TempDir(), Workers: 2,
		Each: func(r *Result) { seen[r.Seed] = true },
	})
	if err != nil {
		t.Fatal(err)
	}
	if total.Seeds != 4 || total.OnDisks != 1 || len(seen) != 4 || total.Kinds["cut"] != 4 || len(total.Failed) > 0 {
		t.Errorf("%+v, seen %v", total, seen)
	}
}
