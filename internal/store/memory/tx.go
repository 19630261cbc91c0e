package memory

import (
	"bytes"
	"iter"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// tx is one transaction. It implements store.Tx.
type tx struct {
	*data
	faults *Faults
	write  bool
}

var _ store.Tx = (*tx)(nil)

// reading is what every getter begins with.
func (t *tx) reading() error { return asked(t.faults.Read) }

// writing is what every putter begins with.
func (t *tx) writing() error {
	if !t.write {
		return errReadOnly
	}
	return asked(t.faults.Write)
}

// one returns a copy of a row, nil if there is none.
func one[K key[K], R any](t *tx, rows *tree[K, *R], k K) (*R, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	row, ok := rows.get(k)
	if !ok {
		return nil, nil
	}
	out := *row
	return &out, nil
}

// put keeps a copy of a row.
func put[K key[K], R any](t *tx, rows *tree[K, *R], k K, row *R) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	rows.set(k, &kept)
	return nil
}

// set keeps a value that is no row.
func set[K key[K], V any](t *tx, values *tree[K, V], k K, v V) error {
	if err := t.writing(); err != nil {
		return err
	}
	values.set(k, v)
	return nil
}

// remove drops an item, if there is one.
func remove[K key[K], V any](t *tx, values *tree[K, V], k K) error {
	if err := t.writing(); err != nil {
		return err
	}
	values.delete(k)
	return nil
}

// list returns copies of those rows that are wanted, at most limit of them if it is above 0.
func list[K key[K], R any](t *tx, rows iter.Seq2[K, *R], limit int, wanted func(*R) bool) ([]R, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	var out []R
	for _, row := range rows {
		if wanted(row) {
			out = append(out, *row)
			if len(out) == limit {
				break
			}
		}
	}
	return out, nil
}

// ordered is list of all rows that are wanted, in another order than that of their keys; the limit counts afterwards.
func ordered[K key[K], R any](t *tx, rows iter.Seq2[K, *R], limit int, wanted func(*R) bool, order func(a, b *R) int) ([]R, error) {
	out, err := list(t, rows, 0, wanted)
	slices.SortFunc(out, func(a, b R) int { return order(&a, &b) })
	return first(out, limit), err
}

func first[T any](rows []T, limit int) []T {
	if limit > 0 && len(rows) > limit {
		return rows[:limit:limit]
	}
	return rows
}

func every[R any](*R) bool { return true }

// within yields the items of an entity: those whose key says so.
func within[K key[K], V any](t *tree[K, V], from K, in func(K) bool) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for k, v := range t.from(from) {
			if !in(k) || !yield(k, v) {
				return
			}
		}
	}
}

// of yields the items of an entity in a tree of pairs.
func of[V any](t *tree[two, V], id p.EntityID) iter.Seq2[two, V] {
	return within(t, two{of: id}, func(k two) bool { return k.of == id })
}

// numbered yields the items of an entity in a tree of numbers.
func numbered[V any](t *tree[placed, V], id p.EntityID) iter.Seq2[placed, V] {
	return within(t, placed{of: id}, func(k placed) bool { return k.of == id })
}

// ids returns ids in order, each once.
func ids(found []p.EntityID) []p.EntityID {
	slices.SortFunc(found, p.EntityID.Compare)
	return slices.Compact(found)
}

// draw returns the next of the engine's own numbers.
func (t *tx) draw(n name) uint64 {
	last, _ := t.numbers.get(n)
	t.numbers.set(n, last+1)
	return last + 1
}

// bytesOf copies bytes; none are never nil.
func bytesOf(b []byte) []byte { return slices.Clip(append([]byte{}, b...)) }

// cloned copies bytes that may be nil.
func cloned(b []byte) []byte { return slices.Clip(bytes.Clone(b)) }

// someOf copies a list; an empty one is nil.
func someOf[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clip(slices.Clone(list))
}

// Counts implements store.Query.
func (t *tx) Counts() (store.Counts, error) {
	changes, _ := t.numbers.get(numberChanges)
	return store.Counts{
		Subjects: int64(t.subjects.count), Doses: int64(t.doses.count), Entities: int64(t.states.count),
		Changes: int64(changes), Segments: int64(t.segments.count),
	}, t.reading()
}

// countChanges moves the number of changes that are here.
func (t *tx) countChanges(by int64) {
	if by != 0 {
		n, _ := t.numbers.get(numberChanges)
		t.numbers.set(numberChanges, n+uint64(by))
	}
}

// ClearRows implements store.RowTx.
func (t *tx) ClearRows() error {
	if err := t.writing(); err != nil {
		return err
	}
	for _, rows := range t.rowTables() {
		rows.clear()
	}
	return nil
}
