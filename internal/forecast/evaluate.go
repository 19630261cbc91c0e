package forecast

// evaluate walks a series and the doses of its antigen side by side and gives each dose its status [chapter 6
// of the logic specification: evaluate vaccine dose administered].
func (e *Engine) evaluate(r *run) {
	r.doses = e.ofA[r.antigen].doses
	r.verdicts = e.roomForVerdicts(len(r.doses))
	r.by = e.roomForSteps(len(r.series.Doses))
	d := 0
	for d < len(r.doses) && r.next < len(r.series.Doses) {
		g, v, step := &e.given[r.doses[d]], &r.verdicts[d], &r.series.Doses[r.next]
		switch {
		case e.unfit(g, v):
		case e.skips(r, step, SkipEvaluation, g.on, g.on, d):
			e.markSkipped(r)
			continue // the same dose meets the next step
		case step.Inadvertent.Has(g.vaccine) && e.keeps(ruleInadvertent):
			v.status, v.inadvertent = NotValid, true
			e.note(&v.why, because(ReasonInadvertent))
		default:
			e.judge(r, step, g, v, d)
		}
		d++
	}
	for ; d < len(r.doses); d++ {
		g, v := &e.given[r.doses[d]], &r.verdicts[d]
		v.status = Extraneous
		e.note(&v.why, because(ReasonSeriesComplete))
		if code := e.unfitReason(g); code != 0 {
			e.note(&v.why, because(code))
		}
	}
}

func (e *Engine) markSkipped(r *run) {
	if r.by[r.next] == unmet {
		r.by[r.next] = skipped
	}
	r.next++
}

// unfitReason says why a dose cannot count, whatever the series; 0 if it can.
func (e *Engine) unfitReason(g *given) ReasonCode {
	switch {
	case g.dose.Unusable && e.keeps(ruleUnusable):
		return ReasonUnusable
	case g.dose.Recalled && e.keeps(ruleUnusable):
		return ReasonRecalled
	case g.dose.Campaign && e.keeps(ruleCampaign):
		return ReasonCampaign
	}
	return 0
}

// unfit closes a dose that cannot count: Sub-standard if it was expired or spoilt [can the vaccine dose
// administered be evaluated?] or its lot was recalled (Addition), Extraneous if a campaign gave it (Addition).
func (e *Engine) unfit(g *given, v *verdict) bool {
	code := e.unfitReason(g)
	switch code {
	case 0:
		return false
	case ReasonUnusable, ReasonRecalled:
		v.status = Substandard
	default:
		v.status = Extraneous
	}
	e.note(&v.why, because(code))
	return true
}

// judge holds a dose against a step: age, intervals, conflicts, vaccine; every rule that fails is a reason
// [satisfy target dose].
func (e *Engine) judge(r *run, step *SeriesDose, g *given, v *verdict, d int) {
	age, tooOld := e.ageFits(step, g, v)
	intervals := e.intervalsFit(r, step, g, v, d)
	conflict := e.keeps(ruleConflict) && e.conflicts(r, g, v)
	vaccine := e.vaccineFits(r, step, g, v)
	switch {
	case tooOld:
		v.status = Extraneous
	case age && intervals && !conflict && vaccine:
		v.status = Valid
		v.target = int16(r.next + 1)
		r.by[r.next] = int32(d)
		r.satisfied++
		r.valid++
		// A recurring step stands again, a fresh copy of itself.
		if !step.Recurring || !e.keeps(ruleRecurring) {
			r.next++
		}
	default:
		v.status = NotValid
	}
}

func (e *Engine) seasonal(step *SeriesDose) bool { return step.Season.stated() && e.keeps(ruleSeason) }

// ageRule returns the ages of a step that are in force on a day, or nil.
func (e *Engine) ageRule(step *SeriesDose, anchor Day) *AgeRule {
	for i := range step.Ages {
		if e.inForce(step.Ages[i].InForce, anchor) {
			return &step.Ages[i]
		}
	}
	return nil
}

// inForce reports whether a rule with effective and cessation dates is to be used [RELEVANT-1, RELEVANT-2].
func (e *Engine) inForce(s Span, anchor Day) bool {
	return s == Span{} || !e.keeps(ruleInForce) ||
		(s.From == 0 || e.reached(anchor, s.From)) && (s.To == 0 || !e.reached(anchor, s.To+1))
}

// ageFits looks at the age [evaluate age; CALCDTAGE-1 to 5].
func (e *Engine) ageFits(step *SeriesDose, g *given, v *verdict) (fits, tooOld bool) {
	a := e.ageRule(step, g.on)
	if a == nil || !e.keeps(ruleAge) {
		return true, false
	}
	least := a.AbsMin
	if !e.keeps(ruleGrace) && a.Min.Stated {
		least = a.Min
	}
	young := because(ReasonTooYoung)
	if !e.notBefore(least, g.on, &young) {
		e.note(&v.why, young)
		return false, false
	}
	if a.Max.Stated {
		since := a.Max.afterDate(e.last)
		if g.on >= since {
			w := because(ReasonTooOld)
			w.On, w.Period = since, a.Max
			e.note(&v.why, w)
			return false, true
		}
	}
	grace := because(ReasonGrace)
	if !e.notBefore(a.Min, g.on, &grace) {
		e.note(&v.why, grace)
	}
	if e.birth.first != e.birth.last && !e.isAged(least, a.Max, g.on) {
		e.note(&v.why, because(ReasonDoubtfulBirth))
	}
	return true, false
}

// notBefore reports whether a person may have reached an age; if not, it writes into w which and when.
func (e *Engine) notBefore(age Period, on Day, w *Reason) bool {
	if !age.Stated {
		return true
	}
	born := e.first
	if !e.keeps(ruleVagueBirth) {
		born = e.last
	}
	from := age.afterDate(born)
	if on >= from {
		return true
	}
	w.On, w.Period = from, age
	return false
}

// vaccineFits looks whether the vaccine is one for this step: preferable, or at least allowable [evaluate for
// preferable vaccine, evaluate for allowable vaccine]. The volume never makes a dose invalid.
func (e *Engine) vaccineFits(r *run, step *SeriesDose, g *given, v *verdict) bool {
	if !e.keeps(ruleVaccine) || e.listed(step.Preferable, g) || e.listed(step.Accepted, g) {
		return true
	}
	// The vaccine may be one for this step from a later age on: that says more than that it is not, and is all there
	// is to say where the step takes any vaccine.
	young, takesAny := because(ReasonTooYoung), false
	for _, list := range [...][]VaccineRule{step.Preferable, step.Accepted} {
		for i := range list {
			x := list[i].Vaccine
			from := because(ReasonTooYoung)
			if x != g.vaccine && x != AnyVaccine || e.notBefore(list[i].Begin, g.on, &from) {
				continue
			}
			takesAny = takesAny || x == AnyVaccine
			if young.On == 0 || from.On < young.On {
				young = from
			}
		}
	}
	if young.On != 0 {
		e.note(&v.why, young)
	}
	if !takesAny {
		e.note(&v.why, because(ReasonWrongVaccine))
	}
	return false
}

func (e *Engine) listed(rules []VaccineRule, g *given) bool {
	for i := range rules {
		v := &rules[i]
		if v.Vaccine != g.vaccine && v.Vaccine != AnyVaccine || v.Vaccine == None {
			continue
		}
		if v.Maker != "" && g.dose.Maker != "" && v.Maker != g.dose.Maker {
			continue
		}
		if e.mayBeAged(v.Begin, v.End, g.on) {
			return true
		}
	}
	return false
}

// roomForVerdicts and roomForSteps take room that stays where it is while more is taken.
func (e *Engine) roomForVerdicts(n int) []verdict {
	if cap(e.verdicts)-len(e.verdicts) < n {
		e.verdicts = make([]verdict, 0, 2*(cap(e.verdicts)+n))
	}
	from := len(e.verdicts)
	e.verdicts = e.verdicts[:from+n]
	room := e.verdicts[from : from+n : from+n]
	clear(room)
	return room
}

func (e *Engine) roomForSteps(n int) []int32 {
	from := len(e.by)
	e.by = e.by[:from+n] // NewEngine made room for all steps of the schedule
	room := e.by[from : from+n : from+n]
	for i := range room {
		room[i] = unmet
	}
	return room
}
