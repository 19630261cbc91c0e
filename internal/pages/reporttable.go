package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/ui"
)

// formTable is a form that counts, each number with where its rows are.
func (c *Call) formTable(asked *reportAsked, m *desk.MonthlyReport, x *report.Paper) ui.ReportTable {
	var out ui.ReportTable
	keep := 2 // columns that a phone shows
	for i, col := range x.Columns[1:] {
		if n := len(out.Groups); n > 0 && out.Groups[n-1].Name == col.Group {
			out.Groups[n-1].Span++
		} else {
			out.Groups = append(out.Groups, ui.ReportGroup{Name: col.Group, Span: 1, Small: i >= keep})
		}
		out.Columns = append(out.Columns, ui.ReportColumn{Name: col.Title, Small: i >= keep})
	}
	if !slices.ContainsFunc(x.Columns, func(col report.PaperColumn) bool { return col.Group != "" }) {
		out.Groups = nil
	}
	for i := range m.Layout.Rows {
		row := &m.Layout.Rows[i]
		line := ui.ReportLine{Name: x.Rows[i][0], Verify: row.Verify}
		for k, text := range x.Rows[i][1:] {
			cell := ui.ReportCell{Text: text, Small: k >= keep}
			if k >= len(m.Columns()) { // of planColumns
				if k == len(m.Columns())+planTarget && m.Plan[i].Group != 0 {
					cell.Href = targetsOf(m)
				}
			} else if text != "" && m.Cells[i][k] > 0 {
				cell.Href = ui.PathReportRows + asked.query("row", row.Key, "column", m.Columns()[k].Key)
			}
			line.Cells = append(line.Cells, cell)
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// supplyTable is the report of supplies, a line a lot.
func (c *Call) supplyTable(asked *reportAsked, m *desk.MonthlyReport, x *report.Paper) ui.ReportTable {
	var out ui.ReportTable
	cols := m.Layout.Columns
	small := func(k int) bool {
		return cols[k].What != report.AmountGiven && cols[k].What != report.AmountClosing
	}
	for k := range cols {
		out.Columns = append(out.Columns, ui.ReportColumn{Name: x.Columns[3+k].Title, Small: small(k)})
	}
	for i := range m.Supplies.Lines {
		l := &m.Supplies.Lines[i]
		cells := x.Rows[i]
		line := ui.ReportLine{Name: cells[0], Small: strings.TrimSuffix(cells[1]+", "+cells[2], ", ")}
		if line.Small = strings.TrimPrefix(line.Small, ", "); !l.Entered {
			line.Small = strings.TrimPrefix(line.Small+", "+c.T("report_say.unentered"), ", ")
		}
		for k := range cols {
			n := l.Amount(&cols[k])
			cell := ui.ReportCell{Text: c.amount(n), Small: small(k)}
			if n == 0 {
				cell.Text = "–"
			} else {
				cell.Href = ui.PathReportRows + asked.query("row", l.Key(), "column", cols[k].Key)
			}
			line.Cells = append(line.Cells, cell)
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// severeTable is the list of severe reactions; each opens its record.
func severeTable(m *desk.MonthlyReport, t *report.PaperTable) ui.ReportTable {
	out := ui.ReportTable{Title: t.Title}
	keep := map[string]bool{report.ColumnVaccine: true, report.ColumnBegan: true}
	for k := range m.Layout.List {
		out.Columns = append(out.Columns, ui.ReportColumn{Name: t.Columns[k].Title, Small: !keep[m.Layout.List[k].What], Text: true})
	}
	for i, cells := range t.Rows {
		var line ui.ReportLine
		for k, text := range cells {
			cell := ui.ReportCell{Text: text, Small: out.Columns[k].Small, Words: true}
			if m.Layout.List[k].What == report.ColumnVaccine {
				cell.Href = ui.PathReaction + m.Severe[i].ID.String()
			}
			line.Cells = append(line.Cells, cell)
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// registerTable is a part of a register: who a child is, and its doses in one cell.
func (c *Call) registerTable(m *desk.MonthlyReport, w reportWords) ui.ReportTable {
	out := ui.ReportTable{Columns: []ui.ReportColumn{{Name: c.T("report_say.doses"), Text: true}, {Name: c.T("report_say.full"), Small: true, Text: true}, {Name: c.T("report_say.note"), Small: true, Text: true}}}
	for i := range m.Register.Rows {
		r := &m.Register.Rows[i]
		line := ui.ReportLine{Name: strconv.Itoa(m.Register.First+i+1) + ". " + r.Subject.Name, Href: ui.PathChild + r.Who.ID.String(), Small: c.PersonLine(&r.Who)}
		var doses, notes []string
		full := ""
		for k := range m.Layout.Columns {
			col := &m.Layout.Columns[k]
			text := m.Register.Cell(w, i, k, c.dosePlace)
			switch {
			case text == "":
			case col.What == report.ColumnDose:
				doses = append(doses, col.Name.In(w.Lang())+" "+text)
			case col.What == report.ColumnFull:
				full = text
			case col.What == report.ColumnNote || col.What == report.ColumnPlaces:
				notes = append(notes, text)
			}
		}
		line.Cells = []ui.ReportCell{{Text: strings.Join(doses, "; "), Words: true}, {Text: full, Small: true, Words: true}, {Text: strings.Join(notes, "; "), Small: true, Words: true}}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// showSupplyRows lists what one number of the report of supplies stands for.
func (c *Call) showSupplyRows(asked *reportAsked, row, column string, from int) error {
	m, list, total, err := c.Desk.SupplyRows(c.Ctx(), c.Who, asked.ReportQuery, row, column, from)
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
	w := reportWords{c.Words, ref}
	at := slices.IndexFunc(m.Supplies.Lines, func(l report.SupplyLine) bool { return l.Key() == row })
	col := slices.IndexFunc(m.Layout.Columns, func(x report.ColumnLayout) bool { return x.Key == column })
	l := &m.Supplies.Lines[at]
	item, lot, _ := l.Names(w)
	page := ui.ReportRows{
		Frame: frame, Back: ui.PathReports + asked.query(), Title: strings.TrimSuffix(item+", "+lot, ", "), Column: m.Layout.Columns[col].Name.In(c.Words.Lang()), PlaceName: m.Place.Name,
		Period: m.Period.From.String() + "–" + m.Period.To.String(), Number: c.amount(l.Amount(&m.Layout.Columns[col])), Source: m.Layout.Columns[col].Source, Supplies: true,
	}
	for i := range list {
		page.Rows = append(page.Rows, c.supplyEntry(&list[i], m.Period.From, l, w))
	}
	if next := from + len(list); next < total && len(list) > 0 {
		page.More = ui.PathReportRows + asked.query("row", row, "column", column, "after", strconv.Itoa(next))
	}
	return c.Draw(http.StatusOK, "reportrows", page)
}

// supplyEntry is one thing that happened to a lot, in words.
func (c *Call) supplyEntry(x *desk.SupplyRow, from registry.Day, l *report.SupplyLine, w reportWords) ui.ReportPerson {
	line := ui.ReportPerson{On: c.momentText(x.Moment), Place: x.PlaceName}
	if x.Place == c.Desk.Node.Identity().Place {
		line.Href = ui.PathStock + "/lot?" + url.Values{"item": {l.Item}, "lot": {l.Number}, "stock": {l.Stock.String()}}.Encode()
	}
	switch x.Kind {
	case registry.KindImmunization:
		line.Name, line.Href = c.T("report_say.unknown"), ""
		if x.Who != nil {
			line.Href, line.Name, line.Line = ui.PathChild+x.Subject.String(), x.Who.Name, c.PersonLine(x.Who)
		}
		line.What = w.Dose(x.Vaccine, x.Dose)
	case registry.KindStockCount:
		line.Name = c.T("report_say.counted")
		if line.What = c.T("report_say.counted_n", "n", c.amount(x.Amount), "more", signed(c, x.Found)); x.Day() < from {
			line.What = c.T("report_say.counted_before", "n", c.amount(x.Amount)) // what it found then is told by the report of its own month
		}
	default:
		line.Name = c.T("move_type." + x.Type.String())
		if x.Reason != 0 {
			line.Line = c.T("discard_reason." + x.Reason.String())
		}
		line.What = signed(c, x.Type.Sign()*x.Amount)
	}
	return line
}

// signed writes a number with what it does.
func signed(c *Call, n int64) string {
	if n > 0 {
		return "+" + c.amount(n)
	}
	return c.amount(n)
}
