package pages

import (
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/locale"
	"tramy/internal/paper"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/sheet"
	"tramy/internal/ui"
)

// reportWords are the words of a report in a language, which is that of the page or, of what is handed in, Vietnamese.
type reportWords struct {
	words *locale.Catalogue
	ref   *reference
}

func (w reportWords) Lang() string                     { return w.words.Lang() }
func (w reportWords) T(key string, args ...any) string { return w.words.T(key, args...) }

// Item names a vaccine or supply.
func (w reportWords) Item(code string) string {
	if v := w.ref.byCode[code]; v != nil {
		return VaccineName(w.words, v)
	}
	if v := registry.DiluentFor(code); v != "" {
		return w.T("stock_item.diluent", "vaccine", w.Item(v))
	}
	if key := supplyKeys[code]; key != "" {
		return w.T("stock_item." + key)
	}
	return code
}

// Dose says which dose of which vaccine.
func (w reportWords) Dose(vaccine string, number int32) string {
	name := w.ref.numbered(w.words, vaccine, int(number))
	switch {
	case name.Number == 0:
		return name.Vaccine
	case name.Oral:
		return name.Vaccine + " " + w.T("dose.oral", "n", name.Number)
	}
	return name.Vaccine + " " + w.T("dose.number", "n", name.Number)
}

// Signs names signs of a reaction.
func (w reportWords) Signs(codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = code
		if _, known := registry.SignOf(code); known {
			words[i] = w.T("sign." + code)
		}
	}
	return strings.Join(words, ", ")
}

// column names a column of a form that counts.
func (w reportWords) column(col report.FormColumn) report.PaperColumn {
	if name := col.Name.In(w.Lang()); name != "" {
		return report.PaperColumn{Title: name}
	}
	out := report.PaperColumn{Title: w.T("report_say.month"), Group: w.T("report_say.all")}
	if col.Cumulative {
		out.Title = w.T("report_say.cumulative")
	}
	switch col.Who {
	case report.Residents:
		out.Group = w.T("report_say.resident")
	case report.Visitors:
		out.Group = w.T("report_say.visitor")
	}
	if col.Programme != 0 {
		out.Group += ": " + w.T("report_say.programme_"+col.Programme.String())
	}
	return out
}

// reportPaper puts a report into words: the same on a page, in a file, on paper and in what is kept.
func (c *Call) reportPaper(m *desk.MonthlyReport, w reportWords) *report.Paper {
	var out *report.Paper
	switch m.Layout.Kind {
	case report.KindSupplies:
		out = m.Supplies.Paper(w)
	case report.KindRegister:
		out = m.Register.Paper(w, c.dosePlace)
	case report.KindReactions:
		out = m.Paper(w.Lang(), w.T("report_say.after"), w.column)
		out.More = append(out.More, m.Layout.PaperSevere(w, m.Severe))
	case report.KindMonths:
		out = m.Paper(w.Lang(), w.T("report_say.indicator"), w.column)
		out.Columns[1].Title, out.Columns[1].Group = w.T("report_say.all"), ""
	default:
		out = m.Paper(w.Lang(), w.T("report_say.indicator"), w.column)
	}
	out.Facts = []report.Fact{{Name: w.T("report_say.place"), Text: m.Place.Name}, {Name: w.T("report_say.period"), Text: m.Period.From.String() + "–" + m.Period.To.String()}}
	return out
}

// madeFacts say when, by whom and out of how complete a register a report was made. They are no part of what is kept.
func (c *Call) madeFacts(m *desk.MonthlyReport) []report.Fact {
	out := []report.Fact{{Name: c.T("report_say.made"), Text: c.Words.When(c.Now, c.Now) + ", " + c.Who.Name}}
	if c.Hub {
		out = append(out, report.Fact{Name: c.T("report_say.heard"), Text: c.T("report_say.heard_of", "n", m.Heard.Fresh, "of", m.Heard.Stations)})
	}
	return out
}

// dosePlace names where a dose was given, or by what it is known.
func (c *Call) dosePlace(d *project.ImmunizationRow) string {
	if row, ok := c.Desk.Node.Atlas().Row(d.Place); ok && d.Source == registry.SourceHere {
		return row.Name
	}
	return c.T("source." + d.Source.String())
}

// sendPaper sends a report as a file: a spreadsheet, or PDF.
func (c *Call) sendPaper(asked *reportAsked, format string, x *report.Paper, across []bool) error {
	name := "bao-cao-" + asked.Form + "-" + asked.Period.From.ISO() + "-" + asked.Period.To.ISO()
	kind := "text/csv; charset=utf-8"
	switch format {
	case formatPDF:
		return c.PDF(c.paperReport(x, across), name)
	case string(sheet.XLSX):
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	default:
		format = string(sheet.CSV)
	}
	c.W.Header().Set("Content-Type", kind)
	c.W.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
	return desk.WritePaper(c.W, sheet.Format(format), x)
}

// paperReport is a report as it is drawn. across says which columns tell who a row is about, on a line above its others.
func (c *Call) paperReport(x *report.Paper, across []bool) paper.Report {
	out := paper.Report{Title: x.Title, Notes: x.Notes, Training: c.Training}
	for _, f := range x.Facts {
		out.Facts = append(out.Facts, ui.Fact{Name: f.Name, Value: f.Text})
	}
	table := func(t *report.PaperTable, across []bool) paper.ReportTable {
		drawn := paper.ReportTable{Title: t.Title, Rows: t.Rows}
		for i, col := range t.Columns {
			drawn.Columns = append(drawn.Columns, paper.ReportColumn{Group: col.Group, Title: col.Title, Number: col.Number, Date: col.Date, Across: i < len(across) && across[i]})
		}
		return drawn
	}
	out.Tables = append(out.Tables, table(&report.PaperTable{Columns: x.Columns, Rows: x.Rows}, across))
	for i := range x.More {
		out.Tables = append(out.Tables, table(&x.More[i], nil))
	}
	out.Made = c.T("paper.made", "on", c.Today.String(), "place", c.Place, "who", c.Who.Name, "what", x.Title)
	return out
}

// takeRegister sends a register as a file, for a purpose and with a reason.
func (pg *Pages) takeRegister(c *Call) error {
	asked, err := c.reportOf()
	if err != nil {
		return err
	}
	if asked.fromError != "" || asked.toError != "" {
		return desk.ErrNotFound
	}
	m, err := c.Desk.TakeRegister(c.Ctx(), c.Who, asked.ReportQuery, c.Value("for"), c.Value("reason"))
	if wrong := c.takingWrong(err); wrong != nil {
		return pg.drawReports(c, asked, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	ref, err := c.vaccineNames()
	if err != nil {
		return err
	}
	x := c.reportPaper(m, reportWords{c.Words, ref})
	x.Facts = append(x.Facts, c.madeFacts(m)...)
	return c.sendPaper(asked, c.Value("format"), x, registerAcross(m.Layout))
}

// registerAcross are the columns of a register that tell who a child is.
func registerAcross(l *report.Layout) []bool {
	out := make([]bool, len(l.Columns))
	for i := range l.Columns {
		out[i] = l.Columns[i].What != report.ColumnDose && l.Columns[i].What != report.ColumnFull
	}
	return out
}
