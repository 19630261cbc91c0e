package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tramy/syncproto"
)

// writes is a server whose POST /visits records one more visit each time it is carried out.
type writes struct {
	*httptest.Server
	done   atomic.Int32
	logins *Logins
}

func newWrites(t *testing.T, store IdempotencyStore, required bool) *writes {
	t.Helper()
	w := &writes{logins: &Logins{Store: &MemoryLogins{}}}
	s := New(quiet(Options{Logins: w.logins}))
	keyed := Idempotency(store, required)
	visit := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			WriteProblem(rw, r, err)
			return
		}
		n := w.done.Add(1)
		switch string(body) {
		case "panic":
			panic("x")
		case "fail":
			WriteProblem(rw, r, errors.New("the disk trembled"))
			return
		case "invalid":
			WriteProblem(rw, r, NewProblem(TypeInvalid))
			return
		}
		rw.Header().Set("Location", fmt.Sprintf("/visits/%d", n))
		rw.WriteHeader(http.StatusCreated)
		fmt.Fprintf(rw, "visit %d: %s", n, body)
	})
	s.Handle("POST", "/visits", keyed(visit), BodyMax(100))
	s.Handle("POST", "/others", keyed(visit))
	s.Handle("GET", "/visits", keyed(visit))
	w.Server = httptest.NewServer(s)
	t.Cleanup(w.Close)
	return w
}

func TestIdempotency(t *testing.T) {
	c := newClock()
	w := newWrites(t, &MemoryAnswers{Now: c.now}, true)
	send := func(path, key, body string, header ...string) (*http.Response, string) {
		t.Helper()
		return do(t, w.Client(), "POST", w.URL+path, body, append([]string{IdempotencyHeader, key}, header...)...)
	}
	resp, first := send("/visits", "k1", "a")
	if resp.StatusCode != 201 || first != "visit 1: a" || resp.Header.Get(replayedHeader) != "" {
		t.Fatalf("first: %d %s", resp.StatusCode, first)
	}
	again, body := send("/visits", "k1", "a")
	if again.StatusCode != 201 || body != first || again.Header.Get(replayedHeader) != "true" ||
		again.Header.Get("Location") != "/visits/1" || again.Header.Get("Content-Type") != resp.Header.Get("Content-Type") {
		t.Errorf("again: %d %s %v", again.StatusCode, body, again.Header)
	}
	if w.done.Load() != 1 {
		t.Fatalf("carried out %d times", w.done.Load())
	}
	if resp, body := send("/visits", "k1", "b"); resp.StatusCode != 422 || !strings.Contains(body, TypeKeyReused) {
		t.Errorf("another body: %d %s", resp.StatusCode, body)
	}
	if resp, body := send("/others", "k1", "a"); resp.StatusCode != 422 || !strings.Contains(body, TypeKeyReused) {
		t.Errorf("another path: %d %s", resp.StatusCode, body)
	}
	if resp, body := send("/visits?force=true", "k1", "a"); resp.StatusCode != 422 || !strings.Contains(body, TypeKeyReused) {
		t.Errorf("another query: %d %s", resp.StatusCode, body)
	}
	if _, body := send("/visits", "k2", "a"); body != "visit 2: a" {
		t.Errorf("another key: %s", body)
	}
	token, err := w.logins.Begin(t.Context(), Login{User: user(9)}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, body := send("/visits", "k1", "a", "Authorization", "Bearer "+token); body != "visit 3: a" {
		t.Errorf("another user's k1: %s", body)
	}
	c.advance(answersExpire)
	if _, body := send("/visits", "k1", "b"); body != "visit 4: b" {
		t.Errorf("a day later: %s", body)
	}
	for _, bad := range []string{"", "with space", "đ", strings.Repeat("k", keyCharsMax+1)} {
		if resp, body := send("/visits", bad, "a"); resp.StatusCode != 400 || !strings.Contains(body, TypeKeyMissing) {
			t.Errorf("key %q: %d %s", bad, resp.StatusCode, body)
		}
	}
	if resp, _ := send("/visits", "k9", strings.Repeat("x", 101)); resp.StatusCode != 413 {
		t.Errorf("a body over the limit: %d", resp.StatusCode)
	}
	if resp, _ := do(t, w.Client(), "GET", w.URL+"/visits", ""); resp.StatusCode != 201 {
		t.Errorf("a read without a key: %d", resp.StatusCode)
	}
	optional := newWrites(t, &MemoryAnswers{}, false)
	for want := int32(1); want <= 2; want++ {
		do(t, optional.Client(), "POST", optional.URL+"/visits", "a")
		if got := optional.done.Load(); got != want {
			t.Errorf("without a key it is carried out %d times, want %d", got, want)
		}
	}
}

func TestIdempotencyOfFailures(t *testing.T) {
	w := newWrites(t, &MemoryAnswers{}, true)
	for _, c := range []struct {
		body   string
		status int
		done   int32 // times carried out when sent twice
	}{{"invalid", 422, 1}, {"fail", 500, 2}, {"panic", 500, 2}} {
		w.done.Store(0)
		for range 2 {
			if resp, body := do(t, w.Client(), "POST", w.URL+"/visits", c.body, IdempotencyHeader, c.body); resp.StatusCode != c.status {
				t.Errorf("%s: %d %s", c.body, resp.StatusCode, body)
			}
		}
		if got := w.done.Load(); got != c.done {
			t.Errorf("%s, sent twice, was carried out %d times, want %d", c.body, got, c.done)
		}
	}
}

func TestIdempotencyWhileItRuns(t *testing.T) {
	entered, finish := make(chan struct{}), make(chan struct{})
	s := New(quiet(Options{}))
	s.Handle("POST", "/x", Idempotency(&MemoryAnswers{}, true)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-finish
		// The caller has hung up; what was done must still be remembered.
		io.WriteString(w, "done")
	})))
	ended := make(chan struct{})
	ts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		if r.Header.Get("X-First") != "" {
			close(ended)
		}
	}))
	defer ts.Close()
	ctx, hangUp := context.WithCancel(t.Context())
	go func() {
		r, _ := http.NewRequestWithContext(ctx, "POST", ts.URL+"/x", strings.NewReader("a"))
		r.Header.Set(IdempotencyHeader, "k")
		r.Header.Set("X-First", "1")
		if resp, err := ts.Client().Do(r); err == nil {
			resp.Body.Close()
		}
	}()
	<-entered
	if resp, body := do(t, ts.Client(), "POST", ts.URL+"/x", "a", IdempotencyHeader, "k"); resp.StatusCode != 409 || !strings.Contains(body, TypeKeyRunning) {
		t.Errorf("while it runs: %d %s", resp.StatusCode, body)
	}
	hangUp()
	close(finish)
	<-ended
	if resp, body := do(t, ts.Client(), "POST", ts.URL+"/x", "a", IdempotencyHeader, "k"); resp.StatusCode != 200 || body != "done" {
		t.Errorf("after the caller hung up and came back: %d %s", resp.StatusCode, body)
	}
}

func TestMemoryAnswersAreBounded(t *testing.T) {
	c := newClock()
	m := &MemoryAnswers{Now: c.now}
	id := func(i int) KeyID { return KeyID{User: syncproto.EntityID{}, Key: fmt.Sprint(i)} }
	begin := func(i int) *StoredAnswer {
		t.Helper()
		c.advance(time.Millisecond)
		a, err := m.Begin(t.Context(), id(i), [32]byte{})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	finish := func(i, size int) {
		t.Helper()
		if err := m.Finish(t.Context(), id(i), StoredAnswer{Status: 200, Body: make([]byte, size)}); err != nil {
			t.Fatal(err)
		}
	}
	begin(-1) // runs through all of it
	for i := range 2 * answersMax {
		begin(i)
		finish(i, 1)
	}
	if len(m.keys) > answersMax || len(m.order) > answersMax+1 {
		t.Errorf("%d answers, %d in order", len(m.keys), len(m.order))
	}
	if _, err := m.Begin(t.Context(), id(-1), [32]byte{}); !errors.Is(err, ErrKeyRunning) {
		t.Errorf("one that runs was forgotten: %v", err)
	}
	if begin(2*answersMax-1) == nil {
		t.Error("the last answer was forgotten")
	}
	const large = 1 << 20
	for i := range 100 {
		begin(1_000_000 + i)
		finish(1_000_000+i, large)
	}
	begin(2_000_000)
	if m.bytes > answerBytesMax+large {
		t.Errorf("%d bytes are kept", m.bytes)
	}
	for i := range answersMax {
		begin(3_000_000 + i)
		if err := m.Abandon(t.Context(), id(3_000_000+i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.order) != len(m.keys) {
		t.Errorf("%d in order, %d keys", len(m.order), len(m.keys))
	}
	sum := 0
	for _, e := range m.keys {
		if e.answer != nil {
			sum += len(e.answer.Body)
		}
	}
	if sum != m.bytes {
		t.Errorf("counts %d bytes, keeps %d", m.bytes, sum)
	}
}
