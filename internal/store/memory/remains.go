package memory

import (
	"bytes"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Remains returns what can still be read of a store that counts as damaged: each row unless lost says otherwise, once it
// is asked. It is what an engine on files reads page by page.
func (s *Store) Remains(lost func() bool) store.Remains {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := &remains{meta: map[string][]byte{}}
	keep := func() bool {
		if lost() {
			r.unread++
			return false
		}
		return true
	}
	for k, v := range s.data.meta.all() {
		if keep() {
			r.meta[string(k)] = bytes.Clone(v)
		}
	}
	for _, row := range s.data.logs.all() {
		if keep() {
			r.logs = append(r.logs, *row)
		}
	}
	for _, row := range s.data.children.all() {
		if keep() {
			r.children = append(r.children, *row)
		}
	}
	for k, t := range s.data.tail.all() {
		if keep() {
			r.tail = append(r.tail, store.TailRow{Log: k.log, Seq: k.seq, Change: bytes.Clone(t.change)})
		}
	}
	for _, row := range s.data.segments.all() {
		if keep() {
			r.segments = append(r.segments, segment{*row, p.EntityID{}})
		}
	}
	for _, row := range s.data.parked.all() {
		if keep() {
			r.segments = append(r.segments, segment{store.SegmentRow{Log: row.Log, First: row.First, Raw: row.Raw}, row.Via})
		}
	}
	for _, st := range s.data.states.all() {
		if keep() {
			if st = proved(st); st != nil {
				r.states = append(r.states, st)
			}
		}
	}
	return r
}

// proved is a state without what its hash does not cover, nil if nothing is left.
func proved(s *p.State) *p.State {
	out := &p.State{ID: s.ID, Kind: s.Kind, Fields: s.Fields, Seen: store.ProvedSeen(s)}
	if len(out.Fields) == 0 || out.Check() != nil {
		return nil
	}
	return out
}

// segment is one that was read, and the child that a parked one came from.
type segment struct {
	row store.SegmentRow
	via p.EntityID
}

// remains implements store.Remains.
type remains struct {
	meta     map[string][]byte
	logs     []store.LogRow
	children []store.ChildRow
	tail     []store.TailRow
	segments []segment
	states   []*p.State
	unread   int
}

// Meta implements store.Remains.
func (r *remains) Meta() map[string][]byte { return r.meta }

// Logs implements store.Remains.
func (r *remains) Logs() []store.LogRow { return r.logs }

// Children implements store.Remains.
func (r *remains) Children() []store.ChildRow { return r.children }

// Tail implements store.Remains.
func (r *remains) Tail() []store.TailRow { return r.tail }

// Segments implements store.Remains.
func (r *remains) Segments(fn func(*store.SegmentRow, p.EntityID) error) error {
	for i := range r.segments {
		if err := fn(&r.segments[i].row, r.segments[i].via); err != nil {
			return err
		}
	}
	return nil
}

// States implements store.Remains.
func (r *remains) States(fn func(*p.State) error) error {
	for _, s := range r.states {
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// Unread implements store.Remains.
func (r *remains) Unread() int { return r.unread }

// Close implements store.Remains.
func (r *remains) Close() error { return nil }
