package station

import (
	"context"
	"errors"
	"slices"
	"time"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// LookUp asks the hub, and through it those above, for a child that this station does not hold. The answer
// is masked until one is chosen.
func (s *Station) LookUp(ctx context.Context, who desk.Who, q registry.Sought) (*exchange.Sought, error) {
	if !rights.May(who.Role, rights.Create, registry.KindPin) {
		return nil, desk.ErrForbidden
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	if err := s.Desk.NoteLookup(ctx, who); err != nil {
		return nil, err
	}
	return s.Uplink.Client.Lookup(ctx, who.User, q.Terms())
}

// Fetch brings the case of a candidate here and binds it to this place, so that from now on it comes with
// every exchange. It returns the subject.
func (s *Station) Fetch(ctx context.Context, who desk.Who, nonce, ticket [16]byte) (p.EntityID, error) {
	if !rights.May(who.Role, rights.Create, registry.KindPin) {
		return p.EntityID{}, desk.ErrForbidden
	}
	pages, err := s.Uplink.Client.Choose(ctx, who.User, nonce, ticket)
	if err != nil {
		return p.EntityID{}, err
	}
	id, err := chosen(pages, nonce, ticket)
	if err != nil {
		return id, err
	}
	place := s.Node.Identity().Place
	_, err = s.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		members, err := tx.Members(id)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			pin, err := tx.State(m)
			if err != nil {
				return nil, err
			}
			if at, ok := pin.Get(p.FieldPlace).Ref(); ok && pin.Kind == registry.KindPin && at == place {
				return nil, nil // bound before
			}
		}
		return []registry.Draft{registry.NewPin(id, place)}, nil
	})
	if errors.Is(err, node.ErrNothing) {
		err = nil
	}
	return id, err
}

// chosen finds the subject a ticket stands for among the states that came.
func chosen(pages []*p.Page, nonce, ticket [16]byte) (p.EntityID, error) {
	for _, page := range pages {
		rows, err := page.Rows()
		if err != nil {
			return p.EntityID{}, err
		}
		i := slices.IndexFunc(rows, func(r p.Row) bool { return p.Ticket(nonce, r.State.ID) == ticket })
		if i >= 0 {
			return rows[i].State.ID, nil
		}
	}
	return p.EntityID{}, exchange.ErrTicket
}

// attachEvery is how often a station asks for the records of children it registered under a code of
// another machine.
const attachEvery = time.Hour

// AttachSought asks the hubs above for the records of children that were registered here under another
// machine's code while there was no network, and joins what was recorded to them. It returns how many.
func (s *Station) AttachSought(ctx context.Context) (int, error) {
	ids, err := s.Desk.Sought(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, id := range ids {
		var code registry.PersonCode
		err := s.Node.Store().View(ctx, func(tx store.Tx) error {
			row, err := tx.SubjectRow(id)
			if row != nil {
				code = registry.PersonCode(row.Code)
			}
			return err
		})
		if err != nil {
			return n, err
		}
		q := registry.Sought{Code: code}
		if err := q.Check(); err != nil {
			continue
		}
		found, err := s.Uplink.Client.Lookup(ctx, p.EntityID{}, q.Terms())
		if err != nil {
			return n, err // no network: the next time
		}
		for _, c := range found.Candidates {
			if c.Ticket == p.Ticket(found.Nonce, id) {
				continue // what this station itself registered
			}
			pages, err := s.Uplink.Client.Choose(ctx, p.EntityID{}, found.Nonce, c.Ticket)
			if err != nil {
				return n, err
			}
			record, err := chosen(pages, found.Nonce, c.Ticket)
			if err != nil {
				return n, err
			}
			if err := s.Desk.Attach(ctx, id, record); err != nil {
				return n, err
			}
			n++
			break
		}
	}
	return n, nil
}

// attachHourly calls AttachSought until ctx ends. Without a network it says nothing: the badge does.
func (s *Station) attachHourly(ctx context.Context) {
	tick := time.NewTicker(attachEvery)
	defer tick.Stop()
	for {
		if _, err := s.AttachSought(ctx); err != nil && ctx.Err() == nil {
			s.Log.Debug("asking for records by code", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
