package storetest

import (
	"cmp"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

// figures reads rows by year, recorded, residence; those where nothing that was asked for is counted are left out.
func figures(t *testing.T, s store.Store, q store.FigureQuery) []store.FigureRow {
	t.Helper()
	return read(t, s, func(tx store.Tx) ([]store.FigureRow, error) { return figuresIn(tx, q) })
}

func figuresIn(tx store.Tx, q store.FigureQuery) ([]store.FigureRow, error) {
	var out []store.FigureRow
	err := tx.Figures(q, func(r *store.FigureRow) {
		row := *r
		row.Doses = slices.Clone(r.Doses)
		if row.Children != (store.Months{}) || slices.ContainsFunc(row.Doses, func(m store.Months) bool { return m != store.Months{} }) {
			out = append(out, row)
		}
	})
	sortFigures(out)
	return out, err
}

func sortFigures(rows []store.FigureRow) {
	slices.SortFunc(rows, func(a, b store.FigureRow) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), a.Recorded.Compare(b.Recorded), a.Residence.Compare(b.Residence))
	})
}

func cohortKey(recorded, residence int, m registry.Month) project.CohortKey {
	return project.CohortKey{Recorded: id(recorded), Residence: id(residence), Cohort: m}
}

func figureRows(t *testing.T, s store.Store) {
	may, june := registry.NewMonth(2025, time.May), registry.NewMonth(2025, time.June)
	dose := func(recorded int, cohort registry.Month, vaccine string, number int32) project.CoverageKey {
		k := key(1, 9, vaccine, number)
		k.Recorded, k.Cohort = id(recorded), cohort
		return k
	}
	elsewhere := dose(8, may, "BCG", 1) // under another programme, elsewhere, later: one row all the same
	elsewhere.Place, elsewhere.Programme, elsewhere.Month = id(3), registry.ProgrammePaid, may+3
	update(t, s, func(tx store.Tx) error {
		return errors.Join(
			tx.AddCohort(cohortKey(8, 9, may), 3), tx.AddCohort(cohortKey(8, 9, june), 1), tx.AddCohort(cohortKey(9, 9, may+12), 5),
			tx.AddCohort(cohortKey(9, 9, 0), 2), // no month of birth: registered, and in no cohort
			tx.AddCoverage(dose(8, may, "BCG", 1), 1), tx.AddCoverage(elsewhere, 1), tx.AddCoverage(dose(8, june, "BCG", 2), 1),
			tx.AddCoverage(dose(9, may+12, "MR", 1), 4), tx.AddCoverage(dose(9, 0, "MR", 1), 7),
		)
	})
	q := store.FigureQuery{CohortFrom: may, CohortTo: may + 12, Doses: []store.Dose{{Vaccine: "BCG", Number: 1}, {Vaccine: "MR", Number: 1}, {Vaccine: "none", Number: 1}}}
	of2025 := store.FigureRow{Year: 2025, Recorded: id(8), Residence: id(9), Children: store.Months{4: 3, 5: 1}, Doses: []store.Months{{4: 2}, {}, {}}}
	of2026 := store.FigureRow{Year: 2026, Recorded: id(9), Residence: id(9), Children: store.Months{4: 5}, Doses: []store.Months{{}, {4: 4}, {}}}
	same(t, "figures", figures(t, s, q), []store.FigureRow{of2025, of2026})
	q.CohortTo = june
	same(t, "figures of one year", figures(t, s, q), []store.FigureRow{of2025})
	same(t, "children alone", figures(t, s, store.FigureQuery{CohortFrom: may - 4, CohortTo: may - 4}), []store.FigureRow{{
		Year: 2025, Recorded: id(8), Residence: id(9), Children: store.Months{4: 3, 5: 1}, Doses: []store.Months{},
	}})
	registered := func() []store.RegisteredRow {
		return read(t, s, func(tx store.Tx) ([]store.RegisteredRow, error) { return tx.Registered() })
	}
	same(t, "registered", registered(), []store.RegisteredRow{{Recorded: id(8), Residence: id(9), Count: 4}, {Recorded: id(9), Residence: id(9), Count: 7}})

	// What comes to nothing leaves nothing; what goes below, which is wrong, stays visible.
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.AddCohort(cohortKey(8, 9, may), -3), tx.AddCohort(cohortKey(8, 9, june), -1),
			tx.AddCoverage(dose(8, may, "BCG", 1), -1), tx.AddCoverage(elsewhere, -1), tx.AddCoverage(dose(8, june, "BCG", 2), -1),
			tx.AddCohort(cohortKey(9, 9, may+12), -6))
	})
	of2026.Children = store.Months{4: -1}
	same(t, "figures that came to nothing", figures(t, s, store.FigureQuery{CohortFrom: may, CohortTo: may + 12, Doses: []store.Dose{{Vaccine: "BCG", Number: 1}, {Vaccine: "MR", Number: 1}, {Vaccine: "none", Number: 1}}}), []store.FigureRow{of2026})
	same(t, "registered after", registered(), []store.RegisteredRow{{Recorded: id(9), Residence: id(9), Count: 1}})
}

// figuresByDifference holds figures against coverage and a count from scratch while both are moved about, inside the
// transaction and after it.
func figuresByDifference(t *testing.T, s store.Store) {
	first := registry.NewMonth(2024, time.November)
	children := map[project.CohortKey]int64{}
	doses := []store.Dose{{Vaccine: "A", Number: 1}, {Vaccine: "A", Number: 2}, {Vaccine: "B", Number: 1}}
	counted := map[project.CoverageKey]int64{}
	want := func() []store.FigureRow {
		type where struct {
			year                int
			recorded, residence [16]byte
		}
		rows := map[where]*store.FigureRow{}
		row := func(recorded, residence [16]byte, cohort registry.Month) (*store.FigureRow, int) {
			year, month := cohort.Date()
			k := where{year, recorded, residence}
			if rows[k] == nil {
				rows[k] = &store.FigureRow{Year: year, Recorded: recorded, Residence: residence, Doses: make([]store.Months, len(doses))}
			}
			return rows[k], int(month) - 1
		}
		for k, n := range children {
			r, m := row(k.Recorded, k.Residence, k.Cohort)
			r.Children[m] += n
		}
		for k, n := range counted {
			r, m := row(k.Recorded, k.Residence, k.Cohort)
			if i := slices.Index(doses, store.Dose{Vaccine: k.Vaccine, Number: k.Dose}); i >= 0 {
				r.Doses[i][m] += n
			}
		}
		var out []store.FigureRow
		for _, r := range rows {
			if r.Children != (store.Months{}) || slices.ContainsFunc(r.Doses, func(m store.Months) bool { return m != store.Months{} }) {
				out = append(out, *r)
			}
		}
		sortFigures(out)
		return out
	}
	q := store.FigureQuery{CohortFrom: first, CohortTo: first + 3, Doses: doses}
	rapid.Check(t, func(rt *rapid.T) {
		update(t, s, func(tx store.Tx) error {
			for range rapid.IntRange(1, 8).Draw(rt, "moves") {
				k := key(rapid.IntRange(1, 2).Draw(rt, "place"), rapid.IntRange(8, 9).Draw(rt, "residence"), rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "vaccine"), int32(rapid.IntRange(1, 3).Draw(rt, "number")))
				k.Recorded = id(rapid.IntRange(6, 7).Draw(rt, "recorded"))
				k.Cohort = first + registry.Month(rapid.IntRange(0, 3).Draw(rt, "cohort"))
				delta := int64(rapid.IntRange(-2, 300).Draw(rt, "delta"))
				c := project.CohortKey{Recorded: k.Recorded, Residence: k.Residence, Cohort: k.Cohort}
				if rapid.Bool().Draw(rt, "gone") {
					delta = -counted[k]
				}
				counted[k] += delta
				children[c] += delta
				if err := errors.Join(tx.AddCoverage(k, delta), tx.AddCohort(c, delta)); err != nil {
					return err
				}
			}
			got, err := figuresIn(tx, q)
			same(t, "figures inside", got, want())
			return err
		})
		same(t, "figures by difference", figures(t, s, q), want())
	})
}
