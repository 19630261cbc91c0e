package proof

import (
	"context"
	"crypto/ed25519"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// replicas checks that a node and its upstream hold the same where both should, that this is what the root holds, and
// that the node shows no more than was proved to it.
func (c *checker) replicas(ctx context.Context, r, up *replica) error {
	return r.Store.View(ctx, func(tx store.Tx) error {
		return up.Store.View(ctx, func(above store.Tx) error {
			cursors, err := tx.Cursors(up.Device)
			if err != nil {
				return err
			}
			if len(cursors) == 0 {
				c.wrong("%s is served nothing by %s", r.Name, up.Name)
			}
			for _, cur := range cursors {
				if !cur.Complete {
					c.wrong("%s never came to the end of a scope", r.Name)
				}
				if err := c.scope(tx, above, r, up, cur.Scope); err != nil {
					return err
				}
			}
			c.routes(r)
			if err := c.rootSigned(tx, r.Node); err != nil {
				return err
			}
			return c.ticks(tx, r, up)
		})
	})
}

// scope compares one scope: who is in it, that each stands as at the root, and the sum (I8).
func (c *checker) scope(tx, above store.Tx, r, up *replica, scope p.EntityID) error {
	mine, err := tx.Marks(scope)
	if err != nil {
		return err
	}
	theirs, err := above.Marks(scope)
	if err != nil {
		return err
	}
	at := map[p.EntityID][16]byte{}
	for _, m := range theirs {
		at[m.Entity] = m.Hash
	}
	var sum p.Sum
	for _, m := range mine {
		s, root := r.states[m.Entity], c.root.states[m.Entity]
		switch {
		case s == nil:
			c.wrong("%s lists %s in a scope and has no state of it", r.Name, m.Entity)
			continue
		case root == nil:
			c.wrong("%s has %s in a scope, and the root does not know it", r.Name, m.Entity)
			continue
		}
		h := p.StateHash(s)
		if h != m.Hash {
			c.wrong("%s keeps another hash of %s than it has", r.Name, m.Entity)
		}
		if h != p.StateHash(root) {
			c.wrong("%s and the root differ in %s, kind %d", r.Name, m.Entity, s.Kind)
		}
		if _, ok := at[m.Entity]; !ok {
			c.wrong("%s has %s, kind %d, in a scope that it is not in at %s", r.Name, m.Entity, s.Kind, up.Name)
		}
		delete(at, m.Entity)
		sum = sum.Add(h)
	}
	for id := range at {
		c.wrong("%s lacks %s, kind %d, which is in its scope at %s", r.Name, id, up.states[id].Kind, up.Name)
	}
	kept, err := tx.Sum(scope)
	if err != nil {
		return err
	}
	if kept.Sum != sum || int(kept.Count) != len(mine) {
		c.wrong("%s keeps another sum of a scope than its states make", r.Name)
	}
	return c.feed(tx, r, scope)
}

// feed checks that numbers only grow.
func (c *checker) feed(tx store.Tx, r *replica, scope p.EntityID) error {
	end, err := tx.Counter("feed")
	if err != nil {
		return err
	}
	rows, err := tx.Feed(scope, 0, 1<<30)
	if err != nil {
		return err
	}
	var last p.FeedNumber
	for _, row := range rows {
		if row.Number < last || uint64(row.Number) > end {
			c.wrong("%s: feed number %d stands after %d of %d", r.Name, row.Number, last, end)
		}
		last = row.Number
	}
	return nil
}

// routes checks that no child's record is at a station that never had to do with the child.
func (c *checker) routes(r *replica) {
	own := c.area.find(r.Place)
	if r.Place.IsZero() {
		return
	}
	wrote := map[p.EntityID]bool{}
	for d, ch := range r.held {
		if row := r.logs[d.Log]; row.Own {
			wrote[ch.Entity] = true
		}
	}
	for id, s := range r.states {
		if s.Kind.Audience() != p.AudienceCase || wrote[id] {
			continue
		}
		if k := c.kases.find(id); !c.at[k][own] {
			c.wrong("%s has %s, kind %d, of a case that never was there", r.Name, id, s.Kind)
		}
	}
}

// ticks checks that what a node says about its own logs was signed, and is true (I6).
func (c *checker) ticks(tx store.Tx, r, up *replica) error {
	for id, row := range r.logs {
		if !row.Own {
			continue
		}
		if row.UpHere < row.Sealed && row.UpReason == p.HoldNone && up.logs[id] != nil && up.logs[id].Head == row.Sealed {
			c.wrong("%s was never told that %s has all of log %s: it shows %d of %d changes", r.Name, up.Name, id, row.UpHere, row.Sealed)
		}
		if row.UpHere > 0 {
			if err := c.provedUp(tx, r.Node, row); err != nil {
				return err
			}
			if at := up.logs[id]; at == nil || at.Head < row.UpHere {
				c.wrong("%s shows %d changes of log %s at %s, which has fewer", r.Name, row.UpHere, id, up.Name)
			}
		}
		if row.Root > 0 {
			if err := c.provedTop(tx, r.Node, row); err != nil {
				return err
			}
			if at := c.root.logs[id]; at == nil || at.Head < row.Root {
				c.wrong("%s shows %d changes of log %s at the centre, which has fewer", r.Name, row.Root, id)
			}
		}
	}
	return nil
}

// provedUp checks that a hub signed what a node shows of one of its logs at that hub.
func (c *checker) provedUp(tx store.Tx, n *Node, row *store.LogRow) error {
	return c.proved(tx, n, row.ProofUp, row.ID, "at the hub", row.UpHere, func(h *p.LogHead) p.Seq { return h.Here })
}

// provedTop is provedUp for the centre.
func (c *checker) provedTop(tx store.Tx, n *Node, row *store.LogRow) error {
	return c.proved(tx, n, row.ProofTop, row.ID, "at the centre", row.Root, func(h *p.LogHead) p.Seq { return h.Root })
}

func (c *checker) proved(tx store.Tx, n *Node, proof uint64, log p.LogID, what string, least p.Seq, of func(*p.LogHead) p.Seq) error {
	heads, err := c.proofOf(tx, n, proof)
	if err != nil {
		return err
	}
	if heads == nil {
		c.wrong("%s shows a tick (%s) of log %s that no hub signed", n.Name, what, log)
		return nil
	}
	for i := range heads.Logs {
		if h := &heads.Logs[i]; h.Log == log && of(h) >= least {
			return nil
		}
	}
	c.wrong("%s shows a tick (%s) of log %s that its proof does not name", n.Name, what, log)
	return nil
}

// proofOf returns what a hub signed, nil if there is nothing or nobody signed it. One proof stands behind many ticks.
func (c *checker) proofOf(tx store.Tx, n *Node, proof uint64) (*p.Heads, error) {
	key := proofKey{n.Name, proof}
	if heads, ok := c.proofs[key]; ok {
		return heads, nil
	}
	row, err := tx.Proof(proof)
	if err != nil || row == nil {
		return nil, err
	}
	f, err := p.DecodeFrame(row.Heads)
	if err != nil {
		return nil, err
	}
	heads, ok := f.(*p.Heads)
	if !ok || !slices.ContainsFunc(c.Keys, func(key ed25519.PublicKey) bool { return heads.Verify(key, n.Device, row.Nonce) == nil }) {
		heads = nil
	}
	if c.proofs == nil {
		c.proofs = map[proofKey]*p.Heads{}
	}
	c.proofs[key] = heads
	return heads, nil
}

// proofKey names what a hub signed, as a node keeps it.
type proofKey struct {
	node string
	id   uint64
}
