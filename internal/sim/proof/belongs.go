package proof

import (
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// belongs checks, on a map that never changed, that each record of a case is in the scopes of the places that the case names
// and in no other: a child that moves is at both, a link taken apart with either.
func (c *checker) belongs(tx store.Tx, r *replica) error {
	parent, ok := steadyMap(r.states)
	if !ok {
		return nil
	}
	who := peopleOf(r.states)
	at := map[p.EntityID][]p.EntityID{} // by case, linked subjects as one
	about := func(s *p.State) []p.EntityID {
		sets := []p.EntityID{}
		if s.Kind == kindSubject {
			sets = append(sets, who.one.find(s.ID))
		}
		for _, id := range namedBy(s) {
			sets = append(sets, who.one.find(id))
		}
		return sets
	}
	for _, s := range r.states {
		if s.Kind.Audience() != p.AudienceCase {
			continue
		}
		for _, v := range s.Values(p.FieldPlace) {
			place, _ := v.Data.Ref()
			if place.IsZero() {
				continue
			}
			if up, facility := parent[place]; facility {
				place = up
			}
			for _, set := range about(s) {
				if !slices.Contains(at[set], place) {
					at[set] = append(at[set], place)
				}
			}
		}
	}
	for _, s := range r.states {
		if s.Kind.Audience() != p.AudienceCase {
			continue
		}
		want := map[p.EntityID]bool{}
		for _, set := range about(s) {
			for _, place := range at[set] {
				want[place] = true
			}
		}
		if len(want) == 0 {
			continue
		}
		rows, err := tx.Routes(s.ID)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Left {
				continue
			}
			if !want[rows[i].Scope] {
				c.wrong("%s has %s, kind %d, in a scope where its case is not", r.Name, s.ID, s.Kind)
			}
			delete(want, rows[i].Scope)
		}
		for scope := range want {
			c.wrong("%s has %s, kind %d, and not in scope %s, where its case is", r.Name, s.ID, s.Kind, scope)
		}
	}
	return nil
}

// steadyMap returns the commune of each facility. It is not ok where the map ever changed, or a case was let go: then where a
// record belongs depends on days.
func steadyMap(states map[p.EntityID]*p.State) (parent map[p.EntityID]p.EntityID, ok bool) {
	parent = map[p.EntityID]p.EntityID{}
	for _, s := range states {
		if len(s.Values(p.FieldReleased)) > 0 {
			return nil, false
		}
		if s.Kind != kindPlace {
			continue
		}
		if len(s.Values(placeSuccessors)) > 0 || len(s.Values(placeFormer)) > 0 || len(s.Values(p.FieldPlace)) > 1 {
			return nil, false
		}
		if number(s, placeLevel) == levelFacility {
			parent[s.ID] = ref(s, p.FieldPlace)
		}
	}
	return parent, true
}
