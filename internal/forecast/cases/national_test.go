package cases

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/national"
)

const ownCases = "../../../testdata/schedule"

// ownCase is a case of our own, ready to be asked.
type ownCase struct {
	*Case
	file     string
	line     int
	schedule string
	patient  *forecast.Patient
}

// readOwnCases reads all of testdata/schedule.
func readOwnCases(t testing.TB) []ownCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(ownCases, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", ownCases, err)
	}
	var out []ownCase
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		err = TextLines(bytes.NewReader(text), func(n int, line []byte, err error) error {
			var c *Case
			var p *forecast.Patient
			if err == nil {
				c, p, err = Parse(line)
			}
			if err != nil {
				t.Errorf("%s:%d: %v", filepath.Base(file), n, err)
				return nil
			}
			out = append(out, ownCase{c, filepath.Base(file), n, c.Schedule, p})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestOwnCases(t *testing.T) {
	seen := map[string]bool{}
	engines, schedules := map[string]*forecast.Engine{}, map[string]*forecast.Schedule{}
	var out forecast.Result
	n := 0
	for _, c := range readOwnCases(t) {
		if seen[c.ID] {
			t.Errorf("%s:%d: a second case has the id %s", c.file, c.line, c.ID)
		}
		seen[c.ID] = true
		if schedules[c.schedule] == nil {
			s, err := national.Embedded(c.schedule)
			if err != nil {
				t.Fatalf("%s:%d: %v", c.file, c.line, err)
			}
			schedules[c.schedule], engines[c.schedule] = s, forecast.NewEngine(s)
		}
		a, err := Ask(schedules[c.schedule], engines[c.schedule], c.Case, c.patient, &out)
		if err != nil {
			t.Errorf("%s:%d: %s: %v", c.file, c.line, c.ID, err)
			continue
		}
		n++
		for _, d := range c.Compare(a) {
			t.Errorf("%s:%d: %s: %s", c.file, c.line, c.ID, d)
		}
	}
	t.Logf("%d cases", n)
}
