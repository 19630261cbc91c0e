package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// call is one person who is called to a session. Two machines that heard nothing of each other may both have called them: then
// the earlier time stands, and what is done to it is done to both.
type call struct {
	kase         p.EntityID
	at           registry.Clock
	told         registry.Day
	appointments []*p.State
}

// Hour is the hour that somebody has in a session, 0 if none, and whether it was agreed with them.
type Hour struct {
	At     registry.Clock
	Agreed bool
}

func hourOf(s *p.State) Hour {
	a := registry.AppointmentOf(s)
	return Hour{a.Clock, a.Agreed}
}

// hour is the one that stands; one of two appointments that was agreed is enough.
func (c *call) hour() Hour {
	return Hour{c.at, slices.ContainsFunc(c.appointments, func(s *p.State) bool { return hourOf(s).Agreed })}
}

// untold reports whether somebody thinks of another day than the session's, or of one that is cancelled.
func (c *call) untold(s *registry.Session) bool { return !s.Live() || c.told != s.Day }

// callsTo reads who is called to a session, by time, then as they come.
func callsTo(tx store.Tx, s *registry.Session) ([]call, error) {
	rows, err := tx.RecordsUnder(registry.KindAppointment, s.ID)
	if err != nil {
		return nil, err
	}
	at := map[p.EntityID]int{}
	var out []call
	for i := range rows {
		if rows[i].Void {
			continue
		}
		row, err := tx.SubjectRow(rows[i].Subject)
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue // left this place meanwhile
		}
		entity, err := state(tx, rows[i].ID, registry.KindAppointment)
		if err != nil {
			return nil, err
		}
		a := registry.AppointmentOf(entity)
		k, known := at[row.Case]
		if !known {
			k = len(out)
			at[row.Case] = k
			out = append(out, call{kase: row.Case, at: a.Clock, told: a.Day})
		}
		c := &out[k]
		c.appointments = append(c.appointments, entity)
		if a.Clock < c.at {
			c.at = a.Clock
		}
	}
	slices.SortStableFunc(out, func(a, b call) int { return cmp.Compare(a.at, b.at) })
	return out, nil
}

// Called is somebody who is called to a session.
type Called struct {
	Expected
	Told    registry.Day // as their family was told
	Outside bool         // their time lies outside the session's hours, which were moved
	Here    bool         // came to the session's place on its day
}

// SessionList is a session with its people.
type SessionList struct {
	Held
	Called []Called
	// Open are those who should come and have no time yet: due, overdue or told to come by then. In the order of the day's list.
	Open     []Expected
	OpenMore int // how many more there are who were not read
	// Came are those who should come, have no time and are here already, with something still to be given: they need no hour.
	Came    []Expected
	Hamlets []HamletCount // of those without a time, most people first
	Book    *HamletBook
}

// Sheet is everybody who stands on the printed sheet of a session, in its order: who is called, who is here, who should come.
func (l *SessionList) Sheet() []Expected {
	out := make([]Expected, 0, len(l.Called)+len(l.Came)+len(l.Open))
	for i := range l.Called {
		out = append(out, l.Called[i].Expected)
	}
	return slices.Concat(out, l.Came, l.Open)
}

// HamletCount is how many people of a hamlet there are. Key is the hamlet as it is compared.
type HamletCount struct {
	Key, Name string
	People    int
}

// SessionList reads a session with who is called to it and who should come, and writes down that somebody read their names. Of
// those without a time it reads the first show (0: all); the others are counted.
func (d *Desk) SessionList(ctx context.Context, who Who, id p.EntityID, show int) (*SessionList, error) {
	for _, kind := range []p.Kind{registry.KindSession, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, err
		}
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return nil, err
	}
	var out *SessionList
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.sessionList(tx, who, id, show)
		return err
	})
	if err != nil {
		return nil, err
	}
	var people []p.EntityID
	for i := range out.Called {
		masked(who, &out.Called[i].Subject)
		people = append(people, out.Called[i].Subject.ID)
	}
	for i := range out.Came {
		masked(who, &out.Came[i].Subject)
	}
	for i := range out.Open {
		x := &out.Open[i].Subject
		masked(who, x)
		people = append(people, x.ID)
	}
	if len(people) == 0 {
		return out, nil
	}
	return out, d.NoteListed(ctx, who, people...)
}

func (d *Desk) sessionList(tx store.Tx, who Who, id p.EntityID, show int) (*SessionList, error) {
	held, err := d.session(tx, who, id)
	if err != nil {
		return nil, err
	}
	out := &SessionList{Held: *held}
	if out.Book, err = d.hamletBook(tx); err != nil {
		return nil, err
	}
	home := d.Home()
	day := Today{Day: out.Day}
	doses, err := tx.DosesOn([]p.EntityID{out.Place}, out.Day)
	if err != nil {
		return nil, err
	}
	seen, err := day.seen(tx, doses, &home)
	if err != nil {
		return nil, err
	}
	calls, err := callsTo(tx, &out.Session)
	if err != nil {
		return nil, err
	}
	var due, overdue []coming
	if out.Live() && out.Day >= d.Today() {
		if due, overdue, err = day.toCome(d, tx, home.Residences(), calls, seen); err != nil {
			return nil, err
		}
	}
	if out.Called, err = out.called(tx, calls, slices.Concat(due, overdue), seen, &home); err != nil {
		return nil, err
	}
	queued, err := queue(tx, out.Place, out.Day, doses, &home)
	if err != nil {
		return nil, err
	}
	here := make(map[p.EntityID]bool, len(queued))
	for i := range queued {
		here[queued[i].Subject.Case] = true
	}
	for i := range out.Called {
		out.Called[i].Here = out.Called[i].Here || here[out.Called[i].Subject.Case]
	}
	out.Booked = len(out.Called)
	for i := range calls {
		out.Untold += btoi(calls[i].untold(&out.Session))
	}
	return out, out.open(tx, calls, here, due, overdue, show, &home)
}

// open keeps, of those who are to come, whom the session is for and who has no time yet, and reads the first show of them (0: all), and
// apart all who are here.
func (l *SessionList) open(tx store.Tx, calls []call, here map[p.EntityID]bool, due, overdue []coming, show int, home *Home) error {
	has := make(map[p.EntityID]bool, len(calls))
	for i := range calls {
		has[calls[i].kase] = true
	}
	if err := homesOfTold(tx, due, overdue); err != nil {
		return err
	}
	var people, came []coming
	for _, list := range []*[]coming{&due, &overdue} {
		*list = slices.DeleteFunc(*list, func(x coming) bool { return has[x.kase] || !l.wants(&x) })
		*list = slices.DeleteFunc(*list, func(x coming) bool {
			if here[x.kase] {
				came = append(came, x)
			}
			return here[x.kase]
		})
		people = append(people, *list...)
	}
	l.Hamlets = hamletsOf(people, l.Book)
	var err error
	if l.Came, _, err = readComing(tx, came, home, 0); err != nil {
		return err
	}
	first, more, err := readComing(tx, due, home, show)
	if err != nil {
		return err
	}
	l.Open, l.OpenMore = first, more
	if show > 0 && len(due) >= show {
		l.OpenMore += len(overdue)
		return nil
	}
	rest, more, err := readComing(tx, overdue, home, max(0, show-len(due)))
	l.Open, l.OpenMore = append(l.Open, rest...), l.OpenMore+more
	return err
}

// homesOfTold reads where those live for whom nothing is due: they were told to come.
func homesOfTold(tx store.Tx, lists ...[]coming) error {
	at := map[p.EntityID]*coming{}
	for _, list := range lists {
		for i := range list {
			if x := &list[i]; x.residence.IsZero() {
				at[x.kase] = x
			}
		}
	}
	leads, err := tx.Leads(slices.SortedFunc(maps.Keys(at), p.EntityID.Compare)...)
	for i := range leads {
		x := at[leads[i].Case]
		x.residence, x.hamlet = leads[i].Residence, leads[i].Hamlet
	}
	return err
}

// called reads who is called to a session, and for what.
func (l *SessionList) called(tx store.Tx, calls []call, all []coming, seen map[p.EntityID]int, home *Home) ([]Called, error) {
	people := make([]coming, len(calls))
	at := make(map[p.EntityID]int, len(calls))
	for i := range calls {
		people[i] = coming{kase: calls[i].kase, at: calls[i].at, booked: true, since: l.Day}
		at[calls[i].kase] = i
	}
	for i := range all {
		if k, called := at[all[i].kase]; called {
			people[k].vaccines = all[i].vaccines
		}
	}
	list, err := read(tx, people, home)
	if err != nil {
		return nil, err
	}
	out := make([]Called, len(list))
	for i := range list {
		c := &calls[at[list[i].Subject.Case]]
		out[i] = Called{Expected: list[i], Told: c.told, Outside: !l.During(c.at)}
		_, out[i].Here = seen[c.kase]
	}
	return out, nil
}

// wants reports whether a session is for somebody: their hamlet is called, and something they need is given there.
func (l *SessionList) wants(x *coming) bool {
	return l.Book.Calls(&l.SessionInput, x.residence, x.hamlet) && (len(x.vaccines) == 0 || slices.ContainsFunc(x.vaccines, l.Gives))
}

// hamletsOf counts people by hamlet, most people first.
func hamletsOf(people []coming, book *HamletBook) []HamletCount {
	counts := map[string]*HamletCount{}
	for i := range people {
		x := &people[i]
		key := book.Key(x.residence, x.hamlet)
		if counts[key] == nil {
			counts[key] = &HamletCount{Key: key, Name: book.Name(x.residence, x.hamlet)}
		}
		counts[key].People++
	}
	var out []HamletCount
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, *counts[key])
	}
	slices.SortStableFunc(out, func(a, b HamletCount) int { return cmp.Compare(b.People, a.People) })
	return out
}

// changeAppointments changes appointments of a session, as many in one act as that holds. Those that were taken back stay as they are.
func (d *Desk) changeAppointments(ctx context.Context, who Who, id p.EntityID, list []p.EntityID, change func(*Held, *p.State) (registry.Draft, error)) error {
	if err := may(who, rights.Amend, registry.KindAppointment); err != nil {
		return err
	}
	for part := range slices.Chunk(list, p.ActChangesMax) {
		_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			x, err := d.session(tx, who, id)
			if err != nil {
				return nil, err
			}
			var drafts []registry.Draft
			for _, one := range part {
				s, err := state(tx, one, registry.KindAppointment)
				if err != nil {
					return nil, err
				}
				if _, void := registry.Voided(s); void || registry.AppointmentOf(s).Session != id {
					continue
				}
				draft, err := change(x, s)
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, nonEmpty(draft)...)
			}
			return drafts, nil
		})
		if err = ignoreNothing(err); err != nil {
			return err
		}
	}
	return nil
}

// appointmentsOf finds the appointments of people in a session, by any record of theirs.
func (d *Desk) appointmentsOf(ctx context.Context, who Who, id p.EntityID, people ...p.EntityID) ([]p.EntityID, Hour, error) {
	var out []p.EntityID
	var at Hour
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.session(tx, who, id)
		if err != nil {
			return err
		}
		cases := map[p.EntityID]bool{}
		for _, one := range people {
			row, err := tx.SubjectRow(one)
			if err != nil {
				return err
			}
			if row != nil {
				cases[row.Case] = true
			}
		}
		calls, err := callsTo(tx, &x.Session)
		for i := range calls {
			if c := &calls[i]; cases[c.kase] {
				at = c.hour()
				for _, s := range c.appointments {
					out = append(out, s.ID)
				}
			}
		}
		return err
	})
	return out, at, err
}

// CallTo calls somebody to a session at a time, or gives whom was called already another. Who does it has this one person in mind, so
// the hour counts as agreed. It returns the appointment and the hour they had before.
func (d *Desk) CallTo(ctx context.Context, who Who, id, subject p.EntityID, at registry.Clock) (p.EntityID, Hour, error) {
	return d.callTo(ctx, who, id, subject, Hour{at, true}, func(x *Held, s *p.State) (registry.Draft, error) {
		return registry.RetimeAppointment(s, &x.Session, at, true, d.Today(), registry.SawOf(s))
	})
}

// CallBack gives somebody back the hour that CallTo, TakeOff or Book took.
func (d *Desk) CallBack(ctx context.Context, who Who, id, subject p.EntityID, was Hour) error {
	_, _, err := d.callTo(ctx, who, id, subject, was, func(_ *Held, s *p.State) (registry.Draft, error) {
		return registry.UntimeAppointment(s, was.At, was.Agreed)
	})
	return err
}

func (d *Desk) callTo(ctx context.Context, who Who, id, subject p.EntityID, hour Hour, change func(*Held, *p.State) (registry.Draft, error)) (p.EntityID, Hour, error) {
	for _, act := range []rights.Act{rights.Create, rights.Amend} {
		if err := may(who, act, registry.KindAppointment); err != nil {
			return p.EntityID{}, Hour{}, err
		}
	}
	list, was, err := d.appointmentsOf(ctx, who, id, subject)
	if err != nil {
		return p.EntityID{}, Hour{}, err
	}
	if len(list) > 0 {
		return list[0], was, d.changeAppointments(ctx, who, id, list, change)
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.session(tx, who, id)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, subject); err != nil {
			return nil, err
		}
		draft, err := registry.NewAppointment(subject, &x.Session, hour.At, hour.Agreed, d.Today())
		return []registry.Draft{draft}, err
	})
	if err != nil {
		return p.EntityID{}, Hour{}, err
	}
	return dots[0].Entity(), Hour{}, nil
}

// TakeOff takes somebody off the list of a session; it returns the hour they had.
func (d *Desk) TakeOff(ctx context.Context, who Who, id, subject p.EntityID, reason string) (Hour, error) {
	list, at, err := d.appointmentsOf(ctx, who, id, subject)
	if err != nil {
		return Hour{}, err
	}
	return at, d.changeAppointments(ctx, who, id, list, func(_ *Held, s *p.State) (registry.Draft, error) {
		return registry.Void(s, reason, registry.SawOf(s))
	})
}

// Tell notes that families know on which day a session is now, or that it is cancelled.
func (d *Desk) Tell(ctx context.Context, who Who, id p.EntityID, people []p.EntityID) error {
	list, _, err := d.appointmentsOf(ctx, who, id, people...)
	if err != nil {
		return err
	}
	return d.changeAppointments(ctx, who, id, list, func(x *Held, s *p.State) (registry.Draft, error) {
		return registry.TellAppointment(s, &x.Session, registry.SawOf(s))
	})
}
