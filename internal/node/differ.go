package node

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tramy/internal/merge"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What a comparison finds is not always what a merge can mend: a merge believes that what a state has seen and does
// not hold was replaced. A damaged state, a row that is gone, a sum that was added wrongly are made anew here, by
// child and upstream each of what it knows for certain: the changes it holds, and for a child the upstream's state.

// mendsPerTx bounds the states that one transaction makes anew.
const mendsPerTx = 256

// AlarmMended says that a comparison found something, and it was put right. Its detail is read by MendedOf.
const AlarmMended = "mended"

func mendedDetail(scope p.EntityID, records int) string {
	return fmt.Sprintf("scope %s: %d", scope, records)
}

// MendedOf reads of an AlarmMended which scope was compared, zero for what goes to everybody, and how many records
// differed.
func MendedOf(a *store.AlarmRow) (scope p.EntityID, records int, ok bool) {
	var id string
	if a.Code != AlarmMended {
		return scope, 0, false
	}
	if _, err := fmt.Sscanf(a.Detail, "scope %36s: %d", &id, &records); err != nil {
		return scope, 0, false
	}
	if id == scope.String() {
		return scope, records, true
	}
	scope, err := p.ParseEntityID(id)
	return scope, records, err == nil
}

// found notes that a comparison found records of a scope to differ between a device and its upstream. The caller has mu.
func (n *Node) found(device, scope p.EntityID, records int) {
	if records == 0 {
		return
	}
	if n.differed[device] == nil {
		if len(n.differed) >= comparedScopes {
			return
		}
		n.differed[device] = map[p.EntityID]int{}
	}
	if of := n.differed[device]; of[scope] > 0 || len(of) < comparedScopes {
		of[scope] += records
	}
}

// tellMended keeps for people what was found to differ, now that a device and its upstream are equal. Who restarts
// before then has told of the difference and not of its end. The caller has mu.
func (n *Node) tellMended(ctx context.Context, device p.EntityID) error {
	if len(n.differed[device]) == 0 {
		return nil
	}
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for _, scope := range slices.SortedFunc(maps.Keys(n.differed[device]), p.EntityID.Compare) {
			row := &store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmMended, Device: device, Detail: mendedDetail(scope, n.differed[device][scope])}
			if err := tx.PutAlarm(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		delete(n.differed, device)
	}
	return err
}

// fold makes an entity's state of the changes that this node holds, if they are all there are: nil if not. A state
// that came from above rests on changes that only others hold.
func (n *Node) fold(tx store.Tx, id p.EntityID, have *p.State) (*p.State, error) {
	changes, err := n.Changes(tx, id)
	if err != nil {
		return nil, err
	}
	s := merge.Fold(nil, changes)
	if s == nil || have == nil {
		return s, nil
	}
	for _, seen := range have.Seen {
		if s.SeenSeq(seen.Log) < seen.Seq {
			return nil, nil
		}
	}
	return s, nil
}

// mendAsked puts right what this node holds of entities that a child asked about because it holds them otherwise.
func (s *serving) mendAsked(w *p.Want) error {
	n := s.n
	// What a rejection takes back is asked for without saying what is held, and is no difference to tell of.
	told := slices.ContainsFunc(w.Marks, func(m p.Mark) bool { return m.Hash != [16]byte{} }) || !w.Scope.IsZero()
	var wrong []p.EntityID
	truths := map[p.EntityID]*p.State{}
	err := n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		for _, m := range w.Marks {
			have, err := tx.State(m.Entity)
			if err != nil {
				return err
			}
			if have != nil {
				if in, err := inScope(tx, have, w.Scope); err != nil {
					return err
				} else if in && p.StateHash(have) == m.Hash {
					continue
				}
			}
			truth, err := n.fold(tx, m.Entity, have)
			if err != nil {
				return err
			}
			switch {
			case truth != nil && (have == nil || p.StateHash(truth) != p.StateHash(have)):
				truths[m.Entity] = truth
			case have == nil || p.StateHash(have) != m.Hash:
				continue // nothing better is known here
			}
			wrong = append(wrong, m.Entity)
		}
		return nil
	})
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if told {
		n.found(s.child, w.Scope, len(w.Marks))
	}
	_, err = n.makeAnew(s.ctx, wrong, func(tx store.Tx, e *entry) (*p.State, error) {
		if truths[e.id] == nil {
			return e.state, nil // where it goes
		}
		return n.fold(tx, e.id, e.state) // again: a change may have come since
	})
	return err
}

// addUp is the function of that name at the side that is asked.
func (s *serving) addUp(scope p.EntityID) error {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.n.cfg.Store.Update(s.ctx, func(tx store.Tx) error {
		_, err := addUp(tx, scope)
		return err
	})
}

// inScope reports whether an entity stands in a scope with the values it has.
func inScope(tx store.Tx, s *p.State, scope p.EntityID) (bool, error) {
	routes, err := tx.Routes(s.ID)
	for i := range routes {
		if r := &routes[i]; r.Scope == scope && !r.Left && r.Hash == p.StateHash(s) {
			return true, err
		}
	}
	return false, err
}

// wasIn reports whether an entity once went to one of some scopes, by the changes that this node holds: it began on what
// was left of a database, or in the place of a lost hub, with states of today, and no row tells what had left before.
// Places went to everybody before they ended.
func (n *Node) wasIn(tx store.Tx, s *p.State, scopes []p.EntityID) (bool, error) {
	if s.Kind == registry.KindPlace {
		return slices.Contains(scopes, p.EntityID{}), nil
	}
	ids := []p.EntityID{s.ID}
	subjects := named(s)
	if s.Kind == registry.KindSubject {
		subjects = ids
	}
	for _, id := range subjects { // where one of a case went, all did
		members, err := tx.Members(id)
		if err != nil {
			return false, err
		}
		ids = append(append(ids, id), members...)
	}
	places := n.Atlas()
	for _, id := range ids {
		changes, err := n.Changes(tx, id)
		if err != nil {
			return false, err
		}
		var then *p.State
		for i := range changes {
			then = merge.Apply(then, &changes[i])
			if slices.ContainsFunc(project.EntityPlaces(then, places.Scope), func(at p.EntityID) bool { return slices.Contains(scopes, at) }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// makeAnew writes states, rows and routes of entities again, each with the state that truth returns, nil to leave it
// as it is. The caller has mu. It returns how many changed or went elsewhere.
func (n *Node) makeAnew(ctx context.Context, ids []p.EntityID, truth func(store.Tx, *entry) (*p.State, error)) (int, error) {
	changed := 0
	for len(ids) > 0 {
		some := ids[:min(len(ids), mendsPerTx)]
		ids = ids[len(some):]
		var b *batch
		k := 0
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			b, k = n.newBatch(tx), 0
			for _, id := range some {
				e, err := b.load(id)
				if err != nil {
					return err
				}
				s, err := truth(tx, e)
				if err != nil {
					return err
				}
				if s != nil {
					b.touch(e, s, true)
					k++
				}
			}
			b.endAct()
			return b.finish()
		})
		if err != nil {
			return changed, err
		}
		b.committed()
		changed += k
	}
	return changed, nil
}

// mend puts right what this node holds of wanted entities where joining the upstream's state did not: if the upstream
// knows all that is here, its state takes the place of this one, and the changes held here are applied to it again.
func (c *Call) mend(wanted []p.Mark) error {
	n := c.n
	var ids []p.EntityID
	for _, m := range wanted {
		if c.known[m.Entity] || c.above[m.Entity] != nil {
			ids = append(ids, m.Entity)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	changed, err := n.makeAnew(c.ctx, ids, func(tx store.Tx, e *entry) (*p.State, error) {
		above := c.above[e.id]
		switch {
		case above == nil:
			return e.state, nil // the same there, and not of the scope: where it goes is looked at again
		case e.state != nil && p.StateHash(e.state) == p.StateHash(above):
			if right, err := c.standsAsAbove(tx, e.state); right || err != nil {
				return nil, err
			}
			return e.state, nil // where it goes is looked at again here, too
		}
		if lost, err := c.lost(tx, e.id); err != nil || len(lost) > 0 {
			return nil, err // it is rescued
		}
		changes, err := n.Changes(tx, e.id)
		if err != nil {
			return nil, err
		}
		s := merge.Fold(above, changes)
		if e.state != nil && p.StateHash(s) == p.StateHash(e.state) {
			return nil, nil // no more than what the upstream has still to hear
		}
		return s, nil
	})
	c.res.More = c.res.More || changed > 0
	return err
}

// standsAsAbove reports whether an entity is here in each of the scopes in which it was asked for exactly if it is there above.
func (c *Call) standsAsAbove(tx store.Tx, s *p.State) (bool, error) {
	for _, scope := range c.comparing {
		if !c.wantsIn(scope, s.ID) {
			continue
		}
		if in, err := inScope(tx, s, scope); err != nil || in == c.left[placed{scope, s.ID}] {
			return false, err
		}
	}
	return true, nil
}

// addUp makes a scope's sum anew of what is routed there, if it is another one. It returns the right one.
func addUp(tx store.Tx, scope p.EntityID) (store.ScopeSum, error) {
	have, err := tx.Sum(scope)
	if err != nil {
		return have, err
	}
	marks, err := tx.Marks(scope)
	if err != nil {
		return have, err
	}
	if right := (store.ScopeSum{Sum: sumOf(marks), Count: int64(len(marks))}); right != have {
		return right, tx.PutSum(scope, right)
	}
	return have, nil
}
