package proof

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Watch looks at one machine while a run goes on: at the end all is level again, and what it showed meanwhile is forgotten.
type Watch struct {
	ticks map[p.LogID]tick
	equal map[p.EntityID]int64
	wrote p.Seq // how many changes it had written itself
	blind bool  // its database was damaged when it began: there is nothing to compare with
}

// tick is what a machine shows of one of its logs, and by which words.
type tick struct {
	here, root p.Seq
	at         p.Cursor
	up, top    uint64
}

func tickOf(row *store.LogRow) tick {
	return tick{row.UpHere, row.Root, row.RootAt, row.ProofUp, row.ProofTop}
}

// written counts the changes in logs of a node's own.
func written(rows []store.LogRow) (n p.Seq) {
	for i := range rows {
		if rows[i].Own {
			n += rows[i].Head
		}
	}
	return n
}

// Centre is the root as it is while a run goes on.
type Centre struct {
	Store store.Store
	Kept  bool // it was never set back
}

// Begins takes note of what a machine shows before it speaks to its hub.
func (w *Watch) Begins(ctx context.Context, n *Node) error {
	w.ticks, w.equal = map[p.LogID]tick{}, map[p.EntityID]int64{}
	err := n.Store.View(ctx, func(tx store.Tx) error {
		rows, err := n.told(tx)
		if err != nil {
			return err
		}
		for i := range rows {
			w.ticks[rows[i].ID] = tickOf(&rows[i])
		}
		w.wrote = written(rows)
		sums, err := tx.RootSums()
		for i := range sums {
			w.equal[sums[i].Scope] = sums[i].EqualMS
		}
		return err
	})
	if w.blind = errors.Is(err, store.ErrCorrupt); w.blind {
		return nil
	}
	return err
}

// Heard returns what does not hold of what a machine shows when it has just heard its hub to the end of an answer: a tick is
// signed, and the hub has on its disk, now, what the tick says (I6); no log counts as being at the root by a word of a root that
// was lost, once the root was heard; who says that it equals the centre has the very sum that the centre signed, unless
// it wrote something itself meanwhile.
func (w *Watch) Heard(ctx context.Context, n *Node, keys []ed25519.PublicKey, root *Centre) []string {
	if w.blind {
		return nil
	}
	c := &checker{World: &World{Keys: keys}}
	err := n.Store.View(ctx, func(tx store.Tx) error {
		return n.Up.Store.View(ctx, func(above store.Tx) error {
			rows, err := n.told(tx)
			if err != nil {
				return err
			}
			for i := range rows {
				if err := c.heardOf(ctx, tx, above, n, root, &rows[i], w.ticks[rows[i].ID]); err != nil {
					return err
				}
				w.ticks[rows[i].ID] = tickOf(&rows[i])
			}
			wrote := written(rows)
			// What is issued again at the end of an answer comes after the centre's word in it was compared: the node did
			// equal the centre as of then, and now it holds more.
			more := wrote != w.wrote
			w.wrote = wrote
			return c.equalToRoot(tx, n, w.equal, more)
		})
	})
	switch {
	case errors.Is(err, store.ErrCorrupt): // one of the two was damaged meanwhile, and says so
		return nil
	case err != nil:
		c.wrong("%s cannot be looked at: %v", n.Name, err)
	}
	return c.found
}

// Ticks returns what a node says of its own logs that no hub signed, whatever came last: an answer by a file, for one, may be
// weeks old. Keys are those of every hub there ever was.
func Ticks(ctx context.Context, n *Node, keys []ed25519.PublicKey) ([]string, error) {
	c := &checker{World: &World{Keys: keys}}
	err := n.Store.View(ctx, func(tx store.Tx) error {
		rows, err := tx.LogsOf(n.Device)
		if err != nil {
			return err
		}
		for i := range rows {
			row := &rows[i]
			if row.Own && row.UpHere > 0 {
				if err := c.provedUp(tx, n, row); err != nil {
					return err
				}
			}
			if row.Own && row.Root > 0 {
				if err := c.provedTop(tx, n, row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return c.found, err
}

func (c *checker) heardOf(ctx context.Context, tx, above store.Tx, n *Node, root *Centre, row *store.LogRow, before tick) error {
	now := tickOf(row)
	if row.Own && row.UpHere > 0 && (now.here != before.here || now.up != before.up) {
		if err := c.provedUp(tx, n, row); err != nil {
			return err
		}
		at, err := above.Log(row.ID)
		if err != nil {
			return err
		}
		if at == nil || at.Head < row.UpHere {
			c.wrong("%s was told that %s has %d changes of log %s, which has fewer on its disk", n.Name, n.Up.Name, row.UpHere, row.ID)
		}
	}
	if row.Own && row.Root > 0 && (now.root != before.root || now.at != before.at || now.top != before.top) {
		if err := c.provedTop(tx, n, row); err != nil {
			return err
		}
		if root.Kept && !n.Up.Root {
			return root.Store.View(ctx, func(top store.Tx) error { return c.rootStill(top, n, row) })
		}
	}
	if n.Up.Root && row.Root > 0 {
		return c.rootStill(above, n, row)
	}
	return nil
}

// rootStill checks that what a machine holds for the root's word on a log is the word of the root as it is now.
func (c *checker) rootStill(root store.Tx, n *Node, row *store.LogRow) error {
	runs, err := root.Incarnations()
	if err != nil {
		return err
	}
	end, err := root.Counter("feed")
	if err != nil {
		return err
	}
	gave := false
	for i := range runs {
		if r := &runs[i]; r.Incarnation == row.RootAt.Incarnation {
			gave = row.RootAt.Number <= p.FeedNumber(end)
			if r.Ended {
				gave = row.RootAt.Number <= r.FeedEnd
			}
		}
	}
	at, err := root.Log(row.ID)
	if err != nil {
		return err
	}
	switch {
	case !gave:
		c.wrong("%s shows log %s at the centre by a word that the centre never gave, or before it was set back", n.Name, row.ID)
	case at == nil || at.Head < row.Root:
		c.wrong("%s shows %d changes of log %s at the centre, which has fewer on its disk", n.Name, row.Root, row.ID)
	}
	return nil
}

// equalToRoot checks a machine that says since this answer that it holds what the centre holds.
func (c *checker) equalToRoot(tx store.Tx, n *Node, before map[p.EntityID]int64, more bool) error {
	rows, err := tx.RootSums()
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if r.EqualMS == 0 || r.EqualMS == before[r.Scope] || r.EqualMS != r.WallMS {
			continue
		}
		before[r.Scope] = r.EqualMS
		if more {
			continue
		}
		f, err := p.DecodeFrame(r.Frame)
		if err != nil {
			return err
		}
		sum, err := sumOf(tx, r.Scope)
		if err != nil {
			return err
		}
		if f, ok := f.(*p.RootSum); !ok || f.Sum != sum {
			c.wrong("%s says that it equals the centre and has another sum of scope %s", n.Name, r.Scope)
		}
	}
	return nil
}

// rootSigned checks that the centre signed what a machine holds for its word on sums. The node checks as it takes it, and it
// costs: so only at the end.
func (c *checker) rootSigned(tx store.Tx, n *Node) error {
	rows, err := tx.RootSums()
	if err != nil {
		return err
	}
	for i := range rows {
		f, err := p.DecodeFrame(rows[i].Frame)
		if err != nil {
			return err
		}
		if f, ok := f.(*p.RootSum); !ok || f.Verify(c.RootKey) != nil || f.Scope != rows[i].Scope || f.WallMS != rows[i].WallMS {
			c.wrong("%s keeps for the centre's word what the centre did not sign", n.Name)
		}
	}
	return nil
}

// sumOf adds up what is in a scope, state by state.
func sumOf(tx store.Tx, scope p.EntityID) (p.Sum, error) {
	var sum p.Sum
	marks, err := tx.Marks(scope)
	if err != nil {
		return sum, err
	}
	for _, m := range marks {
		s, err := tx.State(m.Entity)
		if err != nil {
			return sum, err
		}
		if s == nil {
			return sum, fmt.Errorf("%s is in scope %s and has no state", m.Entity, scope)
		}
		sum = sum.Add(p.StateHash(s))
	}
	return sum, nil
}

// told is the logs about which a node hears its hub: those of its device and, below the root, all that came through it.
func (n *Node) told(tx store.Tx) ([]store.LogRow, error) {
	if !n.Up.Root {
		return tx.LogsOf(n.Device)
	}
	return tx.Logs(p.LogID{}, logsMax)
}

// logsMax is more logs than a run has.
const logsMax = 1 << 20
