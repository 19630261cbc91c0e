package node_test

import (
	"context"
	"fmt"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// rolledBack lets a station write "Lần một", which goes where sent says, and rolls it back to before; then it writes
// "Lần hai" under the same dot.
func (c *country) rolledBack(sent func(first p.EntityID)) (child p.EntityID) {
	back := c.a.frozen()
	sent(c.a.act(subject(c.a.t, c.a, c.communeA, "Lần một"))[0])
	back()
	return c.a.act(subject(c.a.t, c.a, c.communeA, "Lần hai"))[0]
}

// segments are those of a log that a machine keeps.
func (m *machine) segments(log p.LogID) (raws [][]byte) {
	m.view(func(tx store.Tx) error {
		for at := p.Seq(1); ; {
			row, err := tx.SegmentHolding(log, at)
			if err != nil || row == nil {
				return err
			}
			raws, at = append(raws, row.Raw), row.First+p.Seq(row.Count)
		}
	})
	return raws
}

// onceEach checks that at a station, its hub and the centre so many children stand, under these names once.
func (c *country) onceEach(t *testing.T, names ...string) {
	t.Helper()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		at := stands(t, m, registry.SubjectName)
		for _, name := range names {
			if len(at[name]) != 1 {
				t.Errorf("%q stands in %d records", name, len(at[name]))
			}
		}
		if n := subjects(t, m); n != int64(len(names)) {
			t.Errorf("%d children, want %d", n, len(names))
		}
	}
	level(t, c.a, c.province)
	level(t, c.province, c.centre)
}

// TestHubSetBackDoesNotTakeWhatTheCentreDoesNotCount: a hub that was set back to before it had a log of two contents hears
// from the centre which one counts. A request of before, carried to it late, brings the other.
func TestHubSetBackDoesNotTakeWhatTheCentreDoesNotCount(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	hub := c.province.saved()
	child := c.rolledBack(func(p.EntityID) { c.quiet() })
	if err := c.a.n.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	other := c.a.segments(child.Birth().Log)
	c.quiet()
	hub()
	c.province.sync(c.centre)
	if got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, other); err != nil || got.New != 0 {
		t.Errorf("what does not count was taken in: %+v, %v", got, err)
	}
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai")
}

// TestHubThatHasNotHeardTheCentreDoesNotSayWhichContentCounts: it may have been set back to the one that does not.
func TestHubThatHasNotHeardTheCentreDoesNotSayWhichContentCounts(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	c.rolledBack(func(p.EntityID) { c.a.sync(c.province) })
	c.province.stop()
	c.province.start()
	c.a.sync(c.province)
	if n := subjects(t, c.a); n != 2 {
		t.Errorf("%d children at the station, want 2: nothing is decided", n)
	}
	if st, err := c.a.n.Status(context.Background()); err != nil || st.Saved != 1 || len(st.HeldLogs) != 0 {
		t.Errorf("%d changes are here only, want 1; held %v, %v", st.Saved, st.HeldLogs, err)
	}
	after := c.a.act(subject(t, c.a, c.communeA, "Sau đó"))[0]
	c.a.sync(c.province)
	if c.province.state(after) == nil {
		t.Error("what is written meanwhile does not go out")
	}
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai", "Sau đó")
	if !alarmed(c.a, node.AlarmFork) {
		t.Error("nobody is told")
	}
}

// TestIssuedAgainTwiceIsTheSame: a station has issued again what it wrote since it was rolled back, and is restored to before
// it did. It learns once more that another content counts.
func TestIssuedAgainTwiceIsTheSame(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	c.rolledBack(func(p.EntityID) { c.quiet() })
	before := c.a.saved()
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai")
	before()
	c.a.act(subject(t, c.a, c.communeA, "Lần ba"))
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai", "Lần ba")
}

// TestHubHandsBackWhatOnlyItHas: a request from before a station was rolled back reaches, late, a hub that had lost that log,
// before it has heard which content counts at the centre. Nobody else has what stands in it, be it one segment or more than an
// answer hands back of several logs.
func TestHubHandsBackWhatOnlyItHas(t *testing.T) {
	for _, segments := range []int{1, node.ReturnedPerAnswer, node.ReturnedPerAnswer + 1} {
		t.Run(fmt.Sprint(segments), func(t *testing.T) {
			c := countryOn(t, true)
			c.a.act(subject(t, c.a, c.communeA, "Đã có"))
			c.quiet()
			hub := c.province.saved()
			var other [][]byte
			c.rolledBack(func(first p.EntityID) {
				for i := range segments - 1 {
					c.a.sealAll()
					c.a.edit(first, registry.SubjectHamlet, p.Text(fmt.Sprint("Na Phay ", i+2)))
				}
				c.a.sealAll()
				if other = c.a.segments(first.Birth().Log); len(other) != segments {
					t.Fatalf("%d segments, want %d", len(other), segments)
				}
			})
			c.quiet()
			hub()
			if got, err := c.province.n.BringIn(context.Background(), c.a.id.Device, other); err != nil || got.New != segments {
				t.Fatalf("the late request brought not all: %+v, %v", got, err)
			}
			c.quiet()
			at := stands(t, c.centre, registry.SubjectName, registry.SubjectHamlet)
			if len(at["Lần một"]) != 1 || len(at["Lần hai"]) != 1 {
				t.Errorf("at the centre the two contents stand in %d and %d records", len(at["Lần một"]), len(at["Lần hai"]))
			}
			if last := fmt.Sprint("Na Phay ", segments); segments > 1 && len(at[last]) != 1 {
				t.Errorf("what was written last stands in %d records", len(at[last]))
			}
			if !alarmed(c.province, node.AlarmFork) {
				t.Error("the hub's operator is not told")
			}
		})
	}
}

// TestAnotherContentIsHeld: a hub holds a log, and its author, who was rolled back to before it, writes something else under the
// same dots. He hears of it, and what he wrote arrives; what is held stays held until an officer lets it in.
func TestAnotherContentIsHeld(t *testing.T) {
	c := newCountry(t)
	known := c.a.act(subject(t, c.a, c.communeA, "Đã có"))[0]
	c.quiet()
	back := c.a.frozen()
	// One act, of which a dose is said to be given at another commune's station.
	held := c.a.act(subject(t, c.a, c.communeA, "Lần một"), dose(t, known, c.placeB, "BCG"))[0]
	c.quiet()
	back()
	if again := c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0]; again.Birth() != held.Birth() {
		t.Fatal("the machine did not come back as it was")
	}
	c.quiet()
	c.onceEach(t, "Đã có", "Lần hai")
	if err := c.province.n.Admit(context.Background(), held.Birth().Log); err != nil {
		t.Fatal(err)
	}
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai")
}

// TestHubRestoredToARunThatWasRolledBack: a station is rolled back with its memory, and gives numbers of its outbox that its hub
// has heard of to something else; then the hub is restored to before that. Both know the number, and mean two things.
func TestHubRestoredToARunThatWasRolledBack(t *testing.T) {
	c := newCountry(t)
	known := c.a.act(subject(t, c.a, c.communeA, "Đã có"))[0]
	c.quiet()
	back := c.a.frozen()
	given := c.a.act(dose(t, known, c.placeA, "BCG"))[0]
	c.a.sync(c.province)
	hub := c.province.saved()
	back()
	if again := c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0]; again.Birth().Log == given.Birth().Log {
		t.Fatal("it goes on in the same log, and this is about another")
	}
	c.a.sync(c.province)
	hub()
	c.quiet()
	c.onceEach(t, "Đã có", "Lần hai")
	same(t, c.a, c.centre, given)
}
