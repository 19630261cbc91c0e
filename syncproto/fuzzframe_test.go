package syncproto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"
)

// What reading may take, for each byte read and beside that: limits are checked before memory is taken, so no
// length that a stream announces buys more.
const (
	takenPerByte = 1 << 10
	takenBeside  = 8 << 20
	// A page of a few bytes may unfold to all that a page may hold, a segment to all that a segment may.
	takenByPage    = 160 << 20
	takenBySegment = 48 << 20
)

// bounded fails if fn takes more memory than limit.
func bounded(t *testing.T, limit int, fn func()) {
	t.Helper()
	taken := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(taken)
	before := taken[0].Value.Uint64()
	fn()
	metrics.Read(taken)
	if n := taken[0].Value.Uint64() - before; n > uint64(limit) {
		t.Fatalf("%d bytes of memory were taken, at most %d are allowed", n, limit)
	}
}

// framesOf returns the frames of a file of vectors as type and body, whatever its bytes are wrapped in.
func framesOf(f *testing.F, name string) [][]byte {
	b, err := os.ReadFile(filepath.Join(vectorsDir, name+".json"))
	if err != nil {
		f.Fatal(err)
	}
	var v vectorFile
	if err := json.Unmarshal(b, &v); err != nil {
		f.Fatal(err)
	}
	var out [][]byte
	for _, e := range append(v.Accepted, v.Refused...) {
		b, err := hex.DecodeString(e.Hex)
		if err != nil {
			f.Fatal(err)
		}
		b = bytes.TrimPrefix(b, Magic[:])
		for len(b) > 0 {
			n, kind, head, err := frameHead(b)
			if err != nil || n > len(b)-head {
				break
			}
			out = append(out, append([]byte{byte(kind)}, b[head:head+n]...))
			b = b[head+n:]
		}
	}
	return out
}

// FuzzFrame reads the body of every frame there is: what is accepted is written with the very same bytes, and
// what its writer would refuse is refused.
func FuzzFrame(f *testing.F) {
	for _, name := range []string{"frame", "heads", "lookup", "request", "response"} {
		for _, b := range framesOf(f, name) {
			if len(b) < 4<<10 {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		var frame Frame
		var err error
		bounded(t, takenBeside+takenPerByte*len(b), func() { frame, err = decodeBody(FrameType(b[0]), b[1:]) })
		if err != nil {
			if classOf(err) == "" {
				t.Fatalf("error without a class: %v", err)
			}
			return
		}
		if again := encodeBody(frame); !bytes.Equal(again, b[1:]) {
			t.Fatalf("frame %d: %x encodes as %x", b[0], b[1:], again)
		}
		if err := NewFrameWriter(io.Discard).Write(frame); err != nil {
			t.Fatalf("frame %d was read and may not be written: %v", b[0], err)
		}
		if again, err := DecodeFrame(EncodeFrame(frame)); err != nil || again.FrameType() != frame.FrameType() {
			t.Fatalf("frame %d as it travels: %v", b[0], err)
		}
	})
}

// FuzzLookup reads requests and answers of a look-up. Nobody forges a signature by chance.
func FuzzLookup(f *testing.F) {
	seed(f, "lookup")
	for _, b := range framesOf(f, "lookup") {
		f.Add(append(append(append([]byte(nil), Magic[:]...), appendFrameHead(nil, len(b)-1, FrameType(b[0]))...), b[1:]...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := ReadLookup(bytes.NewReader(b))
		if err == nil {
			if frame.FrameType() != FrameLookup && frame.FrameType() != FrameChoose {
				t.Fatalf("a look-up of frame %d", frame.FrameType())
			}
		} else if classOf(err) == "" {
			t.Fatalf("error without a class: %v", err)
		}
		a, err := ReadLookupAnswer(bytes.NewReader(b), testPublic(), Dot{vLog, 9}.Entity(), [16]byte{1})
		if err == nil && a.Refusal == nil && (a.Candidates != nil || len(a.Pages) > 0) {
			t.Fatalf("an answer nobody signed was believed: %+v", a)
		}
	})
}

// FuzzNames reads names of entities and logs as people and programs write them.
func FuzzNames(f *testing.F) {
	f.Add(Dot{vLog, 7}.Entity().String())
	f.Add(vLog.String())
	f.Add("00000000-0000-8000-8000-000000000001")
	f.Add("{00000000-0000-8000-8000-000000000001}")
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := ParseEntityID(s); err == nil {
			if again, err := ParseEntityID(e.String()); err != nil || again != e || !e.Valid() || e.Birth().Entity() != e {
				t.Fatalf("%q is %s, and that %s (%v)", s, e, again, err)
			}
		} else if !errors.Is(err, ErrEntityID) {
			t.Fatalf("%q: %v", s, err)
		}
		if l, err := ParseLogID(s); err == nil {
			if again, err := ParseLogID(l.String()); err != nil || again != l || !l.Valid() {
				t.Fatalf("%q is %s, and that %s (%v)", s, l, again, err)
			}
		}
	})
}
