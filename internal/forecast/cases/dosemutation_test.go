package cases

import (
	"fmt"
	"slices"

	"tramy/internal/forecast"
)

// doseMutations bends each number of a row by a day. What two fields have from one key of the file is one rule.
func doseMutations(name string, r *forecast.Series, i int, first bool) []mutation {
	var out []mutation
	d := &r.Doses[i]
	label, recurring := d.Label, d.Recurring
	add := func(what string, apply func(*forecast.SeriesDose)) {
		out = append(out, mutation{name: fmt.Sprintf("series %s dose %d: %s", name, i+1, what), apply: func(s *forecast.Schedule) {
			each(s, name, func(x *forecast.Series) {
				for k := range x.Doses {
					if y := &x.Doses[k]; y.Label == label && y.Recurring == recurring {
						apply(y)
					}
				}
			})
		}})
	}
	if len(d.Ages) > 0 {
		ageMutations(r, i, first, add)
	}
	for k := range d.Intervals {
		intervalMutations(d.Intervals[k], k, add)
	}
	if len(d.Preferable) > 1 {
		for k := range d.Preferable {
			add(fmt.Sprintf("give %d", k+1), func(y *forecast.SeriesDose) {
				if k < len(y.Preferable) {
					y.Preferable = slices.Delete(slices.Clone(y.Preferable), k, k+1)
				}
			})
		}
	}
	for k := range d.Preferable {
		if d.Preferable[k].Begin.Stated {
			add("give from", func(y *forecast.SeriesDose) { y.Preferable[k].Begin.Days-- })
		}
	}
	for k := range d.Accepted {
		if v := d.Accepted[k].Vaccine; v != forecast.AnyVaccine && d.Accepted[k].Begin.Stated {
			add(fmt.Sprintf("accept %d", k+1), func(y *forecast.SeriesDose) { y.Accepted = slices.Delete(slices.Clone(y.Accepted), k, k+1) })
			add(fmt.Sprintf("accept %d from", k+1), func(y *forecast.SeriesDose) {
				y.Accepted[k].Begin.Days--
				y.Ages[0].AbsMin.Days--
			})
		}
	}
	if d.Recurring {
		add("again and again", func(y *forecast.SeriesDose) { y.Recurring = false })
	}
	if d.OnTimeMinutes > 0 {
		add("on time", func(y *forecast.SeriesDose) { y.OnTimeMinutes-- })
		add("on time, later", func(y *forecast.SeriesDose) { y.OnTimeMinutes++ })
	}
	return out
}

// ageMutations leaves out what makes no difference: a lower limit that the steps before ask for already, the age
// at which a series is begun, an upper limit above it.
func ageMutations(r *forecast.Series, i int, first bool, add func(string, func(*forecast.SeriesDose))) {
	d := &r.Doses[i]
	a := d.Ages[0]
	before := soonest(r, i) // from birth on day 0
	within := func(p forecast.Period) bool { return !p.Stated || p.After(0) <= before }
	history := func(of func(forecast.Condition) bool) bool {
		return slices.ContainsFunc(r.History, func(s forecast.Set) bool { return slices.ContainsFunc(s.Conditions, of) })
	}
	accepted := slices.ContainsFunc(d.Accepted, func(v forecast.VaccineRule) bool { return v.Begin == a.AbsMin })
	begun := i == 0 && history(func(c forecast.Condition) bool { return c.Begin == a.AbsMin })
	if !within(a.AbsMin) && !accepted && !begun && !d.Recurring {
		add("valid from", func(y *forecast.SeriesDose) {
			if y.Ages[0].Min == y.Ages[0].AbsMin {
				y.Ages[0].Min.Days--
			}
			y.Ages[0].AbsMin.Days--
		})
	}
	if a.Min.Stated && a.Min != a.AbsMin && !accepted {
		add("given from", func(y *forecast.SeriesDose) { y.Ages[0].Min.Days-- })
	}
	if a.EarliestRec.Stated && !within(a.EarliestRec) && (i > 0 || first) {
		add("recommended age", func(y *forecast.SeriesDose) { y.Ages[0].EarliestRec.Days++ })
	}
	if a.LatestRec.Stated {
		add("overdue from age", func(y *forecast.SeriesDose) { y.Ages[0].LatestRec.Days++ })
	}
	above := i == 0 && history(func(c forecast.Condition) bool { return c.End.Stated && c.End.After(0) <= a.Max.After(0) })
	if a.Max.Stated && !above && !alike(r, func(a *forecast.AgeRule) forecast.Period { return a.Max }) {
		add("latest age", func(y *forecast.SeriesDose) { y.Ages[0].Max.Days++ })
	}
}

// soonest returns the first day on which a step can be done because of the steps before it, of a birth on day 0.
func soonest(r *forecast.Series, i int) forecast.Day {
	if i == 0 {
		return 0
	}
	d := soonest(r, i-1)
	if ages := r.Doses[i-1].Ages; len(ages) > 0 && ages[0].AbsMin.Stated {
		d = max(d, ages[0].AbsMin.After(0))
	}
	for _, rule := range r.Doses[i].Intervals {
		if rule.Since == forecast.SincePrevious && rule.AbsMin.Stated {
			d = rule.AbsMin.After(d)
		}
	}
	return d
}

// comesFirst reports whether a series may be the one that somebody without doses is asked to begin.
func comesFirst(s *forecast.Schedule, name string) bool {
	for _, a := range s.Antigens {
		for _, r := range a.Series {
			if r.Name == name && (r.Default || r.Type == forecast.Risk || !slices.ContainsFunc(a.Series, func(o forecast.Series) bool {
				return o.Default && o.Offers == nil || o.Type == r.Type && o.Offers == nil && o.History == nil && o.Preference < r.Preference
			})) {
				return true
			}
		}
	}
	return false
}

func intervalMutations(rule forecast.IntervalRule, k int, add func(string, func(*forecast.SeriesDose))) {
	if rule.Since == forecast.SinceObservation && !rule.AbsMin.Stated && !rule.EarliestRec.Stated && !rule.LatestRec.Stated {
		return // a deferral: see ruleMutations
	}
	what := fmt.Sprintf("interval %d ", k+1)
	on := func(name string, bend func(*forecast.IntervalRule)) {
		add(what+name, func(y *forecast.SeriesDose) {
			if k < len(y.Intervals) {
				bend(&y.Intervals[k])
			}
		})
	}
	if rule.AbsMin.Stated {
		on("least", func(r *forecast.IntervalRule) { r.AbsMin.Days--; r.Min.Days-- })
		on("a day more", func(r *forecast.IntervalRule) { r.AbsMin.Days++; r.Min.Days++ })
	} else if rule.Min.Stated {
		on("given from", func(r *forecast.IntervalRule) { r.Min.Days++; r.EarliestRec.Days++ })
	}
	if rule.EarliestRec.Stated && rule.EarliestRec != rule.Min {
		on("recommended", func(r *forecast.IntervalRule) { r.EarliestRec.Days++ })
	}
	if rule.LatestRec.Stated {
		on("overdue", func(r *forecast.IntervalRule) { r.LatestRec.Days++ })
	}
}
