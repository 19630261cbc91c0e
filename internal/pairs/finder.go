package pairs

import (
	"math/bits"
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Limits of a sweep.
const (
	// BlockMax is how many people a block may have to be compared each with each.
	BlockMax = 64
	// window is with how many of those who follow one is compared in a block that has more.
	window = 16
	// BatchMembers bounds the people of one batch, and so the profiles in memory, save that one block alone may
	// have more.
	BatchMembers = 20_000
)

// Finder gathers the blocks of subjects. Add all of them, then call Next until it has no more.
type Finder struct {
	ids   []p.EntityID
	stale []uint64 // a bit each
	keys  []uint64 // name of a block, then the number of who is in it; sorted by Next
	names []uint64 // blocks as added, until it is known how many subjects there are
	owner []uint32 // whose they are
	shift uint     // bits of a subject's number
	at    int
	ready bool
}

// Add files a subject under its blocks. Stale says that it is to be compared anew; two that both are not were
// compared before.
func (f *Finder) Add(id p.EntityID, stale bool, blocks []string) {
	n := len(f.ids)
	f.ids = append(f.ids, id)
	if n%64 == 0 {
		f.stale = append(f.stale, 0)
	}
	if stale {
		f.stale[n/64] |= 1 << (n % 64)
	}
	for _, b := range blocks {
		f.names = append(f.names, hash(b))
		f.owner = append(f.owner, uint32(n))
	}
}

// hash is FNV-1a of a block's name, stirred: it must be the same in the next run. Two blocks of one hash cost a
// comparison that finds nothing.
func hash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

func (f *Finder) isStale(n uint32) bool { return f.stale[n/64]>>(n%64)&1 == 1 }

// prepare sorts the blocks.
func (f *Finder) prepare() {
	if f.ready {
		return
	}
	f.ready = true
	f.shift = uint(max(1, bits.Len(uint(len(f.ids)))))
	f.keys = f.names
	for i := range f.keys {
		f.keys[i] = f.keys[i]>>f.shift<<f.shift | uint64(f.owner[i])
	}
	f.names, f.owner = nil, nil
	slices.Sort(f.keys)
}

// Skip leaves out the blocks before the one to which an earlier run had come. That one is looked at again:
// who was added since may have moved the border by one bit.
func (f *Finder) Skip(through uint64) {
	f.prepare()
	for f.at < len(f.keys) && f.keys[f.at]>>f.shift < through>>f.shift {
		f.at++
	}
}

// Batch is some blocks and the people in them.
type Batch struct {
	// Members are the people to read, in order of Add, each once.
	Members []p.EntityID
	// Through is what Skip takes to go on with the last block of this batch.
	Through uint64
	// Compared is how many pairs Compare has looked at.
	Compared int

	stale  []bool
	blocks [][]int32 // indexes into Members
}

// Progress returns how many of the entries of all blocks Next is through with, and how many there are.
func (f *Finder) Progress() (done, total int) {
	f.prepare()
	return f.at, len(f.keys)
}

// Next returns the next blocks that are worth looking at, nil after the last.
func (f *Finder) Next() *Batch {
	f.prepare()
	var blocks [][]uint32
	members := map[uint32]int32{}
	b := &Batch{}
	for f.at < len(f.keys) && len(members) < BatchMembers {
		end := f.at + 1
		for end < len(f.keys) && f.keys[end]>>f.shift == f.keys[f.at]>>f.shift {
			end++
		}
		var block []uint32
		anyStale := false
		for _, k := range f.keys[f.at:end] {
			n := uint32(k & (1<<f.shift - 1))
			if len(block) == 0 || block[len(block)-1] != n { // one subject may have two blocks of one hash
				block = append(block, n)
				anyStale = anyStale || f.isStale(n)
			}
		}
		b.Through = f.keys[f.at]
		f.at = end
		if !anyStale || len(block) < 2 {
			continue
		}
		blocks = append(blocks, block)
		for _, n := range block {
			members[n] = 0
		}
	}
	if len(blocks) == 0 {
		return nil
	}
	var order []uint32
	for n := range members {
		order = append(order, n)
	}
	slices.Sort(order)
	for i, n := range order {
		members[n] = int32(i)
		b.Members = append(b.Members, f.ids[n])
		b.stale = append(b.stale, f.isStale(n))
	}
	for _, block := range blocks {
		at := make([]int32, len(block))
		for i, n := range block {
			at[i] = members[n]
		}
		b.blocks = append(b.blocks, at)
	}
	return b
}

// Pair is two subjects that may be one person; A is the smaller.
type Pair struct {
	A, B    p.EntityID
	Score   float64
	Certain bool // registry.SamePerson
}

// Compare scores the pairs of a batch, each once, and returns those of at least a score and those that are certain,
// in order. profiles are those of Members; nil leaves one out.
func (b *Batch) Compare(profiles []*registry.Profile, least float64) []Pair {
	var out []Pair
	done := map[uint64]struct{}{}
	compare := func(i, j int32) {
		if !b.stale[i] && !b.stale[j] || profiles[i] == nil || profiles[j] == nil {
			return
		}
		if i > j {
			i, j = j, i
		}
		key := uint64(i)<<32 | uint64(j)
		if _, again := done[key]; again {
			return
		}
		done[key] = struct{}{}
		b.Compared++
		pair := Pair{
			A: b.Members[i], B: b.Members[j], Score: registry.Score(profiles[i], profiles[j]),
			Certain: registry.SameProfiles(profiles[i], profiles[j]),
		}
		if pair.Score < least && !pair.Certain {
			return
		}
		if pair.B.Compare(pair.A) < 0 {
			pair.A, pair.B = pair.B, pair.A
		}
		out = append(out, pair)
	}
	for _, block := range b.blocks {
		if len(block) <= BlockMax {
			for i := range block {
				for j := range i {
					compare(block[i], block[j])
				}
			}
			continue
		}
		for _, hamletFirst := range []bool{false, true} {
			near := slices.DeleteFunc(slices.Clone(block), func(i int32) bool { return profiles[i] == nil })
			slices.SortStableFunc(near, func(i, j int32) int { return registry.Nearness(profiles[i], profiles[j], hamletFirst) })
			for i := range near {
				for j := max(0, i-window); j < i; j++ {
					compare(near[i], near[j])
				}
			}
		}
	}
	slices.SortFunc(out, func(x, y Pair) int {
		if d := x.A.Compare(y.A); d != 0 {
			return d
		}
		return x.B.Compare(y.B)
	})
	return out
}
