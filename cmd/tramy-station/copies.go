package main

import (
	"context"
	"io"
	"time"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/station"
)

type backupCmd struct {
	Make  backup.MakeCommand  `cmd:"" default:"withargs" help:"Make a backup now, open it again and say what is in it."`
	List  backup.ListCommand  `cmd:"" help:"List the backups in the data folder, the newest first."`
	Place backup.PlaceCommand `cmd:"" help:"Write each backup to a second folder as well, on a stick or another drive; --off ends it."`
}

// host is the program as the commands that both programs share see it.
type host struct{ *env }

func (h host) Context() context.Context     { return h.ctx }
func (h host) Out() io.Writer               { return h.out }
func (h host) Command() string              { return program }
func (h host) Data() string                 { return h.data }
func (h host) File(name string) string      { return h.path(name) }
func (h host) OpenStore() datadir.OpenStore { return openStore }
func (h host) Now() time.Time               { return now() }
func (h host) Serving() bool                { return h.running != nil }

// ReadRemains implements backup.Host.
func (host) ReadRemains(path string) (store.Remains, error) { return sqlite.ReadRemainsFile(path) }

// Terminal implements backup.Host.
func (h host) Terminal() io.Writer {
	if h.live {
		return h.err
	}
	return nil
}

func (host) Program() string { return "station" }

func (h host) With(fn func(run *datadir.Running, k *backup.Keeper) error) error {
	return h.withStation(func(s *station.Station) error { return fn(s.Dir, s.Backups) })
}
