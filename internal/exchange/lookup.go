package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// PathLookup is where a child asks for somebody it does not hold.
const PathLookup = "/sync/v1/lookup"

// Limits of looking up.
const (
	lookupBytesMax = 64 << 10         // of a request
	lookupTimeout  = 20 * time.Second // a nurse waits for it
	lookupTickets  = 256              // open candidates of one child; the oldest are forgotten first
	lookupsPerHour = 120              // of one child, all its people together
	lookupsAtOnce  = 10
)

// ErrLookupBusy says that this node asks too often.
var ErrLookupBusy = errors.New("too many look-ups: wait a minute")

// ErrTicket says that the hub no longer knows the candidate that was chosen.
var ErrTicket = errors.New("the hub no longer knows this candidate: ask again")

// Sought is one answer: who may be the one, and whether a hub above could not be asked.
type Sought struct {
	Nonce      [16]byte
	Partial    bool
	Candidates []p.Candidate
}

// Lookup asks the hub, and through it those above, for somebody this node does not hold.
func (c *Client) Lookup(ctx context.Context, actor p.EntityID, terms []p.Term) (*Sought, error) {
	q := &p.Lookup{Actor: actor, Terms: terms}
	if _, err := rand.Read(q.Nonce[:]); err != nil {
		return nil, err
	}
	return c.lookup(ctx, q)
}

func (c *Client) lookup(ctx context.Context, q *p.Lookup) (*Sought, error) {
	a, err := c.ask(ctx, q, q.Nonce)
	if err != nil {
		return nil, err
	}
	if a.Candidates == nil {
		return nil, fmt.Errorf("answer to a look-up without candidates: %w", p.ErrOrder)
	}
	return &Sought{Nonce: q.Nonce, Partial: a.Candidates.Partial, Candidates: a.Candidates.List}, nil
}

// Choose fetches the whole case of a candidate; it is joined into this node's states before Choose returns.
func (c *Client) Choose(ctx context.Context, actor p.EntityID, nonce, ticket [16]byte) ([]*p.Page, error) {
	a, err := c.ask(ctx, &p.Choose{Nonce: nonce, Actor: actor, Ticket: ticket}, nonce)
	if err != nil {
		return nil, err
	}
	if len(a.Pages) == 0 {
		return nil, ErrTicket
	}
	return a.Pages, c.Node.TakeCase(ctx, a.Pages)
}

// ask sends one request to the hub's addresses in turn, beside whatever exchange is going on.
func (c *Client) ask(ctx context.Context, q p.Frame, nonce [16]byte) (*p.LookupAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	var body bytes.Buffer
	if err := p.NewFrameWriter(&body).Write(q); err != nil {
		return nil, err
	}
	c.askMu.Lock()
	if c.asking == nil {
		c.asking = c.newHTTP()
	}
	asking := c.asking
	c.askMu.Unlock()
	id := c.Node.Identity()
	var last error
	for _, address := range c.Addresses {
		req, err := c.requestTo(ctx, address, http.MethodPost, PathLookup, bytes.NewReader(body.Bytes()))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", p.ContentType)
		resp, err := asking.Do(req)
		if err != nil {
			last = err
			continue
		}
		defer resp.Body.Close()
		if last = checkAnswer(resp); last != nil {
			continue
		}
		a, err := p.ReadLookupAnswer(resp.Body, id.Upstream.Key, id.Device, nonce)
		switch {
		case err != nil:
			return nil, err
		case a.Refusal != nil && a.Refusal.Code == p.RefusedTooMany:
			return nil, ErrLookupBusy
		case a.Refusal != nil:
			return nil, fmt.Errorf("the hub refused to look up: %d %s", a.Refusal.Code, a.Refusal.Message)
		}
		return a, nil
	}
	return nil, last
}

// lookups is what a hub remembers of who asked for whom.
type lookups struct {
	mu       sync.Mutex
	children map[p.EntityID]*asked
}

type asked struct {
	rate    *rate.Limiter
	tickets []ticket // oldest first
}

// ticket is a candidate that was shown to a child.
type ticket struct {
	nonce, ticket [16]byte
	subject       p.EntityID // zero: the hub above knows
}

func (l *lookups) of(child p.EntityID) *asked {
	if l.children == nil {
		l.children = map[p.EntityID]*asked{}
	}
	a := l.children[child]
	if a == nil {
		a = &asked{rate: rate.NewLimiter(rate.Every(time.Hour/lookupsPerHour), lookupsAtOnce)}
		l.children[child] = a
	}
	return a
}

func (l *lookups) allow(child p.EntityID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of(child).rate.AllowN(now, 1)
}

func (l *lookups) show(child p.EntityID, t ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.of(child)
	if len(a.tickets) >= lookupTickets {
		a.tickets = slices.Delete(a.tickets, 0, 1)
	}
	a.tickets = append(a.tickets, t)
}

func (l *lookups) shown(child p.EntityID, nonce, id [16]byte) (ticket, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.of(child).tickets {
		if t.nonce == nonce && t.ticket == id {
			return t, true
		}
	}
	return ticket{}, false
}

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
	if !s.lookups.allow(child, s.Now()) {
		refuse(w, http.StatusTooManyRequests, p.RefusedTooMany, 60, "too many look-ups")
		return
	}
	q, err := p.ReadLookup(http.MaxBytesReader(w, r.Body, lookupBytesMax))
	if err != nil {
		code, status := refusalOf(err)
		refuse(w, status, code, 0, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookupTimeout)
	defer cancel()
	var frames []p.Frame
	var nonce [16]byte
	switch q := q.(type) {
	case *p.Lookup:
		nonce = q.Nonce
		var found *p.Candidates
		if found, err = s.find(ctx, child, q); err == nil {
			frames = append(frames, found)
		}
	case *p.Choose:
		nonce = q.Nonce
		var pages []*p.Page
		pages, err = s.choose(ctx, child, q)
		for _, page := range pages {
			frames = append(frames, page)
		}
	}
	if err != nil {
		if s.Log != nil {
			s.Log.Warn("look-up failed", "device", child.String(), "err", err.Error())
		}
		refuse(w, http.StatusInternalServerError, p.RefusedInternal, 60, "the look-up failed")
		return
	}
	header(w)
	id := s.Node.Identity()
	_ = p.WriteLookupAnswer(w, id.Key, child, nonce, frames...)
}

// find gathers candidates here and above; a subject both know is shown once.
func (s *Server) find(ctx context.Context, child p.EntityID, q *p.Lookup) (*p.Candidates, error) {
	question := registry.SoughtOf(q.Terms)
	if err := question.Check(); err != nil {
		return &p.Candidates{}, nil // a question that this version does not understand finds nobody
	}
	out := &p.Candidates{}
	add := func(c p.Candidate, subject p.EntityID) {
		if len(out.List) < p.CandidatesMax && !slices.ContainsFunc(out.List, func(x p.Candidate) bool { return x.Ticket == c.Ticket }) {
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
	above, err := s.Up.lookup(ctx, q)
	if err != nil {
		out.Partial = true // no network above: the answer says so
		return out, nil
	}
	out.Partial = above.Partial
	for _, c := range above.Candidates {
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
	if t.subject.IsZero() {
		if s.Up == nil {
			return nil, nil
		}
		pages, err := s.Up.Choose(ctx, q.Actor, q.Nonce, q.Ticket)
		if errors.Is(err, ErrTicket) {
			return nil, nil
		}
		return pages, err
	}
	rows, err := s.Node.Case(ctx, t.subject)
	if err != nil {
		return nil, err
	}
	if err := s.noteLookup(ctx, child, q.Actor, t.subject); err != nil {
		return nil, err // who looked is written down before anything is shown
	}
	return node.CasePages(rows)
}

// noteLookup writes down who, at which child's place, was given whose record.
func (s *Server) noteLookup(ctx context.Context, child, actor, subject p.EntityID) error {
	return s.Node.AppendAccess(ctx, actor, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		dev, err := tx.Device(child)
		if err != nil || dev == nil {
			return nil, err
		}
		return []registry.Draft{registry.NewAccess(registry.Access{Place: dev.Place, Act: registry.ActLookup, Subject: subject})}, nil
	})
}
