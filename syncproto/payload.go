package syncproto

import (
	"bytes"
	"fmt"
)

// encodeChanges returns the payload of a segment and where its sections end. The dots of changes are
// implied by the segment's log and First; changes must pass Check.
func encodeChanges(log LogID, changes []Change) (payload []byte, ends []int, err error) {
	r := newRecords(false, SegmentCellsMax)
	r.addLog(log)
	for i := range changes {
		r.register(&changes[i])
	}
	r.prepare(false)
	if err := r.err(); err != nil {
		return nil, nil, err
	}
	r.putShapes()
	for i := range changes {
		c := &changes[i]
		if !r.shapes[r.shapeOf[i]].creates {
			r.entityID(&r.entity, &c.Entity, 0)
		}
		r.walk(i, c)
	}
	s := newSections()
	r.write(s, 1)
	payload, ends = s.done()
	if len(payload) > SegmentDecodedBytesMax {
		return nil, nil, fmt.Errorf("%d bytes before compression: %w", len(payload), ErrTooLarge)
	}
	return payload, ends, nil
}

// decodeChanges is the inverse of encodeChanges.
func decodeChanges(log LogID, first Seq, count int, payload []byte) ([]Change, error) {
	s := newSectionReader(payload, "segment payload")
	r := newRecords(true, SegmentCellsMax)
	r.addLog(log)
	r.readTables(s, count)
	if s.err != nil {
		return nil, s.err
	}
	r.prepare(false)
	if err := r.err(); err != nil {
		return nil, err
	}
	r.readColumns(s)
	if err := s.end(); err != nil {
		return nil, err
	}
	changes := make([]Change, count)
	var arena []Write
	for i, k := range r.shapeOf {
		c := &changes[i]
		c.Dot = Dot{log, first + Seq(i)}
		r.fill(k, c, &arena)
		c.Entity = c.Dot.Entity()
		if !r.shapes[k].creates {
			c.Entity = EntityID{}
			r.entityID(&r.entity, &c.Entity, 0)
		}
		r.walk(i, c)
		if err := r.err(); err != nil {
			return nil, fmt.Errorf("change %s: %w", c.Dot, err)
		}
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	// Whatever else could have been written in another way shows when it is written again.
	again, _, err := encodeChanges(log, changes)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, payload) {
		return nil, fmt.Errorf("segment payload: %w", ErrNotCanonical)
	}
	return changes, nil
}

// putShapes fills the column of shapes.
func (r *records) putShapes() {
	used := 0
	for _, k := range r.shapeOf {
		r.shape.putIndex(k, used, 0)
		used = max(used, k+1)
	}
}
