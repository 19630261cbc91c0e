package crash

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tramy/internal/badline"
)

// Directions of a line.
const (
	upward = iota
	downward
	directions
)

// line carries connections to a hub and spoils them after so many bytes each, or makes them slow.
type line struct {
	to    string
	after int64
	spoil func(b []byte) bool // changes what passes at that point, or returns false: the line breaks; nil: nothing
	loss  float64             // of packets, while it is slow
	gone  atomic.Int64
	lanes [directions]atomic.Pointer[badline.Lane] // nil: as fast as it goes
	gates [directions]gate
	bytes [directions]atomic.Int64 // that came out
}

func (x *line) serve(t testing.TB) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			below, err := l.Accept()
			if err != nil {
				return
			}
			above, err := net.Dial("tcp", x.to)
			if err != nil {
				below.Close()
				continue
			}
			var passed atomic.Int64
			go x.pump(above, below, upward, &passed)
			go x.pump(below, above, downward, &passed)
		}
	}()
	return l.Addr().String()
}

func (x *line) pump(to, from net.Conn, direction int, passed *atomic.Int64) {
	defer to.Close()
	defer from.Close()
	way := &way{to: &arriving{to, &x.gates[direction], &x.bytes[direction]}}
	defer way.end()
	b := make([]byte, 512)
	for {
		n, err := from.Read(b)
		if n > 0 {
			was := passed.Add(int64(n)) - int64(n)
			if x.spoil != nil && was < x.after && was+int64(n) >= x.after {
				if !x.spoil(b[:n]) {
					return
				}
			}
			if _, werr := way.over(x.lanes[direction].Load()).Write(b[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// arriving counts what comes out at the end of a line, and passes a gate there.
type arriving struct {
	net.Conn
	gate  *gate
	bytes *atomic.Int64
}

func (a *arriving) Write(b []byte) (int, error) {
	a.gate.pass()
	a.bytes.Add(int64(len(b)))
	return a.Conn.Write(b)
}

// way leads to a connection, over a lane while there is one.
type way struct {
	to   net.Conn
	lane *badline.Lane
	slow *badline.Writer
}

func (y *way) over(lane *badline.Lane) io.Writer {
	if lane != y.lane {
		y.end()
		if y.lane = lane; lane != nil {
			y.slow = badline.NewWriter(y.to, lane)
		}
	}
	if y.slow == nil {
		return y.to
	}
	return y.slow
}

// end waits until what is under way has arrived.
func (y *way) end() {
	if y.slow != nil {
		_ = y.slow.Close()
		y.slow = nil
	}
}

// stranger is a certificate of somebody else.
func stranger(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// broken is what an exchange is said to be whose line broke.
var broken = []string{"cut", "unreachable"}

// TestBadLines lets the real station call its hub over lines that are bad: each exchange that fails ends in a state that
// says how, and when the line is good again everything is at the centre once.
func TestBadLines(t *testing.T) {
	portal := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html>Đăng nhập Wi-Fi</html>"))
	})
	for _, c := range []struct {
		name    string
		address func(t *testing.T, w *world) string
		results []string
	}{
		{"captive portal in clear", func(t *testing.T, _ *world) string {
			s := httptest.NewServer(portal)
			t.Cleanup(s.Close)
			return s.Listener.Addr().String()
		}, []string{"not-hub"}},
		{"TLS with another certificate", func(t *testing.T, _ *world) string {
			s := httptest.NewUnstartedServer(portal)
			s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			s.TLS = &tls.Config{Certificates: []tls.Certificate{stranger(t)}}
			s.StartTLS()
			t.Cleanup(s.Close)
			return s.Listener.Addr().String()
		}, []string{"wrong-key"}},
		{"cut after 4 KB", func(t *testing.T, w *world) string {
			return (&line{to: w.hub.exchange, after: 4 << 10, spoil: func([]byte) bool { return false }}).serve(t)
		}, broken},
		{"a bit turned", func(t *testing.T, w *world) string {
			return (&line{to: w.hub.exchange, after: 3 << 10, spoil: func(b []byte) bool { b[len(b)/2] ^= 4; return true }}).serve(t)
		}, broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.station.callsAt(t, "https://"+c.address(t, w))
			w.startAll(t)
			w.station.as(t, nurse)
			b := newBook(w.commune, *seed)
			failed := 0
			for i := range 40 {
				if err := b.work(w.station); err != nil {
					t.Fatal(err)
				}
				if i%10 != 9 {
					continue
				}
				if _, err := w.station.sync(); err == nil {
					continue // little enough to pass
				}
				failed++
				s, err := w.station.status()
				if err != nil {
					t.Fatal(err)
				}
				if len(s.Exchanges) == 0 || !slices.Contains(c.results, s.Exchanges[0].Result) || s.Exchanges[0].Detail == "" {
					t.Errorf("an exchange failed, and it is said to be %+v", s.Exchanges)
				}
			}
			if failed == 0 {
				t.Error("the line was good")
			}
			if err := w.station.stop(); err != nil {
				t.Fatal(err)
			}
			w.station.callsAt(t, "https://"+w.hub.exchange)
			w.settle(t, b)
		})
	}
}

const (
	cutEvery    = 4 << 10 // bytes both ways in one connection, TLS included
	cutActs     = 150
	cutCallsMax = 100
)

// TestThroughALineThatBreaks lets the real station send and fetch over a line that breaks after every 4 KB, TLS and all: each
// contact brings something on, until both are equal.
func TestThroughALineThatBreaks(t *testing.T) {
	w := newWorld(t)
	x := &line{to: w.hub.exchange, after: cutEvery, spoil: func([]byte) bool { return false }}
	w.startAll(t)
	w.station.as(t, nurse)
	w.hub.as(t, head)
	if _, err := w.station.sync(); err != nil { // a first exchange over a whole line, as at enrolment
		t.Fatal(err)
	}
	if err := w.station.stop(); err != nil {
		t.Fatal(err)
	}
	w.station.callsAt(t, "https://"+x.serve(t))
	w.station.mustStart(t)
	w.station.as(t, nurse)
	b := newBook(w.commune, *seed)
	for range cutActs {
		for _, n := range []*node{w.station, w.hub} {
			if err := b.work(n); err != nil {
				t.Fatal(err)
			}
		}
	}
	cut := 0
	for calls := 0; ; calls++ {
		if calls == cutCallsMax {
			t.Fatalf("not equal after %d calls", calls)
		}
		quiet, err := w.station.sync()
		if err == nil && quiet {
			break
		}
		if err != nil {
			cut++
		}
	}
	s, err := w.station.status()
	if err != nil {
		t.Fatal(err)
	}
	if cut == 0 || s.Saved > 0 {
		t.Errorf("%d connections were cut, and %d acts are only here", cut, s.Saved)
	}
	t.Logf("equal after %d connections that were cut", cut)
	w.settle(t, b)
}
