package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	"tramy/internal/store"
)

// Backup writes a copy of the whole database to a new file and reads it through. The copy is one state of
// the store; at a station, other work waits meanwhile. On an error, which is store.ErrFull or
// store.ErrCorrupt where it can be told, no file is left; a file that is there already is not touched.
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
	if err := s.vacuumInto(ctx, part); err != nil {
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

func (s *Store) vacuumInto(ctx context.Context, part string) error {
	if s.readers == s.writer {
		c, err := s.take(ctx, s.writer)
		if err != nil {
			return err
		}
		defer func() { s.writer <- c }()
		// Without the context: an interrupted connection is lost, and a station has no other.
		_, err = c.exec(`VACUUM INTO ?`, part)
		return err
	}
	// A hub's readers may write nothing, not even elsewhere; a connection of its own leaves the rest at work.
	db, err := sql.Open("sqlite", dsn(s.path, backupPragmas))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, part)
	return err
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

// QuickCheck reads through the database and returns store.ErrCorrupt if it is damaged.
func (s *Store) QuickCheck(ctx context.Context) error {
	c, err := s.take(ctx, s.readers)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	var said string
	if _, err := (&tx{c: c, s: s}).one(`PRAGMA quick_check(1)`, nil, &said); err != nil {
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
