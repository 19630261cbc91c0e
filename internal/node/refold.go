package node

import (
	"context"
	"slices"

	"tramy/internal/merge"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// refold makes states anew from the changes that count here. Only the root can: it has them all, and nobody is above
// it to be asked. What it remembers of changes that a damaged database lost stays.
func (b *batch) refold(ids []p.EntityID) error {
	for _, id := range ids {
		changes, err := b.n.Changes(b.tx, id)
		if err != nil {
			return err
		}
		fold := merge.Fold(nil, changes)
		e, err := b.load(id)
		if err != nil {
			return err
		}
		left, whole, err := b.remembers(e.state, fold)
		if err != nil {
			return err
		}
		s := fold
		switch {
		case left == nil:
		case whole:
			s = merge.Join(left, fold)
		default:
			missing, _, err := b.unproved(left, changes)
			if err != nil {
				return err
			}
			s = merge.Fold(fold, missing)
		}
		if left != nil {
			if err := b.tx.SetMeta(metaRefolded+id.String(), []byte{1}); err != nil {
				return err
			}
		}
		if err := b.replace(id, s); err != nil {
			return err
		}
	}
	return nil
}

// remembers returns what a state would be without its changes that were rejected, if it has values of changes that are
// neither those nor in fold, which is what follows from the changes that count here; else nil. What a rejected change had
// replaced stands again, if fold has it. It is not the whole of what a state would be if changes that were rejected are not
// here either, so that it is not known what they had replaced.
func (b *batch) remembers(s, fold *p.State) (left *p.State, whole bool, err error) {
	if s == nil {
		return nil, false, nil
	}
	rejected := map[p.LogID]p.Seq{}
	for _, seen := range s.Seen {
		from, err := b.tx.Rejected(seen.Log)
		if err != nil {
			return nil, false, err
		}
		if from > 0 && seen.Seq >= from {
			rejected[seen.Log] = from
		}
	}
	left = &p.State{ID: s.ID, Kind: s.Kind}
	last := map[p.LogID]p.Seq{} // of the values that stay
	lost := false
	for _, f := range s.Fields {
		values := slices.DeleteFunc(slices.Clone(f.Values), func(v p.Value) bool {
			from := rejected[v.Dot.Log]
			return from > 0 && v.Dot.Seq >= from
		})
		for _, v := range values {
			last[v.Dot.Log] = max(last[v.Dot.Log], v.Dot.Seq)
			lost = lost || fold == nil || fold.SeenSeq(v.Dot.Log) < v.Dot.Seq
		}
		if len(values) > 0 {
			left.Fields = append(left.Fields, p.FieldValues{Field: f.Field, Values: values})
		}
	}
	if !lost {
		return nil, false, nil
	}
	for _, seen := range s.Seen {
		if rejected[seen.Log] > 0 {
			seen.Seq = last[seen.Log]
		}
		if seen.Seq > 0 {
			left.Seen = append(left.Seen, seen)
		}
	}
	whole = true
	for log, from := range rejected {
		row, err := b.tx.Log(log)
		if err != nil {
			return nil, false, err
		}
		if row == nil || row.Head < s.SeenSeq(log) {
			whole = false
			continue
		}
		if fold == nil {
			continue
		}
		if err := b.n.eachChange(b.tx, row, from, row.Head, func(c *p.Change) error {
			if c.Entity == s.ID {
				restore(left, fold, c)
			}
			return nil
		}); err != nil {
			return nil, false, err
		}
	}
	return left, whole, nil
}

// restore puts the values that a change replaced into a state, as far as fold has them.
func restore(s, fold *p.State, c *p.Change) {
	for _, w := range c.Writes {
		for _, v := range fold.Values(w.Field) {
			if !slices.Contains(w.Supersedes, v.Superseded()) {
				continue
			}
			at, found := slices.BinarySearchFunc(s.Fields, w.Field, func(f p.FieldValues, field p.Field) int { return int(f.Field) - int(field) })
			if !found {
				s.Fields = slices.Insert(s.Fields, at, p.FieldValues{Field: w.Field})
			}
			f := &s.Fields[at]
			at, found = slices.BinarySearchFunc(f.Values, v.Dot, func(v p.Value, d p.Dot) int { return v.Dot.Compare(d) })
			if !found {
				f.Values = slices.Insert(f.Values, at, v)
			}
		}
	}
}

// refoldMarked makes those states anew at the root that rested on rejected changes when they were taken out of what was left
// of a database. Elsewhere the upstream's state replaces them.
func (n *Node) refoldMarked(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		var b *batch
		more := false
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			ids, err := tx.Refreshes(statesPerTx)
			if err != nil {
				return err
			}
			more = len(ids) > 0
			b = n.newBatch(tx)
			if err := b.refold(ids); err != nil {
				return err
			}
			for _, id := range ids {
				if err := tx.DeleteRefresh(id); err != nil {
					return err
				}
			}
			b.endAct()
			return b.finish()
		})
		if err != nil || !more {
			return err
		}
		b.committed()
	}
}
