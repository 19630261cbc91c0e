package web

import (
	"cmp"
	"slices"

	"tramy/internal/forecast"
	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/ui"
)

// slip draws what a mother takes home: the code that finds the record everywhere, what was given, what comes next, and where. It is in
// Vietnamese whatever the page's language, because it is hers.
func (w *Web) slip(c *pages.Call) error {
	id, err := pages.IDOf(c.R)
	if err != nil {
		return err
	}
	rec, err := c.OpenToWrite(id)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavBirths)
	if err != nil {
		return err
	}
	frame.Path = ui.PathChild + id.String() + "/slip"
	words := locale.For(locale.Vietnamese)
	s := &rec.Subject
	page := ui.Slip{
		Frame: frame, ID: id.String(), Name: s.Name, Code: s.Code.Format(), QR: pages.CodeQR(s.Code), Born: pages.BornText(s), Mother: s.MotherName,
		Sex: words.T("sex." + s.Sex.String()), Made: words.T("slip.made", "place", c.Place, "on", c.Today.String()),
	}
	if s.BirthWeight != 0 {
		page.Weight = words.T("births_say.grams", "n", s.BirthWeight)
	}
	if s.BirthOrder > 0 {
		page.Twin = words.T("birth_order.child", "n", s.BirthOrder)
	}
	var vaccines []project.VaccineRow
	var where *project.PlaceRow
	phone := ""
	if err := c.View(func(tx store.Tx) (err error) {
		if vaccines, err = tx.Vaccines(); err != nil {
			return err
		}
		where, phone, err = stationOf(c, tx, rec.Residence)
		return err
	}); err != nil {
		return err
	}
	if rec.Residence != nil {
		page.Home = rec.Residence.Name
		if s.Hamlet != "" {
			page.Home = s.Hamlet + ", " + page.Home
		}
		page.Where = words.T("slip.station", "commune", rec.Residence.Name)
	}
	if where != nil {
		page.Where, page.WherePhone = where.Name, registry.FormatPhone(phone)
	}
	name := func(code string) string {
		for i := range vaccines {
			if vaccines[i].Code == code {
				return pages.LongName(words, &vaccines[i])
			}
		}
		return code
	}
	for i := range rec.Doses {
		d := &rec.Doses[i]
		if d.Void {
			continue
		}
		line := ui.PaperDose{Name: name(d.Vaccine), On: d.GivenOn.String(), Lot: d.Lot}
		if clock := d.GivenMinute.String(); clock != "" {
			line.On = clock + " " + line.On
		}
		if d.NotDone != 0 {
			line.Note = words.T("not_done." + d.NotDone.String())
		}
		page.Given = append(page.Given, line)
	}
	const shown = 6
	next := slices.Clone(rec.Advice.Items)
	slices.SortStableFunc(next, func(a, b forecast.Advice) int { return cmp.Compare(a.Recommended, b.Recommended) })
	for i := range next {
		x := &next[i]
		if !project.Wanted(x) || x.Recommended == 0 || len(page.Next) >= shown {
			continue
		}
		page.Next = append(page.Next, ui.PaperDose{Name: name(rec.Advice.Code(x)), On: words.T("slip.from", "on", max(x.Recommended, c.Today).String())})
	}
	return c.DrawPrint("slip", page, pages.FileOf("phieu-cho-me", string(s.Code)))
}

// stationOf is the station of a commune, with its telephone: where a child that lives there is vaccinated. nil where it is not known.
func stationOf(c *pages.Call, tx store.Tx, commune *project.PlaceRow) (*project.PlaceRow, string, error) {
	if commune == nil {
		return nil, "", nil
	}
	m := c.Desk.Map()
	for _, id := range m.Children(commune.ID) {
		row, known := m.Row(id)
		if !known || row.Level != registry.LevelFacility || row.Type != registry.PlaceStation {
			continue
		}
		s, err := tx.State(id)
		if err != nil || s == nil {
			return &row, "", err
		}
		phone, _ := s.Get(registry.PlacePhone).Text()
		return &row, phone, nil
	}
	return nil, "", nil
}
