package exchange_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// deviceOfSize is an encoded device of so many bytes.
func deviceOfSize(t *testing.T, id p.EntityID, size int) []byte {
	t.Helper()
	s := &p.State{ID: id, Kind: registry.KindDevice}
	dot := id.Birth()
	s.Seen = []p.Seen{{Log: dot.Log, Seq: dot.Seq}}
	for pad := size; ; {
		s.Fields = []p.FieldValues{{Field: registry.DeviceName, Values: []p.Value{{Dot: dot, Data: p.Text(strings.Repeat("x", pad))}}}}
		b := p.AppendState(nil, s)
		switch {
		case len(b) == size:
			return b
		case pad == 0 || len(b) < size:
			t.Fatalf("no device has %d bytes", size)
		}
		pad -= len(b) - size
	}
}

func TestMachinesOwnRecordAtItsLimit(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	device := p.Dot{Log: p.LogID{1}, Seq: 1}.Entity()
	pin := [32]byte{7}
	for size, want := range map[int]error{exchange.EnrolStateBytesMax: nil, exchange.EnrolStateBytesMax + 1: p.ErrLimit} {
		req := &exchange.EnrolRequest{Secret: make([]byte, len(exchange.Code{}.Secret)), Key: key.Public().(ed25519.PublicKey), SealKey: make([]byte, 32)}
		if err := req.Prove(&exchange.EnrolAgain{Device: device, State: deviceOfSize(t, device, size)}, pin, key); err != nil {
			t.Fatal(err)
		}
		f, _, err := req.Former(pin)
		if !errors.Is(err, want) {
			t.Errorf("%d bytes: got %v, want %v", size, err, want)
		}
		if want == nil && (f == nil || f.State == nil || f.State.ID != device) {
			t.Errorf("%d bytes: the record did not come: %+v", size, f)
		}
	}
}
