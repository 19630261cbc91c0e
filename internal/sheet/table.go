package sheet

import (
	"io"
	"strings"
)

// WriteTable writes a table of texts, such as a report: titles, then rows of as many cells. What a spreadsheet would run in a CSV
// file is neutralised.
func WriteTable(w io.Writer, f Format, name string, titles []string, rows [][]string) error {
	columns := make([]TableColumn, len(titles))
	for i, title := range titles {
		columns[i].Title = title
	}
	return WriteColumns(w, f, name, columns, rows)
}

// Rows goes through a sheet, "" for the first, and calls yield with each row that holds something: its number in the file, from 1, and
// its cells as a person sees them, dates as 02/01/2006 15:04. For files that are no registers; the error is as that of Read, or what
// yield returned.
func (b *Book) Rows(sheet string, yield func(n int, cells []string) error) error {
	sheet, err := b.sheetNamed(sheet)
	if err != nil {
		return err
	}
	return b.src.rows(sheet, func(r *row) error {
		cells := make([]string, len(r.cells))
		for i := range r.cells {
			c := &r.cells[i]
			cells[i] = c.text
			if c.kind == kindDate {
				if cells[i] = c.clock.String(); c.day != 0 {
					cells[i] = strings.TrimSpace(c.day.String() + " " + cells[i])
				}
			}
		}
		return yield(r.n, cells)
	})
}
