package sheet

import "io"

// WriteTable writes a table of texts, such as a report: titles, then rows of as many cells. What a spreadsheet would run in a CSV
// file is neutralised.
func WriteTable(w io.Writer, f Format, name string, titles []string, rows [][]string) error {
	columns := make([]column, len(titles))
	for i, title := range titles {
		columns[i].title = title
	}
	out, err := newTable(w, f, name, columns)
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
