package exchange

import (
	"sync"
	"time"

	p "tramy/syncproto"
)

// turnWait is how long an exchange waits until the one before it of the same device has ended.
const turnWait = 10 * time.Second

// turns lets one exchange of each device work at a time. A device that calls again has given the one before up: its line broke, and
// the hub has not noticed. So the newest ends the one before, which keeps what came whole, and waits for that; who comes while one
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
		before.cut()
		patience := time.NewTimer(turnWait)
		defer patience.Stop()
		select {
		case <-before.over:
		case <-patience.C:
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
