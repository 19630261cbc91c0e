package node_test

import (
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
)

// TestRowsFollowWhereAnotherKindStandsAbove: what a machine that was set back wrote under a dot is of another kind than what
// its hub has under it. No row of what it was stays behind when the hub's takes its place.
func TestRowsFollowWhereAnotherKindStandsAbove(t *testing.T) {
	kinds := []string{"child", "dose", "link"}
	for i, above := range kinds {
		for j, here := range kinds {
			if i == j {
				continue
			}
			t.Run(above+" above, "+here+" here", func(t *testing.T) { otherKind(t, i, j) })
		}
	}
}

func otherKind(t *testing.T, above, here int) {
	c := newCountry(t)
	children := c.a.act(subject(t, c.a, c.communeA, "Lò Gia Bảo"), subject(t, c.a, c.communeA, "Cà Bảo Ngọc"))
	first := c.a.act(dose(t, children[0], c.placeA, "BCG"), dose(t, children[1], c.placeA, "BCG"))
	c.quiet()
	link, err := registry.NewLink(children[0], children[1], true)
	if err != nil {
		t.Fatal(err)
	}
	acts := []registry.Draft{subject(t, c.a, c.communeA, "Vàng Mai Chi"), dose(t, children[0], c.placeA, "OPV"), link}
	back := c.a.frozen()
	once := c.a.act(acts[above])
	c.a.sync(c.province)
	back()
	if twice := c.a.act(acts[here]); twice[0] != once[0] {
		t.Fatal("the machine did not write the same dot again")
	}
	c.quiet()
	level(t, c.a, c.province, append(first, once[0])...)
	for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
		rowsFollow(t, m, "the set-back, at the "+name)
		m.view(func(tx store.Tx) error {
			doses, people := map[bool]int64{true: 3, false: 2}, map[bool]int64{true: 3, false: 2}
			got, err := tx.Counts()
			if got.Doses != doses[above == 1 || here == 1] || got.Subjects != people[above == 0 || here == 0] {
				t.Errorf("%s has rows of %d doses and %d children", name, got.Doses, got.Subjects)
			}
			for _, id := range children {
				links, err := tx.LinksOf(id)
				if want := above == 2 || here == 2; err != nil || len(links) != map[bool]int{true: 1}[want] {
					t.Errorf("%s has %d links of a child: %v", name, len(links), err)
				}
			}
			return err
		})
	}
}
