package bundle

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"tramy/internal/envelope"
	p "tramy/syncproto"
)

// TestTurnedAnywhere: a file with any byte turned is refused, in one line that a terminal can print.
func TestTurnedAnywhere(t *testing.T) {
	key, err := envelope.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	to, err := key.Public()
	if err != nil {
		t.Fatal(err)
	}
	signer := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	var whole bytes.Buffer
	w, err := NewWriter(&whole, Head{Way: Up}, signer, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("frames")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range whole.Len() {
		for _, x := range []byte{0x01, 0x20, 0x80, 0xff} {
			b := bytes.Clone(whole.Bytes())
			b[i] ^= x
			_, err := Open(bytes.NewReader(b), p.EntityID{}, key, func(Head) (ed25519.PublicKey, error) { return signer.Public().(ed25519.PublicKey), nil })
			if err == nil {
				t.Fatalf("byte %d turned by %#x was taken", i, x)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == '\ufffd' }) {
				t.Fatalf("byte %d turned by %#x: %q", i, x, err)
			}
		}
	}
}
