package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Bounds are what a server gives to connections. Whoever has not shown who they are is a stranger, and strangers take room from each
// other only: where there are too many, the one that has been here longest goes, of the address that has most. Nothing here depends on
// how fast a caller is who has shown a token or a log-in.
type Bounds struct {
	// Conns is how many connections there are at once, fewer where the system lets the program have fewer files open; one more is
	// closed as it comes.
	Conns int
	// Strangers is how many of them are strangers', StrangersPerAddr how many of one address (AddrOf): stations behind a mobile
	// network share one.
	Strangers, StrangersPerAddr int
	// ConnsPerCaller is how many one caller has; one more ends the one on which the caller was heard longest ago, of those on which
	// nothing is being answered.
	ConnsPerCaller int
	// HeaderTime is how long a handshake may take, and a request's header.
	HeaderTime time.Duration
	// StrangerTime is how long a stranger's connection lives between requests, StrangerTimeMax in any case.
	StrangerTime, StrangerTimeMax time.Duration
	// IdleTime is how long a caller's connection is kept from one request to the next.
	IdleTime time.Duration
}

// DefaultBounds are those of a server that sets no others. A handshake over 64 kbit/s with 600 ms there and back takes two seconds, and
// ten where three packets in a row are lost.
func DefaultBounds() Bounds {
	return Bounds{
		Conns: 16384, Strangers: 2048, StrangersPerAddr: 512, ConnsPerCaller: 16,
		HeaderTime: 30 * time.Second, StrangerTime: 2 * time.Minute, StrangerTimeMax: 5 * time.Minute,
		IdleTime: 10 * time.Minute, // stations keep their connection from one exchange to the next
	}
}

// What HTTP/2 may keep for one connection, read by nobody yet; and how many requests it carries at once. 256 KiB there and back in
// 0.2 s are 10 Mbit/s.
const (
	streamsMax      = 16
	receiveBytesMax = 256 << 10
	writeStallMax   = time.Minute // nothing at all could be written for so long
)

// filesKept is how many files the rest of the program may have open beside connections.
const filesKept = 128

// connsAllowed is how many connections there may be where the system lets the program have so many files open; 0: any number. A
// program has two listeners.
func connsAllowed(want int, files uint64) int {
	if files == 0 || files > 1<<30 {
		return want
	}
	return max(1, min(want, (int(files)-filesKept)/2))
}

// ConnCounts is how many connections there are and what became of the others.
type ConnCounts struct {
	Open, Strangers int
	Refused         int // closed as they came: there were too many
	MadeRoom        int // strangers' and callers' own, for newer ones
	TimedOut        int // strangers that did not say who they are
}

// conns are the connections of a server.
type conns struct {
	Bounds
	log *slog.Logger
	now func() time.Time

	mu      sync.Mutex
	counts  ConnCounts
	unknown map[string]*line // by address
	callers map[string]*line // by caller
	said    time.Time        // when the log was last told that there are too many
}

// line holds the connections of one address or caller, the one heard longest ago first.
type line struct {
	first, last *conn
	n           int
}

// conn is a connection and where it stands.
type conn struct {
	net.Conn
	of         *conns
	addr       string
	in         *line // nil once closed
	inMap      map[string]*line
	key        string
	prev, next *conn
	busy       bool // a request is being answered
	overdue    bool // a stranger's time between requests is up
	timers     [2]*time.Timer
	stranger   bool
}

func newConns(b Bounds, log *slog.Logger, now func() time.Time) *conns {
	b.Conns = connsAllowed(b.Conns, filesMax())
	return &conns{Bounds: b, log: log, now: now, unknown: map[string]*line{}, callers: map[string]*line{}}
}

// listener takes connections within the bounds.
type listener struct {
	net.Listener
	conns *conns
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if taken, ok := l.conns.take(c); ok {
			return taken, nil
		}
		_ = c.Close()
	}
}

// take makes room for a connection, or says that there is none.
func (s *conns) take(raw net.Conn) (*conn, bool) {
	c := &conn{Conn: raw, of: s, addr: addrOf(raw.RemoteAddr().String()), stranger: true}
	s.mu.Lock()
	var out *conn
	switch of := s.unknown[c.addr]; {
	case of != nil && of.n >= s.StrangersPerAddr:
		out = of.first
	case s.counts.Strangers > 0 && (s.counts.Strangers >= s.Strangers || s.counts.Open >= s.Conns):
		out = s.mostCrowded().first
	}
	if out != nil {
		s.counts.MadeRoom++
		s.leave(out)
	}
	full := s.counts.Open >= s.Conns
	if full {
		s.counts.Refused++
	} else {
		s.counts.Open++
		s.counts.Strangers++
		s.enter(c, s.unknown, c.addr)
		c.timers = [2]*time.Timer{time.AfterFunc(s.StrangerTime, func() { s.late(c, false) }), time.AfterFunc(s.StrangerTimeMax, func() { s.late(c, true) })}
	}
	tell := (out != nil || full) && s.now().Sub(s.said) >= time.Minute
	if tell {
		s.said = s.now()
	}
	counts := s.counts
	s.mu.Unlock()
	if out != nil {
		_ = out.Conn.Close()
	}
	if tell {
		s.log.Warn("more connections than are taken", "open", counts.Open, "strangers", counts.Strangers, "refused", counts.Refused, "madeRoom", counts.MadeRoom)
	}
	return c, !full
}

// mostCrowded is the address with most strangers. It is asked for only where there are too many, and looks at each address.
func (s *conns) mostCrowded() *line {
	var most *line
	for _, l := range s.unknown {
		if most == nil || l.n > most.n {
			most = l
		}
	}
	return most
}

// enter puts a connection last in a line.
func (s *conns) enter(c *conn, of map[string]*line, key string) {
	l := of[key]
	if l == nil {
		l = &line{}
		of[key] = l
	}
	c.in, c.inMap, c.key, c.prev, c.next = l, of, key, l.last, nil
	if l.last != nil {
		l.last.next = c
	} else {
		l.first = c
	}
	l.last = c
	l.n++
}

// part takes a connection out of its line.
func (s *conns) part(c *conn) {
	l := c.in
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		l.last = c.prev
	}
	if l.n--; l.n == 0 {
		delete(c.inMap, c.key)
	}
	c.in, c.prev, c.next = nil, nil, nil
}

// leave forgets a connection. The caller holds mu.
func (s *conns) leave(c *conn) {
	if c.in == nil {
		return
	}
	s.part(c)
	s.counts.Open--
	s.known(c)
}

// known ends a connection's time as a stranger's.
func (s *conns) known(c *conn) {
	if !c.stranger {
		return
	}
	c.stranger = false
	s.counts.Strangers--
	for _, t := range c.timers {
		t.Stop()
	}
}

// vouch says whose a connection is: from here on it has a caller's time, and counts among the caller's.
func (s *conns) vouch(c *conn, caller string) {
	s.mu.Lock()
	if c.in == nil {
		s.mu.Unlock()
		return
	}
	s.part(c)
	s.known(c)
	s.enter(c, s.callers, caller)
	var out *conn
	if c.in.n > s.ConnsPerCaller {
		out = c.in.restingLongest(c)
		s.counts.MadeRoom++
		s.leave(out)
	}
	s.mu.Unlock()
	if out != nil {
		_ = out.Conn.Close()
	}
}

// restingLongest is the connection heard longest ago of those on which nothing is being answered, or of all but one if there is none.
func (l *line) restingLongest(but *conn) *conn {
	for c := l.first; c != nil; c = c.next {
		if !c.busy && c != but {
			return c
		}
	}
	return l.first
}

// late ends a stranger's connection: one that is busy when it is done, unless always.
func (s *conns) late(c *conn, always bool) {
	s.mu.Lock()
	end := c.in != nil && c.stranger && (always || !c.busy)
	c.overdue = true
	if end {
		s.counts.TimedOut++
		s.leave(c)
	}
	s.mu.Unlock()
	if end {
		_ = c.Conn.Close()
	}
}

// state follows what net/http does with a connection.
func (s *conns) state(nc net.Conn, st http.ConnState) {
	c := connOf(nc)
	if c == nil {
		return
	}
	s.mu.Lock()
	c.busy = st == http.StateActive
	end := st == http.StateIdle && c.in != nil && c.stranger && c.overdue
	if end {
		s.counts.TimedOut++
		s.leave(c)
	}
	s.mu.Unlock()
	if end {
		_ = c.Conn.Close()
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.of.mu.Lock()
	c.of.leave(c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

func connOf(nc net.Conn) *conn {
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	c, _ := nc.(*conn)
	return c
}

type connKey struct{}

func withConn(ctx context.Context, nc net.Conn) context.Context {
	if c := connOf(nc); c != nil {
		ctx = context.WithValue(ctx, connKey{}, c)
	}
	return ctx
}

// Vouch says that whoever sent a request has shown who they are: caller names them, in words that nobody is shown. Until then the
// connection is a stranger's. It does nothing for a request that came another way.
func Vouch(r *http.Request, caller string) {
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		c.of.vouch(c, caller)
	}
}

// addrOf is AddrOf for the text of an address.
func addrOf(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	addr := ap.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// Conns counts the connections of a server that serves.
func (s *Server) Conns() ConnCounts {
	s.conns.mu.Lock()
	defer s.conns.mu.Unlock()
	return s.conns.counts
}

// or fills in what is not set.
func (b Bounds) or(d Bounds) Bounds {
	return Bounds{
		Conns: cmp.Or(b.Conns, d.Conns), Strangers: cmp.Or(b.Strangers, d.Strangers), StrangersPerAddr: cmp.Or(b.StrangersPerAddr, d.StrangersPerAddr),
		ConnsPerCaller: cmp.Or(b.ConnsPerCaller, d.ConnsPerCaller), HeaderTime: cmp.Or(b.HeaderTime, d.HeaderTime),
		StrangerTime: cmp.Or(b.StrangerTime, d.StrangerTime), StrangerTimeMax: cmp.Or(b.StrangerTimeMax, d.StrangerTimeMax), IdleTime: cmp.Or(b.IdleTime, d.IdleTime),
	}
}
