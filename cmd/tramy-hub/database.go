package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/store"
	"tramy/internal/store/postgres"
	"tramy/internal/store/sqlite"
)

// Where a hub's data are is decided when it is made, and noted in its folder (fileEngine), so that no command later opens an empty
// database beside the right one: a hub that finds nothing where it has worked would take itself for damaged, and begin anew. The
// address itself is not noted: it may hold a password.

const (
	fileEngine = "database.json"
	// metaFolder is, in a PostgreSQL database, the id of the folder it belongs to.
	metaFolder = "database.folder"
)

var (
	errAddressMissing = errors.New("this hub's data are in PostgreSQL: say where with --database or TRAMY_DATABASE")
	errNotSQLite      = errors.New("this hub's data are in PostgreSQL, whose own tools back up and restore them")
	errOtherEngine    = errors.New("this hub's data are in the file " + sqlite.FileName + " of its folder; without --database it goes on with them")
	errEmptyDatabase  = errors.New("the database is empty although this hub has worked before: is the address right? If it was lost, restore its backup first")
	errOthersDatabase = errors.New("the database belongs to another hub's folder")
)

// engine is what a folder notes of where its data are.
type engine struct {
	Engine string `json:"engine"`
	ID     string `json:"id"` // also in the database
}

// readEngine returns nil for a folder whose data are in a file in it.
func readEngine(dir string) (*engine, error) {
	b, err := os.ReadFile(filepath.Join(dir, fileEngine))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := &engine{}
	if err := json.Unmarshal(b, e); err != nil || e.ID == "" {
		return nil, fmt.Errorf("%s does not read", filepath.Join(dir, fileEngine))
	}
	return e, nil
}

// openStore opens the database of the hub in a folder. What came out of another machine's backup is a file in a folder of its own.
func (e *env) openStore(ctx context.Context, dir string) (store.Store, error) {
	if filepath.Clean(dir) != filepath.Clean(e.data) {
		return sqlite.Open(ctx, sqlite.Options{Dir: dir})
	}
	noted, err := readEngine(dir)
	if err != nil {
		return nil, err
	}
	if e.database == "" {
		if noted != nil {
			return nil, errAddressMissing
		}
		return sqlite.Open(ctx, sqlite.Options{Dir: dir})
	}
	if info, err := os.Stat(filepath.Join(dir, sqlite.FileName)); noted == nil && err == nil && info.Size() > 0 {
		return nil, errOtherEngine
	}
	s, err := postgres.Open(ctx, postgres.Options{URL: e.database})
	if err != nil {
		return nil, err
	}
	if err := bind(ctx, s, dir, noted); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// bind holds a folder and a database together for good.
func bind(ctx context.Context, s store.Store, dir string, noted *engine) error {
	var has []byte
	var counts store.Counts
	if err := s.View(ctx, func(tx store.Tx) (err error) {
		if has, err = tx.Meta(metaFolder); err != nil {
			return err
		}
		counts, err = tx.Counts()
		return err
	}); err != nil {
		return err
	}
	switch {
	case noted != nil && string(has) == noted.ID:
		return nil
	case len(has) > 0 || noted == nil && counts != (store.Counts{}):
		return errOthersDatabase
	case noted != nil && datadir.Exists(dir):
		return errEmptyDatabase
	}
	// The folder first: after a crash in between, it is still a new hub's.
	if noted == nil {
		noted = &engine{Engine: "postgres", ID: uuid.NewString()}
		if err := datadir.WriteJSON(filepath.Join(dir, fileEngine), noted); err != nil {
			return err
		}
	}
	return s.Update(ctx, func(tx store.Tx) error { return tx.SetMeta(metaFolder, []byte(noted.ID)) })
}

// remains is how a damaged database is read, nil for one that its own server looks after: a folder without a file of data would else be
// taken for a damaged one when the address was forgotten.
func (e *env) remains() datadir.ReadRemains {
	if noted, err := readEngine(e.data); e.database != "" || noted != nil || err != nil {
		return nil
	}
	return sqlite.ReadRemains
}

// checkDatabase says before anything is done what is wrong with an address, and which commands are only about files.
func (c *cli) checkDatabase(command string) error {
	if c.Database != "" && !postgres.IsAddress(c.Database) {
		return errors.New("--database: want postgres://user@host/name")
	}
	noted, err := readEngine(c.Data)
	if (strings.HasPrefix(command, "salvage") && c.Salvage.From == "" || strings.HasPrefix(command, "restore")) && (noted != nil || c.Database != "") {
		return errNotSQLite
	}
	return err
}

// untilLost returns when the database is no more this program's: another took it, or its server has lost commits. Then the program must
// start anew, because it remembers more than the database has.
func untilLost(h *hub.Hub) func(context.Context) error {
	return func(ctx context.Context) error {
		var lost <-chan struct{}
		s, ok := h.Dir.Store.(*postgres.Store)
		if ok {
			lost = s.Lost()
		}
		select {
		case <-lost:
			return s.Why()
		case <-ctx.Done():
			return nil
		}
	}
}
