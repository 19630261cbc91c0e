package exchange

import (
	"sync"
	"time"

	p "tramy/syncproto"
)

// How long an exchange waits for the one before it of the same device: until that has ended by itself, with all that arrived of it taken
// in, and once it was cut off, until it has noticed.
const (
	turnPatience = 5 * time.Second
	turnWait     = 10 * time.Second
)

// turns lets one exchange of each device work at a time. A device that calls again has given the one before up: its line broke, and
// the hub may not have noticed. So the newest lets the one before come to its end, and cuts it off if that takes long; who comes while one
// waits is sent away. A device that calls again and again is in nobody's way but its own.
type turns struct {
	mu sync.Mutex
	of map[p.EntityID]*turn
}

// turn is an exchange at work.
type turn struct {
	cut     func()
	over    chan struct{}
	awaited bool // another waits for its end
}

func (t *turn) endsWithin(patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-t.over:
		return true
	case <-timer.C:
		return false
	}
}

// await waits for the end of a device's exchange that is at work, so long as patience goes.
func (t *turns) await(device p.EntityID) {
	t.mu.Lock()
	now := t.of[device]
	t.mu.Unlock()
	if now != nil {
		now.endsWithin(turnPatience)
	}
}

// take begins the turn of a device. cut ends its exchange as if the line had broken; it may be called until over was.
func (t *turns) take(device p.EntityID, cut func()) (over func(), ok bool) {
	own := &turn{cut: cut, over: make(chan struct{})}
	t.mu.Lock()
	if t.of == nil {
		t.of = map[p.EntityID]*turn{}
	}
	before := t.of[device]
	switch {
	case before == nil:
		t.of[device] = own
		t.mu.Unlock()
	case before.awaited:
		t.mu.Unlock()
		return nil, false
	default:
		before.awaited = true
		t.mu.Unlock()
		if !before.endsWithin(turnPatience) {
			before.cut()
			before.endsWithin(turnWait)
		}
		t.mu.Lock()
		if t.of[device] != nil { // still at it, or somebody was quicker
			if t.of[device] == before {
				before.awaited = false
			}
			t.mu.Unlock()
			return nil, false
		}
		t.of[device] = own
		t.mu.Unlock()
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.of, device)
		close(own.over)
	}, true
}
