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

// State implements store.NodeTx.
func (t *tx) State(id p.EntityID) (*p.State, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	if t.blocks.name[num>>blockBits] != "" && !t.stated[num>>blockBits] {
		return nil, nil // its block was named first in this transaction
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
	if t.stated == nil {
		t.stated = map[int64]bool{}
	}
	t.stated[num>>blockBits] = true
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
