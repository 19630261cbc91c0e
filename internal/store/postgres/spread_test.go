package postgres

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// asked runs a query of the catalogue on a database with our tables; every column is read as text.
func asked(t *testing.T, text string) [][]string {
	t.Helper()
	openNew(t) // makes the tables
	c, err := pgx.Connect(t.Context(), newAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	rows, err := c.Query(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]string, error) {
		values, err := row.Values()
		line := make([]string, len(values))
		for i := range values {
			line[i], _ = values[i].(string)
		}
		return line, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The tables can be laid out over machines as spreads says.
func TestSpread(t *testing.T) {
	by := map[string]spread{}
	for _, s := range spreads {
		if _, twice := by[s.table]; twice {
			t.Errorf("%s has two rules", s.table)
		}
		by[s.table] = s
	}
	types := map[string]string{}
	for _, c := range asked(t, `SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_version'`) {
		s, ok := by[c[0]]
		if !ok {
			t.Errorf("%s has no rule: by which column is it spread?", c[0])
		}
		if s.by == c[1] && s.with != "" {
			if was := types[s.with]; was != "" && was != c[2] {
				t.Errorf("%s lies with %s by a %s, others by a %s", c[0], s.with, c[2], was)
			}
			types[s.with] = c[2]
		}
		if s.by == c[1] {
			s.by = "" // found
			by[c[0]] = s
		}
	}
	for table, s := range by {
		if s.by != "" {
			t.Errorf("%s has no column %s", table, s.by)
		}
	}
	for _, s := range spreads {
		by[s.table] = s
	}
	keyed := map[string]bool{}
	for _, c := range asked(t, `SELECT t.relname::text, i.relname::text, CASE WHEN x.indisprimary THEN 'yes' ELSE 'no' END,
			(SELECT string_agg(a.attname, ' ') FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY(x.indkey))
		FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
		WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'schema_version' AND x.indisunique`) {
		keyed[c[0]] = keyed[c[0]] || c[2] == "yes"
		if s := by[c[0]]; s.by != "" && !slices.Contains(strings.Fields(c[3]), s.by) {
			t.Errorf("%s is unique over %s without %s, by which %s is spread", c[1], c[3], s.by, c[0])
		}
	}
	for table := range by {
		if !keyed[table] {
			t.Errorf("%s has no primary key", table)
		}
	}
	for _, c := range asked(t, `SELECT conrelid::regclass::text, conname::text FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`) {
		t.Errorf("%s has the foreign key %s", c[0], c[1])
	}
}

// Texts sort by their bytes: a page ends between two of them, and other engines sort so.
func TestTextsSortByBytes(t *testing.T) {
	for _, c := range asked(t, `SELECT t.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
		WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND t.relname <> 'schema_version' AND a.attnum > 0 AND a.attcollation NOT IN (0, 'pg_catalog."C"'::regcollation)`) {
		t.Errorf("%s.%s sorts as the database's language does", c[0], c[1])
	}
}

var meets = regexp.MustCompile(`\bJOIN\b|\(\s*SELECT\b[^)]*\bFROM\b|\bUNION\b`)

// Every place where rows of two tables meet in a statement has been thought about.
func TestJoins(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "spread.go" {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			known := false
			for _, j := range joins {
				if strings.Contains(line, j.text) {
					used[j.text], known = true, true
				}
			}
			if !known && meets.MatchString(line) && !withinItself(line) {
				t.Errorf("%s:%d meets another table: add it to joins\n%s", file, i+1, line)
			}
		}
	}
	for _, j := range joins {
		if !used[j.text] {
			t.Errorf("no statement has %q any more", j.text)
		}
	}
}

// withinItself reports whether what is in parentheses reads tables that lie everywhere, one value of the table's own key, or what the
// statement itself returned.
func withinItself(line string) bool {
	for _, own := range []string{
		"FROM exchange ORDER BY", "FROM alarm WHERE", "FROM child_position WHERE child = $1", "FROM counter WHERE", "FROM edit WHERE entity = $1)",
		"FROM segment WHERE log = $1 AND first = $2", "RETURNING 1) SELECT", "(SELECT count(*) FROM log WHERE via", "RETURNING 1)", "FROM unnest(",
	} {
		if strings.Contains(line, own) {
			return true
		}
	}
	return false
}
