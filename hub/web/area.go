package web

import (
	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// subtree is the part of the map that a person's role holds for. What it holds for is today's; the map may be another
// day's.
type subtree struct {
	m     *atlas.Map
	today *atlas.Map
	rows  map[p.EntityID]project.PlaceRow
	top   p.EntityID
}

// area reads the map for the caller. For a role held at a facility the commune around it counts: its
// register is the commune's. Who only has a family's business has no area.
func (w *Web) area(c *pages.Call) (*subtree, error) { return w.areaOn(c, c.Today) }

// areaOn is area on the map of a day.
func (w *Web) areaOn(c *pages.Call, day registry.Day) (*subtree, error) {
	if !c.May(rights.Read, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	a := &subtree{m: w.hub.Node.Atlas().At(day), today: c.Desk.Map(), rows: map[p.EntityID]project.PlaceRow{}}
	for _, r := range a.m.Rows() {
		a.rows[r.ID] = r
	}
	a.top = c.Who.Place
	if row, ok := a.today.Row(a.top); ok && row.Level == registry.LevelFacility && !row.Parent.IsZero() {
		a.top = row.Parent
	}
	return a, nil
}

// path returns a place and its ancestors, nearest first; of one that has ended, those of what it became.
func (a *subtree) path(id p.EntityID) []p.EntityID {
	at, _ := a.m.Stands(id, id)
	return a.m.Path(at)
}

// has reports whether a place lies in the area.
func (a *subtree) has(id p.EntityID) bool { return !a.top.IsZero() && a.today.Within(id, a.top) }

// check is has as the error a request ends with.
func (a *subtree) check(id p.EntityID) error {
	switch _, known := a.rows[id]; {
	case !known:
		return desk.ErrNotFound
	case !a.has(id):
		return server.NewProblem(server.TypeElsewhere)
	}
	return nil
}

// residence is the commune whose children a facility looks after; any other place is its own.
func (a *subtree) residence(place p.EntityID) p.EntityID {
	if row := a.rows[place]; row.Level == registry.LevelFacility && !row.Parent.IsZero() {
		return row.Parent
	}
	return place
}
