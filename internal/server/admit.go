package server

import (
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Bounds on what a busy node asks of those it sends away.
const (
	retryMin = time.Second
	retryMax = 5 * time.Minute
)

// Gate lets a bounded number of exchanges in at once. Who finds it full is told at once when to come
// back, and each is told a later time than the one before, spaced by how fast the node serves: thousands
// that come at seven o'clock then return one after another instead of all together.
type Gate struct {
	now func() time.Time
	max int

	mu     sync.Mutex
	inside int
	took   time.Duration // mean time of one exchange, over about the last sixteen
	next   time.Time     // the time handed out last
}

// NewGate returns a gate for max exchanges at once; now is its clock, nil for time.Now.
func NewGate(max int, now func() time.Time) *Gate {
	if now == nil {
		now = time.Now
	}
	return &Gate{now: now, max: max, took: 200 * time.Millisecond}
}

// Enter asks to be let in. The caller that is must call leave once, when it is done. Who is not gets the
// time to wait, in whole seconds.
func (g *Gate) Enter() (leave func(), retryAfter time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if g.inside < g.max {
		g.inside++
		return sync.OnceFunc(func() { g.leave(now) }), 0, true
	}
	if earliest := now.Add(retryMin); g.next.Before(earliest) || g.next.After(now.Add(retryMax)) {
		g.next = earliest
	} else {
		g.next = g.next.Add(g.took / time.Duration(max(g.max, 1)))
	}
	return nil, g.next.Sub(now).Round(time.Second), false
}

func (g *Gate) leave(since time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	// A clock that jumps counts for nothing.
	if d := g.now().Sub(since); d >= 0 && d < time.Hour {
		g.took += (d - g.took) / 16
	}
}

// Handler serves next within the gate and answers TypeBusy, with Retry-After, outside it.
func (g *Gate) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, retry, ok := g.Enter()
		if !ok {
			WriteProblem(w, r, NewProblem(TypeBusy).Param("seconds", seconds(retry)))
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// Attempts bounds failures (wrong tokens, failed enrolments) to ten a minute from one address. It works
// in bounded memory and is safe for concurrent use. The zero Attempts is ready.
type Attempts struct {
	Now func() time.Time // nil means time.Now

	mu    sync.Mutex
	addrs recent[string, *rate.Limiter]
}

// What an address may fail.
const (
	attemptsPerMinute = 10
	attemptsMax       = 8192 // addresses in each of two generations
)

// Blocked reports whether an address (AddrOf) has failed too often to be listened to, and for how long.
func (a *Attempts) Blocked(addr string) (time.Duration, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.addrs.peek(addr)
	if !ok {
		return 0, false
	}
	missing := 1 - (*l).TokensAt(a.now())
	if missing <= 0 {
		return 0, false
	}
	return time.Duration(missing * float64(time.Minute/attemptsPerMinute)), true
}

// Failed counts a failure of an address.
func (a *Attempts) Failed(addr string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.addrs.get(addr, attemptsMax)
	if *l == nil {
		*l = rate.NewLimiter(rate.Every(time.Minute/attemptsPerMinute), attemptsPerMinute)
	}
	(*l).AllowN(a.now(), 1)
}

// Handler answers TypeTooMany to an address that is blocked and counts an answer of 401 or 403 as a
// failure.
func (a *Attempts) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr := AddrOf(r)
		if wait, blocked := a.Blocked(addr); blocked {
			WriteProblem(w, r, NewProblem(TypeTooMany).Param("seconds", seconds(wait)))
			return
		}
		seen := &answer{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		if seen.status == http.StatusUnauthorized || seen.status == http.StatusForbidden {
			a.Failed(addr)
		}
	})
}

func (a *Attempts) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// seconds rounds a wait up to whole seconds, as Retry-After has them.
func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
