package syncproto

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"unicode/utf8"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// refExt is the msgpack extension type of an entity reference: 16 bytes, the id.
const refExt = 1

// writer appends msgpack values to a slice. It uses the library's encoder, whose single-value methods
// choose the smallest form. Writing to a slice cannot fail, so their errors are dropped.
type writer struct {
	b    []byte
	enc  *msgpack.Encoder
	room []byte // for what is only hashed
}

var writers = sync.Pool{New: func() any {
	w := &writer{}
	w.enc = msgpack.NewEncoder(w)
	return w
}}

// newWriter returns a writer that appends to b; done gives it back and returns the bytes.
func newWriter(b []byte) *writer {
	w := writers.Get().(*writer)
	w.b = b
	return w
}

func (w *writer) done() []byte {
	b := w.b
	w.b = nil
	writers.Put(w)
	return b
}

// roomMax is how many bytes a writer keeps between two hashes.
const roomMax = 16 << 10

// newHashing returns a writer for bytes that are only hashed; sum gives it back.
func newHashing() *writer {
	w := writers.Get().(*writer)
	w.b = w.room[:0]
	return w
}

func (w *writer) sum() [sha256.Size]byte {
	h := sha256.Sum256(w.b)
	if cap(w.b) <= roomMax {
		w.room = w.b
	}
	w.done()
	return h
}

// Write implements io.Writer for the library.
func (w *writer) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}

// WriteByte implements io.ByteWriter for the library.
func (w *writer) WriteByte(c byte) error {
	w.b = append(w.b, c)
	return nil
}

func (w *writer) nil()          { w.b = append(w.b, msgpcode.Nil) }
func (w *writer) array(n int)   { _ = w.enc.EncodeArrayLen(n) }
func (w *writer) uint(n uint64) { _ = w.enc.EncodeUint(n) }
func (w *writer) text(s string) { _ = w.enc.EncodeString(s) }
func (w *writer) raw(b []byte)  { w.b = append(w.b, b...) }
func (w *writer) bin(b []byte)  { _ = w.enc.EncodeBytesLen(len(b)); w.b = append(w.b, b...) }

func (w *writer) int(n int64) {
	if -32 <= n && n <= math.MaxInt8 { // nearly all ints of a column: worth the short cut
		w.b = append(w.b, byte(n))
		return
	}
	_ = w.enc.EncodeInt(n)
}

func (w *writer) bool(v bool) {
	if v {
		w.b = append(w.b, msgpcode.True)
	} else {
		w.b = append(w.b, msgpcode.False)
	}
}

// fixed writes bytes of a known length; all zero is nil.
func (w *writer) fixed(b []byte) {
	if isZero(b) {
		w.nil()
		return
	}
	w.bin(b)
}

func isZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// reader reads msgpack strictly. The library's decoder is made to be lenient: it accepts ints in any
// width, nil for nearly everything and lengths beyond the input. Here a value has one form, the
// smallest, and a length is checked against a limit and against what is left before it is used.
// The first error sticks; after it every method returns zero values.
type reader struct {
	b    []byte
	off  int
	what string // for errors
	err  error
}

func (r *reader) fail(class error, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s, byte %d: %s: %w", r.what, r.off, fmt.Sprintf(format, args...), class)
	}
}

// end checks that everything was consumed.
func (r *reader) end() error {
	if r.err == nil && r.off != len(r.b) {
		r.fail(ErrNotCanonical, "%d bytes too many", len(r.b)-r.off)
	}
	return r.err
}

func (r *reader) left() int { return len(r.b) - r.off }

func (r *reader) take(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.b)-r.off {
		r.fail(ErrTruncated, "%d bytes wanted, %d left", n, r.left())
		return nil
	}
	r.off += n
	return r.b[r.off-n : r.off : r.off]
}

func (r *reader) byte() byte {
	if r.err != nil {
		return 0
	}
	if r.off >= len(r.b) {
		r.fail(ErrTruncated, "1 byte wanted")
		return 0
	}
	r.off++
	return r.b[r.off-1]
}

// peek returns the next byte without consuming it; 0xc1, which msgpack never uses, if there is none.
func (r *reader) peek() byte {
	if r.err != nil || r.off >= len(r.b) {
		return 0xc1
	}
	return r.b[r.off]
}

// int reads any integer. Unsigned forms above the range of int64 are refused.
func (r *reader) int() int64 {
	c := r.byte()
	if c <= math.MaxInt8 || c >= 0xe0 || r.err != nil {
		return int64(int8(c))
	}
	var n int64
	var tight bool
	switch c {
	case msgpcode.Uint8:
		n = int64(r.byte())
		tight = n > math.MaxInt8
	case msgpcode.Uint16:
		n = int64(be(r.take(2)))
		tight = n > math.MaxUint8
	case msgpcode.Uint32:
		n = int64(be(r.take(4)))
		tight = n > math.MaxUint16
	case msgpcode.Uint64:
		n = int64(be(r.take(8)))
		tight = n > math.MaxUint32
		if n < 0 && r.err == nil {
			r.fail(ErrInvalid, "integer above 2^63-1")
		}
	case msgpcode.Int8:
		n = int64(int8(r.byte()))
		tight = n < -32
	case msgpcode.Int16:
		n = int64(int16(be(r.take(2))))
		tight = n < math.MinInt8
	case msgpcode.Int32:
		n = int64(int32(be(r.take(4))))
		tight = n < math.MinInt16
	case msgpcode.Int64:
		n = int64(be(r.take(8)))
		tight = n < math.MinInt32
	default:
		r.fail(ErrNotCanonical, "byte %#x where an integer is expected", c)
		return 0
	}
	if r.err == nil && !tight {
		r.fail(ErrNotCanonical, "integer not in its smallest form")
	}
	if r.err != nil {
		return 0
	}
	return n
}

// uint reads an integer from 0 to limit.
func (r *reader) uint(limit int64) int64 {
	n := r.int()
	if r.err == nil && (n < 0 || n > limit) {
		r.fail(ErrInvalid, "%d, want 0 to %d", n, limit)
		return 0
	}
	return n
}

// uint64 reads a counter with all 64 bits.
func (r *reader) uint64() uint64 {
	if r.peek() != msgpcode.Uint64 {
		return uint64(r.uint(math.MaxInt64))
	}
	r.off++
	n := be(r.take(8))
	if r.err == nil && n <= math.MaxUint32 {
		r.fail(ErrNotCanonical, "integer not in its smallest form")
		return 0
	}
	return n
}

// be reads a big-endian number of 0 to 8 bytes.
func be(b []byte) uint64 {
	switch len(b) {
	case 2:
		return uint64(binary.BigEndian.Uint16(b))
	case 4:
		return uint64(binary.BigEndian.Uint32(b))
	case 8:
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) bool() bool {
	switch c := r.byte(); {
	case r.err != nil:
	case c == msgpcode.True:
		return true
	case c != msgpcode.False:
		r.fail(ErrNotCanonical, "byte %#x where a bool is expected", c)
	}
	return false
}

// null consumes a nil if one stands here.
func (r *reader) null() bool {
	if r.peek() != msgpcode.Nil {
		return false
	}
	r.off++
	return true
}

// array reads the length of an array of up to limit elements, each of at least one byte.
func (r *reader) array(limit int) int {
	n := r.length(msgpcode.FixedArrayLow, 0x0f, 0, msgpcode.Array16, msgpcode.Array32, "array")
	if r.err == nil && n > limit {
		r.fail(ErrLimit, "array of %d, at most %d", n, limit)
	}
	if r.err == nil && n > r.left() {
		r.fail(ErrTruncated, "array of %d, %d bytes left", n, r.left())
	}
	if r.err != nil {
		return 0
	}
	return n
}

// arrayOf reads the length of an array that must have n elements.
func (r *reader) arrayOf(n int) {
	if got := r.length(msgpcode.FixedArrayLow, 0x0f, 0, msgpcode.Array16, msgpcode.Array32, "array"); r.err == nil && got != n {
		r.fail(ErrNotCanonical, "array of %d, want %d", got, n)
	}
}

// length reads a length in its smallest form. low and mask give the one-byte form (mask 0: none); c8 0:
// there is no 8-bit form.
func (r *reader) length(low, mask, c8, c16, c32 byte, what string) int {
	c := r.byte()
	if r.err != nil {
		return 0
	}
	var n, least uint64
	switch {
	case mask != 0 && c&^mask == low:
		return int(c & mask)
	case c8 != 0 && c == c8:
		n, least = uint64(r.byte()), uint64(mask)
		if mask != 0 {
			least++
		}
	case c == c16:
		n, least = be(r.take(2)), 256
		if c8 == 0 {
			least = uint64(mask) + 1
		}
	case c == c32:
		n, least = be(r.take(4)), 1<<16
	default:
		r.fail(ErrNotCanonical, "byte %#x where %s is expected", c, what)
		return 0
	}
	if r.err == nil && n < least {
		r.fail(ErrNotCanonical, "length of %s not in its smallest form", what)
	}
	return int(n)
}

// bin reads up to limit bytes, which alias the input.
func (r *reader) bin(limit int) []byte {
	return r.limited(r.length(0, 0, msgpcode.Bin8, msgpcode.Bin16, msgpcode.Bin32, "bytes"), limit, "bytes")
}

// text reads up to limit bytes of UTF-8.
func (r *reader) text(limit int) string {
	b := r.limited(r.length(msgpcode.FixedStrLow, 0x1f, msgpcode.Str8, msgpcode.Str16, msgpcode.Str32, "text"), limit, "text")
	if !utf8.Valid(b) {
		r.fail(ErrInvalid, "text is not UTF-8")
		return ""
	}
	return string(b)
}

func (r *reader) limited(n, limit int, what string) []byte {
	if r.err == nil && n > limit {
		r.fail(ErrLimit, "%s of %d, at most %d", what, n, limit)
	}
	return r.take(n)
}

// binOf reads exactly len(to) bytes into to.
func (r *reader) binOf(to []byte) {
	b := r.bin(len(to))
	if r.err == nil && len(b) != len(to) {
		r.fail(ErrNotCanonical, "%d bytes, want %d", len(b), len(to))
	}
	copy(to, b)
}

// fixed reads what writer.fixed wrote.
func (r *reader) fixed(to []byte) {
	if r.null() {
		clear(to)
		return
	}
	r.binOf(to)
	if r.err == nil && isZero(to) {
		r.fail(ErrNotCanonical, "zero bytes are written as nil")
	}
}

func (r *reader) ref() (e EntityID) {
	if c, t := r.byte(), r.byte(); r.err == nil && (c != msgpcode.FixExt16 || t != refExt) {
		r.fail(ErrNotCanonical, "bytes %#x %#x where a reference is expected", c, t)
	}
	copy(e[:], r.take(len(e)))
	return e
}
