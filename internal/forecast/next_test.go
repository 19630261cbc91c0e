package forecast

import (
	"testing"

	"tramy/internal/registry"
)

// TestForecast tells the edges of a forecast of one series.
func TestForecast(t *testing.T) {
	always := []Skip{{Any: true, Sets: []Set{{Conditions: []Condition{{Type: ConditionAge}}}}}}
	winter := Season{From: on("2020-10-01"), To: on("2021-03-31")}
	seasonal := x(func(s *Series) {
		s.Doses[0].Ages, s.Doses[1].Ages = nil, nil
		s.Doses[0].Season, s.Doses[1].Season = winter, winter
	})
	born := func(before string, exclusions ...ObservationIndex) func(*Schedule) {
		return func(s *Schedule) {
			s.Antigens[0].ImmuneBirths = []ImmuneBirth{{Before: on(before), Exclusions: exclusions}}
		}
	}
	for _, c := range []struct {
		name     string
		schedule *Schedule
		person   *Patient
		day      string
		want     string
	}{
		{
			"past due never lies before the earliest date", small(), child("B 2020-04-15"), "2020-04-16",
			"not_valid wrong_vaccine; GX: not_complete 1 2020-04-15 2020-04-15 2020-04-15 -",
		},
		{
			"the latest of the intervals", small(x(func(s *Series) {
				s.Doses[1].Ages = nil
				one := since(SincePrevious, "", "1 month")
				one.EarliestRec, one.LatestRec = period("3 months"), period("6 months")
				two := since(SinceTarget, "", "2 months")
				two.Target, two.EarliestRec, two.LatestRec = 1, period("2 months"), period("4 months")
				s.Doses[1].Intervals = []IntervalRule{one, two}
			})),
			child("A 2020-03-01"), "2020-03-02", "valid; GX: not_complete 2 2020-05-01 2020-06-01 2020-08-31 -",
		},
		{
			"a season's last day", small(seasonal), child(), "2021-03-31", "GX: not_complete 1 2020-10-01 2020-10-01 - -",
		},
		{
			"the day after", small(seasonal), child(), "2021-04-01", "GX: not_recommended",
		},
		{
			"a dose of last winter does not count towards the number", small(seasonal), child("A 2020-09-30"), "2020-11-01",
			"valid; GX: not_complete 1 2020-10-28 2020-10-28 - -",
		},
		{
			"one of this winter does", small(seasonal), child("A 2020-10-01"), "2020-11-01",
			"valid; GX: not_complete 2 2020-10-29 2020-10-29 - -",
		},
		{
			"doses without a season are numbered among themselves", small(seasonal, x(func(s *Series) { s.Doses[0].Season = Season{} })),
			child("A 2020-03-01"), "2020-11-01", "valid; GX: not_complete 1 2020-10-01 2020-10-01 - -",
		},
		{
			"no ages, and a birth date known to the month", small(x(func(s *Series) { s.Doses[0].Ages = nil })),
			child().with(func(p *Patient) { p.BornLast = on("2020-01-31") }), "2020-02-01", "GX: not_complete 1 2020-01-31 2020-01-31 - -",
		},
		{
			"immune goes before not needed", small(x(func(s *Series) { s.Doses[0].Skips, s.Doses[1].Skips = always, always }), func(s *Schedule) {
				s.Antigens[0].ImmuneBy = []ObservationIndex{seen}
			}),
			child().with(observed("seen", 0)), "2020-02-01", "GX: immune",
		},
		{"born in time to be immune", small(born("2020-01-02")), child(), "2020-02-01", "GX: immune"},
		{"born too late", small(born("2020-01-01")), child(), "2020-02-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -"},
		{
			"perhaps born too late", small(born("2020-01-15")), child().with(func(p *Patient) { p.BornLast = on("2020-01-31") }), "2020-02-01",
			"GX: not_complete 1 2020-03-31 2020-03-31 2020-04-30 -",
		},
		{
			"an exclusion from it", small(born("2020-01-02", sick)), child().with(observed("sick", 0)), "2020-02-01",
			"GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"one vaccine is left", small(x(func(s *Series) { s.Doses[1].Preferable = append(s.Doses[1].Preferable, VaccineRule{Vaccine: vB}) }), func(s *Schedule) {
				s.Antigens[0].VaccineContra = []Contraindication{{Observation: sick, Vaccines: []VaccineRule{{Vaccine: vA}}}}
			}),
			child().with(observed("sick", 0)), "2020-02-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"forbidden from an age only", small(func(s *Schedule) {
				s.Antigens[0].Contraindications = []Contraindication{{Observation: sick, Begin: period("1 month"), End: period("2 months")}}
			}),
			child().with(observed("sick", 0)), "2020-03-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a recurring step that is passed over keeps its dose", small(x(func(s *Series) {
				s.Doses[0].Recurring = true
				s.Doses[0].Skips = []Skip{{Context: SkipForecast, Any: true, Sets: []Set{{Conditions: []Condition{{Type: ConditionCount, Compare: EqualTo, Count: 1}}}}}}
				s.Doses[1].Intervals = []IntervalRule{{Since: SinceTarget, Target: 1, Min: period("1 year")}}
			})),
			child("A 2020-03-01"), "2020-03-02", "valid; GX: not_complete 2 2021-03-01 2021-03-01 2021-03-01 -",
		},
		{
			"a vaccine that must not be given is not counted from", small(x(func(s *Series) {
				s.Doses[0].Inadvertent = VaccineSet{}.With(vB)
				s.Doses[0].Intervals = []IntervalRule{since(SincePrevious, "4 weeks", "4 weeks")}
			})),
			child("B 2020-03-01", "A 2020-03-02"), "2020-03-03",
			"not_valid inadvertent; valid; GX: not_complete 2 2020-03-30 2020-05-01 2020-05-31 -",
		},
		{
			"nor by an interval that names it", small(x(func(s *Series) {
				s.Doses[0].Inadvertent = VaccineSet{}.With(vB)
				s.Doses[0].Intervals = []IntervalRule{{Since: SinceVaccine, Vaccines: VaccineSet{}.With(vB), AbsMin: period("4 weeks")}}
			})),
			child("B 2020-03-01", "A 2020-03-02"), "2020-03-03",
			"not_valid inadvertent; valid; GX: not_complete 2 2020-03-30 2020-05-01 2020-05-31 -",
		},
		{
			"an interval counts from what came before, not after, of any antigen", small(x(func(s *Series) {
				s.Doses[0].Intervals = []IntervalRule{{Since: SinceVaccine, Vaccines: VaccineSet{}.With(vL), AbsMin: period("4 weeks"), Min: period("4 weeks")}}
				s.Doses[1].Intervals = s.Doses[0].Intervals
			})),
			child("A 2020-03-01", "L 2020-04-10"), "2020-04-10",
			"valid; none no_series; GX: not_complete 2 2020-05-08 2020-05-08 2020-05-31 -",
		},
		{
			"of two observations the latest", small(x(func(s *Series) {
				s.Doses[0].Intervals = []IntervalRule{{Since: SinceObservation, Observation: seen, Min: period("1 month")}}
			})),
			child().with(observed("seen", on("2020-06-01"))).with(observed("seen", on("2020-05-01"))), "2020-07-01",
			"GX: not_complete 1 2020-07-01 2020-07-01 2020-07-01 -",
		},
		{
			"a vaccine counts for an antigen within its ages", small(func(s *Schedule) { s.Vaccines[vA].Antigens[0].End = period("2 months") }),
			child("A 2020-02-29", "A 2020-03-01"), "2020-03-02",
			"valid grace; none no_series; GX: not_complete 2 2020-03-28 2020-05-01 2020-05-31 -",
		},
		{
			"an unknown sex is one of its own", small(x(func(s *Series) { s.Sexes = []registry.Sex{registry.SexUnknown} })),
			child().with(func(p *Patient) { p.Sex = 0 }), "2020-02-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(c.schedule, evaluate(t, c.schedule, c.person, c.day)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A group of several antigens under one priority forecast: the soonest date, but not before its last dose.
func TestOverrideWaitsForTheLastDose(t *testing.T) {
	s := small(twoAntigens, x(func(s *Series) { s.Doses[1].Intervals[0].Override = true }))
	want := "valid+valid; not_valid too_soon; GX: not_complete 2 2020-04-20 2020-05-01 2020-05-31 -"
	if got := told(s, evaluate(t, s, child("AL 2020-03-01", "L 2020-04-20"), "2020-04-21")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What serves more antigens of a group comes first, what is forbidden for one of them is left out, and what two
// antigens say alike is said once.
func TestGroupWords(t *testing.T) {
	s := small(twoAntigens, func(s *Schedule) {
		s.Antigens[1].VaccineContra = []Contraindication{{Observation: sick, Vaccines: []VaccineRule{{Vaccine: vAL}}}}
		for i := range s.Antigens {
			s.Antigens[i].Series[0].Guidance = []string{"shake well"}
		}
		s.Antigens[1].Series[0].Doses[0].Preferable = append(s.Antigens[1].Series[0].Doses[0].Preferable, VaccineRule{Vaccine: vL, Offer: true})
		s.Antigens[0].Series[0].Doses[0].Preferable[1].Offer = true
	})
	p := child("Q 2020-02-01").with(func(p *Patient) { p.Doses[0].Antigens = []string{"X", "Y"} })
	g := evaluate(t, s, p, "2020-02-02").Groups[0]
	if len(g.Vaccines) != 3 || g.Vaccines[0] != vAL {
		t.Errorf("vaccines %v, want AL first", g.Vaccines)
	}
	if got := reasons(&g); got != "repeat by_age by_interval" || len(g.Guidance) != 1 {
		t.Errorf("reasons %s, guidance %q", got, g.Guidance)
	}
	g = evaluate(t, s, p.with(observed("sick", 0)), "2020-02-02").Groups[0]
	for _, v := range g.Vaccines {
		if v == vAL {
			t.Errorf("vaccines %v, AL among them", g.Vaccines)
		}
	}
}

// A series that only evaluates goes with the others of its cluster, and a dose says which series is followed.
func TestEvaluationOnly(t *testing.T) {
	s := small(
		x(func(s *Series) { s.Equivalent, s.Doses[0].OnTimeMinutes = []int{2}, 60 }),
		addSeries(func(s *Series) { s.Type, s.Cluster, s.Indications = Risk, 2, []Indication{{Observation: sick}} }),
		addSeries(func(s *Series) { s.Type, s.Cluster, s.Doses = EvaluationOnly, 2, s.Doses[:1] }),
	)
	out := evaluate(t, s, child("A 2020-03-01"), "2020-03-02")
	if len(out.Groups) != 1 || out.Groups[0].Type != Risk || out.Groups[0].Status != Complete {
		t.Errorf("%s", told(s, out))
	}
	if out.Doses[0].OnTime != Unsaid {
		t.Error("a series that is not followed says that the dose was late")
	}
	v := out.Doses[0].Verdicts
	if len(v) != 2 || v[0].Best || v[0].Type != Standard || !v[1].Best || v[1].Type != Risk || v[1].Cluster != 2 {
		t.Errorf("verdicts %+v", v)
	}
}
