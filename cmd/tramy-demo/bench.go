package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"tramy/internal/bench"
	"tramy/internal/country"
	"tramy/internal/registry"
	"tramy/internal/synth"
)

// benchCmd measures.
type benchCmd struct {
	Wire       wireCmd       `cmd:"" help:"Bytes on the wire: a day's work (D), nothing to say, a commune's first sync (Y), each cut at half."`
	Cuts       cutsCmd       `cmd:"" help:"What a first sync of 10,000 changes, and 5,000 going up, take over a line that breaks every 4 KB."`
	Link       linkCmd       `cmd:"" help:"How long a day's exchange takes over 64 kbit/s with 600 ms round trip and 3 % loss: a minute."`
	Room       roomCmd       `cmd:"" help:"What a nurse waits for with 30,000 children and 300,000 doses: start, pages, search; and memory. Some minutes."`
	Search     searchCmd     `cmd:"" help:"How long a search takes among many people."`
	Sweep      sweepCmd      `cmd:"" help:"How long a node takes to look for duplicates among many people, with how much memory, and how long who saves meanwhile waits."`
	Duplicates duplicatesCmd `cmd:"" help:"How well the records of one person are found, against the truth, at four levels of errors."`
	Reform     reformCmd     `cmd:"" help:"A reform of the map while the stations of a province are dark: how long, how many bytes, and that nothing is refused, held, wiped or miscounted."`
	Import     importCmd     `cmd:"" help:"A commune's register from a spreadsheet: time, what stays out, memory, what others wait, the first sync after it."`
	Hostile    hostileCmd    `cmd:"" help:"Attacks on a hub's program, by strangers and by one enrolled station, while others go on: what is refused, memory, and what the others wait. Some minutes."`
	Asks       asksCmd       `cmd:"" help:"How often a nurse is asked whether there were doses elsewhere, if her laptop hears from its hub once a week."`
}

type asksCmd struct {
	Stations int    `help:"Stations, 1 to 8." default:"4"`
	Children int    `help:"Children in the whole country." default:"2000"`
	Days     int    `help:"Born within so many days." default:"1826"`
	Sessions int    `help:"Session days of each station, two weeks apart." default:"4"`
	Seed     uint64 `help:"What the register grows from." default:"1"`
}

// Run implements the command.
func (c *asksCmd) Run(e *env) error {
	dir, err := os.MkdirTemp("", "tramy-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	clock := country.NewClock(time.Now())
	nation, err := country.New(e.ctx, country.Options{
		Dir: dir, Stations: c.Stations, OpenHub: openHub, OpenStation: openStation, Now: clock.Now, Delay: time.Hour,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Progress: progress(e.err),
	})
	if err != nil {
		return err
	}
	defer func() {
		if err := nation.Close(); err != nil {
			fmt.Fprintln(e.err, err)
		}
	}()
	if err := nation.Fill(e.ctx, c.Children, c.Days, c.Seed); err != nil {
		return err
	}
	asks, err := nation.CountAsks(e.ctx, clock, c.Sessions, c.Seed)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(asks); err != nil {
		return err
	}
	if got := asks.PerMille(); got > country.AsksMax {
		return fmt.Errorf("a nurse is asked about %d of 1000 doses, at most %d are to be", got, country.AsksMax)
	}
	return nil
}

type roomCmd struct {
	Program  string `help:"The station's program." default:"bin/tramy-station" type:"existingfile"`
	Children int    `help:"Children in the register." default:"30000"`
	Doses    int    `help:"Doses in the register." default:"300000"`
	Seed     uint64 `help:"What the register grows from." default:"1"`
	JSON     bool   `help:"Print as JSON." name:"json"`
}

// Run implements the command.
func (c *roomCmd) Run(e *env) error {
	opt := bench.Options{
		OpenHub: openHub, OpenStation: openStation, Seed: c.Seed, Work: bench.Work{Children: c.Children, Doses: c.Doses},
		Progress: func(what string) { fmt.Fprintln(e.err, what) },
	}
	r, err := bench.Room(e.ctx, opt, c.Program)
	return printReport(e, &r, err, c.JSON)
}

func printReport(e *env, r *bench.Report, err error, asJSON bool) error {
	if err != nil {
		return err
	}
	if asJSON {
		return r.WriteJSON(e.out)
	}
	return r.WriteText(e.out)
}

type (
	linkCmd   wireCmd
	importCmd wireCmd
)

type cutsCmd struct {
	Real  bool   `help:"Over a line of 64 kbit/s and 600 ms that takes its time: a quarter of an hour. Else time is reckoned."`
	Small bool   `help:"A tenth of it, for a quick look."`
	Seed  uint64 `help:"What the work grows from." default:"1"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// Run implements the command.
func (c *cutsCmd) Run(e *env) error {
	opt := bench.CutOptions{Options: sizeOptions(e, c.Seed), Real: c.Real}
	if c.Small {
		opt.Work = bench.Thousand
	}
	r, err := bench.Cuts(e.ctx, opt)
	return printReport(e, &r, err, c.JSON)
}

type wireCmd struct {
	Small bool   `help:"A tenth of the commune, for a quick look; the bounds are for the whole."`
	Seed  uint64 `help:"What the work grows from." default:"1"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// Run implements the command.
func (c *wireCmd) Run(e *env) error {
	return c.measure(e, bench.Wire)
}

// Run implements the command.
func (c *linkCmd) Run(e *env) error { return (*wireCmd)(c).measure(e, bench.Link) }

// Run implements the command.
func (c *importCmd) Run(e *env) error { return (*wireCmd)(c).measure(e, bench.Import) }

func (c *wireCmd) measure(e *env, what func(context.Context, bench.Options) (bench.Report, error)) error {
	opt := bench.Options{OpenHub: openHub, OpenStation: openStation, Seed: c.Seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}
	if c.Small {
		opt.Work = bench.Small
	}
	r, err := what(e.ctx, opt)
	return printReport(e, &r, err, c.JSON)
}

type searchCmd struct {
	Subjects int    `help:"People on record." default:"30000"`
	Seed     uint64 `help:"What the register grows from." default:"1"`
}

// Run implements the command.
func (c *searchCmd) Run(e *env) error {
	all, err := bench.Search(e.ctx, bench.SizeOptions{Options: sizeOptions(e, c.Seed), Subjects: c.Subjects})
	if err != nil {
		return err
	}
	return bench.WriteSearches(e.out, all)
}

type sweepCmd struct {
	Subjects int    `help:"People on record." default:"30000"`
	Level    int    `help:"Errors in the records, 0 to 3." default:"2"`
	Edited   int    `help:"People edited before the second sweep." default:"100"`
	Seed     uint64 `help:"What the register grows from." default:"1"`
}

// Run implements the command.
func (c *sweepCmd) Run(e *env) error {
	s, err := bench.Sweep(e.ctx, bench.SizeOptions{Options: sizeOptions(e, c.Seed), Subjects: c.Subjects, Level: synth.Level(c.Level), Edited: c.Edited})
	if err != nil {
		return err
	}
	return s.WriteText(e.out)
}

func sizeOptions(e *env, seed uint64) bench.Options {
	return bench.Options{OpenHub: openHub, OpenStation: openStation, Seed: seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}
}

type duplicatesCmd struct {
	Subjects int    `help:"Records, about." default:"60000"`
	Level    int    `help:"Errors in the records, 0 to 3; -1: each in turn." default:"-1"`
	Weights  bool   `help:"Also print how often each field agrees, from which the weights were drawn."`
	Seed     uint64 `help:"What the register grows from. The weights were counted on 1." default:"2"`
}

// Run implements the command. That two people would be linked without asking anybody is an error.
func (c *duplicatesCmd) Run(e *env) error {
	wrong := 0
	for level := range synth.LevelHeavy + 1 {
		if c.Level >= 0 && synth.Level(c.Level) != level {
			continue
		}
		q, err := bench.Duplicates(bench.DuplicateOptions{
			Seed: c.Seed, Level: level, Subjects: c.Subjects, Today: registry.Today(time.Now(), registry.VietnamOffset), Weights: c.Weights,
		})
		if err != nil {
			return err
		}
		if err := q.WriteText(e.out); err != nil {
			return err
		}
		wrong += q.Linked - q.LinkedTrue
	}
	if wrong > 0 {
		return fmt.Errorf("%d pairs of two people would be linked without asking anybody", wrong)
	}
	return nil
}
