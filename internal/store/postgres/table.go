package postgres

import (
	"slices"
	"strconv"
	"strings"
)

// table is a table, and how its rows go to Go's and back.
type table[R any] struct {
	name    string
	key     []string // the primary key
	columns []string
	fields  func(*R) []any // where the columns are, in their order

	read   string // SELECT columns FROM name, with a blank behind
	upsert string
}

// newTable makes a table of its names, which have blanks between them.
func newTable[R any](name, key, columns string, fields func(*R) []any) *table[R] {
	t := &table[R]{name: name, key: strings.Fields(key), columns: strings.Fields(columns), fields: fields}
	t.read = `SELECT ` + strings.Join(t.columns, `, `) + ` FROM ` + name + ` `
	t.upsert = t.insert() + ` ON CONFLICT (` + strings.Join(t.key, `, `) + `) DO UPDATE SET ` + t.excluded()
	return t
}

func (t *table[R]) insert() string {
	marks := make([]string, len(t.columns))
	for i := range marks {
		marks[i] = `$` + strconv.Itoa(i+1)
	}
	return `INSERT INTO ` + t.name + ` (` + strings.Join(t.columns, `, `) + `) VALUES (` + strings.Join(marks, `, `) + `)`
}

// excluded sets every column that is none of the key's to the new row's.
func (t *table[R]) excluded() string {
	var set []string
	for _, c := range t.columns {
		if !slices.Contains(t.key, c) {
			set = append(set, c+` = excluded.`+c)
		}
	}
	return strings.Join(set, `, `)
}

// put writes a row over the one with its key.
func (t *table[R]) put(x *tx, row *R) error { return x.exec(t.upsert, t.fields(row)...) }

// list reads rows; text goes on behind the name of the table.
func (t *table[R]) list(x *tx, text string, args ...any) ([]R, error) {
	return list(x, t.read+text, args, t.fields)
}

// one reads the first row, nil if there is none.
func (t *table[R]) one(x *tx, text string, args ...any) (*R, error) {
	rows, err := t.list(x, text, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// tableNames cuts a list of names with commas between them.
func tableNames(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

func itoa(n int) string { return strconv.Itoa(n) }
