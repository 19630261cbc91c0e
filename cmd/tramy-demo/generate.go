package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tramy/internal/registry"
	"tramy/internal/sheet"
	"tramy/internal/synth"
	"tramy/internal/synth/faulty"
	p "tramy/syncproto"
)

// generateCmd makes registers up: files, or people in the folders of stations.
type generateCmd struct {
	Seed       uint64   `help:"What the registers grow from: equal seeds and options make equal files." default:"1"`
	Out        string   `help:"Folder for the files; it is made." type:"path"`
	Communes   int      `help:"So many communes, in the order of the map; 0: all of it." default:"4"`
	Children   int      `help:"Children of each commune; 0: as its population has them."`
	Years      int      `help:"Born within so many years." default:"6"`
	Level      uint8    `help:"How much goes wrong while people are written down: 0 nothing, 1 spelling, 2 slips and names given late, 3 wrong dates and digits." default:"1"`
	Duplicates int      `help:"Children of a hundred who are on record twice or more for want of a look-up." default:"8"`
	On         string   `help:"The day the registers are as of, yyyy-mm-dd; today if none is given."`
	Places     string   `help:"List of units (vn-admin-units-*.csv) to take communes from, instead of the demo's own eight." type:"existingfile"`
	Province   string   `help:"With --places: code of one province."`
	Layout     string   `help:"wide (a row a child), long (a row a dose) or both." enum:"wide,long,both" default:"both"`
	Format     string   `help:"xlsx or csv." enum:"xlsx,csv" default:"xlsx"`
	Bad        bool     `help:"Also files that are wrong on purpose, in the folder bad, and bad.csv, which says what is wrong where."`
	Load       []string `help:"Data folders of stopped stations: record each commune's people there instead, or as well." type:"existingdir" sep:"none"`
}

// The lists beside the registers.
const (
	truthFile  = "truth.csv"
	loadedFile = "loaded.csv"
	badFile    = "bad.csv"
	badFolder  = "bad"
)

// Run implements the command.
func (c *generateCmd) Run(e *env) error {
	if c.Out == "" && len(c.Load) == 0 {
		return errors.New("nothing to do: name a folder for files with --out, or data folders with --load")
	}
	if c.Bad && c.Out == "" {
		return errors.New("--bad makes files: name a folder with --out")
	}
	today := registry.Today(time.Now(), registry.VietnamOffset)
	if c.On != "" {
		var err error
		if today, err = registry.ParseISO(c.On); err != nil {
			return fmt.Errorf("--on %s: want yyyy-mm-dd", c.On)
		}
	}
	opt, err := c.options(today)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := c.files(e, opt); err != nil {
			return err
		}
	}
	if len(c.Load) > 0 {
		return c.load(e, opt)
	}
	return nil
}

// options are those of the nation, with its communes.
func (c *generateCmd) options(today registry.Day) (synth.Options, error) {
	opt := synth.Options{Today: today, Children: c.Children, Years: c.Years, Level: synth.Level(c.Level), Duplicates: c.Duplicates, Communes: synth.DemoCommunes()}
	if c.Duplicates == 0 {
		opt.Duplicates = -1
	}
	if c.Places != "" {
		f, err := os.Open(c.Places)
		if err != nil {
			return opt, err
		}
		defer f.Close()
		if opt.Communes, err = readUnits(f, c.Province); err != nil {
			return opt, fmt.Errorf("%s: %w", c.Places, err)
		}
		if len(opt.Communes) == 0 {
			return opt, fmt.Errorf("%s: no commune of province %q", c.Places, c.Province)
		}
	} else if c.Province != "" {
		return opt, errors.New("--province needs --places, a list of units")
	}
	switch {
	case c.Communes < 0:
		return opt, fmt.Errorf("--communes %d: want 1 or more, or 0 for all", c.Communes)
	case c.Communes > len(opt.Communes):
		return opt, fmt.Errorf("--communes %d: there are %d (name a list of units with --places)", c.Communes, len(opt.Communes))
	case c.Communes > 0:
		opt.Communes = opt.Communes[:c.Communes]
	}
	return opt, nil
}

// files writes the registers of every commune, the truth about them, and the files that are wrong.
func (c *generateCmd) files(e *env, opt synth.Options) error {
	// In a file a place is a name: no id is set, so that the names are written.
	opt.Place = func(string, synth.Facility) p.EntityID { return p.EntityID{} }
	nation, err := synth.New(c.Seed, opt)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	truth, err := newList(filepath.Join(c.Out, truthFile), "code", "person", "mother", "register", "commune", "like", "slips")
	if err != nil {
		return err
	}
	defer truth.abandon()
	written, people := 0, 0
	report := progress(e.err)
	for i := range nation.Communes() {
		for _, keeper := range []synth.Facility{synth.Station, synth.Hospital, synth.Clinic} {
			n, k, err := c.register(nation, i, keeper, truth)
			if err != nil {
				return err
			}
			written, people = written+n, people+k
		}
		report("registers", i+1, len(nation.Communes()))
	}
	if err := truth.close(); err != nil {
		return err
	}
	if c.Bad {
		n, err := c.bad(opt)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "%d files that are wrong on purpose in %s; what is wrong where: %s\n", n, filepath.Join(c.Out, badFolder), filepath.Join(c.Out, badFile))
	}
	_, err = fmt.Fprintf(e.out, "%d files with %d records of %d communes in %s; who is one person: %s\n",
		written, people, len(nation.Communes()), c.Out, filepath.Join(c.Out, truthFile))
	return err
}

// register writes what one keeper has of a commune's people, in the layouts that are wanted.
func (c *generateCmd) register(nation *synth.Nation, commune int, keeper synth.Facility, truth *list) (files, people int, err error) {
	place := nation.Communes()[commune]
	stem := place.Code + "-" + slug(place.Name) + "-" + keeper.String()
	for r := range kept(nation, commune, keeper) {
		people++
		if err := truth.add(string(r.Subject.Code), personText(r.Person), personText(r.Mother), stem, place.Code, r.Rare.String(), slips(r)); err != nil {
			return 0, 0, err
		}
	}
	if people == 0 {
		return 0, 0, nil
	}
	opt := sheet.WriteOptions{Vaccines: registry.Vaccines(), Lots: true}
	for _, layout := range []sheet.Layout{sheet.Wide, sheet.Long} {
		if c.Layout != "both" && c.Layout != string(layout) {
			continue
		}
		name := fmt.Sprintf("%s-%s.%s", stem, layout, c.Format)
		err := writeFile(filepath.Join(c.Out, name), func(w io.Writer) error {
			write := sheet.WriteWide
			if layout == sheet.Long {
				write = sheet.WriteLong
			}
			return write(w, sheet.Format(c.Format), persons(nation, commune, keeper), opt)
		})
		if err != nil {
			return 0, 0, err
		}
		files++
	}
	return files, people, nil
}

// kept yields the records of a commune's people that one keeper has.
func kept(nation *synth.Nation, commune int, keeper synth.Facility) iter.Seq[*synth.Record] {
	return func(yield func(*synth.Record) bool) {
		for r := range nation.Register(commune) {
			if r.At == keeper && !yield(r) {
				return
			}
		}
	}
}

// persons yields them as a file has them.
func persons(nation *synth.Nation, commune int, keeper synth.Facility) iter.Seq2[*sheet.Person, error] {
	return func(yield func(*sheet.Person, error) bool) {
		for r := range kept(nation, commune, keeper) {
			if !yield(personOf(nation, r), nil) {
				return
			}
		}
	}
}

// personOf is a record as a file has it.
func personOf(nation *synth.Nation, r *synth.Record) *sheet.Person {
	home := nation.Communes()[r.Commune]
	out := &sheet.Person{Subject: r.Subject, Commune: home.Name, CommuneCode: home.Code, MotherCode: string(r.MotherCode)}
	for i := range r.Doses {
		d := &r.Doses[i]
		out.Doses = append(out.Doses, sheet.Dose{ImmunizationInput: d.ImmunizationInput, PlaceName: placeName(nation, d)})
	}
	return out
}

// placeName is how a register names where a dose was given.
func placeName(nation *synth.Nation, d *synth.Dose) string {
	switch d.At {
	case synth.Hospital:
		return "Bệnh viện đa khoa khu vực"
	case synth.Clinic:
		return "Phòng tiêm chủng dịch vụ"
	case synth.Point:
		return "Điểm trạm " + nation.Communes()[d.Commune].Name
	}
	return "Trạm Y tế " + nation.Communes()[d.Commune].Name
}

// bad writes the files that are wrong on purpose.
func (c *generateCmd) bad(opt synth.Options) (int, error) {
	opt.Level = synth.LevelNone
	nation, err := synth.New(c.Seed, opt)
	if err != nil {
		return 0, err
	}
	files, err := faulty.Files(nation, 0, opt.Today)
	if err != nil {
		return 0, err
	}
	folder := filepath.Join(c.Out, badFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	planted, err := newList(filepath.Join(c.Out, badFile), "file", "row", "column", "title", "what", "text")
	if err != nil {
		return 0, err
	}
	defer planted.abandon()
	for _, f := range files {
		if err := writeFile(filepath.Join(folder, f.Name), f.Write); err != nil {
			return 0, err
		}
		for _, x := range f.Plants {
			if err := planted.add(x.File, strconv.Itoa(x.Row), x.Column, x.Title, x.What, x.Text); err != nil {
				return 0, err
			}
		}
	}
	return len(files), planted.close()
}

// slug names a commune in a file name.
func slug(name string) string { return strings.ReplaceAll(registry.Fold(name), " ", "-") }

// personText prints a PersonID; "" for none.
func personText(id synth.PersonID) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(id), 10)
}

// slips prints what went wrong in a record.
func slips(r *synth.Record) string {
	names := make([]string, 0, len(r.Slips))
	for _, s := range r.Slips {
		names = append(names, s.String())
	}
	return strings.Join(names, " ")
}

// writeFile writes a file; what could not be written whole is removed.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buf := bufio.NewWriterSize(f, 1<<16)
	if err = write(buf); err == nil {
		err = buf.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", path, err), os.Remove(path))
	}
	return nil
}

// list is a CSV file for programs.
type list struct {
	file *os.File
	csv  *csv.Writer
}

func newList(path string, head ...string) (*list, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	l := &list{f, csv.NewWriter(f)}
	return l, l.add(head...)
}

func (l *list) add(fields ...string) error { return l.csv.Write(fields) }

func (l *list) close() error {
	l.csv.Flush()
	err := errors.Join(l.csv.Error(), l.file.Close())
	l.file = nil
	return err
}

// abandon closes a list that was not finished.
func (l *list) abandon() {
	if l.file != nil {
		l.file.Close()
	}
}
