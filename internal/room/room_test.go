package room_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/room"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// until asks again and again whether something has come about, which is done by other goroutines over real sockets.
func until(t *testing.T, what string, done func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 10_000 {
		if done() {
			return time.Since(start)
		}
		<-tick.C
	}
	t.Fatalf("it never came about: %s", what)
	return 0
}

// on switches a station's room on and lets it work until the test ends.
func on(t *testing.T, s *station.Station, setting room.Setting) {
	t.Helper()
	setting.On = true
	if err := s.Room.Set(setting); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Room.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	until(t, "it listens", func() bool { return status(t, s).Port > 0 })
}

func status(t *testing.T, s *station.Station) room.Status {
	t.Helper()
	st, err := s.Room.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func register(t *testing.T, tr *nodetest.Tree, s *station.Station, name string) p.EntityID {
	t.Helper()
	id, _, err := s.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: s.Today() - 60, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func has(t *testing.T, s *station.Station, id p.EntityID) bool {
	t.Helper()
	found := false
	if err := s.Node.Store().View(context.Background(), func(tx store.Tx) error {
		st, err := tx.State(id)
		found = st != nil
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// second enrols another laptop at the tree's station; both know of each other.
func second(t *testing.T, tr *nodetest.Tree) *station.Station {
	t.Helper()
	s := tr.AddStation(t, tr.Hub, tr.Facility, "Máy 2")
	for range 2 {
		if _, err := s.Uplink.Client.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		tr.Sync(t)
	}
	s.Uplink.Client.Close()
	return s
}

func TestTwoLaptopsFindEachOtherWithoutTheHub(t *testing.T) {
	tr := nodetest.New(t)
	b := second(t, tr)
	tr.Cut()
	before := register(t, tr, tr.Station, "Trước khi gặp nhau")
	on(t, tr.Station, room.Setting{})
	on(t, b, room.Setting{})
	until(t, "what was recorded before they met", func() bool { return has(t, b, before) })

	var longest time.Duration
	for _, name := range []string{"Lò Gia Bảo", "Lò Gia An", "Lò Gia Minh", "Lò Gia Huy", "Lò Gia Phúc"} {
		id := register(t, tr, tr.Station, name)
		longest = max(longest, until(t, "a new child is at the other laptop", func() bool { return has(t, b, id) }))
	}
	t.Logf("of five children the last to appear was at the other laptop after %v", longest)
	back := register(t, tr, b, "Cà Bảo Ngọc")
	until(t, "and the other way", func() bool { return has(t, tr.Station, back) })
	until(t, "the page can say so", func() bool {
		st := status(t, tr.Station)
		return len(st.Neighbours) == 1 && st.Neighbours[0].Name == "Máy 2" && st.Neighbours[0].Waiting == 6 && st.Neighbours[0].Present
	})
}

// Where no broadcast comes through, an address does; switched off, nothing listens; the setting is remembered.
func TestAddressesByHand(t *testing.T) {
	tr := nodetest.New(t)
	b := second(t, tr)
	on(t, b, room.Setting{})
	addr := net.JoinHostPort("127.0.0.1", itoa(status(t, b).Port))
	opened, err := room.Open(room.Options{
		Node: tr.Station.Node, Key: tr.Station.Dir.Keys.Private(), Path: filepath.Join(t.TempDir(), "room.json"),
		Listen: "127.0.0.1:0", Broadcast: silent, Log: nodetest.Quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tr.Station.Room = opened
	on(t, tr.Station, room.Setting{Addresses: []string{addr, "127.0.0.1:1"}})
	id := register(t, tr, tr.Station, "Lò Gia Bảo")
	until(t, "it came by the address", func() bool { return has(t, b, id) })
	if st := status(t, tr.Station); len(st.Unanswered) != 1 || st.Unanswered[0] != "127.0.0.1:1" {
		t.Errorf("unanswered: %v", st.Unanswered)
	}
	if err := b.Room.Set(room.Setting{}); err != nil {
		t.Fatal(err)
	}
	until(t, "nothing listens", func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
}

func silent(int) []netip.AddrPort { return nil }

func TestSettingIsRemembered(t *testing.T) {
	tr := nodetest.New(t)
	o := room.Options{Node: tr.Station.Node, Key: tr.Station.Dir.Keys.Private(), Path: filepath.Join(t.TempDir(), "room.json"), Log: nodetest.Quiet()}
	open := func() *room.Room {
		r, err := room.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if open().Setting().On {
		t.Error("it is on although nobody said so")
	}
	if err := open().Set(room.Setting{On: true, Addresses: []string{" 192.168.1.20", "may-2:9000", "192.168.1.20:8781"}}); err != nil {
		t.Fatal(err)
	}
	if s := open().Setting(); !s.On || strings.Join(s.Addresses, " ") != "192.168.1.20:8781 may-2:9000" {
		t.Errorf("%+v", s)
	}
	for _, bad := range []string{"", "a b", "http://x/", "x:0", "x:70000", "1:2:3"} {
		if err := open().Set(room.Setting{Addresses: []string{bad}}); !errors.Is(err, room.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	many := make([]string, room.AddressesMax+1)
	for i := range many {
		many[i] = "10.0.0." + itoa(i+1)
	}
	if err := open().Set(room.Setting{Addresses: many}); !errors.Is(err, room.ErrTooMany) {
		t.Errorf("one address too many: %v", err)
	}
	if err := open().Set(room.Setting{Addresses: many[:room.AddressesMax]}); err != nil {
		t.Errorf("as many addresses as may be: %v", err)
	}
	if err := os.WriteFile(o.Path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if open().Setting().On {
		t.Error("a damaged setting is on")
	}
}

// Who is no laptop of the station is told nothing, whatever certificate it shows; nor is one that was revoked.
func TestStrangersAreToldNothing(t *testing.T) {
	tr := nodetest.New(t)
	b := second(t, tr)
	on(t, tr.Station, room.Setting{})
	addr := net.JoinHostPort("127.0.0.1", itoa(status(t, tr.Station).Port))
	ask := func(key ed25519.PrivateKey) error {
		conf := server.PinnedClient([32]byte{})
		conf.VerifyConnection = func(tls.ConnectionState) error { return nil }
		conf.NextProtos = nil
		if key != nil {
			cert, err := server.SelfSigned(key, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			conf.Certificates = []tls.Certificate{cert}
		}
		c, err := tls.Dial("tcp", addr, conf)
		if err != nil {
			return err
		}
		defer c.Close()
		if _, err := c.Write([]byte("POST /room/v1/exchange HTTP/1.1\r\nHost: x\r\nContent-Type: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")); err != nil {
			return err
		}
		var buf bytes.Buffer
		_, err = buf.ReadFrom(c)
		if err == nil && !strings.HasPrefix(buf.String(), "HTTP/1.1 400") {
			return errors.New(buf.String())
		}
		return err
	}
	_, stranger, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if ask(nil) == nil || ask(stranger) == nil || ask(tr.Hub.Dir.Keys.Private()) == nil {
		t.Error("somebody who is no neighbour got an answer")
	}
	if err := ask(b.Dir.Keys.Private()); err != nil {
		t.Errorf("the neighbour: %v", err)
	}
	if err := tr.Hub.Revoke(t.Context(), tr.Admin, b.Node.Identity().Device, "mất máy"); err != nil {
		t.Fatal(err)
	}
	tr.Sync(t)
	if ask(b.Dir.Keys.Private()) == nil {
		t.Error("a revoked laptop got an answer")
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
