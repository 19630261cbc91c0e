package datadir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tramy/internal/drive"
	"tramy/internal/journal"
	"tramy/internal/store"
)

// Damage is what a folder keeps about a damaged database or journal of its own: what was set aside, and how far the
// rest has been put together again. It is the file damage.json; without one nothing is damaged.
type Damage struct {
	FoundMS int64    `json:"found_ms"` // this machine's clock
	Why     string   `json:"why"`      // for an operator, no personal data
	Stage   string   `json:"stage"`
	Aside   []string `json:"aside"` // folders within the data folder, the newest last
	// Database says that the database was damaged, Journal that the journal was.
	Database bool `json:"database,omitempty"`
	Journal  bool `json:"journal,omitempty"`
	// What came back so far.
	Own      int `json:"own"`
	States   int `json:"states"`
	Segments int `json:"segments"`
	Refused  int `json:"refused"`
}

// Stages of putting a folder together again. A crash in any of them goes on there at the next start.
const (
	stageAside = "aside" // the damaged files are being renamed
	stageFirst = "first" // a fresh database is there; own logs and accounts come back
	stageRest  = "rest"  // it works; cases come back beside the work
	stageDone  = "done"  // the rest comes from others, by the exchange
)

const fileDamage = "damage.json"

// asidePrefix begins the name of a folder with what was set aside; the day and hour follow, in UTC.
const asidePrefix = "damaged-"

// ErrDamagedNow says that the database turned out to be damaged while the program worked. What to do is written down:
// opening the folder again sets it aside and goes on.
var ErrDamagedNow = errors.New("the database is damaged; it is set aside, and the program begins anew on what can be read")

// Whole reports whether all that can be read has been taken back.
func (d *Damage) Whole() bool { return d.Stage == stageDone }

// ReadRemains reads what is left of the database in a folder. The commands choose the engine.
type ReadRemains func(dir string) (store.Remains, error)

// LastBackup opens the content of the newest verified backup of a data folder: what is read of its database. It is nil,
// without an error, where there is none.
type LastBackup func(ctx context.Context, dir string) (store.Remains, error)

func (d *Dir) readDamage() (*Damage, error) {
	b, err := os.ReadFile(filepath.Join(d.Path, fileDamage))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := &Damage{}
	if err := json.Unmarshal(b, x); err != nil || len(x.Aside) == 0 {
		// The note itself is damaged: it must not keep the machine shut. What it spoke of lies beside it.
		return nil, os.Rename(filepath.Join(d.Path, fileDamage), filepath.Join(d.Path, fileDamage+".unreadable"))
	}
	return x, nil
}

func (d *Dir) saveDamage(x *Damage) error {
	if err := WriteJSON(filepath.Join(d.Path, fileDamage), x); err != nil {
		return err
	}
	return drive.SyncDir(d.Path)
}

// noteDamage writes down that the database is to be set aside. What an earlier damage left to do stays to be done.
func (d *Dir) noteDamage(x *Damage, now time.Time, why error) (*Damage, error) {
	next := &Damage{}
	if x != nil {
		*next = *x
		next.Aside = slices.Clone(x.Aside)
	}
	next.FoundMS, next.Why, next.Stage, next.Database = now.UnixMilli(), why.Error(), stageAside, true
	next.Aside = append(next.Aside, d.asideName(now))
	return next, d.saveDamage(next)
}

// asideName is a folder that is not there yet.
func (d *Dir) asideName(now time.Time) string {
	base := asidePrefix + now.UTC().Format("20060102-150405")
	for name, n := base, 2; ; n++ {
		if _, err := os.Lstat(filepath.Join(d.Path, name)); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s-%d", base, n)
	}
}

// Names of the database's files, as the engine makes them.
var databaseFiles = []string{"tramy.db", "tramy.db-wal", "tramy.db-shm", "tramy.db-journal"}

// setAside renames the database's files into the folder that the note names. A crash in between leaves some of them
// here and the note as it is, so that the next start goes on: a database never meets the write-ahead log of another.
func (d *Dir) setAside(x *Damage) error {
	aside := filepath.Join(d.Path, x.Aside[len(x.Aside)-1])
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return err
	}
	for _, name := range databaseFiles {
		if err := os.Rename(filepath.Join(d.Path, name), filepath.Join(aside, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := errors.Join(drive.SyncDir(aside), drive.SyncDir(d.Path)); err != nil {
		return err
	}
	x.Stage = stageFirst
	return d.saveDamage(x)
}

// errGone is why a database is taken for damaged that is not there.
var errGone = errors.New("the database is missing or empty although this machine has worked before")

// gone reports whether the database has vanished: to SQLite an empty file is a new database.
func (d *Dir) gone() (bool, error) {
	info, err := os.Stat(filepath.Join(d.Path, databaseFiles[0]))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err == nil && info.Size() > 0 {
		return false, nil
	}
	info, err = os.Stat(d.JournalPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.Size() > journal.EmptySizeBytes, err
}

// mendJournal opens the journal; one that is damaged is set aside and its whole records go on.
func (d *Dir) mendJournal(x *Damage, now time.Time) (*journal.File, *Damage, error) {
	name := d.asideName(now)
	j, mended, err := journal.Mend(d.JournalPath(), filepath.Join(d.Path, name, FileJournal))
	if err != nil || !mended.Damaged {
		return j, x, err
	}
	next := &Damage{}
	if x != nil {
		*next = *x
	}
	next.Stage = stageFirst
	next.FoundMS, next.Journal, next.Why = now.UnixMilli(), true, "the journal has records that cannot be read"
	next.Aside = append(slices.Clone(next.Aside), name)
	if err := d.saveDamage(next); err != nil {
		return nil, x, errors.Join(err, j.Close())
	}
	return j, next, nil
}

// removeFile removes a file that may not be there.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return drive.SyncDir(filepath.Dir(path))
}
