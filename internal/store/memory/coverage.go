package memory

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// children is the number in place of a dose's under which the children are counted.
const children = -1

// move adds to a count; one that comes to 0 goes.
func move[K key[K]](counts *tree[K, int64], k K, delta int64) {
	n, _ := counts.get(k)
	if n += delta; n != 0 {
		counts.set(k, n)
	} else {
		counts.delete(k)
	}
}

// AddCoverage implements store.RowTx.
func (t *tx) AddCoverage(k project.CoverageKey, delta int64) error {
	if err := t.writing(); err != nil {
		return err
	}
	move(&t.coverage, counted(k), delta)
	t.addFigure(k.Cohort, figured{recorded: k.Recorded, residence: k.Residence, vaccine: k.Vaccine, dose: k.Dose}, delta)
	return nil
}

// AddCohort implements store.RowTx.
func (t *tx) AddCohort(k project.CohortKey, delta int64) error {
	if err := t.writing(); err != nil {
		return err
	}
	move(&t.registered, two{k.Residence, k.Recorded}, delta)
	t.addFigure(k.Cohort, figured{recorded: k.Recorded, residence: k.Residence, dose: children}, delta)
	return nil
}

// addFigure moves a count of those born in a month. Who has no month of birth is in no cohort.
func (t *tx) addFigure(cohort registry.Month, k figured, delta int64) {
	if cohort == 0 {
		return
	}
	year, month := cohort.Date()
	k.year = year
	var months store.Months
	if old, known := t.figures.get(k); known {
		months = *old
	}
	months[month-1] += delta
	if months != (store.Months{}) {
		t.figures.set(k, &months)
	} else {
		t.figures.delete(k)
	}
}

// Coverage implements store.Query; by residence, residence as recorded, place, vaccine, dose.
func (t *tx) Coverage(q store.CoverageQuery) ([]store.CoverageRow, error) {
	var out []store.CoverageRow
	for k, n := range t.coverage.all() {
		if k.Cohort < q.CohortFrom || q.CohortTo != 0 && k.Cohort > q.CohortTo || k.Month < q.MonthFrom ||
			q.MonthTo != 0 && k.Month > q.MonthTo || q.Programme != 0 && k.Programme != q.Programme {
			continue
		}
		row := store.CoverageRow{Recorded: k.Recorded, Residence: k.Residence, Place: k.Place, Vaccine: k.Vaccine, Dose: k.Dose}
		if i := len(out) - 1; i >= 0 {
			last := out[i]
			if last.Count = 0; last == row {
				out[i].Count += n
				continue
			}
		}
		row.Count = n
		out = append(out, row)
	}
	return out, t.reading()
}

// Figures implements store.Query; by year, residence as recorded, residence.
func (t *tx) Figures(q store.FigureQuery, see func(*store.FigureRow)) error {
	if err := t.reading(); err != nil {
		return err
	}
	from, _ := q.CohortFrom.Date()
	last, _ := q.CohortTo.Date()
	row := store.FigureRow{Doses: make([]store.Months, len(q.Doses))}
	begun := false
	for k, months := range within(&t.figures, figured{year: from, dose: children}, func(k figured) bool { return k.year <= last }) {
		if begun && (k.year != row.Year || k.recorded != row.Recorded || k.residence != row.Residence) {
			see(&row)
			begun = false
		}
		if !begun {
			begun = true
			row.Year, row.Recorded, row.Residence, row.Children = k.year, k.recorded, k.residence, store.Months{}
			clear(row.Doses)
		}
		if k.dose == children && k.vaccine == "" {
			row.Children = *months
			continue
		}
		for i, d := range q.Doses {
			if d.Vaccine == k.vaccine && d.Number == k.dose {
				row.Doses[i] = *months
			}
		}
	}
	if begun {
		see(&row)
	}
	return nil
}

// Registered implements store.Query.
func (t *tx) Registered() ([]store.RegisteredRow, error) {
	var out []store.RegisteredRow
	for k, n := range t.registered.all() {
		out = append(out, store.RegisteredRow{Recorded: k.id, Residence: k.of, Count: n})
	}
	return out, t.reading()
}
