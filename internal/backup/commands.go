package backup

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"tramy/internal/datadir"
	"tramy/internal/store"
)

// Host is the program in which a command runs; both programs offer the same ones.
type Host interface {
	Context() context.Context
	Out() io.Writer
	// Terminal is where somebody looks on while a command works, nil if nobody does.
	Terminal() io.Writer
	Now() time.Time
	// Program is "station" or "hub", Command the program's name.
	Program() string
	Command() string
	Data() string
	// File is a file's name as whoever gave the command means it.
	File(name string) string
	OpenStore() datadir.OpenStore
	// ReadRemains opens a database file for what can be read of it.
	ReadRemains(path string) (store.Remains, error)
	// Serving reports whether the command came to a program that serves the folder.
	Serving() bool
	// With runs fn on the node in the data folder, here or in the program that has it.
	With(fn func(run *datadir.Running, k *Keeper) error) error
}

// MakeCommand makes a backup.
type MakeCommand struct {
	To string `help:"Also write it to this file."`
}

// Run runs it.
func (c *MakeCommand) Run(h Host) error {
	return h.With(func(_ *datadir.Running, k *Keeper) error {
		m, err := k.Make(h.Context())
		if err != nil {
			return err
		}
		if c.To != "" {
			if err := CopyTo(h.File(c.To), m.Path); err != nil {
				return err
			}
		}
		return PrintMade(h.Out(), m)
	})
}

// ListCommand lists the backups of a folder.
type ListCommand struct{}

// Run runs it.
func (ListCommand) Run(h Host) error {
	if !datadir.Exists(h.Data()) {
		return fmt.Errorf("%s: %w", h.Data(), datadir.ErrNotHere)
	}
	return PrintList(h.Out(), filepath.Join(h.Data(), Folder))
}

// PlaceCommand chooses the second place of backups.
type PlaceCommand struct {
	Folder string `arg:"" optional:"" help:"The folder; without it, the one in use is printed."`
	Off    bool   `help:"No second folder any more; what is there stays."`
}

// Run runs it.
func (c *PlaceCommand) Run(h Host) error {
	return h.With(func(run *datadir.Running, _ *Keeper) error {
		return ChoosePlace(h.Out(), run, chosen(h, c.Folder), c.Off)
	})
}

// JournalCopyCommand sets the journal's second copy up.
type JournalCopyCommand struct {
	Folder string `arg:"" optional:"" help:"A folder on a stick or another drive; without it, how the copy stands is printed."`
	Off    bool   `help:"No second copy any more; what is there stays."`
}

// Run runs it.
func (c *JournalCopyCommand) Run(h Host) error {
	return h.With(func(run *datadir.Running, _ *Keeper) error {
		return ChooseJournalCopy(h.Out(), run, chosen(h, c.Folder), c.Off)
	})
}

// RecoveryKeyCommand is about the printed recovery key.
type RecoveryKeyCommand struct {
	New NewKeyCommand `cmd:"" help:"Draw a recovery key and print it, once, to be written down and locked away."`
}

// NewKeyCommand draws one.
type NewKeyCommand struct{}

// Run runs it.
func (NewKeyCommand) Run(h Host) error {
	return h.With(func(run *datadir.Running, _ *Keeper) error { return NewRecoveryKey(h.Out(), run) })
}

// RestoreCommand restores a backup into the data folder.
type RestoreCommand struct {
	File            string `arg:"" help:"The backup."`
	RecoveryKeyFile string `help:"A file with the printed recovery key; needed for a new folder."`
	JournalCopy     string `help:"The journal's second copy on a stick: what was recorded after the backup."`
}

// Run runs it.
func (c *RestoreCommand) Run(h Host) error {
	if h.Serving() {
		return ErrStopFirst
	}
	key, err := ReadKey(c.RecoveryKeyFile)
	if err != nil {
		return err
	}
	r, err := Restore(h.Context(), Restoring{
		File: c.File, Into: h.Data(), Program: h.Program(), Recovery: key, JournalCopy: c.JournalCopy, Open: h.OpenStore(),
	})
	if err != nil {
		return err
	}
	return PrintRestored(h.Out(), r, h.Command(), h.Data())
}

func chosen(h Host, folder string) string {
	if folder == "" {
		return ""
	}
	return h.File(folder)
}

// SetUpCopy is what serve's flag does: the journal's second copy is set up once, and remembered.
func SetUpCopy(run *datadir.Running, folder string) error {
	if folder == "" {
		return nil
	}
	path, err := filepath.Abs(folder)
	if err != nil || run.Copies().Journal.Path == path {
		return err
	}
	if err := run.CopyJournal(path); err != nil {
		return fmt.Errorf("--journal-copy: %w", err)
	}
	return nil
}
