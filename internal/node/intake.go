package node

import (
	"context"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// intake is what one request wants to become durable.
type intake struct {
	s        *serving
	frames   []p.Frame
	size     int
	standing *standing // to be filled at the end of a request, nil before it

	taken uint64 // segments and lets of the request, with these
	done  bool
	err   error
}

// commit makes durable what arrived, with the position after it. A crash before that loses what the child still
// holds and will send again, because only Heads after the commit names it. At the end of a request the same
// transaction reads how both stand: an exchange costs one sync of the disk. Requests that wait for each other
// share it.
func (s *serving) commit(st *standing) error {
	in := &intake{s: s, frames: s.pending, size: s.pendingSz, standing: st}
	s.pending, s.pendingSz = nil, 0
	if err := s.n.takeIn(in); err != nil {
		return err
	}
	if in.taken > s.taken {
		s.n.saved()
	}
	s.taken, s.noted = in.taken, true
	return nil
}

// takeIn returns when an intake is durable.
func (n *Node) takeIn(in *intake) error {
	n.waitingMu.Lock()
	n.waiting = append(n.waiting, in)
	n.waitingMu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !in.done { // else whoever held the lock has taken it along
		n.takeGroup(in)
	}
	return in.err
}

// takeGroup commits an intake and, in one transaction with it, those that have come meanwhile, up to the size
// that one alone may have. If that fails each is tried alone, so that none fails for another's sake. The caller
// holds mu.
func (n *Node) takeGroup(first *intake) {
	group, size := []*intake{first}, first.size
	n.waitingMu.Lock()
	n.waiting = slices.DeleteFunc(n.waiting, func(in *intake) bool {
		fits := in != first && size+in.size <= segmentBytesTx
		if fits {
			group, size = append(group, in), size+in.size
		}
		return fits || in == first
	})
	n.waitingMu.Unlock()
	err := n.commitTogether(group)
	for _, in := range group {
		if in.err = err; err != nil && len(group) > 1 {
			in.err = n.commitTogether([]*intake{in})
		}
		in.done = true
	}
}

func (n *Node) commitTogether(group []*intake) error {
	var b *batch
	places, advisor := n.places, n.advisor
	err := n.cfg.Store.Update(context.WithoutCancel(group[0].s.ctx), func(tx store.Tx) error {
		for _, in := range group {
			b = n.newBatch(tx)
			b.places, b.advisor = places, advisor
			if err := in.apply(b); err != nil {
				return err
			}
			places, advisor = b.places, b.advisor
		}
		return nil
	})
	if err == nil {
		b.committed()
		return nil
	}
	for _, in := range group {
		in.s.walk.forget() // what it followed may not be here
	}
	return err
}

// apply takes the frames in.
func (in *intake) apply(b *batch) error {
	s := in.s
	b.from, b.walk = &s.view, &s.walk
	in.taken = s.taken
	for _, f := range in.frames {
		var err error
		switch f := f.(type) {
		case *p.SegmentFrame:
			err = s.takeSegment(b, f.Raw)
			in.taken++
		case *p.Let:
			err = s.n.let(b, f)
			in.taken++
		case *p.Logs:
			err = s.compareLogs(b, f)
		}
		if err != nil {
			return err
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	if in.taken > s.taken || s.listed {
		pos := s.positionAfter(in.taken)
		if keeps, err := s.keepsPosition(b.tx, pos); err != nil {
			return err
		} else if !keeps {
			if err := b.tx.PutChildPosition(s.child, pos); err != nil {
				return err
			}
		}
	}
	if in.standing != nil {
		var err error
		if *in.standing, err = s.stand(b.tx, in.taken); err != nil {
			return err
		}
	}
	return s.note(b.tx, in.standing)
}
