package main

import (
	"fmt"
	"io"
	"iter"

	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/station"
)

type exportCmd struct {
	Out       string       `help:"The file to write." required:"" short:"o"`
	All       bool         `help:"Everything this station keeps, not the register alone: a zip of tables (people, doses, reactions, stock, fridge, sessions …) with a manifest, a FHIR bundle and a README. --for care, report or family." xor:"what"`
	Encrypt   bool         `help:"With --all: encrypt the file for the printed recovery key (age -d -i KEY opens it)."`
	Minimum   bool         `help:"The national minimum data set (QĐ 3891) of people and doses, with what is missing of each person; --format xlsx, csv or json." xor:"what"`
	Layout    sheet.Layout `help:"wide: a row a person and a column a dose; long: a row a dose, with all that is known of it." enum:"wide,long" default:"wide"`
	Format    string       `help:"xlsx, csv, fhir (a bundle of FHIR R4), fhir-transaction (one that another server is sent as it is) or ndjson (FHIR, a resource a line), and json with --minimum; without it as the file is named: .json is fhir, with --minimum its own json." enum:"xlsx,csv,json,fhir,fhir-transaction,ndjson," default:""`
	BornFrom  string       `help:"Only who was born on this day (YYYY-MM-DD) or later."`
	BornUntil string       `help:"Only who was born on this day (YYYY-MM-DD) or earlier."`
	Visitors  bool         `help:"Also those who live in another commune and whose records are here."`
	For       string       `help:"The purpose: care, report, family, research, sharing or other. Of all but the first three who has not agreed, or whose data are restricted, is left out." enum:"care,report,family,research,sharing,other" required:""`
	Reason    string       `help:"What the register is taken out for, in words; it is written into the access log." required:""`
	As        string       `help:"The account that exports; without it the head of the station, if there is one."`
}

func (c *exportCmd) Run(e *env) error {
	if err := c.fits(); err != nil {
		return err
	}
	if c.All {
		return c.writeAll(e)
	}
	isFHIR := !c.Minimum && c.isFHIR()
	opt := desk.ExportOptions{Visitors: c.Visitors, NotDone: c.Layout == sheet.Long || isFHIR, Voided: isFHIR, For: c.For, Reason: c.Reason}
	var err error
	for _, day := range []struct {
		text string
		into *registry.Day
	}{{c.BornFrom, &opt.BornFrom}, {c.BornUntil, &opt.BornUntil}} {
		if day.text != "" {
			if *day.into, err = registry.ParseISO(day.text); err != nil {
				return err
			}
		}
	}
	return e.withStation(func(s *station.Station) error {
		who, err := actor(e, s, c.As, desk.MayExport)
		if err != nil {
			return err
		}
		if c.Minimum {
			return c.writeMinimum(e, s, who, opt)
		}
		people, err := s.Export(e.ctx, who, opt)
		if err != nil {
			return err
		}
		vaccines, err := s.Vaccines(e.ctx)
		if err != nil {
			return err
		}
		if isFHIR {
			return c.writeFHIR(e, people, vaccines)
		}
		format := formatOf(c.Out)
		if c.Format != "" {
			format = sheet.Format(c.Format)
		}
		path, n := e.path(c.Out), 0
		err = drive.Write(path, func(w io.Writer) error {
			counted := counting(people, &n)
			if c.Layout == sheet.Long {
				return sheet.WriteLong(w, format, counted, sheet.WriteOptions{Vaccines: vaccines})
			}
			return sheet.WriteWide(w, format, counted, sheet.WriteOptions{Vaccines: vaccines, Lots: true})
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%d people in %s. It is not encrypted: delete it when you are done.\n", n, path)
		return err
	})
}

func counting(people iter.Seq2[*sheet.Person, error], n *int) iter.Seq2[*sheet.Person, error] {
	return func(yield func(*sheet.Person, error) bool) {
		for person, err := range people {
			if err == nil {
				*n++
			}
			if !yield(person, err) {
				return
			}
		}
	}
}
