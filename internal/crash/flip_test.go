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
)

// TestBytesFlipped turns bytes of a station's files and starts the real program on them: it works with everything that
// was told, or it ends and says which file is damaged. Where the database is gone as well, what the journal holds before the
// damaged place comes back.
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
	whole := filepath.Join(t.TempDir(), "whole")
	if err := os.CopyFS(whole, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n| bytes turned in | files | program worked | then by `salvage` | said what is wrong | acts lost |\n|---|---:|---:|---:|---:|---:|\n")
	for _, c := range []struct {
		name string
		file string
		also string // taken away as well: what is left is the damaged file alone
		from int    // the first byte that may turn
		lose bool   // acts from the damaged place on may be missing: logs have no gaps (I5), and both files are hit
	}{
		{"database, beside a whole journal", "tramy.db", "", 0, false},
		{"journal, beside a whole database", "journal", "", 16, false},
		{"journal, without its database", "journal", "tramy.db", 16, true},
	} {
		worked, mended, said, lost := 0, 0, 0, 0
		r := rand.New(rand.NewPCG(*seed, 4))
		for i := range *flips {
			if err := os.RemoveAll(n.dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(n.dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			flip(t, filepath.Join(n.dir, c.file), c.from, r)
			if c.also != "" {
				if err := os.Remove(filepath.Join(n.dir, c.also)); err != nil {
					t.Fatal(err)
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
			if err := n.stop(); err != nil {
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
			lost += len(gone)
			if len(gone) > 0 && !(c.lose && b.areLast(gone)) || len(twice) > 0 {
				t.Errorf("%s, %d: lost %v doubled %v", c.name, i, gone, twice)
			}
		}
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d |\n", c.name, *flips, worked, mended, said, lost)
	}
	t.Log(table.String())
}

// areLast reports whether some marks are those of the last acts.
func (b *book) areLast(marks []string) bool {
	for i, a := range b.acts[len(b.acts)-len(marks):] {
		if a.mark != marks[i] {
			return false
		}
	}
	return true
}

// flip turns a few bytes of a file.
func flip(t *testing.T, path string, from int, r *rand.Rand) {
	t.Helper()
	f, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(f)
	for range 1 + r.IntN(flipsMax) {
		f[from+r.IntN(len(f)-from)] ^= byte(1 + r.IntN(255))
	}
	if slices.Equal(before, f) {
		f[from] ^= 1
	}
	if err := os.WriteFile(path, f, 0o600); err != nil {
		t.Fatal(err)
	}
}
