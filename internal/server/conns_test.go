package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a connection of which only the address and the end matter.
type wire struct {
	net.Conn
	from   string
	closed atomic.Bool
}

func (w *wire) RemoteAddr() net.Addr { return named(w.from) }
func (w *wire) Close() error         { w.closed.Store(true); return nil }

type named string

func (n named) Network() string { return "tcp" }
func (n named) String() string  { return string(n) }

func boundsOf(b Bounds) *conns {
	return newConns(b.or(DefaultBounds()), slog.New(slog.DiscardHandler), time.Now)
}

// come lets so many connections of an address come.
func come(s *conns, addr string, n int) (all []*conn) {
	for i := range n {
		if c, ok := s.take(&wire{from: fmt.Sprintf("%s:%d", addr, 1000+i)}); ok {
			all = append(all, c)
		}
	}
	return all
}

func alive(all []*conn) (n int) {
	for _, c := range all {
		if !c.Conn.(*wire).closed.Load() {
			n++
		}
	}
	return n
}

func TestStrangersTakeRoomFromEachOtherOnly(t *testing.T) {
	s := boundsOf(Bounds{Strangers: 20, StrangersPerAddr: 10})
	own := come(s, "198.51.100.1", 1)
	s.vouch(own[0], "a station")
	crowd := come(s, "203.0.113.1", 10)
	if alive(crowd) != 10 {
		t.Fatalf("%d of 10 of one address are there", alive(crowd))
	}
	crowd = append(crowd, come(s, "203.0.113.1", 1)...)
	if alive(crowd) != 10 || alive(crowd[:1]) != 0 {
		t.Errorf("with one more of the address %d are there, and the first of all is: %d", alive(crowd), alive(crowd[:1]))
	}
	few := come(s, "203.0.113.2", 3)
	rest := come(s, "203.0.113.3", 7)
	if alive(crowd) != 10 || alive(few) != 3 || alive(rest) != 7 {
		t.Fatalf("twenty strangers: %d, %d, %d", alive(crowd), alive(few), alive(rest))
	}
	late := come(s, "203.0.113.4", 3)
	if alive(crowd) != 7 || alive(few) != 3 || alive(rest) != 7 || alive(late) != 3 {
		t.Errorf("three more took room from who has most: %d, %d, %d, %d", alive(crowd), alive(few), alive(rest), alive(late))
	}
	if alive(own) != 1 {
		t.Error("a caller that is known made room for strangers")
	}
	if c := s.counts; c.Open != 21 || c.Strangers != 20 || c.MadeRoom != 4 || c.Refused != 0 {
		t.Errorf("counted %+v", c)
	}
}

func TestConnectionsInAll(t *testing.T) {
	s := boundsOf(Bounds{Conns: 5})
	known := come(s, "198.51.100.1", 4)
	for i, c := range known {
		s.vouch(c, fmt.Sprint("station ", i))
	}
	stranger := come(s, "203.0.113.1", 1)
	if len(stranger) != 1 {
		t.Fatal("the fifth was not taken")
	}
	newest := come(s, "203.0.113.2", 1)
	if alive(stranger) != 0 || alive(newest) != 1 || alive(known) != 4 {
		t.Errorf("the sixth: the stranger before it %d, itself %d, the known ones %d", alive(stranger), alive(newest), alive(known))
	}
	s.vouch(newest[0], "station 5")
	if more := come(s, "203.0.113.3", 1); len(more) != 0 || alive(known) != 4 || s.counts.Refused != 1 {
		t.Errorf("where all five are known: %d more, %d known, %+v", len(more), alive(known), s.counts)
	}
	if err := known[0].Close(); err != nil {
		t.Fatal(err)
	}
	if more := come(s, "203.0.113.3", 1); len(more) != 1 {
		t.Error("one has gone, and nobody else is taken")
	}
}

func TestConnectionsOfOneCaller(t *testing.T) {
	s := boundsOf(Bounds{ConnsPerCaller: 3})
	all := come(s, "198.51.100.1", 4)
	for _, c := range all[:3] {
		s.vouch(c, "a station")
	}
	s.state(all[0], http.StateActive)
	if alive(all) != 4 {
		t.Fatalf("%d are there", alive(all))
	}
	s.vouch(all[1], "a station") // heard again: the third was heard longest ago
	s.vouch(all[3], "a station")
	if alive(all) != 3 || alive(all[2:3]) != 0 {
		t.Errorf("with a fourth %d are there, and the one that rests longest: %d", alive(all), alive(all[2:3]))
	}
	s.vouch(all[3], "another station")
	if alive(all) != 3 || s.counts.Open != 3 || s.counts.Strangers != 0 {
		t.Errorf("%d are there; %+v", alive(all), s.counts)
	}
}

func TestStrangersTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := boundsOf(Bounds{StrangerTime: time.Minute, StrangerTimeMax: 3 * time.Minute})
		all := come(s, "203.0.113.1", 4)
		known, idle, busy, endless := all[0], all[1:2], all[2:3], all[3:4]
		s.vouch(known, "a station")
		s.state(busy[0], http.StateActive)
		s.state(endless[0], http.StateActive)
		time.Sleep(time.Minute - time.Nanosecond)
		synctest.Wait()
		if alive(all) != 4 {
			t.Fatalf("before the time %d are there", alive(all))
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if alive(idle) != 0 || alive(busy) != 1 {
			t.Errorf("after it: the idle one %d, the busy one %d", alive(idle), alive(busy))
		}
		s.state(busy[0], http.StateIdle)
		if alive(busy) != 0 || alive(endless) != 1 {
			t.Errorf("the busy one was answered: %d; the other: %d", alive(busy), alive(endless))
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if alive(endless) != 0 || alive(all[:1]) != 1 {
			t.Errorf("after the longest time: the stranger %d, the known one %d", alive(endless), alive(all[:1]))
		}
		if s.counts.TimedOut != 3 || s.counts.Open != 1 {
			t.Errorf("counted %+v", s.counts)
		}
	})
}

func TestConnectionsLeaveFilesForTheRest(t *testing.T) {
	for _, c := range []struct {
		want  int
		files uint64
		got   int
	}{
		{16384, 0, 16384},
		{16384, 1 << 62, 16384},
		{16384, 2*16384 + filesKept, 16384},
		{16384, 2*16384 + filesKept - 2, 16383},
		{16384, 1024, (1024 - filesKept) / 2},
		{16384, 10, 1},
	} {
		if got := connsAllowed(c.want, c.files); got != c.got {
			t.Errorf("%d wanted of %d files: %d, want %d", c.want, c.files, got, c.got)
		}
	}
}

// serving lets a server answer until the test ends and returns its address.
func serving(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// Each way of saying nothing over a real connection ends with the server hanging up.
func TestServerHangsUpOnWhoSaysNothing(t *testing.T) {
	s := New(quiet(Options{Bounds: Bounds{HeaderTime: 50 * time.Millisecond, StrangerTime: 100 * time.Millisecond, StrangerTimeMax: 200 * time.Millisecond}}))
	s.HandleFunc("POST", "/no", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	s.HandleFunc("POST", "/reads", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	addr := serving(t, s)
	for name, say := range map[string]string{
		"nothing":               "",
		"half a header":         "POST /no HTTP/1.1\r\nHost: localhost\r\nX: ",
		"a refused body, half":  "POST /no HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",
		"a body, half":          "POST /reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf",
		"a request and no more": "POST /no HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, say); err != nil {
				t.Fatal(err)
			}
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
			if _, err := io.Copy(io.Discard, c); err != nil {
				if ne, ok := err.(net.Error); ok && ne.Timeout() {
					t.Error("the server did not hang up")
				}
			}
		})
	}
}

// A request can be ended from elsewhere in the midst of its body, and what had come counts as come.
func TestCutOff(t *testing.T) {
	s := New(quiet(Options{}))
	at := make(chan *http.Request, 1)
	read := make(chan string, 1)
	s.HandleFunc("POST", "/long", func(w http.ResponseWriter, r *http.Request) {
		at <- r
		b, err := io.ReadAll(r.Body)
		read <- fmt.Sprintf("%s %v", b, err != nil)
	}, MinRate(1, time.Minute))
	addr := serving(t, s)
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST /long HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nwhole"); err != nil {
		t.Fatal(err)
	}
	r := <-at
	CutOff(r)
	if got := <-read; got != "whole true" && got != " true" {
		t.Errorf("read %q", got)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err == nil {
		t.Error("the connection was answered")
	}
	CutOff(r) // answered long ago: nothing happens
}
