package project

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// CasePlaces returns the scopes a case goes to, in order: scope of every live value of the place of
// every entity in it (a subject's place is its residence), known kinds or not, without those that have
// let the case go. It is a pure function of states, so every node computes the same (design 1.8).
//
// scope maps a place to the place whose feed carries what happens there; a facility that released the
// case released it for its whole scope.
func CasePlaces(states []*p.State, scope func(place p.EntityID) p.EntityID) []p.EntityID {
	var scopes, released []p.EntityID
	for _, s := range states {
		scopes = appendScopes(scopes, s, scope)
		if s.Kind != registry.KindSubject {
			continue
		}
		for _, v := range s.Values(p.FieldReleased) {
			list, _ := v.Data.List()
			for _, d := range list {
				if place, ok := d.Ref(); ok {
					released = append(released, scope(place))
				}
			}
		}
	}
	return slices.DeleteFunc(sortedSet(scopes), func(place p.EntityID) bool {
		return slices.Contains(released, place)
	})
}

// EntityPlaces returns the scopes of an entity that belongs to its place: scope of every live value of
// its place, in order.
func EntityPlaces(s *p.State, scope func(place p.EntityID) p.EntityID) []p.EntityID {
	return sortedSet(appendScopes(nil, s, scope))
}

func appendScopes(scopes []p.EntityID, s *p.State, scope func(p.EntityID) p.EntityID) []p.EntityID {
	for _, v := range s.Values(p.FieldPlace) {
		if place, ok := v.Data.Ref(); ok && !place.IsZero() {
			scopes = append(scopes, scope(place))
		}
	}
	return scopes
}

func sortedSet(ids []p.EntityID) []p.EntityID {
	slices.SortFunc(ids, p.EntityID.Compare)
	return slices.Compact(ids)
}
