package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// queuedMax is how many statements wait to be sent together.
const queuedMax = 256

// tx is one transaction. It implements store.Tx. What writes and tells nothing waits until something is read, so that a
// segment costs a few journeys to the server and not one for each row; an error shows then, at the latest at the commit.
type tx struct {
	ctx   context.Context
	c     pgx.Tx
	write bool
	queue *pgx.Batch

	tally    map[string]int64 // differences to what is counted
	coverage map[project.CoverageKey]int64
	figures  map[figureKey]map[countKey]int64
	people   map[registeredKey]int64
	touched  touched
}

var _ store.Tx = (*tx)(nil)

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	// To interrupt a statement costs the connection, and none takes long.
	run := context.WithoutCancel(ctx)
	c, t, err := s.beginView(ctx, run)
	if err != nil {
		return err
	}
	defer c.Release()
	defer func() { _ = t.Rollback(run) }()
	return fn(&tx{ctx: run, c: t}) // what the database said was named where it said it
}

// beginView begins a transaction that reads. Connections that were lost while nothing ran are thrown away, and nobody notices.
func (s *Store) beginView(ctx, run context.Context) (*pgxpool.Conn, pgx.Tx, error) {
	for try := 0; ; try++ {
		c, err := s.readers.Acquire(ctx)
		if err != nil {
			if s.isClosed() {
				return nil, nil, errClosed
			}
			return nil, nil, wrap(err)
		}
		t, err := c.BeginTx(run, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err == nil {
			return c, t, nil
		}
		c.Release()
		if err = wrap(err); try >= readersMax || !errors.Is(err, store.ErrAway) {
			return nil, nil, err
		}
	}
}

// Update implements store.Store. The transaction is READ COMMITTED on purpose: each of its statements sees what was committed
// when it began, so those behind the lock see what the one before did. A snapshot would be taken before the lock was got.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	select {
	case <-s.writing:
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.writing <- struct{}{} }()
	t, err := s.begin(ctx)
	if err != nil {
		return wrap(err)
	}
	run := t.ctx
	done := false
	defer func() {
		if !done { // also after a panic in fn
			_ = t.c.Rollback(run)
		}
	}()
	if err := fn(t); err != nil {
		return err // what the database said was named where it said it; a child's broken line is no database's
	}
	for _, flush := range []func() error{t.flushCoverage, t.flushFigures, t.flush, t.flushTally, t.flushStamps, t.flush} {
		if err := flush(); err != nil {
			return wrap(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.unsure = true
	if err := t.c.Commit(run); err != nil {
		return fmt.Errorf("committing: %w", wrap(err))
	}
	done = true
	s.unsure = false
	s.steps++
	return nil
}

// exec writes; the statement is sent later.
func (t *tx) exec(text string, args ...any) error {
	_, err := t.later(text, args)
	return err
}

func (t *tx) later(text string, args []any) (*pgx.QueuedQuery, error) {
	if !t.write {
		return nil, errReadOnly
	}
	if t.queue == nil {
		t.queue = &pgx.Batch{}
	}
	if t.queue.Len() >= queuedMax {
		if err := t.flush(); err != nil {
			return nil, err
		}
		t.queue = &pgx.Batch{}
	}
	return t.queue.Queue(text, values(args)...), nil
}

// counting writes, and moves a count by the number that the statement returns.
func (t *tx) counting(name, text string, args ...any) error {
	q, err := t.later(text, args)
	if err != nil {
		return err
	}
	q.Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var delta int64
			if err := rows.Scan(&delta); err != nil {
				return err
			}
			t.count(name, delta)
		}
		return rows.Err()
	})
	return nil
}

// flush sends what waits.
func (t *tx) flush() error {
	if t.queue == nil || t.queue.Len() == 0 {
		return nil
	}
	q := t.queue
	t.queue = nil
	return wrap(t.c.SendBatch(t.ctx, q).Close())
}

// list reads rows of one type: fields returns where the columns of a row go.
func list[T any](t *tx, text string, args []any, fields func(*T) []any) ([]T, error) {
	var out []T
	var row T
	err := t.each(text, args, fields(&row), func() error {
		out = append(out, row)
		return nil
	})
	return out, err
}

// one reads one row into fields; false if there is none.
func (t *tx) one(text string, args []any, fields ...any) (bool, error) {
	found := false
	err := t.each(text, args, fields, func() error {
		found = true
		return nil
	})
	return found, err
}

// each reads rows into the same fields, one after the other. see must not ask the store.
func (t *tx) each(text string, args, fields []any, see func() error) error {
	if err := t.flush(); err != nil {
		return err
	}
	rows, err := t.c.Query(t.ctx, text, values(args)...)
	if err != nil {
		return wrap(err)
	}
	defer rows.Close()
	places := make([]any, len(fields))
	var then []func() error
	for i := range fields {
		to, after := place(fields[i])
		places[i] = to
		if after != nil {
			then = append(then, after)
		}
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return wrap(err)
		}
		for _, after := range then {
			if err := after(); err != nil {
				return err
			}
		}
		if err := see(); err != nil {
			return err
		}
	}
	return wrap(rows.Err())
}

// ids reads a column of ids.
func (t *tx) ids(text string, args ...any) ([]p.EntityID, error) {
	return list(t, text, args, func(id *p.EntityID) []any { return []any{id} })
}

// limitOf turns a limit into SQL's: 0 and less mean "no limit".
func limitOf(n int) any {
	if n <= 0 {
		return nil
	}
	return int64(n)
}

// Names of what is counted as it is written, so that nobody counts rows.
const (
	tallySubjects = "subjects"
	tallyDoses    = "doses"
	tallyEntities = "entities"
	tallyChanges  = "changes"
	tallySegments = "segments"
)

func (t *tx) count(name string, delta int64) {
	if t.tally == nil {
		t.tally = map[string]int64{}
	}
	t.tally[name] += delta
}

func (t *tx) flushTally() error {
	for name, delta := range t.tally {
		if delta == 0 {
			continue
		}
		if err := t.exec(`INSERT INTO tally (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = tally.n + excluded.n`, name, delta); err != nil {
			return err
		}
	}
	t.tally = nil
	return nil
}

// Counts implements store.Query.
func (t *tx) Counts() (store.Counts, error) {
	var c store.Counts
	at := map[string]*int64{
		tallySubjects: &c.Subjects, tallyDoses: &c.Doses, tallyEntities: &c.Entities,
		tallyChanges: &c.Changes, tallySegments: &c.Segments,
	}
	var name string
	var n int64
	err := t.each(`SELECT name, n FROM tally`, nil, []any{&name, &n}, func() error {
		if c := at[name]; c != nil {
			*c = n
		}
		return nil
	})
	for name, delta := range t.tally {
		*at[name] += delta
	}
	return c, err
}
