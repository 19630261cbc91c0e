package pages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	"tramy/internal/ui"
	p "tramy/syncproto"
)

// Bounds of what is kept of who works where.
const (
	seatPeopleMax = 8  // names that are offered on one browser, those who came last
	seatsMax      = 64 // browsers of one machine
)

// seats knows who works in which browser of a station. Their names outlive a restart, so that in the morning everybody has a
// button; that somebody gave the password does not, so that a laptop that was switched off, or whose clock was set, opens by no PIN.
type seats struct {
	mu   sync.Mutex
	open map[string]map[p.EntityID]seated // by seat
}

// seated is somebody who gave their password.
type seated struct {
	since time.Time
	basis registry.Basis
}

// seatRow is what is kept of a browser.
type seatRow struct {
	People []p.EntityID `json:"people"` // who came last first
	Order  int          `json:"order"`  // grows with each log-in at the machine
}

func seatKey(seat string) string {
	sum := sha256.Sum256([]byte(seat))
	return hex.EncodeToString(sum[:])
}

// take notes that somebody gave their password in a browser.
func (s *seats) take(seat string, a desk.Account, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := seatKey(seat)
	if s.open == nil || s.open[key] == nil && len(s.open) >= seatsMax {
		s.open = map[string]map[p.EntityID]seated{}
	}
	if s.open[key] == nil {
		s.open[key] = map[p.EntityID]seated{}
	}
	s.open[key][a.User] = seated{now, a.Basis}
}

// since returns when somebody gave the password on which their account still rests, and whether they did since the start.
func (s *seats) since(seat string, a desk.Account) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.open[seatKey(seat)][a.User]
	return at.since, ok && at.basis == a.Basis
}

// sit keeps who came last in a browser.
func sit(tx store.Tx, seat string, user p.EntityID) error {
	rows, err := tx.Locals(store.LocalSeat)
	if err != nil {
		return err
	}
	key, row, oldest, order := seatKey(seat), seatRow{}, "", 0
	first := 0
	for i := range rows {
		var r seatRow
		if err := json.Unmarshal(rows[i].Value, &r); err != nil {
			return fmt.Errorf("who works at this machine: %w", err)
		}
		order = max(order, r.Order)
		if rows[i].Key == key {
			row = r
		} else if oldest == "" || r.Order < first {
			oldest, first = rows[i].Key, r.Order
		}
	}
	if len(rows) >= seatsMax && row.Order == 0 {
		if err := tx.DeleteLocal(store.LocalSeat, oldest); err != nil {
			return err
		}
	}
	people := slices.DeleteFunc(row.People, func(e p.EntityID) bool { return e == user })
	row.People = append([]p.EntityID{user}, people[:min(len(people), seatPeopleMax-1)]...)
	row.Order = order + 1
	value, err := json.Marshal(row)
	if err != nil {
		return err
	}
	return tx.PutLocal(&store.LocalRow{Kind: store.LocalSeat, Key: key, Value: value})
}

// seatUser notes at a station who gave their password in this browser, for the buttons of the lock page. That it cannot be kept, on a
// full disk say, is no reason to let nobody in.
func (c *Call) seatUser(a desk.Account) {
	if c.Hub {
		return
	}
	seat := c.Logins.SeatOf(c.R)
	if seat == "" {
		seat = newSecret()
	}
	c.Logins.SetSeat(c.W, c.R, seat)
	c.seats.take(seat, a, c.Logins.Time())
	err := errors.Join(
		c.Desk.Node.Store().Update(c.Ctx(), func(tx store.Tx) error { return sit(tx, seat, a.User) }),
		c.Desk.FreePin(c.Ctx(), a),
	)
	if err != nil {
		c.Log.WarnContext(c.Ctx(), "who works at this machine was not kept", "cause", err)
	}
}

// people are the accounts that work in this browser; whoever was closed meanwhile is left out.
func (c *Call) people() ([]desk.Account, error) {
	seat := c.Logins.SeatOf(c.R)
	if c.Hub || seat == "" {
		return nil, nil
	}
	var row seatRow
	err := c.View(func(tx store.Tx) error {
		raw, err := tx.Local(store.LocalSeat, seatKey(seat))
		if raw == nil || err != nil {
			return err
		}
		return json.Unmarshal(raw, &row)
	})
	var out []desk.Account
	for _, user := range row.People {
		a, accountErr := c.Desk.Account(c.Ctx(), user)
		switch {
		case accountErr == nil:
			out = append(out, a)
		case !errors.Is(accountErr, desk.ErrLogin):
			err = errors.Join(err, accountErr)
		}
	}
	return out, err
}

// opensByPin returns since when somebody's password counts in this browser, or why it is asked for.
func (c *Call) opensByPin(a desk.Account) (since time.Time, why string, err error) {
	since, ok := c.seats.since(c.Logins.SeatOf(c.R), a)
	if !ok || c.Logins.Old(since) {
		return since, "pin.why_day", nil
	}
	has, err := c.Desk.HasPin(c.Ctx(), a)
	if err == nil && !has {
		why = "pin.why_none"
	}
	return since, why, err
}

// colleague is an account as its button on the lock page.
func (c *Call) colleague(a desk.Account) (ui.Colleague, error) {
	_, why, err := c.opensByPin(a)
	return ui.Colleague{ID: a.User.String(), Name: a.Name, Role: c.T("role." + a.Role.String()), Pin: why == ""}, err
}

// Guesses keeps wrong guesses in a node's store.
type Guesses struct{ Store store.Store }

var _ server.GuessStore = Guesses{}

// Guesses implements server.GuessStore.
func (g Guesses) Guesses(ctx context.Context) ([]server.StoredGuess, error) {
	var out []server.StoredGuess
	err := g.Store.View(ctx, func(tx store.Tx) error {
		rows, err := tx.Locals(store.LocalGuesses)
		for i := range rows {
			var wrong int
			if err := json.Unmarshal(rows[i].Value, &wrong); err != nil {
				return fmt.Errorf("a count of guesses: %w", err)
			}
			out = append(out, server.StoredGuess{Key: rows[i].Key, Wrong: wrong})
		}
		return err
	})
	return out, err
}

// SaveGuesses implements server.GuessStore.
func (g Guesses) SaveGuesses(ctx context.Context, counts []server.StoredGuess) error {
	return g.Store.Update(ctx, func(tx store.Tx) error {
		for _, c := range counts {
			if c.Wrong == 0 {
				if err := tx.DeleteLocal(store.LocalGuesses, c.Key); err != nil {
					return err
				}
				continue
			}
			value, err := json.Marshal(c.Wrong)
			if err != nil {
				return err
			}
			if err := tx.PutLocal(&store.LocalRow{Kind: store.LocalGuesses, Key: c.Key, Value: value}); err != nil {
				return err
			}
		}
		return nil
	})
}
