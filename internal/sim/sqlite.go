package sim

import (
	"context"
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
	return c, m.open.Backup(ctx, c.path)
}
