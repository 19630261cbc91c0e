package datadir_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/datadir"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

func flipped(b []byte) ([]byte, error) {
	out := bytes.Clone(b)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out, nil
}

// folderWith makes a hub's folder, with a recovery key or without.
func folderWith(t *testing.T, recovery []byte) (string, datadir.Keys) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub")
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	info := datadir.Info{Program: "hub", Device: p.Dot{Log: p.LogID{1}, Seq: 1}.Entity(), Place: p.Dot{Log: p.LogID{1}, Seq: 2}.Entity(), Role: registry.NodeHub, Copies: datadir.Copies{Recovery: recovery}}
	if err := datadir.Create(path, info, keys); err != nil {
		t.Fatal(err)
	}
	return path, keys
}

// opened opens a folder and closes it again; it returns the keys, and what device.key looks like then.
func opened(t *testing.T, path string) (datadir.Keys, []byte) {
	t.Helper()
	d, err := datadir.Open(path, "hub")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := d.PlainKeys()
	if err != nil || !bytes.Contains(plain, []byte("ed25519")) {
		t.Errorf("a copy would have %q, %v", plain, err)
	}
	keys := d.Keys
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(path, datadir.FileKeys))
	if err != nil {
		t.Fatal(err)
	}
	return keys, b
}

// Keys are wrapped once there is a recovery key, stay the same, and open nowhere else. What the store cannot do leaves them as they
// were.
func TestKeysAreWrappedOnceThereIsARecoveryKey(t *testing.T) {
	t.Cleanup(datadir.WithStore("test", flipped, flipped))
	bare, _ := folderWith(t, nil)
	if _, b := opened(t, bare); !bytes.Contains(b, []byte("ed25519")) {
		t.Error("wrapped without a recovery key")
	}
	path, want := folderWith(t, make([]byte, 32))
	for range 2 { // as it is made, and wrapped
		keys, b := opened(t, path)
		if !bytes.Equal(keys.Seed, want.Seed) || !bytes.Equal(keys.Seal, want.Seal) || bytes.Contains(b, []byte("ed25519")) {
			t.Errorf("other keys, or not wrapped: %s", b)
		}
	}
	t.Cleanup(datadir.WithStore("other", flipped, flipped))
	if _, err := datadir.Open(path, "hub"); !errors.Is(err, datadir.ErrWrapped) {
		t.Errorf("on another machine: %v", err)
	}
	for name, wrap := range map[string]func([]byte) ([]byte, error){
		"fails": func([]byte) ([]byte, error) { return nil, errors.New("no store") },
		"loses": func([]byte) ([]byte, error) { return nil, nil },
	} {
		back := datadir.WithStore("test", wrap, flipped)
		path, want := folderWith(t, make([]byte, 32))
		if keys, b := opened(t, path); !bytes.Equal(keys.Seed, want.Seed) || !bytes.Contains(b, []byte("ed25519")) {
			t.Errorf("a store that %s: %s", name, b)
		}
		back()
	}
}

// The system's own store, where it has one, gives back what it took, and refuses what was changed.
func TestSystemStore(t *testing.T) {
	wrap, unwrap := datadir.SystemStore()
	if wrap == nil {
		return
	}
	secret := []byte("khóa của máy này")
	b, err := wrap(secret)
	if err != nil || bytes.Contains(b, secret) {
		t.Fatalf("%q, %v", b, err)
	}
	if got, err := unwrap(b); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	b[len(b)/2] ^= 1
	if got, err := unwrap(b); err == nil && bytes.Equal(got, secret) {
		t.Error("what was changed was not noticed")
	}
}
