package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"

	"tramy/internal/forecast"
	"tramy/internal/node"
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
	place := d.Node.Identity().Place
	if d.Node.Identity().Role == registry.NodeHub && !d.areaOf(who).has(place) {
		place = who.Place // nothing is given at the seat of a hub
	}
	today := d.Today()
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
		known, err := knownOf(tx, s, today)
		if err != nil {
			return nil, err
		}
		known.Place = d.givesAt(who)
		visit, err := d.visitOf(tx, v.Subject, today)
		if err != nil {
			return nil, err
		}
		verdicts, err := d.verdicts(tx, &v, today)
		if err != nil {
			return nil, err
		}
		stops, err := d.stops(tx)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for i, in := range v.Doses {
			if in.Programme == 0 && d.Facility() == registry.PlaceClinic && (in.Source == 0 || in.FirstHand()) {
				in.Programme = registry.ProgrammePaid
			}
			fill(&in, &v, place, today)
			visit.screens(&in)
			if err := allows(verdicts[i], &in, today); err != nil {
				return nil, &DoseError{Index: i, Vaccine: in.Vaccine, Err: err}
			}
			if err := stops.stopped(&in, today); err != nil {
				return nil, &DoseError{Index: i, Vaccine: in.Vaccine, Err: err}
			}
			draft, err := registry.NewImmunization(in, known)
			if err != nil {
				return nil, &DoseError{Index: i, Vaccine: in.Vaccine, Err: err}
			}
			drafts = append(drafts, draft)
		}
		if v.HasNext {
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectNextDate: dayData(v.NextDate)}, sawNow(s, v.Saw), today)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		if want, came := d.came(who, &v, visit, today); came {
			visited, err := visit.drafts(tx, v.Subject, want, today)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, visited...)
		}
		return append(drafts, d.takeBack(s)...), nil
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

// screens puts what was concluded when the person was screened into what is given on that day: nobody is asked twice.
func (v *visitDay) screens(in *registry.ImmunizationInput) {
	if !in.FirstHand() || in.GivenOn != v.day {
		return
	}
	in.Screening = registry.Cautious(in.Screening, v.fold.Conclusion)
	if in.Temperature == 0 {
		in.Temperature = v.fold.Temperature
	}
}

// came is what a save says about the visit: who is given or refused something here today is here, was screened, and is
// watched from the last needle on. False: nobody came.
func (d *Desk) came(who Who, v *Visit, visit *visitDay, today registry.Day) (registry.VisitInput, bool) {
	want, came := visit.fold.VisitInput, false
	if d.Node.Identity().Role != registry.NodeStation {
		return want, false
	}
	now := d.Clock()
	for i := range v.Doses {
		in := v.Doses[i]
		fill(&in, v, visit.place, today)
		if !in.FirstHand() || in.GivenOn != today || in.Place != visit.place || in.NotDone == registry.NotDoneAbsent {
			continue
		}
		came = true
		if in.Given() {
			want.Dosed = max(want.Dosed, cmp.Or(in.GivenClock, now))
			if in.Screening != 0 && want.Conclusion == 0 {
				want.Screened, want.Conclusion, want.Screener = now, in.Screening, who.User
				want.Temperature, want.Paper = in.Temperature, in.Screening == registry.ScreeningOnPaper
			}
		}
	}
	if came && want.Arrived == 0 {
		want.Arrived = now
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

// Amend corrects one dose. Moving it to another subject is a patch of its subject: both records then tell of it.
func (d *Desk) Amend(ctx context.Context, who Who, id p.EntityID, patch registry.Patch, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, err
		}
		subject := registry.ImmunizationOf(s).Subject
		if to, ok := patch[p.FieldSubject]; ok {
			if subject, _ = to.Ref(); !subject.IsZero() {
				if err := d.mine(tx, who, subject); err != nil {
					return nil, err
				}
			}
		}
		owner, err := tx.State(subject)
		if err != nil {
			return nil, err
		}
		known := registry.Known{Today: d.Today()}
		if owner != nil {
			if known, err = knownOf(tx, owner, d.Today()); err != nil {
				return nil, err
			}
		}
		if _, moved := patch[p.FieldPlace]; moved {
			known.Place = d.givesAt(who)
		}
		var marks []registry.Draft
		if to, ok := patch[p.FieldSubject]; ok && !subject.IsZero() && !to.IsNull() {
			patch = maps.Clone(patch)
			if marks, err = d.moveDose(tx, s, subject, patch); err != nil {
				return nil, err
			}
			// Soft, and of no form: it follows from the move.
			saw = maps.Clone(saw)
			saw[registry.DoseMovedFrom] = registry.SawOf(s)[registry.DoseMovedFrom]
		}
		draft, err := registry.AmendImmunization(s, patch, saw, known)
		if err != nil {
			return nil, err
		}
		return append(nonEmpty(draft), marks...), nil
	})
	return ignoreNothing(err)
}

// VoidDose marks a dose as entered in error.
func (d *Desk) VoidDose(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	if err := may(who, rights.Void, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, err
		}
		draft, err := registry.Void(s, reason, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// Dose reads one dose and writes down who looked at its subject.
func (d *Desk) Dose(ctx context.Context, who Who, id p.EntityID) (*DoseView, error) {
	if err := may(who, rights.Read, registry.KindImmunization); err != nil {
		return nil, err
	}
	var out *DoseView
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.ImmunizationRow(id)
		if err != nil {
			return err
		}
		if row == nil {
			return ErrNotFound
		}
		if _, err := d.readable(tx, who, row.Case); err != nil {
			return err
		}
		if subject, err := tx.SubjectRow(row.Subject); err != nil {
			return err
		} else if subject != nil {
			if _, err := d.mayOpen(tx, who, subject); err != nil {
				return err
			}
		}
		views, err := d.doses(tx, row.Case)
		if err != nil {
			return err
		}
		for i := range views {
			if views[i].ID == id {
				out = &views[i]
			}
		}
		if out == nil {
			return ErrNotFound
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.note(ctx, who, registry.ActView, out.Subject, "")
}

// ignoreNothing: a form saved without a change is no error.
func ignoreNothing(err error) error {
	if errors.Is(err, node.ErrNothing) {
		return nil
	}
	return err
}
