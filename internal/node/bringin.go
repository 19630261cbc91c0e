package node

import (
	"context"
	"errors"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// BroughtIn is what became of segments that did not come by an exchange.
type BroughtIn struct {
	New    int   // kept, and applied as far as their logs are let in
	Known  int   // held already
	Parked int   // kept until their device is known
	Bad    int   // left out: damaged, forged, or told differently before
	Wrong  error // what was wrong with the first of those
}

// BringIn takes in segments that a device sealed and never sent: out of the backup of a machine that is lost. They go
// through the same door as those of an exchange: signature, chain, what the device may write, and each counts once by its
// dots. No position is kept: if the device comes back after all, it goes on from where it was.
func (n *Node) BringIn(ctx context.Context, device p.EntityID, segments [][]byte) (BroughtIn, error) {
	var all BroughtIn
	var w walks // an error ends it
	for len(segments) > 0 {
		k := min(len(segments), segmentsPerTx)
		got, err := n.bringIn(ctx, device, &w, segments[:k])
		if err != nil {
			return all, err
		}
		all.New, all.Known, all.Parked, all.Bad = all.New+got.New, all.Known+got.Known, all.Parked+got.Parked, all.Bad+got.Bad
		if all.Wrong == nil {
			all.Wrong = got.Wrong
		}
		segments = segments[k:]
	}
	if all.New > 0 {
		n.saved()
	}
	return all, nil
}

func (n *Node) bringIn(ctx context.Context, device p.EntityID, w *walks, segments [][]byte) (BroughtIn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var got BroughtIn
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		got = BroughtIn{}
		b = n.newBatch(tx)
		b.walk = w
		for _, raw := range segments {
			what, err := n.receiveSegment(b, device, raw)
			switch {
			case err != nil && !isBad(err):
				return err
			case err != nil:
				got.Bad++
				got.Wrong = errors.Join(got.Wrong, err)
			case what == takenWhole:
				got.New++
			case what == takenKnown:
				got.Known++
			default:
				got.Parked++
			}
		}
		return b.finish()
	})
	if err == nil {
		b.committed()
	}
	return got, err
}
