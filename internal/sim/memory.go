package sim

import (
	"context"
	"math/rand/v2"

	"tramy/internal/store"
	"tramy/internal/store/memory"
)

// memoryMedium is a disk in memory.
type memoryMedium struct {
	st   *memory.Store
	bad  bool   // its engine refuses it
	left uint32 // what can still be read of it
}

func newMemory() *memoryMedium { return &memoryMedium{st: memory.New()} }

// Open implements Medium.
func (m *memoryMedium) Open(context.Context) (store.Store, error) {
	if m.bad {
		return nil, store.ErrCorrupt
	}
	m.st = m.st.Clone() // who had it open before writes nowhere any more
	return m.st, nil
}

// Copy implements Medium.
func (m *memoryMedium) Copy(context.Context) (Medium, error) {
	if m.bad {
		return nil, store.ErrCorrupt
	}
	return &memoryMedium{st: m.st.Clone()}, nil
}

// readsMost is how often a program reads from a damaged database, at most, before it comes to the place.
const readsMost = 300

// hurt implements fragile. Who has the database open comes to the place some time, and from then on can read nothing.
func (m *memoryMedium) hurt(t *tape, _ bool) string {
	m.bad, m.left = true, uint32(t.below(1<<16))
	reads := t.below(readsMost)
	m.st.Faults.Read = func() error {
		if reads--; reads < 0 {
			return store.ErrCorrupt
		}
		return nil
	}
	return "it cannot be opened any more"
}

// hurts implements fragile.
func (m *memoryMedium) hurts() bool { return m.bad }

// look implements fragile.
func (m *memoryMedium) look(context.Context) error {
	if m.bad {
		return store.ErrCorrupt
	}
	return nil
}

// fresh implements fragile.
func (m *memoryMedium) fresh() Medium { return newMemory() }

// lostShares are how many rows in a hundred a damaged database has lost.
var lostShares = [8]int{0, 1, 3, 10, 30, 60, 90, 100}

// remains implements fragile.
func (m *memoryMedium) remains() (store.Remains, error) {
	share := 0
	if m.bad {
		share = lostShares[m.left%8]
	}
	random := rand.New(rand.NewPCG(uint64(m.left), 1))
	return m.st.Remains(func() bool { return random.IntN(100) < share }), nil
}
