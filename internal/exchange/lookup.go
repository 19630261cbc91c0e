package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	p "tramy/syncproto"
)

// PathLookup is where a child asks for somebody it does not hold.
const PathLookup = "/sync/v1/lookup"

// Limits of looking up. See allowance.go for how often.
const (
	lookupBytesMax = 64 << 10         // of a request
	lookupTimeout  = 20 * time.Second // a nurse waits for it
	lookupLeast    = 100 * time.Millisecond
)

// ErrLookupBusy says that a hub was asked too often; see BusyError.
var ErrLookupBusy = errors.New("too many look-ups")

// BusyError is ErrLookupBusy with when to ask again.
type BusyError struct{ After time.Duration }

func (e *BusyError) Error() string {
	return fmt.Sprintf("%s: ask again in %d s", ErrLookupBusy, e.Seconds())
}

// Is makes it an ErrLookupBusy.
func (e *BusyError) Is(target error) bool { return target == ErrLookupBusy }

// Seconds is After, whole and never less than one.
func (e *BusyError) Seconds() int { return max(1, int((e.After+time.Second-1)/time.Second)) }

// ErrTicket says that the hub no longer knows the candidate that was chosen.
var ErrTicket = errors.New("the hub no longer knows this candidate: ask again")

// Sought is one answer: who may be the one, and what it lacks.
type Sought struct {
	Nonce      [16]byte
	Partial    bool // a hub above was not heard
	Candidates []p.Candidate
	More       bool // others fit as well
	// Busy is after how many seconds a hub above answers again that was asked too often, 0 if none was.
	Busy int
}

// Lookup asks the hub, and through it those above, for somebody this node does not hold. It waits no longer
// than ctx and than a nurse would.
func (c *Client) Lookup(ctx context.Context, actor p.EntityID, terms []p.Term) (*Sought, error) {
	q := &p.Lookup{Actor: actor, Terms: terms}
	if _, err := rand.Read(q.Nonce[:]); err != nil {
		return nil, err
	}
	return c.lookup(ctx, q)
}

func (c *Client) lookup(ctx context.Context, q *p.Lookup) (*Sought, error) {
	a, err := c.ask(ctx, q.Nonce, func(waitMS uint32) p.Frame {
		return &p.Lookup{Nonce: q.Nonce, Actor: q.Actor, Terms: q.Terms, WaitMS: waitMS}
	})
	if err != nil {
		return nil, err
	}
	if a.Candidates == nil {
		return nil, fmt.Errorf("answer to a look-up without candidates: %w", p.ErrOrder)
	}
	return &Sought{
		Nonce: q.Nonce, Partial: a.Candidates.Partial, Candidates: a.Candidates.List, More: a.Candidates.More, Busy: int(a.Candidates.RetryAfter),
	}, nil
}

// Choose fetches the whole case of a candidate; it is joined into this node's states before Choose returns.
func (c *Client) Choose(ctx context.Context, actor p.EntityID, nonce, ticket [16]byte) ([]*p.Page, error) {
	a, err := c.ask(ctx, nonce, func(waitMS uint32) p.Frame {
		return &p.Choose{Nonce: nonce, Actor: actor, Ticket: ticket, WaitMS: waitMS}
	})
	if err != nil {
		return nil, err
	}
	if len(a.Pages) == 0 {
		return nil, ErrTicket
	}
	return a.Pages, c.Node.TakeCase(ctx, a.Pages)
}

// ask sends one request to the hub's addresses in turn, beside whatever exchange is going on. The request says
// for how long this node waits.
func (c *Client) ask(ctx context.Context, nonce [16]byte, question func(waitMS uint32) p.Frame) (*p.LookupAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	c.askMu.Lock()
	if c.asking == nil {
		c.asking = c.newHTTP()
	}
	asking, addresses := c.asking, c.Addresses
	c.askMu.Unlock()
	end, _ := ctx.Deadline()
	var last error
	for i, address := range addresses {
		// One that is silent leaves time for the others.
		turn, cancel := context.WithTimeout(ctx, time.Until(end)/time.Duration(len(addresses)-i))
		a, err := c.askAt(turn, asking, address, nonce, question)
		cancel()
		switch {
		case err != nil:
			last = err
			continue
		case a.Refusal != nil && a.Refusal.Code == p.RefusedTooMany:
			return nil, &BusyError{After: time.Duration(a.Refusal.RetryAfter) * time.Second}
		case a.Refusal != nil:
			return nil, fmt.Errorf("the hub refused to look up: %d %s", a.Refusal.Code, a.Refusal.Message)
		}
		return a, nil
	}
	return nil, last
}

func (c *Client) askAt(ctx context.Context, asking *http.Client, address string, nonce [16]byte, question func(waitMS uint32) p.Frame) (*p.LookupAnswer, error) {
	end, _ := ctx.Deadline()
	var body bytes.Buffer
	if err := p.NewFrameWriter(&body).Write(question(uint32(max(1, time.Until(end).Milliseconds())))); err != nil {
		return nil, err
	}
	req, err := c.requestTo(ctx, address, http.MethodPost, PathLookup, &body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", p.ContentType)
	resp, err := asking.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := checkAnswer(resp); err != nil {
		return nil, err
	}
	id := c.Node.Identity()
	return p.ReadLookupAnswer(resp.Body, id.Upstream.Key, id.Device, nonce)
}
