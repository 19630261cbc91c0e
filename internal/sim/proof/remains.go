package proof

import (
	p "tramy/syncproto"
)

// remembered is what the root may have out of what was left of a damaged database, of changes that it does not hold: each
// value that stands in a state, written just so by somebody, and whatever led to it or to a change that is held. What such a write
// replaced need not stand any more, though its change is lost; see equalFold.
func (c *checker) remembered(s *p.State, held []*p.Change) (out []*p.Change) {
	if !c.Remains {
		return nil
	}
	type name struct {
		f p.Field
		d p.Dot
	}
	have := map[name]bool{}
	var add func(f p.Field, d p.Dot, is func(p.Value) bool)
	add = func(f p.Field, d p.Dot, is func(p.Value) bool) {
		if have[name{f, d}] || c.root.held[d] != nil {
			return
		}
		for _, ch := range c.Wrote[d] {
			if ch.Entity != s.ID {
				continue
			}
			for _, w := range ch.Writes {
				if w.Field != f || !is(p.Value{Dot: d, At: ch.At, Actor: ch.Actor, Data: w.Data}) {
					continue
				}
				have[name{f, d}] = true
				out = append(out, &p.Change{Dot: d, At: ch.At, Actor: ch.Actor, Kind: ch.Kind, Entity: ch.Entity, Writes: []p.Write{w}})
				for _, before := range w.Supersedes {
					add(f, before.Dot, func(v p.Value) bool { return v.Superseded() == before })
				}
				return
			}
		}
	}
	for i := range s.Fields {
		for _, v := range s.Fields[i].Values {
			add(s.Fields[i].Field, v.Dot, func(w p.Value) bool { return w.At == v.At && w.Actor == v.Actor && w.Data.Equal(v.Data) })
		}
	}
	for _, ch := range held {
		for _, w := range ch.Writes {
			for _, before := range w.Supersedes {
				add(w.Field, before.Dot, func(v p.Value) bool { return v.Superseded() == before })
			}
		}
	}
	return out
}
