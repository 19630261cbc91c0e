package sheet

import "errors"

// Sample returns up to n rows below the header as they stand, a text for each column of the mapping, for somebody
// who looks at what the columns are. Unlike Read it does not ask whether the mapping is complete.
func (b *Book) Sample(m Mapping, n int) ([][]string, error) {
	name, err := b.sheetNamed(m.Sheet)
	if err != nil {
		return nil, err
	}
	var out [][]string
	err = b.src.rows(name, func(r *row) error {
		if r.n <= m.Header || r.empty() {
			return nil
		}
		if len(out) == n {
			return errEnough
		}
		line := make([]string, len(m.Columns))
		for i := range m.Columns {
			line[i] = decodeText(m.Columns[i].Encoding, r.at(m.Columns[i].Index).text)
		}
		out = append(out, line)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return out, err
}
