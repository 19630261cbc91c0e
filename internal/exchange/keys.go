package exchange

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// PathKeys is where a machine that its hub knows takes new keys. A hub of an earlier version does not answer there.
const PathKeys = "/sync/v1/keys"

// Errors of changing keys.
var (
	// ErrHubTooOldForKeys says that the hub cannot take new keys. Nothing was changed.
	ErrHubTooOldForKeys = errors.New("the hub's program is too old to take new keys: update the hub first")
	// ErrTokenRefused says that the hub does not know the token.
	ErrTokenRefused = errors.New("the hub does not know this machine's token")
	// ErrKeysRefused says that the hub knows the machine under another key than it says.
	ErrKeysRefused = errors.New("the hub knows this machine under another key: enrol it again")
	// ErrKeysNotProved says that a request for new keys is not signed by both.
	ErrKeysNotProved = errors.New("the new keys are not signed by the old and the new one")
)

// NewKeys is what a machine asks its hub for: that it signs with another key from now on, is sealed to by another, and shows
// another token. The old key signs for the machine, the new one shows that the machine holds it. The token itself is not sent.
type NewKeys struct {
	Device    p.EntityID `json:"device"`
	Old       []byte     `json:"old"`      // Ed25519
	Key       []byte     `json:"key"`      // Ed25519
	SealKey   []byte     `json:"seal_key"` // X25519
	TokenHash []byte     `json:"token_hash"`
	OldProof  []byte     `json:"old_proof"`
	Proof     []byte     `json:"proof"`
}

// keysDomain begins what both keys sign: no signature of another kind can be taken for it.
const keysDomain = "tramy new keys 1\x00"

// Sign signs with both keys, for one hub alone.
func (k *NewKeys) Sign(hub p.EntityID, old, key ed25519.PrivateKey) {
	k.OldProof, k.Proof = ed25519.Sign(old, k.signed(hub)), ed25519.Sign(key, k.signed(hub))
}

// Check checks sizes and both signatures. ErrKeysNotProved: something is wrong with them.
func (k *NewKeys) Check(hub p.EntityID) error {
	if len(k.Old) != ed25519.PublicKeySize || len(k.Key) != ed25519.PublicKeySize || len(k.SealKey) != 32 ||
		len(k.TokenHash) != len(node.TokenHash(nil)) || bytes.Equal(k.Old, k.Key) ||
		!ed25519.Verify(k.Old, k.signed(hub), k.OldProof) || !ed25519.Verify(k.Key, k.signed(hub), k.Proof) {
		return ErrKeysNotProved
	}
	return nil
}

// signed is what the signatures cover: fields of fixed sizes.
func (k *NewKeys) signed(hub p.EntityID) []byte {
	b := append([]byte(keysDomain), hub[:]...)
	for _, part := range [][]byte{k.Device[:], k.Old, k.Key, k.SealKey, k.TokenHash} {
		b = append(b, part...)
	}
	return b
}

// Names of refusals, as the answer has them.
const (
	keysNotProved = "not-proved"
	keysOther     = "other-key"
)

// Keys handles POST /sync/v1/keys. take makes the keys the device's, also where they are already.
func (s *Server) Keys(take func(ctx context.Context, k *NewKeys) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		device, ok := s.authorize(w, r)
		if !ok {
			return
		}
		k := &NewKeys{}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, EnrolBytesMax)).Decode(k)
		if err == nil && k.Device != device {
			err = ErrKeysNotProved
		}
		if err == nil {
			err = take(r.Context(), k)
		}
		switch {
		case err == nil:
			WriteEnrol(w, http.StatusOK, &EnrolAnswer{})
		case errors.Is(err, ErrKeysNotProved):
			WriteEnrol(w, http.StatusForbidden, &EnrolAnswer{Error: keysNotProved})
		case errors.Is(err, ErrKeysRefused):
			WriteEnrol(w, http.StatusForbidden, &EnrolAnswer{Error: keysOther})
		default:
			WriteEnrol(w, http.StatusInternalServerError, &EnrolAnswer{Error: err.Error()})
		}
	})
}

// ChangeKeys asks the hub for new keys, showing a token. ErrTokenRefused: it does not know the token.
func (c *Client) ChangeKeys(ctx context.Context, k *NewKeys, token []byte) error {
	body, err := json.Marshal(k)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connect()
	req, err := c.request(ctx, http.MethodPost, PathKeys, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+EncodeToken(token))
	req.Header.Set("Content-Type", enrolType)
	resp, err := c.http.Do(req)
	if err != nil {
		c.hangUp()
		return err
	}
	defer resp.Body.Close()
	switch ct := resp.Header.Get("Content-Type"); {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed:
		return ErrHubTooOldForKeys // whoever answers has shown the hub's key
	case ct == p.ContentType && resp.StatusCode == http.StatusUnauthorized:
		return ErrTokenRefused
	case ct == p.ContentType && resp.StatusCode == http.StatusForbidden:
		return node.ErrRevoked
	case ct != enrolType:
		return fmt.Errorf("%w: it sent %q with status %d", ErrNotHub, ct, resp.StatusCode)
	}
	a := &EnrolAnswer{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, EnrolBytesMax)).Decode(a); err != nil {
		return fmt.Errorf("%w: %w", ErrNotHub, err)
	}
	switch {
	case a.Error == keysOther:
		return ErrKeysRefused
	case a.Error == keysNotProved:
		return ErrKeysNotProved
	case a.Error != "" || resp.StatusCode != http.StatusOK:
		return fmt.Errorf("the hub refused the new keys: %s", a.Error)
	}
	return nil
}
