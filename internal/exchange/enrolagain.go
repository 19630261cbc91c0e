package exchange

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"tramy/internal/enrol"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// EnrolAgain is what a machine says of itself that was enrolled before: see enrol.Former.
type EnrolAgain struct {
	Device    p.EntityID        `json:"device"`
	Up        p.EntityID        `json:"up"`
	Place     p.EntityID        `json:"place"`
	PlaceName string            `json:"place_name"`
	Role      registry.NodeRole `json:"role"`
	Number    int               `json:"number"`
	FirstFree int               `json:"first_free,omitempty"`
	LastFree  int               `json:"last_free,omitempty"`
	Root      []byte            `json:"root"`            // the Ed25519 key of the centre it believes
	State     []byte            `json:"state,omitempty"` // its entity, as syncproto.AppendState writes it
}

// EnrolStateBytesMax is the greatest state of its own entity that a machine sends along; with a greater one it sends none.
const EnrolStateBytesMax = 16 << 10

// proofDomain begins what a machine signs to be enrolled again: no signature of another kind can be taken for it.
const proofDomain = "tramy enrol again 1\x00"

// Prove puts in what the machine says of itself and signs it with its key, for the hub with this pin alone: another hub
// that gave the code away as its own could not pass the request on.
func (r *EnrolRequest) Prove(a *EnrolAgain, pin [32]byte, key ed25519.PrivateKey) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	r.Again = b
	r.Proof = ed25519.Sign(key, r.signed(pin))
	return nil
}

// signed is what the proof covers: fields of fixed sizes, then the rest.
func (r *EnrolRequest) signed(pin [32]byte) []byte {
	b := append([]byte(proofDomain), pin[:]...)
	for _, part := range [][]byte{r.Secret, r.Key, r.SealKey, r.Again} {
		b = append(b, part...)
	}
	return b
}

// Former checks the proof and returns what the machine says of itself, and the key of the centre it believes.
// enrol.ErrNotProved: it does not hold the key.
func (r *EnrolRequest) Former(pin [32]byte) (f *enrol.Former, root ed25519.PublicKey, err error) {
	if len(r.Secret) != len(Code{}.Secret) || len(r.Key) != ed25519.PublicKeySize || len(r.SealKey) != 32 ||
		!ed25519.Verify(r.Key, r.signed(pin), r.Proof) {
		return nil, nil, enrol.ErrNotProved
	}
	a := &EnrolAgain{}
	if err := json.Unmarshal(r.Again, a); err != nil {
		return nil, nil, fmt.Errorf("what the machine says of itself: %w", err)
	}
	f = &enrol.Former{
		Device: a.Device, Up: a.Up, Place: a.Place, PlaceName: a.PlaceName, Role: a.Role,
		Number: a.Number, FirstFree: a.FirstFree, LastFree: a.LastFree,
	}
	if len(a.State) == 0 {
		return f, a.Root, nil
	}
	if len(a.State) > EnrolStateBytesMax {
		return nil, nil, fmt.Errorf("the machine's own record has %d bytes: %w", len(a.State), p.ErrLimit)
	}
	if f.State, err = p.DecodeState(a.State); err != nil {
		return nil, nil, fmt.Errorf("the machine's own record: %w", err)
	}
	if f.State.ID != a.Device || f.State.Kind != registry.KindDevice {
		return nil, nil, enrol.ErrOtherDevice
	}
	return f, a.Root, nil
}
