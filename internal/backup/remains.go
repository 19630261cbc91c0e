package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"tramy/internal/datadir"
	"tramy/internal/store"
)

// reading is where a backup is opened while a damaged folder takes from it what it lacks.
const reading = "reading"

// LastRemains is what a damaged data folder asks for its newest backup with: what read makes of the database in it.
func LastRemains(dir *datadir.Dir, read datadir.ReadRemains) datadir.LastBackup {
	return func(ctx context.Context, _ string) (store.Remains, error) {
		home := filepath.Join(dir.Path, Folder)
		last, err := Last(home)
		if last == nil || err != nil {
			return nil, err
		}
		own, err := dir.Keys.Reader()
		if err != nil {
			return nil, err
		}
		in, err := Open(last.Path, own)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		work := filepath.Join(home, reading)
		if err := os.RemoveAll(work); err != nil { // what a crash left
			return nil, err
		}
		if err := os.MkdirAll(work, 0o700); err != nil {
			return nil, err
		}
		left, err := store.Remains(nil), in.Extract(ctx, work)
		if err == nil {
			left, err = read(work)
		}
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(work))
		}
		return &remains{left, work}, nil
	}
}

// remains goes with the folder it is read from.
type remains struct {
	store.Remains
	work string
}

// Close implements store.Remains.
func (r *remains) Close() error { return errors.Join(r.Remains.Close(), os.RemoveAll(r.work)) }
