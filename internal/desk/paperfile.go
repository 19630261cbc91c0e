package desk

import (
	"io"

	"tramy/internal/report"
	"tramy/internal/sheet"
)

// WritePaper writes a report as a spreadsheet. Whose it is and what it rests on stands below the figures, so that the titles are the first
// row and a program finds them there.
func WritePaper(w io.Writer, format sheet.Format, paper *report.Paper) error {
	columns := make([]sheet.TableColumn, len(paper.Columns))
	for i, c := range paper.Columns {
		columns[i] = sheet.TableColumn{Title: c.Heading(), Number: c.Number, Date: c.Date}
	}
	rows := append([][]string{}, paper.Rows...)
	rows = append(rows, nil, []string{paper.Title})
	for _, f := range paper.Facts {
		rows = append(rows, []string{f.Name + ": " + f.Text})
	}
	for _, note := range paper.Notes {
		rows = append(rows, []string{note})
	}
	return sheet.WriteColumns(w, format, paper.Title, columns, rows)
}
