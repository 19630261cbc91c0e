package node_test

import (
	"slices"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A folder of the version before holds rows without hamlets and successors, and ended places that went to everybody: the
// next start reads both from the states.
func TestPlacesOfAnOlderFolderAreReadAnew(t *testing.T) {
	m := newMachine(t, "old", false)
	nation := m.root()
	draft, err := registry.NewPlace(registry.PlaceInput{
		Parent: nation, Code: "gso:1", Name: "Xã Cũ", Level: registry.LevelCommune, Until: 20_000, Successors: []p.EntityID{nation}, Hamlets: []string{"Bản 1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	old := m.act(draft)[0]
	update := func(fn func(tx store.Tx) error) {
		t.Helper()
		if err := m.st.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	scopes := func() (at []p.EntityID) {
		update(func(tx store.Tx) error {
			rows, err := tx.Routes(old)
			for _, r := range rows {
				if !r.Left {
					at = append(at, r.Scope)
				}
			}
			return err
		})
		return at
	}
	update(func(tx store.Tx) error {
		row, err := tx.Place(old)
		if err != nil {
			return err
		}
		row.Hamlets, row.Successors = nil, nil
		if err := tx.PutPlaceRow(row); err != nil {
			return err
		}
		routes, err := tx.Routes(old)
		if err != nil {
			return err
		}
		routes[0].Scope = p.EntityID{}
		if err := tx.DeleteRoutes(old); err != nil {
			return err
		}
		if err := tx.PutRoute(&routes[0]); err != nil {
			return err
		}
		return tx.SetCounter("places.version", 0)
	})
	m.stop()
	m.start()
	row, ok := m.n.Atlas().Row(old)
	if !ok || !slices.Equal(row.Hamlets, []string{"Bản 1"}) || !slices.Equal(row.Successors, []p.EntityID{nation}) {
		t.Errorf("read anew: %+v", row)
	}
	if at := scopes(); !slices.Equal(at, []p.EntityID{old}) {
		t.Errorf("it goes to %v", at)
	}
	// Once is enough: a second start touches nothing.
	feed := func() (n uint64) {
		update(func(tx store.Tx) (err error) {
			n, err = tx.Counter("feed")
			return err
		})
		return n
	}
	before := feed()
	m.stop()
	m.start()
	if after := feed(); after != before {
		t.Errorf("the feed went from %d to %d", before, after)
	}
}
