package desk

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Coming are the sessions to come, with who is called to them.
type Coming struct {
	held  []Held
	calls map[p.EntityID]Offer // by case, the first
	book  *HamletBook
}

// Coming reads the sessions of the days to come, without naming anybody. Who may not see sessions, and a hub, has none.
func (d *Desk) Coming(ctx context.Context, who Who) (*Coming, error) {
	out := &Coming{calls: map[p.EntityID]Offer{}}
	if d.Node.Identity().Role == registry.NodeHub || may(who, rights.Read, registry.KindSession) != nil {
		return out, nil
	}
	today := d.Today()
	return out, d.view(ctx, func(tx store.Tx) error {
		held, err := d.heldAt(tx, who, today, today+bookingDays)
		if err != nil {
			return err
		}
		if out.book, err = d.hamletBook(tx); err != nil {
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
			for k := range calls {
				if _, known := out.calls[calls[k].kase]; !known {
					out.calls[calls[k].kase] = Offer{*x, calls[k].at}
				}
			}
			if x.Day > today {
				out.held = append(out.held, *x)
			}
		}
		return nil
	})
}

// For returns the session to which somebody is called, with the hour; else the first for their hamlet, without one. False: none.
func (c *Coming) For(row *project.SubjectRow) (Offer, bool) {
	if x, called := c.calls[row.Case]; called {
		return x, true
	}
	for i := range c.held {
		if c.book.Calls(&c.held[i].SessionInput, row.Residence, row.Hamlet) {
			return Offer{Held: c.held[i]}, true
		}
	}
	return Offer{}, false
}
