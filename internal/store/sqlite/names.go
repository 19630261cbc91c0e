package sqlite

import (
	"bytes"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync"

	p "tramy/syncproto"
)

// names gives numbers to what is named again and again, in a table (n, name). Numbers are never changed
// or taken back, so what is committed is remembered across transactions.
type names struct {
	find, make, look string // statements

	mu   sync.RWMutex
	num  map[string]int64
	name map[int64]string
}

// namesCached bounds the memory of one cache to a few MB.
const namesCached = 1 << 15

// unknown is the number of a name that a reader asks for and nobody has given one; it names nothing.
const unknown = -1

func newNames(table string) *names {
	return &names{
		find: `SELECT n FROM ` + table + ` WHERE name = ?`,
		make: `INSERT INTO ` + table + ` (name) VALUES (?)`,
		look: `SELECT name FROM ` + table + ` WHERE n = ?`,
		num:  map[string]int64{}, name: map[int64]string{},
	}
}

func (c *names) add(num map[string]int64) {
	if len(num) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.num)+len(num) > namesCached {
		c.num, c.name = map[string]int64{}, map[int64]string{}
	}
	for k, n := range num {
		c.num[k], c.name[n] = n, k
	}
}

// fresh holds the names that a transaction has made. Others must not see them before the commit: after a
// rollback the number goes to another name.
type fresh struct {
	num  map[string]int64
	name map[int64]string
}

// numberOf returns the number of a name; a writer makes one, a reader may get unknown.
func (t *tx) numberOf(c *names, f *fresh, name []byte) (int64, error) {
	c.mu.RLock()
	n, ok := c.num[string(name)]
	c.mu.RUnlock()
	if ok {
		return n, nil
	}
	if n, ok := f.num[string(name)]; ok {
		return n, nil
	}
	return t.storedNumber(c, f, bytes.Clone(name))
}

// storedNumber is numberOf for a name that is not in memory. It is apart, and the name a copy, so that nothing
// is allocated for one that is.
func (t *tx) storedNumber(c *names, f *fresh, name []byte) (n int64, err error) {
	ok, err := t.one(c.find, []any{name}, &n)
	switch {
	case err != nil:
		return 0, err
	case ok:
		c.add(map[string]int64{string(name): n})
		return n, nil
	case !t.write:
		return unknown, nil
	}
	r, err := t.c.exec(c.make, name)
	if err != nil {
		return 0, wrap(err)
	}
	if n, err = r.LastInsertId(); err != nil {
		return 0, wrap(err)
	}
	if f.num == nil {
		f.num, f.name = map[string]int64{}, map[int64]string{}
	}
	f.num[string(name)], f.name[n] = n, string(name)
	return n, nil
}

// nameOf is the inverse of numberOf.
func (t *tx) nameOf(c *names, f *fresh, n int64) (string, error) {
	c.mu.RLock()
	name, ok := c.name[n]
	c.mu.RUnlock()
	if ok {
		return name, nil
	}
	if name, ok := f.name[n]; ok {
		return name, nil
	}
	var b []byte
	ok, err := t.one(c.look, []any{n}, &b)
	if err == nil && !ok {
		err = corrupt("nothing is called %d", n)
	}
	if err != nil {
		return "", err
	}
	c.add(map[string]int64{string(b): n})
	return string(b), nil
}

// An entity's number is that of its block, all of its id but the last byte, with the last byte behind.
// What one log creates in a row shares a block, so the numbers of a register stay within three or four
// bytes where an id takes sixteen.
const (
	blockBytes = len(p.EntityID{}) - 1
	blockBits  = 8
)

// number returns the number of an entity, 0 for the zero id; a reader may get unknown.
func (t *tx) number(e p.EntityID) (int64, error) {
	if e.IsZero() {
		return 0, nil
	}
	n, err := t.numberOf(t.s.blocks, &t.blocks, e[:blockBytes])
	if err != nil || n == unknown {
		return n, err
	}
	return n<<blockBits | int64(e[blockBytes]), nil
}

// entity is the inverse of number.
func (t *tx) entity(num int64) (p.EntityID, error) {
	var e p.EntityID
	if num == 0 {
		return e, nil
	}
	name, err := t.nameOf(t.s.blocks, &t.blocks, num>>blockBits)
	if err != nil {
		return e, err
	}
	if len(name) != blockBytes {
		return e, corrupt("the block of entity %d has %d bytes", num, len(name))
	}
	copy(e[:], name)
	e[blockBytes] = byte(num)
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

// word returns the number of a text that repeats, 0 for the empty one.
func (t *tx) word(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	return t.numberOf(t.s.words, &t.words, []byte(text))
}

// text is the inverse of word.
func (t *tx) text(n int64) (string, error) {
	if n == 0 {
		return "", nil
	}
	return t.nameOf(t.s.words, &t.words, n)
}

// numTo scans a number into the entity id it stands for.
type numTo struct {
	t    *tx
	dest *p.EntityID
}

// Scan implements sql.Scanner.
func (s numTo) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return corrupt("an entity's number is %T", src)
	}
	var err error
	*s.dest, err = s.t.entity(n)
	return err
}

func (t *tx) to(e *p.EntityID) sql.Scanner { return numTo{t, e} }

// wordTo scans a number into the text it stands for.
type wordTo struct {
	t    *tx
	dest *string
}

// Scan implements sql.Scanner.
func (s wordTo) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return corrupt("a word's number is %T", src)
	}
	var err error
	*s.dest, err = s.t.text(n)
	return err
}

func (t *tx) toText(s *string) sql.Scanner { return wordTo{t, s} }

// wordsTo scans numbers with commas between them into the texts they stand for, in order.
type wordsTo struct {
	t    *tx
	dest *[]string
}

// Scan implements sql.Scanner.
func (s wordsTo) Scan(src any) error {
	list, ok := src.(string)
	if !ok {
		return corrupt("a list of words' numbers is %T", src)
	}
	*s.dest = nil
	if list == "" {
		return nil
	}
	for number := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return corrupt("a word's number is %q", number)
		}
		text, err := s.t.text(n)
		if err != nil {
			return err
		}
		*s.dest = append(*s.dest, text)
	}
	slices.Sort(*s.dest)
	return nil
}

func (t *tx) toTexts(s *[]string) sql.Scanner { return wordsTo{t, s} }
