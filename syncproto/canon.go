package syncproto

import (
	"crypto/sha256"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// AppendChange appends the canonical form of c, which names itself in full: what the chain of a log is
// computed over and what the journal keeps. c must pass Check; what does not is written in a form that
// DecodeChange refuses.
func AppendChange(b []byte, c *Change) []byte {
	w := newWriter(b)
	w.change(c)
	return w.done()
}

func (w *writer) change(c *Change) {
	w.array(8)
	w.bin(c.Dot.Log[:])
	w.uint(uint64(c.Dot.Seq))
	w.int(c.At.WallMS)
	w.int(int64(c.At.OffsetMS))
	w.fixed(c.Actor[:])
	w.uint(uint64(c.Kind))
	if c.Creates() {
		w.nil()
	} else {
		w.bin(c.Entity[:])
	}
	w.array(len(c.Writes))
	for i := range c.Writes {
		wr := &c.Writes[i]
		n := 2
		if len(wr.Supersedes) > 0 {
			n = 3
		}
		w.array(n)
		w.uint(uint64(wr.Field))
		w.data(&wr.Data)
		if n == 3 {
			w.array(len(wr.Supersedes))
			for j := range wr.Supersedes {
				s := &wr.Supersedes[j]
				w.array(3)
				w.bin(s.Dot.Log[:])
				w.uint(uint64(s.Dot.Seq))
				w.bin(s.Hash[:])
			}
		}
	}
}

// DecodeChange reads one canonical change; all of b must be consumed and nothing of it is kept.
func DecodeChange(b []byte) (*Change, error) {
	r := &reader{b: b, what: "change"}
	if len(b) > StateSizeBytesMax {
		r.fail(ErrTooLarge, "%d bytes", len(b))
		return nil, r.err
	}
	c := &Change{}
	r.arrayOf(8)
	c.Dot = r.dot()
	c.At = r.at()
	r.fixed(c.Actor[:])
	c.Kind = Kind(r.uint(math.MaxUint16))
	if r.null() {
		c.Entity = c.Dot.Entity()
	} else {
		r.binOf(c.Entity[:])
		if r.err == nil && c.Creates() {
			r.fail(ErrNotCanonical, "a creation names its entity")
		}
	}
	c.Writes = make([]Write, r.array(WritesMax))
	for i := range c.Writes {
		w := &c.Writes[i]
		n := r.array(3)
		if r.err == nil && n < 2 {
			r.fail(ErrNotCanonical, "write of %d elements", n)
		}
		w.Field = Field(r.uint(math.MaxUint16))
		w.Data = r.data(true)
		if n == 3 {
			w.Supersedes = make([]Superseded, r.array(SupersededMax))
			if r.err == nil && len(w.Supersedes) == 0 {
				r.fail(ErrNotCanonical, "empty list of superseded values")
			}
			for j := range w.Supersedes {
				r.arrayOf(3)
				w.Supersedes[j].Dot = r.dot()
				r.binOf(w.Supersedes[j].Hash[:])
			}
		}
		if r.err != nil {
			break
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	return c, nil
}

func (r *reader) dot() (d Dot) {
	r.binOf(d.Log[:])
	d.Seq = Seq(r.uint(math.MaxUint32))
	return d
}

func (r *reader) at() (a At) {
	a.WallMS = r.int()
	n := r.int()
	if r.err == nil && n != int64(int32(n)) {
		r.fail(ErrInvalid, "offset of %d ms", n)
	}
	a.OffsetMS = int32(n)
	return a
}

// data writes d as nil, bool, int, str, bin, ext 1 (reference) or array.
func (w *writer) data(d *Data) {
	switch d.tag {
	case TagFalse, TagTrue:
		w.bool(d.tag == TagTrue)
	case TagInt:
		w.int(d.num)
	case TagText:
		w.text(d.str)
	case TagBytes:
		_ = w.enc.EncodeBytesLen(len(d.str))
		w.b = append(w.b, d.str...)
	case TagRef:
		_ = w.enc.EncodeExtHeader(refExt, len(d.str))
		w.b = append(w.b, d.str...)
	case TagList:
		w.array(len(d.list))
		for i := range d.list {
			w.data(&d.list[i])
		}
	default:
		w.nil()
	}
}

// data reads what writer.data wrote; a list only where list is set.
func (r *reader) data(list bool) Data {
	switch c := r.peek(); {
	case c == msgpcode.Nil:
		r.off++
		return Null()
	case c == msgpcode.False || c == msgpcode.True:
		r.off++
		return Bool(c == msgpcode.True)
	case c&0xe0 == msgpcode.FixedStrLow || c >= msgpcode.Str8 && c <= msgpcode.Str32:
		return Text(r.text(TextSizeBytesMax))
	case c >= msgpcode.Bin8 && c <= msgpcode.Bin32:
		return Data{tag: TagBytes, str: string(r.bin(TextSizeBytesMax))}
	case c == msgpcode.FixExt16:
		return Ref(r.ref())
	case c&0xf0 == msgpcode.FixedArrayLow || c == msgpcode.Array16 || c == msgpcode.Array32:
		if !list {
			r.fail(ErrInvalid, "a list in a list")
			return Data{}
		}
		items := make([]Data, r.array(ListItemsMax))
		for i := range items {
			items[i] = r.data(false)
			if r.err != nil {
				return Data{}
			}
		}
		return Data{tag: TagList, list: items}
	default:
		return Int(r.int())
	}
}

// Hash4 returns the first four bytes of SHA-256 of v's canonical form (dot, at, actor, data): what a
// write that replaces v states, and what only who has seen v can know.
func (v Value) Hash4() [4]byte {
	var room [256]byte
	w := newWriter(room[:0])
	w.array(6)
	w.bin(v.Dot.Log[:])
	w.uint(uint64(v.Dot.Seq))
	w.int(v.At.WallMS)
	w.int(int64(v.At.OffsetMS))
	w.fixed(v.Actor[:])
	w.data(&v.Data)
	h := sha256.Sum256(w.done())
	return [4]byte(h[:4])
}

// Superseded names v in a write that replaces it.
func (v Value) Superseded() Superseded { return Superseded{Dot: v.Dot, Hash: v.Hash4()} }

// ChainStart returns h(0) of a log: SHA-256 of its id.
func ChainStart(log LogID) Hash { return sha256.Sum256(log[:]) }

// Next returns h(n) from h(n-1) and change n: SHA-256(h(n-1) ‖ canonical change).
func (h Hash) Next(c *Change) Hash {
	w := newHashing()
	w.b = append(w.b, h[:]...)
	w.change(c)
	return w.sum()
}
