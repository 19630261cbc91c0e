package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tramy/internal/journal"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	"tramy/internal/store/postgres"
	"tramy/internal/store/sqlite"
	p "tramy/syncproto"
)

// machine is a node with its folder, so that a test can stop it, set it back and start it again.
type machine struct {
	t    testing.TB
	dir  string
	disk *memory.Store // instead of files in dir
	url  string        // a PostgreSQL database, instead of files in dir

	unjournaled bool // what is measured is the store
	id          node.Identity
	seal        []byte
	station     bool
	clock       *time.Time
	rand        *rand.ChaCha8

	st  store.Store
	jr  *journal.File
	n   *node.Node
	out []byte // the last answer of its upstream

	asked *p.Position // what the upstream said when asked for the position it has, before the next call
}

func seeded(seed string) *rand.ChaCha8 {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

func newMachine(t testing.TB, name string, station bool) *machine {
	t.Helper()
	now := time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)
	m := &machine{t: t, dir: t.TempDir(), station: station, clock: &now, rand: seeded(name)}
	seed := make([]byte, ed25519.SeedSize)
	m.seal = make([]byte, 32)
	if _, err := io.ReadFull(m.rand, seed); err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadFull(m.rand, m.seal)
	m.id.Key = ed25519.NewKeyFromSeed(seed)
	t.Cleanup(m.stop)
	return m
}

func (m *machine) start() {
	m.t.Helper()
	ctx := context.Background()
	var err error
	if m.disk != nil {
		m.disk = m.disk.Clone() // open again
		m.st = m.disk
	} else if m.url != "" {
		if m.st, err = postgres.Open(ctx, postgres.Options{URL: m.url, Forgetful: true}); err != nil {
			m.t.Fatal(err)
		}
	} else if m.st, err = sqlite.Open(ctx, sqlite.Options{Dir: m.dir, Station: m.station}); err != nil {
		m.t.Fatal(err)
	}
	if m.jr, err = journal.Open(filepath.Join(m.dir, "journal")); err != nil {
		m.t.Fatal(err)
	}
	cfg := node.Config{Store: m.st, Identity: m.id, Journal: m.jr, Rand: m.rand, Now: m.now}
	if m.unjournaled {
		cfg.Journal = nil
	}
	m.n, err = node.Open(ctx, cfg)
	if err != nil {
		m.t.Fatal(err)
	}
}

// looking guards the clocks: a node is asked by several at once.
var looking sync.Mutex

// now reads a clock that goes on at each look.
func (m *machine) now() time.Time {
	looking.Lock()
	defer looking.Unlock()
	*m.clock = m.clock.Add(time.Second)
	return *m.clock
}

func (m *machine) stop() {
	if m.st == nil {
		return
	}
	m.st.Close()
	m.jr.Close()
	m.st = nil
}

// act writes one act and returns the entities its drafts are about.
func (m *machine) act(drafts ...registry.Draft) []p.EntityID {
	m.t.Helper()
	dots, err := m.n.Append(context.Background(), p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return drafts, nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	ids := make([]p.EntityID, len(dots))
	for i, d := range dots {
		if ids[i] = drafts[i].Entity; ids[i].IsZero() {
			ids[i] = d.Entity()
		}
	}
	return ids
}

// root founds the tree: device and nation in one act.
func (m *machine) root() p.EntityID {
	m.t.Helper()
	m.id.Role = registry.NodeHub
	m.start()
	var nation p.EntityID
	_, err := m.n.Append(context.Background(), p.EntityID{}, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		nation = id(1)
		m.id.Place = nation
		d, err := registry.NewDevice(registry.DeviceInput{Place: nation, Key: m.id.Key.Public().(ed25519.PublicKey), SealKey: m.seal, Role: registry.NodeHub, Name: "root", Up: id(0)})
		if err != nil {
			return nil, err
		}
		pl, err := registry.NewPlace(registry.PlaceInput{Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
		return []registry.Draft{d, pl}, err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.id.Device = m.n.Identity().Device
	return nation
}

// enrol makes child a device at place below m.
func (m *machine) enrol(child *machine, place p.EntityID, role registry.NodeRole, number int) {
	m.t.Helper()
	d, err := registry.NewDevice(registry.DeviceInput{Place: place, Number: number, Key: child.id.Key.Public().(ed25519.PublicKey), SealKey: child.seal, Role: role, Name: fmt.Sprint("device ", number), Up: m.id.Device})
	if err != nil {
		m.t.Fatal(err)
	}
	child.id.Device = m.act(d)[0]
	child.id.Number, child.id.Place, child.id.Role = int64(number), place, role
	child.id.Upstream = node.Upstream{Device: m.id.Device, Key: m.id.Key.Public().(ed25519.PublicKey)}
	if child.id.Root = m.id.Root; m.id.IsRoot() {
		child.id.Root = child.id.Upstream.Key
	}
	child.start()
}

// call does one exchange of m with up; what is cut is lost from the request or the answer.
func (m *machine) call(up *machine, cutUp, cutDown int) (node.Result, error) {
	m.t.Helper()
	ctx := context.Background()
	c, err := m.n.Begin(ctx, node.Options{Fresh: true, Software: "test", From: m.asked})
	m.asked = nil
	if err != nil {
		m.t.Fatal(err)
	}
	var req bytes.Buffer
	if err := c.WriteRequest(&req); err != nil {
		m.t.Fatal(err)
	}
	var resp bytes.Buffer
	sent := req.Bytes()
	if cutUp >= 0 && cutUp < len(sent) {
		if err := up.n.Serve(ctx, m.id.Device, bytes.NewReader(sent[:cutUp]), io.Discard); err == nil {
			m.t.Fatal("a cut request was answered")
		}
		return node.Result{}, io.ErrUnexpectedEOF
	}
	if err := up.n.Serve(ctx, m.id.Device, bytes.NewReader(sent), &resp); err != nil {
		m.t.Fatalf("serve: %v", err)
	}
	m.out = resp.Bytes()
	if cutDown >= 0 && cutDown < resp.Len() {
		return c.ReadResponse(bytes.NewReader(m.out[:cutDown]))
	}
	return c.ReadResponse(bytes.NewReader(m.out))
}

// sync exchanges until nothing more is to be said.
func (m *machine) sync(up *machine) node.Result {
	m.t.Helper()
	for range 50 {
		res, err := m.call(up, -1, -1)
		if err != nil {
			m.t.Fatalf("exchange: %v", err)
		}
		if os.Getenv("DBG") != "" {
			fmt.Printf("%s: %+v\n", m.dir[len(m.dir)-12:], res)
		}
		if !res.More {
			return res
		}
	}
	m.t.Fatal("50 exchanges did not come to an end")
	return node.Result{}
}

func place(t testing.TB, parent p.EntityID, code, name string, level registry.Level, typ string) registry.Draft {
	t.Helper()
	d, err := registry.NewPlace(registry.PlaceInput{Parent: parent, Code: code, Name: name, Level: level, Type: typ})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// country is a centre, a province and two stations in two communes.
type country struct {
	centre, province *machine
	a, b             *machine
	communeA         p.EntityID
	communeB         p.EntityID
	placeA, placeB   p.EntityID
}

func newCountry(t *testing.T) *country {
	t.Helper()
	return countryOn(t, false)
}

// countryOn is a country on disks, or in memory.
func countryOn(t testing.TB, inMemory bool) *country {
	t.Helper()
	return countryOf(t, func(m *machine) {
		if inMemory {
			m.disk = memory.New()
		}
	})
}

// countryOf is a country of machines whose disks prepare chooses.
func countryOf(t testing.TB, prepare func(*machine)) *country {
	t.Helper()
	c := &country{centre: newMachine(t, "centre", false), province: newMachine(t, "province", false), a: newMachine(t, "a", true), b: newMachine(t, "b", true)}
	for _, m := range c.machines() {
		prepare(m)
	}
	nation := c.centre.root()
	prov := c.centre.act(place(t, nation, "gso:11", "Điện Biên", registry.LevelProvince, ""))[0]
	c.communeA = c.centre.act(place(t, prov, "gso:03301", "Mường Nhà", registry.LevelCommune, ""))[0]
	c.communeB = c.centre.act(place(t, prov, "gso:03302", "Mường Lay", registry.LevelCommune, ""))[0]
	c.placeA = c.centre.act(place(t, c.communeA, "kcb:11001", "Trạm Mường Nhà", registry.LevelFacility, registry.PlaceStation))[0]
	c.placeB = c.centre.act(place(t, c.communeB, "kcb:11002", "Trạm Mường Lay", registry.LevelFacility, registry.PlaceStation))[0]
	c.centre.enrol(c.province, prov, registry.NodeHub, 100)
	c.province.sync(c.centre)
	c.province.enrol(c.a, c.placeA, registry.NodeStation, 101)
	c.province.enrol(c.b, c.placeB, registry.NodeStation, 102)
	c.quiet()
	return c
}

func (c *country) machines() []*machine { return []*machine{c.centre, c.province, c.a, c.b} }

// quiet exchanges everywhere until all is level.
func (c *country) quiet() {
	c.a.t.Helper()
	for range 4 {
		c.a.sync(c.province)
		c.b.sync(c.province)
		c.province.sync(c.centre)
	}
}

func subject(t testing.TB, m *machine, commune p.EntityID, name string) registry.Draft {
	t.Helper()
	code, err := registry.NewCode(int(m.id.Number), m.rand)
	if err != nil {
		t.Fatal(err)
	}
	birth, _ := registry.NewDay(2026, 9, 1)
	today, _ := registry.NewDay(2026, 11, 25)
	d, err := registry.NewSubject(registry.SubjectInput{Place: commune, Code: code, Name: name, BirthDate: birth, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale, MotherName: "Lò Thị Mai", MotherPhone: "0385000412"}, today)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dose(t testing.TB, subject, at p.EntityID, vaccine string) registry.Draft {
	t.Helper()
	today, _ := registry.NewDay(2026, 11, 25)
	d, err := registry.NewImmunization(registry.ImmunizationInput{Subject: subject, Place: at, Vaccine: vaccine, GivenOn: today, Lot: "A24-123", Programme: registry.ProgrammeEPI, Source: registry.SourceHere, Screening: registry.ScreeningEligible}, registry.Known{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (m *machine) state(id p.EntityID) *p.State {
	m.t.Helper()
	var s *p.State
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		var err error
		s, err = tx.State(id)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

func (m *machine) text(id p.EntityID, f p.Field) string {
	m.t.Helper()
	s := m.state(id)
	if s == nil {
		return "(not here)"
	}
	v, _ := s.Get(f).Text()
	return v
}

func TestDoseReachesTheCentreAndComesDown(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	d := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	if res := c.a.sync(c.province); res.Sent == 0 || !res.Level {
		t.Fatalf("first exchange: %+v", res)
	}
	c.province.sync(c.centre)
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s has name %q", name, got)
		}
		if got := m.text(d, registry.DoseLot); got != "A24-123" {
			t.Errorf("%s has lot %q", name, got)
		}
	}
	if c.b.state(child) != nil {
		t.Error("the child is at a station that has nothing to do with it")
	}
	c.quiet()
	st, err := c.a.n.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if st.Saved != 0 || st.AtHub != 0 || st.AtRoot != 2 {
		t.Errorf("ticks: %d saved, %d at the hub, %d at the root; want 0, 0, 2", st.Saved, st.AtHub, st.AtRoot)
	}
}
