package postgres

import (
	"database/sql"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tramy/internal/store/sqlite"
)

// What one engine has and the other does not need, and why.
var (
	onlySQLite = map[string]string{
		"block": "numbers for ids", "word": "numbers for texts", "echo": "numbers for runs of children",
		"subject_words": "the index of words: a column here", "schema_version": "goose's own", "sqlite_sequence": "SQLite's own",
	}
	onlyPostgres = map[string]string{"holder": "which program has the database", "schema_version": "goose's own"}
	// renamed are columns that name an entity by its number there, and by its id here.
	renamed = map[string]string{"num": "id", "case_num": "case_id"}
	// lessHere are columns that only SQLite has, moreHere those that only PostgreSQL has.
	lessHere = map[string]string{"subject.rid": "puts names in order"}
	moreHere = map[string]string{
		"subject.words": "the index of words", "route.echo_incarnation": "the run itself", "link.subject": "a link stands under each of its two",
		"due.vaccine_key": "for the key", "coverage.vaccine_key": "for the key", "figure.vaccine_key": "for the key", "stock.item_key": "for the key",
		"stock.lot_key": "for the key", "figure.vaccine": "a row a dose: packed there", "figure.dose": "a row a dose: packed there",
	}
)

// Both engines have the same tables with the same columns. Whoever adds one to the one engine adds it to the other, or says here why not.
func TestSameTables(t *testing.T) {
	here := map[string]bool{}
	for _, c := range asked(t, `SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'`) {
		if _, own := onlyPostgres[c[0]]; own {
			continue
		}
		name := c[0] + "." + c[1]
		if _, own := moreHere[name]; !own {
			here[name] = true
		}
	}
	there := map[string]bool{}
	for _, c := range sqliteColumns(t) {
		table, column := c[0], c[1]
		if _, own := onlySQLite[table]; own || strings.HasPrefix(table, "subject_words_") {
			continue
		}
		if now, ok := renamed[column]; ok {
			column = now
		}
		if _, own := lessHere[table+"."+column]; !own {
			there[table+"."+column] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if !here[name] {
			t.Errorf("PostgreSQL has no %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(here)) {
		if !there[name] {
			t.Errorf("SQLite has no %s", name)
		}
	}
}

func sqliteColumns(t *testing.T) [][2]string {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return out
}
