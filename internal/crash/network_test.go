package crash

import (
	"context"
	"flag"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"tramy/internal/badline"
)

var onLoopback = flag.Bool("loopback", false, "play slow lines on loopback, through a proxy, also where network namespaces are allowed")

// network is one that a program runs in: what fn starts, listens to or calls is in it.
type network interface {
	do(fn func() error) error
}

func inside(in network, fn func() error) error {
	if in == nil {
		return fn()
	}
	return in.do(fn)
}

// client calls the node in its own network.
func (n *node) client() *http.Client {
	if n.network == nil {
		return connections
	}
	return &http.Client{Timeout: connections.Timeout, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialIn(n.network)}}
}

func dialIn(in network) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, kind, address string) (conn net.Conn, err error) {
		err = inside(in, func() (err error) {
			conn, err = (&net.Dialer{}).DialContext(ctx, kind, address)
			return err
		})
		return conn, err
	}
}

// slowLine is a line between the station and its hub.
type slowLine interface {
	// slow makes it one of 64 kbit/s each way and 600 ms there and back, and whatever else is bad about it; or a whole one again.
	slow(t testing.TB, on bool)
	// carried is how many bytes have gone over the line in a direction.
	carried(direction int) int64
	// lost is how many packets were.
	lost() int64
	// hold lets nothing more arrive in a direction, until it is let go.
	hold(direction int)
	release(direction int)
	// down takes the line away, as when a modem loses its radio, and up brings it back.
	down(t testing.TB)
	up(t testing.TB)
}

// badness is what a line does beside being slow.
type badness struct {
	loss    float64 // of packets
	reorder float64 // of packets, which come after later ones; only where there are packets
}

// between puts a line between the station and its hub, a whole one to begin with: between two network namespaces, where they
// are allowed, with the kernel's own TCP on both sides; else on loopback, through a proxy that takes its time. Programs must
// not run yet.
func between(t testing.TB, w *world, bad badness, loopback bool) slowLine {
	t.Helper()
	if !loopback && !*onLoopback {
		x, err := newPacketLine(t, w, bad)
		if err == nil {
			return x
		}
		t.Logf("no network namespaces here (%v): on loopback instead, through a proxy that takes its time", err)
	}
	x := &line{to: w.hub.exchange, loss: bad.loss}
	t.Cleanup(func() { x.up(t) }) // nothing waits at a gate for ever
	w.station.callsAt(t, "https://"+x.serve(t))
	return x
}

func (x *line) slow(_ testing.TB, on bool) {
	for d := range x.lanes {
		if on {
			r := rand.New(rand.NewPCG(*seed, uint64(10+d)))
			x.lanes[d].Store(badline.NewLane(func() float64 {
				drawn := r.Float64()
				if drawn < x.loss {
					x.gone.Add(1)
				}
				return drawn
			}, x.loss))
		} else {
			x.lanes[d].Store(nil)
		}
	}
}

func (x *line) carried(direction int) int64 { return x.bytes[direction].Load() }
func (x *line) lost() int64                 { return x.gone.Load() }
func (x *line) hold(direction int)          { x.gates[direction].shut() }
func (x *line) release(direction int)       { x.gates[direction].open() }

func (x *line) down(testing.TB) {
	for d := range directions {
		x.hold(d)
	}
}

func (x *line) up(testing.TB) {
	for d := range directions {
		x.release(d)
	}
}

// gate lets pass while it is open, which it is at the beginning.
type gate struct {
	mu   sync.Mutex
	wait chan struct{} // closed when it opens; nil while it is open
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait == nil {
		g.wait = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait != nil {
		close(g.wait)
		g.wait = nil
	}
}

// opened returns what is closed when the gate is open.
func (g *gate) opened() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.wait != nil {
		return g.wait
	}
	open := make(chan struct{})
	close(open)
	return open
}

func (g *gate) pass() { <-g.opened() }

// until waits for something that another process does.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	deadline := time.After(startTimeout)
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("it does not come: %s", what)
		}
	}
}
