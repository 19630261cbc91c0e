package node_test

import (
	"context"
	"os"
	"testing"

	"tramy/internal/merge"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// sibling enrols another station at a's place.
func (c *country) sibling(t *testing.T) *machine {
	m := newMachine(t, "sibling", true)
	c.province.enrol(m, c.placeA, registry.NodeStation, 103)
	m.sync(c.province)
	c.quiet()
	return m
}

// saved copies what a machine has on its disk; the result puts it back there.
func (m *machine) saved() func() {
	m.t.Helper()
	m.stop()
	backup, disk := m.t.TempDir(), m.disk
	copyDir(m.t, m.dir, backup)
	m.start() // in memory it goes on with a copy
	return func() {
		m.t.Helper()
		m.stop()
		m.disk = disk
		if err := os.RemoveAll(m.dir); err != nil {
			m.t.Fatal(err)
		}
		if err := os.Mkdir(m.dir, 0o700); err != nil {
			m.t.Fatal(err)
		}
		copyDir(m.t, backup, m.dir)
		m.start()
	}
}

func TestWhatOnlyASiblingStillKnowsIsRescued(t *testing.T) {
	c := newCountry(t)
	old := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	sibling := c.sibling(t)
	province, centre := c.province.saved(), c.centre.saved()
	c.quiet()
	c.a.edit(old, registry.SubjectMotherPhone, p.Text("0385000999"))
	child := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.a.sync(c.province)
	sibling.sync(c.province)
	c.province.sync(c.centre)
	c.a.stop() // its disk is lost for ever
	province()
	centre()
	c.province.sync(c.centre)
	if c.centre.state(child) != nil || c.province.state(child) != nil {
		t.Fatal("the backups hold what came after them")
	}
	for range 3 {
		sibling.sync(c.province)
		c.province.sync(c.centre)
	}
	level(t, sibling, c.province, old, child, given)
	level(t, c.province, c.centre, old, child, given)
	if name, lot := c.centre.text(child, registry.SubjectName), c.centre.text(given, registry.DoseLot); name != "Cà Bảo Ngọc" || lot != "A24-123" {
		t.Errorf("the centre has the child %q and the lot %q", name, lot)
	}
	if v := c.centre.state(old).Values(registry.SubjectMotherPhone); len(v) != 1 || !v[0].Data.Equal(p.Text("0385000999")) {
		t.Errorf("phone numbers at the centre: %+v, want the one that had replaced the other", v)
	}
	c.centre.view(func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		authors := map[p.EntityID]bool{}
		for _, r := range rows {
			authors[r.Entity] = true
		}
		if len(authors) != 3 || rows[0].Place != c.placeA || rows[0].AuthorMS == 0 {
			t.Errorf("an officer is shown %d rescued values of %d records: %+v", len(rows), len(authors), rows)
		}
		return err
	})
	// Nobody has their creations any more, and yet they are a child and a dose like any other.
	for _, m := range []*machine{sibling, c.province, c.centre} {
		m.view(func(tx store.Tx) error {
			row, err := tx.SubjectRow(child)
			if err != nil {
				return err
			}
			im, err := tx.ImmunizationRow(given)
			if row == nil || row.Provisional || im == nil || !im.Counted {
				t.Errorf("%s shows the child %+v, the dose %+v", m.id.Device, row, im)
			}
			return err
		})
	}
	before := c.centre.state(child)
	sibling.sync(c.province)
	c.province.sync(c.centre)
	if !merge.Equal(before, c.centre.state(child)) {
		t.Error("the rescue goes on although all is equal")
	}
}

func TestWhatTheUpstreamHoldsElsewhereIsNotRescued(t *testing.T) {
	c := newCountry(t)
	child := c.b.act(subject(t, c.b, c.communeB, "Ở xã khác"))[0]
	sibling := c.sibling(t)
	c.quiet()
	province, centre := c.province.saved(), c.centre.saved()
	// The child is pinned to commune A by a dose that only a's sibling will remember.
	given := c.a.act(dose(t, child, c.placeA, "BCG"))[0]
	c.quiet()
	sibling.sync(c.province)
	if sibling.state(child) == nil {
		t.Fatal("the child did not come with its dose")
	}
	c.a.stop()
	province()
	centre()
	for range 3 {
		c.province.sync(c.centre)
		sibling.sync(c.province)
	}
	level(t, sibling, c.province, child, given)
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.Rescues(0)
		for _, r := range rows {
			if r.Entity != given {
				t.Errorf("field %d of an entity that the hub holds was written again", r.Field)
			}
		}
		if len(rows) == 0 {
			t.Error("the dose was not rescued")
		}
		return err
	})
}

func TestRescueOfAnotherPlaceWaitsForAnOfficer(t *testing.T) {
	c := newCountry(t)
	child := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	c.quiet()
	c.province.edit(child, p.FieldPlace, p.Ref(c.communeB)) // it moves; both communes keep its record
	c.a.act(dose(t, child, c.placeA, "BCG"))
	c.quiet()
	province, centre := c.province.saved(), c.centre.saved()
	given := c.a.act(dose(t, child, c.placeA, "OPV"))[0]
	c.quiet()
	c.a.stop()
	province()
	centre()
	c.province.sync(c.centre)
	var own []p.EntityID
	for i := 0; ; i++ { // the nurse works on while the station compares and rescues
		if res, err := c.b.call(c.province, -1, -1); err != nil {
			t.Fatal(err)
		} else if !res.More && i > 8 {
			break
		}
		if i < 8 {
			own = append(own, c.b.act(subject(t, c.b, c.communeB, "Của trạm B"))[0])
			_, _ = c.b.call(c.province, -1, -1)
		}
	}
	if c.province.state(given) != nil {
		t.Fatal("a station wrote a dose of another place")
	}
	for _, id := range own {
		if c.province.state(id) == nil {
			t.Error("its own work waits with the rescue")
		}
	}
	var held p.LogID
	c.province.view(func(tx store.Tx) error {
		rows, err := tx.HeldLogs()
		if len(rows) != 1 {
			t.Fatalf("%d logs are held, want the rescue's", len(rows))
		}
		held = rows[0].ID
		return err
	})
	if err := c.province.n.Admit(context.Background(), held); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c.b.sync(c.province)
		c.province.sync(c.centre)
	}
	level(t, c.b, c.province, child, given)
	level(t, c.province, c.centre, child, given)
}

// TestWhatWasRescuedIsRescuedAgain: who wrote a child again is lost as well, and those above a second time. What replaced the creation is
// nobody's any more, either, and yet it is a child like any other.
func TestWhatWasRescuedIsRescuedAgain(t *testing.T) {
	c := newCountry(t)
	first := c.sibling(t)
	second := newMachine(t, "second", true)
	c.province.enrol(second, c.placeA, registry.NodeStation, 104)
	second.sync(c.province)
	c.quiet()
	province, centre := c.province.saved(), c.centre.saved()
	lost := func(who *machine) {
		who.stop() // its disk is lost for ever
		province()
		centre()
		c.province.sync(c.centre)
	}
	child := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	c.a.sync(c.province)
	first.sync(c.province)
	lost(c.a)
	for _, m := range []*machine{first, second} {
		for range 3 {
			m.sync(c.province)
			c.province.sync(c.centre)
		}
		level(t, m, c.province, child)
		level(t, c.province, c.centre, child)
		for _, m := range []*machine{m, c.province, c.centre} {
			m.view(func(tx store.Tx) error {
				row, err := tx.SubjectRow(child)
				if row == nil || row.Provisional {
					t.Errorf("%s shows the child %+v", m.id.Device, row)
				}
				return err
			})
		}
		if m == first {
			second.sync(c.province)
			lost(first)
		}
	}
}
