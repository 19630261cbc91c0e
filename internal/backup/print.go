package backup

import (
	"fmt"
	"io"
	"os"
	"strings"

	"tramy/internal/datadir"
	"tramy/internal/envelope"
)

// PrintMade says what was made, where it lies and who can open it.
func PrintMade(w io.Writer, m *Made) error {
	fmt.Fprintf(w, "%s\n%d people, %d doses, %d kB; opened again and read through. It can be opened by: %s.\n",
		m.Path, m.Manifest.Counts.Subjects, m.Manifest.Counts.Doses, m.Bytes>>10, strings.Join(m.Manifest.Readers, ", "))
	if m.SecondErr != nil {
		_, err := fmt.Fprintf(w, "Not in the second place: %v\n", m.SecondErr)
		return err
	}
	if m.Second != "" {
		_, err := fmt.Fprintf(w, "Also %s\n", m.Second)
		return err
	}
	return nil
}

// PrintList lists the verified backups of a data folder, the newest first.
func PrintList(w io.Writer, folder string) error {
	list, err := List(folder)
	if err != nil {
		return err
	}
	for _, e := range list {
		info, err := os.Stat(e.Path)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s  %8d kB  %s\n", e.Made.Local().Format("2006-01-02 15:04"), info.Size()>>10, e.Path); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		_, err = fmt.Fprintln(w, "no backup yet")
	}
	return err
}

// PrintRestored says what was restored and what comes next.
func PrintRestored(w io.Writer, r *Restored, program, data string) error {
	fmt.Fprintf(w, "Restored: %s, as of %s, %d people, %d doses; the journal holds %d acts.\n",
		r.Manifest.PlaceName, r.Manifest.Made.Local().Format("2006-01-02 15:04"), r.Manifest.Counts.Subjects, r.Manifest.Counts.Doses, r.Journal)
	if r.Aside != "" {
		fmt.Fprintf(w, "What was here before lies in %s\n", r.Aside)
	}
	_, err := fmt.Fprintf(w, "Next: %s serve --data %s\nWhat was recorded here since then comes back from the journal, everything else with the next exchange.\n", program, data)
	return err
}

// ReadKey reads a recovery key from a file, as somebody typed it.
func ReadKey(path string) (*envelope.Key, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	k, err := envelope.ParseKey(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// NewRecoveryKey draws a recovery key, keeps its public half in the folder, and prints the secret once. Backups from now
// on, and all of the journal's second copy, can be read with it. A key that was printed before opens older backups only.
func NewRecoveryKey(w io.Writer, run *datadir.Running) error {
	k, err := envelope.NewKey()
	if err != nil {
		return err
	}
	public, err := k.Public()
	if err != nil {
		return err
	}
	if err := run.ChangeCopies(func(c *datadir.Copies) { c.Recovery = public }); err != nil {
		return err
	}
	copied := ""
	if c := run.JournalCopy(); c != nil {
		if err := c.Anew(); err != nil {
			copied = fmt.Sprintf("\nThe journal's second copy could not be written anew (%v): give journal-copy again when it is plugged in.\n", err)
		}
	}
	_, err = fmt.Fprintf(w, `Recovery key of %s, machine %d:

    %s

This is shown once and kept nowhere. Write it down on paper, check it, and lock it away at the station, not with the
laptop. Whoever has it and a backup can read everything and go on as this machine. Make a backup now: older ones
cannot be opened with it.
%s`, run.Info.PlaceName, run.Info.Number, k, copied)
	return err
}
