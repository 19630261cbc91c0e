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
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// How many months are offered, and until which day of a month the one before is shown first.
const (
	reportMonths = 24
	reportLately = 10
)

// reportAsked is which report the address asks for, and what is wrong with that.
type reportAsked struct {
	desk.ReportQuery
	month, from, to    string
	fromError, toError string
}

// reportOf reads the address: ?form= &place= &month=2026-10, or &from= &to=.
func (c *Call) reportOf() (*reportAsked, error) {
	q := c.R.URL.Query()
	if c.R.Method == http.MethodPost {
		q = url.Values{}
		for _, name := range []string{"form", "place", "month", "from", "to"} {
			q.Set(name, c.Value(name))
		}
	}
	out := &reportAsked{month: q.Get("month"), from: strings.TrimSpace(q.Get("from")), to: strings.TrimSpace(q.Get("to"))}
	out.Form = cmp.Or(q.Get("form"), "results")
	out.First, _ = strconv.Atoi(q.Get("after")) // anything else begins at the first
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

// showReports draws a report, as a page or as a file.
func (pg *Pages) showReports(c *Call) error {
	asked, err := c.reportOf()
	if err != nil {
		return err
	}
	return pg.drawReports(c, asked, http.StatusOK, nil)
}

// drawReports draws the report that is asked for; wrong is what is wrong with what was typed to take it out.
func (pg *Pages) drawReports(c *Call, asked *reportAsked, status int, wrong map[string]string) error {
	frame, err := c.Frame(ui.NavReports)
	if err != nil {
		return err
	}
	frame.Path = ui.PathReports
	page := ui.MonthReport{Frame: frame, From: ui.Field{Value: cmp.Or(asked.from, asked.Period.From.String()), Error: asked.fromError}, To: ui.Field{Value: cmp.Or(asked.to, asked.Period.To.String()), Error: asked.toError}}
	if err := c.reportChoices(&page, asked); err != nil {
		return err
	}
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
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	w := reportWords{c.Words, ref}
	paper := c.reportPaper(m, w)
	c.planColumns(paper, m)
	paper.Facts = append(paper.Facts, c.madeFacts(m)...)
	switch format := c.R.URL.Query().Get("format"); format {
	case string(sheet.XLSX), string(sheet.CSV), formatPDF:
		if m.Layout.Kind == report.KindRegister { // is taken out with a reason, see takeRegister
			status, wrong = http.StatusUnprocessableEntity, c.takingWrong(desk.ErrNoReason)
			break
		}
		return c.sendPaper(asked, format, paper, nil)
	}
	c.fillReport(&page, asked, m, paper, w)
	if month := m.Period.From.Month(); m.Period.Months() && c.May(rights.Read, registry.KindClosing) {
		page.Closed = ui.PathReportClosed + "?month=" + monthKey(month)
		if !c.Hub && c.Desk.MayCloseMonth(c.Who) && m.Period.To < c.Today {
			page.Close = ui.PathReportClose + "?month=" + monthKey(month)
		}
	}
	if m.Layout.Kind == report.KindRegister {
		c.registerForm(&page, asked, m, wrong)
	}
	return c.Draw(status, "reports", page)
}

// registerForm is by what a register is taken out, and how it goes on.
func (c *Call) registerForm(page *ui.MonthReport, asked *reportAsked, m *desk.MonthlyReport, wrong map[string]string) {
	page.PDF, page.XLSX, page.CSV = "", "", ""
	page.Lead = c.T("report_say.register_n", "n", m.Register.Total, "from", m.Register.From.String())
	if desk.MayExport(c.Who) {
		page.Take = &ui.ReportTake{
			Form: asked.Form, From: m.Period.From.ISO(), To: m.Period.To.ISO(), For: c.TakingChoice(registry.PaperTakings, cmp.Or(c.Value("for"), registry.TakeReport), wrong["for"]),
			Reason: ui.Field{Value: c.Value("reason"), Error: wrong["reason"]},
		}
	}
	if next := m.Register.First + len(m.Register.Rows); next < m.Register.Total {
		page.More = ui.PathReports + asked.query("after", strconv.Itoa(next))
	}
}

// takingWrong says beside its fields why nothing is taken out; nil: that is not what is wrong.
func (c *Call) takingWrong(err error) map[string]string {
	switch {
	case errors.Is(err, desk.ErrNoPurpose):
		return map[string]string{"for": c.T("take.choose")}
	case errors.Is(err, desk.ErrNoReason):
		return map[string]string{"reason": c.T("import_say.reason_missing")}
	}
	return nil
}

// reportChoices fills in the form at the top.
func (c *Call) reportChoices(page *ui.MonthReport, asked *reportAsked) error {
	forms, err := c.Desk.Forms(asked.Period.To)
	if err != nil {
		return err
	}
	for _, l := range forms {
		if !c.mayReport(l) {
			continue
		}
		other := reportAsked{ReportQuery: asked.ReportQuery}
		other.Form = l.Form
		page.Forms = append(page.Forms, ui.ReportForm{Name: c.formName(l), Href: ui.PathReports + other.query(), Current: l.Form == asked.Form})
	}
	page.Form = asked.Form
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
	return nil
}

// formName is what a form is called where there are several: shortly, if the catalogue knows it.
func (c *Call) formName(l *report.Layout) string {
	switch l.Form {
	case "results", "supplies", "reactions", "register", "yearly":
		return c.T("report_say.form_" + l.Form)
	}
	return l.Title.In(c.Words.Lang())
}

// mayReport reports whether somebody may read what a form is filled in from.
func (c *Call) mayReport(l *report.Layout) bool {
	switch l.Kind {
	case report.KindSupplies:
		return c.May(rights.Read, registry.KindMovement)
	case report.KindReactions:
		return c.May(rights.Read, registry.KindReaction)
	case report.KindRegister:
		return c.May(rights.Read, registry.KindSubject)
	}
	return true
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

// fillReport puts a report on the page.
func (c *Call) fillReport(page *ui.MonthReport, asked *reportAsked, m *desk.MonthlyReport, x *report.Paper, w reportWords) {
	page.Title, page.PlaceName, page.Period = x.Title, m.Place.Name, m.Period.From.String()+"–"+m.Period.To.String()
	page.PlaceID, page.Place.Value = m.Place.ID.String(), m.Place.ID.String()
	for _, f := range x.Facts {
		page.Facts = append(page.Facts, ui.Fact{Name: f.Name, Value: f.Text})
	}
	if day, source, ok := m.Layout.Deadline(m.Period); ok {
		page.Deadline, page.Rule = c.deadlineMark(day), source
	}
	switch m.Layout.Kind {
	case report.KindSupplies:
		page.Tables = append(page.Tables, c.supplyTable(asked, m, x))
	case report.KindRegister:
		page.Tables = append(page.Tables, c.registerTable(m, w))
	default:
		page.Tables = append(page.Tables, c.formTable(asked, m, x))
	}
	page.Tables[0].Title = x.Title
	page.Tables[0].First = x.Columns[0].Title
	if m.Layout.Kind == report.KindRegister {
		page.Tables[0].First = c.T("report_say.child")
	}
	if m.Layout.Kind == report.KindReactions {
		page.Tables = append(page.Tables, severeTable(m, &x.More[0]))
	}
	page.Opens = m.Layout.Kind != report.KindRegister
	page.Verify = slices.ContainsFunc(m.Layout.Rows, func(r report.RowLayout) bool { return r.Verify }) ||
		slices.ContainsFunc(m.Layout.Columns, func(r report.ColumnLayout) bool { return r.Verify })
	page.VerifyAll = m.Layout.Kind == report.KindSupplies || m.Layout.Kind == report.KindRegister
	if m.Plan != nil {
		page.Targets = targetsOf(m)
	}
	page.Sources = x.Notes
	page.XLSX, page.CSV, page.PDF = ui.PathReports+asked.query("format", "xlsx"), ui.PathReports+asked.query("format", "csv"), ui.PathReports+asked.query("format", formatPDF)
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
	if strings.Contains(row, ".") {         // a lot, see report.SupplyLine
		return c.showSupplyRows(asked, row, column, from)
	}
	asked.First = 0
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
		Frame: frame, Back: ui.PathReports + asked.query(), Title: m.Layout.Rows[at].Name.In(c.Words.Lang()), Column: reportWords{c.Words, ref}.column(col).Heading(), PlaceName: m.Place.Name,
		Period: m.Period.From.String() + "–" + m.Period.To.String(), Number: c.Words.Int(int64(total)), Source: m.Layout.Rows[at].Source,
	}
	if col.From != 0 {
		page.Period = col.From.String() + "–" + col.To.String()
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
