package cases

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cdsi"
	"tramy/internal/forecast/national"
)

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
		if info.Size() > national.SizeBytesMax { // not read into memory; its problem is the size
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
