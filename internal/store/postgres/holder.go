package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tramy/internal/store"
)

// A node remembers what it read and the numbers it gave out, so one program at a time has a database (decision 52 lists what
// would have to be read again). A server may be restarted or replaced under it, so three things are held together:
//
//   - the connection that writes holds a session's advisory lock: a second program is turned away while the first one lives;
//   - the row in holder names the program that took the database last: one whose connection was cut, and whose place was taken
//     meanwhile, finds another's name and writes nothing more;
//   - and it counts the commits: one that comes back to fewer than it knows of has met a server that lost some.
const (
	lockHolder = 0x7472616d79_01 // "tramy", and which
	lockApply  = 0x7472616d79_02 // held by the one transaction that applies
)

// takeFor is how long a lock is asked for anew: a server notices late that a program has died, or that a connection was cut.
const (
	takeFor      = 30 * time.Second
	takeFirstFor = 2 * time.Second // by a program that does not have the database yet: perhaps another one is just ending
	takeAgain    = 50 * time.Millisecond
)

type holder struct {
	conn   *pgx.Conn // writes; nil or closed: to be made anew
	name   pgtype.UUID
	steps  int64 // commits this program knows of
	unsure bool  // one more may have been done

	lost chan struct{} // closed when nothing may be written any more
	why  error         // set before that
}

// Lost is closed when the database is no more this program's: then it must be started again. Why says what happened.
func (s *Store) Lost() <-chan struct{} { return s.lost }

// Why is the reason once Lost is closed.
func (s *Store) Why() error { return s.why }

// gone reports whether nothing may be written any more.
func (s *Store) gone() bool { return s.why != nil }

// take makes the tables and takes the database for this program.
func (s *Store) take(ctx context.Context, forgetful bool) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	if err := check(ctx, s.conn, forgetful); err != nil {
		return err
	}
	if err := migrate(ctx, s.config); err != nil {
		return err
	}
	if _, err := rand.Read(s.name.Bytes[:]); err != nil {
		return err
	}
	s.name.Valid = true
	return s.conn.QueryRow(ctx, `INSERT INTO holder (one, name, steps) VALUES (true, $1, 0)
		ON CONFLICT (one) DO UPDATE SET name = excluded.name RETURNING steps`, s.name).Scan(&s.steps)
}

// connect makes the connection that writes, with the lock.
func (s *Store) connect(ctx context.Context) error {
	c, err := pgx.ConnectConfig(ctx, s.config)
	if err != nil {
		return err
	}
	until := time.Now().Add(takeFirstFor)
	if s.name.Valid {
		until = time.Now().Add(takeFor)
	}
	for {
		var got bool
		if err = c.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(lockHolder)).Scan(&got); err != nil || got {
			break
		}
		if time.Now().After(until) {
			err = fmt.Errorf("%w: a hub on another machine, or an earlier one that the server has not missed yet", store.ErrInUse)
			break
		}
		select {
		case <-time.After(takeAgain):
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			break
		}
	}
	if err != nil {
		_ = c.Close(context.WithoutCancel(ctx))
		return err
	}
	s.conn = c
	if s.readers != nil {
		s.readers.Reset() // who reads does so where is written now
	}
	return nil
}

func (s *Store) letGo() {
	if s.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
		defer cancel()
		_ = s.conn.Close(ctx)
		s.conn = nil
	}
}

// begin starts the one transaction that writes. A connection that was lost while nothing ran is made anew, and nobody
// notices: nothing of the transaction had been done.
func (s *Store) begin(ctx context.Context) (*tx, error) {
	if s.gone() {
		return nil, s.why
	}
	for again := false; ; again = true {
		fresh := s.conn == nil || s.conn.IsClosed()
		if fresh {
			if err := s.connect(ctx); err != nil {
				return nil, err
			}
		}
		t, err := s.locked(ctx)
		if err == nil {
			return t, nil
		}
		if s.gone() {
			s.letGo() // and with it the lock
			return nil, err
		}
		if again || fresh || ctx.Err() != nil || !errors.Is(wrap(err), store.ErrAway) {
			return nil, err
		}
		s.letGo()
	}
}

// locked begins a transaction, waits for its turn and looks whether the database is still this program's, and has all of it.
func (s *Store) locked(ctx context.Context) (*tx, error) {
	run := context.WithoutCancel(ctx)
	c, err := s.conn.BeginTx(run, pgx.TxOptions{})
	if err != nil {
		return nil, err
	}
	var name pgtype.UUID
	var steps int64
	// Two statements: the second one's snapshot is taken when the first has got the lock.
	b := &pgx.Batch{}
	b.Queue(`SELECT pg_advisory_xact_lock($1)`, int64(lockApply))
	b.Queue(`UPDATE holder SET steps = steps + 1 RETURNING name, steps`)
	res := c.SendBatch(run, b)
	_, err = res.Exec()
	if err == nil {
		err = res.QueryRow().Scan(&name, &steps)
	}
	if cerr := res.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = s.still(name, steps)
	}
	if err != nil {
		_ = c.Rollback(run)
		return nil, err
	}
	return &tx{ctx: run, c: c, write: true}, nil
}

// still compares what the row in holder says with what this program knows, and remembers for good if it does not fit.
func (s *Store) still(name pgtype.UUID, steps int64) error {
	switch {
	case name != s.name:
		s.why = fmt.Errorf("%w: another hub took it while this one was cut off; start this program again", store.ErrInUse)
	case steps == s.steps+1:
		s.unsure = false // a commit of which nobody knew was not done
	case s.unsure && steps == s.steps+2:
		s.why = errUnheard
	default:
		s.why = errOlder
	}
	if s.gone() {
		close(s.lost)
	}
	return s.why
}
