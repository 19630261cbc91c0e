package api

import (
	"bytes"
	"cmp"
	"errors"
	"strconv"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
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
	// Tables are what a form that is no table of counts asks for, and severe reactions one by one: texts by the keys of their columns.
	Tables []reportTable `json:"tables,omitempty"`
	Heard  *heard        `json:"heard,omitempty"`
}

type reportTable struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// keyWords are a report's words for a program: keys and codes as they are kept.
type keyWords struct{ lang string }

func (w keyWords) Lang() string { return w.lang }
func (w keyWords) T(key string, _ ...any) string {
	return key[strings.LastIndex(key, ".")+1:]
}
func (w keyWords) Item(code string) string       { return code }
func (w keyWords) Dose(v string, n int32) string { return v + " " + strconv.Itoa(int(n)) }
func (w keyWords) Signs(codes []string) string   { return strings.Join(codes, ", ") }

type resultsRow struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	Counts []int64 `json:"counts"`
	Source string  `json:"source"`
	Verify bool    `json:"verify"`
}

// results answers GET /reports/results: a form of a commune or facility, &form=results|supplies|reactions|yearly or register. None of them
// names anybody but the register, which is taken out: it wants for= and reason=, and that is written down.
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
	q := desk.ReportQuery{Form: cmp.Or(query.Get("form"), "results"), Period: report.Period{From: from, To: to}}
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
	var m *desk.MonthlyReport
	if q.Form == "register" {
		m, err = a.desk.TakeRegister(c.Context(), c.Who, q, query.Get("for"), query.Get("reason"))
		switch {
		case errors.Is(err, desk.ErrNoPurpose):
			return nil, invalid("for", registry.CodeRequired)
		case errors.Is(err, desk.ErrNoReason):
			return nil, invalid("reason", registry.CodeRequired)
		}
	} else {
		m, err = a.desk.Report(c.Context(), c.Who, q)
	}
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
	out.Columns, out.Rows = []string{}, []resultsRow{}
	if m.Form != nil {
		for _, col := range m.Columns() {
			out.Columns = append(out.Columns, col.Key)
		}
		for i := range m.Layout.Rows {
			r := &m.Layout.Rows[i]
			out.Rows = append(out.Rows, resultsRow{Key: r.Key, Name: r.Name.In(lang), Counts: m.Cells[i], Source: r.Source, Verify: r.Verify})
		}
	}
	x := keyPaper(m, lang)
	if m.Form == nil {
		out.Tables = append(out.Tables, tableOf(x.Columns, x.Rows))
	}
	for i := range x.More {
		out.Tables = append(out.Tables, tableOf(x.More[i].Columns, x.More[i].Rows))
	}
	if m.Heard.Stations > 0 {
		out.Heard = &heard{Stations: m.Heard.Stations, Fresh: m.Heard.Fresh, Never: m.Heard.Never, Oldest: Moment(m.Heard.OldestMS)}
	}
	return out
}

func tableOf(columns []report.PaperColumn, rows [][]string) reportTable {
	out := reportTable{Columns: []string{}, Rows: rows}
	for _, c := range columns {
		out.Columns = append(out.Columns, c.Title)
	}
	if rows == nil {
		out.Rows = [][]string{}
	}
	return out
}

// keyPaper is a report whose columns are called by their keys.
func keyPaper(m *desk.MonthlyReport, lang string) *report.Paper {
	var x *report.Paper
	w := keyWords{lang}
	named := func(out []report.PaperColumn, columns []report.ColumnLayout) {
		for i := range columns {
			out[i].Title = columns[i].Key
		}
	}
	switch m.Layout.Kind {
	case report.KindSupplies:
		x = m.Supplies.Paper(w)
		named(x.Columns[len(x.Columns)-len(m.Layout.Columns):], m.Layout.Columns)
	case report.KindRegister:
		x = m.Register.Paper(w, func(d *project.ImmunizationRow) string { return d.Source.String() })
		named(x.Columns, m.Layout.Columns)
	default:
		x = m.Paper(lang, "name", func(col report.FormColumn) report.PaperColumn { return report.PaperColumn{Title: col.Key} })
	}
	if m.Layout.Kind == report.KindReactions {
		x.More = append(x.More, m.Layout.PaperSevere(w, m.Severe))
		named(x.More[0].Columns, m.Layout.List)
	}
	return x
}

// resultsFile is the same as a spreadsheet, its columns by their keys.
func resultsFile(m *desk.MonthlyReport, format sheet.Format, lang string) (*Answer, error) {
	paper := keyPaper(m, lang)
	paper.Facts = []report.Fact{{Name: "place", Text: m.Place.Name}, {Name: "period", Text: m.Period.From.ISO() + "/" + m.Period.To.ISO()}}
	var b bytes.Buffer
	if err := desk.WritePaper(&b, format, paper); err != nil {
		return nil, err
	}
	kind := "text/csv; charset=utf-8"
	if format == sheet.XLSX {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return &Answer{Raw: b.Bytes(), Type: kind, Filename: m.Layout.Form + "-" + m.Period.From.ISO() + "." + string(format)}, nil
}
