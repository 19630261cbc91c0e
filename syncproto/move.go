package syncproto

import (
	"crypto/ed25519"
	"fmt"
)

// Move says where a hub is to be found, and by which key it is known there. The hub signs it with its device's key, which its
// children know since they were enrolled: it is true whoever brings it, and however late. Of several the greatest Number stands.
// Who does not know this frame passes over it.
type Move struct {
	Hub       EntityID // the hub's device
	Number    uint64   // grows from one announcement of a hub to the next
	Addresses []string // https://host:port, to be tried in this order
	// Pin is SHA-256 of the TLS public key that answers there. Zero: a certificate of a public authority for the address's name does.
	Pin [32]byte
	// Signature is the hub's Ed25519 over "tramy move 1" ‖ everything above.
	Signature [64]byte
}

// moveDomain begins every message that signs a Move.
const moveDomain = "tramy move 1"

// SignMove puts the hub's signature into m.
func SignMove(m *Move, key ed25519.PrivateKey) {
	copy(m.Signature[:], ed25519.Sign(key, append([]byte(moveDomain), m.signed()...)))
}

// Verify checks that the hub with this key signed m: ErrSignature if not.
func (m *Move) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, append([]byte(moveDomain), m.signed()...), m.Signature[:]) {
		return fmt.Errorf("move: %w", ErrSignature)
	}
	return nil
}

// signed is what a Move signs besides its domain.
func (m *Move) signed() []byte {
	b := newBody()
	b.fixed(m.Hub[:])
	b.uint(m.Number)
	b.w.array(len(m.Addresses))
	for _, a := range m.Addresses {
		b.w.text(a)
	}
	b.did(len(m.Addresses) == 0)
	b.fixed(m.Pin[:])
	return b.done()
}

func (r *reader) move() *Move {
	r.arrayOf(2)
	b := r.body(4)
	f := &Move{Hub: b.scope(), Number: b.uint64()}
	f.Addresses = make([]string, b.count(AddressesMax))
	for i := range f.Addresses {
		if f.Addresses[i] = r.text(AddressBytesMax); r.err == nil && f.Addresses[i] == "" {
			r.fail(ErrInvalid, "empty address")
		}
		if r.err != nil {
			return f
		}
	}
	b.fixed(f.Pin[:])
	r.binOf(f.Signature[:])
	if r.err == nil && (f.Hub.IsZero() || f.Number == 0 || len(f.Addresses) == 0) {
		r.fail(ErrInvalid, "move of no hub, without a number or to nowhere")
	}
	return f
}
