package node

import (
	"crypto/ed25519"
	"fmt"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// A hub may hold a content of a log that does not count above, and that its author has no more: he was rolled back to before
// he wrote it, and a request of before came late to a hub that had been set back. Only he can issue it again. So the hub hands
// it back to him; in which log it is to be found then follows from the content, so both know whether that was done.

// returnedPerAnswer is how many segments an answer hands back before it leaves further logs to the next. Of a log, which holds
// one run or one day, it hands back all: only from its beginning on can the author tell which log it is written again in.
const returnedPerAnswer = 1024

// returnedMax is how many segments a child keeps of an answer.
const returnedMax = 16 * returnedPerAnswer

// handBack writes the segments of the child's own logs that stand here, do not count above and were not issued again.
func (s *serving) handBack(fw *p.FrameWriter) error {
	var back []*p.Returned
	err := s.n.cfg.Store.View(s.ctx, func(tx store.Tx) error {
		dev, err := tx.Device(s.child)
		if err != nil || dev == nil {
			return err
		}
		rows, err := tx.HeldLogsOf(s.child)
		if err != nil {
			return err
		}
		for i := range rows {
			if !letIn(&rows[i]) || len(back) >= returnedPerAnswer {
				continue
			}
			some, err := s.n.losing(tx, &rows[i], dev.Keys())
			if err != nil {
				return err
			}
			back = append(back, some...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range back {
		if err := fw.Write(f); err != nil {
			return err
		}
	}
	return nil
}

// losing returns the segments of a log from where its content here does not count above, unless it was issued again.
func (n *Node) losing(tx store.Tx, row *store.LogRow, keys []ed25519.PublicKey) ([]*p.Returned, error) {
	at, ok := upWord(row).Parts()
	if !ok || row.Head < at {
		return nil, nil
	}
	h, err := n.chainAt(tx, row.ID, at)
	if err != nil || h.Short() == row.UpHash {
		return nil, err
	}
	first, err := changeAt(tx, p.Dot{Log: row.ID, Seq: at})
	if err != nil || first == nil {
		return nil, err
	}
	for _, key := range keys { // whichever it had when it issued it again
		again, err := tx.Log(p.NewLogID(key, againRandom(first)))
		if err != nil || again != nil && again.Head > row.Head-at {
			return nil, err
		}
	}
	var back []*p.Returned
	for next := at; next <= row.Head; {
		seg, err := tx.SegmentHolding(row.ID, next)
		if err != nil {
			return nil, err
		}
		if seg == nil {
			return nil, fmt.Errorf("log %s: %w %d", row.ID, errNoSegment, next)
		}
		back = append(back, &p.Returned{At: at, Raw: seg.Raw})
		next = seg.First + p.Seq(seg.Count)
	}
	return back, nil
}

// Returned implements syncproto.ReturnedHandler: a segment of this node that does not count. It is looked at when the answer
// has come to its end.
func (c *Call) Returned(f *p.Returned) error {
	if len(c.returned) < returnedMax {
		c.returned = append(c.returned, f)
	}
	return nil
}

// takeReturned issues again what was handed back and this node neither has nor issued again before.
func (c *Call) takeReturned() error {
	if len(c.returned) == 0 {
		return nil
	}
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	done := false
	err := n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		b, done = n.newBatch(tx), false
		for rest := c.returned; len(rest) > 0; {
			k, some, err := n.issueReturned(b, rest)
			if err != nil {
				return err
			}
			rest, done = rest[k:], done || some
		}
		return b.finish()
	})
	if err != nil {
		return fmt.Errorf("issuing again what was handed back: %w", err)
	}
	b.committed()
	c.res.More = c.res.More || done
	return nil
}

// issueReturned issues again what the first of some segments says, with those that go on with it. It returns how many those are
// and whether anything was new. What this node did not write, or cannot connect to what it has of the log, it leaves alone.
func (n *Node) issueReturned(b *batch, some []*p.Returned) (used int, done bool, err error) {
	own := n.Identity()
	var row *store.LogRow
	var h, fork p.Hash
	var old []*p.Change
	at, next := some[0].At, p.Seq(0)
	for ; used < len(some); used++ {
		seg, err := p.ParseSegment(some[used].Raw)
		if err != nil || some[used].At != at || !own.provedOwn(seg) || row != nil && (seg.Log != row.ID || seg.First != next) {
			break
		}
		changes, err := seg.Changes()
		if err != nil {
			break
		}
		if row == nil {
			if row, err = b.tx.Log(seg.Log); err != nil {
				return 0, false, err
			}
			if row == nil || !row.Own || seg.First > row.Head+1 || seg.First > at {
				return 1, false, nil
			}
			if h, err = n.hashAt(b.tx, row, seg.First-1); err != nil {
				return 0, false, err
			}
		}
		if seg.Prev != h.Short() {
			break
		}
		for i := range changes {
			if h = h.Next(&changes[i]); changes[i].Dot.Seq < at {
				continue
			} else if changes[i].Dot.Seq == at {
				fork = h
			}
			old = append(old, &changes[i])
		}
		next = seg.Last() + 1
	}
	if len(old) == 0 {
		return max(used, 1), false, nil
	}
	if row.Head >= at {
		if own, err := n.hashAt(b.tx, row, at); err != nil || own == fork {
			return used, false, err // it stands here: what becomes of it the receipts say
		}
	}
	o := &p.Opening{Device: n.id.Device, Random: againRandom(old[0])}
	id, fresh, err := n.logAgain(b.tx, o, row.Access)
	if err != nil {
		return used, false, err
	}
	again := newRewriting([]p.Dot{{Log: row.ID, Seq: at}})
	again.to = id
	changes := again.changes(old)
	if have, err := b.tx.Log(id); err != nil {
		return used, false, err
	} else if have != nil {
		if begun, err := n.begunAgain(b.tx, have, changes); err != nil || !begun || have.Head >= p.Seq(len(changes)) {
			return used, false, err
		}
		fresh = have
	}
	records, err := b.writeAgain(fresh, o, changes)
	if err != nil {
		return used, false, err
	}
	for _, r := range records {
		if err := n.journal(r); err != nil {
			return used, false, err
		}
	}
	return used, true, b.tx.PutAlarm(&store.AlarmRow{
		WallMS: n.cfg.Now().UnixMilli(), Code: AlarmFork, Detail: fmt.Sprintf("%d changes of log %s from %d on came back from the hub", len(old), row.ID, at),
	})
}
