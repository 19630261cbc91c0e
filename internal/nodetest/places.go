package nodetest

import (
	"context"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// AmendPlace edits a place at the centre, as a change of the map does.
func (tr *Tree) AmendPlace(t testing.TB, id p.EntityID, change func(*registry.PlaceInput)) {
	t.Helper()
	_, err := tr.Hub.Node.Append(context.Background(), tr.Admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		in := registry.PlaceOf(s).PlaceInput
		change(&in)
		d, err := registry.EditFields(s, in.Patch(s), registry.SawOf(s))
		return []registry.Draft{d}, err
	})
	must(t, err)
}

// Place finds a place at the centre by its code.
func (tr *Tree) Place(t testing.TB, code string) p.EntityID {
	t.Helper()
	row, known := tr.Hub.Node.Atlas().ByCode(code, tr.Hub.Today())
	if !known {
		t.Fatalf("the centre does not know %s", code)
	}
	return row.ID
}
