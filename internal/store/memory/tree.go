package memory

import (
	"iter"
	"slices"
)

// key is what a tree is sorted by.
type key[K any] interface{ Compare(K) int }

// chunkMax is how many items lie together. A quarter of it is few enough to join neighbours.
const chunkMax = 64

// tree is a sorted map: a list of sorted chunks. Copies of its header share chunks until one of them writes, so a copy
// costs nothing; and it remembers what a transaction changed until commit or rollback.
type tree[K key[K], V any] struct {
	chunks []*chunk[K, V]
	count  int
	owner  *owner // whoever may write to chunks that name it; never nil
	mine   bool   // the list of chunks is nobody else's
	steps  []step[K, V]
	ledger *ledger
}

// owner names a copy of a tree by its address; it is not empty because those of empty values may be equal.
type owner struct{ _ byte }

type chunk[K key[K], V any] struct {
	owner  *owner
	keys   []K
	values []V
}

// step is how to take one write back.
type step[K key[K], V any] struct {
	key   K
	old   V
	had   bool
	whole *tree[K, V] // all there was before it was cleared
}

// ledger lists the trees that a transaction has written to.
type ledger struct{ written []table }

// table is a tree whatever is in it.
type table interface {
	share(*owner, *ledger)
	clear()
	commit()
	rollback()
}

// share gives the header a new owner: what it holds so far may be another's too.
func (t *tree[K, V]) share(o *owner, l *ledger) {
	t.owner, t.ledger, t.mine, t.steps = o, l, false, nil
}

// seek returns where a key is, or belongs.
func (t *tree[K, V]) seek(k K) (c, i int, found bool) {
	lo, hi := 0, len(t.chunks)
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); t.chunks[m].keys[0].Compare(k) <= 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo == 0 {
		return 0, 0, false
	}
	c = lo - 1
	keys := t.chunks[c].keys
	lo, hi = 0, len(keys)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		switch d := keys[m].Compare(k); {
		case d == 0:
			return c, m, true
		case d < 0:
			lo = m + 1
		default:
			hi = m
		}
	}
	return c, lo, false
}

func (t *tree[K, V]) get(k K) (v V, ok bool) {
	c, i, found := t.seek(k)
	if !found {
		return v, false
	}
	return t.chunks[c].values[i], true
}

func (t *tree[K, V]) has(k K) bool {
	_, _, found := t.seek(k)
	return found
}

// floor returns the item with the greatest key that is not beyond k.
func (t *tree[K, V]) floor(k K) (at K, v V, ok bool) {
	c, i, found := t.seek(k)
	if !found {
		if i == 0 { // only before the first of all
			return at, v, false
		}
		i--
	}
	return t.chunks[c].keys[i], t.chunks[c].values[i], true
}

// from yields the items from a key on, in order. Nothing may be written meanwhile.
func (t *tree[K, V]) from(k K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		c, i, _ := t.seek(k)
		for ; c < len(t.chunks); c++ {
			for x := t.chunks[c]; i < len(x.keys); i++ {
				if !yield(x.keys[i], x.values[i]) {
					return
				}
			}
			i = 0
		}
	}
}

// all yields every item in order.
func (t *tree[K, V]) all() iter.Seq2[K, V] {
	var least K
	if len(t.chunks) > 0 {
		least = t.chunks[0].keys[0]
	}
	return t.from(least)
}

func (t *tree[K, V]) set(k K, v V) {
	c, i, found := t.seek(k)
	s := step[K, V]{key: k, had: found}
	if found {
		s.old = t.chunks[c].values[i]
	}
	t.remember(s)
	t.put(c, i, found, k, v)
}

// delete reports whether there was such an item.
func (t *tree[K, V]) delete(k K) bool {
	c, i, found := t.seek(k)
	if found {
		t.remember(step[K, V]{key: k, had: true, old: t.chunks[c].values[i]})
		t.remove(c, i)
	}
	return found
}

func (t *tree[K, V]) clear() {
	if t.count == 0 {
		return
	}
	t.remember(step[K, V]{whole: &tree[K, V]{chunks: t.chunks, count: t.count, mine: t.mine}})
	t.chunks, t.count, t.mine = nil, 0, true
}

func (t *tree[K, V]) remember(s step[K, V]) {
	if len(t.steps) == 0 {
		t.ledger.written = append(t.ledger.written, t)
	}
	t.steps = append(t.steps, s)
}

func (t *tree[K, V]) commit() {
	clear(t.steps)
	t.steps = t.steps[:0]
}

// rollback takes the steps back, last first.
func (t *tree[K, V]) rollback() {
	for _, s := range slices.Backward(t.steps) {
		if s.whole != nil {
			t.chunks, t.count, t.mine = s.whole.chunks, s.whole.count, s.whole.mine
			continue
		}
		c, i, found := t.seek(s.key)
		switch {
		case s.had:
			t.put(c, i, found, s.key, s.old)
		case found:
			t.remove(c, i)
		}
	}
	t.commit()
}

func (t *tree[K, V]) put(c, i int, found bool, k K, v V) {
	if len(t.chunks) == 0 {
		t.insertChunk(0, []K{k}, []V{v})
		t.count++
		return
	}
	x := t.own(c)
	if found {
		x.values[i] = v
		return
	}
	t.count++
	if len(x.keys) == chunkMax {
		if i == chunkMax && c == len(t.chunks)-1 { // what grows at its end stays packed
			t.insertChunk(c+1, []K{k}, []V{v})
			return
		}
		const half = chunkMax / 2
		t.insertChunk(c+1, slices.Clone(x.keys[half:]), slices.Clone(x.values[half:]))
		clear(x.values[half:])
		x.keys, x.values = x.keys[:half], x.values[:half]
		if i > half {
			x, i = t.chunks[c+1], i-half
		}
	}
	x.keys, x.values = slices.Insert(x.keys, i, k), slices.Insert(x.values, i, v)
}

func (t *tree[K, V]) insertChunk(c int, keys []K, values []V) {
	t.ownList()
	t.chunks = slices.Insert(t.chunks, c, &chunk[K, V]{owner: t.owner, keys: keys, values: values})
}

func (t *tree[K, V]) remove(c, i int) {
	x := t.own(c)
	t.count--
	x.keys, x.values = slices.Delete(x.keys, i, i+1), slices.Delete(x.values, i, i+1)
	switch {
	case len(x.keys) == 0:
		t.chunks = slices.Delete(t.chunks, c, c+1)
	case len(x.keys) > chunkMax/4:
	case c+1 < len(t.chunks) && len(x.keys)+len(t.chunks[c+1].keys) <= chunkMax/2:
		t.join(c)
	case c > 0 && len(x.keys)+len(t.chunks[c-1].keys) <= chunkMax/2:
		t.join(c - 1)
	}
}

// join puts the chunk after c into it.
func (t *tree[K, V]) join(c int) {
	x, next := t.own(c), t.chunks[c+1]
	x.keys, x.values = append(x.keys, next.keys...), append(x.values, next.values...)
	t.chunks = slices.Delete(t.chunks, c+1, c+2)
}

// own returns a chunk to write to.
func (t *tree[K, V]) own(c int) *chunk[K, V] {
	t.ownList()
	x := t.chunks[c]
	if x.owner != t.owner {
		x = &chunk[K, V]{owner: t.owner, keys: slices.Clone(x.keys), values: slices.Clone(x.values)}
		t.chunks[c] = x
	}
	return x
}

func (t *tree[K, V]) ownList() {
	if !t.mine {
		t.chunks, t.mine = slices.Clone(t.chunks), true
	}
}
