package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// hearing is one request of a neighbour being answered.
type hearing struct {
	serving
	logs []p.LogID // asked about or sent
}

// ServePeer answers one request of a neighbour that proved to be the device: what arrives is verified, kept as it is
// for the hub, and applied; the answer says how far each log is here. What arrived whole before the request was cut is
// kept.
func (n *Node) ServePeer(ctx context.Context, peer *Peer, r io.Reader, w io.Writer) error {
	h := &hearing{serving: serving{n: n, ctx: ctx, child: peer.Device}}
	err := p.ReadRequest(r, h)
	if cerr := h.commit(); cerr != nil {
		return cerr
	}
	if err != nil {
		return err
	}
	heads := &p.Heads{}
	if err := n.cfg.Store.View(ctx, func(tx store.Tx) error { return h.words(tx, heads) }); err != nil {
		return err
	}
	p.SignHeads(heads, n.Identity().Key, peer.Device, h.hello.Nonce)
	fw := p.NewFrameWriter(w)
	if err := fw.Write(heads); err != nil {
		return err
	}
	return fw.Write(&p.ResponseEnd{})
}

// words says how far each log that was asked about or sent is here.
func (h *hearing) words(tx store.Tx, heads *p.Heads) error {
	slices.SortFunc(h.logs, p.LogID.Compare)
	h.logs = slices.Compact(h.logs)
	for _, id := range h.logs[:min(len(h.logs), p.LogsMax)] {
		row, err := tx.Log(id)
		if err != nil {
			return err
		}
		word := p.LogHead{Log: id, Hash: p.ChainStart(id).Short()}
		if row != nil && row.Head > 0 {
			if word, err = h.n.logHead(tx, row); err != nil {
				return err
			}
			word.Root, word.RootAt = 0, p.Cursor{} // only a hub passes the root's word on
			if word.Reason != p.HoldForked {
				word.In, word.Reason = 0, p.HoldNone // a neighbour judges nothing
			}
		}
		heads.Logs = append(heads.Logs, word)
	}
	return nil
}

func (h *hearing) Hello(hello *p.Hello) error {
	if hello.Intro == nil || !slices.Contains(hello.Intro.Versions, p.Version) {
		return p.ErrVersion
	}
	if hello.Intro.Device != h.child {
		return fmt.Errorf("the request names device %s, its key another: %w", hello.Intro.Device, p.ErrOrder)
	}
	h.hello = hello
	return nil
}

func (h *hearing) Logs(l *p.Logs) error {
	for i := range l.Heads {
		h.logs = append(h.logs, l.Heads[i].Log)
	}
	if len(h.logs) > 2*p.LogsMax {
		return fmt.Errorf("more than %d logs: %w", 2*p.LogsMax, p.ErrLimit)
	}
	return nil
}

func (h *hearing) Segment(f *p.SegmentFrame) error {
	seg, err := p.ParseSegment(f.Raw)
	if err != nil {
		return err
	}
	h.logs = append(h.logs, seg.Log)
	h.pending = append(h.pending, f)
	h.pendingSz += len(f.Raw)
	if len(h.pending) >= segmentsPerTx || h.pendingSz >= segmentBytesTx {
		return h.commit()
	}
	return nil
}

func (h *hearing) Let(*p.Let) error     { return errNotOfPeers }
func (h *hearing) Range(*p.Range) error { return errNotOfPeers }
func (h *hearing) Want(*p.Want) error   { return errNotOfPeers }

// commit makes durable what arrived. A crash before it loses what the neighbour still holds: only Heads after it says
// that it is here.
func (h *hearing) commit() error {
	if len(h.pending) == 0 {
		return nil
	}
	n, frames := h.n, h.pending
	h.pending, h.pendingSz = nil, 0
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	fresh := false
	err := n.cfg.Store.Update(context.WithoutCancel(h.ctx), func(tx store.Tx) error {
		b = n.newBatch(tx)
		for _, f := range frames {
			kept, err := h.keep(b, f.(*p.SegmentFrame).Raw)
			if err != nil {
				return err
			}
			fresh = fresh || kept
		}
		return b.finish()
	})
	if err != nil {
		return err
	}
	b.committed()
	if fresh {
		n.saved()
	}
	return nil
}

// keep takes one segment in and reports whether anything in it was new.
func (h *hearing) keep(b *batch, raw []byte) (bool, error) {
	took, err := h.n.receiveSegment(b, h.child, raw)
	var gap *GapError
	switch {
	case err == nil:
		return took == takenWhole, nil
	case errors.As(err, &gap):
		return false, nil // this node was set back since it last said how far it is; the answer says so
	case !isBad(err):
		return false, err
	}
	return false, h.leftOut(b, raw, err)
}

// yield gives way to the hub, which holds another content of a neighbour's log from a change on: what this node applied
// of it goes, and the hub's states come in its place. The segments stay.
func (n *Node) yield(tx store.Tx, row *store.LogRow, from p.Seq) error {
	if row.In >= from {
		err := n.eachChange(tx, row, from, row.In, func(c *p.Change) error { return tx.PutRefresh(c.Entity) })
		if err != nil {
			return err
		}
	}
	row.In, row.Reason = min(row.In, from-1), p.HoldRejected
	return tx.PutAlarm(&store.AlarmRow{
		WallMS: n.cfg.Now().UnixMilli(), Code: AlarmFork, Device: row.Device, Detail: fmt.Sprintf("log %s at change %d", row.ID, from),
	})
}
