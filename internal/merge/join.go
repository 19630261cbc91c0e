package merge

import (
	"slices"

	p "tramy/syncproto"
)

// Join returns what follows from everything a and b have seen. Either may be nil; neither is changed. It
// returns a itself, without allocating, when b brings nothing new.
//
// A value stays if both have it, or if the other has neither seen its dot nor noted it as gone. On states
// that come from the same logs Join is commutative, associative and idempotent. Should one dot carry
// different data in a and b (a machine rolled back, a cheat), above wins; so pass the upstream's state
// second. The caller raises the alarm: it is what [Forked] reports.
func Join(a, above *p.State) *p.State {
	b := above
	switch {
	case a == nil:
		return b
	case b == nil || a == b:
		return a
	case a.ID != b.ID:
		panic("merge: states of two entities joined")
	case addsNothing(a, b):
		return a
	}
	seen := joinSeen(a.Seen, b.Seen)
	return &p.State{
		ID:     a.ID,
		Kind:   joinKind(a, b),
		Fields: joinFields(a, b),
		Seen:   seen,
		Gone:   mergeGone(a.Gone, b.Gone, func(d p.Dot) bool { return seenSeq(seen, d.Log) < d.Seq }),
	}
}

// Forked reports whether a and b hold different values under one dot, which two honest histories of one
// log never do.
func Forked(a, b *p.State) bool {
	if a == nil || b == nil {
		return false
	}
	for i := range a.Fields {
		theirs := b.Values(a.Fields[i].Field)
		for j := range a.Fields[i].Values {
			mine := &a.Fields[i].Values[j]
			if v := find(theirs, mine.Dot); v != nil && !sameValue(v, mine) {
				return true
			}
		}
	}
	return false
}

func joinKind(a, b *p.State) p.Kind {
	switch bornA, bornB := born(a), born(b); {
	case bornB:
		return b.Kind
	case bornA:
		return a.Kind
	}
	return max(a.Kind, b.Kind)
}

// addsNothing reports whether Join(a, b) is a, in everything.
func addsNothing(a, b *p.State) bool {
	if joinKind(a, b) != a.Kind {
		return false
	}
	for _, s := range b.Seen {
		if seenSeq(a.Seen, s.Log) < s.Seq {
			return false
		}
	}
	for _, g := range b.Gone {
		mine := goneOf(a.Gone, g.Field)
		for _, x := range g.Gone {
			if seenSeq(a.Seen, x.Dot.Log) < x.Dot.Seq && !slices.Contains(mine, x) {
				return false
			}
		}
	}
	for i := range a.Fields {
		f := &a.Fields[i]
		theirs := b.Values(f.Field)
		for j := range f.Values {
			v := &f.Values[j]
			if t := find(theirs, v.Dot); t != nil {
				if !sameValue(t, v) {
					return false
				}
			} else if dropped(b, f.Field, v) {
				return false
			}
		}
	}
	for i := range b.Fields {
		f := &b.Fields[i]
		mine := a.Values(f.Field)
		for j := range f.Values {
			if v := &f.Values[j]; find(mine, v.Dot) == nil && !dropped(a, f.Field, v) {
				return false
			}
		}
	}
	return true
}

// dropped reports whether s, which does not hold v, knows that it was replaced.
func dropped(s *p.State, f p.Field, v *p.Value) bool {
	return seenSeq(s.Seen, v.Dot.Log) >= v.Dot.Seq || names(goneOf(s.Gone, f), v)
}

func joinFields(a, b *p.State) []p.FieldValues {
	out := make([]p.FieldValues, 0, max(len(a.Fields), len(b.Fields)))
	for i, j := 0, 0; i < len(a.Fields) || j < len(b.Fields); {
		var f p.Field
		var va, vb []p.Value
		switch {
		case j == len(b.Fields) || i < len(a.Fields) && a.Fields[i].Field < b.Fields[j].Field:
			f, va = a.Fields[i].Field, a.Fields[i].Values
			i++
		case i == len(a.Fields) || b.Fields[j].Field < a.Fields[i].Field:
			f, vb = b.Fields[j].Field, b.Fields[j].Values
			j++
		default:
			f, va, vb = a.Fields[i].Field, a.Fields[i].Values, b.Fields[j].Values
			i++
			j++
		}
		if v := joinValues(f, a, b, va, vb); len(v) > 0 {
			out = append(out, p.FieldValues{Field: f, Values: v})
		}
	}
	return out
}

func joinValues(f p.Field, a, b *p.State, va, vb []p.Value) []p.Value {
	out := make([]p.Value, 0, len(va)+len(vb))
	for i, j := 0, 0; i < len(va) || j < len(vb); {
		c := 0
		switch {
		case j == len(vb):
			c = -1
		case i == len(va):
			c = 1
		default:
			c = va[i].Dot.Compare(vb[j].Dot)
		}
		switch {
		case c < 0:
			if !dropped(b, f, &va[i]) {
				out = append(out, va[i])
			}
			i++
		case c > 0:
			if !dropped(a, f, &vb[j]) {
				out = append(out, vb[j])
			}
			j++
		default:
			out = append(out, vb[j])
			i++
			j++
		}
	}
	return out
}

// joinSeen is the pointwise maximum.
func joinSeen(a, b []p.Seen) []p.Seen {
	out := make([]p.Seen, 0, max(len(a), len(b)))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch c := a[i].Log.Compare(b[j].Log); {
		case c < 0:
			out = append(out, a[i])
			i++
		case c > 0:
			out = append(out, b[j])
			j++
		default:
			out = append(out, p.Seen{Log: a[i].Log, Seq: max(a[i].Seq, b[j].Seq)})
			i++
			j++
		}
	}
	out = append(out, a[i:]...)
	return append(out, b[j:]...)
}
