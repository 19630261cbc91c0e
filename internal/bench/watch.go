package bench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// noticedWithin is how long a hub may take until it has noticed that a line broke and has taken in what had come whole.
const noticedWithin = 2 * time.Minute

// watch knows what a hub is still at, so that its end can be waited for. A request is a head that the hub has read whole: its
// handler may begin a little later than the connection ends.
type watch struct {
	mu       sync.Mutex
	accepted int // connections since the start
	open     int // of them
	begun    int // requests since the start
	returned int // of them, whose handler has returned
	changed  chan struct{}
}

func newWatch() *watch { return &watch{changed: make(chan struct{})} }

func (h *watch) note(fn func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fn()
	close(h.changed)
	h.changed = make(chan struct{})
}

// wrap returns the handler with a note of its end.
func (h *watch) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer h.note(func() { h.returned++ })
		next.ServeHTTP(w, r)
	})
}

// quiet waits until so many connections came since the start, all are closed and every request that came over them is done.
func (h *watch) quiet(ctx context.Context, connections int) error {
	ctx, cancel := context.WithTimeout(ctx, noticedWithin)
	defer cancel()
	for {
		h.mu.Lock()
		done, changed := h.accepted == connections && h.open == 0 && h.begun == h.returned, h.changed
		state := fmt.Sprintf("%d of %d connections came, %d are open; %d of %d requests are done", h.accepted, connections, h.open, h.returned, h.begun)
		h.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("the hub does not notice that the line broke: %s: %w", state, ctx.Err())
		}
	}
}

// watchedListener notes connections and what is read of them.
type watchedListener struct {
	net.Listener
	watch *watch
}

// Accept implements net.Listener.
func (l watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.watch.note(func() { l.watch.accepted++; l.watch.open++ })
	return &watchedConn{Conn: c, watch: l.watch, framer: framer{skip: prefaceSize}}, nil
}

type watchedConn struct {
	net.Conn
	watch  *watch
	framer framer // one reader at a time
	once   sync.Once
}

// Read implements net.Conn.
func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if heads := c.framer.read(b[:n], func(uint32, []byte) {}); heads > 0 {
		c.watch.note(func() { c.watch.begun += int(heads) })
	}
	return n, err
}

// Close implements net.Conn.
func (c *watchedConn) Close() error {
	c.once.Do(func() { c.watch.note(func() { c.watch.open-- }) })
	return c.Conn.Close()
}
