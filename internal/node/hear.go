package node

import (
	"encoding/binary"
	"fmt"

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
	return n.cfg.Store.Update(c.ctx, func(tx store.Tx) error {
		if err := tx.SetMeta(metaRevoked, nil); err != nil { // served again: in force again
			return err
		}
		if err := c.takePosition(tx, h); err != nil {
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
		return writeUint(tx, metaReceipt, h.Receipt)
	})
}

// takePosition keeps the upstream's last word on what it has taken. If it does not know the position this
// node sent from, the newest one that both know counts, and everything is sent again if there is none:
// what the upstream has already is recognised by log and Seq.
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
		c.res.More = true
	}
	b := append(pos.Incarnation[:], binary.BigEndian.AppendUint64(nil, pos.Number)...)
	return tx.SetMeta(metaPosition, b)
}

// receipt notes how far one log is at the upstream and at the root.
func (c *Call) receipt(tx store.Tx, h *p.LogHead, proof uint64, waiting bool) error {
	n := c.n
	row, err := tx.Log(h.Log)
	if err != nil || row == nil {
		return err
	}
	if row.Own && h.Here == row.Head && h.Hash != row.Hash.Short() || h.Reason == p.HoldForked {
		// The upstream has other changes under our dots: this machine was set back while it ran, or copied.
		// The log is never written again; an operator must look.
		if row.UpReason != p.HoldForked {
			if err := tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmFork, Detail: fmt.Sprintf("log %s at change %d", h.Log, h.Here)}); err != nil {
				return err
			}
		}
		h.Reason = p.HoldForked
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
	// All was taken and yet this log ends early there: a segment of it was left out, so it is sent again.
	again := h.Reason != p.HoldForked && h.Here < sealed && !waiting
	rootNews := row.Root != h.Root || row.RootAt != h.RootAt
	row.UpHere, row.UpHash, row.UpIn, row.UpReason, row.ProofUp = h.Here, h.Hash, h.In, h.Reason, proof
	if rootNews {
		row.Root, row.RootAt, row.ProofTop = h.Root, h.RootAt, proof
	}
	if again {
		// With the next exchange, not at once: what can never be taken must not be sent round after round.
		if err := n.sendAgain(tx, row, sealed); err != nil {
			return err
		}
	}
	if rootNews && !row.Own {
		return n.news(tx, row) // the child it came through hears of the root's word
	}
	return tx.PutLog(row)
}

// sendAgain puts the segments of a log beyond what the upstream has at the end of the outbox once more.
func (n *Node) sendAgain(tx store.Tx, row *store.LogRow, sealed p.Seq) error {
	for at := row.UpHere + 1; at <= sealed; {
		seg, err := tx.SegmentHolding(row.ID, at)
		if err != nil {
			return err
		}
		if seg == nil {
			return fmt.Errorf("log %s: no segment holds change %d", row.ID, at)
		}
		if err := n.putOutbox(tx, &store.OutboxRow{Log: seg.Log, First: seg.First}); err != nil {
			return err
		}
		at = seg.First + p.Seq(seg.Count)
	}
	return nil
}
