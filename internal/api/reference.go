package api

import (
	"fmt"
	"strings"

	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// vaccine is a vaccine as the programme knows it.
type vaccine struct {
	ID        p.EntityID `json:"id"`
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	NameEN    string     `json:"name_en,omitempty"`
	Short     string     `json:"short,omitempty"`
	Antigens  []string   `json:"antigens"`
	Doses     int32      `json:"doses"`
	Order     int32      `json:"order"`
	Route     string     `json:"route,omitempty"`
	Site      string     `json:"site,omitempty"`
	Volume    int32      `json:"volume,omitempty"`
	Programme string     `json:"programme,omitempty"`
}

func (a *API) vaccines(c *Call) (*Answer, error) {
	out := Page[vaccine]{Items: []vaccine{}}
	err := a.desk.Node.Store().View(c.Context(), func(tx store.Tx) error {
		rows, err := tx.Vaccines()
		for _, r := range rows {
			v := vaccine{
				ID: r.ID, Code: r.Code, Name: r.Name, NameEN: r.NameEN, Short: r.Short, Antigens: []string{}, Doses: r.Doses, Order: r.Order,
				Route: r.Route.String(), Site: r.Site.String(), Volume: r.Volume, Programme: r.Programme.String(),
			}
			if r.Antigens != "" {
				v.Antigens = strings.Split(r.Antigens, ";")
			}
			out.Items = append(out.Items, v)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return ok(out)
}

// place is a place as it stands now.
type place struct {
	ID     p.EntityID `json:"id"`
	Parent p.EntityID `json:"parent,omitzero"`
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	NameEN string     `json:"name_en,omitempty"`
	Level  string     `json:"level"`
	Type   string     `json:"type,omitempty"`
	From   string     `json:"from,omitempty"`
	Until  string     `json:"until,omitempty"`
	Void   bool       `json:"void,omitempty"`
}

func placeOf(r *project.PlaceRow) place {
	return place{
		ID: r.ID, Parent: r.Parent, Code: r.Code, Name: r.Name, NameEN: r.NameEN, Level: r.Level.String(), Type: r.Type,
		From: iso(r.From), Until: iso(r.Until), Void: r.Void,
	}
}

// places lists all places, or with ?under= those directly under one, by level and code.
func (a *API) places(c *Call) (*Answer, error) {
	var rows []project.PlaceRow
	err := a.desk.Node.Store().View(c.Context(), func(tx store.Tx) error {
		var err error
		rows, err = tx.Places()
		return err
	})
	if err != nil {
		return nil, err
	}
	if under := c.URL.Query().Get("under"); under != "" {
		top, err := findPlace(rows, under)
		if err != nil {
			return nil, err
		}
		kept := rows[:0]
		for _, r := range rows {
			if r.Parent == top.ID {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	page, err := PageOf(c, rows, func(r *project.PlaceRow) string { return fmt.Sprintf("%d:%s:%s", r.Level, r.Code, r.ID) })
	if err != nil {
		return nil, err
	}
	out := Page[place]{Items: make([]place, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		out.Items[i] = placeOf(&page.Items[i])
	}
	return ok(out)
}

// findPlace finds a place by id or by code (gso:01).
func findPlace(rows []project.PlaceRow, text string) (*project.PlaceRow, error) {
	for i := range rows {
		if rows[i].Code == text || rows[i].ID.String() == text {
			return &rows[i], nil
		}
	}
	return nil, server.NewProblem(server.TypeNotFound).At("place")
}

// Subtree is the part of today's map that a person's role holds for.
type Subtree struct {
	Rows map[p.EntityID]project.PlaceRow
	Top  p.EntityID
	m    *atlas.Map
}

// SubtreeOf reads the map for somebody. For a role held at a facility the commune around it counts: its
// register is the commune's.
func SubtreeOf(d *desk.Desk, who desk.Who) *Subtree {
	t := &Subtree{Rows: map[p.EntityID]project.PlaceRow{}, Top: who.Place, m: d.Map()}
	for _, r := range t.m.Rows() {
		t.Rows[r.ID] = r
	}
	if top := t.Rows[t.Top]; top.Level == registry.LevelFacility && !top.Parent.IsZero() {
		t.Top = top.Parent
	}
	return t
}

// Has reports whether a place lies in it.
func (t *Subtree) Has(id p.EntityID) bool { return !t.Top.IsZero() && t.m.Within(id, t.Top) }

// Check is Has as the error a request ends with.
func (t *Subtree) Check(id p.EntityID) error {
	switch _, known := t.Rows[id]; {
	case !known:
		return desk.ErrNotFound
	case !t.Has(id):
		return server.NewProblem(server.TypeElsewhere)
	}
	return nil
}
