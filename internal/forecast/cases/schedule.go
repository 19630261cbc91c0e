package cases

import (
	"fmt"
	"os"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cdsi"
)

// LoadSchedule reads a schedule in the form that its path shows: a folder holds CDSi supporting data.
func LoadSchedule(path string) (*forecast.Schedule, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	switch {
	case info.IsDir():
		return cdsi.Load(os.DirFS(path))
	}
	return nil, fmt.Errorf("schedule: %s is not a folder with CDSi supporting data", path)
}
