package web

import (
	"slices"

	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// maps are the maps to choose from: today's, what is decided for days to come, and what was before each change.
// Nothing if the map never changed.
func (s *sight) maps(c *pages.Call) ui.Select {
	days := s.atlas.Days()
	if len(days) == 0 {
		return ui.Select{}
	}
	out := ui.Select{Options: []ui.Option{{Value: "", Text: c.T("map.now")}}}
	if day := s.on.Day(); day != s.today {
		out.Value = day.ISO()
	}
	offer := func(day registry.Day, text string) {
		out.Options = append(out.Options, ui.Option{Value: day.ISO(), Text: text})
	}
	slices.Reverse(days)
	for _, d := range days[:min(len(days), mapsOffered)] {
		if d > s.today {
			offer(d, c.T("map.from", "day", d.String()))
		} else {
			offer(d-1, c.T("map.before", "day", d.String()))
		}
	}
	if out.Value != "" && !slices.ContainsFunc(out.Options, func(o ui.Option) bool { return o.Value == out.Value }) {
		offer(s.on.Day(), c.T("map.of", "day", s.on.Day().String()))
	}
	return out
}

// history says what the place was made of, what it was called and what became of it, each on the map where that can
// be seen. instead is what holds its territory on the map looked at, if it is not on it.
func (s *sight) history(c *pages.Call, instead []project.PlaceRow) []ui.PlaceHistory {
	row, _ := s.atlas.Row(s.place)
	var out []ui.PlaceHistory
	if !s.on.InForce(s.place) {
		line := ui.PlaceHistory{Text: c.T("map.off", "day", s.on.Day().String())}
		for i := range instead {
			line.Links = append(line.Links, ui.Crumb{Name: instead[i].Name, Href: s.here(instead[i].ID)})
		}
		if len(line.Links) > 0 {
			line.Text = c.T("map.instead", "day", s.on.Day().String())
		}
		out = append(out, line)
	}
	parts := s.atlas.Predecessors(s.place)
	if len(parts) > 0 && row.From != 0 {
		out = append(out, ui.PlaceHistory{Text: c.T("map.made_of", "day", row.From.String()), Links: s.links(c, parts, row.From-1)})
	}
	for i := range row.Former {
		x := &row.Former[i]
		up, _ := s.atlas.At(x.Until - 1).Row(x.Parent)
		out = append(out, ui.PlaceHistory{
			Text: c.T("map.formerly", "day", x.Until.String()), Links: []ui.Crumb{{Name: x.Name + ", " + up.Name, Href: s.href(s.place, x.Until-1)}},
		})
	}
	if row.Until == 0 {
		return out
	}
	line := ui.PlaceHistory{Text: c.T("map.ended", "day", row.Until.String()), Links: []ui.Crumb{{Name: c.T("map.last"), Href: s.href(s.place, row.Until-1)}}}
	if next := s.atlas.Successors(s.place); len(next) > 0 {
		line = ui.PlaceHistory{Text: c.T("map.became", "day", row.Until.String()), Links: s.links(c, next, max(row.Until, s.today))}
	}
	return append(out, line)
}

// links are places as they were on a day, without those outside one's area. Of a place that was split only a part is
// meant.
func (s *sight) links(c *pages.Call, ids []p.EntityID, day registry.Day) []ui.Crumb {
	var out []ui.Crumb
	for _, id := range ids {
		row, known := s.atlas.Row(id)
		if !known {
			continue
		}
		crumb := ui.Crumb{Name: row.On(day).Name}
		if s.atlas.At(day).Covers(s.own, id) {
			crumb.Href = s.href(id, day)
		}
		if id != s.place && row.Until == day+1 && len(s.atlas.Successors(id)) > 1 {
			crumb.Name = c.T("map.part_of", "place", crumb.Name)
		}
		out = append(out, crumb)
	}
	return out
}
