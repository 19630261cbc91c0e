package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

func TestGateTellsEachAnotherTime(t *testing.T) {
	c := newClock()
	g := NewGate(2, c.now)
	leave1, _, ok1 := g.Enter()
	leave2, _, ok2 := g.Enter()
	if !ok1 || !ok2 {
		t.Fatal("an empty gate is closed")
	}
	told := map[time.Duration]int{}
	last := time.Duration(0)
	for range 600 {
		_, retry, ok := g.Enter()
		if ok {
			t.Fatal("a third was let in")
		}
		if retry < last || retry < retryMin || retry > retryMax {
			t.Fatalf("told to wait %v after %v", retry, last)
		}
		last = retry
		told[retry]++
	}
	// Two at a time, 200 ms each: ten a second.
	if last < 55*time.Second || last > 65*time.Second {
		t.Errorf("the last of 600 is told to wait %v", last)
	}
	for retry, n := range told {
		if n > 11 {
			t.Errorf("%d are told to come back after %v", n, retry)
		}
	}
	c.advance(100 * time.Millisecond)
	leave1()
	leave1() // twice is once
	if _, _, ok := g.Enter(); !ok {
		t.Error("one left and none was let in")
	}
	if _, _, ok := g.Enter(); ok {
		t.Error("leaving twice made two places")
	}
	leave2()
	if _, _, ok := g.Enter(); !ok {
		t.Error("the second left and none was let in")
	}
}

func TestGateIsNeverFarAhead(t *testing.T) {
	c := newClock()
	g := NewGate(1, c.now)
	if _, _, ok := g.Enter(); !ok {
		t.Fatal("closed")
	}
	for range 100_000 {
		if _, retry, _ := g.Enter(); retry > retryMax || retry < retryMin {
			t.Fatalf("told to wait %v", retry)
		}
	}
	c.advance(-24 * time.Hour)
	if _, retry, _ := g.Enter(); retry > retryMax {
		t.Errorf("after the clock went back: %v", retry)
	}
}

func TestGateLearnsHowLongItTakes(t *testing.T) {
	c := newClock()
	g := NewGate(1, c.now)
	for range 200 {
		leave, _, _ := g.Enter()
		c.advance(4 * time.Second)
		leave()
	}
	g.Enter()
	g.Enter()
	_, retry, _ := g.Enter()
	if retry != 5*time.Second { // a second, and the 4 s of who came before
		t.Errorf("told to wait %v", retry)
	}
}

func TestGateOverHTTP(t *testing.T) {
	g := NewGate(1, nil)
	entered, finish := make(chan struct{}), make(chan struct{})
	s := New(quiet(Options{}))
	s.Handle("POST", "/sync/v1/exchange", g.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		entered <- struct{}{}
		<-finish
		io.WriteString(w, "done")
	})))
	ts := httptest.NewServer(s)
	defer ts.Close()
	first := make(chan string, 1)
	go func() {
		resp, err := ts.Client().Post(ts.URL+"/sync/v1/exchange", "", nil)
		if err != nil {
			first <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		first <- string(b)
	}()
	<-entered
	resp, _ := do(t, ts.Client(), "POST", ts.URL+"/sync/v1/exchange", "")
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != 503 || err != nil || n < 1 {
		t.Errorf("the second: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	close(finish)
	if got := <-first; got != "done" {
		t.Errorf("the first: %s", got)
	}
	go func() { <-entered }()
	if resp, _ := do(t, ts.Client(), "POST", ts.URL+"/sync/v1/exchange", ""); resp.StatusCode != 200 {
		t.Errorf("after the first had left: %d", resp.StatusCode)
	}
}

func TestAttempts(t *testing.T) {
	c := newClock()
	a := &Attempts{Now: c.now}
	for i := range 10 {
		if _, blocked := a.Blocked("192.0.2.1"); blocked {
			t.Fatalf("blocked after %d failures", i)
		}
		a.Failed("192.0.2.1")
	}
	wait, blocked := a.Blocked("192.0.2.1")
	if !blocked || wait <= 0 || wait > 6*time.Second {
		t.Errorf("after ten failures: %v, %v", wait, blocked)
	}
	if _, blocked := a.Blocked("192.0.2.2"); blocked {
		t.Error("another address is blocked too")
	}
	c.advance(wait)
	if _, blocked := a.Blocked("192.0.2.1"); blocked {
		t.Error("still blocked after the wait")
	}
	failed := 0
	for range 600 { // ten minutes of trying every second
		c.advance(time.Second)
		if _, blocked := a.Blocked("192.0.2.1"); !blocked {
			a.Failed("192.0.2.1")
			failed++
		}
	}
	if failed < 99 || failed > 102 {
		t.Errorf("%d failures in ten minutes, want ten a minute", failed)
	}
}

func TestAttemptsOverHTTP(t *testing.T) {
	c := newClock()
	a := &Attempts{Now: c.now}
	s := New(quiet(Options{}))
	s.Handle("POST", "/sync/v1/enrol", a.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token, _ := BearerOf(r); token != "right" {
			WriteProblem(w, r, NewProblem(TypeToken))
			return
		}
		io.WriteString(w, "ok")
	})))
	ts := httptest.NewServer(s)
	defer ts.Close()
	send := func(token string) *http.Response {
		resp, _ := do(t, ts.Client(), "POST", ts.URL+"/sync/v1/enrol", "", "Authorization", "Bearer "+token)
		return resp
	}
	for range 50 { // what succeeds does not count
		if resp := send("right"); resp.StatusCode != 200 {
			t.Fatalf("%d", resp.StatusCode)
		}
	}
	for range 10 {
		if resp := send("wrong"); resp.StatusCode != 401 {
			t.Fatalf("%d", resp.StatusCode)
		}
	}
	resp := send("wrong")
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "6" {
		t.Errorf("the eleventh: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	c.advance(6 * time.Second)
	if resp := send("right"); resp.StatusCode != 200 {
		t.Errorf("after the wait: %d", resp.StatusCode)
	}
}
