// Package apitest is for tests of what programs and officers touch: a centre with one station below it,
// on real databases, speaking over TLS on loopback, each with its own server.
package apitest

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"path/filepath"
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
const Password = "cầu tre lắt lẻo 7"

// Tree is the centre, its places and people, and the station once Enrol was called.
type Tree struct {
	T       testing.TB
	Hub     *hub.Hub
	Station *station.Station

	Nation, Province, Other, Commune, Facility p.EntityID
	Admin, Officer, Nurse, Head                desk.Who

	listener net.Listener
}

func openStore(alone bool) datadir.OpenStore {
	return func(ctx context.Context, dir string) (store.Store, error) {
		return sqlite.Open(ctx, sqlite.Options{Dir: dir, Station: alone})
	}
}

func hash(password string) (string, error) { return rights.HashPassword(rand.Reader, password) }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// New founds a centre with a province, a commune and its health station, and with people: admin, "tinh"
// (officer of the province), "truong" (head) and "dien" (nurse) of the health station.
func New(t testing.TB) *Tree {
	t.Helper()
	tree := &Tree{T: t}
	dir := filepath.Join(t.TempDir(), "hub")
	root := tree.found(dir)
	tree.Nation = root.Nation
	var err error
	if tree.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.listener.Close() })
	d, err := datadir.Open(dir, "hub")
	if err != nil {
		t.Fatal(err)
	}
	tree.Hub, err = hub.Open(t.Context(), d, hub.Options{
		Open: openStore(false), Now: time.Now, Software: "tramy-hub test", Addresses: []string{"https://" + tree.listener.Addr().String()}, Log: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Hub.Close() })
	if tree.Admin, err = tree.Hub.WhoIs(t.Context(), root.Admin); err != nil {
		t.Fatal(err)
	}
	tree.settle()
	return tree
}

// found makes the folder of a root.
func (tree *Tree) found(dir string) hub.Root {
	t := tree.T
	t.Helper()
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := keys.SealPublic()
	if err != nil {
		t.Fatal(err)
	}
	st, err := openStore(false)(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), node.Config{
		Store: st, Identity: node.Identity{Key: keys.Private(), Role: registry.NodeHub}, Now: time.Now, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	root, err := hub.Found(t.Context(), n, seal, "Việt Nam", "own:VN", Password, hash)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	err = datadir.Create(dir, datadir.Info{
		Program: "hub", Device: root.Device, FirstFree: 1, LastFree: registry.DeviceNumberMax, Place: root.Nation, PlaceName: "Việt Nam", Role: registry.NodeHub,
	}, keys)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// settle enters places and people.
func (tree *Tree) settle() {
	t := tree.T
	t.Helper()
	err := tree.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for code, id := range map[string]*p.EntityID{"gso:11": &tree.Province, "gso:01": &tree.Other} {
			row, err := tx.PlaceByCode(code)
			if err != nil {
				return err
			}
			*id = row.ID
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tree.Commune = tree.AddPlace(registry.PlaceInput{Parent: tree.Province, Code: "gso:03325", Name: "Xã Mường Nhà", Level: registry.LevelCommune, Type: "xa"})
	tree.Facility = tree.AddPlace(registry.PlaceInput{
		Parent: tree.Commune, Code: "kcb:11234", Name: "Trạm Y tế xã Mường Nhà", Level: registry.LevelFacility, Type: registry.PlaceStation,
	})
	tree.Officer = tree.AddUser("tinh", "Nguyễn Thu Hà", rights.Province, tree.Province)
	tree.Head = tree.AddUser("truong", "Lường Văn Hặc", rights.Head, tree.Facility)
	tree.Nurse = tree.AddUser("dien", "Cà Thị Diên", rights.Nurse, tree.Facility)
}

// AddPlace enters a place as the admin.
func (tree *Tree) AddPlace(in registry.PlaceInput) p.EntityID {
	tree.T.Helper()
	id, err := tree.Hub.AddPlace(tree.T.Context(), tree.Admin, in)
	if err != nil {
		tree.T.Fatalf("%s: %v", in.Name, err)
	}
	return id
}

// AddUser adds an account as the admin.
func (tree *Tree) AddUser(login, name string, role rights.Role, place p.EntityID) desk.Who {
	tree.T.Helper()
	id, err := tree.Hub.AddUser(tree.T.Context(), tree.Admin, desk.NewUser{Login: login, Name: name, Role: role, Place: place, Password: Password})
	if err != nil {
		tree.T.Fatalf("%s: %v", login, err)
	}
	who, err := tree.Hub.WhoIs(tree.T.Context(), id)
	if err != nil {
		tree.T.Fatal(err)
	}
	return who
}

// Enrol serves the hub's exchange, enrols a laptop at the health station and loads its register.
func (tree *Tree) Enrol() *station.Station {
	t := tree.T
	t.Helper()
	conf, err := tree.Hub.TLS()
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{TLS: conf, Log: quiet()})
	tree.Hub.Register(s)
	tree.run(func(ctx context.Context) error { return s.Serve(ctx, tree.listener) })
	code, err := tree.Hub.NewCode(t.Context(), tree.Admin, tree.Facility, registry.NodeStation)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "station")
	if _, err := datadir.Enrol(t.Context(), dir, code, "laptop phòng tiêm", "tramy-station test"); err != nil {
		t.Fatal(err)
	}
	d, err := datadir.Open(dir, "station")
	if err != nil {
		t.Fatal(err)
	}
	tree.Station, err = station.Open(t.Context(), d, station.Options{
		Open: openStore(true), Now: time.Now, Software: "tramy-station test", Delay: time.Hour, Log: quiet(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Station.Close() })
	tree.run(tree.Station.Run)
	if _, err := tree.Station.Uplink.Now(t.Context()); err != nil {
		t.Fatalf("first exchange: %v", err)
	}
	return tree.Station
}

// run starts something that ends with the test, before folders are closed.
func (tree *Tree) run(fn func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = fn(ctx) })
	tree.T.Cleanup(func() { cancel(); wg.Wait() })
}
