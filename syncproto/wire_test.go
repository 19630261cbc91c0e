package syncproto

import (
	"crypto/ed25519"
	"reflect"
	"testing"
)

// TestDay seals and opens a day's work as a station has it, and holds its size against design 7.1: on
// the wire at most 2,700 bytes, and 1,780 as the aim, of which HTTP and receipts take some.
func TestDay(t *testing.T) {
	for seed := range uint64(3) {
		w, o, prev, changes := dayD(seed)
		if len(changes) != 158 {
			t.Fatalf("%d changes, a day has 158", len(changes))
		}
		raw, err := SealSegment(w.key, o, prev, changes)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d bytes, %.1f a change", len(raw), float64(len(raw))/float64(len(changes)))
		if len(raw) > 1750 {
			t.Errorf("a day takes %d bytes", len(raw))
		}
		s, err := ParseSegment(raw)
		if err != nil {
			t.Fatal(err)
		}
		pub := w.key.Public().(ed25519.PublicKey)
		if err := s.Verify(pub); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckOpening(pub); err != nil {
			t.Fatal(err)
		}
		got, err := s.Changes()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, changes) {
			t.Fatal("changes differ")
		}
	}
}

// TestRegister does the same with a commune's register: at most 0.75 MB, and 0.56 MB as the aim.
func TestRegister(t *testing.T) {
	rows := registerY(1)
	pages := pagesOf(t, rows)
	size, read := 0, 0
	for _, p := range pages {
		size += len(EncodeFrame(p))
		got, err := p.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, rows[read:read+len(got)]) {
			t.Fatal("rows differ")
		}
		read += len(got)
	}
	t.Logf("%d states, %d pages, %d bytes, %.2f a state", len(rows), len(pages), size, float64(size)/float64(len(rows)))
	if read != len(rows) || size > 460_000 {
		t.Errorf("%d of %d states in %d bytes", read, len(rows), size)
	}
}

// TestStateSize: a dose of 13 fields whose references name three logs.
func TestStateSize(t *testing.T) {
	_, _, _, changes := dayD(1)
	for i := range changes {
		if c := &changes[i]; c.Kind == kindDose {
			if n := len(AppendState(nil, stateOf(c))); n > 120 {
				t.Errorf("a stored dose takes %d bytes", n)
			}
		}
	}
}

// TestIdle: what an exchange with nothing to say takes, without HTTP.
func TestIdle(t *testing.T) {
	up := len(stream(vHello(), &RequestEnd{}))
	h := &Heads{Position: Position{Incarnation{1}, 41}, Receipt: 8, Digest: [16]byte{1}}
	down := len(stream(h, &ResponseEnd{}))
	t.Logf("%d bytes up, %d down", up, down)
	if up+down > 240 {
		t.Errorf("%d bytes up, %d down", up, down)
	}
}
