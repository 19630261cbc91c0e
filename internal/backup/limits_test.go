package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"strings"
	"testing"
)

// The parts that are held in memory have a size, whatever the archive says.
func TestSmallPartsAtTheirLimits(t *testing.T) {
	read := func(name string, size int, limit int64) ([]byte, error) {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(size), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return (&Reader{tar: tar.NewReader(&b)}).small(name, limit)
	}
	for name, limit := range map[string]int{partManifest: manifestBytesMax, partSignature: signatureBytesMax} {
		if got, err := read(name, limit, int64(limit)); len(got) != limit || err != nil {
			t.Errorf("%s at the limit: %d bytes, %v", name, len(got), err)
		}
		if _, err := read(name, limit+1, int64(limit)); !errors.Is(err, ErrNotBackup) {
			t.Errorf("%s one beyond it: %v", name, err)
		}
	}
	// And none is written that would not be read.
	for beyond := range 2 {
		m := manifest(func(m *Manifest) {})
		text, _, err := m.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		m.PlaceName += strings.Repeat("x", manifestBytesMax-len(text)+beyond)
		if text, _, err = m.sign(signer); (err == nil) != (beyond == 0) {
			t.Errorf("%d beyond: %d bytes, %v", beyond, len(text), err)
		}
	}
}
