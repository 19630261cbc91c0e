package syncproto

import (
	"bytes"
	"fmt"
)

// EncodePage makes a page of one scope out of rows in feed order; after is the cursor behind them. Who
// cuts pages keeps rows with one feed number together (I5) and comes back with fewer on ErrTooLarge.
func EncodePage(scope EntityID, after Cursor, rows []Row) (*Page, error) {
	if len(rows) > PageRowsMax {
		return nil, fmt.Errorf("page of %d rows: %w", len(rows), ErrTooLarge)
	}
	for i := range rows {
		if err := rows[i].State.Check(); err != nil {
			return nil, err
		}
	}
	payload, ends, err := encodeRows(rows)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	p := &Page{Scope: scope, After: after, Count: uint32(len(rows))}
	p.Payload, _ = smallest(payload, ends, effortPage) // the zstd frame says which dictionary
	if len(p.Payload) > FrameSizeBytesMax-pageHeadBytesMax {
		return nil, fmt.Errorf("page of %d bytes: %w", len(p.Payload), ErrTooLarge)
	}
	return p, nil
}

// pageHeadBytesMax is what a Page frame has besides its payload.
const pageHeadBytesMax = 64

// Rows decompresses and decodes a page, strictly and within the limits.
func (p *Page) Rows() ([]Row, error) {
	if p.Count > PageRowsMax {
		return nil, fmt.Errorf("page of %d rows: %w", p.Count, ErrLimit)
	}
	payload, _, err := decompress(p.Payload, PageDecodedBytesMax)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return decodeRows(int(p.Count), payload)
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
	p.gone.log.short, p.gone.seq.short = true, true
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
	return encodeGroups(rows, make([][]Change, len(rows)))
}

// encodeGroups is encodeRows where some states' groups are known already; the others are nil.
func encodeGroups(rows []Row, groups [][]Change) (payload []byte, ends []int, err error) {
	p := newPage(false, len(rows))
	headAt := map[pageHead]int{}
	for i := range rows {
		s := rows[i].State
		if groups[i] == nil {
			groups[i] = s.groups()
		}
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
	all := make([]Change, groups)
	known := make([][]Change, rows)
	next := 0
	for i, k := range p.headOf {
		h, st := &p.heads[k], &states[i]
		st.Kind = h.kind
		p.entityID(&p.id, &st.ID, 0)
		g := all[next : next+h.groups]
		for j := range g {
			g[j].Entity = st.ID
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
		if h.groups == 1 && g[0].Kind == st.Kind && len(g[0].Writes) > 0 {
			known[i] = g // one group cannot be in a wrong order
		}
		next += h.groups
		out[i] = Row{State: st, Left: h.left}
	}
	again, _, err := encodeGroups(out, known)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, payload) {
		return nil, fmt.Errorf("page payload: %w", ErrNotCanonical)
	}
	return out, nil
}
