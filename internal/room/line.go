package room

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"tramy/internal/node"
	p "tramy/syncproto"
)

const (
	dialTimeout    = 3 * time.Second // it is in the same room
	requestTimeout = time.Minute
	roundsMax      = 10000 // requests in a row; each brings something, so this bounds nothing but a fault of ours
	addressesOfOne = 4     // of one device, the newest first
)

// errOther says that another line speaks with this device already.
var errOther = errors.New("another line speaks with this laptop")

// errNotLaptop says that something answered that does not speak as a laptop of the station does.
var errNotLaptop = errors.New("what answered is not a laptop of this station")

// line speaks with one neighbour: at once when it appears, soon after something is saved, and from time to time.
type line struct {
	s      *session
	device p.EntityID    // zero: whoever answers at the address
	kick   chan struct{} // something was saved
	near   chan struct{} // it was heard on the air

	mu        sync.Mutex
	addresses []string
	answers   p.EntityID // who answered last
	last      contact

	open *connection
}

// appeared notes an address, the newest first, and wakes a line that waits to try again.
func (l *line) appeared(addr string) {
	l.mu.Lock()
	i := slices.Index(l.addresses, addr)
	if i > 0 || i < 0 {
		l.addresses = slices.DeleteFunc(l.addresses, func(a string) bool { return a == addr })
		l.addresses = slices.Insert(l.addresses, 0, addr)
		l.addresses = l.addresses[:min(len(l.addresses), addressesOfOne)]
	}
	present := l.last.present
	l.mu.Unlock()
	if !present {
		poke(l.near)
	}
}

func (l *line) contact() (p.EntityID, contact) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers, l.last
}

func (l *line) run(ctx context.Context) {
	defer l.hangUp()
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = retryFirst, retryMax
	for ctx.Err() == nil {
		err := l.talk(ctx)
		var next time.Duration
		kick := l.kick
		switch {
		case err == nil:
			wait.Reset()
			next = keepAlive
		case errors.Is(err, errOther):
			next, kick = keepAlive, nil
		default:
			l.hangUp()
			next, kick = wait.NextBackOff(), nil // a save does not make it answer
			if ctx.Err() == nil {
				l.s.room.o.Log.Debug("a neighbour did not answer", "device", l.device.String(), "err", err.Error())
			}
		}
		t := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-l.near:
		case <-kick:
			pause(ctx, settle)
		}
		t.Stop()
	}
}

// talk connects, if need be, and sends until the neighbour has everything.
func (l *line) talk(ctx context.Context) error {
	if l.open == nil {
		if err := l.connect(ctx); err != nil {
			return err
		}
	}
	for range roundsMax {
		call, err := l.s.room.o.Node.BeginPeer(ctx, l.open.peer)
		if err != nil {
			return err
		}
		again, err := l.open.exchange(ctx, call)
		if err != nil {
			return err
		}
		l.note(contact{present: true, at: time.Now()})
		if !again {
			return nil
		}
	}
	return fmt.Errorf("%d requests in a row", roundsMax)
}

func (l *line) note(c contact) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.at.IsZero() {
		c.at = l.last.at
	}
	l.last = c
}

func (l *line) connect(ctx context.Context) error {
	l.mu.Lock()
	addresses := slices.Clone(l.addresses)
	l.mu.Unlock()
	var last error
	for _, addr := range addresses {
		open, err := l.s.call.dial(ctx, addr)
		if err == nil {
			err = expect(open.peer, l.device)
		}
		if err == nil && !l.s.owns(l, open.peer.Device) {
			err = errOther
		}
		if err == nil {
			l.open = open
			l.mu.Lock()
			l.answers = open.peer.Device
			l.mu.Unlock()
			return nil
		}
		if open != nil {
			open.close()
		}
		last = err
	}
	return last
}

func (l *line) hangUp() {
	l.s.disowns(l)
	l.note(contact{})
	if l.open != nil {
		l.open.close()
		l.open = nil
	}
}

// caller opens connections.
type caller struct {
	room *Room
	tls  *tls.Config
}

// connection is one TLS connection to a neighbour, and what it has said on it.
type connection struct {
	peer *node.Peer
	conn net.Conn
	http *http.Client
	addr string
}

// dial connects and finds out who answers.
func (c *caller) dial(ctx context.Context, addr string) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, c.tls)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	cs := conn.ConnectionState()
	peer, err := c.room.peerOf(ctx, &cs)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	open := &connection{peer: peer, conn: conn, addr: addr}
	once := make(chan net.Conn, 1)
	once <- conn
	open.http = &http.Client{Transport: &http.Transport{
		MaxConnsPerHost: 1, DisableCompression: true,
		// This connection and no other: what the neighbour said counts for as long as it stands.
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			select {
			case conn := <-once:
				return conn, nil
			default:
				return nil, net.ErrClosed
			}
		},
	}}
	return open, nil
}

// exchange does one request.
func (o *connection) exchange(ctx context.Context, call *node.PeerCall) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	pr, pw := io.Pipe()
	defer pr.Close()
	go func() { pw.CloseWithError(call.WriteRequest(pw)) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+o.addr+pathExchange, pr)
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", p.ContentType)
	req.Header["User-Agent"] = nil
	resp, err := o.http.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != p.ContentType {
		return false, fmt.Errorf("%w: it sent %q with status %d", errNotLaptop, ct, resp.StatusCode)
	}
	return call.ReadResponse(resp.Body)
}

func (o *connection) close() {
	o.http.CloseIdleConnections()
	_ = o.conn.Close()
}
