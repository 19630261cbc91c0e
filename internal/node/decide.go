package node

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// let notes how far a log was let in below. The greater number wins; changes that are let in now are
// applied in order. It may come before the segments it is about: In then lies beyond Head.
func (n *Node) let(b *batch, l *p.Let) error {
	row, err := b.tx.Log(l.Log)
	if err != nil {
		return err
	}
	if row == nil {
		row = &store.LogRow{ID: l.Log, Hash: p.ChainStart(l.Log)}
	}
	if heeded, err := n.heeds(b, row); err != nil || !heeded {
		return err
	}
	if l.Reason == p.HoldForked {
		return n.parts(b.tx, row, l.In)
	}
	// What an officer rejected stays out, also where a hub says that it let it in: it has not heard of the rejection yet.
	if from, err := b.tx.Rejected(l.Log); err != nil {
		return err
	} else if from > 0 {
		return n.admit(b, row, min(max(l.In, row.In), from-1), p.HoldRejected)
	}
	if l.Reason == p.HoldNone || row.Reason != p.HoldNone || l.In >= row.Head {
		return n.admit(b, row, max(l.In, row.In), l.Reason)
	}
	return nil // applied here before the word came: what was let in stays in
}

// heeds reports whether a child's word about a log counts: only a hub judges, only what comes through it,
// and never what this node judges itself. A station cannot let its own held log in.
func (n *Node) heeds(b *batch, row *store.LogRow) (bool, error) {
	child, err := b.tx.Device(b.from.device)
	if err != nil || child == nil || child.Role != registry.NodeHub {
		return false, err
	}
	author, err := b.tx.Device(row.Device)
	if err != nil {
		return false, err
	}
	through, dev := row.Via.IsZero() || row.Via == child.ID, author
	// A hub that belongs here since another was lost says it before it sends anything of the log.
	for range p.PathMax {
		if through || dev == nil || dev.Up == n.id.Device {
			break
		}
		if through = dev.Up == child.ID; through {
			break
		}
		if dev, err = b.tx.Device(dev.Up); err != nil {
			return false, err
		}
	}
	return through && (author == nil || author.Up != n.id.Device), nil
}

// admit lets a log in up to in, with the reason why not further.
func (n *Node) admit(b *batch, row *store.LogRow, in p.Seq, reason p.HoldReason) error {
	var last p.At
	err := n.eachChange(b.tx, row, row.In+1, min(in, row.Head), func(c *p.Change) error {
		if c.At != last {
			b.endAct()
		}
		last = c.At
		return b.change(c)
	})
	if err != nil {
		return err
	}
	b.endAct()
	row.In, row.Reason = max(in, row.In), reason
	if reason == p.HoldNone {
		row.In = row.Head
	}
	if err := n.putLet(b.tx, row); err != nil {
		return err
	}
	return n.news(b.tx, row)
}

// putLet passes this node's word about a log on to its upstream, which heeds hubs alone.
func (n *Node) putLet(tx store.Tx, row *store.LogRow) error {
	if n.id.IsRoot() || n.id.Role == registry.NodeStation {
		return nil
	}
	in := row.In
	if row.Reason == p.HoldForked {
		in = row.Fork
	}
	return n.putOutbox(tx, &store.OutboxRow{Log: row.ID, In: in, Reason: row.Reason})
}

// reject takes note that a log stays out from a change on. What this node had let in of it (it is the
// author, or let it in before it heard why not to, or joined it) is to be replaced by the upstream's state; at the root it
// is made anew.
func (b *batch) reject(r *project.RejectionRow) error {
	known, err := b.tx.Rejected(r.Log)
	if err != nil {
		return err
	}
	if err := b.tx.PutRejectionRow(r); err != nil {
		return err
	}
	row, err := b.tx.Log(r.Log)
	if err != nil {
		return err
	}
	var rest []p.EntityID
	if known == 0 || known > r.From { // else whatever came since was held against it
		if rest, err = b.seenBeyond(r, row); err != nil {
			return err
		}
	}
	if row != nil && row.Head >= r.From {
		let, err := b.keepOut(r, row)
		if err != nil {
			return err
		}
		rest = append(rest, let...)
	}
	if b.n.id.IsRoot() {
		return b.refold(rest)
	}
	for _, id := range rest {
		if err := b.tx.PutRefresh(id); err != nil {
			return err
		}
	}
	return nil
}

// keepOut notes that a log is kept out from where it is rejected, and returns the entities that its changes here were let
// into.
func (b *batch) keepOut(r *project.RejectionRow, row *store.LogRow) ([]p.EntityID, error) {
	var let []p.EntityID
	err := b.n.eachChange(b.tx, row, r.From, row.Head, func(c *p.Change) error {
		if c.Dot.Seq <= row.In && b.n.id.IsRoot() {
			let = append(let, c.Entity)
			return nil
		}
		e, err := b.load(c.Entity)
		switch {
		case err != nil || e.state == nil:
			return err
		case e.state.SeenSeq(r.Log) >= c.Dot.Seq: // let in here, joined from an upstream that let it in, or out of a damaged database
			let = append(let, c.Entity)
		case c.Creates():
			// Others may have written into what will now never have been created: its rows are made anew.
			b.touch(e, e.state, true)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	row.In = min(row.In, r.From-1)
	row.Reason = p.HoldRejected
	if !row.Own {
		if err := b.n.putLet(b.tx, row); err != nil {
			return nil, err
		}
	}
	return let, b.n.news(b.tx, row)
}

// seenBeyond returns the entities whose states have seen what is rejected of a log, whether or not its changes are here: they
// were joined. The root joins nothing but what was left of a database, and does not look as long as it never did.
func (b *batch) seenBeyond(r *project.RejectionRow, row *store.LogRow) ([]p.EntityID, error) {
	if b.n.id.IsRoot() && row != nil && row.Head >= r.From {
		if salvaged, err := b.tx.Meta(metaSalvaged); err != nil || salvaged == nil {
			return nil, err
		}
	}
	var ids []p.EntityID
	note := func(s *p.State) error {
		if s.SeenSeq(r.Log) >= r.From {
			ids = append(ids, s.ID)
		}
		return nil
	}
	for _, e := range b.touched { // not stored yet
		if e.state != nil {
			_ = note(e.state)
		}
	}
	return ids, b.tx.EachState(note)
}

// restsOnRejected reports whether a state says that it contains changes which were rejected. Its sender does not know yet.
func restsOnRejected(tx store.Tx, s *p.State) (bool, error) {
	if s == nil {
		return false, nil
	}
	for _, seen := range s.Seen {
		from, err := tx.Rejected(seen.Log)
		if err != nil || from > 0 && seen.Seq >= from {
			return err == nil, err
		}
	}
	return false, nil
}

// Reject decides that a held log stays out from where it is held on, for good. Every node hears of it; the
// machines that wrote or believed it take it back.
func (n *Node) Reject(ctx context.Context, actor p.EntityID, log p.LogID, reason string) error {
	_, err := n.Append(ctx, actor, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		row, err := tx.Log(log)
		if err != nil {
			return nil, err
		}
		if row == nil || letIn(row) || row.Reason == p.HoldRejected {
			return nil, ErrNothing
		}
		return []registry.Draft{registry.NewRejection(log, row.In+1, reason)}, nil
	})
	return err
}

// Admit lets a held log in, whole; an officer decided so. One that was rejected stays out.
func (n *Node) Admit(ctx context.Context, log p.LogID) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.Log(log)
		if err != nil {
			return err
		}
		if row == nil || letIn(row) || row.Reason == p.HoldRejected {
			return ErrNothing
		}
		b = n.newBatch(tx)
		if err := n.admit(b, row, row.Head, p.HoldNone); err != nil {
			return err
		}
		return b.finish()
	})
	if err == nil {
		b.committed()
	}
	return err
}
