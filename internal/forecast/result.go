package forecast

// reset empties a result and keeps its room.
func (out *Result) reset() {
	out.Doses, out.Groups = out.Doses[:0], out.Groups[:0]
	out.verdicts, out.reasons, out.vaccines = out.verdicts[:0], out.reasons[:0], out.vaccines[:0]
	out.guidance, out.antigens = out.guidance[:0], out.antigens[:0]
}

// reportDoses says what became of each dose, in the order of the record.
func (e *Engine) reportDoses(out *Result) {
	for range e.p.Doses {
		out.Doses = append(out.Doses, DoseResult{})
	}
	for i := range e.p.Doses {
		if e.p.Doses[i].On > e.on {
			e.reportUnjudged(out, i, None, ReasonAhead)
		}
	}
	for i := range e.given {
		g := &e.given[i]
		from := len(out.verdicts)
		for _, p := range e.parts[g.from:g.to] {
			e.reportPart(out, g, p)
		}
		switch {
		case g.from < g.to:
			out.Doses[g.index].Verdicts = out.verdicts[from:len(out.verdicts):len(out.verdicts)]
		case g.vaccine == None:
			e.reportUnjudged(out, g.index, None, ReasonUnknownVaccine)
		default:
			e.reportUnjudged(out, g.index, None, ReasonNoSeries)
		}
	}
}

// reportPart says what became of a dose for one antigen, in each series that was chosen for it.
func (e *Engine) reportPart(out *Result, g *given, p part) {
	found := false
	runs := e.ofA[p.antigen].runs
	for i := range runs {
		r := &runs[i]
		if !r.prioritised {
			continue
		}
		found = true
		v := &r.verdicts[p.at]
		from := len(out.reasons)
		out.reasons = append(out.reasons, e.reasons[v.why.from:v.why.to]...)
		out.verdicts = append(out.verdicts, DoseVerdict{
			Antigen: p.antigen, Group: r.series.Group, Type: e.typeOf(r), Cluster: r.series.Cluster, Best: r.best,
			Status: v.status, Target: int(v.target), Reasons: out.reasons[from:len(out.reasons):len(out.reasons)],
		})
		if v.target > 0 && r.best {
			if m := r.series.Doses[v.target-1].OnTimeMinutes; m > 0 {
				out.Doses[g.index].OnTime = e.onTime(g.dose, m)
			}
		}
	}
	if !found {
		out.verdicts = append(out.verdicts, e.unjudged(out, p.antigen, ReasonNoSeries))
	}
}

// reportUnjudged gives a dose that no series judged its one verdict.
func (e *Engine) reportUnjudged(out *Result, dose int, antigen AntigenIndex, code ReasonCode) {
	from := len(out.verdicts)
	out.verdicts = append(out.verdicts, e.unjudged(out, antigen, code))
	out.Doses[dose].Verdicts = out.verdicts[from:len(out.verdicts):len(out.verdicts)]
}

func (e *Engine) unjudged(out *Result, antigen AntigenIndex, code ReasonCode) DoseVerdict {
	from := len(out.reasons)
	out.reasons = append(out.reasons, because(code))
	return DoseVerdict{Antigen: antigen, Group: None, Cluster: None, Reasons: out.reasons[from:len(out.reasons):len(out.reasons)]}
}
