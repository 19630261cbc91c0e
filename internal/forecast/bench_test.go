package forecast_test

import (
	"maps"
	"slices"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
	"tramy/internal/registry"
)

// BenchmarkEvaluate evaluates a five-year-old with 15 doses: under CDC's schedule, and under
// Vietnam's with its paid vaccines.
func BenchmarkEvaluate(b *testing.B) {
	b.Run("cdsi", func(b *testing.B) {
		evaluations(b, cdsiSchedule(b), fiveYearsOld(map[string][]int{
			"08": {0}, "146": {61, 122, 183}, "215": {61, 122, 183, 400}, "116": {61, 122}, "03": {370, 1500}, "21": {370}, "83": {380, 600},
		}))
	})
	b.Run("vietnam", func(b *testing.B) {
		s, err := national.Embedded("vn-2026-07")
		if err != nil {
			b.Fatal(err)
		}
		evaluations(b, s, fiveYearsOld(map[string][]int{
			"VGB0": {0}, "BCG": {1}, "DPT-VGB-HIB": {61, 91, 122}, "BOPV": {61, 91, 122}, "IPV": {150, 280}, "SOI": {280}, "MR": {550},
			"DPT": {550}, "VNNB": {370, 380},
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
