package node

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Heads implements syncproto.ResponseHandler: the upstream's signed word on what it holds.
func (c *Call) Heads(h *p.Heads) error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := h.Verify(c.up.Key, n.id.Device, c.hello.Nonce); err != nil {
		return err
	}
	c.heard = true
	n.intro = true
	c.digest = h.Digest != [16]byte{}
	if c.bundle != nil {
		c.bundle.digest = h.Digest
	}
	run := n.incarnation
	var b *batch
	err := n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if late, err := c.overtaken(tx); err != nil || late {
			return err
		}
		if back, again, err := n.wasSetBack(tx, h); err != nil {
			return err
		} else if again {
			// From where this upstream takes anything at all. Its receipts are not taken: if it answers a list of logs with them,
			// that is sent again, because of logs that came another way it tells only who lists them.
			c.setBack = true
			return c.takePosition(tx, h)
		} else if back {
			c.setBack = true
			return n.setBack(tx) // the positions and receipts of this answer are another history's
		}
		if err := tx.SetMeta(metaRevoked, nil); err != nil { // served again: in force again
			return err
		}
		if c.list && !h.WantLogs { // it has read the list: receipts tell which logs go again
			if err := tx.SetMeta(metaList, nil); err != nil {
				return err
			}
			c.res.More = true
		}
		if err := c.takePosition(tx, h); err != nil {
			return err
		}
		_, before, err := c.lastReceipt(tx)
		if err != nil {
			return err
		}
		c.anew = h.Anew || !before
		// Who comes to the root from another hub may hold a word that the root has lost since; the root has not told it so.
		if (h.Anew || !before) && bytes.Equal(c.up.Key, n.id.Root) {
			if err := n.voidRoot(tx); err != nil {
				return err
			}
		}
		if h.Anew {
			if err := n.voidLeftAbove(tx); err != nil {
				return err
			}
		}
		if err := c.setReceipt(tx, h.Receipt); err != nil {
			return err
		}
		if err := c.awaitDecision(tx, h); err != nil {
			return err
		}
		if len(h.Logs) == 0 {
			return nil
		}
		proof, err := tx.Counter(counterProof)
		if err != nil {
			return err
		}
		proof++
		if err := tx.SetCounter(counterProof, proof); err != nil {
			return err
		}
		if err := tx.PutProof(&store.ProofRow{ID: proof, Nonce: c.hello.Nonce, Heads: p.EncodeFrame(h)}); err != nil {
			return err
		}
		waiting, err := n.outboxWaiting(tx)
		if err != nil {
			return err
		}
		c.res.Receipts = len(h.Logs)
		for i := range h.Logs {
			if err := c.receipt(tx, &h.Logs[i], proof, waiting); err != nil {
				return err
			}
		}
		if len(c.forks) == 0 {
			return nil
		}
		c.setBack = true
		if err := n.setBack(tx); err != nil {
			return err
		}
		b = n.newBatch(tx)
		return b.reissue(c.forks)
	})
	if err != nil {
		n.incarnation = run
		return err
	}
	if b != nil {
		b.committed()
	}
	if c.setBack {
		return errSetBack
	}
	return nil
}

// awaitDecision remembers that the upstream could not say yet which content of a neighbour's log counts, and lists the logs
// here once it can: what becomes of a log the upstream says of its own accord to the author alone, and who only carried it
// would keep for ever what does not count.
func (c *Call) awaitDecision(tx store.Tx, h *p.Heads) error {
	if c.n.id.Role != registry.NodeStation {
		return nil // a hub is told of all logs that it hands up
	}
	for i := range h.Logs {
		if !h.Logs[i].Undecided() {
			continue
		}
		if row, err := tx.Log(h.Logs[i].Log); err != nil {
			return err
		} else if row != nil && !row.Own {
			return tx.SetMeta(metaUndecided, []byte{1})
		}
	}
	if h.Digest == [16]byte{} {
		return nil // it has not heard its own upstream yet
	}
	waits, err := tx.Meta(metaUndecided)
	if err != nil || len(waits) == 0 {
		return err
	}
	if err := tx.SetMeta(metaUndecided, nil); err != nil {
		return err
	}
	c.res.More = true
	return tx.SetMeta(metaList, []byte{1})
}

// voidRoot takes back the root's word on every log: the root was set back, or may have been, and what it does not say again
// it may not hold. Those below hear of it as of any news.
func (n *Node) voidRoot(tx store.Tx) error {
	for after := (p.LogID{}); ; {
		rows, err := tx.Logs(after, 1024)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i := range rows {
			row := &rows[i]
			after = row.ID
			if row.Root == 0 {
				continue
			}
			row.Root, row.RootAt, row.ProofTop = 0, p.Cursor{}, 0
			if row.Own {
				err = tx.PutLog(row)
			} else {
				err = n.news(tx, row)
			}
			if err != nil {
				return err
			}
		}
	}
}

// voidLeftAbove takes back the upstream's word on what it alone has of logs of this node: it was set back, and says again what
// it still holds. What is here as well is sent again, and so is heard of either way.
func (n *Node) voidLeftAbove(tx store.Tx) error {
	rows, err := tx.LogsOf(n.id.Device)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		if !row.Own || row.UpHere <= row.Head {
			continue
		}
		row.UpHere, row.UpHash, row.UpIn, row.ProofUp = 0, p.ShortHash{}, 0, 0
		if err := tx.PutLog(row); err != nil {
			return err
		}
	}
	return nil
}

// wasSetBack reports whether the upstream knows a log of this node otherwise than it stands here, and not
// yet why: more of the log that is being written, or another content. Having begun a new run this node
// sends again from the last word it has, and so the upstream finds where the two contents part.
func (n *Node) wasSetBack(tx store.Tx, h *p.Heads) (back, again bool, err error) {
	for i := range h.Logs {
		l := &h.Logs[i]
		row, err := tx.Log(l.Log)
		if err != nil {
			return false, false, err
		}
		if row == nil || !row.Own || row.UpReason == p.HoldForked {
			continue
		}
		if _, ok := l.Parts(); ok || l.Undecided() {
			continue
		}
		if l.Here > row.Head {
			// Of an older log this is what a restored backup looks like; nobody goes on writing that.
			if n.own != nil && n.own.id == l.Log || n.ownAccess != nil && n.ownAccess.id == l.Log {
				return true, false, nil
			}
			continue
		}
		// What is not sealed yet may be there: a neighbour carried it, a journal brought back what was sent before the
		// database was restored, or access records wait until nothing else does.
		have, err := n.hashAt(tx, row, l.Here)
		if err != nil {
			return false, false, err
		}
		if have.Short() != l.Hash {
			again, err := n.showAgain(tx, row)
			return true, again, err
		}
	}
	return false, false, nil
}

// showAgain sends a log again, from its beginning, that stands otherwise above although this node has begun anew for it: what
// it sent from the last word on did not show where the two part, because this upstream has the other content from elsewhere.
// It reports whether this node had begun anew.
func (n *Node) showAgain(tx store.Tx, row *store.LogRow) (again bool, err error) {
	if !n.parted[row.ID] {
		n.parted[row.ID] = true
		return false, nil
	}
	return true, n.showFrom(tx, row, 0, row.Sealed)
}

// showFrom sends what is sealed of an own log behind a change once more.
func (n *Node) showFrom(tx store.Tx, row *store.LogRow, behind, sealed p.Seq) error {
	part := *row
	part.UpHere = behind
	return n.sendAgain(tx, &part, sealed)
}

// takePosition keeps the upstream's last word on what it has taken. If it does not know the position this
// node sent from, the newest one that both know counts. If there is none, this node lists its logs and
// sends what the upstream says it lacks.
func (c *Call) takePosition(tx store.Tx, h *p.Heads) error {
	pos := h.Position
	if len(h.Known) > 0 || h.WantLogs {
		incs, err := tx.Incarnations()
		if err != nil {
			return err
		}
		end, err := tx.Counter(counterOutbox)
		if err != nil {
			return err
		}
		pos = p.Position{}
		for _, k := range h.Known {
			if c.n.knowsPosition(incs, k, end) {
				pos = k
				break
			}
		}
		if pos.Number == 0 {
			// What the outbox holds counts as said as soon as the list is: the flag stands until that was answered.
			pos = p.Position{Incarnation: c.n.incarnation, Number: end}
			if err := tx.SetMeta(metaList, []byte{1}); err != nil {
				return err
			}
		}
		c.res.More = true
	}
	b := append(pos.Incarnation[:], binary.BigEndian.AppendUint64(nil, pos.Number)...)
	return tx.SetMeta(metaPosition, b)
}

// receipt notes how far one log is at the upstream and at the root.
func (c *Call) receipt(tx store.Tx, h *p.LogHead, proof uint64, waiting bool) error {
	n := c.n
	row, err := tx.Log(h.Log)
	if err != nil {
		return err
	}
	at, parts := h.Parts()
	if row == nil {
		if n.id.Role == registry.NodeStation || !parts {
			return nil
		}
		// Set back to before it had the log, this hub must not take in the content that does not count.
		row = &store.LogRow{ID: h.Log, Hash: p.ChainStart(h.Log)}
	}
	if row.Own && h.Reason == p.HoldForked && row.UpReason != p.HoldForked {
		// Two machines wrote this log, or one that was set back. It is never written again.
		first := at
		if !parts {
			first = h.In + 1 // as far as the upstream can say
		}
		if err := tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmFork, Detail: fmt.Sprintf("log %s at change %d", h.Log, first)}); err != nil {
			return err
		}
	}
	// Also where it was heard before: the journal may have brought an own content back since.
	counts := true // the content that is here
	if parts && row.Head >= at {
		have, err := n.hashAt(tx, row, at) // access records that wait are not sealed yet
		if err != nil {
			return err
		}
		counts = have.Short() == h.Hash
	}
	switch {
	case counts:
	case row.Own:
		c.forks = append(c.forks, p.Dot{Log: row.ID, Seq: at})
	case n.id.Role == registry.NodeHub:
		_, said := upWord(row).Parts()
		if err := n.doesNotCount(tx, row, at, !said); err != nil {
			return err
		}
	case row.In >= at:
		if err := n.yield(tx, row, at); err != nil {
			return err
		}
	}
	if row.Own && h.Reason != p.HoldNone {
		if n.own != nil && n.own.id == row.ID {
			n.own = nil // later work goes to a log that is not held
		}
		if n.ownAccess != nil && n.ownAccess.id == row.ID {
			n.ownAccess = nil
		}
	}
	sealed := row.Head
	if row.Own {
		sealed = row.Sealed
	}
	// All was taken and yet this log ends early there: a segment of it was left out, so it is sent again. With the list of logs
	// all that the outbox held counted as said; what came into it since does not bring the rest.
	again := h.Here < sealed && (!waiting || c.list) && counts
	if again && h.Reason == p.HoldForked && !parts {
		if again, err = n.goesOn(tx, row, h); err != nil {
			return err
		}
	}
	rootNews := row.Root != h.Root || row.RootAt != h.RootAt
	before := upWord(row)
	doubted := parts && counts && c.doubts(row, h, at)
	row.UpHere, row.UpHash, row.UpIn, row.UpReason, row.ProofUp = h.Here, h.Hash, h.In, h.Reason, proof
	if !doubted {
		if err := n.noteHeard(tx, row); err != nil {
			return err
		}
	}
	_, parted := before.Parts()
	tell := rootNews || (parts || parted) && *before != *upWord(row) // which content counts is passed on below
	if rootNews {
		row.Root, row.RootAt, row.ProofTop = h.Root, h.RootAt, proof
	}
	if doubted { // what is above may be another content than what is here
		row.UpHere, row.UpHash, row.UpIn, row.ProofUp = 0, p.ShortHash{}, 0, 0
		row.Root, row.RootAt, row.ProofTop = 0, p.Cursor{}, 0
		if err := n.showFrom(tx, row, at, sealed); err != nil {
			return err
		}
		again = false
	}
	if c.list && !row.Own && row.Reason == p.HoldNone && h.Reason != p.HoldNone && h.Reason != p.HoldForked && h.Reason != p.HoldRejected {
		// With the list the outbox counted as said, and in it that the log is let in.
		if err := n.putLet(tx, row); err != nil {
			return err
		}
	}
	if again {
		// With the next exchange, not at once: what can never be taken must not be sent round after round.
		if err := n.sendAgain(tx, row, sealed); err != nil {
			return err
		}
	}
	if tell && !row.Own {
		return n.news(tx, row) // the child it came through hears of it
	}
	return tx.PutLog(row)
}

// doesNotCount notes at a hub that what is here of a log from a change on does not count above. From here it is handed back to
// its author. With news, its operator is told.
func (n *Node) doesNotCount(tx store.Tx, row *store.LogRow, at p.Seq, news bool) error {
	if news {
		if err := tx.PutAlarm(&store.AlarmRow{
			WallMS: n.cfg.Now().UnixMilli(), Code: AlarmFork, Device: row.Device, Detail: fmt.Sprintf("log %s at change %d: what is here does not count above", row.ID, at),
		}); err != nil {
			return err
		}
	}
	return n.parts(tx, row, at)
}

// goesOn reports whether what is here of a log with two contents goes on with what the upstream has of it, which does not know
// where the two part.
func (n *Node) goesOn(tx store.Tx, row *store.LogRow, h *p.LogHead) (bool, error) {
	if h.Undecided() {
		return false, nil
	}
	have, err := n.hashAt(tx, row, h.Here)
	return have.Short() == h.Hash, err
}

// sendAgain puts the segments of a log beyond what the upstream has at the end of the outbox once more, and before them
// this node's word if the log is held here: an upstream that lost its database would let it in.
func (n *Node) sendAgain(tx store.Tx, row *store.LogRow, sealed p.Seq) error {
	if !row.Own && row.Reason != p.HoldNone {
		if err := n.putLet(tx, row); err != nil {
			return err
		}
	}
	for at := row.UpHere + 1; at <= sealed; {
		seg, err := tx.SegmentHolding(row.ID, at)
		if err != nil {
			return err
		}
		if seg == nil {
			return fmt.Errorf("log %s: %w %d", row.ID, errNoSegment, at)
		}
		if err := n.putOutbox(tx, &store.OutboxRow{Log: seg.Log, First: seg.First}); err != nil {
			return err
		}
		at = seg.First + p.Seq(seg.Count)
	}
	return nil
}
