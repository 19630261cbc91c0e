package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"
)

// How the brake on guessing works. The first guesses are free; each further one doubles the pause up to
// a bound short enough that somebody who is attacked still gets in.
const (
	guessesFreeName = 5
	guessesFreeAddr = 20 // a whole station may share an address
	guessesFreeCode = 5
	pauseFirst      = time.Second
	pauseMaxName    = 15 * time.Second
	pauseMaxAddr    = time.Minute
	pauseMaxCode    = 5 * time.Minute  // who guesses at a code has the password already, and a code has six digits
	guessForget     = 15 * time.Minute // without a guess
	throttleMax     = 4096             // names, and as many addresses, in each of two generations
	guessWrongMax   = 1000             // is not counted further
)

// GuessStore keeps the wrong guesses across a restart. It must be safe for concurrent use.
type GuessStore interface {
	// Guesses returns all that is kept.
	Guesses(ctx context.Context) ([]StoredGuess, error)
	// SaveGuesses keeps counts; one with Wrong 0 is forgotten.
	SaveGuesses(ctx context.Context, counts []StoredGuess) error
}

// StoredGuess is a count of wrong guesses. The key says nothing about whose they are, and no time is kept: after a restart the pause
// begins anew, whatever a clock says that was set meanwhile.
type StoredGuess struct {
	Key   string
	Wrong int
}

// Throttle slows down guessing of passwords, per name and per address. It locks nobody out: however often
// somebody else guessed wrong, the right password is taken after at most a minute's pause. It works in
// bounded memory and is safe for concurrent use. The zero Throttle is ready.
type Throttle struct {
	// Now is a clock that only goes forward, such as time.Now, whose readings know how much time passed whatever the wall clock
	// was set to; nil means time.Now.
	Now func() time.Time
	// Store keeps the counts across a restart; nil: in memory alone. That it fails is logged, and the brake goes on: on a full
	// disk people still log in.
	Store GuessStore
	Log   *slog.Logger // nil: slog.Default

	mu     sync.Mutex
	loaded bool
	swept  time.Time
	names  recent[string, guesses]
	addrs  recent[string, guesses]
}

// guesses counts wrong guesses; the next one is taken from not before then.
type guesses struct {
	wrong int
	last  time.Time
	next  time.Time
}

// brake is one of the counts that a guess is held against.
type brake struct {
	of       *recent[string, guesses]
	key      string
	free     int
	pauseMax time.Duration
}

// Keys hash names: somebody may have typed a password into the field for the name.
func keyOf(kind, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + value))
	return kind + ":" + hex.EncodeToString(sum[:16])
}

func (t *Throttle) name(name string) brake {
	return brake{&t.names, keyOf("name", name), guessesFreeName, pauseMaxName}
}

func (t *Throttle) code(name string) brake {
	return brake{&t.names, keyOf("code", name), guessesFreeCode, pauseMaxCode}
}

func (t *Throttle) addr(addr string) brake {
	return brake{&t.addrs, keyOf("addr", addr), guessesFreeAddr, pauseMaxAddr}
}

// Guess asks whether a password for name, sent from addr (AddrOf), may be tried now. If so it returns 0
// and has counted the guess as a wrong one already, so that a thousand sent at once are not all free, and one
// that is followed by a restart counts; call Right if it was not. Otherwise it returns how long to wait, and the guess does not count.
func (t *Throttle) Guess(name, addr string) time.Duration {
	return t.guess(t.name(name), t.addr(addr))
}

// GuessCode is Guess for the code of a second factor. The right password does not free it: only RightCode does.
func (t *Throttle) GuessCode(name, addr string) time.Duration {
	return t.guess(t.code(name), t.addr(addr))
}

// Right takes back the guess just counted: the password was right. The name starts afresh; the address
// only gets this one guess back, or one known password would buy free guesses at all others.
func (t *Throttle) Right(name, addr string) { t.right(t.name(name), t.addr(addr)) }

// RightCode is Right for the code of a second factor.
func (t *Throttle) RightCode(name, addr string) { t.right(t.code(name), t.addr(addr)) }

func (t *Throttle) guess(brakes ...brake) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.load(now)
	var wait time.Duration
	for _, b := range brakes {
		g := b.of.get(b.key, throttleMax)
		g.forget(now)
		wait = max(wait, g.next.Sub(now))
	}
	if wait > 0 {
		return wait
	}
	counts := make([]StoredGuess, 0, len(brakes))
	for _, b := range brakes {
		g := b.of.get(b.key, throttleMax)
		g.count(now, b.free, b.pauseMax)
		counts = append(counts, StoredGuess{b.key, g.wrong})
	}
	t.save(append(counts, t.sweep(now)...))
	return 0
}

func (t *Throttle) right(own, addr brake) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*own.of.get(own.key, throttleMax) = guesses{}
	a := addr.of.get(addr.key, throttleMax)
	if a.wrong > 0 {
		a.wrong--
		a.next = time.Time{}
	}
	t.save([]StoredGuess{{own.key, 0}, {addr.key, a.wrong}})
}

// load takes over what was counted before a restart, once. How long ago that was no clock can be trusted to say: each pause begins
// anew, and so does the time after which a count is forgotten.
func (t *Throttle) load(now time.Time) {
	if t.loaded || t.Store == nil {
		return
	}
	t.loaded, t.swept = true, now
	kept, err := t.Store.Guesses(context.Background())
	if err != nil {
		t.log().Error("guesses counted before are not known", "cause", err)
		return
	}
	for _, k := range kept {
		b := brake{&t.addrs, k.Key, guessesFreeAddr, pauseMaxAddr}
		switch k.Key[:min(len(k.Key), 5)] {
		case "name:":
			b = brake{&t.names, k.Key, guessesFreeName, pauseMaxName}
		case "code:":
			b = brake{&t.names, k.Key, guessesFreeCode, pauseMaxCode}
		}
		g := b.of.get(b.key, throttleMax)
		g.wrong = max(k.Wrong, 1) - 1
		g.count(now, b.free, b.pauseMax)
	}
}

// save keeps counts. Nothing else is done meanwhile: what is kept is never older than what was answered.
func (t *Throttle) save(counts []StoredGuess) {
	if t.Store == nil {
		return
	}
	if err := t.Store.SaveGuesses(context.Background(), counts); err != nil {
		t.log().Error("a count of guesses was not kept", "cause", err)
	}
}

// sweep finds what is to be forgotten on the disk as well: what memory had no room for, and now and then what is old.
func (t *Throttle) sweep(now time.Time) []StoredGuess {
	if t.Store == nil {
		return nil
	}
	var gone []StoredGuess
	for _, of := range []*recent[string, guesses]{&t.names, &t.addrs} {
		for key := range of.dropped {
			if _, known := of.peek(key); !known {
				gone = append(gone, StoredGuess{key, 0})
			}
		}
		of.dropped = nil
	}
	if now.Sub(t.swept) < guessForget {
		return gone
	}
	t.swept = now
	for _, of := range []*recent[string, guesses]{&t.names, &t.addrs} {
		for _, generation := range []map[string]*guesses{of.young, of.old} {
			for key, g := range generation {
				if g.wrong > 0 && now.Sub(g.last) >= guessForget {
					*g = guesses{}
					gone = append(gone, StoredGuess{key, 0})
				}
			}
		}
	}
	return gone
}

func (t *Throttle) log() *slog.Logger { return cmp.Or(t.Log, slog.Default()) }

func (t *Throttle) now() time.Time {
	if t.Now == nil {
		return time.Now()
	}
	return t.Now()
}

// forget starts afresh after a quiet quarter of an hour. A clock that ran backwards frees nobody and locks nobody out: what was left
// of the pause is left of it from now on.
func (g *guesses) forget(now time.Time) {
	switch d := now.Sub(g.last); {
	case d >= guessForget:
		*g = guesses{}
	case d < 0 && g.wrong > 0:
		g.next, g.last = now.Add(max(0, g.next.Sub(g.last))), now
	}
}

func (g *guesses) count(now time.Time, free int, pauseMax time.Duration) {
	g.wrong = min(g.wrong+1, guessWrongMax)
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
	dropped    map[K]*V // the generation forgotten last, for who keeps it elsewhere too
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
		m.young, m.old, m.dropped = map[K]*V{}, m.young, m.old
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
