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

// Today is what the first page of a station shows for a day: who is to come, who was seen.
type Today struct {
	Day registry.Day
	// Sessions are those held here or at a place that shares the register, this place's first.
	Sessions []Held
	Due      []Expected // something is due, or they were told to come on this day
	Overdue  []Expected // something is overdue, or they did not come on theirs; longest ago first
	Seen     []Seen     // by time, latest first
	// DueMore and OverdueMore count those of the two lists who come behind the ones that were asked for, and were not read.
	DueMore, OverdueMore int
	Queue                []Queued // who is here, by stage and how long they have been in it
	Doses                int      // given this day
}

// Expected is somebody who is to come.
type Expected struct {
	Subject project.SubjectRow
	Due     []project.DueRow // what is due or overdue, longest first
	Booked  bool             // somebody told them to come on this day
	At      registry.Clock   // the hour at which a session here expects them; 0: none
	AskHome bool             // their commune was split, and nobody knows in which part they live
	Since   registry.Day     // when they became due or, if something is overdue, overdue; or were told to come
}

// Seen is somebody who was here this day.
type Seen struct {
	Subject project.SubjectRow
	AskHome bool // as Expected.AskHome
	Doses   []project.ImmunizationRow
}

// Bounds of the day's list: how far back it looks, and how many it reads of those who were told to come.
const (
	overdueDays = 365
	expectedMax = 500
)

// showTold, as how many ListToday shows, is only those who were told to come on the day.
const showTold = -1

// ListToday makes the day's list for this node's place. Of those who are to come it reads the records of the first show
// in each part (0: of all); the others are counted.
func (d *Desk) ListToday(ctx context.Context, who Who, day registry.Day, show int) (Today, error) {
	t := Today{Day: day}
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return t, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return t, err
	}
	place, home := d.Node.Identity().Place, d.Home()
	homes, mine := home.Residences(), d.areaOf(who)
	if d.Node.Identity().Role == registry.NodeHub {
		var any bool
		if homes, any = d.residencesOf(who); !any {
			return t, nil
		}
	}
	err := d.view(ctx, func(tx store.Tx) error {
		var doses []project.ImmunizationRow
		if mine.has(place) {
			var err error
			if doses, err = tx.DosesOn([]p.EntityID{place}, day); err != nil {
				return err
			}
		}
		seen, err := t.seen(tx, doses, &home)
		if err != nil {
			return err
		}
		if mine.has(place) {
			if t.Queue, err = queue(tx, place, day, doses, &home); err != nil {
				return err
			}
			if err := t.wanted(tx); err != nil {
				return err
			}
		}
		for i := range t.Queue {
			seen[t.Queue[i].Subject.Case] = i
		}
		calls, err := d.callsToday(tx, who, &t)
		if err != nil {
			return err
		}
		return t.expected(d, tx, &home, homes, calls, seen, show)
	})
	if err != nil {
		return t, err
	}
	t.masked(who)
	people := idsOf(t.Seen, func(x *Seen) p.EntityID { return x.Subject.ID })
	people = append(people, idsOf(t.Queue, func(x *Queued) p.EntityID { return x.Subject.ID })...)
	for _, list := range [][]Expected{t.Due, t.Overdue} {
		for i := range list {
			people = append(people, list[i].Subject.ID)
		}
	}
	if len(people) == 0 {
		return t, nil
	}
	return t, d.NoteListed(ctx, who, people...)
}

// masked takes out what a list does not show to a person.
func (t *Today) masked(who Who) {
	for i := range t.Due {
		masked(who, &t.Due[i].Subject)
	}
	for i := range t.Overdue {
		masked(who, &t.Overdue[i].Subject)
	}
	for i := range t.Seen {
		masked(who, &t.Seen[i].Subject)
	}
	for i := range t.Queue {
		masked(who, &t.Queue[i].Subject)
	}
}

// wanted reads what is due to those who wait.
func (t *Today) wanted(tx store.Tx) error {
	var cases []p.EntityID
	for i := range t.Queue {
		if t.Queue[i].Stage < registry.StageWatch {
			cases = append(cases, t.Queue[i].Subject.Case)
		}
	}
	due, err := tx.DueOf(cases...)
	if err != nil {
		return err
	}
	for i := range t.Queue {
		for k := range due {
			if q := &t.Queue[i]; due[k].Case == q.Subject.Case && q.Stage < registry.StageWatch && due[k].Status == project.DueOpen && due[k].Recommended <= t.Day {
				q.Due = append(q.Due, due[k])
			}
		}
	}
	return nil
}

// callsToday reads the sessions of a day and who is called to those held here.
func (d *Desk) callsToday(tx store.Tx, who Who, t *Today) ([]call, error) {
	if d.Node.Identity().Role == registry.NodeHub || !rights.May(who.Role, rights.Read, registry.KindSession) {
		return nil, nil
	}
	held, err := d.heldAt(tx, who, t.Day, t.Day+1)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(held, func(a, b Held) int { return btoi(b.Here) - btoi(a.Here) })
	var out []call
	for i := range held {
		x := &held[i]
		if !x.Live() {
			continue
		}
		calls, err := callsTo(tx, &x.Session)
		if err != nil {
			return nil, err
		}
		x.Booked = len(calls)
		t.Sessions = append(t.Sessions, *x)
		if x.Here {
			out = append(out, calls...)
		}
	}
	return out, nil
}

// expected reads who is to come and was not seen.
func (t *Today) expected(d *Desk, tx store.Tx, home *Home, homes []p.EntityID, calls []call, seen map[p.EntityID]int, show int) error {
	due, overdue, err := t.toCome(d, tx, homes, calls, seen)
	if err != nil {
		return err
	}
	if t.Due, t.DueMore, err = readComing(tx, due, home, show); err != nil {
		return err
	}
	t.Overdue, t.OverdueMore, err = readComing(tx, overdue, home, show)
	return err
}

// toCome gathers who is to come and was not seen, without reading who they are: by the schedule, by the day somebody told them, and by
// the hour to which a session calls them.
func (t *Today) toCome(d *Desk, tx store.Tx, homes []p.EntityID, calls []call, seen map[p.EntityID]int) (due, overdue []coming, err error) {
	told, err := tx.SubjectsExpected(homes, t.Day-overdueDays, t.Day, expectedMax)
	if err != nil {
		return nil, nil, err
	}
	at := map[p.EntityID]int{}
	var all []coming
	find := func(kase p.EntityID) *coming {
		i, known := at[kase]
		if !known {
			i = len(all)
			at[kase] = i
			all = append(all, coming{kase: kase})
		}
		return &all[i]
	}
	for _, list := range []store.DueList{store.ListOverdue, store.ListDue} {
		people, err := tx.Due(store.DueQuery{List: list, Residences: homes, On: t.Day, Since: t.Day - overdueDays})
		if err != nil {
			return nil, nil, err
		}
		for i := range people {
			r := &people[i]
			x := find(r.Case)
			x.residence, x.hamlet = r.Residence, r.Hamlet
			if x.since == 0 {
				x.since = r.Since
			}
			if x.vaccines == nil {
				x.vaccines = r.Vaccines
			} else {
				x.vaccines = append(x.vaccines, r.Vaccines...)
			}
			x.late = x.late || list == store.ListOverdue
		}
	}
	for i := range told {
		x, next := find(told[i].Case), told[i].NextDate
		x.booked = x.booked || next == t.Day
		if x.since == 0 || !x.late && next < x.since {
			x.since = next
		}
		x.late = x.late || len(x.vaccines) == 0 && next < t.Day
	}
	for i := range calls {
		x := find(calls[i].kase)
		x.booked = true
		if x.at == 0 || calls[i].at < x.at {
			x.at = calls[i].at
		}
		if x.since == 0 {
			x.since = t.Day
		}
	}
	tried, err := d.tried(tx)
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		x := &all[i]
		if last := tried[x.kase]; !x.booked && last.Until(t.Day) != 0 {
			continue // somebody wrote until when they are away, or when they come
		}
		if _, here := seen[x.kase]; here {
			continue
		}
		if x.late && !x.booked {
			overdue = append(overdue, *x)
		} else {
			due = append(due, *x)
		}
	}
	return due, overdue, nil
}

// readComing puts people into the order in which they are called and reads the first of them; more counts the others.
func readComing(tx store.Tx, people []coming, home *Home, show int) (out []Expected, more int, err error) {
	slices.SortStableFunc(people, func(a, b coming) int {
		if a.booked != b.booked {
			return btoi(b.booked) - btoi(a.booked)
		}
		if a.at != b.at && (a.at == 0 || b.at == 0) { // who has an hour comes before who was told only the day
			return btoi(a.at == 0) - btoi(b.at == 0)
		}
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.since, b.since))
	})
	switch show {
	case showTold:
		if show = slices.IndexFunc(people, func(x coming) bool { return !x.booked }); show < 0 {
			show = len(people)
		}
	case 0:
		show = len(people)
	}
	show = min(show, len(people))
	equal := func(a, b *coming) bool { return a.booked == b.booked && a.at == b.at && a.since == b.since }
	if show > 0 {
		if err := youngestFirst(tx, people, show, func(x *coming) p.EntityID { return x.kase }, equal); err != nil {
			return nil, 0, err
		}
	}
	out, err = read(tx, people[:show], home)
	return out, len(people) - show, err
}

// seen groups the day's doses by person, and tells who they are by case.
func (t *Today) seen(tx store.Tx, doses []project.ImmunizationRow, home *Home) (map[p.EntityID]int, error) {
	at := map[p.EntityID]int{}
	for _, dose := range doses {
		if dose.Void || dose.Subject.IsZero() {
			continue
		}
		i, ok := at[dose.Case]
		if !ok {
			row, err := tx.SubjectRow(dose.Subject)
			if err != nil {
				return nil, err
			}
			if row == nil {
				continue
			}
			i = len(t.Seen)
			at[dose.Case] = i
			t.Seen = append(t.Seen, Seen{Subject: *row, AskHome: home.Asks(row)})
		}
		t.Seen[i].Doses = append(t.Seen[i].Doses, dose)
		if dose.NotDone == 0 {
			t.Doses++
		}
	}
	slices.Reverse(t.Seen)
	return at, nil
}
