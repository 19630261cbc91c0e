package sheet

import "io"

// TableColumn is a column of a table that is no register.
type TableColumn struct {
	Title        string
	Date, Number bool // what its cells become in a spreadsheet where they are whole dates, whole numbers
}

// WriteColumns writes a table as it stands: a row of titles, then rows with a text a column.
func WriteColumns(w io.Writer, f Format, name string, columns []TableColumn, rows [][]string) error {
	titles := make([]column, len(columns))
	for i, c := range columns {
		titles[i] = column{title: c.Title, date: c.Date, number: c.Number}
	}
	out, err := newTable(w, f, name, titles)
	if err != nil {
		return err
	}
	cells := make([]string, len(titles))
	for _, row := range rows {
		clear(cells)
		copy(cells, row)
		if err := out.row(cells); err != nil {
			return err
		}
	}
	return out.close()
}
