package atlas

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// What is recorded at a place is routed by the place as recorded, for ever: a reform moves no case. Instead a
// machine is served more feeds: that of a commune, and those of everything the commune was made of. No clock has a
// say: what a place will be on a day to come counts already, so nothing moves at midnight.

// Scope returns the place whose feed carries what happened at a place on a day: all stations and points of a commune
// share the commune's register, every other place is its own scope. A facility that moved had another commune before;
// what is not dated (day 0) belongs to the first.
func (a *Atlas) Scope(place p.EntityID, on registry.Day) p.EntityID {
	r := a.rows[place]
	if r == nil || r.Level != registry.LevelFacility {
		return place
	}
	kind, parent := r.Type, r.Parent
	if len(r.Former) > 0 && on == 0 {
		kind, parent = r.Former[0].Type, r.Former[0].Parent
	} else if x, ok := registry.FormerOn(r.Former, on); ok {
		kind, parent = x.Type, x.Parent
	}
	if parent.IsZero() || !registry.SharesRegister(kind) {
		return place
	}
	return parent
}

// ScopesEver returns every scope that a place has or once had, the first one first.
func (a *Atlas) ScopesEver(place p.EntityID) []p.EntityID {
	out := []p.EntityID{a.Scope(place, 0)}
	if r := a.rows[place]; r != nil && len(r.Former) > 0 {
		for i := range r.Former {
			out = appendOnce(out, a.Scope(place, r.Former[i].Until-1))
		}
		out = appendOnce(out, a.Scope(place, r.Former[len(r.Former)-1].Until))
	}
	return out
}

// Lineage returns places and everything they were made of, each once.
func (a *Atlas) Lineage(places ...p.EntityID) []p.EntityID {
	return reach(places, func(id p.EntityID) []p.EntityID { return a.after[id] })
}

// StationScopes returns the scopes of a station or facility at a place: everybody's (zero), and those of every commune
// that it has or had, with everything those were made of. In order.
func (a *Atlas) StationScopes(place p.EntityID) []p.EntityID {
	at := a.ScopesEver(place)
	// A station that was joined to another, or whose commune was joined whole, goes on there.
	for _, id := range append([]p.EntityID{place}, at...) {
		for _, next := range a.onward(id) {
			at = append(at, a.ScopesEver(next)...)
		}
	}
	return sorted(append(a.Lineage(at...), p.EntityID{}))
}

// Above returns a place and everything it lies or once lay in.
func (a *Atlas) Above(id p.EntityID) []p.EntityID { return reach([]p.EntityID{id}, a.Parents) }

// Named reports whether any place names one as its parent or successor, known itself or not.
func (a *Atlas) Named(id p.EntityID) bool { return len(a.below[id]) > 0 || len(a.after[id]) > 0 }

// onward returns what a place became while it stayed whole.
func (a *Atlas) onward(id p.EntityID) []p.EntityID {
	return reach([]p.EntityID{id}, func(at p.EntityID) []p.EntityID {
		if next := a.Successors(at); len(next) == 1 {
			return next
		}
		return nil
	})[1:]
}

// HubScopes returns the scopes of a hub at a place: everybody's (zero), and those of everything that lies or once lay
// in the place or in what it was made of. A hub whose place ended goes on with what that became, or, if it became
// nothing (a district), with what its communes became. In order.
//
// devices are all that are known: a hub is also served what the machines below it are, so that they never ask in vain.
func (a *Atlas) HubScopes(hub, place p.EntityID, devices []project.DeviceRow) []p.EntityID {
	places := a.territory(place)
	out := []p.EntityID{{}}
	seen := map[p.EntityID]bool{hub: true}
	for queue := []p.EntityID{hub}; len(queue) > 0; queue = queue[1:] {
		for i := range devices {
			d := &devices[i]
			if d.Up != queue[0] || d.Revoked || seen[d.ID] {
				continue
			}
			seen[d.ID] = true
			if d.Role == registry.NodeHub {
				places = append(places, a.territory(d.Place)...)
				queue = append(queue, d.ID)
			} else {
				out = append(out, a.StationScopes(d.Place)...)
			}
		}
	}
	for _, id := range reach(places, func(id p.EntityID) []p.EntityID { return a.after[id] }, func(id p.EntityID) []p.EntityID { return a.below[id] }) {
		out = append(out, a.ScopesEver(id)...)
	}
	return sorted(out)
}

// territory returns the tops below which a hub's scopes lie.
func (a *Atlas) territory(place p.EntityID) []p.EntityID {
	r := a.rows[place]
	if r == nil || r.Until == 0 {
		return []p.EntityID{place}
	}
	if len(r.Successors) > 0 {
		return reach([]p.EntityID{place}, a.Successors)
	}
	return append([]p.EntityID{place}, reach(a.lastBelow(place), a.Successors)...)
}

// PlaceScopes returns to whom a place itself goes: to everybody while it has no end; afterwards to those who have it,
// and who hold what lay in it, because they still have to know where that was. So a new machine gets today's tree and the
// history of its own places.
func (a *Atlas) PlaceScopes(id p.EntityID) []p.EntityID {
	r := a.rows[id]
	if r == nil || r.Until == 0 {
		return []p.EntityID{{}}
	}
	var out []p.EntityID
	for _, at := range reach([]p.EntityID{id}, func(id p.EntityID) []p.EntityID { return a.below[id] }) {
		out = append(out, a.ScopesEver(at)...)
	}
	return sorted(append(out, id))
}

// WithinEver reports whether a place belongs, or once belonged, to what one of some places is or became. It is the rule by which a hub
// judges what a machine wrote: one that was dark during a reform is not refused for having written by its old map, nor one
// that has heard of it for the new.
func (a *Atlas) WithinEver(place p.EntityID, tops ...p.EntityID) bool {
	if slices.Contains(tops, place) {
		return true
	}
	tops = reach(tops, a.Successors)
	return slices.ContainsFunc(reach([]p.EntityID{place}, a.Parents, a.Successors), func(at p.EntityID) bool { return slices.Contains(tops, at) })
}

// ScopeMoved reports whether what happens at a place is routed otherwise by one atlas than by another, and from which
// day on; 0 if that is true of what has no date, too.
func ScopeMoved(before, after *Atlas, place p.EntityID) (since registry.Day, moved bool) {
	if before.Scope(place, 0) != after.Scope(place, 0) {
		return 0, true
	}
	for _, a := range []*Atlas{before, after} {
		if r := a.rows[place]; r != nil {
			for i := range r.Former {
				day := r.Former[i].Until
				if before.Scope(place, day) != after.Scope(place, day) && (!moved || day < since) {
					since, moved = day, true
				}
			}
		}
	}
	return since, moved
}

func sorted(ids []p.EntityID) []p.EntityID {
	slices.SortFunc(ids, p.EntityID.Compare)
	return slices.Compact(ids)
}
