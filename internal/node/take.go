package node

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// ReadResponse takes the answer in, frame by frame: each page is committed as it comes, so that a cut
// answer keeps what arrived whole. The result is valid for what was heard, also beside an error.
func (c *Call) ReadResponse(r io.Reader) (Result, error) {
	err := p.ReadResponse(r, c)
	c.mu.Lock()
	c.res.Sent = c.sent
	c.mu.Unlock()
	if errors.Is(err, errSetBack) {
		c.res.More = true
		return c.res, c.settle()
	}
	if err == nil && !c.heard && c.res.Refusal == nil {
		err = fmt.Errorf("no signed word of the hub in the answer: %w", p.ErrSignature)
	}
	return c.res, err
}

// Scopes implements syncproto.ResponseHandler: what this node is served from now on.
func (c *Call) Scopes(s *p.Scopes) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	c.rescoped = true
	if c.bundle != nil && c.bundle.late {
		return nil // a later answer knows better
	}
	clear(n.comparing)
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		var next []store.CursorRow
		for _, place := range s.Places {
			i := slices.IndexFunc(c.scopes, func(r store.CursorRow) bool { return r.Scope == place })
			row := store.CursorRow{Upstream: c.up.Device, Scope: place}
			if i >= 0 {
				row = c.scopes[i]
			} else if err := tx.PutCursor(&row); err != nil {
				return err
			}
			next = append(next, row)
		}
		for _, row := range c.scopes {
			if !slices.Contains(s.Places, row.Scope) {
				if err := tx.DeleteCursor(c.up.Device, row.Scope); err != nil {
					return err
				}
			}
		}
		c.scopes = next
		return nil
	})
}

// Page implements syncproto.ResponseHandler: states from above are joined. A page is taken in over several
// short transactions, so that nobody at this machine waits; the cursor moves with the last. A crash before
// it fetches the page again, and joining it twice changes nothing.
func (c *Call) Page(page *p.Page) error {
	rows, err := page.Rows()
	if err != nil {
		return err
	}
	outside := page.After == p.Cursor{}
	if outside {
		rows = c.wantedRows(page.Scope, rows)
	}
	for {
		k := min(len(rows), statesPerTx)
		if err := c.absorb(page, rows[:k], k == len(rows) && !outside); err != nil {
			return err
		}
		c.res.Received += k
		if rows = rows[k:]; len(rows) == 0 {
			return nil
		}
	}
}

func (c *Call) absorb(page *p.Page, rows []p.Row, last bool) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err := n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		b = n.newBatch(tx)
		for i := range rows {
			if err := b.join(rows[i].State); err != nil {
				return err
			}
		}
		b.endAct()
		if err := b.finish(); err != nil {
			return err
		}
		if !last {
			return nil
		}
		if c.bundle != nil {
			return c.bundle.move(tx, c.up.Device, page)
		}
		for i := range c.scopes {
			if c.scopes[i].Scope == page.Scope {
				c.scopes[i].Cursor = page.After
				return tx.PutCursor(&c.scopes[i])
			}
		}
		return nil
	})
	if err == nil {
		b.committed()
	}
	return err
}

// Fingerprint implements syncproto.ResponseHandler.
func (c *Call) Fingerprint(f *p.Fingerprint) error {
	if c.bundle != nil {
		return nil // both sides have gone on since
	}
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		sum, err := tx.Sum(f.Scope)
		if err != nil {
			return err
		}
		if sum.Sum != f.Sum {
			c.res.Unequal = append(c.res.Unequal, f.Scope)
			c.theirs[f.Scope] = f.Sum
		}
		return nil
	})
}

// Notice implements syncproto.ResponseHandler. The hub's time corrects what people are shown, nothing
// else (I3).
func (c *Call) Notice(m *p.Notice) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if slices.Contains(m.Above, n.id.Device) {
		return ErrLoop
	}
	if len(m.Above) > 0 {
		n.above = m.Above
	}
	if c.bundle != nil { // its clock says when it wrote, not what time it is
		c.bundle.wallMS = m.WallMS
		return nil
	}
	c.res.ComeBack = m.ComeBack
	off := m.WallMS - n.cfg.Now().UnixMilli()
	if off != int64(int32(off)) {
		off = 0 // weeks off: the station page says so; times are shown as read
	}
	n.facts.Lock()
	n.offsetMS = int32(off)
	n.facts.Unlock()
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if err := tx.SetMeta(metaOffset, binary.BigEndian.AppendUint32(nil, uint32(n.offsetMS))); err != nil {
			return err
		}
		return tx.SetMeta(metaNotice, []byte(m.Message))
	})
}

// ResponseEnd implements syncproto.ResponseHandler.
func (c *Call) ResponseEnd(e *p.ResponseEnd) error {
	wanted, err := c.end(e)
	if err != nil {
		return err
	}
	if err := c.mend(wanted); err != nil {
		return err
	}
	if err := c.takeReturned(); err != nil {
		return err
	}
	if err := c.rescue(wanted); err != nil || !c.heardAll {
		return err
	}
	again, err := c.n.issueStranded(c.ctx)
	c.res.More = c.res.More || again
	return err
}

// end takes in how the answer closes, and returns the entities of which the upstream said what it holds.
func (c *Call) end(e *p.ResponseEnd) ([]p.Mark, error) {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.bundle != nil {
		return nil, c.endBundle(e)
	}
	c.res.More = c.res.More || e.More
	c.res.Level = e.Level.Number > 0 || c.digest && !c.res.More && len(c.res.Unequal) == 0 && len(c.scopes) > 0 && !e.WantSums
	n.wantSums = e.WantSums
	if e.WantSums {
		c.res.More = true
	}
	var wanted []p.Mark
	if c.digest && !c.rescoped { // else the upstream did not compare
		wanted = c.answered()
		if err := c.takeBack(); err != nil {
			return nil, err
		}
	}
	if c.res.More || !c.digest {
		return wanted, nil
	}
	first := !n.caughtUp
	n.caughtUp = true
	c.heardAll = c.res.Receipts < headsPerAnswer
	if c.res.Level {
		if err := n.tellMended(c.ctx, n.id.Device); err != nil {
			return nil, err
		}
	}
	return wanted, n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if first {
			if err := n.sayAnew(tx); err != nil {
				return err
			}
		}
		feed, err := tx.Counter(counterFeed)
		if err != nil {
			return err
		}
		for i := range c.scopes {
			row := c.scopes[i]
			row.Complete = true
			if e.Level.Number > 0 {
				row.Cursor = e.Level
			}
			// Sums that differ although neither side had anything to tell, nor was anything written since Hello.
			if theirs, ok := c.theirs[row.Scope]; ok && feed == c.dirty && c.res.Received == 0 && c.sent == 0 {
				if err := c.begin(tx, row.Scope, theirs); err != nil {
					return err
				}
			}
			if row == c.scopes[i] {
				continue
			}
			if err := tx.PutCursor(&row); err != nil {
				return err
			}
		}
		return nil
	})
}

// Refusal implements syncproto.ResponseHandler.
func (c *Call) Refusal(r *p.Refusal) error {
	c.res.Refusal = r
	if r.Code != p.RefusedRevoked {
		return nil
	}
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	return c.n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if late, err := c.overtaken(tx); err != nil || late {
			return err
		}
		return tx.SetMeta(metaRevoked, []byte{1})
	})
}
