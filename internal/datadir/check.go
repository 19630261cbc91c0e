package datadir

import (
	"context"
	"encoding/binary"
	"errors"
	"runtime/debug"
	"time"

	"tramy/internal/check"
	"tramy/internal/node"
	"tramy/internal/store"
)

// A node looks at itself as a whole once a week, beside the work.
const (
	checkEvery  = 7 * 24 * time.Hour
	pauseCheck  = 10 * time.Millisecond // between two steps
	metaChecked = "checked"             // when it last did, this machine's clock in ms
	// checkEntitiesMax is the most it looks through by itself: a larger hub's operator gives the command at a quiet hour.
	checkEntitiesMax = 2_000_000
)

// Check holds the node against itself.
func (r *Running) Check(ctx context.Context, opt check.Options) (check.Report, error) {
	return check.Run(ctx, check.Subject{Store: r.Store, Identity: r.Node.Identity(), Journal: r.Journal}, opt)
}

// Heal does about a report what can be done without a person: rows are made anew; if what they follow from is damaged, the
// folder is to be opened again, as after Found.
func (r *Running) Heal(ctx context.Context, report check.Report) error {
	switch err := report.Err(); {
	case errors.Is(err, check.ErrDamagedData):
		r.Found(err)
	case errors.Is(err, check.ErrStaleRows):
		_, err = r.Node.Rebuild(ctx, false, nil)
		return err
	}
	return nil
}

// checkWeekly looks at the whole node if that was not done for a week.
func (r *Running) checkWeekly(ctx context.Context) error {
	now := r.parts.Now()
	due := false
	err := r.Store.View(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaChecked)
		if err != nil {
			return err
		}
		counts, err := tx.Counts()
		due = counts.Entities <= checkEntitiesMax
		if len(b) == 8 {
			since := now.Sub(time.UnixMilli(int64(binary.BigEndian.Uint64(b))))
			due = due && (since >= checkEvery || since < 0) // a clock that was set back must not put it off for ever
		}
		return err
	})
	if err != nil || !due {
		return err
	}
	report, err := r.Check(ctx, check.Options{Between: func() error {
		pause(ctx, pauseCheck)
		return ctx.Err()
	}})
	debug.FreeOSMemory() // a laptop's memory is wanted for other things until next week
	if err != nil {
		return err
	}
	for _, f := range report {
		if f.Faults > 0 {
			r.parts.Log.Error("the weekly check found faults", "what", f.Name, "faults", f.Faults, "first", f.Told[0])
		}
	}
	if err := r.Heal(ctx, report); err != nil {
		return err
	}
	return r.Store.Update(ctx, func(tx store.Tx) error {
		return tx.SetMeta(metaChecked, binary.BigEndian.AppendUint64(nil, uint64(now.UnixMilli())))
	})
}

// AskSalvage writes down that the database is to be set aside at the next start, because somebody wants it.
func (d *Dir) AskSalvage(now time.Time, why error) error {
	damage, err := d.readDamage()
	if err == nil {
		_, err = d.noteDamage(damage, now, why)
	}
	return err
}

// TakeBackFrom takes back all that a database elsewhere holds of this node: one that was set aside, a copy.
func (r *Running) TakeBackFrom(ctx context.Context, left store.Remains) (node.Salvaged, error) {
	done, err := r.Node.TakeBackFirst(ctx, left)
	if err != nil {
		return done, err
	}
	rest, err := r.Node.TakeBackRest(ctx, left)
	rest.Own += done.Own
	rest.States += done.States
	rest.Segments += done.Segments
	rest.Refused += done.Refused
	return rest, errors.Join(err, r.Node.NoteSalvaged(ctx, "from a file, by command"))
}
