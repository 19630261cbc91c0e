package sqlite

import (
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"tramy/internal/store"
)

var (
	errReadOnly = errors.New("writing in a read-only transaction")
	errClosed   = errors.New("the store is closed")
)

// wrap gives what the database said the name that callers ask for.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	var e *driver.Error
	switch {
	case !errors.As(err, &e):
		return err
	case errors.Is(err, store.ErrFull), errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrInUse):
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	case lib.SQLITE_ERROR: // our statements are right: what they name is missing, or in the way, because the schema is damaged
		for _, said := range []string{"no such table", "no such column", "already exists", "invalid fts5 file format"} {
			if strings.Contains(e.Error(), said) {
				return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
			}
		}
	case lib.SQLITE_IOERR:
		switch e.Code() { // the disk has lost a place of the file
		case lib.SQLITE_IOERR_READ, lib.SQLITE_IOERR_SHORT_READ, lib.SQLITE_IOERR_CORRUPTFS:
			return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
		case lib.SQLITE_IOERR_SHMSIZE: // the index of the write-ahead log, which is made at each start, does not fit
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", store.ErrInUse, err)
	}
	return err
}

// wrapCommit is wrap for a commit. All constraints are checked with their statements; only the word index writes when
// the transaction ends, to tables of its own. What is in its way there is damage.
func wrapCommit(err error) error {
	var e *driver.Error
	if errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_CONSTRAINT {
		err = fmt.Errorf("%w: the word index: %w", store.ErrCorrupt, err)
	}
	return fmt.Errorf("committing: %w", wrap(err))
}

// corrupt says what in the database cannot be read.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", store.ErrCorrupt, fmt.Sprintf(format, args...))
}
