package server

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"tramy/internal/rights"
	"tramy/syncproto"
)

// clock is a clock that a test moves.
type clock struct{ t time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func user(n byte) (e syncproto.EntityID) { e[15] = n; return e }

func TestLoginExpiry(t *testing.T) {
	c := newClock()
	l := &Logins{Store: &MemoryLogins{}, Idle: 20 * time.Minute, Max: time.Hour, Now: c.now}
	token, err := l.Begin(t.Context(), Login{User: user(1), Name: "Lan", Role: rights.Nurse, Lang: "vi"}, "")
	if err != nil {
		t.Fatal(err)
	}
	find := func() error { _, err := l.Find(t.Context(), token); return err }
	if who, err := l.Find(t.Context(), token); err != nil || who.User != user(1) || who.Role != rights.Nurse {
		t.Fatalf("Find = %+v, %v", who, err)
	}
	for range 2 { // used every 19 minutes it stays
		c.advance(19 * time.Minute)
		if err := find(); err != nil {
			t.Fatalf("in use: %v", err)
		}
	}
	c.advance(19 * time.Minute)
	if err := find(); err != nil { // 57 minutes
		t.Fatalf("in use: %v", err)
	}
	c.advance(3 * time.Minute)
	if err := find(); !errors.Is(err, ErrNoLogin) {
		t.Errorf("after the longest time: %v", err)
	}

	token, _ = l.Begin(t.Context(), Login{User: user(1)}, "")
	c.advance(20*time.Minute - time.Second)
	if err := find(); err != nil {
		t.Errorf("just before it is idle: %v", err)
	}
	c.advance(20 * time.Minute)
	if err := find(); !errors.Is(err, ErrNoLogin) {
		t.Errorf("idle: %v", err)
	}
	c.advance(-20 * time.Minute)
	if err := find(); !errors.Is(err, ErrNoLogin) {
		t.Errorf("an expired log-in came back with the clock: %v", err)
	}

	token, _ = l.Begin(t.Context(), Login{User: user(1)}, "")
	c.advance(-365 * 24 * time.Hour)
	if err := find(); !errors.Is(err, ErrNoLogin) {
		t.Errorf("the clock jumped back a year and the log-in lasts for one more: %v", err)
	}
}

func TestLoginEnds(t *testing.T) {
	l := &Logins{Store: &MemoryLogins{}}
	begin := func(u byte) string {
		token, err := l.Begin(t.Context(), Login{User: user(u)}, "")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	a, a2, b := begin(1), begin(1), begin(2)
	if a == a2 || len(a) < 43 {
		t.Fatalf("tokens %q and %q", a, a2)
	}
	in := func(token string) bool { _, err := l.Find(t.Context(), token); return err == nil }
	if err := l.End(t.Context(), a); err != nil || in(a) || !in(a2) || !in(b) {
		t.Errorf("End: %v, %v %v %v", err, in(a), in(a2), in(b))
	}
	if err := l.EndUser(t.Context(), user(1)); err != nil || in(a2) || !in(b) {
		t.Errorf("EndUser: %v, %v %v", err, in(a2), in(b))
	}
	for _, bad := range []string{"", "x", b[1:], b + "x"} {
		if in(bad) {
			t.Errorf("token %q is somebody's", bad)
		}
	}
	l.Random = iotest.ErrReader(io.ErrClosedPipe)
	if token, err := l.Begin(t.Context(), Login{}, ""); err == nil {
		t.Errorf("without randomness the token is %q", token)
	}
}

func TestStoredTokenIsNotTheToken(t *testing.T) {
	m := &MemoryLogins{}
	l := &Logins{Store: m}
	token, err := l.Begin(t.Context(), Login{User: user(1)}, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(m.logins) != 1 {
		t.Fatalf("%d log-ins", len(m.logins))
	}
	for hash := range m.logins {
		if strings.Contains(string(hash[:]), token[:8]) {
			t.Error("the store holds the token")
		}
		if _, err := l.Find(t.Context(), string(hash[:])); err == nil {
			t.Error("what is stored can be used as a token")
		}
	}
}

func TestMemoryLoginsAreBounded(t *testing.T) {
	m := &MemoryLogins{}
	c := newClock()
	hash := func(i int) (h TokenHash) { h[0], h[1], h[2] = byte(i), byte(i>>8), byte(i>>16); return h }
	for i := range loginsMax + 10 {
		c.advance(time.Second)
		if err := m.SaveLogin(t.Context(), hash(i), StoredLogin{Seen: c.t}, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.logins) != loginsMax {
		t.Errorf("%d log-ins are kept", len(m.logins))
	}
	if _, err := m.LoadLogin(t.Context(), hash(9)); !errors.Is(err, ErrNoLogin) {
		t.Error("the least recently seen is still there")
	}
	if _, err := m.LoadLogin(t.Context(), hash(10)); err != nil {
		t.Errorf("a recent one went: %v", err)
	}
	// All but the last minute's are idle.
	if err := m.SaveLogin(t.Context(), hash(1<<20), StoredLogin{Seen: c.t}, c.t.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if n := len(m.logins); n > 70 {
		t.Errorf("%d log-ins are kept, most of them idle", n)
	}
}

func TestLoginOverHTTP(t *testing.T) {
	for _, withTLS := range []bool{false, true} {
		logins := &Logins{Store: &MemoryLogins{}, Cookie: "tramy-8780"}
		s := New(quiet(Options{Logins: logins}))
		s.HandleFunc("POST", "/login", func(w http.ResponseWriter, r *http.Request) {
			token, err := logins.Begin(r.Context(), Login{User: user(7), Name: "Lan", Role: rights.Nurse}, "")
			if err != nil {
				WriteProblem(w, r, err)
				return
			}
			logins.SetCookie(w, r, token)
			io.WriteString(w, token)
		})
		s.HandleFunc("POST", "/logout", func(w http.ResponseWriter, r *http.Request) {
			if err := logins.End(r.Context(), logins.TokenOf(r)); err != nil {
				WriteProblem(w, r, err)
				return
			}
			logins.ClearCookie(w, r)
		})
		s.HandleFunc("GET", "/me", func(w http.ResponseWriter, r *http.Request) {
			who, ok := LoginOf(r)
			if !ok {
				WriteProblem(w, r, ErrNoLogin)
				return
			}
			io.WriteString(w, who.Name)
		})
		ts := httptest.NewUnstartedServer(s)
		if withTLS {
			ts.StartTLS()
		} else {
			ts.Start()
		}
		client := ts.Client()
		want := func(status int, body, method, path string, header ...string) *http.Response {
			t.Helper()
			resp, got := do(t, client, method, ts.URL+path, "", header...)
			if resp.StatusCode != status || body != "" && got != body {
				t.Errorf("TLS %v: %s %s: %d %s", withTLS, method, path, resp.StatusCode, got)
			}
			return resp
		}
		want(401, "", "GET", "/me")
		want(401, "", "GET", "/me", "Authorization", "Bearer nonsense")
		resp, token := do(t, client, "POST", ts.URL+"/login", "")
		set := resp.Header.Get("Set-Cookie")
		for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
			if !strings.Contains(set, part) {
				t.Errorf("the cookie lacks %s: %s", part, set)
			}
		}
		prefix := "tramy-8780=" + token
		if withTLS {
			prefix = "__Host-" + prefix
		}
		if !strings.HasPrefix(set, prefix+";") || strings.Contains(set, "Secure") != withTLS || strings.Contains(set, "Domain") {
			t.Errorf("TLS %v: the cookie is %s", withTLS, set)
		}
		want(200, "Lan", "GET", "/me", "Cookie", prefix)
		want(200, "Lan", "GET", "/me", "Authorization", "bearer "+token)
		want(401, "", "GET", "/me", "Cookie", "tramy="+token)
		// A bearer that is wrong is not made good by a cookie beside it.
		want(401, "", "GET", "/me", "Cookie", prefix, "Authorization", "Bearer nonsense")
		out := want(200, "", "POST", "/logout", "Cookie", prefix)
		if !strings.Contains(out.Header.Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("log-out leaves the cookie: %s", out.Header.Get("Set-Cookie"))
		}
		want(401, "", "GET", "/me", "Cookie", prefix)
		ts.Close()
	}
}

func TestThrottleSlowsButNeverLocksOut(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now}
	for i := range guessesFreeName {
		if wait := th.Guess("lan", "192.0.2.1"); wait != 0 {
			t.Fatalf("guess %d waits %v", i+1, wait)
		}
	}
	var waits []time.Duration
	for range 8 {
		wait := th.Guess("lan", "192.0.2.1")
		if again := th.Guess("lan", "192.0.2.1"); again != wait {
			t.Fatalf("asking too early makes it %v instead of %v", again, wait)
		}
		waits = append(waits, wait)
		c.advance(wait)
		if wait := th.Guess("lan", "192.0.2.1"); wait != 0 {
			t.Fatalf("after the pause it waits %v more", wait)
		}
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 15, 15, 15, 15} {
		if waits[i] != want*time.Second {
			t.Errorf("pause %d is %v, want %v s", i, waits[i], int(want))
		}
	}
	// A hundred thousand wrong guesses later, from anywhere, the owner still waits no longer.
	for range 100_000 {
		c.advance(pauseMaxName)
		th.Guess("lan", "198.51.100.1")
	}
	if wait := th.Guess("lan", "192.0.2.9"); wait > pauseMaxName {
		t.Errorf("the owner waits %v", wait)
	}
	c.advance(pauseMaxName)
	if wait := th.Guess("lan", "192.0.2.9"); wait != 0 {
		t.Errorf("the owner waits %v more", wait)
	}
	th.Right("lan", "192.0.2.9")
	if wait := th.Guess("lan", "192.0.2.9"); wait != 0 {
		t.Errorf("after the right password it waits %v", wait)
	}
}

func TestThrottlePerAddress(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now}
	tried := 0
	for i := range 100 {
		// One password for a hundred names, with a known account in between to reset the count.
		if th.Guess(string(rune('a'+i)), "192.0.2.1") == 0 {
			tried++
		}
		if th.Guess("own", "192.0.2.1") == 0 {
			th.Right("own", "192.0.2.1")
		}
	}
	if tried > guessesFreeAddr+1 {
		t.Errorf("%d names were tried at once", tried)
	}
	if wait := th.Guess("mai", "192.0.2.2"); wait != 0 {
		t.Errorf("another address waits %v", wait)
	}
	for range 20 {
		c.advance(pauseMaxAddr)
		if wait := th.Guess("mai", "192.0.2.1"); wait != 0 {
			t.Fatalf("the address waits longer than promised: %v", wait)
		}
		th.Right("mai", "192.0.2.1")
	}
}

func TestThrottleForgets(t *testing.T) {
	c := newClock()
	th := &Throttle{Now: c.now}
	exhaust := func() {
		for range 10 {
			th.Guess("lan", "192.0.2.1")
		}
		if th.Guess("lan", "192.0.2.1") == 0 {
			t.Fatal("there is no pause")
		}
	}
	exhaust()
	c.advance(guessForget)
	exhaust()
	// A clock that goes back neither frees nor locks out: what was left of the pause is left.
	c.advance(-24 * time.Hour)
	wait := th.Guess("lan", "192.0.2.1")
	if wait <= 0 || wait > pauseMaxName {
		t.Errorf("the clock went back a day and the pause lasts %v", wait)
	}
	c.advance(wait)
	if wait := th.Guess("lan", "192.0.2.1"); wait != 0 {
		t.Errorf("after the pause it waits %v more", wait)
	}
}

func TestRecentIsBounded(t *testing.T) {
	var m recent[int, int]
	for i := range 1000 {
		*m.get(i, 10) = i
		*m.get(0, 10) = -1 // asked for all the time
		if n := len(m.young) + len(m.old); n > 20 {
			t.Fatalf("%d entries", n)
		}
	}
	if v, ok := m.peek(0); !ok || *v != -1 {
		t.Error("what is asked for all the time was forgotten")
	}
	if v, ok := m.peek(999); !ok || *v != 999 {
		t.Error("the last entry was forgotten")
	}
	if _, ok := m.peek(1); ok {
		t.Error("the first entry is still there")
	}
}
