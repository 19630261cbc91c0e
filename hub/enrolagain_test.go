package hub_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/enrol"
	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/station"
	p "tramy/syncproto"
)

// laptop enrols a laptop in a folder of its own and opens it; what it returns closes it.
func laptop(t *testing.T, tr *nodetest.Tree, up *hub.Hub, place p.EntityID) (st *station.Station, end func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "laptop")
	if _, err := datadir.Enrol(t.Context(), path, newCode(t, up, tr.Admin, place, registry.NodeStation), "Máy hai", "test"); err != nil {
		t.Fatal(err)
	}
	st = tr.OpenStationAt(t, path)
	return st, closing(t, st)
}

func closing(t *testing.T, st *station.Station) func() {
	return func() {
		st.Uplink.Client.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}
}

func again(t *testing.T, path string, c *exchange.Code) (*datadir.Info, error) {
	t.Helper()
	return datadir.EnrolAgain(t.Context(), path, "station", c, nodetest.OpenStation, "Máy hai", "test")
}

func child(t *testing.T, tr *nodetest.Tree, st *station.Station, name string) p.EntityID {
	t.Helper()
	id, _, err := st.Register(t.Context(), tr.Nurse, registry.SubjectInput{
		Place: tr.Commune, Name: name, BirthDate: st.Today() - 60, MotherName: "Lò Thị Mai",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func exchanges(t *testing.T, c *exchange.Client) {
	t.Helper()
	res, err := c.Sync(context.Background())
	if err != nil || res.Refusal != nil {
		t.Fatalf("%+v, %v", res, err)
	}
}

func deviceRow(t *testing.T, h *hub.Hub, id p.EntityID) (row *project.DeviceRow) {
	t.Helper()
	if err := h.Node.Store().View(t.Context(), func(tx store.Tx) (err error) {
		row, err = tx.Device(id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return row
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// forgetful makes a tree whose centre is set back to before a hub, with a laptop below it, was enrolled: the hub is
// lost for ever, and nobody above knows the laptop. Three children were registered on it: one that the centre had, one
// that the hub had, one that is on the laptop alone.
func forgetful(t *testing.T) (tr *nodetest.Tree, path string, device p.EntityID, children []p.EntityID) {
	t.Helper()
	tr = nodetest.New(t)
	backup := filepath.Join(t.TempDir(), "backup")
	tr.ReopenHub(t, func(dir string) { copyFolder(t, dir, backup) })
	h := tr.AddHub(t, tr.Province, "Máy chủ tỉnh")
	st, end := laptop(t, tr, h, tr.Facility)
	exchanges(t, st.Uplink.Client)
	children = append(children, child(t, tr, st, "Lò Gia Bảo"))
	exchanges(t, st.Uplink.Client)
	exchanges(t, h.Uplink.Client)
	children = append(children, child(t, tr, st, "Cà Bảo Ngọc"))
	exchanges(t, st.Uplink.Client)
	children = append(children, child(t, tr, st, "Quàng Minh Anh"))
	h.Uplink.Client.Close()
	end()
	tr.ReopenHub(t, func(dir string) { copyFolder(t, backup, dir) })
	device = st.Dir.Info.Device
	if deviceRow(t, tr.Hub, device) != nil || deviceRow(t, tr.Hub, h.Node.Identity().Device) != nil {
		t.Fatal("the centre's backup knows what came after it")
	}
	return tr, st.Dir.Path, device, children
}

// The centre is set back to before the laptop came, and the hub that knew it is lost for ever. Enrolled again at the
// centre, the laptop brings everything that was said to be saved, once, under the name that stands on its records.
func TestNobodyKnowsTheLaptopAnyMore(t *testing.T) {
	nodetest.FilesOnly(t)
	tr, path, device, children := forgetful(t)
	info, err := again(t, path, newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation))
	if err != nil {
		t.Fatal(err)
	}
	if info.Device != device || info.Chain[0].Device != tr.Hub.Node.Identity().Device || info.PlaceName != "Trạm Y tế xã Mường Nhà" {
		t.Errorf("%+v", info)
	}
	st := tr.OpenStationAt(t, path)
	defer closing(t, st)()
	children = append(children, child(t, tr, st, "Lường Văn Hải"))
	for range 4 {
		exchanges(t, st.Uplink.Client)
	}
	row := deviceRow(t, tr.Hub, device)
	if row == nil || row.Up != tr.Hub.Node.Identity().Device || row.Number != int64(info.Number) || row.Place != tr.Facility {
		t.Fatalf("the centre has %+v", row)
	}
	err = tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for i, id := range children {
			row, err := tx.SubjectRow(id)
			if err != nil || row == nil {
				t.Errorf("child %d did not arrive: %v", i, err)
			}
		}
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		same := 0
		for _, d := range devices {
			if d.Key == row.Key || d.Number == row.Number {
				same++
			}
		}
		if same != 1 {
			t.Errorf("%d devices with its key or number", same)
		}
		held, err := tx.HeldLogs()
		if len(held) > 0 {
			t.Errorf("logs are held: %+v", held)
		}
		c, cerr := tx.Counts()
		if c.Subjects != int64(len(children)) {
			t.Errorf("%d children, want %d", c.Subjects, len(children))
		}
		return errors.Join(err, cerr)
	})
	if err != nil {
		t.Error(err)
	}
	s, err := st.Node.Status(t.Context())
	if err != nil || s.Saved != 0 || s.AtHub != 0 || s.AtRoot == 0 || s.Held != 0 {
		t.Errorf("ticks: %+v, %v", s, err)
	}
	// Both hold the same, in the place of the laptop too: its creation is known to nobody but itself.
	res, err := st.Uplink.Client.Sync(t.Context())
	if err != nil || !res.Level || res.Sent != 0 || res.Received != 0 {
		t.Errorf("not at rest: %+v, %v", res, err)
	}
}

// The hub knows the laptop: only whom it belongs to changes.
func TestKnownLaptopGoesToAnotherHub(t *testing.T) {
	tr := nodetest.New(t)
	h := tr.AddHub(t, tr.Province, "Máy chủ tỉnh")
	st, end := laptop(t, tr, h, tr.Facility)
	exchanges(t, st.Uplink.Client)
	id := child(t, tr, st, "Lò Gia Bảo")
	exchanges(t, st.Uplink.Client)
	exchanges(t, h.Uplink.Client)
	before := deviceRow(t, tr.Hub, st.Dir.Info.Device)
	if before == nil {
		t.Fatal("the centre has not heard of the laptop")
	}
	h.Uplink.Client.Close()
	if _, err := again(t, st.Dir.Path, newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)); !errors.Is(err, store.ErrInUse) {
		t.Errorf("while it runs: %v", err)
	}
	end()
	code := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	for range 2 { // the first answer may be lost on its way: the same machine may show the code again
		info, err := again(t, st.Dir.Path, code)
		if err != nil {
			t.Fatal(err)
		}
		want := *before
		want.Up = tr.Hub.Node.Identity().Device
		if row := deviceRow(t, tr.Hub, info.Device); *row != want || info.Number != int(before.Number) {
			t.Errorf("the centre has %+v, want %+v", row, want)
		}
	}
	if _, err := show(t, code); !errors.Is(err, exchange.ErrEnrolUsed) {
		t.Errorf("another machine with the code: %v", err)
	}
	st = tr.OpenStationAt(t, st.Dir.Path)
	defer closing(t, st)()
	late := child(t, tr, st, "Cà Bảo Ngọc")
	exchanges(t, st.Uplink.Client)
	_ = tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		for _, id := range []p.EntityID{id, late} {
			if s, err := tx.State(id); s == nil {
				t.Errorf("%s did not arrive: %v", id, err)
			}
		}
		return nil
	})
}

// former is a request of somebody who says to be a device, signed with a key of their own.
func former(t *testing.T, c *exchange.Code, key ed25519.PrivateKey, change func(*exchange.EnrolAgain)) *exchange.EnrolRequest {
	t.Helper()
	req := machine(t, c)
	req.Key = key.Public().(ed25519.PublicKey)
	a := &exchange.EnrolAgain{Role: registry.NodeStation, Number: 7, PlaceName: "Trạm khác"}
	change(a)
	if err := req.Prove(a, c.Pin, key); err != nil {
		t.Fatal(err)
	}
	return req
}

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// What a valid code does not open: each is refused, and the code stays good for whom it was made for.
func TestWhoIsNotEnrolledAgain(t *testing.T) {
	tr := nodetest.New(t)
	st := tr.Station
	id, own := st.Node.Identity(), st.Dir.Keys.Private()
	root := tr.Hub.Node.Identity().Key.Public().(ed25519.PublicKey)
	record := child(t, tr, st, "Lò Gia Bảo")
	tr.Sync(t)
	gone, gend := laptop(t, tr, tr.Hub, tr.Facility)
	gend()
	if err := tr.Hub.Revoke(t.Context(), tr.Admin, gone.Dir.Info.Device, "bị mất"); err != nil {
		t.Fatal(err)
	}
	c := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	elsewhere := newCode(t, tr.Hub, tr.Admin, tr.Province, registry.NodeStation)
	forHub := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeHub)
	device := func(id p.EntityID, place p.EntityID) func(*exchange.EnrolAgain) {
		return func(a *exchange.EnrolAgain) { a.Device, a.Place, a.Root = id, place, root }
	}
	unknown := p.Dot{Log: p.LogID{9, 9}, Seq: 3}.Entity()
	future := p.Dot{Log: record.Birth().Log, Seq: record.Birth().Seq + 9}.Entity()
	for name, x := range map[string]struct {
		code *exchange.Code
		req  *exchange.EnrolRequest
		want error
	}{
		"another's name":             {c, former(t, c, newKey(t), device(id.Device, tr.Facility)), enrol.ErrOtherKey},
		"its key under another name": {c, former(t, c, own, device(unknown, tr.Facility)), enrol.ErrOtherDevice},
		"a child's record":           {c, former(t, c, newKey(t), device(record, tr.Facility)), enrol.ErrOtherDevice},
		"a name a laptop will give":  {c, former(t, c, newKey(t), device(future, tr.Facility)), enrol.ErrOtherDevice},
		"a revoked one":              {c, former(t, c, gone.Dir.Keys.Private(), device(gone.Dir.Info.Device, tr.Facility)), enrol.ErrRevoked},
		"a code of another place":    {elsewhere, former(t, elsewhere, own, device(id.Device, tr.Facility)), &enrol.PlaceError{Code: "Tỉnh Điện Biên", Machine: "Trạm Y tế xã Mường Nhà"}},
		"nobody of another place":    {c, former(t, c, newKey(t), device(unknown, tr.Province)), &enrol.PlaceError{Code: "Trạm Y tế xã Mường Nhà", Machine: "Tỉnh Điện Biên"}},
		"a code for a hub":           {forHub, former(t, forHub, own, device(id.Device, tr.Facility)), enrol.ErrOtherRole},
		"the hub itself":             {c, former(t, c, newKey(t), device(tr.Hub.Node.Identity().Device, tr.Facility)), enrol.ErrBelow},
		"another tree": {c, former(t, c, own, func(a *exchange.EnrolAgain) {
			a.Device, a.Place, a.Root = id.Device, tr.Facility, newKey(t).Public().(ed25519.PublicKey)
		}), enrol.ErrOtherTree},
	} {
		_, err := exchange.Enrol(t.Context(), x.code, server.PinnedClient(x.code.Pin), x.req)
		var place, want *enrol.PlaceError
		if errors.As(x.want, &want) {
			if !errors.As(err, &place) || *place != *want {
				t.Errorf("%s: %v, want %v", name, err, x.want)
			}
		} else if !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	// Signed for another hub, or not at all by that key: whoever passes a request on gets nothing.
	relayed := former(t, c, own, device(id.Device, tr.Facility))
	other := c.Pin
	other[0] ^= 1
	if err := relayed.Prove(&exchange.EnrolAgain{Device: id.Device, Place: tr.Facility, Root: root, Role: registry.NodeStation}, other, own); err != nil {
		t.Fatal(err)
	}
	if _, err := exchange.Enrol(t.Context(), c, server.PinnedClient(c.Pin), relayed); !errors.Is(err, enrol.ErrNotProved) {
		t.Errorf("signed for another hub: %v", err)
	}
	if deviceRow(t, tr.Hub, unknown) != nil || deviceRow(t, tr.Hub, future) != nil {
		t.Error("somebody became a device")
	}
	if row := deviceRow(t, tr.Hub, id.Device); row.Key != string(own.Public().(ed25519.PublicKey)) {
		t.Error("the station has another key")
	}
	if _, err := show(t, c); err != nil {
		t.Errorf("the code was used up by who was refused: %v", err)
	}
}

// Somebody with a code comes in under the name of a laptop that nobody knows here. Then its own record arrives, with
// the hub that seemed lost: the laptop's key counts, and the other's no more.
func TestTrueRecordComesLater(t *testing.T) {
	tr := nodetest.New(t)
	h := tr.AddHub(t, tr.Province, "Máy chủ tỉnh")
	st, end := laptop(t, tr, h, tr.Facility) // the centre has not heard of it
	defer end()
	device := st.Dir.Info.Device
	c := newCode(t, tr.Hub, tr.Admin, tr.Facility, registry.NodeStation)
	cheat := newKey(t)
	req := former(t, c, cheat, func(a *exchange.EnrolAgain) {
		a.Device, a.Place, a.Root = device, tr.Facility, tr.Hub.Node.Identity().Key.Public().(ed25519.PublicKey)
	})
	if _, err := exchange.Enrol(t.Context(), c, server.PinnedClient(c.Pin), req); err != nil {
		t.Fatal(err)
	}
	if row := deviceRow(t, tr.Hub, device); row == nil || row.Key != string(req.Key) {
		t.Fatalf("%+v", row)
	}
	exchanges(t, st.Uplink.Client)
	id := child(t, tr, st, "Lò Gia Bảo")
	exchanges(t, st.Uplink.Client)
	for range 3 {
		exchanges(t, h.Uplink.Client)
	}
	for name, at := range map[string]*hub.Hub{"centre": tr.Hub, "province": h} {
		if row := deviceRow(t, at, device); row == nil || row.Key != string(st.Dir.Keys.Private().Public().(ed25519.PublicKey)) {
			t.Errorf("%s: another key took the place of the laptop's", name)
		}
	}
	err := tr.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		s, err := tx.State(id)
		if s == nil {
			t.Errorf("what the laptop recorded did not arrive: %v", err)
		}
		d, err := tx.State(device)
		if d != nil && len(d.Values(registry.DeviceKey)) != 2 {
			t.Errorf("%d keys stand, of which an officer can see that there were two", len(d.Values(registry.DeviceKey)))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	// Who has the other key is not taken back as that laptop either.
	if _, err := exchange.Enrol(t.Context(), c, server.PinnedClient(c.Pin), req); !errors.Is(err, enrol.ErrOtherKey) {
		t.Errorf("the other key once more: %v", err)
	}
}
