package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// A call whose request and answer travel as files: hours or weeks lie between, the machine is started anew,
// work and exchanges over a line go on, files are lost, doubled, or come in another order. So what a call must
// know is kept in the store before its request is written, and its answer is taken in as what was true when the
// hub wrote it:
//
//   - states are joined, which is harmless at any age; a cursor moves only where nothing would be passed over;
//   - what the hub said of positions and logs counts unless a later answer was heard;
//   - ranges are not compared: both sides would have to stand still until the last file is there.

// BundleCallsMax is how many calls by file are remembered; the oldest are forgotten, and their answers refused.
const BundleCallsMax = 16

const (
	bundlePageBytes = 1 << 20 // a stick is faster than any line
	metaHeard       = "up.heard"
	metaBundles     = "up.bundles"
	metaBundle      = "up.bundle:" // + number of the request
)

// Errors of an answer that came as a file.
var (
	// ErrBundleUnknown says that this machine has no such call: it was set back since, or too many were made since.
	ErrBundleUnknown = errors.New("this answers a request that this machine does not know: write a new one")
	// ErrBundleRead says that the answer was taken in before.
	ErrBundleRead = errors.New("this answer was taken in already")
	// ErrBundleMoved says that the machine has another hub since.
	ErrBundleMoved = errors.New("this machine belongs to another hub since that request was written: write a new one")
)

// BundleCall is a call by file, as people see it.
type BundleCall struct {
	Request  uint64     `json:"request"`
	Nonce    []byte     `json:"nonce"`
	Upstream p.EntityID `json:"upstream"`
	WallMS   int64      `json:"wall_ms"` // when it was begun, by this machine's clock
	Changes  uint32     `json:"changes"` // what it takes along: all that the upstream has not signed for
	// AnsweredMS is when the upstream wrote the answer that was taken in, by its clock; 0 while there is none.
	AnsweredMS int64 `json:"answered_ms,omitempty"`
}

// keptCall is what else a call must know to take its answer in.
type keptCall struct {
	Hello   []byte       `json:"hello"` // an encoded frame
	Scopes  []p.EntityID `json:"scopes"`
	Dirty   uint64       `json:"dirty"`
	List    bool         `json:"list,omitempty"`
	Refresh []p.EntityID `json:"refresh,omitempty"`
}

// bundleCall is what a call by file knows beyond another.
type bundleCall struct {
	begun  map[p.EntityID]p.Cursor // as the request stated them
	late   bool                    // a later answer was heard before this one
	digest [16]byte                // the upstream's
	wallMS int64                   // the upstream's clock when it answered
}

// BeginBundle is Begin for a request that travels as a file. The call is remembered before this returns, so that
// the answer can be taken in after any restart; Forget it if the file could not be written.
func (n *Node) BeginBundle(ctx context.Context, software string, backup *p.Backup) (*Call, error) {
	return n.Begin(ctx, Options{PageBytes: bundlePageBytes, Fresh: true, Software: software, Backup: backup, bundle: &bundleCall{}})
}

// Bundle says what the request takes along and by what its answer is known.
func (c *Call) Bundle() BundleCall {
	return BundleCall{
		Request: c.hello.Request, Nonce: c.hello.Nonce[:], Upstream: c.up.Device, WallMS: c.hello.WallMS, Changes: c.hello.Pending,
	}
}

// More reports whether the outbox holds more than one request takes: another one is wanted when this one was answered.
func (c *Call) More() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.res.More
}

// keep remembers the call; a crash behind it leaves a call whose request nobody gets.
func (c *Call) keep(tx store.Tx) error {
	all, err := readBundles(tx)
	if err != nil {
		return err
	}
	all = append(all, c.Bundle())
	for len(all) > BundleCallsMax {
		if err := tx.SetMeta(bundleKey(all[0].Request), nil); err != nil {
			return err
		}
		all = all[1:]
	}
	kept := keptCall{Hello: p.EncodeFrame(&c.hello), Dirty: c.dirty, List: c.list, Refresh: c.refresh}
	for i := range c.scopes {
		kept.Scopes = append(kept.Scopes, c.scopes[i].Scope)
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if err := tx.SetMeta(bundleKey(c.hello.Request), b); err != nil {
		return err
	}
	return writeBundles(tx, all)
}

// Forget drops the call: its request was not written.
func (c *Call) Forget(ctx context.Context) error {
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	return c.n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		all, err := readBundles(tx)
		if err != nil {
			return err
		}
		if err := tx.SetMeta(bundleKey(c.hello.Request), nil); err != nil {
			return err
		}
		return writeBundles(tx, slices.DeleteFunc(all, func(b BundleCall) bool { return b.Request == c.hello.Request }))
	})
}

func bundleKey(request uint64) string { return fmt.Sprint(metaBundle, request) }

func readBundles(tx store.Tx) ([]BundleCall, error) {
	var all []BundleCall
	b, err := tx.Meta(metaBundles)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("calls by file: %w", err)
	}
	return all, nil
}

func writeBundles(tx store.Tx, all []BundleCall) error {
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return tx.SetMeta(metaBundles, b)
}

// Bundles returns the calls by file that are remembered, oldest first.
func (n *Node) Bundles(ctx context.Context) ([]BundleCall, error) {
	var all []BundleCall
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		var err error
		all, err = readBundles(tx)
		return err
	})
	return all, err
}

// ResumeBundle returns the call that an answer belongs to: ErrBundleUnknown, ErrBundleRead or ErrBundleMoved if
// there is nothing to take in. An answer that was cut off while it was read is taken in again from its beginning.
func (n *Node) ResumeBundle(ctx context.Context, request uint64, nonce [16]byte) (*Call, error) {
	// What is held against the answer is what could have been sent.
	if err := n.Seal(ctx); err != nil {
		return nil, fmt.Errorf("sealing what was written: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	c := newCall(ctx, n)
	c.bundle = &bundleCall{begun: map[p.EntityID]p.Cursor{}}
	c.asked = map[p.EntityID]*comparison{}
	return c, n.cfg.Store.View(ctx, func(tx store.Tx) error {
		all, err := readBundles(tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(b BundleCall) bool { return b.Request == request && [16]byte(b.Nonce) == nonce })
		switch {
		case i < 0:
			return ErrBundleUnknown
		case all[i].AnsweredMS != 0:
			return ErrBundleRead
		case all[i].Upstream != c.up.Device:
			return ErrBundleMoved
		}
		b, err := tx.Meta(bundleKey(request))
		if err != nil {
			return err
		}
		var kept keptCall
		if err := json.Unmarshal(b, &kept); err != nil {
			return fmt.Errorf("call %d: %w", request, err)
		}
		f, err := p.DecodeFrame(kept.Hello)
		if err != nil {
			return fmt.Errorf("call %d: %w", request, err)
		}
		hello, ok := f.(*p.Hello)
		if !ok {
			return fmt.Errorf("call %d: %w", request, p.ErrOrder)
		}
		c.hello, c.dirty, c.list, c.refresh = *hello, kept.Dirty, kept.List, kept.Refresh
		for _, scope := range kept.Scopes {
			c.bundle.begun[scope] = hello.Cursor
		}
		for _, behind := range hello.Behind {
			c.bundle.begun[behind.Scope] = behind.Cursor
		}
		c.scopes, err = tx.Cursors(c.up.Device)
		return err
	})
}

// overtaken reports whether a later answer was heard before this one, and notes that this one was heard.
func (c *Call) overtaken(tx store.Tx) (bool, error) {
	heard, err := readUint(tx, metaHeard)
	if err != nil {
		return false, err
	}
	if c.bundle != nil && heard > c.hello.Request {
		c.bundle.late = true
		return true, nil
	}
	return false, writeUint(tx, metaHeard, c.hello.Request)
}

// covers reports whether a cursor may go to after: all up to after was heard. It stands where the request said, or an
// exchange since has moved it along the same numbers.
func (b *bundleCall) covers(scope p.EntityID, now, after p.Cursor) bool {
	begun := b.begun[scope]
	return now == begun || now.Incarnation == after.Incarnation && begun.Number <= now.Number && now.Number <= after.Number
}

// move moves the cursor of a page's scope, if that leaves nothing out.
func (b *bundleCall) move(tx store.Tx, upstream p.EntityID, page *p.Page) error {
	rows, err := tx.Cursors(upstream)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		if row.Scope == page.Scope && b.covers(row.Scope, row.Cursor, page.After) {
			row.Cursor = page.After
			return tx.PutCursor(row)
		}
	}
	return nil
}

// endBundle takes in how an answer by file closes. The caller holds mu.
func (c *Call) endBundle(e *p.ResponseEnd) error {
	n, b := c.n, c.bundle
	c.res.More = c.res.More || e.More
	if !b.late {
		n.wantSums = e.WantSums
	}
	if c.digest && !c.rescoped {
		if err := c.takeBackUntouched(); err != nil {
			return err
		}
	}
	whole := c.digest && !e.More
	first := false
	if whole && !b.late && c.hello.Incarnation == n.incarnation {
		first = !n.caughtUp
		n.caughtUp = true
		c.heardAll = c.res.Receipts < headsPerAnswer
	}
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if first {
			if err := n.sayAnew(tx); err != nil {
				return err
			}
		}
		if whole && !(c.rescoped && b.late) {
			if err := c.closeScopes(tx, e.Level); err != nil {
				return err
			}
		}
		return c.settled(tx)
	})
}

// settle notes that nothing more is to be read of an answer by file.
func (c *Call) settle() error {
	if c.bundle == nil {
		return nil
	}
	c.n.mu.Lock()
	defer c.n.mu.Unlock()
	return c.n.cfg.Store.Update(c.ctx, c.settled)
}

func (c *Call) settled(tx store.Tx) error {
	all, err := readBundles(tx)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Request == c.hello.Request {
			all[i].AnsweredMS = max(c.bundle.wallMS, 1)
		}
	}
	if err := tx.SetMeta(bundleKey(c.hello.Request), nil); err != nil {
		return err
	}
	return writeBundles(tx, all)
}

// closeScopes notes which scopes were read to their end, and whether both sides held the same.
func (c *Call) closeScopes(tx store.Tx, level p.Cursor) error {
	rows, err := tx.Cursors(c.up.Device)
	if err != nil {
		return err
	}
	var sums []p.ScopeSum
	for i := range rows {
		row := &rows[i]
		sum, err := tx.Sum(row.Scope)
		if err != nil {
			return err
		}
		sums = append(sums, p.ScopeSum{Scope: row.Scope, Sum: sum.Sum})
		begun, stated := c.bundle.begun[row.Scope]
		if !stated && !c.rescoped || row.Cursor.Number < begun.Number {
			continue // served since, or sent again: another answer closes it
		}
		next := *row
		next.Complete = true
		if level.Number > 0 && c.bundle.covers(row.Scope, row.Cursor, level) {
			next.Cursor = level
		}
		if next == *row {
			continue
		}
		if err := tx.PutCursor(&next); err != nil {
			return err
		}
	}
	c.res.Level = !c.bundle.late && p.Digest(sums) == c.bundle.digest
	return nil
}

// takeBackUntouched is takeBack for states that nothing has changed since the request: of the others the upstream's
// state may be older than what is here.
func (c *Call) takeBackUntouched() error {
	err := c.n.cfg.Store.View(c.ctx, func(tx store.Tx) error {
		asked := c.refresh
		c.refresh = nil
		still, err := tx.Refreshes(wantedPerCall)
		if err != nil {
			return err
		}
		for _, id := range asked {
			routes, err := tx.Routes(id)
			if err != nil {
				return err
			}
			moved := slices.ContainsFunc(routes, func(r store.RouteRow) bool { return uint64(r.Number) > c.dirty })
			if slices.Contains(still, id) && len(routes) > 0 && !moved {
				c.refresh = append(c.refresh, id)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	more := c.res.More
	err = c.takeBack()
	c.res.More = more // sums are not compared by file
	return err
}

// AnsweredMS is when the upstream wrote the answer that was read, by its clock.
func (c *Call) AnsweredMS() int64 { return c.bundle.wallMS }
