package forecast_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// BenchmarkEvaluate evaluates a five-year-old with 15 doses: under CDC's schedule, and under one of the size of
// Vietnam's with its paid vaccines.
func BenchmarkEvaluate(b *testing.B) {
	b.Run("cdsi", func(b *testing.B) {
		evaluations(b, cdsiSchedule(b), fiveYearsOld(map[string][]int{
			"08": {0}, "146": {61, 122, 183}, "215": {61, 122, 183, 400}, "116": {61, 122}, "03": {370, 1500}, "21": {370}, "83": {380, 600},
		}))
	})
	b.Run("national", func(b *testing.B) {
		evaluations(b, nationalLike(), fiveYearsOld(map[string][]int{
			"HEPB": {0}, "BCG": {1}, "PENTA": {61, 91, 122}, "OPV": {61, 91, 122}, "IPV": {150, 280}, "MEASLES": {280}, "MR": {550},
			"DTP": {550}, "JE": {370, 380},
		}))
	})
}

func fiveYearsOld(doses map[string][]int) *forecast.Patient {
	born, _ := registry.NewDay(2020, 11, 10)
	p := &forecast.Patient{BornFirst: born, BornLast: born, KnownBirth: true, Sex: registry.SexFemale, Areas: []string{"own:VN", "gso:01", "gso:00001"}}
	for _, code := range slices.Sorted(maps.Keys(doses)) {
		for _, d := range doses[code] {
			p.Doses = append(p.Doses, forecast.Dose{Vaccine: code, On: born + forecast.Day(d)})
		}
	}
	return p
}

func evaluations(b *testing.B, s *forecast.Schedule, p *forecast.Patient) {
	if len(p.Doses) != 15 {
		b.Fatalf("%d doses", len(p.Doses))
	}
	on, _ := registry.NewDay(2025, 11, 20)
	e, out := forecast.NewEngine(s), new(forecast.Result)
	b.ReportAllocs()
	for b.Loop() {
		e.Evaluate(p, on, out)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "evaluations/s")
}

// national makes a schedule of 20 antigens, 25 series and 60 steps.
func nationalLike() *forecast.Schedule {
	s := &forecast.Schedule{ID: "national"}
	vaccine := func(code string, antigens ...int) {
		v := forecast.Vaccine{Code: code}
		for _, a := range antigens {
			v.Antigens = append(v.Antigens, forecast.Association{Antigen: forecast.AntigenIndex(a)})
		}
		s.Vaccines = append(s.Vaccines, v)
	}
	// 0 HepB, 1 BCG, 2 diphtheria, 3 tetanus, 4 pertussis, 5 Hib, 6 OPV, 7 IPV, 8 measles, 9 rubella, 10 JE, then what is paid for
	vaccine("HEPB", 0)
	vaccine("BCG", 1)
	vaccine("PENTA", 0, 2, 3, 4, 5)
	vaccine("OPV", 6)
	vaccine("IPV", 7)
	vaccine("MEASLES", 8)
	vaccine("MR", 8, 9)
	vaccine("DTP", 2, 3, 4)
	vaccine("JE", 10)
	steps := []int{4, 1, 5, 5, 5, 3, 3, 2, 2, 1, 3, 2, 3, 3, 2, 2, 3, 2, 2, 2} // 55, and one more for each of five paid series
	for a, n := range steps {
		s.Antigens = append(s.Antigens, forecast.Antigen{Name: fmt.Sprint(a)})
		if a > 10 {
			vaccine(fmt.Sprintf("PAID%d", a), a)
		}
		s.Groups = append(s.Groups, forecast.Group{Name: fmt.Sprint(a), Antigens: []forecast.AntigenIndex{forecast.AntigenIndex(a)}})
		s.Antigens[a].Series = append(s.Antigens[a].Series, nationalSeries(s, a, n))
		if a > 14 {
			s.Antigens[a].Series = append(s.Antigens[a].Series, nationalSeries(s, a, 1))
		}
	}
	for _, v := range []forecast.VaccineIndex{5, 6} {
		for _, w := range []forecast.VaccineIndex{5, 6} {
			s.Conflicts = append(s.Conflicts, forecast.Conflict{Previous: v, Current: w, Begin: forecast.Days(1), MinEnd: forecast.Days(28), End: forecast.Days(28)})
		}
	}
	s.Compile()
	return s
}

func nationalSeries(s *forecast.Schedule, a, steps int) forecast.Series {
	out := forecast.Series{
		Group: forecast.GroupIndex(a), Type: forecast.Standard, Default: len(s.Antigens[a].Series) == 0, Cluster: 1,
		Offers: []forecast.Offer{{Area: "gso:79"}, {Area: "gso:01"}},
	}
	for i := range steps {
		d := forecast.SeriesDose{Ages: []forecast.AgeRule{{
			AbsMin: forecast.Days(42 + 28*i), Min: forecast.Days(42 + 28*i), EarliestRec: forecast.Months(2 + i), LatestRec: forecast.Months(3 + i), Max: forecast.Years(15),
		}}}
		if i > 0 {
			d.Intervals = []forecast.IntervalRule{{Since: forecast.SincePrevious, AbsMin: forecast.Days(28), Min: forecast.Days(28)}}
		}
		for v := range s.Vaccines {
			for _, as := range s.Vaccines[v].Antigens {
				if int(as.Antigen) == a {
					d.Preferable = append(d.Preferable, forecast.VaccineRule{Vaccine: forecast.VaccineIndex(v), Offer: true})
				}
			}
		}
		out.Doses = append(out.Doses, d)
	}
	return out
}
