package node

import (
	"fmt"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Changes returns the changes of an entity that this node holds, its creation first, then in the order of
// their arrival, without what stays out of its state. States that came from above bring none.
func (n *Node) Changes(tx store.Tx, entity p.EntityID) ([]p.Change, error) {
	edits, err := tx.Edits(entity)
	if err != nil {
		return nil, err
	}
	var out []p.Change
	for _, dot := range append([]p.Dot{entity.Birth()}, edits...) {
		row, err := tx.Log(dot.Log)
		if err != nil {
			return nil, err
		}
		if !countsHere(row, dot.Seq) {
			continue
		}
		if row.Own && dot.Seq > row.Sealed {
			t, err := tx.TailAt(dot.Log, dot.Seq)
			if err != nil {
				return nil, err
			}
			if t != nil {
				c, err := p.DecodeChange(t.Change)
				if err != nil {
					return nil, err
				}
				out = append(out, *c)
			}
			continue
		}
		c, err := changeAt(tx, dot)
		if err != nil {
			return nil, err
		}
		if c != nil && c.Entity == entity {
			out = append(out, *c)
		}
	}
	return out, nil
}

// countsHere reports whether a change of a log, whose row may be nil, is held here and is not kept out of the states.
func countsHere(row *store.LogRow, seq p.Seq) bool {
	return row != nil && seq <= row.Head && (seq <= row.In || row.Own && row.Reason != p.HoldRejected)
}

// changeAt reads one change out of the segment that holds it; nil if this node has none.
func changeAt(tx store.Tx, dot p.Dot) (*p.Change, error) {
	row, err := tx.SegmentHolding(dot.Log, dot.Seq)
	if err != nil || row == nil {
		return nil, err
	}
	seg, err := p.ParseSegment(row.Raw)
	if err != nil {
		return nil, fmt.Errorf("kept segment %s:%d: %w", dot.Log, row.First, err)
	}
	changes, err := seg.Changes()
	if err != nil {
		return nil, fmt.Errorf("kept segment %s:%d: %w", dot.Log, row.First, err)
	}
	i := int(dot.Seq) - int(row.First)
	if i < 0 || i >= len(changes) {
		return nil, nil
	}
	return &changes[i], nil
}

// Held returns the first changes of a log that are kept here and not let in, for whoever decides about them.
func (n *Node) Held(tx store.Tx, row *store.LogRow, limit int) ([]p.Change, error) {
	var out []p.Change
	last := min(row.Head, row.In+p.Seq(limit))
	err := n.eachChange(tx, row, row.In+1, last, func(c *p.Change) error {
		out = append(out, *c)
		return nil
	})
	return out, err
}

// heldAbove reports whether the upstream keeps part of an own log out. Of a log with two contents it does not:
// the one that came first goes on, the other was issued again.
func heldAbove(l *store.LogRow) bool {
	return l.UpReason != p.HoldNone && l.UpReason != p.HoldForked && l.UpIn < l.Head
}

// HeldChange is an own change that the upstream did not let in, and why.
type HeldChange struct {
	Change p.Change
	Reason p.HoldReason
}

// HeldChanges returns the first of this node's own changes that were not let in above, in the order they
// were written.
func (n *Node) HeldChanges(tx store.Tx, limit int) ([]HeldChange, error) {
	logs, err := tx.LogsOf(n.Identity().Device)
	if err != nil {
		return nil, err
	}
	var out []HeldChange
	for i := range logs {
		l := &logs[i]
		if !heldAbove(l) || l.Access {
			continue
		}
		for seq := l.UpIn + 1; seq <= l.Sealed && len(out) < limit; seq++ {
			c, err := changeAt(tx, p.Dot{Log: l.ID, Seq: seq})
			if err != nil {
				return nil, err
			}
			if c != nil {
				out = append(out, HeldChange{Change: *c, Reason: l.UpReason})
			}
		}
	}
	return out, nil
}
