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

// pageHead is what rows of a page share: a shape for states.
type pageHead struct {
	kind   Kind
	groups int // records that follow for this state
	left   bool
	seen   int // entries of Seen, plus 1; 0: it follows from the values
	gone   int // fields with gone values
}

// page adds the columns of states to those of records.
type page struct {
	*records
	heads     []pageHead
	headOf    []int
	head      column
	id        refColumn
	seen      refColumn
	goneField column
	goneCount column
	gone      refColumn
	goneHash  []byte
}

func newPage(in bool, rows int) *page {
	p := &page{records: newRecords(in, PageCellsMax)}
	p.head.n = rows
	p.id.add(rows)
	p.id.seq.step, p.dots.seq.step = 1, 1
	return p
}

// prepare counts what the columns of states will hold; gone values come after goneCount.
func (p *page) prepare() {
	for _, k := range p.headOf {
		h := &p.heads[k]
		p.seen.add(max(0, h.seen-1))
		p.goneField.n += h.gone
		p.goneCount.n += h.gone
		p.count++
	}
	p.records.prepare(true)
}

// walkState codes one row: id, groups, Seen where it does not follow, Gone. next is the first record.
func (p *page) walkState(s *State, h *pageHead, groups []Change, next int) {
	for i := range groups {
		g := &groups[i]
		if k := p.shapeOf[next+i]; p.shapes[k].creates {
			g.Dot = s.ID.Birth()
		} else {
			p.dot(&p.dots, &g.Dot, 0)
		}
		p.walk(next+i, g)
	}
	if h.seen > 0 {
		if p.in {
			s.Seen = make([]Seen, h.seen-1)
		}
		for i := range s.Seen {
			d := Dot(s.Seen[i])
			p.dot(&p.seen, &d, 0)
			s.Seen[i] = Seen(d)
		}
	}
	if p.in && h.gone > 0 {
		s.Gone = make([]GoneValues, h.gone)
	}
	for i := range s.Gone {
		g := &s.Gone[i]
		if p.in {
			g.Field = Field(p.goneField.get(0))
			g.Gone = make([]Superseded, p.goneCount.get(0))
		} else {
			p.goneField.put(int64(g.Field), 0)
			p.goneCount.put(int64(len(g.Gone)), 0)
			p.gone.add(len(g.Gone))
		}
		for j := range g.Gone {
			p.dot(&p.gone, &g.Gone[j].Dot, 0)
			p.hashTo(&g.Gone[j].Hash)
		}
	}
}

func (p *page) hashTo(h *[4]byte) {
	if !p.in {
		p.goneHash = append(p.goneHash, h[:]...)
		return
	}
	p.goneHash = p.goneHash[copy(h[:], p.goneHash):]
}

// encodeRows returns the payload of a page and where its sections end; states must pass Check.
func encodeRows(rows []Row) (payload []byte, ends []int, err error) {
	p := newPage(false, len(rows))
	headAt := map[pageHead]int{}
	groups := make([][]Change, len(rows))
	for i := range rows {
		s := rows[i].State
		groups[i] = s.groups()
		h := pageHead{kind: s.Kind, groups: len(groups[i]), left: rows[i].Left, gone: len(s.Gone)}
		if !sameSeen(s, groups[i]) {
			h.seen = 1 + len(s.Seen)
		}
		k, found := headAt[h]
		if !found {
			k = len(p.heads)
			headAt[h] = k
			p.heads = append(p.heads, h)
		}
		p.headOf = append(p.headOf, k)
		for j := range groups[i] {
			p.register(&groups[i][j])
		}
	}
	p.prepare()
	if err := p.err(); err != nil {
		return nil, nil, err
	}
	p.putShapes()
	for i, used, next := 0, 0, 0; i < len(rows); i++ {
		p.head.putIndex(p.headOf[i], used, 0)
		used = max(used, p.headOf[i]+1)
		p.entityID(&p.id, &rows[i].State.ID, 0)
		p.walkState(rows[i].State, &p.heads[p.headOf[i]], groups[i], next)
		next += len(groups[i])
	}
	s := newSections()
	s.w.array(len(p.heads))
	for _, h := range p.heads {
		s.w.array(4)
		s.w.uint(uint64(h.kind))
		left := 0
		if h.left {
			left = 1
		}
		s.w.uint(uint64(h.groups<<1 | left))
		s.w.uint(uint64(h.seen))
		s.w.uint(uint64(h.gone))
	}
	p.head.write(s)
	p.records.write(s, 0)
	p.id.write(s)
	p.seen.write(s)
	p.goneField.write(s)
	p.goneCount.write(s)
	p.gone.write(s)
	s.raw = append(s.raw, p.goneHash...)
	payload, ends = s.done()
	if len(payload) > PageDecodedBytesMax {
		return nil, nil, fmt.Errorf("%d bytes before compression: %w", len(payload), ErrTooLarge)
	}
	return payload, ends, nil
}

// sameSeen reports whether Seen follows from the values and is left out.
func sameSeen(s *State, groups []Change) bool {
	if len(groups) == 1 && groups[0].Creates() {
		return s.SeenFollows()
	}
	seen := seenOf(s.ID, groups)
	if len(seen) != len(s.Seen) {
		return false
	}
	for i := range seen {
		if seen[i] != s.Seen[i] {
			return false
		}
	}
	return true
}

func (p *page) readHeads(s *sectionReader, rows int) (groups int) {
	for range s.array(rows) {
		s.arrayOf(4)
		h := pageHead{kind: Kind(s.uint(1<<16 - 1))}
		n := s.uint(PageCellsMax)
		h.groups, h.left = int(n>>1), n&1 != 0
		h.seen, h.gone = int(s.uint(StateSeenMax+1)), int(s.uint(StateFieldsMax))
		p.heads = append(p.heads, h)
		if s.err != nil {
			return 0
		}
	}
	p.head.read(s)
	if s.err != nil {
		return 0
	}
	p.headOf = make([]int, rows)
	used, extra := 0, 0
	for i := range p.headOf {
		k, ok := p.head.getIndex(used, 0)
		if !ok || k >= len(p.heads) {
			s.fail(ErrInvalid, "no such head")
			return 0
		}
		used = max(used, k+1)
		p.headOf[i] = k
		groups += p.heads[k].groups
		extra += p.heads[k].seen + p.heads[k].gone
	}
	if groups > PageCellsMax || extra > PageCellsMax {
		s.fail(ErrTooLarge, "%d groups, %d more", groups, extra)
		return 0
	}
	return groups
}

// readRows reads the columns of states that come after those of records.
func (p *page) readRows(s *sectionReader) {
	p.id.read(s)
	p.seen.read(s)
	p.goneField.read(s)
	total := p.readLengths(&p.goneCount, s, FieldValuesMax)
	if s.err == nil && total > int64(len(s.raw)/4) {
		s.fail(ErrTruncated, "%d gone values", total)
	}
	if s.err != nil {
		return
	}
	p.gone.add(int(total))
	p.gone.read(s)
	p.goneHash = s.rawBytes(4 * int(total))
}

// decodeRows is the inverse of encodeRows.
func decodeRows(rows int, payload []byte) ([]Row, error) {
	s := newSectionReader(payload, "page payload")
	p := newPage(true, rows)
	groups := p.readHeads(s, rows)
	p.readTables(s, groups)
	if s.err != nil {
		return nil, s.err
	}
	p.prepare()
	if err := p.err(); err != nil {
		return nil, err
	}
	if p.superseded.seq.n > 0 {
		return nil, fmt.Errorf("page payload: values that supersede: %w", ErrInvalid)
	}
	p.readColumns(s)
	p.readRows(s)
	if err := s.end(); err != nil {
		return nil, err
	}
	out := make([]Row, rows)
	states := make([]State, rows)
	var arena []Write
	var room []Change
	next := 0
	for i, k := range p.headOf {
		h, st := &p.heads[k], &states[i]
		st.Kind = h.kind
		p.entityID(&p.id, &st.ID, 0)
		if cap(room) < h.groups {
			room = make([]Change, h.groups)
		}
		g := room[:h.groups]
		for j := range g {
			g[j] = Change{Entity: st.ID}
			p.fill(p.shapeOf[next+j], &g[j], &arena)
		}
		p.walkState(st, h, g, next)
		if err := p.err(); err != nil {
			return nil, fmt.Errorf("state %s: %w", st.ID, err)
		}
		st.setFields(g)
		if h.seen == 0 {
			st.Seen = seenOf(st.ID, g)
		}
		if err := st.Check(); err != nil {
			return nil, err
		}
		next += h.groups
		out[i] = Row{State: st, Left: h.left}
	}
	again, _, err := encodeRows(out)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, payload) {
		return nil, fmt.Errorf("page payload: %w", ErrNotCanonical)
	}
	return out, nil
}
