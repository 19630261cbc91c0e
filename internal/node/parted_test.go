package node_test

import (
	"testing"
	"time"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestListIsAnsweredAnewAfterASetBack: a station comes to the centre because its hub is lost, and lists its logs. In the same
// answer it hears that it was rolled back, and so passes over what the centre says of the rest: of a log of which the lost hub
// had handed up a part, which the centre tells only who lists it. No comparison shows the rest, because all it said was
// replaced since.
func TestListIsAnsweredAnewAfterASetBack(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	first := c.a.act(subject(t, c.a, c.communeA, "Lần một"))[0]
	c.a.sync(c.province)
	c.province.sync(c.centre)
	back()
	child := c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))[0]
	c.a.edit(child, registry.SubjectHamlet, p.Text("Chưa lên"))
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	if c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0] != first {
		t.Fatal("the machine did not come back as it was")
	}
	c.toCentre(c.a)
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	for range 3 {
		c.a.sync(c.centre)
	}
	c.centre.view(func(tx store.Tx) error {
		row, err := tx.Log(child.Birth().Log)
		if err == nil && row.Head != 2 {
			t.Errorf("the centre has %d changes of the log, want 2", row.Head)
		}
		return err
	})
}
