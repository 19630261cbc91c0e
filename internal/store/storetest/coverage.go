package storetest

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
)

func key(place, residence int, vaccine string, dose int32) project.CoverageKey {
	return project.CoverageKey{
		Place: id(place), Recorded: id(7), Residence: id(residence), Cohort: 24_000, Vaccine: vaccine, Dose: dose, Month: 24_002,
		Programme: registry.ProgrammeEPI,
	}
}

func coverageRows(t *testing.T, s store.Store, q store.CoverageQuery) []store.CoverageRow {
	t.Helper()
	return read(t, s, func(tx store.Tx) ([]store.CoverageRow, error) { return tx.Coverage(q) })
}

func coverage(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.AddCoverage(key(1, 9, "BCG", 1), 2), tx.AddCoverage(key(1, 9, "BCG", 1), 1),
			tx.AddCoverage(key(2, 9, "BCG", 1), 1), tx.AddCoverage(key(1, 8, "BCG", 1), 1), tx.AddCoverage(key(1, 9, "OPV", 2), 4))
	})
	row := func(residence, place int, vaccine string, dose int32, n int64) store.CoverageRow {
		return store.CoverageRow{Recorded: id(7), Residence: id(residence), Place: id(place), Vaccine: vaccine, Dose: dose, Count: n}
	}
	same(t, "coverage", coverageRows(t, s, store.CoverageQuery{}), []store.CoverageRow{
		row(8, 1, "BCG", 1, 1), row(9, 1, "BCG", 1, 3), row(9, 1, "OPV", 2, 4), row(9, 2, "BCG", 1, 1),
	})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.AddCoverage(key(1, 9, "BCG", 1), -3), tx.AddCoverage(key(1, 9, "OPV", 2), -1), tx.AddCoverage(key(2, 9, "BCG", 1), 0))
	})
	same(t, "coverage after a count reached 0", coverageRows(t, s, store.CoverageQuery{}), []store.CoverageRow{
		row(8, 1, "BCG", 1, 1), row(9, 1, "OPV", 2, 3), row(9, 2, "BCG", 1, 1),
	})
}

// coverageInside reads counts in the transaction that makes them.
func coverageInside(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		k := key(1, 9, "BCG", 1)
		for _, c := range []struct {
			delta int64
			want  []int64
		}{{2, []int64{2}}, {-1, []int64{1}}, {-1, nil}, {3, []int64{3}}} {
			if err := tx.AddCoverage(k, c.delta); err != nil {
				return err
			}
			rows, err := tx.Coverage(store.CoverageQuery{})
			if err != nil {
				return err
			}
			var got []int64
			for _, r := range rows {
				got = append(got, r.Count)
			}
			same(t, "counts inside", got, c.want)
		}
		return errors.Join(tx.AddCoverage(k, 4), tx.AddCoverage(k, -4), tx.AddCoverage(k, -3))
	})
	same(t, "coverage that came to nothing", coverageRows(t, s, store.CoverageQuery{}), nil)
}

func coverageSelects(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		for i := range 5 {
			k := key(1, 9, "BCG", 1)
			k.Cohort += registry.Month(i)
			k.Month += registry.Month(10 * i)
			k.Programme = registry.Programme(1 + i%2)
			// Each count is another power of ten, so that a sum says which rows are in it.
			if err := tx.AddCoverage(k, []int64{1, 10, 100, 1000, 10000}[i]); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		q    store.CoverageQuery
		want int64
	}{
		{store.CoverageQuery{}, 11111},
		{store.CoverageQuery{CohortFrom: 24_001}, 11110},
		{store.CoverageQuery{CohortTo: 24_001}, 11},
		{store.CoverageQuery{CohortFrom: 24_001, CohortTo: 24_002}, 110},
		{store.CoverageQuery{MonthFrom: 24_012, MonthTo: 24_032}, 1110},
		{store.CoverageQuery{Programme: registry.ProgrammeEPI}, 10101},
		{store.CoverageQuery{CohortFrom: 24_001, MonthTo: 24_022, Programme: registry.ProgrammeOutbreak}, 10},
		{store.CoverageQuery{CohortFrom: 24_009}, 0},
	} {
		var sum int64
		for _, r := range coverageRows(t, s, c.q) {
			sum += r.Count
		}
		if sum != c.want {
			t.Errorf("%+v: %d, want %d", c.q, sum, c.want)
		}
	}
}

// coverageByDifference moves doses about at random and compares the counts kept by difference with counts
// made from scratch.
func coverageByDifference(t *testing.T, s store.Store) {
	now := map[int]project.CoverageKey{}
	rapid.Check(t, func(rt *rapid.T) {
		update(t, s, func(tx store.Tx) error {
			for range rapid.IntRange(1, 8).Draw(rt, "moves") {
				n := rapid.IntRange(0, 30).Draw(rt, "dose")
				if old, ok := now[n]; ok {
					delete(now, n)
					if err := tx.AddCoverage(old, -1); err != nil {
						return err
					}
				}
				if rapid.Bool().Draw(rt, "there") {
					k := key(rapid.IntRange(1, 2).Draw(rt, "place"), rapid.IntRange(8, 9).Draw(rt, "residence"), rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "vaccine"), int32(rapid.IntRange(1, 2).Draw(rt, "number")))
					k.Cohort += registry.Month(rapid.IntRange(0, 1).Draw(rt, "cohort"))
					k.Recorded = id(rapid.IntRange(6, 7).Draw(rt, "recorded"))
					now[n] = k
					if err := tx.AddCoverage(k, 1); err != nil {
						return err
					}
				}
			}
			return nil
		})
		count := map[store.CoverageRow]int64{}
		for _, k := range now {
			count[store.CoverageRow{Recorded: k.Recorded, Residence: k.Residence, Place: k.Place, Vaccine: k.Vaccine, Dose: k.Dose}]++
		}
		var want []store.CoverageRow
		for k, n := range count {
			k.Count = n
			want = append(want, k)
		}
		slices.SortFunc(want, func(a, b store.CoverageRow) int {
			return cmp.Or(a.Residence.Compare(b.Residence), a.Recorded.Compare(b.Recorded), a.Place.Compare(b.Place), cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Dose, b.Dose))
		})
		same(t, "coverage by difference", coverageRows(t, s, store.CoverageQuery{}), want)
	})
}
