package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TargetRowsMax is how many places one press of save writes: an act has at most 64 changes.
const TargetRowsMax = 60

// TargetTable is what is said of a year, by place and group.
type TargetTable struct {
	Year   int
	Place  project.PlaceRow
	Rows   []TargetRow // the place itself, then what lies directly in it, by name
	From   int         // of the rows below, the first on this page; Below is how many there are
	Below  int
	By     p.EntityID // in whose name this person writes
	May    bool
	Source registry.TargetSource // that was written last
}

// TargetRow is one place.
type TargetRow struct {
	Place project.PlaceRow
	Own   *p.State // what this person's level said; nil: nothing yet
	Leaf  bool     // a commune
	May   bool
	Cells []TargetCell // as registry.TargetGroups
}

// TargetCell is one group of a place.
type TargetCell struct {
	Group registry.TargetGroup
	report.Planned
	Registered int64 // -1: not counted by age alone
	Own        *registry.TargetNumber
	ByNames    []string // of Words
	Higher     bool     // a level above this person's own has said it
}

// targetName is in whose name a person speaks: at a station that of the station, at a hub that of the person's place.
func (d *Desk) targetBy(who Who) p.EntityID {
	if id := d.Node.Identity(); id.Role == registry.NodeStation {
		return id.Place
	}
	return who.Place
}

// targetTop is the place whose table somebody sees first.
func (d *Desk) targetTop(who Who) p.EntityID {
	if d.Node.Identity().Role == registry.NodeStation {
		return d.Home().Commune
	}
	return d.Map().Register(who.Place)
}

// Targets reads the table of a place and year: its own row and those directly in it, TargetRowsMax at a time. A zero place is the person's own.
func (d *Desk) Targets(ctx context.Context, who Who, place p.EntityID, year, from int) (*TargetTable, error) {
	if err := may(who, rights.Read, registry.KindTarget); err != nil {
		return nil, err
	}
	m := d.Map()
	if place.IsZero() {
		place = d.targetTop(who)
	}
	row, ok := m.Row(place)
	if !ok || row.Level > registry.LevelCommune {
		return nil, ErrNotFound
	}
	if d.Node.Identity().Role == registry.NodeStation && place != d.Home().Commune || d.Node.Identity().Role == registry.NodeHub && !d.Within(who, place) {
		return nil, ErrElsewhere
	}
	out := &TargetTable{Year: year, Place: row, By: d.targetBy(who), Source: registry.TargetPlan}
	if d.Node.Identity().Role == registry.NodeStation {
		out.Source = registry.TargetOwnCount
	}
	rows := []project.PlaceRow{row}
	var below []project.PlaceRow
	for _, id := range m.Children(place) {
		if r, ok := m.Row(id); ok && r.Level < registry.LevelFacility {
			below = append(below, r)
		}
	}
	slices.SortFunc(below, func(a, b project.PlaceRow) int {
		return cmp.Or(strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)), a.ID.Compare(b.ID))
	})
	if from < 0 || from >= len(below) {
		from = 0
	}
	out.From, out.Below = from, len(below)
	rows = append(rows, below[from:min(len(below), from+TargetRowsMax-1)]...)
	err := d.view(ctx, func(tx store.Tx) error {
		targets, err := report.TargetsAt(tx, report.TargetPlaces(m, place), year, d.Node.Atlas())
		if err != nil {
			return err
		}
		registered, err := d.registeredBy(tx, year, rows)
		if err != nil {
			return err
		}
		for i := range rows {
			line, err := d.targetRow(tx, who, &rows[i], targets, out.By)
			if err != nil {
				return err
			}
			for k := range line.Cells {
				c := &line.Cells[k]
				c.Registered = -1
				if born, byAge := c.Group.Born(year); byAge && c.Group != registry.TargetGirls11 {
					c.Registered = registered[rows[i].ID][born]
				}
			}
			out.May = out.May || line.May
			out.Rows = append(out.Rows, line)
		}
		return nil
	})
	return out, err
}

func (d *Desk) targetRow(tx store.Tx, who Who, place *project.PlaceRow, targets report.Targets, by p.EntityID) (TargetRow, error) {
	m := d.Map()
	line := TargetRow{Place: *place, Leaf: place.Level >= registry.LevelCommune, May: d.mayTarget(who, place.ID) == nil}
	own, err := ownTarget(tx, place.ID, by, targets)
	if err != nil {
		return line, err
	}
	line.Own = own
	var said registry.Target
	if own != nil {
		said = registry.TargetOf(own)
	}
	for _, group := range registry.TargetGroups() {
		c := TargetCell{Group: group, Planned: targets.Planned(m, place.ID, group)}
		if n, ok := said.Numbers[group]; ok {
			c.Own = &n
		}
		for i := range c.Words {
			row, _ := d.Node.Atlas().Row(c.Words[i].By)
			c.ByNames = append(c.ByNames, row.Name)
		}
		c.Higher = d.higherSaid(c.Words, by)
		line.Cells = append(line.Cells, c)
	}
	return line, nil
}

// higherSaid reports whether a level above that of by has a word among some.
func (d *Desk) higherSaid(words []registry.TargetWord, by p.EntityID) bool {
	own, _ := d.Node.Atlas().Row(by)
	return slices.ContainsFunc(words, func(w registry.TargetWord) bool {
		row, ok := d.Node.Atlas().Row(w.By)
		return ok && row.Level != 0 && row.Level < own.Level
	})
}

// ownTarget finds what a level said of a place and the year of targets. Of two that two laptops made apart it is that with the lower id, so that
// both go on with one.
func ownTarget(tx store.Tx, place, by p.EntityID, targets report.Targets) (*p.State, error) {
	var id p.EntityID
	for _, words := range targets[place] {
		for i := range words {
			if w := &words[i]; w.By == by && (id.IsZero() || w.ID.Compare(id) < 0) {
				id = w.ID
			}
		}
	}
	if id.IsZero() {
		return nil, nil
	}
	return tx.State(id)
}

// registeredBy counts the children registered at some places by their year of birth, for the years that the groups of a year ask for.
func (d *Desk) registeredBy(tx store.Tx, year int, rows []project.PlaceRow) (map[p.EntityID]map[int]int64, error) {
	m, out := d.Map(), map[p.EntityID]map[int]int64{}
	for i := range rows {
		out[rows[i].ID] = map[int]int64{}
	}
	above := map[p.EntityID][]p.EntityID{} // of a residence, the rows that it lies in
	for _, group := range []registry.TargetGroup{registry.TargetBirths, registry.TargetAge1, registry.TargetAge2, registry.TargetAge7} {
		born, _ := group.Born(year)
		from, to := registry.NewMonth(born, 1), registry.NewMonth(born, 12)
		if err := tx.Figures(store.FigureQuery{CohortFrom: from, CohortTo: to}, func(f *store.FigureRow) {
			at, _ := m.Stands(f.Recorded, f.Residence)
			in, known := above[at]
			if !known {
				for _, up := range m.Path(at) {
					if out[up] != nil {
						in = append(in, up)
					}
				}
				above[at] = in
			}
			for _, id := range in {
				out[id][born] += f.Children.Between(f.Year, from, to)
			}
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mayTarget refuses who may not say a target of a place: a station speaks for its own commune, a hub for what lies in the person's place.
func (d *Desk) mayTarget(who Who, place p.EntityID) error {
	if err := may(who, rights.Create, registry.KindTarget); err != nil {
		return err
	}
	row, ok := d.Map().Row(place)
	if !ok || row.Level > registry.LevelCommune {
		return ErrNotFound
	}
	if d.Node.Identity().Role == registry.NodeStation {
		if place != d.Home().Commune {
			return ErrElsewhere
		}
		return nil
	}
	if !d.areaOf(who).all && !d.Within(who, place) {
		return ErrElsewhere
	}
	return nil
}

// TargetEntry is what somebody typed of one place: of a group that is not in Numbers nothing changes, one with nil is taken back.
type TargetEntry struct {
	Place    p.EntityID
	Numbers  map[registry.TargetGroup]*registry.TargetNumber
	Document string       // "" leaves that which stands
	Saw      registry.Saw // what the form had shown of what stands; nil: whatever stands was seen
}

// TargetError says what is wrong with one place's entry.
type TargetError struct {
	Place p.EntityID
	Err   error
}

func (e *TargetError) Error() string { return e.Place.String() + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *TargetError) Unwrap() error { return e.Err }

// SetTargets writes one press of targets of a year, and returns how many places it changed. Nothing is written if one of them is wrong: the error is
// then a *TargetError. What is the same as before is not written again.
func (d *Desk) SetTargets(ctx context.Context, who Who, year int, entries []TargetEntry) (int, error) {
	if len(entries) > TargetRowsMax {
		return 0, registry.Errors{{Field: "place", Code: registry.CodeTooMany, Params: map[string]any{"max": TargetRowsMax}}}
	}
	by, changed := d.targetBy(who), 0
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		changed = 0
		var drafts []registry.Draft
		seen := map[p.EntityID]bool{}
		for i := range entries {
			e := &entries[i]
			if seen[e.Place] {
				return nil, &TargetError{e.Place, registry.Errors{{Field: "place", Code: registry.CodeTargetTwice}}}
			}
			seen[e.Place] = true
			draft, err := d.targetDraft(tx, who, year, by, e)
			if err != nil {
				return nil, &TargetError{e.Place, err}
			}
			if !draft.Empty() {
				changed++
				drafts = append(drafts, draft)
			}
		}
		return drafts, nil
	})
	return changed, ignoreNothing(err)
}

func (d *Desk) targetDraft(tx store.Tx, who Who, year int, by p.EntityID, e *TargetEntry) (registry.Draft, error) {
	if err := d.mayTarget(who, e.Place); err != nil {
		return registry.Draft{}, err
	}
	targets, err := report.TargetsAt(tx, []p.EntityID{e.Place}, year, d.Node.Atlas())
	if err != nil {
		return registry.Draft{}, err
	}
	old, err := ownTarget(tx, e.Place, by, targets)
	if err != nil {
		return registry.Draft{}, err
	}
	in := registry.TargetInput{Place: e.Place, Year: year, By: by, Document: e.Document, Numbers: map[registry.TargetGroup]registry.TargetNumber{}}
	if old != nil {
		was := registry.TargetOf(old)
		in.Numbers, in.Document = was.Numbers, cmp.Or(e.Document, was.Document)
	}
	for group, n := range e.Numbers {
		was, had := in.Numbers[group]
		switch {
		case n == nil:
			delete(in.Numbers, group)
			continue
		case had && was.People == n.People && n.Source == 0:
			continue
		}
		if d.Node.Identity().Role == registry.NodeStation && d.higherSaid(targets[e.Place][group], by) && (!had || was != *n) {
			return registry.Draft{}, registry.Errors{{Field: group.String(), Code: registry.CodeTargetHigher}}
		}
		in.Numbers[group] = *n
	}
	known := registry.Known{Today: d.Today()}
	if old == nil {
		if len(in.Numbers) == 0 {
			return registry.Draft{}, nil
		}
		return registry.NewTarget(in, known)
	}
	saw := e.Saw
	if saw == nil {
		saw = registry.SawOf(old)
	}
	return registry.EditTarget(old, in, known, saw)
}

// MayTarget refuses who may not say a target of a place.
func (d *Desk) MayTarget(who Who, place p.EntityID) error { return d.mayTarget(who, place) }

// TargetPlacesBelow are a place and all in it of which a target may be said, each before what lies in it, by name.
func (d *Desk) TargetPlacesBelow(place p.EntityID) []project.PlaceRow {
	m := d.Map()
	row, ok := m.Row(place)
	if !ok || row.Level >= registry.LevelFacility {
		return nil
	}
	var below []project.PlaceRow
	for _, id := range m.Children(place) {
		if r, ok := m.Row(id); ok {
			below = append(below, r)
		}
	}
	slices.SortFunc(below, func(a, b project.PlaceRow) int {
		return cmp.Or(strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)), a.ID.Compare(b.ID))
	})
	out := []project.PlaceRow{row}
	for i := range below {
		out = append(out, d.TargetPlacesBelow(below[i].ID)...)
	}
	return out
}

// TargetsSaid is what the person's own level said of some places and a year.
func (d *Desk) TargetsSaid(ctx context.Context, who Who, places []project.PlaceRow, year int) (map[p.EntityID]map[registry.TargetGroup]registry.TargetNumber, error) {
	if err := may(who, rights.Read, registry.KindTarget); err != nil {
		return nil, err
	}
	var ids []p.EntityID
	for i := range places {
		ids = append(ids, places[i].ID)
	}
	by, out := d.targetBy(who), map[p.EntityID]map[registry.TargetGroup]registry.TargetNumber{}
	err := d.view(ctx, func(tx store.Tx) error {
		targets, err := report.TargetsAt(tx, ids, year, d.Node.Atlas())
		for place, groups := range targets {
			out[place] = map[registry.TargetGroup]registry.TargetNumber{}
			for group, words := range groups {
				for i := len(words) - 1; i >= 0; i-- { // of two of one level that which stands first
					if words[i].By == by {
						out[place][group] = words[i].TargetNumber
					}
				}
			}
		}
		return err
	})
	return out, err
}
