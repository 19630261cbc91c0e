package forecast_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cases"
	"tramy/internal/forecast/cdsi"
)

// cdsiFolder finds CDC's published cases and supporting data, which are not part of this project: in the folder
// that TRAMY_CDSI names, or in shared/conformance/cdsi beside the module or above it. Without them the test is
// skipped, and says so.
func cdsiFolder(t testing.TB) string {
	t.Helper()
	const wanted = "cases-open.jsonl"
	if dir := os.Getenv("TRAMY_CDSI"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, wanted)); err != nil {
			t.Fatalf("TRAMY_CDSI: %v", err)
		}
		return dir
	}
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		dir := filepath.Join(at, "shared", "conformance", "cdsi")
		if _, err := os.Stat(filepath.Join(dir, wanted)); err == nil {
			return dir
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		at = up
	}
	const missing = "CDC's CDSi cases are not here: put cases-open.jsonl and the folder supporting-data (release 4.64-508, " +
		"from cdc.gov/iis/cdsi) in one folder and name it in TRAMY_CDSI"
	t.Skip(missing)
	return ""
}

var loadCDSI = sync.OnceValues(func() (*forecast.Schedule, error) {
	return cdsi.Load(os.DirFS(filepath.Join(cdsiDir, "supporting-data")))
})

var cdsiDir string

func cdsiSchedule(t testing.TB) *forecast.Schedule {
	t.Helper()
	cdsiDir = cdsiFolder(t)
	s, err := loadCDSI()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openCase is a case and its person.
type openCase struct {
	*cases.Case
	person *forecast.Patient
}

func openCases(t testing.TB) []openCase {
	t.Helper()
	f, err := os.Open(filepath.Join(cdsiFolder(t), "cases-open.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []openCase
	err = cases.Lines(f, func(n int, line []byte, err error) error {
		if err != nil {
			return err
		}
		c, p, err := cases.Parse(line)
		out = append(out, openCase{c, p})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (c *openCase) differs(t testing.TB, s *forecast.Schedule, e *forecast.Engine, out *forecast.Result) []string {
	t.Helper()
	a, err := cases.Ask(s, e, c.Case, c.person, out)
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	return c.Compare(a)
}

func exceptions(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/cdsi-exceptions.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCDSI holds the engine against CDC's cases. What is excepted, with the reason why the case and not the
// engine is at fault, must really fail, so that the list cannot grow old.
func TestCDSI(t *testing.T) {
	s, list, excepted := cdsiSchedule(t), openCases(t), exceptions(t)
	e, out := forecast.NewEngine(s), new(forecast.Result)
	passed := map[string]int{}
	for i := range list {
		c := &list[i]
		differs, why := c.differs(t, s, e, out), excepted[c.ID]
		switch {
		case len(differs) == 0 && why != "":
			t.Errorf("%s passes and is listed as an exception", c.ID)
		case len(differs) == 0:
			passed[c.Suite]++
		case why == "":
			t.Errorf("%s %s: %q", c.ID, c.Name, differs)
		}
	}
	t.Logf("passed: %v of %d cases", passed, len(list))
	if len(list) < 600 {
		t.Errorf("only %d cases: the file is cut short", len(list))
	}
}

// ruleUnseen names the rules that no open case sees; the tests of single rules see each of them.
var ruleUnseen = map[string]bool{
	"offers": true, "history": true, "unusable doses": true, "campaign doses": true, "vague birth dates": true,
	"contraindicated vaccines": true, "preference": true, "equivalent series groups": true,
}

// TestCDSIRules leaves each rule out in turn and counts the cases that fail then.
func TestCDSIRules(t *testing.T) {
	s, list, excepted := cdsiSchedule(t), openCases(t), exceptions(t)
	out := new(forecast.Result)
	for n, name := range forecast.RuleNames {
		e := forecast.LeaveOut(s, n)
		failed := 0
		for i := range list {
			if excepted[list[i].ID] == "" && len(list[i].differs(t, s, e, out)) > 0 {
				failed++
			}
		}
		t.Logf("without %-28s %3d cases fail", name+":", failed)
		if failed == 0 && !ruleUnseen[name] {
			t.Errorf("without the rule %q no case fails", name)
		}
	}
}
