package forecast

import (
	"math"
	"slices"
)

// choose finds, of the series of one antigen, the one to follow in each cluster, and which of those are best
// [chapter 8 of the logic specification: select best patient series].
func (e *Engine) choose(runs []run) {
	for i := range runs {
		if !runs[i].relevant || e.clusterSeen(runs[:i], runs[i].series.Cluster) {
			continue
		}
		e.members = e.members[:0]
		for k := i; k < len(runs); k++ {
			if runs[k].relevant && runs[k].series.Cluster == runs[i].series.Cluster {
				e.members = append(e.members, &runs[k])
			}
		}
		if r := e.prioritise(offeredOrBegun(e.members)); r != nil {
			r.prioritised = true
		}
	}
	for i := range runs {
		if runs[i].prioritised {
			runs[i].best = e.isBest(&runs[i], runs)
		}
	}
}

func (e *Engine) clusterSeen(runs []run, cluster int) bool {
	for i := range runs {
		if runs[i].relevant && runs[i].series.Cluster == cluster {
			return true
		}
	}
	return false
}

// offeredOrBegun leaves out what is neither offered here nor begun, where something is offered: it must not
// stand in the way. Addition.
func offeredOrBegun(members []*run) []*run {
	if !slices.ContainsFunc(members, func(r *run) bool { return r.offered }) {
		return members
	}
	kept := members[:0]
	for _, r := range members {
		if r.offered || r.satisfied > 0 {
			kept = append(kept, r)
		}
	}
	return kept
}

// prioritise returns the series of a cluster that is followed, or nil [select prioritized patient series].
func (e *Engine) prioritise(members []*run) *run {
	e.markScorable(members)
	e.scored = e.scored[:0]
	complete, inProcess, defaults := 0, 0, 0
	var fallback, onlyComplete, onlyInProcess, onlyDefault *run
	for _, r := range members {
		if r.series.Default && fallback == nil {
			fallback = r
		}
		if !r.scorable {
			continue
		}
		e.scored = append(e.scored, r)
		if r.status == Complete {
			complete++
			onlyComplete = r
		}
		if r.inProcess() {
			inProcess++
			onlyInProcess = r
		}
		if r.series.Default {
			defaults++
			onlyDefault = r
		}
	}
	switch {
	case len(e.scored) == 0:
		return fallback
	case len(e.scored) == 1:
		return e.scored[0]
	case !e.keeps(ruleScore) && fallback != nil:
		return fallback
	case complete == 1:
		return onlyComplete
	case complete == 0 && inProcess == 1:
		return onlyInProcess
	case complete == 0 && inProcess == 0 && defaults == 1:
		return onlyDefault
	case complete > 1:
		e.keepScored(func(r *run) bool { return r.status == Complete })
		e.scoreComplete()
	case inProcess > 1:
		e.keepScored((*run).inProcess)
		e.scoreInProcess()
	case !slices.ContainsFunc(e.scored, func(r *run) bool { return r.satisfied > 0 }):
		e.scoreFresh()
	default: // begun, but aged out or contraindicated
		e.scoreInProcess()
	}
	return e.highest()
}

// inProcess reports whether a series was begun and is not done.
func (r *run) inProcess() bool { return r.satisfied > 0 && r.status == NotComplete }

// markScorable marks the series of a cluster that come into question [SELECTB-24, SELECTSCORE-2].
func (e *Engine) markScorable(members []*run) {
	allContra, anyValid, anyDefault := true, false, false
	for _, r := range members {
		allContra = allContra && r.status == Contraindicated
		anyValid = anyValid || r.valid > 0
		anyDefault = anyDefault || r.series.Default
	}
	dropped := func(r *run) bool { return r.status == Contraindicated && !allContra }
	priority := ""
	for _, r := range members {
		if p := r.series.Priority; r.series.Type == Risk && !dropped(r) && p != "" && (priority == "" || p < priority) {
			priority = p
		}
	}
	for _, r := range members {
		switch {
		case dropped(r):
		case r.series.Type == Risk:
			r.scorable = r.series.Priority == priority
		case r.series.Type == EvaluationOnly:
			r.scorable = r.status == Complete
		case anyValid:
			r.scorable = r.valid > 0 && e.startedInTime(r)
		default:
			r.scorable = !anyDefault
		}
	}
}

// startedInTime reports whether the first valid dose lies before the maximum age to start.
func (e *Engine) startedInTime(r *run) bool {
	for i := range r.verdicts {
		if r.verdicts[i].status == Valid {
			return e.mayBeAged(Period{}, r.series.StartBy, e.given[r.doses[i]].on)
		}
	}
	return false
}

// keepScored narrows the series that are scored down.
func (e *Engine) keepScored(keep func(*run) bool) {
	kept := e.scored[:0]
	for _, r := range e.scored {
		if keep(r) {
			kept = append(kept, r)
		}
	}
	e.scored = kept
}

// lowest is the value of a series that a comparison does not concern.
const lowest = math.MinInt

// rate adds to each scored series: alone if its value is the highest, tied if others share it, else no.
func (e *Engine) rate(alone, tied, no int, value func(*Engine, *run) int) {
	best, n := lowest, 0
	for _, r := range e.scored {
		switch v := value(e, r); {
		case v > best:
			best, n = v, 1
		case v == best:
			n++
		}
	}
	for _, r := range e.scored {
		switch v := value(e, r); {
		case v == lowest || v < best:
			r.score += no
		case n == 1:
			r.score += alone
		default:
			r.score += tied
		}
	}
}

func (e *Engine) scoreComplete() { e.rate(1, 0, -1, mostSatisfied) }

func (e *Engine) scoreInProcess() {
	e.rate(2, 2, -2, productAllValid)
	e.rate(3, 3, -3, canBeCompleted)
	e.rate(2, 0, -2, mostSatisfied)
	e.rate(2, 0, -2, fewestLeft)
	e.rate(1, 0, -1, earliestFinish)
}

func (e *Engine) scoreFresh() {
	e.rate(1, 0, -1, earliestStart)
	e.rate(1, 1, -1, canBeCompleted)
	e.rate(-1, -1, 1, isProduct)
}

// What series are compared by; a yes or no is 0 or the value that does not concern them.
func mostSatisfied(_ *Engine, r *run) int { return r.satisfied }
func fewestLeft(_ *Engine, r *run) int    { return r.next - len(r.series.Doses) }
func isProduct(_ *Engine, r *run) int     { return yes(r.series.Product) }
func canBeCompleted(e *Engine, r *run) int {
	return yes(e.completable(r))
}

func productAllValid(_ *Engine, r *run) int {
	return yes(r.series.Product && r.valid == len(r.doses))
}

func earliestFinish(e *Engine, r *run) int {
	if !e.completable(r) {
		return lowest
	}
	return -int(r.finish)
}

func earliestStart(_ *Engine, r *run) int {
	if r.earliest == noDay {
		return lowest
	}
	return -int(r.earliest)
}

func yes(b bool) int {
	if b {
		return 0
	}
	return lowest
}

// highest returns the scored series with the highest score; of equal ones one that is offered (Addition), then
// the preferred, then the first.
func (e *Engine) highest() *run {
	best := e.scored[0]
	for _, r := range e.scored[1:] {
		switch {
		case r.score != best.score:
			if r.score > best.score {
				best = r
			}
		case r.offered != best.offered:
			if r.offered {
				best = r
			}
		case e.keeps(rulePreference) && r.preference() < best.preference():
			best = r
		}
	}
	return best
}

func (r *run) preference() int {
	if r.series.Preference == 0 {
		return math.MaxInt
	}
	return r.series.Preference
}

// isBest reports whether a prioritised series is one that the antigen's forecast is made of [determine best
// patient series]: a complete one always, else not beside a complete equivalent, and not a standard one beside
// an equivalent risk series.
func (e *Engine) isBest(r *run, runs []run) bool {
	if r.status == Complete {
		return true
	}
	if r.series.Type == EvaluationOnly {
		return false
	}
	if !e.keeps(ruleEquivalent) {
		return true
	}
	for i := range runs {
		q := &runs[i]
		if !q.prioritised || q == r {
			continue
		}
		for _, c := range r.series.Equivalent {
			if q.series.Cluster == c && (q.status == Complete || q.series.Type == Risk && r.series.Type == Standard) {
				return false
			}
		}
	}
	return true
}
