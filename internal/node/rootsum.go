package node

import (
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// rootSumMS is how often, at most, the root's sums go down: milliseconds.
const rootSumMS = 3600 * 1000

// rootSums passes the root's signed sums of the child's scopes on, so that the child can tell that it holds
// what the root holds and not only what this hub does. The root signs its own.
func (s *serving) rootSums(fw *p.FrameWriter, st *standing) error {
	n := s.n
	now := n.cfg.Now().UnixMilli()
	var frames []*p.RootSum
	err := n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		row, err := tx.Child(s.child)
		if err != nil || row == nil {
			return err
		}
		if n.id.IsRoot() {
			if now-row.RootSumMS < rootSumMS && now >= row.RootSumMS {
				return nil
			}
			for _, sum := range st.sums {
				f := &p.RootSum{Scope: sum.Scope, At: p.Cursor{Incarnation: n.incarnation, Number: st.end}, WallMS: now, Sum: sum.Sum}
				p.SignRootSum(f, n.id.Key)
				frames = append(frames, f)
			}
			return nil
		}
		rows, err := tx.RootSums()
		if err != nil {
			return err
		}
		for i := range rows {
			if _, ok := slices.BinarySearchFunc(s.scopes, rows[i].Scope, p.EntityID.Compare); !ok || rows[i].WallMS <= row.RootSumMS {
				continue
			}
			f, err := p.DecodeFrame(rows[i].Frame)
			if err != nil {
				return err
			}
			frames = append(frames, f.(*p.RootSum))
		}
		return nil
	})
	if err != nil || len(frames) == 0 {
		return err
	}
	newest := int64(0)
	for _, f := range frames {
		if err := fw.Write(f); err != nil {
			return err
		}
		newest = max(newest, f.WallMS)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(s.ctx, func(tx store.Tx) error {
		row, err := tx.Child(s.child)
		if err != nil || row == nil {
			return err
		}
		row.RootSumMS = newest // if the answer is cut the child waits for the next hour's
		return tx.PutChild(row)
	})
}

// RootSum implements syncproto.ResponseHandler: keeps the root's word for those below, and notes whether
// this node holds the same.
func (c *Call) RootSum(f *p.RootSum) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if f.Verify(n.id.Root) != nil || !slices.ContainsFunc(c.scopes, func(r store.CursorRow) bool { return r.Scope == f.Scope }) {
		return nil // of another root, or of nothing here: it proves nothing
	}
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		rows, err := tx.RootSums()
		if err != nil {
			return err
		}
		row := store.RootSumRow{Scope: f.Scope}
		if i := slices.IndexFunc(rows, func(r store.RootSumRow) bool { return r.Scope == f.Scope }); i >= 0 {
			row = rows[i]
		}
		if f.WallMS <= row.WallMS {
			return nil
		}
		own, err := tx.Sum(f.Scope)
		if err != nil {
			return err
		}
		row.WallMS, row.Frame = f.WallMS, p.EncodeFrame(f)
		if own.Sum == f.Sum {
			row.EqualMS = f.WallMS
		}
		return tx.PutRootSum(&row)
	})
}

// equalRootMS is the root's time up to which every scope of this node was equal to the root's, 0 if one
// never was.
func equalRootMS(tx store.Tx, cursors []store.CursorRow) (int64, error) {
	rows, err := tx.RootSums()
	if err != nil || len(cursors) == 0 {
		return 0, err
	}
	oldest := int64(0)
	for i, c := range cursors {
		k := slices.IndexFunc(rows, func(r store.RootSumRow) bool { return r.Scope == c.Scope })
		if k < 0 || rows[k].EqualMS == 0 {
			return 0, nil
		}
		if i == 0 || rows[k].EqualMS < oldest {
			oldest = rows[k].EqualMS
		}
	}
	return oldest, nil
}
