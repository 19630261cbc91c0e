package released

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tramy/internal/datadir"
	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const (
	root = "../../testdata/released"
	// A version's folder stays small for ever, because none is ever taken away.
	sizeBytesMax = 200_000
	foldersFile  = "folders.tar.zst"
	fixtureFile  = "fixture.json"
	// The folders of all exchanges are nearly the same: with so large a window they are kept once.
	windowBytes = 64 << 20
)

// comparedName is the exchange before which the station lost part of what it had heard.
const comparedName = "compared"

// fixture is fixture.json.
type fixture struct {
	Version   string     `json:"version"`
	AtMS      int64      `json:"at_ms"` // when it was written, by the clock of its machines
	Exchanges []exchange `json:"exchanges"`
	People    []person   `json:"people"` // at the hub, in the end
}

// exchange is one talk of the station with its hub, and what both held before its first request was answered.
type exchange struct {
	Name    string `json:"name"`
	Rounds  int    `json:"rounds"`
	Hub     facts  `json:"hub"`
	Station facts  `json:"station"`
	// After is what the station held when the last answer was taken in.
	After facts  `json:"after"`
	Held  uint64 `json:"held,omitempty"` // own changes that were not let in
	Level bool   `json:"level"`
}

// facts say what a node holds without listing it.
type facts struct {
	States   int    `json:"states"`
	Sum      string `json:"sum"` // of the hashes of all states
	Subjects int64  `json:"subjects"`
	Doses    int64  `json:"doses"`
}

type person struct {
	Name  string   `json:"name"`
	Doses []string `json:"doses"`
}

// versions returns the names of the folders.
func versions(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	if len(out) == 0 {
		t.Fatal("no version has left anything")
	}
	return out
}

func read(t *testing.T, version string) fixture {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, version, fixtureFile))
	if err != nil {
		t.Fatal(err)
	}
	var f fixture
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// unpack writes a version's folders out: name/hub and name/station for each exchange.
func unpack(t *testing.T, version string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, version, foldersFile))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderMaxWindow(windowBytes))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// machine is a node of today in an old folder.
type machine struct {
	dir *datadir.Dir
	st  store.Store
	jr  *journal.File
	n   *node.Node
}

// start opens a folder as the program does. nonces are drawn before others, so that a recorded answer is the answer
// to what this machine asks; the clock stands where it stood.
func start(t *testing.T, path, program string, f *fixture, nonces ...[16]byte) *machine {
	t.Helper()
	ctx := context.Background()
	m := &machine{}
	var err error
	if m.dir, err = datadir.Open(path, program); err != nil {
		t.Fatal(err)
	}
	open := nodetest.OpenStation
	if program == "hub" {
		open = nodetest.OpenHub
	}
	if m.st, err = open(ctx, path); err != nil {
		t.Fatal(err)
	}
	if m.jr, err = journal.Open(m.dir.JournalPath()); err != nil {
		t.Fatal(err)
	}
	m.n, err = node.Open(ctx, node.Config{
		Store: m.st, Identity: m.dir.Identity(), Journal: m.jr, Rand: &drawn{nonces: nonces},
		Now: func() time.Time { return time.UnixMilli(f.AtMS) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.stop(t) })
	return m
}

func (m *machine) stop(t *testing.T) {
	if m.st == nil {
		return
	}
	if err := errors.Join(m.st.Close(), m.jr.Close(), m.dir.Close()); err != nil {
		t.Errorf("closing: %v", err)
	}
	m.st = nil
}

// drawn gives out nonces, and chance where something else is drawn or none is left.
type drawn struct{ nonces [][16]byte }

func (d *drawn) Read(b []byte) (int, error) {
	if len(b) != 16 || len(d.nonces) == 0 {
		return rand.Read(b)
	}
	copy(b, d.nonces[0][:])
	d.nonces = d.nonces[1:]
	return len(b), nil
}

func factsOf(t *testing.T, st store.Store) (f facts) {
	t.Helper()
	var sum p.Sum
	err := st.View(context.Background(), func(tx store.Tx) error {
		if err := tx.EachState(func(s *p.State) error {
			f.States++
			sum = sum.Add(p.StateHash(s))
			return nil
		}); err != nil {
			return err
		}
		c, err := tx.Counts()
		f.Subjects, f.Doses = c.Subjects, c.Doses
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Sum = hex.EncodeToString(sum[:])
	return f
}
