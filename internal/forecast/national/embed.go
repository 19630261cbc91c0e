package national

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"

	"tramy/internal/forecast"
)

//go:embed vn-*.yaml
var files embed.FS

// IDs returns the ids of the embedded schedules, in order of name.
func IDs() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return out
}

// embeddedText returns the file name and the text of an embedded schedule; no text if there is none.
func embeddedText(id string) (string, []byte) {
	name := id + ".yaml"
	text, err := files.ReadFile(name)
	if err != nil {
		return name, nil
	}
	return name, text
}

// Text returns the file of an embedded schedule, nil if there is none.
func Text(id string) []byte {
	_, text := embeddedText(id)
	return text
}

// Embedded loads an embedded schedule.
func Embedded(id string) (*forecast.Schedule, error) {
	name, text := embeddedText(id)
	if text == nil {
		return nil, fmt.Errorf("national: no schedule %q is part of the program; there are %s", id, strings.Join(IDs(), ", "))
	}
	return Load(name, text)
}

// Versions loads all embedded schedules, oldest first.
func Versions() ([]*forecast.Schedule, error) {
	var out []*forecast.Schedule
	for _, id := range IDs() {
		s, err := Embedded(id)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, Sort(out)
}

// Sort puts the versions of one schedule in the order of their validity. The error is Problems if two of them
// are in force on one day.
func Sort(versions []*forecast.Schedule) error {
	slices.SortStableFunc(versions, func(a, b *forecast.Schedule) int { return cmp.Or(int(a.From)-int(b.From), strings.Compare(a.ID, b.ID)) })
	var c collector
	for i := 1; i < len(versions); i++ {
		before, after := versions[i-1], versions[i]
		if before.Until == 0 || before.Until > after.From {
			c.bad(at{file: after.ID}, RuleOverlap, "from %s both %s and %s are in force", after.From.ISO(), before.ID, after.ID)
		}
	}
	return c.err()
}

// InForce returns the version that holds on a day, or nil.
func InForce(versions []*forecast.Schedule, on forecast.Day) *forecast.Schedule {
	for _, s := range versions {
		if s.InForce(on) {
			return s
		}
	}
	return nil
}
