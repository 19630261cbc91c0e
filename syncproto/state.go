package syncproto

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
)

// AppendState appends the stored form of s: its values grouped by the change that wrote them, every
// log named once. Equal states give equal bytes. s must pass Check; what does not is written in a form
// that DecodeState refuses.
func AppendState(b []byte, s *State) []byte { return appendGroups(b, s, s.groups()) }

// appendGroups is AppendState where the groups are known.
func appendGroups(b []byte, s *State, groups []Change) []byte {
	var logRoom [8]LogID
	var bodyRoom [512]byte
	logs := append(logRoom[:0], s.ID.Birth().Log)
	w := newWriter(bodyRoom[:0])
	dot := func(d Dot) {
		i := slices.Index(logs, d.Log)
		if i < 0 {
			i = len(logs)
			logs = append(logs, d.Log)
		}
		w.uint(uint64(i))
		w.uint(uint64(d.Seq))
	}
	seen := s.Seen
	head := uint64(len(groups)) << 2
	if slices.Equal(seen, seenOf(s.ID, groups)) {
		seen = nil
	} else {
		head |= 1
	}
	if len(s.Gone) > 0 {
		head |= 2
	}
	w.uint(uint64(s.ID.Birth().Seq))
	w.uint(uint64(s.Kind))
	w.uint(head)
	for i := range groups {
		g := &groups[i]
		if g.Creates() {
			w.nil()
		} else {
			dot(g.Dot)
		}
		w.int(g.At.WallMS)
		w.int(int64(g.At.OffsetMS))
		if g.Actor.IsZero() {
			w.nil()
		} else {
			dot(g.Actor.Birth())
		}
		w.uint(uint64(len(g.Writes)))
		last := Field(0)
		for j := range g.Writes {
			wr := &g.Writes[j]
			w.uint(uint64(wr.Field-last)<<3 | uint64(wr.Data.tag))
			last = wr.Field
			w.stored(&wr.Data, dot)
		}
	}
	if head&1 != 0 {
		w.uint(uint64(len(seen)))
		for _, e := range seen {
			dot(Dot(e))
		}
	}
	if head&2 != 0 {
		w.uint(uint64(len(s.Gone)))
		for _, g := range s.Gone {
			w.uint(uint64(g.Field))
			w.uint(uint64(len(g.Gone)))
			for _, v := range g.Gone {
				dot(v.Dot)
				w.bin(v.Hash[:])
			}
		}
	}
	body := w.done()
	w = newWriter(b)
	_ = w.enc.EncodeBytesLen(len(logs) * len(LogID{}))
	for i := range logs {
		w.raw(logs[i][:])
	}
	w.raw(body)
	return w.done()
}

// stored writes what d's tag, already written, does not say.
func (w *writer) stored(d *Data, dot func(Dot)) {
	switch d.tag {
	case TagRef:
		e, _ := d.Ref()
		dot(e.Birth())
	case TagList:
		w.uint(uint64(len(d.list)))
		for i := range d.list {
			w.uint(uint64(d.list[i].tag))
			w.stored(&d.list[i], dot)
		}
	case TagInt, TagText, TagBytes:
		w.data(d)
	}
}

// DecodeState reads one stored state; all of b must be consumed and nothing of it is kept.
func DecodeState(b []byte) (*State, error) {
	r := &stateReader{reader: reader{b: b, what: "state"}}
	if len(b) > StateSizeBytesMax {
		r.fail(ErrTooLarge, "%d bytes", len(b))
		return nil, r.err
	}
	s, groups := r.state()
	if err := r.end(); err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	// Order of logs and groups, unused logs, needless Seen: all that is left of "one encoding" at once.
	if len(groups) != 1 { // one group cannot be in a wrong order
		groups = s.groups()
	}
	if !bytes.Equal(appendGroups(make([]byte, 0, len(b)+16), s, groups), b) {
		return nil, fmt.Errorf("state %s: %w", s.ID, ErrNotCanonical)
	}
	return s, nil
}

type stateReader struct {
	reader
	logs []byte
}

func (r *stateReader) dot() (d Dot) {
	i := r.uint(math.MaxUint16)
	d.Seq = Seq(r.uint(math.MaxUint32))
	if r.err == nil && int(i) >= len(r.logs)/len(d.Log) {
		r.fail(ErrInvalid, "log %d of %d", i, len(r.logs)/len(d.Log))
	}
	if r.err == nil {
		copy(d.Log[:], r.logs[int(i)*len(d.Log):])
	}
	return d
}

// count reads how many items follow, each of at least one byte.
func (r *stateReader) count(limit int) int {
	n := r.uint(math.MaxUint32)
	if r.err == nil && n > int64(limit) {
		r.fail(ErrLimit, "%d items, at most %d", n, limit)
	}
	if r.err == nil && n > int64(r.left()) {
		r.fail(ErrTruncated, "%d items, %d bytes left", n, r.left())
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

// state reads a state and the groups it was written in.
func (r *stateReader) state() (s *State, groups []Change) {
	s = &State{}
	r.logs = r.bin(StateSizeBytesMax)
	if r.err == nil && (len(r.logs) == 0 || len(r.logs)%len(LogID{}) != 0) {
		r.fail(ErrNotCanonical, "%d bytes of logs", len(r.logs))
	}
	var birth Dot
	birth.Seq = Seq(r.uint(math.MaxUint32))
	copy(birth.Log[:], r.logs)
	s.ID = birth.Entity()
	s.Kind = Kind(r.uint(math.MaxUint16))
	head := r.uint(StateSizeBytesMax << 2)
	if r.err == nil && head>>2 > int64(r.left()) {
		r.fail(ErrTruncated, "%d groups, %d bytes left", head>>2, r.left())
	}
	if r.err != nil {
		return s, nil
	}
	for range head >> 2 {
		groups = append(groups, r.group(s, birth))
		if r.err != nil {
			return s, nil
		}
	}
	s.setFields(groups)
	if head&1 == 0 {
		s.Seen = seenOf(s.ID, groups)
	} else {
		s.Seen = make([]Seen, r.count(StateSeenMax))
		for i := range s.Seen {
			s.Seen[i] = Seen(r.dot())
		}
	}
	if head&2 != 0 {
		s.Gone = make([]GoneValues, r.count(StateFieldsMax))
		for i := range s.Gone {
			g := &s.Gone[i]
			g.Field = Field(r.uint(math.MaxUint16))
			g.Gone = make([]Superseded, r.count(FieldValuesMax))
			for j := range g.Gone {
				g.Gone[j].Dot = r.dot()
				r.binOf(g.Gone[j].Hash[:])
			}
			if r.err != nil {
				return s, nil
			}
		}
	}
	return s, groups
}

func (r *stateReader) group(s *State, birth Dot) (g Change) {
	g.Kind, g.Entity = s.Kind, s.ID
	if r.null() {
		g.Dot = birth
	} else if g.Dot = r.dot(); r.err == nil && g.Dot == birth {
		r.fail(ErrNotCanonical, "the birth dot is implied")
	}
	g.At = r.at()
	if !r.null() {
		d := r.dot()
		if r.err == nil && d.IsZero() {
			r.fail(ErrNotCanonical, "no actor is written as nil")
		}
		g.Actor = d.Entity()
	}
	g.Writes = make([]Write, r.count(StateFieldsMax))
	if r.err == nil && len(g.Writes) == 0 {
		r.fail(ErrNotCanonical, "empty group")
	}
	last := int64(0)
	for i := range g.Writes {
		n := r.uint(math.MaxUint16<<3 | 7)
		if last += n >> 3; r.err == nil && (n>>3 == 0 || last > math.MaxUint16) {
			r.fail(ErrInvalid, "field out of order")
		}
		g.Writes[i] = Write{Field: Field(last), Data: r.stored(Tag(n & 7))}
		if r.err != nil {
			break
		}
	}
	return g
}

func (r *stateReader) stored(tag Tag) Data {
	switch tag {
	case TagRef:
		return Ref(r.dot().Entity())
	case TagList:
		items := make([]Data, r.count(ListItemsMax))
		for i := range items {
			t := Tag(r.uint(int64(TagRef))) // a list holds no lists
			if items[i] = r.stored(t); r.err != nil {
				return Data{}
			}
		}
		return Data{tag: TagList, list: items}
	case TagInt:
		return Int(r.int())
	case TagText:
		return Text(r.text(TextSizeBytesMax))
	case TagBytes:
		return Data{tag: TagBytes, str: string(r.bin(TextSizeBytesMax))}
	}
	return Data{tag: tag}
}

// groups returns s's values by the change that wrote them, as if these changes superseded nothing: the
// birth first, then by dot. (Time and actor follow from the dot, but a machine that was rolled back may
// have written one dot twice; nothing must get lost here, so they are part of the key.)
func (s *State) groups() []Change {
	if len(s.Fields) == 0 {
		return nil
	}
	single, first := true, &s.Fields[0].Values[0]
	for i := range s.Fields {
		v := s.Fields[i].Values
		if len(v) != 1 || v[0].Dot != first.Dot || v[0].At != first.At || v[0].Actor != first.Actor {
			single = false
			break
		}
	}
	group := func(v *Value) Change {
		return Change{Dot: v.Dot, At: v.At, Actor: v.Actor, Kind: s.Kind, Entity: s.ID}
	}
	if single {
		g := group(first)
		g.Writes = make([]Write, len(s.Fields))
		for i := range s.Fields {
			g.Writes[i] = Write{Field: s.Fields[i].Field, Data: s.Fields[i].Values[0].Data}
		}
		return []Change{g}
	}
	var groups []Change
	for i := range s.Fields {
		for j := range s.Fields[i].Values {
			v := &s.Fields[i].Values[j]
			g := group(v)
			k, found := slices.BinarySearchFunc(groups, g, compareGroups)
			if !found {
				groups = slices.Insert(groups, k, g)
			}
			groups[k].Writes = append(groups[k].Writes, Write{Field: s.Fields[i].Field, Data: v.Data})
		}
	}
	return groups
}

func compareGroups(a, b Change) int {
	if x, y := a.Creates(), b.Creates(); x != y {
		if x {
			return -1
		}
		return 1
	}
	return cmp.Or(a.Dot.Compare(b.Dot), cmp.Compare(a.At.WallMS, b.At.WallMS),
		cmp.Compare(a.At.OffsetMS, b.At.OffsetMS), a.Actor.Compare(b.Actor))
}

// setFields is the inverse of groups.
func (s *State) setFields(groups []Change) {
	n := 0
	for i := range groups {
		n += len(groups[i].Writes)
	}
	if n == 0 {
		return
	}
	type cell struct {
		field Field
		value Value
	}
	values := make([]Value, n)
	if len(groups) == 1 {
		g := &groups[0]
		s.Fields = make([]FieldValues, n)
		for i := range g.Writes {
			values[i] = Value{Dot: g.Dot, At: g.At, Actor: g.Actor, Data: g.Writes[i].Data}
			s.Fields[i] = FieldValues{Field: g.Writes[i].Field, Values: values[i : i+1 : i+1]}
		}
		return
	}
	cells := make([]cell, 0, n)
	for i := range groups {
		g := &groups[i]
		for j := range g.Writes {
			cells = append(cells, cell{g.Writes[j].Field, Value{Dot: g.Dot, At: g.At, Actor: g.Actor, Data: g.Writes[j].Data}})
		}
	}
	slices.SortStableFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.field, b.field), a.value.Dot.Compare(b.value.Dot))
	})
	for i, from := 0, 0; i < n; i++ {
		values[i] = cells[i].value
		if i+1 == n || cells[i+1].field != cells[i].field {
			s.Fields = append(s.Fields, FieldValues{Field: cells[i].field, Values: values[from : i+1 : i+1]})
			from = i + 1
		}
	}
}

// seenOf returns the Seen that most states have, and that is therefore not written: per log the
// greatest Seq among the birth and the dots of the live values.
func seenOf(id EntityID, groups []Change) []Seen {
	seen := []Seen{Seen(id.Birth())}
	for i := range groups {
		d := groups[i].Dot
		k, found := slices.BinarySearchFunc(seen, d.Log, func(e Seen, l LogID) int { return e.Log.Compare(l) })
		if !found {
			seen = slices.Insert(seen, k, Seen(d))
		} else if seen[k].Seq < d.Seq {
			seen[k].Seq = d.Seq
		}
	}
	return seen
}
