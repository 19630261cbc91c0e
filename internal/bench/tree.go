package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tramy/hub"
	"tramy/internal/badline"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// software is what a real station says in its first request on a connection.
const software = "tramy-station 0.1.0 linux/amd64"

// benchPassword is that of all made-up accounts.
const benchPassword = "ba con trâu trắng bên suối"

// linkBytesPerSecond is 64 kbit/s. The client's clock runs by the bytes that pass, at this speed, so that
// pages get the size they would have on such a link.
const linkBytesPerSecond = badline.BitsPerSecond / 8

// tree is a hub with a commune below it, in a temporary folder.
type tree struct {
	opt   Options
	dir   string
	clock *clock
	hub   *hub.Hub
	proxy *proxy
	watch *watch
	stop  func()
	admin desk.Who

	commune, facility, hospital p.EntityID
	nurses                      []desk.Who
	officer                     desk.Who // who edits at the hub
	number                      int
	stations                    []*station.Station
}

// newTree founds a hub, its reference data, a commune with a station and a hospital, and their nurses.
func newTree(ctx context.Context, opt Options) (t *tree, err error) {
	t = &tree{opt: opt, clock: &clock{}, number: 100}
	t.clock.set(time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC))
	if t.dir, err = os.MkdirTemp(opt.Dir, "tramy-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	now := t.clock.ahead(1734 * time.Millisecond) // no two clocks agree
	path := filepath.Join(t.dir, "hub")
	root, err := hub.InitRoot(ctx, path, "own:VN", "Việt Nam", "mật khẩu của trung tâm", opt.OpenHub, now)
	if err != nil {
		return nil, err
	}
	d, err := datadir.Open(path, "hub")
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	if t.hub, err = hub.Open(ctx, d, hub.Options{Open: opt.OpenHub, Now: now, Software: software, Log: quiet}); err != nil {
		return nil, err
	}
	srv := server.New(server.Options{Log: quiet})
	t.hub.Register(srv)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t.serve(srv, l)
	if t.proxy, err = newProxy(l.Addr().String()); err != nil {
		return nil, err
	}
	t.admin = desk.Who{User: root.Admin, Login: hub.AdminLogin, Name: "Quản trị", Role: rights.Admin, Place: root.Nation}
	return t, t.places(ctx)
}

// serve answers without TLS, so that what is measured is what is said, and watched, so that the end of a request can be
// waited for.
func (t *tree) serve(h http.Handler, l net.Listener) {
	t.watch = newWatch()
	plain := new(http.Protocols)
	plain.SetUnencryptedHTTP2(true)
	srv := &http.Server{Handler: t.watch.wrap(h), Protocols: plain, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(watchedListener{l, t.watch}) // what fails there fails in the exchanges too
	}()
	t.stop = func() {
		_ = srv.Close()
		<-done
	}
}

// provinceID returns the province in which the work is done.
func (t *tree) provinceID(ctx context.Context) (id p.EntityID, err error) {
	err = t.hub.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.PlacesByCode("gso:11")
		if len(rows) > 0 {
			id = rows[0].ID
		}
		return err
	})
	if err == nil && id.IsZero() {
		err = errors.New("no province 11 among those founded")
	}
	return id, err
}

func (t *tree) places(ctx context.Context) error {
	province, err := t.provinceID(ctx)
	if err != nil {
		return err
	}
	add := func(in registry.PlaceInput) (id p.EntityID) {
		if err == nil {
			id, err = t.hub.AddPlace(ctx, t.admin, in)
		}
		return id
	}
	t.commune = add(registry.PlaceInput{Parent: province, Code: "gso:03301", Name: "Xã Mường Nhà", NameEN: "Muong Nha Commune", Level: registry.LevelCommune})
	t.facility = add(registry.PlaceInput{Parent: t.commune, Code: "kcb:11001", Name: "Trạm y tế xã Mường Nhà", NameEN: "Muong Nha Health Station", Level: registry.LevelFacility, Type: registry.PlaceStation})
	t.hospital = add(registry.PlaceInput{Parent: t.commune, Code: "kcb:11002", Name: "Điểm trạm Na Tông", NameEN: "Na Tong Point", Level: registry.LevelFacility, Type: registry.PlacePoint})
	user := func(login, name string, role rights.Role, place p.EntityID) desk.Who {
		who := desk.Who{Login: login, Name: name, Role: role, Place: place}
		if err == nil {
			who.User, err = t.hub.AddUser(ctx, t.admin, desk.NewUser{Login: login, Name: name, Role: role, Place: place, Password: "mật khẩu được trao"})
		}
		if err == nil {
			err = t.hub.ChoosePassword(ctx, who, benchPassword)
		}
		return who
	}
	t.nurses = []desk.Who{
		user("lo.thi.mai", "Lò Thị Mai", rights.Nurse, t.facility), user("quang.van.on", "Quàng Văn Ơn", rights.Nurse, t.facility),
		user("vang.thi.mo", "Vàng Thị Mo", rights.Nurse, t.facility),
	}
	t.officer = user("tran.thu.ha", "Trần Thu Hà", rights.Head, t.hospital)
	return err
}

func (t *tree) nurseIDs() (ids []p.EntityID) {
	for _, n := range t.nurses {
		ids = append(ids, n.User)
	}
	return ids
}

// device makes a device known to the hub.
func (t *tree) device(ctx context.Context, place p.EntityID, key ed25519.PrivateKey, sealKey []byte) (device p.EntityID, number int, token []byte, err error) {
	t.number++
	dots, err := t.hub.Node.Append(ctx, t.admin.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		var err error
		if token, err = exchange.NewToken(id(0), rand.Reader); err != nil {
			return nil, err
		}
		draft, err := registry.NewDevice(registry.DeviceInput{
			Place: place, Number: t.number, Key: key.Public().(ed25519.PublicKey), SealKey: sealKey, Role: registry.NodeStation,
			Name: fmt.Sprintf("Máy %d", t.number), Up: t.hub.Node.Identity().Device,
		})
		if err != nil {
			return nil, err
		}
		return []registry.Draft{draft}, tx.PutChild(&store.ChildRow{Device: id(0), TokenHash: node.TokenHash(token)})
	})
	if err != nil {
		return device, 0, nil, err
	}
	return dots[0].Entity(), t.number, token, nil
}

// author makes a device that writes without a node.
func (t *tree) author(ctx context.Context, place p.EntityID) (*Author, error) {
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Author{key: keys.Private(), random: rand.Reader}
	if _, err := io.ReadFull(rand.Reader, a.inc[:]); err != nil {
		return nil, err
	}
	seal, err := keys.SealPublic()
	if err != nil {
		return nil, err
	}
	a.Device, a.Number, _, err = t.device(ctx, place, a.key, seal)
	return a, err
}

// station makes a station at a place, which has received nothing yet.
func (t *tree) station(ctx context.Context, place p.EntityID) (*station.Station, error) {
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		return nil, err
	}
	seal, err := keys.SealPublic()
	if err != nil {
		return nil, err
	}
	id, number, token, err := t.device(ctx, place, keys.Private(), seal)
	if err != nil {
		return nil, err
	}
	keys.Token = token
	path := filepath.Join(t.dir, fmt.Sprint("station-", number))
	info := datadir.Info{
		Program: "station", Device: id, Number: number, Place: place, PlaceName: "Trạm y tế xã Mường Nhà", Role: registry.NodeStation,
		Upstream: []string{"http://" + t.proxy.addr()}, Pin: t.hub.Pin[:], Chain: t.hub.Chain,
	}
	if err := datadir.Create(path, info, keys); err != nil {
		return nil, err
	}
	d, err := datadir.Open(path, "station")
	if err != nil {
		return nil, err
	}
	s, err := station.Open(ctx, d, station.Options{
		Open: t.opt.OpenStation, Now: t.clock.now, Software: software, Delay: time.Minute, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	s.Uplink.Client.TLS = nil
	begun := t.clock.now()
	s.Uplink.Client.Now = func() time.Time {
		return begun.Add(time.Duration(t.proxy.passed()) * time.Second / linkBytesPerSecond)
	}
	t.stations = append(t.stations, s)
	return s, nil
}

func (t *tree) close() {
	for _, s := range t.stations {
		_ = s.Close()
	}
	if t.proxy != nil {
		t.proxy.close()
	}
	if t.stop != nil {
		t.stop()
	}
	if t.hub != nil {
		_ = t.hub.Close()
	}
	_ = os.RemoveAll(t.dir)
}
