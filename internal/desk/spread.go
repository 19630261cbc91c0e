package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Spread is what spreading people over the hours of a session came to.
type Spread struct {
	Made  []p.EntityID // appointments
	Times []Retimed    // that had a time outside the session's hours
	Left  int          // people for whom there was no room
}

// Retimed is an appointment that got another time.
type Retimed struct {
	ID  p.EntityID
	Was Hour
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
			l, err := d.sessionList(tx, who, id, 0)
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
	groups := households(append(people, l.Open...), order, l.Book)
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
				draft, err := registry.RetimeAppointment(s, &l.Session, at, false, d.Today(), registry.SawOf(s))
				if err != nil {
					return nil, nil, 0, err
				}
				drafts = append(drafts, draft)
				times = append(times, Retimed{s.ID, hourOf(s)})
			}
			if outside[x.Case] != nil {
				continue
			}
			draft, err := registry.NewAppointment(x.ID, &l.Session, at, false, d.Today())
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
func households(people []Expected, order []string, book *HamletBook) [][]Expected {
	at := map[string]int{}
	var out [][]Expected
	for _, x := range people {
		key := book.Key(x.Subject.Residence, x.Subject.Hamlet) + "\n" + registry.Fold(x.Subject.MotherName)
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
		if r, known := rank[book.Key(g[0].Subject.Residence, g[0].Subject.Hamlet)]; known {
			return r
		}
		return len(order)
	}
	slices.SortStableFunc(out, func(a, b []Expected) int { return cmp.Compare(of(a), of(b)) })
	return out
}

// UndoSpread takes back what SpreadSession did.
func (d *Desk) UndoSpread(ctx context.Context, who Who, id p.EntityID, done Spread, reason string) error {
	was := map[p.EntityID]Hour{}
	list := slices.Clone(done.Made)
	for _, x := range done.Times {
		was[x.ID] = x.Was
		list = append(list, x.ID)
	}
	return d.changeAppointments(ctx, who, id, list, func(_ *Held, s *p.State) (registry.Draft, error) {
		if hour, retimed := was[s.ID]; retimed {
			return registry.UntimeAppointment(s, hour.At, hour.Agreed)
		}
		return registry.Void(s, reason, registry.SawOf(s))
	})
}
