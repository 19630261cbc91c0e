package forecast_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cases"
	"tramy/internal/forecast/national"
	"tramy/internal/registry"
)

// verdictsOf is what must not change before Result.Until: statuses and dates, without the reasons.
func verdictsOf(out *forecast.Result) any {
	type group struct {
		group                                  forecast.GroupIndex
		status                                 forecast.SeriesStatus
		dose                                   int
		earliest, recommended, pastDue, latest forecast.Day
		offered                                bool
		label                                  forecast.Label
	}
	var groups []group
	for i := range out.Groups {
		g := &out.Groups[i]
		groups = append(groups, group{g.Group, g.Status, g.Dose, g.Earliest, g.Recommended, g.PastDue, g.Latest, g.Offered, g.Label})
	}
	var doses [][]forecast.EvaluationStatus
	for _, d := range out.Doses {
		var list []forecast.EvaluationStatus
		for _, v := range d.Verdicts {
			list = append(list, v.Status)
		}
		doses = append(doses, list)
	}
	return []any{groups, doses}
}

// holds evaluates a person on a day, then on days up to the one until which the result is said to hold, and from
// there on in steps; it returns how often the result did change where that was said.
func holds(t *testing.T, name string, e *forecast.Engine, p *forecast.Patient, on forecast.Day) (changes int) {
	t.Helper()
	var first, later forecast.Result
	for range 12 {
		e.Evaluate(p, on, &first)
		want, until := verdictsOf(&first), first.Until
		if until <= on {
			t.Fatalf("%s: a result of %s holds until %s", name, on.ISO(), until.ISO())
		}
		last := min(until-1, on+40*366)
		for _, day := range []forecast.Day{on + 1, on + (last-on)/3, on + (last-on)/2, last} {
			if day > last {
				continue
			}
			e.Evaluate(p, day, &later)
			if got := verdictsOf(&later); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: said on %s to hold until %s, but on %s it is\n%v, not\n%v", name, on.ISO(), until.ISO(), day.ISO(), got, want)
				return changes
			}
		}
		if until > on+40*366 {
			return changes
		}
		on = until
		e.Evaluate(p, on, &later)
		if !reflect.DeepEqual(verdictsOf(&later), want) {
			changes++
		}
	}
	return changes
}

// eachOwnCase reads the cases of testdata/schedule.
func eachOwnCase(t *testing.T, do func(*cases.Case, *forecast.Patient)) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/schedule/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases of our own: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		err = cases.TextLines(bytes.NewReader(text), func(_ int, line []byte, err error) error {
			if err != nil {
				return err
			}
			c, p, err := cases.Parse(line)
			if err == nil {
				do(c, p)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A row that is kept until that day must say until then what an evaluation would.
func TestResultHoldsUntil(t *testing.T) {
	engines := map[string]*forecast.Engine{}
	n, changes := 0, 0
	eachOwnCase(t, func(c *cases.Case, p *forecast.Patient) {
		if engines[c.Schedule] == nil {
			s, err := national.Embedded(c.Schedule)
			if err != nil {
				t.Fatal(err)
			}
			engines[c.Schedule] = forecast.NewEngine(s)
		}
		on, err := registry.ParseISO(c.AssessmentDate)
		if err != nil {
			t.Fatal(err)
		}
		n++
		changes += holds(t, c.ID, engines[c.Schedule], p, on)
	})
	t.Logf("%d cases, %d changes foreseen", n, changes)
	if changes < n/4 {
		t.Errorf("only %d changes in %d cases: nothing was tried", changes, n)
	}
}

func TestResultHoldsUntilCDSi(t *testing.T) {
	e := forecast.NewEngine(cdsiSchedule(t))
	changes := 0
	for _, c := range openCases(t) {
		on, err := registry.ParseISO(c.AssessmentDate)
		if err != nil {
			t.Fatal(err)
		}
		changes += holds(t, c.ID, e, c.person, on)
	}
	t.Logf("%d changes foreseen", changes)
}

// What is kept of advice holds as long as it says, too: which vaccine, its number and its days.
func TestAdviceHolds(t *testing.T) {
	type kept struct {
		vaccine                                forecast.VaccineIndex
		number                                 int
		earliest, recommended, overdue, latest forecast.Day
	}
	versions, err := national.Versions()
	if err != nil {
		t.Fatal(err)
	}
	s := versions[len(versions)-1]
	e := forecast.NewEngine(s)
	ask := func(p *forecast.Patient, on forecast.Day) (rows []kept, until forecast.Day) {
		var out forecast.Result
		e.Evaluate(p, on, &out)
		for _, a := range s.Advise(p, on, &out) {
			rows = append(rows, kept{a.Vaccine, a.Number, a.Earliest, a.Recommended, a.OverdueFrom, a.Latest})
		}
		return rows, min(out.Until, s.AdviceHolds(p, on, &out))
	}
	people, days := 0, 0
	eachOwnCase(t, func(c *cases.Case, p *forecast.Patient) {
		if !p.KnownBirth {
			return
		}
		people++
		on, err := registry.ParseISO(c.AssessmentDate)
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			want, until := ask(p, on)
			last := min(until-1, on+10*366)
			for _, day := range []forecast.Day{on + 1, on + (last-on)/2, last} {
				if day <= on || day > last {
					continue
				}
				days++
				if got, _ := ask(p, day); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: said on %s to hold until %s, but on %s it is\n%v, not\n%v", c.ID, on.ISO(), until.ISO(), day.ISO(), got, want)
					return
				}
			}
			if until > on+10*366 {
				return
			}
			on = until
		}
	})
	t.Logf("%d people, %d later days", people, days)
}
