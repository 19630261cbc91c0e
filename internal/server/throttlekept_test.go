package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"
)

// keptGuesses is a GuessStore that outlives a Throttle.
type keptGuesses struct {
	counts map[string]int
	fails  bool
}

var errNotKept = errors.New("the disk is full")

func (k *keptGuesses) Guesses(context.Context) ([]StoredGuess, error) {
	var out []StoredGuess
	for key, wrong := range k.counts {
		out = append(out, StoredGuess{key, wrong})
	}
	return out, nil
}

func (k *keptGuesses) SaveGuesses(_ context.Context, counts []StoredGuess) error {
	if k.fails {
		return errNotKept
	}
	for _, c := range counts {
		if c.Wrong == 0 {
			delete(k.counts, c.Key)
		} else {
			k.counts[c.Key] = c.Wrong
		}
	}
	return nil
}

func TestThrottleSurvivesARestart(t *testing.T) {
	c, kept := newClock(), &keptGuesses{counts: map[string]int{}}
	start := func() *Throttle { return &Throttle{Now: c.now, Store: kept} }
	th := start()
	for range guessesFreeName + 3 {
		c.advance(th.Guess("lan", "192.0.2.1"))
		th.Guess("lan", "192.0.2.1")
	}
	if strings.Contains(fmt.Sprint(kept.counts), "lan") {
		t.Errorf("a name is kept: %v", kept.counts)
	}
	// Whatever the clock says after the restart, and however often somebody restarts, the pause is there, and it ends.
	for _, jump := range []time.Duration{0, 365 * 24 * time.Hour, -2 * 365 * 24 * time.Hour} {
		c.advance(jump)
		th = start()
		wait := th.Guess("lan", "192.0.2.9")
		if wait <= 0 || wait > pauseMaxName {
			t.Fatalf("after a restart and a jump of %v it waits %v", jump, wait)
		}
		c.advance(wait)
		if wait := th.Guess("lan", "192.0.2.9"); wait != 0 {
			t.Fatalf("after the pause it waits %v more", wait)
		}
	}
	th.Right("lan", "192.0.2.9")
	if wait := start().Guess("lan", "192.0.2.9"); wait != 0 {
		t.Errorf("after the right password and a restart it waits %v", wait)
	}
}

func TestThrottleForgetsOnTheDisk(t *testing.T) {
	c, kept := newClock(), &keptGuesses{counts: map[string]int{}}
	th := &Throttle{Now: c.now, Store: kept}
	th.Guess("lan", "192.0.2.1")
	th.Guess("mai", "192.0.2.1")
	c.advance(guessForget)
	th.Guess("sua", "192.0.2.2")
	if len(kept.counts) != 2 {
		t.Errorf("kept after a quiet quarter of an hour: %v", kept.counts)
	}
	// However many names somebody invents, the disk keeps what memory keeps.
	for i := range 3 * throttleMax {
		c.advance(pauseMaxAddr)
		th.Guess(fmt.Sprint("name", i), fmt.Sprint("addr", i%7))
	}
	if n := len(kept.counts); n > 2*throttleMax+16 {
		t.Errorf("%d counts are kept", n)
	}
}

func TestThrottleWorksOnAFullDisk(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now, Store: &keptGuesses{counts: map[string]int{}, fails: true}, Log: slog.New(slog.DiscardHandler)}
	for range guessesFreeName {
		th.Guess("lan", "192.0.2.1")
	}
	if th.Guess("lan", "192.0.2.1") == 0 {
		t.Error("there is no pause")
	}
}

// Who guesses at codes has the password: it must not free them.
func TestCodesHaveABrakeOfTheirOwn(t *testing.T) {
	c, kept := newClock(), &keptGuesses{counts: map[string]int{}}
	th := &Throttle{Now: c.now, Store: kept}
	var waits []time.Duration
	for range guessesFreeCode + 12 {
		wait := th.GuessCode("ha", "192.0.2.1")
		waits = append(waits, wait)
		c.advance(wait)
		th.GuessCode("ha", "192.0.2.1")
		if th.Guess("ha", "192.0.2.1") == 0 {
			th.Right("ha", "192.0.2.1")
		}
	}
	if last := waits[len(waits)-1]; last != pauseMaxCode || waits[guessesFreeCode-1] == 0 && waits[guessesFreeCode+1] == 0 {
		t.Errorf("pauses %v", waits)
	}
	before := maps.Clone(kept.counts)
	th.RightCode("ha", "192.0.2.1")
	if len(kept.counts) >= len(before) || th.GuessCode("ha", "192.0.2.1") != 0 {
		t.Error("the right code does not free the next")
	}
}
