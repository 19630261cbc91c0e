package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ownLog is the log this run of the node writes to.
type ownLog struct {
	id      p.LogID
	day     registry.Day
	opening *p.Opening // until its first act is durable
}

// Act builds the drafts of one press of save. It runs inside the write transaction, so what it reads is
// what its writes replace. id(i) is the id that draft i gets if it creates an entity.
type Act func(tx store.Tx, id func(i int) p.EntityID) ([]registry.Draft, error)

// ErrNothing is returned by an Act that finds nothing to write; Append passes it on.
var ErrNothing = errors.New("nothing to save")

// ErrActTooLarge says that one press of save would write more changes than an act may have.
var ErrActTooLarge = fmt.Errorf("an act has at most %d changes", p.ActChangesMax)

// Append records one act by actor: its changes, their states and rows, in one transaction. When it returns
// nil the act is durable in journal and store. It returns the dots of its changes, in the drafts' order.
func (n *Node) Append(ctx context.Context, actor p.EntityID, act Act) ([]p.Dot, error) {
	return n.append(ctx, actor, &n.own, false, act)
}

// AppendAccess records who looked at what, in the log of access records, which is sent last.
func (n *Node) AppendAccess(ctx context.Context, actor p.EntityID, act Act) error {
	_, err := n.append(ctx, actor, &n.ownAccess, true, act)
	return err
}

// append is Append into the log that slot holds, or the one it then opens there.
func (n *Node) append(ctx context.Context, actor p.EntityID, slot **ownLog, access bool, act Act) ([]p.Dot, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var (
		dots      []p.Dot
		log       *ownLog
		b         *batch
		journaled bool
		device    = n.id.Device
	)
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		// A revoked device records nothing more and, because each look is recorded, shows nothing more.
		revoked, err := tx.Meta(metaRevoked)
		if err != nil {
			return err
		}
		if len(revoked) > 0 {
			return ErrRevoked
		}
		var row *store.LogRow
		if log, row, err = n.openLog(tx, *slot, access); err != nil {
			return err
		}
		base := row.Head
		drafts, err := act(tx, func(i int) p.EntityID { return p.Dot{Log: log.id, Seq: base + 1 + p.Seq(i)}.Entity() })
		if err != nil {
			return err
		}
		if len(drafts) == 0 {
			return ErrNothing
		}
		if len(drafts) > p.ActChangesMax {
			return ErrActTooLarge
		}
		rec := &Record{Access: access, Opening: log.opening}
		b = n.newBatch(tx)
		at := n.at()
		for i, d := range drafts {
			c := p.Change{
				Dot: p.Dot{Log: log.id, Seq: base + 1 + p.Seq(i)}, At: at, Actor: actor,
				Kind: d.Kind, Entity: d.Entity, Writes: d.Writes,
			}
			if c.Entity.IsZero() {
				c.Entity = c.Dot.Entity()
			}
			if device.IsZero() {
				// A root that is being founded: the first thing it writes is itself.
				device = c.Entity
				rec.Opening.Device = device
				row.Device = device
			}
			// What no segment could carry must not become durable: it could never be sent.
			if err := c.Check(); err != nil {
				return fmt.Errorf("draft %d: %w", i, err)
			}
			rec.Changes = append(rec.Changes, c)
			dots = append(dots, c.Dot)
		}
		if log.opening != nil {
			if err := putOpening(tx, log.id, log.opening); err != nil {
				return err
			}
		}
		for i := range rec.Changes {
			if err := b.ownChange(row, &rec.Changes[i]); err != nil {
				return err
			}
		}
		if err := tx.PutLog(row); err != nil {
			return err
		}
		b.endAct()
		if err := b.finish(); err != nil {
			return err
		}
		// The journal comes last before the commit. A crash here leaves the act in the journal only: replay
		// brings it back, although nobody was told that it was saved. That is the safe side.
		if n.cfg.Journal != nil {
			journaled = true
			if err := n.cfg.Journal.Append(rec); err != nil {
				return fmt.Errorf("writing the journal: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		if journaled {
			*slot = nil // its dots may be on disk: they are never used again
		}
		return nil, err
	}
	log.opening = nil
	*slot = log
	n.facts.Lock()
	n.id.Device = device
	n.facts.Unlock()
	b.committed()
	if !access {
		n.saved()
	}
	return dots, nil
}

// openLog returns the log to write to and its row: the current one, or a new one at the first act of this
// run or day.
func (n *Node) openLog(tx store.Tx, cur *ownLog, access bool) (*ownLog, *store.LogRow, error) {
	today := n.today()
	if cur != nil && cur.day == today {
		row, err := tx.Log(cur.id)
		if err != nil {
			return nil, nil, err
		}
		// A log that an upstream holds takes nothing more: later work would be held with it.
		if row != nil && row.UpReason == p.HoldNone && row.Reason == p.HoldNone {
			return cur, row, nil
		}
	}
	o := &p.Opening{Device: n.id.Device}
	if _, err := io.ReadFull(n.cfg.Rand, o.Random[:]); err != nil {
		return nil, nil, fmt.Errorf("drawing a log id: %w", err)
	}
	if cur != nil {
		row, err := tx.Log(cur.id)
		if err != nil {
			return nil, nil, err
		}
		if row != nil {
			o.Follows, o.FollowsHash = row.ID, row.Hash.Short()
		}
	}
	id, row := n.logOf(o, access)
	return &ownLog{id: id, day: today, opening: o}, row, nil
}

// logOf is the own log that begins with an opening.
func (n *Node) logOf(o *p.Opening, access bool) (p.LogID, *store.LogRow) {
	id := p.NewLogID(n.id.Key.Public().(ed25519.PublicKey), o.Random)
	return id, &store.LogRow{ID: id, Device: n.id.Device, Own: true, Access: access, Hash: p.ChainStart(id)}
}

// logAgain is the own log in which changes are issued again: under the present key, unless it was begun under a former one.
func (n *Node) logAgain(tx store.Tx, o *p.Opening, access bool) (p.LogID, *store.LogRow, error) {
	for _, key := range n.id.Former {
		id := p.NewLogID(public(key), o.Random)
		if row, err := tx.Log(id); err != nil || row != nil {
			return id, row, err
		}
	}
	id, row := n.logOf(o, access)
	return id, row, nil
}

// ownChange applies a change of this node's own log and keeps it until it is sealed.
func (b *batch) ownChange(row *store.LogRow, c *p.Change) error {
	if err := b.change(c); err != nil {
		return err
	}
	row.In = c.Dot.Seq
	return b.keepOwn(row, c)
}

// keepOwn keeps an own change until it is sealed.
func (b *batch) keepOwn(row *store.LogRow, c *p.Change) error {
	row.Head = c.Dot.Seq
	row.Hash = row.Hash.Next(c)
	row.Last = c.At
	return b.tx.PutTail(c.Dot.Log, c.Dot.Seq, p.AppendChange(nil, c))
}

// Seal puts the own changes that no segment holds yet into signed segments, at the end of the outbox.
// Access records are sealed only when nothing else waits, so that they never stand before a dose.
func (n *Node) Seal(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		tail, err := tx.Tail()
		if err != nil || len(tail) == 0 {
			return err
		}
		waiting, err := n.outboxWaiting(tx)
		if err != nil {
			return err
		}
		logs := map[p.LogID][]p.Change{}
		var order []p.LogID
		for _, t := range tail {
			c, err := p.DecodeChange(t.Change)
			if err != nil {
				return fmt.Errorf("own change %s:%d as kept: %w", t.Log, t.Seq, err)
			}
			if logs[t.Log] == nil {
				order = append(order, t.Log)
			}
			logs[t.Log] = append(logs[t.Log], *c)
		}
		var access []p.LogID
		for _, id := range order {
			row, err := tx.Log(id)
			if err != nil {
				return err
			}
			if row.Access {
				access = append(access, id)
				continue
			}
			waiting = true
			if err := n.sealLog(tx, row, logs[id]); err != nil {
				return err
			}
		}
		if waiting {
			return nil
		}
		for _, id := range access {
			row, err := tx.Log(id)
			if err != nil {
				return err
			}
			if err := n.sealLog(tx, row, logs[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *Node) sealLog(tx store.Tx, row *store.LogRow, changes []p.Change) error {
	first := changes[0].Dot.Seq
	var opening *p.Opening
	prev := p.ChainStart(row.ID)
	if first == 1 {
		var err error
		if opening, err = getOpening(tx, row.ID); err != nil {
			return err
		}
	} else {
		prev = row.SealedHash
	}
	key, err := n.signingKey(tx, row.ID)
	if err != nil {
		return err
	}
	raws, err := p.Seal(key, opening, prev, changes)
	if err != nil {
		return fmt.Errorf("sealing log %s from change %d: %w", row.ID, first, err)
	}
	for _, raw := range raws {
		if err := n.keepSegment(tx, raw); err != nil {
			return err
		}
	}
	for i := range changes {
		prev = prev.Next(&changes[i])
	}
	row.Sealed, row.SealedHash = changes[len(changes)-1].Dot.Seq, prev
	if err := tx.PutLog(row); err != nil {
		return err
	}
	return tx.DeleteTail(row.ID, first, row.Sealed)
}

// keepSegment stores a segment and, unless this is the root, puts it at the end of the outbox.
func (n *Node) keepSegment(tx store.Tx, raw []byte) error {
	seg, err := p.ParseSegment(raw)
	if err != nil {
		return err
	}
	if err := tx.PutSegment(&store.SegmentRow{Log: seg.Log, First: seg.First, Count: seg.Count, Raw: raw}); err != nil {
		return err
	}
	if n.id.IsRoot() {
		return nil
	}
	return n.putOutbox(tx, &store.OutboxRow{Log: seg.Log, First: seg.First})
}

func (n *Node) putOutbox(tx store.Tx, row *store.OutboxRow) error {
	k, err := tx.Counter(counterOutbox)
	if err != nil {
		return err
	}
	row.Position = k + 1
	if err := tx.SetCounter(counterOutbox, k+1); err != nil {
		return err
	}
	return tx.PutOutbox(row)
}

// errNoSegment says that a log has a hole, which it never has in a database that is whole.
var errNoSegment = errors.New("no segment holds change")

// walks is how far the chains of logs were followed: what comes of a log twice comes in order, and need not be followed from
// its beginning each time. It holds for what the transactions it was used in have committed, and in them.
type walks struct {
	of      map[p.LogID]walked
	backs   int // how often a chain was followed from its beginning although it had been followed already
	bounded bool
}

type walked struct {
	seq  p.Seq
	hash p.Hash
}

// walksMax is how many logs' walks are remembered: as many as a request has segments.
const walksMax = p.RequestSegmentsMax

// to returns h(seq) of a log, from where the walk is if that is on the way.
func (w *walks) to(n *Node, tx store.Tx, log p.LogID, seq p.Seq) (p.Hash, error) {
	at, known := w.of[log]
	if !known || at.seq > seq {
		at = walked{hash: p.ChainStart(log)}
		if known {
			if err := w.back(); err != nil {
				return at.hash, fmt.Errorf("log %s: %w", log, err)
			}
		}
	}
	h, err := n.chainFrom(tx, log, at.seq, at.hash, seq)
	if err != nil {
		return h, err
	}
	if w.of == nil || len(w.of) >= walksMax {
		w.of = map[p.LogID]walked{}
	}
	w.of[log] = walked{seq, h}
	return h, nil
}

// back counts a step back, of which a request has so many.
func (w *walks) back() error {
	if w.backs++; w.bounded && w.backs > walksBackMax {
		return errBackAndForth
	}
	return nil
}

// forget lets go of what was followed, not of how often it led back.
func (w *walks) forget() { w.of = nil }

// chainAt returns h(seq) of a log, walked from its beginning through the kept segments.
func (n *Node) chainAt(tx store.Tx, log p.LogID, seq p.Seq) (p.Hash, error) {
	return n.chainFrom(tx, log, 0, p.ChainStart(log), seq)
}

// chainFrom walks from h(from) to h(seq).
func (n *Node) chainFrom(tx store.Tx, log p.LogID, from p.Seq, h p.Hash, seq p.Seq) (p.Hash, error) {
	for at := from + 1; at <= seq; {
		row, err := tx.SegmentHolding(log, at)
		if err != nil {
			return h, err
		}
		if row == nil {
			return h, fmt.Errorf("log %s: %w %d", log, errNoSegment, at)
		}
		seg, err := p.ParseSegment(row.Raw)
		if err != nil {
			return h, fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		changes, err := seg.Changes()
		if err != nil {
			return h, fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		for i := range changes {
			if changes[i].Dot.Seq > seq {
				return h, nil
			}
			if changes[i].Dot.Seq >= at {
				h = h.Next(&changes[i])
			}
		}
		at = seg.Last() + 1
	}
	return h, nil
}

// hashAt is chainAt for a log of which the end may not be sealed yet.
func (n *Node) hashAt(tx store.Tx, row *store.LogRow, seq p.Seq) (p.Hash, error) {
	if !row.Own || seq <= row.Sealed {
		return n.chainAt(tx, row.ID, seq)
	}
	h := row.SealedHash
	if row.Sealed == 0 {
		h = p.ChainStart(row.ID)
	}
	return n.hashFrom(tx, row, row.Sealed, h, seq)
}

// hashFrom walks the chain of a log on from where it is known.
func (n *Node) hashFrom(tx store.Tx, row *store.LogRow, at p.Seq, h p.Hash, seq p.Seq) (p.Hash, error) {
	err := n.eachChange(tx, row, at+1, seq, func(c *p.Change) error {
		h = h.Next(c)
		return nil
	})
	return h, err
}
