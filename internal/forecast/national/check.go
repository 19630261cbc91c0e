package national

import (
	"time"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

var compareWords = map[string]forecast.Comparison{
	"exactly": forecast.EqualTo, "under": forecast.LessThan, "over": forecast.GreaterThan,
}

// The birthday from which periods are compared: a month has 31 days then, and a year 366.
var yardstick = func() forecast.Day {
	d, err := registry.NewDay(2024, time.January, 1)
	if err != nil {
		panic(err)
	}
	return d
}()

// longer reports whether both are stated and a is longer than b.
func longer(a, b span) bool {
	return a.Stated && b.Stated && a.After(yardstick) > b.After(yardstick)
}

func notLonger(a, b span) bool {
	return a.Stated && b.Stated && a.After(yardstick) <= b.After(yardstick)
}

// possible refuses a row that contradicts itself.
func (r *reader) possible(w *row) {
	name := w.name()
	switch {
	case longer(w.validFrom, w.recommended):
		r.bad(w.recommended.at, RuleAge, "%s: recommended_age (%s) is below valid_from_age (%s)", name, w.recommended, w.validFrom)
	case notLonger(w.latest, w.validFrom), notLonger(w.latest, w.recommended):
		r.bad(w.latest.at, RuleAge, "%s: latest_age (%s) is not above the ages before it", name, w.latest)
	case w.recommended.Stated && notLonger(w.overdue, w.recommended):
		r.bad(w.overdue.at, RuleAge, "%s: overdue_from (%s) is not above recommended_age (%s)", name, w.overdue, w.recommended)
	case longer(w.counted, w.latest):
		r.bad(w.counted.at, RuleAge, "%s: counted_until (%s) is above latest_age (%s)", name, w.counted, w.latest)
	}
	switch {
	case longer(w.minInterval, w.recommendedInterval):
		r.bad(w.recommendedInterval.at, RuleInterval, "%s: recommended_interval (%s) is below min_interval (%s)", name, w.recommendedInterval, w.minInterval)
	case longer(w.eventFrom, w.eventRecommended):
		r.bad(w.eventRecommended.at, RuleInterval, "%s: event_recommended (%s) is before event_from (%s)", name, w.eventRecommended, w.eventFrom)
	case longer(w.eventFrom, w.eventUntil), longer(w.eventRecommended, w.eventUntil):
		r.bad(w.eventUntil.at, RuleInterval, "%s: event_until (%s) is before the dose is due", name, w.eventUntil)
	}
}
