package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"tramy/internal/atlas"
	"tramy/internal/merge"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
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
		park := &store.ParkedRow{Log: seg.Log, First: seg.First, Device: row.Device, Via: via, Raw: raw}
		if err := b.tx.PutParked(park); err != nil {
			return 0, err
		}
		return takenParked, b.tx.PutLog(row) // by it the log's next segments are parked with this one
	}
	if n.id.Role == registry.NodeStation { // only neighbours send segments to a station
		if dev.ID == n.id.Device {
			return takenKnown, nil
		}
		if !n.sharesRoom(b.tx, dev) {
			return 0, fmt.Errorf("segment %s:%d of device %s: %w", seg.Log, seg.First, dev.ID, ErrNotNeighbour)
		}
	}
	key := ed25519.PublicKey(dev.Key)
	if err := seg.Verify(key); err != nil {
		return 0, fmt.Errorf("segment %s:%d: %w", seg.Log, seg.First, err)
	}
	if seg.First == 1 {
		if err := seg.CheckOpening(key); err != nil {
			return 0, fmt.Errorf("segment %s:1: %w", seg.Log, err)
		}
	}
	if seg.First > row.Head+1 {
		return 0, &GapError{Log: seg.Log, Have: row.Head, Got: seg.First}
	}
	changes, err := seg.Changes()
	if err != nil {
		return 0, fmt.Errorf("segment %s:%d: %w", seg.Log, seg.First, err)
	}
	fresh, err := n.checkChain(b.tx, row, seg, changes)
	if err != nil {
		return 0, err
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
	if letIn(row) && (dev.Up == n.id.Device || n.id.Role == registry.NodeStation) {
		// This hub enrolled the author: it judges. Its word goes up before the segment it is about. A neighbour's
		// word counts nowhere but on its own screen.
		if err := n.judgeAll(b, dev, row, fresh); err != nil {
			return 0, err
		}
		if !letIn(row) {
			if err := n.putLet(b.tx, row); err != nil {
				return 0, err
			}
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

// cameBy notes through whom a log came, who then hears what becomes of it. A hub that hands it up takes that over from
// another; a neighbour that carries it does not from the author.
func (n *Node) cameBy(tx store.Tx, row *store.LogRow, via p.EntityID) error {
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
		row.Fork = fork.Seq
	}
	if row.Reason != p.HoldNone {
		return nil
	}
	row.Reason = p.HoldForked
	return n.putLet(tx, row)
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

// checkChain returns the changes of a segment that this node lacks, after comparing the rest with what it
// has by the hash chain.
func (n *Node) checkChain(tx store.Tx, row *store.LogRow, seg *p.Segment, changes []p.Change) ([]p.Change, error) {
	if seg.First == row.Head+1 {
		if seg.Prev != row.Hash.Short() {
			return nil, &ForkError{Log: seg.Log, Seq: row.Head}
		}
		return changes, nil
	}
	h, err := n.chainAt(tx, seg.Log, seg.First-1)
	if err != nil {
		return nil, err
	}
	if seg.Prev != h.Short() {
		return nil, &ForkError{Log: seg.Log, Seq: seg.First - 1}
	}
	known := min(seg.Last(), row.Head)
	have := row.Hash
	if known < row.Head {
		if have, err = n.chainAt(tx, seg.Log, known); err != nil {
			return nil, err
		}
	}
	mine := h
	for i := range changes[:known+1-seg.First] {
		mine = mine.Next(&changes[i])
	}
	if mine != have {
		return nil, n.fork(tx, seg, h, changes)
	}
	return changes[known+1-seg.First:], nil
}

// fork finds the first change of a segment that differs from what was received before; h is the chain
// before the segment.
func (n *Node) fork(tx store.Tx, seg *p.Segment, h p.Hash, changes []p.Change) error {
	mine := h
	for i := range changes {
		mine = mine.Next(&changes[i])
		have, err := n.chainAt(tx, seg.Log, changes[i].Dot.Seq)
		if err != nil {
			return err
		}
		if mine != have {
			return &ForkError{Log: seg.Log, Seq: changes[i].Dot.Seq, Exact: true}
		}
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

// judgeAll holds a log at the first act that its author may not write. Leaving out that act alone would
// break the prefix that Seen promises.
func (n *Node) judgeAll(b *batch, dev *project.DeviceRow, row *store.LogRow, fresh []p.Change) error {
	if dev.Revoked {
		row.Reason, row.In = p.HoldRevoked, row.Head
		return nil
	}
	for i := range fresh {
		reason, err := n.judge(b, dev, &fresh[i])
		if err != nil {
			return err
		}
		if reason == p.HoldNone {
			continue
		}
		for i > 0 && fresh[i-1].At == fresh[i].At {
			i--
		}
		row.Reason, row.In = reason, fresh[i].Dot.Seq-1
		return nil
	}
	return nil
}

// judge says whether a device that this hub enrolled may write a change. It judges what cannot be undone
// by looking the other way: kinds beyond its role, places beyond its own, users without the right.
func (n *Node) judge(b *batch, dev *project.DeviceRow, c *p.Change) (p.HoldReason, error) {
	u, err := b.user(c.Actor)
	if err != nil {
		return p.HoldNone, err
	}
	if c.Kind == registry.KindUser && c.Entity == c.Actor && !c.Creates() && own(c) {
		// Everybody may change their own password where they work. Who acted is the machine's own word, so a
		// stolen one must not speak for an account of another place or of the hubs above.
		if u != nil && b.places.WithinEver(u.Place, b.places.ScopesEver(dev.Place)...) {
			return p.HoldNone, nil
		}
		return p.HoldRights, nil
	}
	if n.id.Role == registry.NodeStation {
		// A neighbour may know an older map and older roles than the author: it turns away only what no laptop may
		// write, so that a stolen one does nothing at others that it could not at its hub.
		if !rights.DeviceMay(dev.Role, c.Kind) {
			return p.HoldRights, nil
		}
		return p.HoldNone, nil
	}
	if !deviceMay(b.places, dev, c.Kind, c.Writes) {
		return p.HoldRights, nil
	}
	// An account not known here yet is on its way; the device answers for it, as it does for kinds of newer versions.
	if u != nil && rights.Knows(c.Kind) && !rights.May(rights.Role(u.Role), actOf(c), c.Kind) {
		return p.HoldRights, nil
	}
	return p.HoldNone, nil
}

// user returns an account, nil if it is not known here. One person writes most of a segment.
func (b *batch) user(id p.EntityID) (*project.UserRow, error) {
	u, ok := b.users[id]
	if ok || id.IsZero() {
		return u, nil
	}
	u, err := b.tx.User(id)
	if err == nil {
		b.users[id] = u
	}
	return u, err
}

// deviceMay reports whether a device may write so, whoever sits in front of it: kinds of its role, at places
// of its own.
func deviceMay(places *atlas.Atlas, dev *project.DeviceRow, kind p.Kind, writes []p.Write) bool {
	return rights.DeviceMay(dev.Role, kind) && atOwnPlaces(places, dev.Place, kind, writes)
}

// MayRecordAt reports whether the hub above will let in what this node records of doses at a place. What it does
// not let in holds all that follows in the log.
func (n *Node) MayRecordAt(place p.EntityID) bool {
	id := n.Identity()
	writes := []p.Write{{Field: p.FieldPlace, Data: p.Ref(place)}}
	return id.Upstream.Device.IsZero() || atOwnPlaces(n.Atlas(), id.Place, registry.KindImmunization, writes)
}

// atOwnPlaces reports whether a device at a place may write so about the places that the writes name.
func atOwnPlaces(places *atlas.Atlas, own p.EntityID, kind p.Kind, writes []p.Write) bool {
	tops := []p.EntityID{own}
	switch kind {
	case registry.KindImmunization, registry.KindPin, registry.KindUser, registry.KindDevice, registry.KindAccess, registry.KindRescue:
		tops = places.ScopesEver(own)
	case registry.KindPlace:
	default:
		return true
	}
	for i := range writes {
		if place, ok := writes[i].Data.Ref(); ok && writes[i].Field == p.FieldPlace && !places.WithinEver(place, tops...) {
			return false
		}
	}
	return true
}

// own reports whether a user's change of their own account touches only what is theirs to change.
func own(c *p.Change) bool {
	for i := range c.Writes {
		switch c.Writes[i].Field {
		case registry.UserPassword, registry.UserPhone:
		default:
			return false
		}
	}
	return true
}

// actOf says which right a change needs. To settle is to choose between values that stand side by side.
func actOf(c *p.Change) rights.Act {
	if c.Creates() {
		return rights.Create
	}
	settles := true
	for i := range c.Writes {
		w := &c.Writes[i]
		if w.Field == p.FieldVoid && !w.Data.IsNull() {
			return rights.Void
		}
		settles = settles && len(w.Supersedes) > 1
	}
	if settles {
		return rights.Settle
	}
	return rights.Amend
}

// let notes how far a log was let in below. The greater number wins; changes that are let in now are
// applied in order. It may come before the segments it is about: In then lies beyond Head.
func (n *Node) let(b *batch, l *p.Let) error {
	row, err := b.tx.Log(l.Log)
	if err != nil {
		return err
	}
	if row == nil {
		row = &store.LogRow{ID: l.Log, Hash: p.ChainStart(l.Log)}
	}
	if heeded, err := n.heeds(b, row); err != nil || !heeded {
		return err
	}
	if l.Reason == p.HoldNone || row.Reason != p.HoldNone || l.In >= row.Head {
		return n.admit(b, row, max(l.In, row.In), l.Reason)
	}
	return nil // applied here before the word came: what was let in stays in
}

// heeds reports whether a child's word about a log counts: only a hub judges, only what comes through it,
// and never what this node judges itself. A station cannot let its own held log in.
func (n *Node) heeds(b *batch, row *store.LogRow) (bool, error) {
	child, err := b.tx.Device(b.from.device)
	if err != nil || child == nil || child.Role != registry.NodeHub {
		return false, err
	}
	if !row.Via.IsZero() && row.Via != child.ID {
		return false, nil
	}
	author, err := b.tx.Device(row.Device)
	if err != nil || author == nil {
		return err == nil, err
	}
	return author.Up != n.id.Device, nil
}

// admit lets a log in up to in, with the reason why not further.
func (n *Node) admit(b *batch, row *store.LogRow, in p.Seq, reason p.HoldReason) error {
	var last p.At
	err := n.eachChange(b.tx, row, row.In+1, min(in, row.Head), func(c *p.Change) error {
		if c.At != last {
			b.endAct()
		}
		last = c.At
		return b.change(c)
	})
	if err != nil {
		return err
	}
	b.endAct()
	row.In, row.Reason = max(in, row.In), reason
	if reason == p.HoldNone {
		row.In = row.Head
	}
	if err := n.putLet(b.tx, row); err != nil {
		return err
	}
	return n.news(b.tx, row)
}

// putLet passes this node's word about a log on to its upstream, which heeds hubs alone.
func (n *Node) putLet(tx store.Tx, row *store.LogRow) error {
	if n.id.IsRoot() || n.id.Role == registry.NodeStation {
		return nil
	}
	return n.putOutbox(tx, &store.OutboxRow{Log: row.ID, In: row.In, Reason: row.Reason})
}

// reject takes note that a log stays out from a change on. What this node had let in of it (it is the
// author, or let it in before it heard why not to, or joined it) is to be replaced by the upstream's state.
func (b *batch) reject(r *project.RejectionRow) error {
	if err := b.tx.PutRejectionRow(r); err != nil {
		return err
	}
	row, err := b.tx.Log(r.Log)
	if err != nil {
		return err
	}
	if row == nil || row.Head == 0 {
		if b.n.id.IsRoot() {
			return nil
		}
		return b.tx.EachState(func(s *p.State) error {
			if s.SeenSeq(r.Log) < r.From {
				return nil
			}
			return b.tx.PutRefresh(s.ID)
		})
	}
	if row.Head < r.From {
		return nil
	}
	var anew []p.EntityID
	err = b.n.eachChange(b.tx, row, r.From, row.Head, func(c *p.Change) error {
		if c.Dot.Seq <= row.In && b.n.id.IsRoot() {
			anew = append(anew, c.Entity)
			return nil
		}
		e, err := b.load(c.Entity)
		switch {
		case err != nil || e.state == nil:
			return err
		case e.state.SeenSeq(r.Log) >= c.Dot.Seq: // let in here, or joined from an upstream that let it in
			return b.tx.PutRefresh(c.Entity)
		case c.Creates():
			// Others may have written into what will now never have been created: its rows are made anew.
			b.touch(e, e.state, true)
		}
		return nil
	})
	if err != nil {
		return err
	}
	row.In = min(row.In, r.From-1)
	row.Reason = p.HoldRejected
	if !row.Own {
		if err := b.n.putLet(b.tx, row); err != nil {
			return err
		}
	}
	if err := b.n.news(b.tx, row); err != nil {
		return err
	}
	return b.refold(anew)
}

// restsOnRejected reports whether a state says that it contains changes which were rejected. Its sender does not know yet.
func restsOnRejected(tx store.Tx, s *p.State) (bool, error) {
	if s == nil {
		return false, nil
	}
	for _, seen := range s.Seen {
		from, err := tx.Rejected(seen.Log)
		if err != nil || from > 0 && seen.Seq >= from {
			return err == nil, err
		}
	}
	return false, nil
}

// refold makes states anew from the changes that count here. Only the root can: it has them all, and nobody is above
// it to be asked.
func (b *batch) refold(ids []p.EntityID) error {
	for _, id := range ids {
		changes, err := b.n.Changes(b.tx, id)
		if err != nil {
			return err
		}
		var s *p.State
		for i := range changes {
			s = merge.Apply(s, &changes[i])
		}
		if err := b.replace(id, s); err != nil {
			return err
		}
	}
	return nil
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

// Reject decides that a held log stays out from where it is held on, for good. Every node hears of it; the
// machines that wrote or believed it take it back.
func (n *Node) Reject(ctx context.Context, actor p.EntityID, log p.LogID, reason string) error {
	_, err := n.Append(ctx, actor, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		row, err := tx.Log(log)
		if err != nil {
			return nil, err
		}
		if row == nil || letIn(row) || row.Reason == p.HoldRejected {
			return nil, ErrNothing
		}
		return []registry.Draft{registry.NewRejection(log, row.In+1, reason)}, nil
	})
	return err
}

// Admit lets a held log in, whole; an officer decided so. One that was rejected stays out.
func (n *Node) Admit(ctx context.Context, log p.LogID) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.Log(log)
		if err != nil {
			return err
		}
		if row == nil || letIn(row) || row.Reason == p.HoldRejected {
			return ErrNothing
		}
		b = n.newBatch(tx)
		if err := n.admit(b, row, row.Head, p.HoldNone); err != nil {
			return err
		}
		return b.finish()
	})
	if err == nil {
		b.committed()
	}
	return err
}

// unpark takes in the segments that waited for a device which is now known.
func (n *Node) unpark(b *batch) error {
	for i := 0; i < len(b.touched); i++ {
		if b.touched[i].state.Kind != registry.KindDevice {
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
			_, err := n.receiveSegment(b, r.Via, r.Raw)
			var gap *GapError
			if err != nil && !errors.As(err, &gap) && !isBad(err) {
				return err
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
	return errors.As(err, &fork) || errors.As(err, &gap) || errors.Is(err, ErrNotNeighbour) || isMalformed(err)
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
