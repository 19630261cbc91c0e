package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"tramy/internal/command"
	"tramy/internal/desk"
	"tramy/internal/pages"
	"tramy/internal/rights"
	"tramy/internal/sheet"
	"tramy/internal/store"
	"tramy/station"
)

type importCmd struct {
	File     string `arg:"" help:"The register: .xlsx or .csv, a row a child (form A2.1) or a row a dose; or people and doses of another program as FHIR R4: a bundle (.json) or a resource a line (.ndjson); or the people and doses of a station's archive (.zip, of export --all)."`
	Sheet    string `help:"The sheet to read; without it the one that looks most like a register."`
	Mapping  string `help:"A file with what each column is, as --show-mapping prints it; without it the columns are guessed."`
	Show     bool   `help:"Print what each column is taken for, as JSON, and stop." name:"show-mapping"`
	DryRun   bool   `help:"Work everything out and write nothing."`
	Rejected string `help:"Where to put the rows that did not come in; without it beside FILE. They can be mended and imported."`
	AnyPlace bool   `help:"Take in people whose address names another commune, too."`
	As       string `help:"The account that imports; without it the head of the station, if there is one."`
	Lang     string `help:"Language of the sentences about rows." enum:"vi,en" default:"vi"`
	JSON     bool   `help:"Print the result as JSON." name:"json"`
	Values   bool   `help:"Say on the screen, too, what stands in the file: names, dates, telephone numbers. Without it only the file with the rows that did not come in has that."`
}

// importResult is what --json prints.
type importResult struct {
	File     string              `json:"file"`
	Sheet    string              `json:"sheet"`
	Layout   sheet.Layout        `json:"layout"`
	DryRun   bool                `json:"dry_run"`
	Counts   desk.ImportCounts   `json:"counts"`
	Kinds    map[string]int      `json:"kinds"`    // entries by what is to be said of them
	Problems []desk.ImportReason `json:"problems"` // of those that did not come in, the first problemsMax
	Rejected string              `json:"rejected,omitempty"`
	Skipped  map[string]int      `json:"skipped,omitempty"` // FHIR: resources of other types, by type
}

// count counts an entry under each kind of thing that is to be said of it.
func (r *importResult) count(reasons []desk.ImportReason) {
	kinds := map[string]bool{}
	for i := range reasons {
		kinds[reasons[i].Code] = true
	}
	for kind := range kinds {
		r.Kinds[kind]++
	}
}

// Bounds of what is printed.
const (
	problemsMax = 1000
	linesMax    = 20
	sampleRows  = 3
	cellChars   = 24
)

func (c *importCmd) Run(e *env) error {
	return e.withStation(func(s *station.Station) error {
		who, err := actor(e, s, c.As, desk.MayImport)
		if err != nil {
			return err
		}
		f, err := os.Open(e.path(c.File))
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		err = c.read(e, s, who, f, info.Size())
		var file sheet.FileError
		if errors.As(err, &file) {
			return &fileError{pages.ImportFault(c.Lang, err)}
		}
		return err
	})
}

// fileError is a file that cannot be read at all, in words.
type fileError struct{ text string }

func (e *fileError) Error() string { return e.text }

func (c *importCmd) read(e *env, s *station.Station, who desk.Who, r io.ReaderAt, size int64) error {
	if station.IsArchive(r, size) {
		return c.readArchive(e, s, who, r, size)
	}
	if station.IsFHIR(r, size) {
		return c.readFHIR(e, s, who, io.NewSectionReader(r, 0, size))
	}
	book, err := sheet.Open(filepath.Base(c.File), r, size)
	if err != nil {
		return err
	}
	m, err := c.mapping(e, s, book)
	if err != nil {
		return err
	}
	if c.Show {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(m)
	}
	if !c.JSON {
		if err := c.showColumns(e.out, book, m); err != nil {
			return err
		}
	}
	res := importResult{File: c.File, Sheet: m.Sheet, Layout: m.Layout, DryRun: c.DryRun, Kinds: map[string]int{}, Problems: []desk.ImportReason{}}
	out := &rejectedFile{path: c.rejectedPath(e), m: m, skip: c.DryRun && c.Rejected == ""}
	show := &progressLine{w: e.err, rows: m.Rows, live: e.live && !c.JSON}
	opt := desk.ImportOptions{File: filepath.Base(c.File), Dry: c.DryRun, AnyPlace: c.AnyPlace}
	res.Counts, err = s.ImportBook(e.ctx, who, book, m, opt, func(entry desk.ImportedEntry, counts *desk.ImportCounts) error {
		reasons := pages.ImportReasons(c.Lang, &entry)
		told := reasons
		if !c.Values {
			told = pages.ImportReasonsUntold(c.Lang, &entry)
		}
		res.count(reasons)
		show.tell(len(entry.Rows), counts)
		if entry.Verdict != desk.ImportRefused && entry.Verdict != desk.ImportProposed {
			return nil
		}
		res.Problems = append(res.Problems, told[:min(len(told), problemsMax-len(res.Problems))]...)
		return out.add(&sheet.Rejected{Cells: entry.Cells, Reason: pages.ImportReasonText(reasons), SameAs: entry.SameAs})
	})
	show.end()
	if err = errors.Join(err, out.close(err == nil)); err != nil {
		return err
	}
	if out.rows > 0 && !out.skip {
		res.Rejected = out.path
	}
	if err := c.print(e, &res); err != nil {
		return err
	}
	if !c.DryRun {
		if err := s.Imports.Remember(*m); err != nil {
			return err
		}
	}
	if res.Counts.Refused+res.Counts.Proposed > 0 {
		command.Exit(1)
	}
	return nil
}

// readArchive takes in the people and doses of an archive of a station. What is copied out of it for that is deleted again.
func (c *importCmd) readArchive(e *env, s *station.Station, who desk.Who, r io.ReaderAt, size int64) error {
	f, err := s.Imports.Scratch()
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := station.ArchiveRegister(r, size, f); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return c.read(e, s, who, f, info.Size())
}

// mapping reads the mapping that was given, or guesses.
func (c *importCmd) mapping(e *env, s *station.Station, book *sheet.Book) (*sheet.Mapping, error) {
	known, err := s.Imports.Known()
	if err != nil {
		return nil, err
	}
	if c.Mapping != "" {
		b, err := os.ReadFile(e.path(c.Mapping))
		if err != nil {
			return nil, err
		}
		m := &sheet.Mapping{}
		if err := json.Unmarshal(b, m); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Mapping, err)
		}
		return m, m.Check()
	}
	vaccines, err := s.VaccineNames(e.ctx)
	if err != nil {
		return nil, err
	}
	m, err := book.Guess(c.Sheet, known, vaccines)
	return &m, err
}

func (c *importCmd) rejectedPath(e *env) string {
	if c.Rejected != "" {
		return e.path(c.Rejected)
	}
	path := e.path(c.File)
	return strings.TrimSuffix(path, filepath.Ext(path)) + "-chua-nhap.xlsx"
}

// shape is what kind of text something is, and not which: for the screen, from which people copy into tickets.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '9'
		case unicode.IsUpper(r):
			return 'A'
		case unicode.IsLetter(r):
			return 'a'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, s)
}

// showColumns prints what each column is taken for, with the shape of the first rows beside it.
func (c *importCmd) showColumns(w io.Writer, book *sheet.Book, m *sheet.Mapping) error {
	rows, err := book.Sample(*m, sampleRows)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "sheet %q, header row %d, %s layout, %d rows\n", m.Sheet, m.Header, m.Layout, m.Rows)
	for i := range m.Columns {
		col := &m.Columns[i]
		if col.Title == "" && col.Field == "" {
			continue
		}
		what := col.Field
		if col.Vaccine != "" {
			what += " " + col.Vaccine
		}
		if col.Dose > 0 {
			what += fmt.Sprintf(" %d", col.Dose)
		}
		if what == "" {
			what = "(not read)"
		}
		if !col.Sure && col.Field != "" {
			what += " ?"
		}
		fmt.Fprintf(w, "  %-3s %-32s %-28s", col.Letter(), cut(col.Title), what)
		for _, row := range rows {
			cell := cut(row[i])
			if !c.Values {
				cell = shape(cell)
			}
			fmt.Fprintf(w, " | %s", cell)
		}
		fmt.Fprintln(w)
	}
	return nil
}

func cut(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > cellChars {
		return string(r[:cellChars-1]) + "…"
	}
	return s
}

func (c *importCmd) print(e *env, res *importResult) error {
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(res)
	}
	if c.DryRun {
		fmt.Fprintln(e.out, "Nothing was written. It would be:")
	}
	n := &res.Counts
	fmt.Fprintf(e.out, "%d people in %.1f s (%.0f a second): %d new, %d completed, %d there already, %d to be asked about, %d rejected; %d doses\n",
		n.People, n.Elapsed.Seconds(), n.PerSecond(), n.New, n.Completed, n.There, n.Proposed, n.Refused, n.Doses)
	for _, kind := range slices.Sorted(maps.Keys(res.Kinds)) {
		fmt.Fprintf(e.out, "  %6d %s\n", res.Kinds[kind], kind)
	}
	for _, kind := range slices.Sorted(maps.Keys(res.Skipped)) {
		fmt.Fprintf(e.out, "  %6d %s: not read\n", res.Skipped[kind], kind)
	}
	for i := range res.Problems[:min(len(res.Problems), linesMax)] {
		p := &res.Problems[i]
		fmt.Fprintf(e.out, "%s %d: %s\n", res.Sheet, p.Row, pages.ImportReasonLine(p))
	}
	if res.Rejected != "" {
		fmt.Fprintf(e.out, "Rows that did not come in: %s. They name people, and the file is not encrypted: delete it when you are done.\n", res.Rejected)
	}
	return nil
}

// rejectedFile is written as rows come; it appears under its name when it is whole.
type rejectedFile struct {
	path string
	m    *sheet.Mapping
	skip bool
	rows int

	feed chan *sheet.Rejected
	done chan error
	file *os.File
}

func (r *rejectedFile) add(row *sheet.Rejected) error {
	r.rows++
	if r.skip {
		return nil
	}
	if r.feed == nil {
		var err error
		if r.file, err = os.CreateTemp(filepath.Dir(r.path), ".tramy-*"); err != nil {
			return err
		}
		r.feed, r.done = make(chan *sheet.Rejected), make(chan error, 1)
		go func() {
			r.done <- sheet.WriteRejected(r.file, formatOf(r.path), *r.m, func(yield func(*sheet.Rejected, error) bool) {
				for row := range r.feed {
					if !yield(row, nil) {
						return
					}
				}
			})
		}()
	}
	select {
	case r.feed <- row:
		return nil
	case err := <-r.done:
		r.done <- err
		return fmt.Errorf("%s: %w", r.path, err)
	}
}

func (r *rejectedFile) close(keep bool) error {
	if r.feed == nil {
		return nil
	}
	close(r.feed)
	err := errors.Join(<-r.done, r.file.Close())
	if err == nil && keep {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil || !keep {
		return errors.Join(err, os.Remove(r.file.Name()))
	}
	return nil
}

func formatOf(path string) sheet.Format {
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		return sheet.CSV
	}
	return sheet.XLSX
}

// progressLine tells how far an import is: on a terminal in one line that is written over, else a line now and
// then.
type progressLine struct {
	w    io.Writer
	live bool
	rows int // in the file
	done int
	last int
}

// progressEvery is how many rows pass between two lines where there is no terminal.
const progressEvery = 1000

func (p *progressLine) tell(rows int, n *desk.ImportCounts) {
	p.done += rows
	text := fmt.Sprintf("%d of %d rows, %d new, %d completed, %d there, %d to be asked about, %d rejected, %.0f people a second",
		p.done, p.rows, n.New, n.Completed, n.There, n.Proposed, n.Refused, n.PerSecond())
	switch {
	case p.live && p.done-p.last >= progressEvery/50:
		fmt.Fprintf(p.w, "\r%s\x1b[K", text)
	case !p.live && p.done-p.last >= progressEvery:
		fmt.Fprintln(p.w, text)
	default:
		return
	}
	p.last = p.done
}

func (p *progressLine) end() {
	if p.live && p.last > 0 {
		fmt.Fprintln(p.w)
	}
}

// errWhoActs says that nothing tells in whose name a command acts.
var errWhoActs = errors.New("say in whose name with --as LOGIN: there is not one head of the station here")

// actor is the account under which a command acts: the one named, else the only head of the station.
func actor(e *env, s *station.Station, login string, may func(desk.Who) bool) (desk.Who, error) {
	if login != "" {
		who, err := s.As(e.ctx, login)
		if err == nil && !may(who) {
			err = desk.ErrForbidden
		}
		if err != nil {
			err = fmt.Errorf("--as: %w", err)
		}
		return who, err
	}
	var heads []string
	err := s.Node.Store().View(e.ctx, func(tx store.Tx) error {
		users, err := tx.Users()
		for i := range users {
			if !users[i].Void && rights.Role(users[i].Role) == rights.Head {
				heads = append(heads, users[i].Login)
			}
		}
		return err
	})
	if err != nil {
		return desk.Who{}, err
	}
	if len(heads) != 1 {
		return desk.Who{}, errWhoActs
	}
	return s.As(e.ctx, heads[0])
}
