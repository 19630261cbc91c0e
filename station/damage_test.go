package station_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/check"
	"tramy/internal/datadir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// saved is what a nurse was told was saved: a child, by id and name.
type saved struct {
	id   p.EntityID
	name string
}

// work records children at the tree's station; the first half is exchanged, the rest only the laptop has.
func work(t *testing.T, tr *nodetest.Tree, n int) []saved {
	t.Helper()
	var out []saved
	for i := range n {
		if i == n/2 {
			tr.Sync(t)
		}
		name := fmt.Sprintf("Lò Gia %c%d", 'A'+i%26, i)
		id, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: name, BirthDate: tr.Station.Today() - 60 - registry.Day(i), MotherName: "Lò Thị Mai",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, saved{id, name})
	}
	return out
}

// there fails the test for what was saved and is not in a node's states, as it was told.
func there(t *testing.T, s store.Store, want []saved, where string) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) error {
		for _, w := range want {
			st, err := tx.State(w.id)
			if err != nil {
				return err
			}
			if st == nil {
				t.Errorf("%s: %s is gone", where, w.name)
				continue
			}
			if name, _ := st.Get(registry.SubjectName).Text(); name != w.name || len(st.Values(registry.SubjectName)) != 1 {
				t.Errorf("%s: %s is %q now", where, w.name, name)
			}
			if row, err := tx.SubjectRow(w.id); err != nil || row == nil || row.Name != w.name {
				t.Errorf("%s: %s has no row: %v", where, w.name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
}

// heal does what Run does beside the work, without waiting: it reads the database through, begins anew if it is damaged,
// and takes back what can be read.
func heal(t *testing.T, tr *nodetest.Tree, st *station.Station) *station.Station {
	t.Helper()
	for range 3 {
		err := st.Dir.Look(t.Context(), func() error { return nil })
		if err == nil {
			break
		}
		st = tr.Reopen(t, st, func(string) {})
	}
	if err := st.Dir.TakeBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

// Bytes that flip where SQLite cannot see it, in the middle of a record, are found by the check that a station does by
// itself, and every act is there as it was told, once.
func TestFlippedBytesFalsifyNothing(t *testing.T) {
	tr := nodetest.New(t)
	want := work(t, tr, 24)
	dir := tr.Station.Dir.Path
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	seeds := []uint64{332} // a bit in the schema, which only a rebuild runs into
	for seed := range uint64(15) {
		seeds = append(seeds, seed)
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			path := copyDir(t, dir)
			r := rand.New(rand.NewPCG(seed, 17))
			edit(t, filepath.Join(path, "tramy.db"), func(b []byte) []byte {
				for range 1 << r.IntN(8) {
					b[r.IntN(len(b))] ^= 1 << r.IntN(8)
				}
				return b
			})
			st := tr.OpenStationAt(t, path)
			for range 4 {
				st = heal(t, tr, st)
				report, err := st.Dir.Check(t.Context(), check.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if report.Faults() == 0 {
					break
				}
				err = st.Dir.Heal(t.Context(), report)
				if err != nil && !errors.Is(err, store.ErrCorrupt) {
					t.Fatal(err)
				}
				if report.Damaged() || err != nil {
					st = tr.Reopen(t, st, func(string) {})
				}
			}
			tr.Station = st
			there(t, st.Node.Store(), want, "before an exchange")
			tr.Sync(t)
			there(t, st.Node.Store(), want, "after it")
			there(t, tr.Hub.Node.Store(), want, "at the centre")
			if n := subjects(t, tr.Hub.Node.Store()); n != int64(len(want)) {
				t.Errorf("%d children at the centre", n)
			}
			report, err := st.Dir.Check(t.Context(), check.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report {
				if f.Faults > 0 {
					t.Errorf("after all that: %s %v", f.Name, f.Told)
				}
			}
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
	tr.Station = tr.OpenStationAt(t, dir) // the tree closes it
}

// Damage that is found in the middle of the work ends it with the word that tells the program to begin anew; then all that
// was saved is there.
func TestDamageInTheMiddleOfTheWork(t *testing.T) {
	tr := nodetest.New(t)
	want := work(t, tr, 4)
	done := make(chan error, 1)
	go func() { done <- tr.Station.Run(t.Context()) }()
	tr.Station.Dir.Found(errors.New("a page that cannot be read"))
	if err := <-done; !errors.Is(err, datadir.ErrDamagedNow) {
		t.Fatalf("it ended with %v", err)
	}
	tr.Station = tr.Reopen(t, tr.Station, func(string) {})
	if d := tr.Station.Dir.Damage(); d == nil || d.Whole() {
		t.Fatalf("nothing was set aside: %+v", d)
	}
	there(t, tr.Station.Node.Store(), want, "begun anew")
	if err := tr.Station.Dir.TakeBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	there(t, tr.Hub.Node.Store(), want, "at the centre")
}

// A crash while the damaged files are renamed, or before anything came back, goes on at the next start.
func TestCrashWhileSettingAside(t *testing.T) {
	tr := nodetest.New(t)
	want := work(t, tr, 4)
	dir := copyDir(t, tr.Station.Dir.Path) // with a write-ahead log
	aside := filepath.Join(dir, "damaged-20261127-000000")
	for step, moved := range [][]string{nil, {"tramy.db"}, {"tramy.db", "tramy.db-wal"}} {
		path := copyDir(t, dir)
		note := `{"found_ms": 1, "why": "x", "stage": "aside", "database": true, "aside": ["` + filepath.Base(aside) + `"]}`
		if err := os.WriteFile(filepath.Join(path, "damage.json"), []byte(note), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(path, filepath.Base(aside)), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range moved {
			if err := os.Rename(filepath.Join(path, name), filepath.Join(path, filepath.Base(aside), name)); err != nil {
				t.Fatal(err)
			}
		}
		st := tr.OpenStationAt(t, path)
		if err := st.Dir.TakeBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		there(t, st.Node.Store(), want, fmt.Sprintf("after step %d", step))
		if n := subjects(t, st.Node.Store()); n != int64(len(want)) {
			t.Errorf("after step %d: %d children", step, n)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// copyDir copies a folder's files.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "node")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// edit changes a file's bytes.
func edit(t *testing.T, path string, fn func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fn(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// damages are ways in which a file goes bad on a disk.
var damages = []struct {
	name string
	do   func(r *rand.Rand, b []byte) []byte
}{
	{"the header is wrong", func(_ *rand.Rand, b []byte) []byte { copy(b, "Kính gửi trạm y tế"); return b }},
	{"the first page is zero", func(_ *rand.Rand, b []byte) []byte { clear(b[:4096]); return b }},
	{"pages are zero", func(r *rand.Rand, b []byte) []byte {
		for range 1 + len(b)/4096/8 {
			at := r.IntN(len(b)/4096) * 4096
			clear(b[at : at+4096])
		}
		return b
	}},
	{"cut off", func(r *rand.Rand, b []byte) []byte { return b[:len(b)/4+r.IntN(len(b)/2)] }},
	{"cut off within the first page", func(_ *rand.Rand, b []byte) []byte { return b[:700] }},
	{"empty", func(*rand.Rand, []byte) []byte { return nil }},
	{"a run of other bytes", func(r *rand.Rand, b []byte) []byte {
		at := r.IntN(len(b) - 20000)
		for i := range b[at : at+20000] {
			b[at+i] = byte(r.Uint32())
		}
		return b
	}},
}

// Whatever happens to the database file, every act that a nurse was told was saved is there after the next start, once,
// and reaches the centre; nobody types anything. What the laptop had from others comes again.
func TestDamagedDatabaseLosesNoAct(t *testing.T) {
	tr := nodetest.New(t)
	want := work(t, tr, 24)
	dir := tr.Station.Dir.Path
	open := copyDir(t, dir) // as a power cut leaves it, with a write-ahead log
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	for seed, d := range damages {
		for _, from := range []string{dir, open} {
			t.Run(fmt.Sprintf("%s, log %v", d.name, from == open), func(t *testing.T) {
				path := copyDir(t, from)
				r := rand.New(rand.NewPCG(uint64(seed), 5))
				edit(t, filepath.Join(path, "tramy.db"), func(b []byte) []byte { return d.do(r, b) })
				st := heal(t, tr, tr.OpenStationAt(t, path))
				tr.Station = st
				there(t, st.Node.Store(), want, "before an exchange")
				tr.Sync(t)
				there(t, st.Node.Store(), want, "after it")
				there(t, tr.Hub.Node.Store(), want, "at the centre")
				if n := subjects(t, tr.Hub.Node.Store()); n != int64(len(want)) {
					t.Errorf("%d children at the centre", n)
				}
				if _, err := st.Login(t.Context(), nodetest.NurseLogin, nodetest.Password); err != nil {
					t.Errorf("the nurse cannot log in: %v", err)
				}
				if s, err := st.Node.Status(t.Context()); err != nil || !s.Complete || s.Saved != 0 {
					t.Errorf("after the exchange: %+v, %v", s, err)
				}
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
				aside, _ := filepath.Glob(filepath.Join(path, "damaged-*", "tramy.db"))
				if len(aside) > 1 || len(aside) == 0 && from == dir { // the log may hold a newer page in place of the damaged one
					t.Errorf("set aside: %v", aside)
				}
				// The next start finds all well and forgets the damage.
				st = tr.OpenStationAt(t, path)
				if st.Dir.Damage() != nil {
					t.Errorf("still damaged: %+v", st.Dir.Damage())
				}
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
	tr.Station = tr.OpenStationAt(t, dir) // the tree closes it
}

// Damaged records in the journal, another beginning, or no journal at all: the database has the acts, and the journal
// is made whole from it, so that it heals the database the next time.
func TestDamagedJournalIsMadeWhole(t *testing.T) {
	tr := nodetest.New(t)
	want := work(t, tr, 12)
	dir := tr.Station.Dir.Path
	if err := tr.Station.Close(); err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(b []byte) []byte{
		"in the middle": func(b []byte) []byte { clear(b[len(b)/2 : len(b)/2+8]); return b },
		"at the front":  func(b []byte) []byte { copy(b, "Kính gửi"); return b },
		"at the end":    func(b []byte) []byte { return b[:len(b)-7] },
		"all of it":     func(b []byte) []byte { return bytes.Repeat([]byte{7}, len(b)) },
		"empty":         func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			path := copyDir(t, dir)
			edit(t, filepath.Join(path, datadir.FileJournal), damage)
			st := tr.OpenStationAt(t, path)
			there(t, st.Node.Store(), want, "with the damaged journal")
			// Now the database goes, and nothing but the journal is left.
			st = tr.Reopen(t, st, func(dir string) {
				if err := os.Remove(filepath.Join(dir, "tramy.db")); err != nil {
					t.Fatal(err)
				}
			})
			there(t, st.Node.Store(), want, "from the journal alone")
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
	tr.Station = tr.OpenStationAt(t, dir) // the tree closes it
}
