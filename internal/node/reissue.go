package node

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// A machine set back with its memory (a virtual machine rolled back to a snapshot, or one that runs twice)
// goes on writing a log whose continuation the upstream has already. It learns so from Heads. What it wrote
// since then it issues again in a new log, under new dots and, where something was created, new ids; the
// codes printed on cards stay. Everything else that names such an id is mended with it.

// errSetBack ends an exchange in which this node learned that it was set back. Nothing more is taken in
// from that answer: it spares this node rows that it has lost.
var errSetBack = errors.New("this machine was set back to an earlier state; it begins anew")

// setBack begins a new run within this one: the upstream knows numbers of the old one that this node has
// given to something else since.
func (n *Node) setBack(tx store.Tx) error {
	taken, err := readPosition(tx)
	if err != nil {
		return err
	}
	var fresh p.Incarnation
	if _, err := io.ReadFull(n.cfg.Rand, fresh[:]); err != nil {
		return fmt.Errorf("drawing an incarnation: %w", err)
	}
	order := int64(0)
	rows, err := tx.Incarnations()
	if err != nil {
		return err
	}
	for i := range rows {
		order = rows[i].Order
		if rows[i].Incarnation == n.incarnation {
			// What was given out before the set-back is known to nobody here, so nothing of the feed counts.
			rows[i].Ended, rows[i].FeedEnd, rows[i].OutboxEnd = true, 0, 0
			if taken.Incarnation == n.incarnation {
				rows[i].OutboxEnd = taken.Number
			}
			if err := tx.PutIncarnation(&rows[i]); err != nil {
				return err
			}
		}
	}
	if err := leapReceipts(tx, fresh, true); err != nil {
		return err
	}
	if err := tx.PutIncarnation(&store.IncarnationRow{Incarnation: fresh, Order: order + 1}); err != nil {
		return err
	}
	n.incarnation, n.caughtUp = fresh, false
	n.own, n.ownAccess = nil, nil
	return tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmSetBack, Detail: fmt.Sprintf("run %x", fresh)})
}

// reissue issues again what this node wrote into logs from a change on each, where the upstream has other content: in the
// transaction that learned it, or a node that dies between the two would never hear it again.
func (b *batch) reissue(forks []p.Dot) error {
	for _, from := range forks {
		row, err := b.tx.Log(from.Log)
		if err != nil {
			return err
		}
		if row == nil || row.Head < from.Seq {
			continue
		}
		var old []*p.Change
		if err := b.n.eachChange(b.tx, row, from.Seq, row.Head, func(c *p.Change) error {
			old = append(old, c)
			return nil
		}); err != nil {
			return err
		}
		behind, err := b.n.strandedBehind(b.tx, row)
		if err != nil {
			return err
		}
		old = append(old, behind...)
		again := newRewriting([]p.Dot{from})
		if err := b.n.issueAgain(b, again, old, row.Access, again.voids); err != nil {
			return fmt.Errorf("issuing log %s again: %w", from.Log, err)
		}
	}
	return b.finish()
}

// againBytesMax is about how much one record of the journal holds of what is issued again at once.
const againBytesMax = 4 << 20

// issueAgain writes changes again, and ends their logs where voids say. What is written again has a log of its own that is
// named after the first of the changes: of two machines with one disk both issue again what was on it, each knowing nothing
// of the other, and write the very same under the very same dots, as one machine does that was set back once more or died
// before it had done all. What it makes of others' changes follows from what is here now, and goes into another log. A crash
// before the commit leaves all of it to replay, or some of it, and then it is written once more.
func (n *Node) issueAgain(b *batch, again *rewriting, old []*p.Change, access bool, voids []p.Dot) error {
	o := &p.Opening{Device: n.id.Device, Random: againRandom(old[0])}
	id, row, err := n.logAgain(b.tx, o, access)
	if err != nil {
		return err
	}
	again.to, again.next = id, 0
	changes := again.changes(old)
	if have, err := b.tx.Log(id); err != nil {
		return err
	} else if have != nil {
		begun, err := n.begunAgain(b.tx, have, changes)
		if err != nil {
			return err
		}
		if row = have; !begun {
			slot, fresh, err := n.openLog(b.tx, nil, access)
			if err != nil {
				return err
			}
			o, row = slot.opening, fresh
			again.to, again.next = slot.id, 0
			changes = again.changes(old)
		}
	}
	slot, apart, err := n.openLog(b.tx, nil, access)
	if err != nil {
		return err
	}
	again.to, again.next = slot.id, 0
	others, err := again.others(b.tx, old, n.at())
	if err != nil {
		return err
	}
	for _, v := range voids {
		if err := n.cutBack(b.tx, v.Log, v.Seq); err != nil {
			return err
		}
	}
	records, err := b.writeAgain(row, o, changes)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		more, err := b.writeAgain(apart, slot.opening, others)
		if err != nil {
			return err
		}
		records = append(records, more...)
	}
	if len(voids) > 0 {
		last := records[len(records)-1]
		last.Void, last.Also = &voids[0], voids[1:]
	}
	for _, r := range records {
		if err := n.journal(r); err != nil {
			return err
		}
	}
	return nil
}

// againRandom names the log that holds what is issued again from a change on.
func againRandom(first *p.Change) (random [16]byte) {
	sum := sha256.Sum256(p.AppendChange([]byte("issued again"), first))
	copy(random[:], sum[:])
	return random
}

// begunAgain reports whether a log that is here begins as changes do, or they as it does: it was written to issue them again.
func (n *Node) begunAgain(tx store.Tx, row *store.LogRow, changes []p.Change) (bool, error) {
	if void, err := voidFrom(tx, row.ID); err != nil || void > 0 || !row.Own {
		return false, err
	}
	h := p.ChainStart(row.ID)
	both := min(row.Head, p.Seq(len(changes)))
	for i := range changes[:both] {
		h = h.Next(&changes[i])
	}
	have, err := n.hashAt(tx, row, both)
	return have == h, err
}

// writeAgain writes what is not there yet of changes into a log, and returns the records of the journal for all of them.
func (b *batch) writeAgain(row *store.LogRow, o *p.Opening, changes []p.Change) ([]*Record, error) {
	if row.Sealed == 0 {
		if err := putOpening(b.tx, row.ID, o); err != nil {
			return nil, err
		}
	}
	rec := &Record{Access: row.Access, Opening: o}
	records := []*Record{rec}
	size := 0
	for _, act := range acts(changes) {
		if size > againBytesMax {
			rec, size = &Record{Access: row.Access}, 0
			records = append(records, rec)
		}
		for i := range act {
			if act[i].Dot.Seq > row.Head {
				if err := b.ownChange(row, &act[i]); err != nil {
					return nil, err
				}
			}
			size += len(p.AppendChange(nil, &act[i]))
		}
		b.endAct()
		rec.Changes = append(rec.Changes, act...)
	}
	return records, b.tx.PutLog(row)
}

// journal writes a record, if this node keeps a journal.
func (n *Node) journal(r *Record) error {
	if n.cfg.Journal == nil {
		return nil
	}
	if err := n.cfg.Journal.Append(r); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

// cutBack ends an own log before a change: what followed is issued again elsewhere. The entities it touched
// are to be replaced by the upstream's state, which knows nothing of it.
func (n *Node) cutBack(tx store.Tx, log p.LogID, from p.Seq) error {
	if at, err := voidFrom(tx, log); err != nil {
		return err
	} else if at == 0 || from < at {
		if err := writeUint(tx, metaVoid+log.String(), uint64(from)); err != nil {
			return err
		}
	}
	row, err := tx.Log(log)
	if err != nil || row == nil || row.Head < from {
		return err
	}
	if err := n.eachChange(tx, row, from, row.Head, func(c *p.Change) error { return tx.PutRefresh(c.Entity) }); err != nil {
		return err
	}
	h, err := n.hashAt(tx, row, from-1)
	if err != nil {
		return err
	}
	row.Hash = h
	if row.Sealed >= from-1 {
		row.Sealed, row.SealedHash = from-1, h
	}
	row.Head, row.In, row.UpReason = from-1, min(row.In, from-1), p.HoldForked
	if err := tx.DeleteTail(log, from, 1<<32-1); err != nil {
		return err
	}
	if err := n.cutSegments(tx, log, from); err != nil {
		return err
	}
	return tx.PutLog(row)
}

// voidFrom is from which change on an own log does not count, because that was issued again; 0: all of it does.
func voidFrom(tx store.Tx, log p.LogID) (p.Seq, error) {
	at, err := readUint(tx, metaVoid+log.String())
	return p.Seq(at), err
}

// restsOnVoid reports whether a state contains changes of this node that it issued again.
func restsOnVoid(tx store.Tx, s *p.State) (bool, error) {
	for _, seen := range s.Seen {
		if from, err := voidFrom(tx, seen.Log); err != nil || from > 0 && seen.Seq >= from {
			return err == nil, err
		}
	}
	return false, nil
}

// cutSegments takes what was sealed of a log from a change on away: no hub that never heard of the other content may be
// sent it, because it stands elsewhere now. A segment that begins before is sealed again up to there; where segments are
// cut means nothing.
func (n *Node) cutSegments(tx store.Tx, log p.LogID, from p.Seq) error {
	if err := tx.CutSegments(log, from); err != nil {
		return err
	}
	for {
		row, err := tx.SegmentHolding(log, from)
		if err != nil || row == nil {
			return err
		}
		seg, err := p.ParseSegment(row.Raw)
		if err != nil {
			return fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		changes, err := seg.Changes()
		if err != nil {
			return fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		prev, err := n.chainAt(tx, log, row.First-1)
		if err != nil {
			return err
		}
		changes = changes[:from-row.First]
		key, err := n.signingKey(tx, log)
		if err != nil {
			return err
		}
		raw, err := p.SealSegment(key, seg.Opening, prev, changes)
		if err != nil {
			return fmt.Errorf("sealing log %s again from change %d: %w", log, row.First, err)
		}
		if err := tx.PutSegment(&store.SegmentRow{Log: log, First: row.First, Count: uint32(len(changes)), Raw: raw}); err != nil {
			return err
		}
	}
}

// acts divides changes where their time says that another act begins, or an act would be too large.
func acts(changes []p.Change) [][]p.Change {
	var out [][]p.Change
	for len(changes) > 0 {
		k := 1
		for k < len(changes) && k < p.ActChangesMax && changes[k].At == changes[0].At {
			k++
		}
		out = append(out, changes[:k])
		changes = changes[k:]
	}
	return out
}
