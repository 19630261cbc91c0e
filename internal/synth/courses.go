package synth

import (
	"time"

	"tramy/internal/registry"
)

// A course is the doses of one vaccine as a healthy child is given them. Ages and intervals are those of the
// circulars 10/2024 and 52/2025 and of practice, where a month is at least 28 days; package forecast/national has them
// with their sources, and decides what counts. Here they only say when people are called.
type course struct {
	vaccine string
	doses   []courseDose
	live    bool // injected and live: another such vaccine on the same day, or 28 days apart
}

type courseDose struct {
	months    int    // least age
	days      int    // and so many days more
	gap       int    // days after the dose before
	after     string // days are counted from the last dose of this vaccine instead
	latest    int    // months of age from which it is not given any more; 0: no end here
	afterOnly bool   // only to who has had a dose of after
}

const liveGap = 28 // days

var stationCourses = []course{
	{vaccine: "BCG", doses: []courseDose{{days: 3, latest: 12}}, live: true},
	{vaccine: "DPT-VGB-HIB", doses: []courseDose{{months: 2, latest: 84}, {months: 3, gap: 28, latest: 84}, {months: 4, gap: 28, latest: 84}}},
	{vaccine: "BOPV", doses: []courseDose{{months: 2, latest: 180}, {months: 3, gap: 28, latest: 180}, {months: 4, gap: 28, latest: 180}}},
	{vaccine: "ROTA", doses: []courseDose{{months: 2, latest: 5}, {months: 3, gap: 28, latest: 6}}},
	{vaccine: "PCV", doses: []courseDose{{months: 2, latest: 12}, {months: 4, gap: 62, latest: 24}, {months: 12, gap: 185, latest: 60}}},
	{vaccine: "IPV", doses: []courseDose{{months: 5}, {months: 9, gap: 124}}},
	{vaccine: "SOI", doses: []courseDose{{months: 9, latest: 18}}, live: true},
	{vaccine: "VNNB", doses: []courseDose{{months: 12, latest: 60}, {months: 12, gap: 7, latest: 60}, {months: 24, gap: 366, latest: 60}}},
	{vaccine: "MR", doses: []courseDose{{months: 18, latest: 60}}, live: true},
	{vaccine: "DPT", doses: []courseDose{{months: 18, gap: 185, after: "DPT-VGB-HIB", latest: 84, afterOnly: true}}},
	{vaccine: "TD", doses: []courseDose{{months: 84}}},
}

// clinicCourses are what a family pays for in the town; in place says which courses of the station that spares.
var clinicCourses = []course{
	{vaccine: "HEXA", doses: []courseDose{{months: 2, latest: 24}, {months: 3, gap: 28, latest: 24}, {months: 4, gap: 28, latest: 24}, {months: 18, gap: 185, latest: 24}}},
	{vaccine: "ROTARIX", doses: []courseDose{{months: 2, latest: 5}, {months: 3, gap: 28, latest: 6}}},
	{vaccine: "PCV13", doses: []courseDose{{months: 2, latest: 6}, {months: 4, gap: 56, latest: 12}, {months: 6, gap: 56, latest: 12}, {months: 12, gap: 183, latest: 24}}},
	{vaccine: "FLU", doses: []courseDose{{months: 6, latest: 60}, {months: 7, gap: 28, latest: 60}}},
	{vaccine: "VAR", doses: []courseDose{{months: 12, latest: 84}}, live: true},
	{vaccine: "MMR", doses: []courseDose{{months: 15, latest: 60}}, live: true},
	{vaccine: "IMOJEV", doses: []courseDose{{months: 12, latest: 60}, {months: 24, gap: 365, latest: 84}}, live: true},
}

var spared = map[string]bool{"DPT-VGB-HIB": true, "BOPV": true, "IPV": true, "ROTA": true, "PCV": true, "MR": true, "DPT": true, "VNNB": true}

// Since when vaccines are to be had at stations: rotavirus everywhere since 2026 and in most provinces before,
// pneumococcus where a province as it is now was chosen whole (decision 2780/QĐ-BYT of 2025-08-29).
var (
	rotaSome, rotaAll = day(2024, 9, 1), day(2026, 1, 1)
	pcvSince          = map[string]registry.Day{
		"20": day(2025, 1, 1), "04": day(2026, 1, 1), "14": day(2026, 1, 1), "11": day(2027, 1, 1), "40": day(2027, 1, 1), "12": day(2028, 1, 1),
	}
	measlesCampaign = day(2025, 4, 1) // dose 0 of children of six to eight months, in the weeks from here on
)

func day(y, m, d int) registry.Day {
	x, _ := registry.NewDay(y, time.Month(m), d)
	return x
}

// since is the first day a vaccine is to be had at the stations of a province.
func since(vaccine, province string) registry.Day {
	switch vaccine {
	case "ROTA":
		if hash("rota", province)%100 < 80 {
			return rotaSome
		}
		return rotaAll
	case "PCV":
		if from, ok := pcvSince[province]; ok {
			return from
		}
		return day(2030, 1, 1)
	}
	return 0
}

// vaccines are those of the registry's reference data.
var vaccines = func() map[string]registry.VaccineInput {
	out := map[string]registry.VaccineInput{}
	for _, v := range registry.Vaccines() {
		out[v.Code] = v
	}
	return out
}()
