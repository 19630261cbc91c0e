package forecast

// forecast finds where a person stands in a series and when the next dose is due [chapter 7 of the logic
// specification: forecast dates and reasons].
func (e *Engine) forecast(r *run) {
	r.earliest, r.recommended, r.pastDue, r.latest, r.finish = noDay, noDay, noDay, noDay, noDay
	for {
		for r.next < len(r.series.Doses) && e.skips(r, &r.series.Doses[r.next], SkipForecast, e.on, e.on, len(r.doses)) {
			e.markSkipped(r)
		}
		var why Reason
		if r.status, why = e.need(r); r.status != NotComplete {
			e.note(&r.why, why)
			return
		}
		step := &r.series.Doses[r.next]
		c := e.candidate(r, step)
		if c.age != nil && c.age.Max.Stated && e.keeps(ruleAgedOut) {
			if since := c.age.Max.afterDate(e.last); c.earliest >= since {
				why = because(ReasonWouldBeTooOld)
				why.On, why.Period = since, c.age.Max
				r.status = AgedOut
				e.note(&r.why, why)
				return
			}
		}
		// On the day it could be given the step may not be needed any more [validate recommendation].
		if e.keeps(ruleValidation) && e.skips(r, step, SkipForecast, c.earliest, e.on, len(r.doses)) {
			e.markSkipped(r)
			continue
		}
		e.dates(r, step, &c)
		return
	}
}

// need says whether another dose is needed at all, and if not why [determine forecast need].
func (e *Engine) need(r *run) (SeriesStatus, Reason) {
	immune, contra := e.standing(r)
	if r.next == len(r.series.Doses) {
		switch {
		case r.satisfied > 0:
			w := because(ReasonDone)
			w.Number = r.satisfied
			return Complete, w
		case immune.Code != 0:
			return Immune, immune
		}
		return NotRecommended, because(ReasonNotNeeded)
	}
	if immune.Code != 0 {
		return Immune, immune
	}
	if contra.Code != 0 {
		return Contraindicated, contra
	}
	step := &r.series.Doses[r.next]
	if e.seasonal(step) && step.Season.To != 0 && e.reached(e.on, step.Season.To+1) {
		w := because(ReasonSeasonOver)
		w.On = step.Season.To
		return NotRecommended, w
	}
	if a := e.ageRule(step, e.on); a != nil && a.Max.Stated && e.keeps(ruleAgedOut) {
		if since := a.Max.afterDate(e.last); e.reached(e.on, since) {
			w := because(ReasonAgedOut)
			w.On, w.Period = since, a.Max
			return AgedOut, w
		}
	}
	return NotComplete, Reason{}
}

// candidate is the earliest date of a step before it is validated [FORECASTDTCAN-1], and what the other dates
// are made from.
type candidate struct {
	age      *AgeRule
	earliest Day
	why      Reason // what the earliest date comes from; no code if nothing in the schedule says so
}

func (c *candidate) notBefore(d Day, why Reason) {
	if d > c.earliest {
		c.earliest, c.why = d, why
		c.why.On = d
	}
}

func (e *Engine) candidate(r *run, step *SeriesDose) candidate {
	c := candidate{age: e.ageRule(step, e.on), earliest: e.birth.last}
	if c.age != nil && c.age.Min.Stated {
		w := because(ReasonByAge)
		w.Period = c.age.Min
		c.notBefore(c.age.Min.afterDate(e.last), w)
	}
	for i := range step.Intervals {
		rule := &step.Intervals[i]
		if !rule.Min.Stated || !e.inForce(rule.InForce, e.on) {
			continue
		}
		if since, w := e.since(r, rule, rule.Min); since != noDay {
			c.notBefore(rule.Min.After(since), w)
		}
	}
	if end, why := e.conflictEnd(step); end != noDay {
		c.notBefore(end, why)
	}
	if e.seasonal(step) && step.Season.From != 0 {
		c.notBefore(step.Season.From, because(ReasonBySeason))
	}
	// Not before the last dose; of a vaccine that must not be given at its step, that was one of them.
	if n := len(r.doses); n > 0 {
		c.notBefore(e.given[r.doses[n-1]].on, Reason{})
	}
	return c
}

// since returns the day an interval is counted from in a forecast, and the reason that a date made from it has.
func (e *Engine) since(r *run, rule *IntervalRule, p Period) (Day, Reason) {
	since, vaccine := e.reference(r, rule, len(r.doses))
	w := Reason{Code: ReasonByInterval, Period: p, Vaccine: vaccine, Seen: None}
	if rule.Since == SinceObservation {
		w.Code, w.Seen = ReasonByObservation, rule.Observation
	}
	return since, w
}

// dates fills in when the step is due [FORECASTDT-1 to 6], its number, and why.
func (e *Engine) dates(r *run, step *SeriesDose, c *candidate) {
	recommended, pastDue, why := noDay, noDay, Reason{}
	if a := c.age; a != nil {
		if a.EarliestRec.Stated {
			recommended, why = a.EarliestRec.afterDate(e.last), because(ReasonByAge)
			why.Period = a.EarliestRec
		}
		if a.LatestRec.Stated {
			pastDue = a.LatestRec.afterDate(e.last) - 1
		}
		if a.Max.Stated {
			// The last day that is not too late on any birth date, if that leaves time.
			r.latest = max(a.Max.afterDate(e.first)-1, min(c.earliest, a.Max.afterDate(e.last)-1))
		}
	}
	byAge, dueByAge := recommended != noDay, pastDue != noDay
	override, all := false, true
	for i := range step.Intervals {
		rule := &step.Intervals[i]
		if !e.inForce(rule.InForce, e.on) {
			continue
		}
		override, all = true, all && rule.Override
		if !byAge && rule.EarliestRec.Stated {
			if since, w := e.since(r, rule, rule.EarliestRec); since != noDay && rule.EarliestRec.After(since) > recommended {
				recommended, why = rule.EarliestRec.After(since), w
			}
		}
		if !dueByAge && rule.LatestRec.Stated {
			if since, _ := e.since(r, rule, rule.LatestRec); since != noDay {
				pastDue = max(pastDue, rule.LatestRec.After(since)-1)
			}
		}
	}
	r.override = override && all && e.keeps(ruleOverride)
	r.dose = e.doseNumber(r, step)
	e.noteSteps(r)
	if !e.p.KnownBirth && c.age != nil {
		e.note(&r.why, because(ReasonUnknownBirth))
		r.latest = noDay
		return
	}
	if recommended < c.earliest || recommended == noDay {
		recommended, why = c.earliest, c.why
	}
	if pastDue != noDay {
		pastDue = max(pastDue, c.earliest)
	}
	r.earliest, r.recommended, r.pastDue = c.earliest, recommended, pastDue
	r.finish = e.finishDate(r)
	if why.Code != 0 {
		why.On = recommended
		e.note(&r.why, why)
	}
	if c.why.Code != 0 && c.why != why && c.earliest > e.on {
		e.note(&r.why, c.why) // it cannot be given today yet, for a reason of its own
	}
	if e.birth.first != e.birth.last {
		e.note(&r.why, because(ReasonVagueBirth))
	}
}

// noteSteps says which dose has to be repeated, and which steps were passed over.
func (e *Engine) noteSteps(r *run) {
	if n := len(r.verdicts); n > 0 && r.verdicts[n-1].status == NotValid {
		w := because(ReasonRepeat)
		w.On, w.Vaccine = e.given[r.doses[n-1]].on, e.given[r.doses[n-1]].vaccine
		e.note(&r.why, w)
	}
	for i := range r.by[:r.next] {
		if r.by[i] == skipped {
			w := because(ReasonSkipped)
			w.Number = i + 1
			e.note(&r.why, w)
		}
	}
}

// doseNumber counts the dose that is next [FORECASTDN-1]: a seasonal one within its season, another one among
// those without a season. A skipped step has no number.
func (e *Engine) doseNumber(r *run, step *SeriesDose) int {
	n := 1
	for i := range r.verdicts {
		v := &r.verdicts[i]
		if v.status != Valid {
			continue
		}
		seasonal := e.seasonal(&r.series.Doses[v.target-1])
		if seasonal == e.seasonal(step) && (!seasonal || e.given[r.doses[i]].on >= step.Season.From) {
			n++
		}
	}
	return n
}

// finishDate is when the series would be done if each dose were given as early as it can be.
func (e *Engine) finishDate(r *run) Day {
	d := r.earliest
	for i := r.next + 1; i < len(r.series.Doses); i++ {
		next := d
		for k := range r.series.Doses[i].Intervals {
			rule := &r.series.Doses[i].Intervals[k]
			if rule.Since == SincePrevious && rule.Min.Stated && e.inForce(rule.InForce, e.on) {
				next = max(next, rule.Min.After(d))
			}
		}
		d = next
	}
	return d
}

// completable reports whether a series can still be finished before its last step's maximum age.
func (e *Engine) completable(r *run) bool {
	if r.finish == noDay || len(r.series.Doses) == 0 {
		return false
	}
	a := e.ageRule(&r.series.Doses[len(r.series.Doses)-1], e.on)
	return a == nil || !a.Max.Stated || r.finish < a.Max.afterDate(e.last)
}
