package proof

import (
	"testing"

	p "tramy/syncproto"
)

// TestWhatMayStandBesideWhatIsRemembered: a value that only a lost change replaced may stand beside, where a database was
// damaged; one that a change replaced which is there may not, and none may be missing.
func TestWhatMayStandBesideWhatIsRemembered(t *testing.T) {
	const f p.Field = 18
	id := p.Dot{Log: p.LogID{1}, Seq: 1}.Entity()
	write := func(log byte, text string, replaces ...*p.Change) *p.Change {
		c := &p.Change{Dot: p.Dot{Log: p.LogID{log}, Seq: 1}, Kind: 101, Entity: id, Writes: []p.Write{{Field: f, Data: p.Text(text)}}}
		for _, r := range replaces {
			c.Writes[0].Supersedes = append(c.Writes[0].Supersedes, value(r).Superseded())
		}
		return c
	}
	first := write(1, "first")
	second := write(2, "second", first)
	third := write(3, "third", second)
	for _, x := range []struct {
		name    string
		damaged bool
		held    []*p.Change
		stands  []*p.Change
		wrong   bool
	}{
		{"all are there", true, []*p.Change{first, second, third}, []*p.Change{third}, false},
		{"what is there is replaced by what is there", true, []*p.Change{first, second, third}, []*p.Change{first, third}, true},
		{"the middle one is lost", true, []*p.Change{first}, []*p.Change{first, third}, false},
		{"the middle one is lost, and known to have replaced", true, []*p.Change{first}, []*p.Change{third}, false},
		{"the middle one is lost, and the last is there", true, []*p.Change{first, third}, []*p.Change{third}, false},
		{"the middle one is lost, and the last does not know what it replaced", true, []*p.Change{first, third}, []*p.Change{first, third}, false},
		{"the middle one is lost, and no database was damaged", false, []*p.Change{first, third}, []*p.Change{third}, true},
		{"the middle one is there", true, []*p.Change{first, second}, []*p.Change{first, third}, true},
		{"what is there does not stand", true, []*p.Change{first, third}, []*p.Change{first}, true},
		{"no database was damaged", false, []*p.Change{first}, []*p.Change{first, third}, true},
	} {
		w := &World{Remains: x.damaged, Wrote: map[p.Dot][]*p.Change{}}
		for _, c := range []*p.Change{first, second, third} {
			w.Wrote[c.Dot] = []*p.Change{c}
		}
		s := &p.State{ID: id, Kind: 101, Fields: []p.FieldValues{{Field: f}}}
		for _, c := range x.stands {
			s.Fields[0].Values = append(s.Fields[0].Values, value(c))
		}
		root := &replica{held: map[p.Dot]*p.Change{}, let: map[p.Dot]bool{}, states: map[p.EntityID]*p.State{id: s}}
		for _, c := range x.held {
			root.held[c.Dot], root.let[c.Dot] = c, true
		}
		c := &checker{World: w, root: root}
		if c.rootFolds(); len(c.found) > 0 != x.wrong {
			t.Errorf("%s: %v", x.name, c.found)
		}
	}
}

func value(c *p.Change) p.Value {
	return p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: c.Writes[0].Data}
}
