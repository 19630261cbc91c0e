package datadir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/datadir"
	"tramy/internal/enrol"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/station"
)

const fileEnrol = "enrol.json"

// belongsTo opens a laptop's folder, and checks that it speaks to one hub and to no other.
func belongsTo(t *testing.T, tr *nodetest.Tree, path, hub string) {
	t.Helper()
	st := tr.OpenStationAt(t, path)
	res, err := st.Uplink.Client.Sync(t.Context())
	if err != nil || res.Refusal != nil || st.Dir.Info.Upstream[0] != hub {
		t.Errorf("it speaks to %v, not to %s: %+v, %v", st.Dir.Info.Upstream, hub, res, err)
	}
	shut(t, st)
	if _, err := os.Stat(filepath.Join(path, fileEnrol)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the new connection with its secrets lies about: %v", err)
	}
}

func shut(t *testing.T, st *station.Station) {
	t.Helper()
	st.Uplink.Client.Close()
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

// A crash at any point of enrolling again leaves the old connection or the new one, both whole.
func TestEnrolledAgainWholeOrNot(t *testing.T) {
	tr := nodetest.New(t)
	h := tr.AddHub(t, tr.Province, "Máy chủ tỉnh")
	old := tr.AddStation(t, h, tr.Facility, "Máy hai")
	if _, err := old.Uplink.Client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Uplink.Client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	code, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, registry.NodeStation)
	if err != nil {
		t.Fatal(err)
	}
	before := filepath.Join(t.TempDir(), "before")
	if err := os.CopyFS(before, os.DirFS(old.Dir.Path)); err != nil {
		t.Fatal(err)
	}
	// What the hub said is written down, and put in by the next start.
	info, err := old.Dir.AskAgain(t.Context(), code, "Máy hai", "test")
	if err != nil {
		t.Fatal(err)
	}
	asked := filepath.Join(t.TempDir(), "asked")
	if err := os.CopyFS(asked, os.DirFS(old.Dir.Path)); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(asked, fileEnrol))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(kept, nil) || info.Device != old.Dir.Info.Device {
		t.Errorf("%+v", info)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(kept, &parts); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from  string
		write []string
		hub   string
	}{
		"before the answer":      {before, nil, h.Addresses[0]},
		"after the answer":       {asked, nil, tr.Hub.Addresses[0]},
		"after the keys":         {asked, []string{"keys"}, tr.Hub.Addresses[0]},
		"after keys and address": {asked, []string{"keys", "info"}, tr.Hub.Addresses[0]},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "laptop")
			if err := os.CopyFS(path, os.DirFS(c.from)); err != nil {
				t.Fatal(err)
			}
			for _, part := range c.write {
				file := map[string]string{"keys": datadir.FileKeys, "info": datadir.FileIdentity}[part]
				if err := os.WriteFile(filepath.Join(path, file), parts[part], 0o600); err != nil {
					t.Fatal(err)
				}
			}
			belongsTo(t, tr, path, c.hub)
		})
	}
	// What is no connection of this machine is not taken for one, and is not thrown away either.
	path := filepath.Join(t.TempDir(), "laptop")
	if err := os.CopyFS(path, os.DirFS(before)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, fileEnrol), kept[:len(kept)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := datadir.Open(path, "station"); err == nil || d != nil {
		t.Errorf("half a connection was put in: %v", err)
	}
	if err := os.Remove(filepath.Join(path, fileEnrol)); err != nil {
		t.Fatal(err)
	}
	belongsTo(t, tr, path, h.Addresses[0])
}

// Where it cannot be enrolled again, a folder stays as it is.
func TestNotEnrolledAgain(t *testing.T) {
	tr, other := nodetest.New(t), nodetest.New(t)
	code := func(tr *nodetest.Tree, role registry.NodeRole) *exchange.Code {
		c, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, role)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	path := tr.Station.Dir.Path
	again := func(path, program string, c *exchange.Code) error {
		_, err := datadir.EnrolAgain(t.Context(), path, program, c, nodetest.OpenStation, "Máy hai", "test")
		return err
	}
	if err := again(path, "station", code(tr, registry.NodeStation)); !errors.Is(err, store.ErrInUse) {
		t.Errorf("the program runs: %v", err)
	}
	tr.Station.Uplink.Client.Close()
	tr.Station = tr.Reopen(t, tr.Station, func(path string) {
		b, err := os.ReadFile(filepath.Join(path, datadir.FileIdentity))
		if err != nil {
			t.Fatal(err)
		}
		if err := again(path, "station", code(other, registry.NodeStation)); !errors.Is(err, enrol.ErrOtherTree) {
			t.Errorf("a code of another tree: %v", err)
		}
		if err := again(path, "hub", code(tr, registry.NodeHub)); !errors.Is(err, datadir.ErrOtherKind) {
			t.Errorf("the other program: %v", err)
		}
		if err := again(path, "station", code(tr, registry.NodeHub)); !errors.Is(err, enrol.ErrOtherRole) {
			t.Errorf("a code for a hub: %v", err)
		}
		if after, err := os.ReadFile(filepath.Join(path, datadir.FileIdentity)); err != nil || !bytes.Equal(b, after) {
			t.Errorf("the folder changed: %v", err)
		}
	})
	if res, err := tr.Station.Uplink.Client.Sync(t.Context()); err != nil || res.Refusal != nil {
		t.Errorf("%+v, %v", res, err)
	}
	centre := filepath.Join(t.TempDir(), "centre")
	if err := os.CopyFS(centre, os.DirFS(tr.Hub.Dir.Path)); err != nil {
		t.Fatal(err)
	}
	if err := again(centre, "hub", code(other, registry.NodeHub)); !errors.Is(err, datadir.ErrNoHubAbove) {
		t.Errorf("the centre itself: %v", err)
	}
}
