package desk

import (
	"slices"

	"tramy/internal/atlas"
	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Map is the map of today.
func (d *Desk) Map() *atlas.Map { return d.Node.Atlas().At(d.Today()) }

// Within reports whether a place lies, today, in what the person's role holds for. Of an account at a place that has
// ended, the role holds for what that place became.
func (d *Desk) Within(who Who, place p.EntityID) bool {
	return !who.Place.IsZero() && d.Map().Within(place, who.Place)
}

// Home is the commune whose people a station looks after. The zero Home is a hub's, where nobody is a visitor.
type Home struct {
	Commune p.EntityID
	sure    []p.EntityID // residences that mean it
	ask     []p.EntityID // residences that may mean it: communes that were split
}

// Home returns the commune of this node's place on today's map.
func (d *Desk) Home() Home {
	id := d.Node.Identity()
	if id.Role == registry.NodeHub {
		return Home{}
	}
	a, today := d.Node.Atlas(), d.Today()
	h := Home{Commune: communeOf(a.At(today), id.Place)}
	h.sure, h.ask = a.Homes(h.Commune, today)
	return h
}

// Residences returns the residences whose people this home's lists show, nil (anywhere) at a hub.
func (h *Home) Residences() []p.EntityID { return slices.Concat(h.sure, h.ask) }

// Has reports whether somebody lives here, or may: a person of a commune that was split is no visitor to any part of it.
func (h *Home) Has(row *project.SubjectRow) bool {
	return slices.Contains(h.sure, row.Residence) || slices.Contains(h.ask, row.Residence)
}

// Asks reports whether somebody's commune was split, a part of it came here, and nobody has said yet where they live.
func (h *Home) Asks(row *project.SubjectRow) bool { return slices.Contains(h.ask, row.Residence) }

// communeOf is the commune a facility lies in on a map, or the place itself; what has ended stands for what it became.
func communeOf(m *atlas.Map, place p.EntityID) p.EntityID {
	at, exact := m.Stands(place, place)
	row, ok := m.Row(at)
	if !ok || !exact {
		return place
	}
	if row.Level == registry.LevelFacility && !row.Parent.IsZero() {
		return row.Parent
	}
	return at
}
