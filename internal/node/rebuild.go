package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/atlas"
	"tramy/internal/merge"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrNotAllHeld says that states cannot be made from logs alone: this node has states from above, of which it holds no
// logs.
var ErrNotAllHeld = errors.New("only the centre holds all logs: at another machine states come from the hub above")

// Rebuilt counts what a rebuild made anew.
type Rebuilt struct {
	States  int64 // projected
	Changes int64 // applied, if states were made from logs
	Differ  int64 // states that turned out to be others than their feed said
}

// Bounds of what a rebuild has in memory at once.
const (
	statesPerRebuild  = 1024
	changesPerRebuild = 4096
)

// Rebuild makes all rows and figures anew from the states, and with fromLogs, at the root, the states from the logs before
// that. Numbers of the feed, sums and positions stay as they are, save for states that turn out to differ: those go down
// anew. It is one transaction: whoever ends the program in the middle finds all as it was before. People who want to save
// wait meanwhile. What is due is worked out afterwards, and who may be one person is looked for by the next sweep.
func (n *Node) Rebuild(ctx context.Context, fromLogs bool, progress func(states int64)) (Rebuilt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if fromLogs && !n.id.IsRoot() {
		return Rebuilt{}, ErrNotAllHeld
	}
	r := rebuilding{n: n, ctx: ctx, progress: progress}
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		r.tx = tx
		if err := tx.ClearRows(); err != nil {
			return err
		}
		if fromLogs {
			if err := r.states(); err != nil {
				return fmt.Errorf("states from logs: %w", err)
			}
		}
		return r.rows()
	})
	if err != nil {
		return Rebuilt{}, fmt.Errorf("rebuilding: %w", err)
	}
	r.last.committed()
	return r.done, nil
}

// rebuilding is one rebuild.
type rebuilding struct {
	n        *Node
	ctx      context.Context
	tx       store.Tx
	progress func(int64) // nil: nobody looks
	done     Rebuilt
	last     *batch
	differ   []p.EntityID
}

// eachState pages through all states, so that what fn writes is not in its way.
func (r *rebuilding) eachState(fn func(*p.State) error) error {
	pager, ok := r.tx.(interface {
		StatesAfter(after p.EntityID, limit int) ([]*p.State, error)
	})
	if !ok { // an engine that has them in memory anyhow
		var all []*p.State
		if err := r.tx.EachState(func(s *p.State) error {
			all = append(all, s)
			return nil
		}); err != nil {
			return err
		}
		for _, s := range all {
			if err := fn(s); err != nil {
				return err
			}
		}
		return nil
	}
	for after := (p.EntityID{}); ; {
		states, err := pager.StatesAfter(after, statesPerRebuild)
		if err != nil || len(states) == 0 {
			return err
		}
		for _, s := range states {
			if err := fn(s); err != nil {
				return err
			}
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		after = states[len(states)-1].ID
	}
}

// states makes the states from the logs, where all that a state has seen is held here.
func (r *rebuilding) states() error {
	var ids []p.EntityID
	if err := r.eachState(func(s *p.State) error {
		for _, seen := range s.Seen {
			row, err := r.tx.Log(seen.Log)
			if err != nil {
				return err
			}
			if row == nil || row.Head < seen.Seq {
				return nil
			}
		}
		ids = append(ids, s.ID)
		return nil
	}); err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.tx.DeleteState(id); err != nil {
			return err
		}
	}
	states, stored, waiting := map[p.EntityID]*p.State{}, map[p.EntityID]bool{}, 0
	flush := func() error {
		for _, id := range sortedIDs(states) {
			if err := r.tx.PutState(states[id], !stored[id]); err != nil {
				return err
			}
		}
		clear(states)
		clear(stored)
		waiting = 0
		return r.ctx.Err()
	}
	apply := func(c *p.Change) error {
		s, ok := states[c.Entity]
		if !ok {
			var err error
			if s, err = r.tx.State(c.Entity); err != nil {
				return err
			}
			stored[c.Entity] = s != nil
		}
		states[c.Entity] = merge.Apply(s, c)
		r.done.Changes++
		if waiting++; waiting < changesPerRebuild {
			return nil
		}
		return flush()
	}
	for after := (p.LogID{}); ; {
		rows, err := r.tx.Logs(after, 1024)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return flush()
		}
		for i := range rows {
			row := &rows[i]
			after = row.ID
			last := min(row.In, row.Head)
			if row.Own && row.Reason != p.HoldRejected {
				last = row.Head
			}
			if err := r.n.eachChange(r.tx, row, 1, last, apply); err != nil {
				return err
			}
		}
	}
}

func sortedIDs[T any](m map[p.EntityID]T) []p.EntityID {
	ids := make([]p.EntityID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, p.EntityID.Compare)
	return ids
}

// rows projects everything: first places, by which cases are projected, then what schedules are read from, then links, by
// which a case is found whole, then the rest.
func (r *rebuilding) rows() error {
	r.last = r.batch(atlas.New(nil))
	for _, kinds := range [][]p.Kind{{registry.KindPlace}, {registry.KindVaccine, registry.KindSchedule, registry.KindRejection}, {registry.KindLink}, nil} {
		err := r.eachState(func(s *p.State) error {
			early := s.Kind == registry.KindPlace || s.Kind == registry.KindVaccine || s.Kind == registry.KindSchedule || s.Kind == registry.KindRejection || s.Kind == registry.KindLink
			if kinds == nil == early || kinds != nil && !slices.Contains(kinds, s.Kind) {
				return nil
			}
			return r.row(s)
		})
		if err == nil {
			err = r.flush()
		}
		if err != nil {
			return err
		}
		if r.last.advisor, err = loadAdvisor(r.tx, r.last.places); err != nil {
			return err
		}
	}
	// What the logs say otherwise than the feed did goes down anew.
	b := r.n.newBatch(r.tx)
	b.places, b.advisor = r.last.places, r.last.advisor
	for _, id := range r.differ {
		e, err := b.load(id)
		if err != nil {
			return err
		}
		b.touch(e, e.state, true)
		b.endAct()
	}
	r.done.Differ, r.last = int64(len(r.differ)), b
	return b.finish()
}

func (r *rebuilding) batch(places *atlas.Atlas) *batch {
	b := r.n.newBatch(r.tx)
	b.places, b.rebuilding = places, true
	return b
}

// row puts one state into the batch. A case follows from its people, so what names one that is here waits for them.
func (r *rebuilding) row(s *p.State) error {
	routes, err := r.tx.Routes(s.ID)
	if err != nil {
		return err
	}
	hash := p.StateHash(s)
	if slices.ContainsFunc(routes, func(x store.RouteRow) bool { return !x.Left && x.Hash != hash }) {
		r.differ = append(r.differ, s.ID)
	}
	for _, subject := range named(s) {
		if err := r.tx.PutMember(subject, s.ID); err != nil {
			return err
		}
	}
	r.done.States++
	if s.Kind != registry.KindLink && !rowOfItsOwn(s.Kind) {
		for _, subject := range named(s) {
			if person, err := r.tx.State(subject); err != nil {
				return err
			} else if person != nil && person.Kind == registry.KindSubject {
				return nil
			}
		}
	}
	e := &entry{id: s.ID, old: s, state: s}
	r.last.entries[s.ID] = e
	r.last.touch(e, s, true)
	r.last.endAct()
	if len(r.last.touched) < statesPerRebuild {
		return nil
	}
	return r.flush()
}

// rowOfItsOwn reports whether what belongs to a case has a row that its own state alone makes.
func rowOfItsOwn(k p.Kind) bool {
	return k == registry.KindConsent || k == registry.KindRequest || registry.Listed(k)
}

// flush writes the rows of a batch, and begins the next.
func (r *rebuilding) flush() error {
	b := r.last
	if err := b.singles(); err != nil {
		return err
	}
	roots, err := b.subjectsTouched()
	if err != nil {
		return err
	}
	// Links are rows by themselves first: the cases that they join are computed once all of them are there.
	if len(b.touched) > 0 && b.touched[0].state.Kind != registry.KindLink {
		cases, err := b.cases(roots)
		if err != nil {
			return err
		}
		if err := b.projectCases(cases); err != nil {
			return err
		}
		if err := b.due(cases); err != nil {
			return err
		}
	}
	if err := b.stock(); err != nil {
		return err
	}
	r.last = r.batch(b.places)
	r.last.advisor = b.advisor
	if r.progress != nil {
		r.progress(r.done.States)
	}
	return r.ctx.Err()
}
