package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// MendJournal writes into the journal what this node's own logs hold and the journal lacks, because it was damaged or
// lost: from then on it heals the database again. It returns how many changes that were.
func (n *Node) MendJournal(ctx context.Context) (int, error) {
	if n.cfg.Journal == nil {
		return 0, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var missing []*Record
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		rows, err := tx.LogsOf(n.id.Device)
		if err != nil {
			return err
		}
		heads := map[p.LogID]p.Seq{}
		for i := range rows {
			heads[rows[i].ID] = rows[i].Head
		}
		have, said := map[p.LogID][]bool{}, voids{} // by log and change: a change may stand in it twice
		if err := n.cfg.Journal.Replay(func(r *Record) error {
			for _, v := range r.Voids() {
				said.add(v)
			}
			for i := range r.Changes {
				if d := r.Changes[i].Dot; d.Seq <= heads[d.Log] { // what lies behind, stranded or void, does not count
					if have[d.Log] == nil {
						have[d.Log] = make([]bool, heads[d.Log])
					}
					have[d.Log][d.Seq-1] = true
				}
			}
			return nil
		}); err != nil {
			return err
		}
		for i := range rows {
			if row := &rows[i]; row.Own && (len(have[row.ID]) < int(row.Head) || slices.Contains(have[row.ID], false)) {
				acts, err := n.lackedByJournal(tx, row)
				if err != nil {
					return err
				}
				missing = append(missing, acts...)
			}
		}
		missing, err = n.voidsLacked(tx, rows, said, missing)
		return err
	})
	if err != nil {
		return 0, err
	}
	count := 0
	for _, r := range missing {
		if err := n.cfg.Journal.Append(r); err != nil {
			return count, err
		}
		count += len(r.Changes)
	}
	return count, nil
}

// voidsLacked lets the last of the records that are to be written say from where on logs do not count, where the journal has
// lost it; if there is none, one that the journal has is written once more.
func (n *Node) voidsLacked(tx store.Tx, rows []store.LogRow, said voids, missing []*Record) ([]*Record, error) {
	var lacked []p.Dot
	var some *store.LogRow
	for i := range rows {
		row := &rows[i]
		if !row.Own {
			continue
		}
		if row.Head > 0 {
			some = row
		}
		at, err := voidFrom(tx, row.ID)
		if err != nil {
			return nil, err
		}
		if in, ok := said[row.ID]; at > 0 && (!ok || at < in) {
			lacked = append(lacked, p.Dot{Log: row.ID, Seq: at})
		}
	}
	if len(lacked) == 0 || len(missing) == 0 && some == nil {
		return missing, nil
	}
	if len(missing) == 0 {
		first := &Record{Access: some.Access}
		err := n.eachChange(tx, some, 1, 1, func(c *p.Change) error {
			first.Changes = append(first.Changes, *c)
			return nil
		})
		if err != nil {
			return nil, err
		}
		if first.Opening, err = n.openingOf(tx, some.ID); err != nil {
			return nil, err
		}
		missing = append(missing, first)
	}
	last := missing[len(missing)-1]
	last.Void, last.Also = &lacked[0], lacked[1:]
	return missing, nil
}

// lackedByJournal returns the acts of an own log that the journal does not have.
func (n *Node) lackedByJournal(tx store.Tx, row *store.LogRow) ([]*Record, error) {
	have := map[p.Seq]bool{}
	if err := n.cfg.Journal.Replay(func(r *Record) error {
		for i := range r.Changes {
			if d := r.Changes[i].Dot; d.Log == row.ID {
				have[d.Seq] = true
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var changes []p.Change
	if err := n.eachChange(tx, row, 1, row.Head, func(c *p.Change) error {
		if !have[c.Dot.Seq] {
			changes = append(changes, *c)
		}
		return nil
	}); err != nil {
		if isMalformed(err) || errors.Is(err, errNoSegment) {
			err = fmt.Errorf("%w: %w", store.ErrCorrupt, err) // the database has lost what it says it holds
		}
		return nil, err
	}
	var out []*Record
	for _, act := range acts(changes) {
		r := &Record{Changes: act, Access: row.Access}
		if act[0].Dot.Seq == 1 {
			var err error
			if r.Opening, err = n.openingOf(tx, row.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// openingOf returns how an own log begins: from its first segment or, before there is one, from what is kept.
func (n *Node) openingOf(tx store.Tx, log p.LogID) (*p.Opening, error) {
	first, err := tx.SegmentHolding(log, 1)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return getOpening(tx, log)
	}
	seg, err := p.ParseSegment(first.Raw)
	if err != nil {
		return nil, err
	}
	if id := n.Identity(); seg.Opening == nil || id.keyFor(log, seg.Opening.Random) == nil {
		return seg.Opening, p.ErrOpening
	}
	return seg.Opening, nil
}
