package syncproto

import (
	"errors"
	"testing"
)

// Each part of an announcement is signed, and only the hub's own signature counts.
func TestMoveIsSigned(t *testing.T) {
	good := vMove()
	if err := good.Verify(testPublic()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Move){
		"hub":        func(m *Move) { m.Hub = vPlace },
		"number":     func(m *Move) { m.Number++ },
		"address":    func(m *Move) { m.Addresses = []string{"https://192.0.2.8:8790", m.Addresses[1]} },
		"order":      func(m *Move) { m.Addresses = []string{m.Addresses[1], m.Addresses[0]} },
		"an address": func(m *Move) { m.Addresses = m.Addresses[:1] },
		"pin":        func(m *Move) { m.Pin[31]++ },
		"no pin":     func(m *Move) { m.Pin = [32]byte{} },
		"signature":  func(m *Move) { m.Signature[0]++ },
	} {
		m := vMove()
		change(m)
		if err := m.Verify(testPublic()); !errors.Is(err, ErrSignature) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if err := good.Verify(nil); !errors.Is(err, ErrSignature) {
		t.Errorf("verified with no key: %v", err)
	}
}
