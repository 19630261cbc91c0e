package node_test

import (
	"context"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// counted is how many doses the aggregate holds.
func counted(t *testing.T, m *machine) int64 {
	t.Helper()
	var sum int64
	err := m.st.View(context.Background(), func(tx store.Tx) error {
		rows, err := tx.Coverage(store.CoverageQuery{})
		for _, r := range rows {
			sum += r.Count
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// A dose that two people moved to two children at once has one row, with the child that stands; computing
// the other child's case anew must leave it alone.
func TestDoseClaimedByTwoChildrenKeepsItsRow(t *testing.T) {
	c := newCountry(t)
	x := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"))[0]
	y := c.a.act(subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))[0]
	z := c.a.act(subject(t, c.a, c.communeA, "Vàng Mai Chi"))[0]
	d := c.a.act(dose(t, x, c.placeA, "BCG"))[0]
	c.quiet()
	c.a.edit(d, p.FieldSubject, p.Ref(y))
	c.province.edit(d, p.FieldSubject, p.Ref(z))
	c.quiet()
	for _, m := range []*machine{c.a, c.centre} {
		if got := counted(t, m); got != 1 {
			t.Fatalf("the dose counts %d times", got)
		}
	}
	for _, child := range []p.EntityID{x, y, z} {
		c.centre.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
		if got := counted(t, c.centre); got != 1 {
			t.Errorf("after an edit of one of the children the dose counts %d times", got)
		}
	}
}
