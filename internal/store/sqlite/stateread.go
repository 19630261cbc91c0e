package sqlite

import (
	"encoding/binary"

	p "tramy/syncproto"
)

// stateReader reads what stateWriter wrote. After a failure it gives zeros, and err says why.
type stateReader struct {
	t   naming
	own p.Dot
	b   []byte
	err error
}

// naming says what the numbers in a state stand for.
type naming interface {
	entity(num int64) (p.EntityID, error)
	text(num int64) (string, error)
}

func (r *stateReader) fail(what string) {
	if r.err == nil {
		r.err = corrupt("state of %s: %s", r.own.Entity(), what)
	}
	r.b = nil
}

func (r *stateReader) uint() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.fail("number")
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *stateReader) int() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail("number")
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *stateReader) byte() byte {
	if len(r.b) == 0 {
		r.fail("end")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *stateReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail("length")
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// count reads the length of a list whose items take at least one byte each.
func (r *stateReader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.fail("count")
		return 0
	}
	return int(n)
}

func (r *stateReader) ref() p.EntityID {
	n := r.uint()
	if r.err != nil {
		return p.EntityID{}
	}
	e, err := r.t.entity(int64(n))
	if err != nil {
		r.err = err
	}
	return e
}

func (r *stateReader) dot() p.Dot {
	switch n := r.uint(); n {
	case dotOwn:
		return r.own
	case dotRaw:
		var d p.Dot
		copy(d.Log[:], r.take(uint64(len(d.Log))))
		d.Seq = p.Seq(r.uint())
		return d
	default:
		e, err := r.t.entity(int64(n))
		if err != nil && r.err == nil {
			r.err = err
		}
		return e.Birth()
	}
}

func (r *stateReader) data(tag p.Tag) p.Data {
	switch tag {
	case p.TagNull:
		return p.Null()
	case p.TagFalse, p.TagTrue:
		return p.Bool(tag == p.TagTrue)
	case p.TagInt:
		return p.Int(r.int())
	case p.TagText:
		return p.Text(string(r.take(r.uint())))
	case p.TagBytes:
		return p.Bytes(r.take(r.uint()))
	case p.TagRef:
		return p.Ref(r.ref())
	case p.TagList:
		items := make([]p.Data, r.count())
		for i := range items {
			tag := p.Tag(r.byte())
			if tag == p.TagList {
				r.fail("list in a list")
				break
			}
			items[i] = r.data(tag)
		}
		return p.List(items...)
	}
	r.fail("tag")
	return p.Data{}
}

// shape returns a reader of the shape.
func (r *stateReader) shape() *stateReader {
	n := r.uint()
	if n == 0 {
		return &stateReader{t: r.t, own: r.own, b: r.take(r.uint())}
	}
	text, err := r.t.text(int64(n))
	if err != nil && r.err == nil {
		r.err = err
	}
	return &stateReader{t: r.t, own: r.own, b: []byte(text)}
}

func (r *stateReader) word() p.Data {
	text, err := r.t.text(int64(r.uint()))
	if err != nil && r.err == nil {
		r.err = err
	}
	return p.Text(text)
}

func (r *stateReader) writers() []writerOf {
	n := r.uint()
	if n == 0 {
		return []writerOf{{dot: r.own, at: r.at(), actor: r.ref()}}
	}
	if n-1 > uint64(len(r.b)) {
		r.fail("count")
		return nil
	}
	writers := make([]writerOf, n-1)
	for i := range writers {
		writers[i].dot = r.dot()
		writers[i].at = r.at()
		writers[i].actor = r.ref()
	}
	return writers
}

func (r *stateReader) at() p.At { return p.At{WallMS: r.int(), OffsetMS: int32(r.int())} }

func (t *tx) decodeState(id p.EntityID, b []byte) (*p.State, error) { return decodeState(t, id, b) }

// decodeState is the inverse of encodeState.
func decodeState(names naming, id p.EntityID, b []byte) (*p.State, error) {
	r := &stateReader{t: names, own: id.Birth(), b: b}
	if r.byte() != stateVersion {
		r.fail("version")
	}
	shape := r.shape()
	writers := r.writers()
	s := &p.State{ID: id, Kind: p.Kind(shape.uint())}
	if n := shape.count(); n > 0 {
		s.Fields = make([]p.FieldValues, n)
	}
	// One array for all values: most fields have one.
	values := make([]p.Value, 0, len(s.Fields))
	last := uint64(0)
	for i := range s.Fields {
		head := shape.byte()
		last += uint64(head >> 4)
		if head>>4 == 15 {
			last += shape.uint()
		}
		head &= 15
		n := 1
		if head == headSeveral {
			// A value takes a byte at least.
			if n = int(min(shape.uint(), uint64(len(r.b))+1)); n > len(r.b) {
				r.fail("count")
				break
			}
		}
		from := len(values)
		for range n {
			values = append(values, r.value(head, writers))
		}
		s.Fields[i] = p.FieldValues{Field: p.Field(last), Values: values[from:len(values):len(values)]}
	}
	if shape.err != nil && r.err == nil {
		r.err = shape.err
	}
	r.seenAndGone(s)
	return s, r.err
}

func (r *stateReader) value(head byte, writers []writerOf) p.Value {
	tag := p.Tag(head)
	if head == headSeveral {
		tag = p.Tag(r.byte())
	}
	at := uint64(0)
	if len(writers) > 1 {
		at = r.uint()
	}
	if at >= uint64(len(writers)) {
		r.fail("writer")
		return p.Value{}
	}
	v := p.Value{Dot: writers[at].dot, At: writers[at].at, Actor: writers[at].actor}
	if head == headWord {
		v.Data = r.word()
	} else {
		v.Data = r.data(tag)
	}
	return v
}

func (r *stateReader) seenAndGone(s *p.State) {
	if len(r.b) == 0 {
		s.Seen = []p.Seen{p.Seen(r.own)}
		return
	}
	if n := r.count(); n > 0 {
		s.Seen = make([]p.Seen, n)
	}
	for i := range s.Seen {
		s.Seen[i] = p.Seen(r.dot())
	}
	if n := r.count(); n > 0 {
		s.Gone = make([]p.GoneValues, n)
	}
	for i := range s.Gone {
		s.Gone[i].Field = p.Field(r.uint())
		s.Gone[i].Gone = make([]p.Superseded, r.count())
		for j := range s.Gone[i].Gone {
			g := &s.Gone[i].Gone[j]
			g.Dot = r.dot()
			copy(g.Hash[:], r.take(uint64(len(g.Hash))))
		}
	}
	if len(r.b) > 0 {
		r.fail("more than a state")
	}
}
