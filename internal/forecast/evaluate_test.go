package forecast

import (
	"testing"

	"tramy/internal/registry"
)

// TestEvaluate tells what the rules leave open: edges, order, and what is written down beside a status.
func TestEvaluate(t *testing.T) {
	third := func(s *Series) {
		sixMonths := since(SinceTarget, "6 months", "6 months")
		sixMonths.Target = 1
		s.Doses = append(s.Doses, step(vA, sixMonths))
	}
	for _, c := range []struct {
		name     string
		schedule *Schedule
		person   *Patient
		day      string
		want     string
	}{
		{"nothing given", small(), child(), "2020-01-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -"},
		{
			"doses are taken by date, whatever the order of the record", small(), child("A 2020-05-01", "A 2020-03-01"), "2020-06-01",
			"valid; valid; GX: complete",
		},
		{
			"of two doses on one day the second is too soon", small(), child("A 2020-03-01", "A 2020-03-01"), "2020-03-01",
			"valid; not_valid too_soon; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 -",
		},
		{
			"a dose after the last step", small(), child("A 2020-03-01", "A 2020-05-01", "A 2020-07-01"), "2020-07-01",
			"valid; valid; extraneous series_complete; GX: complete",
		},
		{
			"an expired dose after the last step", small(),
			child("A 2020-03-01", "A 2020-05-01", "A 2020-07-01").with(func(p *Patient) { p.Doses[2].Unusable = true }), "2020-07-01",
			"valid; valid; extraneous series_complete unusable; GX: complete",
		},
		{
			"a step is passed over only where a set of conditions is in force", small(x(func(s *Series) {
				s.Doses[0].Skips = []Skip{{Sets: []Set{{InForce: Span{To: on("2019-12-31")}, Conditions: []Condition{{Type: ConditionAge}}}}}}
			})),
			child(), "2020-02-01", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a dose of tomorrow", small(), child("A 2020-03-01"), "2020-02-29",
			"none ahead; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a vaccine that nobody knows", small(), child("Q 2020-03-01"), "2020-03-01",
			"none unknown_vaccine; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a vaccine from abroad whose antigen is known, where the schedule does not take any", small(),
			child("Q 2020-03-01").with(func(p *Patient) { p.Doses[0].Antigens = []string{"X", "X", "Z"} }), "2020-03-01",
			"not_valid wrong_vaccine; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"and where it takes any", small(x(func(s *Series) { s.Doses[0].Accepted = []VaccineRule{{Vaccine: AnyVaccine}} })),
			child("Q 2020-03-01").with(func(p *Patient) { p.Doses[0].Antigens = []string{"X", "X", "Z"} }), "2020-03-01",
			"valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 -",
		},
		{
			"and where it takes any, but from a later age on", small(x(func(s *Series) {
				s.Doses[0].Preferable[0].Begin, s.Doses[0].Accepted = Months(3), []VaccineRule{{Vaccine: AnyVaccine, Begin: Months(3)}}
			})),
			child("Q 2020-03-01").with(func(p *Patient) { p.Doses[0].Antigens = []string{"X"} }), "2020-03-01",
			"not_valid too_young; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"the first step's dose decides an interval that names it", small(x(third)), child("A 2020-03-01", "A 2020-05-01", "A 2020-08-31"), "2020-09-01",
			"valid; valid; not_valid too_soon; GX: not_complete 3 2020-09-01 2020-09-01 - -",
		},
		{
			"a maker that is another makes the vaccine another", small(x(func(s *Series) { s.Doses[0].Preferable[0].Maker = "SKB" })),
			child("A 2020-03-01").with(func(p *Patient) { p.Doses[0].Maker = "MSD" }), "2020-03-01",
			"not_valid wrong_vaccine; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"28 days after a live dose that is not valid, 24 after one that is", small(withLive, func(s *Schedule) {
				s.Antigens[1].Series[0].Doses = append(s.Antigens[1].Series[0].Doses, step(vL))
			}),
			child("L 2020-09-30", "L 2020-10-25", "L 2020-11-18"), "2020-11-18",
			"not_valid too_young; not_valid live_conflict; not_valid live_conflict; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -; " +
				"GY: not_complete 1 2020-12-16 2020-12-16 - -",
		},
		{
			"two live vaccines on one day", small(withLive, func(s *Schedule) { s.Antigens[1].Series[0].Doses[0].Preferable[0].Vaccine = vM }),
			child("L 2020-10-01", "M 2020-10-01"), "2020-10-02",
			"not_valid wrong_vaccine; valid; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -; GY: complete",
		},
		{
			"a vaccine from abroad may have been live", small(withLive),
			child("Q 2020-10-01").with(func(p *Patient) { p.Doses[0].Antigens = []string{"Y"} }), "2020-10-02",
			"not_valid wrong_vaccine; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -; GY: not_complete 1 2020-10-29 2020-10-29 - -",
		},
		{
			"a month before a birth that is expected", small(x(func(s *Series) {
				s.Type, s.Indications = Risk, []Indication{{Observation: seen}}
				s.Doses = []SeriesDose{step(vA), step(vA, since(SincePrevious, "4 weeks", "4 weeks"))}
				s.Doses[1].Intervals = append(s.Doses[1].Intervals, IntervalRule{Since: SinceObservation, Observation: seen, LatestRec: period("-1 month")})
			})),
			child("A 2044-03-01").with(observed("seen", on("2044-07-31"))), "2044-03-02",
			"valid; GX risk: not_complete 2 2044-03-29 2044-03-29 2044-06-30 -",
		},
		{
			"an observation without a date asks for no interval", small(x(func(s *Series) {
				s.Doses[0].Intervals = []IntervalRule{{Since: SinceObservation, Observation: seen, AbsMin: Days(10), Min: Days(10)}}
			})),
			child("A 2020-03-01").with(observed("seen", 0)), "2020-03-01",
			"valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 -",
		},
		{
			"no birth date: a dose has the benefit of the doubt, nothing is forecast by age", small(),
			child("A 2020-03-01").with(func(p *Patient) { p.KnownBirth = false }), "2020-03-02",
			"valid doubtful_birth; GX: not_complete 2 - - - -",
		},
		{
			"a birth year: dates are on the safe side", small(),
			child().with(func(p *Patient) { p.BornLast = on("2020-12-31") }), "2020-06-01",
			"GX: not_complete 1 2021-03-01 2021-03-01 2021-03-30 -",
		},
		{
			"a birth month: the last day that is safe", small(x(func(s *Series) { s.Doses[0].Ages[0].Max = period("6 months") })),
			child().with(func(p *Patient) { p.BornLast = on("2020-01-31") }), "2020-02-01",
			"GX: not_complete 1 2020-03-31 2020-03-31 2020-04-30 2020-06-30",
		},
		{
			"one contraindicated antigen speaks for its group", small(twoAntigens, func(s *Schedule) {
				s.Antigens[1].Contraindications = []Contraindication{{Observation: sick}}
			}),
			child().with(observed("sick", 0)), "2020-02-01", "GX: contraindicated",
		},
		{
			"every step passed over", small(x(func(s *Series) {
				for i := range s.Doses {
					s.Doses[i].Skips = []Skip{{Any: true, Sets: []Set{{Conditions: []Condition{{Type: ConditionAge}}}}}}
				}
			})),
			child(), "2020-02-01", "GX: not_recommended",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(c.schedule, evaluate(t, c.schedule, c.person, c.day)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSkipConditions(t *testing.T) {
	given := child("A 2020-03-01", "B 2020-03-29", "L 2020-10-01", "B 2020-10-02")
	given.Doses[3].Campaign = true // is not counted
	count := func(c Condition) Condition { c.Type = ConditionCount; return c }
	for _, c := range []struct {
		name string
		Condition
		want bool
	}{
		{"any dose of the antigen", count(Condition{Compare: EqualTo, Count: 2}), true},
		{"a vaccine", count(Condition{Vaccines: VaccineSet{}.With(vB), Compare: GreaterThan, Count: 0}), true},
		{"a vaccine of another antigen", count(Condition{Vaccines: VaccineSet{}.With(vL), Compare: EqualTo, Count: 1}), true},
		{"valid ones only", count(Condition{ValidOnly: true, Compare: EqualTo, Count: 1}), true},
		{"fewer than", count(Condition{Compare: LessThan, Count: 2}), false},
		{"from an age", count(Condition{Begin: Days(61), Compare: EqualTo, Count: 1}), true},
		{"before an age", count(Condition{End: Days(60), Compare: EqualTo, Count: 0}), true},
		{"from a day", count(Condition{From: on("2020-03-29"), Compare: EqualTo, Count: 1}), true},
		{"before a day", count(Condition{Until: on("2020-03-29"), Compare: EqualTo, Count: 1}), true},
		{"an interval that has passed", Condition{Type: ConditionInterval, Interval: Days(7)}, true},
		{"an interval that has not", Condition{Type: ConditionInterval, Interval: period("1 year")}, false},
		{"an age reached", Condition{Type: ConditionAge, Begin: period("10 months")}, true},
		{"an age passed", Condition{Type: ConditionAge, End: period("10 months")}, false},
		{"a complete series", Condition{Type: ConditionCompleted, Clusters: []int{7}}, true},
		{"a series that is not", Condition{Type: ConditionCompleted, Clusters: []int{8}}, false},
		{"a series that waits for itself", Condition{Type: ConditionCompleted, Clusters: []int{1}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := small(
				x(func(s *Series) {
					s.Doses[1].Skips = []Skip{{Context: SkipForecast, Sets: []Set{{Conditions: []Condition{c.Condition}}}}}
				}),
				addSeries(func(s *Series) { s.Cluster, s.Doses = 7, s.Doses[:1] }),
				addSeries(func(s *Series) { s.Cluster = 8 }),
			)
			e := NewEngine(s)
			e.off = ruleValidation // which asks once more, with another reference day
			e.Evaluate(given, on("2020-11-01"), new(Result))
			if got := e.runs[0].by[1] == skipped; got != c.want {
				t.Errorf("passed over: %v, want %v", got, c.want)
			}
		})
	}
}

func TestForecastWords(t *testing.T) {
	s := small(withLive, x(func(s *Series) {
		s.Programme, s.Guidance = registry.ProgrammeEPI, []string{"by mouth"}
		s.Doses[1].Label = Label{Vaccine: vA, Number: 2}
		s.Doses[1].Cite.Verify = true
		s.Doses[1].Preferable = []VaccineRule{{Vaccine: vB}, {Vaccine: vA, Offer: true}, {Vaccine: vB, Offer: true, Begin: period("1 year")}}
	}))
	out := evaluate(t, s, child("A 2020-03-01", "B 2020-03-10", "M 2020-10-01"), "2020-10-02")
	g := out.Groups[0]
	if g.Label != (Label{Vaccine: vA, Number: 2}) || g.Programme != registry.ProgrammeEPI || !g.Verify || !g.Offered || len(g.Guidance) != 1 {
		t.Errorf("label %v, programme %v, verify %v, offered %v, guidance %q", g.Label, g.Programme, g.Verify, g.Offered, g.Guidance)
	}
	if len(g.Vaccines) != 1 || g.Vaccines[0] != vA {
		t.Errorf("vaccines %v, want A: B is accepted, and offered only later", g.Vaccines)
	}
	if got := reasons(&g); got != "repeat by_age" {
		t.Errorf("reasons %s", got)
	}
	if r := g.Reasons[1]; r.On != on("2020-05-01") || r.Period != period("4 months") {
		t.Errorf("by age: %+v", r)
	}
	live := out.Groups[1]
	if got := reasons(&live); got != "repeat by_conflict" {
		t.Errorf("reasons %s", got)
	}
	if r := live.Reasons[1]; r.On != on("2020-10-29") || r.Vaccine != vM || r.Period != Days(28) {
		t.Errorf("by conflict: %+v", r)
	}
	if a := g.Antigens; len(a) != 1 || a[0].Target != 2 || a[0].Dose != 2 || a[0].Status != NotComplete {
		t.Errorf("antigens %+v", a)
	}
	for i, want := range []int{1, 0} {
		if got := out.Doses[i].Verdicts[0].Target; got != want {
			t.Errorf("dose %d satisfied step %d, want %d", i+1, got, want)
		}
	}
	if r := out.Doses[1].Verdicts[0].Reasons; len(r) != 1 || r[0].On != on("2020-03-25") || r[0].Vaccine != vA {
		t.Errorf("too soon: %+v", r)
	}
}

// What is offered here goes before what is not, unless that was begun.
func TestOffers(t *testing.T) {
	s := small(
		x(func(s *Series) {
			s.Offers = []Offer{{Area: "gso:01", From: on("2020-01-01"), Until: on("2021-01-01"), Cite: Citation{Verify: true}}}
		}),
		addSeries(func(s *Series) {
			s.Preference, s.Doses[0] = 2, step(vB, age("3 months", "3 months", "3 months", "", ""))
		}),
	)
	here := func(p *Patient) { p.Areas = []string{"gso:79", "gso:01"} }
	for _, c := range []struct {
		name   string
		person *Patient
		day    string
		want   string
		verify bool
	}{
		{"here and now", child().with(here), "2020-12-31", "GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -", true},
		{"no longer", child().with(here), "2021-01-01", "GX: not_complete 1 2020-04-01 2020-04-01 - -", false},
		{"elsewhere", child(), "2020-12-31", "GX: not_complete 1 2020-04-01 2020-04-01 - -", false},
		{"begun elsewhere", child("A 2020-03-01"), "2020-12-31", "valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 - not offered", false},
		{"a dose elsewhere that did not count", child("A 2020-02-01"), "2020-12-31", "not_valid too_young wrong_vaccine; GX: not_complete 1 2020-04-01 2020-04-01 - -", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := evaluate(t, s, c.person, c.day)
			if got := told(s, out); got != c.want || out.Groups[0].Verify != c.verify {
				t.Errorf("got  %s, verify %v\nwant %s", got, out.Groups[0].Verify, c.want)
			}
		})
	}
}

func TestOnTime(t *testing.T) {
	clock := registry.NewClock
	for _, c := range []struct {
		born, given registry.Clock
		day         string
		want        Answer
	}{
		{clock(8, 0), clock(8, 0), "2020-01-02", Yes},
		{clock(8, 0), clock(8, 1), "2020-01-02", No},
		{0, 0, "2020-01-01", Yes},
		{0, 0, "2020-01-02", Unsaid},
		{0, 0, "2020-01-03", No},
		{clock(23, 0), 0, "2020-01-02", Unsaid},
		{0, clock(0, 0), "2020-01-02", Yes},
		{clock(8, 0), clock(7, 0), "2020-01-01", Unsaid},
	} {
		s := small(x(func(s *Series) {
			s.Doses[0].Ages = nil
			s.Doses[0].OnTimeMinutes = 24 * 60
		}))
		p := child("A " + c.day)
		p.BirthClock, p.Doses[0].Clock = c.born, c.given
		if got := evaluate(t, s, p, "2020-02-01").Doses[0].OnTime; got != c.want {
			t.Errorf("born %s, given %s %s: %d, want %d", c.born, c.day, c.given, got, c.want)
		}
	}
}

// The keys go into the API and the catalogue: each has one, and no two are the same.
func TestKeys(t *testing.T) {
	used := map[string]bool{}
	for code, key := range reasonKeys {
		if key == "" {
			continue
		}
		if used[key] {
			t.Errorf("two reasons have the key %q", key)
		}
		used[key] = true
		if got := ReasonCode(code).String(); got != key {
			t.Errorf("reason %d: %q, want %q", code, got, key)
		}
	}
	if ReasonCode(0).String() != "" || ReasonCode(255).String() != "" || EvaluationStatus(9).String() != "" {
		t.Error("a code that does not exist has a key")
	}
}
