package cases

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
)

// mutation leaves one rule of a schedule out, or bends it.
type mutation struct {
	name  string
	apply func(s *forecast.Schedule)
	or    func(s *forecast.Schedule) // the same rule bent the other way: one of the two must be seen
}

// TestEveryRuleMatters breaks the Vietnamese schedule rule by rule: at least one case must see it. A rule that no
// case depends on is wrong, or not tested.
func TestEveryRuleMatters(t *testing.T) {
	b := breaker{all: readOwnCases(t)}
	base, err := national.Embedded("vn-2026-07")
	if err != nil {
		t.Fatal(err)
	}
	list := mutations(base)
	names := map[string]bool{}
	for _, m := range list {
		if names[m.name] {
			t.Errorf("two mutations are called %s", m.name)
		}
		names[m.name] = true
		if why := noDifference[m.name]; why != "" {
			if b.seen(t, m) {
				t.Errorf("a case depends on this, against what is said of it: %s", m.name)
			}
		} else if !b.seen(t, m) {
			t.Errorf("no case depends on this: %s", m.name)
		}
	}
	t.Logf("%d rules", len(list))
}

// noDifference names rules of the file that are stated where they belong although another rule asks for the same.
var noDifference = map[string]string{
	"series hpv9 dose 1: recommended age":       "nobody is asked to begin with it: Gardasil stands before it",
	"series mmr dose 1: interval 1 least":       "so does the time between live vaccines",
	"series tetanus-pregnant: ages and history": "of several series that are for her the shortest is followed",
	"series tetanus-pregnant: age 15 years":     "the same",
	"series tetanus-pregnant: doses had before": "the same",
	"series menacwy-d: ages and history":        "who begins from 24 months on is done with one dose",
}

// breaker asks all cases under a mutation until one fails. It begins where the last one failed: mutations come
// series by series, and so do the cases.
type breaker struct {
	all   []ownCase
	begin int
}

// seen reports whether a case fails under a mutation.
func (b *breaker) seen(t *testing.T, m mutation) bool {
	t.Helper()
	return b.fails(t, m.apply) || m.or != nil && b.fails(t, m.or)
}

func (b *breaker) fails(t *testing.T, apply func(*forecast.Schedule)) bool {
	t.Helper()
	engines, schedules := map[string]*forecast.Engine{}, map[string]*forecast.Schedule{}
	var out forecast.Result
	for i := range b.all {
		at := (b.begin + i) % len(b.all)
		c := b.all[at]
		if schedules[c.schedule] == nil {
			s, err := national.Embedded(c.schedule)
			if err != nil {
				t.Fatal(err)
			}
			apply(s)
			s.Compile()
			schedules[c.schedule], engines[c.schedule] = s, forecast.NewEngine(s)
		}
		a, err := Ask(schedules[c.schedule], engines[c.schedule], c.Case, c.patient, &out)
		if err != nil || len(c.Compare(a)) > 0 {
			b.begin = max(0, at-10)
			return true
		}
	}
	return false
}

// mutations lists what can be broken. A row of the file is one rule, in whichever antigens it lies.
func mutations(s *forecast.Schedule) []mutation {
	var out []mutation
	add := func(name string, apply func(*forecast.Schedule)) {
		out = append(out, mutation{name: name, apply: apply})
	}
	var done []string
	for _, a := range s.Antigens {
		for i := range a.Series {
			if r := &a.Series[i]; !slices.Contains(done, r.Name) {
				done = append(done, r.Name)
				out = append(out, seriesMutations(s, r.Name)...)
			}
		}
		for i, name := range a.Also {
			add("antigen "+a.Name+": also "+name, func(s *forecast.Schedule) {
				x := &s.Antigens[s.Antigen(a.Name)]
				x.Also = slices.Delete(slices.Clone(x.Also), i, i+1)
			})
		}
		for _, c := range a.Contraindications {
			code := s.Observations[c.Observation].Code
			if strings.HasPrefix(code, "anaphylaxis:") {
				continue // one rule for all vaccines: see ruleMutations
			}
			add("antigen "+a.Name+": contraindicated by "+code, func(s *forecast.Schedule) {
				x := &s.Antigens[s.Antigen(a.Name)]
				x.Contraindications = slices.DeleteFunc(x.Contraindications, func(c forecast.Contraindication) bool { return s.Observations[c.Observation].Code == code })
			})
		}
	}
	for _, v := range s.Vaccines {
		out = append(out, vaccineMutations(v)...)
	}
	return append(out, ruleMutations()...)
}

// each calls do for a series of that name in every antigen.
func each(s *forecast.Schedule, name string, do func(*forecast.Series)) {
	for i := range s.Antigens {
		for k := range s.Antigens[i].Series {
			if r := &s.Antigens[i].Series[k]; r.Name == name {
				do(r)
			}
		}
	}
}

func seriesMutations(s *forecast.Schedule, name string) []mutation {
	var out []mutation
	add := func(what string, apply func(*forecast.Series)) {
		out = append(out, mutation{name: "series " + name + ": " + what, apply: func(s *forecast.Schedule) { each(s, name, apply) }})
	}
	var r *forecast.Series // the fullest of its antigens
	each(s, name, func(x *forecast.Series) {
		if r == nil || len(x.Doses) > len(r.Doses) {
			r = x
		}
	})
	out = append(out, mutation{name: "series " + name + " as a whole", apply: func(s *forecast.Schedule) {
		for i := range s.Antigens {
			a := &s.Antigens[i]
			a.Series = slices.DeleteFunc(a.Series, func(x forecast.Series) bool { return x.Name == name })
		}
	}})
	if len(r.Sexes) > 0 {
		add("sex", func(x *forecast.Series) { x.Sexes = nil })
	}
	if len(r.Indications) > 0 {
		add("for whom", func(x *forecast.Series) { x.Type = forecast.Standard })
	}
	out = append(out, historyMutations(name, r)...)
	if r.Offers != nil {
		add("offers", func(x *forecast.Series) { x.Offers = nil })
	}
	var days []forecast.Day
	for i, o := range r.Offers {
		add("offer "+o.Area+" "+o.From.ISO(), func(x *forecast.Series) { x.Offers = slices.Delete(slices.Clone(x.Offers), i, i+1) })
		for _, day := range []forecast.Day{o.From, o.Until} {
			if day == 0 || slices.Contains(days, day) {
				continue
			}
			days = append(days, day)
			add("offers begin or end on "+day.ISO(), func(x *forecast.Series) {
				for k := range x.Offers {
					if o := &x.Offers[k]; o.From == day {
						o.From++
					} else if o.Until == day {
						o.Until--
					}
				}
			})
		}
	}
	if alike(r, func(a *forecast.AgeRule) forecast.Period { return a.Max }) {
		add("latest age", func(x *forecast.Series) {
			for k := range x.Doses {
				x.Doses[k].Ages[0].Max.Days++
			}
		})
	}
	for i := range r.Doses {
		out = append(out, doseMutations(name, r, i, comesFirst(s, name))...)
	}
	return out
}

// alike reports whether a series has several doses and the same stated age in all: one key of the file.
func alike(r *forecast.Series, of func(*forecast.AgeRule) forecast.Period) bool {
	for i := range r.Doses {
		if len(r.Doses[i].Ages) == 0 || of(&r.Doses[i].Ages[0]) != of(&r.Doses[0].Ages[0]) || !of(&r.Doses[0].Ages[0]).Stated {
			return false
		}
	}
	return len(r.Doses) > 1
}

// beginsAt reports whether the first dose of a series is valid from an age on.
func beginsAt(r *forecast.Series, age forecast.Period) bool {
	return age.Stated && len(r.Doses[0].Ages) > 0 && r.Doses[0].Ages[0].AbsMin == age
}

// historyMutations bends the ages and counts in what a series asks of the past, wherever they stand in it.
func historyMutations(name string, r *forecast.Series) []mutation {
	var out []mutation
	add := func(what string, apply func(*forecast.Series)) {
		out = append(out, mutation{name: "series " + name + ": " + what, apply: func(s *forecast.Schedule) { each(s, name, apply) }})
	}
	conditions := func(x *forecast.Series, do func(*forecast.Condition)) {
		for i := range x.History {
			for k := range x.History[i].Conditions {
				do(&x.History[i].Conditions[k])
			}
		}
	}
	if r.History != nil {
		// An age at which a series is begun is also that from which its first dose is valid: one rule.
		begun := slices.ContainsFunc(r.History[len(r.History)-1].Conditions, func(c forecast.Condition) bool { return beginsAt(r, c.Begin) })
		add("ages and history", func(x *forecast.Series) {
			x.History = nil
			if begun {
				x.Doses[0].Ages[0].AbsMin, x.Doses[0].Ages[0].Min = forecast.Period{}, forecast.Period{}
			}
		})
	}
	var ages []forecast.Period
	conditions(r, func(c *forecast.Condition) { ages = append(ages, c.Begin, c.End) })
	slices.SortFunc(ages, func(a, b forecast.Period) int { return int(a.After(0) - b.After(0)) })
	for _, age := range slices.Compact(ages) {
		if age.Stated {
			var variants []mutation
			for _, days := range []int32{1, -1} {
				variants = append(variants, mutation{name: "series " + name + ": age " + age.String(), apply: func(s *forecast.Schedule) {
					each(s, name, func(x *forecast.Series) {
						conditions(x, func(c *forecast.Condition) {
							for _, p := range []*forecast.Period{&c.Begin, &c.End} {
								if *p == age {
									p.Days += days
								}
							}
						})
					})
				}})
			}
			variants[0].or = variants[1].apply
			out = append(out, variants[0])
		}
	}
	if len(r.History) == 1 && slices.ContainsFunc(r.History[0].Conditions, func(c forecast.Condition) bool { return c.Type == forecast.ConditionCount }) {
		add("doses had before", func(x *forecast.Series) { conditions(x, func(c *forecast.Condition) { c.Count++ }) })
	}
	return out
}

func vaccineMutations(v forecast.Vaccine) []mutation {
	var out []mutation
	for i, as := range v.Antigens {
		change := func(what string, apply func(*forecast.Vaccine)) {
			out = append(out, mutation{name: fmt.Sprintf("vaccine %s for antigen %d: %s", v.Code, i+1, what), apply: func(s *forecast.Schedule) { apply(&s.Vaccines[s.Vaccine(v.Code)]) }})
		}
		change("counts", func(v *forecast.Vaccine) { v.Antigens = slices.Delete(slices.Clone(v.Antigens), i, i+1) })
		if as.Begin.Stated {
			change("from", func(v *forecast.Vaccine) { v.Antigens[i].Begin = forecast.Period{} })
		}
		if as.End.Stated {
			change("until", func(v *forecast.Vaccine) { v.Antigens[i].End = forecast.Period{} })
		}
	}
	return out
}

// ruleMutations are those of rules that hold across series.
func ruleMutations() []mutation {
	return []mutation{
		{name: "begun by doses from abroad", apply: withoutUnknown(func(s *forecast.Schedule, x forecast.AntigenIndex) bool { return s.Antigens[x].Name != "T" })},
		{name: "history of doses from abroad", apply: withoutUnknown(func(s *forecast.Schedule, x forecast.AntigenIndex) bool { return s.Antigens[x].Name == "T" })},
		{name: "live vaccines: time between them", apply: func(s *forecast.Schedule) { s.Conflicts = nil }},
		{name: "live vaccines: a day less", apply: func(s *forecast.Schedule) {
			for i := range s.Conflicts {
				s.Conflicts[i].MinEnd.Days--
			}
		}},
		{name: "live vaccines: a day less after a dose that does not count", apply: func(s *forecast.Schedule) {
			for i := range s.Conflicts {
				s.Conflicts[i].End.Days--
			}
		}},
		{name: "live vaccines: the same day", apply: func(s *forecast.Schedule) {
			for i := range s.Conflicts {
				s.Conflicts[i].Begin.Days = 0
			}
		}},
		{name: "deferrals", apply: func(s *forecast.Schedule) {
			everyDose(s, func(d *forecast.SeriesDose) {
				d.Intervals = slices.DeleteFunc(d.Intervals, func(r forecast.IntervalRule) bool {
					return r.Since == forecast.SinceObservation && s.Observations[r.Observation].Code == "immunoglobulin"
				})
			})
		}},
		{name: "deferrals judge doses", apply: func(s *forecast.Schedule) {
			everyDose(s, func(d *forecast.SeriesDose) {
				for i, r := range d.Intervals {
					if r.Since == forecast.SinceObservation && s.Observations[r.Observation].Code == "immunoglobulin" {
						d.Intervals[i].AbsMin = r.Min
					}
				}
			})
		}},
		{name: "anaphylaxis", apply: func(s *forecast.Schedule) {
			for i := range s.Antigens {
				a := &s.Antigens[i]
				a.Contraindications = slices.DeleteFunc(a.Contraindications, func(c forecast.Contraindication) bool {
					return strings.HasPrefix(s.Observations[c.Observation].Code, "anaphylaxis:")
				})
			}
		}},
		{name: "contraindicated vaccines: pregnancy", apply: withoutVaccineContra("pregnant")},
		{name: "contraindicated vaccines: immunodeficiency", apply: withoutVaccineContra("immunodeficiency")},
		{name: "a month of 28 days", apply: func(s *forecast.Schedule) {
			everyDose(s, func(d *forecast.SeriesDose) {
				for i := range d.Intervals {
					for _, p := range []*forecast.Period{&d.Intervals[i].AbsMin, &d.Intervals[i].Min} {
						p.Days, p.Months = p.Days+28*int32(p.Months), 0
					}
				}
			})
		}},
		{name: "28 days for a month", apply: func(s *forecast.Schedule) {
			everyDose(s, func(d *forecast.SeriesDose) {
				for i := range d.Intervals {
					for _, p := range []*forecast.Period{&d.Intervals[i].AbsMin, &d.Intervals[i].Min} {
						if p.Days == 28 {
							p.Days, p.Months = 0, 1
						}
					}
				}
			})
		}},
		{name: "grace of four days", apply: func(s *forecast.Schedule) {
			everyDose(s, func(d *forecast.SeriesDose) {
				for i := range d.Ages {
					if p := &d.Ages[i].AbsMin; p.Stated {
						p.Days -= 4
					}
				}
			})
		}},
	}
}

func withoutUnknown(of func(*forecast.Schedule, forecast.AntigenIndex) bool) func(*forecast.Schedule) {
	return func(s *forecast.Schedule) {
		for i := range s.Antigens {
			for k := range s.Antigens[i].Series {
				for _, set := range s.Antigens[i].Series[k].History {
					for n := range set.Conditions {
						c := &set.Conditions[n]
						c.Unknown = slices.DeleteFunc(c.Unknown, func(x forecast.AntigenIndex) bool { return of(s, x) })
					}
				}
			}
		}
	}
}

func withoutVaccineContra(code string) func(*forecast.Schedule) {
	return func(s *forecast.Schedule) {
		for i := range s.Antigens {
			a := &s.Antigens[i]
			a.VaccineContra = slices.DeleteFunc(a.VaccineContra, func(c forecast.Contraindication) bool { return s.Observations[c.Observation].Code == code })
		}
	}
}

func everyDose(s *forecast.Schedule, do func(*forecast.SeriesDose)) {
	for i := range s.Antigens {
		for k := range s.Antigens[i].Series {
			for n := range s.Antigens[i].Series[k].Doses {
				do(&s.Antigens[i].Series[k].Doses[n])
			}
		}
	}
}
