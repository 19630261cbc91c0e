package main

import (
	"fmt"

	"tramy/internal/bench"
)

// benchCmd measures.
type benchCmd struct {
	Wire wireCmd `cmd:"" help:"Bytes on the wire: a day's work (D), nothing to say, a commune's first sync (Y), each cut at half."`
}

type wireCmd struct {
	Small bool   `help:"A tenth of the commune, for a quick look; the bounds are for the whole."`
	Seed  uint64 `help:"What the work grows from." default:"1"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// Run implements the command.
func (c *wireCmd) Run(e *env) error {
	opt := bench.Options{OpenHub: openHub, OpenStation: openStation, Seed: c.Seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}
	if c.Small {
		opt.Work = bench.Small
	}
	r, err := bench.Wire(e.ctx, opt)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.WriteJSON(e.out)
	}
	return r.WriteText(e.out)
}
