package main

import (
	"context"
	"fmt"

	"tramy/internal/bench"
)

// benchCmd measures.
type benchCmd struct {
	Wire wireCmd `cmd:"" help:"Bytes on the wire: a day's work (D), nothing to say, a commune's first sync (Y), each cut at half."`
	Link linkCmd `cmd:"" help:"How long a day's exchange takes over 64 kbit/s with 600 ms round trip and 3 % loss: a minute."`
}

type linkCmd wireCmd

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

func (c *wireCmd) measure(e *env, what func(context.Context, bench.Options) (bench.Report, error)) error {
	opt := bench.Options{OpenHub: openHub, OpenStation: openStation, Seed: c.Seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}
	if c.Small {
		opt.Work = bench.Small
	}
	r, err := what(e.ctx, opt)
	if err != nil {
		return err
	}
	if c.JSON {
		return r.WriteJSON(e.out)
	}
	return r.WriteText(e.out)
}
