package node

import (
	"bytes"
	"errors"
	"fmt"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// GapError says that a segment does not connect to what this node has of its log.
type GapError struct {
	Log       p.LogID
	Have, Got p.Seq
}

func (e *GapError) Error() string {
	return fmt.Sprintf("log %s: have up to %d, got a segment from %d", e.Log, e.Have, e.Got)
}

// ForkError says that two different contents arrived under one dot: a machine set back with its memory,
// or a cheat.
type ForkError struct {
	Log   p.LogID
	Seq   p.Seq // the first change that differs, or one behind it
	Exact bool  // it is the first
}

func (e *ForkError) Error() string {
	if e.Exact {
		return fmt.Sprintf("log %s: change %d differs from what was received before", e.Log, e.Seq)
	}
	return fmt.Sprintf("log %s: change %d or one before it differs from what was received before", e.Log, e.Seq)
}

// taken says what became of a segment.
type taken int

const (
	takenWhole  taken = iota // new changes were kept (and applied, unless held)
	takenKnown               // everything in it was known
	takenParked              // its device is not known yet; kept for later
)

// receiveSegment verifies a segment from below and keeps it verbatim; then its changes are applied, as far
// as its log is let in. The caller has the write transaction and finishes the batch.
func (n *Node) receiveSegment(b *batch, via p.EntityID, raw []byte) (taken, error) {
	seg, err := p.ParseSegment(raw)
	if err != nil {
		return 0, err
	}
	row, err := b.tx.Log(seg.Log)
	if err != nil {
		return 0, err
	}
	if row == nil {
		row = &store.LogRow{ID: seg.Log, Hash: p.ChainStart(seg.Log)}
	}
	switch {
	case row.Head == 0 && seg.First == 1: // new, or only a let is known of it
		row.Device = seg.Opening.Device
	case row.Device.IsZero():
		return 0, &GapError{Log: seg.Log, Got: seg.First}
	}
	dev, err := b.tx.Device(row.Device)
	if err != nil {
		return 0, err
	}
	if dev == nil {
		return n.park(b, row, seg, via, raw)
	}
	if n.id.Role == registry.NodeStation { // only neighbours send segments to a station
		if dev.ID == n.id.Device {
			return takenKnown, nil
		}
		if !n.sharesRoom(b.tx, dev) {
			return 0, fmt.Errorf("segment %s:%d of device %s: %w", seg.Log, seg.First, dev.ID, ErrNotNeighbour)
		}
	}
	former, err := n.proved(b.tx, dev, row, seg)
	if errors.Is(err, errKeyUnknown) {
		if wait, werr := n.awaitsKeys(b.tx, dev); werr != nil {
			return 0, werr
		} else if wait {
			return n.park(b, row, seg, via, raw)
		}
		if err = seg.Verify(dev.Keys()[0]); err == nil {
			err = p.ErrOpening
		}
	}
	if err != nil {
		return 0, fmt.Errorf("segment %s:%d: %w", seg.Log, seg.First, err)
	}
	if seg.First > row.Head+1 {
		return 0, &GapError{Log: seg.Log, Have: row.Head, Got: seg.First}
	}
	same, err := b.hasVerbatim(row, seg, raw)
	if err != nil {
		return 0, err
	}
	var fresh []p.Change
	if !same {
		changes, err := seg.Changes()
		if err != nil {
			return 0, fmt.Errorf("segment %s:%d: %w", seg.Log, seg.First, err)
		}
		if fresh, err = n.checkChain(b, row, seg, changes); err != nil {
			return 0, err
		}
	}
	told := row.Via
	if err := n.cameBy(b.tx, row, via); err != nil {
		return 0, err
	}
	if len(fresh) == 0 {
		if row.Via == row.Device && told != row.Device {
			return takenKnown, n.news(b.tx, row) // a neighbour carried it here: the author has heard none of its receipts
		}
		return takenKnown, b.tx.PutLog(row)
	}
	from, err := b.tx.Rejected(row.ID)
	if err != nil {
		return 0, err
	}
	if from > 0 && seg.Last() >= from {
		row.Reason, row.In = p.HoldRejected, max(row.In, min(row.Head, from-1))
	}
	held := !letIn(row)
	if letIn(row) && (b.judges || dev.Up == n.id.Device || n.id.Role == registry.NodeStation) {
		// This hub enrolled the author: it judges. Its word goes up before the segment it is about. A neighbour's
		// word counts nowhere but on its own screen.
		if err := n.judgeAll(b, dev, row, fresh); err != nil {
			return 0, err
		}
		if former && via != dev.ID && letIn(row) && n.id.Role == registry.NodeHub {
			// Whoever has a copy of the old key may have written it; the machine itself brings what it has with its token.
			row.Reason, row.In = p.HoldRevoked, row.Head
		}
	}
	if !held && dev.Role == registry.NodeStation {
		if err := b.holdFalse(dev, row, fresh); err != nil {
			return 0, err
		}
	}
	if !held && !letIn(row) {
		if err := n.putLet(b.tx, row); err != nil {
			return 0, err
		}
	}
	if err := n.keepSegment(b.tx, raw); err != nil {
		return 0, err
	}
	for i := range fresh {
		c := &fresh[i]
		if letIn(row) || c.Dot.Seq <= row.In || from > 0 && c.Dot.Seq < from && row.Reason == p.HoldRejected {
			if err := b.change(c); err != nil {
				return 0, err
			}
			if i+1 == len(fresh) || fresh[i+1].At != c.At {
				b.endAct()
			}
			row.In = max(row.In, c.Dot.Seq)
		}
		row.Head = c.Dot.Seq
		row.Hash = row.Hash.Next(c)
		row.Last = c.At
	}
	if err := n.heard(b.tx, row); err != nil {
		return 0, err
	}
	return takenWhole, n.news(b.tx, row)
}

// park keeps a segment until who signed it is known.
func (n *Node) park(b *batch, row *store.LogRow, seg *p.Segment, via p.EntityID, raw []byte) (taken, error) {
	if err := b.mayPark(via, raw); err != nil {
		return 0, fmt.Errorf("segment %s:%d: %w", seg.Log, seg.First, err)
	}
	park := &store.ParkedRow{Log: seg.Log, First: seg.First, Device: row.Device, Via: via, Raw: raw}
	if err := b.tx.PutParked(park); err != nil {
		return 0, err
	}
	return takenParked, b.tx.PutLog(row) // by it the log's next segments are parked with this one
}

// cameBy notes through whom a log came, who then hears what becomes of it. A hub that hands it up takes that over from
// another; a neighbour that carries it does not from the author. What was parked in a database that was damaged since came
// through nobody who is known.
func (n *Node) cameBy(tx store.Tx, row *store.LogRow, via p.EntityID) error {
	if via.IsZero() {
		return nil
	}
	if row.Via != row.Device || via == row.Device || row.Via.IsZero() {
		row.Via = via
		return nil
	}
	carrier, err := tx.Device(via)
	if carrier != nil && carrier.Role == registry.NodeHub {
		row.Via = via
	}
	return err
}

// forked notes that two contents arrived of a log, and tells it on above.
func (n *Node) forked(tx store.Tx, row *store.LogRow, fork *ForkError, via p.EntityID) error {
	if err := n.cameBy(tx, row, via); err != nil {
		return err
	}
	if fork.Exact {
		return n.parts(tx, row, fork.Seq)
	}
	return n.parts(tx, row, 0)
}

// parts notes that a log has two contents, from a change on or, if that is 0, from nobody here knows where, and tells
// those above and below.
func (n *Node) parts(tx store.Tx, row *store.LogRow, at p.Seq) error {
	known := at == 0 || row.Fork > 0 && row.Fork <= at
	if !known {
		row.Fork = at
	}
	if known && row.Reason == p.HoldForked {
		return tx.PutLog(row)
	}
	if !letIn(row) { // held it stays, and those above hold it already
		return n.news(tx, row)
	}
	row.Reason = p.HoldForked
	if err := n.putLet(tx, row); err != nil {
		return err
	}
	return n.news(tx, row)
}

// letIn reports whether what comes of a log is let in as it comes. Of a log with two contents the one that
// came first goes on: its author may not know of the other yet.
func letIn(row *store.LogRow) bool { return row.Reason == p.HoldNone || row.Reason == p.HoldForked }

// heard notes how new the news from a log's author are, for the completeness beside each figure.
func (n *Node) heard(tx store.Tx, row *store.LogRow) error {
	c, err := tx.Child(row.Device)
	if err != nil {
		return err
	}
	if c == nil {
		c = &store.ChildRow{Device: row.Device}
	}
	c.DataMS = max(c.DataMS, min(row.Last.Corrected(), n.cfg.Now().UnixMilli()))
	return tx.PutChild(c)
}

// hasVerbatim reports whether a segment is kept here as it came, to the byte: then all in it is known, and its chain was followed when
// it came.
func (b *batch) hasVerbatim(row *store.LogRow, seg *p.Segment, raw []byte) (bool, error) {
	if row.Own || seg.Last() > row.Head {
		return false, nil
	}
	kept, err := b.tx.SegmentHolding(row.ID, seg.First)
	return kept != nil && bytes.Equal(kept.Raw, raw), err
}

// checkChain returns the changes of a segment that this node lacks, after comparing the rest with what it
// has by the hash chain.
func (n *Node) checkChain(b *batch, row *store.LogRow, seg *p.Segment, changes []p.Change) ([]p.Change, error) {
	if seg.First == row.Head+1 {
		if seg.Prev != row.Hash.Short() {
			return nil, &ForkError{Log: seg.Log, Seq: row.Head}
		}
		return changes, onlyWhatCounts(b, row, changes)
	}
	h, err := b.walk.to(n, b.tx, seg.Log, seg.First-1)
	if err != nil {
		return nil, err
	}
	if seg.Prev != h.Short() {
		return nil, &ForkError{Log: seg.Log, Seq: seg.First - 1}
	}
	known := min(seg.Last(), row.Head)
	have := row.Hash
	if known < row.Head {
		if have, err = b.walk.to(n, b.tx, seg.Log, known); err != nil {
			return nil, err
		}
	}
	mine := h
	for i := range changes[:known+1-seg.First] {
		mine = mine.Next(&changes[i])
	}
	if mine != have {
		return nil, n.fork(b, row, seg, h, changes)
	}
	changes = changes[known+1-seg.First:]
	return changes, onlyWhatCounts(b, row, changes)
}

// onlyWhatCounts checks changes that go on with a log: of two contents only the one that counts above is taken in. A hub takes
// the other back out of what is left of its database: it may be the only one to have it, and hands it back to its author.
func onlyWhatCounts(b *batch, row *store.LogRow, fresh []p.Change) error {
	at, ok := upWord(row).Parts()
	if !ok || row.Head >= at || b.takesBack && b.n.id.Role == registry.NodeHub {
		return nil
	}
	h := row.Hash
	for i := range fresh {
		if h = h.Next(&fresh[i]); fresh[i].Dot.Seq == at && h.Short() != row.UpHash {
			return &ForkError{Log: row.ID, Seq: at, Exact: true}
		}
	}
	return nil
}

// fork finds the first change of a segment that differs from what was received before; h is the chain
// before the segment.
func (n *Node) fork(b *batch, row *store.LogRow, seg *p.Segment, h p.Hash, changes []p.Change) error {
	if err := b.walk.back(); err != nil {
		return fmt.Errorf("log %s: %w", seg.Log, err)
	}
	mine, have, i := h, h, 0
	err := n.eachChange(b.tx, row, seg.First, min(seg.Last(), row.Head), func(c *p.Change) error {
		mine, have = mine.Next(&changes[i]), have.Next(c)
		if mine != have {
			return &ForkError{Log: seg.Log, Seq: c.Dot.Seq, Exact: true}
		}
		i++
		return nil
	})
	if err != nil {
		return err
	}
	return fmt.Errorf("log %s: a segment from %d differs and none of its changes does", seg.Log, seg.First)
}

// news gives a log's receipt a new number, so that the child it came through hears of it.
func (n *Node) news(tx store.Tx, row *store.LogRow) error {
	k, err := tx.Counter(counterReceipt)
	if err != nil {
		return err
	}
	if err := tx.SetCounter(counterReceipt, k+1); err != nil {
		return err
	}
	row.Receipt = k + 1
	return tx.PutLog(row)
}

// eachChange calls fn with a log's changes from first to last, as this node holds them.
func (n *Node) eachChange(tx store.Tx, row *store.LogRow, first, last p.Seq, fn func(*p.Change) error) error {
	sealed := last
	if row.Own {
		sealed = min(row.Sealed, last)
	}
	for at := first; at <= sealed; {
		seg, err := tx.SegmentHolding(row.ID, at)
		if err != nil {
			return err
		}
		if seg == nil {
			return fmt.Errorf("log %s: %w %d", row.ID, errNoSegment, at)
		}
		parsed, err := p.ParseSegment(seg.Raw)
		if err != nil {
			return err
		}
		changes, err := parsed.Changes()
		if err != nil {
			return err
		}
		for i := range changes {
			if seq := changes[i].Dot.Seq; seq >= at && seq <= sealed {
				if err := fn(&changes[i]); err != nil {
					return err
				}
			}
		}
		at = parsed.Last() + 1
	}
	if sealed == last {
		return nil
	}
	tail, err := tx.Tail()
	if err != nil {
		return err
	}
	for _, t := range tail {
		if t.Log != row.ID || t.Seq < first || t.Seq > last {
			continue
		}
		c, err := p.DecodeChange(t.Change)
		if err != nil {
			return fmt.Errorf("own change %s:%d as kept: %w", t.Log, t.Seq, err)
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// unpark takes in the segments that waited for a device which is now known.
func (n *Node) unpark(b *batch) error {
	b.unparking = true
	defer func() { b.unparking = false }()
	for i := 0; i < len(b.touched); i++ {
		if s := b.touched[i].state; s == nil || s.Kind != registry.KindDevice {
			continue
		}
		rows, err := b.tx.Parked(b.touched[i].id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := b.singles(); err != nil { // the device's row, by which its segments are verified
				return err
			}
			what, err := n.receiveSegment(b, r.Via, r.Raw)
			var gap *GapError
			if err != nil && !errors.As(err, &gap) && !isBad(err) {
				return err
			}
			if err == nil && what == takenParked {
				continue // of the device more is known, not yet the key that this waits for
			}
			if err := b.tx.DeleteParked(r.Log, r.First); err != nil {
				return err
			}
		}
	}
	return nil
}

// isBad reports whether an error is about what was received, not about this node's store.
func isBad(err error) bool {
	var fork *ForkError
	var gap *GapError
	return errors.As(err, &fork) || errors.As(err, &gap) || errors.Is(err, ErrNotNeighbour) || errors.Is(err, errWaitsEnough) ||
		errors.Is(err, errBackAndForth) || isMalformed(err)
}

// isMalformed reports whether the codec refused what was received.
func isMalformed(err error) bool {
	for _, class := range []error{
		p.ErrTruncated, p.ErrNotCanonical, p.ErrInvalid, p.ErrLimit, p.ErrTooLarge, p.ErrVersion, p.ErrSignature, p.ErrOpening,
	} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}
