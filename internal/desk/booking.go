package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
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
	today := d.Today()
	err := d.view(ctx, func(tx store.Tx) error {
		held, err := d.heldAt(tx, who, today, today+bookingDays)
		if err != nil {
			return err
		}
		row, err := tx.SubjectRow(r.Subject.ID)
		if err != nil || row == nil {
			return err
		}
		book, err := d.hamletBook(tx)
		if err != nil {
			return err
		}
		for i := range held {
			x := &held[i]
			if !x.Live() || x.Closed != 0 {
				continue
			}
			calls, err := callsTo(tx, &x.Session)
			if err != nil {
				return err
			}
			x.Booked = len(calls)
			if at := slices.IndexFunc(calls, func(c call) bool { return c.kase == row.Case }); at >= 0 {
				out.Called = append(out.Called, Offer{*x, calls[at].at})
				continue
			}
			if x.Day == today || len(out.Offers) == offersMax || !book.Calls(&x.SessionInput, row.Residence, row.Hamlet) {
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
		return nil
	})
	return out, err
}
