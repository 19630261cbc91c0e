package sheet

import (
	"io"
	"iter"
)

// TableColumn is a column of a table that is no register.
type TableColumn struct {
	Title        string
	Date, Number bool // what its cells become in a spreadsheet where they are whole dates, whole numbers
}

// WriteColumns writes a table as it stands: a row of titles, then rows with a text a column.
func WriteColumns(w io.Writer, f Format, name string, columns []TableColumn, rows [][]string) error {
	return StreamColumns(w, f, name, columns, func(yield func([]string, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	})
}

// StreamColumns is WriteColumns for rows that are read as they are written. Their error ends it and is returned.
func StreamColumns(w io.Writer, f Format, name string, columns []TableColumn, rows iter.Seq2[[]string, error]) error {
	titles := make([]column, len(columns))
	for i, c := range columns {
		titles[i] = column{title: c.Title, date: c.Date, number: c.Number}
	}
	out, err := newTable(w, f, name, titles)
	if err != nil {
		return err
	}
	cells := make([]string, len(titles))
	for row, err := range rows {
		if err != nil {
			return err
		}
		clear(cells)
		copy(cells, row)
		if err := out.row(cells); err != nil {
			return err
		}
	}
	return out.close()
}
