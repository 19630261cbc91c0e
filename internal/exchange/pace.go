package exchange

import (
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/robfig/cron/v3"

	"tramy/internal/node"
)

// Pace says when the next exchange is due: some time after the first change that waits, on a schedule, when the hub
// said, and ever later while it is not reached. It has no clock and starts nothing.
type Pace struct {
	delay    time.Duration
	schedule cron.Schedule // nil: only when something is saved
	random   func() float64
	wait     *backoff.ExponentialBackOff
	failing  bool
	waiting  bool // a time is set that a save must not put off
}

// NewPace returns the pace of a node that has just started: its first exchange is due at once. random draws from 0 up to,
// not including, 1.
func NewPace(delay time.Duration, schedule cron.Schedule, random func() float64) *Pace {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval = max(delay/4, 50*time.Millisecond)
	wait.MaxInterval = max(15*time.Minute, delay)
	if delay < time.Second { // a demo or a test: a cut link is noticed again soon
		wait.MaxInterval = time.Second
	}
	wait.RandomizationFactor = 0 // the jitter is ours: see Ended
	return &Pace{delay: delay, schedule: schedule, random: random, wait: wait, waiting: true}
}

// Saved says that something waits to go up. It returns how long from now the exchange is due, or false if the time that
// was set before stands.
func (c *Pace) Saved() (time.Duration, bool) {
	// While the link fails the back-off decides; otherwise the first unsent change sets the time.
	if c.failing || c.waiting {
		return 0, false
	}
	c.waiting = true
	return c.delay, true
}

// Begins says that an exchange begins: what is saved from here on wants another.
func (c *Pace) Begins() { c.waiting = false }

// Ended says how an exchange ended. It returns how long from now the next one is due, 0 if only a save makes one, and
// whether the link has just failed or come back.
func (c *Pace) Ended(res node.Result, err error, now time.Time) (next time.Duration, turned bool) {
	failed := err != nil || res.Refusal != nil
	turned, c.failing = failed != c.failing, failed
	switch {
	case failed && res.ComeBack > 0:
		next = time.Duration(res.ComeBack)*time.Second + c.part(10*time.Second)
	case failed:
		// Full jitter: stations that lost one hub do not come back in step.
		next = max(c.part(2*c.wait.NextBackOff()), 1)
	default:
		c.wait.Reset()
		next = c.nextRun(now)
		// The hub may have news soon: what it passed on and the centre has not signed for yet.
		if soon := time.Duration(res.ComeBack) * time.Second; soon > 0 && (next == 0 || soon < next) {
			next = soon + c.part(soon/10)
		}
	}
	if next > 0 {
		c.waiting = failed
	}
	return next, turned
}

func (c *Pace) nextRun(now time.Time) time.Duration {
	if c.schedule == nil {
		return 0
	}
	next := c.schedule.Next(now).Sub(now)
	return next + c.part(next/10)
}

// part is a random part of a time.
func (c *Pace) part(d time.Duration) time.Duration { return time.Duration(c.random() * float64(d)) }
