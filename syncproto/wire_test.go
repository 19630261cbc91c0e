package syncproto

import (
	"crypto/ed25519"
	"reflect"
	"testing"
)

func TestDayRoundTrip(t *testing.T) {
	w, o, prev, changes := dayD(1)
	raw, err := SealSegment(w.key, o, prev, changes)
	if err != nil {
		t.Fatal(err)
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
	if string(s.Raw()) != string(raw) {
		t.Fatal("Raw differs")
	}
	payload, ends, _ := encodeChanges(s.Log, changes)
	t.Logf("D: %d changes, %d bytes, decoded %d, sections end %v, dictionary %d, none %d, with %d", len(changes), len(raw), len(payload), ends, s.Dictionary, len(compress(payload, ends, effortSegment, 0)), len(compress(payload, ends, effortSegment, 1)))
}

func TestRegisterRoundTrip(t *testing.T) {
	rows := registerY(1)
	total, n := 0, 0
	for start := 0; start < len(rows); start += PageRowsMax {
		part := rows[start:min(len(rows), start+PageRowsMax)]
		p, err := EncodePage(EntityID{}, Cursor{}, part)
		if err != nil {
			t.Fatal(err)
		}
		total += len(p.Payload)
		n++
		got, err := p.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, part) {
			t.Fatal("rows differ")
		}
		payload, ends, _ := encodeRows(part)
		t.Logf("%d rows, %d bytes, decoded %d, ends %v", len(part), len(p.Payload), len(payload), ends)
	}
	t.Logf("Y: %d rows, %d pages, %d bytes", len(rows), n, total)
}
