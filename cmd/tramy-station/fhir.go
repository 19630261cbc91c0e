package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"tramy/internal/command"
	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/fhir"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/station"
)

// Formats of an export beside those of sheet.
const (
	formatFHIR        = "fhir"
	formatTransaction = "fhir-transaction"
	formatLines       = "ndjson"
)

// isFHIR fills the format in by the file's name, and reports whether it is one of FHIR's.
func (c *exportCmd) isFHIR() bool {
	if c.Format == "" {
		switch strings.ToLower(filepath.Ext(c.Out)) {
		case ".json":
			c.Format = formatFHIR
		case ".ndjson":
			c.Format = formatLines
		}
	}
	return c.Format == formatFHIR || c.Format == formatTransaction || c.Format == formatLines
}

// writeFHIR writes people as they come; the file appears under its name when it is whole.
func (c *exportCmd) writeFHIR(e *env, people iter.Seq2[*sheet.Person, error], vaccines []registry.VaccineInput) error {
	path, n := e.path(c.Out), 0
	err := drive.Write(path, func(w io.Writer) error {
		enc := &fhir.Encoder{Vaccines: vaccines}
		lines := fhir.NewLineWriter(enc, w, w)
		write, end := lines.Write, func() error { return nil }
		if c.Format != formatLines {
			b, err := fhir.NewBundleWriter(enc, w, c.Format == formatTransaction)
			if err != nil {
				return err
			}
			write, end = b.Write, b.Close
		}
		for who, err := range desk.FHIRPeople(counting(people, &n)) {
			if err != nil {
				return err
			}
			if err := write(who); err != nil {
				return err
			}
		}
		return end()
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d people in %s. It is not encrypted: delete it when you are done.\n", n, path)
	return err
}

// errNoColumns answers --show-mapping.
var errNoColumns = errors.New("--show-mapping: a file of FHIR has no columns")

// readFHIR takes a file of FHIR in, or tries it.
func (c *importCmd) readFHIR(e *env, s *station.Station, who desk.Who, r io.Reader) error {
	if c.Show {
		return errNoColumns
	}
	reading, err := s.ReadFHIR(e.ctx)
	if err != nil {
		return err
	}
	in, err := fhir.Decode(r, reading)
	if err != nil {
		return err
	}
	res := importResult{File: c.File, Sheet: formatFHIR, DryRun: c.DryRun, Kinds: map[string]int{}, Problems: []desk.ImportReason{}, Skipped: in.Skipped}
	show := &progressLine{w: e.err, rows: in.Entries, live: e.live && !c.JSON}
	out := map[int]string{} // by entry: why somebody did not come in
	opt := desk.ImportOptions{File: filepath.Base(c.File), Dry: c.DryRun, AnyPlace: c.AnyPlace}
	res.Counts, err = s.ImportFHIR(e.ctx, who, in, opt, func(entry desk.ImportedEntry, counts *desk.ImportCounts) error {
		reasons := pages.ImportReasons(c.Lang, &entry)
		told := reasons
		if !c.Values {
			told = pages.ImportReasonsUntold(c.Lang, &entry)
		}
		res.count(reasons)
		show.tell(len(entry.Rows), counts)
		if entry.Verdict == desk.ImportRefused || entry.Verdict == desk.ImportProposed {
			res.Problems = append(res.Problems, told[:min(len(told), problemsMax-len(res.Problems))]...)
			out[entry.Rows[0]] = pages.ImportReasonText(reasons)
		}
		return nil
	})
	show.end()
	if err != nil {
		return err
	}
	if len(out) > 0 && (!c.DryRun || c.Rejected != "") {
		res.Rejected = c.Rejected
		if res.Rejected == "" {
			res.Rejected = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + "-chua-nhap.json"
		}
		res.Rejected = e.path(res.Rejected)
		if err := drive.Write(res.Rejected, func(w io.Writer) error { return in.Rejected(w, out) }); err != nil {
			return err
		}
	}
	if err := c.print(e, &res); err != nil {
		return err
	}
	if res.Counts.Refused+res.Counts.Proposed > 0 {
		command.Exit(1)
	}
	return nil
}
