package forecast

import (
	"slices"

	"tramy/internal/registry"
)

// relevant says whether a series is for this person, and whether it is offered here and now [select relevant
// patient series; RELEVANT-1 to 5].
func (e *Engine) relevant(r *run) (relevant, offered bool) {
	s := r.series
	if e.keeps(ruleGender) && len(s.Sexes) > 0 && !slices.Contains(s.Sexes, e.sex) {
		return false, false
	}
	if s.Type == Risk && e.keeps(ruleIndication) && !e.indicated(s) {
		return false, false
	}
	if s.History != nil && e.keeps(ruleHistory) && !e.anySet(s.History) {
		return false, false
	}
	offered = e.offer(s) != nil
	if !offered && len(e.ofA[r.antigen].doses) == 0 {
		return false, false
	}
	return true, offered
}

// indicated reports whether the person has one of the indications of a risk series, at its ages.
func (e *Engine) indicated(s *Series) bool {
	for i := range s.Indications {
		in := &s.Indications[i]
		if e.has(in.Observation) && e.mayBeAged(in.Begin, in.End, e.on) {
			return true
		}
	}
	return false
}

// everywhere is the offer of a series that is not bound to places and times.
var everywhere = Offer{}

// offer returns the offer of a series that holds in one of the person's areas on the day, or nil. One that is
// confirmed goes before one that is not. Addition.
func (e *Engine) offer(s *Series) *Offer {
	if s.Offers == nil || !e.keeps(ruleOffer) {
		return &everywhere
	}
	var found *Offer
	for i := range s.Offers {
		o := &s.Offers[i]
		if o.Area != "" && !slices.Contains(e.p.Areas, o.Area) {
			continue
		}
		if o.From != 0 && !e.reached(e.on, o.From) || o.Until != 0 && e.reached(e.on, o.Until) {
			continue
		}
		if found == nil || (found.Cite.Verify && !o.Cite.Verify) {
			found = o
		}
	}
	return found
}

// anySet reports whether one of a series' history conditions holds, counted over all doses. Addition.
func (e *Engine) anySet(sets []Set) bool {
	all := e.everyone[:len(e.given)]
	for i := range sets {
		if e.holds(&sets[i], past{doses: all, all: all}, AntigenIndex(None), e.on, e.on) {
			return true
		}
	}
	return false
}

// onTime says whether a dose was given within so many minutes of birth, where times of day are not known as
// far as the dates alone tell. Addition.
func (e *Engine) onTime(d *Dose, minutes int) Answer {
	if !e.p.KnownBirth {
		return Unsaid
	}
	const day = 24 * 60
	bornFirst, bornLast := clockRange(e.p.BirthClock)
	givenFirst, givenLast := clockRange(d.Clock)
	least := int(d.On-e.birth.last)*day + givenFirst - bornLast
	most := int(d.On-e.birth.first)*day + givenLast - bornFirst
	switch {
	case most < 0:
		return Unsaid // before birth: one of the two dates is wrong
	case most <= minutes:
		return Yes
	case least > minutes:
		return No
	}
	return Unsaid
}

// clockRange returns the first and last minute of the day that a time may mean.
func clockRange(c registry.Clock) (first, last int) {
	if m, ok := c.Minute(); ok {
		return m, m
	}
	return 0, 24*60 - 1
}
