package server

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"tramy/internal/registry"
)

func TestLoginsAreListedAndEnded(t *testing.T) {
	c := newClock()
	l := &Logins{Store: &MemoryLogins{}, Now: c.now}
	basis := registry.Basis{1}
	begin := func(u byte, b registry.Basis, client string) string {
		t.Helper()
		token, err := l.Begin(t.Context(), Login{User: user(u), Basis: b}, client)
		if err != nil {
			t.Fatal(err)
		}
		c.advance(time.Minute)
		return token
	}
	clients := func() (out []string) {
		t.Helper()
		list, err := l.List(t.Context(), user(1), basis)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			out = append(out, x.Client)
		}
		return out
	}
	in := func(token string) bool { _, err := l.Find(t.Context(), token); return err == nil }
	begin(1, basis, "idle")
	c.advance(DefaultIdle - 3*time.Minute)
	first, second, other := begin(1, basis, "first"), begin(1, basis, "second"), begin(2, basis, "other")
	begin(1, registry.Basis{2}, "before the password changed")
	if got := clients(); len(got) != 2 || got[0] != "second" || got[1] != "first" {
		t.Fatalf("listed: %v", got)
	}
	if err := l.EndOne(t.Context(), user(2), IDOf(first)); err != nil || !in(first) {
		t.Errorf("somebody ended another's log-in: %v", err)
	}
	if err := l.EndOne(t.Context(), user(1), IDOf(first)); err != nil || in(first) || !in(second) {
		t.Errorf("EndOne: %v, %v %v", err, in(first), in(second))
	}
	third := begin(1, basis, "third")
	if err := l.EndOthers(t.Context(), user(1), third); err != nil || in(second) || !in(third) || !in(other) {
		t.Errorf("EndOthers: %v, %v %v %v", err, in(second), in(third), in(other))
	}
	// One that was ended is not brought back by a request that was on its way.
	if err := l.End(t.Context(), third); err != nil {
		t.Fatal(err)
	}
	if err := l.Store.TouchLogin(t.Context(), hashOf(third), c.now()); err != nil || in(third) {
		t.Errorf("the log-in came back: %v", err)
	}
}

func TestLoginGoesOnNoLongerThanThePassword(t *testing.T) {
	c := newClock()
	l := &Logins{Store: &MemoryLogins{}, Now: c.now}
	since := c.now()
	c.advance(DefaultLoginMax - time.Minute)
	token, err := l.BeginAgain(t.Context(), Login{User: user(1)}, "", since)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Find(t.Context(), token); err != nil {
		t.Errorf("within the day: %v", err)
	}
	c.advance(time.Minute)
	if _, err := l.Find(t.Context(), token); !errors.Is(err, ErrNoLogin) {
		t.Errorf("after the day: %v", err)
	}
}

func TestClientOf(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":               "Chrome, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":               "Chrome, Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                        "Firefox, Linux",
		"curl/8.5.0": "", "": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("User-Agent", agent)
		if got := ClientOf(r); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}
