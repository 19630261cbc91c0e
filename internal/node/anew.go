package node

import (
	"context"

	"tramy/internal/store"
)

// Machines are upgraded years apart. What a version does not know it keeps, merges, routes and sends on as it
// is (I4), and makes no rows of. The version that does know it makes the rows at its first start.

// counterRows says by which version of the program the rows were last made of all states.
const counterRows = "rows.version"

// rowsVersion is raised by whoever makes other rows of the same states: a new kind, a new field, another reading.
var rowsVersion uint64 = 7

// makeRowsAnew rebuilds all rows, if another version made them. A crash within it begins it again.
func (n *Node) makeRowsAnew(ctx context.Context) error {
	done := uint64(0)
	if err := n.cfg.Store.View(ctx, func(tx store.Tx) (err error) {
		done, err = tx.Counter(counterRows)
		return err
	}); err != nil || max(done, 1) >= rowsVersion { // what was kept before there were numbers is of the first
		return err
	}
	if _, err := n.Rebuild(ctx, false, nil); err != nil {
		return err
	}
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error { return tx.SetCounter(counterRows, rowsVersion) })
}
