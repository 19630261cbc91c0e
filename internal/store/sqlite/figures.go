package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A report adds up all places of a country, so what it reads of one must be little: of those born in one year who
// live at one place there is one row, and in it, packed, how many there are and how many had each dose, by month of
// birth. It is moved by the same differences as coverage, which says more (when, where, by which programme) in some
// fifty times as many rows.

// figureKey names a row.
type figureKey struct {
	year                int
	recorded, residence p.EntityID
}

// countKey names a count within a row: the n-th dose of a vaccine, or the children themselves.
type countKey struct {
	vaccine string
	dose    int32
	month   int // of birth, 0 for January
}

// children is the number in place of a dose's under which the children are counted.
const children = -1

// addFigure notes a difference for the row it belongs to. Who has no month of birth is in no cohort.
func (t *tx) addFigure(cohort registry.Month, recorded, residence p.EntityID, vaccine string, dose int32, delta int64) {
	if cohort == 0 {
		return
	}
	if t.figures == nil {
		t.figures = map[figureKey]map[countKey]int64{}
	}
	year, month := cohort.Date()
	row := figureKey{year: year, recorded: recorded, residence: residence}
	if t.figures[row] == nil {
		t.figures[row] = map[countKey]int64{}
	}
	t.figures[row][countKey{vaccine: vaccine, dose: dose, month: int(month) - 1}] += delta
}

// flushFigures writes the differences gathered so far.
func (t *tx) flushFigures() error {
	for key, deltas := range t.figures {
		if err := t.flushFigure(key, deltas); err != nil {
			return err
		}
	}
	clear(t.figures)
	return nil
}

func (t *tx) flushFigure(key figureKey, deltas map[countKey]int64) error {
	n, err := t.numbers(key.recorded, key.residence)
	if err != nil {
		return err
	}
	args := []any{int64(key.year), n[0], n[1]}
	var b []byte
	if _, err := t.one(`SELECT counts FROM figure WHERE year = ? AND recorded = ? AND residence = ?`, args, &b); err != nil {
		return err
	}
	row, err := unpackCounts(b)
	if err != nil {
		return err
	}
	for k, delta := range deltas {
		word, err := t.word(k.vaccine)
		if err != nil {
			return err
		}
		row.add(word, k.dose, k.month, delta)
	}
	packed := row.pack()
	switch {
	case bytes.Equal(packed, b):
		return nil
	case len(packed) == 0:
		return t.exec(`DELETE FROM figure WHERE year = ? AND recorded = ? AND residence = ?`, args...)
	}
	return t.exec(`INSERT OR REPLACE INTO figure (year, recorded, residence, counts) VALUES (?, ?, ?, ?)`, append(args, packed)...)
}

// counts are what a row holds, by word and dose.
type counts []count

type count struct {
	word   int64
	dose   int32
	months store.Months
}

func (c *counts) add(word int64, dose int32, month int, delta int64) {
	i, ok := slices.BinarySearchFunc(*c, count{word: word, dose: dose}, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.dose, b.dose))
	})
	if !ok {
		*c = slices.Insert(*c, i, count{word: word, dose: dose})
	}
	(*c)[i].months[month] += delta
}

// pack writes counts one after the other: word, dose, a bit for each month that is not 0, and those months. Nothing is
// written of what has come to 0.
func (c counts) pack() []byte {
	var b []byte
	for i := range c {
		var mask uint64
		for m, n := range c[i].months {
			if n != 0 {
				mask |= 1 << m
			}
		}
		if mask == 0 {
			continue
		}
		b = binary.AppendVarint(binary.AppendVarint(b, c[i].word), int64(c[i].dose))
		b = binary.AppendUvarint(b, mask)
		for _, n := range c[i].months {
			if n != 0 {
				b = binary.AppendVarint(b, n)
			}
		}
	}
	return b
}

// packed reads what pack wrote, count by count.
type packed struct{ b []byte }

func (r *packed) varint() int64 {
	n, size := binary.Varint(r.b)
	return r.took(n, size)
}

func (r *packed) took(n int64, size int) int64 {
	if size <= 0 {
		r.b = nil
		return math.MinInt64
	}
	r.b = r.b[size:]
	return n
}

// head reads up to which count comes next, and its months' bits.
func (r *packed) head() (word int64, dose int32, mask uint64, err error) {
	word = r.varint()
	number := r.varint()
	bitmap, size := binary.Uvarint(r.b)
	r.took(0, size)
	if word < 0 || number < math.MinInt32 || number > math.MaxInt32 || size <= 0 || bitmap == 0 || bitmap >= 1<<len(store.Months{}) {
		return 0, 0, 0, corrupt("a row of figures does not read")
	}
	return word, int32(number), bitmap, nil
}

// months adds the months that a mask names to a count; to nil, they are skipped.
func (r *packed) months(mask uint64, to *store.Months) error {
	for ; mask != 0; mask &= mask - 1 {
		n, size := binary.Varint(r.b)
		if size <= 0 {
			return corrupt("a row of figures ends early")
		}
		r.b = r.b[size:]
		if to != nil {
			to[bits.TrailingZeros64(mask)] += n
		}
	}
	return nil
}

func unpackCounts(b []byte) (counts, error) {
	var out counts
	for r := (packed{b}); len(r.b) > 0; {
		word, dose, mask, err := r.head()
		if err != nil {
			return nil, err
		}
		out = append(out, count{word: word, dose: dose})
		if err := r.months(mask, &out[len(out)-1].months); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Figures implements store.Query.
func (t *tx) Figures(q store.FigureQuery, see func(*store.FigureRow)) error {
	if err := t.flushFigures(); err != nil {
		return err
	}
	words := make([]int64, len(q.Doses))
	for i := range q.Doses {
		var err error
		if words[i], err = t.word(q.Doses[i].Vaccine); err != nil {
			return err
		}
	}
	first, _ := q.CohortFrom.Date()
	last, _ := q.CohortTo.Date()
	row := store.FigureRow{Doses: make([]store.Months, len(q.Doses))}
	var b []byte
	dest := []any{&row.Year, t.to(&row.Recorded), t.to(&row.Residence), &b}
	return t.all(`SELECT year, recorded, residence, counts FROM figure WHERE year BETWEEN ? AND ?`, []any{int64(first), int64(last)}, func(rows *rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row.Children = store.Months{}
		clear(row.Doses)
		for r := (packed{b}); len(r.b) > 0; {
			word, dose, mask, err := r.head()
			if err != nil {
				return err
			}
			var to *store.Months
			if dose == children && word == 0 {
				to = &row.Children
			} else {
				for i := range q.Doses {
					if words[i] == word && q.Doses[i].Number == dose {
						to = &row.Doses[i]
					}
				}
			}
			if err := r.months(mask, to); err != nil {
				return err
			}
		}
		see(&row)
		return nil
	})
}

// Registered implements store.Query.
func (t *tx) Registered() ([]store.RegisteredRow, error) {
	rows, err := list(t, `SELECT recorded, residence, n FROM registered`, nil, func(r *store.RegisteredRow) []any {
		return []any{t.to(&r.Recorded), t.to(&r.Residence), &r.Count}
	})
	slices.SortFunc(rows, func(a, b store.RegisteredRow) int {
		return cmp.Or(a.Residence.Compare(b.Residence), a.Recorded.Compare(b.Recorded))
	})
	return rows, err
}

// StationsHeard implements store.Query.
func (t *tx) StationsHeard() ([]store.HeardRow, error) {
	return list(t, `SELECT d.place, max(coalesce(c.contact_ms, 0), coalesce(c.data_ms, 0)) FROM device d LEFT JOIN child c ON c.device = d.id
		WHERE d.role = ? AND d.revoked = 0 ORDER BY d.id`, []any{int64(registry.NodeStation)}, func(r *store.HeardRow) []any {
		return []any{idTo(&r.Place), &r.MS}
	})
}

// addRegistered counts people whatever their cohort.
func (t *tx) addRegistered(recorded, residence p.EntityID, delta int64) error {
	n, err := t.numbers(recorded, residence)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO registered (recorded, residence, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
		n[0], n[1], delta); err != nil {
		return err
	}
	if delta >= 0 {
		return nil
	}
	return t.exec(`DELETE FROM registered WHERE recorded = ? AND residence = ? AND n = 0`, n[0], n[1])
}

// figuresVersion is the step of the tables that packFigures takes.
const figuresVersion = 8

// packFigures makes the rows of a database that has only been counted the long way. Packed
// rows are more than SQL can write, so this step is none of the files.
func packFigures(ctx context.Context, db *sql.Tx) error {
	for _, text := range []string{
		`CREATE TABLE figure (
			year INTEGER NOT NULL, recorded INTEGER NOT NULL, residence INTEGER NOT NULL, counts BLOB NOT NULL,
			PRIMARY KEY (year, recorded, residence)
		) STRICT, WITHOUT ROWID`,
		`CREATE TABLE registered (
			recorded INTEGER NOT NULL, residence INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (recorded, residence)
		) STRICT, WITHOUT ROWID`,
		`INSERT INTO registered SELECT recorded, residence, sum(n) FROM cohort GROUP BY recorded, residence`,
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	rows, err := db.QueryContext(ctx, `SELECT cohort, recorded, residence, 0, ?, n FROM cohort WHERE cohort <> 0
		UNION ALL SELECT cohort, recorded, residence, vaccine, dose, sum(n) FROM coverage WHERE cohort <> 0 GROUP BY 1, 2, 3, 4, 5`, children)
	if err != nil {
		return err
	}
	defer rows.Close()
	type key struct {
		year                int
		recorded, residence int64
	}
	all := map[key]*counts{}
	for rows.Next() {
		var cohort registry.Month
		var k key
		var word, n int64
		var dose int32
		if err := rows.Scan(&cohort, &k.recorded, &k.residence, &word, &dose, &n); err != nil {
			return err
		}
		year, month := cohort.Date()
		k.year = year
		if all[k] == nil {
			all[k] = &counts{}
		}
		all[k].add(word, dose, int(month)-1, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for k, c := range all {
		b := c.pack()
		if len(b) == 0 {
			continue
		}
		if _, err := db.ExecContext(ctx, `INSERT INTO figure (year, recorded, residence, counts) VALUES (?, ?, ?, ?)`, k.year, k.recorded, k.residence, b); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, `DROP TABLE cohort`)
	return err
}
