package national

import (
	"slices"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// checkRow finds what a row names that is not there, and a row that is for no antigen of its series.
func (b *builder) checkRow(s *series, w *row, labels map[string]bool) {
	b.citation(w.where, w.basis)
	b.vaccine(w.label)
	for _, g := range w.give {
		b.vaccine(g)
	}
	for _, x := range w.accept {
		b.vaccine(x.name)
	}
	for _, o := range w.only {
		if b.antigen(o) != forecast.None && !slices.ContainsFunc(s.antigens, func(x word) bool { return x.text == o.text }) {
			b.bad(o.at, RuleUnknownAntigen, "%s: series %s is not for %s", w.name(), s.id.text, o.text)
		}
	}
	if labels[w.name()] {
		b.bad(w.where, RuleDuplicate, "series %s has the dose %s already", s.id.text, w.name())
	}
	labels[w.name()] = true
	for _, name := range s.antigens {
		if a, ok := b.antigens[name.text]; ok && b.isFor(w, a) {
			return
		}
	}
	if _, known := b.vaccines[w.label.text]; known {
		b.bad(w.where, RuleCountsForNone, "%s counts for no antigen of series %s", w.name(), s.id.text)
	}
}

// given returns the vaccines a row asks for that count for an antigen, best first.
func (b *builder) given(w *row, a forecast.AntigenIndex) []forecast.VaccineIndex {
	names := w.give
	if names == nil {
		names = []word{w.label}
	}
	var out []forecast.VaccineIndex
	for _, name := range names {
		if v, ok := b.vaccines[name.text]; ok && b.counts(v, a) {
			out = append(out, v)
		}
	}
	return out
}

// isFor reports whether a row is a step of the series of an antigen.
func (b *builder) isFor(w *row, a forecast.AntigenIndex) bool {
	name := b.s.Antigens[a].Name
	if w.only != nil && !slices.ContainsFunc(w.only, func(x word) bool { return x.text == name }) {
		return false
	}
	return len(b.given(w, a)) > 0
}

// dose makes one step of the series of an antigen.
func (b *builder) dose(s *series, w *row, a forecast.AntigenIndex) forecast.SeriesDose {
	out := forecast.SeriesDose{
		Label: forecast.Label{Vaccine: b.vaccines[w.label.text], Number: w.number}, OnTimeMinutes: w.onTimeMinutes,
		CountedUntil: w.counted.Period, Cite: b.optionalCitation(w.basis),
	}
	least := w.validFrom // from which age some vaccine is valid at this step
	for _, x := range w.accept {
		if longer(least, x.from) {
			least = x.from
		}
	}
	age := forecast.AgeRule{
		AbsMin: b.graced(least.Period), Min: w.validFrom.Period, EarliestRec: w.recommended.Period, Max: b.latest(w, a),
	}
	if w.recommended.Stated {
		age.LatestRec = b.overdue(s, w, w.recommended)
	}
	if age != (forecast.AgeRule{}) {
		out.Ages = []forecast.AgeRule{age}
	}
	out.Intervals = b.intervals(s, w)

	var own forecast.Period // the age for vaccines that are not valid from a lower one
	if least != w.validFrom {
		own = b.graced(w.validFrom.Period)
	}
	for _, v := range b.given(w, a) {
		out.Preferable = append(out.Preferable, forecast.VaccineRule{Vaccine: v, Begin: own, Offer: true})
		out.Intervals = append(out.Intervals, b.deferrals(v)...)
	}
	for _, x := range w.accept {
		if v := b.vaccines[x.name.text]; b.counts(v, a) {
			out.Accepted = append(out.Accepted, forecast.VaccineRule{Vaccine: v, Begin: b.graced(x.from.Period), End: x.until.Period})
		}
	}
	switch {
	case s.product:
	case s.refuse == nil:
		out.Accepted = append(out.Accepted, forecast.VaccineRule{Vaccine: forecast.AnyVaccine, Begin: own})
	default:
		named := func(v forecast.VaccineIndex) bool {
			of := func(x forecast.VaccineRule) bool { return x.Vaccine == v }
			return slices.ContainsFunc(out.Preferable, of) || slices.ContainsFunc(out.Accepted, of)
		}
		for i := range b.s.Vaccines {
			v := forecast.VaccineIndex(i)
			if b.counts(v, a) && !named(v) && !slices.ContainsFunc(s.refuse, func(x word) bool { return x.text == b.s.Vaccines[v].Code }) {
				out.Accepted = append(out.Accepted, forecast.VaccineRule{Vaccine: v, Begin: own})
			}
		}
	}
	return out
}

func (b *builder) intervals(s *series, w *row) []forecast.IntervalRule {
	var out []forecast.IntervalRule
	if w.minInterval.Stated || w.recommendedInterval.Stated {
		since := forecast.IntervalRule{
			Since: forecast.SincePrevious, AbsMin: b.graced(w.minInterval.Period), Min: w.minInterval.Period, EarliestRec: w.recommendedInterval.Period,
		}
		if !w.recommended.Stated && !w.eventUntil.Stated {
			from := w.recommendedInterval
			if !from.Stated {
				from = w.minInterval
			}
			since.LatestRec = b.overdue(s, w, from)
		}
		out = append(out, since)
	}
	if w.eventFrom.Stated || w.eventRecommended.Stated || w.eventUntil.Stated {
		since := forecast.IntervalRule{
			Since: forecast.SinceObservation, Observation: b.observation(s.event), AbsMin: w.eventFrom.Period, Min: w.eventFrom.Period,
			EarliestRec: w.eventRecommended.Period,
		}
		if !since.Min.Stated { // due from then on, and no earlier dose is judged by it
			since.Min = since.EarliestRec
		} else if !since.EarliestRec.Stated {
			since.EarliestRec = since.Min
		}
		if w.eventUntil.Stated {
			since.LatestRec = sum(w.eventUntil.Period, forecast.Days(1)) // the day itself is in time
		}
		out = append(out, since)
	}
	return out
}

// deferrals keeps live vaccines away from what they must wait for. It moves the next dose and judges none.
func (b *builder) deferrals(v forecast.VaccineIndex) []forecast.IntervalRule {
	var out []forecast.IntervalRule
	for _, d := range b.doc.deferrals {
		if live := b.doc.vaccines[v].live; live != "" && live == d.live.text {
			out = append(out, forecast.IntervalRule{Since: forecast.SinceObservation, Observation: b.observation(d.observation), Min: d.wait.Period})
		}
	}
	return out
}

// again makes the dose that comes again and again after a last one.
func (b *builder) again(last forecast.SeriesDose, w *row) forecast.SeriesDose {
	last.Recurring = true
	last.Label.Number++
	last.CountedUntil, last.OnTimeMinutes = forecast.Period{}, 0
	last.Intervals = slices.DeleteFunc(slices.Clone(last.Intervals), func(r forecast.IntervalRule) bool { return r.Since == forecast.SincePrevious })
	last.Intervals = append(last.Intervals, forecast.IntervalRule{Since: forecast.SincePrevious, EarliestRec: w.repeat.Period})
	if len(last.Ages) > 0 {
		last.Ages = []forecast.AgeRule{{AbsMin: last.Ages[0].AbsMin, Max: last.Ages[0].Max}}
	}
	return last
}

// latest is the lower of the row's and the antigen's latest age.
func (b *builder) latest(w *row, a forecast.AntigenIndex) forecast.Period {
	own, of := w.latest, b.doc.antigens[a].latestAge
	if !own.Stated || longer(own, of) {
		return of.Period
	}
	return own.Period
}

// overdue is the row's own word, or what is usual after the recommended age or interval; nobody is overdue for
// what has to be paid for, unless the row says so.
func (b *builder) overdue(s *series, w *row, from span) forecast.Period {
	if w.overdue.Stated {
		return w.overdue.Period
	}
	if s.programme == registry.ProgrammePaid || !b.doc.overdueAfter.Stated {
		return forecast.Period{}
	}
	return sum(from.Period, b.doc.overdueAfter.Period)
}

// graced takes the days of grace off.
func (b *builder) graced(p forecast.Period) forecast.Period {
	if !p.Stated {
		return p
	}
	return sum(p, forecast.Days(-b.doc.graceDays))
}

func sum(a, b forecast.Period) forecast.Period {
	return forecast.Period{Years: a.Years + b.Years, Months: a.Months + b.Months, Days: a.Days + b.Days, Stated: true}
}
