package desk

import (
	"io"

	"tramy/internal/report"
	"tramy/internal/sheet"
)

// WritePaper writes a report as a spreadsheet. Whose it is and what it rests on stands below the figures, so that the titles are the first
// row and a program finds them there.
func WritePaper(w io.Writer, format sheet.Format, paper *report.Paper) error {
	width := len(paper.Columns)
	for i := range paper.More {
		width = max(width, len(paper.More[i].Columns))
	}
	columns := make([]sheet.TableColumn, width)
	for i, c := range paper.Columns {
		columns[i] = sheet.TableColumn{Title: c.Heading(), Number: c.Number, Date: c.Date}
	}
	rows := append([][]string{}, paper.Rows...)
	for i := range paper.More {
		t := &paper.More[i]
		heads := make([]string, len(t.Columns))
		for k, c := range t.Columns {
			heads[k] = c.Heading()
		}
		rows = append(append(rows, nil, []string{t.Title}, heads), t.Rows...)
	}
	rows = append(rows, nil, []string{paper.Title})
	for _, f := range paper.Facts {
		rows = append(rows, []string{f.Name + ": " + f.Text})
	}
	for _, note := range paper.Notes {
		rows = append(rows, []string{note})
	}
	return sheet.WriteColumns(w, format, paper.Title, columns, rows)
}
