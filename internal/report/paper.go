package report

import (
	"strconv"

	"tramy/internal/registry"
)

// Paper is a report as words: what a screen, a spreadsheet, a printer and a frozen copy show alike. It holds no ids, so that
// its bytes are the report for good; of a severe reaction it has the code of the person, as the form asks.
type Paper struct {
	Title   string
	Facts   []Fact // whose it is, for which days, made when, how complete
	Columns []PaperColumn
	Rows    [][]string   // a text a column
	More    []PaperTable // what stands below: severe reactions one by one, differences and their reasons
	Notes   []string     // sources
}

// PaperTable is a further table of a Paper.
type PaperTable struct {
	Title   string
	Columns []PaperColumn
	Rows    [][]string
}

// Fact is a line above a report.
type Fact struct{ Name, Text string }

// PaperColumn is a column of a Paper. Columns that stand side by side under one Group have one heading together.
type PaperColumn struct {
	Group, Title string
	Number, Date bool
}

// Heading is the whole name of a column where it has a line of its own.
func (c PaperColumn) Heading() string {
	if c.Group == "" {
		return c.Title
	}
	return c.Group + ", " + c.Title
}

// Paper puts a form into words; indicator names its first column, column the others.
func (f *Form) Paper(lang, indicator string, column func(FormColumn) PaperColumn) *Paper {
	out := &Paper{Title: f.Layout.Title.In(lang), Columns: []PaperColumn{{Title: indicator}}}
	for _, c := range f.Columns() {
		col := column(c)
		col.Number = true
		out.Columns = append(out.Columns, col)
	}
	for i := range f.Layout.Rows {
		row := &f.Layout.Rows[i]
		cells := []string{row.Name.In(lang)}
		for k, c := range f.Columns() {
			if c.Programme != 0 && !row.Split() {
				cells = append(cells, "")
				continue
			}
			cells = append(cells, strconv.FormatInt(f.Cells[i][k], 10))
		}
		out.Rows = append(out.Rows, cells)
	}
	out.Notes = f.Layout.Sources()
	return out
}

// Speaker has the words that a report needs and the form does not bring: of the catalogue, and the names of vaccines.
type Speaker interface {
	Lang() string
	T(key string, args ...any) string
	Item(code string) string                  // a vaccine's name, or a supply's
	Dose(vaccine string, number int32) string // which dose of which vaccine
	Signs(codes []string) string
}

// Sources are the documents that rows rest on, each once, as in the layout.
func (l *Layout) Sources() (out []string) {
	seen := map[string]bool{}
	add := func(s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for i := range l.Rows {
		add(l.Rows[i].Source)
	}
	for _, list := range [][]ColumnLayout{l.Columns, l.List} {
		for i := range list {
			add(list[i].Source)
		}
	}
	return out
}

// Months reports whether a period is one whole month, and Years whether it is one whole year.
func (x Period) Months() bool {
	return x.From == x.From.Month().First() && x.To == x.From.Month().Last()
}

// Years reports whether a period is one whole year.
func (x Period) Years() bool {
	y, m, d := x.From.Date()
	return m == 1 && d == 1 && x.To == registry.NewMonth(y, 12).Last()
}

// Deadline is the last day on which the report of a period is in time, and by which rule; false for a period that is neither a month nor a year.
func (l *Layout) Deadline(x Period) (registry.Day, string, bool) {
	kind := ""
	switch {
	case x.Months():
		kind = "month"
	case x.Years():
		kind = "year"
	}
	d, ok := l.Deadlines[kind]
	return d.Due(x.To), d.Source, ok
}
