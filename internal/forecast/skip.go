package forecast

import "slices"

// past is the doses that a condition looks at: those of the series' antigen with their verdicts, and all of the
// person until then.
type past struct {
	doses    []int32
	verdicts []verdict
	judged   bool // there is a series, and so verdicts
	all      []int32
}

// skips reports whether a step may be passed over [evaluate conditional skip]. The reference day is the day a
// dose was given, the assessment date, or the earliest date of the forecast [CONDSKIP-2]; anchor decides what is
// in force; n is how many doses of the antigen came before.
func (e *Engine) skips(r *run, step *SeriesDose, context SkipContext, reference, anchor Day, n int) bool {
	if len(step.Skips) == 0 || !e.keeps(ruleSkip) {
		return false
	}
	before := past{doses: r.doses[:n], verdicts: r.verdicts[:n], judged: true, all: e.everyone[:e.before(r, n)]}
	for i := range step.Skips {
		skip := &step.Skips[i]
		if skip.Context != SkipBoth && skip.Context != context {
			continue
		}
		met, asked := !skip.Any, false
		for k := range skip.Sets {
			set := &skip.Sets[k]
			if !e.inForce(set.InForce, anchor) {
				continue
			}
			asked = true
			if e.holds(set, before, r.antigen, reference, anchor) == skip.Any {
				met = skip.Any
				break
			}
		}
		if met && asked {
			return true
		}
	}
	return false
}

// holds reports whether all conditions of a set, or any of them, are met; the set itself must be in force.
func (e *Engine) holds(set *Set, before past, antigen AntigenIndex, reference, anchor Day) bool {
	if !e.inForce(set.InForce, anchor) {
		return false
	}
	for i := range set.Conditions {
		if e.met(&set.Conditions[i], before, antigen, reference) == set.Any {
			return set.Any
		}
	}
	return !set.Any
}

// met answers one condition [CONDSKIP-1, CONDSKIP-2, CALCDTSKIP-1 to 5].
func (e *Engine) met(c *Condition, before past, antigen AntigenIndex, reference Day) bool {
	switch c.Type {
	case ConditionAge:
		return e.isAged(c.Begin, c.End, reference)
	case ConditionInterval:
		if len(before.doses) == 0 {
			return false
		}
		last := e.given[before.doses[len(before.doses)-1]].on
		return e.reached(reference, c.Interval.After(last))
	case ConditionCompleted:
		return antigen >= 0 && e.completed(antigen, c.Clusters)
	case ConditionCount:
		n := e.count(c, before)
		switch c.Compare {
		case GreaterThan:
			return n > c.Count
		case LessThan:
			return n < c.Count
		}
		return n == c.Count
	}
	return false
}

// completed reports whether a series of one of the clusters is complete; it is run first if it was not yet. A
// series that waits for itself is not complete.
func (e *Engine) completed(antigen AntigenIndex, clusters []int) bool {
	runs := e.ofA[antigen].runs
	for i := range runs {
		r := &runs[i]
		for _, c := range clusters {
			if r.series.Cluster == c && r.relevant {
				e.finish(r)
				if r.stage == done && r.status == Complete {
					return true
				}
			}
		}
	}
	return false
}

// unknownOf reports whether a dose is of a vaccine that the schedule does not know, and of one of the antigens.
func (e *Engine) unknownOf(g *given, antigens []AntigenIndex) bool {
	if g.vaccine != None {
		return false
	}
	return slices.ContainsFunc(e.parts[g.from:g.to], func(p part) bool { return slices.Contains(antigens, p.antigen) })
}

// count counts the doses that a condition names: by vaccine of whatever antigen, else those of the antigen.
func (e *Engine) count(c *Condition, before past) int {
	n, doses := 0, before.doses
	valid := c.ValidOnly && before.judged
	if c.Vaccines != nil && !valid {
		doses = before.all
	}
	for i, d := range doses {
		g := &e.given[d]
		if c.Vaccines != nil && !c.Vaccines.Has(g.vaccine) && !e.unknownOf(g, c.Unknown) ||
			c.From != 0 && g.on < c.From || c.Until != 0 && g.on >= c.Until ||
			g.dose.Campaign && e.keeps(ruleCampaign) {
			continue
		}
		if valid && before.verdicts[i].status != Valid {
			continue
		}
		if e.mayBeAged(c.Begin, c.End, g.on) {
			n++
		}
	}
	return n
}
