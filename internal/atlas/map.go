package atlas

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Map is the tree of places on one day.
type Map struct {
	a        *Atlas
	day      registry.Day
	rows     map[p.EntityID]*project.PlaceRow // in force, as of the day; Parent is in force as well, or zero
	children map[p.EntityID][]p.EntityID
	roots    []p.EntityID
	next     registry.Day
}

// depthMax bounds the walk up a tree that a mistake may have tied into a loop.
const depthMax = 32

func (a *Atlas) draw(day registry.Day) *Map {
	m := &Map{a: a, day: day, rows: map[p.EntityID]*project.PlaceRow{}, children: map[p.EntityID][]p.EntityID{}}
	for _, id := range a.order {
		r := a.rows[id]
		m.see(r.From)
		m.see(r.Until)
		for i := range r.Former {
			m.see(r.Former[i].Until)
		}
		if r.InForce(day) {
			row := r.On(day)
			m.rows[id] = &row
		}
	}
	for _, id := range a.order {
		r := m.rows[id]
		if r == nil {
			continue
		}
		if r.Parent = m.lift(r.Parent); r.Parent.IsZero() || r.Parent == id {
			r.Parent = p.EntityID{}
			m.roots = append(m.roots, id)
			continue
		}
		m.children[r.Parent] = append(m.children[r.Parent], id)
	}
	return m
}

// lift returns a place of the map that has what a place had: itself, the one place in force that it became or came
// from, else what its parent is lifted to. So a place whose parent was not set anew when that ended keeps a path.
func (m *Map) lift(id p.EntityID) p.EntityID {
	for range depthMax {
		if m.rows[id] != nil {
			return id
		}
		r := m.a.rows[id]
		if r == nil {
			return p.EntityID{}
		}
		if found, lost := m.follow(id); len(lost) == 0 && len(found) == 1 {
			return found[0]
		}
		on := r.On(m.day)
		id = on.Parent
	}
	return p.EntityID{}
}

// see notes a day on which something changes.
func (m *Map) see(day registry.Day) {
	if day > m.day && day != 0 && (m.next == 0 || day < m.next) {
		m.next = day
	}
}

// Day returns the day of the map.
func (m *Map) Day() registry.Day { return m.day }

// Next returns the first day after it on which the map is another one, 0 if no change is known.
func (m *Map) Next() registry.Day { return m.next }

// Roots returns the places that lie in nothing.
func (m *Map) Roots() []p.EntityID { return m.roots }

// InForce reports whether a place is on the map.
func (m *Map) InForce(id p.EntityID) bool { return m.rows[id] != nil }

// Row returns a place of the map: name, code, kind and parent are those of the day. False if it is not in force.
func (m *Map) Row(id p.EntityID) (project.PlaceRow, bool) {
	if r := m.rows[id]; r != nil {
		return *r, true
	}
	return project.PlaceRow{}, false
}

// Rows returns every place of the map in the order of level and code.
func (m *Map) Rows() []project.PlaceRow {
	out := make([]project.PlaceRow, 0, len(m.rows))
	for _, id := range m.a.order {
		if r := m.rows[id]; r != nil {
			out = append(out, *r)
		}
	}
	return out
}

// Parent returns the parent of a place on the map, zero if it has none or is not in force.
func (m *Map) Parent(id p.EntityID) p.EntityID {
	if r := m.rows[id]; r != nil {
		return r.Parent
	}
	return p.EntityID{}
}

// Children returns what lies directly in a place on the map, in the order of level and code.
func (m *Map) Children(id p.EntityID) []p.EntityID { return m.children[id] }

// Path returns a place and what it lies in, nearest first; nothing if it is not in force.
func (m *Map) Path(id p.EntityID) []p.EntityID {
	var path []p.EntityID
	for r := m.rows[id]; r != nil && len(path) < depthMax && !slices.Contains(path, r.ID); r = m.rows[r.Parent] {
		path = append(path, r.ID)
	}
	return path
}

// Now returns the places of the map that hold the territory of a place: itself, or what it became. Of one that ended
// without a successor (a district), what became of the places that last lay in it.
func (m *Map) Now(id p.EntityID) []p.EntityID {
	if m.rows[id] != nil {
		return []p.EntityID{id}
	}
	start := []p.EntityID{id}
	if len(m.a.Successors(id)) == 0 {
		start = m.a.lastBelow(id)
	}
	var out []p.EntityID
	for _, at := range reach(start, m.a.Successors) {
		if m.rows[at] != nil {
			out = appendOnce(out, at)
		}
	}
	return out
}

// Within reports whether a place lies in what top is on the map. Both may have ended: top stands for what holds its
// territory now, place for where a person recorded there stands.
func (m *Map) Within(place, top p.EntityID) bool {
	if place == top {
		return true
	}
	at, _ := m.Stands(place, place)
	path := m.Path(at)
	return slices.ContainsFunc(m.Now(top), func(t p.EntityID) bool { return slices.Contains(path, t) })
}

// lastBelow returns the places whose last parent but for what came after its end was a place.
func (a *Atlas) lastBelow(id p.EntityID) []p.EntityID {
	r := a.rows[id]
	if r == nil || r.Until == 0 {
		return nil
	}
	var out []p.EntityID
	for _, child := range a.below[id] {
		if c := a.rows[child].On(r.Until - 1); c.Parent == id && !c.Void {
			out = append(out, child)
		}
	}
	return out
}
