package room

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"tramy/internal/node"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// pathExchange is where a neighbour sends what it has.
const pathExchange = "/room/v1/exchange"

// requestBytesMax bounds a neighbour's request: its segments, one that is larger than usual, its list of logs.
const requestBytesMax = 4 << 20

// session is a room while it is on.
type session struct {
	room *Room
	ctx  context.Context
	port int

	work sync.WaitGroup
	call caller

	mu     sync.Mutex
	lines  map[string]*line
	owners map[p.EntityID]*line // who speaks with a device, where it has several addresses
}

// contact is when a device last answered.
type contact struct {
	present bool
	at      time.Time
}

// begin listens and starts what works beside; all of it ends with ctx.
func (r *Room) begin(ctx context.Context, setting Setting) (*session, error) {
	listen, call, err := r.trust(ctx)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", r.o.Listen)
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	s := &session{room: r, ctx: ctx, port: port, call: caller{room: r, tls: call}, lines: map[string]*line{}, owners: map[p.EntityID]*line{}}
	host, _, err := net.SplitHostPort(r.o.Listen)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	udp, err := net.ResolveUDPAddr("udp4", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	conn, err := net.ListenUDP("udp4", udp)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	a, err := newAir(s, conn)
	if err != nil {
		return nil, errors.Join(err, l.Close(), conn.Close())
	}
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, TLS: listen, Log: r.o.Log})
	srv.HandleFunc(http.MethodPost, pathExchange, s.exchange, server.BodyMax(requestBytesMax))
	s.work.Go(func() {
		if err := srv.Serve(ctx, l); err != nil {
			r.o.Log.Error("listening for other laptops ended", "err", err.Error())
		}
	})
	s.work.Go(func() { a.hear(ctx) })
	s.work.Go(func() { a.speak(ctx) })
	s.work.Go(func() {
		<-ctx.Done()
		_ = conn.Close()
	})
	for _, addr := range setting.Addresses {
		s.byHand(addr)
	}
	return s, nil
}

func (s *session) wait() { s.work.Wait() }

// exchange answers a neighbour. Who it is was checked with the handshake; a connection outlives a revocation, so it is
// checked with each request.
func (s *session) exchange(w http.ResponseWriter, r *http.Request) {
	peer, err := s.room.peerOf(r.Context(), r.TLS)
	if err == nil && r.Header.Get("Content-Type") != p.ContentType {
		err = p.ErrMagic
	}
	if err != nil {
		refuse(w, err)
		return
	}
	server.Vouch(r, "device "+peer.Device.String())
	out := &answer{w: w}
	if err := s.room.o.Node.ServePeer(r.Context(), peer, r.Body, out); err != nil {
		s.room.o.Log.Info("a neighbour's request ended", "device", peer.Device.String(), "err", err.Error())
		if out.begun {
			panic(http.ErrAbortHandler) // the answer is cut; nothing in it counts
		}
		refuse(w, err)
	}
}

// refuse answers with a lone Refusal frame.
func refuse(w http.ResponseWriter, err error) {
	code, status := p.RefusedInternal, http.StatusInternalServerError
	switch {
	case errors.Is(err, node.ErrNotNeighbour):
		code, status = p.RefusedRevoked, http.StatusForbidden
	case errors.Is(err, p.ErrVersion):
		code, status = p.RefusedVersion, http.StatusBadRequest
	case errors.Is(err, p.ErrOrder), errors.Is(err, p.ErrLimit), errors.Is(err, p.ErrMagic), errors.Is(err, p.ErrTruncated), errors.Is(err, p.ErrInvalid):
		code, status = p.RefusedFormat, http.StatusBadRequest
	}
	w.Header().Set("Content-Type", p.ContentType)
	w.WriteHeader(status)
	_ = p.NewFrameWriter(w).Write(&p.Refusal{Code: code})
}

// answer sets the head with the first byte.
type answer struct {
	w     http.ResponseWriter
	begun bool
}

func (a *answer) Write(b []byte) (int, error) {
	if !a.begun {
		a.w.Header().Set("Content-Type", p.ContentType)
		a.begun = true
	}
	return a.w.Write(b)
}

// found takes note of where a device was heard.
func (s *session) found(device p.EntityID, addr string) {
	if l := s.line(device.String(), device); l != nil {
		l.appeared(addr)
	}
}

// byHand calls an address somebody typed; which device answers there is found out.
func (s *session) byHand(addr string) {
	if l := s.line(addr, p.EntityID{}); l != nil {
		l.appeared(addr)
	}
}

// line returns the line of that name, begun if there was none and there is room for one more.
func (s *session) line(name string, device p.EntityID) *line {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lines[name]
	if l == nil && !s.full() && s.ctx.Err() == nil {
		l = &line{s: s, device: device, kick: make(chan struct{}, 1), near: make(chan struct{}, 1)}
		s.lines[name] = l
		s.work.Go(func() { l.run(s.ctx) })
	}
	return l
}

// full reports whether there is room for no further line. The caller holds mu.
func (s *session) full() bool { return len(s.lines) >= linesMax }

// saved tells every line.
func (s *session) saved() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines {
		poke(l.kick)
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// owns reports whether a line is the one that speaks with a device; the first to reach it is, until it fails.
func (s *session) owns(l *line, device p.EntityID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owners[device] == nil {
		s.owners[device] = l
	}
	return s.owners[device] == l
}

func (s *session) disowns(l *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for device, owner := range s.owners {
		if owner == l {
			delete(s.owners, device)
		}
	}
}

// contacts returns when each device last answered, and the addresses by hand where none does.
func (s *session) contacts() (map[p.EntityID]contact, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[p.EntityID]contact{}
	var silent []string
	for name, l := range s.lines {
		device, c := l.contact()
		if l.device.IsZero() && !c.present {
			silent = append(silent, name)
		}
		if !device.IsZero() && (c.present || c.at.After(out[device].at)) {
			out[device] = c
		}
	}
	return out, silent
}
