package node

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A log can have three contents: a machine that is rolled back twice writes one dot three times. A hub remembers of a log one
// place where two contents part, the first, and says how its own content goes on there. Who wrote the third may agree with it
// there and differ further on. So an author believes that word no further than it reaches, shows what it has from there on
// once more, and in the answer to that the hub says how far the two agree.

// shown is what a child showed in one request of a log that it wrote: up to which change it is the one that is here, or, if
// parts, from which on it is another.
type shown struct {
	at    p.Seq
	parts bool
}

// shows takes note of what a segment of the child's showed.
func (s *serving) shows(row *store.LogRow, now shown) {
	if row.Device != s.child {
		return // who only carried it does not write it anew
	}
	if before := s.shown[row.ID]; before.parts || !now.parts && now.at <= before.at {
		return
	}
	if s.shown == nil {
		s.shown = map[p.LogID]shown{}
	}
	s.shown[row.ID] = now
}

// pointTo lets a word about a log with two contents say how far the content that the child has just shown is the one that
// counts, if that is further than where the two part that are known here.
func (s *serving) pointTo(tx store.Tx, l *store.LogRow, h *p.LogHead) error {
	at, parts := h.Parts()
	to := s.shown[l.ID].at
	if !parts || to <= at || to > l.Head {
		return nil
	}
	if !s.n.complete() && l.Root < to {
		return nil // what is here from that place on may not be what counts
	}
	if first, err := s.n.chainAt(tx, l.ID, at); err != nil || first.Short() != h.Hash {
		return err
	}
	hash, err := s.n.chainAt(tx, l.ID, to)
	h.In, h.Hash = to-1, hash.Short()
	return err
}

// doubts reports whether what the upstream has of an own log with two contents may be another content further on than its
// word reaches, which agrees with what is here at a change: neither this word nor an earlier one says how it goes on.
func (c *Call) doubts(row *store.LogRow, h *p.LogHead, at p.Seq) bool {
	if _, stranded := c.n.stranded[row.ID]; !row.Own || stranded {
		return false
	}
	known := at
	if _, parted := upWord(row).Parts(); !c.anew && (parted || row.UpReason == p.HoldNone) {
		known = max(known, row.UpHere)
	}
	return known < min(row.Head, h.Here)
}
