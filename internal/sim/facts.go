package sim

import (
	"slices"

	"tramy/internal/node"
	"tramy/internal/sim/proof"
	p "tramy/syncproto"
)

// facts are what was written and what people were told, as the simulator saw it happen.
type facts struct {
	all  map[p.Dot][]*p.Change
	last map[*machine]*node.Record // what a machine wrote last
	said []proof.Said
	void map[p.LogID]p.Seq
}

func newFacts() facts {
	return facts{all: map[p.Dot][]*p.Change{}, last: map[*machine]*node.Record{}, void: map[p.LogID]p.Seq{}}
}

// wrote takes note of an act before anything becomes of it. It returns the dot of a change that was written with another
// content before, zero if there is none.
func (f *facts) wrote(m *machine, r *node.Record) (twice p.Dot) {
	f.last[m] = r
	for _, v := range r.Voids() {
		if at, ok := f.void[v.Log]; !ok || v.Seq < at {
			f.void[v.Log] = v.Seq
		}
	}
	for i := range r.Changes {
		f.add(&r.Changes[i])
		if d := r.Changes[i].Dot; len(f.all[d]) > 1 {
			twice = d
		}
	}
	return twice
}

func (f *facts) add(c *p.Change) {
	enc := p.AppendChange(nil, c)
	if !slices.ContainsFunc(f.all[c.Dot], func(o *p.Change) bool { return string(p.AppendChange(nil, o)) == string(enc) }) {
		f.all[c.Dot] = append(f.all[c.Dot], c)
	}
}

// tell takes note that a person was told that the last act of a machine was saved. It reports whether the act bears its
// token: by it alone an act is known that was issued again under another dot.
func (f *facts) tell(m *machine, token string, creates bool) bool {
	changes := f.last[m].Changes
	f.said = append(f.said, proof.Said{Who: m.name, Token: token, Changes: changes, Creates: creates})
	bears := func(w p.Write) bool {
		text, ok := w.Data.Text()
		return ok && text == token
	}
	return token == "" || slices.ContainsFunc(changes, func(c p.Change) bool { return slices.ContainsFunc(c.Writes, bears) })
}
