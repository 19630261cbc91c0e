package forecast

import (
	"cmp"
	"slices"

	"tramy/internal/registry"
)

// Urgency says how a dose that is asked for stands to a day.
type Urgency uint8

// Urgencies.
const (
	Later    Urgency = 1 // not yet
	Possible Urgency = 2 // may be given, and is recommended later
	Due      Urgency = 3
	Overdue  Urgency = 4
	Undated  Urgency = 5 // needed; no birth date to say when by
)

var urgencyKeys = []string{Later: "later", Possible: "possible", Due: "due", Overdue: "overdue", Undated: "undated"}

// String returns the stable key of an urgency.
func (u Urgency) String() string { return keyOf(urgencyKeys, int(u)) }

// Advice is one dose to give, for every group that it serves: diphtheria, tetanus, pertussis, hepatitis B and Hib
// that wait for the 5-in-1 are one.
type Advice struct {
	Vaccine VaccineIndex // None: every vaccine for it is forbidden, or none fits the age
	Number  int          // in the vaccine's column of the card
	Groups  []GroupIndex
	// Antigens are those that wait for the dose; Spare are those that the vaccine brings along although they are
	// complete, or wait for something else. If there are some, a person decides.
	Antigens, Spare []AntigenIndex
	Urgency         Urgency
	// Earliest is the day from which the dose is good for all groups, Recommended the soonest day on which one
	// wants it, but not before. OverdueFrom and Latest are 0 if there is none. Latest is the last day.
	Earliest, Recommended, OverdueFrom, Latest Day
	Programme                                  registry.Programme
	Offered                                    bool
	Begun                                      bool // a dose towards it counts already
	Verify                                     bool
	Reasons                                    []Reason
	Guidance                                   []string
}

// togetherDays is how long a dose may be put off so that one injection serves another group as well, which a
// vaccine given earlier would serve in vain.
const togetherDays = 28

// Advise puts together which vaccines to give, from what an evaluation of a person on a day found: in the order
// of the schedule's vaccines, which is that of the card. Groups that are complete, aged out or contraindicated
// are in the result, and not here.
func (s *Schedule) Advise(p *Patient, on Day, r *Result) []Advice {
	var waiting []*GroupForecast
	for i := range r.Groups {
		if f := &r.Groups[i]; f.Status == NotComplete {
			waiting = append(waiting, f)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *GroupForecast) int { return int(max(a.Earliest, on) - max(b.Earliest, on)) })
	var out []Advice
	for len(waiting) > 0 {
		vaccine, served := s.bestFor(p, on, waiting)
		out = append(out, s.advice(p, on, vaccine, served))
		waiting = slices.DeleteFunc(waiting, func(f *GroupForecast) bool { return slices.Contains(served, f) })
	}
	slices.SortStableFunc(out, func(a, b Advice) int {
		return cmp.Or(cmp.Compare(uint16(a.Vaccine), uint16(b.Vaccine)), int(a.Earliest-b.Earliest)) // None last
	})
	return out
}

// bestFor chooses a vaccine for the group that waits first, and with it the others it serves: one that brings
// nothing in vain, then one that serves most, then the schedule's first.
func (s *Schedule) bestFor(p *Patient, on Day, waiting []*GroupForecast) (VaccineIndex, []*GroupForecast) {
	first := waiting[0]
	best, bestServed, bestSpare := VaccineIndex(None), waiting[:1:1], 0
	until := max(first.Earliest, on) + togetherDays
	for _, v := range first.Vaccines {
		var served []*GroupForecast
		for _, f := range waiting {
			if max(f.Earliest, on) <= until && slices.Contains(f.Vaccines, v) {
				served = append(served, f)
			}
		}
		spare := len(s.spare(p, on, v, served))
		if best == None || spare < bestSpare || spare == bestSpare && len(served) > len(bestServed) {
			best, bestServed, bestSpare = v, served, spare
		}
	}
	return best, bestServed
}

// spare lists the antigens of a vaccine, at the age of the day it is given on, for which nobody asks it.
func (s *Schedule) spare(p *Patient, on Day, v VaccineIndex, served []*GroupForecast) []AntigenIndex {
	var out []AntigenIndex
	day := on
	for _, f := range served {
		day = max(day, f.Earliest)
	}
	for _, as := range s.Vaccines[v].Antigens {
		if p.KnownBirth && (day < as.Begin.After(p.BornLast) || as.End.Stated && day >= as.End.After(p.BornFirst)) {
			continue
		}
		if !slices.ContainsFunc(served, func(f *GroupForecast) bool { return f.waits(as.Antigen) }) {
			out = append(out, as.Antigen)
		}
	}
	return out
}

// waits reports whether a group waits for a dose against an antigen.
func (f *GroupForecast) waits(a AntigenIndex) bool {
	return slices.ContainsFunc(f.Antigens, func(x AntigenForecast) bool { return x.Antigen == a && x.Status == NotComplete })
}

func (s *Schedule) advice(p *Patient, on Day, v VaccineIndex, served []*GroupForecast) Advice {
	a := Advice{Vaccine: v}
	labelled := 0
	for i, f := range served {
		a.Groups = append(a.Groups, f.Group)
		for _, x := range f.Antigens {
			if x.Status == NotComplete && (v == None || s.countsFor(v, x.Antigen)) {
				a.Antigens = append(a.Antigens, x.Antigen)
			}
		}
		a.Earliest = max(a.Earliest, f.Earliest)
		if i == 0 || f.Recommended < a.Recommended {
			a.Recommended = f.Recommended
		}
		a.OverdueFrom, a.Latest = soonest(a.OverdueFrom, f.PastDue), soonest(a.Latest, f.Latest)
		if f.Label.Vaccine == v && (labelled == 0 || f.Label.Number < labelled) {
			labelled = f.Label.Number
		}
		if a.Number == 0 || f.Dose < a.Number {
			a.Number = f.Dose
		}
		a.Begun = a.Begun || f.Dose > 1
		a.Offered, a.Verify = a.Offered || f.Offered, a.Verify || f.Verify
		if a.Programme == 0 {
			a.Programme = f.Programme
		}
		a.Reasons = appendNew(a.Reasons, f.Reasons)
		a.Guidance = appendNew(a.Guidance, f.Guidance)
	}
	if labelled > 0 {
		a.Number = labelled
	}
	if v != None {
		a.Spare = s.spare(p, on, v, served)
		if own := s.Vaccines[v].Programme; own != 0 {
			a.Programme = own
		}
	}
	slices.Sort(a.Antigens)
	a.Recommended = max(a.Recommended, a.Earliest)
	if a.OverdueFrom != 0 {
		a.OverdueFrom = max(a.OverdueFrom, a.Earliest) + 1 // the day after the last one that is in time
	}
	a.Urgency = a.urgency(on)
	return a
}

func (a *Advice) urgency(on Day) Urgency {
	switch {
	case a.Earliest == 0:
		return Undated
	case a.OverdueFrom != 0 && on >= a.OverdueFrom:
		return Overdue
	case on >= a.Recommended:
		return Due
	case on >= a.Earliest:
		return Possible
	}
	return Later
}

func (s *Schedule) countsFor(v VaccineIndex, a AntigenIndex) bool {
	return slices.ContainsFunc(s.Vaccines[v].Antigens, func(as Association) bool { return as.Antigen == a })
}

// soonest returns the earlier of two dates of which 0 is none.
func soonest(a, b Day) Day {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

func appendNew[T comparable](list, more []T) []T {
	for _, x := range more {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// AdviceHolds returns the first day after on on which Advise may put the same forecasts together otherwise: a
// group comes within reach of a dose for another, or a vaccine begins or ceases to count for something.
func (s *Schedule) AdviceHolds(p *Patient, on Day, r *Result) Day {
	until := LastDay
	note := func(d Day) {
		if d > on && d < until {
			until = d
		}
	}
	for i := range r.Groups {
		f := &r.Groups[i]
		if f.Status != NotComplete {
			continue
		}
		note(f.Earliest - togetherDays)
		note(f.Earliest)
		for _, v := range f.Vaccines {
			for _, as := range s.Vaccines[v].Antigens {
				if as.Begin.Stated {
					note(as.Begin.After(p.BornLast))
				}
				if as.End.Stated {
					note(as.End.After(p.BornFirst))
				}
			}
		}
	}
	return until
}
