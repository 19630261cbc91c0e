package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// AlarmSalvaged says that the database was damaged and set aside, and that this one was filled again from what could
// be read of it, of the journal and of what others hold.
const AlarmSalvaged = "salvaged"

// Salvaged counts what was taken back out of what was left of a database.
type Salvaged struct {
	Own      int // own changes that neither this store nor the journal had
	States   int // entities of which a state came back
	Segments int // segments of other machines
	Refused  int // what could be read and proved to be wrong
}

// add puts two counts together.
func (s *Salvaged) add(t Salvaged) {
	s.Own += t.Own
	s.States += t.States
	s.Segments += t.Segments
	s.Refused += t.Refused
}

// TakeBackFirst takes back what a person needs in order to go on at all out of what is left of a database: this node's
// own logs, and the places, accounts, machines and vaccines. It is quick. TakeBackRest does the rest. Both may be
// repeated, and may run into a store that is in use: own logs are replayed under their own dots, states are joined and
// segments received like any others, so nothing is doubled, and what is newer here stays.
func (n *Node) TakeBackFirst(ctx context.Context, r store.Remains) (Salvaged, error) {
	var done Salvaged
	if err := n.takeBackMeta(ctx, r); err != nil {
		return done, fmt.Errorf("what it noted: %w", err)
	}
	records, refused, err := n.ownRecords(r)
	if err != nil {
		return done, fmt.Errorf("own logs: %w", err)
	}
	done.Refused += refused
	sources := []func(func(*Record) error) error{func(fn func(*Record) error) error {
		for _, rec := range records {
			if err := fn(rec); err != nil {
				return err
			}
		}
		return nil
	}}
	if n.cfg.Journal != nil { // it may go on where what was left of the database ends
		sources = append(sources, n.cfg.Journal.Replay)
	}
	n.mu.Lock()
	var left []*Record
	if done.Own, left, err = n.replay(ctx, sources...); err == nil {
		err = n.keepStranded(left)
	}
	n.mu.Unlock()
	if err != nil {
		return done, fmt.Errorf("own logs: %w", err)
	}
	states, err := n.takeBackStates(ctx, r, func(k p.Kind) bool { return k.Audience() != p.AudienceCase })
	done.add(states)
	return done, err
}

// TakeBackRest takes back what TakeBackFirst left: the cases, and at a hub the segments of other machines. It works in
// short steps, so that nobody waits for it.
func (n *Node) TakeBackRest(ctx context.Context, r store.Remains) (Salvaged, error) {
	done, err := n.takeBackStates(ctx, r, func(k p.Kind) bool { return k.Audience() == p.AudienceCase })
	if err != nil {
		return done, err
	}
	segments, err := n.takeBackSegments(ctx, r)
	done.add(segments)
	if err == nil && n.id.IsRoot() {
		err = n.refoldMarked(ctx)
	}
	return done, err
}

// NoteSalvaged tells people what happened, for good.
func (n *Node) NoteSalvaged(ctx context.Context, detail string) error {
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		return tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmSalvaged, Detail: detail})
	})
}

// forgotten reports whether a fact belongs to the store that was lost: how far both sides of an exchange were, what is
// kept beside a log, where a sweep stood, what rested on changes that were missing.
func forgotten(key string) bool {
	switch key {
	case metaRevoked, metaOffset:
		return false
	}
	return strings.HasPrefix(key, "up.") || strings.HasPrefix(key, metaOpening) || strings.HasPrefix(key, metaRemains) ||
		strings.HasPrefix(key, metaRefolded) || strings.HasPrefix(key, "sweep")
}

// takeBackMeta takes back what a node noted and nobody else knows: codes that were given out, tokens of children. What
// this store has by now is newer.
func (n *Node) takeBackMeta(ctx context.Context, r store.Remains) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for key, value := range r.Meta() {
			if forgotten(key) {
				continue
			}
			have, err := tx.Meta(key)
			if err == nil && have == nil {
				err = tx.SetMeta(key, value)
			}
			if err != nil {
				return err
			}
		}
		children := r.Children()
		for i := range children {
			have, err := tx.Child(children[i].Device)
			if err != nil {
				return err
			}
			if have != nil && len(have.TokenHash) > 0 {
				continue
			}
			if err := tx.PutChild(&children[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// ownRecords puts together what is left of this node's own logs, as the journal would have it. Sealed changes are
// proved by the signature, those of a tail by the chain up to the head that the log's row names.
func (n *Node) ownRecords(r store.Remains) (records []*Record, refused int, err error) {
	self := n.Identity()
	rows := map[p.LogID]*store.LogRow{}
	logs := r.Logs()
	for i := range logs {
		rows[logs[i].ID] = &logs[i]
	}
	own := map[p.LogID]*ownRemains{}
	at := func(log p.LogID) *ownRemains {
		if own[log] == nil {
			own[log] = &ownRemains{row: rows[log], changes: map[p.Seq]p.Change{}}
		}
		return own[log]
	}
	for name, value := range r.Meta() {
		text, ok := strings.CutPrefix(name, metaOpening)
		if !ok {
			continue
		}
		if log, err := p.ParseLogID(text); err == nil {
			if o, err := DecodeOpening(value); err == nil && o.Device == n.id.Device && self.keyFor(log, o.Random) != nil {
				at(log).opening = o
			}
		}
	}
	err = r.Segments(func(s *store.SegmentRow, via p.EntityID) error {
		if row := rows[s.Log]; row != nil && !row.Own || !via.IsZero() {
			return nil
		}
		// What is damaged is counted once, with those of other machines.
		seg, err := p.ParseSegment(s.Raw)
		if err != nil || !self.provedOwn(seg) {
			return nil
		}
		changes, err := seg.Changes()
		if err != nil {
			return nil
		}
		if seg.First == 1 && seg.Opening != nil && self.keyFor(seg.Log, seg.Opening.Random) != nil {
			at(seg.Log).opening = seg.Opening
		}
		for i := range changes {
			at(seg.Log).changes[changes[i].Dot.Seq] = changes[i]
		}
		return nil
	})
	if err != nil {
		return nil, refused, err
	}
	for _, t := range r.Tail() {
		c, err := p.DecodeChange(t.Change)
		if err != nil || c.Dot != (p.Dot{Log: t.Log, Seq: t.Seq}) {
			refused++
			continue
		}
		o := at(t.Log)
		if _, sealed := o.changes[t.Seq]; !sealed {
			o.changes[t.Seq] = *c
			o.tail = append(o.tail, t.Seq)
		}
	}
	for _, log := range sortedLogs(own) {
		refused += own[log].prove(log)
		records = append(records, own[log].records()...)
	}
	return records, refused, nil
}

// ownRemains is what is left of one own log.
type ownRemains struct {
	row     *store.LogRow // as it was, nil if it is lost
	opening *p.Opening
	changes map[p.Seq]p.Change
	tail    []p.Seq // those of them that no signature proves, in order
}

// prove drops the changes of a tail unless the chain over all of the log ends as its row says, and what followed where
// a log was cut back because its machine had been set back. It returns how many it dropped without proof.
func (o *ownRemains) prove(log p.LogID) (dropped int) {
	if o.row != nil && o.row.UpReason == p.HoldForked {
		for seq := range o.changes {
			if seq > o.row.Head {
				delete(o.changes, seq)
			}
		}
	}
	if len(o.tail) == 0 {
		return 0
	}
	h, seq := p.ChainStart(log), p.Seq(1)
	for ; o.row != nil && seq <= o.row.Head; seq++ {
		c, ok := o.changes[seq]
		if !ok {
			break
		}
		h = h.Next(&c)
	}
	if o.row != nil && seq > o.row.Head && h == o.row.Hash {
		return 0
	}
	for _, seq := range o.tail {
		delete(o.changes, seq)
		dropped++
	}
	return dropped
}

// records cuts a log into acts, by the time that the changes of an act share.
func (o *ownRemains) records() []*Record {
	last := p.Seq(0)
	for seq := range o.changes {
		last = max(last, seq)
	}
	changes := make([]p.Change, 0, len(o.changes))
	for seq := p.Seq(1); seq <= last; seq++ {
		if c, ok := o.changes[seq]; ok {
			changes = append(changes, c)
		}
	}
	var out []*Record
	for _, act := range acts(changes) {
		r := &Record{Changes: act, Access: act[0].Kind == registry.KindAccess}
		if len(out) == 0 && act[0].Dot.Seq == 1 {
			r.Opening = o.opening
		}
		out = append(out, r)
	}
	return out
}

func sortedLogs[T any](m map[p.LogID]T) []p.LogID {
	ids := make([]p.LogID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, p.LogID.Compare)
	return ids
}

// takeBackStates joins the states of some kinds, like those of a page from above: whatever the upstream says of them
// later stands against them. What says a thing that was issued again since waits for the upstream's state to replace it: by
// what is left of a database that was not done yet.
func (n *Node) takeBackStates(ctx context.Context, r store.Remains, of func(p.Kind) bool) (Salvaged, error) {
	var done Salvaged
	var some []*p.State
	flush := func() error {
		n.mu.Lock()
		defer n.mu.Unlock()
		var b *batch
		err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
			b = n.newBatch(tx)
			if err := tx.SetMeta(metaSalvaged, []byte{1}); err != nil {
				return err
			}
			for _, s := range some {
				if err := b.join(s); err != nil {
					return err
				}
				if err := b.remains(s); err != nil {
					return err
				}
				if void, err := restsOnVoid(tx, s); err != nil {
					return err
				} else if void {
					if err := tx.PutRefresh(s.ID); err != nil {
						return err
					}
				}
			}
			b.endAct()
			return b.finish()
		})
		if err == nil {
			b.committed()
			done.States += len(some)
			some = some[:0]
		}
		return err
	}
	err := r.States(func(s *p.State) error {
		if !of(s.Kind) {
			return nil
		}
		if some = append(some, s); len(some) < statesPerTx {
			return nil
		}
		return flush()
	})
	if err == nil && len(some) > 0 {
		err = flush()
	}
	if err != nil {
		err = fmt.Errorf("states: %w", err)
	}
	return done, err
}

// takeBackSegments takes in the segments of other machines, each proved by its author's signature. What their rows said
// of logs that were held is known before, or what an officer decided would be forgotten; what was let in by one stays
// let in.
func (n *Node) takeBackSegments(ctx context.Context, r store.Remains) (Salvaged, error) {
	var done Salvaged
	rows := map[p.LogID]store.LogRow{}
	for _, row := range r.Logs() {
		if !row.Own {
			rows[row.ID] = row
		}
	}
	if err := n.heldBefore(ctx, rows); err != nil {
		return done, fmt.Errorf("logs held: %w", err)
	}
	own := n.Identity()
	var some []store.SegmentRow
	var vias []p.EntityID
	flush := func() error {
		taken, refused, err := n.takeSome(ctx, some, vias, rows)
		done.Segments += taken
		done.Refused += refused
		some, vias = some[:0], vias[:0]
		return err
	}
	size := 0
	err := r.Segments(func(s *store.SegmentRow, via p.EntityID) error {
		seg, err := p.ParseSegment(s.Raw)
		if err != nil {
			done.Refused++
			return nil
		}
		if _, other := rows[seg.Log]; !other && own.provedOwn(seg) {
			return nil // this node's own: replayed already
		}
		if via.IsZero() {
			via = rows[seg.Log].Via
		}
		some, vias, size = append(some, *s), append(vias, via), size+len(s.Raw)
		if len(some) < segmentsPerTx && size < segmentBytesTx {
			return nil
		}
		size = 0
		return flush()
	})
	if err == nil && len(some) > 0 {
		err = flush()
	}
	if err == nil {
		err = n.admittedBefore(ctx, rows)
	}
	if err != nil {
		err = fmt.Errorf("segments: %w", err)
	}
	return done, err
}

// takeSome receives segments in one transaction.
func (n *Node) takeSome(
	ctx context.Context, some []store.SegmentRow, vias []p.EntityID, rows map[p.LogID]store.LogRow,
) (taken, refused int, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b *batch
	err = n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		b = n.newBatch(tx)
		b.takesBack = true
		for i := range some {
			// Where the note is lost whether the hub below held the log, this node judges in its stead until it speaks again.
			_, noted := rows[some[i].Log]
			b.judges = !noted && vias[i].IsZero()
			via, err := viaSince(tx, some[i].Log, vias[i])
			if err != nil {
				return err
			}
			_, err = n.receiveSegment(b, via, some[i].Raw)
			switch {
			case err == nil:
				taken++
				if err := n.countsSince(tx, some[i].Log); err != nil {
					return err
				}
			case isBad(err):
				refused++ // damaged, or what stood before it is: its child sends it again
			default:
				return err
			}
		}
		b.judges, b.takesBack = false, false
		return b.finish()
	})
	if err == nil {
		b.committed()
	}
	return taken, refused, err
}

// viaSince is through whom a log comes of which this node takes back what it had: through whoever sent or listed it since the
// database was lost, and else as it came before. That one may be gone, and this one waits to hear how far the log is here.
func viaSince(tx store.Tx, log p.LogID, before p.EntityID) (p.EntityID, error) {
	row, err := tx.Log(log)
	if err != nil || row == nil || row.Via.IsZero() {
		return before, err
	}
	return row.Via, nil
}
