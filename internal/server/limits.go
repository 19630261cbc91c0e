package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// limits bound one route.
type limits struct {
	bodyBytesMax int64
	timeout      time.Duration
	rate         int // bytes a second, 0: no matter
	window       time.Duration
}

// RouteOption changes the limits of a route.
type RouteOption func(*limits)

// BodyMax sets how large a request body may be, in bytes. Reading more fails with *http.MaxBytesError
// (TypeTooLarge).
func BodyMax(bytes int64) RouteOption { return func(l *limits) { l.bodyBytesMax = bytes } }

// Timeout sets how long a request may take from its header to the end of the answer. Its context ends
// then, and so do reading and writing.
func Timeout(d time.Duration) RouteOption { return func(l *limits) { l.timeout = d } }

// MinRate ends a request whose body brings less than bytesPerSecond over a window, or whose answer finds
// no taker for that long; reading fails with os.ErrDeadlineExceeded (TypeTooSlow).
func MinRate(bytesPerSecond int, window time.Duration) RouteOption {
	return func(l *limits) { l.rate, l.window = bytesPerSecond, window }
}

// serve calls h within the limits. Deadlines are set on the connection as well as in the context, so that
// a handler that only reads or writes ends too.
func (l *limits) serve(w http.ResponseWriter, r *http.Request, h http.Handler) {
	if r.ContentLength > l.bodyBytesMax {
		WriteProblem(w, r, &http.MaxBytesError{Limit: l.bodyBytesMax})
		return
	}
	end := time.Now().Add(l.timeout)
	ctx, cancel := context.WithDeadline(r.Context(), end)
	defer cancel()
	r = r.WithContext(ctx)

	conn := &deadlines{conn: http.NewResponseController(w)}
	defer conn.done()
	r = r.WithContext(context.WithValue(r.Context(), deadlinesKey{}, conn))
	conn.read(end)
	// What says that time is up needs a moment more than what ran out of it.
	conn.write(end.Add(lastWordsTimeout))
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, l.bodyBytesMax)
		r.Body = &body{ReadCloser: r.Body, conn: conn, end: end, need: l.rate * int(l.window/time.Second), window: l.window}
	}
	if l.rate > 0 {
		w = &paced{ResponseWriter: w, conn: conn, end: end, window: l.window}
	}
	h.ServeHTTP(w, r)
}

// body gives each window of time its own deadline, which moves on once the window's bytes have come.
type body struct {
	io.ReadCloser
	conn   *deadlines
	end    time.Time
	window time.Duration
	need   int       // bytes a window; 0: only end counts
	got    int       // bytes in this window
	until  time.Time // end of this window
}

func (b *body) Read(p []byte) (int, error) {
	if b.need > 0 && (b.until.IsZero() || b.got >= b.need) {
		b.got, b.until = 0, earlier(time.Now().Add(b.window), b.end)
		b.conn.read(b.until)
	}
	n, err := b.ReadCloser.Read(p)
	b.got += n
	if errors.Is(err, io.EOF) {
		// From here on the server only watches whether the caller hangs up; it may do so until the end.
		b.need = 0
		b.conn.read(b.end)
	}
	return n, err
}

// paced gives each write a deadline of its own.
type paced struct {
	http.ResponseWriter
	conn   *deadlines
	end    time.Time
	window time.Duration
}

func (p *paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *paced) Write(b []byte) (int, error) {
	p.conn.write(earlier(time.Now().Add(p.window), p.end.Add(lastWordsTimeout)))
	return p.ResponseWriter.Write(b)
}

// deadlines are those of one request's connection. A recorder in a test has none to set; the context still ends.
type deadlines struct {
	mu   sync.Mutex
	conn *http.ResponseController
	cut  bool // for good
	over bool // the connection is the server's again
}

func (d *deadlines) read(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.cut {
		_ = d.conn.SetReadDeadline(at)
	}
}

func (d *deadlines) write(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.cut {
		_ = d.conn.SetWriteDeadline(at)
	}
}

// done gives the connection back. The server reads the rest of a body that was refused, so that its sender hears why; it shall not
// do so for as long as the route would have had.
func (d *deadlines) done() {
	d.read(time.Now().Add(lastWordsTimeout))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
}

type deadlinesKey struct{}

// CutOff ends reading and writing of a request that is being answered, as if its line had broken. It may be called at any time and
// from anywhere, and does nothing once the request was answered.
func CutOff(r *http.Request) {
	d, ok := r.Context().Value(deadlinesKey{}).(*deadlines)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over || d.cut {
		return
	}
	d.cut = true
	_ = d.conn.SetReadDeadline(time.Unix(1, 0))
	_ = d.conn.SetWriteDeadline(time.Unix(1, 0))
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
