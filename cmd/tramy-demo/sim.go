package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tramy/internal/sim"
)

// simCmd runs simulated countries in which all goes wrong that can, and compares what people were told with what is left.
type simCmd struct {
	Seeds      int           `help:"How many seeds; with --for, 0 is as many as there is time for." default:"0"`
	From       uint64        `help:"The first seed." default:"1"`
	For        time.Duration `help:"How long; no seed begins after that." placeholder:"5m"`
	Only       []string      `help:"Only these kinds of fault; each seed draws its own if none is named." placeholder:"KIND"`
	DisksShare int           `help:"How many of a thousand seeds run on real SQLite files; with --script, 1000 plays it on files." default:"30"`
	Script     string        `help:"Play a scenario from a file, instead of seeds." type:"existingfile"`
	Verbose    bool          `help:"With --script or one seed: a line about everything that happens."`
	Shrink     int           `help:"How many tries to shrink a failing script; 0: none." default:"1000"`
	Keep       string        `help:"Where scenarios of failing seeds are written; nowhere if none is given." type:"existingdir"`
}

// simDisks is the share of seeds on files if nobody says.
const simDisks = 30

// simSeeds is how many seeds run if nobody says.
const simSeeds = 100

// Run implements the command.
func (c *simCmd) Run(e *env) error {
	for _, k := range c.Only {
		if !slices.Contains(sim.Kinds(), k) {
			return fmt.Errorf("--only: no kind of fault is called %q; there are %s", k, strings.Join(sim.Kinds(), ", "))
		}
	}
	switch {
	case c.DisksShare < 0 || c.DisksShare > 1000:
		return fmt.Errorf("--disks-share is %d; it lies between 0 and 1000", c.DisksShare)
	case c.Script != "":
		return c.play(e)
	}
	dir, err := os.MkdirTemp(fastDir(), "tramy-sim-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	many := sim.Many{
		From: c.From, Seeds: c.Seeds, For: c.For, Only: c.Only, Disks: c.DisksShare, Dir: dir, Workers: runtime.GOMAXPROCS(0),
		Each: func(res *sim.Result) {
			if len(res.Failures) > 0 {
				fmt.Fprintf(e.err, "seed %d: %s\n", res.Seed, res.Failures[0])
			}
		},
	}
	if c.Verbose && c.Seeds == 1 {
		res, err := many.Play(e.ctx, sim.Options{Seed: c.From, Only: c.Only, Log: said(e)})
		if err != nil {
			return err
		}
		return judged(res)
	}
	if many.Seeds == 0 && many.For == 0 {
		many.Seeds = simSeeds
	}
	began := time.Now()
	total, err := sim.RunMany(e.ctx, many)
	if err != nil {
		return err
	}
	printTotal(e, total, time.Since(began))
	for _, res := range total.Failed {
		if err := c.failed(e, &many, res); err != nil {
			return err
		}
	}
	if len(total.Failed) > 0 {
		return fmt.Errorf("%d of %d seeds failed", len(total.Failed), total.Seeds)
	}
	return e.ctx.Err()
}

// fastDir is a folder in memory if there is one.
func fastDir() string {
	const shm = "/dev/shm"
	if f, err := os.Stat(shm); err == nil && f.IsDir() {
		return shm
	}
	return ""
}

func said(e *env) func(string, ...any) {
	return func(format string, args ...any) { fmt.Fprintf(e.out, format+"\n", args...) }
}

func judged(res *sim.Result) error {
	if len(res.Failures) > 0 {
		return fmt.Errorf("seed %d: %s", res.Seed, strings.Join(res.Failures, "; "))
	}
	return nil
}

// play plays a scenario from a file.
func (c *simCmd) play(e *env) error {
	text, err := os.ReadFile(c.Script)
	if err != nil {
		return err
	}
	s, err := sim.ParseScenario(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", c.Script, err)
	}
	opt := sim.Options{Seed: s.Seed, Script: s.Script, Only: c.Only}
	if c.Verbose {
		opt.Log = said(e)
	}
	many := sim.Many{Disks: c.DisksShare / 1000 * 1000}
	res, err := many.Play(e.ctx, opt)
	if err != nil {
		return err
	}
	return judged(res)
}

// failed says how a seed is played again, and shows what is left of it when it is shrunk.
func (c *simCmd) failed(e *env, many *sim.Many, res *sim.Result) error {
	again := fmt.Sprintf("tramy-demo sim --seeds 1 --from %d --verbose", res.Seed)
	if len(c.Only) > 0 {
		again += " --only " + strings.Join(c.Only, ",")
	}
	if c.DisksShare != simDisks {
		again += fmt.Sprintf(" --disks-share %d", c.DisksShare)
	}
	fmt.Fprintf(e.out, "\nseed %d [%s]\n  %s\n  again: %s\n", res.Seed, strings.Join(res.Faults, " "), strings.Join(res.Failures, "\n  "), again)
	if c.Shrink == 0 || e.ctx.Err() != nil {
		return nil
	}
	opt := sim.Options{Seed: res.Seed, Only: c.Only}
	script := sim.Shrink(res.Script, c.Shrink, many.Fails(e.ctx, opt))
	fmt.Fprintf(e.out, "  shrunk from %d steps to %d:\n\n%s\n", len(res.Script), len(script), sim.TestOf(res, script))
	if c.Keep == "" {
		return nil
	}
	s := sim.Scenario{Seed: res.Seed, Why: res.Failures[0], Script: script}
	return os.WriteFile(fmt.Sprintf("%s/seed%d.txt", c.Keep, res.Seed), []byte(s.String()), 0o600)
}

func printTotal(e *env, t *sim.Total, took time.Duration) {
	w := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }
	row("seeds", fmt.Sprintf("%d (%d on SQLite files)", t.Seeds, t.OnDisks))
	row("took", took.Round(time.Second))
	row("station-days", int(t.Count.StationDays))
	row("acts told as saved", t.Count.Said)
	row("changes at the roots", t.Count.Changes)
	row("exchanges", t.Count.Exchanges)
	row("of them broken", t.Count.Broken)
	row("deaths in the middle of something", t.Count.Deaths)
	if t.Seeds > 0 {
		row("faults a seed", t.Count.Faults/t.Seeds)
	}
	row("seeds with a violation", len(t.Failed))
	for _, k := range sim.Kinds() {
		if t.Kinds[k] > 0 {
			row("  seeds with "+k, t.Kinds[k])
		}
	}
	_ = w.Flush()
}
