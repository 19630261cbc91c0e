package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// bookingDays is how far ahead sessions are offered on a person's page, offersMax how many of them.
const (
	bookingDays = 62
	offersMax   = 3
)

// Offer is a session to which somebody may be called, with the hour that is free.
type Offer struct {
	Held
	At registry.Clock
}

// Booking is to which sessions a person is called, and which are offered.
type Booking struct {
	Called []Offer
	Offers []Offer
}

// BookingOf reads the sessions to come for a person whose record was opened: those they are called to, and of those for their hamlet
// with places left the next ones. The hour offered is the next free one behind who was called before.
func (d *Desk) BookingOf(ctx context.Context, who Who, r *Record) (Booking, error) {
	var out Booking
	if err := may(who, rights.Read, registry.KindSession); err != nil {
		return out, err
	}
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = d.bookingOf(tx, who, r.Subject.ID, d.Today()+1)
		return err
	})
	return out, err
}

// NextOffer is the first session from a day on to which somebody can be called, with the hour that is free. False: they are called to
// one already, or none is planned that has a place for them.
func (d *Desk) NextOffer(ctx context.Context, who Who, subject p.EntityID, from registry.Day) (Offer, bool, error) {
	var b Booking
	if err := may(who, rights.Read, registry.KindSession); err != nil {
		return Offer{}, false, err
	}
	err := d.view(ctx, func(tx store.Tx) (err error) {
		b, err = d.bookingOf(tx, who, subject, max(from, d.Today()+1))
		return err
	})
	later := func(x Offer) bool { return x.Day > d.Today() }
	if err != nil || len(b.Offers) == 0 || slices.ContainsFunc(b.Called, later) {
		return Offer{}, false, err
	}
	return b.Offers[0], true, nil
}

// bookingOf reads the booking of somebody; sessions are offered from a day on.
func (d *Desk) bookingOf(tx store.Tx, who Who, subject p.EntityID, from registry.Day) (Booking, error) {
	var out Booking
	today := d.Today()
	held, err := d.heldAt(tx, who, today, today+bookingDays)
	if err != nil {
		return out, err
	}
	row, err := tx.SubjectRow(subject)
	if err != nil || row == nil {
		return out, err
	}
	book, err := d.hamletBook(tx)
	if err != nil {
		return out, err
	}
	for i := range held {
		x := &held[i]
		if !x.Live() || x.Closed != 0 {
			continue
		}
		calls, err := callsTo(tx, &x.Session)
		if err != nil {
			return out, err
		}
		x.Booked = len(calls)
		if at := slices.IndexFunc(calls, func(c call) bool { return c.kase == row.Case }); at >= 0 {
			out.Called = append(out.Called, Offer{*x, calls[at].at})
			continue
		}
		if x.Day < from || len(out.Offers) == offersMax || !book.Calls(&x.SessionInput, row.Residence, row.Hamlet) {
			continue
		}
		var taken []registry.Clock
		for k := range calls {
			taken = append(taken, calls[k].at)
		}
		if at := x.Spread(taken, []int{1})[0]; at != 0 {
			out.Offers = append(out.Offers, Offer{*x, at})
		}
	}
	return out, nil
}

// HoursAt are the hours at which people are called to a session, by case, without naming anybody.
func (d *Desk) HoursAt(ctx context.Context, who Who, id p.EntityID) (map[p.EntityID]registry.Clock, error) {
	if err := may(who, rights.Read, registry.KindSession); err != nil {
		return nil, err
	}
	out := map[p.EntityID]registry.Clock{}
	err := d.view(ctx, func(tx store.Tx) error {
		x, err := d.session(tx, who, id)
		if err != nil {
			return err
		}
		calls, err := callsTo(tx, &x.Session)
		for i := range calls {
			out[calls[i].kase] = calls[i].at
		}
		return err
	})
	return out, err
}

// Booked is what Book did, so that it can be taken back.
type Booked struct {
	Session p.EntityID
	Was     Hour       // that they had in it
	From    p.EntityID // the session they were taken off, zero if none
	FromAt  Hour
}

// Book calls somebody to a session at a time; from, if it is not zero, is the session that this takes the place of. Both are one act.
func (d *Desk) Book(ctx context.Context, who Who, subject, id p.EntityID, at registry.Clock, from p.EntityID, reason string) (Booked, error) {
	out := Booked{Session: id}
	for _, act := range []rights.Act{rights.Create, rights.Amend, rights.Void} {
		if err := may(who, act, registry.KindAppointment); err != nil {
			return out, err
		}
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		out = Booked{Session: id}
		if err := d.mine(tx, who, subject); err != nil {
			return nil, err
		}
		x, mine, err := d.calledTo(tx, who, id, subject)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		if mine == nil {
			draft, err := registry.NewAppointment(subject, &x.Session, at, true, d.Today())
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, draft)
		} else {
			out.Was = mine.hour()
			for _, s := range mine.appointments {
				draft, err := registry.RetimeAppointment(s, &x.Session, at, true, d.Today(), registry.SawOf(s))
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, nonEmpty(draft)...)
			}
		}
		if from.IsZero() || from == id {
			return drafts, nil
		}
		_, other, err := d.calledTo(tx, who, from, subject)
		if err != nil || other == nil {
			return drafts, err
		}
		out.From, out.FromAt = from, other.hour()
		for _, s := range other.appointments {
			draft, err := registry.Void(s, reason, registry.SawOf(s))
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return out, ignoreNothing(err)
}

// calledTo reads a session and how somebody is called to it, nil if they are not.
func (d *Desk) calledTo(tx store.Tx, who Who, id, subject p.EntityID) (*Held, *call, error) {
	x, err := d.session(tx, who, id)
	if err != nil {
		return nil, nil, err
	}
	row, err := tx.SubjectRow(subject)
	if err != nil {
		return nil, nil, err
	}
	if row == nil {
		return nil, nil, ErrNotFound
	}
	calls, err := callsTo(tx, &x.Session)
	if err != nil {
		return nil, nil, err
	}
	if at := slices.IndexFunc(calls, func(c call) bool { return c.kase == row.Case }); at >= 0 {
		return x, &calls[at], nil
	}
	return x, nil, nil
}

// UndoBook takes back what Book did.
func (d *Desk) UndoBook(ctx context.Context, who Who, subject p.EntityID, done Booked, reason string) error {
	var err error
	if done.Was.At != 0 {
		err = d.CallBack(ctx, who, done.Session, subject, done.Was)
	} else {
		_, err = d.TakeOff(ctx, who, done.Session, subject, reason)
	}
	if err == nil && !done.From.IsZero() {
		err = d.CallBack(ctx, who, done.From, subject, done.FromAt)
	}
	return err
}
