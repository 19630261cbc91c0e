// Package cdsi reads the CDSi supporting data of the US Centers for Disease Control and Prevention into a
// schedule: a folder with ScheduleSupportingData.xml and one AntigenSupportingData file for each antigen. It
// is pure: the folder is handed to it. Any national schedule written in this form can be read; what the form
// means is told in the CDSi logic specification.
package cdsi

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/registry"
)

// scheduleName is the file that holds what all antigens share; antigenPattern matches the others.
const (
	scheduleName   = "ScheduleSupportingData.xml"
	antigenPattern = "AntigenSupportingData*.xml"
)

// ID is the id of every schedule that is read from this form; it states none itself.
const ID = "cdsi"

// Load reads the folder. An error names the file, the place in it and the element.
func Load(dir fs.FS) (*forecast.Schedule, error) {
	l := &loader{
		s:        &forecast.Schedule{ID: ID, Title: "CDSi supporting data"},
		vaccines: map[string]forecast.VaccineIndex{}, antigens: map[string]forecast.AntigenIndex{},
		groups: map[string]forecast.GroupIndex{}, observations: map[string]forecast.ObservationIndex{},
	}
	var schedule scheduleFile
	if err := decode(dir, scheduleName, &schedule); err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, antigenPattern)
	if err != nil {
		return nil, fmt.Errorf("cdsi: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("cdsi: no %s beside %s", antigenPattern, scheduleName)
	}
	slices.Sort(names)
	files := make([]antigenFile, len(names))
	for i, name := range names {
		if err := decode(dir, name, &files[i]); err != nil {
			return nil, err
		}
		l.file = name
		l.antigen(&files[i])
	}
	l.file = scheduleName
	l.schedule(&schedule)
	for i, name := range names {
		l.file = name
		l.fillAntigen(&l.s.Antigens[i], &files[i])
	}
	if l.err != nil {
		return nil, l.err
	}
	l.s.Compile()
	return l.s, nil
}

func decode(dir fs.FS, name string, into any) error {
	f, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cdsi: %s is missing: give the folder that holds the XML files", name)
	}
	if err != nil {
		return fmt.Errorf("cdsi: %w", err)
	}
	defer f.Close()
	if err := xml.NewDecoder(f).Decode(into); err != nil {
		return fmt.Errorf("cdsi: %s: %w", name, err)
	}
	return nil
}

// loader fills a schedule. It goes on after an error and keeps the first.
type loader struct {
	s            *forecast.Schedule
	vaccines     map[string]forecast.VaccineIndex
	antigens     map[string]forecast.AntigenIndex
	groups       map[string]forecast.GroupIndex
	observations map[string]forecast.ObservationIndex

	file string
	path []string // where in the file
	err  error
}

// in notes where the loader is and returns what leaves it again.
func (l *loader) in(format string, args ...any) func() {
	l.path = append(l.path, fmt.Sprintf(format, args...))
	return func() { l.path = l.path[:len(l.path)-1] }
}

func (l *loader) fail(element, format string, args ...any) {
	if l.err == nil {
		where := strings.Join(append(slices.Clone(l.path), element), ", ")
		l.err = fmt.Errorf("cdsi: %s: %s: %s", l.file, where, fmt.Sprintf(format, args...))
	}
}

// antigen enters the name of a file's antigen: the target disease of its series, not the name of the file.
func (l *loader) antigen(f *antigenFile) {
	if len(f.Series) == 0 {
		l.fail("series", "there is none")
		l.s.Antigens = append(l.s.Antigens, forecast.Antigen{})
		return
	}
	name := text(f.Series[0].Antigen)
	if name == "" {
		l.fail("targetDisease", "it is empty")
	}
	if _, twice := l.antigens[name]; twice {
		l.fail("targetDisease", "%q is in another file already", name)
	}
	l.antigens[name] = forecast.AntigenIndex(len(l.s.Antigens))
	l.s.Antigens = append(l.s.Antigens, forecast.Antigen{Name: name})
}

// schedule enters vaccines, groups, observations and conflicts.
func (l *loader) schedule(f *scheduleFile) {
	for i := range f.Vaccines {
		v := &f.Vaccines[i]
		leave := l.in("cvxMap %s", text(v.CVX))
		at := l.vaccine("cvx", v.CVX, v.Name)
		for _, a := range v.Associations {
			antigen, ok := l.antigens[text(a.Antigen)]
			if !ok {
				l.fail("association", "no file is about the antigen %q", a.Antigen)
				continue
			}
			if at != forecast.None {
				l.s.Vaccines[at].Antigens = append(l.s.Vaccines[at].Antigens, forecast.Association{
					Antigen: antigen, Begin: l.period("associationBeginAge", a.Begin), End: l.period("associationEndAge", a.End),
				})
			}
		}
		leave()
	}
	for _, g := range f.Groups {
		l.groups[text(g.Name)] = forecast.GroupIndex(len(l.s.Groups))
		l.s.Groups = append(l.s.Groups, forecast.Group{Name: text(g.Name), Full: l.yes("administerFullVaccineGroup", g.Full)})
	}
	for _, m := range f.GroupMaps {
		g, ok := l.groups[text(m.Name)]
		if !ok {
			l.fail("vaccineGroupMap", "there is no vaccine group %q", m.Name)
			continue
		}
		for _, name := range m.Antigens {
			a, ok := l.antigens[text(name)]
			if !ok {
				l.fail("vaccineGroupMap", "no file is about the antigen %q", name)
				continue
			}
			l.s.Groups[g].Antigens = append(l.s.Groups[g].Antigens, a)
		}
	}
	for _, o := range f.Observations {
		l.observation(o.Code, o.Title)
	}
	for i := range f.Conflicts {
		c := &f.Conflicts[i]
		leave := l.in("liveVirusConflict %d", i+1)
		previous, current := l.vaccine("previous", c.Previous.CVX, c.Previous.Name), l.vaccine("current", c.Current.CVX, c.Current.Name)
		if previous != forecast.None && current != forecast.None {
			l.s.Conflicts = append(l.s.Conflicts, forecast.Conflict{
				Previous: previous, Current: current, Begin: l.period("conflictBeginInterval", c.Begin),
				MinEnd: l.period("minConflictEndInterval", c.MinEnd), End: l.period("conflictEndInterval", c.End),
			})
		}
		leave()
	}
}

// fillAntigen enters immunity, contraindications and series.
func (l *loader) fillAntigen(a *forecast.Antigen, f *antigenFile) {
	for _, h := range f.ImmuneBy {
		a.ImmuneBy = append(a.ImmuneBy, l.observation(h.Code, ""))
	}
	for _, b := range f.ImmuneBirths {
		im := forecast.ImmuneBirth{Before: l.day("immunityBirthDate", b.Before)}
		for _, code := range b.Exclusions {
			im.Exclusions = append(im.Exclusions, l.observation(code, ""))
		}
		if im.Before != 0 {
			a.ImmuneBirths = append(a.ImmuneBirths, im)
		}
	}
	a.Contraindications = l.contraindications(f.Contraindications)
	a.VaccineContra = l.contraindications(f.VaccineContra)
	for i := range f.Series {
		leave := l.in("series %q", text(f.Series[i].Name))
		a.Series = append(a.Series, l.series(&f.Series[i]))
		if text(f.Series[i].Antigen) != a.Name {
			l.fail("targetDisease", "%q is not the file's %q", f.Series[i].Antigen, a.Name)
		}
		leave()
	}
}

func (l *loader) contraindications(list []contraText) []forecast.Contraindication {
	var out []forecast.Contraindication
	for _, c := range list {
		leave := l.in("contraindication %s", text(c.Code))
		out = append(out, forecast.Contraindication{
			Observation: l.observation(c.Code, ""), Begin: l.period("beginAge", c.Begin), End: l.period("endAge", c.End),
			Text: text(c.Text), Vaccines: l.rules("contraindicatedVaccine", c.Vaccines),
		})
		leave()
	}
	return out
}

var seriesTypes = map[string]forecast.SeriesType{"standard": forecast.Standard, "risk": forecast.Risk, "evaluation only": forecast.EvaluationOnly}

var sexes = map[string]registry.Sex{"female": registry.SexFemale, "male": registry.SexMale, "unknown": registry.SexUnknown}

func (l *loader) series(t *seriesText) forecast.Series {
	s := forecast.Series{
		Name: text(t.Name), Type: choice(l, "seriesType", t.Type, seriesTypes),
		Default: l.yes("defaultSeries", t.Select.Default), Product: l.yes("productPath", t.Select.Product),
		Cluster: l.number("seriesGroup", t.Select.Cluster), Priority: text(t.Select.Priority),
		Preference: l.number("seriesPreference", t.Select.Preference), StartBy: l.period("maxAgeToStart", t.Select.StartBy),
		Equivalent: l.numbers("equivalentSeriesGroups", t.Equivalent),
	}
	group, ok := l.groups[text(t.Group)]
	if !ok {
		l.fail("vaccineGroup", "there is no vaccine group %q in %s", t.Group, scheduleName)
	}
	s.Group = group
	for _, g := range t.Genders {
		if text(g) != "" {
			s.Sexes = append(s.Sexes, choice(l, "requiredGender", g, sexes))
		}
	}
	for _, g := range t.Guidance {
		if text(g) != "" {
			s.Guidance = append(s.Guidance, text(g))
		}
	}
	for _, in := range t.Indications {
		if text(in.Code) != "" {
			s.Indications = append(s.Indications, forecast.Indication{
				Observation: l.observation(in.Code, ""), Begin: l.period("indication beginAge", in.Begin), End: l.period("indication endAge", in.End),
			})
		}
	}
	for i := range t.Doses {
		leave := l.in("dose %d", i+1)
		s.Doses = append(s.Doses, l.dose(&t.Doses[i], len(t.Doses)))
		leave()
	}
	if len(s.Doses) == 0 {
		l.fail("seriesDose", "there is none")
	}
	return s
}
