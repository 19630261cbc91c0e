package syncproto

import "github.com/vmihailenco/msgpack/v5/msgpcode"

// body writes a positional array whose last elements are left out where they are zero: what is not said
// costs nothing, and a later version may add elements behind.
type body struct {
	w    *writer
	n    int // elements written
	keep int // of these, up to the last that is not zero
	end  int // length of w.b behind it
}

func newBody() *body { return &body{w: newWriter(nil)} }

// did notes that an element was written.
func (b *body) did(zero bool) {
	if b.n++; !zero {
		b.keep, b.end = b.n, len(b.w.b)
	}
}

func (b *body) uint(n uint64) { b.w.uint(n); b.did(n == 0) }
func (b *body) int(n int64)   { b.w.int(n); b.did(n == 0) }
func (b *body) bool(v bool)   { b.w.bool(v); b.did(!v) }
func (b *body) text(s string) { b.w.text(s); b.did(s == "") }
func (b *body) fixed(p []byte) {
	b.w.fixed(p)
	b.did(isZero(p))
}

// same writes an incarnation that is mostly the same as another, which is then written as true.
func (b *body) same(i, other Incarnation) {
	if i == other && i != (Incarnation{}) {
		b.w.bool(true)
		b.did(false)
		return
	}
	b.fixed(i[:])
}

// list writes n elements, each a body of its own.
func (b *body) list(n int, each func(i int, e *body)) {
	b.w.array(n)
	for i := range n {
		e := newBody()
		each(i, e)
		b.w.raw(e.done())
	}
	b.did(n == 0)
}

// done returns the array.
func (b *body) done() []byte {
	elements := b.w.done()[:b.end]
	w := newWriter(make([]byte, 0, len(elements)+3))
	w.array(b.keep)
	w.raw(elements)
	return w.done()
}

// bodyReader reads what body wrote. Elements left out come as zero; that none was written that should
// have been left out is seen when the frame is encoded again.
type bodyReader struct {
	*reader
	n int // elements left
}

func (r *reader) body(elements int) *bodyReader { return &bodyReader{r, r.array(elements)} }

// more reports whether one more element was written.
func (b *bodyReader) more() bool {
	if b.n == 0 || b.err != nil {
		return false
	}
	b.n--
	return true
}

func (b *bodyReader) uint(limit int64) int64 {
	if !b.more() {
		return 0
	}
	return b.reader.uint(limit)
}

func (b *bodyReader) uint64() uint64 {
	if !b.more() {
		return 0
	}
	return b.reader.uint64()
}

func (b *bodyReader) int() int64 {
	if !b.more() {
		return 0
	}
	return b.reader.int()
}

func (b *bodyReader) bool() bool { return b.more() && b.reader.bool() }

func (b *bodyReader) text(limit int) string {
	if !b.more() {
		return ""
	}
	return b.reader.text(limit)
}

func (b *bodyReader) fixed(to []byte) {
	if b.more() {
		b.reader.fixed(to)
	}
}

func (b *bodyReader) same(to *Incarnation, other Incarnation) {
	if b.n > 0 && b.peek() == msgpcode.True {
		b.n--
		b.off++
		*to = other
		return
	}
	b.fixed(to[:])
}

func (b *bodyReader) count(limit int) int {
	if !b.more() {
		return 0
	}
	return b.array(limit)
}

// scope reads an entity id or none.
func (b *bodyReader) scope() (e EntityID) {
	b.fixed(e[:])
	if b.err == nil && !e.IsZero() && !e.Valid() {
		b.fail(ErrInvalid, "entity id")
	}
	return e
}

func (b *bodyReader) log() (l LogID) {
	b.fixed(l[:])
	if b.err == nil && (l.IsZero() || !l.Valid()) {
		b.fail(ErrInvalid, "log id")
	}
	return l
}
