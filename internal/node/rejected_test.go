package node_test

import (
	"context"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func TestRejectedChangesAreTakenBack(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	// One press: a dose said to be given elsewhere, another name, and a child that never was.
	bad := dose(t, child, c.placeB, "BCG")
	rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
	ids := c.a.act(bad, rename, subject(t, c.a, c.communeA, "Không có thật"))
	c.quiet()
	// Later work, in a log that is let in, touches what will be taken back.
	c.a.edit(ids[2], registry.SubjectHamlet, p.Text("Na Phay 1"))
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	if got := c.a.text(child, registry.SubjectName); got != "Tên sai" {
		t.Fatalf("the author shows %q before anybody decided", got)
	}
	var held p.LogID
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		if len(rows) == 1 {
			held = rows[0].ID
		}
		return err
	})
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "lần nữa"); err != node.ErrNothing {
		t.Errorf("rejected twice: %v", err)
	}
	if err := c.province.n.Admit(ctx, held); err != node.ErrNothing {
		t.Errorf("admitted after it was rejected: %v", err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s shows the name %q", name, got)
		}
		if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s lost a later edit: hamlet %q", name, got)
		}
		if m.state(ids[0]) != nil {
			t.Errorf("%s has the dose", name)
		}
		if n := subjects(t, m); n != 1 {
			t.Errorf("%s counts %d children, want 1: the other was never let in", name, n)
		}
	}
	level(t, c.a, c.province, child, ids[2])
	st, err := c.a.n.Status(ctx)
	if err != nil || len(st.HeldLogs) != 1 || st.HeldLogs[0].UpReason != p.HoldRejected || st.Held != 0 || st.Rejected == 0 {
		t.Errorf("the author is told of %+v, %v", st.HeldLogs, err)
	}
	// A station that is put back to a backup must not bring it back from its journal.
	c.a.stop()
	c.a.start()
	c.quiet()
	level(t, c.a, c.province, child)
}

// TestRootTakesBackWhatItAdmittedAndAHubRejected: two officers decide at the same time, each at their own hub. The root has
// nobody to ask how things stood before.
func TestRootTakesBackWhatItAdmittedAndAHubRejected(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
	ids := c.a.act(dose(t, child, c.placeB, "BCG"), rename)
	c.quiet()
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	held := ids[0].Birth().Log
	if err := c.centre.n.Admit(ctx, held); err != nil {
		t.Fatal(err)
	}
	if got := c.centre.text(child, registry.SubjectName); got != "Tên sai" {
		t.Fatalf("the centre shows %q after it let the log in", got)
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s shows the name %q", name, got)
		}
		if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s lost a later edit: hamlet %q", name, got)
		}
		if m.state(ids[0]) != nil {
			t.Errorf("%s has the dose", name)
		}
	}
	level(t, c.a, c.province, child)
	level(t, c.province, c.centre, child)
}

// TestRejectedAboveIsNotLetInByAHubBelow: a hub lets a log in before it hears that the centre has rejected it.
func TestRejectedAboveIsNotLetInByAHubBelow(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	foreign := c.a.act(dose(t, child, c.placeB, "BCG"))[0]
	c.quiet()
	held := foreign.Birth().Log
	if err := c.centre.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	if err := c.province.n.Admit(ctx, held); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if m.state(foreign) != nil {
			t.Errorf("%s has the dose", name)
		}
	}
	level(t, c.a, c.province, child)
	level(t, c.province, c.centre, child)
}

// TestRescueOfARejectedLogIsNotListed: a station wrote again what was lost above into a log that was held, and an officer says
// no to it. Nobody lists it any more.
func TestRescueOfARejectedLogIsNotListed(t *testing.T) {
	c := newCountry(t)
	ctx := context.Background()
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	record := registry.NewRescue(c.placeA, []registry.RescuedValue{{Entity: child, Field: registry.SubjectName, Dot: child.Birth()}})
	held := c.a.act(dose(t, child, c.placeB, "BCG"), record)[0].Birth().Log
	c.quiet()
	listed := func(m *machine) (n int) {
		m.view(func(tx store.Tx) error {
			rows, err := tx.Rescues(10)
			n = len(rows)
			return err
		})
		return n
	}
	if err := c.centre.n.Admit(ctx, held); err != nil || listed(c.a) != 1 || listed(c.centre) != 1 {
		t.Fatalf("%v; the station lists %d, the centre %d", err, listed(c.a), listed(c.centre))
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		if n := listed(m); n != 0 {
			t.Errorf("%s lists %d values as written again", name, n)
		}
	}
}

// The machine whose content of a log came first hears where the other's parts from it, and nothing of its
// own is kept out by that.
func TestNothingIsHeldOfTheContentThatCameFirst(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Một"), subject(t, c.a, c.communeA, "Hai"))
	c.quiet()
	c.a.update(func(tx store.Tx) error {
		rows, err := tx.LogsOf(c.a.id.Device)
		if err != nil {
			return err
		}
		row := rows[len(rows)-1]
		row.UpReason, row.UpIn = p.HoldForked, row.Head-1
		return tx.PutLog(&row)
	})
	st, err := c.a.n.Status(context.Background())
	if err != nil || st.Held != 0 || len(st.HeldLogs) != 0 {
		t.Errorf("%d changes held in %d logs, %v", st.Held, len(st.HeldLogs), err)
	}
	c.a.view(func(tx store.Tx) error {
		held, err := c.a.n.HeldChanges(tx, 10)
		if len(held) != 0 {
			t.Errorf("%d acts are shown as held", len(held))
		}
		return err
	})
}
