package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// PathChain is where a machine that was enrolled by an earlier program asks its hub for what enrolment tells today.
const PathChain = "/sync/v1/chain"

// Chain handles GET /sync/v1/chain: the hub, the nodes above it, the root, as enrolment tells them.
func (s *Server) Chain(chain []ChainLink) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.authorize(w, r); ok {
			WriteEnrol(w, http.StatusOK, &EnrolAnswer{Chain: chain})
		}
	})
}

// Chain asks the hub for the nodes from it up to the root. A hub of an earlier version does not answer: ErrNotHub.
func (c *Client) Chain(ctx context.Context) ([]ChainLink, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connect()
	req, err := c.request(ctx, http.MethodGet, PathChain, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.hangUp()
		return nil, err
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != enrolType || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: it sent %q with status %d", ErrNotHub, got, resp.StatusCode)
	}
	a := &EnrolAnswer{}
	if err := json.NewDecoder(io.LimitReader(resp.Body, EnrolBytesMax)).Decode(a); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotHub, err)
	}
	return a.Chain, nil
}
