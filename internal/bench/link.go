package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"tramy/internal/badline"
)

const (
	linkLoss = 0.03 // of packets, each way
	linkDays = 15
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

// shape makes the proxy's line a bad one, also for connections that stand.
func (x *proxy) shape(r *rand.Rand, loss float64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for d := range x.lanes {
		x.lanes[d] = badline.NewLane(rand.New(rand.NewPCG(r.Uint64(), r.Uint64())).Float64, loss)
	}
}

// toward returns what a pump writes to: the connection itself, or the line before it.
func (x *proxy) toward(direction int, to net.Conn, before *badline.Writer) *badline.Writer {
	x.mu.Lock()
	l := x.lanes[direction]
	x.mu.Unlock()
	if l == nil || before != nil {
		return before
	}
	return badline.NewWriter(to, l)
}
