package postgres

import (
	"encoding/binary"
	"slices"

	p "tramy/syncproto"
)

// The stored form of a state says each log and each change once. It takes whatever a node may hold, also what the wire's form
// would turn down for its size.
//
//	state  = version kind n log*n n writer*n n field*n seen gone
//	writer = dot wall offset id                  what the values of one change share
//	field  = delta n (tag writer data)*n
//	seen   = n dot*n
//	gone   = n (field n (dot hash4)*n)*n
//	dot    = number of the log, seq
//	id     = 0: none | 1 and sixteen bytes, if no change has it | number of its log + 2, seq
//
// Numbers are varints.
const stateVersion = 1

// Ids that are no change's.
const (
	idNone = 0
	idRaw  = 1
	idLog  = 2
)

// writerOf is what the values of one change share.
type writerOf struct {
	dot   p.Dot
	at    p.At
	actor p.EntityID
}

func sharedBy(v *p.Value) writerOf { return writerOf{v.Dot, v.At, v.Actor} }

type stateWriter struct {
	b    []byte
	logs []p.LogID
}

func (w *stateWriter) uint(n uint64) { w.b = binary.AppendUvarint(w.b, n) }
func (w *stateWriter) int(n int64)   { w.b = binary.AppendVarint(w.b, n) }

func (w *stateWriter) str(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *stateWriter) log(l p.LogID) uint64 {
	at := slices.Index(w.logs, l)
	if at < 0 {
		at = len(w.logs)
		w.logs = append(w.logs, l)
	}
	return uint64(at)
}

func (w *stateWriter) dot(d p.Dot) {
	w.uint(w.log(d.Log))
	w.uint(uint64(d.Seq))
}

func (w *stateWriter) id(e p.EntityID) {
	if e.IsZero() {
		w.uint(idNone)
		return
	}
	if birth := e.Birth(); e.Valid() && birth.Entity() == e {
		w.uint(w.log(birth.Log) + idLog)
		w.uint(uint64(birth.Seq))
		return
	}
	w.uint(idRaw)
	w.b = append(w.b, e[:]...)
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
		w.id(e)
	case p.TagList:
		items, _ := d.List()
		w.uint(uint64(len(items)))
		for i := range items {
			w.b = append(w.b, byte(items[i].Tag()))
			w.data(&items[i])
		}
	}
}

// encodeState returns the stored form.
func encodeState(s *p.State) []byte {
	w := &stateWriter{b: make([]byte, 0, 256)}
	var writers []writerOf
	for i := range s.Fields {
		for j := range s.Fields[i].Values {
			if x := sharedBy(&s.Fields[i].Values[j]); !slices.Contains(writers, x) {
				writers = append(writers, x)
			}
		}
	}
	w.uint(uint64(len(writers)))
	for _, x := range writers {
		w.dot(x.dot)
		w.int(x.at.WallMS)
		w.int(int64(x.at.OffsetMS))
		w.id(x.actor)
	}
	w.uint(uint64(len(s.Fields)))
	last := p.Field(0)
	for i := range s.Fields {
		f := &s.Fields[i]
		w.uint(uint64(f.Field - last))
		last = f.Field
		w.uint(uint64(len(f.Values)))
		for j := range f.Values {
			v := &f.Values[j]
			w.b = append(w.b, byte(v.Data.Tag()))
			w.uint(uint64(slices.Index(writers, sharedBy(v))))
			w.data(&v.Data)
		}
	}
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
	head := &stateWriter{b: make([]byte, 0, len(w.b)+8+len(w.logs)*len(p.LogID{}))}
	head.b = append(head.b, stateVersion)
	head.uint(uint64(s.Kind))
	head.uint(uint64(len(w.logs)))
	for i := range w.logs {
		head.b = append(head.b, w.logs[i][:]...)
	}
	return append(head.b, w.b...)
}

// stateReader reads what stateWriter wrote. After a failure it gives zeros, and err says why.
type stateReader struct {
	of   p.EntityID
	b    []byte
	logs []p.LogID
	err  error
}

func (r *stateReader) fail(what string) {
	if r.err == nil {
		r.err = corrupt("state of %s: %s", r.of, what)
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

func (r *stateReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail("length")
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *stateReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
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

func (r *stateReader) log(n uint64) (l p.LogID) {
	if n >= uint64(len(r.logs)) {
		r.fail("log")
		return l
	}
	return r.logs[n]
}

func (r *stateReader) dot() p.Dot { return p.Dot{Log: r.log(r.uint()), Seq: p.Seq(r.uint())} }

func (r *stateReader) id() (e p.EntityID) {
	switch n := r.uint(); n {
	case idNone:
	case idRaw:
		copy(e[:], r.take(uint64(len(e))))
	default:
		e = p.Dot{Log: r.log(n - idLog), Seq: p.Seq(r.uint())}.Entity()
	}
	return e
}

func (r *stateReader) data(tag p.Tag, listed bool) p.Data {
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
		return p.Ref(r.id())
	case p.TagList:
		if listed {
			r.fail("list in a list")
			return p.Data{}
		}
		items := make([]p.Data, r.count())
		for i := range items {
			items[i] = r.data(p.Tag(r.byte()), true)
		}
		return p.List(items...)
	}
	r.fail("tag")
	return p.Data{}
}

// decodeState is the inverse of encodeState.
func decodeState(id p.EntityID, b []byte) (*p.State, error) {
	r := &stateReader{of: id, b: b}
	if r.byte() != stateVersion {
		r.fail("version")
	}
	s := &p.State{ID: id, Kind: p.Kind(r.uint())}
	r.logs = make([]p.LogID, r.count())
	for i := range r.logs {
		copy(r.logs[i][:], r.take(uint64(len(r.logs[i]))))
	}
	writers := make([]writerOf, r.count())
	for i := range writers {
		writers[i] = writerOf{r.dot(), p.At{WallMS: r.int(), OffsetMS: int32(r.int())}, r.id()}
	}
	r.fields(s, writers)
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

func (r *stateReader) fields(s *p.State, writers []writerOf) {
	if n := r.count(); n > 0 {
		s.Fields = make([]p.FieldValues, n)
	}
	last := p.Field(0)
	values := make([]p.Value, 0, len(s.Fields)) // one array for all: most fields have one
	for i := range s.Fields {
		last += p.Field(r.uint())
		from := len(values)
		for range r.count() {
			tag := p.Tag(r.byte())
			n := r.uint()
			if n >= uint64(len(writers)) {
				r.fail("writer")
				return
			}
			x := writers[n]
			values = append(values, p.Value{Dot: x.dot, At: x.at, Actor: x.actor, Data: r.data(tag, false)})
		}
		s.Fields[i] = p.FieldValues{Field: last, Values: values[from:len(values):len(values)]}
	}
}
