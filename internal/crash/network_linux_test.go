package crash

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tramy/internal/badline"
)

// Addresses at the ends of a packet line, and what the ends are called.
const (
	hubAddress     = "10.77.0.1"
	stationAddress = "10.77.0.2"
	endName        = "eth0"
)

// Sizes of a packet line.
const (
	queueBytes   = 16_000 // what waits for the bandwidth before packets are dropped: two seconds of it
	burstBytes   = 1600   // one packet with its head
	overtakenBy  = 250 * time.Millisecond
	virtioHead   = 10 // before each frame: which sums the kernel has left out
	ethernetHead = 14
	frameMax     = virtioHead + 1<<16
)

// namespace is a network of the kernel without a name: it is gone when nothing is in it and nobody holds it open.
type namespace struct{ file *os.File }

// newNamespace makes one in which nothing is but its own loopback.
func newNamespace(t testing.TB) (*namespace, error) {
	n := &namespace{}
	err := onThread(func() (err error) {
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("unshare: %w", err)
		}
		n.file, err = os.Open("/proc/thread-self/ns/net")
		return err
	})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { n.file.Close() })
	return n, n.run("ip link set lo up")
}

// onThread runs fn on a thread of its own, which ends with it: nothing else ever runs in the network it has gone to.
func onThread(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		done <- fn()
	}()
	return <-done
}

func (n *namespace) do(fn func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("setns: %w", err)
		}
		return fn()
	})
}

// path is a name for it that other programs understand.
func (n *namespace) path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), n.file.Fd()) }

// run runs a command in it.
func (n *namespace) run(line string) error {
	return n.do(func() error {
		args := strings.Fields(line)
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", line, err, bytes.TrimSpace(out))
		}
		return nil
	})
}

var (
	shaped   = fmt.Sprintf("tc qdisc add dev %s root tbf rate %dbit burst %d limit %d", endName, badline.BitsPerSecond, burstBytes, queueBytes)
	unshaped = "tc qdisc del dev " + endName + " root"
)

// packetLine is a line between two namespaces, each of which is joined to a third by a pair of virtual cards. The kernel keeps to
// 64 kbit/s each way. In the third, packets take 300 ms; some are lost, some come late.
type packetLine struct {
	ends  []*namespace // the last is the station's
	bad   badness
	isBad atomic.Bool
	gone  atomic.Int64
	bytes [directions]atomic.Int64 // of IP
	gates [directions]gate
}

// newPacketLine puts the station into one namespace and the machines above it into another.
func newPacketLine(t testing.TB, w *world, bad badness) (*packetLine, error) {
	t.Helper()
	above, err := newNamespace(t)
	if err != nil {
		return nil, err
	}
	below, err := newNamespace(t)
	if err != nil {
		return nil, err
	}
	between, err := newNamespace(t)
	if err != nil {
		return nil, err
	}
	for _, end := range []struct {
		in      *namespace
		address string
		name    string // of the other end
	}{{above, hubAddress, "above"}, {below, stationAddress, "below"}} {
		for _, step := range []struct {
			in   *namespace
			line string
		}{
			{between, "ip link add " + end.name + " type veth peer name " + endName + " netns " + end.in.path()},
			{between, "ip link set " + end.name + " up"},
			{end.in, "ip addr add " + end.address + "/24 dev " + endName},
			{end.in, "ip link set " + endName + " up"},
			{end.in, shaped}, // tried once, and taken away again
			{end.in, unshaped},
		} {
			if err := step.in.run(step.line); err != nil {
				return nil, err
			}
		}
	}
	x := &packetLine{ends: []*namespace{above, below}, bad: bad}
	upper, err := openCard(t, between, "above")
	if err != nil {
		return nil, err
	}
	lower, err := openCard(t, between, "below")
	if err != nil {
		return nil, err
	}
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	x.carry(upward, lower, upper, stop)
	x.carry(downward, upper, lower, stop)
	for _, n := range w.all {
		n.network = above
	}
	w.station.network = below
	_, port, err := net.SplitHostPort(w.hub.exchange)
	if err != nil {
		return nil, err
	}
	w.hub.exchange = net.JoinHostPort(hubAddress, port)
	w.station.callsAt(t, "https://"+w.hub.exchange)
	return x, nil
}

// openCard opens a card for whole frames.
func openCard(t testing.TB, in *namespace, name string) (*os.File, error) {
	var card *os.File
	err := in.do(func() error {
		i, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("a socket for frames: %w", err)
		}
		card = os.NewFile(uintptr(fd), name)
		every := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL))
		return errors.Join(
			unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VNET_HDR, 1),
			unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1),
			unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: every, Ifindex: i.Index}),
		)
	})
	if card != nil {
		t.Cleanup(func() { card.Close() })
	}
	return card, err
}

// frame is one on its way.
type frame struct {
	at time.Time // when it arrives
	b  []byte
}

// carry takes frames from one card to the other until stop closes.
func (x *packetLine) carry(direction int, from, to *os.File, stop <-chan struct{}) {
	draw := rand.New(rand.NewPCG(*seed, uint64(20+direction)))
	in := make(chan frame, 1<<10)
	go func() {
		defer close(in)
		b := make([]byte, frameMax)
		for {
			n, err := from.Read(b)
			if errors.Is(err, unix.ENETDOWN) {
				continue // said once, when the other end goes away
			}
			if err != nil {
				return
			}
			if n > virtioHead+ethernetHead && binary.BigEndian.Uint16(b[virtioHead+ethernetHead-2:]) == unix.ETH_P_IP {
				x.bytes[direction].Add(int64(n - virtioHead - ethernetHead))
			}
			f := frame{at: time.Now(), b: bytes.Clone(b[:n])}
			if x.isBad.Load() {
				if draw.Float64() < x.bad.loss {
					x.gone.Add(1)
					continue
				}
				f.at = f.at.Add(badline.OneWay)
				if draw.Float64() < x.bad.reorder {
					f.at = f.at.Add(overtakenBy)
				}
			}
			select {
			case in <- f:
			case <-stop:
				return
			}
		}
	}()
	go x.deliver(direction, in, to, stop)
}

// deliver hands frames over when their time has come.
func (x *packetLine) deliver(direction int, in <-chan frame, to *os.File, stop <-chan struct{}) {
	var under []frame // way, the next to arrive first
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-stop:
			return
		case f, ok := <-in:
			if !ok {
				return
			}
			i := len(under)
			for i > 0 && under[i-1].at.After(f.at) {
				i--
			}
			under = append(under[:i:i], append([]frame{f}, under[i:]...)...)
		case <-next.C:
			select {
			case <-x.gates[direction].opened():
			case <-stop:
				return
			}
			for len(under) > 0 && !under[0].at.After(time.Now()) {
				_, _ = to.Write(under[0].b) // at a card that is down it is lost, as on any line
				under = under[1:]
			}
		}
		if len(under) > 0 {
			next.Reset(time.Until(under[0].at))
		}
	}
}

func (x *packetLine) slow(t testing.TB, on bool) {
	t.Helper()
	if x.isBad.Swap(on) == on {
		return
	}
	line := unshaped
	if on {
		line = shaped
	}
	for _, end := range x.ends {
		if err := end.run(line); err != nil {
			t.Fatal(err)
		}
	}
}

func (x *packetLine) carried(direction int) int64 { return x.bytes[direction].Load() }
func (x *packetLine) lost() int64                 { return x.gone.Load() }
func (x *packetLine) hold(direction int)          { x.gates[direction].shut() }
func (x *packetLine) release(direction int)       { x.gates[direction].open() }

func (x *packetLine) down(t testing.TB) { x.set(t, "down") }
func (x *packetLine) up(t testing.TB)   { x.set(t, "up") }

func (x *packetLine) set(t testing.TB, how string) {
	t.Helper()
	if err := x.ends[len(x.ends)-1].run("ip link set " + endName + " " + how); err != nil {
		t.Fatal(err)
	}
}
