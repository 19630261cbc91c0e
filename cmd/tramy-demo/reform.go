package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"

	"tramy/internal/bench"
	"tramy/internal/reform"
)

// The lists that the reform command reads in its folder.
const (
	listBefore = "vn-admin-units-2025-03-before-reform.csv"
	listAfter  = "vn-admin-units-2025-07-after-reform.csv"
	listMap    = "vn-admin-units-map-2025-03-to-2025-07.csv"
)

type reformCmd struct {
	Lists string `arg:"" help:"Folder with the lists of units of 2025-03 and 2025-07 and the map between them." type:"existingdir"`
	Seed  uint64 `help:"What the registers grow from." default:"1"`
	JSON  bool   `help:"Print as JSON." name:"json"`
}

// Run implements the command.
func (c *reformCmd) Run(e *env) error {
	var country bench.Country
	for _, read := range []struct {
		name string
		into func(r *csv.Reader) error
	}{
		{listBefore, func(r *csv.Reader) (err error) { country.Before, err = reform.ReadUnits(r); return err }},
		{listAfter, func(r *csv.Reader) (err error) { country.After, err = reform.ReadUnits(r); return err }},
		{listMap, func(r *csv.Reader) (err error) { country.Map, err = reform.ReadMap(r); return err }},
	} {
		f, err := os.Open(filepath.Join(c.Lists, read.name))
		if err != nil {
			return err
		}
		err = read.into(csv.NewReader(f))
		_ = f.Close() // it was only read
		if err != nil {
			return fmt.Errorf("%s: %w", read.name, err)
		}
	}
	r, err := bench.Reform(e.ctx, bench.Options{OpenHub: openHub, OpenStation: openStation, Seed: c.Seed, Progress: func(what string) { fmt.Fprintln(e.err, what) }}, country)
	return printReport(e, &r, err, c.JSON)
}
