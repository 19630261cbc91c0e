package forecast

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tramy/internal/registry"
)

// made makes schedules and people from a seed.
type made struct{ *rand.Rand }

func (m made) some(n int) bool { return m.IntN(n) == 0 }

func (m made) period() Period {
	if m.some(3) {
		return Period{}
	}
	return Period{Months: int16(m.IntN(30)), Days: int32(m.IntN(60) - 10), Stated: true}
}

func (m made) day() Day { return on("2020-01-01") + Day(m.IntN(1500)) }

func (m made) span() Span {
	if !m.some(6) {
		return Span{}
	}
	return Span{From: m.day(), To: m.day()}
}

func (m made) set(vaccines int) VaccineSet {
	var out VaccineSet
	for range m.IntN(3) {
		out = out.With(VaccineIndex(m.IntN(vaccines)))
	}
	return out
}

func (m made) rules(vaccines, n int) []VaccineRule {
	var out []VaccineRule
	for range n {
		v := VaccineIndex(m.IntN(vaccines+1) - 1)
		if v < 0 {
			v = AnyVaccine
		}
		out = append(out, VaccineRule{Vaccine: v, Begin: m.period(), End: m.period(), Offer: m.some(2)})
	}
	return out
}

func (m made) intervals(vaccines, steps int) []IntervalRule {
	var out []IntervalRule
	for range m.IntN(3) {
		out = append(out, IntervalRule{
			Since: IntervalBase(m.IntN(5)), Target: m.IntN(steps + 2), Observation: ObservationIndex(m.IntN(3)), Vaccines: m.set(vaccines),
			AbsMin: m.period(), Min: m.period(), EarliestRec: m.period(), LatestRec: m.period(), Override: m.some(3), InForce: m.span(),
		})
	}
	return out
}

func (m made) conditions(vaccines int) []Set {
	var out []Set
	for range 1 + m.IntN(2) {
		set := Set{Any: m.some(2), InForce: m.span()}
		for range 1 + m.IntN(2) {
			set.Conditions = append(set.Conditions, Condition{
				Type: ConditionType(m.IntN(5)), Begin: m.period(), End: m.period(), Interval: m.period(), Clusters: []int{m.IntN(3)},
				Vaccines: m.set(vaccines), Compare: Comparison(m.IntN(4)), Count: m.IntN(4), ValidOnly: m.some(2),
			})
		}
		out = append(out, set)
	}
	return out
}

func (m made) schedule() *Schedule {
	const observations = 3
	antigens, vaccines := 1+m.IntN(4), 1+m.IntN(6)
	s := &Schedule{ID: "made", Groups: make([]Group, 1+m.IntN(antigens))}
	for v := range vaccines {
		vaccine := Vaccine{Code: string(rune('A' + v))}
		for range m.IntN(3) {
			vaccine.Antigens = append(vaccine.Antigens, Association{Antigen: AntigenIndex(m.IntN(antigens)), Begin: m.period(), End: m.period()})
		}
		s.Vaccines = append(s.Vaccines, vaccine)
	}
	for range observations {
		s.Observations = append(s.Observations, ObservationType{Code: string(rune('a' + len(s.Observations)))})
	}
	for range m.IntN(5) {
		s.Conflicts = append(s.Conflicts, Conflict{
			Previous: VaccineIndex(m.IntN(vaccines)), Current: VaccineIndex(m.IntN(vaccines)), Begin: Days(1), MinEnd: m.period(), End: m.period(),
		})
	}
	for a := range antigens {
		g := a % len(s.Groups)
		s.Groups[g].Antigens = append(s.Groups[g].Antigens, AntigenIndex(a))
		s.Groups[g].Full = m.some(2)
		antigen := Antigen{Name: string(rune('P' + a))}
		if m.some(4) {
			antigen.ImmuneBy = []ObservationIndex{ObservationIndex(m.IntN(observations))}
			antigen.ImmuneBirths = []ImmuneBirth{{Before: m.day(), Exclusions: []ObservationIndex{0}}}
		}
		if m.some(3) {
			antigen.Contraindications = []Contraindication{{Observation: ObservationIndex(m.IntN(observations)), Begin: m.period(), End: m.period()}}
			antigen.VaccineContra = []Contraindication{{Observation: ObservationIndex(m.IntN(observations)), Vaccines: m.rules(vaccines, 2)}}
		}
		for range m.IntN(4) {
			antigen.Series = append(antigen.Series, m.series(GroupIndex(g), vaccines))
		}
		s.Antigens = append(s.Antigens, antigen)
	}
	s.Compile()
	return s
}

func (m made) series(g GroupIndex, vaccines int) Series {
	s := Series{
		Group: g, Type: SeriesType(1 + m.IntN(3)), Default: m.some(2), Product: m.some(2), Cluster: m.IntN(3), Equivalent: []int{m.IntN(3)},
		Priority: string(rune('A' + m.IntN(2))), Preference: m.IntN(3), StartBy: m.period(),
		Indications: []Indication{{Observation: ObservationIndex(m.IntN(3)), Begin: m.period(), End: m.period()}},
	}
	if m.some(5) {
		s.Sexes = []registry.Sex{registry.SexMale}
	}
	if m.some(5) {
		s.Offers = []Offer{{Area: "here", From: m.day(), Until: m.day()}}
	}
	if m.some(5) {
		s.History = m.conditions(vaccines)
	}
	steps := 1 + m.IntN(4)
	for range steps {
		d := SeriesDose{
			Intervals: m.intervals(vaccines, steps), Preferable: m.rules(vaccines, 1+m.IntN(3)), Accepted: m.rules(vaccines, m.IntN(3)),
			Recurring: m.some(5), OnTimeMinutes: m.IntN(2) * 1440,
		}
		for range m.IntN(3) {
			d.Ages = append(d.Ages, AgeRule{AbsMin: m.period(), Min: m.period(), EarliestRec: m.period(), LatestRec: m.period(), Max: m.period(), InForce: m.span()})
		}
		if m.some(3) {
			d.Allowable = m.intervals(vaccines, steps)
		}
		if m.some(4) {
			d.Inadvertent = m.set(vaccines)
		}
		if m.some(5) {
			d.Season = Season{From: m.day(), To: m.day()}
		}
		for range m.IntN(2) {
			d.Skips = append(d.Skips, Skip{Context: SkipContext(m.IntN(3)), Any: m.some(2), Sets: m.conditions(vaccines)})
		}
		s.Doses = append(s.Doses, d)
	}
	return s
}

func (m made) person() *Patient {
	born := on("2020-01-01") + Day(m.IntN(400))
	p := &Patient{BornFirst: born, BornLast: born, KnownBirth: !m.some(10), Sex: registry.Sex(m.IntN(4))}
	if m.some(4) {
		p.BornLast += Day(m.IntN(365))
	}
	if m.some(2) {
		p.Areas = []string{"here"}
	}
	for range m.IntN(3) {
		p.Observations = append(p.Observations, Observation{Code: string(rune('a' + m.IntN(4))), On: Day(m.IntN(2)) * m.day()})
	}
	for range m.IntN(12) {
		p.Doses = append(p.Doses, Dose{
			Vaccine: string(rune('A' + m.IntN(7))), On: m.day(), Antigens: []string{string(rune('P' + m.IntN(5)))},
			Unusable: m.some(10), Campaign: m.some(10),
		})
	}
	return p
}

// FuzzEvaluate holds made-up people under made-up schedules to what is always so: the same question has the same
// answer, by whatever engine and in whatever order the record holds its doses; dates do not run backwards; every
// dose has a verdict, and every verdict that is not plainly valid a reason.
func FuzzEvaluate(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		m := made{rand.New(rand.NewPCG(seed, 7))}
		s := m.schedule()
		e, again := NewEngine(s), new(Result)
		for range 5 {
			p, day := m.person(), m.day()+Day(m.IntN(1500))
			out := new(Result)
			e.Evaluate(p, day, out)
			checkResult(t, s, p, out)
			want := told(s, out)
			e.Evaluate(m.person(), day, again) // somebody else in between
			e.Evaluate(p, day, again)
			if got := told(s, again); got != want {
				t.Fatalf("asked again\n%s\nfirst\n%s", got, want)
			}
			shuffled := *p
			order := shuffle(m, p.Doses)
			shuffled.Doses = nil
			for _, i := range order {
				shuffled.Doses = append(shuffled.Doses, p.Doses[i])
			}
			NewEngine(s).Evaluate(&shuffled, day, again)
			back := &Result{Doses: make([]DoseResult, len(order)), Groups: again.Groups}
			for k, i := range order {
				back.Doses[i] = again.Doses[k]
			}
			if got := told(s, back); got != want {
				t.Fatalf("in another order\n%s\nfirst\n%s", got, want)
			}
		}
	})
}

// shuffle returns an order of doses in which those of one day keep theirs.
func shuffle(m made, doses []Dose) []int {
	order := m.Perm(len(doses))
	for i := range order {
		for k := i + 1; k < len(order); k++ {
			if doses[order[i]].On == doses[order[k]].On && order[k] < order[i] {
				order[i], order[k] = order[k], order[i]
			}
		}
	}
	return order
}

func checkResult(t *testing.T, s *Schedule, p *Patient, out *Result) {
	t.Helper()
	if len(out.Doses) != len(p.Doses) {
		t.Fatalf("%d results for %d doses", len(out.Doses), len(p.Doses))
	}
	for i, d := range out.Doses {
		if len(d.Verdicts) == 0 {
			t.Fatalf("dose %d has no verdict", i+1)
		}
		for _, v := range d.Verdicts {
			if v.Status != Valid && len(v.Reasons) == 0 {
				t.Fatalf("dose %d is %s without a reason", i+1, v.Status)
			}
			if (v.Status == Valid) != (v.Target > 0) {
				t.Fatalf("dose %d is %s at step %d", i+1, v.Status, v.Target)
			}
		}
	}
	for _, g := range out.Groups {
		if g.Status == 0 || g.Status != NotComplete && (g.Earliest != 0 || g.Dose != 0 || len(g.Reasons) == 0) {
			t.Fatalf("%s: %+v", s.Groups[g.Group].Name, g)
		}
		if g.Earliest != 0 && (g.Recommended < g.Earliest || g.PastDue != 0 && g.PastDue < g.Earliest || g.Latest != 0 && g.Latest < g.Earliest) {
			t.Fatalf("%s: dates run backwards: %s", s.Groups[g.Group].Name, told(s, &Result{Groups: []GroupForecast{g}}))
		}
		for _, a := range g.Antigens {
			if a.Earliest != 0 && (a.Recommended < a.Earliest || a.PastDue != 0 && a.PastDue < a.Earliest || a.Latest != 0 && a.Latest < a.Earliest) {
				t.Fatalf("%s: dates run backwards: %+v", s.Antigens[a.Antigen].Name, a)
			}
		}
		if g.Status == NotComplete && g.Dose < 1 {
			t.Fatalf("%s has no dose number", s.Groups[g.Group].Name)
		}
		if slices.Contains(g.Vaccines, VaccineIndex(AnyVaccine)) {
			t.Fatalf("%s offers any vaccine", s.Groups[g.Group].Name)
		}
	}
}
