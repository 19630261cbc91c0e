package sqlite

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// tx is one transaction on one connection. It implements store.Tx.
type tx struct {
	c     *conn
	s     *Store
	write bool
	tally map[string]int64 // differences to what is counted

	coverage map[project.CoverageKey]int64 // differences not written yet
	figures  map[figureKey]map[countKey]int64
	index    map[int64]wordsDue // rows of the word index not written yet

	touched       touched
	touchedDays   map[dayKey]bool
	touchedAll    bool // all days, as the rows are made anew
	blocks, words fresh
	stated        map[int64]bool   // blocks with states put by this transaction
	echoes        map[int64]echoed // runs of children met so far
	echoNums      map[echoed]int64 // its inverse
}

var _ store.Tx = (*tx)(nil)

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	c, err := s.take(ctx, s.readers)
	if err != nil {
		return err
	}
	defer func() { s.readers <- c }()
	if _, err := c.exec("BEGIN"); err != nil {
		return wrap(err)
	}
	defer func() { _, _ = c.exec("ROLLBACK") }()
	return wrap(fn(&tx{c: c, s: s}))
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	c, err := s.take(ctx, s.writer)
	if err != nil {
		return err
	}
	defer func() { s.writer <- c }()
	if _, err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return wrap(err)
	}
	done := false
	defer func() {
		if !done { // also after a panic in fn; SQLite may have rolled back already, then this says so
			_, _ = c.exec("ROLLBACK")
		}
	}()
	t := &tx{c: c, s: s, write: true}
	defer func() { // also of one that failed: its commit may have been written
		if t.touchedAll {
			s.days.touchAll()
		}
		s.days.touch(t.touchedDays)
	}()
	if err := fn(t); err != nil {
		return wrap(err)
	}
	if err := t.flushCoverage(); err != nil {
		return err
	}
	if err := t.flushFigures(); err != nil {
		return err
	}
	if err := t.flushWords(); err != nil {
		return err
	}
	if err := t.flushTally(); err != nil {
		return err
	}
	if err := t.flushStamps(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.exec("COMMIT"); err != nil {
		return wrapCommit(err)
	}
	done = true
	s.blocks.add(t.blocks.num)
	s.words.add(t.words.num)
	return nil
}

// take waits for a connection.
func (s *Store) take(ctx context.Context, from chan *conn) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.closed:
		return nil, errClosed
	default:
	}
	select {
	case c := <-from:
		return c, nil
	case <-s.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// exec runs a statement that writes.
func (t *tx) exec(text string, args ...any) error {
	_, err := t.execN(text, args...)
	return err
}

// execN runs a statement that writes and returns how many rows it touched.
func (t *tx) execN(text string, args ...any) (int64, error) {
	if !t.write {
		return 0, errReadOnly
	}
	r, err := t.c.exec(text, args...)
	if err != nil {
		return 0, wrap(err)
	}
	n, err := r.RowsAffected()
	return n, wrap(err)
}

// one reads one row into dest; false if there is none.
func (t *tx) one(text string, args []any, dest ...any) (bool, error) {
	rows, err := t.c.query(text, args...)
	if err != nil {
		return false, wrap(err)
	}
	defer rows.close()
	if !rows.next() {
		return false, wrap(rows.err)
	}
	return true, wrap(rows.Scan(dest...))
}

// all calls scan for each row. scan may query on the same transaction.
func (t *tx) all(text string, args []any, scan func(*rows) error) error {
	rows, err := t.c.query(text, args...)
	if err != nil {
		return wrap(err)
	}
	defer rows.close()
	for rows.next() {
		if err := scan(rows); err != nil {
			return wrap(err)
		}
	}
	return wrap(rows.err)
}

// list reads rows of one type: dest returns where the columns of a row go.
func list[T any](t *tx, text string, args []any, dest func(*T) []any) ([]T, error) {
	var out []T
	err := t.all(text, args, func(rows *rows) error {
		var row T
		if err := rows.Scan(dest(&row)...); err != nil {
			return err
		}
		out = append(out, row)
		return nil
	})
	return out, err
}

// single reads one row of a type, nil if there is none.
func single[T any](t *tx, text string, args []any, dest func(*T) []any) (*T, error) {
	var row T
	ok, err := t.one(text, args, dest(&row)...)
	if !ok || err != nil {
		return nil, err
	}
	return &row, nil
}

// limitOf turns a limit into SQL's: 0 and less mean "no limit".
func limitOf(n int) int64 {
	if n <= 0 {
		return -1
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
	if delta == 0 {
		return
	}
	if t.tally == nil {
		t.tally = map[string]int64{}
	}
	t.tally[name] += delta
}

func (t *tx) flushTally() error {
	for name, delta := range t.tally {
		if err := t.exec(`INSERT INTO tally (name, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`, name, delta); err != nil {
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
	err := t.all(`SELECT name, n FROM tally`, nil, func(rows *rows) error {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
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

// fixed scans a blob of exactly the size of dest.
type fixed struct{ dest []byte }

// Scan implements sql.Scanner.
func (f fixed) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(f.dest) {
		return corrupt("a key of %d bytes is %T", len(f.dest), src)
	}
	copy(f.dest, b)
	return nil
}

func idTo(e *p.EntityID) fixed { return fixed{e[:]} }
func logTo(l *p.LogID) fixed   { return fixed{l[:]} }

// unsigned scans an unsigned number, kept as the signed one with the same bits.
type unsigned[T ~uint16 | ~uint32 | ~uint64] struct{ dest *T }

// Scan implements sql.Scanner.
func (u unsigned[T]) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return corrupt("a number is %T", src)
	}
	*u.dest = T(uint64(n))
	return nil
}

func u64To[T ~uint16 | ~uint32 | ~uint64](n *T) unsigned[T] { return unsigned[T]{n} }

// bytesOf is b where NULL is not allowed.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func boolOf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// unlike is n where it is another than usual, else NULL, which stands for that and costs a byte.
func unlike(n, usual int64) any {
	if n == usual {
		return nil
	}
	return n
}
