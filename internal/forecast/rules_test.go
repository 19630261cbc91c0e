package forecast

import (
	"testing"

	"tramy/internal/registry"
)

// x and y change the one series of an antigen.
func x(change func(s *Series)) func(*Schedule) {
	return func(s *Schedule) { change(&s.Antigens[0].Series[0]) }
}

func withLive(s *Schedule) {
	s.Antigens[1].Series = []Series{liveSeries()}
	for _, p := range []VaccineIndex{vL, vM, vAL} {
		for _, c := range []VaccineIndex{vL, vM, vAL} {
			s.Conflicts = append(s.Conflicts, Conflict{Previous: p, Current: c, Begin: Days(1), MinEnd: Days(24), End: Days(28)})
		}
	}
}

func observed(code string, day Day) func(*Patient) {
	return func(p *Patient) { p.Observations = append(p.Observations, Observation{Code: code, On: day}) }
}

// addSeries gives X one more series like the first, changed.
func addSeries(change func(s *Series)) func(*Schedule) {
	return func(s *Schedule) {
		n := twoSteps()
		n.Default = false
		change(&n)
		s.Antigens[0].Series = append(s.Antigens[0].Series, n)
	}
}

// TestRules shows of every rule what it does, and that it matters: without it the answer is another.
func TestRules(t *testing.T) {
	skipFrom := func(context SkipContext, begin string) Skip {
		return Skip{Context: context, Any: true, Sets: []Set{{Conditions: []Condition{{Type: ConditionAge, Begin: period(begin)}}}}}
	}
	shown := rule(0)
	for _, c := range []struct {
		name     string
		rule     rule
		schedule *Schedule
		person   *Patient
		day      string
		want     string
	}{
		{
			"a series for boys is not for girls", ruleGender,
			small(x(func(s *Series) { s.Sexes = []registry.Sex{registry.SexMale} })), child(), "2020-02-01", "",
		},
		{
			"a risk series needs its indication", ruleIndication,
			small(x(func(s *Series) {
				s.Type, s.Indications = Risk, []Indication{{Observation: sick, Begin: period("1 month")}}
			})),
			child().with(observed("seen", 0)), "2020-02-01", "",
		},
		{
			"a series is followed where it is offered", ruleOffer,
			small(x(func(s *Series) { s.Offers = []Offer{{Area: "gso:01"}} })),
			child().with(func(p *Patient) { p.Areas = []string{"gso:79"} }), "2020-02-01", "",
		},
		{
			"a dose keeps a series that is not offered, and nobody is called for it", ruleOffer,
			small(x(func(s *Series) { s.Offers = []Offer{{From: on("2021-01-01")}} })),
			child("A 2020-03-01"), "2020-04-01",
			"valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 - not offered",
		},
		{
			"a series that asks for a history", ruleHistory,
			small(x(func(s *Series) {
				s.History = []Set{{Conditions: []Condition{{Type: ConditionCount, Compare: LessThan, Count: 1}}}}
			})),
			child("A 2020-03-01"), "2020-04-01", "none no_series",
		},
		{
			"an expired dose does not count", ruleUnusable,
			small(), child("A 2020-03-01").with(func(p *Patient) { p.Doses[0].Unusable = true }), "2020-04-01",
			"sub_standard unusable; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a campaign's dose advances nothing", ruleCampaign,
			small(), child("A 2020-03-01").with(func(p *Patient) { p.Doses[0].Campaign = true }), "2020-04-01",
			"extraneous campaign; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"the age of a dose lets a step be passed over", ruleSkip,
			small(x(func(s *Series) { s.Doses[0].Skips = []Skip{skipFrom(SkipBoth, "7 months")} })),
			child("A 2020-08-01"), "2020-09-01", "valid; GX: complete",
		},
		{
			"a vaccine that must not be given at a step", ruleInadvertent,
			small(x(func(s *Series) { s.Doses[0].Inadvertent = VaccineSet{}.With(vB) })),
			child("B 2020-03-01"), "2020-04-01",
			"not_valid inadvertent; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a day before the absolute minimum age", ruleAge,
			small(), child("A 2020-02-25"), "2020-02-26",
			"not_valid too_young; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"a dose after the maximum age is not counted, and the series is over", ruleAge,
			small(x(func(s *Series) { s.Doses[0].Ages[0].Max = period("6 months") })),
			child("A 2020-07-01"), "2020-07-02", "extraneous too_old; GX: aged_out",
		},
		{
			"four days of grace", ruleGrace,
			small(), child("A 2020-02-26"), "2020-02-27",
			"valid grace; GX: not_complete 2 2020-03-25 2020-05-01 2020-05-31 -",
		},
		{
			"ages have their time", ruleInForce,
			small(x(func(s *Series) {
				s.Doses[0].Ages[0].InForce = Span{To: on("2019-12-31")}
				s.Doses[0].Ages = append(s.Doses[0].Ages, age("6 weeks", "6 weeks", "6 weeks", "", ""))
			})),
			child("A 2020-02-12"), "2020-02-13",
			"valid; GX: not_complete 2 2020-03-11 2020-05-01 2020-05-31 -",
		},
		{
			"too soon after the dose before", ruleInterval,
			small(), child("A 2020-03-01", "A 2020-03-24"), "2020-03-24",
			"valid; not_valid too_soon; GX: not_complete 2 2020-04-21 2020-05-01 2020-05-31 -",
		},
		{
			"an allowable interval is enough", ruleAllowable,
			small(x(func(s *Series) {
				s.Doses[1].Allowable = []IntervalRule{{Since: SinceTarget, Target: 1, AbsMin: period("3 weeks")}}
			})),
			child("A 2020-03-01", "A 2020-03-22"), "2020-03-24", "valid; valid; GX: complete",
		},
		{
			"two live vaccines in less than 24 days", ruleConflict,
			small(withLive), child("M 2020-10-01", "L 2020-10-20"), "2020-10-20",
			"not_valid wrong_vaccine; not_valid live_conflict; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -; GY: not_complete 1 2020-11-17 2020-11-17 - -",
		},
		{
			"neither preferable nor allowable", ruleVaccine,
			small(), child("B 2020-03-15"), "2020-03-15",
			"not_valid wrong_vaccine; GX: not_complete 1 2020-03-15 2020-03-15 2020-03-31 -",
		},
		{
			"a booster that comes again", ruleRecurring,
			small(x(func(s *Series) { s.Doses[1].Recurring = true })),
			child("A 2020-03-01", "A 2020-05-01", "A 2020-07-01"), "2020-08-01",
			"valid; valid; valid; GX: not_complete 4 2020-07-29 2020-07-29 2020-07-29 -",
		},
		{
			"evidence of immunity", ruleImmunity,
			small(func(s *Schedule) { s.Antigens[0].ImmuneBy = []ObservationIndex{seen} }),
			child().with(observed("seen", 0)), "2020-04-01", "GX: immune",
		},
		{
			"an observation that forbids the antigen", ruleContraindication,
			small(func(s *Schedule) { s.Antigens[0].Contraindications = []Contraindication{{Observation: sick}} }),
			child().with(observed("sick", 0)), "2020-04-01", "GX: contraindicated",
		},
		{
			"observations that forbid every vaccine of the series", ruleContraindicatedVaccine,
			small(func(s *Schedule) {
				s.Antigens[0].VaccineContra = []Contraindication{{Observation: sick, Vaccines: []VaccineRule{{Vaccine: vA}}}}
			}),
			child().with(observed("sick", 0)), "2020-04-01", "GX: contraindicated",
		},
		{
			"a season that is over", ruleSeason,
			small(x(func(s *Series) { s.Doses[0].Season = Season{From: on("2020-09-01"), To: on("2021-03-31")} })),
			child(), "2021-04-01", "GX: not_recommended",
		},
		{
			"too old for the next dose", ruleAgedOut,
			small(x(func(s *Series) { s.Doses[0].Ages[0].Max = period("6 months") })), child(), "2020-07-01", "GX: aged_out",
		},
		{
			"the next live dose waits for the one before", ruleForecastConflict,
			small(withLive, func(s *Schedule) { s.Antigens[1].Series[0].Doses = append(s.Antigens[1].Series[0].Doses, step(vL)) }),
			child("L 2020-10-01"), "2020-10-02",
			"valid; GX: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -; GY: not_complete 2 2020-10-29 2020-10-29 - -",
		},
		{
			"a step that is not needed any more on the day it could be given", ruleValidation,
			small(x(func(s *Series) { s.Doses[1].Skips = []Skip{skipFrom(SkipForecast, "12 months")} })),
			child("A 2020-12-15"), "2020-12-16", "valid; GX: complete",
		},
		{
			"of two series the one that is further", ruleScore,
			small(addSeries(func(s *Series) { s.Doses = s.Doses[:1] })), child("A 2020-03-01"), "2020-03-02", "valid; GX: complete",
		},
		{
			"of two equal series the preferred one", rulePreference,
			small(x(func(s *Series) { s.Default, s.Preference = false, 2 }), addSeries(func(s *Series) {
				s.Doses[1].Ages[0].LatestRec = period("6 months")
			})),
			child("A 2020-03-01"), "2020-03-02", "valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-06-30 -",
		},
		{
			"a risk series stands in for the standard one", ruleEquivalent,
			small(x(func(s *Series) { s.Equivalent = []int{2} }), addSeries(func(s *Series) {
				s.Type, s.Cluster, s.Indications = Risk, 2, []Indication{{Observation: sick}}
			})),
			child().with(observed("sick", 0)), "2020-02-01", "GX risk: not_complete 1 2020-03-01 2020-03-01 2020-03-31 -",
		},
		{
			"an interval that overrides the group's earliest date", ruleOverride,
			small(twoAntigens, x(func(s *Series) { s.Doses[1].Intervals[0].Override = true })),
			child("AL 2020-03-01"), "2020-03-02",
			"valid+valid; GX: not_complete 2 2020-03-29 2020-05-01 2020-05-31 -",
		},
		{
			"a vaccine that is given while any antigen needs it has the smallest number", ruleFullGroup,
			small(twoAntigens, func(s *Schedule) { s.Groups[0].Full = true }),
			child("AL 2020-03-01", "L 2020-10-01"), "2020-10-02",
			"valid+valid; valid; GX: not_complete 2 2021-01-01 2021-01-01 2021-01-01 -",
		},
		{
			"a birth date known to the month speaks for the dose", ruleVagueBirth,
			small(),
			child("A 2020-03-01").with(func(p *Patient) { p.BornLast = on("2020-01-31") }), "2020-03-02",
			"valid doubtful_birth; GX: not_complete 2 2020-03-29 2020-05-31 2020-06-30 -",
		},
	} {
		shown |= c.rule
		t.Run(c.name, func(t *testing.T) {
			out := evaluate(t, c.schedule, c.person, c.day)
			if got := told(c.schedule, out); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			e := NewEngine(c.schedule)
			e.off = c.rule
			e.Evaluate(c.person, on(c.day), out)
			if told(c.schedule, out) == c.want {
				t.Errorf("the answer is the same without the rule")
			}
		})
	}
	for i, name := range ruleNames {
		if name == "" || shown&(1<<i) == 0 {
			t.Errorf("rule %d %q has no name or no case", i, name)
		}
	}
}

// twoAntigens puts Y into the group of X, with a series of three doses.
func twoAntigens(s *Schedule) {
	s.Groups = []Group{{Name: "GX", Antigens: []AntigenIndex{0, 1}}}
	y := Series{Name: "three", Type: Standard, Default: true, Cluster: 1}
	for range 3 {
		y.Doses = append(y.Doses, step(vAL, since(SincePrevious, "3 months", "3 months")))
		y.Doses[len(y.Doses)-1].Accepted = []VaccineRule{{Vaccine: vL}}
	}
	s.Antigens[1].Series = []Series{y}
	for i := range s.Antigens[0].Series[0].Doses {
		d := &s.Antigens[0].Series[0].Doses[i]
		d.Preferable = append(d.Preferable, VaccineRule{Vaccine: vAL})
	}
}
