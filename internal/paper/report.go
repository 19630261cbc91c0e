package paper

import (
	"slices"
	"unicode/utf8"

	"tramy/internal/ui"
)

// Report is a report as tables of words: what was handed in and kept, or what is known now.
type Report struct {
	Training bool
	Made     string
	Title    string
	Facts    []ui.Fact
	Tables   []ReportTable
	Notes    []string
}

// ReportTable is one table of it.
type ReportTable struct {
	Title   string
	Columns []ReportColumn
	Rows    [][]string
}

// ReportColumn is a column. What stands Across tells who a row is about, on a line of its own above the other cells: a register of
// children has more columns than a sheet is wide.
type ReportColumn struct {
	Group, Title         string
	Number, Date, Across bool
}

func (c *ReportColumn) head() string { return join(", ", c.Group, c.Title) }

// uprightColumns is how many columns fit a sheet whose long side is vertical.
const uprightColumns = 6

func reportSheets(o Options, x *Report) *doc {
	across := slices.ContainsFunc(x.Tables, func(t ReportTable) bool { return len(t.Columns) > uprightColumns })
	d := newDoc(o, layout{size: a4, across: across, title: x.Title, made: x.Made, training: x.Training})
	below := ""
	for _, f := range x.Facts {
		below = join(". ", below, f.Name+": "+f.Value)
	}
	d.heading(x.Title, "", below, "")
	for i := range x.Tables {
		t := &x.Tables[i]
		if t.Title != "" {
			d.section(t.Title, 12)
		} else {
			d.y++
		}
		d.reportTable(t)
		d.y += 2
	}
	for i, note := range x.Notes {
		st := small
		if i == 0 {
			note = d.t("pdf.sources") + " " + note
		}
		d.text(note, st)
	}
	return d
}

// reportTable draws one: letters as large as its columns let them be.
func (d *doc) reportTable(t *ReportTable) {
	out := table{size: 9}
	apart := slices.ContainsFunc(t.Columns, func(c ReportColumn) bool { return c.Across })
	if n := len(t.Columns); n > 12 {
		out.size = 8
	}
	if apart && len(t.Columns) > 12 {
		out.size = 6.6 // days of 8 letters stand on one line beside 22 others
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; !c.Across {
			out.heads, out.widths = append(out.heads, c.head()), append(out.widths, t.width(i))
		}
	}
	var rows []row
	for _, cells := range t.Rows {
		who, r := cell(nil), row{}
		for i := range t.Columns {
			text := ""
			if i < len(cells) {
				text = cells[i]
			}
			switch c := &t.Columns[i]; {
			case !c.Across:
				if apart && c.Date && len(text) == len("02/01/2006") {
					text = text[:6] + text[8:]
				}
				r.cells = append(r.cells, say(text))
			case text != "":
				if len(who) > 0 {
					text = c.Title + ": " + text
				}
				who = append(who, part{text, style{}})
			}
		}
		if apart {
			rows = append(rows, row{across: true, cells: []cell{oneLineOf(who)}})
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		rows = append(rows, row{across: true, cells: []cell{say(d.t("pdf.nothing"))}})
	}
	d.table(out, rows)
}

// oneLineOf puts parts one after the other.
func oneLineOf(parts []part) cell {
	text := ""
	for i, p := range parts {
		sep := ". "
		if i == 0 {
			sep = ""
		}
		text += sep + p.text
	}
	return loud(text)
}

// width is the share of a column: numbers and days need the same everywhere, words as much as the longest that stands in it, within bounds.
func (t *ReportTable) width(column int) float64 {
	c := &t.Columns[column]
	switch {
	case c.Date:
		return 15
	case c.Number:
		return 10
	}
	longest := 6
	for _, cells := range t.Rows {
		if column < len(cells) {
			longest = max(longest, utf8.RuneCountInString(cells[column]))
		}
	}
	return min(float64(longest), 32) * 1.25
}
