package sqlite

import (
	"cmp"
	"path/filepath"
	"slices"

	"tramy/internal/sqlfile"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Remains is what is left of a database file, read without SQLite.
type Remains struct {
	f        *sqlfile.File
	blocks   map[int64]string
	words    map[int64]string
	meta     map[string][]byte
	logs     map[p.LogID]store.LogRow
	children map[p.EntityID]store.ChildRow
	tail     map[p.Dot][]byte
	hashes   map[int64][][16]byte // by entity, as the routes have them
	segments []segmentAt
	states   []sqlfile.Where
}

var _ store.Remains = (*Remains)(nil)

// segmentAt is where a segment stands.
type segmentAt struct {
	log   p.LogID
	first p.Seq
	at    sqlfile.Where
}

// ReadRemains reads what is left of the database in a folder. The error is only about reading the file.
func ReadRemains(dir string) (store.Remains, error) { return readRemains(filepath.Join(dir, FileName)) }

// ReadRemainsFile is ReadRemains for a file of any name, such as a backup.
func ReadRemainsFile(path string) (store.Remains, error) { return readRemains(path) }

func readRemains(path string) (*Remains, error) {
	f, err := sqlfile.Open(path)
	if err != nil {
		return nil, err
	}
	r := &Remains{
		f: f, blocks: map[int64]string{}, words: map[int64]string{}, meta: map[string][]byte{}, logs: map[p.LogID]store.LogRow{},
		children: map[p.EntityID]store.ChildRow{}, tail: map[p.Dot][]byte{}, hashes: map[int64][][16]byte{},
	}
	if err := f.Each(r.sort); err != nil {
		f.Close()
		return nil, err
	}
	slices.SortFunc(r.segments, func(a, b segmentAt) int {
		return cmp.Or(a.log.Compare(b.log), cmp.Compare(a.first, b.first), cmp.Compare(a.at.Page, b.at.Page), cmp.Compare(a.at.Cell, b.at.Cell))
	})
	return r, nil
}

// sort puts a row where it belongs: by the table its page belongs to or, where the way to the page is lost, by how it
// looks.
func (r *Remains) sort(table string, at sqlfile.Where, row *sqlfile.Row) error {
	if table == "" {
		table = looksLike(row)
	}
	c := columns(row.Values)
	switch table {
	case "block":
		if c.shaped(row.HasID, "NB") && len(c[1].Bytes) == blockBytes {
			r.blocks[row.ID] = string(c[1].Bytes)
		}
	case "word":
		if c.shaped(row.HasID, "NB") {
			r.words[row.ID] = string(c[1].Bytes)
		}
	case "meta":
		if c.shaped(!row.HasID, "TB") {
			r.meta[string(c[0].Bytes)] = c[1].Bytes
		}
	case "log":
		r.log(row)
	case "child":
		r.child(row)
	case "tail":
		if c.shaped(row.HasID, "NBIB") && len(c[1].Bytes) == len(p.LogID{}) {
			r.tail[p.Dot{Log: p.LogID(c[1].Bytes), Seq: p.Seq(c[2].Int)}] = c[3].Bytes
		}
	case "segment":
		if c.shaped(row.HasID, "BIIB") {
			r.segmentAt(c, at)
		}
	case "parked":
		if c.shaped(row.HasID, "BIBBB") && len(c[3].Bytes) == len(p.EntityID{}) {
			r.segmentAt(c, at)
		}
	case "entity":
		if c.shaped(row.HasID, "NB") {
			r.states = append(r.states, at)
		}
	case "route":
		if c.shaped(!row.HasID, "IIIBII") && len(c[3].Bytes) == 16 {
			r.hash(c[0].Int, [16]byte(c[3].Bytes))
		}
	}
	return nil
}

// looksLike names the table of a row by its columns, "" if it is none of those that matter.
func looksLike(row *sqlfile.Row) string {
	c := columns(row.Values)
	id := row.HasID
	switch {
	case c.shaped(id, "BIIB") && len(c[0].Bytes) == len(p.LogID{}):
		return "segment"
	case c.shaped(id, "NBIB"):
		return "tail"
	case c.shaped(id, "BIBBB") && len(c[0].Bytes) == len(p.LogID{}):
		return "parked"
	case c.shaped(id, "NB"):
		b := c[1].Bytes
		switch {
		case len(b) == blockBytes && b[6]>>4 == 8 && b[8]>>6 == 2:
			return "block"
		case len(b) > 0 && b[0] == stateVersion:
			return "entity"
		}
		return "word"
	case c.shaped(!id, "TB"):
		return "meta"
	case c.shaped(!id, "IIIBII"):
		return "route"
	case c.begins(!id, logShape):
		return "log"
	case c.begins(!id, childShape):
		return "child"
	}
	return ""
}

// The columns of log and child, as their tables were first made.
const (
	logShape   = "BBIIIBIBIIIBIIIIBIIIBIII"
	childShape = "BBIIITIIIII"
)

// columns are the columns of a row.
type columns []sqlfile.Value

// shaped reports whether each column is what its letter says: B a blob, T a text, I a number, N nothing.
func (c columns) shaped(kept bool, shape string) bool {
	if !kept || len(c) != len(shape) {
		return false
	}
	for i := range c {
		want := map[byte]sqlfile.Kind{'B': sqlfile.Blob, 'T': sqlfile.Text, 'I': sqlfile.Int, 'N': sqlfile.Null}[shape[i]]
		if c[i].Kind != want {
			return false
		}
	}
	return true
}

// begins is shaped for rows that may go on.
func (c columns) begins(kept bool, shape string) bool {
	return len(c) >= len(shape) && c[:len(shape)].shaped(kept, shape)
}

// into scans the columns as SQLite's would be; false if one is not what it should be.
func (c columns) into(dest []any) bool {
	if len(dest) != len(c) {
		return false
	}
	for i := range c {
		var src any
		switch c[i].Kind {
		case sqlfile.Int:
			src = c[i].Int
		case sqlfile.Text:
			src = string(c[i].Bytes)
		case sqlfile.Blob:
			src = c[i].Bytes
		}
		if assign(dest[i], src) != nil {
			return false
		}
	}
	return true
}

// goneOn scans a row of a table that got columns since it was first made: what a version did not have yet is left out at
// the end of its rows. It is false if the row is none of the table's.
func (c columns) goneOn(kept bool, shape string, dest []any) bool {
	return c.begins(kept, shape) && len(c) <= len(dest) && c.into(dest[:len(c)])
}

func (r *Remains) log(row *sqlfile.Row) {
	var l store.LogRow
	if !columns(row.Values).goneOn(!row.HasID, logShape, logDest(&l)) {
		return
	}
	if have, ok := r.logs[l.ID]; !ok || l.Head > have.Head {
		r.logs[l.ID] = l
	}
}

func (r *Remains) child(row *sqlfile.Row) {
	var c store.ChildRow
	if !columns(row.Values).goneOn(!row.HasID, childShape, childDest(&c)) {
		return
	}
	if have, ok := r.children[c.Device]; !ok || c.ContactMS > have.ContactMS {
		r.children[c.Device] = c
	}
}

func (r *Remains) segmentAt(c columns, at sqlfile.Where) {
	if len(c[0].Bytes) == len(p.LogID{}) {
		r.segments = append(r.segments, segmentAt{log: p.LogID(c[0].Bytes), first: p.Seq(c[1].Int), at: at})
	}
}

func (r *Remains) hash(num int64, h [16]byte) {
	if !slices.Contains(r.hashes[num], h) { // one for every scope, mostly the same
		r.hashes[num] = append(r.hashes[num], h)
	}
}

// Meta implements store.Remains.
func (r *Remains) Meta() map[string][]byte { return r.meta }

// Logs implements store.Remains.
func (r *Remains) Logs() []store.LogRow {
	return sorted(r.logs, func(a, b store.LogRow) int { return a.ID.Compare(b.ID) })
}

// Children implements store.Remains.
func (r *Remains) Children() []store.ChildRow {
	return sorted(r.children, func(a, b store.ChildRow) int { return a.Device.Compare(b.Device) })
}

func sorted[K comparable, T any](m map[K]T, order func(a, b T) int) []T {
	out := make([]T, 0, len(m))
	for _, x := range m {
		out = append(out, x)
	}
	slices.SortFunc(out, order)
	return out
}

// Tail implements store.Remains.
func (r *Remains) Tail() []store.TailRow {
	out := make([]store.TailRow, 0, len(r.tail))
	for d, change := range r.tail {
		out = append(out, store.TailRow{Log: d.Log, Seq: d.Seq, Change: change})
	}
	slices.SortFunc(out, func(a, b store.TailRow) int { return cmp.Or(a.Log.Compare(b.Log), cmp.Compare(a.Seq, b.Seq)) })
	return out
}

// Segments implements store.Remains.
func (r *Remains) Segments(fn func(*store.SegmentRow, p.EntityID) error) error {
	for _, s := range r.segments {
		row := r.f.At(s.at)
		if row == nil {
			continue
		}
		c := columns(row.Values)
		out := &store.SegmentRow{Log: s.log, First: s.first, Raw: c[len(c)-1].Bytes}
		var via p.EntityID
		if len(c) == 5 {
			via = p.EntityID(c[3].Bytes)
		} else {
			out.Count = uint32(c[2].Int)
		}
		if err := fn(out, via); err != nil {
			return err
		}
	}
	return nil
}

// States implements store.Remains.
func (r *Remains) States(fn func(*p.State) error) error {
	for _, at := range r.states {
		row := r.f.At(at)
		if row == nil {
			continue
		}
		s := r.state(row)
		if s == nil {
			r.f.Unread++
			continue
		}
		if err := fn(s); err != nil {
			return err
		}
	}
	return nil
}

// state reads a state that its hash proves, nil if it cannot.
func (r *Remains) state(row *sqlfile.Row) *p.State {
	id, err := r.entity(row.ID)
	if err != nil || !id.Valid() {
		return nil
	}
	s, err := decodeState(r, id, row.Values[1].Bytes)
	if err != nil || len(s.Fields) == 0 || !slices.Contains(r.hashes[row.ID], p.StateHash(s)) {
		return nil
	}
	s.Gone, s.Seen = nil, store.ProvedSeen(s)
	if s.Check() != nil {
		return nil
	}
	return s
}

// entity implements naming.
func (r *Remains) entity(num int64) (p.EntityID, error) {
	var e p.EntityID
	if num == 0 {
		return e, nil
	}
	name, ok := r.blocks[num>>blockBits]
	if !ok {
		return e, corrupt("nothing is called %d", num>>blockBits)
	}
	copy(e[:], name)
	e[blockBytes] = byte(num)
	return e, nil
}

// text implements naming.
func (r *Remains) text(num int64) (string, error) {
	if num == 0 {
		return "", nil
	}
	text, ok := r.words[num]
	if !ok {
		return "", corrupt("no word has number %d", num)
	}
	return text, nil
}

// Unread implements store.Remains.
func (r *Remains) Unread() int { return r.f.Unread }

// Close implements store.Remains.
func (r *Remains) Close() error { return r.f.Close() }
