package sqlite

import (
	"encoding/binary"
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// The stored form of a state says the same as the canonical one in a fraction of its bytes: entities are
// numbers of this database, so are texts that repeat and the shape, which most entities of a kind share;
// what most values of an entity share (dot, time, actor: its creation) is said once, and the id is the
// row's key.
//
//	state   = version shape writers value* [seen gone]
//	shape   = number of its word | 0 length kind n (head [delta-15] [n])*n
//	head    = field delta (0…15) <<4 | tag, or 8: several values, or 9: a text that is a word
//	writers = 0: the creation alone, At actor | n+1 (dot At actor)*n
//	value   = [tag, if several] [writer, if more than one] data
//	seen    = n dot*n                   left out with gone if Seen follows from the id and nothing is gone
//	gone    = n (field n (dot hash4)*n)*n
//	dot     = 0 the entity's own | 1 log seq, if the log is no valid one | number of its entity
//
// Numbers are varints.
const stateVersion = 1

// Heads beyond the tags, and how long a shape is at most a word.
const (
	headSeveral   = 8
	headWord      = 9
	shapeBytesMax = 128
)

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

// repeats reports whether the texts of a field are few, so that each is worth a number.
func repeats(kind p.Kind, field p.Field) bool {
	switch kind {
	case registry.KindImmunization:
		return field == registry.DoseVaccine || field == registry.DoseLot
	case registry.KindSubject:
		return field == registry.SubjectEthnic || field == registry.SubjectHamlet
	}
	return false
}

// shapeOf returns all of a state that is neither value nor history.
func shapeOf(s *p.State) []byte {
	b := binary.AppendUvarint(make([]byte, 0, 64), uint64(s.Kind))
	b = binary.AppendUvarint(b, uint64(len(s.Fields)))
	last := p.Field(0)
	for i := range s.Fields {
		f := &s.Fields[i]
		delta := uint64(f.Field - last)
		last = f.Field
		head := byte(headSeveral)
		if len(f.Values) == 1 {
			head = byte(f.Values[0].Data.Tag())
			if head == byte(p.TagText) && repeats(s.Kind, f.Field) {
				head = headWord
			}
		}
		b = append(b, byte(min(delta, 15))<<4|head)
		if delta >= 15 {
			b = binary.AppendUvarint(b, delta-15)
		}
		if head == headSeveral {
			b = binary.AppendUvarint(b, uint64(len(f.Values)))
		}
	}
	return b
}

// encodeState returns the stored form, making the names it needs.
func (t *tx) encodeState(s *p.State) ([]byte, error) {
	w := &stateWriter{t: t, own: s.ID.Birth(), b: make([]byte, 0, 128)}
	w.b = append(w.b, stateVersion)
	w.shape(shapeOf(s))
	var writers []writerOf
	for i := range s.Fields {
		for j := range s.Fields[i].Values {
			if x := sharedBy(&s.Fields[i].Values[j]); !slices.Contains(writers, x) {
				writers = append(writers, x)
			}
		}
	}
	w.writers(writers)
	for i := range s.Fields {
		f := &s.Fields[i]
		for j := range f.Values {
			v := &f.Values[j]
			if len(f.Values) != 1 {
				w.b = append(w.b, byte(v.Data.Tag()))
			}
			if len(writers) > 1 {
				w.uint(uint64(slices.Index(writers, sharedBy(v))))
			}
			if text, ok := v.Data.Text(); ok && len(f.Values) == 1 && repeats(s.Kind, f.Field) {
				w.word(text)
			} else {
				w.data(&v.Data)
			}
		}
	}
	if !s.SeenFollows() || len(s.Gone) > 0 {
		w.seenAndGone(s)
	}
	return w.b, w.err
}

func (w *stateWriter) shape(shape []byte) {
	if len(shape) > shapeBytesMax {
		w.uint(0)
		w.str(string(shape))
		return
	}
	w.word(string(shape))
}

func (w *stateWriter) word(text string) {
	n, err := w.t.word(text)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.uint(uint64(n))
}

func (w *stateWriter) writers(writers []writerOf) {
	if len(writers) == 1 && writers[0].dot == w.own {
		w.uint(0)
	} else {
		w.uint(uint64(len(writers)) + 1)
	}
	for i := range writers {
		if len(writers) > 1 || writers[0].dot != w.own {
			w.dot(writers[i].dot)
		}
		w.int(writers[i].at.WallMS)
		w.int(int64(writers[i].at.OffsetMS))
		w.ref(writers[i].actor)
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

// decodeState is the inverse of encodeState.
func (t *tx) decodeState(id p.EntityID, b []byte) (*p.State, error) {
	r := &stateReader{t: t, own: id.Birth(), b: b}
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
