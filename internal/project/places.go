package project

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Scope maps a place to the place whose feed carries what happened there on a day; day 0 stands for what has no date
// (atlas.Atlas.Scope).
type Scope func(place p.EntityID, on registry.Day) p.EntityID

// CasePlaces returns the scopes a case goes to, in order: scope of every live value of the place of
// every entity in it (a subject's place is its residence), known kinds or not, without those that have
// let the case go. A dose was given where its place lay on its day. It is a pure function of states, so every node
// computes the same (design 1.8).
//
// A facility that released the case released it for the scope that it had first: the machines that let go name all of
// theirs.
func CasePlaces(states []*p.State, scope Scope) []p.EntityID {
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
					released = append(released, scope(place, 0))
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
func EntityPlaces(s *p.State, scope Scope) []p.EntityID {
	return sortedSet(appendScopes(nil, s, scope))
}

// appendScopes adds the scopes of an entity that are not there yet: a case names few, many times. Where two days stand
// against each other, both count.
func appendScopes(scopes []p.EntityID, s *p.State, scope Scope) []p.EntityID {
	values := s.Values(p.FieldPlace)
	for i := range values {
		place, ok := values[i].Data.Ref()
		if !ok || place.IsZero() {
			continue
		}
		for _, day := range actDays(s) {
			if at := scope(place, day); !slices.Contains(scopes, at) {
				scopes = append(scopes, at)
			}
		}
	}
	return scopes
}

var undated = []registry.Day{0}

// actDays returns the days on which what an entity tells happened at its place; 0 if it has none.
func actDays(s *p.State) []registry.Day {
	field := registry.ActDayOf(s.Kind)
	if field == 0 {
		return undated
	}
	values := s.Values(field)
	var days []registry.Day
	for i := range values {
		if n, ok := values[i].Data.Int(); ok && registry.IsDay(n) && !slices.Contains(days, registry.Day(n)) {
			days = append(days, registry.Day(n))
		}
	}
	if len(days) == 0 {
		return undated
	}
	return days
}

func sortedSet(ids []p.EntityID) []p.EntityID {
	slices.SortFunc(ids, p.EntityID.Compare)
	return slices.Compact(ids)
}
