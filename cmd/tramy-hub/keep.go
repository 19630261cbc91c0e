package main

import (
	"errors"
	"io"

	"tramy/hub"
	"tramy/internal/datadir"
	"tramy/internal/store"
	"tramy/internal/store/sqlite"
	"tramy/internal/upkeep"
)

type checkCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

func (c *checkCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error {
		return upkeep.Check(e.ctx, h.Dir, c.JSON, e.out, e.terminal())
	})
}

type rebuildCmd struct {
	States bool `help:"At the centre: make the records anew from the logs before that."`
}

func (c *rebuildCmd) Run(e *env) error {
	return e.withHub(func(h *hub.Hub) error { return upkeep.Rebuild(e.ctx, h.Dir, c.States, e.out) })
}

type salvageCmd struct {
	From string `help:"Take back what this database file holds too: one that was set aside, or a copy of the whole."`
}

func (c *salvageCmd) Run(e *env) error {
	switch {
	case c.From != "":
		return e.withHub(func(h *hub.Hub) error {
			left, err := sqlite.ReadRemainsFile(e.path(c.From))
			if err != nil {
				return err
			}
			return upkeep.TakeBackFrom(e.ctx, h.Dir, left, e.out)
		})
	case e.running != nil:
		return upkeep.Begin(e.running.Dir, e.out)
	}
	dir, err := datadir.Open(e.data, "hub")
	if err == nil {
		err = errors.Join(dir.AskSalvage(now(), upkeep.ErrAsked), dir.Close())
	}
	if err != nil && !errors.Is(err, store.ErrInUse) { // who has it open does it
		return err
	}
	return e.withHub(func(h *hub.Hub) error { return upkeep.TakeBack(e.ctx, h.Dir, e.out) })
}

// terminal is where somebody looks on while a command works, nil if nobody does.
func (e *env) terminal() io.Writer {
	if e.live {
		return e.err
	}
	return nil
}
