package datadir_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const keysFile = "device.key"

func id(n byte) p.EntityID { return p.Dot{Log: p.LogID{n}, Seq: 1}.Entity() }

// made creates a station's folder and returns what is in it.
func made(t *testing.T) (path string, info datadir.Info, keys datadir.Keys) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tramy", "station")
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys.Token = bytes.Repeat([]byte{5}, 48)
	info = datadir.Info{
		Program: "station", Device: id(1), Number: 12, Place: id(2), PlaceName: "Trạm Y tế xã Mường Nhà", Role: registry.NodeStation,
		Upstream: []string{"https://hub.example:8790"}, Pin: bytes.Repeat([]byte{3}, 32),
		Chain: []exchange.ChainLink{{Device: id(4), Key: bytes.Repeat([]byte{6}, 32)}},
	}
	if err := datadir.Create(path, info, keys); err != nil {
		t.Fatal(err)
	}
	info.Format = datadir.Format
	return path, info, keys
}

func TestFolderComesBackAsItWasMade(t *testing.T) {
	path, info, keys := made(t)
	d, err := datadir.Open(path, "station")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d.Info, info) || !reflect.DeepEqual(d.Keys, keys) {
		t.Errorf("%+v %+v; want %+v %+v", d.Info, d.Keys, info, keys)
	}
	if who := d.Identity(); who.Device != info.Device || who.Upstream.Device != info.Chain[0].Device || who.Number != 12 {
		t.Errorf("the node is %+v", who)
	}
	d.Info.PlaceName = "Tên mới"
	if err := d.SaveInfo(); err != nil {
		t.Fatal(err)
	}
	d.Close()
	if d, err = datadir.Open(path, "station"); err != nil || d.Info.PlaceName != "Tên mới" {
		t.Fatalf("%v", err)
	}
	d.Close()
	for name, secret := range map[string]bool{keysFile: true, datadir.FileIdentity: true} {
		fi, err := os.Stat(filepath.Join(path, name))
		if err != nil || secret && fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", name, fi.Mode(), err)
		}
	}
	b, _ := os.ReadFile(filepath.Join(path, datadir.FileIdentity))
	for _, secret := range [][]byte{keys.Seed, keys.Seal, keys.TLS, keys.Token} {
		text, _ := json.Marshal(secret)
		if bytes.Contains(b, text) {
			t.Error("a secret stands in tramy.json")
		}
	}
	if left, _ := filepath.Glob(filepath.Join(path, "*.new")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFolderIsOpenOnce(t *testing.T) {
	path, _, _ := made(t)
	d, err := datadir.Open(path, "station")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Open(path, "station"); !errors.Is(err, store.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("a second time: %v", err)
	}
	d.Close()
	if d, err = datadir.Open(path, "station"); err != nil {
		t.Fatalf("after it was closed: %v", err)
	}
	d.Close()
}

func TestFoldersThatAreNotOpened(t *testing.T) {
	path, _, _ := made(t)
	if _, err := datadir.Open(filepath.Join(path, "none"), "station"); !errors.Is(err, datadir.ErrNotHere) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := datadir.Open(t.TempDir(), "station"); !errors.Is(err, datadir.ErrNotHere) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := datadir.Open(path, "hub"); !errors.Is(err, datadir.ErrOtherKind) || !strings.Contains(err.Error(), "station") {
		t.Errorf("the other program: %v", err)
	}
	if err := datadir.Create(path, datadir.Info{}, datadir.Keys{}); !errors.Is(err, datadir.ErrExists) {
		t.Errorf("made twice: %v", err)
	}
}

// A newer program's folder is known as such, whatever else that program writes.
func TestNewerFolder(t *testing.T) {
	for _, text := range []string{`{"format": 2, "program": "station"}`, `{"format": 7, "program": {"name": 5}, "device": 12}`} {
		path, _, _ := made(t)
		if err := os.WriteFile(filepath.Join(path, datadir.FileIdentity), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := datadir.Open(path, "station"); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Whatever is wrong with a file, it is named, with what to do; and the folder is free afterwards.
func TestDamagedFilesAreNamed(t *testing.T) {
	change := func(field string, value any) func([]byte) []byte {
		return func(b []byte) []byte {
			m := map[string]any{}
			if err := json.Unmarshal(b, &m); err != nil {
				t.Fatal(err)
			}
			if m[field] = value; value == nil {
				delete(m, field)
			}
			b, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	for _, c := range []struct {
		name, file string
		to         func([]byte) []byte
	}{
		{"empty", datadir.FileIdentity, func([]byte) []byte { return nil }},
		{"zeros", datadir.FileIdentity, func(b []byte) []byte { return make([]byte, len(b)) }},
		{"cut", datadir.FileIdentity, func(b []byte) []byte { return b[:len(b)/2] }},
		{"nothing in it", datadir.FileIdentity, func([]byte) []byte { return []byte("{}") }},
		{"no device", datadir.FileIdentity, change("device", nil)},
		{"no hub", datadir.FileIdentity, change("upstream", nil)},
		{"no pin", datadir.FileIdentity, change("pin", "AAAA")},
		{"no chain", datadir.FileIdentity, change("chain", nil)},
		{"half a key in the chain", datadir.FileIdentity, change("chain", []map[string]any{{"device": id(1), "key": "AAAA"}})},
		{"missing", keysFile, nil},
		{"empty", keysFile, func([]byte) []byte { return nil }},
		{"cut", keysFile, func(b []byte) []byte { return b[:len(b)/2] }},
		{"short signing key", keysFile, change("ed25519", "AAAA")},
		{"no signing key", keysFile, change("ed25519", nil)},
		{"short X25519 key", keysFile, change("x25519", "AAAA")},
		{"no token", keysFile, change("token", nil)},
	} {
		path, _, _ := made(t)
		file := filepath.Join(path, c.file)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if c.to == nil {
			os.Remove(file)
		} else if err := os.WriteFile(file, c.to(bytes.Clone(b)), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice: the first attempt must not keep the lock
			_, err = datadir.Open(path, "station")
			if !errors.Is(err, datadir.ErrDamaged) || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "enrol this machine anew") {
				t.Errorf("%s, %s: %v", c.file, c.name, err)
			}
		}
	}
	// A hub shows its TLS key to its children: without it nothing starts.
	keys, err := datadir.NewKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys.TLS = keys.TLS[:5]
	path := t.TempDir()
	if err := datadir.Create(path, datadir.Info{Program: "hub", Device: id(1), Place: id(2), Role: registry.NodeHub}, keys); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Open(path, "hub"); !errors.Is(err, datadir.ErrDamaged) {
		t.Errorf("a hub with half a TLS key: %v", err)
	}
}

func TestEnrol(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	code, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, registry.NodeStation)
	if err != nil {
		t.Fatal(err)
	}
	existing, _, _ := made(t)
	if _, err := datadir.Enrol(t.Context(), existing, code, "máy", "test"); !errors.Is(err, datadir.ErrExists) {
		t.Errorf("into a folder that has data: %v", err)
	}
	// Where no folder can be made, the code is not used up.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		if _, err := datadir.Enrol(t.Context(), path, code, "máy", "test"); err == nil {
			t.Errorf("%s: enrolled", path)
		}
	}
	path := filepath.Join(t.TempDir(), "a", "b")
	info, err := datadir.Enrol(t.Context(), path, code, "máy", "test")
	if err != nil {
		t.Fatal(err)
	}
	d, err := datadir.Open(path, "station")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Info.Device != info.Device || d.Info.Place != tr.Facility || len(d.Keys.Token) == 0 || !reflect.DeepEqual(d.Info.Chain, tr.Hub.Chain) {
		t.Errorf("%+v", d.Info)
	}
	if left, _ := filepath.Glob(filepath.Join(path, "init-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	run, err := d.Start(t.Context(), datadir.Parts{Open: nodetest.OpenStation, Now: tr.Clock().Now})
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Client(run.Node, "test", tr.Clock().Now)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := c.Sync(t.Context()); err != nil || res.Received == 0 {
		t.Errorf("the first exchange: %+v, %v", res, err)
	}
	c.Close()
	if err := run.Close(); err != nil {
		t.Error(err)
	}

	below, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Province, registry.NodeHub)
	if err != nil {
		t.Fatal(err)
	}
	if info, err = datadir.Enrol(t.Context(), filepath.Join(t.TempDir(), "hub"), below, "hub", "test"); err != nil || info.Program != "hub" || info.FirstFree == 0 {
		t.Errorf("a hub below: %+v, %v", info, err)
	}
}

// An init that broke off is not begun again over what it left.
func TestInterruptedInit(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, datadir.FileJournal), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tr := nodetest.NewUnsynced(t)
	if _, err := hub.InitRoot(t.Context(), path, "own:VN", "Việt Nam", nodetest.Password, nodetest.OpenHub, tr.Clock().Now); !errors.Is(err, datadir.ErrIncomplete) {
		t.Errorf("%v", err)
	}
	if _, err := hub.InitRoot(t.Context(), tr.Hub.Dir.Path, "own:VN", "Việt Nam", nodetest.Password, nodetest.OpenHub, tr.Clock().Now); !errors.Is(err, datadir.ErrExists) {
		t.Errorf("over a hub: %v", err)
	}
}
