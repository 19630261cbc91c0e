package merge

import (
	"fmt"
	"maps"
	"slices"

	p "tramy/syncproto"
)

// oracle says what a state must be, from the set of changes alone and without merging anything: it knows
// sets, not order. It shares no code with the package under test.
type oracle struct {
	none bool
	kind p.Kind
	live map[p.Field]map[p.Dot]p.Value
	seen map[p.LogID]p.Seq
	gone map[p.Field]map[p.Superseded]bool
}

func (h *history) oracle(k cut) oracle {
	o := oracle{none: true, live: map[p.Field]map[p.Dot]p.Value{}, seen: map[p.LogID]p.Seq{}, gone: map[p.Field]map[p.Superseded]bool{}}
	birth := h.entity.Birth()
	named := map[p.Field]map[p.Superseded]bool{}
	bornAt := p.Seq(0)
	for id, n := range k {
		for _, c := range h.logs[id][:n] {
			if c.Entity != h.entity {
				continue
			}
			o.none = false
			o.seen[id] = max(o.seen[id], c.Dot.Seq)
			if id == birth.Log && c.Dot.Seq >= birth.Seq && (bornAt == 0 || c.Dot.Seq < bornAt) {
				bornAt, o.kind = c.Dot.Seq, c.Kind
			}
			for _, w := range c.Writes {
				if o.live[w.Field] == nil {
					o.live[w.Field], named[w.Field] = map[p.Dot]p.Value{}, map[p.Superseded]bool{}
				}
				o.live[w.Field][c.Dot] = p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}
				for _, x := range w.Supersedes {
					named[w.Field][x] = true
				}
			}
		}
	}
	if bornAt == 0 {
		for id, n := range k {
			for _, c := range h.logs[id][:n] {
				if c.Entity == h.entity {
					o.kind = max(o.kind, c.Kind)
				}
			}
		}
	}
	for f, values := range o.live {
		for d, v := range values {
			if named[f][p.Superseded{Dot: d, Hash: v.Hash4()}] {
				delete(values, d)
			}
		}
		if len(values) == 0 {
			delete(o.live, f)
		}
		for x := range named[f] {
			if x.Dot.Seq > o.seen[x.Dot.Log] {
				if o.gone[f] == nil {
					o.gone[f] = map[p.Superseded]bool{}
				}
				o.gone[f][x] = true
			}
		}
	}
	return o
}

// differs compares a state with what the oracle says, in everything, order inside the slices included.
func (o oracle) differs(s *p.State, id p.EntityID) string {
	if o.none || s == nil {
		if o.none != (s == nil) {
			return fmt.Sprintf("state present: %v, want %v", s != nil, !o.none)
		}
		return ""
	}
	want := &p.State{ID: id, Kind: o.kind}
	for _, f := range slices.Sorted(maps.Keys(o.live)) {
		dots := slices.SortedFunc(maps.Keys(o.live[f]), p.Dot.Compare)
		fv := p.FieldValues{Field: f}
		for _, d := range dots {
			fv.Values = append(fv.Values, o.live[f][d])
		}
		want.Fields = append(want.Fields, fv)
	}
	for _, log := range slices.SortedFunc(maps.Keys(o.seen), p.LogID.Compare) {
		want.Seen = append(want.Seen, p.Seen{Log: log, Seq: o.seen[log]})
	}
	for _, f := range slices.Sorted(maps.Keys(o.gone)) {
		want.Gone = append(want.Gone, p.GoneValues{Field: f, Gone: slices.SortedFunc(maps.Keys(o.gone[f]), p.Superseded.Compare)})
	}
	if got, want := show(s), show(want); got != want {
		return "state\n " + got + "\nwant\n " + want
	}
	return ""
}

// show prints everything in a state; equal prints mean equal states.
func show(s *p.State) string { return fmt.Sprintf("%+v", s) }
