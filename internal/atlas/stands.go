package atlas

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Stands returns the place of the map at which a person counts whose residence was recorded at one place and resolved
// to another (project.SubjectRow). exact is false where the map cannot say: the smallest place of the map that holds
// every place where they may live is returned, or zero if not even that is known. Everybody stands somewhere once, so
// sums over a country are the same on every map.
func (m *Map) Stands(recorded, residence p.EntityID) (place p.EntityID, exact bool) {
	if m.rows[recorded] != nil {
		return recorded, true
	}
	if m.rows[residence] != nil {
		return residence, true
	}
	// Going back, what was recorded first says most; going on, what is known by now. Where that leads to several places,
	// the other may still lead to one: who went with a part of a commune that was split had been in the whole of it.
	start, other := residence, recorded
	if r := m.a.rows[recorded]; m.a.rows[residence] == nil || r != nil && r.From > m.day {
		start, other = recorded, residence
	}
	found, lost := m.follow(start)
	if len(found) == 1 && len(lost) == 0 {
		return found[0], true
	}
	if one, lost := m.follow(other); len(one) == 1 && len(lost) == 0 {
		return one[0], true
	}
	for _, id := range lost {
		if r := m.a.rows[id]; r != nil {
			if up := m.lift(r.On(m.day).Parent); !up.IsZero() {
				found = appendOnce(found, up)
			}
		}
	}
	if len(found) == 0 {
		return m.lift(start), false
	}
	return m.common(found), false
}

// follow returns the places of the map that a place became, if it ended before, or came from, if it begins later, and
// the places on the way of which nobody says where they led.
func (m *Map) follow(id p.EntityID) (found, lost []p.EntityID) {
	r := m.a.rows[id]
	if r == nil {
		return nil, nil
	}
	next := m.a.Successors
	if r.From != 0 && m.day < r.From {
		next = m.a.Predecessors
	}
	reach([]p.EntityID{id}, func(at p.EntityID) []p.EntityID {
		if m.rows[at] != nil {
			found = append(found, at)
			return nil
		}
		more := next(at)
		if len(more) == 0 {
			lost = append(lost, at)
		}
		return more
	})
	return found, lost
}

// common returns the smallest place of the map that holds all the given ones, zero if none does.
func (m *Map) common(ids []p.EntityID) p.EntityID {
	shared := m.Path(ids[0])
	for _, id := range ids[1:] {
		path := m.Path(id)
		shared = slices.DeleteFunc(shared, func(at p.EntityID) bool { return !slices.Contains(path, at) })
	}
	if len(shared) == 0 {
		return p.EntityID{}
	}
	return shared[0]
}

// Residence resolves a residence as recorded, with the hamlet beside it: of a commune that was split, the one
// successor that has the hamlet, and so on from there. Where no successor or more than one has it, or there is no
// hamlet, it stays at the commune that was split, until a person says more. A commune that only became part of
// another is not left: following one successor needs no knowledge and is done by whoever reads (Stands).
func (a *Atlas) Residence(recorded p.EntityID, hamlet string) p.EntityID {
	key := registry.FoldHamlet(hamlet)
	at, settled := recorded, recorded
	for seen := map[p.EntityID]bool{}; !seen[at]; {
		seen[at] = true
		next := a.Successors(at)
		switch {
		case len(next) == 1:
			at = next[0]
			continue
		case len(next) == 0:
			return settled
		}
		one := p.EntityID{}
		for _, s := range next {
			if key == "" || !a.folded[s][key] {
				continue
			}
			if !one.IsZero() {
				return settled
			}
			one = s
		}
		if one.IsZero() {
			return settled
		}
		at, settled = one, one
	}
	return settled
}

// Choices returns the successors among which somebody has to choose whose residence was resolved no further than this
// place; nothing if there is no doubt.
func (a *Atlas) Choices(residence p.EntityID) []p.EntityID {
	for seen := map[p.EntityID]bool{}; !seen[residence]; {
		seen[residence] = true
		next := a.Successors(residence)
		if len(next) > 1 {
			return next
		}
		if len(next) == 0 {
			return nil
		}
		residence = next[0]
	}
	return nil
}

// Homes returns the residences whose people the lists of a commune show on a day: sure are the commune and what became
// part of it whole, ask are communes of which it got a part, whose people may live here and are to be asked. Both by
// id.
func (a *Atlas) Homes(commune p.EntityID, day registry.Day) (sure, ask []p.EntityID) {
	known := map[p.EntityID]bool{} // to whether it is sure
	var walk func(id p.EntityID, certain bool)
	walk = func(id p.EntityID, certain bool) {
		if was, seen := known[id]; seen && (was || !certain) {
			return
		}
		known[id] = certain
		for _, before := range a.Predecessors(id) {
			if r := a.rows[before]; r.Until != 0 && r.Until <= day {
				walk(before, certain && len(a.Successors(before)) == 1)
			}
		}
	}
	walk(commune, true)
	for id, certain := range known {
		if certain {
			sure = append(sure, id)
		} else {
			ask = append(ask, id)
		}
	}
	slices.SortFunc(sure, p.EntityID.Compare)
	slices.SortFunc(ask, p.EntityID.Compare)
	return sure, ask
}
