package syncproto

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// The fuzz targets hold every decoder to two rules: it does not panic, and what it accepts encodes to the
// very bytes it read. Their seeds are the vectors, so they run as tests too.

func seed(f *testing.F, names ...string) {
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(vectorsDir, name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		var v vectorFile
		if err := json.Unmarshal(b, &v); err != nil {
			f.Fatal(err)
		}
		for _, e := range append(v.Accepted, v.Refused...) {
			b, err := hex.DecodeString(e.Hex)
			if err != nil {
				f.Fatal(err)
			}
			if len(b) < 4<<10 {
				f.Add(b)
			}
		}
	}
}

func FuzzDecodeChange(f *testing.F) {
	seed(f, "change")
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := DecodeChange(b)
		if err != nil {
			if classOf(err) == "" {
				t.Fatalf("error without a class: %v", err)
			}
			return
		}
		if again := AppendChange(nil, c); !bytes.Equal(again, b) {
			t.Fatalf("%x encodes as %x", b, again)
		}
	})
}

func FuzzDecodeState(f *testing.F) {
	seed(f, "state")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeState(b)
		if err != nil {
			if classOf(err) == "" {
				t.Fatalf("error without a class: %v", err)
			}
			return
		}
		if again := AppendState(nil, s); !bytes.Equal(again, b) {
			t.Fatalf("%x encodes as %x", b, again)
		}
	})
}

// FuzzColumns feeds payloads past the compressor, which would hide them from the fuzzer.
func FuzzColumns(f *testing.F) {
	seed(f, "columns")
	payload, _, err := encodeRows(vRows())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append([]byte{3}, payload...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		n, payload := int(b[0]), b[1:]
		if changes, err := decodeChanges(vLog, 1, n, payload); err == nil {
			if again, _, err := encodeChanges(vLog, changes); err != nil || !bytes.Equal(again, payload) {
				t.Fatalf("changes: %x encodes as %x (%v)", payload, again, err)
			}
		} else if classOf(err) == "" {
			t.Fatalf("error without a class: %v", err)
		}
		if rows, err := decodeRows(n, payload); err == nil {
			if again, _, err := encodeRows(rows); err != nil || !bytes.Equal(again, payload) {
				t.Fatalf("rows: %x encodes as %x (%v)", payload, again, err)
			}
		} else if classOf(err) == "" {
			t.Fatalf("error without a class: %v", err)
		}
	})
}

func FuzzSegment(f *testing.F) {
	seed(f, "segment")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseSegment(b)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Raw(), b) {
			t.Fatalf("%x has Raw %x", b, s.Raw())
		}
		_ = s.Verify(testPublic())
		_ = s.CheckOpening(testPublic())
		var changes []Change
		bounded(t, takenBySegment, func() { changes, err = s.Changes() })
		if err == nil && (len(changes) != int(s.Count) || changes[0].Dot != Dot{s.Log, s.First}) {
			t.Fatalf("%d changes from %s", len(changes), changes[0].Dot)
		}
	})
}

func FuzzPage(f *testing.F) {
	seed(f, "page")
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := decodeBody(FramePage, b)
		if err != nil {
			return
		}
		var rows []Row
		bounded(t, takenByPage, func() { rows, err = frame.(*Page).Rows() })
		if err == nil && len(rows) != int(frame.(*Page).Count) {
			t.Fatalf("%d rows of %d", len(rows), frame.(*Page).Count)
		}
	})
}

func FuzzFrames(f *testing.F) {
	seed(f, "frame", "request", "response")
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewFrameReader(bytes.NewReader(b))
		var again []byte
		for {
			frame, err := r.Read()
			if err != nil {
				break
			}
			again = append(again, EncodeFrame(frame)...)
		}
		if len(again) > len(b) {
			t.Fatalf("%x encodes as %x", b, again)
		}
		bounded(t, takenBeside+takenPerByte*len(b), func() {
			_ = ReadRequest(bytes.NewReader(b), &heard{})
			_ = ReadResponse(bytes.NewReader(b), &heard{})
		})
	})
}
