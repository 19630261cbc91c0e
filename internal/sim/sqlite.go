package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"tramy/internal/store"
	"tramy/internal/store/sqlite"
)

// Files are databases below a folder, each in one of its own, because that is what a program locks.
type Files struct {
	dir  string
	made []*fileMedium
}

// NewFiles returns what makes databases below a folder that exists.
func NewFiles(dir string) *Files { return &Files{dir: dir} }

// Medium is what Options want.
func (f *Files) Medium(station bool) Medium { return f.add(station) }

// Close closes what runs left open, as a machine that was lost does.
func (f *Files) Close() {
	for _, m := range f.made {
		if m.open != nil {
			_ = m.open.Close() // it may be closed already: a machine that died does not know
		}
	}
}

// fileMedium is one of them.
type fileMedium struct {
	in      *Files
	path    string
	station bool
	open    *sqlite.Store
	touched bool // bytes of it were made wrong
}

func (f *Files) add(station bool) *fileMedium {
	m := &fileMedium{in: f, path: filepath.Join(f.dir, strconv.Itoa(len(f.made)), sqlite.FileName), station: station}
	f.made = append(f.made, m)
	return m
}

// Open implements Medium.
func (m *fileMedium) Open(ctx context.Context) (store.Store, error) {
	if m.open != nil { // the machine died; the file does not know
		_ = m.open.Close()
	}
	st, err := sqlite.Open(ctx, sqlite.Options{Path: m.path, Station: m.station})
	m.open = st
	return st, err
}

// Copy implements Medium.
func (m *fileMedium) Copy(ctx context.Context) (Medium, error) {
	if m.open == nil {
		if _, err := m.Open(ctx); err != nil {
			return nil, err
		}
	}
	c := m.in.add(m.station)
	c.touched = m.touched // a copy has what is wrong, too
	return c, m.open.Backup(ctx, c.path)
}

// hurt implements fragile: it writes wrong bytes into one page of the file, of a program that works or of one that does not.
func (m *fileMedium) hurt(t *tape, runs bool) string {
	if m.open != nil && !runs {
		_ = m.open.Close() // what the machine had in its memory is gone
		m.open = nil
	}
	page, how, at, seed := t.below(1<<16), t.below(3), t.below(pageBytes), uint64(t.below(1<<16))
	f, err := os.OpenFile(m.path, os.O_RDWR, 0)
	if err != nil {
		return "there is no file"
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() < pageBytes {
		return "the file is empty"
	}
	pages := info.Size() / pageBytes
	begin := int64(page) % pages * pageBytes
	wrong := make([]byte, pageBytes) // a page that was never written
	random := rand.New(rand.NewPCG(seed, 1))
	switch how {
	case flipped:
		begin += int64(at)
		wrong = wrong[:min(8, pageBytes-at)]
		for i := range wrong {
			wrong[i] = byte(random.UintN(256))
		}
	case astray: // a write that went to the wrong place
		if _, err := f.ReadAt(wrong, random.Int64N(pages)*pageBytes); err != nil {
			return err.Error()
		}
	}
	if _, err := f.WriteAt(wrong, begin); err != nil {
		return err.Error()
	}
	m.touched = true
	return fmt.Sprintf("%d bytes at %d of %d", len(wrong), begin, info.Size())
}

// How a page is damaged; else it is all zero.
const (
	flipped = 1
	astray  = 2
)

// pageBytes is the size of a page of a database.
const pageBytes = 4096

// hurts implements fragile.
func (m *fileMedium) hurts() bool { return m.touched }

// look implements fragile.
func (m *fileMedium) look(ctx context.Context) error {
	if !m.touched || m.open == nil {
		return nil
	}
	return m.open.QuickSteps(ctx, func() error { return nil })
}

// fresh implements fragile.
func (m *fileMedium) fresh() Medium { return m.in.add(m.station) }

// remains implements fragile.
func (m *fileMedium) remains() (store.Remains, error) {
	if m.open != nil {
		_ = m.open.Close()
		m.open = nil
	}
	return sqlite.ReadRemainsFile(m.path)
}
