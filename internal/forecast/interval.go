package forecast

// intervalsFit looks at the time since earlier doses: all preferable intervals that are in force must hold, or
// all allowable ones [evaluate preferable interval, evaluate allowable interval]. d is the dose's position.
func (e *Engine) intervalsFit(r *run, step *SeriesDose, g *given, v *verdict, d int) bool {
	if !e.keeps(ruleInterval) {
		return true
	}
	mark, was := len(e.reasons), v.why
	fits := true
	for i := range step.Intervals {
		if e.inForce(step.Intervals[i].InForce, g.on) {
			fits = e.intervalFits(r, &step.Intervals[i], g, v, d) && fits
		}
	}
	if fits || !e.keeps(ruleAllowable) || !e.allowed(r, step, g, d) {
		return fits
	}
	e.reasons, v.why = e.reasons[:mark], was // what failed does not matter
	return true
}

// allowed reports whether there are allowable intervals in force and all of them hold.
func (e *Engine) allowed(r *run, step *SeriesDose, g *given, d int) bool {
	any := false
	for i := range step.Allowable {
		rule := &step.Allowable[i]
		if !e.inForce(rule.InForce, g.on) {
			continue
		}
		any = true
		since, _ := e.reference(r, rule, d)
		if since != noDay && g.on < rule.AbsMin.After(since) {
			return false
		}
	}
	return any
}

// intervalFits looks at one preferable interval [CALCDTINT-3, CALCDTINT-4].
func (e *Engine) intervalFits(r *run, rule *IntervalRule, g *given, v *verdict, d int) bool {
	since, vaccine := e.reference(r, rule, d)
	if since == noDay {
		return true
	}
	least := rule.AbsMin
	if !e.keeps(ruleGrace) && rule.Min.Stated {
		least = rule.Min
	}
	w := Reason{Code: ReasonTooSoon, Vaccine: vaccine, Seen: None, Period: least}
	if rule.Since == SinceObservation {
		w.Seen = rule.Observation
	}
	if least.Stated {
		if w.On = least.After(since); g.on < w.On {
			e.note(&v.why, w)
			return false
		}
	}
	// What happened later than the dose is no reason to have waited.
	if rule.Min.Stated && since <= g.on {
		if w.On = rule.Min.After(since); g.on < w.On {
			w.Code, w.Period = ReasonGrace, rule.Min
			e.note(&v.why, w)
		}
	}
	return true
}

// reference returns the day an interval is counted from, looking at the first n doses of the antigen, and the
// vaccine given then, if it was a dose. noDay: there is nothing to count from, and the interval asks nothing.
func (e *Engine) reference(r *run, rule *IntervalRule, n int) (Day, VaccineIndex) {
	switch rule.Since {
	case SincePrevious: // [CALCDTINT-1]
		for i := n - 1; i >= 0; i-- {
			v := &r.verdicts[i]
			if (v.status == Valid || v.status == NotValid) && !v.inadvertent {
				g := &e.given[r.doses[i]]
				return g.on, g.vaccine
			}
		}
	case SinceTarget: // [CALCDTINT-2]
		if i := rule.Target - 1; i >= 0 && i < len(r.by) && r.by[i] >= 0 {
			g := &e.given[r.doses[r.by[i]]]
			return g.on, g.vaccine
		}
	case SinceVaccine: // [CALCDTINT-8]: of whatever antigen, Tdap counts from Td
		for i := e.before(r, n) - 1; i >= 0; i-- {
			g := &e.given[i]
			if rule.Vaccines.Has(g.vaccine) && !e.inadvertentIn(r, int32(i)) {
				return g.on, g.vaccine
			}
		}
	case SinceObservation: // [CALCDTINT-9]
		if e.has(rule.Observation) {
			return e.seen[rule.Observation], None
		}
	}
	return noDay, None
}

// before returns how many doses of the person lie before the n-th of the antigen.
func (e *Engine) before(r *run, n int) int {
	if n < len(r.doses) {
		return int(r.doses[n])
	}
	return len(e.given)
}

// inadvertentIn reports whether a dose is of the antigen and its vaccine must not have been given at its step.
func (e *Engine) inadvertentIn(r *run, g int32) bool {
	v := r.verdictOn(g)
	return v != nil && v.inadvertent
}

// verdictOn returns what became of a dose in the series, or nil if it is not of the antigen.
func (r *run) verdictOn(g int32) *verdict {
	for i, d := range r.doses {
		if d == g {
			return &r.verdicts[i]
		}
	}
	return nil
}
