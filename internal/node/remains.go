package node

import (
	"maps"
	"slices"

	"tramy/internal/merge"
	p "tramy/syncproto"
)

// What the centre takes out of what is left of a database nobody above it puts right. So each such state is held against
// the changes that are here: at once, and again whenever one comes under a dot of which it has a value.

// remains takes note, at the centre, of a state that was taken out of what was left of a database. Elsewhere the upstream's
// state replaces what is wrong. Once it is joined it may not show any more that another content is here of what it had seen.
func (b *batch) remains(s *p.State) error {
	if !b.n.id.IsRoot() {
		return nil
	}
	changes, err := b.n.Changes(b.tx, s.ID)
	if err != nil {
		return err
	}
	missing, other, err := b.unproved(s, changes)
	if err != nil {
		return err
	}
	if other {
		b.toProve(s.ID, true)
	}
	for i := range missing {
		if err := b.await(missing[i].Dot, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// here reports whether a change is held and counts.
func (b *batch) here(d p.Dot) (bool, error) {
	row, err := b.tx.Log(d.Log)
	return countsHere(row, d.Seq), err
}

// toProve lets an entity's state be proved when the batch is finished. Other says that the state rested on another content
// than is here.
func (b *batch) toProve(id p.EntityID, other bool) {
	if b.remained == nil {
		b.remained = map[p.EntityID]bool{}
	}
	b.remained[id] = b.remained[id] || other
}

// await takes note that an entity is to be proved when a change comes. It need not be one of that entity: who is rolled back
// writes something else under the dot.
func (b *batch) await(d p.Dot, id p.EntityID) error {
	key := metaRemains + d.String()
	ids, err := b.tx.Meta(key)
	if err != nil {
		return err
	}
	for at := range slices.Chunk(ids, len(id)) {
		if p.EntityID(at) == id {
			return nil
		}
	}
	if err := b.tx.SetMeta(key, append(slices.Clone(ids), id[:]...)); err != nil || len(ids) > 0 {
		return err
	}
	return b.awaited(+1)
}

// awaited counts the dots of which something is noted: as long as there is none, nobody looks.
func (b *batch) awaited(more int) error {
	if b.awaits == nil {
		n, err := b.tx.Counter(counterRemains)
		if err != nil {
			return err
		}
		b.awaits = &n
	}
	if more == 0 {
		return nil
	}
	*b.awaits += uint64(more)
	return b.tx.SetCounter(counterRemains, *b.awaits)
}

// came lets what waits for a change be proved when the batch is finished.
func (b *batch) came(d p.Dot) error {
	if !b.n.id.IsRoot() {
		return nil
	}
	if err := b.awaited(0); err != nil || *b.awaits == 0 {
		return err
	}
	key := metaRemains + d.String()
	ids, err := b.tx.Meta(key)
	if err != nil || ids == nil {
		return err
	}
	for id := range slices.Chunk(ids, len(p.EntityID{})) {
		b.toProve(p.EntityID(id), false)
	}
	if err := b.tx.SetMeta(key, nil); err != nil {
		return err
	}
	return b.awaited(-1)
}

// knownBefore takes note, at the centre, of a change that its entity's state has seen before it came: the state was taken
// out of what was left of a database. Elsewhere states come from above before their changes do.
func (b *batch) knownBefore(c *p.Change) error {
	if !b.n.id.IsRoot() {
		return nil
	}
	b.toProve(c.Entity, false)
	if c.Creates() {
		return nil
	}
	return b.tx.PutEdit(c.Entity, c.Dot)
}

// prove holds the states that were taken out of what was left of a database against the changes that are here by now.
func (b *batch) prove() error {
	for _, id := range slices.SortedFunc(maps.Keys(b.remained), p.EntityID.Compare) {
		e, err := b.load(id)
		if err != nil {
			return err
		}
		changes, err := b.n.Changes(b.tx, id)
		if err != nil {
			return err
		}
		next, err := b.proved(id, e.state, changes, b.remained[id])
		if err != nil {
			return err
		}
		if next == e.state {
			continue
		}
		if err := b.replace(id, next); err != nil {
			return err
		}
	}
	return nil
}

// proved returns a state with what the changes say that are here. What is left of a database does not tell what its values
// replaced, so that an older value may stand beside them, or be let in when its change comes. A value of which the change is
// still missing stays.
//
// The state is made anew, of the changes and of the values of which they are missing, where another content is here of a
// value's dot (or of one that it had, which other says): that does not count, and may have replaced what does. So it is where
// rejected changes were taken out of it: the change that came may be what one of them had replaced.
func (b *batch) proved(id p.EntityID, s *p.State, changes []p.Change, other bool) (*p.State, error) {
	fold := merge.Fold(nil, changes)
	if s == nil {
		return fold, nil
	}
	missing, stands, err := b.unproved(s, changes)
	if err != nil {
		return nil, err
	}
	refolded, err := b.tx.Meta(metaRefolded + id.String())
	if err != nil {
		return nil, err
	}
	if refolded != nil && len(missing) == 0 {
		if err := b.tx.SetMeta(metaRefolded+id.String(), nil); err != nil {
			return nil, err
		}
	}
	if !other && !stands && refolded == nil {
		return merge.Join(s, fold), nil
	}
	return merge.Fold(fold, missing), nil
}

// unproved returns, as if they were changes, the values of a state of which the changes are not here, and reports whether
// there are values of which another content is.
func (b *batch) unproved(s *p.State, changes []p.Change) (missing []p.Change, other bool, err error) {
	of := map[p.Dot]*p.Change{}
	for i := range changes {
		of[changes[i].Dot] = &changes[i]
	}
	lost := map[p.Dot]*p.Change{}
	for i := range s.Fields {
		field := s.Fields[i].Field
		for _, v := range s.Fields[i].Values {
			if c := of[v.Dot]; c != nil && wrote(c, field, v) {
				continue
			}
			if here, err := b.here(v.Dot); err != nil {
				return nil, false, err
			} else if here {
				other = true
				continue
			}
			c := lost[v.Dot]
			if c == nil {
				c = &p.Change{Dot: v.Dot, At: v.At, Actor: v.Actor, Kind: s.Kind, Entity: s.ID}
				lost[v.Dot] = c
			}
			c.Writes = append(c.Writes, p.Write{Field: field, Data: v.Data})
		}
	}
	for _, d := range slices.SortedFunc(maps.Keys(lost), p.Dot.Compare) {
		missing = append(missing, *lost[d])
	}
	return missing, other, nil
}

// wrote reports whether a value is what a change wrote.
func wrote(c *p.Change, f p.Field, v p.Value) bool {
	return c.At == v.At && c.Actor == v.Actor && slices.ContainsFunc(c.Writes, func(w p.Write) bool { return w.Field == f && w.Data.Equal(v.Data) })
}
