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

// A machine set back with its memory (a virtual machine rolled back to a snapshot, or one that runs twice)
// goes on writing a log whose continuation the upstream has already. It learns so from Heads. What it wrote
// since then it issues again in a new log, under new dots and, where something was created, new ids; the
// codes printed on cards stay. Everything else that names such an id is mended with it.

// errSetBack ends an exchange in which this node learned that it was set back. Nothing more is taken in
// from that answer: it spares this node rows that it has lost.
var errSetBack = errors.New("this machine was set back to an earlier state; it begins anew")

// setBack begins a new run within this one: the upstream knows numbers of the old one that this node has
// given to something else since.
func (n *Node) setBack(tx store.Tx) error {
	taken, err := readPosition(tx)
	if err != nil {
		return err
	}
	var fresh p.Incarnation
	if _, err := io.ReadFull(n.cfg.Rand, fresh[:]); err != nil {
		return fmt.Errorf("drawing an incarnation: %w", err)
	}
	order := int64(0)
	rows, err := tx.Incarnations()
	if err != nil {
		return err
	}
	for i := range rows {
		order = rows[i].Order
		if rows[i].Incarnation == n.incarnation {
			// What was given out before the set-back is known to nobody here, so nothing of the feed counts.
			rows[i].Ended, rows[i].FeedEnd, rows[i].OutboxEnd = true, 0, 0
			if taken.Incarnation == n.incarnation {
				rows[i].OutboxEnd = taken.Number
			}
			if err := tx.PutIncarnation(&rows[i]); err != nil {
				return err
			}
		}
	}
	if err := tx.PutIncarnation(&store.IncarnationRow{Incarnation: fresh, Order: order + 1}); err != nil {
		return err
	}
	n.incarnation, n.caughtUp = fresh, false
	n.own, n.ownAccess = nil, nil
	return tx.PutAlarm(&store.AlarmRow{WallMS: n.cfg.Now().UnixMilli(), Code: AlarmSetBack, Detail: fmt.Sprintf("run %x", fresh)})
}

// reissue issues again what this node wrote into a log from a change on, where the upstream has other
// content. The caller has the lock.
func (n *Node) reissue(ctx context.Context, log p.LogID, from p.Seq) error {
	var b *batch
	err := n.cfg.Store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.Log(log)
		if err != nil || row == nil || row.Head < from {
			return err
		}
		var old []*p.Change
		if err := n.eachChange(tx, row, from, row.Head, func(c *p.Change) error {
			old = append(old, c)
			return nil
		}); err != nil {
			return err
		}
		b = n.newBatch(tx)
		// A log of its own: if the commit fails, no dot of it is used again.
		slot, fresh, err := n.openLog(tx, nil, row.Access)
		if err != nil {
			return err
		}
		if err := putOpening(tx, slot.id, slot.opening); err != nil {
			return err
		}
		again := rewriting{log: log, from: from, to: slot.id, ids: map[p.EntityID]p.EntityID{}, again: map[written]p.Superseded{}}
		changes := again.changes(old)
		others, err := again.others(tx, old, n.at())
		if err != nil {
			return err
		}
		changes = append(changes, others...)
		if err := n.cutBack(tx, log, from); err != nil {
			return err
		}
		void := &p.Dot{Log: log, Seq: from}
		for _, act := range acts(changes) {
			for i := range act {
				if err := b.ownChange(fresh, &act[i]); err != nil {
					return err
				}
			}
			b.endAct()
			if n.cfg.Journal == nil {
				continue
			}
			if err := n.cfg.Journal.Append(&Record{Access: row.Access, Opening: slot.opening, Void: void, Changes: act}); err != nil {
				return fmt.Errorf("writing the journal: %w", err)
			}
			slot.opening, void = nil, nil
		}
		if err := tx.PutLog(fresh); err != nil {
			return err
		}
		return b.finish()
	})
	if err != nil {
		return fmt.Errorf("issuing log %s again: %w", log, err)
	}
	b.committed()
	return nil
}

// cutBack ends an own log before a change: what followed is issued again elsewhere. The entities it touched
// are to be replaced by the upstream's state, which knows nothing of it.
func (n *Node) cutBack(tx store.Tx, log p.LogID, from p.Seq) error {
	row, err := tx.Log(log)
	if err != nil || row == nil || row.Head < from {
		return err
	}
	if err := n.eachChange(tx, row, from, row.Head, func(c *p.Change) error { return tx.PutRefresh(c.Entity) }); err != nil {
		return err
	}
	h, err := n.hashAt(tx, row, from-1)
	if err != nil {
		return err
	}
	row.Hash = h
	if row.Sealed >= from-1 {
		row.Sealed, row.SealedHash = from-1, h
	}
	row.Head, row.In, row.UpReason = from-1, min(row.In, from-1), p.HoldForked
	if err := tx.DeleteTail(log, from, 1<<32-1); err != nil {
		return err
	}
	if err := n.cutSegments(tx, log, from); err != nil {
		return err
	}
	return tx.PutLog(row)
}

// cutSegments takes what was sealed of a log from a change on away: no hub that never heard of the other content may be
// sent it, because it stands elsewhere now. A segment that begins before is sealed again up to there; where segments are
// cut means nothing.
func (n *Node) cutSegments(tx store.Tx, log p.LogID, from p.Seq) error {
	if err := tx.CutSegments(log, from); err != nil {
		return err
	}
	for {
		row, err := tx.SegmentHolding(log, from)
		if err != nil || row == nil {
			return err
		}
		seg, err := p.ParseSegment(row.Raw)
		if err != nil {
			return fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		changes, err := seg.Changes()
		if err != nil {
			return fmt.Errorf("kept segment %s:%d: %w", log, row.First, err)
		}
		prev, err := n.chainAt(tx, log, row.First-1)
		if err != nil {
			return err
		}
		changes = changes[:from-row.First]
		raw, err := p.SealSegment(n.id.Key, seg.Opening, prev, changes)
		if err != nil {
			return fmt.Errorf("sealing log %s again from change %d: %w", log, row.First, err)
		}
		if err := tx.PutSegment(&store.SegmentRow{Log: log, First: row.First, Count: uint32(len(changes)), Raw: raw}); err != nil {
			return err
		}
	}
}

// acts divides changes where their time says that another act begins, or an act would be too large.
func acts(changes []p.Change) [][]p.Change {
	var out [][]p.Change
	for len(changes) > 0 {
		k := 1
		for k < len(changes) && k < p.ActChangesMax && changes[k].At == changes[0].At {
			k++
		}
		out = append(out, changes[:k])
		changes = changes[k:]
	}
	return out
}

// rewriting turns changes of one log, from one on, into changes of another.
type rewriting struct {
	log, to p.LogID
	from    p.Seq
	next    p.Seq
	ids     map[p.EntityID]p.EntityID // what was created again, by its old id
	again   map[written]p.Superseded  // values written again, by how they were written before
}

// written names a value.
type written struct {
	dot   p.Dot
	field p.Field
}

func (r *rewriting) isOld(d p.Dot) bool { return d.Log == r.log && d.Seq >= r.from }

// changes rewrites the changes of the log.
func (r *rewriting) changes(old []*p.Change) []p.Change {
	out := make([]p.Change, 0, len(old))
	for _, c := range old {
		next := r.begin(c.At, r.id(c.Actor), c.Kind, r.id(c.Entity))
		if c.Creates() {
			next.Entity = next.Dot.Entity()
			r.ids[c.Entity] = next.Entity
		}
		for _, w := range c.Writes {
			var replaces []p.Superseded
			for _, s := range w.Supersedes {
				if a, ok := r.again[written{s.Dot, w.Field}]; ok {
					s = a
				}
				replaces = append(replaces, s)
			}
			r.write(&next, w.Field, w.Data, replaces)
			v := p.Value{Dot: next.Dot, At: next.At, Actor: next.Actor, Data: next.Writes[len(next.Writes)-1].Data}
			r.again[written{c.Dot, w.Field}] = v.Superseded()
		}
		out = append(out, next)
	}
	return out
}

// others mends what other logs of this machine wrote about what is now created again: what they wrote into
// it is written into the new entity, and what names it by its old id is pointed to the new one.
func (r *rewriting) others(tx store.Tx, old []*p.Change, at p.At) ([]p.Change, error) {
	var out []p.Change
	seen := map[p.EntityID]bool{}
	for _, c := range old {
		if !c.Creates() {
			continue
		}
		s, err := tx.State(c.Entity)
		if err != nil {
			return nil, err
		}
		for i := range s.Fields {
			for _, v := range s.Fields[i].Values {
				if !r.isOld(v.Dot) {
					next := r.begin(v.At, r.id(v.Actor), s.Kind, r.ids[c.Entity])
					r.write(&next, s.Fields[i].Field, v.Data, nil)
					out = append(out, next)
				}
			}
		}
		members, err := tx.Members(c.Entity)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if seen[m] || r.isOld(m.Birth()) {
				continue
			}
			seen[m] = true
			s, err := tx.State(m)
			if err != nil {
				return nil, err
			}
			next := r.begin(at, p.EntityID{}, s.Kind, m)
			for _, f := range []p.Field{p.FieldSubject, p.FieldSubject2} {
				for _, v := range s.Values(f) {
					if id, ok := v.Data.Ref(); ok && r.ids[id] != (p.EntityID{}) && len(next.Writes) < 2 {
						r.write(&next, f, v.Data, []p.Superseded{v.Superseded()})
						break
					}
				}
			}
			out = append(out, next)
		}
	}
	return out, nil
}

// begin begins the next change.
func (r *rewriting) begin(at p.At, actor p.EntityID, kind p.Kind, entity p.EntityID) p.Change {
	r.next++
	return p.Change{Dot: p.Dot{Log: r.to, Seq: r.next}, At: at, Actor: actor, Kind: kind, Entity: entity}
}

func (r *rewriting) write(c *p.Change, f p.Field, d p.Data, replaces []p.Superseded) {
	slices.SortFunc(replaces, p.Superseded.Compare)
	c.Writes = append(c.Writes, p.Write{Field: f, Data: r.data(d), Supersedes: replaces})
}

func (r *rewriting) id(id p.EntityID) p.EntityID {
	if again, ok := r.ids[id]; ok {
		return again
	}
	return id
}

// data points references to what was created again.
func (r *rewriting) data(d p.Data) p.Data {
	if id, ok := d.Ref(); ok {
		return p.Ref(r.id(id))
	}
	list, ok := d.List()
	if !ok {
		return d
	}
	again := make([]p.Data, len(list))
	for i := range list {
		again[i] = r.data(list[i])
	}
	return p.List(again...)
}
