package node

import (
	"maps"
	"slices"
	"sync"

	p "tramy/syncproto"
)

// arriving are the requests of children that are being read. Where a line dies without a word the one before still waits for
// bytes when the child comes again, and what it has got whole by then must not be sent twice.
type arriving struct {
	mu sync.Mutex
	of map[p.EntityID]map[*serving]bool
}

func (a *arriving) begins(s *serving) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = map[p.EntityID]map[*serving]bool{}
	}
	if a.of[s.child] == nil {
		a.of[s.child] = map[*serving]bool{}
	}
	a.of[s.child][s] = true
}

func (a *arriving) ends(s *serving) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if delete(a.of[s.child], s); len(a.of[s.child]) == 0 {
		delete(a.of, s.child)
	}
}

func (a *arriving) from(child p.EntityID) []*serving {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.of[child]))
}

// keepArrived commits what came whole of a request that is still being read.
func (s *serving) keepArrived() error {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.hello == nil || len(s.pending) == 0 {
		return nil
	}
	return s.commit(nil)
}
