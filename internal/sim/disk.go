package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/node"
	"tramy/internal/store"
)

// Medium is where a machine's database lies. Two engines are at hand: one in memory, for speed, and real SQLite files.
type Medium interface {
	// Open opens the database as it was left; what was not committed is gone.
	Open(ctx context.Context) (store.Store, error)
	// Copy returns what another disk would hold that was written from this one now. The database may be open.
	Copy(ctx context.Context) (Medium, error)
}

// disk is what survives the death of a machine: its database and its journal.
type disk struct {
	base    Medium
	journal []*node.Record // never changed in place
	copied  []*node.Record // the journal's second copy, on another drive
	damage  damage
}

func (d *disk) copy(ctx context.Context) (*disk, error) {
	base, err := d.base.Copy(ctx)
	return &disk{base: base, journal: slices.Clip(d.journal), copied: slices.Clip(d.copied), damage: d.damage}, err
}

// errBroken is what a disk says that fails.
var errBroken = errors.New("simulated: input/output error")

// died ends a machine in the middle of what it was doing: whatever it was, nothing of it runs any more.
type died struct{ m *machine }

// fuse is a fault that waits for a durable step of a machine.
type fuse struct {
	steps int // 0: none
	kind  int
}

// What happens at the durable step at which a fuse ends.
const (
	dieBefore = iota // the machine dies, nothing was written
	dieAfter         // it dies, all was written
	failAfter        // all was written, and yet an error is reported
	failFull         // nothing was written: the disk is full
	fuseKinds
)

// durable is asked before and after each step that makes something durable.
func (m *machine) durable() (kind int, lit bool) {
	if m.fuse.steps == 0 {
		return 0, false
	}
	m.fuse.steps--
	return m.fuse.kind, m.fuse.steps == 0
}

// Append implements node.Journal.
func (m *machine) Append(r *node.Record) error {
	kept := &node.Record{Access: r.Access, Opening: r.Opening, Void: r.Void, Changes: slices.Clone(r.Changes)}
	m.w.facts.wrote(m, kept)
	kind, lit := m.durable()
	switch {
	case lit && kind == dieBefore:
		panic(died{m})
	case m.full, lit && kind == failFull:
		return fmt.Errorf("the journal: %w", store.ErrFull)
	}
	m.disk.journal = append(slices.Clip(m.disk.journal), kept)
	if m.second {
		m.disk.copied = append(slices.Clip(m.disk.copied), kept)
	}
	switch {
	case lit && kind == dieAfter:
		panic(died{m})
	case lit:
		return errBroken
	}
	return nil
}

// Replay implements node.Journal.
func (m *machine) Replay(fn func(r *node.Record) error) error {
	for _, half := range [][]*node.Record{m.disk.journal, m.disk.copied} {
		for _, r := range half {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// faulty is a machine's database, whose disk can fail. The database behind it may be exchanged for an older one of the
// same machine while it runs, as a virtual machine is rolled back.
type faulty struct {
	m     *machine
	inner store.Store
}

// View implements store.Store.
func (f *faulty) View(ctx context.Context, fn func(store.Tx) error) error {
	if f.m.unreadable > 0 {
		if f.m.unreadable--; f.m.unreadable == 0 {
			return errBroken
		}
	}
	return f.inner.View(ctx, fn)
}

// Update implements store.Store.
func (f *faulty) Update(ctx context.Context, fn func(store.Tx) error) error {
	var kind int
	var lit bool
	var die bool
	err := f.inner.Update(ctx, func(tx store.Tx) error {
		if err := dying(&die, func() error { return fn(tx) }); err != nil {
			return err
		}
		kind, lit = f.m.durable()
		switch {
		case lit && kind == dieBefore:
			die = true
			return errBroken
		case f.m.full, lit && kind == failFull:
			return store.ErrFull
		}
		return nil
	})
	if die || err == nil && lit && kind == dieAfter {
		panic(died{f.m})
	}
	if err == nil && lit {
		return errBroken
	}
	return err
}

// dying runs fn and turns the death of a machine within it into an error, so that the transaction around it is undone
// before anybody hears of it.
func dying(die *bool, fn func() error) (err error) {
	defer func() {
		switch d := recover().(type) {
		case nil:
		case died:
			*die, err = true, errBroken
		default:
			panic(d)
		}
	}()
	return fn()
}

// Close implements store.Store.
func (f *faulty) Close() error { return f.inner.Close() }
