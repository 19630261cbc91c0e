package syncproto

import (
	"fmt"
	"math"
)

// records is the columnar form that segments and pages share: a list of changes turned into columns, or
// columns turned into changes. In a page a record is the live values that one change left in one state.
//
// What a record consists of is said once, in walk and the functions below it, which serve both
// directions: going out, a call hands a value to its column; coming in, it fetches it.
type records struct {
	in    bool   // decoding
	class error  // first thing wrong with what is decoded
	where string // and where

	logs    []LogID // table of logs in order of first use
	logAt   map[LogID]int
	logRead int // in: how many of logs have been used

	actors  []EntityID
	actorAt map[EntityID]int

	shapes  []shape
	shapeAt map[string]int
	shapeOf []int // shape of each record
	key     []byte

	cells   []*cellColumn // in order of first use by a shape
	cellAt  map[cellKey]*cellColumn
	cellMax int // cells and list items allowed
	count   int // cells and list items so far

	shape, wall, offset, actor column
	actors2, entity, dots      refColumn
	superseded                 refColumn
	hashes                     []byte // in: left to use; out: collected
}

// shape is what records of the same form share: kind, whether they create, and per write field, tag and
// number of superseded values.
type shape struct {
	kind       Kind
	creates    bool
	writes     []shapeWrite
	superseded int
}

type shapeWrite struct {
	field      Field
	tag        Tag
	superseded int
	cell       *cellColumn // nil where the tag says it all
}

type cellKey struct {
	kind  Kind
	field Field
	tag   Tag
}

// refColumn names changes: which log, and which Seq in it.
type refColumn struct{ log, seq column }

// cellColumn holds the data of one field of one kind with one tag.
type cellColumn struct {
	key   cellKey
	n     int
	ints  column    // int: the numbers; text: indexes; bytes, list: lengths
	ref   refColumn // ref
	texts []string  // text: table in order of first use
	at    map[string]int
	used  int    // text, in: how many of texts have been used
	bytes []byte // bytes: in: left to use; out: collected
	tags  column // list: tags of all items
	items [TagList]*cellColumn
}

func newRecords(in bool, cellMax int) *records {
	r := &records{in: in, cellMax: cellMax, cellAt: map[cellKey]*cellColumn{}}
	r.actors2.log.short, r.actors2.seq.short = true, true
	if !in {
		r.logAt, r.actorAt, r.shapeAt = map[LogID]int{}, map[EntityID]int{}, map[string]int{}
	}
	return r
}

func (r *records) fail(class error, where string) {
	if r.class == nil {
		r.class, r.where = class, where
	}
}

func (r *records) err() error {
	if r.class == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", r.where, r.class)
}

// addLog puts a log into the table beforehand: the segment's own.
func (r *records) addLog(l LogID) {
	if !r.in {
		r.logAt[l] = len(r.logs)
	}
	r.logs = append(r.logs, l)
	r.logRead++
}

// register notes the shape of c, going out.
func (r *records) register(c *Change) {
	creates := c.Creates()
	k := append(r.key[:0], byte(c.Kind), byte(c.Kind>>8), 0)
	if creates {
		k[2] = 1
	}
	for i := range c.Writes {
		w := &c.Writes[i]
		k = append(k, byte(w.Field), byte(w.Field>>8), byte(w.Data.tag), byte(len(w.Supersedes)))
	}
	r.key = k
	n, found := r.shapeAt[string(k)]
	if !found {
		n = len(r.shapes)
		r.shapeAt[string(k)] = n
		s := shape{kind: c.Kind, creates: creates}
		for i := range c.Writes {
			w := &c.Writes[i]
			s.writes = append(s.writes, shapeWrite{field: w.Field, tag: w.Data.tag, superseded: len(w.Supersedes)})
		}
		r.addShape(s)
	}
	r.shapeOf = append(r.shapeOf, n)
	for i := range c.Writes {
		if l := c.Writes[i].Data.list; l != nil {
			cell := r.shapes[n].writes[i].cell
			for j := range l {
				cell.tags.n++
				r.item(cell, l[j].tag).add(1)
			}
			r.count += len(l)
		}
	}
}

// addShape enters a shape and the columns it is the first to use.
func (r *records) addShape(s shape) {
	for i := range s.writes {
		w := &s.writes[i]
		s.superseded += w.superseded
		w.cell = r.cell(cellKey{s.kind, w.field, w.tag})
	}
	r.shapes = append(r.shapes, s)
}

func (r *records) cell(k cellKey) *cellColumn {
	if k.tag <= TagTrue {
		return nil
	}
	c := r.cellAt[k]
	if c == nil {
		c = r.newCell(k)
		r.cellAt[k] = c
		r.cells = append(r.cells, c)
	}
	return c
}

func (r *records) newCell(k cellKey) *cellColumn {
	c := &cellColumn{key: k}
	if k.tag == TagText && !r.in {
		c.at = map[string]int{}
	}
	return c
}

// item returns the column of a list's items with one tag.
func (r *records) item(c *cellColumn, tag Tag) *cellColumn {
	if tag <= TagTrue || tag >= TagList {
		return nil
	}
	if c.items[tag] == nil {
		c.items[tag] = r.newCell(cellKey{c.key.kind, c.key.field, tag})
	}
	return c.items[tag]
}

// add notes that n more values will come.
func (c *cellColumn) add(n int) {
	if c == nil {
		return
	}
	c.n += n
	c.ints.n += n
	if c.key.tag == TagRef {
		c.ref.add(n)
	}
}

func (c *refColumn) add(n int) {
	c.log.n += n
	c.seq.n += n
}

// prepare counts, from the shapes of all records, how many values each column will hold.
func (r *records) prepare(explicitDots bool) {
	n := len(r.shapeOf)
	r.shape.n, r.wall.n, r.offset.n, r.actor.n = n, n, n, n
	for _, i := range r.shapeOf {
		s := &r.shapes[i]
		r.count += len(s.writes)
		r.superseded.add(s.superseded)
		if !s.creates {
			if explicitDots {
				r.dots.add(1)
			} else {
				r.entity.add(1)
			}
		}
		for j := range s.writes {
			s.writes[j].cell.add(1)
		}
	}
	if r.count > r.cellMax {
		r.fail(ErrTooLarge, fmt.Sprintf("%d values, at most %d", r.count, r.cellMax))
	}
	if len(r.cells) > ColumnsMax {
		r.fail(ErrLimit, fmt.Sprintf("%d columns", len(r.cells)))
	}
}

// walk codes everything of record number i but its dot or entity, which segments and pages know
// differently. Coming in, c.Writes has been made from the shape.
func (r *records) walk(i int, c *Change) {
	s := &r.shapes[r.shapeOf[i]]
	r.at(&c.At)
	r.who(&c.Actor)
	context := 0 // index of the last text in this record, plus 1
	for j := range c.Writes {
		w := &c.Writes[j]
		if cell := s.writes[j].cell; cell != nil {
			r.data(cell, &w.Data, &context)
		}
		for k := range w.Supersedes {
			r.dot(&r.superseded, &w.Supersedes[k].Dot, 0)
			r.hash(&w.Supersedes[k].Hash)
		}
	}
}

// fill makes c's writes from shape number n, coming in. It cuts them from arena.
func (r *records) fill(n int, c *Change, arena *[]Write) {
	s := &r.shapes[n]
	c.Kind = s.kind
	if len(s.writes) == 0 {
		return
	}
	if *arena == nil {
		*arena = make([]Write, r.count) // all there are, and less than cellMax
	}
	c.Writes = (*arena)[:len(s.writes):len(s.writes)]
	*arena = (*arena)[len(s.writes):]
	for i := range c.Writes {
		w := &c.Writes[i]
		w.Field, w.Data.tag = s.writes[i].field, s.writes[i].tag
		if k := s.writes[i].superseded; k > 0 {
			w.Supersedes = make([]Superseded, k)
		}
	}
}

func (r *records) at(a *At) {
	if r.in {
		a.WallMS = r.wall.get(0)
		n := r.offset.get(0)
		if a.OffsetMS = int32(n); int64(a.OffsetMS) != n {
			r.fail(ErrInvalid, "offset of a clock")
		}
		return
	}
	r.wall.put(a.WallMS, 0)
	r.offset.put(int64(a.OffsetMS), 0)
}

// who codes an actor: an index into the table of actors, which grows by references.
func (r *records) who(e *EntityID) {
	if r.in {
		i, ok := r.actor.getIndex(len(r.actors), 0)
		if !ok {
			r.fail(ErrInvalid, "no such actor")
			return
		}
		if i == len(r.actors) {
			var a EntityID
			r.entityID(&r.actors2, &a, 0)
			r.actors = append(r.actors, a)
		}
		*e = r.actors[i]
		return
	}
	i, found := r.actorAt[*e]
	if !found {
		i = len(r.actors)
	}
	r.actor.putIndex(i, len(r.actors), 0)
	if !found {
		r.actorAt[*e] = i
		r.actors = append(r.actors, *e)
		r.actors2.add(1)
		r.entityID(&r.actors2, e, 0)
	}
}

// entityID codes an id by its birth dot; no id is the dot without log and Seq.
func (r *records) entityID(c *refColumn, e *EntityID, context int) {
	var d Dot
	if !r.in && !e.IsZero() {
		d = e.Birth()
	}
	r.dot(c, &d, context)
	if r.in && !d.IsZero() {
		*e = d.Entity()
	}
}

// dot codes log and Seq. The log is the context of the Seq: the next one of the same log is near.
func (r *records) dot(c *refColumn, d *Dot, context int) {
	if r.in {
		i, ok := c.log.getIndex(r.logRead, context)
		if !ok || i >= len(r.logs) {
			r.fail(ErrInvalid, "no such log")
			return
		}
		if i == r.logRead {
			r.logRead++
		}
		seq := c.seq.get(i + 1)
		if seq < 0 || seq > math.MaxUint32 {
			r.fail(ErrInvalid, "Seq out of range")
		}
		*d = Dot{r.logs[i], Seq(seq)}
		return
	}
	i, found := r.logAt[d.Log]
	if !found {
		i = len(r.logs)
	}
	c.log.putIndex(i, len(r.logs), context)
	if !found {
		r.logAt[d.Log] = i
		r.logs = append(r.logs, d.Log)
	}
	c.seq.put(int64(d.Seq), i+1)
}

func (r *records) hash(h *[4]byte) {
	if !r.in {
		r.hashes = append(r.hashes, h[:]...)
		return
	}
	if len(r.hashes) < len(h) {
		r.fail(ErrTruncated, "hashes")
		return
	}
	r.hashes = r.hashes[copy(h[:], r.hashes):]
}

// data codes one value. Coming in, d has its tag already.
func (r *records) data(c *cellColumn, d *Data, context *int) {
	switch d.tag {
	case TagInt:
		if r.in {
			d.num = c.ints.get(*context)
		} else {
			c.ints.put(d.num, *context)
		}
	case TagText:
		*context = r.textCell(c, d, *context) + 1
	case TagBytes:
		r.bytesCell(c, d)
	case TagRef:
		e, _ := d.Ref()
		r.entityID(&c.ref, &e, *context)
		if r.in {
			*d = Ref(e)
		}
	case TagList:
		r.listCell(c, d, context)
	}
}

func (r *records) textCell(c *cellColumn, d *Data, context int) int {
	if r.in {
		// The table is read before; an index beyond it means "new" once too often.
		i, ok := c.ints.getIndex(c.used, context)
		if !ok || i >= len(c.texts) {
			r.fail(ErrInvalid, "no such text")
			return 0
		}
		if i == c.used {
			c.used++
		}
		d.str = c.texts[i]
		return i
	}
	i, found := c.at[d.str]
	if !found {
		i = len(c.texts)
	}
	c.ints.putIndex(i, len(c.texts), context)
	if !found {
		c.at[d.str] = i
		c.texts = append(c.texts, d.str)
	}
	return i
}

func (r *records) bytesCell(c *cellColumn, d *Data) {
	if !r.in {
		c.ints.put(int64(len(d.str)), 0)
		c.bytes = append(c.bytes, d.str...)
		return
	}
	n := c.ints.get(0) // checked when the column was read
	d.str = string(c.bytes[:n])
	c.bytes = c.bytes[n:]
}

func (r *records) listCell(c *cellColumn, d *Data, context *int) {
	if r.in {
		n := c.ints.get(0) // checked when the column was read
		d.list = make([]Data, n)
		for i := range d.list {
			d.list[i].tag = Tag(c.tags.get(0))
		}
	} else {
		c.ints.put(int64(len(d.list)), 0)
		for i := range d.list {
			c.tags.put(int64(d.list[i].tag), 0)
		}
	}
	for i := range d.list {
		if item := r.item(c, d.list[i].tag); item != nil {
			r.data(item, &d.list[i], context)
		}
	}
}
