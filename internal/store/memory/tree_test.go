package memory

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// held is a tree and what it should hold.
type held struct {
	tree   tree[number, int]
	ledger *ledger
	want   map[number]int // committed
	now    map[number]int
}

func (h *held) share() {
	h.ledger = &ledger{}
	h.tree.share(new(owner), h.ledger)
}

func (h *held) check(t *rapid.T) {
	keys := slices.Sorted(maps.Keys(h.now))
	if h.tree.count != len(keys) {
		t.Fatalf("count %d, want %d", h.tree.count, len(keys))
	}
	i := 0
	for k, v := range h.tree.all() {
		if i >= len(keys) || k != keys[i] || v != h.now[k] {
			t.Fatalf("item %d is %d: %d; want keys %v", i, k, v, keys)
		}
		i++
	}
	if i != len(keys) {
		t.Fatalf("%d items, want %d", i, len(keys))
	}
	ask := number(rapid.IntRange(0, 600).Draw(t, "ask"))
	if v, ok := h.tree.get(ask); v != h.now[ask] || ok != h.tree.has(ask) {
		t.Fatalf("%d is %d, want %d", ask, v, h.now[ask])
	}
	at, found := slices.BinarySearch(keys, ask)
	var first []number
	for k := range h.tree.from(ask) {
		first = append(first, k)
		break
	}
	if !slices.Equal(first, keys[at:min(at+1, len(keys))]) {
		t.Fatalf("from %d begins with %v", ask, first)
	}
	if !found {
		at--
	}
	if k, v, ok := h.tree.floor(ask); ok != (at >= 0) || ok && (k != keys[at] || v != h.now[k]) {
		t.Fatalf("floor of %d is %d: %d, %v", ask, k, v, ok)
	}
	for _, c := range h.tree.chunks {
		if len(c.keys) == 0 || len(c.keys) > chunkMax || len(c.values) != len(c.keys) {
			t.Fatalf("a chunk of %d keys and %d values", len(c.keys), len(c.values))
		}
	}
}

// Trees that share chunks hold each what a map would, whatever is set, deleted, cleared, kept and taken back.
func TestTreeIsASortedMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := &held{want: map[number]int{}, now: map[number]int{}}
		one.share()
		all := []*held{one}
		key := rapid.Custom(func(t *rapid.T) number { return number(rapid.IntRange(0, 600).Draw(t, "key")) })
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			h := rapid.SampledFrom(all).Draw(t, "tree")
			from, n := key.Draw(t, "from"), rapid.IntRange(1, 200).Draw(t, "n")
			switch rapid.IntRange(0, 7).Draw(t, "what") {
			case 0, 1, 2: // upwards
				for i := range n {
					k := from + number(i*rapid.IntRange(1, 3).Draw(t, "stride"))
					h.tree.set(k, n+i)
					h.now[k] = n + i
				}
			case 3, 4: // downwards
				for i := range n {
					k := number(max(0, int(from)-i))
					_, had := h.now[k]
					if h.tree.delete(k) != had {
						t.Fatalf("deleting %d", k)
					}
					delete(h.now, k)
				}
			case 5:
				for _, x := range h.ledger.written {
					x.rollback()
				}
				h.ledger.written, h.now = nil, maps.Clone(h.want)
			case 6:
				h.tree.commit()
				h.ledger.written, h.want = nil, maps.Clone(h.now)
				if len(all) < 4 {
					c := &held{tree: h.tree, want: maps.Clone(h.now), now: maps.Clone(h.now)}
					h.share()
					c.share()
					all = append(all, c)
				}
			case 7:
				h.tree.clear()
				h.now = map[number]int{}
			}
			for _, h := range all {
				h.check(t)
			}
		}
	})
}
