package desk

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"tramy/internal/registry"
)

// SweepNightly is when sweeps run: at a quarter to two, by Vietnam's clock, when no session and no report waits for
// the machine.
const SweepNightly = "45 1 * * *"

// sweepStart is how long after its start a machine sweeps what has gathered: a laptop is off at night.
const sweepStart = 5 * time.Minute

// SweepSoon asks for a sweep besides those of the night: many records came in at once, by an import or a first load.
func (d *Desk) SweepSoon() {
	select {
	case d.sweepNow <- struct{}{}:
	default: // it was asked for already
	}
}

// KeepPairs sweeps some minutes after the start, then by a schedule (a cron expression, by Vietnam's clock) and when
// SweepSoon asks for it, until ctx ends. done is told what each sweep did, failed what went wrong.
func (d *Desk) KeepPairs(ctx context.Context, schedule string, done func(Swept), failed func(error)) {
	nightly, err := cron.ParseStandard(schedule)
	if err != nil {
		failed(err)
		return
	}
	next := time.NewTimer(sweepStart)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		case <-d.sweepNow:
		}
		swept, err := d.Sweep(ctx, nil)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failed(err)
		default:
			done(swept)
		}
		next.Reset(untilNext(nightly, d.Node.Now()))
	}
}

// untilNext is how long it is to the next time of a schedule, by Vietnam's clock.
func untilNext(schedule cron.Schedule, now time.Time) time.Duration {
	now = now.In(time.FixedZone("", int(registry.VietnamOffset/time.Second)))
	return schedule.Next(now).Sub(now)
}
