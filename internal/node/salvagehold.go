package node

import (
	"context"

	"tramy/internal/registry"
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
			row, err := tx.Log(id)
			switch {
			case err != nil:
				return err
			case row == nil:
				row = &store.LogRow{ID: id, Hash: p.ChainStart(id)}
			case row.Head > 0:
				continue // it has come again by now, and was judged
			}
			// What was heard of it since is newer, and is not said again.
			row.In = max(row.In, old.In)
			if letIn(row) {
				row.Reason = old.Reason
			}
			if row.Fork == 0 || old.Fork > 0 && old.Fork < row.Fork {
				row.Fork = old.Fork
			}
			if row.Via.IsZero() {
				row.Via = old.Via
			}
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

// countsSince holds what a hub has just taken back of a log against what it heard since it lost its database: that another
// content counts.
func (n *Node) countsSince(tx store.Tx, log p.LogID) error {
	row, err := tx.Log(log)
	if err != nil || row == nil || row.Reason == p.HoldForked || n.id.Role != registry.NodeHub {
		return err
	}
	at, parts := upWord(row).Parts()
	if !parts || row.Head < at {
		return nil
	}
	have, err := n.chainAt(tx, log, at)
	if err != nil || have.Short() == row.UpHash {
		return err
	}
	return n.doesNotCount(tx, row, at, true)
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
