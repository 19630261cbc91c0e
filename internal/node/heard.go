package node

import (
	"encoding/binary"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// When a station heard that its hub has what it wrote is told to people, beside the proof. The log rows hold how far the
// hub's signed word reaches; these marks say since when.

// heardMarksMax is how many marks of one log are kept, the oldest fall out. A log is one day's or one run's, and an
// exchange that brings something makes a mark.
const heardMarksMax = 512

// heardMarkBytes is a mark: how far the log is let in there, and when that was heard, in ms since 1970.
const heardMarkBytes = 4 + 8

// noteHeard notes, at a station, when the hub's word on a log was heard, if it says more than the one before.
func (n *Node) noteHeard(tx store.Tx, row *store.LogRow) error {
	if n.id.Role != registry.NodeStation || row.Access {
		return nil
	}
	upto := HeldAt(row)
	if upto == 0 {
		return nil
	}
	marks, err := tx.Local(store.LocalReceipt, row.ID.String())
	if err != nil {
		return err
	}
	if k := len(marks); k >= heardMarkBytes && p.Seq(binary.BigEndian.Uint32(marks[k-heardMarkBytes:])) >= upto {
		return nil
	}
	marks = binary.BigEndian.AppendUint32(marks, uint32(upto))
	marks = binary.BigEndian.AppendUint64(marks, uint64(n.cfg.Now().UnixMilli()))
	marks = marks[max(0, len(marks)-heardMarksMax*heardMarkBytes):]
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalReceipt, Key: row.ID.String(), Value: marks})
}

// HeldAt is how far the upstream, by its last signed word, has a log and let it in.
func HeldAt(row *store.LogRow) p.Seq {
	if row.UpReason != p.HoldNone {
		return min(row.UpHere, row.UpIn)
	}
	return row.UpHere
}

// HeardMS is when this station heard that its hub has a change, in ms since 1970 by its clock; 0 if that is not known.
func HeardMS(tx store.Tx, dot p.Dot) (int64, error) {
	marks, err := tx.Local(store.LocalReceipt, dot.Log.String())
	if err != nil {
		return 0, err
	}
	if len(marks)%heardMarkBytes != 0 {
		return 0, fmt.Errorf("%d bytes of marks of log %s: %w", len(marks), dot.Log, store.ErrCorrupt)
	}
	for ; len(marks) > 0; marks = marks[heardMarkBytes:] {
		if p.Seq(binary.BigEndian.Uint32(marks)) >= dot.Seq {
			return int64(binary.BigEndian.Uint64(marks[4:])), nil
		}
	}
	return 0, nil
}

// noteArrival notes when a reaction came to this machine: how long reports take is told by it.
func (b *batch) noteArrival(e *entry) error {
	if e.state.Kind != registry.KindReaction || e.old != nil {
		return nil
	}
	known, err := b.tx.Local(store.LocalArrived, e.id.String())
	if err != nil || known != nil {
		return err
	}
	now := binary.BigEndian.AppendUint64(nil, uint64(b.n.cfg.Now().UnixMilli()))
	return b.tx.PutLocal(&store.LocalRow{Kind: store.LocalArrived, Key: e.id.String(), Value: now})
}

// ArrivedMS is when a reaction came to this machine, in ms since 1970; 0 if that is not known.
func ArrivedMS(tx store.Tx, id p.EntityID) (int64, error) {
	b, err := tx.Local(store.LocalArrived, id.String())
	if err != nil || len(b) != 8 {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}
