package proof

import (
	"cmp"
	"slices"

	p "tramy/syncproto"
)

// nothingLost checks that what a person was told was saved, and lay on some disk when all faults ended, is at the root
// (I7): under its own dot, or under another, where another content counts there, its machine had been set back and issued it
// again, or a change before it in its log survived nowhere: a log has no gaps (I5), so what lay behind can only be written anew.
func (c *checker) nothingLost() {
	texts, holes := c.texts(), c.holes()
	for i := range c.Said {
		s := &c.Said[i]
		for k := range s.Changes {
			ch := &s.Changes[k]
			if !c.Survived[Print(ch)] {
				continue
			}
			other := c.root.held[ch.Dot]
			if other != nil && same(other, ch) {
				continue
			}
			void, hole := c.Void[ch.Dot.Log], holes[ch.Dot.Log]
			if other != nil || void > 0 && ch.Dot.Seq >= void || hole > 0 && ch.Dot.Seq > hole {
				if s.Token == "" || texts[s.Token] {
					continue
				}
			}
			c.wrong("%s was told that %q (%s) was saved: it survived on a disk and is not at the root", s.Who, s.Token, ch.Dot)
			break
		}
	}
}

// holes are the first changes of logs, of those that people were told of, of which no content lies on any disk.
func (c *checker) holes() map[p.LogID]p.Seq {
	left := map[p.Dot]bool{}
	each := func(fn func(*p.Change)) {
		for i := range c.Said {
			for k := range c.Said[i].Changes {
				fn(&c.Said[i].Changes[k])
			}
		}
	}
	each(func(ch *p.Change) { left[ch.Dot] = left[ch.Dot] || c.Survived[Print(ch)] })
	holes := map[p.LogID]p.Seq{}
	each(func(ch *p.Change) {
		if at := holes[ch.Dot.Log]; !left[ch.Dot] && (at == 0 || ch.Dot.Seq < at) {
			holes[ch.Dot.Log] = ch.Dot.Seq
		}
	})
	return holes
}

// texts are all that stand in changes at the root.
func (c *checker) texts() map[string]bool {
	out := map[string]bool{}
	for _, ch := range c.root.held {
		for i := range ch.Writes {
			if t, ok := ch.Writes[i].Data.Text(); ok {
				out[t] = true
			}
		}
	}
	return out
}

// nothingDoubled checks that what was saved once stands once.
func (c *checker) nothingDoubled() {
	stands := map[string][]p.EntityID{}
	for id, s := range c.root.states {
		for i := range s.Fields {
			for _, v := range s.Fields[i].Values {
				if t, ok := v.Data.Text(); ok && !slices.Contains(stands[t], id) {
					stands[t] = append(stands[t], id)
				}
			}
		}
	}
	for i := range c.Said {
		s := &c.Said[i]
		if s.Creates && len(stands[s.Token]) > 1 {
			c.wrong("what %s saved once (%q) stands in %d records", s.Who, s.Token, len(stands[s.Token]))
		}
	}
}

// union is a set of sets.
type union map[p.EntityID]p.EntityID

func (u union) find(id p.EntityID) p.EntityID {
	for {
		up, ok := u[id]
		if !ok || up == id {
			return id
		}
		id = up
	}
}

func (u union) join(a, b p.EntityID) {
	if a, b = u.find(a), u.find(b); a != b {
		u[a] = b
	}
}

// Numbers of the field table that are for ever, and those of places.
const (
	kindPlace       p.Kind  = 301
	placeLevel      p.Field = 13
	placeSuccessors p.Field = 17
	placeFormer     p.Field = 20
	levelCommune            = 4
	levelFacility           = 5
)

// areas works out, from everything that anybody wrote, which places each case ever had to do with.
func (c *checker) areas() {
	c.area, c.kases, c.at = union{}, union{}, map[p.EntityID]map[p.EntityID]bool{}
	level := map[p.EntityID]int64{}
	changes := c.all()
	for _, ch := range changes {
		for i := range ch.Writes {
			if w := &ch.Writes[i]; ch.Kind == kindPlace && w.Field == placeLevel {
				level[ch.Entity], _ = w.Data.Int()
			}
		}
	}
	for _, ch := range changes {
		for i := range ch.Writes {
			w := &ch.Writes[i]
			switch {
			case ch.Kind == kindPlace && w.Field == placeSuccessors:
				list, _ := w.Data.List()
				for _, d := range list {
					if id, ok := d.Ref(); ok {
						c.area.join(ch.Entity, id)
					}
				}
			case ch.Kind == kindPlace && w.Field == p.FieldPlace && level[ch.Entity] == levelFacility:
				if id, ok := w.Data.Ref(); ok {
					c.area.join(ch.Entity, id)
				}
			case ch.Kind.Audience() == p.AudienceCase && (w.Field == p.FieldSubject || w.Field == p.FieldSubject2):
				if id, ok := w.Data.Ref(); ok {
					c.kases.join(ch.Entity, id)
				}
			}
		}
	}
	for _, ch := range changes {
		if ch.Kind.Audience() != p.AudienceCase {
			continue
		}
		for i := range ch.Writes {
			if id, ok := ch.Writes[i].Data.Ref(); ok && ch.Writes[i].Field == p.FieldPlace {
				k := c.kases.find(ch.Entity)
				if c.at[k] == nil {
					c.at[k] = map[p.EntityID]bool{}
				}
				c.at[k][c.area.find(id)] = true
			}
		}
	}
}

// all is everything that anybody wrote, in order.
func (c *checker) all() []*p.Change {
	var out []*p.Change
	for _, list := range c.Wrote {
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b *p.Change) int {
		return cmp.Or(a.Dot.Compare(b.Dot), cmp.Compare(len(a.Writes), len(b.Writes)))
	})
	return out
}
