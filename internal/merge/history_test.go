package merge

import (
	"slices"

	"pgregory.net/rapid"

	p "tramy/syncproto"
)

// history is everything that was ever written, as logs. It is made by replicas that write on what they
// have seen, with some authors that lie about it.
type history struct {
	entity p.EntityID
	logs   map[p.LogID][]*p.Change // contiguous from 1; changes of other entities are in between
	ids    []p.LogID
}

// cut says how many changes of each log are in a set; such a set is closed under "earlier in its log".
type cut map[p.LogID]int

// step is one thing that happens; a list of them makes the same history with any clocks.
type step struct {
	replica  int
	sync     bool // else write
	log      int  // log to take from
	take     int
	other    bool // write another entity
	kind     p.Kind
	fields   []p.Field
	data     []int
	blind    bool // the author replaces nothing, though it could
	lie      int  // see lies
	lieLog   int
	lieSeq   int
	lieHash4 byte
}

const (
	lieNone   = iota
	lieFuture // names a dot beyond the end of a log, with a made-up hash
	lieHash   // names a live value with another hash
	lieSelf   // names its own value
	lies
)

const logCount = 4

// genLogs draws distinct logs in random order, so that "greater log" is no constant.
func genLogs(t *rapid.T) []p.LogID {
	order := rapid.Permutation([]byte{1, 2, 3, 4}).Draw(t, "logs")
	ids := make([]p.LogID, logCount)
	for i := range ids {
		ids[i] = p.LogID{order[i], byte(i), 11: 0x40}
	}
	return ids
}

func genSteps(t *rapid.T) []step {
	field := rapid.SampledFrom([]p.Field{4, 10, 60000})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		s := step{
			replica: rapid.IntRange(0, logCount-1).Draw(t, "replica"),
			sync:    rapid.IntRange(0, 9).Draw(t, "what") < 5,
			log:     rapid.IntRange(0, logCount-1).Draw(t, "log"),
			take:    rapid.IntRange(1, 4).Draw(t, "take"),
		}
		if s.sync {
			return s
		}
		s.other = rapid.IntRange(0, 6).Draw(t, "other") == 0
		s.kind = rapid.SampledFrom([]p.Kind{101, 102, 999, 60001}).Draw(t, "kind")
		s.fields = rapid.SliceOfNDistinct(field, 1, 3, rapid.ID).Draw(t, "fields")
		slices.Sort(s.fields)
		for range s.fields {
			s.data = append(s.data, rapid.IntRange(0, 3).Draw(t, "data"))
		}
		s.blind = rapid.IntRange(0, 5).Draw(t, "blind") == 0
		if rapid.IntRange(0, 2).Draw(t, "honest") == 0 {
			s.lie = rapid.IntRange(1, lies-1).Draw(t, "lie")
			s.lieLog = rapid.IntRange(0, logCount-1).Draw(t, "lie log")
			s.lieSeq = rapid.IntRange(1, 6).Draw(t, "lie seq")
			s.lieHash4 = rapid.Byte().Draw(t, "lie hash")
		}
		return s
	}), 1, 40).Draw(t, "steps")
}

// genHistory draws a history. clock gives the nth change its time.
func genHistory(t *rapid.T) *history {
	ids, steps := genLogs(t), genSteps(t)
	birth := rapid.IntRange(1, 3).Draw(t, "birth")
	return play(ids, birth, steps, func(n int) p.At { return p.At{WallMS: int64(n), OffsetMS: 7} })
}

// play makes the history. The entity is born by the first log's change with Seq birth, if that change is
// one of the entity; else somebody writes an entity that never was created.
func play(ids []p.LogID, birth int, steps []step, clock func(n int) p.At) *history {
	h := &history{
		entity: p.Dot{Log: ids[0], Seq: p.Seq(birth)}.Entity(),
		logs:   make(map[p.LogID][]*p.Change),
		ids:    ids,
	}
	held := make([]map[p.LogID]int, logCount) // what each replica has
	states := make([]*p.State, logCount)
	for i := range held {
		held[i] = make(map[p.LogID]int)
	}
	take := func(r int, log p.LogID, n int) {
		for ; n > 0 && held[r][log] < len(h.logs[log]); n-- {
			c := h.logs[log][held[r][log]]
			held[r][log]++
			if c.Entity == h.entity {
				states[r] = Apply(states[r], c)
			}
		}
	}
	written := 0
	for _, s := range steps {
		if s.sync {
			take(s.replica, ids[s.log], s.take)
			continue
		}
		written++
		log := ids[s.replica]
		c := &p.Change{
			Dot:    p.Dot{Log: log, Seq: p.Seq(len(h.logs[log]) + 1)},
			At:     clock(written),
			Actor:  p.Dot{Log: log, Seq: 99}.Entity(),
			Kind:   s.kind,
			Entity: h.entity,
		}
		if s.other {
			c.Entity = p.Dot{Log: log, Seq: 1000}.Entity()
		}
		for i, f := range s.fields {
			w := p.Write{Field: f, Data: p.Int(int64(s.data[i]))}
			if st := states[s.replica]; st != nil && !s.blind && !s.other && !c.Creates() {
				for _, v := range st.Values(f) {
					w.Supersedes = append(w.Supersedes, v.Superseded())
				}
			}
			lie(c, &w, s, ids)
			c.Writes = append(c.Writes, w)
		}
		h.logs[log] = append(h.logs[log], c)
		take(s.replica, log, 1)
	}
	return h
}

func lie(c *p.Change, w *p.Write, s step, ids []p.LogID) {
	switch s.lie {
	case lieNone:
		return
	case lieFuture:
		w.Supersedes = append(w.Supersedes, p.Superseded{
			Dot:  p.Dot{Log: ids[s.lieLog], Seq: c.Dot.Seq + p.Seq(s.lieSeq)},
			Hash: [4]byte{s.lieHash4, 1, 2, 3},
		})
	case lieHash:
		if len(w.Supersedes) > 0 {
			w.Supersedes[0].Hash[0] ^= 1 + s.lieHash4>>1
		}
	case lieSelf:
		w.Supersedes = append(w.Supersedes, valueOf(c, w).Superseded())
	}
	slices.SortFunc(w.Supersedes, p.Superseded.Compare)
	w.Supersedes = slices.Compact(w.Supersedes)
}

func (h *history) genCut(t *rapid.T, label string) cut {
	k := make(cut)
	for _, id := range h.ids {
		k[id] = rapid.IntRange(0, len(h.logs[id])).Draw(t, label)
	}
	return k
}

func union(a, b cut) cut {
	k := make(cut)
	for id := range a {
		k[id] = max(a[id], b[id])
	}
	return k
}

// apply merges the changes of a cut, logs interleaved as drawn, each log in order, with repeats.
func (h *history) apply(t *rapid.T, k cut, label string) *p.State {
	var s *p.State
	done := make(cut)
	for {
		var open []p.LogID
		for _, id := range h.ids {
			if done[id] < k[id] {
				open = append(open, id)
			}
		}
		if len(open) == 0 {
			return s
		}
		id := rapid.SampledFrom(open).Draw(t, label)
		if done[id] > 0 && rapid.IntRange(0, 7).Draw(t, "again") == 0 {
			s = h.applyOne(t, s, h.logs[id][rapid.IntRange(0, done[id]-1).Draw(t, "which")])
		}
		s = h.applyOne(t, s, h.logs[id][done[id]])
		done[id]++
	}
}

// applyOne applies a change if it is one of the entity, and makes sure that the old state is left alone.
func (h *history) applyOne(t *rapid.T, s *p.State, c *p.Change) *p.State {
	if c.Entity != h.entity {
		return s
	}
	before := show(s)
	next := Apply(s, c)
	if show(s) != before {
		t.Fatalf("Apply changed its argument from\n %s\nto\n %s", before, show(s))
	}
	return next
}
