package sim

import (
	"context"
	"errors"

	"tramy/internal/check"
	"tramy/internal/node"
	"tramy/internal/store"
)

// damages is what happens to the bytes of databases.
var damages = []op{
	{"a database is damaged while it is in use", 3, baseHurt, func(w *world) { w.damageBase(w.anyone(), true) }},
	{"a database is damaged while its machine is off", 2, baseHurt, func(w *world) { w.damageBase(w.anyone(), false) }},
	{"a machine is backed up, and its database damaged later", 2, baseHurt, func(w *world) { w.backup(w.anyone()) }},
	{"a machine saves, and its database is damaged", 2, baseHurt, (*world).saveAndDamage},
}

// fragile is a medium of which bytes can go wrong.
type fragile interface {
	Medium
	// hurt damages it. Runs says that a program has it open and goes on. It returns what it did, for the record.
	hurt(t *tape, runs bool) string
	// hurts reports whether bytes of it were made wrong.
	hurts() bool
	// look reads it through while it is open; store.ErrCorrupt if it is found to be damaged.
	look(ctx context.Context) error
	// fresh makes an empty one.
	fresh() Medium
	// remains is what can be read of it without its engine.
	remains() (store.Remains, error)
}

func (d *disk) fragile() fragile { return d.base.(fragile) }

// damage is what a machine has written down about a damaged database, as a data folder does.
type damage struct {
	stage stage
	aside []Medium // the newest last
}

// stage is how far a damaged database has been made good; see the stages in package datadir.
type stage int

const (
	stageNone  stage = iota
	stageAside       // it is to be set aside
	stageFirst       // a fresh one is there; what a person needs at once comes back
	stageRest        // it works; cases and segments come back beside the work
)

// noticing is a store that notes when what it reads turns out to be damaged.
type noticing struct {
	m *machine
	store.Store
}

func (s *noticing) note(err error) error {
	s.m.rotten = s.m.rotten || errors.Is(err, store.ErrCorrupt)
	return err
}

// View implements store.Store.
func (s *noticing) View(ctx context.Context, fn func(store.Tx) error) error {
	return s.note(s.Store.View(ctx, fn))
}

// Update implements store.Store.
func (s *noticing) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.note(s.Store.Update(ctx, fn))
}

// open does what datadir's Start does with files: a damaged database is set aside, and the node begins anew on what can be
// read. That it is the same order is all that the two have in common; keep them so.
func (m *machine) open() (*node.Node, error) {
	n, err := m.openAfterAside()
	if errors.Is(err, store.ErrCorrupt) {
		m.disk.damage.stage = stageAside
		m.w.note("%s has a damaged database: %v", m.name, err)
		n, err = m.openAfterAside()
	}
	return n, err
}

func (m *machine) openAfterAside() (*node.Node, error) {
	d := &m.disk.damage
	m.rotten = false
	if d.stage == stageAside {
		d.aside = append(d.aside[:len(d.aside):len(d.aside)], m.disk.base)
		m.disk.base, d.stage = m.disk.fragile().fresh(), stageFirst
	}
	n, err := m.openOn()
	if err != nil {
		return nil, err
	}
	if d.stage == stageFirst {
		if err := m.eachRemains(func(left store.Remains) error {
			got, err := n.TakeBackFirst(m.w.ctx, left)
			m.w.note("%s takes back first: %+v", m.name, got)
			return err
		}); err != nil {
			return nil, err
		}
		if err := n.NoteSalvaged(m.w.ctx, "simulated"); err != nil {
			return nil, err
		}
		d.stage = stageRest
	}
	_, err = n.MendJournal(m.w.ctx)
	return n, err
}

// eachRemains calls fn with what is left of every database set aside, the newest first, and with the last backup.
func (m *machine) eachRemains(fn func(store.Remains) error) error {
	media := m.disk.damage.aside
	for i := len(media) - 1; i >= 0; i-- {
		if err := m.remainsOf(media[i], fn); err != nil {
			return err
		}
	}
	if k := len(m.images); k > 0 {
		return m.remainsOf(m.images[k-1].base, fn)
	}
	return nil
}

func (m *machine) remainsOf(medium Medium, fn func(store.Remains) error) error {
	left, err := medium.(fragile).remains()
	if err != nil {
		return err
	}
	return errors.Join(fn(left), left.Close())
}

// takeBackRest does what datadir's TakeBack does beside the work.
func (m *machine) takeBackRest() error {
	err := m.eachRemains(func(left store.Remains) error {
		got, err := m.node.TakeBackRest(m.w.ctx, left)
		m.w.note("%s takes back the rest: %+v", m.name, got)
		return err
	})
	if err == nil {
		m.disk.damage.stage = stageNone
	}
	return err
}

// mend lets programs that found their database damaged end, so that they start again on a new one, and those that did take
// back the rest.
func (w *world) mend() {
	for _, m := range w.machines {
		switch {
		case m.rotten && m.runs():
			w.note("%s finds its database damaged", m.name)
			m.disk.damage.stage = stageAside
			m.stop()
		case m.runs() && m.disk.damage.stage == stageRest && w.tape.chance(300):
			func() {
				defer w.mourn()
				if err := m.takeBackRest(); err != nil {
					w.note("%s does not take back the rest: %v", m.name, err)
				}
			}()
		}
	}
}

// damageBase makes bytes of a machine's database wrong.
func (w *world) damageBase(m *machine, runs bool) {
	if m == nil || !m.runs() {
		return
	}
	if !runs {
		m.stop()
	}
	w.note("the database of %s is damaged: %s", m.name, m.disk.fragile().hurt(w.tape, runs))
	if !runs {
		_ = m.start()
	}
}

// saveAndDamage damages a database that holds what nobody else does.
func (w *world) saveAndDamage() {
	m := w.station()
	w.doseBy(m)
	w.damageBase(m, w.tape.chance(500))
}

// lookThrough has every machine read its database through when all faults are over, and makes good what is damaged: as the
// weekly check does.
func (w *world) lookThrough() {
	if !w.on[baseHurt] {
		return
	}
	for _, m := range w.machines {
		if m.gone {
			continue
		}
		m.rotten = m.rotten || w.damaged(m)
		w.reopened(m)
		w.rowsAnew(m)
	}
}

// rowsAnew lets a machine make its rows anew if bytes of its database are wrong and the weekly check says that rows or figures do
// not follow from the states, as datadir's Heal does. The page of a table of figures may have been overwritten by an empty
// one of another table: that reads well, no state is the worse for it, and only who counts again finds it. Where no bytes
// were made wrong the check is not asked, so that rows that do not follow fail.
func (w *world) rowsAnew(m *machine) {
	if !m.runs() || !m.disk.fragile().hurts() {
		return
	}
	report, err := w.check(m, check.Options{})
	w.must(err)
	if err := report.Err(); !errors.Is(err, check.ErrStaleRows) {
		return
	}
	w.note("%s makes its rows anew after a damage", m.name)
	if _, err = m.node.Rebuild(w.ctx, false, nil); errors.Is(err, store.ErrCorrupt) {
		m.rotten = true // it came to a place that the check does not read
		w.reopened(m)
		return
	}
	w.must(err)
}

// reopened starts a machine again that found its database damaged, when all faults are over, and takes back all there is to
// take back. It reports whether it did.
func (w *world) reopened(m *machine) bool {
	found := m.rotten
	if found {
		w.note("%s finds its database damaged", m.name)
		m.disk.damage.stage = stageAside
		m.stop()
		if err := m.start(); err != nil {
			w.fail("%s does not start on what is left of its database: %v", m.name, err)
		}
	}
	if m.disk.damage.stage == stageRest {
		w.must(m.takeBackRest())
	}
	return found
}

// unaware reports whether a machine's database was damaged, has not shown it yet, and shows it to whoever looks. Until
// then nobody can tell what is read from what was written: databases have no checksums, the sum of a scope is kept beside its
// rows, and it would take reading all of it to find them unequal. That is done beside the work, at the latest once a week,
// and what it does not find is a failure.
func (w *world) unaware(m *machine) bool {
	return w.on[baseHurt] && m.disk.fragile().hurts() && w.damaged(m)
}

// damaged reports whether a machine finds its database damaged when it looks.
func (w *world) damaged(m *machine) bool {
	if m.disk.fragile().look(w.ctx) != nil {
		return true
	}
	report, err := w.check(m, check.Options{Damage: true})
	return errors.Is(err, store.ErrCorrupt) || errors.Is(report.Err(), check.ErrDamagedData)
}

// check holds a machine against itself.
func (w *world) check(m *machine, opt check.Options) (check.Report, error) {
	st := m.store.inner
	if n, ok := st.(*noticing); ok {
		st = n.Store // the check asks engines that can for more than a store does
	}
	return check.Run(w.ctx, check.Subject{Store: st, Identity: m.node.Identity(), Journal: m}, opt)
}
