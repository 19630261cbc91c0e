package postgres

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Differences of one transaction under one key, as the rows of a page often have it, reach a table as one.

// figureKey names a row of figure.
type figureKey struct {
	year                int
	recorded, residence p.EntityID
	vaccine             string
	dose                int32
}

// countKey names a count within it: a month of birth, 0 for January.
type countKey struct{ month int }

// registeredKey names a row of registered.
type registeredKey struct{ recorded, residence p.EntityID }

// children is the number in place of a dose's under which the children are counted.
const children = -1

// AddCoverage implements store.RowTx.
func (t *tx) AddCoverage(k project.CoverageKey, delta int64) error {
	if !t.write {
		return errReadOnly
	}
	if t.coverage == nil {
		t.coverage = map[project.CoverageKey]int64{}
	}
	t.coverage[k] += delta
	t.addFigure(k.Cohort, figureKey{recorded: k.Recorded, residence: k.Residence, vaccine: k.Vaccine, dose: k.Dose}, delta)
	return nil
}

// AddCohort implements store.RowTx.
func (t *tx) AddCohort(k project.CohortKey, delta int64) error {
	if !t.write {
		return errReadOnly
	}
	if t.people == nil {
		t.people = map[registeredKey]int64{}
	}
	t.people[registeredKey{k.Recorded, k.Residence}] += delta
	t.addFigure(k.Cohort, figureKey{recorded: k.Recorded, residence: k.Residence, dose: children}, delta)
	return nil
}

// addFigure notes a difference for the row it belongs to. Who has no month of birth is in no cohort.
func (t *tx) addFigure(cohort registry.Month, k figureKey, delta int64) {
	if cohort == 0 {
		return
	}
	year, month := cohort.Date()
	k.year = year
	if t.figures == nil {
		t.figures = map[figureKey]map[countKey]int64{}
	}
	if t.figures[k] == nil {
		t.figures[k] = map[countKey]int64{}
	}
	t.figures[k][countKey{int(month) - 1}] += delta
}

// flushCoverage writes the differences gathered so far. Only going down can reach 0, save for a count that was below it, which is
// wrong and stays visible.
func (t *tx) flushCoverage() error {
	for k, delta := range t.coverage {
		if delta == 0 {
			continue
		}
		key := []any{k.Residence, k.Cohort, k.Recorded, k.Vaccine, k.Dose, k.Month, k.Programme, k.Place}
		if err := t.exec(`INSERT INTO coverage (residence, cohort, recorded, vaccine, dose, month, programme, place, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (residence, cohort, recorded, vaccine_key, dose, month, programme, place) DO UPDATE SET n = coverage.n + excluded.n`, append(key, delta)...); err != nil {
			return err
		}
		if delta > 0 {
			continue
		}
		if err := t.exec(`DELETE FROM coverage WHERE residence = $1 AND cohort = $2 AND recorded = $3 AND vaccine = $4 AND dose = $5 AND month = $6
			AND programme = $7 AND place = $8 AND n = 0`, key...); err != nil {
			return err
		}
	}
	clear(t.coverage)
	for k, delta := range t.people {
		if err := t.exec(`INSERT INTO registered (residence, recorded, n) VALUES ($1, $2, $3) ON CONFLICT (residence, recorded)
			DO UPDATE SET n = registered.n + excluded.n`, k.residence, k.recorded, delta); err != nil {
			return err
		}
		if delta < 0 {
			if err := t.exec(`DELETE FROM registered WHERE residence = $1 AND recorded = $2 AND n = 0`, k.residence, k.recorded); err != nil {
				return err
			}
		}
	}
	clear(t.people)
	return nil
}

// figureMonths adds twelve months to a row's.
const figureMonths = `INSERT INTO figure (residence, year, recorded, vaccine, dose, counts) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (residence, year, recorded, vaccine_key, dose)
	DO UPDATE SET counts = ARRAY(SELECT a + b FROM unnest(figure.counts, excluded.counts) WITH ORDINALITY x(a, b, i) ORDER BY i)`

// flushFigures writes the differences gathered so far.
func (t *tx) flushFigures() error {
	for k, deltas := range t.figures {
		months, some := make(months, len(store.Months{})), false
		for c, delta := range deltas {
			months[c.month] = delta
			some = some || delta != 0
		}
		if !some {
			continue
		}
		key := []any{k.residence, k.year, k.recorded, k.vaccine, k.dose}
		if err := t.exec(figureMonths, append(key, months)...); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM figure WHERE residence = $1 AND year = $2 AND recorded = $3 AND vaccine = $4 AND dose = $5 AND 0 = ALL(counts)`, key...); err != nil {
			return err
		}
	}
	clear(t.figures)
	return nil
}

// Coverage implements store.Query; by residence, residence as recorded, place, vaccine, dose.
func (t *tx) Coverage(q store.CoverageQuery) ([]store.CoverageRow, error) {
	if err := t.flushCoverage(); err != nil {
		return nil, err
	}
	return list(t, `SELECT recorded, residence, place, vaccine, dose, sum(n)::bigint FROM coverage
		WHERE ($1::int = 0 OR cohort >= $1) AND ($2::int = 0 OR cohort <= $2) AND ($3::int = 0 OR month >= $3) AND ($4::int = 0 OR month <= $4)
		AND ($5::int = 0 OR programme = $5) GROUP BY recorded, residence, place, vaccine, dose ORDER BY residence, recorded, place, vaccine, dose`,
		[]any{q.CohortFrom, q.CohortTo, q.MonthFrom, q.MonthTo, q.Programme}, func(r *store.CoverageRow) []any {
			return []any{&r.Recorded, &r.Residence, &r.Place, &r.Vaccine, &r.Dose, &r.Count}
		})
}

// Figures implements store.Query. Rows of one year and place come together.
func (t *tx) Figures(q store.FigureQuery, see func(*store.FigureRow)) error {
	if err := t.flushFigures(); err != nil {
		return err
	}
	vaccines, numbers := make([]string, len(q.Doses)), make([]int64, len(q.Doses))
	for i := range q.Doses {
		vaccines[i], numbers[i] = q.Doses[i].Vaccine, int64(q.Doses[i].Number)
	}
	first, _ := q.CohortFrom.Date()
	last, _ := q.CohortTo.Date()
	row := store.FigureRow{Doses: make([]store.Months, len(q.Doses))}
	var next store.FigureRow
	var vaccine string
	var dose int32
	var counts []int64
	begun := false
	err := t.each(`SELECT year, recorded, residence, vaccine, dose, counts FROM figure
		WHERE year BETWEEN $1 AND $2 AND (dose = -1 OR vaccine = ANY($3) AND dose = ANY($4::bigint[])) ORDER BY year, residence, recorded`,
		[]any{first, last, vaccines, months(numbers)}, []any{&next.Year, &next.Recorded, &next.Residence, &vaccine, &dose, &counts}, func() error {
			if len(counts) != len(store.Months{}) {
				return corrupt("a row of figures has %d months", len(counts))
			}
			if begun && (next.Year != row.Year || next.Recorded != row.Recorded || next.Residence != row.Residence) {
				see(&row)
				begun = false
			}
			if !begun {
				row.Year, row.Recorded, row.Residence, row.Children, begun = next.Year, next.Recorded, next.Residence, store.Months{}, true
				clear(row.Doses)
			}
			if dose == children && vaccine == "" {
				row.Children = store.Months(counts)
				return nil
			}
			for i := range q.Doses {
				if q.Doses[i].Vaccine == vaccine && q.Doses[i].Number == dose {
					row.Doses[i] = store.Months(counts)
				}
			}
			return nil
		})
	if err == nil && begun {
		see(&row)
	}
	return err
}

// Registered implements store.Query.
func (t *tx) Registered() ([]store.RegisteredRow, error) {
	if err := t.flushCoverage(); err != nil {
		return nil, err
	}
	rows, err := list(t, `SELECT recorded, residence, n FROM registered`, nil, func(r *store.RegisteredRow) []any {
		return []any{&r.Recorded, &r.Residence, &r.Count}
	})
	slices.SortFunc(rows, func(a, b store.RegisteredRow) int {
		return cmp.Or(a.Residence.Compare(b.Residence), a.Recorded.Compare(b.Recorded))
	})
	return rows, err
}

// rowTables hold the projections and aggregates.
const rowTables = `subject, immunization, link, conflict, place, place_former, account, device, vaccine, access, access_named, consent, request, record,
	movement, stock, rejection, rescue, schedule, due, due_case, pair, unpaired, coverage, figure, registered`

// ClearRows implements store.RowTx. TRUNCATE would show views an empty table before the commit.
func (t *tx) ClearRows() error {
	if err := t.flush(); err != nil {
		return err
	}
	for _, name := range tableNames(rowTables) {
		if err := t.exec(`DELETE FROM ` + name); err != nil {
			return err
		}
	}
	t.touched.all = true
	clear(t.coverage)
	clear(t.people)
	clear(t.figures)
	delete(t.tally, tallySubjects)
	delete(t.tally, tallyDoses)
	return t.exec(`DELETE FROM tally WHERE name IN ('subjects', 'doses')`)
}
