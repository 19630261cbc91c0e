package server

import (
	"sync"
	"time"
)

// How the brake on guessing works. The first guesses are free; each further one doubles the pause up to
// a bound short enough that somebody who is attacked still gets in.
const (
	guessesFreeName = 5
	guessesFreeAddr = 20 // a whole station may share an address
	pauseFirst      = time.Second
	pauseMaxName    = 15 * time.Second
	pauseMaxAddr    = time.Minute
	guessForget     = 15 * time.Minute // without a guess
	throttleMax     = 4096             // names, and as many addresses, in each of two generations
)

// Throttle slows down guessing of passwords, per name and per address. It locks nobody out: however often
// somebody else guessed wrong, the right password is taken after at most a minute's pause. It works in
// bounded memory and is safe for concurrent use. The zero Throttle is ready.
type Throttle struct {
	Now func() time.Time // nil means time.Now

	mu    sync.Mutex
	names recent[string, guesses]
	addrs recent[string, guesses]
}

// guesses counts wrong guesses; the next one is taken from not before then.
type guesses struct {
	wrong int
	last  time.Time
	next  time.Time
}

// Guess asks whether a password for name, sent from addr (AddrOf), may be tried now. If so it returns 0
// and has counted the guess as a wrong one already, so that a thousand sent at once are not all free; call
// Right if it was not. Otherwise it returns how long to wait, and the guess does not count.
func (t *Throttle) Guess(name, addr string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	n, a := t.names.get(name, throttleMax), t.addrs.get(addr, throttleMax)
	n.forget(now)
	a.forget(now)
	if wait := max(n.next.Sub(now), a.next.Sub(now)); wait > 0 {
		return wait
	}
	n.count(now, guessesFreeName, pauseMaxName)
	a.count(now, guessesFreeAddr, pauseMaxAddr)
	return 0
}

// Right takes back the guess just counted: the password was right. The name starts afresh; the address
// only gets this one guess back, or one known password would buy free guesses at all others.
func (t *Throttle) Right(name, addr string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.names.get(name, throttleMax) = guesses{}
	a := t.addrs.get(addr, throttleMax)
	if a.wrong > 0 {
		a.wrong--
		a.next = time.Time{}
	}
}

func (t *Throttle) now() time.Time {
	if t.Now == nil {
		return time.Now()
	}
	return t.Now()
}

// forget starts afresh after a quiet quarter of an hour, and when the clock ran backwards: else a pause
// could last until the clock is where it was.
func (g *guesses) forget(now time.Time) {
	if d := now.Sub(g.last); d < 0 || d >= guessForget {
		*g = guesses{}
	}
}

func (g *guesses) count(now time.Time, free int, pauseMax time.Duration) {
	g.wrong++
	g.last = now
	if over := g.wrong - free; over >= 0 {
		g.next = now.Add(min(pauseFirst<<min(over, 10), pauseMax))
	}
}

// recent is a map that forgets what was not asked for lately: once a generation is full it becomes the
// old one, and what is asked for moves on to the new. It holds at most two generations, costs the same at
// any size, and does the same every time.
type recent[K comparable, V any] struct {
	young, old map[K]*V
}

// get returns the value of k to be read and written, the zero value if it is not known.
func (m *recent[K, V]) get(k K, generation int) *V {
	if v, ok := m.young[k]; ok {
		return v
	}
	v, ok := m.old[k]
	if !ok {
		v = new(V)
	}
	if m.young == nil || len(m.young) >= generation {
		m.young, m.old = map[K]*V{}, m.young
	}
	m.young[k] = v
	return v
}

// peek returns the value of k without remembering k.
func (m *recent[K, V]) peek(k K) (*V, bool) {
	if v, ok := m.young[k]; ok {
		return v, true
	}
	v, ok := m.old[k]
	return v, ok
}
