package node

import (
	"context"

	"tramy/internal/store"
)

// Locked reports whether the upstream has revoked this device. It then records nothing and shows nobody anything, until the
// upstream serves it again.
func (n *Node) Locked(ctx context.Context) (bool, error) {
	var word []byte
	err := n.cfg.Store.View(ctx, func(tx store.Tx) (err error) {
		word, err = tx.Meta(metaRevoked)
		return err
	})
	return len(word) > 0, err
}
