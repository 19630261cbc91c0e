package exchange

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/robfig/cron/v3"

	"tramy/internal/node"
	p "tramy/syncproto"
)

// Uplink decides when a node speaks to its upstream: some time after the first change that waits, on a
// schedule, and when somebody presses the button. Failures back off with full jitter.
type Uplink struct {
	Client *Client
	// Delay is how long after the first unsent change an exchange begins; 60 s in the field.
	Delay time.Duration
	// Schedule is a cron expression for exchanges that happen anyway ("@every 30m"); a jitter of up to a
	// tenth of the time to the next run keeps stations apart.
	Schedule string
	Log      *slog.Logger

	kick chan struct{} // something was saved
	now  chan chan outcome
	mu   sync.Mutex
	last Link
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
	return &Uplink{Client: c, Delay: delay, Schedule: schedule, Log: log, kick: make(chan struct{}, 1), now: make(chan chan outcome)}
}

// Saved says that something was written that wants to go up.
func (u *Uplink) Saved() {
	select {
	case u.kick <- struct{}{}:
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
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = max(u.Delay/4, 50*time.Millisecond)
	wait.MaxInterval = max(15*time.Minute, u.Delay)
	if u.Delay < time.Second { // a demo or a test: a cut link is noticed again soon
		wait.MaxInterval = time.Second
	}
	wait.RandomizationFactor = 1 // full jitter: stations that lost one hub do not come back in step

	due := time.NewTimer(0) // one exchange at the start
	defer due.Stop()
	failing := false
	waiting := true
	for {
		var answer chan outcome
		select {
		case <-ctx.Done():
			return nil
		case <-u.kick:
			// While the link fails the back-off decides; otherwise the first unsent change sets the time.
			if !failing && !waiting {
				u.arm(due, u.Delay)
				waiting = true
			}
			continue
		case answer = <-u.now:
		case <-due.C:
		}
		waiting = false
		u.set(func(l *Link) { l.Busy, l.Next = true, time.Time{} })
		res, err := u.Client.Sync(ctx)
		if answer != nil {
			answer <- outcome{res, err}
		}
		if ctx.Err() != nil {
			return nil
		}
		failed := err != nil || res.Refusal != nil
		u.note(res, err, failed != failing)
		failing = failed
		var next time.Duration
		switch {
		case failed && res.ComeBack > 0:
			next = time.Duration(res.ComeBack)*time.Second + rand.N(10*time.Second)
		case failed:
			next = wait.NextBackOff()
		default:
			wait.Reset()
			next = u.nextRun(schedule)
			// The hub may have news soon: what it passed on and the centre has not signed for yet.
			if soon := time.Duration(res.ComeBack) * time.Second; soon > 0 && (next == 0 || soon < next) {
				next = soon + rand.N(soon/10+1)
			}
		}
		if next > 0 {
			u.arm(due, next)
			waiting = failed
		}
	}
}

func (u *Uplink) nextRun(schedule cron.Schedule) time.Duration {
	if schedule == nil {
		return 0
	}
	now := time.Now()
	next := schedule.Next(now).Sub(now)
	return next + rand.N(next/10+1)
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
