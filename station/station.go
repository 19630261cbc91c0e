// Package station is a commune's laptop: the desk at which nurses work, the pages they see (station/web),
// the JSON API (station/api) and the uplink that speaks to the hub when there is a network. Everything is
// recorded here first; no act waits for a network.
//
// Read station.go.
package station

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"tramy/internal/backup"
	"tramy/internal/datadir"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/room"
)

// Station is one laptop at work.
type Station struct {
	*desk.Desk
	Dir    *datadir.Running
	Uplink *exchange.Uplink
	// Courier is the same by files that somebody carries.
	Courier *exchange.Courier
	Log     *slog.Logger
	Backups *backup.Keeper
	// Imports is the register on its way in, if one is.
	Imports *Imports
	// Room speaks with the other laptops of the station, while somebody has switched that on.
	Room *room.Room
	// BeginsAnew is Options'.
	BeginsAnew bool
}

// Options are what a start decides.
type Options struct {
	Open     datadir.OpenStore
	Remains  datadir.ReadRemains // reads a damaged database; nil: it keeps the station shut
	Now      func() time.Time
	Software string // "tramy-station 0.1.0 linux/amd64"
	Delay    time.Duration
	Schedule string
	Log      *slog.Logger
	// BeginsAnew says that whoever runs the station opens it again when Run ends with datadir.ErrKeysChanged: then it may get new
	// keys while it works.
	BeginsAnew bool
	// RoomListen and RoomBroadcast are room.Options' Listen and Broadcast.
	RoomListen    string
	RoomBroadcast func(port int) []netip.AddrPort
}

// fileRoom remembers in the data folder what was decided about other laptops.
const fileRoom = "room.json"

// Open starts the station in a folder. Call Run to let it speak to its hub.
func Open(ctx context.Context, dir *datadir.Dir, opt Options) (*Station, error) {
	s := &Station{Log: opt.Log}
	run, err := dir.Start(ctx, datadir.Parts{
		Open: opt.Open, Now: opt.Now, Saved: s.saved, Remains: opt.Remains, Backup: backup.LastRemains(dir, opt.Remains), Log: opt.Log,
	})
	if err != nil {
		return nil, err
	}
	s.Dir, s.Desk = run, desk.New(run.Node)
	if s.Imports, err = newImports(s, dir.Path); err != nil {
		run.Close()
		return nil, err
	}
	s.Room, err = room.Open(room.Options{
		Node: run.Node, Key: dir.Keys.Private(), Software: opt.Software, Path: filepath.Join(dir.Path, fileRoom),
		Listen: opt.RoomListen, Broadcast: opt.RoomBroadcast, Log: opt.Log,
	})
	if err != nil {
		run.Close()
		return nil, err
	}
	client, err := dir.Client(run.Node, opt.Software, opt.Now)
	if err != nil {
		run.Close()
		return nil, err
	}
	if s.Courier, err = dir.Courier(run.Node, opt.Software, opt.Now); err != nil {
		run.Close()
		return nil, err
	}
	if s.Backups, err = backup.NewKeeper(run, opt.Open, opt.Software, opt.Log); err != nil {
		run.Close()
		return nil, err
	}
	client.Backup, s.Courier.Backup = s.Backups.Tell, s.Backups.Tell
	client.Log, s.Courier.Log = opt.Log, opt.Log
	s.Uplink = exchange.NewUplink(client, opt.Delay, opt.Schedule, opt.Log)
	s.Desk.Urgent = s.Uplink.Urgent
	if s.BeginsAnew = opt.BeginsAnew; s.BeginsAnew {
		s.Uplink.After = func(ctx context.Context, res node.Result, err error) { s.Dir.KeepKeys(ctx, client, res, err) }
	}
	return s, nil
}

func (s *Station) saved() {
	if s.Uplink != nil {
		s.Uplink.Saved()
	}
	if s.Room != nil {
		s.Room.Saved()
	}
}

// Run exchanges with the hub until ctx ends, lets go once a day of children who have not been here for long,
// asks from time to time for the records of those who were registered under the code of a card, keeps what is due up
// to date, looks for duplicates, speaks with the other laptops in the room, and keeps the copies of what is here.
//
// It ends with datadir.ErrDamagedNow when the database is found to be damaged, and with datadir.ErrKeysChanged when the laptop
// got new keys: then the station is to be closed and opened again.
func (s *Station) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var beside sync.WaitGroup
	var damaged error
	beside.Go(func() {
		damaged = s.Dir.Keep(ctx)
		stop()
	})
	beside.Go(func() {
		s.Desk.ReleaseDaily(ctx, func(err error) { s.Log.Error("letting go of silent cases", "err", err) })
	})
	beside.Go(func() { s.Imports.run(ctx) })
	beside.Go(func() { s.Dir.KeepCopy(ctx) })
	beside.Go(func() { s.Backups.Keep(ctx) })
	beside.Go(func() { s.attachFromTimeToTime(ctx) })
	beside.Go(func() { s.Dir.LearnSealKey(ctx, s.Uplink.Client) })
	beside.Go(func() {
		s.Desk.KeepDue(ctx, func(err error) { s.Log.Error("working out what is due", "err", err) })
	})
	beside.Go(func() {
		s.Desk.KeepPairs(ctx, desk.SweepNightly, func(r desk.Swept) {
			s.Log.Info("looked for duplicates", "changed", r.Changed, "found", r.Found, "linked", r.Linked)
		}, func(err error) { s.Log.Error("looking for duplicates", "err", err) })
	})
	beside.Go(func() { _ = s.Room.Run(ctx) })
	err := s.Uplink.Run(ctx)
	stop()
	beside.Wait()
	return errors.Join(damaged, err)
}

// ChangeKeys sends what is unsent and gives this laptop new keys. A program that serves the station begins anew with them: Run
// ends with datadir.ErrKeysChanged.
func (s *Station) ChangeKeys(ctx context.Context) error {
	if _, err := s.Uplink.Client.Sync(ctx); err != nil {
		return err
	}
	return s.Dir.ChangeKeys(ctx, s.Uplink.Client)
}

// Close stops the station and releases its folder.
func (s *Station) Close() error {
	s.Uplink.Client.Close()
	return s.Dir.Close()
}
