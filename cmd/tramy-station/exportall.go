package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/drive"
	"tramy/internal/locale"
	"tramy/internal/pages"
	"tramy/internal/sheet"
	"tramy/internal/version"
	"tramy/station"
)

// formatJSON is the minimum data set as a list of objects.
const formatJSON = "json"

// Options of an export that contradict each other.
var (
	errEncryptAll  = errors.New("--encrypt goes with --all")
	errWhatFormat  = errors.New("--minimum writes xlsx, csv or json")
	errJSONMinimum = errors.New("--format json goes with --minimum; people and doses as FHIR are --format fhir")
	errAllFormat   = errors.New("--all writes a zip of everybody: it takes neither --format nor --layout, --visitors nor days of birth")
)

// fits holds the options against each other.
func (c *exportCmd) fits() error {
	switch {
	case c.Encrypt && !c.All:
		return errEncryptAll
	case c.All && (c.Format != "" || c.Layout == sheet.Long || c.Visitors || c.BornFrom != "" || c.BornUntil != ""):
		return errAllFormat
	case c.Minimum && c.Format == "":
		switch strings.ToLower(filepath.Ext(c.Out)) {
		case ".json":
			c.Format = formatJSON
		case ".csv":
			c.Format = string(sheet.CSV)
		default:
			c.Format = string(sheet.XLSX)
		}
	case c.Minimum && c.Format != formatJSON && c.Format != string(sheet.CSV) && c.Format != string(sheet.XLSX):
		return errWhatFormat
	case !c.Minimum && c.Format == formatJSON:
		return errJSONMinimum
	}
	return nil
}

// writeAll writes the archive; the file appears under its name when it is whole.
func (c *exportCmd) writeAll(e *env) error {
	return e.withStation(func(s *station.Station) error {
		who, err := actor(e, s, c.As, desk.MayExport)
		if err != nil {
			return err
		}
		path := e.path(c.Out)
		var done *desk.Archive
		err = drive.Write(path, func(w io.Writer) error {
			var err error
			done, err = s.WriteArchive(e.ctx, who, pages.ArchiveOptions(c.For, c.Reason, version.Software(program)), c.Encrypt, w)
			return err
		})
		if err != nil {
			return err
		}
		for i := range done.Files {
			fmt.Fprintf(e.out, "  %7d %s\n", done.Files[i].Rows, done.Files[i].Name)
		}
		said := "It is not encrypted: delete it when you are done."
		if c.Encrypt {
			said = "The printed recovery key opens it: age -d -i KEY."
		}
		_, err = fmt.Fprintf(e.out, "%d people in %s. %s\n", done.Rows(desk.ArchiveRegister), path, said)
		return err
	})
}

// writeMinimum writes the national minimum data set.
func (c *exportCmd) writeMinimum(e *env, s *station.Station, who desk.Who, opt desk.ExportOptions) error {
	people, set, err := s.Minimum(e.ctx, who, opt)
	if err != nil {
		return err
	}
	words := locale.For(locale.Vietnamese)
	set.Word = func(f sheet.MinimumField) string { return words.T("minimum_field." + f.Name) }
	path, n := e.path(c.Out), 0
	err = drive.Write(path, func(w io.Writer) error {
		if c.Format == formatJSON {
			return sheet.WriteMinimumJSON(w, counting(people, &n), set)
		}
		return sheet.WriteMinimum(w, sheet.Format(c.Format), counting(people, &n), set)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d people in %s. It is not encrypted: delete it when you are done.\n", n, path)
	return err
}
