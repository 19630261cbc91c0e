package sim

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"tramy/internal/envelope"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/sim/proof"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// machine is a computer with a disk, a clock and, while it runs, a node.
type machine struct {
	w      *world
	number int
	name   string
	id     node.Identity
	seal   []byte        // its public key for files
	files  *envelope.Key // the private one
	token  []byte
	up     *machine // nil: the root
	place  p.EntityID
	// commune is where a station lies; zero for hubs.
	commune *commune
	actor   p.EntityID
	random  *rand.ChaCha8

	disk   *disk
	fuse   fuse
	full   bool // the disk is full
	second bool // the journal is kept twice
	// unreadable counts down to a read that fails; 0: none will.
	unreadable int
	offset     time.Duration // of its clock
	dark       bool          // it has no line
	rotten     bool          // its database was found to be damaged
	ahead      bool          // it holds what its hub lost, the centre never had, and somebody else has still to send

	gone    bool // lost for ever, or put away
	revoked bool // by an officer
	twin    *machine

	// While it runs.
	run    int // how often it was started
	store  *faulty
	node   *node.Node
	server *exchange.Server
	client *exchange.Client
	pace   *exchange.Pace
	due    time.Time // of its next exchange; zero: none
	res    node.Result
	err    error // of its last exchange

	rounds int         // of the exchange that goes on
	watch  proof.Watch // what it showed before

	images []*disk // backups
	memory *image  // of the running machine, as a virtual one is saved
}

func (m *machine) runs() bool { return m.node != nil }

func (m *machine) isHub() bool { return m.id.Role == registry.NodeHub }

// now is its clock.
func (m *machine) now() time.Time { return m.w.now.Add(m.offset) }

// add makes a machine that has never run.
func (w *world) add(name string, role registry.NodeRole) *machine {
	m := &machine{w: w, number: len(w.machines), name: name, id: node.Identity{Role: role}, seal: make([]byte, 32)}
	var seed [32]byte
	copy(seed[:], fmt.Sprintf("%d %s", w.Seed, name))
	m.random = rand.NewChaCha8(seed)
	key := make([]byte, ed25519.SeedSize)
	_, _ = io.ReadFull(m.random, key)
	_, _ = io.ReadFull(m.random, m.seal)
	m.files, m.seal = fileKeys(m.seal)
	m.id.Key = ed25519.NewKeyFromSeed(key)
	m.disk = &disk{base: w.medium(role == registry.NodeStation)}
	w.machines = append(w.machines, m)
	return m
}

// start switches a machine on. It may die at once of a fault that waits.
func (m *machine) start() (err error) {
	defer func() {
		switch d := recover().(type) {
		case nil:
		case died:
			m.w.bury(d.m)
			err = errBroken
		default:
			panic(d)
		}
	}()
	n, err := m.open()
	if err != nil {
		return err
	}
	m.run++
	m.node = n
	m.id.Device = n.Identity().Device
	m.server = exchange.NewServer(n, 64, m.now, nil)
	m.server.Attempts.Now = func() time.Time { return m.w.now } // a minute's pause is over when it is over here
	if m.up != nil {
		m.client = &exchange.Client{
			Node: n, Addresses: []string{"http://" + m.up.name}, Token: m.token, Software: "sim", Now: m.now, Carry: line{m},
			Log: slog.New(slog.DiscardHandler),
		}
		m.pace = exchange.NewPace(time.Minute, m.w.schedule, func() float64 { return 0.5 })
		m.due = m.w.now
	}
	return nil
}

// openOn opens the node on the machine's disk as it is.
func (m *machine) openOn() (*node.Node, error) {
	st, err := m.disk.base.Open(m.w.ctx)
	if err != nil {
		return nil, err
	}
	m.store = &faulty{m: m, inner: &noticing{m, st}}
	return node.Open(m.w.ctx, node.Config{
		Store: m.store, Identity: m.id, Journal: m, Now: m.now, Rand: m.random, Saved: m.saved,
	})
}

// stop switches it off.
func (m *machine) stop() { m.node, m.server, m.client, m.pace, m.due = nil, nil, nil, nil, time.Time{} }

func (m *machine) saved() {
	if m.pace == nil {
		return
	}
	if wait, ok := m.pace.Saved(); ok {
		m.due = m.w.now.Add(wait)
	}
}

// exchange lets a machine speak to its hub until both have said all.
func (m *machine) exchange() {
	w := m.w
	defer w.mourn()
	m.pace.Begins()
	m.due = time.Time{}
	w.count.Exchanges++
	m.beginsToSpeak()
	res, err := m.client.Sync(w.ctx)
	m.res, m.err = res, err
	if wait, _ := m.pace.Ended(res, err, m.now()); wait > 0 {
		m.due = w.now.Add(wait)
	}
	if err != nil {
		w.count.Broken++
	}
	w.note("%s speaks to %s: sent %d, received %d, level %v, more %v, unequal %d, %v", m.name, m.up.name, res.Sent, res.Received, res.Level, res.More, len(res.Unequal), err)
	if r := res.Refusal; r != nil {
		w.note("%s is refused: %d %s", m.name, r.Code, r.Message)
	}
	if err != nil || res.Refusal != nil {
		return
	}
	if m.heard(); res.More {
		w.fail("%s and %s do not come to an end: after %d rounds there is more", m.name, m.up.name, m.rounds)
	}
}

// beginsToSpeak takes note of what a machine shows before an exchange.
func (m *machine) beginsToSpeak() {
	m.rounds = 0
	if n := m.shown(); n != nil {
		m.w.must(m.watch.Begins(m.w.ctx, n))
	}
}

// asks is called for each request of an exchange that is on its way: those before it were answered to the end.
func (m *machine) asks() {
	if m.rounds++; m.rounds > 1 {
		m.heard()
	}
}

// heard looks at what a machine shows after an answer.
func (m *machine) heard() {
	if n := m.shown(); n != nil {
		w := m.w
		root := &proof.Centre{Store: w.root.store.inner, Kept: !w.on[rootBack] && !w.on[baseHurt]}
		for _, wrong := range m.watch.Heard(w.ctx, n, slices.Insert(w.keys(), 0, publicKey(m.up)), root) {
			if w.unaware(m) {
				w.note("%s has a database that is damaged, as looking through it would show: %s", m.name, wrong)
				continue
			}
			w.fail("%s", wrong)
		}
	}
}

// shown is a machine as proof sees it while the run goes on, nil if its hub has no disk yet.
func (m *machine) shown() *proof.Node {
	if m.up == nil || m.up.store == nil {
		return nil
	}
	up := &proof.Node{Name: m.up.name, Store: m.up.store.inner, Root: m.up == m.w.root}
	return &proof.Node{Name: m.name, Store: m.store.inner, Device: m.id.Device, Up: up}
}

// writesOn checks a dot just written: a machine that was told that its hub has a change under that dot was set back, and
// must not go on in that log.
func (m *machine) writesOn(d p.Dot) {
	var row *store.LogRow
	err := m.view(func(tx store.Tx) (err error) {
		row, err = tx.Log(d.Log)
		return err
	})
	switch {
	case errors.Is(err, store.ErrCorrupt):
	case err != nil:
		m.w.must(err)
	case row == nil || row.Head < d.Seq:
		m.w.fail("%s says that it saved %s and does not have it", m.name, d)
	case row.UpHere >= d.Seq:
		m.w.fail("%s writes %s although its hub said that it has a change there", m.name, d)
	}
}

// view reads from a machine's database.
func (m *machine) view(fn func(store.Tx) error) error {
	err := m.store.inner.View(m.w.ctx, fn)
	if errors.Is(err, store.ErrCorrupt) {
		panic(died{m}) // its program ends and is started again
	}
	return err
}

// state is an entity as it stands at a machine, nil if it is not there.
func (m *machine) state(id p.EntityID) *p.State {
	var s *p.State
	err := m.view(func(tx store.Tx) (err error) {
		s, err = tx.State(id)
		return err
	})
	if err != nil {
		m.w.fail("%s cannot read %s: %v", m.name, id, err)
	}
	return s
}
