package web

import (
	"net/url"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Moving a place goes like moving a file: one says "move" where it is, walks the tree to where it shall be,
// and presses "here". Nothing is written before that.

// moving is the place that is on its way; nil if none is.
func (w *Web) moving(c *pages.Call, area *subtree, text string) (*project.PlaceRow, error) {
	if text == "" || !c.May(rights.Amend, registry.KindPlace) {
		return nil, nil
	}
	id, err := entity(text)
	if err != nil {
		return nil, err
	}
	if err := area.check(id); err != nil {
		return nil, err
	}
	row := area.rows[id]
	return &row, nil
}

// moveNotes offer to move the place looked at, or to put here what is on its way.
func (w *Web) moveNotes(c *pages.Call, area *subtree, here, moving *project.PlaceRow) []ui.Note {
	switch {
	case !c.May(rights.Amend, registry.KindPlace):
		return nil
	case moving == nil && movable(area, here):
		q := url.Values{"move": {here.ID.String()}, "at": {here.Parent.String()}}
		return []ui.Note{{Text: here.Name + ".", Action: &ui.Action{Label: c.T("say.move_place"), Href: ui.PathPlaces + "?" + q.Encode()}}}
	case moving != nil && mayHold(area, here, moving):
		return []ui.Note{{
			Tone: ui.ToneAsk, Lead: c.T("say.move_here", "name", moving.Name, "here", here.Name),
			Action: &ui.Action{Label: c.T("say.move_go"), Href: pathMove, Post: true, Values: []ui.Hidden{
				{Name: "place", Value: moving.ID.String()}, {Name: "parent", Value: here.ID.String()},
			}},
		}}
	}
	return nil
}

// movable: what lies under the top of one's own area.
func movable(area *subtree, r *project.PlaceRow) bool {
	return r.ID != area.top && !r.Parent.IsZero() && area.has(r.Parent)
}

// mayHold says whether a place can lie under another: under a higher tier that it is not under already, and
// never under itself, which would tie the tree into a loop.
func mayHold(area *subtree, parent, child *project.PlaceRow) bool {
	return child.Parent != parent.ID && parent.Level < child.Level && !slices.Contains(area.path(parent.ID), child.ID)
}

// movePlace puts a place under another.
func (w *Web) movePlace(c *pages.Call) error {
	if !c.May(rights.Amend, registry.KindPlace) {
		return desk.ErrForbidden
	}
	area, err := w.area(c)
	if err != nil {
		return err
	}
	var rows [2]project.PlaceRow
	for i, name := range []string{"place", "parent"} {
		var id p.EntityID
		if id, err = entity(c.Value(name)); err != nil {
			return err
		}
		if err := area.check(id); err != nil {
			return err
		}
		rows[i] = area.rows[id]
	}
	place, parent := &rows[0], &rows[1]
	if !movable(area, place) || !mayHold(area, parent, place) {
		return server.NewProblem(server.TypeConflict)
	}
	if err := w.hub.MovePlace(c.Ctx(), c.Who, place.ID, parent.ID); err != nil {
		return err
	}
	return c.Go(ui.PathPlaces+"?at="+parent.ID.String(), ui.Note{Tone: ui.ToneOK, Lead: c.T("say.place_moved", "name", place.Name, "here", parent.Name)})
}
