package syncproto

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
	"pgregory.net/rapid"
)

var testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))

func testPublic() ed25519.PublicKey { return testKey.Public().(ed25519.PublicKey) }

func TestChangeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genChange(t, genDot(t))
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		b := AppendChange([]byte("before"), &c)[6:]
		got, err := DecodeChange(b)
		if err != nil {
			t.Fatalf("%v\n%x", err, b)
		}
		if !bytes.Equal(AppendChange(nil, got), b) || got.Dot != c.Dot || got.Entity != c.Entity || len(got.Writes) != len(c.Writes) {
			t.Fatalf("got %+v, want %+v", got, c)
		}
		for i, w := range c.Writes {
			if g := got.Writes[i]; g.Field != w.Field || !g.Data.Equal(w.Data) || !slices.Equal(g.Supersedes, w.Supersedes) {
				t.Fatalf("write %d: got %+v, want %+v", i, g, w)
			}
		}
		// The library, which shares no code with our reader, finds an array of eight and nothing behind it.
		d := msgpack.NewDecoder(bytes.NewReader(b))
		n, err := d.DecodeArrayLen()
		for range n {
			err = errors.Join(err, d.Skip())
		}
		if _, end := d.PeekCode(); n != 8 || err != nil || end != io.EOF {
			t.Fatalf("msgpack: %d elements, %v, then %v", n, err, end)
		}
	})
}

func TestStateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genState(t)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		b := AppendState(nil, s)
		got, err := DecodeState(b)
		if err != nil {
			t.Fatalf("%v\n%x", err, b)
		}
		sameState(t, got, s)
	})
}

func sameState(t interface{ Fatalf(string, ...any) }, got, want *State) {
	if len(got.Seen) == 0 && len(want.Seen) == 0 {
		got.Seen = want.Seen
	}
	same := got.ID == want.ID && got.Kind == want.Kind && slices.Equal(got.Seen, want.Seen) &&
		reflect.DeepEqual(got.Gone, want.Gone) && len(got.Fields) == len(want.Fields)
	for i := 0; same && i < len(want.Fields); i++ {
		same = got.Fields[i].Field == want.Fields[i].Field && slices.EqualFunc(got.Fields[i].Values, want.Fields[i].Values, func(a, b Value) bool {
			return a.Dot == b.Dot && a.At == b.At && a.Actor == b.Actor && a.Data.Equal(b.Data)
		})
	}
	if !same {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
}

func TestSegmentRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := genRun(t)
		var o *Opening
		if changes[0].Dot.Seq == 1 {
			o = &Opening{Device: genEntity(t), Random: gen16(t), Follows: genLog(t), FollowsHash: gen16(t)}
		}
		prev := ChainStart(changes[0].Dot.Log)
		raw, err := SealSegment(testKey, o, prev, changes)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSegment(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(testPublic()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(s.Raw(), raw) || s.Prev != prev.Short() || !reflect.DeepEqual(s.Opening, o) || s.Last() != changes[len(changes)-1].Dot.Seq {
			t.Fatalf("header differs: %+v", s)
		}
		got, err := s.Changes()
		if err != nil {
			t.Fatal(err)
		}
		sameChanges(t, got, changes)
	})
}

func sameChanges(t interface{ Fatalf(string, ...any) }, got, want []Change) {
	if len(got) != len(want) {
		t.Fatalf("%d changes, want %d", len(got), len(want))
	}
	for i := range want {
		if g, w := AppendChange(nil, &got[i]), AppendChange(nil, &want[i]); !bytes.Equal(g, w) {
			t.Fatalf("change %d: got %x, want %x", i, g, w)
		}
	}
}

func TestPageRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := make([]Row, rapid.IntRange(0, 12).Draw(t, "rows"))
		for i := range rows {
			rows[i] = Row{genState(t), rapid.Bool().Draw(t, "left")}
		}
		p, err := EncodePage(genActor(t), genCursor(t), rows)
		if err != nil {
			t.Fatal(err)
		}
		f, err := DecodeFrame(EncodeFrame(p))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.(*Page).Rows()
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(rows) {
			t.Fatalf("%d rows, want %d", len(got), len(rows))
		}
		for i := range rows {
			if got[i].Left != rows[i].Left {
				t.Fatalf("row %d: left %v", i, got[i].Left)
			}
			sameState(t, got[i].State, rows[i].State)
		}
	})
}

func TestFrameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream bytes.Buffer
		w := NewFrameWriter(&stream)
		frames := make([]Frame, rapid.IntRange(1, 5).Draw(t, "frames"))
		for i := range frames {
			frames[i] = genFrame(t)
			if err := w.Write(frames[i]); err != nil {
				t.Fatal(err)
			}
			got, err := DecodeFrame(EncodeFrame(frames[i]))
			if err != nil || !reflect.DeepEqual(got, frames[i]) {
				t.Fatalf("got %+v, want %+v (%v)", got, frames[i], err)
			}
		}
		whole := stream.Bytes()
		cut := rapid.IntRange(0, len(whole)-1).Draw(t, "cut")
		r := NewFrameReader(bytes.NewReader(whole))
		for i := range frames {
			got, err := r.Read()
			if err != nil || !reflect.DeepEqual(got, frames[i]) {
				t.Fatalf("frame %d: got %+v, want %+v (%v)", i, got, frames[i], err)
			}
		}
		if _, err := r.Read(); err != io.EOF {
			t.Fatalf("end of stream: %v", err)
		}
		// A cut stream gives its whole frames and then either a clean end or io.ErrUnexpectedEOF.
		r = NewFrameReader(bytes.NewReader(whole[:cut]))
		length := 4
		for i := 0; ; i++ {
			_, err := r.Read()
			if err == nil {
				length += len(EncodeFrame(frames[i]))
				continue
			}
			if clean := cut == length; clean != (err == io.EOF) || !clean && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut at %d, whole frames end at %d: %v", cut, length, err)
			}
			break
		}
	})
}

func TestHeadsSignature(t *testing.T) {
	child, nonce := Dot{LogID{1}, 4}.Entity(), [16]byte{1, 2}
	h := &Heads{Position: Position{Incarnation{3}, 4}, Logs: []LogHead{{Log: LogID{9}, Here: 5, In: 5}}}
	SignHeads(h, testKey, child, nonce)
	f, err := DecodeFrame(EncodeFrame(h))
	if err != nil {
		t.Fatal(err)
	}
	got := f.(*Heads)
	if err := got.Verify(testPublic(), child, nonce); err != nil {
		t.Fatal(err)
	}
	other := *got
	other.Receipt++
	for name, err := range map[string]error{
		"other child":   got.Verify(testPublic(), Dot{LogID{1}, 5}.Entity(), nonce),
		"other nonce":   got.Verify(testPublic(), child, [16]byte{1, 3}),
		"other content": other.Verify(testPublic(), child, nonce),
		"no key":        got.Verify(nil, child, nonce),
	} {
		if !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
