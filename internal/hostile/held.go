package hostile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"tramy/internal/exchange"
	p "tramy/syncproto"
)

// dialers is how many connections are opened at once.
const dialers = 64

// hold opens connections and keeps them until ctx ends; then it counts which of them the hub has closed.
func (a *attacker) hold(ctx context.Context, n int, open func(ctx context.Context, i int) (net.Conn, error)) error {
	conns := make([]net.Conn, n)
	var all sync.WaitGroup
	next := make(chan int)
	for range min(dialers, n) {
		all.Go(func() {
			for i := range next {
				c, err := open(ctx, i)
				if err != nil {
					continue
				}
				conns[i] = c
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	a.ready()
	<-ctx.Done()
	for _, c := range conns {
		if c == nil {
			a.got("not taken")
			continue
		}
		a.got(fate(c))
		c.Close()
	}
	return nil
}

// fate says whether the hub has closed a connection.
func fate(c net.Conn) string {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := io.Copy(io.Discard, c)
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return "kept"
	}
	return "closed"
}

func silent(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, _ int) (net.Conn, error) { return plain(ctx, a.Exchange) })
}

// addresses calls from many addresses of this machine's own net, as a stranger does who has many machines.
func addresses(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, i int) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(i/200), byte(1+i%200))}}
		return d.DialContext(ctx, "tcp", a.Exchange)
	})
}

func handshakes(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, _ int) (net.Conn, error) { return a.secure(ctx, "h2") })
}

// saying opens a connection of HTTP/1.1 and says something on it.
func (a *attacker) saying(ctx context.Context, what string) (net.Conn, error) {
	c, err := a.secure(ctx, "http/1.1")
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, what); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func halfHeaders(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, _ int) (net.Conn, error) {
		return a.saying(ctx, "POST "+exchange.PathExchange+" HTTP/1.1\r\nHost: hub\r\nX-Endless: ")
	})
}

func halfBodies(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, i int) (net.Conn, error) {
		path := []string{exchange.PathExchange, exchange.PathEnrol, exchange.PathLookup}[i%3]
		return a.saying(ctx, "POST "+path+" HTTP/1.1\r\nHost: hub\r\nContent-Type: application/vnd.tramy.enrol+json\r\nContent-Length: 60000\r\n\r\n{\"secret\": \"")
	})
}

func pagesHalfOpen(ctx context.Context, a *attacker) error {
	return a.hold(ctx, a.Conns, func(ctx context.Context, i int) (net.Conn, error) {
		c, err := plain(ctx, a.Pages)
		if err == nil && i%2 == 1 {
			_, err = io.WriteString(c, "GET /login HTTP/1.1\r\nHost: localhost\r\nX-Endless: ")
		}
		return c, err
	})
}

// deviceConns asks once on each connection, and keeps it.
func deviceConns(ctx context.Context, a *attacker, d *device) error {
	head := "GET " + exchange.PathHeads + " HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " + exchange.EncodeToken(d.token) + "\r\n\r\n"
	return a.hold(ctx, a.Conns, func(ctx context.Context, _ int) (net.Conn, error) {
		c, err := a.saying(ctx, head)
		if err != nil {
			return nil, err
		}
		_ = c.SetReadDeadline(time.Now().Add(answerTimeout))
		if _, err := c.Read(make([]byte, 1)); err != nil {
			c.Close()
			return nil, err
		}
		return c, nil
	})
}

// stalls begins exchanges and says no more.
func stalls(ctx context.Context, a *attacker, d *device) error {
	begun, err := d.begun()
	if err != nil {
		return err
	}
	return a.hold(ctx, min(a.Conns, 256), func(ctx context.Context, _ int) (net.Conn, error) { return a.saying(ctx, begun) })
}

// framed is a connection on which HTTP/2 is spoken by hand.
type framed struct {
	net.Conn
	*http2.Framer
	head bytes.Buffer
	pack *hpack.Encoder
}

// frames opens HTTP/2 with a window for answers of so many bytes.
func (a *attacker) frames(ctx context.Context, window uint32) (*framed, error) {
	c, err := a.secure(ctx, "h2")
	if err != nil {
		return nil, err
	}
	f := &framed{Conn: c, Framer: http2.NewFramer(c, c)}
	f.pack = hpack.NewEncoder(&f.head)
	_, err = io.WriteString(c, http2.ClientPreface)
	if err == nil {
		err = f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return f, nil
}

// header is that of a request.
func (f *framed) header(token []byte) []byte {
	f.head.Reset()
	for _, h := range [][2]string{{":method", "POST"}, {":scheme", "https"}, {":authority", "hub"}, {":path", exchange.PathExchange}, {"content-type", p.ContentType}} {
		_ = f.pack.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}) // into memory
	}
	if token != nil {
		_ = f.pack.WriteField(hpack.HeaderField{Name: "authorization", Value: "Bearer " + exchange.EncodeToken(token)})
	}
	return f.head.Bytes()
}

// flood opens a connection and lets say speak on it until the hub hangs up, again and again. What the hub answers is read and thrown
// away, unless deaf.
func (a *attacker) flood(ctx context.Context, deaf bool, say func(f *framed, i int) error) error {
	return a.again(ctx, func(ctx context.Context, _, _ int) (string, error) {
		f, err := a.frames(ctx, 1<<16)
		if err != nil {
			return "not taken", nil
		}
		defer f.Close()
		defer func() {
			if ctx.Err() != nil {
				a.got("open to the end")
			}
		}()
		defer context.AfterFunc(ctx, func() { f.Close() })()
		if !deaf {
			go func() { _, _ = io.Copy(io.Discard, f.Conn) }()
		}
		a.ready()
		for i := 0; ; i++ {
			_ = f.SetWriteDeadline(time.Now().Add(answerTimeout))
			if err := say(f, i); err != nil {
				return "closed", nil
			}
		}
	})
}

func rapidReset(ctx context.Context, a *attacker) error {
	return a.flood(ctx, false, func(f *framed, i int) error {
		id := uint32(2*i + 1)
		if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.header(nil), EndHeaders: true}); err != nil {
			return err
		}
		return f.WriteRSTStream(id, http2.ErrCodeCancel)
	})
}

func continuation(ctx context.Context, a *attacker) error {
	return a.flood(ctx, false, func(f *framed, i int) error {
		if i == 0 {
			return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: f.header(nil)})
		}
		f.head.Reset()
		_ = f.pack.WriteField(hpack.HeaderField{Name: "x-endless", Value: strings.Repeat("x", 1000), Sensitive: true})
		return f.WriteContinuation(1, false, f.head.Bytes())
	})
}

func manyStreams(ctx context.Context, a *attacker) error {
	return a.flood(ctx, false, func(f *framed, i int) error {
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: uint32(2*i + 1), BlockFragment: f.header(nil), EndHeaders: true})
	})
}

func pings(ctx context.Context, a *attacker) error {
	return a.flood(ctx, true, func(f *framed, i int) error {
		if i%2 == 0 {
			return f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 15})
		}
		return f.WritePing(false, [8]byte{1})
	})
}

// unread asks and takes nothing of the answer.
func unread(ctx context.Context, a *attacker, d *device) error {
	body, err := d.request()
	if err != nil {
		return err
	}
	return a.hold(ctx, min(a.Conns, 256), func(ctx context.Context, _ int) (net.Conn, error) {
		f, err := a.frames(ctx, 0)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: f.header(d.token), EndHeaders: true}),
			f.WriteData(1, true, body),
		); err != nil {
			f.Close()
			return nil, err
		}
		return f.Conn, nil
	})
}

// noises says random bytes where TLS and HTTP are spoken.
func noises(ctx context.Context, a *attacker) error {
	return a.again(ctx, func(ctx context.Context, w, i int) (string, error) {
		r := rand.New(rand.NewPCG(a.Seed+uint64(w), uint64(i)))
		var c net.Conn
		var err error
		switch i % 3 {
		case 0:
			c, err = plain(ctx, a.Exchange)
		case 1:
			c, err = a.secure(ctx, "http/1.1")
		default:
			c, err = a.secure(ctx, "h2")
		}
		if err != nil {
			return "not taken", nil
		}
		defer c.Close()
		defer context.AfterFunc(ctx, func() { c.Close() })()
		_ = c.SetDeadline(time.Now().Add(answerTimeout))
		b := noise(r, 64<<10)
		b[0] |= 0x80 // no TLS record, no method
		if _, err := c.Write(b); err == nil {
			_, _ = io.Copy(io.Discard, c)
		}
		return "closed", nil
	})
}
