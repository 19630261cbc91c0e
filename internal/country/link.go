package country

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// LinkState is what a link does with what is sent through it.
type LinkState int32

// States of a link.
const (
	LinkUp LinkState = iota
	LinkSlow
	LinkCut
)

// SlowBytesPerSecond is a slow link's speed: 64 kbit/s each way; SlowDelay is added to every piece.
const (
	SlowBytesPerSecond = 8000
	SlowDelay          = 300 * time.Millisecond
)

// Link is the cable between a node and the hub above it: a proxy on loopback that counts bytes and can be
// cut or slowed.
type Link struct {
	Name   string
	to     string
	l      net.Listener
	state  atomic.Int32
	up     atomic.Int64
	down   atomic.Int64
	opened atomic.Int64

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// NewLink listens on loopback and forwards to an address.
func NewLink(name, to string) (*Link, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &Link{Name: name, to: to, l: l, conns: map[net.Conn]bool{}}
	go k.accept()
	return k, nil
}

// Addr is where the node below calls.
func (k *Link) Addr() string { return k.l.Addr().String() }

// State returns what the link does now.
func (k *Link) State() LinkState { return LinkState(k.state.Load()) }

// Set changes it. Cutting breaks every connection where it stands.
func (k *Link) Set(s LinkState) {
	k.state.Store(int32(s))
	if s == LinkCut {
		k.breakAll()
	}
}

func (k *Link) breakAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for c := range k.conns {
		c.Close()
	}
}

// Bytes returns what has passed, TLS included.
func (k *Link) Bytes() (up, down int64) { return k.up.Load(), k.down.Load() }

// Close ends the link.
func (k *Link) Close() {
	k.l.Close()
	k.breakAll()
}

func (k *Link) accept() {
	for {
		c, err := k.l.Accept()
		if err != nil {
			return
		}
		if k.State() == LinkCut {
			c.Close()
			continue
		}
		go k.carry(c)
	}
}

func (k *Link) carry(below net.Conn) {
	above, err := net.Dial("tcp", k.to)
	if err != nil {
		below.Close()
		return
	}
	k.mu.Lock()
	k.conns[below], k.conns[above] = true, true
	k.mu.Unlock()
	k.opened.Add(1)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() { defer wg.Done(); k.pump(above, below, &k.up) }()
	go func() { defer wg.Done(); k.pump(below, above, &k.down) }()
	wg.Wait()
	k.mu.Lock()
	delete(k.conns, below)
	delete(k.conns, above)
	k.mu.Unlock()
}

func (k *Link) pump(to, from net.Conn, count *atomic.Int64) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if k.State() == LinkSlow {
				time.Sleep(SlowDelay + time.Duration(n)*time.Second/SlowBytesPerSecond)
			}
			if k.State() == LinkCut {
				return
			}
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
			count.Add(int64(n))
		}
		if err != nil {
			return
		}
	}
}
