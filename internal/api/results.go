package api

import (
	"bytes"

	"tramy/internal/desk"
	"tramy/internal/report"
	"tramy/internal/server"
	"tramy/internal/sheet"
	p "tramy/syncproto"
)

// resultsTable is the results of a place: a row of figures an indicator, in the order of columns.
type resultsTable struct {
	Place   place        `json:"place"`
	From    string       `json:"from"`
	To      string       `json:"to"`
	Form    string       `json:"form"` // the day from which this version of the form is in force
	Due     string       `json:"due,omitempty"`
	Columns []string     `json:"columns"`
	Rows    []resultsRow `json:"rows"`
	Heard   *heard       `json:"heard,omitempty"`
}

type resultsRow struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	Counts []int64 `json:"counts"`
	Source string  `json:"source"`
	Verify bool    `json:"verify"`
}

// results answers GET /reports/results: the monthly form of a commune or facility. It names nobody.
func (a *API) results(c *Call) (*Answer, error) {
	query := c.URL.Query()
	month := a.desk.Today().Month() - 1
	from, err := c.Day("from", month.First())
	if err != nil {
		return nil, err
	}
	to, err := c.Day("to", from.Month().Last())
	if err != nil {
		return nil, err
	}
	q := desk.ReportQuery{Form: "results", Period: report.Period{From: from, To: to}}
	if text := query.Get("place"); text != "" {
		id, err := p.ParseEntityID(text)
		if err != nil {
			row, known := a.desk.Node.Atlas().ByCode(text, a.desk.Today())
			if !known {
				return nil, server.NewProblem(server.TypeNotFound).At("place")
			}
			id = row.ID
		}
		q.Place = id
	}
	m, err := a.desk.Report(c.Context(), c.Who, q)
	if err != nil {
		return nil, err
	}
	switch format := sheet.Format(query.Get("format")); format {
	case sheet.CSV, sheet.XLSX:
		return resultsFile(m, format, c.Words.Lang())
	case "", "json":
		return ok(resultsJSON(m, c.Words.Lang()))
	}
	return nil, server.NewProblem(server.TypeBadRequest).At("format")
}

func resultsJSON(m *desk.MonthlyReport, lang string) resultsTable {
	out := resultsTable{Place: placeOf(&m.Place), From: m.Period.From.ISO(), To: m.Period.To.ISO(), Form: m.Layout.From.ISO()}
	if due, _, ok := m.Layout.Deadline(m.Period); ok {
		out.Due = due.ISO()
	}
	for _, col := range m.Columns() {
		out.Columns = append(out.Columns, col.Key)
	}
	for i := range m.Layout.Rows {
		r := &m.Layout.Rows[i]
		out.Rows = append(out.Rows, resultsRow{Key: r.Key, Name: r.Name.In(lang), Counts: m.Cells[i], Source: r.Source, Verify: r.Verify})
	}
	if m.Heard.Stations > 0 {
		out.Heard = &heard{Stations: m.Heard.Stations, Fresh: m.Heard.Fresh, Never: m.Heard.Never, Oldest: Moment(m.Heard.OldestMS)}
	}
	return out
}

// resultsFile is the same as a spreadsheet, its columns by their keys.
func resultsFile(m *desk.MonthlyReport, format sheet.Format, lang string) (*Answer, error) {
	paper := m.Paper(lang, "name", func(col report.FormColumn) report.PaperColumn { return report.PaperColumn{Title: col.Key} })
	paper.Facts = []report.Fact{{Name: "place", Text: m.Place.Name}, {Name: "period", Text: m.Period.From.ISO() + "/" + m.Period.To.ISO()}}
	var b bytes.Buffer
	if err := desk.WritePaper(&b, format, paper); err != nil {
		return nil, err
	}
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return &Answer{Raw: b.Bytes(), Type: kind, Filename: "results-" + m.Period.From.ISO() + "." + string(format)}, nil
}
