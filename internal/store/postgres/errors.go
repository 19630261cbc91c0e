package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"tramy/internal/store"
)

var (
	errReadOnly = errors.New("writing in a read-only transaction")
	errClosed   = errors.New("the store is closed")
	// errUnheard says that a commit of which this program heard nothing was done: what the program remembers is behind the database, and
	// nobody can tell by what.
	errUnheard = errors.New("the database has done what it did not answer to; start this program again, so that it reads anew what it remembers")
	// errOlder says that the database has lost what it said was kept: a standby that lagged behind took over, or somebody
	// restored a backup while the program ran. What the program remembers is ahead of it, so it must start again.
	errOlder = errors.New("the database is older than what was stored in it (a standby that lagged behind took over, or a backup was restored); start this program again")
)

// wrap gives what the database said the name that callers ask for.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	for _, named := range []error{store.ErrFull, store.ErrCorrupt, store.ErrInUse, store.ErrNewer, store.ErrAway} {
		if errors.Is(err, named) {
			return err
		}
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		name := nameOf(e.Code)
		switch {
		case errors.Is(name, store.ErrAway):
			return away(err)
		case name != nil:
			return fmt.Errorf("%w: %w", name, err)
		}
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed") {
		return away(err)
	}
	return err
}

// away keeps what happened as words alone: that this connection ended is not to be taken for the end of a child's request.
func away(err error) error { return fmt.Errorf("%w: %s", store.ErrAway, err.Error()) }

// nameOf names an error by its code: https://www.postgresql.org/docs/15/errcodes-appendix.html
func nameOf(code string) error {
	switch {
	case code == "53100": // disk_full
		return store.ErrFull
	case code == "XX001", code == "XX002", code == "58P01", code == "58030": // data_corrupted, index_corrupted, undefined_file, io_error
		return store.ErrCorrupt
	case code == "42P01", code == "42703": // undefined_table, undefined_column: our statements are right, so somebody changed the tables
		return store.ErrCorrupt
	case strings.HasPrefix(code, "08"), // connection exceptions
		strings.HasPrefix(code, "57P"),                    // the server is shutting down, starting or was told to end us
		strings.HasPrefix(code, "53"),                     // no connections, no memory
		code == "25006",                                   // read_only_sql_transaction: a standby answers
		code == "40001", code == "40P01", code == "55P03": // somebody else's session stands in the way
		return store.ErrAway
	}
	return nil
}

// corrupt says what in the database cannot be read.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", store.ErrCorrupt, fmt.Sprintf(format, args...))
}
