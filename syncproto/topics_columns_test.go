package syncproto

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
)

var vNonce = [16]byte{5, 6, 7}

func readColumns(b []byte) (any, error) {
	if len(b) == 0 {
		return nil, ErrTruncated
	}
	changes, err := decodeChanges(vLog, 1, int(b[0]), b[1:])
	if err != nil {
		return nil, err
	}
	return map[string]any{"changes": canonicalChanges(changes)}, nil
}

func canonicalChanges(changes []Change) (list []string) {
	for i := range changes {
		list = append(list, hex.EncodeToString(AppendChange(nil, &changes[i])))
	}
	return list
}

func columnsOf(changes []Change) []byte {
	payload, _, err := encodeChanges(vLog, changes)
	if err != nil {
		panic(err)
	}
	return append([]byte{byte(len(changes))}, payload...)
}

func acceptedColumns() []example {
	e := vEverything()
	e.Dot = Dot{vLog, 1}
	return []example{{"one creation", columnsOf(vDay()[:1])}, {"a day", columnsOf(vDay())}, {"every type of data", columnsOf([]Change{e})}}
}

// tiny is the smallest payload there is: one change that creates a void of kind 101 with field 12 = 5.
func tiny() parts {
	c := Change{Dot: Dot{vLog, 1}, Kind: 101, Entity: Dot{vLog, 1}.Entity(), Writes: []Write{{Field: 12, Data: Int(5)}}}
	whole := columnsOf([]Change{c})
	var l LogID // the actor "none" names log zero
	p := parts{
		{1},
		{0xc4, 19},
		{1},
		{0, 0x90},
		{0x91, 0x92, 0xcc, 203, 0xcc, 198},
		{0, 0x90},
		{0, 0x90},
		{0, 0x90},
		{0, 0x90},
		{0, 0x90, 0, 0x90},
		{0, 0x91, 5},
		{0xc4, 0, 0xc4, 0},
		append([]byte{0xc4, 11}, l[:11]...),
	}
	p[1][1] = byte(len(p[2:11].bytes()))
	if !bytes.Equal(p.bytes(), whole) {
		panic(fmt.Sprintf("pieces of columns\n%x\n%x", p.bytes(), whole))
	}
	return p
}

func refusedColumns() []example {
	p := tiny()
	// structure replaces a piece and mends the length of the section.
	structure := func(i int, digits string) []byte {
		q := slices.Clone(p)
		q[i], _ = hex.DecodeString(digits)
		q[1] = []byte{0xc4, byte(len(q[2:11].bytes()))}
		return q.bytes()
	}
	list := []example{
		{"zero written at the end of a column", structure(6, "009100")},
		{"another mode than the cheapest", structure(10, "019105")},
		{"a low byte moved without need", bytes.Replace(structure(10, "049101"), []byte{0xc4, 11}, append([]byte{0xc4, 12, 5}, make([]byte, 0)...), 1)},
		{"mode 3", structure(10, "039105")},
		{"4 low bytes", structure(10, "109105")},
		{"column longer than its records", structure(10, "0093010203")},
		{"integer in a longer form", structure(10, "0091cc05")},
		{"column missing", structure(10, "")},
		{"column too many", structure(10, "0091050090")},
		{"shape index beyond the table", structure(5, "009101")},
		{"shape nobody uses", structure(4, "9292cccbccc692cccbccb6")},
		{"shape with field 0", structure(4, "9192cccb06")},
		{"shape of kind 0", structure(4, "91920"+"1ccc6")},
		{"no shapes", structure(4, "90")},
		{"shape of a list of superseded values of none", structure(4, "9193cccbccc700")},
		{"log nobody names", bytes.Replace(structure(2, "02"), []byte{0xc4, 11}, append([]byte{0xc4, 22}, make([]byte, 11)...), 1)},
		{"more logs than bytes of logs", structure(2, "02")},
		{"log id with its last bits set", structure(3, "009104")},
		{"actor beyond the table", structure(8, "00917f")},
		{"Seq beyond 32 bits", structure(9, "00900091cf0000000100000000")},
		{"wall clock of the creation told in another mode", structure(6, "0190")},
		{"text that nobody uses", p.with(11, "c40161c400")},
		{"digits that nobody uses", p.with(11, "c400c40130")},
		{"raw bytes that nobody uses", p.with(12, "c40c"+hex.EncodeToString(make([]byte, 12)))},
		{"a fifth section", append(p.bytes(), 0xc4, 0)},
		{"section in a longer form", p.with(11, "c50000c400")},
		{"two changes said, one there", p.with(0, "02")},
	}
	whole := columnsOf(vDay())
	list = append(list, example{"text that is not UTF-8", bytes.Replace(whole, []byte("VGB0"), []byte{'V', 0xc3, '(', '0'}, 1)})
	list = append(list, example{"digits among the texts", bytes.Replace(bytes.Replace(whole, []byte("BCG"), []byte("123"), 1), []byte("VGB0"), []byte("4560"), 1)})
	return append(list, cutAndExtended(whole)...)
}

func vSegment(changes []Change) []byte {
	var o *Opening
	prev := ChainStart(vLog)
	if changes[0].Dot.Seq == 1 {
		o = vOpening()
	}
	raw, err := SealSegment(testKey, o, prev, changes)
	if err != nil {
		panic(err)
	}
	return raw
}

func readSegment(b []byte) (any, error) {
	s, err := ParseSegment(b)
	if err != nil {
		return nil, err
	}
	if err := s.Verify(testPublic()); err != nil {
		return nil, err
	}
	if err := s.CheckOpening(testPublic()); err != nil {
		return nil, err
	}
	changes, err := s.Changes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(s.Raw(), b) {
		return nil, fmt.Errorf("Raw differs")
	}
	header := *s
	header.Payload = nil
	return map[string]any{"header": describe(header), "changes": canonicalChanges(changes)}, nil
}

func acceptedSegments() []example {
	later := vDay()[1:]
	return []example{{"first of a log", vSegment(vDay())}, {"one change", vSegment(vDay()[:1])}, {"not the first", vSegment(later)}}
}

// resealed changes a segment's header or payload and signs it anew, so that only what was changed is wrong.
func resealed(change func(s *Segment)) []byte {
	s, err := ParseSegment(vSegment(vDay()))
	if err != nil {
		panic(err)
	}
	change(s)
	return signed(s)
}

func signed(s *Segment) []byte {
	copy(s.Signature[:], ed25519.Sign(testKey, s.message()))
	return s.Raw()
}

// withPrev writes h(0) where nil belongs.
func withPrev() []byte {
	prev := ChainStart(vLog).Short()
	head := append(append([]byte{0x99, 1, 0xc4, 12}, vLog[:]...), 1, 4)
	raw := vSegment(vDay())
	return append(append(append(head, 0xc4, 16), prev[:]...), raw[len(head)+1:]...)
}

func refusedSegments() []example {
	raw := vSegment(vDay())
	flipped := bytes.Clone(raw)
	flipped[len(flipped)-70] ^= 1
	payload := func(p []byte, dictionary uint8) []byte {
		return resealed(func(s *Segment) { s.Payload, s.Dictionary = p, dictionary })
	}
	plain, ends, _ := encodeChanges(vLog, vDay())
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	bomb := z.EncodeAll(make([]byte, SegmentDecodedBytesMax+1), nil)
	z2, _ := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithEncoderConcurrency(1))
	quietBomb := z2.EncodeAll(make([]byte, SegmentDecodedBytesMax+1), nil)
	list := []example{
		{"payload changed after signing", flipped},
		{"opening in another's name", resealed(func(s *Segment) { s.Opening.Random[0]++ })},
		{"no opening where First is 1", resealed(func(s *Segment) { s.Opening = nil })},
		{"opening where First is 2", resealed(func(s *Segment) { s.First = 2 })},
		{"h(0) written out", withPrev()},
		{"First 0", resealed(func(s *Segment) { s.First, s.Opening = 0, nil })},
		{"no changes", resealed(func(s *Segment) { s.Count = 0 })},
		{"4097 changes", resealed(func(s *Segment) { s.Count = SegmentChangesMax + 1 })},
		{"one change more than there are", resealed(func(s *Segment) { s.Count++ })},
		{"Seq beyond 32 bits", resealed(func(s *Segment) { s.First, s.Opening = 1<<32-2, nil })},
		{"version 2", resealed(func(s *Segment) { s.Version = 2 })},
		{"dictionary 2", resealed(func(s *Segment) { s.Dictionary = 2 })},
		{"dictionary that was not used", payload(compress(plain, ends, effortSegment, 0), 1)},
		{"dictionary that is not named", payload(compress(plain, ends, effortSegment, 1), 0)},
		{"two zstd frames", payload(append(compress(plain, ends, effortSegment, 0), compress(nil, nil, effortSegment, 0)...), 0)},
		{"zstd block cut", payload(compress(plain, ends, effortSegment, 0)[:60], 0)},
		{"payload with a checksum", payload(z.EncodeAll(plain, nil), 0)},
		{"payload that is no zstd frame", payload(plain, 0)},
		{"payload of nothing", payload(nil, 0)},
		{"1 MiB and a byte, said", payload(quietBomb, 0)},
		{"1 MiB and a byte, with checksum", payload(bomb, 0)},
		{"log zero", resealed(func(s *Segment) { s.Log, s.First, s.Opening = LogID{}, 2, nil })},
		{"device that is no entity", resealed(func(s *Segment) { s.Opening.Device = EntityID{1} })},
	}
	return append(list, cutAndExtended(raw)...)
}

func vRows() []Row {
	dose := vDose(2, "BCG")
	return []Row{{State: vState()}, {State: stateOf(&dose), Left: true}, {State: vConflict()}}
}

func vPage(rows []Row) *Page {
	p, err := EncodePage(vPlace, Cursor{Incarnation{8}, 300}, rows)
	if err != nil {
		panic(err)
	}
	return p
}

func readPage(b []byte) (any, error) {
	f, err := decodeBody(FramePage, b)
	if err != nil {
		return nil, err
	}
	p := f.(*Page)
	rows, err := p.Rows()
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, r := range rows {
		list = append(list, map[string]any{"left": r.Left, "state": hex.EncodeToString(AppendState(nil, r.State))})
	}
	return map[string]any{"scope": describe(p.Scope), "after": describe(p.After), "rows": list}, nil
}

func acceptedPages() []example {
	empty := &State{ID: vChild().Entity, Kind: 101}
	return []example{
		{"three rows", encodeBody(vPage(vRows()))}, {"no rows", encodeBody(vPage(nil))}, {"nothing but an id", encodeBody(vPage([]Row{{State: empty}}))},
	}
}

func refusedPages() []example {
	whole := encodeBody(vPage(vRows()))
	with := func(change func(p *Page)) []byte {
		p := vPage(vRows())
		change(p)
		return encodeBody(p)
	}
	plain, ends, _ := encodeRows(vRows())
	day, dayEnds, _ := encodeChanges(vLog, vDay())
	z, _ := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithEncoderConcurrency(1))
	list := []example{
		{"a row more than there are", with(func(p *Page) { p.Count++ })},
		{"a row less than there are", with(func(p *Page) { p.Count-- })},
		{"16385 rows", with(func(p *Page) { p.Count = PageRowsMax + 1 })},
		{"scope that is no entity", with(func(p *Page) { p.Scope[6] = 0 })},
		{"a segment's payload", with(func(p *Page) { p.Payload = compress(day, dayEnds, effortPage, 0) })},
		{"payload with a byte too many", with(func(p *Page) { p.Payload = compress(append(bytes.Clone(plain), 0), ends, effortPage, 0) })},
		{"4 MiB and a byte", with(func(p *Page) { p.Payload = z.EncodeAll(make([]byte, PageDecodedBytesMax+1), nil) })},
		{"no payload", with(func(p *Page) { p.Payload = nil })},
		{"zero at the end of the body", append(append([]byte{0x96}, whole[1:]...), 0)},
	}
	return append(list, cutAndExtended(whole)...)
}
