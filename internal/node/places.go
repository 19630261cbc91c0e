package node

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// placeTree is the tree of places as it stands, immutable once built.
type placeTree struct {
	version  uint64
	rows     map[p.EntityID]project.PlaceRow
	children map[p.EntityID][]p.EntityID // in order of id
}

func loadPlaces(tx store.Tx) (*placeTree, error) {
	rows, err := tx.Places()
	if err != nil {
		return nil, err
	}
	version, err := tx.Counter(counterPlaces)
	if err != nil {
		return nil, err
	}
	t := &placeTree{version: version, rows: make(map[p.EntityID]project.PlaceRow, len(rows)), children: map[p.EntityID][]p.EntityID{}}
	for _, r := range rows {
		t.rows[r.ID] = r
		if !r.Parent.IsZero() {
			t.children[r.Parent] = append(t.children[r.Parent], r.ID)
		}
	}
	for _, c := range t.children {
		slices.SortFunc(c, p.EntityID.Compare)
	}
	return t, nil
}

// scope returns the place whose feed carries what happens at a place: all stations and points of a
// commune share the commune's register, every other place is its own scope.
func (t *placeTree) scope(place p.EntityID) p.EntityID {
	r, ok := t.rows[place]
	if ok && r.Level == registry.LevelFacility && !r.Parent.IsZero() {
		switch r.Type {
		case registry.PlaceStation, registry.PlacePoint, registry.PlaceTemporary:
			return r.Parent
		}
	}
	return place
}

// within reports whether place lies in the subtree of top.
func (t *placeTree) within(place, top p.EntityID) bool {
	for range placeDepthMax {
		if place == top {
			return true
		}
		r, ok := t.rows[place]
		if !ok || r.Parent.IsZero() {
			return false
		}
		place = r.Parent
	}
	return false
}

// placeDepthMax bounds the walk up a tree that a mistake may have tied into a loop.
const placeDepthMax = 32

// scopesOf returns the scopes a device at a place is served, in order: what goes to everybody (zero), then
// its place's scope or, for a hub, all scopes of its subtree.
func (t *placeTree) scopesOf(role registry.NodeRole, place p.EntityID) []p.EntityID {
	scopes := []p.EntityID{{}}
	if role != registry.NodeHub {
		return append(scopes, t.scope(place))
	}
	seen := map[p.EntityID]bool{}
	var walk func(id p.EntityID)
	walk = func(id p.EntityID) {
		if seen[id] {
			return
		}
		seen[id] = true
		if t.scope(id) == id {
			scopes = append(scopes, id)
		}
		for _, c := range t.children[id] {
			walk(c)
		}
	}
	walk(place)
	slices.SortFunc(scopes, p.EntityID.Compare)
	return scopes
}
