package backup

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"tramy/internal/envelope"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var signer = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func manifest(change func(*Manifest)) *Manifest {
	m := &Manifest{
		Format: Format, Program: "station", Device: p.Dot{Log: p.LogID{1}, Seq: 1}.Entity(), Number: 12, Sequence: 3,
		Key: signer.Public().(ed25519.PublicKey), Made: time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC),
	}
	change(m)
	return m
}

func TestManifestIsItsMachines(t *testing.T) {
	part := File{Name: "tramy.db", SHA256: make([]byte, 32)}
	for name, c := range map[string]struct {
		m    *Manifest
		want error
	}{
		"whole":                 {manifest(func(m *Manifest) { m.Files = []File{part} }), nil},
		"a newer format":        {manifest(func(m *Manifest) { m.Format++ }), ErrNewer},
		"of nobody":             {manifest(func(m *Manifest) { m.Device = p.EntityID{} }), ErrNotBackup},
		"another's key":         {manifest(func(m *Manifest) { m.Key = make([]byte, 32) }), ErrSignature},
		"a file outside":        {manifest(func(m *Manifest) { m.Files = []File{{Name: "../tramy.db", SHA256: part.SHA256}} }), ErrNotBackup},
		"private keys in clear": {manifest(func(m *Manifest) { m.Files = []File{{Name: "device.key", SHA256: part.SHA256}} }), ErrNotBackup},
		"as many parts as may":  {manifest(func(m *Manifest) { m.Files = repeat(part, filesMax) }), nil},
		"one part too many":     {manifest(func(m *Manifest) { m.Files = repeat(part, filesMax+1) }), ErrNotBackup},
		"a negative size":       {manifest(func(m *Manifest) { m.Files = []File{{Name: part.Name, SHA256: part.SHA256, Bytes: -1}} }), ErrNotBackup},
		"no checksum":           {manifest(func(m *Manifest) { m.Files = []File{{Name: part.Name}} }), ErrNotBackup},
	} {
		text, signature, err := c.m.sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readManifest(text, signature); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		text[len(text)/2]++
		if _, err := readManifest(text, signature); err == nil {
			t.Errorf("%s: a letter was changed and nobody noticed", name)
		}
	}
	if _, _, err := manifest(func(m *Manifest) { m.PlaceName = strings.Repeat("x", manifestBytesMax) }).sign(signer); err == nil {
		t.Error("a manifest was written that nobody reads")
	}
}

func repeat(f File, n int) (list []File) {
	for range n {
		list = append(list, f)
	}
	return list
}

func TestNames(t *testing.T) {
	m := manifest(func(*Manifest) {})
	e := parseName(filepath.Join("x", m.fileName()))
	if e == nil || e.Number != 12 || e.Sequence != 3 || !e.Made.Equal(m.Made) || e.Device != deviceName(m.Device) {
		t.Fatalf("%s is read as %+v", m.fileName(), e)
	}
	for _, name := range []string{"", "making", ".tramy-123", m.fileName() + ".new", "tramy-000012-00000000-00003-20261399T000000Z.backup"} {
		if parseName(name) != nil {
			t.Errorf("%q counts as a backup", name)
		}
	}
}

func TestRoomIsAskedForFirst(t *testing.T) {
	if err := room(t.TempDir(), 0); err != nil {
		t.Error(err)
	}
	if err := room(t.TempDir(), 1<<60); !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "MB") {
		t.Errorf("%v", err)
	}
}

func TestLate(t *testing.T) {
	now := time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, c := range []struct {
		last, since time.Time
		want        bool
	}{
		{time.Time{}, ago(LateAfter), true},
		{time.Time{}, ago(LateAfter - 1), false},
		{ago(LateAfter), ago(100 * LateAfter), true},
		{ago(LateAfter - 1), ago(100 * LateAfter), false},
		{ago(2 * LateAfter), ago(time.Hour), false}, // restored an hour ago, and its first backup is to come
		{now.Add(LateAfter), ago(100 * LateAfter), false},
	} {
		if got := Late(now, c.last, c.since); got != c.want {
			t.Errorf("last %s, since %s: %v", c.last, c.since, got)
		}
	}
}

// An archive that somebody made who knew the key to encrypt to, but who is not the machine.
func FuzzOpen(f *testing.F) {
	k, err := envelope.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	public, err := k.Public()
	if err != nil {
		f.Fatal(err)
	}
	text, signature, err := manifest(func(*Manifest) {}).sign(signer)
	if err != nil {
		f.Fatal(err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, part := range []struct {
		name string
		b    []byte
	}{{partManifest, text}, {partSignature, signature}} {
		if err := w.WriteHeader(&tar.Header{Name: part.name, Size: int64(len(part.b)), Mode: 0o600}); err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write(part.b); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(archive.Bytes())
	f.Add([]byte{})
	f.Add(text)
	packed, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow), zstd.WithLowerEncoderMem(true))
	if err != nil {
		f.Fatal(err)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, archive []byte) {
		path := filepath.Join(dir, "b")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := envelope.Seal(file, public)
		if err != nil {
			t.Fatal(err)
		}
		packed.Reset(sealed)
		_, err = packed.Write(archive)
		if err := errors.Join(err, packed.Close(), sealed.Close(), file.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, k)
		if err != nil {
			return
		}
		defer r.Close()
		if _, err := json.Marshal(r.Manifest); err != nil {
			t.Fatal(err)
		}
		into := t.TempDir()
		_ = r.Extract(t.Context(), into)
		files, err := os.ReadDir(into)
		if err != nil || len(files) > filesMax {
			t.Fatal(len(files), err)
		}
	})
}
