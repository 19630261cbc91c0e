package main

import (
	"errors"
	"io"

	"tramy/internal/datadir"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/upkeep"
	"tramy/station"
)

type checkCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *checkCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		return upkeep.Check(e.ctx, s.Dir, c.JSON, e.out, e.terminal())
	})
}

type rebuildCmd struct{}

func (rebuildCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error { return upkeep.Rebuild(e.ctx, s.Dir, false, e.out) })
}

type salvageCmd struct {
	From string `help:"Take back what this database file holds too: one that was set aside, or a copy of the whole."`
}

func (c *salvageCmd) Run(e *env) error {
	switch {
	case c.From != "":
		return e.withStation(func(s *station.Station) error {
			left, err := sqlite.ReadRemainsFile(e.path(c.From))
			if err != nil {
				return err
			}
			return upkeep.TakeBackFrom(e.ctx, s.Dir, left, e.out)
		})
	case e.running != nil:
		return upkeep.Begin(e.running.Dir, e.out)
	}
	dir, err := datadir.Open(e.data, "station")
	if err == nil {
		err = errors.Join(dir.AskSalvage(now(), upkeep.ErrAsked), dir.Close())
	}
	if err != nil && !errors.Is(err, store.ErrInUse) { // who has it open does it
		return err
	}
	return e.withStation(func(s *station.Station) error { return upkeep.TakeBack(e.ctx, s.Dir, e.out) })
}

// terminal is where somebody looks on while a command works, nil if nobody does.
func (e *env) terminal() io.Writer {
	if e.live {
		return e.err
	}
	return nil
}
