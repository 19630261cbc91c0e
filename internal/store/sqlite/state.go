package sqlite

import (
	"encoding/binary"
	"slices"

	p "tramy/syncproto"
)

// The stored form of a state says the same as the canonical one in a third of its bytes: entities are
// numbers of this database, what most values of an entity share (dot, time, actor: its creation) is said
// once, and the id is the row's key.
//
//	state   = version kind writers fields [seen gone]
//	writers = n (dot At.WallMS At.OffsetMS actor)*n          who wrote the values
//	fields  = n (head [field] [n] value*)*n
//	head    = field delta (0…15) <<4 | several values <<3 | tag    delta 15: the rest follows
//	value   = [tag, if several] [writer, if more than one] data
//	seen    = n dot*n                   left out with gone if Seen follows from the id and nothing is gone
//	gone    = n (field n (dot hash4)*n)*n
//	dot     = 0 the entity's own | 1 log seq, if the log is no valid one | number of its entity
//
// Numbers are varints.
const stateVersion = 1

const (
	dotOwn = 0
	dotRaw = 1
)

type stateWriter struct {
	t   *tx
	own p.Dot
	b   []byte
	err error
}

func (w *stateWriter) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *stateWriter) int(n int64)   { w.b = binary.AppendVarint(w.b, n) }

func (w *stateWriter) str(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *stateWriter) ref(e p.EntityID) {
	n, err := w.t.number(e)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.uint(uint64(n))
}

func (w *stateWriter) dot(d p.Dot) {
	switch e := d.Entity(); {
	case d == w.own:
		w.uint(dotOwn)
	case e.Birth() != d:
		w.uint(dotRaw)
		w.b = append(w.b, d.Log[:]...)
		w.uint(uint64(d.Seq))
	default:
		w.ref(e)
	}
}

func (w *stateWriter) data(d *p.Data) {
	switch d.Tag() {
	case p.TagInt:
		n, _ := d.Int()
		w.int(n)
	case p.TagText:
		s, _ := d.Text()
		w.str(s)
	case p.TagBytes:
		b, _ := d.Bytes()
		w.str(string(b))
	case p.TagRef:
		e, _ := d.Ref()
		w.ref(e)
	case p.TagList:
		items, _ := d.List()
		w.uint(uint64(len(items)))
		for i := range items {
			w.b = append(w.b, byte(items[i].Tag()))
			w.data(&items[i])
		}
	}
}

// writerOf is what the values of one change share.
type writerOf struct {
	dot   p.Dot
	at    p.At
	actor p.EntityID
}

func sharedBy(v *p.Value) writerOf { return writerOf{v.Dot, v.At, v.Actor} }

// encodeState returns the stored form, making the blocks it needs.
func (t *tx) encodeState(s *p.State) ([]byte, error) {
	w := &stateWriter{t: t, own: s.ID.Birth(), b: make([]byte, 0, 256)}
	w.b = append(w.b, stateVersion)
	w.uint(uint64(s.Kind))
	var writers []writerOf
	for i := range s.Fields {
		for j := range s.Fields[i].Values {
			if x := sharedBy(&s.Fields[i].Values[j]); !slices.Contains(writers, x) {
				writers = append(writers, x)
			}
		}
	}
	w.uint(uint64(len(writers)))
	for i := range writers {
		w.dot(writers[i].dot)
		w.int(writers[i].at.WallMS)
		w.int(int64(writers[i].at.OffsetMS))
		w.ref(writers[i].actor)
	}
	w.uint(uint64(len(s.Fields)))
	last := p.Field(0)
	for i := range s.Fields {
		f := &s.Fields[i]
		w.head(f, uint64(f.Field-last))
		last = f.Field
		for j := range f.Values {
			v := &f.Values[j]
			if len(f.Values) != 1 {
				w.b = append(w.b, byte(v.Data.Tag()))
			}
			if len(writers) > 1 {
				w.uint(uint64(slices.Index(writers, sharedBy(v))))
			}
			w.data(&v.Data)
		}
	}
	if !s.SeenFollows() || len(s.Gone) > 0 {
		w.seenAndGone(s)
	}
	return w.b, w.err
}

func (w *stateWriter) head(f *p.FieldValues, delta uint64) {
	head := byte(min(delta, 15)) << 4
	if len(f.Values) == 1 {
		head |= byte(f.Values[0].Data.Tag())
	} else {
		head |= 8
	}
	w.b = append(w.b, head)
	if delta >= 15 {
		w.uint(delta - 15)
	}
	if len(f.Values) != 1 {
		w.uint(uint64(len(f.Values)))
	}
}

func (w *stateWriter) seenAndGone(s *p.State) {
	w.uint(uint64(len(s.Seen)))
	for _, d := range s.Seen {
		w.dot(p.Dot(d))
	}
	w.uint(uint64(len(s.Gone)))
	for i := range s.Gone {
		w.uint(uint64(s.Gone[i].Field))
		w.uint(uint64(len(s.Gone[i].Gone)))
		for _, g := range s.Gone[i].Gone {
			w.dot(g.Dot)
			w.b = append(w.b, g.Hash[:]...)
		}
	}
}

type stateReader struct {
	t   *tx
	own p.Dot
	b   []byte
	err error
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

// decodeState is the inverse of encodeState.
func (t *tx) decodeState(id p.EntityID, b []byte) (*p.State, error) {
	r := &stateReader{t: t, own: id.Birth(), b: b}
	if r.byte() != stateVersion {
		r.fail("version")
	}
	s := &p.State{ID: id, Kind: p.Kind(r.uint())}
	writers := make([]writerOf, r.count())
	for i := range writers {
		writers[i].dot = r.dot()
		writers[i].at = p.At{WallMS: r.int(), OffsetMS: int32(r.int())}
		writers[i].actor = r.ref()
	}
	if n := r.count(); n > 0 {
		s.Fields = make([]p.FieldValues, n)
	}
	// One array for all values: most fields have one.
	values := make([]p.Value, 0, len(s.Fields))
	last := uint64(0)
	for i := range s.Fields {
		head := r.byte()
		last += uint64(head >> 4)
		if head>>4 == 15 {
			last += r.uint()
		}
		n := 1
		if head&8 != 0 {
			n = r.count()
		}
		from := len(values)
		for range n {
			tag := p.Tag(head & 7)
			if head&8 != 0 {
				tag = p.Tag(r.byte())
			}
			at := uint64(0)
			if len(writers) > 1 {
				at = r.uint()
			}
			if at >= uint64(len(writers)) {
				r.fail("writer")
				break
			}
			w := &writers[at]
			values = append(values, p.Value{Dot: w.dot, At: w.at, Actor: w.actor, Data: r.data(tag)})
		}
		s.Fields[i] = p.FieldValues{Field: p.Field(last), Values: values[from:len(values):len(values)]}
	}
	if len(r.b) == 0 {
		s.Seen = []p.Seen{p.Seen(r.own)}
		return s, r.err
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
	return s, r.err
}

// State implements store.NodeTx.
func (t *tx) State(id p.EntityID) (*p.State, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	var b []byte
	ok, err := t.one(`SELECT state FROM entity WHERE num = ?`, []any{num}, &b)
	if !ok || err != nil {
		return nil, err
	}
	return t.decodeState(id, b)
}

// PutState implements store.NodeTx. A new entity that is there already is an error: the caller has lost
// track of what it read, and would have overwritten it.
func (t *tx) PutState(s *p.State, isNew bool) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(s.ID)
	if err != nil {
		return err
	}
	b, err := t.encodeState(s)
	if err != nil {
		return err
	}
	if !isNew {
		n, err := t.execN(`UPDATE entity SET state = ? WHERE num = ?`, b, num)
		if n > 0 || err != nil {
			return err
		}
	}
	if err := t.exec(`INSERT INTO entity (num, state) VALUES (?, ?)`, num, b); err != nil {
		return err
	}
	t.count(tallyEntities, 1)
	return nil
}
