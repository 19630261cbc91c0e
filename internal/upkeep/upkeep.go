// Package upkeep is the commands check, rebuild and salvage of both programs, with the sentences they print.
package upkeep

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tramy/internal/backup"
	"tramy/internal/check"
	"tramy/internal/datadir"
	"tramy/internal/node"
	"tramy/internal/store"
)

// casesPerStep is how many cases are worked out at once after a rebuild, so that others come in between.
const casesPerStep = 200

// errAsked is why a database is set aside that may be healthy.
var errAsked = errors.New("somebody asked for it")

// CheckCommand holds a node against itself and prints what it found. Its error says what to do about the faults.
type CheckCommand struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

// Run runs it.
func (c *CheckCommand) Run(h backup.Host) error {
	return h.With(func(run *datadir.Running, _ *backup.Keeper) error {
		opt := check.Options{}
		if t := h.Terminal(); t != nil {
			opt.Progress = check.ProgressTo(t)
		}
		report, err := run.Check(h.Context(), opt)
		if err != nil {
			return err
		}
		write := report.Write
		if c.JSON {
			write = report.WriteJSON
		}
		return errors.Join(write(h.Out()), report.Err())
	})
}

// RebuildCommand makes rows and figures anew.
type RebuildCommand struct{}

// Run runs it.
func (RebuildCommand) Run(h backup.Host) error { return rebuild(h, false) }

// RebuildRootCommand is RebuildCommand of a program that may be the centre.
type RebuildRootCommand struct {
	States bool `help:"At the centre: make the records anew from the logs before that."`
}

// Run runs it.
func (c *RebuildRootCommand) Run(h backup.Host) error { return rebuild(h, c.States) }

func rebuild(h backup.Host, fromLogs bool) error {
	return h.With(func(run *datadir.Running, _ *backup.Keeper) error {
		done, err := run.Node.Rebuild(h.Context(), fromLogs, nil)
		if err != nil {
			return err
		}
		for more := true; more; {
			if more, err = run.Node.WorkOutDue(h.Context(), casesPerStep); err != nil {
				return err
			}
		}
		if fromLogs {
			err = tell(h.Out(), "records made anew from %d entries of the logs; %d were others than they should be\n", done.Changes, done.Differ)
		}
		return errors.Join(err, tell(h.Out(), "rows and figures made anew from %d records\n", done.States))
	})
}

// SalvageCommand sets the database aside and takes back what can be read of it, or of another file.
type SalvageCommand struct {
	From string `help:"Take back what this database file holds too: one that was set aside, or a copy of the whole."`
}

// Run runs it.
func (c *SalvageCommand) Run(h backup.Host) error {
	switch {
	case c.From != "":
		return h.With(func(run *datadir.Running, _ *backup.Keeper) error {
			left, err := h.ReadRemains(h.File(c.From))
			if err != nil {
				return err
			}
			got, err := run.TakeBackFrom(h.Context(), left)
			if err := errors.Join(err, left.Close()); err != nil {
				return err
			}
			return back(h.Out(), got)
		})
	case h.Serving():
		return h.With(func(run *datadir.Running, _ *backup.Keeper) error {
			time.AfterFunc(time.Second, func() { run.Found(errAsked) }) // when whoever asks has the answer
			return tell(h.Out(), "The program sets its database aside and begins anew on what can be read; its pages say when that is done.\n")
		})
	}
	dir, err := datadir.Open(h.Data(), h.Program())
	if err == nil {
		err = errors.Join(dir.AskSalvage(h.Now(), errAsked), dir.Close())
	}
	if err != nil && !errors.Is(err, store.ErrInUse) { // who has it open does it
		return err
	}
	return h.With(func(run *datadir.Running, _ *backup.Keeper) error { return takeBack(h, run) })
}

// takeBack finishes what opening a folder began after its database was set aside.
func takeBack(h backup.Host, run *datadir.Running) error {
	if err := run.TakeBack(h.Context()); err != nil {
		return err
	}
	d, out := run.Damage(), h.Out()
	if d == nil {
		return tell(out, "Nothing is left to take back.\n")
	}
	return errors.Join(tell(out, "set aside in %s\n", d.Aside[len(d.Aside)-1]),
		back(out, node.Salvaged{Own: d.Own, States: d.States, Segments: d.Segments, Refused: d.Refused}),
		tell(out, "The rest comes with the next exchanges.\n"))
}

func back(out io.Writer, got node.Salvaged) error {
	return tell(out, "back: %d own entries that the journal had not, %d records, %d packets of other machines; %d pieces were damaged or known\n",
		got.Own, got.States, got.Segments, got.Refused)
}

func tell(out io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(out, format, args...)
	return err
}
