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

// Queued is somebody who is here this day, and how far they are.
type Queued struct {
	Subject project.SubjectRow
	AskHome bool           // as Expected.AskHome
	Visit   registry.Visit // of all laptops together; without an id where only doses tell of it
	Stage   registry.Stage
	Due     []project.DueRow          // what is due or overdue; only of those who wait
	Doses   []project.ImmunizationRow // of this day, those not given among them
}

// Watched returns for how many minutes somebody has been watched at a time of day. Whoever has no needle's time is not watched.
func (q *Queued) Watched(now registry.Clock) int { return watched(&q.Visit.VisitInput, now) }

func watched(v *registry.VisitInput, now registry.Clock) int {
	from, _ := v.Dosed.Minute()
	to, _ := now.Minute()
	return max(0, to-from)
}

// Over reports whether the half hour of somebody who is watched is over.
func (q *Queued) Over(now registry.Clock) bool {
	return q.Stage == registry.StageWatch && q.Watched(now) >= registry.WatchMinutes
}

// Clock is the place's time of day.
func (d *Desk) Clock() registry.Clock {
	now := d.Node.Now().UTC().Add(registry.VietnamOffset)
	return registry.NewClock(now.Hour(), now.Minute())
}

// queue reads who is here: who has a visit, and who was given something without one. By when they came to their stage, the
// longest there first.
func queue(tx store.Tx, place p.EntityID, day registry.Day, doses []project.ImmunizationRow, home *Home) ([]Queued, error) {
	states, err := recordedAt(tx, registry.KindVisit, place, day, day+1)
	if err != nil {
		return nil, err
	}
	at := map[p.EntityID]int{} // by case
	var out []Queued
	find := func(subject p.EntityID) (int, error) {
		row, err := tx.SubjectRow(subject)
		if err != nil || row == nil {
			return -1, err
		}
		i, known := at[row.Case]
		if !known {
			i = len(out)
			at[row.Case] = i
			out = append(out, Queued{Subject: *row, AskHome: home.Asks(row)})
		}
		return i, nil
	}
	visits := map[int][]registry.Visit{}
	for _, s := range states {
		v := registry.VisitOf(s)
		k, err := find(v.Subject)
		if err != nil {
			return nil, err
		}
		if k >= 0 {
			visits[k] = append(visits[k], v)
		}
	}
	for i := range doses {
		if doses[i].Void || doses[i].Subject.IsZero() || doses[i].Source != registry.SourceHere {
			continue
		}
		k, err := find(doses[i].Subject)
		if err != nil {
			return nil, err
		}
		if k >= 0 {
			out[k].Doses = append(out[k].Doses, doses[i])
		}
	}
	for k := range out {
		out[k].Visit = registry.FoldVisits(visits[k])
		out[k].settle()
	}
	out = slices.DeleteFunc(out, func(q Queued) bool { return q.Stage == registry.StageAbsent })
	slices.SortStableFunc(out, func(a, b Queued) int { return cmp.Compare(a.since(), b.since()) })
	return out, nil
}

// settle holds a visit against the doses. They are the truth of what was given: a visit whose doses were all taken back was
// not dosed, and one that says nothing of a needle was if there is one.
func (q *Queued) settle() {
	given, refused, last := false, false, registry.Clock(0)
	for i := range q.Doses {
		switch d := &q.Doses[i]; {
		case d.NotDone == 0:
			given, last = true, max(last, d.GivenMinute)
		case d.NotDone != registry.NotDoneAbsent:
			refused = true
		}
	}
	v := &q.Visit.VisitInput
	switch {
	case !given && v.Dosed != 0 && v.Arrived == v.Dosed && !refused:
		// One save had said that they were here and had a dose. That dose was another's, or never given: so were they.
		*v = registry.VisitInput{Subject: v.Subject, Place: v.Place, Session: v.Session, Day: v.Day}
	case !given:
		v.Dosed = 0
	case last != 0:
		v.Dosed = last
	}
	if q.Stage = v.Stage(); q.Stage < registry.StageWatch && (given || refused) {
		q.Stage = registry.StageDone // without a time there is nobody to watch
	}
}

// since is when somebody came to where they are.
func (q *Queued) since() registry.Clock {
	v := &q.Visit
	switch q.Stage {
	case registry.StageArrived:
		return v.Arrived
	case registry.StageReady:
		return cmp.Or(v.Screened, v.Arrived)
	case registry.StageWatch:
		return v.Dosed
	}
	return cmp.Or(v.Gone, v.Dosed, v.Screened, v.Arrived)
}

// visitDay is what is known of one person's coming to this place on a day.
type visitDay struct {
	place  p.EntityID
	day    registry.Day
	states []*p.State // by id, without those entered in error
	fold   registry.Visit
	// session is the one to which it belongs, zero: the one that is on.
	session p.EntityID
}

// visitOf reads the visits of a person, and of whoever is linked to them, at this place on a day.
func (d *Desk) visitOf(tx store.Tx, subject p.EntityID, day registry.Day) (*visitDay, error) {
	return d.visitAt(tx, subject, d.Node.Identity().Place, day)
}

// visitAt is visitOf at a place.
func (d *Desk) visitAt(tx store.Tx, subject, place p.EntityID, day registry.Day) (*visitDay, error) {
	out := &visitDay{place: place, day: day}
	ids := []p.EntityID{subject}
	row, err := tx.SubjectRow(subject)
	if err != nil {
		return nil, err
	}
	if row != nil {
		linked, err := tx.SubjectsOfCase(row.Case)
		if err != nil {
			return nil, err
		}
		for i := range linked {
			if linked[i].ID != subject {
				ids = append(ids, linked[i].ID)
			}
		}
	}
	rows, err := tx.RecordsOf(registry.KindVisit, ids...)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r project.RecordRow) bool { return r.Day != day || r.Place != out.place })
	if out.states, err = recorded(tx, rows); err != nil {
		return nil, err
	}
	var all []registry.Visit
	for _, s := range out.states {
		all = append(all, registry.VisitOf(s))
	}
	slices.SortFunc(out.states, func(a, b *p.State) int { return a.ID.Compare(b.ID) })
	out.fold = registry.FoldVisits(all)
	return out, nil
}

// drafts bring the day's visit to what want says. Where two laptops made two of it, both say so from then on: what is taken
// back in one would come again out of the other.
func (v *visitDay) drafts(tx store.Tx, subject p.EntityID, want registry.VisitInput, today registry.Day) ([]registry.Draft, error) {
	if len(v.states) == 0 {
		want.Subject, want.Place, want.Day, want.Session = subject, v.place, v.day, v.session
		on := openSessions
		if v.day < today { // those have ended
			on = sessionsOn
		}
		held, err := on(tx, v.place, v.day)
		if err != nil {
			return nil, err
		}
		if want.Session.IsZero() && len(held) == 1 { // of several nobody said which
			want.Session = held[0].ID
		}
		draft, err := registry.NewVisit(want, today)
		return nonEmpty(draft), err
	}
	var out []registry.Draft
	for _, s := range v.states {
		own := registry.VisitOf(s)
		want.Subject, want.Place, want.Day, want.Session = own.Subject, own.Place, own.Day, own.Session
		draft, err := registry.EditVisit(s, want, registry.SawOf(s), today)
		if err != nil {
			return nil, err
		}
		out = append(out, nonEmpty(draft)...)
	}
	return out, nil
}

// sessionsOn are the sessions of a place on a day that were not cancelled.
func sessionsOn(tx store.Tx, place p.EntityID, day registry.Day) ([]*p.State, error) {
	all, err := recordedAt(tx, registry.KindSession, place, day, day+1)
	return slices.DeleteFunc(all, func(s *p.State) bool { return !s.Get(registry.SessionCancelled).IsNull() }), err
}

// openSessions are those of them that have not ended.
func openSessions(tx store.Tx, place p.EntityID, day registry.Day) ([]*p.State, error) {
	all, err := sessionsOn(tx, place, day)
	return slices.DeleteFunc(all, func(s *p.State) bool { return !s.Get(registry.SessionClosed).IsNull() }), err
}

// Visiting is what a person's page shows of their visit today.
type Visiting struct {
	Visit    registry.Visit
	Stage    registry.Stage
	Screener string // name of who signed, "" if nobody did or is not known here
	Second   string
	// WantsSecond says that this place asks for a second signature and it is missing.
	WantsSecond bool
}

// VisitToday reads the visit of one person today. Who looks at them was written down by [Desk.Open].
func (d *Desk) VisitToday(ctx context.Context, who Who, subject p.EntityID) (*Visiting, error) {
	if err := may(who, rights.Read, registry.KindVisit); err != nil {
		return nil, err
	}
	out := &Visiting{}
	err := d.view(ctx, func(tx store.Tx) error {
		v, q, err := d.standing(tx, subject, d.Node.Identity().Place, d.Today())
		if err != nil {
			return err
		}
		out.Visit, out.Stage = q.Visit, q.Stage
		if out.Screener, err = userName(tx, v.fold.Screener); err != nil {
			return err
		}
		if out.Second, err = userName(tx, v.fold.Second); err != nil {
			return err
		}
		wants, err := wantsSecond(tx, d.Node.Identity().Place)
		out.WantsSecond = wants && lacksSecond(&v.fold.VisitInput)
		return err
	})
	return out, err
}

func userName(tx store.Tx, id p.EntityID) (string, error) {
	if id.IsZero() {
		return "", nil
	}
	u, err := tx.User(id)
	if err != nil || u == nil {
		return "", err
	}
	return u.Name, nil
}
