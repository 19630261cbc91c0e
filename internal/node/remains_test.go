package node_test

import (
	"context"
	"fmt"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// The centre had a correction of a station that was rolled back afterwards and wrote another under its number. The centre's
// database is damaged, the hub set back to before both, so that the other is the first that the centre hears of now. What is
// left of its database still says the first correction, of the same child or of another one, before the other comes or after.
// It may not stand, nor hide what it had replaced, nor the other, whatever the station had written it about; a child that was
// registered under the number does not stand at all. What had gone down meanwhile and stands nowhere else is rescued.
func TestDamagedCentreShowsNothingOfAContentThatDoesNotCount(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, elsewhere := range []bool{false, true} {
			for _, more := range []bool{false, true} {
				t.Run(fmt.Sprintf("late %v, about another child %v, something lost for good %v", late, elsewhere, more), func(t *testing.T) {
					contentThatDoesNotCount(t, late, elsewhere, more)
				})
			}
		}
	}
}

func contentThatDoesNotCount(t *testing.T, late, elsewhere, more bool) {
	ctx := context.Background()
	c := countryOn(t, true)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	second := child
	if elsewhere {
		second = c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	}
	c.quiet()
	var gone p.LogID
	if more { // the centre alone wrote it, and its log is lost
		c.centre.edit(child, registry.SubjectGuardianName, p.Text("Bà ngoại"))
		gone = c.centre.state(child).Values(registry.SubjectGuardianName)[0].Dot.Log
	}
	hub, back := c.province.saved(), c.a.frozen()
	c.a.edit(child, registry.SubjectMotherPhone, p.Text("0385000999"))
	first := c.a.state(child).Values(registry.SubjectMotherPhone)[0].Dot
	registered := c.a.act(subject(t, c.a, c.communeA, "Lần một"))[0]
	c.a.sync(c.province)
	c.province.sync(c.centre)
	left := store.Remains(without{c.centre.disk.Remains(none), gone})
	if late {
		left = without{left, first.Log} // or it would be known before the other comes
	}

	c.centre.stop()
	c.centre.disk = memory.New()
	c.centre.unjournaled = more
	c.centre.start()
	hub()
	back()
	c.a.edit(second, registry.SubjectHamlet, p.Text("Na Phay 2"))
	if other := c.a.state(second).Values(registry.SubjectHamlet)[0].Dot; other != first {
		t.Fatalf("the station wrote %s, not %s again", other, first)
	}
	c.a.edit(second, registry.SubjectNote, p.Text("Gọi buổi tối")) // under the number by which the child was registered
	if _, err := c.centre.n.TakeBackFirst(ctx, left); err != nil {
		t.Fatal(err)
	}
	if !late {
		c.a.sync(c.province)
		c.province.sync(c.centre)
	}
	if _, err := c.centre.n.TakeBackRest(ctx, left); err != nil {
		t.Fatal(err)
	}
	if got := c.centre.text(child, registry.SubjectMotherPhone); late && (got != "0385000999" || c.centre.state(registered) == nil) {
		t.Fatalf("what is left does not say what was written first, but %q", got)
	}
	c.a.sync(c.province)
	c.province.sync(c.centre)
	var byHub p.LogID
	check := func(m *machine, rescued bool) {
		t.Helper()
		wantPhone, wantFrom := "0385000412", child.Birth().Log
		if rescued && elsewhere { // the hub's log has the other content, and the centre has seen neither of this child
			wantPhone, wantFrom = "0385000999", byHub
		}
		if v := m.state(child).Values(registry.SubjectMotherPhone); len(v) != 1 || v[0].Dot.Log != wantFrom {
			t.Errorf("%s has the telephone numbers %+v", m.id.Device, v)
		}
		if got := m.text(child, registry.SubjectMotherPhone); got != wantPhone {
			t.Errorf("%s has the telephone number %q, want %q", m.id.Device, got, wantPhone)
		}
		if s := m.state(registered); s != nil != rescued || rescued && s.Values(registry.SubjectName)[0].Dot.Log != byHub {
			t.Errorf("%s has of the child that was registered %+v, rescued %v", m.id.Device, s, rescued)
		}
		for f, want := range map[p.Field]string{registry.SubjectHamlet: "Na Phay 2", registry.SubjectNote: "Gọi buổi tối"} {
			if got := m.text(second, f); got != want {
				t.Errorf("%s has %q in field %d, want %q", m.id.Device, got, f, want)
			}
		}
		if got := m.text(child, registry.SubjectGuardianName); more && got != "Bà ngoại" {
			t.Errorf("%s has the guardian %q", m.id.Device, got)
		}
	}
	check(c.centre, false)
	c.quiet()
	if late { // what had gone down before and nobody has the change of was written again by the hub
		byHub = c.province.state(registered).Values(registry.SubjectName)[0].Dot.Log
		c.province.view(func(tx store.Tx) error {
			if row, err := tx.Log(byHub); err != nil || row == nil || !row.Own {
				t.Errorf("what is rescued comes from log %s: %+v, %v", byHub, row, err)
			}
			return nil
		})
	}
	for _, m := range []*machine{c.a, c.province, c.centre} {
		check(m, late)
	}
	level(t, c.a, c.province, child, second)
	level(t, c.province, c.centre, child, second)
}
