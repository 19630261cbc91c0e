package crash

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tramy/internal/store"
)

var flips = flag.Int("flips", 3, "how many damaged files the programs are started on, of each kind")

const (
	flipsMax  = 8  // bytes turned in one file
	flipsActs = 30 // acts before
	hearings  = 3  // exchanges until all has been said
)

// TestBytesFlipped turns bytes of a station's files and starts the real program on them: it works with everything that
// was told, or it ends and says which file is damaged. Where the database is gone as well, everything comes back but what
// stood in the damaged records themselves, also what was written behind them: once the hub is heard.
func TestBytesFlipped(t *testing.T) {
	w := newWorld(t)
	w.startAll(t)
	n := w.station
	n.as(t, nurse)
	b := newBook(w.commune, *seed)
	for range flipsActs {
		if err := b.work(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.stop(); err != nil {
		t.Fatal(err)
	}
	if err := w.stopAll(); err != nil {
		t.Fatal(err)
	}
	wholes := map[*node]string{}
	for _, n := range w.all {
		wholes[n] = filepath.Join(t.TempDir(), "whole")
		if err := os.CopyFS(wholes[n], os.DirFS(n.dir)); err != nil {
			t.Fatal(err)
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n| bytes turned in | files | program worked | then by `salvage` | said what is wrong | acts lost |\n|---|---:|---:|---:|---:|---:|\n")
	for _, c := range []struct {
		name string
		file string
		also string // taken away as well: what is left is the damaged file alone
		from int    // the first byte that may turn
		lose bool   // what stands in a damaged record is nowhere else
	}{
		{"database, beside a whole journal", "tramy.db", "", 0, false},
		{"journal, beside a whole database", "journal", "", 16, false},
		{"journal, without its database", "journal", "tramy.db", 16, true},
	} {
		worked, mended, said, lost := 0, 0, 0, 0
		r := rand.New(rand.NewPCG(*seed, 4))
		for i := range *flips {
			for _, n := range w.all { // each time the hubs know nothing of the times before
				if err := errors.Join(os.RemoveAll(n.dir), os.CopyFS(n.dir, os.DirFS(wholes[n]))); err != nil {
					t.Fatal(err)
				}
			}
			turned := flip(t, filepath.Join(n.dir, c.file), c.from, r)
			if c.also != "" {
				if err := os.Remove(filepath.Join(n.dir, c.also)); err != nil {
					t.Fatal(err)
				}
			}
			if c.lose {
				for _, hub := range w.all {
					if hub != n {
						hub.mustStart(t)
					}
				}
			}
			if err := n.start(); err != nil {
				said++
				if !strings.Contains(err.Error(), "journal") && !strings.Contains(err.Error(), "damaged") {
					t.Errorf("%s, %d: %v", c.name, i, err)
				}
				continue
			}
			worked++
			for k := 0; c.lose && k < hearings; k++ {
				if out, err := command(programs(t), n.program, "", "--data", n.dir, "sync"); err != nil {
					t.Fatalf("%s, %d: %v\n%s", c.name, i, err, out)
				}
			}
			if err := w.stopAll(); err != nil {
				t.Fatal(err)
			}
			h, err := held(n.dir, n.kind())
			if errors.Is(err, store.ErrCorrupt) { // in what the program had no reason to read yet, nor time to look for
				mended++
				if out, cerr := command(programs(t), n.program, "", "--data", n.dir, "salvage"); cerr != nil {
					t.Fatalf("%s, %d: salvage: %v\n%s", c.name, i, cerr, out)
				}
				h, err = held(n.dir, n.kind())
			}
			if err != nil {
				t.Fatal(err)
			}
			gone, twice := b.losses(h)
			most := 0
			if c.lose {
				gone, most = b.missing(h), turned
			}
			lost += len(gone)
			if len(gone) > most || len(twice) > 0 {
				t.Errorf("%s, %d: lost %v doubled %v", c.name, i, gone, twice)
			}
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d |\n", c.name, *flips, worked, mended, said, lost)
	}
	t.Log(table.String())
}

// missing are the acts told as saved that stand nowhere, under whatever name.
func (b *book) missing(h *holding) (lost []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.acts {
		if a.said && len(h.marks[a.mark]) == 0 {
			lost = append(lost, a.mark)
		}
	}
	return lost
}

// flip turns a few bytes of a file and says how many at most.
func flip(t *testing.T, path string, from int, r *rand.Rand) int {
	t.Helper()
	f, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(f)
	turned := 1 + r.IntN(flipsMax)
	for range turned {
		f[from+r.IntN(len(f)-from)] ^= byte(1 + r.IntN(255))
	}
	if slices.Equal(before, f) {
		f[from] ^= 1
	}
	if err := os.WriteFile(path, f, 0o600); err != nil {
		t.Fatal(err)
	}
	return turned
}
