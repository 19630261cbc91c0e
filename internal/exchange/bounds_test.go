package exchange

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramy/internal/server"
	p "tramy/syncproto"
)

// ---- What the route of the exchange is given.

func routed(h http.HandlerFunc) *server.Server {
	s := server.New(server.Options{Hosts: []string{server.AnyHost}, Log: slog.New(slog.DiscardHandler)})
	s.Handle(http.MethodPost, PathExchange, h, server.BodyMax(RouteBytesMax), server.Timeout(RequestTimeout), server.MinRate(RateBytesMin, RateWindow))
	return s
}

func TestExchangeEndsAfterItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		routed(func(_ http.ResponseWriter, r *http.Request) {
			time.Sleep(RequestTimeout - 1)
			if err := r.Context().Err(); err != nil {
				t.Errorf("ended before its time: %v", err)
			}
			<-r.Context().Done()
		}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, PathExchange, nil))
		if took := time.Since(start); took != RequestTimeout {
			t.Errorf("it ended after %v", took)
		}
	})
}

// one is a listener for one connection.
type one struct {
	conn chan net.Conn
	done chan struct{}
}

func (l *one) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *one) Close() error {
	select {
	case <-l.done:
	default:
		close(l.done)
	}
	return nil
}

func (l *one) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// A line that brings the least in each minute goes on; one byte less, and it is cut when the minute is over.
func TestSlowLineAtItsLimit(t *testing.T) {
	const least = RateBytesMin * int(RateWindow/time.Second)
	synctest.Test(t, func(t *testing.T) {
		var read int
		var ended error
		s := routed(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			read, ended = int(n), err
		})
		near, far := net.Pipe()
		l := &one{make(chan net.Conn, 1), make(chan struct{})}
		l.conn <- far
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- s.Serve(ctx, l) }()
		go io.Copy(io.Discard, bufio.NewReader(near)) //nolint:errcheck // it ends with the line
		send := func(b []byte) {
			if _, err := near.Write(b); err != nil {
				t.Errorf("after %d bytes: %v", read, err)
			}
		}
		start := time.Now()
		send([]byte(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", PathExchange, 10*least)))
		for range 3 {
			time.Sleep(RateWindow - time.Second)
			send(make([]byte, least))
			synctest.Wait()
		}
		late := time.Now()
		send(make([]byte, least-1))
		time.Sleep(2 * RateWindow)
		if took := time.Since(start); read != 4*least-1 || ended == nil {
			t.Errorf("%d bytes were read in %v, then %v; want %d and an end after %v", read, took, ended, 4*least-1, late.Add(RateWindow).Sub(start))
		}
		near.Close()
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// ---- The child's side.

// A line on which nothing moves for a minute is given up, at the latest after two; one that moves is not.
func TestLineOnWhichNothingMovesIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Client{}
		ctx, abort := context.WithCancelCause(t.Context())
		stop := c.watch(abort)
		defer stop()
		for range 10 {
			c.up.Add(1)
			time.Sleep(stallTimeout)
			synctest.Wait()
		}
		if ctx.Err() != nil {
			t.Fatal("a line that moved was given up")
		}
		time.Sleep(stallTimeout)
		synctest.Wait()
		if !errors.Is(context.Cause(ctx), ErrStalled) {
			t.Error("a dead line was not given up")
		}
	})
}

// ---- Looking up.

func TestLookupTakesNoLongerThanANurseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for ms, want := range map[uint32]time.Duration{
			0: lookupTimeout, 1: time.Millisecond,
			uint32(lookupTimeout / time.Millisecond): lookupTimeout, uint32(lookupTimeout/time.Millisecond) + 1: lookupTimeout,
		} {
			ctx, cancel := waiting(t.Context(), ms)
			end, _ := ctx.Deadline()
			if got := time.Until(end); got != want {
				t.Errorf("who says that it waits %d ms is given %v", ms, got)
			}
			cancel()
		}
	})
}

// What a child was shown can be chosen until so many others were shown.
func TestOpenCandidatesAreBounded(t *testing.T) {
	var l lookups
	child := p.EntityID{1}
	name := func(i int) (n [16]byte) { n[0], n[1] = byte(i), byte(i>>8); return n }
	for i := range lookupTickets {
		l.show(child, ticket{nonce: name(i), ticket: name(i)})
	}
	if _, ok := l.shown(child, name(0), name(0)); !ok {
		t.Error("at the limit the first is forgotten")
	}
	l.show(child, ticket{nonce: name(lookupTickets), ticket: name(lookupTickets)})
	if _, ok := l.shown(child, name(0), name(0)); ok || len(l.children[child].tickets) != lookupTickets {
		t.Errorf("one beyond it %d are kept", len(l.children[child].tickets))
	}
	if _, ok := l.shown(child, name(1), name(1)); !ok {
		t.Error("the second was forgotten as well")
	}
}

// How often a station may ask: so often at once, and so often in an hour from then on.
func TestQuestionsOfAStationAreBounded(t *testing.T) {
	var l lookups
	start := time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)
	ask := func(at time.Duration) bool {
		t.Helper()
		wait, err := l.take(p.EntityID{1}, start.Add(at), func() (int, error) { return 1, nil })
		if err != nil {
			t.Fatal(err)
		}
		return wait == 0
	}
	for i := range lookupsAtOnce {
		if !ask(0) {
			t.Errorf("question %d at once waits", i+1)
		}
	}
	if ask(0) {
		t.Error("one more at once is answered")
	}
	asked := 0
	for s := range 3600 {
		if ask(time.Duration(s+1) * time.Second) {
			asked++
		}
	}
	if asked != lookupsPerHour {
		t.Errorf("%d questions were answered in an hour", asked)
	}
}

// ---- Enrolment.

func TestEnrolmentBodyAtItsLimit(t *testing.T) {
	for size, ok := range map[int]bool{EnrolBytesMax: true, EnrolBytesMax + 1: false} {
		const around = `{"name":""}`
		r := httptest.NewRequest(http.MethodPost, PathEnrol, strings.NewReader(`{"name":"`+strings.Repeat("x", size-len(around))+`"}`))
		r.Header.Set("Content-Type", enrolType)
		req, err := ReadEnrol(httptest.NewRecorder(), r)
		if (err == nil) != ok || ok && len(req.Name) != size-len(around) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// A pasted code may have blanks around it, up to a size; a file of a code is read no further.
func TestTextOfACodeAtItsLimit(t *testing.T) {
	text, err := (&Code{Addresses: []string{"https://hub.example.vn:8790"}, Place: "Trạm Y tế xã Mường Nhà"}).Text()
	if err != nil {
		t.Fatal(err)
	}
	padded := func(size int) string { return text + strings.Repeat(" ", size-len(text)) }
	if _, err := ParseCode(padded(codeTextMax)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := ParseCode(padded(codeTextMax + 1)); !errors.Is(err, ErrCodeText) {
		t.Errorf("one beyond it: %v", err)
	}
	if again, err := CodeIn(text); again != text || err != nil {
		t.Errorf("given as text: %v", err)
	}
	file := t.TempDir() + "/code.txt"
	for size, want := range map[int]int{codeTextMax: codeTextMax, 10 * codeTextMax: codeTextMax + 1} {
		if err := os.WriteFile(file, bytes.Repeat([]byte{'x'}, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if again, err := CodeIn(file); len(again) != want || err != nil {
			t.Errorf("of a file of %d bytes %d are read, %v", size, len(again), err)
		}
	}
}
