package exchange

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// Uplink decides when a node speaks to its upstream: some time after the first change that waits, on a
// schedule, and when somebody presses the button. How often is Pace's to say.
type Uplink struct {
	Client *Client
	// Delay is how long after the first unsent change an exchange begins; 60 s in the field.
	Delay time.Duration
	// Schedule is a cron expression for exchanges that happen anyway ("@every 30m"); a jitter of up to a
	// tenth of the time to the next run keeps stations apart.
	Schedule string
	Log      *slog.Logger
	// After is called after each exchange with what came of it, nil: nothing is.
	After func(ctx context.Context, res node.Result, err error)

	kick   chan struct{} // something was saved
	urgent chan struct{} // something was saved that must not wait
	now    chan chan outcome
	mu     sync.Mutex
	last   Link
}

// Link is how the link stands, for the badge on every page.
type Link struct {
	Busy    bool
	Down    bool      // the last exchange did not reach the hub
	Since   time.Time // since when it is down or up
	Next    time.Time // when the next attempt is due, zero: when something is saved
	Code    string    // result of the last exchange, see node.Exchange…
	Revoked bool
}

type outcome struct {
	res node.Result
	err error
}

// NewUplink returns an uplink that is not running yet.
func NewUplink(c *Client, delay time.Duration, schedule string, log *slog.Logger) *Uplink {
	return &Uplink{
		Client: c, Delay: delay, Schedule: schedule, Log: log,
		kick: make(chan struct{}, 1), urgent: make(chan struct{}, 1), now: make(chan chan outcome),
	}
}

// Saved says that something was written that wants to go up.
func (u *Uplink) Saved() {
	select {
	case u.kick <- struct{}{}:
	default:
	}
}

// Urgent says that something was written that must not wait: an exchange begins at once, even while the link fails, when it
// is tried once and the usual pace goes on. It does not wait for what comes of it.
func (u *Uplink) Urgent() {
	select {
	case u.urgent <- struct{}{}:
	default:
	}
}

// Now exchanges at once and returns what came of it.
func (u *Uplink) Now(ctx context.Context) (node.Result, error) {
	answer := make(chan outcome, 1)
	select {
	case u.now <- answer:
	case <-ctx.Done():
		return node.Result{}, ctx.Err()
	}
	select {
	case o := <-answer:
		return o.res, o.err
	case <-ctx.Done():
		return node.Result{}, ctx.Err()
	}
}

// Link returns how the link stands.
func (u *Uplink) Link() Link {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.last
}

// Run exchanges until ctx ends.
func (u *Uplink) Run(ctx context.Context) error {
	var schedule cron.Schedule
	if u.Schedule != "" {
		var err error
		if schedule, err = cron.ParseStandard(u.Schedule); err != nil {
			return err
		}
	}
	pace := NewPace(u.Delay, schedule, rand.Float64)
	due := time.NewTimer(0) // one exchange at the start
	defer due.Stop()
	for {
		var answer chan outcome
		select {
		case <-ctx.Done():
			return nil
		case <-u.kick:
			if wait, ok := pace.Saved(); ok {
				u.arm(due, wait)
			}
			continue
		case answer = <-u.now:
		case <-u.urgent:
		case <-due.C:
		}
		pace.Begins()
		u.set(func(l *Link) { l.Busy, l.Next = true, time.Time{} })
		res, err := u.Client.Sync(ctx)
		wait, turned := pace.Ended(res, err, time.Now())
		u.note(res, err, turned)
		if answer != nil { // who waits for it finds the link as it is now
			answer <- outcome{res, err}
		}
		if ctx.Err() != nil {
			return nil
		}
		if u.After != nil {
			u.After(ctx, res, err)
		}
		if wait > 0 {
			u.arm(due, wait)
		}
	}
}

func (u *Uplink) arm(t *time.Timer, d time.Duration) {
	t.Reset(d)
	u.set(func(l *Link) { l.Next = time.Now().Add(d) })
}

func (u *Uplink) set(fn func(*Link)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	fn(&u.last)
}

func (u *Uplink) note(res node.Result, err error, turned bool) {
	u.set(func(l *Link) {
		l.Busy = false
		l.Down = err != nil || res.Refusal != nil
		if turned || l.Since.IsZero() {
			l.Since = time.Now()
		}
		l.Code = u.Client.Result()
		l.Revoked = res.Refusal != nil && res.Refusal.Code == p.RefusedRevoked
	})
	if err != nil && u.Log != nil {
		u.Log.Info("the hub was not reached", "err", err.Error())
	}
}
