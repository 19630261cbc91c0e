package sim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tramy/internal/enrol"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// The kinds of fault. Each seed switches some of them on. The order is part of what a script means: new ones come last, see
// choose.
const (
	cutLines = iota
	lateLines
	portals
	deaths
	reportedFailed
	fullDisks
	badReads
	stationBack
	hubBack
	rootBack
	cloned
	rolledBack
	hubLost
	clocks
	foreign
	revoked
	hostile
	unknown
	reforms
	journalHurt
	bundles
	rooms
	baseHurt
	kinds
)

var kindNames = [kinds]string{
	"cut", "late", "portal", "death", "failed-after", "full", "read-error", "station-restored", "hub-restored",
	"root-restored", "clone", "rollback", "hub-lost", "clock", "foreign", "revoke", "hostile", "unknown", "reform", "journal-damage",
	"bundle", "room", "database-damage",
}

// Kinds are the names of all kinds of fault.
func Kinds() []string { return slices.Clone(kindNames[:]) }

// ops is everything that can happen in a step: work first, then what goes wrong.
var ops = slices.Concat(work, []op{
	{"a machine will die", 8, deaths, func(w *world) { w.light(dieBefore + w.tape.below(2)) }},
	{"a machine dies between two things", 3, deaths, (*world).cutPower},
	{"a write will be reported as failed", 5, reportedFailed, func(w *world) { w.light(failAfter) }},
	{"a write will find the disk full", 3, fullDisks, func(w *world) { w.light(failFull) }},
	{"a disk fills up or is freed", 4, fullDisks, (*world).fill},
	{"a read will fail", 5, badReads, (*world).misread},
	{"a backup is made", 8, stationBack, func(w *world) { w.backup(w.station()) }},
	{"a station is restored", 3, stationBack, func(w *world) { w.restore(w.station()) }},
	{"a hub's backup is made", 6, hubBack, func(w *world) { w.backup(w.subHub()) }},
	{"a hub is restored", 3, hubBack, func(w *world) { w.restore(w.subHub()) }},
	{"the root's backup is made", 5, rootBack, func(w *world) { w.backup(w.alive(w.root)) }},
	{"the root is restored", 2, rootBack, func(w *world) { w.restore(w.alive(w.root)) }},
	{"a disk is copied into another laptop", 2, cloned, (*world).clone},
	{"a running machine is saved", 6, rolledBack, (*world).freeze},
	{"a running machine is rolled back", 4, rolledBack, (*world).rollBack},
	{"a hub is lost", 1, hubLost, (*world).loseHub},
	{"a lost hub comes back", 2, hubLost, (*world).findHub},
	{"a clock jumps", 6, clocks, (*world).jump},
	{"a dose is recorded at a foreign place", 3, foreign, (*world).trespass},
	{"an officer admits what is held", 3, foreign, func(w *world) { w.decide(true) }},
	{"an officer rejects what is held", 2, foreign, func(w *world) { w.decide(false) }},
	{"a device is revoked", 1, revoked, (*world).revoke},
	{"a device signs two contents under one dot", 2, hostile, (*world).twoContents},
	{"a device replaces what it has not seen", 3, hostile, (*world).replaceUnseen},
	{"a record of an unknown kind", 5, unknown, (*world).strangeKind},
	{"an unknown field is written", 5, unknown, (*world).strangeField},
	{"a record that nobody can read", 3, unknown, (*world).poison},
	{"two communes become one", 1, reforms, (*world).merge},
	{"a commune is renamed", 2, reforms, (*world).rename},
	{"a station's facility moves to another commune", 1, reforms, (*world).shift},
	{"a record of the journal is damaged", 3, journalHurt, (*world).hurtJournal},
	{"the journal gets or loses a second copy", 2, journalHurt, (*world).second},
	{"a machine saves, is rolled back and saves again", 3, rolledBack, (*world).relive},
}, carried, damages, together)

// kindsAtFirst is how many kinds there were when the first scripts were written.
const kindsAtFirst = journalHurt + 1

// choose draws what may go wrong in this run and how long it is. The kinds that came later are drawn after all that scripts
// of their time have: those scripts go on meaning what they did, with the later kinds switched off.
func (w *world) choose() (steps int) {
	w.switchOn(0, kindsAtFirst)
	steps = 40 + w.tape.below(160)
	w.switchOn(kindsAtFirst, kinds)
	return steps
}

// switchOn draws which of the kinds from first up to, not including, end may happen.
func (w *world) switchOn(first, end int) {
	for i := first; i < end; i++ {
		share := 250
		if len(w.Only) > 0 {
			if share = 0; slices.Contains(w.Only, kindNames[i]) {
				share = 1000
			}
		}
		w.on[i] = w.tape.chance(share) // written down either way: a script needs no list of kinds beside it
	}
}

// weights are those of ops: while all is calm nothing goes wrong, and what this run does not know never does.
func (w *world) weights() []int {
	out := make([]int, len(ops))
	for i := range ops {
		if ops[i].kind < 0 || !w.calm && w.on[ops[i].kind] {
			out[i] = ops[i].weight
		}
	}
	return out
}

// stormy reports whether something may happen to a line.
func (w *world) stormy(*machine) bool {
	return !w.quiet && (w.on[cutLines] || w.on[lateLines] || w.on[portals])
}

func (w *world) lineWeights() []int {
	out := make([]int, fates)
	out[passes] = 20
	if w.calm {
		return out
	}
	if w.on[cutLines] {
		out[cutUp], out[cutDown], out[lost] = 6, 6, 3
	}
	if w.on[lateLines] {
		out[late] = 5
	}
	if w.on[portals] {
		out[portal] = 3
	}
	return out
}

func (w *world) alive(m *machine) *machine {
	if m.runs() {
		return m
	}
	return nil
}

// subHub chooses a hub below the root.
func (w *world) subHub() *machine {
	return w.machine(func(m *machine) bool { return m.isHub() && m != w.root && m.runs() })
}

func (w *world) anyone() *machine { return w.machine((*machine).runs) }

// light lets something happen to a machine at one of its next durable steps.
func (w *world) light(kind int) {
	if m := w.anyone(); m != nil {
		m.fuse = fuse{steps: 1 + w.tape.below(16), kind: kind}
		w.note("%s: %d in %d steps", m.name, kind, m.fuse.steps)
	}
}

func (w *world) cutPower() {
	if m := w.anyone(); m != nil {
		w.bury(m)
	}
}

func (w *world) fill() {
	if m := w.anyone(); m != nil {
		m.full = !m.full
		w.note("%s is full: %v", m.name, m.full)
	}
}

func (w *world) misread() {
	if m := w.anyone(); m != nil {
		m.unreadable = 1 + w.tape.below(12)
	}
}

// copied is a copy of a machine's disk; nil if the database is found to be damaged over it.
func (m *machine) copied() *disk {
	d, err := m.disk.copy(m.w.ctx)
	if errors.Is(err, store.ErrCorrupt) {
		m.rotten = true
		return nil
	}
	m.w.must(err)
	return d
}

// imagesMax is how many backups a machine keeps.
const imagesMax = 4

func (w *world) backup(m *machine) {
	if m == nil {
		return
	}
	d := m.copied()
	if d == nil {
		return
	}
	m.images = append(m.images, d)
	if len(m.images) > imagesMax {
		m.images = m.images[1:]
	}
	w.note("%s is backed up", m.name)
}

// restore puts a backup in the place of a machine's disk: the database, the journal, or both.
func (w *world) restore(m *machine) {
	if m == nil || len(m.images) == 0 {
		return
	}
	image := m.images[w.tape.below(len(m.images))]
	old, err := image.copy(w.ctx)
	w.must(err)
	what := w.tape.below(3)
	before := w.beyondCentre(m)
	m.stop()
	m.memory = nil
	if what != 2 {
		m.disk.base, m.disk.damage = old.base, old.damage
	}
	if what != 0 {
		m.disk.journal = old.journal
	}
	w.note("%s is restored: %s", m.name, []string{"database", "all", "journal"}[what])
	_ = m.start()
	w.leftAhead(m, before)
}

// machinesMax is how many machines there may be before no laptop is copied any more.
const machinesMax = 24

func (w *world) clone() {
	m := w.station()
	if m == nil || m.twin != nil || len(w.machines) > machinesMax {
		return
	}
	d := m.copied()
	if d == nil {
		return
	}
	c := w.add(fmt.Sprintf("%s-copy", m.name), m.id.Role)
	c.id, c.token, c.seal, c.up, c.place, c.commune, c.actor = m.id, m.token, m.seal, m.up, m.place, m.commune, m.actor
	c.disk, c.files, c.ahead, c.twin, m.twin = d, m.files, m.ahead, m, c
	c.revoked = m.revoked
	w.note("%s is a copy of %s", c.name, m.name)
	_ = c.start()
}

// loseHub takes a hub away for ever, as it seems. Those below go on at the hub above it.
func (w *world) loseHub() {
	m := w.subHub()
	if m == nil || !m.up.runs() {
		return
	}
	w.note("%s is lost", m.name)
	m.stop()
	m.gone = true
	for _, child := range w.machines {
		if child.up == m {
			w.rehang(child, m.up)
		}
	}
}

// rehang enrols a machine again at a hub above its place, as the device that it is, whether the hub knows it or not.
func (w *world) rehang(m, up *machine) {
	if up.full || m.revoked {
		return
	}
	own, err := m.ownState()
	if err != nil {
		return // its disk cannot be read now: later
	}
	hub := &enrol.Hub{Device: up.id.Device, Numbers: [2]int{1, enrol.NumberLast}, Above: w.above(up)}
	former := &enrol.Former{
		Device: m.id.Device, Up: m.id.Upstream.Device, Place: m.id.Place, PlaceName: m.name, Role: m.id.Role, Number: int(m.id.Number), State: own,
	}
	var in registry.DeviceInput
	_, err = up.node.Append(w.ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		draft, to, err := hub.Again(tx, enrol.Terms{Place: m.id.Place, Role: m.id.Role}, enrol.Machine{Key: publicKey(m), SealKey: m.seal, Name: m.name}, former)
		in = to
		return []registry.Draft{draft}, err
	})
	if err != nil {
		w.note("%s does not take %s: %v", up.name, m.name, err)
		return
	}
	runs := m.runs()
	m.stop()
	m.memory = nil
	m.id.Number = int64(in.Number)
	w.note("%s belongs to %s now", m.name, up.name)
	if w.hang(m, up) == nil && runs {
		_ = m.start()
	}
}

// above are the devices over a machine.
func (w *world) above(m *machine) (ids []p.EntityID) {
	for m = m.up; m != nil; m = m.up {
		ids = append(ids, m.id.Device)
	}
	return ids
}

// ownState is a machine's own entity as its disk has it, nil if it has not.
func (m *machine) ownState() (s *p.State, err error) {
	st := store.Store(nil)
	if m.runs() {
		st = m.store.inner
	} else if st, err = m.disk.base.Open(m.w.ctx); err != nil {
		return nil, err
	}
	err = st.View(m.w.ctx, func(tx store.Tx) error {
		s, err = tx.State(m.id.Device)
		return err
	})
	return s, err
}

func (w *world) findHub() {
	for _, m := range w.machines {
		if m.gone && m.isHub() {
			m.gone = false
			w.note("%s is found again", m.name)
			_ = m.start()
			return
		}
	}
}

// jumps are what clocks do.
var jumps = []time.Duration{
	0, -time.Hour, time.Hour, 26 * time.Hour, -26 * time.Hour, 24 * 3650 * time.Hour, -24 * 3650 * time.Hour,
}

func (w *world) jump() {
	if m := w.machine(func(*machine) bool { return true }); m != nil {
		m.offset = jumps[w.tape.below(len(jumps))]
		w.note("the clock of %s is %v off", m.name, m.offset)
	}
}

// trespass records a dose at a facility where the machine has no business: the log is held from there on.
func (w *world) trespass() {
	m := w.station()
	if m == nil {
		return
	}
	s, to := w.known(m, w.people), w.communes[w.tape.below(len(w.communes))]
	if s == nil || to == m.commune {
		return
	}
	token := w.token()
	ids := w.save(m, token, w.doseAt(m, s.ID, to.facility, token))
	w.given, w.foreign = append(w.given, ids...), append(w.foreign, ids...)
}

// decide lets an officer decide about a log that is held, at the hub that holds it first.
func (w *world) decide(admit bool) {
	m := w.hub()
	if m == nil {
		return
	}
	var logs []p.LogID
	w.must(m.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		for i := range rows {
			if r := &rows[i]; r.Reason != p.HoldForked && r.Reason != p.HoldRejected {
				logs = append(logs, r.ID)
			}
		}
		return err
	}))
	if len(logs) == 0 {
		return
	}
	log := logs[w.tape.below(len(logs))]
	w.decided[log] = true
	if admit {
		w.note("%s admits %s: %v", m.name, log, m.node.Admit(w.ctx, log))
	} else {
		w.note("%s rejects %s: %v", m.name, log, m.node.Reject(w.ctx, p.EntityID{}, log, "không đúng"))
	}
}

func (w *world) revoke() {
	m := w.station()
	if m == nil || m.revoked || !m.up.runs() {
		return
	}
	s := m.up.state(m.id.Device)
	if s == nil {
		return
	}
	_, err := m.up.node.Append(w.ctx, p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return []registry.Draft{registry.Edit(s, registry.DeviceRevoked, p.Text("bị mất cắp"))}, nil
	})
	if err != nil {
		return
	}
	w.note("%s is revoked", m.name)
	for _, o := range w.machines {
		o.revoked = o.revoked || o.id.Device == m.id.Device
	}
}

// hurtJournal damages a record of a journal: of a whole one, any; where the database is lost besides, one of the last, before
// which and behind which something was just saved.
func (w *world) hurtJournal() {
	m := w.anyone()
	if m == nil || len(m.disk.journal) == 0 {
		return
	}
	i := w.tape.below(len(m.disk.journal))
	lost := m.commune != nil && w.tape.chance(lostBesides) // a hub without its database knows none of its stations
	if lost {
		for range 1 + w.tape.below(savedBefore) {
			w.register()
			w.doseBy(m)
			w.correctAt(m)
		}
		if !m.runs() {
			return
		}
		i = len(m.disk.journal) - 1 - w.tape.below(min(len(m.disk.journal), 3*savedBefore))
		w.note("%s loses its database and the record %d of %d of its journal", m.name, i, len(m.disk.journal))
		m.disk.base, m.memory = w.medium(true), nil
	}
	m.stop()
	m.disk.journal = slices.Delete(slices.Clone(m.disk.journal), i, i+1)
	_ = m.start()
}

const (
	lostBesides = 300 // how often of a thousand times the database of a station is gone when its journal is damaged
	savedBefore = 3   // how often something is saved just before that, at most
)

func (w *world) second() {
	if m := w.anyone(); m != nil {
		m.second = !m.second
	}
}
