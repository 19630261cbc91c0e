package badline

import (
	"net"
	"sync"
	"time"
)

// A bad line as a commune has it.
const (
	BitsPerSecond = 64_000
	OneWay        = 300 * time.Millisecond
	packetBytes   = 1448
	// again is what a lost packet costs beyond its way: the sender waits this long before it sends it
	// again, about twice a round trip, and everything behind it waits too, as TCP delivers in order.
	again = 4 * OneWay
)

// Takes returns how long the line needs for so many bytes, without the way from end to end.
func Takes(bytes int64) time.Duration { return time.Duration(bytes) * 8 * time.Second / BitsPerSecond }

// Lane is one direction of a line; all connections over it share it.
type Lane struct {
	mu   sync.Mutex
	draw func() float64 // at least 0 and less than 1
	loss float64        // of packets
	free time.Time      // when the line is free for the next packet
	last time.Time      // when the last packet arrives
}

// NewLane returns a lane that loses a share of its packets, 0 to less than 1; draw returns a number from 0 to less than 1.
func NewLane(draw func() float64, loss float64) *Lane { return &Lane{draw: draw, loss: loss} }

// Arrival says when n bytes that are handed over now have arrived.
func (l *Lane) Arrival(now time.Time, n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; n > 0; n -= packetBytes {
		if l.free.Before(now) {
			l.free = now
		}
		l.free = l.free.Add(Takes(int64(min(n, packetBytes))))
		at := l.free.Add(OneWay)
		for l.draw() < l.loss {
			at = at.Add(again)
		}
		if at.After(l.last) {
			l.last = at
		}
	}
	return l.last
}

// parcelsMax is how many writes may be under way.
const parcelsMax = 1 << 12

// Writer is what leads to a connection over a lane.
type Writer struct {
	to   net.Conn
	lane *Lane
	wait chan parcel
	done chan struct{}
}

type parcel struct {
	at time.Time
	b  []byte
}

// NewWriter returns a writer to a connection at the end of a lane. Close ends it.
func NewWriter(to net.Conn, l *Lane) *Writer {
	w := &Writer{to: to, lane: l, wait: make(chan parcel, parcelsMax), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for p := range w.wait {
			time.Sleep(time.Until(p.at)) // taking time is what a line is for
			if _, err := w.to.Write(p.b); err != nil {
				return
			}
		}
	}()
	return w
}

// Write hands bytes to the line and does not wait until they have arrived. It returns net.ErrClosed when the connection is gone.
func (w *Writer) Write(b []byte) (int, error) {
	select {
	case w.wait <- parcel{w.lane.Arrival(time.Now(), len(b)), append([]byte(nil), b...)}:
		return len(b), nil
	case <-w.done:
		return 0, net.ErrClosed
	}
}

// Close waits until what was written has arrived or the connection is gone. Nothing may be written afterwards.
func (w *Writer) Close() error {
	close(w.wait)
	<-w.done
	return nil
}
