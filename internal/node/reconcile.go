package node

import (
	"fmt"
	"slices"

	"tramy/internal/merge"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Reconciliation (I8): child and upstream have nothing more to tell each other of a scope, and yet their
// sums differ. The child asks by ranges of ids, the upstream answers with the parts that differ, smaller
// each time, until they are lists; then the child fetches what it lacks, and what only it holds it writes
// again (rescue.go). Nothing of it is kept on disk: who restarts begins anew.

// Limits of one comparison.
const (
	partsPerRange  = 16 // into which an upstream divides a range that differs
	marksPerPart   = 16 // entities a part may list instead of being divided: a list of more costs more than to ask again
	rangesPerCall  = 256
	wantedPerCall  = 1024
	comparedScopes = 4096 // remembered; more than a hub that was ever unequal in so many needs other help
)

// comparison is what is still to be asked about one scope.
type comparison struct {
	ranges []p.Range
	wanted []p.Mark
	found  int // entities that differed, and of which the upstream has said what it holds
}

func (c *comparison) done() bool { return len(c.ranges) == 0 && len(c.wanted) == 0 }

// placed is an entity in a scope.
type placed struct{ scope, entity p.EntityID }

// sumPair is how a scope stood on both sides when they were compared.
type sumPair struct{ own, theirs p.Sum }

// ---- The child's side.

// ask writes what this call asks about, as much as one request should.
func (c *Call) ask(fw *p.FrameWriter) error {
	if len(c.refresh) > 0 {
		w := &p.Want{Marks: make([]p.Mark, len(c.refresh))}
		for i := range w.Marks {
			w.Marks[i].Entity = c.refresh[i]
		}
		if err := fw.Write(w); err != nil {
			return err
		}
	}
	for _, scope := range c.comparing {
		for i := range c.asked[scope].ranges {
			if err := fw.Write(&c.asked[scope].ranges[i]); err != nil {
				return err
			}
		}
		if wanted := c.asked[scope].wanted; len(wanted) > 0 {
			if err := fw.Write(&p.Want{Scope: scope, Marks: wanted}); err != nil {
				return err
			}
		}
	}
	return nil
}

// plan takes from the open comparisons what the request has room for.
func (c *Call) plan() {
	c.asked = map[p.EntityID]*comparison{}
	if c.bundle != nil {
		return
	}
	ranges, wanted := rangesPerCall, wantedPerCall
	for _, row := range c.scopes {
		open := c.n.comparing[row.Scope]
		if open == nil {
			continue
		}
		part := &comparison{ranges: open.ranges[:min(len(open.ranges), ranges)], wanted: open.wanted[:min(len(open.wanted), wanted)]}
		if part.done() {
			continue
		}
		ranges, wanted = ranges-len(part.ranges), wanted-len(part.wanted)
		c.asked[row.Scope] = part
		c.comparing = append(c.comparing, row.Scope)
	}
}

// begin opens the comparison of a scope whose sums differ, unless it was compared as it stands.
func (c *Call) begin(tx store.Tx, scope p.EntityID, theirs p.Sum) error {
	n := c.n
	own, err := tx.Sum(scope)
	if err != nil {
		return err
	}
	pair := sumPair{own.Sum, theirs}
	if n.compared[scope] == pair || n.comparing[scope] != nil {
		return nil
	}
	if own, err = addUp(tx, scope); err != nil {
		return err
	}
	if own.Sum == theirs { // nothing but the sum was wrong
		c.res.More = true
		return nil
	}
	if len(n.compared) >= comparedScopes {
		clear(n.compared)
	}
	n.compared[scope] = pair
	alarm := &store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmUnequal, Detail: fmt.Sprintf("scope %s", scope)}
	if held, err := n.holdsBack(tx); err != nil {
		return err
	} else if !held { // own acts that were not let in are a difference everybody knows of
		if err := tx.PutAlarm(alarm); err != nil {
			return err
		}
	}
	n.comparing[scope] = &comparison{ranges: []p.Range{{Scope: scope, Count: uint32(own.Count), Sum: own.Sum}}}
	c.res.More = true
	return nil
}

// holdsBack reports whether the upstream did not let in something that this node wrote, or took from a neighbour.
func (n *Node) holdsBack(tx store.Tx) (bool, error) {
	logs, err := tx.LogsOf(n.id.Device)
	if err != nil {
		return false, err
	}
	devices, err := tx.Devices()
	if err != nil {
		return false, err
	}
	for i := range devices {
		if devices[i].ID == n.id.Device || !n.sharesRoom(tx, &devices[i]) {
			continue
		}
		theirs, err := tx.LogsOf(devices[i].ID)
		if err != nil {
			return false, err
		}
		logs = append(logs, theirs...)
	}
	return slices.ContainsFunc(logs, func(l store.LogRow) bool {
		return l.UpReason != p.HoldNone && l.UpReason != p.HoldRejected && l.Reason != p.HoldRejected && l.UpIn < l.Head
	}), nil
}

// Part implements syncproto.ResponseHandler: compares what the upstream holds of a part of a scope with
// what is here.
func (c *Call) Part(part *p.Part) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.asked[part.Scope] == nil {
		return nil // not asked for
	}
	own, err := c.marks(part.Scope)
	if err != nil {
		return err
	}
	own = between(own, part.From, part.To)
	next := c.found[part.Scope]
	if next == nil {
		next = &comparison{}
		c.found[part.Scope] = next
	}
	if part.Count > 0 {
		if sum := sumOf(own); part.Sum != sum || int(part.Count) != len(own) {
			next.ranges = append(next.ranges, p.Range{Scope: part.Scope, From: part.From, To: part.To, Count: uint32(len(own)), Sum: sum})
		}
		return nil
	}
	next.wanted = append(next.wanted, unequal(own, part.Marks)...)
	return nil
}

// marks are the entities of a scope as they stood when the first part of it was heard.
func (c *Call) marks(scope p.EntityID) ([]p.Mark, error) {
	if m, ok := c.own[scope]; ok {
		return m, nil
	}
	err := c.n.cfg.Store.View(c.ctx, func(tx store.Tx) error {
		var err error
		c.own[scope], err = tx.Marks(scope)
		return err
	})
	return c.own[scope], err
}

// unequal returns what one of two lists ordered by id has and the other has not, or otherwise, with the
// hash that own has.
func unequal(own, theirs []p.Mark) []p.Mark {
	var out []p.Mark
	for len(own) > 0 || len(theirs) > 0 {
		switch {
		case len(theirs) == 0 || len(own) > 0 && own[0].Entity.Compare(theirs[0].Entity) < 0:
			out = append(out, own[0])
			own = own[1:]
		case len(own) == 0 || own[0].Entity.Compare(theirs[0].Entity) > 0:
			out = append(out, p.Mark{Entity: theirs[0].Entity})
			theirs = theirs[1:]
		default:
			if own[0] != theirs[0] {
				out = append(out, own[0])
			}
			own, theirs = own[1:], theirs[1:]
		}
	}
	return out
}

// wants reports whether this call asked for an entity.
func (c *Call) wants(id p.EntityID) bool {
	return slices.ContainsFunc(c.comparing, func(scope p.EntityID) bool { return c.wantsIn(scope, id) })
}

// wantsIn reports whether this call asked for an entity in one of the scopes that it compares.
func (c *Call) wantsIn(scope, id p.EntityID) bool {
	_, ok := slices.BinarySearchFunc(c.asked[scope].wanted, id, func(m p.Mark, id p.EntityID) int { return m.Entity.Compare(id) })
	return ok
}

// wantedRows keeps what the upstream holds of wanted entities, and what stands no more in the scope asked about, to see
// what it lacks, and returns the rows to be joined: not those that are to replace what is here.
func (c *Call) wantedRows(scope p.EntityID, rows []p.Row) []p.Row {
	return slices.DeleteFunc(rows, func(r p.Row) bool {
		_, replaces := slices.BinarySearchFunc(c.refresh, r.State.ID, p.EntityID.Compare)
		if replaces || c.wants(r.State.ID) {
			c.above[r.State.ID] = r.State
			if r.Left {
				c.left[placed{scope, r.State.ID}] = true
			}
		}
		return replaces
	})
}

// takeBack puts the upstream's states in the place of those that rest on changes which do not count: of a
// rejected log, or of one that this node issued again. What other logs here say is applied to them again.
func (c *Call) takeBack() error {
	if len(c.refresh) == 0 {
		return nil
	}
	n := c.n
	var b *batch
	done := false
	err := n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		b, done = n.newBatch(tx), false
		for _, id := range c.refresh {
			s := c.above[id]
			// An upstream that has yet to hear of a rejection is asked again when it has.
			early, err := restsOnRejected(tx, s)
			if err != nil {
				return err
			}
			if early {
				continue
			}
			done = true
			changes, err := n.Changes(tx, id)
			if err != nil {
				return err
			}
			if err := b.replace(id, merge.Fold(s, changes)); err != nil {
				return err
			}
			if err := tx.DeleteRefresh(id); err != nil {
				return err
			}
		}
		b.endAct()
		return b.finish()
	})
	if err != nil {
		return err
	}
	b.committed()
	c.res.More = c.res.More || done // there may be more, and sums to compare
	return nil
}

// Known implements syncproto.ResponseHandler.
func (c *Call) Known(k *p.Known) error {
	for _, id := range k.Entities {
		c.known[id] = true
	}
	return nil
}

// answered takes what this call asked off the open comparisons, and puts what it found in their place. It
// returns the entities of which the upstream now said what it holds.
func (c *Call) answered() []p.Mark {
	var wanted []p.Mark
	for _, scope := range c.comparing {
		open, asked := c.n.comparing[scope], c.asked[scope]
		wanted = append(wanted, asked.wanted...)
		open.found += len(asked.wanted)
		open.ranges, open.wanted = open.ranges[len(asked.ranges):], open.wanted[len(asked.wanted):]
		if found := c.found[scope]; found != nil {
			open.ranges, open.wanted = append(open.ranges, found.ranges...), append(open.wanted, found.wanted...)
			// Lists come from ranges of unlike size, and some that were found before may still wait: a Want is in order.
			slices.SortFunc(open.wanted, func(x, y p.Mark) int { return x.Entity.Compare(y.Entity) })
		}
		if !open.done() {
			c.res.More = true
			continue
		}
		delete(c.n.comparing, scope)
		c.n.found(c.n.id.Device, scope, open.found)
		c.res.More = c.res.More || open.found > 0 // to see that both are equal now
	}
	return wanted
}

// ---- The upstream's side.

// Range implements syncproto.RequestHandler.
func (s *serving) Range(r *p.Range) error {
	s.ranges = append(s.ranges, r)
	return nil
}

// Want implements syncproto.RequestHandler.
func (s *serving) Want(w *p.Want) error {
	if s.wanted += len(w.Marks); s.wanted <= wantsAnsweredMax {
		s.wants = append(s.wants, w)
	}
	return nil
}

// compare answers ranges and wants about the child's own scopes.
func (s *serving) compare(fw *p.FrameWriter) error {
	all := map[p.EntityID][]p.Mark{}
	for _, r := range s.ranges {
		if !slices.Contains(s.scopes, r.Scope) {
			continue
		}
		marks, ok := all[r.Scope]
		if !ok {
			if r.From.IsZero() && r.To.IsZero() {
				if err := s.addUp(r.Scope); err != nil {
					return err
				}
			}
			err := s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
				var err error
				marks, err = tx.Marks(r.Scope)
				return err
			})
			if err != nil {
				return err
			}
			all[r.Scope] = marks
		}
		marks = between(marks, r.From, r.To)
		if len(marks) == int(r.Count) && sumOf(marks) == r.Sum {
			continue
		}
		for _, part := range divide(r, marks) {
			if err := fw.Write(&part); err != nil {
				return err
			}
		}
	}
	for _, w := range s.wants {
		if !slices.Contains(s.scopes, w.Scope) {
			continue
		}
		if err := s.mendAsked(w); err != nil {
			return err
		}
		if err := s.give(fw, w); err != nil {
			return err
		}
	}
	return nil
}

// divide answers a range that differs: by a list if it is short, else by parts of like size.
func divide(r *p.Range, marks []p.Mark) []p.Part {
	k := 1
	if len(marks) > marksPerPart {
		k = partsPerRange
	}
	parts := make([]p.Part, 0, k)
	from := r.From
	for i := range k {
		part := p.Part{Scope: r.Scope, From: from, To: r.To}
		end := len(marks) * (i + 1) / k
		if i+1 < k {
			part.To = marks[end].Entity
		}
		from = part.To
		own := marks[len(marks)*i/k : end]
		if k == 1 || len(own) == 0 {
			part.Marks = own
		} else {
			part.Count, part.Sum = uint32(len(own)), sumOf(own)
		}
		parts = append(parts, part)
	}
	return parts
}

// give answers a Want. A child is shown what is or was in one of its scopes, marked left unless it stands in the one that is
// asked about; of anything else it hears no more than that its own copy is the same.
func (s *serving) give(fw *p.FrameWriter, w *p.Want) error {
	var rows []p.Row
	var same []p.EntityID
	err := s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		for _, m := range w.Marks {
			st, err := tx.State(m.Entity)
			if err != nil {
				return err
			}
			if st == nil {
				continue
			}
			routes, err := tx.Routes(m.Entity)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(routes, func(r store.RouteRow) bool { return slices.Contains(s.scopes, r.Scope) }) {
				stands := slices.ContainsFunc(routes, func(r store.RouteRow) bool { return r.Scope == w.Scope && !r.Left })
				rows = append(rows, p.Row{State: st, Left: !stands})
			} else if p.StateHash(st) == m.Hash {
				same = append(same, m.Entity)
			} else if was, err := s.n.wasIn(tx, st, s.scopes); err != nil {
				return err
			} else if was {
				rows = append(rows, p.Row{State: st, Left: true})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(same) > 0 {
		if err := fw.Write(&p.Known{Scope: w.Scope, Entities: same}); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return writeRows(fw, w.Scope, p.Cursor{}, p.Cursor{}, rows)
}

// between cuts a list ordered by id to the ids of a range.
func between(marks []p.Mark, from, to p.EntityID) []p.Mark {
	byID := func(m p.Mark, id p.EntityID) int { return m.Entity.Compare(id) }
	if !from.IsZero() {
		i, _ := slices.BinarySearchFunc(marks, from, byID)
		marks = marks[i:]
	}
	if !to.IsZero() {
		i, _ := slices.BinarySearchFunc(marks, to, byID)
		marks = marks[:i]
	}
	return marks
}

func sumOf(marks []p.Mark) p.Sum {
	var sum p.Sum
	for i := range marks {
		sum = sum.Add(marks[i].Hash)
	}
	return sum
}
