package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// targets are the shares the national plan asks of a birth cohort, percent; every other dose has none.
var targets = map[key]int{{"VGB0", 1}: 80, {"BCG", 1}: 90, {firstVaccine, 3}: 90, {"BOPV", 3}: 90, {"IPV", 1}: 90, {measles, 1}: 90}

// nearBy is how many points below its target a figure is called nearly there.
const nearBy = 10

// overview draws how complete the figures are, then the figures, then the places below.
func (w *Web) overview(c *pages.Call) error {
	area, err := w.area(c)
	if err != nil {
		return err
	}
	query := c.R.URL.Query()
	top := area.top
	if text := query.Get("place"); text != "" {
		if top, err = entity(text); err != nil {
			return err
		}
	}
	if err := area.check(top); err != nil {
		return err
	}
	thisYear, _, _ := c.Today.Date()
	year, err := strconv.Atoi(query.Get("period"))
	if err != nil || year < thisYear-yearsBack || year > thisYear {
		year = thisYear
	}
	f, err := w.figures(c, area, top, year)
	if err != nil {
		return err
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	page := ui.Overview{
		Frame: c.FrameWith(ui.NavOverview, &st), EqualRoot: c.EqualRoot(&st), Name: f.period.Place.Name, Period: c.T("say.this_year", "year", strconv.Itoa(year)), At: top.String(),
		Children: int(f.all), Births: int(f.period.Total.Registered),
		ZeroDose: f.zeroDose(top), Completeness: f.completeness(c),
	}
	for y := thisYear; y >= thisYear-yearsBack; y-- {
		page.PeriodChoice.Options = append(page.PeriodChoice.Options, ui.Option{Value: strconv.Itoa(y), Text: c.T("say.this_year", "year", strconv.Itoa(y))})
	}
	page.PeriodChoice.Value = strconv.Itoa(year)
	href := func(id p.EntityID) string {
		return ui.PathOverview + "?" + url.Values{"place": {id.String()}, "period": {strconv.Itoa(year)}}.Encode()
	}
	for i := range f.period.Path {
		// Above one's own area the way is only told.
		crumb := ui.Crumb{Name: f.period.Path[i].Name}
		if area.has(f.period.Path[i].ID) {
			crumb.Href = href(f.period.Path[i].ID)
		}
		page.Crumbs = append(page.Crumbs, crumb)
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Name: f.period.Place.Name})
	f.draw(c, &page, href)
	return c.Draw(http.StatusOK, "overview", page)
}

func (f *figures) completeness(c *pages.Call) ui.Completeness {
	heard := f.period.Total.Heard
	out := ui.Completeness{
		Heard: heard.Fresh, Total: heard.Stations, Until: c.T("mark.never"), SilentChildren: int(f.quiet.children),
	}
	if f.until > 0 {
		out.Until = when(c, f.until)
	}
	// What silent stations have given and not told can only raise a figure; the third dose stands for all.
	if of := f.period.Total.Registered; of > 0 && f.quiet.children > 0 {
		out.High = 100 * float64(f.quiet.lacking(key{firstVaccine, 3})) / float64(of)
	}
	return out
}

// draw fills in the tables.
func (f *figures) draw(c *pages.Call, page *ui.Overview, href func(p.EntityID) string) {
	of := f.period.Total.Registered
	if of > 0 {
		for i, in := range f.period.Indicators {
			part := f.period.Total.Doses[i]
			k := key{in.Vaccine, in.Dose}
			name := ui.DoseName{Vaccine: in.Name, Number: int(in.Dose), Oral: in.Vaccine == "BOPV"}
			if in.Dose == 1 && !slices.ContainsFunc(f.period.Indicators, func(x report.Indicator) bool { return x.Vaccine == in.Vaccine && x.Dose != 1 }) {
				name.Number = 0 // the only one of its series here: "BCG", not "BCG mũi 1"
			}
			page.Coverage = append(page.Coverage, ui.CoverageRow{Dose: name, Part: int(part), Of: int(of), Mark: against(part, of, targets[k])})
		}
		page.Indicators = f.indicators(c, of)
	}
	level := registry.Level(0)
	for i := range f.period.Rows {
		r := &f.period.Rows[i]
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
}

// indicators are the named figures: those with a target, and how many who began the five-in-one have not
// had its last dose.
func (f *figures) indicators(c *pages.Call, of int64) []ui.Indicator {
	var out []ui.Indicator
	for i, in := range f.period.Indicators {
		k := key{in.Vaccine, in.Dose}
		target := targets[k]
		if k != (key{"VGB0", 1}) && k != (key{firstVaccine, 3}) && k != (key{measles, 1}) {
			continue
		}
		part := f.period.Total.Doses[i]
		line := ui.Indicator{Mark: against(part, of, target), Name: in.Name, Part: int(part), Of: int(of), Target: target}
		if in.Dose > 1 {
			line.Name += " " + c.T("dose.number", "n", int(in.Dose))
		}
		if lacking := f.quiet.lacking(k); lacking > 0 {
			line.Low, line.High = 100*float64(part)/float64(of), 100*float64(part+lacking)/float64(of)
		}
		out = append(out, line)
	}
	began, ended, name := f.doses(key{firstVaccine, 1}), f.doses(key{firstVaccine, 3}), ""
	for _, in := range f.period.Indicators {
		if in.Vaccine == firstVaccine {
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
	third, of := f.dosesOf(r, key{firstVaccine, 3}), r.Registered
	row := ui.PlaceRow{
		Name: r.Place.Name, Children: int(of), Third: int(third), ThirdOf: int(of),
		Measles: int(f.dosesOf(r, key{measles, 1})), MeaslesOf: int(of),
		Heard: r.Heard.Fresh, Stations: r.Heard.Stations, Until: when(c, r.Heard.OldestMS), Zero: f.zeroDose(r.Place.ID),
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
		row.Mark = against(third, of, targets[key{firstVaccine, 3}])
	}
	return row
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
