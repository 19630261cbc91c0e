package syncproto

import (
	"slices"

	"pgregory.net/rapid"
)

// Generators of anything the format can say, known kinds or not. Few logs and short texts, so that
// tables, back-references and contexts are hit.

func genLog(t *rapid.T) LogID {
	l := LogID{byte(rapid.IntRange(1, 6).Draw(t, "log"))}
	l[11] = l[0] << 6
	return l
}

func genSeq(t *rapid.T) Seq {
	return Seq(rapid.OneOf(rapid.Uint32Range(1, 300), rapid.Uint32Range(1, 1<<32-1)).Draw(t, "seq"))
}

func genDot(t *rapid.T) Dot { return Dot{genLog(t), genSeq(t)} }

func genEntity(t *rapid.T) EntityID { return genDot(t).Entity() }

func genActor(t *rapid.T) EntityID {
	if rapid.Bool().Draw(t, "program") {
		return EntityID{}
	}
	return Dot{genLog(t), Seq(rapid.IntRange(1, 3).Draw(t, "actor"))}.Entity()
}

func genAt(t *rapid.T) At {
	return At{
		WallMS:   rapid.OneOf(rapid.Int64Range(1790000000000, 1790000001000), rapid.Int64()).Draw(t, "wall"),
		OffsetMS: rapid.OneOf(rapid.Just(int32(0)), rapid.Int32()).Draw(t, "offset"),
	}
}

func genKind(t *rapid.T) Kind {
	return rapid.SampledFrom([]Kind{1, 101, 102, 399, 65535}).Draw(t, "kind")
}

func genData(t *rapid.T, list bool) Data {
	n := 6
	if list {
		n = 7
	}
	switch Tag(rapid.IntRange(0, n).Draw(t, "tag")) {
	case TagFalse:
		return Bool(false)
	case TagTrue:
		return Bool(true)
	case TagInt:
		return Int(rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64Range(-40000, 70000), rapid.Int64()).Draw(t, "int"))
	case TagText:
		return Text(rapid.OneOf(rapid.SampledFrom([]string{"", "BCG", "0912", "17", "Nguyễn"}), rapid.StringN(0, 40, -1)).Draw(t, "text"))
	case TagBytes:
		return Bytes(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
	case TagRef:
		return Ref(genEntity(t))
	case TagList:
		items := make([]Data, rapid.IntRange(0, 5).Draw(t, "items"))
		for i := range items {
			items[i] = genData(t, false)
		}
		return List(items...)
	}
	return Null()
}

func genSuperseded(t *rapid.T, least int, before Dot) []Superseded {
	n := rapid.IntRange(least, 4).Draw(t, "superseded")
	var out []Superseded
	for range n {
		s := Superseded{Dot: genDot(t)}
		if s.Dot.Log == before.Log {
			if before.Seq == 1 {
				s.Dot.Log[1]++
			} else {
				s.Dot.Seq = 1 + s.Dot.Seq%(before.Seq-1)
			}
		}
		s.Hash[0] = rapid.Byte().Draw(t, "hash")
		out = append(out, s)
	}
	slices.SortFunc(out, Superseded.Compare)
	return slices.Compact(out)
}

func genFields(t *rapid.T) []Field {
	f := rapid.SliceOfN(rapid.SampledFrom([]Field{1, 2, 3, 10, 11, 25, 700, 65535}), 0, 8).Draw(t, "fields")
	slices.Sort(f)
	return slices.Compact(f)
}

func genChange(t *rapid.T, d Dot) Change {
	c := Change{Dot: d, At: genAt(t), Actor: genActor(t), Kind: genKind(t), Entity: d.Entity()}
	if rapid.Bool().Draw(t, "edit") {
		c.Entity = genEntity(t)
	}
	for _, f := range genFields(t) {
		w := Write{Field: f, Data: genData(t, true)}
		if !c.Creates() && rapid.Bool().Draw(t, "supersedes") {
			if w.Supersedes = genSuperseded(t, 0, d); len(w.Supersedes) == 0 {
				w.Supersedes = nil
			}
		}
		c.Writes = append(c.Writes, w)
	}
	return c
}

func genRun(t *rapid.T) []Change {
	first := genDot(t)
	first.Seq = first.Seq % (1 << 31)
	if first.Seq == 0 || rapid.Bool().Draw(t, "opening") {
		first.Seq = 1
	}
	changes := make([]Change, rapid.IntRange(1, 30).Draw(t, "changes"))
	for i := range changes {
		changes[i] = genChange(t, Dot{first.Log, first.Seq + Seq(i)})
	}
	return changes
}

func genState(t *rapid.T) *State {
	s := &State{ID: genEntity(t), Kind: genKind(t)}
	by := map[Dot]Value{}
	for _, f := range genFields(t) {
		fv := FieldValues{Field: f}
		for range rapid.IntRange(1, 3).Draw(t, "values") {
			d := s.ID.Birth()
			if rapid.Bool().Draw(t, "edited") {
				d = Dot{genLog(t), Seq(rapid.IntRange(1, 5).Draw(t, "seq"))}
			}
			v, found := by[d]
			if !found {
				v = Value{Dot: d, At: genAt(t), Actor: genActor(t)}
				by[d] = v
			}
			v.Data = genData(t, true)
			fv.Values = append(fv.Values, v)
		}
		slices.SortFunc(fv.Values, func(a, b Value) int { return a.Dot.Compare(b.Dot) })
		fv.Values = slices.CompactFunc(fv.Values, func(a, b Value) bool { return a.Dot == b.Dot })
		s.Fields = append(s.Fields, fv)
	}
	if s.Seen = seenOf(s.ID, s.groups()); rapid.Bool().Draw(t, "seen") {
		s.Seen = nil
		for i := range rapid.IntRange(0, 4).Draw(t, "seen logs") {
			s.Seen = append(s.Seen, Seen{LogID{byte(i + 1)}, genSeq(t)})
		}
	}
	if rapid.Bool().Draw(t, "gone") {
		for _, f := range genFields(t) {
			s.Gone = append(s.Gone, GoneValues{f, genSuperseded(t, 1, Dot{})})
		}
	}
	return s
}

func genIncarnation(t *rapid.T) (i Incarnation) {
	i[0] = byte(rapid.IntRange(0, 3).Draw(t, "incarnation"))
	return i
}

func genCursor(t *rapid.T) Cursor {
	return Cursor{genIncarnation(t), FeedNumber(rapid.Uint64().Draw(t, "number"))}
}

func genScopes(t *rapid.T) []EntityID {
	s := rapid.SliceOfN(rapid.Custom(genEntity), 0, 5).Draw(t, "scopes")
	if rapid.Bool().Draw(t, "everybody") {
		s = append(s, EntityID{})
	}
	slices.SortFunc(s, EntityID.Compare)
	if s = slices.Compact(s); len(s) == 0 {
		return nil
	}
	return s
}

func gen16(t *rapid.T) (b [16]byte) {
	copy(b[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "16 bytes"))
	return b
}

func genMarks(t *rapid.T) (marks []Mark) {
	ids := rapid.SliceOfN(rapid.Custom(genEntity), 1, 5).Draw(t, "entities")
	slices.SortFunc(ids, EntityID.Compare)
	for _, id := range slices.Compact(ids) {
		marks = append(marks, Mark{id, gen16(t)})
	}
	return marks
}

func genFrame(t *rapid.T) Frame {
	text := rapid.StringN(0, 20, -1)
	u32 := rapid.Uint32()
	switch rapid.IntRange(0, 21).Draw(t, "frame") {
	case 0:
		f := &Hello{
			Incarnation: genIncarnation(t), From: Position{genIncarnation(t), rapid.Uint64().Draw(t, "from")},
			Receipt: rapid.Uint64().Draw(t, "receipt"), Cursor: genCursor(t), Digest: gen16(t),
			Pending: u32.Draw(t, "pending"), PageBytes: u32.Draw(t, "page"), Request: rapid.Uint64().Draw(t, "request"),
			Nonce: gen16(t), WallMS: rapid.Int64().Draw(t, "wall"),
		}
		for _, s := range genScopes(t) {
			f.Behind = append(f.Behind, Behind{s, genCursor(t)})
			f.Sums = append(f.Sums, ScopeSum{s, gen16(t)})
		}
		if rapid.Bool().Draw(t, "intro") {
			f.Intro = &Intro{Versions: []uint8{1, 2}, Software: text.Draw(t, "software"), Device: genEntity(t)}
		}
		return f
	case 1:
		return &SegmentFrame{Raw: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "raw")}
	case 2:
		return &Let{genLog(t), genSeq(t), HoldReason(rapid.Byte().Draw(t, "reason"))}
	case 3:
		f := &Logs{Heads: []LogMark{}}
		for range rapid.IntRange(0, 4).Draw(t, "logs") {
			f.Heads = append(f.Heads, LogMark{genLog(t), genSeq(t), gen16(t)})
		}
		return f
	case 4:
		return &RequestEnd{u32.Draw(t, "segments")}
	case 5:
		f := &Heads{
			Position: Position{genIncarnation(t), rapid.Uint64().Draw(t, "position")}, Receipt: rapid.Uint64().Draw(t, "receipt"),
			Digest: gen16(t), WantLogs: rapid.Bool().Draw(t, "want"), Anew: rapid.Bool().Draw(t, "anew"),
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "logs") {
			f.Logs = append(f.Logs, LogHead{LogID{byte(i + 1)}, genSeq(t), gen16(t), genSeq(t), HoldRights, genSeq(t), genCursor(t)})
			f.Known = append(f.Known, Position{genIncarnation(t), uint64(i)})
		}
		copy(f.Signature[:], rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "signature"))
		return f
	case 6:
		return &Scopes{genScopes(t)}
	case 7:
		f := &Page{Scope: genActor(t), After: genCursor(t), Count: rapid.Uint32Range(0, PageRowsMax).Draw(t, "count")}
		if p := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "payload"); len(p) > 0 {
			f.Payload = p
		}
		return f
	case 8:
		return &Fingerprint{genActor(t), genCursor(t), gen16(t)}
	case 9:
		return &Notice{rapid.Int64().Draw(t, "wall"), u32.Draw(t, "back"), text.Draw(t, "message"), text.Draw(t, "software"), genScopes(t)}
	case 10:
		return &ResponseEnd{rapid.Bool().Draw(t, "more"), rapid.Bool().Draw(t, "sums"), genCursor(t)}
	case 11:
		return &Range{genActor(t), EntityID{}, genActor(t), u32.Draw(t, "count"), gen16(t)}
	case 12:
		return &Want{genActor(t), genMarks(t)}
	case 13:
		return &Part{Scope: genActor(t), From: genActor(t), Marks: genMarks(t)}
	case 14:
		return &Part{Scope: genActor(t), From: genActor(t), Count: 1 + u32.Draw(t, "count")>>1, Sum: gen16(t)}
	case 15:
		f := &Known{Scope: genActor(t)}
		for _, m := range genMarks(t) {
			f.Entities = append(f.Entities, m.Entity)
		}
		return f
	case 16:
		f := &RootSum{Scope: genActor(t), At: genCursor(t), WallMS: rapid.Int64().Draw(t, "wall"), Sum: gen16(t)}
		copy(f.Signature[:], rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "signature"))
		return f
	case 17:
		return &Backup{Made: true, AgeS: u32.Draw(t, "age")}
	case 18:
		return &Returned{genSeq(t), rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(t, "raw")}
	case 19:
		f := &Move{Hub: vHub3(), Number: 1 + rapid.Uint64().Draw(t, "number")>>1, Addresses: rapid.SliceOfN(rapid.StringN(1, 20, 80), 1, AddressesMax).Draw(t, "addresses")}
		copy(f.Pin[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "pin"))
		copy(f.Signature[:], rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "signature"))
		return f
	case 20:
		return &Ends{[]LogEnd{{genLog(t), genSeq(t)}}}
	}
	return &Refusal{RefusalCode(rapid.Uint16().Draw(t, "code")), u32.Draw(t, "after"), text.Draw(t, "message")}
}
