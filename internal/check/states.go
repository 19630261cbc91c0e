package check

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Names of the node's sequences.
const (
	counterFeed   = "feed"
	counterOutbox = "outbox"
)

// eachState pages through all states in short transactions where the engine can, else in one.
func (r *run) eachState(f *Finding, fn func(tx store.Tx, s *p.State) error) error {
	for after, paged := (p.EntityID{}), true; paged; {
		n := 0
		err := r.view(func(tx store.Tx) error {
			pager, ok := tx.(interface {
				StatesAfter(after p.EntityID, limit int) ([]*p.State, error)
			})
			if !ok {
				paged = false
				return tx.EachState(func(s *p.State) error {
					n++
					return fn(tx, s)
				})
			}
			states, err := pager.StatesAfter(after, statesPerView)
			if err != nil {
				return err
			}
			if n = len(states); n > 0 {
				after = states[n-1].ID
			}
			paged = n == statesPerView
			for _, s := range states {
				if err := fn(tx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := r.step(f, int64(n)); err != nil {
			return err
		}
	}
	return nil
}

// states looks at every state: it is one, its hash is what its routes say, the index finds it from its subjects, and what
// stands in it was written.
func (r *run) states(f *Finding) error {
	unplaced, places := map[p.EntityID]bool{}, map[p.EntityID]bool{}
	if err := r.view(func(tx store.Tx) error {
		rows, err := tx.Places()
		for i := range rows {
			places[rows[i].ID] = true
		}
		return err
	}); err != nil {
		return err
	}
	err := r.eachState(f, func(tx store.Tx, s *p.State) error {
		if err := s.Check(); err != nil {
			f.fault("%s: %v", s.ID, err)
		}
		hash := p.StateHash(s)
		routes, err := tx.Routes(s.ID)
		if err != nil {
			return err
		}
		for i := range routes {
			if routes[i].Hash != hash {
				f.fault("%s: its state is not the one that was routed to %s", s.ID, routes[i].Scope)
				break
			}
		}
		for i := range s.Fields {
			for j := range s.Fields[i].Values {
				v := &s.Fields[i].Values[j]
				if h, ok := r.heads[v.Dot.Log]; ok && h.sound && v.Dot.Seq <= min(h.head, h.in) {
					r.counted++
				}
				if ref, ok := v.Data.Ref(); ok && s.Fields[i].Field == p.FieldPlace && !ref.IsZero() && !places[ref] {
					unplaced[ref] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id := range unplaced {
		f.note("place %s is named and not known here", id)
	}
	if r.counted == r.found {
		return nil
	}
	return r.unwritten(f)
}

// unwritten looks for the values that no change wrote, one by one: there are some, or people worked meanwhile.
func (r *run) unwritten(f *Finding) error {
	n := f.Count
	err := r.eachState(f, func(tx store.Tx, s *p.State) error {
		for i := range s.Fields {
			for j := range s.Fields[i].Values {
				v := &s.Fields[i].Values[j]
				if h, ok := r.heads[v.Dot.Log]; !ok || !h.sound || v.Dot.Seq > min(h.head, h.in) {
					continue
				}
				row, err := tx.Log(v.Dot.Log)
				if err != nil {
					return err
				}
				if row == nil || v.Dot.Seq > row.Head {
					continue
				}
				c, err := changeAt(tx, row, v.Dot.Seq)
				if err != nil {
					return err
				}
				if c == nil || c.Entity != s.ID || !wrote(c, s.Fields[i].Field, v) {
					f.fault("%s field %d: change %s did not write what stands under its name", s.ID, s.Fields[i].Field, v.Dot)
				}
			}
		}
		return nil
	})
	f.Count = n
	return err
}

func wrote(c *p.Change, field p.Field, v *p.Value) bool {
	for i := range c.Writes {
		if w := &c.Writes[i]; w.Field == field {
			return w.Data.Equal(v.Data) && c.At == v.At && c.Actor == v.Actor
		}
	}
	return false
}

// sums adds up the fingerprint of each scope again.
func (r *run) sums(f *Finding) error {
	var scopes []p.EntityID
	if err := r.view(func(tx store.Tx) error {
		rows, err := tx.Places()
		for i := range rows {
			scopes = append(scopes, rows[i].ID)
		}
		return err
	}); err != nil {
		return err
	}
	for _, scope := range append(scopes, p.EntityID{}) {
		routed := false
		err := r.view(func(tx store.Tx) error {
			have, err := tx.Sum(scope)
			if err != nil {
				return err
			}
			if have == (store.ScopeSum{}) {
				return nil // nothing was ever routed there, or all of it left: that would show in the states
			}
			routed = true
			marks, err := tx.Marks(scope)
			var want store.ScopeSum
			for i := range marks {
				want.Sum = want.Sum.Add(marks[i].Hash)
				want.Count++
			}
			if err == nil && want != have {
				f.fault("scope %s: the fingerprint is not the sum of its %d entities", scope, want.Count)
			}
			return err
		})
		if err != nil {
			return err
		}
		if routed {
			if err := r.step(f, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// feedNumbers looks at the numbers of the feed: none beyond what was given out, and the runs of this node one after the
// other.
func (r *run) feedNumbers(f *Finding) error {
	err := r.eachState(f, func(tx store.Tx, s *p.State) error {
		routes, err := tx.Routes(s.ID)
		if err != nil {
			return err
		}
		end, err := tx.Counter(counterFeed)
		for i := range routes {
			if n := uint64(routes[i].Number); n == 0 || n > end {
				f.loss("%s: it has number %d in the feed of %s, and %d is the last one given out", s.ID, n, routes[i].Scope, end)
			}
		}
		if len(routes) > 0 && !audible(s) {
			f.fault("%s: it is routed, and nobody gets its kind", s.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.view(func(tx store.Tx) error {
		runs, err := tx.Incarnations()
		for i := 1; i < len(runs); i++ {
			if runs[i].Order <= runs[i-1].Order {
				f.fault("two runs of this node have order %d", runs[i].Order)
			}
			if !runs[i-1].Ended {
				f.fault("run %d of this node has not ended, and another began", runs[i-1].Order)
			}
		}
		return err
	})
}

// positions looks whether what is to be sent is there, and whether what was taken was ever to be sent.
func (r *run) positions(f *Finding) error {
	for after := uint64(0); ; {
		n := 0
		err := r.view(func(tx store.Tx) error {
			end, err := tx.Counter(counterOutbox)
			if err != nil {
				return err
			}
			rows, err := tx.Outbox(after, statesPerView)
			n = len(rows)
			for i := range rows {
				after = rows[i].Position
				switch {
				case rows[i].Position > end:
					f.loss("entry %d of the outbox lies beyond its end %d", rows[i].Position, end)
				case rows[i].First > 0 && len(rows[i].Raw) == 0:
					f.loss("entry %d of the outbox: segment %s:%d is missing", rows[i].Position, rows[i].Log, rows[i].First)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if err := r.step(f, int64(n)); err != nil || n < statesPerView {
			return err
		}
	}
}
