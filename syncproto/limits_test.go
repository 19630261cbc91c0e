package syncproto

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestLimits tries everything at its limit, which must pass, and one beyond, which must be refused.
func TestLimits(t *testing.T) {
	change := func(w ...Write) error {
		c := Change{Dot: Dot{vLog, 1 << 20}, Kind: 1, Entity: Dot{vLog, 1}.Entity(), Writes: w}
		b := AppendChange(nil, &c)
		_, err := DecodeChange(b)
		if checked := c.Check(); (checked == nil) != (err == nil) {
			t.Errorf("Check says %v, DecodeChange %v", checked, err)
		}
		return err
	}
	superseded := func(n int) (list []Superseded) {
		for i := range n {
			list = append(list, Superseded{Dot: Dot{vHub, Seq(i + 1)}})
		}
		return list
	}
	state := func(change func(s *State)) error {
		s := vState()
		change(s)
		_, err := DecodeState(AppendState(nil, s))
		return err
	}
	run := func(n, fields int) []Change {
		list := make([]Change, n)
		for i := range list {
			d := Dot{vLog, Seq(i + 1)}
			list[i] = Change{Dot: d, Kind: 1, Entity: d.Entity()}
			for f := range fields {
				list[i].Writes = append(list[i].Writes, Write{Field: Field(f + 1), Data: Bool(true)})
			}
		}
		return list
	}
	seal := func(changes []Change) error {
		raw, err := SealSegment(testKey, vOpening(), ChainStart(vLog), changes)
		if err != nil {
			return err
		}
		s, err := ParseSegment(raw)
		if err != nil {
			return err
		}
		_, err = s.Changes()
		return err
	}
	page := func(n, fields int, text int) error {
		var rows []Row
		for _, c := range run(n, fields) {
			if text > 0 {
				c.Writes = []Write{{Field: 1, Data: Text(strings.Repeat("x", text-9) + c.Dot.String()[24:] + strings.Repeat("y", 9)[:9-len(c.Dot.String()[24:])])}}
			}
			rows = append(rows, Row{State: stateOf(&c)})
		}
		p, err := EncodePage(EntityID{}, Cursor{}, rows)
		if err != nil {
			return err
		}
		_, err = p.Rows()
		return err
	}
	frame := func(f Frame) error {
		var b bytes.Buffer
		if err := NewFrameWriter(&b).Write(f); err != nil {
			return err
		}
		_, err := NewFrameReader(&b).Read()
		return err
	}
	places := make([]EntityID, ScopesMax+1)
	for i := range places {
		places[i] = Dot{vHub, Seq(i + 1)}.Entity()
	}
	marks := make([]Mark, MarksMax+1)
	for i := range marks {
		marks[i].Entity = places[i]
	}
	request := func(n int, raw []byte) error {
		return ReadRequest(io.MultiReader(bytes.NewReader(stream(&Hello{})),
			bytes.NewReader(bytes.Repeat(EncodeFrame(&SegmentFrame{raw}), n)),
			bytes.NewReader(EncodeFrame(&RequestEnd{uint32(n)}))), &heard{})
	}
	terms := func(n int) (list []Term) {
		for i := range n {
			list = append(list, Term{Field(i + 1), Int(int64(i))})
		}
		return list
	}
	text := func(n int) Data { return Text(strings.Repeat("x", n)) }
	for _, c := range []struct {
		name  string
		max   int
		class error
		try   func(n int) error
	}{
		{"text", TextSizeBytesMax, ErrLimit, func(n int) error { return change(Write{Field: 1, Data: text(n)}) }},
		{"bytes", TextSizeBytesMax, ErrLimit, func(n int) error { return change(Write{Field: 1, Data: Bytes(make([]byte, n))}) }},
		{"list", ListItemsMax, ErrLimit, func(n int) error { return change(Write{Field: 1, Data: List(make([]Data, n)...)}) }},
		{"superseded", SupersededMax, ErrLimit, func(n int) error { return change(Write{Field: 1, Supersedes: superseded(n)}) }},
		{"writes", WritesMax, ErrLimit, func(n int) error { return change(run(1, n)[0].Writes...) }},
		{"bytes of a change", 7, ErrTooLarge, func(n int) error {
			c := run(1, n)[0]
			for i := range c.Writes {
				c.Writes[i].Data = text(TextSizeBytesMax)
			}
			return change(c.Writes...)
		}},
		{"fields of a state", StateFieldsMax, ErrLimit, func(n int) error {
			return state(func(s *State) { *s = *stateOf(&run(1, n)[0]) })
		}},
		{"values of a field", FieldValuesMax, ErrLimit, func(n int) error {
			return state(func(s *State) {
				v := make([]Value, n)
				for i := range v {
					v[i].Dot = Dot{vHub, Seq(i + 1)}
				}
				s.Fields = []FieldValues{{1, v}}
			})
		}},
		{"gone values of a field", FieldValuesMax, ErrLimit, func(n int) error {
			return state(func(s *State) { s.Gone = []GoneValues{{1, superseded(n)}} })
		}},
		{"logs seen", StateSeenMax, ErrLimit, func(n int) error {
			return state(func(s *State) {
				s.Seen = make([]Seen, n)
				for i := range s.Seen {
					s.Seen[i] = Seen{LogID{1, byte(i >> 8), byte(i)}, 1}
				}
			})
		}},
		{"bytes of a state", StateSizeBytesMax - len(AppendState(nil, fat(0))), ErrTooLarge, func(n int) error {
			_, err := DecodeState(AppendState(nil, fat(n)))
			return err
		}},
		{"changes of a segment", SegmentChangesMax, ErrLimit, func(n int) error { return seal(run(n, 0)) }},
		{"cells of a segment", SegmentCellsMax / 1024, ErrTooLarge, func(n int) error { return seal(run(1024, n)) }},
		{"columns of a segment", ColumnsMax, ErrLimit, func(n int) error {
			list := run((n+WritesMax-1)/WritesMax, 0)
			for i := range n { // each change of a kind of its own
				c := &list[i/WritesMax]
				c.Kind = Kind(i/WritesMax + 1)
				c.Writes = append(c.Writes, Write{Field: Field(i%WritesMax + 1), Data: Int(int64(i))})
			}
			return seal(list)
		}},
		{"bytes of a segment", SegmentDecodedBytesMax/TextSizeBytesMax - 1, ErrTooLarge, func(n int) error { return seal(fatRun(n)) }},
		{"rows of a page", PageRowsMax, ErrTooLarge, func(n int) error { return page(n, 0, 0) }},
		{"cells of a page", PageCellsMax/2048 - 1, ErrTooLarge, func(n int) error { return page(2048, n, 0) }},
		{"bytes of a page", PageDecodedBytesMax/TextSizeBytesMax - 1, ErrTooLarge, func(n int) error { return page(n, 0, TextSizeBytesMax) }},
		{"frame", FrameSizeBytesMax, ErrTooLarge, func(n int) error { return frame(&SegmentFrame{make([]byte, n)}) }},
		{"segment", FrameSizeBytesMax, ErrTooLarge, func(n int) error {
			_, err := ParseSegment(make([]byte, n))
			if errors.Is(err, ErrNotCanonical) {
				return nil // not refused for its size
			}
			return err
		}},
		{"Hello", helloSums(), ErrTooLarge, func(n int) error {
			h := &Hello{}
			for _, p := range places[:n] {
				h.Sums = append(h.Sums, ScopeSum{p, Sum{1}})
			}
			return frame(h)
		}},
		{"logs of a frame", LogsMax, ErrLimit, func(n int) error {
			return frame(&Logs{slices.Repeat([]LogMark{{vLog, 1, ShortHash{1}}}, n)})
		}},
		{"ends of a frame", LogsMax, ErrLimit, func(n int) error {
			return frame(&Ends{slices.Repeat([]LogEnd{{vLog, 1}}, n)})
		}},
		{"scopes", ScopesMax, ErrLimit, func(n int) error {
			f := &Scopes{make([]EntityID, n)}
			return frame(f)
		}},
		{"known positions", KnownMax, ErrLimit, func(n int) error { return frame(&Heads{Known: make([]Position, n)}) }},
		{"path", PathMax, ErrLimit, func(n int) error { return frame(&Notice{Above: places[:n]}) }},
		{"versions", VersionsMax, ErrLimit, func(n int) error {
			v := make([]byte, n)
			for i := range v {
				v[i] = byte(i + 1)
			}
			return frame(&Hello{Intro: &Intro{Versions: v}})
		}},
		{"software", SoftwareBytesMax, ErrLimit, func(n int) error { return frame(&Notice{Software: strings.Repeat("x", n)}) }},
		{"message", MessageBytesMax, ErrLimit, func(n int) error { return frame(&Refusal{Message: strings.Repeat("x", n)}) }},
		{"segments of a request", RequestSegmentsMax, ErrLimit, func(n int) error { return request(n, []byte{1}) }},
		{"ranges of a request", RequestRangesMax, ErrLimit, func(n int) error {
			_, err := readRequest(stream(append(append([]Frame{&Hello{}}, slices.Repeat([]Frame{&Range{}}, n)...), &RequestEnd{})...))
			return err
		}},
		{"marks of a Want", MarksMax, ErrLimit, func(n int) error { return frame(&Want{Marks: marks[:n]}) }},
		{"marks of a Part", MarksMax, ErrLimit, func(n int) error { return frame(&Part{Marks: marks[:n]}) }},
		{"addresses of a Move", AddressesMax, ErrLimit, func(n int) error {
			return frame(&Move{Hub: vHub3(), Number: 1, Addresses: slices.Repeat([]string{"https://a"}, n)})
		}},
		{"address of a Move", AddressBytesMax, ErrLimit, func(n int) error {
			return frame(&Move{Hub: vHub3(), Number: 1, Addresses: []string{strings.Repeat("a", n)}})
		}},
		{"entities of a Known", MarksMax, ErrLimit, func(n int) error {
			f := &Known{}
			for _, m := range marks[:n] {
				f.Entities = append(f.Entities, m.Entity)
			}
			return frame(f)
		}},
		{"terms of a look-up", TermsMax, ErrLimit, func(n int) error { return frame(&Lookup{Terms: terms(n)}) }},
		{"terms of a candidate", TermsMax, ErrLimit, func(n int) error {
			return frame(&Candidates{List: []Candidate{{Shown: terms(n)}}})
		}},
		{"candidates", CandidatesMax, ErrLimit, func(n int) error { return frame(&Candidates{List: make([]Candidate, n)}) }},
		{"pages of a case", LookupPagesMax, ErrOrder, func(n int) error {
			var b bytes.Buffer
			pages := slices.Repeat([]Frame{vPage(nil)}, n)
			if err := WriteLookupAnswer(&b, testKey, vNurse, vNonce, pages...); err != nil {
				return err
			}
			_, err := ReadLookupAnswer(&b, testPublic(), vNurse, vNonce)
			return err
		}},
		{"bytes of a request", RequestSizeBytesMax/FrameSizeBytesMax - 1, ErrTooLarge, func(n int) error { return request(n, make([]byte, FrameSizeBytesMax)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.try(c.max); err != nil {
				t.Errorf("%d: %v", c.max, err)
			}
			if err := c.try(c.max + 1); !errors.Is(err, c.class) {
				t.Errorf("%d: %v, want %v", c.max+1, err, c.class)
			}
		})
	}
}

// fat returns a state whose encoding grows by one byte with n.
func fat(n int) *State {
	s := &State{ID: Dot{vLog, 1}.Entity(), Kind: 1, Seen: []Seen{{vLog, 1}}}
	for i := range 17 {
		size := 300 + min(max(n-i*16000, 0), 16000)
		s.Fields = append(s.Fields, FieldValues{Field(i + 1), []Value{{Dot: Dot{vLog, 1}, Data: Bytes(make([]byte, size))}}})
	}
	return s
}

// fatRun returns n changes that take 16 KiB each before compression.
func fatRun(n int) []Change {
	list := make([]Change, n)
	for i := range list {
		d := Dot{vLog, Seq(i + 1)}
		list[i] = Change{Dot: d, Kind: 1, Entity: d.Entity(), Writes: []Write{{Field: 1, Data: Bytes(make([]byte, TextSizeBytesMax))}}}
	}
	return list
}

// helloSums returns how many sums fit into a Hello.
func helloSums() int {
	one := func(n int) int {
		h := &Hello{Sums: slices.Repeat([]ScopeSum{{vPlace, Sum{1}}}, n)}
		return len(encodeBody(h))
	}
	base, each := one(1000), one(1001)-one(1000)
	return 1000 + (HelloSizeBytesMax-base)/each
}

// TestBombs gives decoders input that announces or unfolds to far more than it is.
func TestBombs(t *testing.T) {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	for range 256 { // a frame that does not say that it holds 256 MiB
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	announced := append(bytes.Clone(Magic[:]), 0x80, 0x80, 0x40, byte(FramePage)) // 1 MiB to come
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := (&Page{Count: 1, Payload: b.Bytes()}).Rows(); !errors.Is(err, ErrTooLarge) {
		t.Errorf("page: %v", err)
	}
	for range 100 {
		if _, err := NewFrameReader(bytes.NewReader(announced)).Read(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("frame: %v", err)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 40<<20 {
		t.Errorf("%d MiB allocated", got>>20)
	}
}

func TestSealCutsBetweenActs(t *testing.T) {
	w := newWorld(5)
	w.years(30, 60, 12, 30)
	o, log := w.opening()
	var changes []Change
	for range 6 { // six days that were not sent, in one log
		w.day += 7
		day, _ := w.workday(log, 65, 5, 3, 0)
		for i := range day {
			c := &day[i]
			creates := c.Creates()
			if c.Dot.Seq = Seq(len(changes) + 1); creates {
				c.Entity = c.Dot.Entity()
			}
			changes = append(changes, *c)
		}
	}
	many := changes[len(changes)-1].At
	for i := range 200 { // and an act too long to be one
		d := Dot{log, Seq(len(changes) + 1)}
		changes = append(changes, Change{Dot: d, At: At{many.WallMS + 1, 0}, Kind: 300, Entity: d.Entity(), Writes: []Write{{Field: 9, Data: Int(int64(i * i))}}})
	}
	raws, err := Seal(w.key, o, ChainStart(log), changes)
	if err != nil {
		t.Fatal(err)
	}
	var got []Change
	prev := ChainStart(log)
	for i, raw := range raws {
		s, err := ParseSegment(raw)
		if err != nil {
			t.Fatal(err)
		}
		part, err := s.Changes()
		if err != nil {
			t.Fatal(err)
		}
		if s.Prev != prev.Short() || (s.Opening != nil) != (i == 0) {
			t.Errorf("segment %d: prev %x, opening %v", i, s.Prev, s.Opening)
		}
		if len(raw) > SegmentCutBytes*5/4 {
			t.Errorf("segment %d: %d bytes", i, len(raw))
		}
		if i < len(raws)-1 && len(raw) < SegmentCutBytes/2 {
			t.Errorf("segment %d: only %d bytes", i, len(raw))
		}
		got = append(got, part...)
		for j := range part {
			prev = prev.Next(&part[j])
		}
		if last := part[len(part)-1]; len(got) < len(changes) && last.At == changes[len(got)].At && last.Kind != 300 {
			t.Errorf("segment %d ends inside an act", i)
		}
	}
	sameChanges(t, got, changes)
	if len(raws) < 2 {
		t.Errorf("%d segments", len(raws))
	}
	gap := slices.Delete(slices.Clone(changes[:9]), 3, 4)
	if _, err := Seal(w.key, o, ChainStart(log), gap); !errors.Is(err, ErrInvalid) {
		t.Errorf("changes with a gap: %v", err)
	}
}

// unfolds decompresses so many bytes, as far as a limit.
func unfolds(t *testing.T, size, limit int) error {
	t.Helper()
	payload := make([]byte, size)
	out, _, err := decompress(compress(payload, []int{size}, effortSegment, dictionaryNone), limit)
	if err == nil && len(out) != size {
		t.Errorf("of %d bytes %d came", size, len(out))
	}
	return err
}

// What unfolds to as much as may be is unpacked, and not a byte more of it.
func TestSegmentBytesAtTheirLimit(t *testing.T) {
	if err := unfolds(t, SegmentDecodedBytesMax, SegmentDecodedBytesMax); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := unfolds(t, SegmentDecodedBytesMax+1, SegmentDecodedBytesMax); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one beyond it: %v", err)
	}
}

func TestPageBytesAtTheirLimit(t *testing.T) {
	if err := unfolds(t, PageDecodedBytesMax, PageDecodedBytesMax); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if err := unfolds(t, PageDecodedBytesMax+1, PageDecodedBytesMax); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one beyond it: %v", err)
	}
}
