package bench

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"

	"tramy/internal/badline"
)

// Preface and head of a frame of HTTP/2, and the types that are told apart.
const (
	prefaceSize   = 24
	h2HeadSize    = 9
	h2Data        = 0
	h2Headers     = 1
	uplink        = 0
	downlink      = 1
	directions    = 2
	pumpSizeBytes = 2048
)

// proxy carries connections to a hub, counts what passes, and can cut everything after so many bytes.
type proxy struct {
	to string
	l  net.Listener

	mu          sync.Mutex
	n           [directions]int64 // bytes since the last mark
	total       int64             // bytes both ways since the start
	heads       [directions]int64 // whole frames of heads since the last mark
	body        [directions]bytes.Buffer
	limit       [directions]int64 // cut after so many; 0: never
	conns       map[net.Conn]bool
	opened      int
	connections int                                  // since the start
	lanes       [directions]*badline.Lane            // nil: as fast as it goes
	every       int64                                // each connection breaks after so many bytes both ways; 0: never
	said        [directions]map[stream]*bytes.Buffer // what went in frames of DATA since the mark, nil: not kept
}

// stream is one of HTTP/2 in one connection.
type stream struct {
	conn int
	id   uint32
}

func newProxy(to string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	x := &proxy{to: to, l: l, conns: map[net.Conn]bool{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(c)
		}
	}()
	return x, nil
}

func (x *proxy) addr() string { return x.l.Addr().String() }

// mark begins a count anew.
func (x *proxy) mark() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.n, x.heads, x.opened = [directions]int64{}, [directions]int64{}, 0
	for d := range x.body {
		x.body[d].Reset()
		if x.said[d] != nil {
			x.said[d] = map[stream]*bytes.Buffer{}
		}
	}
}

// cutEvery breaks each connection once so many bytes have passed in it, both ways together.
func (x *proxy) cutEvery(bytes int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.every = bytes
}

// listen keeps what is said from now on.
func (x *proxy) listen() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for d := range x.said {
		x.said[d] = map[stream]*bytes.Buffer{}
	}
}

// cutAfter breaks all connections once so many bytes have passed in a direction since the mark.
func (x *proxy) cutAfter(direction int, bytes int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.limit = [directions]int64{}
	if bytes > 0 {
		x.limit[direction] = bytes
	}
}

func (x *proxy) close() {
	_ = x.l.Close()
	x.breakAll()
}

func (x *proxy) breakAll() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for c := range x.conns {
		_ = c.Close()
	}
}

func (x *proxy) carry(below net.Conn) {
	above, err := net.Dial("tcp", x.to)
	if err != nil {
		_ = below.Close()
		return
	}
	x.mu.Lock()
	x.conns[below], x.conns[above] = true, true
	x.opened++
	conn := &carried{number: x.connections}
	x.connections++
	x.mu.Unlock()
	var wg sync.WaitGroup
	wg.Add(directions)
	go func() { defer wg.Done(); x.pump(above, below, uplink, conn, &framer{skip: prefaceSize}) }()
	go func() { defer wg.Done(); x.pump(below, above, downlink, conn, &framer{}) }()
	wg.Wait()
	x.mu.Lock()
	delete(x.conns, below)
	delete(x.conns, above)
	x.mu.Unlock()
}

// carried is one connection.
type carried struct {
	number int
	passed int64 // both ways
}

func (x *proxy) pump(to, from net.Conn, direction int, conn *carried, f *framer) {
	defer func() { _, _ = to.Close(), from.Close() }()
	var line *badline.Writer
	defer func() {
		if line != nil {
			_ = line.Close()
		}
	}()
	buf := make([]byte, pumpSizeBytes)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			pass, cut, all := x.count(direction, conn, buf[:n], f)
			var out io.Writer = to
			if line = x.toward(direction, to, line); line != nil {
				out = line
			}
			if _, werr := out.Write(pass); werr != nil {
				return
			}
			if all {
				x.breakAll()
			}
			if cut && !all {
				// What has passed is to arrive: a connection that is closed while something lies unread in it is reset, and
				// what the other end has not read yet is gone.
				if line != nil {
					_ = line.Close()
					line = nil
				}
				if c, ok := to.(*net.TCPConn); ok {
					_ = c.CloseWrite()
				}
				_, _ = io.Copy(io.Discard, from)
			}
			if cut {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// count notes what passes and returns as much of it as may, whether this connection breaks, and whether all do.
func (x *proxy) count(direction int, conn *carried, b []byte, f *framer) (pass []byte, cut, all bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if limit := x.limit[direction]; limit > 0 && x.n[direction]+int64(len(b)) >= limit {
		b, cut, all = b[:max(0, limit-x.n[direction])], true, true
		x.limit = [directions]int64{}
	}
	if x.every > 0 && conn.passed+int64(len(b)) >= x.every {
		b, cut = b[:max(0, x.every-conn.passed)], true
	}
	conn.passed += int64(len(b))
	x.n[direction] += int64(len(b))
	x.total += int64(len(b))
	x.heads[direction] += f.read(b, func(id uint32, data []byte) {
		x.body[direction].Write(data)
		if x.said[direction] == nil {
			return
		}
		key := stream{conn.number, id}
		if x.said[direction][key] == nil {
			x.said[direction][key] = &bytes.Buffer{}
		}
		x.said[direction][key].Write(data)
	})
	return b, cut, all
}

// made is how many connections to the hub there were since the start.
func (x *proxy) made() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.connections
}

func (x *proxy) passed() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.total
}

// framer follows the frames of HTTP/2 in one direction of a connection.
type framer struct {
	skip int // bytes before the first frame
	head []byte
	left int // of the frame being read
	kind byte
	id   uint32 // of its stream
}

// read takes the next bytes, hands the data frames' content over and returns how many frames of heads came to their end.
func (f *framer) read(b []byte, data func(id uint32, b []byte)) (heads int64) {
	for len(b) > 0 {
		switch {
		case f.skip > 0:
			k := min(f.skip, len(b))
			f.skip -= k
			b = b[k:]
		case f.left > 0:
			k := min(f.left, len(b))
			if f.kind == h2Data {
				data(f.id, b[:k])
			}
			f.left -= k
			b = b[k:]
			if f.left == 0 && f.kind == h2Headers {
				heads++
			}
		default:
			k := min(h2HeadSize-len(f.head), len(b))
			f.head = append(f.head, b[:k]...)
			b = b[k:]
			if len(f.head) < h2HeadSize {
				return heads
			}
			f.left, f.kind, f.id = int(binary.BigEndian.Uint32(f.head)>>8), f.head[3], binary.BigEndian.Uint32(f.head[5:])
			f.head = f.head[:0]
		}
	}
	return heads
}
