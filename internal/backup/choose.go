package backup

import (
	"errors"
	"fmt"
	"io"

	"tramy/internal/datadir"
)

// ErrStopFirst says that a folder cannot be restored into while a program has it open.
var ErrStopFirst = errors.New("stop the program first: nothing can be restored under its hands")

// ChoosePlace sets the second place of backups, ends it, or prints which one is in use, as a command asks for it.
func ChoosePlace(w io.Writer, run *datadir.Running, folder string, off bool) error {
	var at datadir.Place
	switch {
	case folder == "" && !off:
		if at = run.Copies().Backups; at.IsZero() {
			_, err := fmt.Fprintln(w, "no second folder")
			return err
		}
		_, err := fmt.Fprintf(w, "%s\n", at.Path)
		return errors.Join(err, at.There(run.Path))
	case folder != "":
		var err error
		if at, err = datadir.PlaceAt(folder, run.Path); err != nil {
			return err
		}
	}
	if err := run.ChangeCopies(func(c *datadir.Copies) { c.Backups = at }); err != nil {
		return err
	}
	return printPlace(w, "Each backup is written there as well", at)
}

// ChooseJournalCopy sets the journal's second copy up, ends it, or prints how it stands, as a command asks for it.
func ChooseJournalCopy(w io.Writer, run *datadir.Running, folder string, off bool) error {
	switch {
	case off:
		if err := run.LeaveCopy(); err != nil {
			return err
		}
		return printPlace(w, "", datadir.Place{})
	case folder != "":
		if err := run.CopyJournal(folder); err != nil {
			return err
		}
		return printPlace(w, "Everything recorded here goes there as well", run.Copies().Journal)
	}
	c := run.JournalCopy()
	if c == nil {
		return datadir.ErrNoCopy
	}
	if err := c.Level(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s holds everything.\n", c.Path)
	return err
}

func printPlace(w io.Writer, says string, at datadir.Place) error {
	if at.IsZero() {
		_, err := fmt.Fprintln(w, "No second folder any more; what is there stays.")
		return err
	}
	if !at.Other {
		says += ", but it is on the same drive: if the drive fails, both are lost"
	}
	_, err := fmt.Fprintf(w, "%s\n%s.\n", at.Path, says)
	return err
}
