package nodetest

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/station"
	p "tramy/syncproto"
)

// Password is everybody's.
const Password = "bốn từ dễ nhớ"

// FirstPassword is what an account is made with; its owner has replaced it.
const FirstPassword = "mật khẩu được trao"

// Names of the accounts to log in with.
const (
	NurseLogin   = "dien"
	HeadLogin    = "thanh"
	OfficerLogin = "hang" // of the centre
	AdminLogin   = hub.AdminLogin
)

// Tree is a centre and one station. The station has exchanged once, unless it was made by NewUnsynced.
type Tree struct {
	Hub     *hub.Hub
	Station *station.Station
	// The places, from the top: the nation, Điện Biên, Xã Mường Nhà and its station.
	Nation, Province, Commune, Facility p.EntityID
	// The people. The first two belong to the commune, the others to the centre.
	Nurse, Head, Officer, Admin desk.Who

	hubs   Engine
	clock  *Clock
	air    *air
	stop   context.CancelFunc
	closed map[*hub.Hub]bool // before the test ends
}

// air is the local network of a tree's stations: whoever speaks is heard by all others that ever spoke.
type air struct {
	mu    sync.Mutex
	ports []int
}

func (a *air) broadcast(port int) []netip.AddrPort {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []netip.AddrPort
	for _, other := range a.ports {
		if other != port {
			out = append(out, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(other)))
		}
	}
	if !slices.Contains(a.ports, port) {
		a.ports = append(a.ports, port)
	}
	return out
}

// Clock is the time as all nodes of a tree have it.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Start is when a tree begins: Wednesday 25 November 2026, 08:00 in Vietnam.
var Start = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Clock is the clock of all nodes of the tree.
func (tr *Tree) Clock() *Clock { return tr.clock }

// OpenHub and OpenStation open the real database in a folder.
func OpenHub(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir})
}

// OpenStation is OpenHub for a station.
func OpenStation(ctx context.Context, dir string) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: true})
}

// New makes a tree whose station has exchanged once and knows its places, vaccines and people. Everything
// is closed when the test ends.
func New(t testing.TB) *Tree {
	t.Helper()
	return NewOn(t, hubsEngine(t))
}

// NewOn is New with hubs on an engine.
func NewOn(t testing.TB, hubs Engine) *Tree {
	t.Helper()
	tr := newTree(t, hubs)
	tr.Sync(t)
	return tr
}

// NewUnsynced makes a tree whose station was enrolled and has never exchanged: it knows nobody.
func NewUnsynced(t testing.TB) *Tree {
	t.Helper()
	return newTree(t, hubsEngine(t))
}

func newTree(t testing.TB, hubs Engine) *Tree {
	t.Helper()
	ctx := context.Background()
	tr := &Tree{hubs: hubs, clock: &Clock{now: Start}, air: &air{}, closed: map[*hub.Hub]bool{}}
	dir := t.TempDir()
	path := filepath.Join(dir, "centre")
	root, err := hub.InitRoot(ctx, path, "own:VN", "Trung ương", Password, hubs.Open, tr.clock.Now)
	must(t, err)
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	tr.Hub = tr.OpenHubAt(t, path, "https://"+listen.Addr().String())
	tr.Nation = root.Nation
	tr.Admin = desk.Who{User: root.Admin, Login: hub.AdminLogin, Name: "Quản trị", Role: rights.Admin, Place: root.Nation}
	tr.stop = tr.serve(t, tr.Hub, listen)
	tr.places(t)
	tr.people(t)

	tr.Station = tr.openStation(t, tr.Hub, tr.Facility, "Máy trạm Mường Nhà")
	t.Cleanup(func() { logged(t, tr.Station.Close()) }) // a test may put another in its place
	return tr
}

// AddStation enrols a station at a hub; it has not exchanged yet.
func (tr *Tree) AddStation(t testing.TB, up *hub.Hub, facility p.EntityID, name string) *station.Station {
	t.Helper()
	st := tr.openStation(t, up, facility, name)
	t.Cleanup(func() { logged(t, st.Close()) })
	return st
}

func (tr *Tree) openStation(t testing.TB, up *hub.Hub, facility p.EntityID, name string) *station.Station {
	t.Helper()
	return tr.OpenStationAt(t, tr.enrol(t, up, facility, registry.NodeStation, name))
}

// AddHub enrols a hub at the centre, lets it exchange once and answer. Close its clients before the test
// ends by exchanging no more.
func (tr *Tree) AddHub(t testing.TB, place p.EntityID, name string) *hub.Hub {
	t.Helper()
	path := tr.enrol(t, tr.Hub, place, registry.NodeHub, name)
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h := tr.OpenHubAt(t, path, "https://"+listen.Addr().String())
	tr.serve(t, h, listen)
	_, err = h.Uplink.Client.Sync(context.Background())
	must(t, err)
	t.Cleanup(h.Uplink.Client.Close)
	return h
}

// enrol makes a folder of a machine at a place.
func (tr *Tree) enrol(t testing.TB, up *hub.Hub, place p.EntityID, role registry.NodeRole, name string) string {
	t.Helper()
	ctx := context.Background()
	code, err := up.NewCode(ctx, tr.Admin, place, role)
	must(t, err)
	path := filepath.Join(t.TempDir(), "node")
	_, err = datadir.Enrol(ctx, path, code, name, "nodetest")
	must(t, err)
	return path
}

// OpenHubAt opens a hub's folder, which machines below call at an address.
func (tr *Tree) OpenHubAt(t testing.TB, path, address string) *hub.Hub {
	t.Helper()
	opened, err := datadir.Open(path, "hub")
	must(t, err)
	h, err := hub.Open(context.Background(), opened, hub.Options{
		Open: tr.hubs.Open, Remains: tr.hubs.Remains, Now: tr.clock.Now, Software: "nodetest", Addresses: []string{address}, Delay: time.Hour, Log: Quiet(),
	})
	must(t, err)
	t.Cleanup(func() {
		if !tr.closed[h] {
			logged(t, h.Close())
		}
	})
	return h
}

// CloseHub closes a hub before the test ends.
func (tr *Tree) CloseHub(t testing.TB, h *hub.Hub) {
	t.Helper()
	tr.closed[h] = true
	must(t, h.Close())
}

// Reopen closes a station, lets meanwhile do what it likes with its folder, and opens it anew. The caller closes it.
func (tr *Tree) Reopen(t testing.TB, st *station.Station, meanwhile func(dir string)) *station.Station {
	t.Helper()
	path := st.Dir.Path
	logged(t, st.Close())
	meanwhile(path)
	return tr.OpenStationAt(t, path)
}

// OpenStationAt opens the station in a folder. The caller closes it.
func (tr *Tree) OpenStationAt(t testing.TB, path string) *station.Station {
	t.Helper()
	opened, err := datadir.Open(path, "station")
	must(t, err)
	again, err := station.Open(context.Background(), opened, station.Options{
		Open: OpenStation, Remains: sqlite.ReadRemains, Now: tr.clock.Now, Software: "nodetest", Delay: time.Hour, Log: Quiet(),
		RoomListen: "127.0.0.1:0", RoomBroadcast: tr.air.broadcast, BeginsAnew: true,
	})
	must(t, err)
	return again
}

// ReopenHub closes the centre, lets meanwhile do what it likes with its folder, and lets it answer again where it did
// before.
func (tr *Tree) ReopenHub(t testing.TB, meanwhile func(dir string)) {
	t.Helper()
	path, address := tr.Hub.Dir.Path, tr.Hub.Addresses[0]
	tr.Cut()
	tr.CloseHub(t, tr.Hub)
	meanwhile(path)
	tr.Hub = tr.OpenHubAt(t, path, address)
	listen, err := net.Listen("tcp", strings.TrimPrefix(address, "https://"))
	must(t, err)
	tr.stop = tr.serve(t, tr.Hub, listen)
}

// serve lets a hub answer until the test ends or what it returns is called.
func (tr *Tree) serve(t testing.TB, h *hub.Hub, listen net.Listener) (end func()) {
	t.Helper()
	conf, err := h.TLS()
	must(t, err)
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, TLS: conf, Log: Quiet()})
	h.Register(srv)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx, listen) }()
	end = sync.OnceFunc(func() {
		stop()
		logged(t, <-done)
	})
	t.Cleanup(func() {
		if tr.Station != nil {
			tr.Station.Uplink.Client.Close() // a kept connection would hold the server up
		}
		end()
	})
	return end
}

// Answer lets a hub answer at one more address until the test ends or what it returns is called.
func (tr *Tree) Answer(t testing.TB, h *hub.Hub, address string) (end func()) {
	t.Helper()
	listen, err := net.Listen("tcp", strings.TrimPrefix(address, "https://"))
	must(t, err)
	return tr.serve(t, h, listen)
}

// Cut ends the centre's answering: from here on the station has no network.
func (tr *Tree) Cut() {
	tr.Station.Uplink.Client.Close()
	tr.stop()
}

func (tr *Tree) places(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	must(t, tr.Hub.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode("gso:11")
		if len(rows) > 0 {
			tr.Province = rows[0].ID
		}
		return err
	}))
	if tr.Province.IsZero() {
		t.Fatal("the centre does not know Điện Biên")
	}
	var err error
	tr.Commune, err = tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{
		Parent: tr.Province, Code: "gso:03368", Name: "Xã Mường Nhà", Level: registry.LevelCommune, Type: "xa",
		Hamlets: []string{"bản Na Phay 1", "bản Na Phay 2", "bản Pha Thanh"},
	})
	must(t, err)
	tr.Facility, err = tr.Hub.AddPlace(ctx, tr.Admin, registry.PlaceInput{
		Parent: tr.Commune, Code: "kcb:11001", Name: "Trạm Y tế xã Mường Nhà", Level: registry.LevelFacility, Type: registry.PlaceStation,
	})
	must(t, err)
}

func (tr *Tree) people(t testing.TB) {
	t.Helper()
	tr.Nurse = tr.AddUser(t, NurseLogin, "Cà Thị Diên", rights.Nurse, tr.Commune)
	tr.Head = tr.AddUser(t, HeadLogin, "Lò Văn Thanh", rights.Head, tr.Commune)
	tr.Officer = tr.AddUser(t, OfficerLogin, "Phạm Thu Hằng", rights.Central, tr.Nation)
}

// own is Password as somebody keeps it.
var own = sync.OnceValues(func() (string, error) { return rights.HashPassword(rand.Reader, Password) })

// AddUser makes an account at the centre, whose owner has chosen Password as their own; the station knows it after the next
// exchange.
func (tr *Tree) AddUser(t testing.TB, login, name string, role rights.Role, place p.EntityID) desk.Who {
	t.Helper()
	id, err := tr.Hub.AddUser(context.Background(), tr.Admin, desk.NewUser{
		Login: login, Name: name, Role: role, Place: place, Password: FirstPassword,
	})
	must(t, err)
	OwnPassword(t, tr.Hub.Node, id)
	return desk.Who{User: id, Login: login, Name: name, Role: role, Place: place}
}

// OwnPassword lets somebody choose Password as their own, whatever they were given.
func OwnPassword(t testing.TB, n *node.Node, user p.EntityID) {
	t.Helper()
	hash, err := own()
	must(t, err)
	_, err = n.Append(context.Background(), user, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(user)
		if err != nil {
			return nil, err
		}
		return []registry.Draft{registry.Edit(s, registry.UserPassword, p.Text(hash))}, nil
	})
	must(t, err)
}

// Sync exchanges until station and centre have said what they had to say.
func (tr *Tree) Sync(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res, err := tr.Station.Uplink.Client.Sync(ctx)
	must(t, err)
	if res.Refusal != nil {
		t.Fatalf("the centre refused the station: %s", res.Refusal.Message)
	}
}

// Run lets the station's uplink work by itself until the test ends, for what waits on Uplink.Now.
func (tr *Tree) Run(t testing.TB) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- tr.Station.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		logged(t, <-done)
	})
}

// Quiet is a log nobody reads.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// logged is must for the end of a test, when it is too late to fail it by name.
func logged(t testing.TB, err error) {
	if err != nil {
		t.Errorf("closing: %v", err)
	}
}

// WriteElsewhere records at the station a dose as given at the province, which a station may not: the
// centre holds it when the station calls.
func (tr *Tree) WriteElsewhere(t testing.TB, subject p.EntityID) {
	t.Helper()
	today := tr.Station.Today()
	draft, err := registry.NewImmunization(registry.ImmunizationInput{
		Subject: subject, Place: tr.Province, Vaccine: "BCG", GivenOn: today, Lot: "A24-123",
		Screening: registry.ScreeningEligible, Programme: registry.ProgrammeEPI, Source: registry.SourceHere,
	}, registry.Known{Today: today})
	must(t, err)
	_, err = tr.Station.Node.Append(context.Background(), tr.Nurse.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{draft}, nil
	})
	must(t, err)
}
