package project

import (
	"cmp"
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// secondHand reports whether the recorder was told of the dose or read of it. A source that was not
// stated, or that this version does not know, is neither first nor second hand: it stands for itself.
func (r *ImmunizationRow) secondHand() bool {
	switch r.Source {
	case registry.SourceCard, registry.SourceElsewhere, registry.SourceImport:
		return true
	}
	return false
}

// isBeside reports whether a dose was written down as dose 0 of a campaign: it was given, and is none of the routine series.
func isBeside(s *p.State) bool {
	im := registry.ImmunizationOf(s)
	return im.HasOrder && im.Order == 0 && im.Programme == registry.ProgrammeOutbreak
}

// number decides which doses count and gives those of each case and vaccine the numbers 1, 2, 3, … by
// date, time of day and id.
//
// Two first-hand records of one day stay two doses until a person says otherwise: hiding one of them
// could hide a double dose. A dose of a campaign that is beside the routine ones (dose 0) keeps 0. What was only told or read of the same vaccine and day is the same dose once
// more, as a card copied into two registers is.
func number(rows []ImmunizationRow, beside map[p.EntityID]bool) {
	order := make([]*ImmunizationRow, 0, len(rows))
	for i := range rows {
		if rows[i].Counted {
			order = append(order, &rows[i])
		}
	}
	slices.SortFunc(order, func(a, b *ImmunizationRow) int {
		return cmp.Or(
			a.Case.Compare(b.Case),
			cmp.Compare(a.Vaccine, b.Vaccine),
			cmp.Compare(a.GivenOn, b.GivenOn),
			cmp.Compare(a.GivenMinute, b.GivenMinute),
			a.ID.Compare(b.ID))
	})
	for len(order) > 0 {
		n := 1
		for n < len(order) && order[n].Case == order[0].Case && order[n].Vaccine == order[0].Vaccine {
			n++
		}
		numberSeries(order[:n], beside)
		order = order[n:]
	}
}

// numberSeries numbers the doses of one vaccine in one case, which come in order.
func numberSeries(series []*ImmunizationRow, beside map[p.EntityID]bool) {
	var next int32
	for len(series) > 0 {
		n := 1
		for n < len(series) && series[n].GivenOn == series[0].GivenOn {
			n++
		}
		dropRetold(series[:n])
		for _, r := range series[:n] {
			if r.Counted && !beside[r.ID] {
				next++
				r.Dose = next
			}
		}
		series = series[n:]
	}
}

// dropRetold stops second-hand records of one day from counting where a first-hand one, or a smaller
// second-hand one, tells of the same dose. Records without a date cannot be told apart and all count.
func dropRetold(day []*ImmunizationRow) {
	if day[0].GivenOn == 0 {
		return
	}
	firstHand := slices.ContainsFunc(day, func(r *ImmunizationRow) bool { return r.Source == registry.SourceHere })
	var keep p.EntityID
	for _, r := range day {
		if r.secondHand() && (keep.IsZero() || r.ID.Compare(keep) < 0) {
			keep = r.ID
		}
	}
	for _, r := range day {
		if r.secondHand() && (firstHand || r.ID != keep) {
			r.Counted = false
		}
	}
}
