package proof

import (
	"slices"

	p "tramy/syncproto"
)

// withoutRemains is a state without the values that the root may have out of what was left of a damaged database: written
// just so by somebody, in a change that the root does not hold, and replaced by none that it does.
func (c *checker) withoutRemains(s *p.State, changes []*p.Change) *p.State {
	if !c.Remains {
		return s
	}
	out := &p.State{ID: s.ID, Kind: s.Kind}
	for i := range s.Fields {
		f := p.FieldValues{Field: s.Fields[i].Field}
		for _, v := range s.Fields[i].Values {
			if c.root.held[v.Dot] != nil || !c.wrote(s.ID, f.Field, v) || replacedBy(changes, f.Field, v) {
				f.Values = append(f.Values, v)
			}
		}
		if len(f.Values) > 0 {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// wrote reports whether somebody wrote a value.
func (c *checker) wrote(id p.EntityID, f p.Field, v p.Value) bool {
	return slices.ContainsFunc(c.Wrote[v.Dot], func(ch *p.Change) bool {
		return ch.Entity == id && ch.At == v.At && ch.Actor == v.Actor && slices.ContainsFunc(ch.Writes, func(w p.Write) bool {
			return w.Field == f && w.Data.Equal(v.Data)
		})
	})
}

func replacedBy(changes []*p.Change, f p.Field, v p.Value) bool {
	name := v.Superseded()
	return slices.ContainsFunc(changes, func(ch *p.Change) bool {
		return slices.ContainsFunc(ch.Writes, func(w p.Write) bool { return w.Field == f && slices.Contains(w.Supersedes, name) })
	})
}
