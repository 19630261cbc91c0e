package node_test

import (
	"bytes"
	"testing"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// FuzzDecodeOpening: an opening is read in one way, and whatever else is kept under its name is refused.
func FuzzDecodeOpening(f *testing.F) {
	f.Add(node.EncodeOpening(&p.Opening{Random: [16]byte{1}}))
	f.Add(make([]byte, node.OpeningSize-1))
	f.Add(make([]byte, node.OpeningSize+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := node.DecodeOpening(b)
		if (err == nil) != (len(b) == node.OpeningSize) {
			t.Fatalf("%d bytes: %v", len(b), err)
		}
		if err == nil && !bytes.Equal(node.EncodeOpening(o), b) {
			t.Fatalf("%x is written as %x", b, node.EncodeOpening(o))
		}
	})
}
