package exchange

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Lookup handles POST /sync/v1/lookup: from what this hub holds, and by asking the hub above in turn.
func (s *Server) Lookup(w http.ResponseWriter, r *http.Request) {
	child, ok := s.authorize(w, r)
	if !ok {
		return
	}
	if r.Header.Get("Content-Type") != p.ContentType {
		refuse(w, http.StatusUnsupportedMediaType, p.RefusedFormat, 0, "want "+p.ContentType)
		return
	}
	wait, err := s.lookups.take(child, s.Now(), func() (int, error) { return s.Node.StationsBelow(r.Context(), child) })
	if err != nil {
		s.lookupFailed(w, child, err)
		return
	}
	if wait > 0 {
		s.lookupFailed(w, child, &BusyError{After: wait})
		return
	}
	q, err := p.ReadLookup(http.MaxBytesReader(w, r.Body, lookupBytesMax))
	if err != nil {
		code, status := refusalOf(err)
		refuse(w, status, code, 0, err.Error())
		return
	}
	var frames []p.Frame
	var nonce [16]byte
	switch q := q.(type) {
	case *p.Lookup:
		nonce = q.Nonce
		ctx, cancel := waiting(r.Context(), q.WaitMS)
		defer cancel()
		var found *p.Candidates
		if found, err = s.find(ctx, child, q); err == nil {
			frames = append(frames, found)
		}
	case *p.Choose:
		nonce = q.Nonce
		ctx, cancel := waiting(r.Context(), q.WaitMS)
		defer cancel()
		var pages []*p.Page
		pages, err = s.choose(ctx, child, q)
		for _, page := range pages {
			frames = append(frames, page)
		}
	}
	if err != nil {
		s.lookupFailed(w, child, err)
		return
	}
	header(w)
	id := s.Node.Identity()
	_ = p.WriteLookupAnswer(w, id.Answering(), child, nonce, frames...)
}

// lookupFailed answers a child whose question cannot be answered now.
func (s *Server) lookupFailed(w http.ResponseWriter, child p.EntityID, err error) {
	var busy *BusyError
	if errors.As(err, &busy) {
		refuse(w, http.StatusTooManyRequests, p.RefusedTooMany, uint32(busy.Seconds()), "too many look-ups")
		return
	}
	if s.Log != nil {
		s.Log.Warn("look-up failed", "device", child.String(), "err", err.Error())
	}
	refuse(w, http.StatusInternalServerError, p.RefusedInternal, 60, "the look-up failed")
}

// waiting bounds what is done for a question by how long the asker says it waits.
func waiting(ctx context.Context, waitMS uint32) (context.Context, context.CancelFunc) {
	wait := lookupTimeout
	if waitMS > 0 {
		wait = min(wait, time.Duration(waitMS)*time.Millisecond)
	}
	return context.WithTimeout(ctx, wait)
}

// above is how long the hub above may take: less than the asker waits, so that a silent one does not hide what
// this hub holds. It is false if no time is left for it.
func above(ctx context.Context) (context.Context, context.CancelFunc, bool) {
	end, _ := ctx.Deadline()
	left := time.Until(end) / 5 * 4
	up, cancel := context.WithTimeout(ctx, left)
	return up, cancel, left >= lookupLeast
}

// find gathers candidates here and above; a subject both know is shown once.
func (s *Server) find(ctx context.Context, child p.EntityID, q *p.Lookup) (*p.Candidates, error) {
	actor, err := s.Node.Asker(ctx, child, q.Actor)
	if err != nil {
		return nil, err
	}
	question := registry.SoughtOf(q.Terms)
	if err := question.Check(); err != nil {
		return &p.Candidates{}, nil // a question that this version does not understand finds nobody
	}
	out := &p.Candidates{}
	add := func(c p.Candidate, subject p.EntityID) {
		switch {
		case slices.ContainsFunc(out.List, func(x p.Candidate) bool { return x.Ticket == c.Ticket }):
		case len(out.List) == p.CandidatesMax:
			out.More = true
		default:
			out.List = append(out.List, c)
			s.lookups.show(child, ticket{nonce: q.Nonce, ticket: c.Ticket, subject: subject})
		}
	}
	here, err := s.Node.Find(ctx, &question)
	if err != nil {
		return nil, err
	}
	for _, f := range here {
		add(p.Candidate{Ticket: p.Ticket(q.Nonce, f.ID), Shown: f.Hint.Terms()}, f.ID)
	}
	if s.Up == nil {
		return out, nil
	}
	up, cancel, ok := above(ctx)
	defer cancel()
	if !ok {
		out.Partial = true
		return out, nil
	}
	there, err := s.Up.lookup(up, &p.Lookup{Nonce: q.Nonce, Actor: actor, Terms: q.Terms})
	if err != nil {
		out.Partial = true // no network above, or no answer in time: this answer says so
		var busy *BusyError
		if errors.As(err, &busy) {
			out.RetryAfter = uint32(busy.Seconds())
		}
		return out, nil
	}
	out.Partial, out.More, out.RetryAfter = there.Partial, out.More || there.More, uint32(there.Busy)
	for _, c := range there.Candidates {
		add(c, p.EntityID{})
	}
	return out, nil
}

// choose gives a case to a child that was shown its subject. What comes from above is joined here too, so
// that this hub holds what its child will work with.
func (s *Server) choose(ctx context.Context, child p.EntityID, q *p.Choose) ([]*p.Page, error) {
	t, ok := s.lookups.shown(child, q.Nonce, q.Ticket)
	if !ok {
		return nil, nil
	}
	actor, err := s.Node.Asker(ctx, child, q.Actor)
	if err != nil {
		return nil, err
	}
	if t.subject.IsZero() {
		if s.Up == nil {
			return nil, nil
		}
		up, cancel, _ := above(ctx)
		defer cancel()
		pages, err := s.Up.Choose(up, actor, q.Nonce, q.Ticket)
		if errors.Is(err, ErrTicket) {
			return nil, nil
		}
		return pages, err
	}
	rows, err := s.Node.Case(ctx, t.subject)
	if err != nil {
		return nil, err
	}
	if err := s.noteLookup(ctx, child, actor, t.subject); err != nil {
		return nil, err // who looked is written down before anything is shown
	}
	return node.CasePages(rows)
}

// noteLookup writes down who, at which child's place, was given whose record. Where nobody is named, the
// device is.
func (s *Server) noteLookup(ctx context.Context, child, actor, subject p.EntityID) error {
	return s.Node.AppendAccess(ctx, actor, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		dev, err := tx.Device(child)
		if err != nil || dev == nil {
			return nil, err
		}
		entry := registry.Access{Place: dev.Place, Act: registry.ActLookup, Subject: subject}
		if actor.IsZero() {
			entry.Reason = dev.Name
		}
		return []registry.Draft{registry.NewAccess(entry)}, nil
	})
}
