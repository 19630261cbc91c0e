package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tramy/internal/merge"
	"tramy/internal/sim/proof"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestClocksDecideNothing (I3): what a country wrote whose clocks jumped is written again with its times dealt out anew, and
// merged in other orders. Each record holds the same values, under the same dots, as at the centre.
func TestClocksDecideNothing(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		w := newWorld(t.Context(), Options{Seed: seed, Only: []string{"clock", "cut", "late"}})
		if res := w.run(); len(res.Failures) > 0 {
			t.Fatal(res.Failures)
		}
		var changes []*p.Change
		states := map[p.EntityID]*p.State{}
		err := w.root.view(func(tx store.Tx) error {
			if err := proof.EachChange(tx, func(c *p.Change) { changes = append(changes, c) }); err != nil {
				return err
			}
			return tx.EachState(func(s *p.State) error {
				states[s.ID] = s
				return nil
			})
		})
		if err != nil || len(changes) < 50 {
			t.Fatalf("%d changes: %v", len(changes), err)
		}
		rng := rand.New(rand.NewPCG(seed, 3))
		for range 3 {
			sameValues(t, mergeAll(dealt(changes, rng), rng), states)
		}
	}
}

// dealt returns changes with the times of others. Whoever replaces a value names it as it is now: the name has the time in it.
func dealt(changes []*p.Change, rng *rand.Rand) map[p.LogID][]*p.Change {
	type name struct {
		field p.Field
		is    p.Superseded
	}
	renamed := map[name]p.Superseded{}
	order := rng.Perm(len(changes))
	out := map[p.LogID][]*p.Change{}
	for i, c := range changes {
		next := *c
		next.At = changes[order[i]].At
		for _, x := range c.Writes {
			was := p.Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: x.Data}
			is := p.Value{Dot: c.Dot, At: next.At, Actor: c.Actor, Data: x.Data}
			renamed[name{x.Field, was.Superseded()}] = is.Superseded()
		}
		out[c.Dot.Log] = append(out[c.Dot.Log], &next)
	}
	for _, log := range out {
		for _, c := range log {
			c.Writes = slices.Clone(c.Writes)
			for k := range c.Writes {
				w := &c.Writes[k]
				w.Supersedes = slices.Clone(w.Supersedes)
				for j, s := range w.Supersedes {
					if to, ok := renamed[name{w.Field, s}]; ok {
						w.Supersedes[j] = to
					}
				}
				slices.SortFunc(w.Supersedes, p.Superseded.Compare)
			}
		}
	}
	return out
}

// mergeAll merges logs, each in its order, woven together at random.
func mergeAll(logs map[p.LogID][]*p.Change, rng *rand.Rand) map[p.EntityID]*p.State {
	var ids []p.LogID
	for id, log := range logs {
		for range log {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, p.LogID.Compare)
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	out := map[p.EntityID]*p.State{}
	for _, id := range ids {
		c := logs[id][0]
		logs[id] = logs[id][1:]
		out[c.Entity] = merge.Apply(out[c.Entity], c)
	}
	return out
}

// sameValues compares all but times.
func sameValues(t *testing.T, got, want map[p.EntityID]*p.State) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d records, want %d", len(got), len(want))
	}
	for id, s := range want {
		g := got[id]
		if g == nil || g.Kind != s.Kind || len(g.Fields) != len(s.Fields) {
			t.Errorf("%s is another record", id)
			continue
		}
		for i := range s.Fields {
			if !slices.EqualFunc(g.Fields[i].Values, s.Fields[i].Values, func(a, b p.Value) bool {
				return g.Fields[i].Field == s.Fields[i].Field && a.Dot == b.Dot && a.Actor == b.Actor && a.Data.Equal(b.Data)
			}) {
				t.Errorf("field %d of %s: %v, want %v", s.Fields[i].Field, id, g.Fields[i].Values, s.Fields[i].Values)
			}
		}
	}
}
