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
	var places, released []p.EntityID
	for _, s := range states {
		places = appendPlaces(places, s)
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
	return slices.DeleteFunc(scopesOf(places, scope), func(place p.EntityID) bool {
		return slices.Contains(released, place)
	})
}

// EntityPlaces returns the scopes of an entity that belongs to its place: scope of every live value of
// its place, in order.
func EntityPlaces(s *p.State, scope func(place p.EntityID) p.EntityID) []p.EntityID {
	return scopesOf(appendPlaces(nil, s), scope)
}

// appendPlaces adds the places of an entity that are not there yet: a case names few, many times.
func appendPlaces(places []p.EntityID, s *p.State) []p.EntityID {
	values := s.Values(p.FieldPlace)
	for i := range values {
		if place, ok := values[i].Data.Ref(); ok && !place.IsZero() && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// scopesOf returns the scopes of places, in order.
func scopesOf(places []p.EntityID, scope func(p.EntityID) p.EntityID) []p.EntityID {
	for i := range places {
		places[i] = scope(places[i])
	}
	return sortedSet(places)
}

func sortedSet(ids []p.EntityID) []p.EntityID {
	slices.SortFunc(ids, p.EntityID.Compare)
	return slices.Compact(ids)
}
