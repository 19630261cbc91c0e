package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// allFigures reads every row as it is kept, and who is registered.
func allFigures(t *testing.T, s *Store) (figures map[[3]int64]string, registered []store.RegisteredRow) {
	t.Helper()
	figures = map[[3]int64]string{}
	err := s.View(bg(), func(stx store.Tx) error {
		t := stx.(*tx)
		var err error
		if registered, err = t.Registered(); err != nil {
			return err
		}
		return t.all(`SELECT year, recorded, residence, counts FROM figure`, nil, func(rows *rows) error {
			var k [3]int64
			var b []byte
			err := rows.Scan(&k[0], &k[1], &k[2], &b)
			figures[k] = string(b)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return figures, registered
}

// TestFiguresOfAnOlderDatabase takes the tables back to where only coverage and cohort were kept, and opens the file:
// the rows made of those equal the ones that differences had made.
func TestFiguresOfAnOlderDatabase(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, false)
	rng := rand.New(rand.NewPCG(1, 2))
	cohorts := map[project.CohortKey]int64{}
	if err := s.Update(bg(), func(tx store.Tx) error {
		for range 400 {
			k := project.CohortKey{
				Recorded: p.EntityID{15: byte(rng.IntN(3))}, Residence: p.EntityID{15: byte(3 + rng.IntN(2))},
				Cohort: registry.NewMonth(2024, 11) + registry.Month(rng.IntN(4)),
			}
			cohorts[k]++
			dose := project.CoverageKey{
				Recorded: k.Recorded, Residence: k.Residence, Cohort: k.Cohort, Vaccine: []string{"BCG", "MR"}[rng.IntN(2)], Dose: int32(rng.IntN(3)),
				Month: k.Cohort + registry.Month(rng.IntN(3)), Place: p.EntityID{15: byte(20 + rng.IntN(2))}, Programme: registry.ProgrammeEPI,
			}
			if rng.IntN(50) == 0 {
				dose.Cohort = 0
			}
			if err := errors.Join(tx.AddCohort(k, 1), tx.AddCoverage(dose, 1)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	figures, registered := allFigures(t, s)
	if err := s.Update(bg(), func(stx store.Tx) error {
		t := stx.(*tx)
		err := t.exec(`CREATE TABLE cohort (cohort INTEGER NOT NULL, recorded INTEGER NOT NULL, residence INTEGER NOT NULL, n INTEGER NOT NULL,
			PRIMARY KEY (cohort, recorded, residence)) STRICT, WITHOUT ROWID`)
		for k, n := range cohorts {
			nums, nerr := t.numbers(k.Recorded, k.Residence)
			err = errors.Join(err, nerr, t.exec(`INSERT INTO cohort VALUES (?, ?, ?, ?)`, int64(k.Cohort), nums[0], nums[1], n))
		}
		return errors.Join(err, t.exec(`DROP TABLE figure`), t.exec(`DROP TABLE registered`),
			t.exec(`DROP INDEX due_open`), t.exec(`DROP INDEX due_missed`), t.exec(`DROP INDEX due_first`), t.exec(`DROP INDEX subject_hamlet`), t.exec(`ALTER TABLE due DROP COLUMN hamlet`), t.exec(`ALTER TABLE child DROP COLUMN backup_ms`), // what came after it
			t.exec(`DROP TABLE consent`), t.exec(`DROP TABLE request`), t.exec(`DROP TABLE access_named`), t.exec(`DROP INDEX access_taking`),
			t.exec(`ALTER TABLE access DROP COLUMN named`), t.exec(`DROP TABLE local`), t.exec(`DROP TABLE record`), t.exec(`DROP TABLE movement`), t.exec(`DROP TABLE stock`),
			t.exec(`ALTER TABLE device DROP COLUMN former_keys`), t.exec(`ALTER TABLE device DROP COLUMN renew`), t.exec(`ALTER TABLE log DROP COLUMN told`),
			t.exec(`DROP INDEX immunization_campaign`), t.exec(`ALTER TABLE immunization DROP COLUMN campaign`),
			t.exec(`DROP INDEX immunization_no_lot`), t.exec(`ALTER TABLE immunization DROP COLUMN lot_lost`), t.exec(`DROP INDEX subject_mother`), t.exec(`DROP INDEX subject_pregnant`), t.exec(`ALTER TABLE subject DROP COLUMN mother`),
			t.exec(`ALTER TABLE subject DROP COLUMN tetanus`), t.exec(`ALTER TABLE subject DROP COLUMN tetanus_year`),
			t.exec(`DROP INDEX subject_home`), t.exec(`ALTER TABLE subject DROP COLUMN home_by`), t.exec(`ALTER TABLE subject DROP COLUMN home_day`),
			t.exec(`DROP TABLE campaign_stamp`),
			t.exec(`DELETE FROM schema_version WHERE version_id >= ?`, int64(figuresVersion)))
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir, false)
	gotFigures, gotRegistered := allFigures(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(figures) != 12 || !reflect.DeepEqual(gotFigures, figures) || !reflect.DeepEqual(gotRegistered, registered) {
		t.Errorf("%d rows of figures became %d:\n%x\n%x\n%v\n%v", len(figures), len(gotFigures), figures, gotFigures, registered, gotRegistered)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var left int
	if err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM sqlite_schema WHERE name = 'cohort'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d tables of cohorts are left, %v", left, err)
	}
}

// TestCountsAreWhole holds that counts read back as they were written, and that nothing else reads.
func TestCountsAreWhole(t *testing.T) {
	c := counts{
		{word: 0, dose: children, months: store.Months{1, 11: math.MaxInt64}},
		{word: 1, dose: math.MaxInt32, months: store.Months{5: -3}},
		{word: math.MaxInt64, dose: 0, months: store.Months{0: math.MinInt64, 3: 7}},
	}
	whole := c.pack()
	got, err := unpackCounts(whole)
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Fatalf("%v, %v", got, err)
	}
	readable := 0
	for n := range whole {
		if got, err := unpackCounts(whole[:n]); err == nil {
			readable++
			if !bytes.Equal(got.pack(), whole[:n]) {
				t.Errorf("%d bytes read as %v", n, got)
			}
		} else if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if readable != len(c) { // nothing at all, and after each count but the last
		t.Errorf("%d of the beginnings read, want %d", readable, len(c))
	}
	for _, bad := range [][]byte{{1, 0, 1, 2}, {2, 0, 0}, {2, 0, 0x80, 0x20}} { // a word below 0, no month, a thirteenth
		if got, err := unpackCounts(bad); err == nil {
			t.Errorf("%x reads as %v", bad, got)
		}
	}
}
