package pages

import (
	"strconv"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/sheet"
	"tramy/internal/ui"
)

// recallTable fills in a recall by place, or sends it as a file where one was asked for: then it is done.
func (c *Call) recallTable(page *ui.RecallPage, r *desk.RecallReport) (done bool, err error) {
	for _, id := range r.Path {
		row, _ := c.Desk.Node.Atlas().Row(id)
		page.Crumbs = append(page.Crumbs, ui.Crumb{Name: row.Name, Href: placeHref(r.ID, id)})
	}
	line := func(x *desk.RecallPlace, sum bool) ui.RecallPlace {
		out := ui.RecallPlace{
			Name: x.Name, Left: int(x.Left), Apart: int(x.Apart), Returned: int(x.Returned), Given: x.Given, Children: x.Children,
			Stations: x.Stations, Confirmed: x.Confirmed, Quiet: x.Silent,
		}
		if x.Children > 0 && page.Children != "" {
			out.Kids = recallPath(r.ID) + "/children?place=" + x.Place.String()
		}
		if !sum && x.Level != registry.LevelFacility && x.Place != r.Top {
			out.Href = placeHref(r.ID, x.Place)
		}
		return out
	}
	for i := range r.Places {
		page.Places = append(page.Places, line(&r.Places[i], false))
	}
	page.Sum = line(&r.Sum, true)
	page.After, page.Outside = r.After, r.Outside
	page.SilentNo = len(r.Silent)
	silent := func(x *desk.RecallSilent) ui.RecallSilent {
		return ui.RecallSilent{Name: x.Name, In: x.In, Heard: c.heardWord(x.HeardMS)}
	}
	for i := range r.Silent {
		x := silent(&r.Silent[i])
		x.Text = c.T("recall_say.hides", "left", int(r.Silent[i].Left), "given", r.Silent[i].Given)
		page.Silent = append(page.Silent, x)
	}
	for i := range r.Open {
		if i == recallOpenShown {
			page.OpenMore = len(r.Open) - recallOpenShown
			break
		}
		x := silent(&r.Open[i])
		x.Text = c.T("stock_say.doses", "n", int(r.Open[i].Left))
		page.Open = append(page.Open, x)
	}
	base := placeHref(r.ID, r.Top) + "&format="
	page.CSV, page.XLSX = base+string(sheet.CSV), base+string(sheet.XLSX)
	switch format := sheet.Format(c.R.URL.Query().Get("format")); format {
	case sheet.CSV, sheet.XLSX:
		return true, c.sendRecall(page, r, format)
	}
	return false, nil
}

func (c *Call) heardWord(ms int64) string {
	if ms == 0 {
		return c.T("campaign_say.unheard")
	}
	return c.Words.When(at(ms), c.Now)
}

// sendRecall sends a recall by place as a file: it holds numbers and places, and names no child.
func (c *Call) sendRecall(page *ui.RecallPage, r *desk.RecallReport, format sheet.Format) error {
	paper := &report.Paper{
		Title: page.Name + ", " + c.T("recall.lot_n", "lot", page.Number),
		Facts: []report.Fact{
			{Name: c.T("report_say.place"), Text: r.Sum.Name},
			{Name: c.T("recall.state"), Text: page.Mark.Text},
			{Name: c.T("report_say.made"), Text: c.Words.When(c.Now, c.Now) + ", " + c.Who.Name},
		},
		Columns: []report.PaperColumn{{Title: c.T("recall.place_name")}},
	}
	for _, key := range []string{"left", "apart", "returned", "given", "kids", "confirmed", "stations", "silent_n"} {
		paper.Columns = append(paper.Columns, report.PaperColumn{Title: c.T("recall." + key), Number: true})
	}
	paper.Columns = append(paper.Columns, report.PaperColumn{Title: c.T("recall.note_col")})
	row := func(x *ui.RecallPlace, note string) {
		cells := []string{x.Name}
		for _, n := range []int{x.Left, x.Apart, x.Returned, x.Given, x.Children, x.Confirmed, x.Stations, x.Quiet} {
			cells = append(cells, strconv.Itoa(n))
		}
		paper.Rows = append(paper.Rows, append(cells, note))
	}
	for i := range page.Places {
		row(&page.Places[i], "")
	}
	row(&page.Sum, c.T("recall.sum"))
	for i := range page.Silent { // of these the numbers above may be old
		x := &page.Silent[i]
		place := ui.RecallPlace{Name: x.Name + ", " + x.In, Left: int(r.Silent[i].Left), Given: r.Silent[i].Given, Stations: 1, Quiet: 1}
		row(&place, c.T("recall_say.not_heard_since", "heard", x.Heard))
	}
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	c.W.Header().Set("Content-Type", kind)
	c.W.Header().Set("Content-Disposition", `attachment; filename="lo-ngung-dung-`+c.Today.ISO()+"."+string(format)+`"`)
	return desk.WritePaper(c.W, format, paper)
}
