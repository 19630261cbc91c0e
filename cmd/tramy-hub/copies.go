package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tramy/hub"
	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
)

type backupCmd struct {
	Make  backup.MakeCommand  `cmd:"" default:"withargs" help:"Make a backup now, open it again and say what is in it."`
	List  backup.ListCommand  `cmd:"" help:"List the backups in the data folder, the newest first."`
	Place backup.PlaceCommand `cmd:"" help:"Write each backup to a second folder as well, on a stick or another drive; --off ends it."`
	Open  backupOpenCmd       `cmd:"" help:"Open the backup of a machine below that is lost, into a folder, to look at it."`
	Take  backupTakeCmd       `cmd:"" help:"Take in what a machine below that is lost had recorded and never sent, out of its backup."`
}

// host is the program as the commands that both programs share see it.
type host struct{ *env }

func (h host) Context() context.Context { return h.ctx }
func (h host) Out() io.Writer           { return h.out }
func (h host) Command() string          { return program }
func (h host) Data() string             { return h.data }
func (h host) File(name string) string  { return h.path(name) }
func (h host) Now() time.Time           { return now() }
func (h host) Serving() bool            { return h.running != nil }

// OpenStore implements backup.Host: what is in a backup is a file. It goes into no folder whose data are elsewhere.
func (h host) OpenStore() datadir.OpenStore {
	return func(ctx context.Context, dir string) (store.Store, error) {
		if noted, err := readEngine(h.data); err != nil || noted != nil || h.database != "" {
			return nil, errors.Join(err, errNotSQLite)
		}
		return sqlite.Open(ctx, sqlite.Options{Dir: dir})
	}
}

// ReadRemains implements backup.Host.
func (host) ReadRemains(path string) (store.Remains, error) { return sqlite.ReadRemainsFile(path) }

// Terminal implements backup.Host.
func (h host) Terminal() io.Writer {
	if h.live {
		return h.err
	}
	return nil
}

func (host) Program() string { return "hub" }

func (h host) With(fn func(run *datadir.Running, k *backup.Keeper) error) error {
	return h.withHub(func(x *hub.Hub) error { return fn(x.Dir, x.Backups) })
}

type backupOpenCmd struct {
	File            string `arg:"" help:"The backup."`
	Out             string `help:"A folder that is empty or not there yet." required:""`
	RecoveryKeyFile string `help:"A file with the printed recovery key, where this hub's own key does not open it."`
}

func (c *backupOpenCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		key, err := backup.ReadKey(e.keyFile(c.RecoveryKeyFile))
		if err != nil {
			return err
		}
		x, err := h.OpenBackup(e.ctx, operator(h), e.path(c.File), e.path(c.Out), key)
		if err != nil {
			return err
		}
		m := &x.Manifest
		_, err = fmt.Fprintf(e.out, "%s: %s, machine %d, as of %s, %d people, %d doses. It is not encrypted there: delete it when you are done.\n",
			x.Folder, m.PlaceName, m.Number, m.Made.Local().Format("2006-01-02 15:04"), m.Counts.Subjects, m.Counts.Doses)
		return err
	})
}

type backupTakeCmd struct {
	File            string `arg:"" help:"The backup."`
	RecoveryKeyFile string `help:"A file with the printed recovery key, where this hub's own key does not open it."`
}

func (c *backupTakeCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		key, err := backup.ReadKey(e.keyFile(c.RecoveryKeyFile))
		if err != nil {
			return err
		}
		m, in, err := h.TakeBackup(e.ctx, operator(h), e.path(c.File), key)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%s, machine %d, as of %s: %d parts taken in, %d were here already, %d wait for their machine to be known, %d left out.\n",
			m.PlaceName, m.Number, m.Made.Local().Format("2006-01-02 15:04"), in.New, in.Known, in.Parked, in.Bad)
		if in.Wrong != nil {
			fmt.Fprintln(e.err, in.Wrong)
		}
		return err
	})
}

// keyFile is the name of a file with a key, "" if none was named.
func (e *env) keyFile(name string) string {
	if name == "" {
		return ""
	}
	return e.path(name)
}
