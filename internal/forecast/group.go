package forecast

import "slices"

// vote counts how many antigens of a group a vaccine would serve.
type vote struct {
	vaccine VaccineIndex
	n       int
}

// reportGroups blends the best series of each group [chapter 9 of the logic specification: identify and
// evaluate vaccine group]. A group with one antigen has a forecast for each cluster that has a best series;
// in one with several, standard goes with standard and risk with risk.
func (e *Engine) reportGroups(out *Result) {
	for g := range e.s.Groups {
		group := &e.s.Groups[g]
		for _, t := range [...]SeriesType{Standard, Risk} {
			e.members = e.members[:0]
			for _, a := range group.Antigens {
				runs := e.ofA[a].runs
				for i := range runs {
					if r := &runs[i]; r.best && r.series.Group == GroupIndex(g) && e.typeOf(r) == t {
						e.members = append(e.members, r)
					}
				}
			}
			switch {
			case len(e.members) == 0:
			case len(group.Antigens) == 1:
				for i := range e.members {
					e.blend(out, GroupIndex(g), t, e.members[i:i+1])
				}
			default:
				e.blend(out, GroupIndex(g), t, e.members)
			}
		}
	}
}

// typeOf returns the type of forecast that a series goes into: a series that only evaluates goes with the
// others of its cluster.
func (e *Engine) typeOf(r *run) SeriesType {
	if r.series.Type != EvaluationOnly {
		return r.series.Type
	}
	series := e.s.Antigens[r.antigen].Series
	for i := range series {
		if series[i].Cluster == r.series.Cluster && series[i].Type != EvaluationOnly {
			return series[i].Type
		}
	}
	return Standard
}

// blend makes one forecast of several series. Of a single one it is that series' own.
func (e *Engine) blend(out *Result, g GroupIndex, t SeriesType, list []*run) {
	f := GroupForecast{Group: g, Type: t, Cluster: list[0].series.Cluster, Status: groupStatus(list)}
	from := len(out.antigens)
	for _, r := range list {
		out.antigens = append(out.antigens, antigenForecast(r))
	}
	f.Antigens = out.antigens[from:len(out.antigens):len(out.antigens)]

	// Those that the status comes from speak for the group.
	n := 0
	for i, r := range list {
		if r.status == f.Status {
			list[i], list[n] = list[n], list[i]
			n++
		}
	}
	speak := list[:n]
	if f.Status == NotComplete {
		e.blendDates(&f, speak, e.s.Groups[g].Full && e.keeps(ruleFullGroup))
		e.offerVaccines(out, &f, speak, list)
	}
	e.blendWords(out, &f, speak)
	out.Groups = append(out.Groups, f)
}

func antigenForecast(r *run) AntigenForecast {
	f := AntigenForecast{Antigen: r.antigen, Series: r.index, Status: r.status}
	if r.next < len(r.series.Doses) {
		f.Target = r.next + 1
	}
	if r.status == NotComplete {
		f.Dose = r.dose
		f.Earliest, f.Recommended, f.PastDue, f.Latest = known(r.earliest), known(r.recommended), known(r.pastDue), known(r.latest)
	}
	return f
}

func known(d Day) Day {
	if d == noDay {
		return 0
	}
	return d
}

// groupStatus is the first of these that applies [MULTIANTVG: status].
func groupStatus(list []*run) SeriesStatus {
	for _, s := range [...]SeriesStatus{Contraindicated, AgedOut, NotRecommended, NotComplete} {
		for _, r := range list {
			if r.status == s {
				return s
			}
		}
	}
	for _, r := range list {
		if r.status != Immune {
			return Complete
		}
	}
	return Immune
}

// blendDates makes one date of several [MULTIANTVG-1 to 5].
func (e *Engine) blendDates(f *GroupForecast, list []*run, full bool) {
	latestEarliest, soonestEarliest, priority := noDay, LastDay, false
	recommended, pastDue, latest := LastDay, noDay, noDay
	for i, r := range list {
		priority = priority || r.override
		latestEarliest = max(latestEarliest, r.earliest)
		soonestEarliest = min(soonestEarliest, r.earliest)
		recommended = min(recommended, r.recommended)
		pastDue, latest = sooner(pastDue, r.pastDue), sooner(latest, r.latest)
		if i == 0 || (r.dose < f.Dose) == full && r.dose != f.Dose {
			f.Dose = r.dose
		}
	}
	earliest := latestEarliest
	if priority {
		earliest = max(soonestEarliest, e.lastDose(f.Group))
	}
	if earliest == noDay {
		return // no birth date
	}
	f.Earliest = earliest
	f.Recommended = max(earliest, recommended)
	if pastDue != noDay {
		f.PastDue = max(earliest, pastDue)
	}
	if latest != noDay {
		f.Latest = max(earliest, latest)
	}
}

// sooner returns the earlier of two dates, either of which may be missing.
func sooner(a, b Day) Day {
	if a == noDay || b != noDay && b < a {
		return b
	}
	return a
}

// lastDose returns the day of the last dose against one of a group's antigens.
func (e *Engine) lastDose(g GroupIndex) Day {
	last := noDay
	for _, a := range e.s.Groups[g].Antigens {
		if d := e.ofA[a].doses; len(d) > 0 {
			last = max(last, e.given[d[len(d)-1]].on)
		}
	}
	return last
}

// offerVaccines lists what would be given [FORECASTRECVAC-1]: what serves most antigens first, then as the
// schedule lists it. A vaccine that is forbidden for one antigen of the group is not offered for another.
func (e *Engine) offerVaccines(out *Result, f *GroupForecast, speak, list []*run) {
	e.votes = e.votes[:0]
	for _, r := range speak {
		rules := r.series.Doses[r.next].Preferable
		for i := range rules {
			v := &rules[i]
			if !v.Offer || v.Vaccine < 0 || f.Earliest != 0 && !e.mayBeAged(v.Begin, v.End, f.Earliest) && !e.mayBeAged(v.Begin, v.End, f.Recommended) {
				continue
			}
			if !slices.ContainsFunc(list, func(q *run) bool { return e.forbids(q.antigen, v.Vaccine) != None }) {
				e.vote(v.Vaccine)
			}
		}
	}
	slices.SortStableFunc(e.votes, func(a, b vote) int { return b.n - a.n })
	from := len(out.vaccines)
	for _, v := range e.votes {
		out.vaccines = append(out.vaccines, v.vaccine)
	}
	f.Vaccines = out.vaccines[from:len(out.vaccines):len(out.vaccines)]
}

func (e *Engine) vote(v VaccineIndex) {
	for i := range e.votes {
		if e.votes[i].vaccine == v {
			e.votes[i].n++
			return
		}
	}
	e.votes = append(e.votes, vote{vaccine: v, n: 1})
}

// blendWords adds what is said about the forecast: label, programme, where it is offered, reasons, guidance.
func (e *Engine) blendWords(out *Result, f *GroupForecast, list []*run) {
	reasons, guidance := len(out.reasons), len(out.guidance)
	for _, r := range list {
		s := r.series
		f.Offered = f.Offered || r.offered
		if o := e.offer(s); o != nil && o.Cite.Verify {
			f.Verify = true
		}
		if r.next < len(s.Doses) {
			step := &s.Doses[r.next]
			f.Verify = f.Verify || step.Cite.Verify
			if f.Label.Number == 0 && r.dose == f.Dose {
				f.Label = step.Label
			}
		}
		if f.Programme == 0 {
			f.Programme = s.Programme
		}
		for _, w := range e.reasons[r.why.from:r.why.to] {
			if !slices.Contains(out.reasons[reasons:], w) {
				out.reasons = append(out.reasons, w)
			}
		}
		for _, text := range s.Guidance {
			if !slices.Contains(out.guidance[guidance:], text) {
				out.guidance = append(out.guidance, text)
			}
		}
	}
	f.Reasons = out.reasons[reasons:len(out.reasons):len(out.reasons)]
	f.Guidance = out.guidance[guidance:len(out.guidance):len(out.guidance)]
}
