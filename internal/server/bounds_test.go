package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramy/syncproto"
)

// Bounds that a clock or a count decides, at them and one beyond.

// A route to which nobody gave a time has the usual one.
func TestDefaultTimeoutEndsARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(quiet(Options{}))
		s.HandleFunc("GET", "/long", func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(DefaultTimeout - 1):
			case <-r.Context().Done():
				t.Error("ended before its time")
			}
			time.Sleep(time.Nanosecond)
			<-r.Context().Done()
			WriteProblem(w, r, r.Context().Err())
		})
		start, w := time.Now(), httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/long", nil))
		if took := time.Since(start); w.Code != http.StatusServiceUnavailable || took != DefaultTimeout {
			t.Errorf("%d after %v", w.Code, took)
		}
	})
}

func TestFailuresOfAnAddressAreBounded(t *testing.T) {
	c := newClock()
	a := &Attempts{Now: c.now}
	for range attemptsPerMinute - 1 {
		a.Failed("192.0.2.1")
	}
	if _, blocked := a.Blocked("192.0.2.1"); blocked {
		t.Error("one more would have been heard")
	}
	a.Failed("192.0.2.1")
	if _, blocked := a.Blocked("192.0.2.1"); !blocked {
		t.Error("nobody is heard who has failed so often")
	}
	// Of how many addresses that is remembered: of one that came before so many others, and not of the one before it.
	for i := range attemptsMax - 1 {
		a.Failed(fmt.Sprint("other", i))
	}
	if _, blocked := a.Blocked("192.0.2.1"); !blocked {
		t.Error("forgotten although there is room")
	}
	for i := range 2 * attemptsMax {
		a.Failed(fmt.Sprint("more", i))
		if n := len(a.addrs.young) + len(a.addrs.old); n > 2*attemptsMax {
			t.Fatalf("%d addresses are remembered", n)
		}
	}
	if _, blocked := a.Blocked("192.0.2.1"); blocked {
		t.Error("remembered beyond all others")
	}
}

func TestKeyOfAWriteAtItsLimit(t *testing.T) {
	if !validKey(strings.Repeat("k", keyCharsMax)) || validKey(strings.Repeat("k", keyCharsMax+1)) {
		t.Error("a key may have as many characters as it is said to")
	}
}

func TestAnswersAtTheirLimits(t *testing.T) {
	c := newClock()
	m := &MemoryAnswers{Now: c.now}
	id := func(i int) KeyID { return KeyID{User: syncproto.EntityID{1}, Key: fmt.Sprint(i)} }
	put := func(i, size int) {
		t.Helper()
		before, err := m.Begin(t.Context(), id(i), [32]byte{})
		if err != nil || before != nil {
			t.Fatal(before, err)
		}
		if err := m.Finish(t.Context(), id(i), StoredAnswer{Status: 200, Body: make([]byte, size)}); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(i int) bool {
		t.Helper()
		_, ok := m.keys[id(i)]
		return ok
	}
	for i := range answersMax {
		put(i, 0)
	}
	if before, err := m.Begin(t.Context(), id(0), [32]byte{}); before == nil || err != nil {
		t.Errorf("of as many answers as may be the first is forgotten: %v", err)
	}
	put(answersMax, 0)
	if kept(0) || !kept(1) || len(m.keys) != answersMax {
		t.Errorf("one beyond: %d are kept, the first %v", len(m.keys), kept(0))
	}
	c.advance(answersExpire - 1)
	if before, _ := m.Begin(t.Context(), id(1), [32]byte{}); before == nil {
		t.Error("forgotten within the day")
	}
	c.advance(1)
	put(1, answerBytesMax)
	put(2, 0)
	if !kept(1) {
		t.Error("forgotten although it has the room of all")
	}
	put(3, 1)
	put(4, 0)
	if kept(1) || !kept(4) || m.bytes != 1 {
		t.Errorf("one byte beyond: %d bytes are kept", m.bytes)
	}
}

// A wrong guess is counted so far; the pause does not grow beyond it, and a small number is kept.
func TestGuessesAreCountedSoFar(t *testing.T) {
	var g guesses
	now := newClock().t
	for range guessWrongMax {
		g.count(now, guessesFreeName, pauseMaxName)
	}
	if g.wrong != guessWrongMax {
		t.Errorf("%d are counted", g.wrong)
	}
	g.count(now, guessesFreeName, pauseMaxName)
	if g.wrong != guessWrongMax || g.next.Sub(now) != pauseMaxName {
		t.Errorf("one beyond: %d, pause %v", g.wrong, g.next.Sub(now))
	}
	g.forget(now.Add(guessForget - 1))
	if g.wrong == 0 {
		t.Error("forgotten too early")
	}
	g.forget(now.Add(guessForget))
	if g.wrong != 0 {
		t.Error("not forgotten")
	}
}

func TestFreeGuesses(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now}
	for kind, k := range map[string]struct {
		free  int
		guess func(i int) time.Duration
	}{
		"name":    {guessesFreeName, func(int) time.Duration { return th.Guess("lan", "") }},
		"address": {guessesFreeAddr, func(i int) time.Duration { return th.Guess(fmt.Sprint(i), "192.0.2.1") }},
		"code":    {guessesFreeCode, func(int) time.Duration { return th.GuessCode("ha", "x") }},
	} {
		for i := range k.free {
			if wait := k.guess(i); wait != 0 {
				t.Errorf("%s: guess %d waits %v", kind, i+1, wait)
			}
		}
		if k.guess(k.free) == 0 {
			t.Errorf("%s: one beyond is free", kind)
		}
		th.addrs = recent[string, guesses]{}
	}
}

// How many names are remembered: of one that came before so many others, and of no one beyond twice as many.
func TestNamesThatAreRememberedAreBounded(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now}
	for range guessesFreeName {
		th.Guess("lan", "a")
	}
	guess := func(from, n int) {
		for i := range n {
			th.Guess(fmt.Sprint("name", from+i), fmt.Sprint("addr", from+i))
		}
	}
	guess(0, throttleMax-1)
	if th.Guess("lan", "b") == 0 {
		t.Error("forgotten although there is room")
	}
	guess(throttleMax, 2*throttleMax)
	if n := len(th.names.young) + len(th.names.old); n > 2*throttleMax {
		t.Errorf("%d names are remembered", n)
	}
	if th.Guess("lan", "c") != 0 {
		t.Error("remembered beyond all others")
	}
}

func TestLoginsLastAsLongAsTheyDo(t *testing.T) {
	for name, d := range map[string]time.Duration{"idle": DefaultIdle, "day": DefaultLoginMax} {
		c := newClock()
		l := &Logins{Store: &MemoryLogins{}, Now: c.now}
		if name == "day" {
			l.Idle = 2 * DefaultLoginMax
		}
		token, err := l.Begin(context.Background(), Login{User: user(1)}, "")
		if err != nil {
			t.Fatal(err)
		}
		c.advance(d - 1)
		stored, err := l.Store.LoadLogin(t.Context(), hashOf(token))
		if err != nil || l.over(&stored, c.now()) {
			t.Errorf("%s: over before its time, %v", name, err)
		}
		c.advance(1)
		if _, err := l.Find(t.Context(), token); !errors.Is(err, ErrNoLogin) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
