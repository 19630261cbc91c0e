package sqlite

import (
	"database/sql"
	"sync"

	p "tramy/syncproto"
)

// blockKey is all of an entity id but its last byte.
type blockKey [15]byte

// blockBits is the width of the byte left out. What one log creates in a row shares a block, so a
// register's numbers stay within three or four bytes where an id takes sixteen.
const blockBits = 8

// blocksCached bounds the memory of the cache: some 4 MB.
const blocksCached = 1 << 15

// blockCache remembers blocks that are committed. They are never changed or deleted.
type blockCache struct {
	mu   sync.RWMutex
	num  map[blockKey]int64
	name map[int64]blockKey
}

func (c *blockCache) find(k blockKey) (int64, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, ok := c.num[k]
	return n, ok
}

func (c *blockCache) key(n int64) (blockKey, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.name[n]
	return k, ok
}

func (c *blockCache) add(blocks map[blockKey]int64) {
	if len(blocks) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.num == nil || len(c.num)+len(blocks) > blocksCached {
		c.num, c.name = map[blockKey]int64{}, map[int64]blockKey{}
	}
	for k, n := range blocks {
		c.num[k], c.name[n] = n, k
	}
}

// number returns the number of an entity id, 0 for the zero id. A reader gets -1, which names nothing,
// for an id whose block is not known; a writer makes the block.
func (t *tx) number(e p.EntityID) (int64, error) {
	if e.IsZero() {
		return 0, nil
	}
	k := blockKey(e[:15])
	n, err := t.block(k)
	if err != nil || n < 0 {
		return n, err
	}
	return n<<blockBits | int64(e[15]), nil
}

func (t *tx) block(k blockKey) (int64, error) {
	if n, ok := t.s.blocks.find(k); ok {
		return n, nil
	}
	if n, ok := t.fresh[k]; ok {
		return n, nil
	}
	var n int64
	ok, err := t.one(`SELECT n FROM block WHERE prefix = ?`, []any{k[:]}, &n)
	switch {
	case err != nil:
		return 0, err
	case ok:
		t.s.blocks.add(map[blockKey]int64{k: n})
		return n, nil
	case !t.write:
		return -1, nil
	}
	r, err := t.c.exec(`INSERT INTO block (prefix) VALUES (?)`, k[:])
	if err != nil {
		return 0, wrap(err)
	}
	if n, err = r.LastInsertId(); err != nil {
		return 0, wrap(err)
	}
	if t.fresh == nil {
		t.fresh, t.names = map[blockKey]int64{}, map[int64]blockKey{}
	}
	t.fresh[k], t.names[n] = n, k
	return n, nil
}

// entity is the inverse of number.
func (t *tx) entity(num int64) (p.EntityID, error) {
	var e p.EntityID
	if num == 0 {
		return e, nil
	}
	n := num >> blockBits
	k, ok := t.s.blocks.key(n)
	if !ok {
		k, ok = t.names[n]
	}
	if !ok {
		found, err := t.one(`SELECT prefix FROM block WHERE n = ?`, []any{n}, fixed{k[:]})
		if err != nil {
			return e, err
		}
		if !found {
			return e, corrupt("no block %d", n)
		}
		t.s.blocks.add(map[blockKey]int64{k: n})
	}
	copy(e[:], k[:])
	e[15] = byte(num)
	return e, nil
}

// numbers returns the number of each id.
func (t *tx) numbers(ids ...p.EntityID) ([]int64, error) {
	out := make([]int64, len(ids))
	for i, id := range ids {
		n, err := t.number(id)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// numTo scans a number into the entity id it stands for; NULL leaves the id as it is.
type numTo struct {
	t    *tx
	dest *p.EntityID
}

// Scan implements sql.Scanner.
func (s numTo) Scan(src any) error {
	switch n := src.(type) {
	case nil:
		return nil
	case int64:
		var err error
		*s.dest, err = s.t.entity(n)
		return err
	}
	return corrupt("an entity's number is %T", src)
}

func (t *tx) to(e *p.EntityID) sql.Scanner { return numTo{t, e} }
