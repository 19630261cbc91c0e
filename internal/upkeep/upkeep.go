// Package upkeep is what the commands check, rebuild and salvage of both programs do, with the sentences they print.
package upkeep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tramy/internal/check"
	"tramy/internal/datadir"
	"tramy/internal/node"
	"tramy/internal/store"
)

// casesPerStep is how many cases are worked out at once after a rebuild, so that others come in between.
const casesPerStep = 200

// ErrAsked is why a database is set aside that may be healthy.
var ErrAsked = errors.New("somebody asked for it")

// Check holds a node against itself and prints what it found; progress is a terminal, nil if nobody looks. The error says
// what to do about the faults.
func Check(ctx context.Context, run *datadir.Running, json bool, out, progress io.Writer) error {
	opt := check.Options{}
	if progress != nil {
		opt.Progress = check.ProgressTo(progress)
	}
	report, err := run.Check(ctx, opt)
	if err != nil {
		return err
	}
	write := report.Write
	if json {
		write = report.WriteJSON
	}
	return errors.Join(write(out), report.Err())
}

// Rebuild makes rows and figures anew, and with fromLogs the records before that.
func Rebuild(ctx context.Context, run *datadir.Running, fromLogs bool, out io.Writer) error {
	done, err := run.Node.Rebuild(ctx, fromLogs, nil)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = run.Node.WorkOutDue(ctx, casesPerStep); err != nil {
			return err
		}
	}
	if fromLogs {
		_, err = fmt.Fprintf(out, "records made anew from %d entries of the logs; %d were others than they should be\n", done.Changes, done.Differ)
	}
	return errors.Join(err, tell(out, "rows and figures made anew from %d records\n", done.States))
}

// Begin has a running program set its database aside.
func Begin(run *datadir.Running, out io.Writer) error {
	time.AfterFunc(time.Second, func() { run.Found(ErrAsked) }) // when whoever asks has the answer
	return tell(out, "The program sets its database aside and begins anew on what can be read; its pages say when that is done.\n")
}

// TakeBack finishes what opening a folder began after its database was set aside.
func TakeBack(ctx context.Context, run *datadir.Running, out io.Writer) error {
	if err := run.TakeBack(ctx); err != nil {
		return err
	}
	d := run.Damage()
	if d == nil {
		return tell(out, "Nothing is left to take back.\n")
	}
	return errors.Join(tell(out, "set aside in %s\n", d.Aside[len(d.Aside)-1]),
		back(out, node.Salvaged{Own: d.Own, States: d.States, Segments: d.Segments, Refused: d.Refused}),
		tell(out, "The rest comes with the next exchanges.\n"))
}

// TakeBackFrom takes back what another database file holds.
func TakeBackFrom(ctx context.Context, run *datadir.Running, left store.Remains, out io.Writer) error {
	got, err := run.TakeBackFrom(ctx, left)
	if err := errors.Join(err, left.Close()); err != nil {
		return err
	}
	return back(out, got)
}

func back(out io.Writer, got node.Salvaged) error {
	return tell(out, "back: %d own entries that the journal had not, %d records, %d packets of other machines; %d pieces were damaged or known\n",
		got.Own, got.States, got.Segments, got.Refused)
}

func tell(out io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(out, format, args...)
	return err
}
