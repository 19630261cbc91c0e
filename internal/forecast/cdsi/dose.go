package cdsi

import "tramy/internal/forecast"

var contexts = map[string]forecast.SkipContext{
	"both": forecast.SkipBoth, "": forecast.SkipBoth, "evaluation": forecast.SkipEvaluation, "forecast": forecast.SkipForecast,
}

// dose reads one step of a series with so many steps.
func (l *loader) dose(t *doseText, steps int) forecast.SeriesDose {
	d := forecast.SeriesDose{
		Preferable: l.rules("preferableVaccine", t.Preferable),
		Accepted:   l.rules("allowableVaccine", t.Accepted),
		Recurring:  l.yes("recurringDose", t.Recurring),
		Season:     forecast.Season{From: l.day("startDate", t.Season.Start), To: l.day("endDate", t.Season.End)},
	}
	for _, a := range t.Ages {
		d.Ages = append(d.Ages, forecast.AgeRule{
			AbsMin: l.period("absMinAge", a.AbsMin), Min: l.period("minAge", a.Min), EarliestRec: l.period("earliestRecAge", a.EarliestRec),
			LatestRec: l.period("latestRecAge", a.LatestRec), Max: l.period("maxAge", a.Max), InForce: l.span(a.spanText),
		})
	}
	d.Intervals = l.intervals("interval", t.Intervals, steps)
	d.Allowable = l.intervals("allowableInterval", t.Allowable, steps)
	for _, v := range t.Inadvertent {
		if text(v.CVX) == "" {
			continue // an empty element
		}
		if i := l.vaccine("inadvertentVaccine", v.CVX, v.Name); i != forecast.None {
			d.Inadvertent = d.Inadvertent.With(i)
		}
	}
	for _, k := range t.Skips {
		if len(k.Sets) == 0 {
			continue
		}
		skip := forecast.Skip{Context: choice(l, "context", k.Context, contexts), Any: l.any("setLogic", k.Logic, true)}
		for _, s := range k.Sets {
			set := forecast.Set{Any: l.any("conditionLogic", s.Logic, false), InForce: l.span(s.spanText)}
			for i := range s.Conditions {
				set.Conditions = append(set.Conditions, l.condition(&s.Conditions[i]))
			}
			skip.Sets = append(skip.Sets, set)
		}
		d.Skips = append(d.Skips, skip)
	}
	return d
}

// intervals reads intervals; one that names nothing to count from is an empty element.
func (l *loader) intervals(element string, list []intervalText, steps int) []forecast.IntervalRule {
	var out []forecast.IntervalRule
	for _, t := range list {
		leave := l.in("%s", element)
		r := forecast.IntervalRule{
			AbsMin: l.period("absMinInt", t.AbsMin), Min: l.period("minInt", t.Min), EarliestRec: l.period("earliestRecInt", t.EarliestRec),
			LatestRec: l.period("latestRecInt", t.LatestRec), InForce: l.span(t.spanText), Override: l.override(t.Priority),
		}
		switch {
		case l.yes("fromPrevious", t.Previous):
			r.Since = forecast.SincePrevious
		case text(t.Target) != "":
			r.Since, r.Target = forecast.SinceTarget, l.number("fromTargetDose", t.Target)
			if r.Target < 1 || r.Target > steps {
				l.fail("fromTargetDose", "the series has no dose %q", t.Target)
			}
		case text(t.MostRecent) != "":
			r.Since, r.Vaccines = forecast.SinceVaccine, l.vaccineSet("fromMostRecent", t.MostRecent)
		case text(t.Observation) != "":
			r.Since, r.Observation = forecast.SinceObservation, l.observation(t.Observation, "")
		}
		if r.Since != 0 {
			out = append(out, r)
		} else if t != (intervalText{}) {
			l.fail("fromPrevious", "none of fromPrevious, fromTargetDose, fromMostRecent, fromRelevantObs is stated")
		}
		leave()
	}
	return out
}

// override reads the flag that the files write as "override" and the specification as "Y".
func (l *loader) override(s string) bool {
	if lower(s) == "override" {
		return true
	}
	return l.yes("intervalPriority", s)
}

var comparisons = map[string]forecast.Comparison{"greater than": forecast.GreaterThan, "equal to": forecast.EqualTo, "less than": forecast.LessThan}

var doseTypes = map[string]bool{"valid": true, "total": false}

func (l *loader) condition(t *conditionText) forecast.Condition {
	defer l.in("conditionalSkip")()
	c := forecast.Condition{
		Begin: l.period("beginAge", t.BeginAge), End: l.period("endAge", t.EndAge),
		From: l.day("startDate", t.Start), Until: l.day("endDate", t.End), Interval: l.period("interval", t.Interval),
	}
	switch lower(t.Type) {
	case "age":
		c.Type = forecast.ConditionAge
	case "interval":
		c.Type = forecast.ConditionInterval
		if !c.Interval.Stated {
			l.fail("interval", "it is empty")
		}
	case "completed series":
		c.Type = forecast.ConditionCompleted
		if c.Clusters = l.numbers("seriesGroups", t.Clusters); len(c.Clusters) == 0 {
			l.fail("seriesGroups", "it is empty")
		}
	case "vaccine count by age", "vaccine count by date", "vaccine count by date and age":
		c.Type = forecast.ConditionCount
		c.Count = l.number("doseCount", t.Count)
		c.Compare = choice(l, "doseCountLogic", t.Compare, comparisons)
		c.ValidOnly = choice(l, "doseType", t.Doses, doseTypes)
		c.Vaccines = l.vaccineSet("vaccineTypes", t.Vaccines)
	default:
		l.fail("conditionType", "%q is not known", t.Type)
	}
	return c
}
