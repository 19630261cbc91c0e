package web

import (
	"net/http"

	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/ui"
)

// soonDays is how long before the expected day the list offers to write down the birth; before that it opens the record.
const soonDays = 42

// women lists who expects a child: first whose day is past, then by week.
func (w *Web) women(c *pages.Call) error {
	if !c.May(rights.Read, registry.KindSubject) {
		return desk.ErrForbidden
	}
	tetanus, show := c.R.URL.Query().Get("show") == "tetanus", rowsMax
	if c.R.URL.Query().Get("all") != "" {
		show = 0
	}
	list, err := c.Desk.Women(c.Ctx(), c.Who, tetanus, show)
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavDue)
	if err != nil {
		return err
	}
	page := ui.Women{Frame: frame, Total: list.All, Tetanus: tetanus, Wanting: list.Wanting, Protected: list.Protected}
	if list.More > 0 {
		page.AllHref, page.Listed = ui.PathWomen+"?all=1", len(list.List)+list.More
		if tetanus {
			page.AllHref += "&show=tetanus"
		}
	}
	home := c.Desk.Home()
	names, err := c.VaccineNames()
	if err != nil {
		return err
	}
	var late, unknown ui.WomenPart
	var weeks []ui.WomenPart
	week := registry.Day(-1)
	monday := func(d registry.Day) registry.Day { return d - (d+3)%7 } // day 0, 1970-01-01, was a Thursday
	for i := range list.List {
		x := &list.List[i]
		row := ui.WomanRow{
			ID: x.Row.ID.String(), Name: x.Row.Name, Hamlet: x.Row.Hamlet, Visitor: !home.Has(&x.Row) && !home.Commune.IsZero(),
			Protection: c.Protection(x.Protection),
		}
		shown := c.Person(&x.Row, &home)
		row.Born, row.Age, row.Phone = shown.Born, shown.Age, shown.Phone
		row.Tetanus = ui.Mark{Kind: ui.MarkComplete, Text: c.T("women.tetanus_done")}
		if n := x.Next; n != nil {
			row.Dose = []ui.DoseName{names(n.Vaccine, int(n.Dose))}
			switch {
			case n.Overdue != 0 && n.Overdue <= c.Today:
				row.Tetanus = ui.Mark{Kind: ui.MarkOverdue, Text: c.T("women.tetanus_overdue")}
			case n.Recommended <= c.Today:
				row.Tetanus = ui.Mark{Kind: ui.MarkDue}
			default:
				row.Tetanus = ui.Mark{Kind: ui.MarkLater, Text: c.T("women.tetanus_from_day", "at", n.Recommended.String())}
			}
		}
		switch {
		case x.Due == 0:
			row.Soon = true
			unknown.Rows = append(unknown.Rows, row)
			continue
		case x.Due < c.Today:
			row.Due, row.Soon = x.Due.String(), true
			late.Rows = append(late.Rows, row)
			continue
		}
		row.Due, row.Soon = x.Due.String(), x.Due-c.Today <= soonDays
		row.Week = int(c.Today-registry.Began(x.Due)) / 7
		if at := monday(x.Due); at != week {
			week = at
			part := ui.WomenPart{ID: "w" + at.ISO(), Title: c.T("women.week_of", "from", at.String(), "to", (at + 6).String())}
			switch monday(c.Today) {
			case at:
				part.Note = c.T("women.this_week")
			case at - 7:
				part.Note = c.T("women.next_week")
			}
			weeks = append(weeks, part)
		}
		last := &weeks[len(weeks)-1]
		last.Rows = append(last.Rows, row)
	}
	if len(late.Rows) > 0 {
		late.ID, late.Title, late.Note, late.Late = "late", c.T("women.late"), c.T("women.late_note"), true
		late.Rows[0].Main = true
		page.Parts = append(page.Parts, late)
	}
	if len(unknown.Rows) > 0 {
		unknown.ID, unknown.Title, unknown.Note = "unknown", c.T("women.unknown"), c.T("women.unknown_note")
		page.Parts = append(page.Parts, unknown)
	}
	page.Parts = append(page.Parts, weeks...)
	return c.Draw(http.StatusOK, "women", page)
}
