package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"tramy/internal/node"
	"tramy/internal/project"
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
	Here    bool         // had something at the session's place on its day
}

// SessionList is a session with its people.
type SessionList struct {
	Held
	Called []Called
	// Open are those who should come and have no time yet: due, overdue or told to come by then. In the order of the day's list.
	Open    []Expected
	Hamlets []HamletCount // of Open, most people first
}

// HamletCount is how many people of a hamlet there are. Key is the hamlet as it is compared.
type HamletCount struct {
	Key, Name string
	People    int
}

// SessionList reads a session with who is called to it and who should come, and writes down that somebody read their names. Of
// those without a time it names the first show (0: all); of the others only the case is told.
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
		out, err = d.sessionList(tx, who, id)
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
	for i := range out.Open {
		x := &out.Open[i].Subject
		if show > 0 && i >= show {
			*x = project.SubjectRow{ID: x.ID}
			continue
		}
		masked(who, x)
		people = append(people, x.ID)
	}
	if len(people) == 0 {
		return out, nil
	}
	return out, d.NoteListed(ctx, who, people...)
}

func (d *Desk) sessionList(tx store.Tx, who Who, id p.EntityID) (*SessionList, error) {
	held, err := d.session(tx, who, id)
	if err != nil {
		return nil, err
	}
	out := &SessionList{Held: *held}
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
	if out.Live() && out.Day >= d.Today() {
		if err := day.expected(d, tx, &home, home.Residences(), nil, seen, 0); err != nil {
			return nil, err
		}
	}
	calls, err := callsTo(tx, &out.Session)
	if err != nil {
		return nil, err
	}
	if out.Called, err = out.called(tx, calls, &day, seen, &home); err != nil {
		return nil, err
	}
	out.Booked = len(out.Called)
	for i := range calls {
		out.Untold += btoi(calls[i].untold(&out.Session))
	}
	for _, x := range slices.Concat(day.Due, day.Overdue) {
		if has := slices.ContainsFunc(calls, func(c call) bool { return c.kase == x.Subject.Case }); !has && out.wants(&x) {
			out.Open = append(out.Open, x)
		}
	}
	out.Hamlets = hamletsOf(out.Open)
	return out, nil
}

// called reads who is called to a session, and for what.
func (l *SessionList) called(tx store.Tx, calls []call, day *Today, seen map[p.EntityID]int, home *Home) ([]Called, error) {
	cases := make([]p.EntityID, len(calls))
	for i := range calls {
		cases[i] = calls[i].kase
	}
	leads, err := tx.Leads(cases...)
	if err != nil {
		return nil, err
	}
	at := make(map[p.EntityID]*project.SubjectRow, len(leads))
	for i := range leads {
		at[leads[i].ID] = &leads[i]
	}
	due := map[p.EntityID]Expected{}
	for _, x := range slices.Concat(day.Due, day.Overdue) {
		due[x.Subject.Case] = x
	}
	var out []Called
	for i := range calls {
		c := &calls[i]
		row, here := at[c.kase]
		if !here {
			continue
		}
		x := Called{Expected: Expected{Subject: *row, AskHome: home.Asks(row), Booked: true, At: c.at, Since: l.Day, Due: due[c.kase].Due}, Told: c.told}
		x.Outside = !l.During(c.at)
		_, x.Here = seen[c.kase]
		out = append(out, x)
	}
	return out, nil
}

// wants reports whether a session is for somebody: their hamlet is called, and something they need is given there.
func (l *SessionList) wants(x *Expected) bool {
	if !l.Calls(x.Subject.Hamlet) {
		return false
	}
	return len(x.Due) == 0 || slices.ContainsFunc(x.Due, func(r project.DueRow) bool { return l.Gives(r.Vaccine) })
}

// hamletsOf counts people by hamlet, most people first.
func hamletsOf(people []Expected) []HamletCount {
	counts := map[string]*HamletCount{}
	for i := range people {
		key := registry.FoldHamlet(people[i].Subject.Hamlet)
		if counts[key] == nil {
			counts[key] = &HamletCount{Key: key, Name: people[i].Subject.Hamlet}
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

// Spread is what spreading people over the hours of a session came to.
type Spread struct {
	Made  []p.EntityID // appointments
	Times []Retimed    // that had a time outside the session's hours
	Left  int          // people for whom there was no room
}

// Retimed is an appointment that got another time.
type Retimed struct {
	ID  p.EntityID
	Was registry.Clock
}

// SpreadSession gives everybody who should come to a session and has no time yet one, hamlet by hamlet: those named first (keys of
// hamlets), then the one with most people. A household comes together, and no hour has more people than the session has time for.
// Who has a time keeps it, unless the session's hours were moved away from it. It is one act as long as that holds it
// (syncproto.ActChangesMax), and several of whole households if not: what one did not reach, the same press made again does.
func (d *Desk) SpreadSession(ctx context.Context, who Who, id p.EntityID, first []string) (Spread, error) {
	var out Spread
	if err := may(who, rights.Create, registry.KindAppointment); err != nil {
		return out, err
	}
	if err := d.WorkOutDue(ctx); err != nil {
		return out, err
	}
	var order []string
	for {
		var made int
		var times []Retimed
		dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			l, err := d.sessionList(tx, who, id)
			if err != nil {
				return nil, err
			}
			if order == nil {
				order = slices.Clone(first)
				for _, h := range l.Hamlets {
					order = append(order, h.Key)
				}
			}
			var drafts []registry.Draft
			drafts, times, out.Left, err = d.spread(tx, l, order)
			made = len(drafts) - len(times)
			return drafts, err
		})
		if errors.Is(err, node.ErrNothing) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for _, dot := range dots[len(dots)-made:] {
			out.Made = append(out.Made, dot.Entity())
		}
		out.Times = append(out.Times, times...)
	}
}

// spread makes as many drafts as one act holds: first of those whose time has become impossible, then of those without one. left
// is for how many there is no room.
func (d *Desk) spread(tx store.Tx, l *SessionList, order []string) (drafts []registry.Draft, times []Retimed, left int, err error) {
	calls, err := callsTo(tx, &l.Session)
	if err != nil {
		return nil, nil, 0, err
	}
	var taken []registry.Clock
	var people []Expected
	outside := map[p.EntityID][]*p.State{}
	for i := range calls {
		if c := &calls[i]; l.During(c.at) {
			taken = append(taken, c.at)
		} else if at := slices.IndexFunc(l.Called, func(x Called) bool { return x.Subject.Case == c.kase }); at >= 0 {
			people = append(people, l.Called[at].Expected)
			outside[c.kase] = c.appointments
		}
	}
	groups := households(append(people, l.Open...), order)
	sizes := make([]int, len(groups))
	for i := range groups {
		sizes[i] = len(groups[i])
	}
	var made []registry.Draft
	for i, at := range l.Spread(taken, sizes) {
		if at == 0 {
			left += sizes[i]
			continue
		}
		if n := len(made) + len(drafts); n > 0 && n+2*sizes[i] > p.ActChangesMax {
			break
		}
		for k := range groups[i] {
			x := &groups[i][k].Subject
			for _, s := range outside[x.Case] {
				draft, err := registry.RetimeAppointment(s, &l.Session, at, d.Today(), registry.SawOf(s))
				if err != nil {
					return nil, nil, 0, err
				}
				drafts = append(drafts, draft)
				times = append(times, Retimed{s.ID, registry.AppointmentOf(s).Clock})
			}
			if outside[x.Case] != nil {
				continue
			}
			draft, err := registry.NewAppointment(x.ID, &l.Session, at, d.Today())
			if err != nil {
				return nil, nil, 0, err
			}
			made = append(made, draft)
		}
	}
	return append(drafts, made...), times, left, nil
}

// households puts people into the order in which they are called: by hamlet, and those of one household together. A household is
// who names the same mother in the same hamlet; who names none comes alone.
func households(people []Expected, order []string) [][]Expected {
	at := map[string]int{}
	var out [][]Expected
	for _, x := range people {
		key := registry.FoldHamlet(x.Subject.Hamlet) + "\n" + registry.Fold(x.Subject.MotherName)
		k, known := at[key]
		if !known || x.Subject.MotherName == "" {
			k = len(out)
			at[key] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], x)
	}
	rank := map[string]int{}
	for i, key := range order {
		if _, twice := rank[key]; !twice {
			rank[key] = i
		}
	}
	of := func(g []Expected) int {
		if r, known := rank[registry.FoldHamlet(g[0].Subject.Hamlet)]; known {
			return r
		}
		return len(order)
	}
	slices.SortStableFunc(out, func(a, b []Expected) int { return cmp.Compare(of(a), of(b)) })
	return out
}

// UndoSpread takes back what SpreadSession did.
func (d *Desk) UndoSpread(ctx context.Context, who Who, id p.EntityID, done Spread, reason string) error {
	was := map[p.EntityID]registry.Clock{}
	list := slices.Clone(done.Made)
	for _, x := range done.Times {
		was[x.ID] = x.Was
		list = append(list, x.ID)
	}
	return d.changeAppointments(ctx, who, id, list, func(_ *Held, s *p.State) (registry.Draft, error) {
		if clock, retimed := was[s.ID]; retimed {
			return registry.UntimeAppointment(s, clock)
		}
		return registry.Void(s, reason, registry.SawOf(s))
	})
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
func (d *Desk) appointmentsOf(ctx context.Context, who Who, id p.EntityID, people ...p.EntityID) ([]p.EntityID, registry.Clock, error) {
	var out []p.EntityID
	var at registry.Clock
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
				at = c.at
				for _, s := range c.appointments {
					out = append(out, s.ID)
				}
			}
		}
		return err
	})
	return out, at, err
}

// CallTo calls somebody to a session at a time, or gives whom was called already another. It returns the appointment and the time
// they had before, 0 if none.
func (d *Desk) CallTo(ctx context.Context, who Who, id, subject p.EntityID, at registry.Clock) (p.EntityID, registry.Clock, error) {
	for _, act := range []rights.Act{rights.Create, rights.Amend} {
		if err := may(who, act, registry.KindAppointment); err != nil {
			return p.EntityID{}, 0, err
		}
	}
	list, was, err := d.appointmentsOf(ctx, who, id, subject)
	if err != nil {
		return p.EntityID{}, 0, err
	}
	if len(list) > 0 {
		return list[0], was, d.changeAppointments(ctx, who, id, list, func(x *Held, s *p.State) (registry.Draft, error) {
			return registry.RetimeAppointment(s, &x.Session, at, d.Today(), registry.SawOf(s))
		})
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.session(tx, who, id)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, subject); err != nil {
			return nil, err
		}
		draft, err := registry.NewAppointment(subject, &x.Session, at, d.Today())
		return []registry.Draft{draft}, err
	})
	if err != nil {
		return p.EntityID{}, 0, err
	}
	return dots[0].Entity(), 0, nil
}

// TakeOff takes somebody off the list of a session; it returns the time they had.
func (d *Desk) TakeOff(ctx context.Context, who Who, id, subject p.EntityID, reason string) (registry.Clock, error) {
	list, at, err := d.appointmentsOf(ctx, who, id, subject)
	if err != nil {
		return 0, err
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
