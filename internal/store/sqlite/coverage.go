package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/store"
)

// AddCoverage implements store.RowTx. Doses of one transaction that are counted under one key, as the
// rows of a page often are, reach the table as one difference.
func (t *tx) AddCoverage(k project.CoverageKey, delta int64) error {
	if !t.write {
		return errReadOnly
	}
	if t.coverage == nil {
		t.coverage = map[project.CoverageKey]int64{}
	}
	t.coverage[k] += delta
	t.addFigure(k.Cohort, k.Recorded, k.Residence, k.Vaccine, k.Dose, delta)
	return nil
}

// flushCoverage writes the differences gathered so far.
func (t *tx) flushCoverage() error {
	for k, delta := range t.coverage {
		if delta == 0 {
			continue
		}
		if err := t.addCoverage(&k, delta); err != nil {
			return err
		}
	}
	clear(t.coverage)
	return nil
}

func (t *tx) addCoverage(k *project.CoverageKey, delta int64) error {
	n, err := t.numbers(k.Recorded, k.Residence, k.Place)
	if err != nil {
		return err
	}
	vaccine, err := t.word(k.Vaccine)
	if err != nil {
		return err
	}
	key := []any{int64(k.Cohort), n[0], n[1], vaccine, int64(k.Dose), int64(k.Month), int64(k.Programme), n[2]}
	if err := t.exec(`INSERT INTO coverage (cohort, recorded, residence, vaccine, dose, month, programme, place, n)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`, append(key, delta)...); err != nil {
		return err
	}
	if delta > 0 {
		return nil
	}
	// Only going down can reach 0, save for a count that was below it, which is wrong and stays visible.
	return t.exec(`DELETE FROM coverage WHERE cohort = ? AND recorded = ? AND residence = ? AND vaccine = ? AND dose = ?
		AND month = ? AND programme = ? AND place = ? AND n = 0`, key...)
}

// AddCohort implements store.RowTx.
func (t *tx) AddCohort(k project.CohortKey, delta int64) error {
	if !t.write {
		return errReadOnly
	}
	t.addFigure(k.Cohort, k.Recorded, k.Residence, "", children, delta)
	return t.addRegistered(k.Recorded, k.Residence, delta)
}

// Coverage implements store.Query; by residence, residence as recorded, place, vaccine, dose.
func (t *tx) Coverage(q store.CoverageQuery) ([]store.CoverageRow, error) {
	if err := t.flushCoverage(); err != nil {
		return nil, err
	}
	text := `SELECT recorded, residence, place, vaccine, dose, sum(n) FROM coverage WHERE 1`
	var args []any
	and := func(cond string, n int64) {
		if n != 0 {
			text += cond
			args = append(args, n)
		}
	}
	and(` AND cohort >= ?`, int64(q.CohortFrom))
	and(` AND cohort <= ?`, int64(q.CohortTo))
	and(` AND month >= ?`, int64(q.MonthFrom))
	and(` AND month <= ?`, int64(q.MonthTo))
	and(` AND programme = ?`, int64(q.Programme))
	rows, err := list(t, text+` GROUP BY recorded, residence, place, vaccine, dose`, args, func(r *store.CoverageRow) []any {
		return []any{t.to(&r.Recorded), t.to(&r.Residence), t.to(&r.Place), t.toText(&r.Vaccine), &r.Dose, &r.Count}
	})
	slices.SortFunc(rows, func(a, b store.CoverageRow) int {
		return cmp.Or(a.Residence.Compare(b.Residence), a.Recorded.Compare(b.Recorded), a.Place.Compare(b.Place), cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Dose, b.Dose))
	})
	return rows, err
}

// ClearRows implements store.RowTx.
func (t *tx) ClearRows() error {
	for _, text := range []string{
		`DELETE FROM subject`, `INSERT INTO subject_words (subject_words) VALUES ('delete-all')`,
		`DELETE FROM immunization`, `DELETE FROM link`, `DELETE FROM conflict`, `DELETE FROM place`, `DELETE FROM place_former`,
		`DELETE FROM account`, `DELETE FROM device`, `DELETE FROM vaccine`, `DELETE FROM access`, `DELETE FROM access_named`, `DELETE FROM consent`, `DELETE FROM request`, `DELETE FROM record`, `DELETE FROM movement`, `DELETE FROM stock`, `DELETE FROM rejection`, `DELETE FROM rescue`,
		`DELETE FROM schedule`, `DELETE FROM due`, `DELETE FROM due_case`, `DELETE FROM pair`, `DELETE FROM unpaired`,
		`DELETE FROM coverage`, `DELETE FROM figure`, `DELETE FROM registered`,
	} {
		if err := t.exec(text); err != nil {
			return err
		}
	}
	t.touched.all, t.touchedAll = true, true
	clear(t.coverage)
	clear(t.figures)
	clear(t.index)
	delete(t.tally, tallySubjects)
	delete(t.tally, tallyDoses)
	return t.exec(`DELETE FROM tally WHERE name IN ('subjects', 'doses')`)
}
