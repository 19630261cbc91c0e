package node

import (
	"encoding/binary"
	"fmt"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// What a hub has to tell its children of their logs is numbered, and a child says by one number what it has heard: its last
// receipt. Cursors name the incarnation of the hub that gave them out; receipts do not, and a child may have heard one and
// not the page behind it. So each run of a node begins its numbers far beyond those of the run before, at a distance that
// follows from its incarnation and so is another one when a backup is started twice. A number that lies in no run that this
// store knows was given out by a state of this node that is lost: the child is told everything again.

// metaReceipts holds the runs, oldest first, the one that goes on last: two numbers of eight bytes each.
const metaReceipts = "receipts"

const (
	// receiptLeapBits bounds the distance between two runs: far more than the news of a run, and over eight million starts
	// until the numbers end at 2^63, where those of the engines do.
	receiptLeapBits = 40
	// receiptRunsMax is how many runs with news in them are remembered. Who heard nothing of all of them is told everything
	// again.
	receiptRunsMax = 1024
)

// receiptRun is the receipts of one run: those beyond before, up to last.
type receiptRun struct{ before, last uint64 }

// receiptRuns reads the runs, the last of them up to the number given out last.
func receiptRuns(tx store.Tx) ([]receiptRun, error) {
	end, err := tx.Counter(counterReceipt)
	if err != nil {
		return nil, err
	}
	b, err := tx.Meta(metaReceipts)
	switch {
	case err != nil:
		return nil, err
	case len(b) == 0: // kept by a version that had one run of numbers
		return []receiptRun{{last: end}}, nil
	case len(b)%16 != 0:
		return nil, fmt.Errorf("%d bytes of receipt runs: %w", len(b), store.ErrCorrupt)
	}
	var runs []receiptRun
	for ; len(b) > 0; b = b[16:] {
		runs = append(runs, receiptRun{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])})
	}
	runs[len(runs)-1].last = end
	return runs, nil
}

// knowsReceipt reports whether this node gave a number out and still has what it told of.
func knowsReceipt(tx store.Tx, number uint64) (bool, error) {
	runs, err := receiptRuns(tx)
	return number == 0 || slices.ContainsFunc(runs, func(r receiptRun) bool { return r.before < number && number <= r.last }), err
}

// leapReceipts begins the numbers of an incarnation. With lost, this node was set back within the run that ends: which of
// its numbers were given out before that nobody here knows.
func leapReceipts(tx store.Tx, begins p.Incarnation, lost bool) error {
	runs, err := receiptRuns(tx)
	if err != nil {
		return err
	}
	end := runs[len(runs)-1].last
	if lost {
		runs = runs[:len(runs)-1]
	}
	runs = slices.DeleteFunc(runs, func(r receiptRun) bool { return r.before == r.last })
	runs = runs[max(0, len(runs)+1-receiptRunsMax):]
	end += 1 + binary.BigEndian.Uint64(begins[:8])>>(64-receiptLeapBits)
	runs = append(runs, receiptRun{before: end, last: end})
	var b []byte
	for _, r := range runs {
		b = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, r.before), r.last)
	}
	if err := tx.SetMeta(metaReceipts, b); err != nil {
		return err
	}
	return tx.SetCounter(counterReceipt, end)
}
