package project

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Advisor answers what is due under the schedules that a node holds. It is immutable once made and may be
// asked from several goroutines; a change of the schedules makes another one.
type Advisor struct {
	// Generation names what the answers rest on: rows worked out by another one are out of date.
	Generation uint64
	// Faults are schedules that this version of the program cannot read; it goes on with the others.
	Faults []error

	versions []version // by the day from which they hold
	vaccines map[string]VaccineRow
	first    []string // registry.FirstDoseVaccines
	recalled map[string][]Recalled
	within   func(place, top p.EntityID) bool
}

// version is one schedule while it is in force, with engines for it.
type version struct {
	schedule    *forecast.Schedule
	from, until registry.Day // until is exclusive, 0 open
	engines     *sync.Pool
}

// NewAdvisor makes an advisor of schedule rows in the order of the day from which they hold, and of the
// vaccines of the reference data. Of two rows with one code the later one counts.
func NewAdvisor(generation uint64, schedules []ScheduleRow, vaccines []VaccineRow) *Advisor {
	a := &Advisor{Generation: generation, vaccines: make(map[string]VaccineRow, len(vaccines))}
	antigens := make(map[string]string, len(vaccines))
	for i := range vaccines {
		a.vaccines[vaccines[i].Code] = vaccines[i]
		antigens[vaccines[i].Code] = vaccines[i].Antigens
	}
	a.first = registry.FirstDoseVaccines(antigens)
	files := map[string]string{}
	for i := range schedules {
		if r := &schedules[i]; !r.Void {
			files[r.Code] = r.File
		}
	}
	base := func(code string) (string, []byte) {
		if file, ok := files[code]; ok {
			return code, []byte(file)
		}
		return code, nil
	}
	for i := range schedules {
		r := &schedules[i]
		if r.Void || files[r.Code] != r.File {
			continue
		}
		s, err := national.LoadBased(r.Code, []byte(r.File), base)
		if err != nil {
			a.Faults = append(a.Faults, err)
			continue
		}
		a.add(s, r.From, r.Until)
	}
	return a
}

func (a *Advisor) add(s *forecast.Schedule, from, until registry.Day) {
	a.versions = append(a.versions, version{s, from, until, &sync.Pool{New: func() any { return forecast.NewEngine(s) }}})
}

// Instead returns an advisor that follows one schedule and no other.
func (a *Advisor) Instead(s *forecast.Schedule) *Advisor {
	out := &Advisor{vaccines: a.vaccines, first: a.first, recalled: a.recalled, within: a.within}
	out.add(s, forecast.FirstDay, 0)
	return out
}

// on returns the version in force on a day, the last of several, and the first day on which another one may
// be. Nil: there is none.
func (a *Advisor) on(day registry.Day) (*version, registry.Day) {
	var found *version
	until := forecast.LastDay
	for i := range a.versions {
		v := &a.versions[i]
		if v.from <= day && (v.until == 0 || day < v.until) && (found == nil || v.from >= found.from) {
			found = v
		}
		for _, d := range []registry.Day{v.from, v.until} {
			if d > day {
				until = min(until, d)
			}
		}
	}
	return found, until
}

// Schedule returns the schedule in force on a day, nil if there is none.
func (a *Advisor) Schedule(day registry.Day) *forecast.Schedule {
	v, _ := a.on(day)
	if v == nil {
		return nil
	}
	return v.schedule
}

// Patient puts a case's rows into the words of the schedule; see PatientOf.
func (a *Advisor) Patient(kase p.EntityID, subjects []SubjectRow, doses []ImmunizationRow, areas []string) (forecast.Patient, bool) {
	who, ok := PatientOf(kase, subjects, doses, areas, a.vaccines)
	if ok {
		a.markRecalled(&who, doses)
	}
	return who, ok
}

// Sold are the vaccines that have to be paid for and cover all that a vaccine does, by their order on the card.
func (a *Advisor) Sold(code string) []string {
	asked := a.vaccines[code]
	want := antigensOf(&asked)
	var out []string
	for other, v := range a.vaccines {
		have := antigensOf(&v)
		covers := func(x string) bool {
			return slices.ContainsFunc(have, func(y string) bool { return sameAntigen(x) == sameAntigen(y) })
		}
		if other != code && v.Programme == registry.ProgrammePaid && len(want) > 0 && !slices.ContainsFunc(want, func(x string) bool { return !covers(x) }) {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, func(x, y string) int {
		return cmp.Or(cmp.Compare(a.vaccines[x].Order, a.vaccines[y].Order), cmp.Compare(x, y))
	})
	return out
}

// sameAntigen folds what differs between products and protects against the same: whole and acellular pertussis, full and reduced
// diphtheria, the types of polio.
func sameAntigen(x string) string {
	switch x = strings.TrimRight(strings.ToLower(x), "0123456789"); x {
	case "wp", "ap":
		return "p"
	}
	return x
}

// Newborn judges the giving of vaccines to somebody who is about to be registered and has had none.
func (a *Advisor) Newborn(row *SubjectRow, areas, vaccines []string, day registry.Day) []forecast.Verdict {
	who, ok := a.Patient(row.ID, []SubjectRow{*row}, nil, areas)
	if !ok || len(vaccines) == 0 {
		return nil
	}
	return a.MayGive(&who, vaccines, day, forecast.Knowledge{})
}

// Told puts a dose that is about to be recorded into the words of the schedule.
func (a *Advisor) Told(in *registry.ImmunizationInput) forecast.Dose {
	v := a.vaccines[in.Vaccine]
	return forecast.Dose{Vaccine: in.Vaccine, On: in.GivenOn, Clock: in.GivenClock, Antigens: antigensOf(&v), Campaign: IsCampaign(in.Programme, &v)}
}

// Evaluate judges and forecasts as of a day, and returns the schedule that it follows; nil if none is in force.
func (a *Advisor) Evaluate(who *forecast.Patient, day registry.Day, out *forecast.Result) *forecast.Schedule {
	v, until := a.on(day)
	if v == nil {
		*out = forecast.Result{Until: until}
		return nil
	}
	e := v.engines.Get().(*forecast.Engine)
	e.Evaluate(who, day, out)
	v.engines.Put(e)
	out.Until = min(out.Until, until)
	return v.schedule
}

// MayGive judges the giving of vaccines in one visit; see forecast.Engine.MayGive.
func (a *Advisor) MayGive(who *forecast.Patient, vaccines []string, day registry.Day, k forecast.Knowledge) []forecast.Verdict {
	v, _ := a.on(day)
	if v == nil {
		return make([]forecast.Verdict, len(vaccines))
	}
	e, room := v.engines.Get().(*forecast.Engine), results.Get().(*forecast.Result)
	defer v.engines.Put(e)
	defer results.Put(room)
	return e.MayGive(who, vaccines, day, k, room)
}

// results are used again by Due, which keeps nothing of them.
var results = sync.Pool{New: func() any { return new(forecast.Result) }}

// Due works out the rows of a case as of a day, and the first day on which they may be others. areas are the
// codes of the places that residence lies in.
func (a *Advisor) Due(kase p.EntityID, subjects []SubjectRow, doses []ImmunizationRow, areas []string, day registry.Day) (rows []DueRow, until registry.Day) {
	who, ok := a.Patient(kase, subjects, doses, areas)
	if !ok {
		return nil, forecast.LastDay
	}
	out := results.Get().(*forecast.Result)
	defer results.Put(out)
	s := a.Evaluate(&who, day, out)
	if s == nil {
		return nil, out.Until
	}
	var blank DueRow
	for i := range subjects {
		if lead := &subjects[i]; lead.ID == kase {
			if lead.Status == registry.StatusMoved {
				return nil, forecast.LastDay // nobody here calls them
			}
			blank = DueRow{Case: kase, Residence: lead.Residence, Hamlet: lead.Hamlet}
		}
	}
	for _, x := range s.Advise(&who, day, out) {
		if x.Vaccine == forecast.None || x.Earliest == 0 || !Wanted(&x) {
			continue // nobody is called for what is not offered here
		}
		row := blank
		row.Vaccine, row.Dose, row.Status, row.Programme = s.Vaccines[x.Vaccine].Code, int32(x.Number), DueOpen, x.Programme
		row.Earliest, row.Recommended, row.Overdue, row.Latest = x.Earliest, x.Recommended, x.OverdueFrom, x.Latest
		rows = append(rows, row)
	}
	rows = oncePerVaccine(appendMissed(rows, blank, s, out))
	return rows, min(out.Until, s.AdviceHolds(&who, day, out))
}

// First returns the row of a child who never had a first dose (DueFirst). Who is no child, has died, moved away, was entered in error or is
// not wholly here has none, nor has anybody while no such vaccine is known.
func (a *Advisor) First(lead *SubjectRow, doses []ImmunizationRow) (DueRow, bool) {
	if len(a.first) == 0 || lead.Group != registry.GroupChild || lead.BirthPrec == 0 || lead.Void || lead.Provisional ||
		lead.Status == registry.StatusMoved || lead.Status == registry.StatusDied {
		return DueRow{}, false
	}
	row := DueRow{Case: lead.Case, Residence: lead.Residence, Hamlet: lead.Hamlet, Status: DueFirst, Recommended: lead.BirthDate, Dose: 1}
	for i := range doses {
		if r := &doses[i]; r.Void || r.NotDone != 0 {
			continue
		}
		if slices.Contains(a.first, doses[i].Vaccine) {
			return DueRow{}, false
		}
		row.Dose = 0
	}
	return row, true
}

// Wanted reports whether somebody is called for a dose: the programme offers it here, or its course was begun.
func Wanted(x *forecast.Advice) bool {
	return x.Begun || x.Offered && x.Programme != registry.ProgrammePaid
}

// appendMissed adds what the programme offered and somebody is too old for now.
func appendMissed(rows []DueRow, blank DueRow, s *forecast.Schedule, out *forecast.Result) []DueRow {
	for i := range out.Groups {
		f := &out.Groups[i]
		if f.Status != forecast.AgedOut || !f.Offered || f.Programme == registry.ProgrammePaid || f.Label.Vaccine == forecast.None {
			continue
		}
		row := blank
		row.Vaccine, row.Dose, row.Status, row.Programme = s.Vaccines[f.Label.Vaccine].Code, int32(f.Label.Number), DueMissed, f.Programme
		for _, why := range f.Reasons {
			if why.Code == forecast.ReasonAgedOut || why.Code == forecast.ReasonWouldBeTooOld {
				row.Latest = why.On - 1
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// oncePerVaccine keeps one row a vaccine, which is what a worklist calls people for: what can still be given
// before what was missed, then what is due first.
func oncePerVaccine(rows []DueRow) []DueRow {
	slices.SortStableFunc(rows, func(a, b DueRow) int {
		return cmp.Or(cmp.Compare(a.Vaccine, b.Vaccine), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Recommended, b.Recommended), cmp.Compare(a.Dose, b.Dose))
	})
	return slices.CompactFunc(rows, func(a, b DueRow) bool { return a.Vaccine == b.Vaccine })
}
