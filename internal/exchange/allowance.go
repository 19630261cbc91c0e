package exchange

import (
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	p "tramy/syncproto"
)

// How often a child may look somebody up. A hub asks for all the stations below it, so it may as often as they
// together.
const (
	lookupsPerHour  = 120 // of one station, all its people together
	lookupsAtOnce   = 10
	lookupTickets   = 256 // open candidates of one station; the oldest are forgotten first
	lookupStations  = 200 // beyond so many stations below a hub its allowance grows no more
	stationsCounted = 10 * time.Minute
)

// lookups is what a hub remembers of who asked for whom.
type lookups struct {
	mu       sync.Mutex
	children map[p.EntityID]*asked
}

type asked struct {
	rate     *rate.Limiter
	stations int       // below the child, or itself
	counted  time.Time // when they were
	tickets  []ticket  // oldest first
}

// ticket is a candidate that was shown to a child.
type ticket struct {
	nonce, ticket [16]byte
	subject       p.EntityID // zero: the hub above knows
}

func (l *lookups) of(child p.EntityID) *asked {
	if l.children == nil {
		l.children = map[p.EntityID]*asked{}
	}
	a := l.children[child]
	if a == nil {
		a = &asked{stations: 1}
		l.children[child] = a
	}
	return a
}

// take counts a question of a child. It returns 0, or how long the child should wait with it. count tells how
// many stations ask through the child; it is called from time to time.
func (l *lookups) take(child p.EntityID, now time.Time, count func() (int, error)) (time.Duration, error) {
	l.mu.Lock()
	a := l.of(child)
	old := a.counted.IsZero() || now.Sub(a.counted) >= stationsCounted || now.Before(a.counted)
	l.mu.Unlock()
	if old {
		n, err := count()
		if err != nil {
			return 0, err
		}
		l.mu.Lock()
		a.stations, a.counted = min(max(n, 1), lookupStations), now
		limit, burst := rate.Limit(float64(a.stations)*lookupsPerHour/time.Hour.Seconds()), a.stations*lookupsAtOnce
		if a.rate == nil {
			a.rate = rate.NewLimiter(limit, burst)
		}
		a.rate.SetLimitAt(now, limit)
		a.rate.SetBurstAt(now, burst)
		l.mu.Unlock()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r := a.rate.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait, nil
}

func (l *lookups) show(child p.EntityID, t ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.of(child)
	if n := len(a.tickets) - a.stations*lookupTickets + 1; n > 0 {
		a.tickets = slices.Delete(a.tickets, 0, n)
	}
	a.tickets = append(a.tickets, t)
}

func (l *lookups) shown(child p.EntityID, nonce, id [16]byte) (ticket, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.of(child).tickets {
		if t.nonce == nonce && t.ticket == id {
			return t, true
		}
	}
	return ticket{}, false
}
