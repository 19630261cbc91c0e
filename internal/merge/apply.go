package merge

import (
	"slices"

	p "tramy/syncproto"
)

// Apply returns the state after the change c. s may be nil (nothing known of the entity yet) and is never
// changed; s itself is returned if it has seen c. The caller applies each log in order.
//
// A value that c names is taken away if it is here with the very hash; if it lies beyond what the state
// has seen, it is noted in Gone and will not appear when it comes. A value that is here under the named
// dot with another hash stays: the writer had not seen it.
func Apply(s *p.State, c *p.Change) *p.State {
	if s == nil {
		if !supersedesAny(c) {
			return newborn(c)
		}
		s = &p.State{ID: c.Entity}
	}
	if s.ID != c.Entity {
		panic("merge: change applied to the state of another entity")
	}
	if seenSeq(s.Seen, c.Dot.Log) >= c.Dot.Seq {
		return s
	}
	return &p.State{
		ID:     s.ID,
		Kind:   kindAfter(s, c),
		Fields: applyFields(s, c),
		Seen:   withSeen(s.Seen, c.Dot),
		Gone:   applyGone(s, c),
	}
}

// Fold returns the state after changes, those of each log in order. s may be nil and is never changed.
func Fold(s *p.State, changes []p.Change) *p.State {
	for i := range changes {
		s = Apply(s, &changes[i])
	}
	return s
}

// newborn is Apply of a change that replaces nothing to no state: by far the most common case, in four
// allocations.
func newborn(c *p.Change) *p.State {
	s := &p.State{ID: c.Entity, Kind: c.Kind, Seen: []p.Seen{p.Seen(c.Dot)}}
	if len(c.Writes) == 0 {
		return s
	}
	s.Fields = make([]p.FieldValues, len(c.Writes))
	values := make([]p.Value, len(c.Writes))
	for i := range c.Writes {
		values[i] = valueOf(c, &c.Writes[i])
		s.Fields[i] = p.FieldValues{Field: c.Writes[i].Field, Values: values[i : i+1 : i+1]}
	}
	return s
}

// kindAfter says what s is once it has c. Until the creation is seen the greatest stated kind stands,
// from then on the creation's. The state knows that it has seen its creation because Seen covers the
// birth dot. In a log that cheats there may be no change of this entity at that dot; then the log's first
// change of it from there on counts as the creation, because all replicas agree which one that is.
func kindAfter(s *p.State, c *p.Change) p.Kind {
	birth := s.ID.Birth()
	switch {
	case born(s):
		return s.Kind
	case c.Dot.Log == birth.Log && c.Dot.Seq >= birth.Seq:
		return c.Kind
	}
	return max(s.Kind, c.Kind)
}

// applyFields walks the state's fields and the change's writes side by side, both in order of field.
func applyFields(s *p.State, c *p.Change) []p.FieldValues {
	out := make([]p.FieldValues, 0, len(s.Fields)+len(c.Writes))
	i := 0
	for w := range c.Writes {
		write := &c.Writes[w]
		for i < len(s.Fields) && s.Fields[i].Field < write.Field {
			out = append(out, s.Fields[i])
			i++
		}
		var old []p.Value
		if i < len(s.Fields) && s.Fields[i].Field == write.Field {
			old = s.Fields[i].Values
			i++
		}
		if v := applyWrite(old, goneOf(s.Gone, write.Field), c, write); len(v) > 0 {
			out = append(out, p.FieldValues{Field: write.Field, Values: v})
		}
	}
	return append(out, s.Fields[i:]...)
}

// applyWrite returns the live values of one field after a write, in order of dot.
func applyWrite(old []p.Value, gone []p.Superseded, c *p.Change, w *p.Write) []p.Value {
	out := make([]p.Value, 0, len(old)+1)
	for i := range old {
		if !names(w.Supersedes, &old[i]) {
			out = append(out, old[i])
		}
	}
	v := valueOf(c, w)
	if names(gone, &v) || names(w.Supersedes, &v) {
		return out
	}
	at, _ := slices.BinarySearchFunc(out, v.Dot, func(v p.Value, d p.Dot) int { return v.Dot.Compare(d) })
	return slices.Insert(out, at, v)
}

// applyGone adds what c names beyond the state's Seen and forgets what is seen with c.
func applyGone(s *p.State, c *p.Change) []p.GoneValues {
	beyond := func(d p.Dot) bool {
		return d != c.Dot && (d.Log != c.Dot.Log || d.Seq > c.Dot.Seq) && seenSeq(s.Seen, d.Log) < d.Seq
	}
	if len(s.Gone) == 0 && !slices.ContainsFunc(c.Writes, func(w p.Write) bool {
		return slices.ContainsFunc(w.Supersedes, func(x p.Superseded) bool { return beyond(x.Dot) })
	}) {
		return nil
	}
	return mergeGone(s.Gone, namedBy(c), beyond)
}

// namedBy puts what c supersedes into the form of Gone.
func namedBy(c *p.Change) []p.GoneValues {
	var g []p.GoneValues
	for i := range c.Writes {
		if w := &c.Writes[i]; len(w.Supersedes) > 0 {
			g = append(g, p.GoneValues{Field: w.Field, Gone: w.Supersedes})
		}
	}
	return g
}

func valueOf(c *p.Change, w *p.Write) p.Value {
	return p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}
}

func supersedesAny(c *p.Change) bool {
	return slices.ContainsFunc(c.Writes, func(w p.Write) bool { return len(w.Supersedes) > 0 })
}
