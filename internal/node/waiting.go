package node

import (
	"errors"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What one machine below may leave here that leads nowhere yet: logs it names of which nothing is here, and bytes of segments whose
// author nobody here knows. A hub may hand up a whole province before its devices come; a station has its own and its neighbours'. What is
// left out stays with who sent it, who hears that it is not here and sends it again.
const (
	emptyLogsStation   = 4096
	emptyLogsHub       = 1 << 18
	parkedBytesStation = 4 << 20
	parkedBytesHub     = 64 << 20
)

// walksBackMax is how often the segments of one request may lead back in a log, or differ from what is here: each time it is followed
// from its beginning. Who has nothing to hide sends a log in order.
const walksBackMax = 4

var (
	errWaitsEnough  = errors.New("too much that came through this machine waits here for authors who are not known")
	errBackAndForth = errors.New("the segments of a log lead back too often")
)

// waits is what came through a machine below and leads nowhere yet, and how much of that there may be.
type waits struct {
	store.WaitingRow
	logsMax  int
	bytesMax int64
}

// waitsOf counts it once a batch.
func (b *batch) waitsOf(via p.EntityID) (*waits, error) {
	if w := b.waits[via]; w != nil {
		return w, nil
	}
	row, err := b.tx.Waiting(via)
	if err != nil {
		return nil, err
	}
	dev, err := b.tx.Device(via)
	if err != nil {
		return nil, err
	}
	w := &waits{WaitingRow: row, logsMax: emptyLogsStation, bytesMax: parkedBytesStation}
	if dev != nil && dev.Role == registry.NodeHub {
		w.logsMax, w.bytesMax = emptyLogsHub, parkedBytesHub
	}
	if b.waits == nil {
		b.waits = map[p.EntityID]*waits{}
	}
	b.waits[via] = w
	return w, nil
}

// mayPark makes room for a segment that waits, or fails with errWaitsEnough.
func (b *batch) mayPark(via p.EntityID, raw []byte) error {
	if via.IsZero() || b.unparking { // left of a damaged database, or here already
		return nil
	}
	w, err := b.waitsOf(via)
	if err != nil {
		return err
	}
	if w.ParkedBytes+int64(len(raw)) > w.bytesMax {
		return fmt.Errorf("%d bytes: %w", w.ParkedBytes, errWaitsEnough)
	}
	w.ParkedBytes += int64(len(raw))
	return nil
}

// mayName reports whether one more log of which nothing is here may be noted.
func (b *batch) mayName(via p.EntityID) (bool, error) {
	w, err := b.waitsOf(via)
	if err != nil || w.Logs >= w.logsMax {
		return false, err
	}
	w.Logs++
	return true, nil
}
