package hub_test

import (
	"crypto/ed25519"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// unwritable lets nobody write who a machine is while fn runs.
func unwritable(t *testing.T, dir string, fn func()) {
	t.Helper()
	info := filepath.Join(dir, datadir.FileIdentity)
	was := read(t, info)
	if err := errors.Join(os.Remove(info), os.Mkdir(info, 0o700)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(info, "in the way"), nil)
	fn()
	if err := os.RemoveAll(info); err != nil {
		t.Fatal(err)
	}
	write(t, info, was)
}

func holds(t *testing.T, h *hub.Hub, id p.EntityID) (yes bool) {
	t.Helper()
	if err := h.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(id)
		yes = s != nil
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return yes
}

// port is an address at which nobody answers yet.
func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "https://" + l.Addr().String()
}

func announce(t *testing.T, h *hub.Hub, nextKey bool, addresses ...string) *p.Move {
	t.Helper()
	m, err := h.Move(hub.MoveTo{Addresses: addresses, NextKey: nextKey})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// at reports where a machine finds its hub now.
func at(st *station.Station) (first string, pin [32]byte, waits bool) {
	_, waits = st.Dir.Ahead()
	return st.Dir.Info.Upstream[0], [32]byte(st.Dir.Info.Pin), waits
}

// pinned fails unless a machine stands at an address under the pin.
func pinned(t *testing.T, st *station.Station, address string, pin [32]byte, waiting bool) {
	t.Helper()
	if a, k, w := at(st); a != address || k != pin || w != waiting {
		t.Errorf("the laptop is at %s by %x, waiting: %v; want %s, %x, %v", a, k[:4], w, address, pin[:4], waiting)
	}
}

// A hub goes to another address and another key, and nobody visits the laptop. While nobody answers there the old place serves, and the
// old place may go on for the laptops that have not heard.
func TestStationFollowsItsHub(t *testing.T) {
	tr := nodetest.New(t)
	st, old, first := tr.Station, tr.Hub.Addresses[0], tr.Hub.Pin
	next := port(t)
	m := announce(t, tr.Hub, true, next)
	if m.Pin == first {
		t.Fatal("the next key is the present one")
	}
	tr.Sync(t) // on the connection that is kept
	pinned(t, st, old, first, true)
	tr.Sync(t) // nobody answers there yet
	pinned(t, st, old, first, true)
	id := child(t, tr, st, "Lò Thị Trước")
	end := tr.Answer(t, tr.Hub, next)
	tr.Sync(t)
	pinned(t, st, next, m.Pin, false)
	tr.Cut() // the old place is given up
	end()
	tr.Answer(t, tr.Hub, next)
	id2 := child(t, tr, st, "Lò Thị Sau")
	exchanges(t, st.Uplink.Client)
	for _, want := range []p.EntityID{id, id2} {
		if !holds(t, tr.Hub, want) {
			t.Error("the centre lacks a child")
		}
	}
	st = tr.Reopen(t, st, func(string) {})
	tr.Station = st
	pinned(t, st, next, m.Pin, false)
	exchanges(t, st.Uplink.Client)
	// Back to where it was: the old address was kept behind the new one, under the new key.
	if !slices.Contains(st.Dir.Info.Upstream, old) {
		t.Error("the old address is forgotten")
	}
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	tr.Station = tr.OpenStationAt(t, st.Dir.Path)
}

// A laptop that was dark while its hub changed its key twice knows the first: it is shown the first, told the last, and goes on by that.
func TestStationThatWasDarkForAYear(t *testing.T) {
	tr := nodetest.New(t)
	st, old := tr.Station, tr.Hub.Addresses[0]
	st.Uplink.Client.Close()
	tr.Clock().Add(100 * 24 * time.Hour)
	announce(t, tr.Hub, true, port(t))
	tr.Clock().Add(265 * 24 * time.Hour)
	last := announce(t, tr.Hub, true, old)
	tr.ReopenHub(t, func(string) {})
	tr.Sync(t)
	tr.Sync(t)
	pinned(t, st, old, last.Pin, false)
	// And a new laptop gets a code by the last key.
	code, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, registry.NodeStation)
	if err != nil || code.Pin != last.Pin || code.Addresses[0] != old {
		t.Fatalf("%+v, %v", code, err)
	}
	path := filepath.Join(t.TempDir(), "new")
	if _, err := datadir.Enrol(t.Context(), path, code, "Máy mới", "test"); err != nil {
		t.Error(err)
	}
}

// Only what this laptop's hub signed, and only what is later than what was heard, counts; whoever brings it.
func TestForgedAndOldAnnouncements(t *testing.T) {
	tr := nodetest.New(t)
	st := tr.Station
	first := announce(t, tr.Hub, true, port(t))
	tr.Clock().Add(time.Minute)
	second := announce(t, tr.Hub, true, port(t))
	if err := st.Dir.Heard(second); err != nil {
		t.Fatal(err)
	}
	if err := st.Dir.Heard(first); err != nil || st.Dir.Newest().Number != second.Number {
		t.Errorf("an older announcement, replayed, counts: %v", err)
	}
	forged := *second
	forged.Number++
	forged.Addresses = []string{"https://198.51.100.9:8790"}
	other := *second
	other.Hub, other.Number = st.Dir.Info.Device, second.Number+1
	p.SignMove(&other, st.Dir.Keys.Private())
	for name, m := range map[string]*p.Move{"forged": &forged, "of another": &other} {
		if err := st.Dir.Heard(m); err == nil || st.Dir.Newest().Number != second.Number {
			t.Errorf("an announcement %s counts: %v", name, err)
		}
	}
	// The same goes for a hub that is handed its own.
	if err := tr.Hub.Dir.KeepAnnounced(first); err != nil || tr.Hub.Dir.Announced().Number != second.Number {
		t.Errorf("an older announcement, handed back, counts: %v", err)
	}
}

// At the announced address somebody answers who does not hold the announced key: the laptop stays where it is.
func TestAnnouncedAddressWithAnotherKey(t *testing.T) {
	tr := nodetest.New(t)
	st, old, pin := tr.Station, tr.Hub.Addresses[0], tr.Hub.Pin
	other := nodetest.New(t) // another centre, which answers everybody with its own keys
	announce(t, tr.Hub, true, other.Hub.Addresses[0])
	for range 3 {
		tr.Sync(t)
	}
	pinned(t, st, old, pin, true)
}

// The program ends at each step of a move: the announcement is heard and nothing else, or the new place answered and that was kept.
func TestCrashInTheMiddleOfAMove(t *testing.T) {
	tr := nodetest.New(t)
	next := port(t)
	m := announce(t, tr.Hub, true, next)
	tr.Sync(t)
	path := tr.Station.Dir.Path
	reopen := func() {
		t.Helper()
		if err := tr.Station.Close(); err != nil {
			t.Fatal(err)
		}
		tr.Station = tr.OpenStationAt(t, path)
	}
	old := tr.Hub.Addresses[0]
	reopen()
	pinned(t, tr.Station, old, tr.Hub.Pin, true)
	tr.Answer(t, tr.Hub, next)
	// What cannot be written is not done: the old place serves, and the next exchange tries again.
	unwritable(t, path, func() {
		tr.Sync(t)
		pinned(t, tr.Station, old, tr.Hub.Pin, true)
	})
	reopen()
	tr.Sync(t)
	pinned(t, tr.Station, next, m.Pin, false)
	reopen()
	pinned(t, tr.Station, next, m.Pin, false)
	tr.Sync(t)
}

// A hub is restored from a backup of before it moved: it still has the key, and hears from a laptop what it had announced.
func TestHubRestoredFromBeforeItsMove(t *testing.T) {
	tr := nodetest.New(t)
	info := filepath.Join(tr.Hub.Dir.Path, datadir.FileIdentity)
	before := read(t, info)
	old := tr.Hub.Addresses[0]
	m := announce(t, tr.Hub, true, old)
	tr.Sync(t)
	tr.Sync(t)
	pinned(t, tr.Station, old, m.Pin, false)
	tr.ReopenHub(t, func(string) { write(t, info, before) })
	if tr.Hub.Dir.Announced() != nil {
		t.Fatal("the backup knows the move")
	}
	tr.Sync(t) // the laptop calls under the key that this hub does not know it had
	tr.Sync(t)
	if got := tr.Hub.Dir.Announced(); got == nil || got.Number != m.Number || tr.Hub.Dir.KeyChanges() != 1 {
		t.Fatalf("the hub does not know what it had announced: %+v", got)
	}
	// What it announces now is later, even where its clock is years behind.
	tr.Clock().Add(-5 * 365 * 24 * time.Hour)
	next := announce(t, tr.Hub, true, old)
	if next.Number <= m.Number || next.Pin == m.Pin {
		t.Errorf("number %d after %d", next.Number, m.Number)
	}
	tr.Sync(t)
	tr.Sync(t)
	pinned(t, tr.Station, old, next.Pin, false)
}

// A hub below a hub follows its upstream as a laptop does; its own machines notice nothing.
func TestHubBelowFollows(t *testing.T) {
	tr := nodetest.New(t)
	below := tr.AddHub(t, tr.Province, "Tỉnh")
	next := port(t)
	m := announce(t, tr.Hub, true, next)
	tr.Answer(t, tr.Hub, next)
	exchanges(t, below.Uplink.Client)
	exchanges(t, below.Uplink.Client)
	if below.Dir.Info.Upstream[0] != next || [32]byte(below.Dir.Info.Pin) != m.Pin {
		t.Errorf("the hub below is at %v", below.Dir.Info.Upstream)
	}
	if below.Dir.Announced() != nil {
		t.Error("the hub below announces what its upstream did")
	}
	below.Uplink.Client.Close()
}

// Where there is no network, the announcement comes with the answer on a stick.
// Machines below know a hub by the key it had when they were enrolled, whatever it is called by above.
func TestHubThatChangedItsKeysAnnounces(t *testing.T) {
	tr := nodetest.New(t)
	below := tr.AddHub(t, tr.Province, "Tỉnh")
	known := below.Node.Identity().Key.Public().(ed25519.PublicKey)
	if err := below.Dir.ChangeKeys(t.Context(), below.Uplink.Client); err != nil {
		t.Fatal(err)
	}
	tr.CloseHub(t, below)
	again := tr.OpenHubAt(t, below.Dir.Path, "https://127.0.0.1:1")
	if known.Equal(again.Node.Identity().Key.Public()) {
		t.Fatal("the keys are the same")
	}
	if err := announce(t, again, false, "https://hub.example.vn:8790").Verify(known); err != nil {
		t.Error(err)
	}
}

func TestAnnouncementByStick(t *testing.T) {
	tr := nodetest.New(t)
	m := announce(t, tr.Hub, true, port(t))
	dir := t.TempDir()
	if _, err := tr.Station.Courier.OutTo(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Hub.Bundles.TakeFrom(t.Context(), dir, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Station.Courier.InFrom(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if r, ok := tr.Station.Dir.Ahead(); !ok || r.Pin != m.Pin {
		t.Errorf("the laptop has not heard: %+v", r)
	}
}

func TestAddressesOfAnAnnouncement(t *testing.T) {
	tr := nodetest.New(t)
	many := func(n int) (list []string) {
		for i := range n {
			list = append(list, "https://192.0.2.1:"+string(rune('1'+i)))
		}
		return list
	}
	long := "https://" + strings.Repeat("a", p.AddressBytesMax-len("https://:8790")) + ":8790"
	for _, c := range []struct {
		to   hub.MoveTo
		want error
	}{
		{hub.MoveTo{Addresses: many(p.AddressesMax)}, nil},
		{hub.MoveTo{Addresses: many(p.AddressesMax + 1)}, hub.ErrAddresses},
		{hub.MoveTo{}, hub.ErrAddresses},
		{hub.MoveTo{Addresses: []string{long}}, nil},
		{hub.MoveTo{Addresses: []string{"https://a" + long[8:]}}, hub.ErrAddresses},
		{hub.MoveTo{Addresses: []string{"https://a:1", "https://a:1"}}, hub.ErrAddresses},
		{hub.MoveTo{Addresses: []string{"http://a:1"}}, hub.ErrAddress},
		{hub.MoveTo{Addresses: []string{"https://a"}}, hub.ErrAddress},
		{hub.MoveTo{Addresses: []string{"https://a:1/x"}}, hub.ErrAddress},
		{hub.MoveTo{Addresses: []string{"a:1"}}, hub.ErrAddress},
		{hub.MoveTo{Addresses: []string{"https://hub.example.vn:8790"}, PublicCA: true}, nil},
		{hub.MoveTo{Addresses: []string{"https://192.0.2.1:8790"}, PublicCA: true}, hub.ErrPublicName},
	} {
		if _, err := tr.Hub.Move(c.to); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.to, err, c.want)
		}
	}
	if w := tr.Hub.Where(); w.Pin != server.PublicPin || !slices.Equal(w.Addresses, []string{"https://hub.example.vn:8790"}) {
		t.Errorf("codes say %+v", w)
	}
	for i := 1; i < hub.TLSKeysMax; i++ {
		announce(t, tr.Hub, true, "https://a:1")
	}
	if _, err := tr.Hub.Move(hub.MoveTo{Addresses: []string{"https://a:1"}, NextKey: true}); !errors.Is(err, hub.ErrKeysUsedUp) {
		t.Errorf("key number %d: %v", hub.TLSKeysMax, err)
	}
}
