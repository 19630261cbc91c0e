package node_test

import (
	"context"
	"crypto/ed25519"
	"io"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// changeKeys gives a machine new keys, as its hub writes them; the machine signs with them from its next start on.
func (m *machine) changeKeys(hub *machine) {
	m.t.Helper()
	m.takeKeys(hub.writeKeys(m))
}

// writeKeys writes a child's new key into its entity and returns it.
func (m *machine) writeKeys(child *machine) ed25519.PrivateKey {
	m.t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	_, _ = io.ReadFull(child.rand, seed)
	key := ed25519.NewKeyFromSeed(seed)
	s := m.state(child.id.Device)
	in, err := registry.DeviceOf(s).ReplaceKeys(key.Public().(ed25519.PublicKey), child.seal)
	if err != nil {
		m.t.Fatal(err)
	}
	d, err := registry.EditFields(s, in.Patch(s), registry.SawOf(s))
	if err != nil {
		m.t.Fatal(err)
	}
	m.act(d)
	return key
}

func (m *machine) takeKeys(key ed25519.PrivateKey) {
	m.t.Helper()
	m.stop()
	m.id.Former = append([]ed25519.PrivateKey{m.id.Key}, m.id.Former...)
	m.id.Key = key
	m.start()
}

func (m *machine) device(id p.EntityID) (row *project.DeviceRow) {
	m.t.Helper()
	m.view(func(tx store.Tx) (err error) {
		row, err = tx.Device(id)
		return err
	})
	return row
}

// What was recorded under the old key and not sealed yet, what was sealed and not sent, and what comes after: all of it arrives,
// proved, wherever the news of the new key is.
func TestKeysChangeAndEveryLogStaysProved(t *testing.T) {
	c := newCountry(t)
	names := []string{"Lò Gia Bảo", "Lò Gia Hân", "Lò Gia Huy", "Lò Gia Khánh"}
	var children []p.EntityID
	record := func(i int) { children = append(children, c.a.act(subject(t, c.a, c.communeA, names[i]))[0]) }
	record(0)
	if err := c.a.n.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	record(1) // in the same log, not sealed
	c.a.changeKeys(c.province)
	record(2)
	if logs := c.a.logs(); len(logs) != 2 {
		t.Fatalf("%d logs", len(logs))
	}
	// The centre is brought what was written under the new key before it has heard of it: it waits.
	second := c.a.logs()[1].ID
	fresh := c.a.sealed(func(log p.LogID) bool { return log == second })
	got, err := c.centre.n.BringIn(context.Background(), c.a.id.Device, fresh)
	if err != nil || got.Parked != len(fresh) || got.Bad != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if c.centre.state(children[2]) != nil {
		t.Error("applied without a proof")
	}
	c.province.act(registry.Edit(c.province.state(c.a.id.Device), registry.DeviceName, p.Text("phòng tiêm"))) // more news of the device
	c.quiet()
	record(3)
	c.quiet()
	for i, child := range children {
		for where, m := range map[string]*machine{"the province": c.province, "the centre": c.centre} {
			if got := m.text(child, registry.SubjectName); got != names[i] {
				t.Errorf("%s has %q, want %q", where, got, names[i])
			}
		}
	}
	if held := heldLogs(t, c.province); held > 0 {
		t.Errorf("%d logs are held", held)
	}
	for where, m := range map[string]*machine{"the province": c.province, "the centre": c.centre, "the machine": c.a} {
		if row := m.device(c.a.id.Device); len(row.Keys()) != 2 || row.Key != string(c.a.id.Key.Public().(ed25519.PublicKey)) {
			t.Errorf("%s knows %d keys", where, len(row.Keys()))
		}
	}
	// A machine that loses its database has all of it again, from both times.
	c.a.stop()
	st, err := c.centre.n.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, alarm := range st.Alarms {
		t.Errorf("alarm: %+v", alarm)
	}
}

func heldLogs(t *testing.T, m *machine) int {
	t.Helper()
	n := 0
	m.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		n = len(rows)
		return err
	})
	return n
}

// Whoever has a copy of the old key writes with it: through a neighbour it arrives, and is held. A segment of a new log under a
// key that never was one of the device is refused by the hub that knows them all.
func TestOldKeyInOtherHandsIsHeld(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	c.quiet()
	thief := newMachine(t, "thief", true)
	thief.id = c.a.id
	thief.start()
	c.a.changeKeys(c.province)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Hân"))
	c.quiet()
	child := thief.act(subject(t, thief, c.communeA, "Lò Giả"))[0]
	forged := thief.sealed(func(p.LogID) bool { return true })
	if _, err := c.province.n.BringIn(context.Background(), c.b.id.Device, forged); err != nil {
		t.Fatal(err)
	}
	if c.province.state(child) != nil || heldLogs(t, c.province) != 1 {
		t.Errorf("let in, or %d logs held", heldLogs(t, c.province))
	}
	stranger := newMachine(t, "stranger", true)
	stranger.id.Device, stranger.id.Upstream, stranger.id.Role = c.a.id.Device, c.a.id.Upstream, registry.NodeStation
	stranger.start()
	stranger.act(subject(t, stranger, c.communeA, "Lò Giả"))
	got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, stranger.sealed(func(p.LogID) bool { return true }))
	if err != nil || got.Bad != 1 || got.Parked != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A hub that changes its keys answers the machines below by the key that they were enrolled under.
func TestHubThatChangesKeysIsBelieved(t *testing.T) {
	c := newCountry(t)
	c.province.id.Serve = c.province.id.Key
	c.province.changeKeys(c.centre)
	c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))
	c.province.enrol(newMachine(t, "late", true), c.placeB, registry.NodeStation, 103) // a log of the hub's own, under the new key
	c.quiet()
	st, err := c.a.n.Status(context.Background())
	if err != nil || st.AtRoot != 1 {
		t.Errorf("%+v, %v", st, err)
	}
	if row := c.centre.device(c.province.id.Device); len(row.Keys()) != 2 {
		t.Errorf("the centre knows %d keys", len(row.Keys()))
	}
	var late bool
	c.centre.view(func(tx store.Tx) error {
		rows, err := tx.Devices()
		for _, d := range rows {
			late = late || d.Number == 103
		}
		return err
	})
	if !late {
		t.Error("what the hub wrote under its new key did not arrive")
	}
}
