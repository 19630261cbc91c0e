package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"tramy/internal/hostile"
)

// hostileCmd attacks a hub and measures what that costs it and the others.
type hostileCmd struct {
	Program string        `help:"The hub's program." default:"bin/tramy-hub" type:"existingfile"`
	Only    []string      `help:"Only the attacks with these names."`
	List    bool          `help:"Print the attacks and what each does, and try none."`
	Conns   int           `help:"Connections of an attack that is made of many." default:"10000"`
	Others  int           `help:"Stations that go on working meanwhile." default:"3"`
	Rounds  int           `help:"Exchanges of each of them, before and during each attack, at least." default:"10"`
	Least   time.Duration `help:"Each attack goes on for at least so long." default:"5s"`
	Seed    uint64        `help:"What is random grows from it." default:"1"`
	JSON    bool          `help:"Print as JSON." name:"json"`
}

// Help implements the command.
func (*hostileCmd) Help() string {
	return "The real hub's program is attacked on this machine, as a stranger and as one enrolled station, while other stations register children and exchange. " +
		"Attacker and hub share the processors: where nothing is refused slowly, the others' time shows that share. Ends with an error if an exchange of the others failed.\n\n" +
		"Examples:\n\n  tramy-demo bench hostile --list\n  tramy-demo bench hostile --only half-headers --only device-stalls"
}

// Run implements the command.
func (c *hostileCmd) Run(e *env) error {
	attacks := hostile.Attacks()
	for _, name := range c.Only {
		if !slices.ContainsFunc(attacks, func(a hostile.Attack) bool { return a.Name == name }) {
			return fmt.Errorf("--only %s: there is no such attack; --list prints them", name)
		}
	}
	if len(c.Only) > 0 {
		attacks = slices.DeleteFunc(attacks, func(a hostile.Attack) bool { return !slices.Contains(c.Only, a.Name) })
	}
	if c.List {
		t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
		for _, a := range attacks {
			fmt.Fprintf(t, "%s\t%s\n", a.Name, a.What)
		}
		return t.Flush()
	}
	rows, err := c.measure(e, attacks)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		err = enc.Encode(rows)
	} else {
		err = writeHostile(e, rows)
	}
	for _, r := range rows {
		if r.Failed > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d of %d exchanges of the others failed: %w", r.Attack, r.Failed, r.Rounds, r.FirstFailure))
		}
	}
	return err
}

func (c *hostileCmd) measure(e *env, attacks []hostile.Attack) (rows []hostile.Row, err error) {
	dir, err := os.MkdirTemp("", "tramy-hostile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	h, err := hostile.StartHub(e.ctx, c.Program, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.Stop()) }()
	var others []hostile.Other
	for i := range max(c.Others, 1) {
		s, end, err := h.Station(e.ctx, filepath.Join(dir, fmt.Sprint("station", i+1)), openStation)
		if err != nil {
			return nil, err
		}
		defer func() {
			if err := end(); err != nil {
				fmt.Fprintln(e.err, err)
			}
		}()
		others = append(others, s)
	}
	opt := hostile.Options{Conns: c.Conns, Rounds: c.Rounds, Least: c.Least, Workers: hostile.WorkersDefault, Seed: c.Seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}
	for _, a := range attacks {
		row, err := hostile.Run(e.ctx, &h.Target, others, a, opt)
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func writeHostile(e *env, rows []hostile.Row) error {
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "attack\ttried\twhat became of it\thub's memory, MB\tfiles\tothers\ttheir exchange, ms\tratio")
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(t, "%s\t%d\t%s\t%s → %s\t%d → %d\t%d/%d\t%.0f → %.0f\t%.1f\n", r.Attack, r.Tried, r.Outcome(),
			megabytes(r.Before.MemoryBytes), megabytes(r.Peak.MemoryBytes), r.Before.Files, r.Peak.Files, r.Rounds-r.Failed, r.Rounds,
			float64(r.Calm.Microseconds())/1000, float64(r.During.Microseconds())/1000, r.Ratio())
	}
	return t.Flush()
}

func megabytes(bytes int64) string {
	if bytes < 0 {
		return "–"
	}
	return fmt.Sprint(bytes >> 20)
}
