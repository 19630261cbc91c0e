package node

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Machines are upgraded years apart. What a version does not know it keeps, merges, routes and sends on as it
// is (I4), and makes no rows of. The version that does know it makes the rows at its first start.

// counterRows says by which version of the program the rows were last made of all states.
const counterRows = "rows.version"

// rowsVersion is raised by whoever makes other rows of the same states: a new kind, a new field, another reading.
var rowsVersion uint64 = 1

const anewPerTx = 256 // cases, or entities without one, in a transaction

// makeRowsAnew brings all rows up to what this version makes of the states, if another one made them. States and
// what was told to others stay as they are; an entity goes elsewhere only if the rows now say so. A crash within
// it begins it again.
func (n *Node) makeRowsAnew(ctx context.Context) error {
	var places, singles, subjects []p.EntityID
	due := false
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		done, err := tx.Counter(counterRows)
		if err != nil {
			return err
		}
		// What was kept before there were numbers is of the first.
		if due = max(done, 1) < rowsVersion; !due {
			return nil
		}
		if err := tx.EachState(func(s *p.State) error {
			switch {
			case s.Kind == registry.KindPlace:
				places = append(places, s.ID)
			case s.Kind == registry.KindSubject:
				subjects = append(subjects, s.ID)
			case s.Kind == registry.KindLink || s.Kind.Audience() != p.AudienceCase:
				singles = append(singles, s.ID)
			default: // made with the case of whom it names, who may not have come
				subjects = append(subjects, named(s)...)
			}
			return nil
		}); err != nil {
			return err
		}
		return n.singlesAnew(tx, places)
	})
	if err != nil || !due {
		return err
	}
	slices.SortFunc(subjects, p.EntityID.Compare)
	subjects = slices.Compact(subjects)
	for len(singles)+len(subjects) > 0 {
		one, some := singles[:min(len(singles), anewPerTx)], subjects
		if some = some[:min(len(some), anewPerTx)]; len(one) > 0 {
			some = nil // cases are read by links
		}
		if err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			if len(one) > 0 {
				return n.singlesAnew(tx, one)
			}
			return n.casesAnew(tx, some)
		}); err != nil {
			return err
		}
		singles, subjects = singles[len(one):], subjects[len(some):]
	}
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error { return tx.SetCounter(counterRows, rowsVersion) })
}

// singlesAnew makes the rows of entities that stand alone, and looks where they go.
func (n *Node) singlesAnew(tx store.Tx, ids []p.EntityID) error {
	b := n.newBatch(tx)
	for _, id := range ids {
		e, err := b.load(id)
		if err != nil {
			return err
		}
		if _, err := b.single(e); err != nil {
			return err
		}
		if a := e.state.Kind.Audience(); a == p.AudiencePlace || a == p.AudienceAll {
			b.rerouted[id] = true
		}
	}
	if err := b.newGeneration(); err != nil {
		return err
	}
	var err error
	if b.places, err = loadPlaces(tx); err != nil {
		return err
	}
	if err := b.finishAnew(); err != nil {
		return err
	}
	n.places, n.advisor = b.places, b.advisor
	return nil
}

// casesAnew makes the rows of the cases around some subjects.
func (n *Node) casesAnew(tx store.Tx, subjects []p.EntityID) error {
	b := n.newBatch(tx)
	b.moved = subjects
	for _, id := range subjects {
		if err := tx.MarkUnpaired(id); err != nil { // who may be one person is looked for anew
			return err
		}
	}
	return b.finishAnew()
}

// finishAnew is finish where nothing is touched and all is looked at.
func (b *batch) finishAnew() error {
	b.anew = true
	b.acts = append(b.acts, len(b.acts)) // a number for what goes elsewhere now
	return b.finish()
}
