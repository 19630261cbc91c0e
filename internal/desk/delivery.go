package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// BirthDoses are the vaccines of the first hours, as a delivery room gives them: hepatitis B within 24 hours, and BCG (Circular
// 10/2024, schedule of the programme).
var BirthDoses = []string{"VGB0", "BCG"}

// birthsMax bounds how many born on one day are read for a shift: the largest hospitals see some 150 births a day.
const birthsMax = 500

// Delivery is one birth in a delivery room: the children of one mother, with what they were given.
type Delivery struct {
	// Mother is her own record, where she has one here; Saw is what the form had shown of it. Without one her name, year and
	// phone stand with each child.
	Mother p.EntityID
	Saw    registry.Saw
	Babies []Delivered
}

// Delivered is one child: what is registered, and the doses given, or not and why.
type Delivered struct {
	Subject registry.SubjectInput
	Doses   []registry.ImmunizationInput
}

// RecordDelivery registers the children of one birth with their first doses, as one act. They belong to the commune they will live
// in, wherever that is: the record and the doses go there with the next exchange. If somebody in the register is likely one of the
// children and force is false, nothing is written and they are returned. The error may be a *BabyError, and inside it a *DoseError.
func (d *Desk) RecordDelivery(ctx context.Context, who Who, b Delivery, force bool) ([]p.EntityID, []Candidate, error) {
	if err := may(who, rights.Create, registry.KindSubject); err != nil {
		return nil, nil, err
	}
	if err := may(who, rights.Create, registry.KindImmunization); err != nil {
		return nil, nil, err
	}
	if len(b.Babies) == 0 {
		return nil, nil, registry.Errors{{Field: "birth_date", Code: registry.CodeBirthRequired}}
	}
	place := d.Node.Identity().Place
	babies := slices.Clone(b.Babies)
	for i := range babies {
		in := &babies[i].Subject
		in.Group, in.BornAt = registry.GroupChild, place
		if len(babies) > 1 {
			in.BirthOrder = i + 1
		}
	}
	if !force {
		found, err := d.bornBefore(ctx, who, b.Mother, babies)
		if err != nil || len(found) > 0 {
			return nil, found, err
		}
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, entity func(int) p.EntityID) ([]registry.Draft, error) {
		return d.deliver(tx, who, b, slices.Clone(babies), entity)
	})
	if err != nil {
		return nil, nil, err
	}
	ids := make([]p.EntityID, 0, len(babies))
	for i := range babies {
		ids = append(ids, dots[i].Entity())
	}
	return ids, nil, nil
}

// bornBefore finds who may be one of the children already. Children of one birth who stand in the same form are not each other.
func (d *Desk) bornBefore(ctx context.Context, who Who, woman p.EntityID, babies []Delivered) ([]Candidate, error) {
	var found []Candidate
	for i := range babies {
		in := babies[i].Subject
		if !woman.IsZero() {
			if err := d.view(ctx, func(tx store.Tx) error {
				m, err := d.motherOf(tx, who, woman)
				if err == nil {
					d.fromMother(m, &in, Birth{})
				}
				return err
			}); err != nil {
				return nil, err
			}
		}
		likely, err := d.Candidates(ctx, who, in.Cleaned())
		if err != nil {
			return nil, err
		}
		for _, c := range likelyOnes(likely) {
			if !slices.ContainsFunc(found, func(f Candidate) bool { return f.Row.ID == c.Row.ID }) {
				found = append(found, c)
			}
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found, d.NoteListed(ctx, who, CandidateIDs(found)...)
}

// deliver makes the drafts of a delivery: the children first, in order of birth.
func (d *Desk) deliver(tx store.Tx, who Who, b Delivery, babies []Delivered, entity func(int) p.EntityID) ([]registry.Draft, error) {
	today, place := d.Today(), d.Node.Identity().Place
	vaccine, err := vaccineKnown(tx)
	if err != nil {
		return nil, err
	}
	stops, err := d.stops(tx)
	if err != nil {
		return nil, err
	}
	var drafts, after []registry.Draft
	var codes []registry.PersonCode
	var m *mother
	if !b.Mother.IsZero() {
		if m, err = d.motherOf(tx, who, b.Mother); err != nil {
			return nil, err
		}
	}
	for i := range babies {
		in := babies[i].Subject
		if m != nil {
			d.fromMother(m, &in, Birth{})
		}
		if in.Code, err = d.freshCode(tx, codes); err != nil {
			return nil, err
		}
		codes = append(codes, in.Code)
		if len(babies) == 1 {
			marks, err := d.oneBirth(tx, &in, nil) // a twin of whom only the first was written down then
			if err != nil {
				return nil, err
			}
			after = append(after, marks...)
		}
		draft, err := registry.NewSubject(in, today)
		if err != nil {
			return nil, &BabyError{Index: i, Err: err}
		}
		drafts = append(drafts, draft)
		known := registry.Known{Today: today, BirthDate: in.BirthDate, BirthPrec: in.Cleaned().BirthPrec, Vaccine: vaccine, Place: d.givesAt(who)}
		doses, err := d.birthDoses(&babies[i], &in, entity(i), place, known, stops)
		if err != nil {
			return nil, &BabyError{Index: i, Err: err}
		}
		after = append(after, doses...)
		visit, err := d.birthVisit(tx, who, &babies[i], entity(i), place, today)
		if err != nil {
			return nil, &BabyError{Index: i, Err: err}
		}
		after = append(after, visit...)
	}
	if m != nil {
		ended, err := d.delivered(m, babies[0].Subject.BirthDate, b.Saw, today)
		if err != nil {
			return nil, err
		}
		after = append(after, ended...)
	}
	return append(drafts, after...), nil
}

// delivered ends a woman's pregnancy with the birth of children on a day. One that is expected at another time is another.
func (d *Desk) delivered(m *mother, on registry.Day, saw registry.Saw, today registry.Day) ([]registry.Draft, error) {
	if m.Group != registry.GroupPregnant || !registry.EndsPregnancy(m.DueDate, on) {
		return nil, nil
	}
	draft, err := registry.EditSubject(m.state, endOf(registry.PregnancyBorn, on), sawNow(m.state, saw), today)
	return nonEmpty(draft), err
}

// endOf is what stands on a woman's record once a pregnancy has ended.
func endOf(end registry.PregnancyEnd, on registry.Day) registry.Patch {
	return registry.Patch{
		registry.SubjectGroup: p.Int(int64(registry.GroupAdult)), registry.SubjectDueDate: p.Null(), registry.SubjectLastPeriod: p.Null(),
		registry.SubjectPregnancyEnd: p.Int(int64(end)), registry.SubjectPregnancyOn: p.Int(int64(on)),
	}
}

// birthDoses makes the drafts of what a newborn was given here, or not and why. Whoever was born here has had no doses elsewhere.
func (d *Desk) birthDoses(x *Delivered, in *registry.SubjectInput, id, place p.EntityID, known registry.Known, stops Stops) ([]registry.Draft, error) {
	var giving []string
	for i := range x.Doses {
		if isGivenNow(&x.Doses[i], known.Today) {
			giving = append(giving, x.Doses[i].Vaccine)
		}
	}
	clean := in.Cleaned()
	row := project.SubjectRow{
		ID: id, Case: id, Sex: clean.Sex, BirthDate: clean.BirthDate, BirthPrec: clean.BirthPrec, BirthMinute: clean.BirthClock, Group: clean.Group,
		Conditions: registry.JoinConditions(clean.Conditions),
	}
	verdicts := d.Node.Advisor().Newborn(&row, d.Node.Areas(clean.Place, clean.Place), giving, known.Today)
	var out []registry.Draft
	for i, dose := range x.Doses {
		dose.Subject = id
		dose.Place = place
		dose.Source = registry.SourceHere
		dose.Programme = cmp.Or(dose.Programme, registry.ProgrammeEPI)
		fail := func(err error) ([]registry.Draft, error) {
			return nil, &DoseError{Index: i, Vaccine: dose.Vaccine, Err: err}
		}
		if dose.GivenOn == clean.BirthDate && dose.GivenClock != 0 && dose.GivenClock < clean.BirthClock {
			return fail(registry.Errors{{Field: "given_on", Code: registry.CodeDoseBeforeBirth, Params: map[string]any{"birth": clean.BirthDate}}})
		}
		if at := slices.Index(giving, dose.Vaccine); at >= 0 && at < len(verdicts) {
			if err := allows(verdicts[at], &dose, known.Today); err != nil {
				return fail(err)
			}
		}
		if err := stops.stopped(&dose, known.Today); err != nil {
			return fail(err)
		}
		draft, err := registry.NewImmunization(dose, known)
		if err != nil {
			return fail(err)
		}
		out = append(out, draft)
	}
	return out, nil
}

// birthVisit is the visit of a newborn that was given something today, so that it is watched like everybody.
func (d *Desk) birthVisit(tx store.Tx, who Who, x *Delivered, id, place p.EntityID, today registry.Day) ([]registry.Draft, error) {
	if d.Node.Identity().Role != registry.NodeStation {
		return nil, nil
	}
	var want registry.VisitInput
	for i := range x.Doses {
		in := &x.Doses[i]
		if !in.Given() || in.GivenOn != today {
			continue
		}
		want.Dosed = max(want.Dosed, cmp.Or(in.GivenClock, d.Clock()))
		want.Conclusion = in.Screening
	}
	if want.Dosed == 0 {
		return nil, nil
	}
	want.Arrived = d.Clock()
	if want.Conclusion != 0 {
		want.Screened, want.Screener = want.Arrived, who.User
		want.Paper = want.Conclusion == registry.ScreeningOnPaper
	}
	v := &visitDay{place: place, day: today}
	return v.drafts(tx, id, want, today)
}

// Newborn is one child of a shift.
type Newborn struct {
	Row       project.SubjectRow
	Subject   registry.Subject
	State     *p.State
	Doses     []project.ImmunizationRow // by date
	Residence string                    // name of the commune
}

// Dose is the newest record of a vaccine that stands; nil if there is none.
func (x *Newborn) Dose(vaccine string) *project.ImmunizationRow {
	for i := range slices.Backward(x.Doses) {
		if r := &x.Doses[i]; r.Vaccine == vaccine && !r.Void {
			return r
		}
	}
	return nil
}

// Shift lists who was born here from one moment to another, by the time of birth, the last first. What has no time of birth is told
// with its day. Whoever is listed is noted as seen.
func (d *Desk) Shift(ctx context.Context, who Who, from, until Moment) ([]Newborn, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	place := d.Node.Identity().Place
	var out []Newborn
	err := d.view(ctx, func(tx store.Tx) error {
		for day := from.Day; day <= until.Day; day++ {
			rows, err := tx.SubjectsByBlock(store.BlockQuery{BirthDate: day, Gone: true, Limit: birthsMax})
			if err != nil {
				return err
			}
			for i := range rows {
				row := &rows[i]
				minute, timed := row.BirthMinute.Minute()
				at := Moment{Day: row.BirthDate, Minute: minute}
				if row.Void || row.BirthDate != day || timed && (at.Before(from) || !at.Before(until)) {
					continue
				}
				s, err := tx.State(row.ID)
				if err != nil {
					return err
				}
				if s == nil {
					continue
				}
				x := Newborn{Row: *row, Subject: registry.SubjectOf(s), State: s}
				if x.Subject.BornAt != place {
					continue
				}
				if x.Doses, err = tx.DosesOfCase(row.Case); err != nil {
					return err
				}
				if home, err := tx.Place(row.Residence); err != nil {
					return err
				} else if home != nil {
					x.Residence = home.Name
				}
				masked(who, &x.Row)
				out = append(out, x)
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Newborn) int {
		return cmp.Or(cmp.Compare(b.Row.BirthDate, a.Row.BirthDate), cmp.Compare(b.Row.BirthMinute, a.Row.BirthMinute), cmp.Compare(a.Row.BirthOrder, b.Row.BirthOrder))
	})
	return out, d.NoteListed(ctx, who, idsOf(out, func(x *Newborn) p.EntityID { return x.Row.ID })...)
}

// Moment is a minute of a day.
type Moment struct {
	Day    registry.Day
	Minute int // after midnight
}

// Before reports whether a moment comes before another.
func (m Moment) Before(o Moment) bool { return m.minutes() < o.minutes() }

// Minutes is how many minutes lie between two moments.
func (m Moment) Minutes(since Moment) int { return int(m.minutes() - since.minutes()) }

func (m Moment) minutes() int64 { return int64(m.Day)*24*60 + int64(m.Minute) }
