package forecast

import "slices"

// Forbids reports whether an observation stands against some vaccine, at some age.
func (s *Schedule) Forbids(o ObservationIndex) bool {
	is := func(c Contraindication) bool { return c.Observation == o }
	return slices.ContainsFunc(s.Antigens, func(a Antigen) bool {
		return slices.ContainsFunc(a.Contraindications, is) || slices.ContainsFunc(a.VaccineContra, is)
	})
}

// CountsFrom reports whether some interval is counted from the date of an observation, so that it means
// nothing without one.
func (s *Schedule) CountsFrom(o ObservationIndex) bool {
	return s.anySince(o, func(*IntervalRule) bool { return true })
}

// defers reports whether an observation only puts off what comes next: a dose given all the same counts, but is
// not to be given.
func (s *Schedule) defers(o ObservationIndex) bool {
	return s.anySince(o, func(r *IntervalRule) bool { return r.Min.Stated && !r.AbsMin.Stated && !r.EarliestRec.Stated })
}

// anySince reports whether there is such an interval among those counted from the date of an observation.
func (s *Schedule) anySince(o ObservationIndex, such func(*IntervalRule) bool) bool {
	is := func(r IntervalRule) bool { return r.Since == SinceObservation && r.Observation == o && such(&r) }
	return slices.ContainsFunc(s.Antigens, func(a Antigen) bool {
		return slices.ContainsFunc(a.Series, func(x Series) bool {
			return slices.ContainsFunc(x.Doses, func(d SeriesDose) bool {
				return slices.ContainsFunc(d.Intervals, is) || slices.ContainsFunc(d.Allowable, is)
			})
		})
	})
}
