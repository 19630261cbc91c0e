package exchange

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"slices"
	"time"

	"tramy/internal/node"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Route is where an upstream is to be found, and by what it is known there.
type Route struct {
	Addresses []string // https://host:port, tried in turn
	Pin       [32]byte // see server.ClientTLS
}

// Moves keeps, durably, what is heard of where the upstream goes.
type Moves interface {
	// Newest is the newest announcement of the upstream, nil if there was none.
	Newest() *p.Move
	// Heard keeps one that was heard. It is checked again, and one that is no newer changes nothing.
	Heard(*p.Move) error
	// Ahead is the announced route while the upstream has not answered there yet.
	Ahead() (Route, bool)
	// Reached says that the upstream answered over a route, with the announced key and its signature; it returns the route from
	// then on.
	Reached(Route) (Route, error)
}

// aheadTimeout is for how long an exchange waits for an upstream that may not have moved yet.
const aheadTimeout = 5 * time.Second

// side is a route as a client uses it.
type side struct {
	addresses []string
	tls       *tls.Config
	current   int
}

// turn makes the client use a side from now on. The caller holds mu.
func (c *Client) turn(to side) {
	c.askMu.Lock()
	defer c.askMu.Unlock()
	c.Addresses, c.TLS, c.current, c.asking = to.addresses, to.tls, to.current, nil
}

// lookAhead turns to the announced route if somebody answers there who holds the announced key. Else the old one goes on: the
// upstream may not have moved yet. The caller holds mu.
func (c *Client) lookAhead(ctx context.Context) {
	if c.Moves == nil || c.Carry != nil || c.before != nil {
		return
	}
	route, ok := c.Moves.Ahead()
	if !ok {
		return
	}
	if c.shy { // it answered there and then did not exchange: the old one has its turn
		c.shy = false
		return
	}
	old := side{c.Addresses, c.TLS, c.current}
	kept, fresh := c.http, c.fresh
	conf := server.ClientTLS(route.Pin)
	conf.Time = c.Now
	for i := range route.Addresses {
		c.turn(side{route.Addresses, conf, i})
		c.http = c.newHTTP()
		turn, cancel := context.WithTimeout(ctx, aheadTimeout)
		_, err := c.position(turn)
		cancel()
		if err == nil {
			c.drop()
			c.before, c.trying, c.bad = &old, route, true
			return
		}
		c.http.CloseIdleConnections()
	}
	c.turn(old)
	c.http, c.fresh = kept, fresh
}

// settle ends an attempt on the announced route: it is the route from now on, or the old one has its turn again. The caller holds mu.
func (c *Client) settle(res node.Result, err error) {
	old := c.before
	if old == nil {
		return
	}
	c.before = nil
	if err == nil && res.Refusal == nil {
		at := c.Addresses[c.current]
		route, kerr := c.Moves.Reached(c.trying)
		if kerr == nil {
			// The connection stays: it is the very same place under the very same key.
			c.turn(side{route.Addresses, c.TLS, max(0, slices.Index(route.Addresses, at))})
			return
		}
		c.warn("where the hub is now could not be kept; it is looked for again", kerr)
	}
	c.shy = true
	c.drop()
	c.turn(*old)
}

// heard keeps what the upstream announced, and finds out whether it has forgotten what it announced before. fresh says that this was
// the first exchange of a connection, on which it says all it knows.
func (c *Client) heard(m *p.Move, fresh bool) {
	if c.Moves == nil {
		return
	}
	if m != nil {
		if err := c.Moves.Heard(m); err != nil {
			c.warn("where the hub will be could not be kept; it says so again", err)
			c.drop() // who connects anew is told again
			return
		}
	}
	if newest := c.Moves.Newest(); newest != nil && fresh && (m == nil || m.Number < newest.Number) {
		c.tell = newest
	}
}

// find asks the upstream's addresses in turn, beginning with the one that was good last, how far it has taken what this node sends.
func (c *Client) find(ctx context.Context) (*p.Position, error) {
	var all error
	for range c.Addresses {
		c.connect()
		pos, err := c.position(ctx)
		if err == nil {
			return pos, nil
		}
		all = errors.Join(all, err)
		c.hangUp()
		if ctx.Err() != nil {
			break
		}
	}
	return nil, all
}

func (c *Client) warn(what string, err error) {
	cmp.Or(c.Log, slog.Default()).Warn(what, "err", err)
}
