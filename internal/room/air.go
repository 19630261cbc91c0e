package room

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// A beacon says "device so-and-so listens here": magic, flags, this run of the program, device, port. Nothing in it is
// secret or about a person, and nothing in it is believed: it only says where to call, and who answers there proves
// itself by its key.

// beaconMagic begins every beacon; its last byte is the version.
var beaconMagic = []byte("tramy room\x01")

const (
	beaconSize     = 11 + 1 + 8 + 16 + 2
	beaconEvery    = 10 * time.Second
	beaconAsks     = 1 // flag: whoever hears it says at once where it is
	beaconsASecond = 20
)

type beacon struct {
	asks   bool
	run    [8]byte
	device p.EntityID
	port   uint16
}

func (b *beacon) bytes() []byte {
	out := append([]byte(nil), beaconMagic...)
	flags := byte(0)
	if b.asks {
		flags = beaconAsks
	}
	out = append(out, flags)
	out = append(out, b.run[:]...)
	out = append(out, b.device[:]...)
	return binary.BigEndian.AppendUint16(out, b.port)
}

// parseBeacon reads a beacon; whatever else lies on the air is none.
func parseBeacon(raw []byte) (beacon, bool) {
	var b beacon
	if len(raw) != beaconSize || !bytes.HasPrefix(raw, beaconMagic) {
		return b, false
	}
	raw = raw[len(beaconMagic):]
	b.asks = raw[0]&beaconAsks != 0
	copy(b.run[:], raw[1:])
	copy(b.device[:], raw[9:])
	b.port = binary.BigEndian.Uint16(raw[25:])
	return b, b.port != 0
}

// air is this laptop's voice and ear on the local network.
type air struct {
	s       *session
	conn    *net.UDPConn
	own     beacon
	limiter *rate.Limiter // of what is heard: a flood costs nothing but itself
}

func newAir(s *session, conn *net.UDPConn) (*air, error) {
	a := &air{s: s, conn: conn, limiter: rate.NewLimiter(beaconsASecond, beaconsASecond)}
	a.own = beacon{device: s.room.o.Node.Identity().Device, port: uint16(s.port)}
	_, err := rand.Read(a.own.run[:])
	return a, err
}

// speak says where this laptop is, now and from time to time. The first times it asks who else is here.
func (a *air) speak(ctx context.Context) {
	tick := time.NewTicker(beaconEvery)
	defer tick.Stop()
	for said := 0; ; said++ {
		b := a.own
		b.asks = said < 3
		for _, to := range a.s.room.o.Broadcast(a.s.port) {
			a.say(b, to)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// say sends one beacon. That a network does not take it (there may be none) is no fault: the next one may come through.
func (a *air) say(b beacon, to netip.AddrPort) {
	_, _ = a.conn.WriteToUDPAddrPort(b.bytes(), to)
}

// hear listens until the socket is closed.
func (a *air) hear(ctx context.Context) {
	buf := make([]byte, beaconSize+1)
	for {
		k, from, err := a.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			pause(ctx, time.Second) // Windows reports what became of a packet sent before
			continue
		}
		b, ok := parseBeacon(buf[:k])
		if !ok || b.run == a.own.run || !a.limiter.Allow() {
			continue
		}
		peer, err := a.s.room.o.Node.PeerByDevice(ctx, b.device)
		if err != nil {
			if !errors.Is(err, node.ErrNotNeighbour) {
				a.s.room.o.Log.Warn("looking a laptop up", "err", err.Error())
			}
			continue
		}
		if b.asks {
			a.say(a.own, from)
		}
		a.s.found(peer.Device, netip.AddrPortFrom(from.Addr().Unmap(), b.port).String())
	}
}

// everywhere returns the broadcast addresses of this machine's networks.
func everywhere(port int) []netip.AddrPort {
	var out []netip.AddrPort
	ifaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	for i := range ifaces {
		if f := ifaces[i].Flags; f&net.FlagUp == 0 || f&net.FlagBroadcast == 0 || f&net.FlagLoopback != 0 {
			continue
		}
		addrs, err := ifaces[i].Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			ipnet, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, mask := ipnet.IP.To4(), net.IP(ipnet.Mask).To4()
			if ip == nil || mask == nil {
				continue
			}
			var last [4]byte
			for k := range last {
				last[k] = ip[k] | ^mask[k]
			}
			out = append(out, netip.AddrPortFrom(netip.AddrFrom4(last), uint16(port)))
		}
	}
	return out
}
