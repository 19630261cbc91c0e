package pages

import (
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Controls of the choice of a commune. What is typed into communeQuery is searched for before anything is saved: who presses
// Enter in the box wants that, and not the commune that was chosen before.
const (
	communeQuery = "commune_q"
	communeAsked = "commune_asked" // the query whose answers the form shows
	findButton   = "find"          // value: commune
)

// communesShown is how many communes found by name the form shows.
const communesShown = 12

// SearchesCommune reports whether the form was sent to find a commune, and finds it.
func (f *SubjectForm) SearchesCommune(c *Call) bool {
	query := strings.TrimSpace(c.Value(communeQuery))
	if c.Value(findButton) != "commune" && (query == "" || query == c.Value(communeAsked)) {
		return false
	}
	f.searched, f.found = true, c.Desk.FindCommunes(query)
	if len(f.found) == 1 {
		f.Text["commune"] = f.found[0].ID.String()
	}
	return true
}

// parseCommune reads the chosen commune into an input; none leaves it as it is.
func (f *SubjectForm) parseCommune(c *Call, in *registry.SubjectInput) {
	text := f.Text["commune"]
	if text == "" || text == idText(in.Place) {
		return
	}
	id, err := p.ParseEntityID(text)
	row, known := c.Desk.Map().Row(id)
	if err != nil || !known || row.Level != registry.LevelCommune {
		f.Errs["commune"] = c.T("invalid.choice_unknown")
		return
	}
	in.Place = id
}

// Communes is the choice of the commune where somebody lives: that of this station, the one that is recorded, those used
// last, and those that were searched for.
func (c *Call) Communes(f *SubjectForm, recorded p.EntityID) (ui.Communes, error) {
	home, m := c.Desk.Home(), c.Desk.Map()
	out := ui.Communes{
		Value: cmpOr(f.Text["commune"], idText(recorded)), Error: f.Errs["commune"], Query: strings.TrimSpace(c.Value(communeQuery)),
		Searched: f.searched, Found: len(f.found) > 0, More: len(f.found) > communesShown,
	}
	if !f.searched {
		out.Query = ""
	}
	used, err := c.Desk.UsedCommunes(c.Ctx())
	if err != nil {
		return out, err
	}
	ids := []p.EntityID{home.Commune, recorded}
	if chosen, err := p.ParseEntityID(out.Value); err == nil {
		ids = append(ids, chosen)
	}
	for _, r := range f.found[:min(len(f.found), communesShown)] {
		ids = append(ids, r.ID)
	}
	ids = append(ids, used...)
	for i, id := range ids {
		if id.IsZero() || slices.Contains(ids[:i], id) {
			continue
		}
		row, known := m.Row(id)
		if !known {
			if row, known = c.Desk.Node.Atlas().Row(id); !known {
				continue
			}
		}
		name := row.Name
		if id != home.Commune {
			name = c.communeName(&row)
		}
		out.Options = append(out.Options, ui.Option{Value: id.String(), Text: name})
		if id.String() == out.Value {
			out.Name = name
		}
	}
	out.Ask = home.Commune.IsZero() && out.Value == ""
	out.Elsewhere = !home.Commune.IsZero() && out.Value != "" && out.Value != idText(home.Commune)
	return out, nil
}

// communeName is a commune with the places above it, as two of one name are told apart.
func (c *Call) communeName(row *project.PlaceRow) string {
	name, m := row.Name, c.Desk.Map()
	for up := row.Parent; !up.IsZero(); {
		above, known := m.Row(up)
		if !known || above.Level == registry.LevelNation {
			break
		}
		if above.Level == registry.LevelProvince {
			name += ", " + above.Name
		}
		up = above.Parent
	}
	return name
}

// HamletOf is the choice of a hamlet among those of the commune that is chosen in the form; recorded is the commune without a
// choice.
func (c *Call) HamletOf(f *SubjectForm, recorded p.EntityID) (ui.Hamlet, error) {
	commune := recorded
	if id, err := p.ParseEntityID(f.Text["commune"]); err == nil {
		commune = id
	}
	if at := c.Desk.Map().Now(commune); len(at) == 1 {
		commune = at[0]
	}
	list, err := c.Hamlets(commune)
	out := ui.Hamlet{Error: f.Errs["hamlet"], Other: f.Text["hamlet"]}
	if err != nil || len(list) == 0 {
		return out, err
	}
	out.Options = []ui.Option{{Text: c.T("say.none")}}
	for _, h := range list {
		value, text := h, h
		if typed := f.Text["hamlet"]; typed != "" && registry.FoldHamlet(h) == registry.FoldHamlet(c.hamletIn(commune, typed)) {
			value = typed // as it is recorded
			out.Value, out.Other = value, ""
			if registry.FoldHamlet(h) == registry.FoldHamlet(typed) {
				text = typed
			}
		}
		out.Options = append(out.Options, ui.Option{Value: value, Text: text})
	}
	return out, nil
}

// hamletIn is HamletName for the form of somebody who lives in a commune: only of one's own commune there is a list that stands for
// other spellings.
func (c *Call) hamletIn(commune p.EntityID, hamlet string) string {
	if home := c.Desk.Home(); commune != home.Commune {
		return hamlet
	}
	return c.HamletName(commune, hamlet)
}

// usedCommune remembers the commune that an edit wrote.
func (c *Call) usedCommune(patch registry.Patch) error {
	if d, ok := patch[p.FieldPlace]; ok {
		if id, ok := d.Ref(); ok {
			return c.Desk.NoteCommune(c.Ctx(), id)
		}
	}
	return nil
}

// RowOf reads a person's row; nil if there is none here.
func (c *Call) RowOf(id p.EntityID) (*project.SubjectRow, error) {
	var row *project.SubjectRow
	err := c.View(func(tx store.Tx) (err error) {
		row, err = tx.SubjectRow(id)
		return err
	})
	return row, err
}
