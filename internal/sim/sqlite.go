package sim

import (
	"context"
	"path/filepath"
	"strconv"

	"tramy/internal/store"
	"tramy/internal/store/sqlite"
)

// files are databases below a folder, each in one of its own, because that is what a program locks.
type files struct {
	dir  string
	made int
}

// fileMedium is one of them.
type fileMedium struct {
	in      *files
	path    string
	station bool
	open    *sqlite.Store
}

func (f *files) add(station bool) *fileMedium {
	f.made++
	return &fileMedium{in: f, path: filepath.Join(f.dir, strconv.Itoa(f.made), sqlite.FileName), station: station}
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
