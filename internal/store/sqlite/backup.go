package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	modernc "modernc.org/sqlite"

	"tramy/internal/store"
)

// backupStepPages is how much of a station's database is copied at once, 256 KiB: between two steps whoever wants to
// save or to read has its turn.
const backupStepPages = 64

// Backup writes a copy of the whole database to a new file and reads it through. The copy is one state of
// the store; other work goes on meanwhile. On an error, which is store.ErrFull or store.ErrCorrupt where it can
// be told, no file is left; a file that is there already is not touched.
func (s *Store) Backup(ctx context.Context, path string) error {
	path, err := absolute(path)
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("backing up: %s: %w", path, os.ErrExist)
	}
	if path == s.path {
		return fmt.Errorf("backing up: %s is the database itself", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	part := path + ".part"
	_ = os.Remove(part)
	if err := s.copyTo(ctx, part); err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("backing up to %s: %w", path, err)
	}
	// A crash before this leaves a .part, which nobody takes for a backup.
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	return nil
}

func (s *Store) copyTo(ctx context.Context, part string) error {
	copied := s.vacuumInto
	if s.readers == s.writer {
		copied = s.copyInSteps
	}
	if err := copied(ctx, part); err != nil {
		return wrap(err)
	}
	if err := verify(ctx, part); err != nil {
		return err
	}
	f, err := os.Open(part)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// vacuumInto copies a hub's database. Its readers may write nothing, not even elsewhere; a connection of its own
// leaves the rest at work.
func (s *Store) vacuumInto(ctx context.Context, part string) error {
	db, err := sql.Open("sqlite", dsn(s.path, backupPragmas))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, part)
	return err
}

// copyInSteps copies a station's database, of which nobody can open a second connection, some pages at a time. What
// the connection writes between two steps goes into the copy as well, so that the copy is the store as it is at the
// end.
func (s *Store) copyInSteps(ctx context.Context, part string) error {
	s.copying.Lock() // Close waits for it
	defer s.copying.Unlock()
	c, err := s.take(ctx, s.writer)
	if err != nil {
		return err
	}
	b, err := c.startCopy(dsn(part, partPragmas))
	s.writer <- c
	if err != nil {
		return err
	}
	err = func() error {
		for more := true; more; {
			c, err := s.take(ctx, s.writer)
			if err != nil {
				return err
			}
			more, err = b.Step(backupStepPages)
			s.writer <- c
			if err != nil {
				return err
			}
		}
		return nil
	}()
	// Also where the store is being closed: the connection must not be closed with a copy begun.
	c = <-s.writer
	defer func() { s.writer <- c }()
	return errors.Join(err, b.Finish())
}

// startCopy begins to copy the connection's database into another.
func (c *conn) startCopy(to string) (*modernc.Backup, error) {
	d, ok := c.c.(interface {
		NewBackup(to string) (*modernc.Backup, error)
	})
	if !ok {
		return nil, fmt.Errorf("the driver's %T copies nothing", c.c)
	}
	return d.NewBackup(to)
}

// verify opens a copy on its own and lets SQLite read all of it.
func verify(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, copyPragmas))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var said string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said); err != nil {
		return wrap(err)
	}
	return check(said)
}

// IntegrityCheck reads through the database and holds the indexes against the tables; store.ErrCorrupt if it is
// damaged. It takes several times as long as QuickCheck.
func (s *Store) IntegrityCheck(ctx context.Context) error {
	return s.ask(ctx, `PRAGMA integrity_check(1)`)
}

// QuickCheck reads through the database and returns store.ErrCorrupt if it is damaged.
func (s *Store) QuickCheck(ctx context.Context) error {
	return s.ask(ctx, `PRAGMA quick_check(1)`)
}

func (s *Store) ask(ctx context.Context, pragma string) error {
	c, err := s.take(ctx, s.readers)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	var said string
	if _, err := (&tx{c: c, s: s}).one(pragma, nil, &said); err != nil {
		return err
	}
	return check(said)
}

// QuickSteps is QuickCheck table by table; between is called after each, without the connection, so that others come to
// their turn. An error of between ends it.
func (s *Store) QuickSteps(ctx context.Context, between func() error) error {
	return s.steps(ctx, `SELECT quick_check FROM pragma_quick_check(?)`, between)
}

// IntegritySteps is QuickSteps that also holds each index against its table, which takes several times as long.
func (s *Store) IntegritySteps(ctx context.Context, between func() error) error {
	return s.steps(ctx, `SELECT integrity_check FROM pragma_integrity_check(?)`, between)
}

func (s *Store) steps(ctx context.Context, pragma string, between func() error) error {
	var tables []string
	err := s.View(ctx, func(t store.Tx) error {
		var err error
		tables, err = list(t.(*tx), `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`, nil,
			func(name *string) []any { return []any{name} })
		return err
	})
	for i := 0; i < len(tables) && err == nil; i++ {
		err = s.View(ctx, func(t store.Tx) error {
			var said string
			if _, err := t.(*tx).one(pragma, []any{tables[i]}, &said); err != nil {
				return err
			}
			return check(said)
		})
		if err == nil {
			err = between()
		}
	}
	return err
}

func check(said string) error {
	if said != "ok" {
		return fmt.Errorf("%w: %s", store.ErrCorrupt, said)
	}
	return nil
}
