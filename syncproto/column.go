package syncproto

import "math/bits"

// How a column predicts its next value. What is written is what the prediction left.
const (
	modePlain    = 0 // nothing is predicted
	modePrevious = 1 // the value before
	modeContext  = 2 // the value that last stood in the same context (a lot decides its expiry day)
	modes        = 3
)

// A column holds one number per record that has it: an integer, or an index into a table that grows as
// it is used. The same calls, in the same order, fill a column on the way out and read it on the way in,
// so that there is only one description of a record: the walk in records.go.
type column struct {
	n     int   // values it will hold, known before the first
	step  int64 // what is expected between neighbours (1 where dots are counted)
	last  int64 // the value before; for an index one more, so that 0 is "none"
	slots []int64
	short bool // one slot only: n is not known before the first value

	trial [modes][]int64 // out: what is left of each value by each mode
	mode  int            // in
	codes []int64        // in
	pos   int            // in
}

// slotsMax bounds the contexts told apart; further ones share.
const slotsMax = 256

func (c *column) slot(context int) *int64 {
	if c.slots == nil {
		n := 1
		if !c.short {
			n = min(slotsMax, 1<<bits.Len(uint(max(c.n, 1)-1)))
		}
		c.slots = make([]int64, n)
	}
	return &c.slots[context&(len(c.slots)-1)]
}

// room makes room for all values that will come.
func (c *column) room() {
	if c.trial[0] == nil && c.n > 0 {
		b := make([]int64, modes*c.n)
		for m := range c.trial {
			c.trial[m] = b[m*c.n : m*c.n : (m+1)*c.n]
		}
	}
}

// put appends one integer.
func (c *column) put(v int64, context int) {
	c.room()
	s := c.slot(context)
	c.trial[modePlain] = append(c.trial[modePlain], v)
	c.trial[modePrevious] = append(c.trial[modePrevious], v-c.last-c.step)
	c.trial[modeContext] = append(c.trial[modeContext], v-*s-c.step)
	c.last, *s = v, v
}

// get reads one integer. All arithmetic wraps, so that every difference of two integers fits.
func (c *column) get(context int) int64 {
	s := c.slot(context)
	v := c.code()
	switch c.mode {
	case modePrevious:
		v += c.last + c.step
	case modeContext:
		v += *s + c.step
	}
	c.last, *s = v, v
	return v
}

// putIndex appends index i into a table of n entries; i == n stands for a new entry. Entries are counted
// from the newest: plain 0 is new, 1 the newest; predicted 0 is the prediction, 1 new, 2 the newest.
func (c *column) putIndex(i, n, context int) {
	if context == 0 {
		context = int(c.last)
	}
	c.room()
	s := c.slot(context)
	plain := int64(n - i)
	c.trial[modePlain] = append(c.trial[modePlain], plain)
	for mode, predicted := range [...]int64{modePrevious: c.last, modeContext: *s} {
		if mode == modePlain {
			continue
		}
		code := plain + 1
		if int64(i)+1 == predicted {
			code = 0
		}
		c.trial[mode] = append(c.trial[mode], code)
	}
	c.last, *s = int64(i)+1, int64(i)+1
}

// getIndex reads an index; false if there is no such entry.
func (c *column) getIndex(n, context int) (int, bool) {
	if context == 0 {
		context = int(c.last)
	}
	s := c.slot(context)
	code := c.code()
	i := int64(n) - code
	if c.mode != modePlain {
		if i++; code == 0 {
			i = c.last - 1
			if c.mode == modeContext {
				i = *s - 1
			}
		}
	}
	if i < 0 || i > int64(n) {
		return 0, false
	}
	c.last, *s = i+1, i+1
	return int(i), true
}

// news counts the new entries that an index column announces.
func (c *column) news() (n int) {
	code := int64(1)
	if c.mode == modePlain {
		code = 0
		n = c.n - len(c.codes)
	}
	for _, v := range c.codes {
		if v == code {
			n++
		}
	}
	return n
}

func (c *column) code() int64 {
	c.pos++
	if c.pos > len(c.codes) {
		return 0 // zeros at the end are not written
	}
	return c.codes[c.pos-1]
}

// lowMax is how many low bytes of each number a column may move to the section of raw bytes. They are as
// good as random there, and what stays behind compresses the better.
const lowMax = 3

// lowered takes the low bytes off v; what is not zero stays so.
func lowered(v int64, low int) int64 {
	if v == 0 || low == 0 {
		return v
	}
	if v >>= 8 * low; v >= 0 {
		v++
	}
	return v
}

// weight estimates the bits that v costs, in integers only so that everybody chooses alike.
func weight(v int64) int {
	switch {
	case v == 0:
		return 0
	case -32 <= v && v <= 127:
		return bits.Len64(uint64(max(v, -v))) + 1
	case -128 <= v && v <= 255:
		return 12
	case -1<<15 <= v && v < 1<<16:
		return 20
	case -1<<31 <= v && v < 1<<32:
		return 36
	}
	return 68
}

// choose returns the mode and the number of low bytes that cost least; the first of equals.
func (c *column) choose() (mode, low int) {
	var cost [modes]int
	for m := range modes {
		for _, v := range c.trial[m] {
			cost[m] += weight(v)
		}
	}
	for m := range modes {
		if cost[m] < cost[mode] {
			mode = m
		}
	}
	best := cost[mode]
	for l := 1; l <= lowMax; l++ {
		total := 0
		for _, v := range c.trial[mode] {
			if v != 0 {
				total += 8*l + weight(lowered(v, l))
			}
		}
		if total < best {
			best, low = total, l
		}
	}
	return mode, low
}

// write puts the column into the structure section, its low bytes into the raw one.
func (c *column) write(s *sections) {
	if c.n == 0 {
		return
	}
	mode, low := c.choose()
	codes := c.trial[mode]
	for len(codes) > 0 && codes[len(codes)-1] == 0 {
		codes = codes[:len(codes)-1]
	}
	s.w.uint(uint64(low<<2 | mode))
	s.w.array(len(codes))
	for _, v := range codes {
		s.w.int(lowered(v, low))
		if v != 0 {
			for i := range low {
				s.raw = append(s.raw, byte(v>>(8*i)))
			}
		}
	}
}

// read is the inverse of write. c.n says how many values there are at most.
func (c *column) read(s *sectionReader) {
	if c.n == 0 || s.err != nil {
		return
	}
	head := s.uint(lowMax<<2 | modes - 1)
	c.mode = int(head & 3)
	if s.err == nil && c.mode >= modes {
		s.fail(ErrVersion, "column mode %d", c.mode)
	}
	low := int(head >> 2)
	c.codes = make([]int64, s.array(c.n))
	for i := range c.codes {
		v := s.int()
		if v != 0 && low > 0 {
			if v > 0 {
				v--
			}
			v <<= 8 * low
			for j, b := range s.rawBytes(low) {
				v |= int64(b) << (8 * j)
			}
		}
		c.codes[i] = v
	}
}

// all reads the rest of a column that needs no context.
func (c *column) all() []int64 {
	v := make([]int64, c.n)
	for i := range v {
		v[i] = c.get(0)
	}
	return v
}

// sections collects a payload on the way out. Each kind of content has its own, and its own zstd block,
// because an entropy coder does well where bytes are alike.
type sections struct {
	w      *writer // structure: tables and columns, msgpack
	text   []byte
	digits []byte // texts of tables in which all texts are digits
	raw    []byte // log ids, hashes, bytes, low bytes of numbers
}

func newSections() *sections { return &sections{w: newWriter(nil)} }

// done returns the payload and where its sections end.
func (s *sections) done() (payload []byte, ends []int) {
	structure := s.w.done()
	w := newWriter(make([]byte, 0, len(structure)+len(s.text)+len(s.digits)+len(s.raw)+32))
	for _, part := range [][]byte{structure, s.text, s.digits, s.raw} {
		w.bin(part)
		ends = append(ends, len(w.b))
	}
	return w.done(), ends
}

// sectionReader reads a payload: itself the structure section, the others beside it.
type sectionReader struct {
	reader
	text, digits, raw []byte
}

func newSectionReader(payload []byte, what string) *sectionReader {
	outer := reader{b: payload, what: what}
	var part [4][]byte
	for i := range part {
		part[i] = outer.bin(len(payload))
	}
	s := &sectionReader{reader: reader{b: part[0], what: what}, text: part[1], digits: part[2], raw: part[3]}
	s.err = outer.end()
	return s
}

func (s *sectionReader) end() error {
	if s.err == nil && len(s.text)+len(s.digits)+len(s.raw) > 0 {
		s.fail(ErrNotCanonical, "%d bytes that no column uses", len(s.text)+len(s.digits)+len(s.raw))
	}
	return s.reader.end()
}

// cut takes n bytes off one of the sections.
func (s *sectionReader) cut(from *[]byte, n int64) []byte {
	if s.err == nil && (n < 0 || n > int64(len(*from))) {
		s.fail(ErrTruncated, "%d bytes wanted from a section with %d left", n, len(*from))
	}
	if s.err != nil {
		return nil
	}
	b := (*from)[:n:n]
	*from = (*from)[n:]
	return b
}

func (s *sectionReader) rawBytes(n int) []byte { return s.cut(&s.raw, int64(n)) }
