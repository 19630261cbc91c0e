package datadir

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// FuzzInfo: what lies in a folder's two files names a machine that can start, or is refused as damaged.
func FuzzInfo(f *testing.F) {
	keys := Keys{Seed: make([]byte, 32), Seal: make([]byte, 32), TLS: make([]byte, 32), Token: []byte{1}}
	k, err := json.Marshal(keys)
	if err != nil {
		f.Fatal(err)
	}
	device := p.Dot{Log: p.LogID{1}, Seq: 2}.Entity()
	root := Info{Format: Format, Program: "hub", Device: device, Place: device, Role: registry.NodeHub}
	below := root
	below.Program, below.Upstream, below.Pin = "station", []string{"https://a"}, make([]byte, 32)
	below.Chain = []exchange.ChainLink{{Device: device, Key: make([]byte, 32)}}
	for _, i := range []Info{root, below, {}} {
		b, err := json.Marshal(i)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, k)
	}
	f.Add([]byte(`{"chain":[{}]}`), []byte(`{"seed":""}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, info, keys []byte) {
		d := &Dir{Path: dir}
		if err := d.readInfo(info); err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if err := os.WriteFile(filepath.Join(dir, FileKeys), keys, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.readKeys(); err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		id := d.Identity()
		if id.Device.IsZero() || id.IsRoot() != (len(d.Info.Chain) == 0) {
			t.Fatalf("a machine without a name or a way up: %+v", id)
		}
		if _, err := d.Keys.SealPublic(); err != nil {
			t.Fatal(err)
		}
	})
}
