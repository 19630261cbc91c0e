package forecast_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/forecast"
	vietnam "tramy/internal/forecast/national"
	"tramy/internal/registry"
)

func date(t *testing.T, text string) forecast.Day {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	d, err := registry.NewDay(at.Date())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What is advised of the vaccines of the programme, and of those that are named, as a nurse would read it.
func TestAdvice(t *testing.T) {
	s, err := vietnam.Embedded("vn-2026-02")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		born, on string
		doses    string // "2026-03-10 HEXA, ..."
		seen     string // observations
		also     string // paid vaccines to look at
		want     []string
	}{
		{"a new-born", "2026-03-10", "2026-03-10", "", "", "", []string{
			"VGB0 1 due from 2026-03-10, overdue from 2026-03-12, until 2026-03-17, epi: HepB0",
			"BCG 1 due from 2026-03-10, overdue from 2026-04-10, until 2027-03-09, epi: BCG",
			"DPT-VGB-HIB 1 later from 2026-05-10, overdue from 2026-06-10, until 2031-03-09, epi: D T P HepB Hib",
			"BOPV 1 later from 2026-05-10, overdue from 2026-06-10, until 2041-03-09, epi: PolioOral",
			"IPV 1 later from 2026-08-10, overdue from 2026-09-10, until 2041-03-09, epi: PolioInj",
			"ROTA 1 later from 2026-05-10, overdue from 2026-06-10, until 2026-08-24, epi: Rotavirus",
			"SOI 1 later from 2026-12-10, overdue from 2027-01-10, until 2041-03-09, epi: Measles",
			"MR 1 later from 2027-09-10, overdue from 2027-10-10, until 2041-03-09, epi: Rubella",
			"VNNB 1 later from 2027-03-10, overdue from 2027-04-10, until 2041-03-09, epi: JE",
			"TD 1 later from 2033-03-10, overdue from 2034-03-10, until 2041-03-09, epi: Td7",
		}},
		{
			"one item for what one vaccine serves, when the last of them may have it", "2026-01-15", "2026-03-20",
			"2026-01-15 VGB0, 2026-01-15 BCG, 2026-03-15 VGB, 2026-03-17 DPT", "", "HEXA VGB",
			[]string{
				"DPT-VGB-HIB 1 later from 2026-04-14, overdue from 2026-04-15, until 2031-01-14, epi: D T P HepB Hib", "!VGB",
			},
		},
		{
			"nothing is put off for more than four weeks: what a vaccine would bring in vain is said", "2025-01-10", "2026-03-20",
			"2026-03-10 HEXA, 2026-03-10 IPV", "", "HEXA",
			[]string{
				"HEXA 2 later from 2026-04-07, until 2027-01-09, paid: D T P HepB Hib PolioOral, in vain: PolioInj",
			},
		},
		{
			"the last of them decides from when, also when all that is past", "2026-01-10", "2026-05-01", "2026-03-10 DPT", "", "", []string{
				"DPT-VGB-HIB 1 overdue from 2026-04-07, overdue from 2026-04-10, until 2031-01-09, epi: D T P HepB Hib",
			},
		},
		{
			"after Pentaxim only hepatitis B is missing, and has its own vaccine", "2026-01-10", "2026-03-20",
			"2026-03-10 PENTA-IPV", "", "VGB PENTA-IPV",
			[]string{
				"VGB 1 due from 2026-03-10, overdue from 2026-04-10, until 2033-01-09, paid: HepB",
				"PENTA-IPV 2 later from 2026-04-07, recommended 2026-04-10, until 2031-01-09, paid: D T P Hib PolioOral PolioInj",
			},
		},
		{"the hexavalent is one item for seven", "2026-01-10", "2026-04-20", "2026-03-10 HEXA", "", "HEXA", []string{
			"HEXA 2 due from 2026-04-07, recommended 2026-04-10, until 2028-01-09, paid: D T P HepB Hib PolioOral PolioInj",
		}},
		{"measles-rubella once, for a child of twenty months without measles", "2024-06-10", "2026-02-10", "", "", "", []string{
			"MR 1 overdue from 2025-12-10", "!SOI",
		}},
		{"and measles alone at nine months", "2025-06-10", "2026-03-10", "", "", "", []string{
			"SOI 1 due from 2026-03-10, overdue from 2026-04-10", "MR 1 later from 2026-12-10",
		}},
		{"no live drops: no vaccine to give, and no advice", "2026-01-10", "2026-03-10", "", "immunodeficiency", "", []string{"!BOPV", "!BCG"}},
	} {
		p := forecast.Patient{BornFirst: date(t, c.born), BornLast: date(t, c.born), KnownBirth: true, Sex: registry.SexFemale}
		for _, dose := range strings.Split(c.doses, ", ") {
			if on, vaccine, ok := strings.Cut(dose, " "); ok {
				p.Doses = append(p.Doses, forecast.Dose{Vaccine: vaccine, On: date(t, on)})
			}
		}
		if c.seen != "" {
			p.Observations = append(p.Observations, forecast.Observation{Code: c.seen})
		}
		on := date(t, c.on)
		var r forecast.Result
		forecast.NewEngine(s).Evaluate(&p, on, &r)
		var got []string
		for _, a := range s.Advise(&p, on, &r) {
			line := read(s, &a)
			if code, _, _ := strings.Cut(line, " "); a.Programme == registry.ProgrammeEPI || slices.Contains(strings.Fields(c.also), code) {
				got = append(got, line)
			}
		}
		if c.name == "a new-born" {
			for _, a := range s.Advise(&p, on, &r) {
				// The birth dose's late days are not confirmed, the first 5-in-1 is.
				if code := s.Vaccines[a.Vaccine].Code; code == "VGB0" && !a.Verify || code == "DPT-VGB-HIB" && a.Verify {
					t.Errorf("%s: to be verified: %t", code, a.Verify)
				}
			}
		}
		for _, want := range c.want {
			absent := strings.HasPrefix(want, "!")
			if slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g+" ", strings.TrimPrefix(want, "!")) }) == absent {
				t.Errorf("%s: %s is wrong in\n%s", c.name, want, strings.Join(got, "\n"))
			}
		}
	}
}

// read puts an advice into a line.
func read(s *forecast.Schedule, a *forecast.Advice) string {
	var b strings.Builder
	if a.Vaccine == forecast.None {
		b.WriteString("nothing")
	} else {
		b.WriteString(s.Vaccines[a.Vaccine].Code)
	}
	fmt.Fprintf(&b, " %d %s from %s", a.Number, a.Urgency, a.Earliest.ISO())
	if a.Recommended != a.Earliest {
		b.WriteString(", recommended " + a.Recommended.ISO())
	}
	if a.OverdueFrom != 0 {
		b.WriteString(", overdue from " + a.OverdueFrom.ISO())
	}
	if a.Latest != 0 {
		b.WriteString(", until " + a.Latest.ISO())
	}
	b.WriteString(", " + a.Programme.String() + ":")
	for _, x := range a.Antigens {
		b.WriteString(" " + s.Antigens[x].Name)
	}
	for i, x := range a.Spare {
		if i == 0 {
			b.WriteString(", in vain:")
		}
		b.WriteString(" " + s.Antigens[x].Name)
	}
	return b.String()
}
