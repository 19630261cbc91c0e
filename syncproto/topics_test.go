package syncproto

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// The world of the vectors: one device, one hub, a place, a child.
var (
	vLog   = NewLogID(testPublic(), [16]byte{1})
	vHub   = LogID{0xab, 0xcd, 0xef, 1, 2, 3, 4, 5, 6, 7, 8, 0xc0}
	vPlace = Dot{vHub, 700}.Entity()
	vNurse = Dot{vHub, 12}.Entity()
	vAt    = At{WallMS: 1795338000123, OffsetMS: -250}
)

func vChild() Change {
	return Change{Dot: Dot{vLog, 1}, At: vAt, Actor: vNurse, Kind: 101, Entity: Dot{vLog, 1}.Entity(), Writes: []Write{
		{Field: 3, Data: Ref(vPlace)},
		{Field: 10, Data: Text("0142126000000017")},
		{Field: 11, Data: Text("Nguyễn Thị Hoa")},
		{Field: 12, Data: Int(20700)},
		{Field: 19, Data: Text("0912345678")},
	}}
}

func vDose(seq Seq, vaccine string) Change {
	return Change{Dot: Dot{vLog, seq}, At: At{vAt.WallMS + 61000, vAt.OffsetMS}, Actor: vNurse, Kind: 102, Entity: Dot{vLog, seq}.Entity(), Writes: []Write{
		{Field: 1, Data: Ref(vChild().Entity)},
		{Field: 3, Data: Ref(vPlace)},
		{Field: 10, Data: Text(vaccine)},
		{Field: 11, Data: Int(20779)},
		{Field: 14, Data: Text("AB1-7")},
		{Field: 24, Data: Bool(false)},
	}}
}

func vEdit() Change {
	c := vChild()
	old := Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: c.Writes[4].Data}
	return Change{Dot: Dot{vLog, 4}, At: At{vAt.WallMS + 99000, 0}, Kind: 101, Entity: c.Entity, Writes: []Write{
		{Field: 19, Data: Null(), Supersedes: []Superseded{old.Superseded()}},
	}}
}

func vEverything() Change {
	return Change{Dot: Dot{vHub, 1 << 31}, At: At{WallMS: -1}, Kind: 65535, Entity: Dot{vLog, 9}.Entity(), Writes: []Write{
		{Field: 1, Data: Bool(true)},
		{Field: 2, Data: Bool(false)},
		{Field: 300, Data: Int(-1 << 63)},
		{Field: 301, Data: Bytes([]byte{0, 255})},
		{Field: 302, Data: Text("")},
		{Field: 65535, Data: List(Int(-33), Text("a"), Null(), Ref(vPlace), Bytes(nil), Bool(true))},
	}}
}

func vDay() []Change {
	return []Change{vChild(), vDose(2, "BCG"), vDose(3, "VGB0"), vEdit()}
}

func vState() *State {
	c := vChild()
	return stateOf(&c)
}

// vConflict is a child whose phone was corrected by two devices, with news of a replacement of a value
// that is still unknown.
func vConflict() *State {
	s := vState()
	e := vEdit()
	s.Fields[4].Values = []Value{
		{Dot: e.Dot, At: e.At, Data: Text("0387654321")},
		{Dot: Dot{vHub, 9}, At: e.At, Actor: vNurse, Data: Text("0700000000")},
	}
	if s.Fields[4].Values[0].Dot.Compare(s.Fields[4].Values[1].Dot) > 0 {
		v := s.Fields[4].Values
		v[0], v[1] = v[1], v[0]
	}
	s.Seen = seenOf(s.ID, s.groups())
	s.Seen[0].Seq += 5
	s.Gone = []GoneValues{{Field: 19, Gone: []Superseded{{Dot{vHub, 77}, [4]byte{1, 2, 3, 4}}}}}
	return s
}

func vOpening() *Opening { return &Opening{Device: Dot{vHub, 3}.Entity(), Random: [16]byte{1}} }

func topics() []topic {
	return []topic{
		{name: "entity", about: "16 bytes of an entity id; says its birth dot.", read: readEntity, accepted: acceptedEntities, refused: refusedEntities},
		{name: "change", about: "Canonical changes. hash4: of each write as a value. next: h(Seq) if h(Seq-1) were ChainStart(log).", read: readChange, accepted: acceptedChanges, refused: refusedChanges},
		{name: "state", about: "Stored states. hash: StateHash.", read: readState, accepted: acceptedStates, refused: refusedStates},
		{name: "columns", about: "Decompressed segment payloads, preceded by one byte: the number of changes. Log " + vLog.String() + ", first Seq 1. changes: canonical changes.", read: readColumns, accepted: acceptedColumns, refused: refusedColumns},
		{name: "segment", about: "Sealed segments of the device with public key " + hex.EncodeToString(testPublic()) + ".", read: readSegment, accepted: acceptedSegments, refused: refusedSegments, unstable: true},
		{name: "page", about: "Bodies of Page frames. rows: stored states.", read: readPage, accepted: acceptedPages, refused: refusedPages, unstable: true},
		{name: "frame", about: "Streams of frames, magic first.", read: readStream, accepted: acceptedFrames, refused: refusedFrames},
		{name: "heads", about: fmt.Sprintf("Heads frames (length, type, body) of the hub with public key %x, child %s, nonce %x.", testPublic(), vNurse, vNonce), read: readHeads, accepted: acceptedHeads, refused: refusedHeads},
		{name: "request", about: "Requests: which frames may follow which.", read: readRequest, accepted: acceptedRequests, refused: refusedRequests},
		{name: "lookup", about: fmt.Sprintf("Requests of a look-up, and answers of the hub with public key %x to child %s, nonce %x.", testPublic(), vNurse, vNonce), read: readLookups, accepted: acceptedLookups, refused: refusedLookups, unstable: true},
		{name: "response", about: "Answers: which frames may follow which.", read: readResponse, accepted: acceptedResponses, refused: refusedResponses},
	}
}

func readEntity(b []byte) (any, error) {
	if len(b) != 16 || !EntityID(b).Valid() {
		return nil, ErrEntityID
	}
	e := EntityID(b)
	if e.Birth().Entity() != e {
		return nil, ErrEntityID
	}
	return map[string]any{"uuid": e.String(), "log": e.Birth().Log.String(), "seq": e.Birth().Seq}, nil
}

func acceptedEntities() []example {
	ones := LogID(bytes.Repeat([]byte{255}, 12))
	ones[11] = 0xc0
	return []example{
		{"smallest", b16(Dot{LogID{}, 1}.Entity())}, {"greatest", b16(Dot{ones, 1<<32 - 1}.Entity())}, {"place", b16(vPlace)},
	}
}

func b16(e EntityID) []byte { return e[:] }

func refusedEntities() []example {
	v4, variant, zero := vPlace, vPlace, Dot{vHub, 0}.Entity()
	v4[6] = v4[6]&15 | 0x40
	variant[8] = variant[8]&0x3f | 0xc0
	return []example{{"version 4", v4[:]}, {"another variant", variant[:]}, {"Seq 0", zero[:]}, {"15 bytes", vPlace[:15]}, {"all zero", make([]byte, 16)}}
}

func readChange(b []byte) (any, error) {
	c, err := DecodeChange(b)
	if err != nil {
		return nil, err
	}
	if again := AppendChange(nil, c); !bytes.Equal(again, b) {
		return nil, fmt.Errorf("encodes as %x", again)
	}
	var hashes []string
	for _, w := range c.Writes {
		h := Value{Dot: c.Dot, At: c.At, Actor: c.Actor, Data: w.Data}.Hash4()
		hashes = append(hashes, hex.EncodeToString(h[:]))
	}
	next := ChainStart(c.Dot.Log).Next(c)
	return map[string]any{"change": describe(c), "hash4": hashes, "next": hex.EncodeToString(next[:])}, nil
}

func acceptedChanges() (list []example) {
	for i, c := range append(vDay(), vEverything()) {
		list = append(list, example{[]string{"creation", "dose", "second dose of the act", "edit that supersedes", "every type of data"}[i], AppendChange(nil, &c)})
	}
	return list
}

// editParts is vEdit in pieces.
func editParts() parts {
	c := vEdit()
	s := c.Writes[0].Supersedes[0]
	p := parts{{0x98}, append([]byte{0xc4, 12}, c.Dot.Log[:]...), {4}}
	whole := AppendChange(nil, &c)
	wall := whole[16:25]
	p = append(p, wall, []byte{0}, []byte{0xc0}, []byte{101}, append([]byte{0xc4, 16}, c.Entity[:]...), []byte{0x91}, []byte{0x93}, []byte{19}, []byte{0xc0},
		[]byte{0x91}, []byte{0x93}, append([]byte{0xc4, 12}, s.Dot.Log[:]...), []byte{byte(s.Dot.Seq)}, append([]byte{0xc4, 4}, s.Hash[:]...))
	if !bytes.Equal(p.bytes(), whole) {
		panic(fmt.Sprintf("pieces of an edit\n%x\n%x", p.bytes(), whole))
	}
	return p
}

func refusedChanges() []example {
	p := editParts()
	c := vChild()
	log := hex.EncodeToString(vLog[:])
	creation := AppendChange(nil, &c)
	named := bytes.Replace(creation, append([]byte{101, 0xc0}, 0x95), append(append([]byte{101, 0xc4, 16}, c.Entity[:]...), 0x95), 1)
	list := []example{
		{"array of 9", p.with(0, "99")},
		{"array in a longer form", p.with(0, "dc0008")},
		{"a map", p.with(0, "88")},
		{"Seq in a longer form", p.with(2, "cc04")},
		{"Seq 0", p.with(2, "00")},
		{"Seq beyond 32 bits", p.with(2, "cf0000000100000000")},
		{"Seq as a float", p.with(2, "ca40800000")},
		{"log of 11 bytes", p.with(1, "c40b"+log[:22])},
		{"log as text", p.with(1, "ac"+log)},
		{"log with its last bits set", p.with(1, "c40c"+log[:22]+"3f")},
		{"offset beyond 32 bits", p.with(4, "ce80000000")},
		{"zero actor as bytes", p.with(5, "c410"+strings.Repeat("00", 16))},
		{"actor that is no entity", p.with(5, "c410"+strings.Repeat("11", 16))},
		{"kind 0", p.with(6, "00")},
		{"kind 65536", p.with(6, "ce00010000")},
		{"entity of version 4", p.with(7, "c410"+strings.Repeat("44", 16))},
		{"creation that names itself", named},
		{"array of writes longer than the input", p.with(8, "dc00f0")},
		{"257 writes", p.with(8, "dc0101")},
		{"empty list of superseded values", append(p[:12:12].bytes(), 0x90)},
		{"17 superseded values", p.with(12, "dc0011")},
		{"superseded hash of 3 bytes", p.with(16, "c403010203")},
		{"supersedes what is yet to be written", p.with(15, "04")},
		{"write of 1 element", p.with(9, "91")},
		{"field 0", p.with(10, "00")},
		{"data of an unused code", p.with(11, "c1")},
		{"data a float", p.with(11, "cb0000000000000000")},
		{"text that is not UTF-8", p.with(11, "a2c328")},
		{"text of 16385 bytes", p.with(11, "da4001"+strings.Repeat("61", 16385))},
		{"list in a list", p.with(11, "9190")},
		{"reference of another extension type", p.with(11, "d802"+hex.EncodeToString(vPlace[:]))},
		{"reference to nothing", p.with(11, "d801"+strings.Repeat("00", 16))},
		{"list of 1025", p.with(11, "dc0401"+strings.Repeat("c0", 1025))},
		{"data an integer above 2^63-1", p.with(11, "cf8000000000000000")},
		{"negative integer in a longer form", p.with(11, "d0ff")},
	}
	out := vChild()
	out.Writes = append(out.Writes[1:2:2], out.Writes[0])
	list = append(list, example{"fields out of order", AppendChange(nil, &out)})
	out = vEdit()
	out.Entity, out.Dot.Seq = out.Dot.Entity(), 4
	list = append(list, example{"creation that supersedes", AppendChange(nil, &out)})
	out = vEdit()
	s := out.Writes[0].Supersedes[0]
	out.Writes[0].Supersedes = []Superseded{s, s}
	list = append(list, example{"superseded twice", AppendChange(nil, &out)})
	return append(list, cutAndExtended(creation)...)
}

func readState(b []byte) (any, error) {
	s, err := DecodeState(b)
	if err != nil {
		return nil, err
	}
	h := StateHash(s)
	return map[string]any{"state": describe(s), "hash": hex.EncodeToString(h[:])}, nil
}

func acceptedStates() []example {
	dose := vDose(2, "BCG")
	early := &State{ID: vChild().Entity, Kind: 101, Fields: []FieldValues{{19, []Value{{Dot: vEdit().Dot, At: vAt, Data: Int(5)}}}}, Seen: []Seen{{vLog, 4}}}
	empty := &State{ID: vChild().Entity, Kind: 101}
	return []example{
		{"child", AppendState(nil, vState())},
		{"dose", AppendState(nil, stateOf(&dose))},
		{"conflict, Seen and Gone", AppendState(nil, vConflict())},
		{"edited before its creation arrived", AppendState(nil, early)},
		{"nothing but an id", AppendState(nil, empty)},
	}
}

func refusedStates() []example {
	one := &State{ID: Dot{vLog, 1}.Entity(), Kind: 101, Fields: []FieldValues{{12, []Value{{Dot: Dot{vLog, 1}, Data: Int(5)}}}}, Seen: []Seen{{vLog, 1}}}
	whole := AppendState(nil, one)
	// logs, Seq, kind, head, group: birth, wall, offset, actor, fields, field and tag, data
	p := parts{whole[:14], {1}, {101}, {4}, {0xc0}, {0}, {0}, {0xc0}, {1}, {99}, {5}}
	if !bytes.Equal(p.bytes(), whole) {
		panic(fmt.Sprintf("pieces of a state %x", whole))
	}
	l, h := hex.EncodeToString(vLog[:]), hex.EncodeToString(vHub[:])
	list := []example{
		{"log nobody names", p.with(0, "c418"+l+h)},
		{"no logs", p.with(0, "c400")},
		{"half a log", p.with(0, "c406"+l[:12])},
		{"Seq 0", p.with(1, "00")},
		{"kind 0", p.with(2, "00")},
		{"two groups, one there", p.with(3, "08")},
		{"no group, one there", p.with(3, "00")},
		{"Seen that follows from the values", append(p.with(3, "05"), 1, 0, 1)},
		{"empty Gone", append(p.with(3, "06"), 0)},
		{"birth dot written out", p.with(4, "0001")},
		{"dot in a log that is not there", p.with(4, "0102")},
		{"no actor written as a dot", p.with(7, "0000")},
		{"empty group", append(p[:8:8].bytes(), 0)},
		{"513 fields", p.with(8, "cd0201")},
		{"field 0", p.with(9, "03")},
		{"integer in a longer form", p.with(10, "cc05")},
		{"text where the tag says int", p.with(10, "a161")},
	}
	return append(append(list, example{"group of one change in two", append(append(p.with(3, "08"), p[4:9].bytes()...), 107, 6)}), cutAndExtended(whole)...)
}
