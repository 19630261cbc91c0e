package merge

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	p "tramy/syncproto"
)

// The laws of I1 to I4, each over generated histories.

func lawApply(t *rapid.T) {
	h := genHistory(t)
	k := h.genCut(t, "cut")
	if d := h.oracle(k).differs(h.apply(t, k, "order"), h.entity); d != "" {
		t.Fatal(d)
	}
}

// TestApplyFollowsFromSet: in whatever order logs are interleaved, the state is what the set says.
func TestApplyFollowsFromSet(t *testing.T) { rapid.Check(t, lawApply) }

func lawJoinAgrees(t *rapid.T) {
	h := genHistory(t)
	a, b := h.genCut(t, "a"), h.genCut(t, "b")
	sa, sb := h.apply(t, a, "order a"), h.apply(t, b, "order b")
	beforeA, beforeB := show(sa), show(sb)
	joined := Join(sa, sb)
	if d := h.oracle(union(a, b)).differs(joined, h.entity); d != "" {
		t.Fatal(d)
	}
	if show(sa) != beforeA || show(sb) != beforeB {
		t.Fatal("Join changed an argument")
	}
	if show(joined) == beforeA && joined != sa {
		t.Fatal("Join made a new state though nothing was new")
	}
}

// TestJoinAgreesWithApply: Join(Apply*(A), Apply*(B)) = Apply*(A ∪ B).
func TestJoinAgreesWithApply(t *testing.T) { rapid.Check(t, lawJoinAgrees) }

// TestJoinLaws: commutative, associative, idempotent, in values, Seen and Gone.
func TestJoinLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHistory(t)
		a := h.apply(t, h.genCut(t, "a"), "order a")
		b := h.apply(t, h.genCut(t, "b"), "order b")
		c := h.apply(t, h.genCut(t, "c"), "order c")
		if show(Join(a, b)) != show(Join(b, a)) || !Equal(Join(a, b), Join(b, a)) {
			t.Fatal("not commutative")
		}
		if show(Join(Join(a, b), c)) != show(Join(a, Join(b, c))) {
			t.Fatal("not associative")
		}
		if ab := Join(a, b); Join(a, a) != a || Join(ab, a) != ab || Join(ab, b) != ab {
			t.Fatal("not idempotent")
		}
	})
}

// TestMixedDoors: a node gets changes from below and states from above, in any mixture.
func TestMixedDoors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHistory(t)
		k := make(cut)
		var s *p.State
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			if rapid.Bool().Draw(t, "from above") {
				up := h.genCut(t, "up")
				s = Join(s, h.apply(t, up, "order up"))
				// What came as a state covers no log as a whole, but every change of this entity in it.
				for id := range up {
					k[id] = max(k[id], up[id])
				}
				continue
			}
			id := rapid.SampledFrom(h.ids).Draw(t, "log")
			to := rapid.IntRange(0, len(h.logs[id])).Draw(t, "to")
			for _, c := range h.logs[id][:to] {
				s = h.applyOne(t, s, c)
			}
			k[id] = max(k[id], to)
		}
		if d := h.oracle(k).differs(s, h.entity); d != "" {
			t.Fatal(d)
		}
	})
}

// TestNoLostWrite is I2: a value leaves a state only by a change that names it, dot and hash.
func TestNoLostWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := genHistory(t)
		names := make(map[p.Field]map[p.Superseded]bool)
		for _, log := range h.logs {
			for _, c := range log {
				for _, w := range c.Writes {
					for _, x := range w.Supersedes {
						if names[w.Field] == nil {
							names[w.Field] = make(map[p.Superseded]bool)
						}
						names[w.Field][x] = true
					}
				}
			}
		}
		kept := func(before, after *p.State) {
			if before == nil {
				return
			}
			for _, f := range before.Fields {
				for _, v := range f.Values {
					if find(after.Values(f.Field), v.Dot) == nil && !names[f.Field][v.Superseded()] {
						t.Fatalf("field %d lost %v, which no change names", f.Field, v)
					}
				}
			}
		}
		a, b := h.apply(t, h.genCut(t, "a"), "order a"), h.apply(t, h.genCut(t, "b"), "order b")
		kept(a, Join(a, b))
		kept(b, Join(a, b))
		s := a
		for _, id := range h.ids {
			for _, c := range h.logs[id] {
				if c.Entity == h.entity {
					next := Apply(s, c)
					kept(s, next)
					s = next
				}
			}
		}
	})
}

// TestClockIndependence is I3: with any clocks, the same values stand.
func TestClockIndependence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids, steps := genLogs(t), genSteps(t)
		birth := rapid.IntRange(1, 3).Draw(t, "birth")
		wild := rapid.SliceOfN(rapid.SampledFrom([]int64{0, -1, 1 << 40, math.MaxInt64, math.MinInt64, 5}), 64, 64).Draw(t, "clocks")
		tame := play(ids, birth, steps, func(n int) p.At { return p.At{WallMS: int64(n)} })
		odd := play(ids, birth, steps, func(n int) p.At { return p.At{WallMS: wild[n%len(wild)], OffsetMS: int32(wild[(n+1)%len(wild)])} })
		k := tame.genCut(t, "cut")
		a, b := tame.apply(t, k, "order"), odd.apply(t, k, "order of the other")
		if strip(a) != strip(b) {
			t.Fatalf("clocks made a difference:\n%s\n%s", strip(a), strip(b))
		}
	})
}

// strip prints a state's dots and data without times.
func strip(s *p.State) string {
	if s == nil {
		return "none"
	}
	c := p.State{ID: s.ID, Kind: s.Kind, Seen: s.Seen}
	for _, f := range s.Fields {
		g := p.FieldValues{Field: f.Field}
		for _, v := range f.Values {
			g.Values = append(g.Values, p.Value{Dot: v.Dot, Data: v.Data})
		}
		c.Fields = append(c.Fields, g)
	}
	return show(&c)
}

// FuzzMerge drives the laws from raw bytes.
func FuzzMerge(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		lawApply(t)
		lawJoinAgrees(t)
	}))
}
