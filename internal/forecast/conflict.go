package forecast

// conflicts reports whether a dose was given too soon after another, mostly live, vaccine of whatever antigen
// [evaluate vaccine conflict; CALCDTCONFLICT-1, CALCDTCONFLICT-2]. The shorter time is asked for after a dose
// that is valid, or has no status in this series.
func (e *Engine) conflicts(r *run, g *given, v *verdict) bool {
	if g.vaccine == None || len(e.s.conflictsOf[g.vaccine]) == 0 {
		return false
	}
	found := false
	for i := range e.given {
		prev := &e.given[i]
		if prev.on > g.on {
			break
		}
		c := e.s.conflict(prev.vaccine, g.vaccine)
		if c == nil || g.on < c.Begin.After(prev.on) {
			continue
		}
		end := c.MinEnd
		if w := r.verdictOn(int32(i)); w != nil && w.status != Valid && w.status != NotEvaluated {
			end = c.End
		}
		if until := end.After(prev.on); g.on < until {
			e.note(&v.why, Reason{Code: ReasonLiveConflict, On: until, Period: end, Vaccine: prev.vaccine, Seen: None})
			found = true
		}
	}
	return found
}

// conflictEnd returns the day from which the vaccines of a step are free of conflicts with the doses given, and
// with which of them; noDay if there are none. Addition: a dose of a vaccine that the schedule does not know
// keeps others waiting like any vaccine against one of its antigens would.
func (e *Engine) conflictEnd(step *SeriesDose) (Day, Reason) {
	end, why := noDay, because(ReasonByConflict)
	if !e.keeps(ruleForecastConflict) {
		return end, why
	}
	for i := range step.Preferable {
		vaccine := step.Preferable[i].Vaccine
		if vaccine < 0 {
			continue
		}
		for n := range e.given {
			g := &e.given[n]
			if g.vaccine != None && !e.s.conflictsAny.Has(g.vaccine) {
				continue
			}
			for _, k := range e.s.conflictsOf[vaccine] {
				c := &e.s.Conflicts[k]
				if !e.mayBe(g, c.Previous) {
					continue
				}
				if until := c.End.After(g.on); until > end {
					end = until
					why.On, why.Period, why.Vaccine = until, c.End, c.Previous
				}
			}
		}
	}
	return end, why
}

// mayBe reports whether a dose was of a vaccine, or may have been.
func (e *Engine) mayBe(g *given, v VaccineIndex) bool {
	if g.vaccine != None {
		return g.vaccine == v
	}
	for _, p := range e.parts[g.from:g.to] {
		for i := range e.s.Vaccines[v].Antigens {
			if e.s.Vaccines[v].Antigens[i].Antigen == p.antigen {
				return true
			}
		}
	}
	return false
}

// conflict returns what is asked for between two vaccines, or nil.
func (s *Schedule) conflict(previous, current VaccineIndex) *Conflict {
	if previous < 0 || !s.conflictsAny.Has(previous) {
		return nil
	}
	for _, i := range s.conflictsOf[current] {
		if c := &s.Conflicts[i]; c.Previous == previous {
			return c
		}
	}
	return nil
}
