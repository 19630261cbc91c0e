package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"tramy/internal/atlas"
	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/server"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// targets are the shares the national plan asks of a birth cohort, percent; every other dose has none.
var targets = map[key]int{{"VGB0", 1}: 80, {"BCG", 1}: 90, {report.FirstVaccine, 3}: 90, {"BOPV", 3}: 90, {"IPV", 1}: 90, {measles, 1}: 90}

// nearBy is how many points below its target a figure is called nearly there.
const nearBy = 10

// What the overview is about.
const (
	yearsBack   = 6  // birth cohorts to choose from
	mapsOffered = 12 // changes of the map to choose from; any other day may stand in the address
	measles     = "SOI"
)

// key is a vaccine's dose.
type key struct {
	vaccine string
	dose    int32
}

// sight is what an overview looks at: a place, on the map of a day, and a cohort.
type sight struct {
	atlas *atlas.Atlas
	on    *atlas.Map
	today registry.Day
	own   p.EntityID // what the caller looks after
	place p.EntityID
	year  int
}

// looking reads what is looked at from the address.
func (w *Web) looking(c *pages.Call) (*sight, error) {
	if !c.May(rights.Read, registry.KindDevice) {
		return nil, desk.ErrForbidden
	}
	query := c.R.URL.Query()
	s := &sight{atlas: w.hub.Node.Atlas(), today: c.Today}
	s.own = s.atlas.At(c.Today).Register(c.Who.Place)
	on, err := registry.ParseISO(query.Get("on"))
	if err != nil {
		on = c.Today
	}
	s.on = s.atlas.At(on)
	s.place = s.own
	if text := query.Get("place"); text != "" {
		if s.place, err = entity(text); err != nil {
			return nil, err
		}
	} else if there := s.on.Holding(s.own); len(there) == 1 {
		s.place = there[0]
	}
	if _, known := s.atlas.Row(s.place); !known {
		return nil, desk.ErrNotFound
	}
	if !s.on.Covers(s.own, s.place) {
		return nil, server.NewProblem(server.TypeElsewhere)
	}
	thisYear, _, _ := c.Today.Date()
	year, err := strconv.Atoi(query.Get("period"))
	if err != nil || year < thisYear-yearsBack || year > thisYear {
		year = thisYear
	}
	s.year = year
	return s, nil
}

// href is the overview of a place, on the map of a day, of the same cohort.
func (s *sight) href(id p.EntityID, on registry.Day) string {
	values := url.Values{"place": {id.String()}, "period": {strconv.Itoa(s.year)}}
	if on != s.today {
		values.Set("on", on.ISO())
	}
	return ui.PathOverview + "?" + values.Encode()
}

// here is href on the map looked at.
func (s *sight) here(id p.EntityID) string { return s.href(id, s.on.Day()) }

// overview draws how complete the figures are, then the figures, then the places below.
func (w *Web) overview(c *pages.Call) error {
	s, err := w.looking(c)
	if err != nil {
		return err
	}
	table, err := report.Coverage(c.Ctx(), w.hub.Node.Store(), s.atlas, report.Query{
		Place: s.place, On: s.on.Day(), CohortFrom: registry.NewMonth(s.year, time.January), CohortTo: registry.NewMonth(s.year, time.December),
		Today: c.Today, NowMS: c.Now.UnixMilli(),
	})
	if err != nil {
		return err
	}
	f := &figures{table}
	st, err := c.Status()
	if err != nil {
		return err
	}
	page := ui.Overview{
		Frame: c.FrameWith(ui.NavOverview, &st), EqualRoot: c.EqualRoot(&st), Name: f.Place.Name, Period: c.T("say.this_year", "year", strconv.Itoa(s.year)), At: s.place.String(),
		Children: int(f.Registered), Births: int(f.Total.Registered), OffMap: !s.on.InForce(s.place),
		ZeroDose: int(max(0, f.Total.Zero)), Completeness: f.completeness(c), MapChoice: s.maps(c), History: s.history(c, f.Instead),
	}
	if s.on.Day() != s.today {
		page.On = s.on.Day().String()
	}
	thisYear, _, _ := c.Today.Date()
	for y := thisYear; y >= thisYear-yearsBack; y-- {
		page.PeriodChoice.Options = append(page.PeriodChoice.Options, ui.Option{Value: strconv.Itoa(y), Text: c.T("say.this_year", "year", strconv.Itoa(y))})
	}
	page.Targets = ui.PathTargets + "?" + url.Values{"place": {s.place.String()}, "year": {strconv.Itoa(s.year)}}.Encode()
	page.PeriodChoice.Value = strconv.Itoa(s.year)
	for i := range f.Path {
		// Above one's own area the way is only told.
		crumb := ui.Crumb{Name: f.Path[i].Name}
		if s.on.Covers(s.own, f.Path[i].ID) {
			crumb.Href = s.here(f.Path[i].ID)
		}
		page.Crumbs = append(page.Crumbs, crumb)
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Name: f.Place.Name})
	f.draw(c, &page, s.here)
	return c.Draw(http.StatusOK, "overview", page)
}

// figures is a table as the overview reads it.
type figures struct{ *report.Table }

func (f *figures) completeness(c *pages.Call) ui.Completeness {
	heard := f.Total.Heard
	out := ui.Completeness{
		Heard: heard.Fresh, Total: heard.Stations, Until: c.T("mark.never"), SilentChildren: int(f.Quiet.Children),
	}
	if f.UntilMS > 0 {
		out.Until = when(c, f.UntilMS)
	}
	// What silent stations have given and not told can only raise a figure; the third dose stands for all.
	if of, i := f.Total.Registered, f.column(key{report.FirstVaccine, 3}); of > 0 && i >= 0 {
		out.High = 100 * float64(f.Quiet.Lacking(i)) / float64(of)
	}
	return out
}

// draw fills in the tables.
func (f *figures) draw(c *pages.Call, page *ui.Overview, href func(p.EntityID) string) {
	of := f.Total.Registered
	if of > 0 {
		for i, in := range f.Indicators {
			part := f.Total.Doses[i]
			k := key{in.Vaccine, in.Dose}
			name := ui.DoseName{Vaccine: in.Name, Number: int(in.Dose), Oral: in.Vaccine == "BOPV"}
			if in.Dose == 1 && !slices.ContainsFunc(f.Indicators, func(x report.Indicator) bool { return x.Vaccine == in.Vaccine && x.Dose != 1 }) {
				name.Number = 0 // the only one of its series here: "BCG", not "BCG mũi 1"
			}
			page.Coverage = append(page.Coverage, ui.CoverageRow{Dose: name, Part: int(part), Of: int(of), Mark: against(part, of, targets[k]), Plan: f.plan(c, &f.Total, &f.Indicators[i], part)})
		}
		page.Indicators = f.indicators(c, of)
	}
	level := registry.Level(0)
	for i := range f.Rows {
		r := &f.Rows[i]
		if r.Place.Level == registry.LevelFacility && r.Heard.Stations == 0 {
			continue // a hospital or a paid clinic: no child lives there, and no register is kept
		}
		level = r.Place.Level
		page.Places = append(page.Places, f.place(c, r, href))
	}
	if level != 0 {
		page.Level = c.T("level." + level.String())
	}
	// Whoever reads the list works from the top: first what nobody knows, then the lowest share.
	slices.SortStableFunc(page.Places, func(a, b ui.PlaceRow) int { return order(&a) - order(&b) })
	if f.Unplaced != nil {
		row := f.place(c, f.Unplaced, href)
		row.Name, row.Note, row.Mark = c.T("map.unplaced"), c.T("map.unplaced_why"), ui.Mark{}
		page.Places = append(page.Places, row)
	}
}

// indicators are the named figures: those with a target, and how many who began the five-in-one have not
// had its last dose.
func (f *figures) indicators(c *pages.Call, of int64) []ui.Indicator {
	var out []ui.Indicator
	for i, in := range f.Indicators {
		k := key{in.Vaccine, in.Dose}
		target := targets[k]
		if k != (key{"VGB0", 1}) && k != (key{report.FirstVaccine, 3}) && k != (key{measles, 1}) {
			continue
		}
		part := f.Total.Doses[i]
		line := ui.Indicator{Mark: against(part, of, target), Name: in.Name, Part: int(part), Of: int(of), Target: target, Plan: f.plan(c, &f.Total, &f.Indicators[i], part)}
		if in.Dose > 1 {
			line.Name += " " + c.T("dose.number", "n", int(in.Dose))
		}
		if lacking := f.Quiet.Lacking(i); lacking > 0 {
			line.Low, line.High = 100*float64(part)/float64(of), 100*float64(part+lacking)/float64(of)
		}
		out = append(out, line)
	}
	began, ended, name := f.dosesOf(&f.Total, key{report.FirstVaccine, 1}), f.dosesOf(&f.Total, key{report.FirstVaccine, 3}), ""
	for _, in := range f.Indicators {
		if in.Vaccine == report.FirstVaccine {
			name = in.Name
		}
	}
	if began > 0 {
		out = append(out, ui.Indicator{Name: c.T("say.dropout", "vaccine", name, "first", 1, "last", 3), Part: int(max(0, began-ended)), Of: int(began)})
	}
	return out
}

// place is one place below the one looked at.
func (f *figures) place(c *pages.Call, r *report.Row, href func(p.EntityID) string) ui.PlaceRow {
	third, of := f.dosesOf(r, key{report.FirstVaccine, 3}), r.Registered
	row := ui.PlaceRow{
		Name: r.Place.Name, Children: int(of), Third: int(third), ThirdOf: int(of),
		Measles: int(f.dosesOf(r, key{measles, 1})), MeaslesOf: int(of),
		Heard: r.Heard.Fresh, Stations: r.Heard.Stations, Until: when(c, r.Heard.OldestMS), Zero: int(max(0, r.Zero)),
	}
	if i := f.column(key{report.FirstVaccine, 3}); i >= 0 && r != f.Unplaced {
		row.Plan = f.plan(c, r, &f.Indicators[i], third)
	}
	if !r.Leaf {
		row.Href = href(r.Place.ID)
	}
	switch {
	case r.Heard.Stations > 0 && r.Heard.Fresh == 0:
		row.Mark = ui.Mark{Kind: ui.MarkUnheard}
		if r.Heard.Never == r.Heard.Stations {
			row.Mark.Kind, row.Until = ui.MarkNever, ""
		}
	case of > 0:
		row.Mark = against(third, of, targets[key{report.FirstVaccine, 3}])
	}
	return row
}

// plan says the share of the planned denominator that has a dose, beside that of the registered: what is missing is said, and more than all is shown.
func (f *figures) plan(c *pages.Call, r *report.Row, in *report.Indicator, part int64) string {
	if f.Query.CohortYear() == 0 || r.Place.Level >= registry.LevelFacility {
		return ""
	}
	x := r.PlannedFor(in)
	people, said := x.People()
	switch {
	case said:
		return c.T("target_say.share", "share", c.Words.Percent(int(part), int(people)), "n", int(people))
	case x.Communes > 0:
		return c.T("target_say.missing_n", "n", x.Missing)
	}
	return c.T("target_say.missing")
}

// column is where a dose stands in the table, -1 if it does not.
func (f *figures) column(k key) int {
	return slices.IndexFunc(f.Indicators, func(in report.Indicator) bool { return in.Vaccine == k.vaccine && in.Dose == k.dose })
}

// dosesOf is a row's count of one dose.
func (f *figures) dosesOf(r *report.Row, k key) int64 {
	if i := f.column(k); i >= 0 {
		return r.Doses[i]
	}
	return 0
}

// order puts the places nobody heard from first, then the lowest, then those without children.
func order(r *ui.PlaceRow) int {
	switch {
	case r.Mark.Kind == ui.MarkUnheard || r.Mark.Kind == ui.MarkNever:
		return -1
	case r.ThirdOf == 0:
		return 10_001
	}
	return 10_000 * r.Third / r.ThirdOf
}

// against marks a share against its target, which 0 means there is none.
func against(part, of int64, target int) ui.Mark {
	if target == 0 || of == 0 {
		return ui.Mark{}
	}
	switch share := 100 * part; {
	case share >= int64(target)*of:
		return ui.Mark{Kind: ui.MarkReached}
	case share >= int64(target-nearBy)*of:
		return ui.Mark{Kind: ui.MarkNear}
	}
	return ui.Mark{Kind: ui.MarkLow}
}
