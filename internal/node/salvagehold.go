package node

import (
	"context"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// heldBefore notes how far logs had been let in, for those that had not been let in whole.
func (n *Node) heldBefore(ctx context.Context, rows map[p.LogID]store.LogRow) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for _, id := range sortedLogs(rows) {
			old := rows[id]
			if old.Reason == p.HoldNone {
				continue
			}
			if have, err := tx.Log(id); err != nil {
				return err
			} else if have != nil && have.Head > 0 {
				continue // it has come again by now, and was judged
			}
			row := &store.LogRow{ID: id, Hash: p.ChainStart(id), In: old.In, Reason: old.Reason, Fork: old.Fork, Via: old.Via}
			if err := tx.PutLog(row); err != nil {
				return err
			}
			if err := n.putLet(tx, row); err != nil { // before the segments, which go up anew
				return err
			}
		}
		return nil
	})
}

// admittedBefore lets logs in again that this node had let in, although it would hold them by what it knows today. The
// hash shows that they are the same.
func (n *Node) admittedBefore(ctx context.Context, rows map[p.LogID]store.LogRow) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range sortedLogs(rows) {
		old := rows[id]
		if old.Reason != p.HoldNone {
			continue
		}
		var b *batch
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			row, err := tx.Log(id)
			if err != nil || row == nil || letIn(row) || row.Reason == p.HoldRejected || row.Head != old.Head || row.Hash != old.Hash {
				return err
			}
			b = n.newBatch(tx)
			if err := n.admit(b, row, row.Head, p.HoldNone); err != nil {
				return err
			}
			return b.finish()
		})
		if err != nil {
			return err
		}
		b.committed()
	}
	return nil
}
