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

// Held is a session with what a list shows beside it.
type Held struct {
	registry.Session
	State     *p.State // for Saw
	PlaceName string
	Here      bool // at this node's own place
	Booked    int  // people called to it
	Untold    int  // of these, who were told another day, or that it takes place though it does not
	Doses     int  // given at its place on its day, once that has come
}

// SessionPlaces are the places at which this node's people may hold a session: its own, and the stations and points that share its
// commune's register.
func (d *Desk) SessionPlaces() []project.PlaceRow {
	m, own := d.Map(), d.Node.Identity().Place
	var out []project.PlaceRow
	row, ok := m.Row(own)
	if ok {
		out = append(out, row)
	}
	if d.Node.Identity().Role == registry.NodeHub || ok && !sharesRegister(&row) {
		return out
	}
	for _, id := range m.Children(communeOf(m, own)) {
		if row, ok := m.Row(id); ok && id != own && sharesRegister(&row) {
			out = append(out, row)
		}
	}
	return out
}

// sharesRegister reports whether a facility is one of those that share their commune's register.
func sharesRegister(r *project.PlaceRow) bool {
	return r.Level == registry.LevelFacility && slices.Contains([]string{registry.PlaceStation, registry.PlacePoint, registry.PlaceTemporary}, r.Type)
}

// Sessions lists the sessions held here and at the places that share the register, from a day until before another (0: without
// end), by day and hour.
func (d *Desk) Sessions(ctx context.Context, who Who, from, until registry.Day) ([]Held, error) {
	if err := may(who, rights.Read, registry.KindSession); err != nil {
		return nil, err
	}
	var out []Held
	err := d.view(ctx, func(tx store.Tx) error {
		var err error
		if out, err = d.heldAt(tx, who, from, until); err != nil {
			return err
		}
		for i := range out {
			if err := d.count(tx, &out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// heldAt reads the sessions of some days, by day and hour; this node's own place comes first in an hour.
func (d *Desk) heldAt(tx store.Tx, who Who, from, until registry.Day) ([]Held, error) {
	mine, names := d.areaOf(who), map[p.EntityID]string{}
	var places []p.EntityID
	for _, row := range d.SessionPlaces() {
		if mine.has(row.ID) {
			places = append(places, row.ID)
			names[row.ID] = row.Name
		}
	}
	rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindSession, Places: places, From: from, Until: until})
	if err != nil {
		return nil, err
	}
	all, err := recorded(tx, rows)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, s := range all {
		x := d.held(s)
		x.PlaceName = names[x.Place]
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), btoi(b.Here)-btoi(a.Here))
	})
	return out, nil
}

func (d *Desk) held(s *p.State) Held {
	x := Held{Session: registry.SessionOf(s), State: s}
	x.Here = x.Place == d.Node.Identity().Place
	return x
}

// count says how many were called to a session and, once its day has come, how many doses were given.
func (d *Desk) count(tx store.Tx, x *Held) error {
	calls, err := callsTo(tx, &x.Session)
	if err != nil {
		return err
	}
	x.Booked = len(calls)
	for _, c := range calls {
		x.Untold += btoi(c.untold(&x.Session))
	}
	if x.Day > d.Today() || !x.Live() {
		return nil
	}
	doses, err := tx.DosesOn([]p.EntityID{x.Place}, x.Day)
	for i := range doses {
		x.Doses += btoi(!doses[i].Void && doses[i].NotDone == 0)
	}
	return err
}

// session reads a session that is a person's business.
func (d *Desk) session(tx store.Tx, who Who, id p.EntityID) (*Held, error) {
	s, err := state(tx, id, registry.KindSession)
	if err != nil {
		return nil, err
	}
	x := d.held(s)
	if x.Void != "" {
		return nil, ErrNotFound
	}
	if !d.areaOf(who).has(x.Place) {
		return nil, ErrElsewhere
	}
	row, err := tx.Place(x.Place)
	if row != nil {
		x.PlaceName = row.Name
	}
	return &x, err
}

// Session reads one session, without anybody who is called to it.
func (d *Desk) Session(ctx context.Context, who Who, id p.EntityID) (*Held, error) {
	if err := may(who, rights.Read, registry.KindSession); err != nil {
		return nil, err
	}
	var out *Held
	err := d.view(ctx, func(tx store.Tx) (err error) {
		if out, err = d.session(tx, who, id); err == nil {
			err = d.count(tx, out)
		}
		return err
	})
	return out, err
}

// SessionsOnceMax is how many sessions one press plans.
const SessionsOnceMax = 24

// tooManySessions refuses more than one press plans.
func tooManySessions(n int) error {
	if n <= SessionsOnceMax {
		return nil
	}
	return registry.Errors{{Field: "day", Code: registry.CodeTooMany, Params: map[string]any{"max": SessionsOnceMax}}}
}

// PlanSessions plans a session on each of some days, as one act. A day on which there is one already, at that place and site and
// within those hours, is left out and returned as had.
func (d *Desk) PlanSessions(ctx context.Context, who Who, in registry.SessionInput, days []registry.Day) (ids []p.EntityID, had []registry.Day, err error) {
	if err := may(who, rights.Create, registry.KindSession); err != nil {
		return nil, nil, err
	}
	if in.Place.IsZero() {
		in.Place = d.Node.Identity().Place
	}
	if err := tooManySessions(len(days)); err != nil {
		return nil, nil, err
	}
	if len(days) == 0 { // told as what it is: a day is missing
		days = []registry.Day{0}
	}
	dots, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		had = nil
		known, err := d.sessionKnown(tx, who)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for _, day := range days {
			in.Day = day
			draft, err := registry.NewSession(in, known)
			if err != nil {
				return nil, err
			}
			there, err := d.heldAt(tx, who, day, day+1)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(there, func(x Held) bool { return sameSession(&x, &in) }) {
				had = append(had, day)
				continue
			}
			drafts = append(drafts, draft)
		}
		return drafts, nil
	})
	if err = ignoreNothing(err); err != nil {
		return nil, nil, err
	}
	for _, dot := range dots {
		ids = append(ids, dot.Entity())
	}
	return ids, had, nil
}

// sameSession reports whether a session is the one that an input would plan once more.
func sameSession(x *Held, in *registry.SessionInput) bool {
	return x.Live() && x.Place == in.Place && registry.FoldHamlet(x.Site) == registry.FoldHamlet(in.Site) && x.From < in.Until && in.From < x.Until
}

// sessionKnown is what the rules of a session have to know.
func (d *Desk) sessionKnown(tx store.Tx, who Who) (registry.Known, error) {
	vaccine, err := vaccineKnown(tx)
	return registry.Known{Today: d.Today(), Vaccine: vaccine, Place: d.givesAt(who)}, err
}

// EditSession writes how a session is held; its day is moved by MoveSession.
func (d *Desk) EditSession(ctx context.Context, who Who, id p.EntityID, in registry.SessionInput, saw registry.Saw) error {
	return d.changeSession(ctx, who, id, func(tx store.Tx, x *Held) (registry.Draft, error) {
		known, err := d.sessionKnown(tx, who)
		if err != nil {
			return registry.Draft{}, err
		}
		return registry.EditSession(x.State, in, known, saw)
	})
}

// MoveSession puts a session off, with a reason. Its appointments go with it: SessionList tells whose family does not know yet.
func (d *Desk) MoveSession(ctx context.Context, who Who, id p.EntityID, to registry.Day, from, until registry.Clock, reason string, saw registry.Saw) error {
	return d.changeSession(ctx, who, id, func(tx store.Tx, x *Held) (registry.Draft, error) {
		known, err := d.sessionKnown(tx, who)
		if err != nil {
			return registry.Draft{}, err
		}
		return registry.MoveSession(x.State, to, from, until, reason, known, saw)
	})
}

// CancelSession says why a session does not take place.
func (d *Desk) CancelSession(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	return d.changeSession(ctx, who, id, func(_ store.Tx, x *Held) (registry.Draft, error) {
		return registry.CancelSession(x.State, reason, d.Today(), saw)
	})
}

// HoldSession takes a cancellation back. Who was told meanwhile that it is cancelled has no appointment any more.
func (d *Desk) HoldSession(ctx context.Context, who Who, id p.EntityID) error {
	return d.changeSession(ctx, who, id, func(_ store.Tx, x *Held) (registry.Draft, error) {
		return registry.HoldSession(x.State, d.Today(), registry.SawOf(x.State))
	})
}

// RestoreSession takes a change of a session back: it is as it was in before, which moved it.
func (d *Desk) RestoreSession(ctx context.Context, who Who, id p.EntityID, before registry.Session) error {
	return d.changeSession(ctx, who, id, func(tx store.Tx, x *Held) (registry.Draft, error) {
		return registry.RestoreSession(x.State, before)
	})
}

func (d *Desk) changeSession(ctx context.Context, who Who, id p.EntityID, change func(store.Tx, *Held) (registry.Draft, error)) error {
	if err := may(who, rights.Amend, registry.KindSession); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, err := d.session(tx, who, id)
		if err != nil {
			return nil, err
		}
		draft, err := change(tx, x)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// VoidSessions takes sessions back that were planned in error.
func (d *Desk) VoidSessions(ctx context.Context, who Who, reason string, ids ...p.EntityID) error {
	if err := may(who, rights.Void, registry.KindSession); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		var drafts []registry.Draft
		for _, id := range ids {
			x, err := d.session(tx, who, id)
			if err != nil {
				return nil, err
			}
			draft, err := registry.Void(x.State, reason, registry.SawOf(x.State))
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}
