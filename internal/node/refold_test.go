package node_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"tramy/internal/merge"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// TestWhatIsRejectedAfterTheCentreWasDamaged: the centre let in what an officer below rejects, and its database is damaged
// before it hears of that. Its states come back out of what is left and rest on what was let in; the log itself is there, or
// comes again later, or a part of it. Nothing of what is rejected stands, what it had replaced does, and so does a hamlet
// of which nobody has the change any more.
func TestWhatIsRejectedAfterTheCentreWasDamaged(t *testing.T) {
	for name, until := range map[string]p.Seq{"the log is there": 4, "half of what is rejected": 3, "what counts of it": 1, "nothing": 0} {
		for _, early := range []bool{false, true} {
			for _, lost := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, the rejection comes first %v, a hamlet is lost %v", name, early, lost), func(t *testing.T) {
					rejectedAfterDamage(t, until, early, lost)
				})
			}
		}
	}
}

func rejectedAfterDamage(t *testing.T, until p.Seq, early, lost bool) {
	ctx := context.Background()
	c := countryOn(t, true)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	rename := registry.Edit(c.a.state(child), registry.SubjectName, p.Text("Tên sai"))
	foreign := c.a.act(dose(t, child, c.placeB, "BCG"), rename)[0]
	if _, err := c.a.call(c.province, 1, -1); err == nil { // what is sealed now goes up later, with the next segment
		t.Fatal("a broken line brought it up")
	}
	c.a.edit(child, registry.SubjectMotherName, p.Text("Lò Thị Sai"))
	c.quiet()
	held := foreign.Birth().Log
	if err := c.centre.n.Admit(ctx, held); err != nil {
		t.Fatal(err)
	}
	c.a.edit(child, registry.SubjectMotherName, p.Text("Lò Thị Một")) // in the next log, over what is rejected
	c.centre.edit(child, registry.SubjectHamlet, p.Text("Na Phay 2"))
	c.quiet()
	hamlet := c.centre.state(child).Values(registry.SubjectHamlet)[0].Dot

	var left store.Remains = upTo{unnoted{c.centre.disk.Remains(none)}, held, until}
	c.centre.stop()
	c.centre.disk = memory.New()
	if lost {
		c.centre.unjournaled = true
		left = without{left, hamlet.Log}
	}
	c.centre.start()
	if _, err := c.centre.n.TakeBackFirst(ctx, left); err != nil {
		t.Fatal(err)
	}
	if _, err := c.centre.n.TakeBackRest(ctx, left); err != nil {
		t.Fatal(err)
	}
	if c.centre.state(foreign) == nil || c.centre.head(held) != until {
		t.Fatalf("what was let in did not come back, or %d of the log and not %d: the test shows nothing", c.centre.head(held), until)
	}
	if err := c.province.n.Reject(ctx, p.EntityID{}, held, "không phải trạm này"); err != nil {
		t.Fatal(err)
	}
	if early { // before the log comes again
		if _, err := c.province.call(c.centre, 1, -1); err == nil {
			t.Fatal("a broken line brought it up")
		}
		got, err := c.centre.n.BringIn(ctx, c.province.id.Device, c.province.sealed(func(p.LogID) bool { return true }))
		if err != nil || got.New == 0 || got.Wrong != nil {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	c.quiet()
	for _, m := range []*machine{c.centre, c.province, c.a} {
		if m.state(foreign) != nil {
			t.Errorf("%s has the dose", m.id.Device)
		}
		if got := m.text(child, registry.SubjectName); got != "Lò Gia Bảo" {
			t.Errorf("%s shows the name %q", m.id.Device, got)
		}
		if got := m.text(child, registry.SubjectMotherName); got != "Lò Thị Một" {
			t.Errorf("%s shows the mother's name %q", m.id.Device, got)
		}
		if got := m.text(child, registry.SubjectHamlet); got != "Na Phay 2" {
			t.Errorf("%s shows the hamlet %q", m.id.Device, got)
		}
	}
	level(t, c.a, c.province, child)
	level(t, c.province, c.centre, child)
	if lost && early && until == 3 {
		// What is left of a state says no more than its values that it had seen the rest of the log. So nobody knows that the mother's
		// name which was corrected stood over another: that one stays in the history.
		return
	}
	c.centre.view(func(tx store.Tx) error {
		changes, err := c.centre.n.Changes(tx, child)
		follows := merge.Fold(nil, changes)
		state, _ := tx.State(child)
		for _, f := range follows.Fields {
			if got := state.Values(f.Field); f.Field != registry.SubjectHamlet && !slices.EqualFunc(got, f.Values, func(x, y p.Value) bool { return x.Dot == y.Dot }) {
				t.Errorf("field %d has %d values, %d follow from the changes", f.Field, len(got), len(f.Values))
			}
		}
		return err
	})
}

// head is how many changes of a log a machine has.
func (m *machine) head(log p.LogID) (head p.Seq) {
	m.t.Helper()
	m.view(func(tx store.Tx) error {
		row, err := tx.Log(log)
		if row != nil {
			head = row.Head
		}
		return err
	})
	return head
}

// upTo is what is left of a database with a log's segments up to a change alone.
type upTo struct {
	store.Remains
	log  p.LogID
	last p.Seq
}

func (u upTo) Segments(fn func(*store.SegmentRow, p.EntityID) error) error {
	return u.Remains.Segments(func(s *store.SegmentRow, via p.EntityID) error {
		if s.Log == u.log && s.First+p.Seq(s.Count)-1 > u.last {
			return nil
		}
		return fn(s, via)
	})
}
