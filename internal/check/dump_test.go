package check_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tramy/internal/store"
)

// dump writes all rows of all tables as text, in order. Left out are the pairs that sweeps look for, and the order in
// which people of one name came, which is in their key and in the word index; and how often a campaign was touched, which only grows.
func dump(t *testing.T, st store.Store) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, st.(interface {
		Backup(ctx context.Context, path string) error
	}).Backup(t.Context(), path))
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	var out []string
	for _, table := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'subject_words%'`) {
		if table == "pair" || table == "unpaired" || table == "campaign_stamp" {
			continue
		}
		rows, err := db.Query(`SELECT * FROM ` + table)
		must(t, err)
		defer rows.Close()
		names, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values := make([]any, len(names))
			dest := make([]any, len(names))
			for i := range values {
				dest[i] = &values[i]
			}
			must(t, rows.Scan(dest...))
			line := table
			for i := range values {
				if names[i] != "rid" {
					line += fmt.Sprintf(" %s=%v", names[i], values[i])
				}
			}
			out = append(out, line)
		}
		must(t, rows.Err())
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func column(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		must(t, rows.Scan(&s))
		out = append(out, s)
	}
	must(t, rows.Err())
	return out
}

// firstDifference is what differs first.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, l := range x {
		if !slices.Contains(y, l) && len(out) < 3 {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) && len(out) < 6 {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}
