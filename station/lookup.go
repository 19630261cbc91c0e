package station

import (
	"context"
	"errors"
	"slices"
	"time"

	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/registry"
	"tramy/internal/rights"
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
	if err := s.Desk.Pin(ctx, who.User, id); err != nil {
		return id, err
	}
	_, err = s.attachHeld(ctx)
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

// How a station asks for the records of children it registered under the code of a card: a few at a time, so
// that people who look somebody up are not refused for it.
const (
	attachEvery  = 10 * time.Minute
	attachAtOnce = 5
)

// AttachSought brings together children registered here under the code of a card, while there was no network or
// the hub did not know them, with the records these codes belong to: first those this station holds, then, for a
// few at a time, what the hubs above know. It returns how many were joined; see desk.Attach for what is left to a
// person. A hub that refuses or does not answer ends it until the next time, with other codes first.
func (s *Station) AttachSought(ctx context.Context) (int, error) {
	n, err := s.attachHeld(ctx)
	if err != nil {
		return n, err
	}
	list, err := s.Desk.Sought(ctx)
	if err != nil {
		return n, err
	}
	asked := map[registry.PersonCode]bool{}
	for _, sought := range list {
		if !sought.Due || asked[sought.Code] {
			continue
		}
		if len(asked) == attachAtOnce {
			break
		}
		asked[sought.Code] = true
		joined, answered, err := s.attach(ctx, sought)
		n += joined
		if errors.Is(err, exchange.ErrLookupBusy) {
			return n, err // it was not asked: it stays in front
		}
		if aerr := s.Desk.Asked(ctx, sought.ID, answered); aerr != nil {
			return n, aerr
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// attachHeld is AttachSought with the records that are here.
func (s *Station) attachHeld(ctx context.Context) (int, error) {
	list, err := s.Desk.Sought(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, sought := range list {
		held, err := s.Desk.HeldUnder(ctx, sought)
		if err != nil {
			return n, err
		}
		for _, id := range held {
			joined, err := s.Desk.Attach(ctx, sought.ID, id)
			if err != nil {
				return n, err
			}
			if joined {
				n++
			}
		}
	}
	return n, nil
}

// attach asks the hubs above for the records under one code. All of them are taken: one may have been made from
// the same card at another station, and which is the child's own cannot be seen before. It returns how many were
// joined, and whether every hub was heard.
func (s *Station) attach(ctx context.Context, sought desk.Sought) (n int, whole bool, err error) {
	q := registry.Sought{Code: sought.Code}
	found, err := s.Uplink.Client.Lookup(ctx, p.EntityID{}, q.Terms())
	if err != nil {
		return 0, false, err
	}
	held, err := s.Desk.HeldUnder(ctx, sought)
	if err != nil {
		return 0, false, err
	}
	here := func(c *p.Candidate) bool {
		return slices.ContainsFunc(append(held, sought.ID), func(id p.EntityID) bool { return p.Ticket(found.Nonce, id) == c.Ticket })
	}
	for i := range found.Candidates {
		c := &found.Candidates[i]
		if here(c) {
			continue
		}
		pages, err := s.Uplink.Client.Choose(ctx, p.EntityID{}, found.Nonce, c.Ticket)
		if errors.Is(err, exchange.ErrTicket) {
			continue
		}
		if err != nil {
			return n, false, err
		}
		record, err := chosen(pages, found.Nonce, c.Ticket)
		if err != nil {
			return n, false, err
		}
		joined, err := s.Desk.Attach(ctx, sought.ID, record)
		if err != nil {
			return n, false, err
		}
		if joined {
			n++
		}
	}
	return n, !found.Partial, nil
}

// attachFromTimeToTime calls AttachSought until ctx ends. Without a network it says nothing: the badge does.
func (s *Station) attachFromTimeToTime(ctx context.Context) {
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
