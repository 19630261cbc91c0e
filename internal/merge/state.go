package merge

import (
	"slices"

	p "tramy/syncproto"
)

// Equal reports whether a and b hold the same entity, kind and values. What they have seen and noted as
// gone may differ: equal replicas may have learnt of a replacement in different order.
func Equal(a, b *p.State) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Kind == b.Kind &&
		slices.EqualFunc(a.Fields, b.Fields, func(f, g p.FieldValues) bool {
			return f.Field == g.Field &&
				slices.EqualFunc(f.Values, g.Values, func(v, w p.Value) bool { return sameValue(&v, &w) })
		})
}

// Conflict reports whether a field holds concurrent writes of different data. Equal data written twice
// is none.
func Conflict(f p.FieldValues) bool {
	for i := 1; i < len(f.Values); i++ {
		if !f.Values[i].Data.Equal(f.Values[0].Data) {
			return true
		}
	}
	return false
}

// born reports whether s has seen the entity's creation.
func born(s *p.State) bool {
	b := s.ID.Birth()
	return seenSeq(s.Seen, b.Log) >= b.Seq
}

func sameValue(v, w *p.Value) bool {
	return v.Dot == w.Dot && v.At == w.At && v.Actor == w.Actor && v.Data.Equal(w.Data)
}

func find(values []p.Value, d p.Dot) *p.Value {
	for i := range values {
		if values[i].Dot == d {
			return &values[i]
		}
	}
	return nil
}

// names reports whether list names v by dot and hash. The hash is computed only where the dot matches.
func names(list []p.Superseded, v *p.Value) bool {
	for i := range list {
		if list[i].Dot == v.Dot && list[i].Hash == v.Hash4() {
			return true
		}
	}
	return false
}

func goneOf(gone []p.GoneValues, f p.Field) []p.Superseded {
	for i := range gone {
		if gone[i].Field == f {
			return gone[i].Gone
		}
	}
	return nil
}

// mergeGone unites two Gone lists and keeps the entries whose dot lies beyond what is seen.
func mergeGone(a, b []p.GoneValues, beyond func(p.Dot) bool) []p.GoneValues {
	var out []p.GoneValues
	for i, j := 0, 0; i < len(a) || j < len(b); {
		var f p.Field
		var x, y []p.Superseded
		switch {
		case j == len(b) || i < len(a) && a[i].Field < b[j].Field:
			f, x = a[i].Field, a[i].Gone
			i++
		case i == len(a) || b[j].Field < a[i].Field:
			f, y = b[j].Field, b[j].Gone
			j++
		default:
			f, x, y = a[i].Field, a[i].Gone, b[j].Gone
			i++
			j++
		}
		keep := make([]p.Superseded, 0, len(x)+len(y))
		for _, list := range [2][]p.Superseded{x, y} {
			for _, s := range list {
				if beyond(s.Dot) {
					keep = append(keep, s)
				}
			}
		}
		if len(keep) == 0 {
			continue
		}
		slices.SortFunc(keep, p.Superseded.Compare)
		out = append(out, p.GoneValues{Field: f, Gone: slices.Compact(keep)})
	}
	return out
}

// seenSeq returns up to which Seq of log is seen; seen is ordered by log.
func seenSeq(seen []p.Seen, log p.LogID) p.Seq {
	lo, hi := 0, len(seen)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch c := seen[mid].Log.Compare(log); {
		case c == 0:
			return seen[mid].Seq
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0
}

// withSeen returns seen with log at least at Seq.
func withSeen(seen []p.Seen, d p.Dot) []p.Seen {
	at, found := slices.BinarySearchFunc(seen, d.Log, func(s p.Seen, l p.LogID) int { return s.Log.Compare(l) })
	if found {
		out := slices.Clone(seen)
		out[at].Seq = d.Seq
		return out
	}
	out := make([]p.Seen, 0, len(seen)+1)
	out = append(out, seen[:at]...)
	out = append(out, p.Seen(d))
	return append(out, seen[at:]...)
}
