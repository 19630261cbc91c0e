package pages

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// How many months are offered, and until which day of a month the one before is shown first.
const (
	reportMonths = 24
	reportLately = 10
)

// registerYears is how many years before this one the children of register A2.1 are born from on.
const registerYears = 2

// reportAsked is which report the address asks for, and what is wrong with that.
type reportAsked struct {
	desk.ReportQuery
	month, from, to    string
	fromError, toError string
}

// reportOf reads the address: ?form= &place= &month=2026-10, or &from= &to=.
func (c *Call) reportOf() (*reportAsked, error) {
	q := c.R.URL.Query()
	out := &reportAsked{month: q.Get("month"), from: strings.TrimSpace(q.Get("from")), to: strings.TrimSpace(q.Get("to"))}
	out.Form = cmp.Or(q.Get("form"), "results")
	if text := q.Get("place"); text != "" {
		id, err := p.ParseEntityID(text)
		if err != nil {
			return nil, desk.ErrNotFound
		}
		out.Place = id
	}
	month := c.Today.Month()
	if _, _, day := c.Today.Date(); day <= reportLately {
		month-- // its report is due now
	}
	if first, err := registry.ParseISO(out.month + "-01"); err == nil {
		month = first.Month()
	}
	out.month = month.First().ISO()[:7]
	out.Period = report.Period{From: month.First(), To: month.Last()}
	for _, x := range []struct {
		text  string
		day   *registry.Day
		wrong *string
	}{{out.from, &out.Period.From, &out.fromError}, {out.to, &out.Period.To, &out.toError}} {
		if x.text == "" {
			continue
		}
		day, err := registry.ParseISO(x.text)
		if err != nil {
			if day, err = registry.ParseDay(x.text, c.Today); err != nil {
				*x.wrong = c.DateError(err)
				continue
			}
		}
		*x.day = day
	}
	if out.from != "" && out.to == "" && out.Period.To < out.Period.From {
		out.Period.To = out.Period.From.Month().Last()
	}
	if out.from == "" && out.to != "" && out.Period.From > out.Period.To {
		out.Period.From = out.Period.To.Month().First()
	}
	return out, nil
}

// query is the address of the same report, with more.
func (a *reportAsked) query(more ...string) string {
	q := url.Values{"from": {a.Period.From.ISO()}, "to": {a.Period.To.ISO()}}
	if a.Form != "results" {
		q.Set("form", a.Form)
	}
	if !a.Place.IsZero() {
		q.Set("place", a.Place.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "?" + q.Encode()
}

// showReports draws a report, as a page or as a file. It names nobody.
func (pg *Pages) showReports(c *Call) error {
	asked, err := c.reportOf()
	if err != nil {
		return err
	}
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReports
	page := ui.MonthReport{Frame: frame, From: ui.Field{Value: cmp.Or(asked.from, asked.Period.From.String()), Error: asked.fromError}, To: ui.Field{Value: cmp.Or(asked.to, asked.Period.To.String()), Error: asked.toError}}
	c.reportChoices(&page, asked)
	if c.Hub {
		if stop, err := c.reportPlaces(&page, asked); err != nil || stop {
			if err == nil {
				err = c.Draw(http.StatusOK, "reports", page)
			}
			return err
		}
	}
	if asked.fromError != "" || asked.toError != "" {
		return c.Draw(http.StatusUnprocessableEntity, "reports", page)
	}
	m, err := c.Desk.Report(c.Ctx(), c.Who, asked.ReportQuery)
	if wrong, known := c.Sentences(err); known {
		page.From.Error, page.To.Error = wrong["from"], wrong["to"]
		return c.Draw(http.StatusUnprocessableEntity, "reports", page)
	}
	if err != nil {
		return err
	}
	asked.Place = m.Place.ID
	paper := c.reportPaper(m)
	switch format := sheet.Format(c.R.URL.Query().Get("format")); format {
	case sheet.XLSX, sheet.CSV:
		return c.sendPaper(asked, format, paper)
	}
	c.fillReport(&page, asked, m, paper)
	return c.Draw(http.StatusOK, "reports", page)
}

// reportChoices fills in the form at the top.
func (c *Call) reportChoices(page *ui.MonthReport, asked *reportAsked) {
	page.Month = ui.Select{}
	for i := range registry.Month(reportMonths) {
		m := c.Today.Month() - i
		page.Month.Options = append(page.Month.Options, ui.Option{Value: m.First().ISO()[:7], Text: m.String()})
	}
	if asked.Period.Months() {
		page.Month.Value = asked.Period.From.ISO()[:7]
	} else {
		page.Month.Options = append([]ui.Option{{Value: "", Text: c.T("report_say.other_days")}}, page.Month.Options...)
	}
	page.Days = !asked.Period.Months() || asked.fromError != "" || asked.toError != ""
	y, _, _ := c.Today.Date()
	if !c.Hub && desk.MayExport(c.Who) {
		// A2.1 is kept for the children born since 1 January two years before (TT 23/2025/TT-BYT).
		page.Register = ui.PathExport + "?from=" + registry.NewMonth(y-registerYears, 1).First().ISO()
	}
	for _, year := range []int{y, y - 1} {
		whole := reportAsked{ReportQuery: asked.ReportQuery}
		whole.Period = report.Period{From: registry.NewMonth(year, 1).First(), To: registry.NewMonth(year, 12).Last()}
		page.Years = append(page.Years, ui.Crumb{Name: c.T("report_say.year", "n", strconv.Itoa(year)), Href: ui.PathReports + whole.query()})
	}
	for _, r := range c.Desk.ReportPlaces(c.Who, asked.Place) {
		page.Place.Options = append(page.Place.Options, ui.Option{Value: r.ID.String(), Text: r.Name})
	}
	page.Place.Value = asked.Place.String()
	if asked.Place.IsZero() && len(page.Place.Options) > 0 {
		page.Place.Value = page.Place.Options[0].Value
	}
	page.PlaceID = page.Place.Value
}

// reportPlaces offers what lies under a place of which no report is made, at a hub: stop says that there is nothing more to draw.
func (c *Call) reportPlaces(page *ui.MonthReport, asked *reportAsked) (stop bool, err error) {
	m := c.Desk.Map()
	own := c.Desk.Node.Atlas().At(c.Today).Register(c.Who.Place)
	at := asked.Place
	if at.IsZero() {
		at = own
	}
	row, ok := m.Row(at)
	if !ok {
		return true, desk.ErrNotFound
	}
	if !c.Desk.Within(c.Who, at) {
		return true, desk.ErrElsewhere
	}
	for _, up := range m.Path(at) {
		r, _ := m.Row(up)
		page.Crumbs = append(page.Crumbs, ui.Crumb{Name: r.Name, Href: ui.PathReports + "?place=" + up.String()})
		if up == own {
			break
		}
	}
	slices.Reverse(page.Crumbs)
	if row.Level >= registry.LevelCommune {
		asked.Place = at
		return false, nil
	}
	for _, id := range m.Children(at) {
		if r, ok := m.Row(id); ok && r.Level < registry.LevelFacility {
			page.Under = append(page.Under, ui.Crumb{Name: r.Name, Href: ui.PathReports + "?place=" + id.String()})
		}
	}
	slices.SortFunc(page.Under, func(a, b ui.Crumb) int { return strings.Compare(registry.Fold(a.Name), registry.Fold(b.Name)) })
	return true, nil
}

// columnWord names a column of a form.
func (c *Call) columnWord(col report.FormColumn) report.PaperColumn {
	out := report.PaperColumn{Title: c.T("report_say.month"), Group: c.T("report_say.all")}
	if col.Cumulative {
		out.Title = c.T("report_say.cumulative")
	}
	switch col.Who {
	case report.Residents:
		out.Group = c.T("report_say.resident")
	case report.Visitors:
		out.Group = c.T("report_say.visitor")
	}
	if col.Programme != 0 {
		out.Group += ": " + c.T("report_say.programme_"+col.Programme.String())
	}
	return out
}

// reportPaper puts a report into words.
func (c *Call) reportPaper(m *desk.MonthlyReport) *report.Paper {
	paper := m.Paper(c.Words.Lang(), c.T("report_say.indicator"), c.columnWord)
	c.planColumns(paper, m)
	paper.Facts = []report.Fact{
		{Name: c.T("report_say.place"), Text: m.Place.Name},
		{Name: c.T("report_say.period"), Text: m.Period.From.String() + "–" + m.Period.To.String()},
		{Name: c.T("report_say.made"), Text: c.Words.When(c.Now, c.Now) + ", " + c.Who.Name},
	}
	if c.Hub {
		paper.Facts = append(paper.Facts, report.Fact{Name: c.T("report_say.heard"), Text: c.T("report_say.heard_of", "n", m.Heard.Fresh, "of", m.Heard.Stations)})
	}
	return paper
}

// sendPaper sends a report as a file.
func (c *Call) sendPaper(asked *reportAsked, format sheet.Format, paper *report.Paper) error {
	name := "bao-cao-" + asked.Form + "-" + asked.Period.From.ISO() + "-" + asked.Period.To.ISO() + "." + string(format)
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	c.W.Header().Set("Content-Type", kind)
	c.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return desk.WritePaper(c.W, format, paper)
}

func (c *Call) fillReport(page *ui.MonthReport, asked *reportAsked, m *desk.MonthlyReport, paper *report.Paper) {
	page.Title, page.PlaceName, page.Period = paper.Title, m.Place.Name, m.Period.From.String()+"–"+m.Period.To.String()
	page.PlaceID, page.Place.Value = m.Place.ID.String(), m.Place.ID.String()
	for _, f := range paper.Facts {
		page.Facts = append(page.Facts, ui.Fact{Name: f.Name, Value: f.Text})
	}
	if day, source, ok := m.Layout.Deadline(m.Period); ok {
		page.Deadline, page.Rule = c.deadlineMark(day), source
	}
	for i, col := range paper.Columns[1:] {
		if n := len(page.Groups); n > 0 && page.Groups[n-1].Name == col.Group {
			page.Groups[n-1].Span++
		} else {
			page.Groups = append(page.Groups, ui.ReportGroup{Name: col.Group, Span: 1, Small: i >= 2})
		}
		page.Columns = append(page.Columns, ui.ReportColumn{Name: col.Title, Small: i >= 2})
	}
	year, _, _ := m.Period.From.Date()
	targets := (&targetAsked{year: year, place: m.Place.ID}).query()
	page.Targets = targets
	for i := range m.Layout.Rows {
		row := &m.Layout.Rows[i]
		line := ui.ReportLine{Name: paper.Rows[i][0], Verify: row.Verify}
		for k, text := range paper.Rows[i][1:] {
			cell := ui.ReportCell{Text: text, Small: k >= 2}
			if k >= len(m.Columns()) {
				if k == len(m.Columns())+planTarget && m.Plan[i].Group != 0 {
					cell.Href = targets
				}
			} else if text != "" && m.Cells[i][k] > 0 {
				cell.Href = ui.PathReportRows + asked.query("row", row.Key, "column", m.Columns()[k].Key)
			}
			line.Cells = append(line.Cells, cell)
		}
		page.Verify = page.Verify || row.Verify
		page.Rows = append(page.Rows, line)
	}
	page.Sources = paper.Notes
	page.XLSX, page.CSV = ui.PathReports+asked.query("format", "xlsx"), ui.PathReports+asked.query("format", "csv")
}

// deadlineMark says how long there is until a day.
func (c *Call) deadlineMark(day registry.Day) *ui.Mark {
	switch left := int(day - c.Today); {
	case left < 0:
		return &ui.Mark{Kind: ui.MarkOverdue, Text: c.T("report_say.late", "day", day.String(), "n", -left)}
	case left == 0:
		return &ui.Mark{Kind: ui.MarkAsk, Text: c.T("report_say.today", "day", day.String())}
	default:
		return &ui.Mark{Kind: ui.MarkLater, Text: c.T("report_say.left", "day", day.String(), "n", left)}
	}
}

// showReportRows lists what one number counts.
func (pg *Pages) showReportRows(c *Call) error {
	asked, err := c.reportOf()
	if err != nil {
		return err
	}
	if asked.fromError != "" || asked.toError != "" {
		return desk.ErrNotFound
	}
	q := c.R.URL.Query()
	row, column := q.Get("row"), q.Get("column")
	from, _ := strconv.Atoi(q.Get("after")) // anything else begins at the first
	m, list, total, err := c.Desk.ReportRows(c.Ctx(), c.Who, asked.ReportQuery, row, column, from)
	var errs registry.Errors
	if errors.As(err, &errs) {
		return desk.ErrNotFound
	}
	if err != nil {
		return err
	}
	asked.Place = m.Place.ID
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReportRows
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(m.Layout.Rows, func(r report.RowLayout) bool { return r.Key == row })
	col := m.Columns()[slices.IndexFunc(m.Columns(), func(x report.FormColumn) bool { return x.Key == column })]
	page := ui.ReportRows{
		Frame: frame, Back: ui.PathReports + asked.query(), Title: m.Layout.Rows[at].Name.In(c.Words.Lang()), Column: c.columnWord(col).Heading(), PlaceName: m.Place.Name,
		Period: m.Period.From.String() + "–" + m.Period.To.String(), Total: total, Source: m.Layout.Rows[at].Source,
	}
	if col.Cumulative {
		page.Period = m.Period.Year().String() + "–" + m.Period.To.String()
	}
	for i := range list {
		x := &list[i]
		line := ui.ReportPerson{On: x.On.String(), Place: x.PlaceName}
		if x.Who != nil {
			line.Href, line.Name, line.Line = ui.PathChild+x.Subject.String(), x.Who.Name, c.PersonLine(x.Who)
		} else {
			line.Name = c.T("report_say.unknown")
		}
		if x.Vaccine != "" {
			line.What = doseWord(c, ref, &project.ImmunizationRow{Vaccine: x.Vaccine, Dose: x.Dose})
			if x.Lot != "" {
				line.What += ", " + c.lotOf(x.Lot)
			}
		}
		if x.Severity != 0 {
			line.Href = ui.PathReaction + x.Entity.String()
		}
		page.Rows = append(page.Rows, line)
	}
	if next := from + len(list); next < total && len(list) > 0 {
		page.More = ui.PathReportRows + asked.query("row", row, "column", column, "after", strconv.Itoa(next))
	}
	return c.Draw(http.StatusOK, "reportrows", page)
}
