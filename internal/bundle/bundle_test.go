package bundle

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"testing"

	"tramy/internal/envelope"
	p "tramy/syncproto"
)

var update = flag.Bool("update", false, "write testdata/vectors/bundle.json anew")

const vectorsPath = "../../testdata/vectors/bundle.json"

// keys are those of a device in the vectors: its seed is 32 times one byte, and so is its X25519 key.
func keys(t testing.TB, seed byte) (ed25519.PrivateKey, []byte, *envelope.Key) {
	t.Helper()
	x, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	k, err := envelope.KeyOf(x.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)), x.PublicKey().Bytes(), k
}

var (
	station = p.EntityID{1, 2, 3, 4, 5, 6, 0x81, 0x8a, 0x80, 10: 1, 15: 9}
	hub     = p.EntityID{9, 8, 7, 6, 5, 4, 0x83, 0x21, 0x80, 10: 2, 15: 1}
	head    = Head{Way: Up, From: station, To: hub, Request: 12, Nonce: [16]byte{7, 7, 7}, WallMS: 1795338000123}
)

const (
	stationSeed, hubSeed = 7, 8
)

func written(t testing.TB, h Head, frames []byte) []byte {
	t.Helper()
	key, _, _ := keys(t, stationSeed)
	_, public, _ := keys(t, hubSeed)
	var out bytes.Buffer
	w, err := NewWriter(&out, h, key, public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(frames); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// author believes the station alone.
func author(h Head) (ed25519.PublicKey, error) {
	if h.From != station {
		return nil, errStranger
	}
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{stationSeed}, 32)).Public().(ed25519.PublicKey), nil
}

var errStranger = errors.New("a stranger")

func opened(t testing.TB, file []byte) (*Bundle, error) {
	t.Helper()
	_, _, key := keys(t, hubSeed)
	return Open(bytes.NewReader(file), hub, key, author)
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	frames := bytes.Repeat([]byte("frames"), 30000)
	file := written(t, head, frames)
	b, err := opened(t, file)
	if err != nil || b.Head != head || !bytes.Equal(b.Frames, frames) {
		t.Fatalf("%+v, %v", b, err)
	}
	if bytes.Contains(file, []byte("frames")) {
		t.Error("the file can be read without a key")
	}
}

func TestEveryOtherFileIsRefusedByName(t *testing.T) {
	good := written(t, head, []byte("frames"))
	_, _, stationKey := keys(t, stationSeed)
	if _, err := Open(bytes.NewReader(good), station, stationKey, author); !errors.Is(err, ErrNotFor) {
		t.Errorf("read by the station itself: %v", err)
	}
	other := head
	other.To = station
	if _, err := opened(t, written(t, other, nil)); !errors.Is(err, ErrNotFor) {
		t.Errorf("encrypted to the hub, named for another: %v", err)
	}
	other = head
	other.From = hub
	if _, err := opened(t, written(t, other, nil)); !errors.Is(err, errStranger) {
		t.Errorf("a stranger: %v", err)
	}
	for _, text := range [][]byte{{}, []byte("age-enc"), good[:200]} {
		if _, err := opened(t, text); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	if _, err := opened(t, []byte("PK\x03\x04 a spreadsheet")); !errors.Is(err, ErrNotBundle) {
		t.Errorf("a spreadsheet: %v", err)
	}
	for at := len(good) - 1; at > len(good)-90; at-- {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if _, err := opened(t, bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
}

// sealed puts bytes into an envelope for the hub, as anybody can.
func sealed(t testing.TB, plain io.Reader) []byte {
	t.Helper()
	_, public, _ := keys(t, hubSeed)
	var out bytes.Buffer
	w, err := envelope.Seal(&out, public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestTooLargeIsRefused(t *testing.T) {
	plain := head.encode()
	at := func(size int64) []byte {
		return sealed(t, io.MultiReader(bytes.NewReader(plain), io.LimitReader(zeros{}, size-int64(len(plain)))))
	}
	if _, err := opened(t, at(SizeBytesMax)); !errors.Is(err, ErrSignature) {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := opened(t, at(SizeBytesMax+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one beyond: %v", err)
	}
}

// A vector is a decrypted bundle from the station to the hub, and what it says or why it is refused.
type vector struct {
	Name   string `json:"name"`
	Hex    string `json:"hex"`
	Frames string `json:"frames,omitempty"`
	Class  string `json:"class,omitempty"`
}

type vectorFile struct {
	About    string   `json:"about"`
	File     string   `json:"file"` // one of them, encrypted
	Accepted []vector `json:"accepted"`
	Refused  []vector `json:"refused"`
}

var classes = map[string]error{
	"not a bundle": ErrNotBundle, "version": ErrVersion, "for another": ErrNotFor, "truncated": ErrDamaged, "signature": ErrSignature, "stranger": errStranger,
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	b, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	for _, v := range f.Accepted {
		got, err := parse(unhex(t, v.Hex), hub, author)
		if err != nil || got.Head != head || hex.EncodeToString(got.Frames) != v.Frames {
			t.Errorf("%s: %+v, %v", v.Name, got, err)
		}
	}
	for _, v := range f.Refused {
		if _, err := parse(unhex(t, v.Hex), hub, author); !errors.Is(err, classes[v.Class]) || classes[v.Class] == nil {
			t.Errorf("%s: %v, want %s", v.Name, err, v.Class)
		}
	}
	if len(f.Accepted) == 0 || len(f.Refused) < len(f.Accepted) {
		t.Error("want at least as many refused as accepted")
	}
	if got, err := opened(t, unhex(t, f.File)); err != nil || hex.EncodeToString(got.Frames) != f.Accepted[0].Frames {
		t.Errorf("the encrypted one: %v", err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeVectors(t *testing.T) {
	t.Helper()
	frames := []byte("\xf4TR\x01\x02\x07\x91\x00")
	file := written(t, head, frames)
	_, _, key := keys(t, hubSeed)
	r, err := envelope.Open(bytes.NewReader(file), key)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int, to byte) string {
		b := bytes.Clone(plain)
		b[at] = to
		return hex.EncodeToString(b)
	}
	f := vectorFile{
		About: "Bundles (SPEC 11), decrypted, from a device whose Ed25519 seed is 32 times the byte 7 to one whose X25519 private key is 32 times the byte 8. file is the first, encrypted to it.",
		File:  hex.EncodeToString(file),
		Accepted: []vector{
			{Name: "request 12", Hex: hex.EncodeToString(plain), Frames: hex.EncodeToString(frames)},
		},
		Refused: []vector{
			{Name: "a frame was changed", Hex: changed(headSize+5, 9), Class: "signature"},
			{Name: "the number of the request was changed", Hex: changed(44, 13), Class: "signature"},
			{Name: "the signature was changed", Hex: changed(len(plain)-1, plain[len(plain)-1]^1), Class: "signature"},
			{Name: "one byte is missing", Hex: hex.EncodeToString(plain[:len(plain)-1]), Class: "signature"},
			{Name: "cut in the head", Hex: hex.EncodeToString(plain[:40]), Class: "truncated"},
			{Name: "no way 3", Hex: changed(4, 3), Class: "truncated"},
			{Name: "a later version", Hex: changed(3, 2), Class: "version"},
			{Name: "a stream of frames", Hex: hex.EncodeToString(append(bytes.Clone(frames), plain...)), Class: "not a bundle"},
			{Name: "for another device", Hex: changed(36, 2), Class: "for another"},
			{Name: "from another device", Hex: changed(20, 2), Class: "stranger"},
		},
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorsPath, append(b, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNamesAreReadAsWritten(t *testing.T) {
	for _, way := range []Way{Up, Down} {
		name := Name(41270, 12, way)
		if d, r, w, ok := ParseName(name); !ok || d != 41270 || r != 12 || w != way {
			t.Errorf("%s: %d %d %v %v", name, d, r, w, ok)
		}
	}
	for _, name := range []string{"", "041270-12-up", "41270-12-up.tramy", "041270-12-side.tramy", "041270-012-up.tramy", "041270-12-up (1).tramy", "a-b-up.tramy"} {
		if _, _, _, ok := ParseName(name); ok {
			t.Errorf("%q was taken for a bundle's", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, err := os.ReadFile(vectorsPath)
	if err != nil {
		f.Fatal(err)
	}
	var vectors vectorFile
	if err := json.Unmarshal(b, &vectors); err != nil {
		f.Fatal(err)
	}
	for _, v := range append(vectors.Accepted, vectors.Refused...) {
		f.Add(unhex(f, v.Hex))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		got, err := parse(plain, hub, author)
		if err != nil {
			return
		}
		again := append(append(got.Head.encode(), got.Frames...), plain[len(plain)-ed25519.SignatureSize:]...)
		if !bytes.Equal(again, plain) {
			t.Error("two forms of one bundle")
		}
	})
}
