package sheet

import "io"

// WriteTable writes a table of texts, such as a report: titles, then rows of as many cells. What a spreadsheet would run in a CSV
// file is neutralised.
func WriteTable(w io.Writer, f Format, name string, titles []string, rows [][]string) error {
	columns := make([]TableColumn, len(titles))
	for i, title := range titles {
		columns[i].Title = title
	}
	return WriteColumns(w, f, name, columns, rows)
}
