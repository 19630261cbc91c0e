package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// metaSecond says that screenings at this machine are signed by two, as versions did that had no answer for a station (registry.KindPractice).
const metaSecond = "desk.second_signature"

// homeMax is how many are sent home in one act; more are sent in several. Each may have a visit of two laptops.
const homeMax = p.ActChangesMax / 2

// Arrive notes that somebody is here. Whoever is here already stays where they are.
func (d *Desk) Arrive(ctx context.Context, who Who, subject p.EntityID) error {
	return d.step(ctx, who, subject, func(v *registry.VisitInput, stage registry.Stage) error {
		if stage != registry.StageAbsent {
			return node.ErrNothing
		}
		v.Arrived = d.Clock()
		return nil
	})
}

// step changes the visit of one person today, in one act. Who is not on this machine cannot come.
func (d *Desk) step(ctx context.Context, who Who, subject p.EntityID, change func(*registry.VisitInput, registry.Stage) error) error {
	if err := may(who, rights.Create, registry.KindVisit); err != nil {
		return err
	}
	today := d.Today()
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, subject, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, subject); err != nil {
			return nil, err
		}
		v, q, err := d.standing(tx, subject, d.Node.Identity().Place, today)
		if err != nil {
			return nil, err
		}
		want := v.fold.VisitInput
		if err := change(&want, q.Stage); err != nil {
			return nil, err
		}
		drafts, err := v.drafts(tx, subject, want, today)
		return append(drafts, d.takeBack(s)...), err
	})
	return ignoreNothing(err)
}

// standing reads a visit, and how the doses and it together say that the person stands.
func (d *Desk) standing(tx store.Tx, subject, place p.EntityID, day registry.Day) (*visitDay, *Queued, error) {
	v, err := d.visitAt(tx, subject, place, day)
	if err != nil {
		return nil, nil, err
	}
	q := &Queued{Visit: v.fold}
	row, err := tx.SubjectRow(subject)
	if err != nil {
		return nil, nil, err
	}
	if row != nil {
		if q.Doses, err = tx.DosesOfCase(row.Case); err != nil {
			return nil, nil, err
		}
	}
	q.Doses = slices.DeleteFunc(q.Doses, func(x project.ImmunizationRow) bool {
		return x.Void || x.GivenOn != day || x.Place != place || x.Source != registry.SourceHere
	})
	if q.settle(); q.Stage == registry.StageAbsent {
		v.fold = q.Visit // whoever was not here after all begins anew, with nothing left of another's visit
	}
	return v, q, nil
}

// Before is how a visit stood before an act, so that the act can be taken back.
func (d *Desk) Before(ctx context.Context, subject p.EntityID) (registry.VisitInput, error) {
	var out registry.VisitInput
	err := d.view(ctx, func(tx store.Tx) error {
		v, err := d.visitOf(tx, subject, d.Today())
		if err == nil {
			out = v.fold.VisitInput
		}
		return err
	})
	return out, err
}

// VisitBefore is how a visit of some day stood before an act.
type VisitBefore struct {
	Place p.EntityID
	Day   registry.Day
	registry.VisitInput
}

// Befores is how the visits stood of which a save says something, on each of its days.
func (d *Desk) Befores(ctx context.Context, who Who, v *Visit) ([]VisitBefore, error) {
	var out []VisitBefore
	place := d.visitPlace(who, v)
	err := d.view(ctx, func(tx store.Tx) error {
		for _, day := range v.days(place, d.Today()) {
			visit, err := d.visitAt(tx, v.Subject, place, day)
			if err != nil {
				return err
			}
			out = append(out, VisitBefore{place, day, visit.fold.VisitInput})
		}
		return nil
	})
	return out, err
}

// PutBack brings a visit of today back to how it stood before an act.
func (d *Desk) PutBack(ctx context.Context, who Who, subject p.EntityID, before registry.VisitInput) error {
	return d.step(ctx, who, subject, func(v *registry.VisitInput, _ registry.Stage) error {
		*v = before
		return nil
	})
}

// SendHome closes the watch of people, all whose half hour is over or, if early, of whoever is watched. It returns whom it
// closed: others were sent home at another device meanwhile, or their time is not over.
func (d *Desk) SendHome(ctx context.Context, who Who, early bool, subjects ...p.EntityID) ([]p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindVisit); err != nil {
		return nil, err
	}
	today, now := d.Today(), d.Clock()
	var sent []p.EntityID
	for part := range slices.Chunk(setOf(subjects), homeMax) {
		var here []p.EntityID
		_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			here = here[:0]
			var out []registry.Draft
			for _, id := range part {
				if err := d.mine(tx, who, id); err != nil {
					return nil, err
				}
				v, q, err := d.standing(tx, id, d.Node.Identity().Place, today)
				if err != nil {
					return nil, err
				}
				if q.Stage != registry.StageWatch || !early && !q.Over(now) {
					continue
				}
				want := v.fold.VisitInput
				want.Dosed = cmp.Or(want.Dosed, q.Visit.Dosed) // whose dose came without a visit
				want.Gone, want.GoneBy = now, who.User
				drafts, err := v.drafts(tx, id, want, today)
				if err != nil {
					return nil, err
				}
				out, here = append(out, drafts...), append(here, id)
			}
			return out, nil
		})
		if err := ignoreNothing(err); err != nil {
			return sent, err
		}
		sent = append(sent, here...)
	}
	return sent, nil
}

// StepBack takes the last step of a visit back, if it still stands where the page had shown it.
func (d *Desk) StepBack(ctx context.Context, who Who, subject p.EntityID, shown registry.Stage) error {
	return d.step(ctx, who, subject, func(v *registry.VisitInput, stage registry.Stage) error {
		if stage != shown {
			return node.ErrNothing
		}
		switch {
		case v.Gone != 0:
			v.Gone, v.GoneBy = 0, p.EntityID{}
		case v.Conclusion != 0 || v.Screened != 0:
			v.ClearScreening()
		case v.Arrived != 0:
			v.Arrived = 0
		}
		return nil
	})
}

// Screened is one press of save of a screening.
type Screened struct {
	Subject     p.EntityID
	Conclusion  registry.Screening
	Findings    []string
	Temperature int // tenths of a degree Celsius
	Weight      int // grams
	Paper       bool
	Note        string
	// Shown is the conclusion that the page had shown, 0 if there was none: another one is not replaced unseen.
	Shown registry.Screening
	// NotDone are the vaccines that are recorded as not given for this conclusion.
	NotDone []string
	// NextDate is to be written if HasNext (0: none).
	NextDate registry.Day
	HasNext  bool
}

// Screen saves a screening, signed by who acts, with what is not given because of it, as one act. It returns the ids of the
// doses not given.
func (d *Desk) Screen(ctx context.Context, who Who, in Screened) ([]p.EntityID, error) {
	if err := may(who, rights.Create, registry.KindVisit); err != nil {
		return nil, err
	}
	if in.Conclusion == 0 {
		return nil, registry.Errors{{Field: "conclusion", Code: registry.CodeRequired}}
	}
	why := registry.NotDoneFor(in.Conclusion)
	if why == 0 {
		in.NotDone = nil
	} else if err := may(who, rights.Create, registry.KindImmunization); err != nil {
		return nil, err
	}
	today, now := d.Today(), d.Clock()
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, in.Subject, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, in.Subject); err != nil {
			return nil, err
		}
		v, _, err := d.standing(tx, in.Subject, d.Node.Identity().Place, today)
		if err != nil {
			return nil, err
		}
		want := v.fold.VisitInput
		if want.Conclusion != in.Shown && want.Conclusion != in.Conclusion {
			return nil, registry.Errors{{Field: "conclusion", Code: registry.CodeScreenedOtherwise}}
		}
		want.ClearScreening()
		want.Screened, want.Conclusion, want.Findings = now, in.Conclusion, in.Findings
		want.Temperature, want.Weight, want.Paper, want.Note = in.Temperature, in.Weight, in.Paper, in.Note
		want.Screener = who.User
		if want.Arrived == 0 {
			want.Arrived = now
		}
		known, err := knownOf(tx, s, today)
		if err != nil {
			return nil, err
		}
		known.Place = d.givesAt(who)
		var out []registry.Draft
		for i, code := range in.NotDone {
			draft, err := registry.NewImmunization(registry.ImmunizationInput{
				Subject: in.Subject, Place: v.place, Vaccine: code, GivenOn: today, GivenClock: now, Source: registry.SourceHere,
				Programme: registry.ProgrammeEPI, NotDone: why, Screening: in.Conclusion, Temperature: in.Temperature, Note: in.Note,
			}, known)
			if err != nil {
				return nil, &DoseError{Index: i, Vaccine: code, Err: err}
			}
			out = append(out, draft)
		}
		visit, err := v.drafts(tx, in.Subject, want, today)
		if err != nil {
			return nil, err
		}
		out = append(out, visit...)
		if in.HasNext {
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectNextDate: dayData(in.NextDate)}, registry.SawOf(s), today)
			if err != nil {
				return nil, err
			}
			out = append(out, nonEmpty(draft)...)
		}
		return append(out, d.takeBack(s)...), nil
	})
	if err := ignoreNothing(err); err != nil {
		return nil, err
	}
	var ids []p.EntityID
	for i := range in.NotDone {
		ids = append(ids, dots[i].Entity())
	}
	return ids, nil
}

// Countersign signs today's screening of somebody as the second person. Who signed it first cannot.
func (d *Desk) Countersign(ctx context.Context, who Who, subject p.EntityID, shown registry.Screening) error {
	return d.step(ctx, who, subject, func(v *registry.VisitInput, _ registry.Stage) error {
		switch {
		case v.Conclusion == 0 || v.Conclusion != shown:
			return registry.Errors{{Field: "conclusion", Code: registry.CodeScreenedOtherwise}}
		case v.Screener == who.User:
			return registry.Errors{{Field: "second_screener", Code: registry.CodeSignedAlready}}
		}
		v.Second = who.User
		return nil
	})
}

func lacksSecond(v *registry.VisitInput) bool {
	return v.Conclusion != 0 && v.Second.IsZero()
}

// practices reads how this station works; two machines that heard nothing of each other may each have written it.
func practices(tx store.Tx, place p.EntityID) ([]*p.State, error) {
	return recordedAt(tx, registry.KindPractice, place, 0, 0)
}

// wantsSecond is what the station's head said for all its machines or, until then, for this one.
func wantsSecond(tx store.Tx, place p.EntityID) (bool, error) {
	all, err := practices(tx, place)
	if err != nil || len(all) > 0 {
		return slices.ContainsFunc(all, registry.WantsSecond), err
	}
	b, err := tx.Meta(metaSecond)
	return len(b) > 0, err
}

// WantsSecond reports whether this place asks for a second signature under each screening.
func (d *Desk) WantsSecond(ctx context.Context) (out bool, err error) {
	err = d.view(ctx, func(tx store.Tx) (err error) {
		out, err = wantsSecond(tx, d.Node.Identity().Place)
		return err
	})
	return out, err
}

// SecondAlone reports whether this machine alone asks for it, as it was told before there was one answer for the station.
func (d *Desk) SecondAlone(ctx context.Context) (alone bool, err error) {
	err = d.view(ctx, func(tx store.Tx) error {
		all, err := practices(tx, d.Node.Identity().Place)
		if err != nil || len(all) > 0 {
			return err
		}
		b, err := tx.Meta(metaSecond)
		alone = len(b) > 0
		return err
	})
	return alone, err
}

// SetSecond decides it, for all machines of this station. It is the head's to say.
func (d *Desk) SetSecond(ctx context.Context, who Who, on bool) error {
	return d.setPractice(ctx, who, func(_ store.Tx, place p.EntityID) (registry.Draft, error) {
		return registry.NewPractice(place, on)
	}, func(s *p.State) (registry.Draft, error) { return registry.SetSecond(s, on) })
}

// TakenBack is a visit's save to be taken back: its doses, the day to come again, and the visit as it stood before.
type TakenBack struct {
	Subject p.EntityID
	Doses   []p.EntityID
	Before  registry.VisitInput
	Visited bool          // the save had written the visit
	Befores []VisitBefore // the same, of a save that wrote those of several days, or of another
	Next    registry.Day
	HasNext bool // the save had written Next
}

// TakeBack takes back what a visit or a screening recorded, as one act.
func (d *Desk) TakeBack(ctx context.Context, who Who, t TakenBack, reason string) error {
	today := d.Today()
	if len(t.Doses) > 0 {
		if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
			return err
		}
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var out []registry.Draft
		for _, id := range t.Doses {
			s, err := state(tx, id, registry.KindImmunization)
			if err != nil {
				return nil, err
			}
			if err := d.mineDose(tx, who, s); err != nil {
				return nil, err
			}
			draft, err := registry.Void(s, reason, registry.SawOf(s))
			if err != nil {
				return nil, err
			}
			out = append(out, nonEmpty(draft)...)
		}
		if t.HasNext {
			s, err := state(tx, t.Subject, registry.KindSubject)
			if err != nil {
				return nil, err
			}
			draft, err := registry.EditSubject(s, registry.Patch{registry.SubjectNextDate: dayData(t.Next)}, registry.SawOf(s), today)
			if err != nil {
				return nil, err
			}
			out = append(out, nonEmpty(draft)...)
		}
		befores := t.Befores
		if t.Visited {
			befores = append(befores, VisitBefore{d.Node.Identity().Place, today, t.Before})
		}
		for i := range befores {
			b := &befores[i]
			v, err := d.visitAt(tx, t.Subject, b.Place, b.Day)
			if err != nil {
				return out, err
			}
			if len(v.states) == 0 {
				continue
			}
			drafts, err := v.drafts(tx, t.Subject, b.VisitInput, today)
			if err != nil {
				return nil, err
			}
			out = append(out, drafts...)
		}
		return out, nil
	})
	return ignoreNothing(err)
}
