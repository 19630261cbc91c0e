package sim

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Options say how a run is made.
type Options struct {
	Seed   uint64
	Script Script // played instead of drawing from the seed, which still gives keys and names
	// Only keeps all kinds of fault away but these, by name; empty: each seed draws for itself.
	Only []string
	// Medium makes the disk of a new machine. Nil: in memory.
	Medium func(station bool) Medium
	// Log receives a line about everything that happens; nil: nobody listens.
	Log func(format string, args ...any)
}

// Result is what came of a run.
type Result struct {
	Seed     uint64
	Script   Script   // what was chosen
	Failures []string // what did not hold; none: all is well
	Faults   []string // kinds that were switched on
	Count    Counts
}

// Counts are how much happened in a run.
type Counts struct {
	StationDays float64
	Said        int // acts that a person was told were saved
	Exchanges   int
	Broken      int // exchanges that ended with an error
	Deaths      int // machines that died in the middle of something
	Faults      int // all that went wrong, lines included
	Changes     int // at the root at the end
	Contacts    int // exchanges in the quiet at the end
}

// Add adds the counts of another run.
func (c *Counts) Add(o *Counts) {
	c.StationDays += o.StationDays
	c.Said += o.Said
	c.Exchanges += o.Exchanges
	c.Broken += o.Broken
	c.Deaths += o.Deaths
	c.Faults += o.Faults
	c.Changes += o.Changes
	c.Contacts += o.Contacts
}

// world is one run.
type world struct {
	Options
	ctx      context.Context
	tape     *tape
	now      time.Time
	schedule cron.Schedule

	on    [kinds]bool
	calm  bool // the phase of work alone, while choices are drawn
	quiet bool // the last phase: nothing goes wrong any more

	machines []*machine
	root     *machine
	nation   p.EntityID
	communes []*commune
	people   []p.EntityID
	given    []p.EntityID // doses
	links    []p.EntityID
	strange  []p.EntityID // entities of kinds that no program knows
	foreign  []p.EntityID // doses recorded where their machine has no business
	decided  map[p.LogID]bool
	post     []letter // on its way
	facts    facts
	count    Counts
	failures []string
	tokens   int
	usb      usb
	talks    map[pair]*talk
}

// commune is a place with stations.
type commune struct {
	place, facility p.EntityID
	code            string
	ended           bool
}

// start is when a run begins: Wednesday 25 November 2026, 08:00 in Vietnam.
var start = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

// failed ends a run that cannot go on.
type failed struct{}

// Run plays one run to its end.
func Run(ctx context.Context, opt Options) (res *Result) {
	w := &world{Options: opt, ctx: ctx, now: start, facts: newFacts(), decided: map[p.LogID]bool{}}
	if w.tape = newTape(opt.Seed); opt.Script != nil {
		w.tape = readTape(opt.Script)
	}
	defer w.usb.remove()
	var err error
	if w.schedule, err = cron.ParseStandard("@every 11h"); err != nil {
		panic(err)
	}
	defer func() {
		if d := recover(); d != nil && d != (failed{}) {
			w.failures = append(w.failures, fmt.Sprintf("it crashed: %v", d))
			if opt.Script == nil && opt.Log != nil {
				panic(d)
			}
		}
		for i, on := range w.on {
			if on {
				res.Faults = append(res.Faults, kindNames[i])
			}
		}
		res.Failures, res.Script, res.Count = w.failures, w.tape.Made, w.count
	}()
	res = &Result{Seed: opt.Seed}
	w.tape.step()
	w.found()
	steps := w.choose()
	for k := 0; ; k++ {
		if opt.Script == nil && k == steps {
			break
		}
		w.calm = k < steps/5
		if !w.tape.step() {
			break
		}
		w.step()
		if ctx.Err() != nil {
			return res
		}
	}
	w.finish()
	return res
}

// pauses are how long nothing happens between two steps.
var pauses = []time.Duration{
	time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour, 3 * time.Hour, 9 * time.Hour, 26 * time.Hour,
}

func (w *world) step() {
	pause := pauses[w.tape.below(len(pauses))]
	w.pass(pause)
	w.mend()
	for _, m := range w.machines {
		if !m.gone && !m.runs() && !w.tape.chance(400) {
			_ = m.start()
		}
	}
	w.deliverLate()
	for _, m := range w.machines {
		if m.runs() && m.pace != nil && !m.due.IsZero() && !m.due.After(w.now) {
			m.exchange()
		}
	}
	op := &ops[w.tape.weighed(w.weights())]
	if op.kind >= 0 {
		if !w.on[op.kind] {
			return
		}
		w.count.Faults++
	}
	w.note("-- %s", op.name)
	func() {
		defer w.mourn()
		op.do(w)
	}()
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	for _, m := range w.machines {
		if m.commune != nil && !m.gone {
			w.count.StationDays += d.Hours() / 24
		}
	}
}

// deliverLate delivers what was on its way, in another order than it was sent.
func (w *world) deliverLate() {
	for len(w.post) > 0 && w.tape.chance(500) {
		i := w.tape.below(len(w.post))
		msg := w.post[i]
		w.post = slices.Delete(w.post, i, i+1)
		w.note("a late request reaches %s", msg.to.name)
		w.deliver(msg)
	}
}

// mourn takes note of a machine that died. It is deferred around all that a machine does.
func (w *world) mourn() {
	switch d := recover().(type) {
	case nil:
	case died:
		w.bury(d.m)
	default:
		panic(d)
	}
}

func (w *world) bury(m *machine) {
	w.note("%s dies", m.name)
	m.fuse = fuse{}
	m.stop()
	w.count.Deaths++
}

func (w *world) note(format string, args ...any) {
	if w.Log != nil {
		w.Log("%s "+format, append([]any{w.now.Format("02 15:04:05")}, args...)...)
	}
}

// met notes a fault of a line.
func (w *world) met(what string, m *machine, n int) {
	w.count.Faults++
	w.note("%s of %s: %d", what, m.name, n)
}

// fail says that something did not hold, and ends the run.
func (w *world) fail(format string, args ...any) {
	w.failures = append(w.failures, fmt.Sprintf(format, args...))
	w.note("FAILED: %s", w.failures[len(w.failures)-1])
	panic(failed{})
}

func (w *world) must(err error) {
	if err != nil {
		w.fail("%v", err)
	}
}

func (w *world) medium(station bool) Medium {
	if w.Medium != nil {
		return w.Options.Medium(station)
	}
	return newMemory()
}

// at finds a machine by its address.
func (w *world) at(name string) *machine {
	for _, m := range w.machines {
		if m.name == name && !m.gone {
			return m
		}
	}
	return nil
}

// found makes the tree: the centre, one or two provinces with a hub each, perhaps a regional hub, communes and their
// stations, some of which share one.
func (w *world) found() {
	w.root = w.add("root", registry.NodeHub)
	w.must(w.root.start())
	_, err := w.root.node.Append(w.ctx, p.EntityID{}, func(_ store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
		w.nation = id(1)
		d, err := registry.NewDevice(registry.DeviceInput{
			Place: w.nation, Key: publicKey(w.root), SealKey: w.root.seal, Role: registry.NodeHub, Name: "root", Up: id(0),
		})
		if err != nil {
			return nil, err
		}
		pl, err := registry.NewPlace(registry.PlaceInput{Code: "own:VN", Name: "Việt Nam", Level: registry.LevelNation})
		return []registry.Draft{d, pl}, err
	})
	w.must(err)
	w.root.id.Device, w.root.id.Place, w.root.place = w.root.node.Identity().Device, w.nation, w.nation
	for _, v := range registry.Vaccines()[:3] {
		d, err := registry.NewVaccine(v)
		w.must(err)
		w.create(d)
	}
	for i := range 1 + w.tape.below(2) {
		province := w.placed(w.nation, fmt.Sprintf("gso:%02d", 11+i), registry.LevelProvince, "")
		hub := w.enrol(fmt.Sprintf("hub%d", i), w.root, province, registry.NodeHub)
		under, above := hub, province
		if w.tape.chance(300) {
			above = w.placed(province, fmt.Sprintf("own:KV%d", i), registry.LevelRegion, "")
			under = w.enrol(fmt.Sprintf("region%d", i), hub, above, registry.NodeHub)
		}
		for k := range 1 + w.tape.below(2) {
			c := &commune{code: fmt.Sprintf("gso:033%02d", 10*i+k)}
			c.place = w.placed(above, c.code, registry.LevelCommune, "")
			c.facility = w.placed(c.place, fmt.Sprintf("kcb:1100%d", 10*i+k), registry.LevelFacility, registry.PlaceStation)
			w.communes = append(w.communes, c)
			for s := range 1 + w.tape.below(2) {
				m := w.enrol(fmt.Sprintf("s%d%d%d", i, k, s), under, c.facility, registry.NodeStation)
				m.commune = c
				m.actor = w.create(w.nurse(m))
			}
		}
	}
	w.settle()
}

func publicKey(m *machine) ed25519.PublicKey { return m.id.Key.Public().(ed25519.PublicKey) }

// placed makes a place at the centre.
func (w *world) placed(parent p.EntityID, code string, level registry.Level, typ string) p.EntityID {
	d, err := registry.NewPlace(registry.PlaceInput{Parent: parent, Code: code, Name: code, Level: level, Type: typ})
	w.must(err)
	return w.create(d)
}

// create writes one creation at the centre.
func (w *world) create(d registry.Draft) p.EntityID {
	dots, err := w.root.node.Append(w.ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{d}, nil
	})
	w.must(err)
	return dots[0].Entity()
}

// enrol makes a machine and lets its hub know it.
func (w *world) enrol(name string, up *machine, place p.EntityID, role registry.NodeRole) *machine {
	for _, hub := range w.machines { // the place is known there before anybody is enrolled at it
		if hub.isHub() && hub.up != nil {
			hub.exchange()
		}
	}
	m := w.add(name, role)
	w.join(m, up, place)
	w.must(m.start())
	m.exchange()
	if up.up != nil {
		up.exchange()
	}
	return m
}

// join makes a machine a child of a hub: the part of enrolling that nodes see.
func (w *world) join(m, up *machine, place p.EntityID) {
	d, err := registry.NewDevice(registry.DeviceInput{
		Place: place, Number: m.number, Key: publicKey(m), SealKey: m.seal, Role: m.id.Role, Name: m.name, Up: up.id.Device,
	})
	w.must(err)
	dots, err := up.node.Append(w.ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{d}, nil
	})
	w.must(err)
	m.id.Device, m.id.Number, m.id.Place, m.place = dots[0].Entity(), int64(m.number), place, place
	m.token, err = exchange.NewToken(m.id.Device, m.random)
	w.must(err)
	w.must(w.hang(m, up))
}

// hang gives a machine its hub, and the hub its token. It is what enrolling a known device again does.
func (w *world) hang(m, up *machine) error {
	err := up.store.Update(w.ctx, func(tx store.Tx) error {
		row, err := tx.Child(m.id.Device)
		if err != nil {
			return err
		}
		if row == nil {
			row = &store.ChildRow{Device: m.id.Device}
		}
		row.TokenHash = node.TokenHash(m.token)
		return tx.PutChild(row)
	})
	if err != nil {
		return err
	}
	m.up = up
	m.id.Upstream = node.Upstream{Device: up.id.Device, Key: publicKey(up)}
	m.id.Root = publicKey(w.root)
	return nil
}
