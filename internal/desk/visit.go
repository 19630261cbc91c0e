package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/forecast"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Visit is one press of save: what was found, what was given or not, when to come again.
type Visit struct {
	Subject p.EntityID
	// Doses are given or refused; what they leave open (date, time, place, screening, temperature) the visit
	// fills in.
	Doses       []registry.ImmunizationInput
	GivenOn     registry.Day
	GivenClock  registry.Clock
	Screening   registry.Screening
	Temperature int // tenths of a degree Celsius
	NextDate    registry.Day
	HasNext     bool         // NextDate is to be written (0: none)
	Saw         registry.Saw // of the subject's next date, as the page had shown it
	// Checked is what answered the question whether there were doses that this register does not know.
	Checked registry.Checked
	// Against is why something is given that the schedule or the screening speaks against.
	Against string

	// Paper says that all this was done before, and stands on paper: it is written down whatever the schedule says now, and what is
	// on record already of that day is refused with CodeDoseRecorded.
	Paper bool
	// Place and Session are where it was, if not at this node's place; the session of the day is found by itself.
	Place, Session p.EntityID
	Weight         int // grams; with Paper
	// Also is done in the same transaction, such as putting away the draft that this came from. What it refuses is not written.
	Also func(store.Tx) error
}

// DoseError says which dose of a visit is in the way.
type DoseError struct {
	Index   int
	Vaccine string
	Err     error
}

func (e *DoseError) Error() string { return e.Vaccine + ": " + e.Err.Error() }

// Unwrap gives the rule that was broken.
func (e *DoseError) Unwrap() error { return e.Err }

// RecordVisit saves a visit as one act: all of it or nothing. It returns the ids of the doses.
func (d *Desk) RecordVisit(ctx context.Context, who Who, v Visit) ([]p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindImmunization); err != nil {
		return nil, err
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, v.Subject, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		// Who comes here is cared for here, wherever they live: a dose makes the record one of this place. At a hub nobody
		// stands in front of anybody.
		if d.Node.Identity().Role == registry.NodeHub {
			if err := d.mine(tx, who, v.Subject); err != nil {
				return nil, err
			}
		}
		known, err := knownOf(tx, s, d.Today())
		if err != nil {
			return nil, err
		}
		drafts, err := d.visitDrafts(tx, who, &v, known)
		if err != nil {
			return nil, err
		}
		if v.HasNext {
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectNextDate: dayData(v.NextDate)}, sawNow(s, v.Saw), d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return append(drafts, d.takeBack(s)...), v.also(tx)
	})
	if err != nil {
		return nil, err
	}
	ids := make([]p.EntityID, 0, len(v.Doses))
	for i := range v.Doses {
		ids = append(ids, dots[i].Entity())
	}
	return ids, nil
}

func (v *Visit) also(tx store.Tx) error {
	if v.Also == nil {
		return nil
	}
	return v.Also(tx)
}

// visitPlace is where a visit is, unless it says so itself.
func (d *Desk) visitPlace(who Who, v *Visit) p.EntityID {
	place := d.Node.Identity().Place
	switch {
	case !v.Place.IsZero():
		return v.Place
	case d.Node.Identity().Role == registry.NodeHub && !d.areaOf(who).has(place):
		return who.Place // nothing is given at the seat of a hub
	}
	return place
}

// visitDrafts are the doses of a visit, first and in its order, and what it says of the person's coming. Somebody who is only being
// registered, in the same act, has no record yet.
func (d *Desk) visitDrafts(tx store.Tx, who Who, v *Visit, known registry.Known) ([]registry.Draft, error) {
	place, today := d.visitPlace(who, v), d.Today()
	known.Place = d.givesAt(who)
	visits := map[registry.Day]*visitDay{}
	days := v.days(place, today)
	for _, day := range days {
		visit, _, err := d.standing(tx, v.Subject, place, day)
		if err != nil {
			return nil, err
		}
		visit.session = v.Session
		visits[day] = visit
	}
	var verdicts map[int]forecast.Verdict
	var stops Stops
	var err error
	if !v.Paper { // what was given is given
		if verdicts, err = d.verdicts(tx, v, today); err != nil {
			return nil, err
		}
		if stops, err = d.stops(tx); err != nil {
			return nil, err
		}
	}
	there, err := recordedOn(tx, v)
	if err != nil {
		return nil, err
	}
	var drafts []registry.Draft
	for i, in := range v.Doses {
		wrong := func(err error) error { return &DoseError{Index: i, Vaccine: in.Vaccine, Err: err} }
		if in.Programme == 0 && d.Facility() == registry.PlaceClinic && (in.Source == 0 || in.FirstHand()) {
			in.Programme = registry.ProgrammePaid
		}
		fill(&in, v, place, today)
		if in.FirstHand() && in.GivenOn < today && in.Given() && in.Screening == 0 && d.Node.Identity().Role == registry.NodeStation {
			in.Screening = registry.ScreeningOnPaper // where else
		}
		if visit := visits[in.GivenOn]; visit != nil {
			visit.screens(&in)
		}
		if there(&in) {
			return nil, wrong(registry.Errors{{Field: "vaccine", Code: registry.CodeDoseRecorded, Params: map[string]any{"vaccine": in.Vaccine}}})
		}
		if !v.Paper {
			if err := allows(verdicts[i], &in, today); err != nil {
				return nil, wrong(err)
			}
			if err := stops.stopped(&in, today); err != nil {
				return nil, wrong(err)
			}
		}
		draft, err := registry.NewImmunization(in, known)
		if err != nil {
			return nil, wrong(err)
		}
		drafts = append(drafts, draft)
	}
	for _, day := range days {
		want, came := d.came(who, v, visits[day], today)
		if !came {
			continue
		}
		visited, err := visits[day].drafts(tx, v.Subject, want, today)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, visited...)
	}
	return drafts, nil
}

// days are the days on which a visit says that somebody was here, today's and the form's among them.
func (v *Visit) days(place p.EntityID, today registry.Day) []registry.Day {
	days := []registry.Day{cmp.Or(v.GivenOn, today)}
	for i := range v.Doses {
		in := v.Doses[i]
		fill(&in, v, place, today)
		if in.FirstHand() && in.Place == place && in.GivenOn > 0 && !slices.Contains(days, in.GivenOn) {
			days = append(days, in.GivenOn)
		}
	}
	return days
}

// recordedOn tells what is on record already of the day of a visit that is written off paper: another laptop, or the same person
// before, may have written it.
func recordedOn(tx store.Tx, v *Visit) (func(*registry.ImmunizationInput) bool, error) {
	none := func(*registry.ImmunizationInput) bool { return false }
	if !v.Paper {
		return none, nil
	}
	row, err := tx.SubjectRow(v.Subject)
	if err != nil || row == nil {
		return none, err
	}
	doses, err := tx.DosesOfCase(row.Case)
	return func(in *registry.ImmunizationInput) bool {
		return slices.ContainsFunc(doses, func(x project.ImmunizationRow) bool {
			return !x.Void && x.Vaccine == in.Vaccine && x.GivenOn == in.GivenOn && (x.NotDone == 0 || in.NotDone != 0)
		})
	}, err
}

// screens puts what was concluded when the person was screened into what is given on that day: nobody is asked twice.
func (v *visitDay) screens(in *registry.ImmunizationInput) {
	if !in.FirstHand() || in.GivenOn != v.day || in.Place != v.place {
		return
	}
	in.Screening = registry.Cautious(in.Screening, v.fold.Conclusion)
	if in.Temperature == 0 {
		in.Temperature = v.fold.Temperature
	}
}

// came is what a save says about the visit: who is given or refused something here today is here, was screened, and is
// watched from the last needle on. Of another day, and off paper, only what was written down is known. False: nobody came.
func (d *Desk) came(who Who, v *Visit, visit *visitDay, today registry.Day) (registry.VisitInput, bool) {
	want, came := visit.fold.VisitInput, false
	if d.Node.Identity().Role != registry.NodeStation {
		return want, false
	}
	now, later := d.Clock(), v.Paper || visit.day != today
	for i := range v.Doses {
		in := v.Doses[i]
		fill(&in, v, visit.place, today)
		if !in.FirstHand() || in.GivenOn != visit.day || in.Place != visit.place || in.NotDone == registry.NotDoneAbsent {
			continue
		}
		came = true
		switch {
		case !in.Given():
		case later:
			want.Dosed = max(want.Dosed, in.GivenClock)
			if want.Conclusion == 0 {
				want.Conclusion, want.Temperature, want.Paper = cmp.Or(in.Screening, registry.ScreeningOnPaper), in.Temperature, true
			}
		default:
			want.Dosed = max(want.Dosed, cmp.Or(in.GivenClock, now))
			if in.Screening != 0 && want.Conclusion == 0 {
				want.Screened, want.Conclusion, want.Screener = now, in.Screening, who.User
				want.Temperature, want.Paper = in.Temperature, in.Screening == registry.ScreeningOnPaper
			}
		}
	}
	if came && !later && want.Arrived == 0 {
		want.Arrived = now
	}
	if came && v.Paper {
		want.Paper, want.Weight = true, cmp.Or(v.Weight, want.Weight)
	}
	return want, came
}

// sawNow takes the form's word for what it had shown of the next date; a page without one (a script, the
// first visit) has seen what stands now. The field is soft: nobody is asked to choose between dates.
func sawNow(s *p.State, saw registry.Saw) registry.Saw {
	if saw != nil {
		return saw
	}
	return registry.SawOf(s)
}

func dayData(day registry.Day) p.Data {
	if day == 0 {
		return p.Null()
	}
	return p.Int(int64(day))
}

func knownOf(tx store.Tx, s *p.State, today registry.Day) (registry.Known, error) {
	subject := registry.SubjectOf(s)
	vaccine, err := vaccineKnown(tx)
	return registry.Known{Today: today, BirthDate: subject.BirthDate, BirthPrec: subject.BirthPrec, Vaccine: vaccine}, err
}

func fill(in *registry.ImmunizationInput, v *Visit, place p.EntityID, today registry.Day) {
	in.Subject = v.Subject
	if in.Place.IsZero() && (in.Source == 0 || in.Source == registry.SourceHere) {
		in.Place = place
	}
	if in.Source == 0 {
		in.Source = registry.SourceHere
	}
	if in.GivenOn == 0 {
		if in.GivenOn = v.GivenOn; in.GivenOn == 0 {
			in.GivenOn = today
		}
	}
	if in.GivenClock == 0 {
		in.GivenClock = v.GivenClock
	}
	if in.Screening == 0 {
		in.Screening = v.Screening
	}
	if in.Temperature == 0 {
		in.Temperature = v.Temperature
	}
	if in.Programme == 0 {
		in.Programme = registry.ProgrammeEPI
	}
	if in.Checked == 0 {
		in.Checked = v.Checked
	}
	if in.Against == "" {
		in.Against = v.Against
	}
}

// verdicts asks the schedule about what a visit gives here and today, by position in its doses, before it is
// saved. What a card tells in the same visit is known by then.
func (d *Desk) verdicts(tx store.Tx, v *Visit, today registry.Day) (map[int]forecast.Verdict, error) {
	var giving []string
	var at []int
	var told []forecast.Dose
	answered := v.Checked != 0
	for i := range v.Doses {
		in := v.Doses[i]
		fill(&in, v, p.EntityID{}, today)
		switch {
		case !in.Given():
		case isGivenNow(&in, today):
			giving, at = append(giving, in.Vaccine), append(at, i)
			answered = answered || in.Checked != 0
		case in.GivenOn != 0:
			answered = answered || in.Source == registry.SourceCard
			told = append(told, d.Node.Advisor().Told(&in))
		}
	}
	if len(giving) == 0 {
		return nil, nil
	}
	row, err := tx.SubjectRow(v.Subject)
	if err != nil || row == nil {
		return nil, err
	}
	q, err := d.question(tx, row.Case)
	if err != nil || q == nil {
		return nil, err
	}
	q.who.Doses = append(q.who.Doses, told...)
	know := forecast.Knowledge{Answered: answered}
	if !answered {
		if know, _, err = d.knowledge(tx, q, today); err != nil {
			return nil, err
		}
	}
	out := map[int]forecast.Verdict{}
	for i, verdict := range q.advisor.MayGive(&q.who, giving, today, know) {
		out[at[i]] = verdict
	}
	return out, nil
}

// isGivenNow reports whether a dose is one that this visit gives, and not one that is only written down: older
// doses were given, whatever a verdict says, and campaigns have rules of their own.
func isGivenNow(in *registry.ImmunizationInput, today registry.Day) bool {
	return in.Given() && in.FirstHand() && in.GivenOn == today && in.Programme != registry.ProgrammeOutbreak
}

// allows holds a dose against its verdict: what the schedule speaks against needs a reason, what has to be asked
// first an answer, and both are kept with the dose.
func allows(verdict forecast.Verdict, in *registry.ImmunizationInput, today registry.Day) error {
	if !isGivenNow(in, today) || in.Against != "" {
		return nil
	}
	switch verdict.Call {
	case forecast.Not:
		return registry.Errors{{Field: "against", Code: registry.CodeAgainst}}
	case forecast.Ask:
		return registry.Errors{{Field: "checked", Code: registry.CodeCheckedRequired}}
	}
	return nil
}

// givesAt returns what asks whether a dose may be said to be given at a place: by this machine, and in the places of who
// says so.
func (d *Desk) givesAt(who Who) func(p.EntityID) bool {
	a := d.areaOf(who)
	return func(place p.EntityID) bool { return a.has(place) && d.Node.MayRecordAt(place) }
}
