package cases

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cdsi"
	"tramy/internal/forecast/national"
	"tramy/internal/registry"
)

// engines has an engine for the schedule of the command line, and one for each schedule of the program that a case
// names.
type engines struct {
	other *forecast.Schedule
	ids   map[string]*forecast.Schedule
	made  map[*forecast.Schedule]*forecast.Engine
}

func (e *engines) ask(c *Case, p *forecast.Patient, out *forecast.Result) (*Answer, error) {
	s := e.other
	if c.Schedule != "" && c.Schedule != s.ID {
		if e.ids[c.Schedule] == nil {
			own, err := national.Embedded(c.Schedule)
			if err != nil {
				return nil, &Error{Field: "schedule", Text: err.Error()}
			}
			if e.ids == nil {
				e.ids = map[string]*forecast.Schedule{}
			}
			e.ids[c.Schedule] = own
		}
		s = e.ids[c.Schedule]
	}
	if e.made[s] == nil {
		e.made[s] = forecast.NewEngine(s)
	}
	return Ask(s, e.made[s], c, p, out)
}

// LoadSchedule reads a schedule in the form that its path shows: the id of one that is part of the program, a
// folder with CDSi supporting data, or a file of our own format.
func LoadSchedule(path string) (*forecast.Schedule, error) {
	if slices.Contains(national.IDs(), path) {
		return national.Embedded(path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	switch {
	case info.IsDir():
		return cdsi.Load(os.DirFS(path))
	case strings.HasSuffix(path, ".yaml"), strings.HasSuffix(path, ".yml"):
		if info.Size() > registry.ScheduleFileBytesMax { // not read into memory; its problem is the size
			return nil, national.TooLarge(path, int(info.Size()))
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		return national.Load(path, text)
	}
	return nil, fmt.Errorf("schedule: %s is none of %s, a folder with CDSi supporting data, a .yaml file", path, strings.Join(national.IDs(), ", "))
}
