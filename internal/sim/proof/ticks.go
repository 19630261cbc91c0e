package proof

import (
	"context"
	"crypto/ed25519"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Ticks returns what a node says of its own logs, at any time, that no hub signed (I6). Keys are those of every hub there
// ever was.
func Ticks(ctx context.Context, n *Node, keys []ed25519.PublicKey) ([]string, error) {
	c := &checker{World: &World{Keys: keys}}
	r := &replica{Node: n}
	err := n.Store.View(ctx, func(tx store.Tx) error {
		rows, err := tx.LogsOf(n.Device)
		if err != nil {
			return err
		}
		for i := range rows {
			row := &rows[i]
			if row.Own && row.UpHere > 0 {
				if err := c.proved(tx, r, row.ProofUp, row.ID, "at the hub", row.UpHere, func(h *p.LogHead) p.Seq { return h.Here }); err != nil {
					return err
				}
			}
			if row.Own && row.Root > 0 {
				if err := c.proved(tx, r, row.ProofTop, row.ID, "at the centre", row.Root, func(h *p.LogHead) p.Seq { return h.Root }); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return c.found, err
}
