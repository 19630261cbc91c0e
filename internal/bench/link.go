package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// A bad line as a commune has it.
const (
	linkBitsPerSecond = 64_000
	linkOneWay        = 300 * time.Millisecond
	linkLoss          = 0.03 // of packets, each way
	linkPacketBytes   = 1448
	// linkAgain is what a lost packet costs beyond its way: the sender waits this long before it sends it
	// again, about twice a round trip, and everything behind it waits too, as TCP delivers in order.
	linkAgain = 4 * linkOneWay
	linkDays  = 15
)

// Link measures how long the exchange of a day takes over a slow, far and lossy line, on a kept
// connection after an idle exchange. The line is a model between two sockets: packets queue for the
// bandwidth, travel the delay, and are lost at random.
func Link(ctx context.Context, opt Options) (Report, error) {
	opt.defaults()
	r := Report{Title: "A day over 64 kbit/s, 600 ms round trip, 3 % loss", Work: opt.Work}
	t, err := newTree(ctx, opt)
	if err != nil {
		return r, fmt.Errorf("founding the hub: %w", err)
	}
	defer t.close()
	w := &wire{tree: t, maker: NewMaker(opt.Seed), report: &Report{}}
	st, err := w.station(ctx, w.facility)
	if err != nil {
		return r, err
	}
	if err := w.fill(ctx); err != nil {
		return r, err
	}
	if _, err := w.sync(ctx, st); err != nil {
		return r, fmt.Errorf("first sync: %w", err)
	}
	w.proxy.shape(rand.New(rand.NewPCG(opt.Seed, 7)), linkLoss)
	var took []time.Duration
	for i := range linkDays {
		opt.Progress(fmt.Sprintf("day %d of %d", i+1, linkDays))
		w.clock.set(time.Date(2026, 11, 22+i, 0, 30, 0, 0, time.UTC))
		if _, err := w.sync(ctx, st); err != nil {
			return r, fmt.Errorf("nothing to say: %w", err)
		}
		if _, _, err := w.work(ctx, st); err != nil {
			return r, fmt.Errorf("a day: %w", err)
		}
		start := time.Now()
		if _, err := w.sync(ctx, st); err != nil {
			return r, fmt.Errorf("sending a day: %w", err)
		}
		took = append(took, time.Since(start))
	}
	sortBy(took, func(d time.Duration) time.Duration { return d })
	note := fmt.Sprintf("of %d days; the line alone takes 0.6 s and the bytes' time", len(took))
	r.add("D", "seconds, median", took[len(took)/2].Seconds(), "s", Bound{Must: 1.8, Aim: 1.6}, note)
	r.add("D", "seconds, worst", took[len(took)-1].Seconds(), "s", Bound{Must: 5, Aim: 3.7}, "")
	return r, nil
}

// lane is one direction of a shaped line.
type lane struct {
	mu   sync.Mutex
	rand *rand.Rand
	loss float64   // of packets
	free time.Time // when the line is free for the next packet
	last time.Time // when the last packet arrives
}

// arrival says when n bytes that are handed over now arrive.
func (l *lane) arrival(now time.Time, n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; n > 0; n -= linkPacketBytes {
		if l.free.Before(now) {
			l.free = now
		}
		l.free = l.free.Add(time.Duration(min(n, linkPacketBytes)) * 8 * time.Second / linkBitsPerSecond)
		at := l.free.Add(linkOneWay)
		for l.rand.Float64() < l.loss {
			at = at.Add(linkAgain)
		}
		if at.After(l.last) {
			l.last = at
		}
	}
	return l.last
}

// delayed is a writer to a connection that a line leads to.
type delayed struct {
	to   net.Conn
	lane *lane
	wait chan parcel
	done chan struct{}
}

type parcel struct {
	at time.Time
	b  []byte
}

func newDelayed(to net.Conn, l *lane) *delayed {
	d := &delayed{to: to, lane: l, wait: make(chan parcel, 1<<12), done: make(chan struct{})}
	go func() {
		defer close(d.done)
		for p := range d.wait {
			time.Sleep(time.Until(p.at)) // what the line takes is what is measured
			if _, err := d.to.Write(p.b); err != nil {
				return
			}
		}
	}()
	return d
}

// Write hands bytes to the line.
func (d *delayed) Write(b []byte) (int, error) {
	select {
	case d.wait <- parcel{d.lane.arrival(time.Now(), len(b)), append([]byte(nil), b...)}:
		return len(b), nil
	case <-d.done:
		return 0, net.ErrClosed
	}
}

// shape makes the proxy's line a bad one, also for connections that stand.
func (x *proxy) shape(r *rand.Rand, loss float64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for d := range x.lanes {
		x.lanes[d] = &lane{rand: rand.New(rand.NewPCG(r.Uint64(), r.Uint64())), loss: loss}
	}
}

// toward returns what a pump writes to: the connection itself, or the line before it.
func (x *proxy) toward(direction int, to net.Conn, before *delayed) *delayed {
	x.mu.Lock()
	l := x.lanes[direction]
	x.mu.Unlock()
	if l == nil || before != nil {
		return before
	}
	return newDelayed(to, l)
}
