package sqlfile

import (
	"encoding/binary"
	"math"
)

// Kinds of pages of B-trees.
const (
	interiorIndex = 0x02
	interiorTable = 0x05
	leafIndex     = 0x0a
	leafTable     = 0x0d
)

// Kind says what a value is.
type Kind uint8

// Kinds of values.
const (
	Null Kind = iota
	Int
	Real
	Text
	Blob
)

// Value is one column of a record.
type Value struct {
	Kind  Kind
	Int   int64
	Bytes []byte // of a text or blob
}

// Row is one record of a table (its rowid and columns) or of an index or a table without rowids (columns alone, HasID
// false).
type Row struct {
	Page   uint32
	ID     int64
	HasID  bool
	Values []Value
}

// Where names a row so that At finds it again.
type Where struct {
	Page uint32
	Cell uint16
}

// Each calls fn with every record of the file that can be read, page by page, and with the table that the page belongs
// to; "" where the way from the schema to the page is lost. Pages that the file lists as free are left out. Values are
// fn's to keep.
func (f *File) Each(fn func(table string, at Where, row *Row) error) error {
	for n := uint32(1); n <= f.count; n++ {
		if f.free[n] {
			continue
		}
		page := f.page(n)
		cells, kind := f.cells(n, page)
		if kind == interiorTable {
			continue // holds no records
		}
		for i := range cells {
			row := f.row(n, page, kind, cells[i])
			if row == nil {
				f.Unread++
				continue
			}
			if err := fn(f.owners[n], Where{Page: n, Cell: uint16(i)}, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// At reads a row again, nil if it cannot be read.
func (f *File) At(at Where) *Row {
	page := f.page(at.Page)
	cells, kind := f.cells(at.Page, page)
	if int(at.Cell) >= len(cells) || kind == interiorTable {
		return nil
	}
	return f.row(at.Page, page, kind, cells[at.Cell])
}

// cells returns where the cells of a page begin, and what kind of page it is; 0 if it is none of a tree.
func (f *File) cells(n uint32, page []byte) (cells []int, kind byte) {
	at := start(n)
	if len(page) < f.usable || f.usable < at+12 {
		return nil, 0
	}
	head := 8
	switch kind = page[at]; kind {
	case interiorIndex, interiorTable:
		head = 12
	case leafIndex, leafTable:
	default:
		return nil, 0
	}
	count := int(binary.BigEndian.Uint16(page[at+3:]))
	if at+head+2*count > f.usable {
		f.Unread++
		return nil, 0 // so many cells do not fit: the head is damaged
	}
	cells = make([]int, count)
	for i := range cells {
		cells[i] = int(binary.BigEndian.Uint16(page[at+head+2*i:]))
	}
	return cells, kind
}

// start is where a page's tree begins: the first page has the file's header before it.
func start(page uint32) int {
	if page == 1 {
		return headerSize
	}
	return 0
}

// row reads the record of a cell, nil if there is none that is whole.
func (f *File) row(n uint32, page []byte, kind byte, at int) *Row {
	if at < start(n)+8 || at >= f.usable {
		return nil
	}
	r := &Row{Page: n}
	b := page[at:f.usable]
	if kind == interiorIndex {
		if len(b) < 4 {
			return nil
		}
		b = b[4:]
	}
	size, k := varint(b)
	if k == 0 || size > RecordBytesMax {
		return nil
	}
	b = b[k:]
	if kind == leafTable {
		id, k := varint(b)
		if k == 0 {
			return nil
		}
		r.ID, r.HasID, b = int64(id), true, b[k:]
	}
	payload := f.payload(b, int(size), kind == leafTable)
	if payload == nil {
		return nil
	}
	var ok bool
	if r.Values, ok = record(payload); !ok {
		return nil
	}
	return r
}

// payload gathers what a cell holds itself and on overflow pages.
func (f *File) payload(b []byte, size int, table bool) []byte {
	local := f.local(size, table)
	if local > len(b) {
		return nil
	}
	out := append(make([]byte, 0, min(size, 1<<20)), b[:local]...)
	if local == size {
		return out
	}
	if len(b) < local+4 {
		return nil
	}
	next := binary.BigEndian.Uint32(b[local:])
	for left := size - local; left > 0; {
		page := f.page(next)
		if page == nil || f.free[next] {
			return nil
		}
		k := min(left, f.usable-4)
		out = append(out, page[4:4+k]...)
		next, left = binary.BigEndian.Uint32(page), left-k
	}
	return out
}

// local is how much of a payload stands on the page itself.
func (f *File) local(size int, table bool) int {
	most := f.usable - 35
	if !table {
		most = (f.usable-12)*64/255 - 23
	}
	if size <= most {
		return size
	}
	least := (f.usable-12)*32/255 - 23
	if k := least + (size-least)%(f.usable-4); k <= most {
		return k
	}
	return least
}

// record takes a record apart.
func record(b []byte) ([]Value, bool) {
	size, k := varint(b)
	if k == 0 || size < uint64(k) || size > uint64(len(b)) {
		return nil, false
	}
	head, body := b[k:size], b[size:]
	var out []Value
	for len(head) > 0 {
		serial, k := varint(head)
		if k == 0 {
			return nil, false
		}
		head = head[k:]
		v, n, ok := value(serial, body)
		if !ok {
			return nil, false
		}
		out, body = append(out, v), body[n:]
	}
	return out, len(body) == 0
}

// intSizes are the bytes of whole numbers by serial type.
var intSizes = [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

func value(serial uint64, b []byte) (v Value, size int, ok bool) {
	switch {
	case serial == 0:
		return Value{}, 0, true
	case serial <= 6:
		size = intSizes[serial]
		if len(b) < size {
			return v, 0, false
		}
		n := int64(int8(b[0]))
		for _, c := range b[1:size] {
			n = n<<8 | int64(c)
		}
		return Value{Kind: Int, Int: n}, size, true
	case serial == 7:
		return Value{Kind: Real}, 8, len(b) >= 8
	case serial == 8 || serial == 9:
		return Value{Kind: Int, Int: int64(serial - 8)}, 0, true
	case serial < 12:
		return v, 0, false
	}
	n := (serial - 12) / 2
	if n > uint64(len(b)) {
		return v, 0, false
	}
	v.Kind = Blob
	if serial&1 == 1 {
		v.Kind = Text
	}
	v.Bytes = b[:n:n]
	return v, int(n), true
}

// varint reads SQLite's number of one to nine bytes; k is 0 if there is none.
func varint(b []byte) (n uint64, k int) {
	for i := range min(len(b), 9) {
		if i == 8 {
			return n<<8 | uint64(b[i]), 9
		}
		n = n<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}

// own finds out which page belongs to which table, and which are free. What lies behind a damaged page has no owner.
func (f *File) own() {
	f.owners, f.free = map[uint32]string{}, map[uint32]bool{}
	f.descend(1, "sqlite_schema", 0)
	type tree struct {
		table string
		root  uint32
	}
	var trees []tree
	for n := uint32(1); n <= f.count; n++ {
		if f.owners[n] != "sqlite_schema" {
			continue
		}
		page := f.page(n)
		cells, kind := f.cells(n, page)
		if kind != leafTable {
			continue
		}
		for _, at := range cells {
			// type, name, tbl_name, rootpage, sql
			r := f.row(n, page, kind, at)
			if r == nil || len(r.Values) != 5 || r.Values[3].Kind != Int {
				continue
			}
			name := string(r.Values[1].Bytes)
			if string(r.Values[0].Bytes) == "index" {
				name = "index " + name
			}
			if root := r.Values[3].Int; root > 1 && root <= math.MaxUint32 {
				trees = append(trees, tree{name, uint32(root)})
			}
		}
	}
	for _, t := range trees {
		f.descend(t.root, t.table, 0)
	}
	f.freeList()
}

// depthMax is deeper than any tree of a file that fits on a disk.
const depthMax = 24

func (f *File) descend(n uint32, table string, depth int) {
	if n == 0 || n > f.count || depth > depthMax || f.owners[n] != "" {
		return
	}
	page := f.page(n)
	cells, kind := f.cells(n, page)
	if kind == 0 {
		return
	}
	f.owners[n] = table
	if kind == leafTable || kind == leafIndex {
		return
	}
	for _, at := range cells {
		if at >= start(n)+12 && at+4 <= f.usable {
			f.descend(binary.BigEndian.Uint32(page[at:]), table, depth+1)
		}
	}
	f.descend(binary.BigEndian.Uint32(page[start(n)+8:]), table, depth+1)
}

// freeList notes the pages that are free, as far as the list can be followed. What a tree reaches is not free.
func (f *File) freeList() {
	head := f.page(1)
	if len(head) < headerSize || string(head[:len(magic)]) != string(magic) {
		return
	}
	trunk := binary.BigEndian.Uint32(head[32:])
	for range f.count {
		page := f.page(trunk)
		if page == nil || f.free[trunk] || f.owners[trunk] != "" {
			return
		}
		f.free[trunk] = true
		leaves := int(binary.BigEndian.Uint32(page[4:]))
		if leaves > f.usable/4-2 {
			return
		}
		for i := range leaves {
			if leaf := binary.BigEndian.Uint32(page[8+4*i:]); f.owners[leaf] == "" {
				f.free[leaf] = true
			}
		}
		trunk = binary.BigEndian.Uint32(page)
	}
}
