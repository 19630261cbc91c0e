package project

import (
	"cmp"
	"slices"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Told is what decides whether a dose may have been recorded twice.
func (r *ImmunizationRow) Told() registry.Told {
	return registry.Told{Vaccine: r.Vaccine, On: r.GivenOn, FirstHand: !r.secondHand(), Lot: r.Lot}
}

// BeforeDose orders the doses of a case as their numbers do.
func BeforeDose(a, b *ImmunizationRow) int {
	return cmp.Or(cmp.Compare(a.GivenOn, b.GivenOn), cmp.Compare(a.GivenMinute, b.GivenMinute), a.ID.Compare(b.ID))
}

// appendTwice adds a row for each dose that counts and may be an earlier one of its case once more, unless somebody said that it is
// not. What was only told of a day on which there is a record already does not count, and is no question.
func appendTwice(rows []ConflictRow, doses []ImmunizationRow, states []*p.State) []ConflictRow {
	apart := map[p.EntityID][]p.EntityID{}
	for _, s := range states {
		if list := registry.ApartOf(s); len(list) > 0 {
			apart[s.ID] = list
		}
	}
	for i := range doses {
		later := &doses[i]
		if later.Counted && slices.ContainsFunc(doses, func(x ImmunizationRow) bool {
			return x.Counted && x.Case == later.Case && BeforeDose(&x, later) < 0 &&
				registry.TwiceRecorded(x.Told(), later.Told()) != 0 &&
				!slices.Contains(apart[x.ID], later.ID) && !slices.Contains(apart[later.ID], x.ID)
		}) {
			rows = append(rows, ConflictRow{
				Entity: later.ID, Field: registry.DoseApart, Kind: registry.KindImmunization, Case: later.Case, Class: registry.Clinical,
			})
		}
	}
	return rows
}
