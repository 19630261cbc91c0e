package atlas

import (
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Days returns the days on which the map of communes and what they lie in became another one, oldest first. Facilities
// open and move too often to be a new map each time.
func (a *Atlas) Days() []registry.Day {
	seen := map[registry.Day]bool{0: true}
	var days []registry.Day
	see := func(d registry.Day) {
		if !seen[d] {
			seen[d] = true
			days = append(days, d)
		}
	}
	for _, r := range a.rows {
		if r.Level == registry.LevelFacility || r.Void {
			continue
		}
		see(r.From)
		see(r.Until)
		for i := range r.Former {
			see(r.Former[i].Until)
		}
	}
	slices.Sort(days)
	return days
}

// Holding returns the places of the map that hold territory of a place: itself, what it became, or, if it begins
// later, what it came from.
func (m *Map) Holding(id p.EntityID) []p.EntityID {
	r := m.a.rows[id]
	if r == nil || r.From == 0 || r.From <= m.day {
		return m.Now(id)
	}
	var out []p.EntityID
	for _, at := range reach([]p.EntityID{id}, func(at p.EntityID) []p.EntityID {
		if m.rows[at] != nil {
			return nil
		}
		return m.a.Predecessors(at)
	}) {
		if m.rows[at] != nil {
			out = append(out, at)
		}
	}
	return out
}

// Covers reports whether who looks after one place looks after another on the map: whether it lies in anything that
// holds the territory of top. Of a place that is not on the map, whether anything that holds its territory does.
func (m *Map) Covers(top, place p.EntityID) bool {
	tops := m.Holding(top)
	return place == top || slices.ContainsFunc(m.Holding(place), func(at p.EntityID) bool {
		return slices.ContainsFunc(m.Path(at), func(up p.EntityID) bool { return slices.Contains(tops, up) })
	})
}

// Register returns the place whose register is kept at a place: of a facility the commune that it lies in.
func (m *Map) Register(place p.EntityID) p.EntityID {
	if r := m.rows[place]; r != nil && r.Level == registry.LevelFacility && !r.Parent.IsZero() {
		return r.Parent
	}
	return place
}
