package syncproto

import (
	"math"
	"unicode/utf8"
)

// write puts tables and columns into the sections. The logs come first: everything names them.
func (r *records) write(s *sections, logsBefore int) {
	logs := r.logs[logsBefore:]
	for i := range logs {
		s.raw = append(s.raw, logs[i][:11]...)
	}
	tails := column{n: len(logs)}
	for i := range logs {
		tails.put(int64(logs[i][11]>>6), 0)
	}
	s.w.uint(uint64(len(logs)))
	tails.write(s)
	s.w.array(len(r.shapes))
	for i := range r.shapes {
		r.shapes[i].write(s.w)
	}
	r.shape.write(s)
	r.wall.write(s)
	r.offset.write(s)
	r.actor.write(s)
	r.actors2.write(s)
	r.entity.write(s)
	r.dots.write(s)
	r.superseded.write(s)
	s.raw = append(s.raw, r.hashes...)
	for _, c := range r.cells {
		c.write(s)
	}
}

func (s *shape) write(w *writer) {
	n := 1 + len(s.writes)
	for i := range s.writes {
		if s.writes[i].superseded > 0 {
			n++
		}
	}
	w.array(n)
	head := uint64(s.kind) << 1
	if s.creates {
		head |= 1
	}
	w.uint(head)
	last := Field(0)
	for i := range s.writes {
		wr := &s.writes[i]
		v := uint64(wr.field-last)<<4 | uint64(wr.tag)<<1
		last = wr.field
		if wr.superseded > 0 {
			w.uint(v | 1)
			w.uint(uint64(wr.superseded))
		} else {
			w.uint(v)
		}
	}
}

func (c *refColumn) write(s *sections) {
	c.log.write(s)
	c.seq.write(s)
}

func (c *cellColumn) write(s *sections) {
	switch c.key.tag {
	case TagInt:
		c.ints.write(s)
	case TagText:
		c.writeTexts(s)
	case TagBytes:
		c.ints.write(s)
		s.raw = append(s.raw, c.bytes...)
	case TagRef:
		c.ref.write(s)
	case TagList:
		c.ints.write(s)
		c.tags.write(s)
		for _, item := range c.items {
			if item != nil {
				item.write(s)
			}
		}
	}
}

func (c *cellColumn) writeTexts(s *sections) {
	to, flag := &s.digits, uint64(1)
	lengths := column{n: len(c.texts)}
	for _, t := range c.texts {
		lengths.put(int64(len(t)), 0)
		if !isDigits(t) {
			to, flag = &s.text, 0
		}
	}
	s.w.uint(flag)
	c.ints.write(s)
	lengths.write(s)
	for _, t := range c.texts {
		*to = append(*to, t...)
	}
}

func isDigits(t string) bool {
	for i := range len(t) {
		if t[i] < '0' || t[i] > '9' {
			return false
		}
	}
	return true
}

// readTables reads what write wrote, up to the column of shapes; n is the number of records.
func (r *records) readTables(s *sectionReader, n int) {
	logs := int(s.uint(int64(len(s.raw) / 11)))
	ids := s.rawBytes(11 * logs)
	tails := column{n: logs}
	tails.read(s)
	for i := range logs {
		var l LogID
		copy(l[:], ids[11*i:11*i+11])
		v := tails.get(0)
		if v < 0 || v > 3 {
			s.fail(ErrInvalid, "log id")
		}
		l[11] = byte(v) << 6
		r.logs = append(r.logs, l)
	}
	for range s.array(n) {
		r.readShape(s)
		if s.err != nil {
			return
		}
	}
	r.shape.n = n
	r.shape.read(s)
	if s.err != nil {
		return
	}
	r.shapeOf = make([]int, n)
	used := 0
	for i := range r.shapeOf {
		k, ok := r.shape.getIndex(used, 0)
		if !ok || k >= len(r.shapes) {
			s.fail(ErrInvalid, "no such shape")
			return
		}
		used = max(used, k+1)
		r.shapeOf[i] = k
	}
}

func (r *records) readShape(s *sectionReader) {
	n := s.array(1 + 2*StateFieldsMax)
	head := s.uint(math.MaxUint16<<1 | 1)
	sh := shape{kind: Kind(head >> 1), creates: head&1 != 0}
	last := int64(0)
	for i := 1; i < n && s.err == nil; i++ {
		v := s.uint(math.MaxUint16<<4 | 15)
		if last += v >> 4; s.err == nil && (v>>4 == 0 || last > math.MaxUint16) {
			s.fail(ErrInvalid, "field out of order")
		}
		w := shapeWrite{field: Field(last), tag: Tag(v >> 1 & 7)}
		if v&1 != 0 {
			i++
			if w.superseded = int(s.uint(SupersededMax)); i >= n || w.superseded == 0 {
				s.fail(ErrNotCanonical, "shape")
			}
		}
		sh.writes = append(sh.writes, w)
	}
	if s.err == nil && len(sh.writes) > StateFieldsMax {
		s.fail(ErrLimit, "%d fields", len(sh.writes))
	}
	if s.err == nil {
		r.addShape(sh)
	}
}

// readColumns reads the columns, when prepare has counted what they hold.
func (r *records) readColumns(s *sectionReader) {
	r.wall.read(s)
	r.offset.read(s)
	r.actor.read(s)
	r.actors2.add(r.actor.news())
	r.actors2.read(s)
	r.entity.read(s)
	r.dots.read(s)
	r.superseded.read(s)
	r.hashes = s.rawBytes(4 * r.superseded.seq.n)
	for _, c := range r.cells {
		if s.err != nil {
			return
		}
		r.readCell(c, s)
	}
}

func (c *refColumn) read(s *sectionReader) {
	c.log.read(s)
	c.seq.read(s)
}

func (r *records) readCell(c *cellColumn, s *sectionReader) {
	switch c.key.tag {
	case TagInt:
		c.ints.read(s)
	case TagText:
		c.readTexts(s)
	case TagBytes:
		total := r.readLengths(&c.ints, s, TextSizeBytesMax)
		c.bytes = s.cut(&s.raw, total)
	case TagRef:
		c.ref.read(s)
	case TagList:
		total := r.readLengths(&c.ints, s, ListItemsMax)
		if r.count += int(total); r.count > r.cellMax {
			s.fail(ErrTooLarge, "%d values, at most %d", r.count, r.cellMax)
			return
		}
		c.tags.n = int(total)
		c.tags.read(s)
		if s.err != nil {
			return
		}
		tags := c.tags // a copy: the walk reads them again
		for _, t := range tags.all() {
			if t < 0 || t >= int64(TagList) {
				s.fail(ErrInvalid, "tag %d in a list", t)
				return
			}
			r.item(c, Tag(t)).add(1)
		}
		for _, item := range c.items {
			if item != nil {
				r.readCell(item, s)
			}
		}
	}
}

// readLengths reads a column of lengths, checks them and returns their sum.
func (r *records) readLengths(c *column, s *sectionReader, limit int64) (total int64) {
	c.read(s)
	if s.err != nil {
		return 0
	}
	again := *c // a copy: the walk reads them again
	for _, v := range again.all() {
		if v < 0 || v > limit {
			s.fail(ErrLimit, "length %d, at most %d", v, limit)
			return 0
		}
		total += v
	}
	return total
}

func (c *cellColumn) readTexts(s *sectionReader) {
	from := &s.text
	if s.uint(1) == 1 {
		from = &s.digits
	}
	c.ints.read(s)
	if s.err != nil {
		return
	}
	lengths := column{n: c.ints.news()}
	lengths.read(s)
	if s.err != nil {
		return
	}
	c.texts = make([]string, lengths.n)
	for i := range c.texts {
		n := lengths.get(0)
		if n > TextSizeBytesMax {
			s.fail(ErrLimit, "text of %d bytes", n)
		}
		b := s.cut(from, n)
		if !utf8.Valid(b) {
			s.fail(ErrInvalid, "text is not UTF-8")
		}
		if s.err != nil {
			return
		}
		c.texts[i] = string(b)
	}
}
