package envelope

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
)

func sealed(t *testing.T, text []byte, public ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := Seal(&out, public...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(file []byte, keys ...*Key) ([]byte, error) {
	r, err := Open(bytes.NewReader(file), keys...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// device is a key as a data folder keeps it.
func device(t *testing.T) (public []byte, k *Key) {
	t.Helper()
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if k, err = KeyOf(x.Bytes()); err != nil {
		t.Fatal(err)
	}
	return x.PublicKey().Bytes(), k
}

func TestEitherKeyOpens(t *testing.T) {
	station, stationKey := device(t)
	hub, hubKey := device(t)
	_, other := device(t)
	text := bytes.Repeat([]byte("Lò Thị Mai "), 20000)
	file := sealed(t, text, station, hub)
	if bytes.Contains(file, []byte("Thị Mai")) { // three letters alone are in one of sixty files by chance
		t.Fatal("the file can be read without a key")
	}
	for _, k := range []*Key{stationKey, hubKey} {
		if got, err := opened(file, other, k); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	if _, err := opened(file, other); !errors.Is(err, ErrNotFor) {
		t.Errorf("another's key: %v", err)
	}
}

func TestPrintedKeyIsAges(t *testing.T) {
	k, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := k.Public()
	if err != nil {
		t.Fatal(err)
	}
	file := sealed(t, []byte("sổ"), public)
	typed := strings.ToLower(k.String()[:20]) + " \n " + k.String()[20:]
	again, err := ParseKey(typed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened(file, again); err != nil || string(got) != "sổ" {
		t.Errorf("%q, %v", got, err)
	}
	id, err := age.ParseX25519Identity(k.String())
	if err != nil {
		t.Fatalf("age does not take the key: %v", err)
	}
	if _, err := age.Decrypt(bytes.NewReader(file), id); err != nil {
		t.Errorf("age does not open the file: %v", err)
	}
	wrong := []byte(k.String())
	if wrong[30]++; wrong[30] > 'Z' {
		wrong[30] = 'A'
	}
	for _, text := range []string{"", "AGE-SECRET-KEY-1", string(wrong), k.String()[:73]} {
		if _, err := ParseKey(text); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDamageIsNoticed(t *testing.T) {
	public, k := device(t)
	text := bytes.Repeat([]byte{7}, 200<<10)
	file := sealed(t, text, public)
	for _, at := range []int{0, 30, 120, 400, len(file) / 2, len(file) - 1} {
		bad := bytes.Clone(file)
		bad[at] ^= 1
		if _, err := opened(bad, k); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotFor) {
			t.Errorf("byte %d: %v", at, err)
		}
		if got, err := opened(file[:at], k); !errors.Is(err, ErrDamaged) || len(got) >= len(text) {
			t.Errorf("cut at %d: %d bytes, %v", at, len(got), err)
		}
	}
	if _, err := Seal(io.Discard, []byte("short")); err == nil {
		t.Error("a key of five bytes was taken")
	}
	if _, err := KeyOf([]byte("short")); err == nil {
		t.Error("a private key of five bytes was taken")
	}
}

func FuzzOpen(f *testing.F) {
	k, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	public, err := k.Public()
	if err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	w, err := Seal(&file, public)
	if err != nil {
		f.Fatal(err)
	}
	_, _ = w.Write([]byte("tramy"))
	_ = w.Close()
	f.Add(file.Bytes())
	f.Add([]byte("age-encryption.org/v1\n-> X25519 "))
	f.Fuzz(func(_ *testing.T, file []byte) { _, _ = opened(file, k) })
}
