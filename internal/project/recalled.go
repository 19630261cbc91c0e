package project

import (
	"tramy/internal/forecast"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Recalled is a lot whose doses do not count and are given again: registry.RecallAgain.
type Recalled struct {
	Vaccine string
	Lot     string     // as registry.FoldLot brings it
	Place   p.EntityID // the top of what the recall is for
}

// Recall makes the advisor look at recalled lots. It is said before anybody else holds the advisor. within says whether a place lies,
// or ever lay, in another.
func (a *Advisor) Recall(list []Recalled, within func(place, top p.EntityID) bool) {
	a.recalled, a.within = map[string][]Recalled{}, within
	for _, x := range list {
		a.recalled[x.Vaccine] = append(a.recalled[x.Vaccine], x)
	}
}

// Recalls reports whether any dose at all may not count because its lot was recalled.
func (a *Advisor) Recalls() bool { return len(a.recalled) > 0 }

// Recalled reports whether a dose does not count because its lot was recalled where it was given. Where nobody knows where that was,
// where the person lives decides.
func (a *Advisor) Recalled(d *ImmunizationRow) bool {
	list := a.recalled[d.Vaccine]
	if len(list) == 0 || d.Lot == "" {
		return false
	}
	lot, at := registry.FoldLot(d.Lot), d.Place
	if at.IsZero() {
		at = d.Recorded
	}
	for i := range list {
		if x := &list[i]; x.Lot == lot && a.within(at, x.Place) {
			return true
		}
	}
	return false
}

// markRecalled says of a patient's doses which do not count so.
func (a *Advisor) markRecalled(who *forecast.Patient, doses []ImmunizationRow) {
	if !a.Recalls() {
		return
	}
	n := 0
	for i := range doses {
		if !Judged(&doses[i]) {
			continue
		}
		who.Doses[n].Recalled = a.Recalled(&doses[i])
		n++
	}
}
