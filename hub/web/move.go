package web

import (
	"net/url"
	"slices"

	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// Moving a place goes like moving a file: one says "move" where it is, walks the tree to where it shall be,
// and presses "here", which leads to the day and the look at what it does.

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

// moveNotes offer to put here what is on its way.
func (w *Web) moveNotes(c *pages.Call, area *subtree, here, moving *project.PlaceRow) []ui.Note {
	switch {
	case !c.May(rights.Amend, registry.KindPlace):
		return nil
	case moving != nil && mayHold(area, here, moving):
		return []ui.Note{{
			Tone: ui.ToneAsk, Lead: c.T("say.move_here", "name", moving.Name, "here", here.Name),
			Action: &ui.Action{Label: c.T("say.move_go"), Href: pathChange + "?" + url.Values{
				"do": {doMove}, "at": {moving.ID.String()}, "parent": {here.ID.String()},
			}.Encode()},
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
