package forecast_test

import (
	"fmt"
	"strings"
	"testing"

	"tramy/internal/forecast"
	vietnam "tramy/internal/forecast/national"
	"tramy/internal/registry"
)

// told reads "2026-03-10 BCG, 2026-05-10 HEXA".
func told(t *testing.T, text string) []forecast.Dose {
	t.Helper()
	var out []forecast.Dose
	for _, part := range strings.Split(text, ", ") {
		if on, vaccine, ok := strings.Cut(part, " "); ok {
			out = append(out, forecast.Dose{Vaccine: vaccine, On: date(t, on)})
		}
	}
	return out
}

func TestMayGive(t *testing.T) {
	s, err := vietnam.Embedded("vn-2026-07")
	if err != nil {
		t.Fatal(err)
	}
	e := forecast.NewEngine(s)
	elsewhere := func(heard string) forecast.Knowledge {
		return forecast.Knowledge{Heard: date(t, heard), Doubt: true}
	}
	for _, c := range []struct {
		name        string
		born, doses string
		seen        string
		on, give    string
		know        forecast.Knowledge
		want        string // a verdict for each vaccine, with the day from which nothing speaks against it
	}{
		{"at nine full months", "2026-01-10", "", "", "2026-10-10", "SOI", forecast.Knowledge{}, "safe"},
		{"a day before", "2026-01-10", "", "", "2026-10-09", "SOI", forecast.Knowledge{}, "no: too_young 2026-10-10"},
		{"28 days after the first", "2026-01-10", "2026-03-10 BOPV", "", "2026-04-07", "BOPV", forecast.Knowledge{}, "safe"},
		{"27 days after", "2026-01-10", "2026-03-10 BOPV", "", "2026-04-06", "BOPV", forecast.Knowledge{}, "no: too_soon 2026-04-07"},
		{"a live vaccine 27 days after another", "2025-01-10", "2026-03-10 VAR", "", "2026-04-06", "SOI", forecast.Knowledge{}, "no: live_conflict 2026-04-07"},
		{"and 28", "2025-01-10", "2026-03-10 VAR", "", "2026-04-07", "SOI", forecast.Knowledge{}, "safe"},
		{"two live ones in one visit", "2025-01-10", "", "", "2026-04-07", "SOI VAR", forecast.Knowledge{}, "safe; safe"},
		{"one is enough", "2026-01-10", "", "", "2026-04-07", "BOPV BOPV", forecast.Knowledge{}, "safe; no: too_soon 2026-05-05"},
		{"all had", "2026-01-10", "2026-01-10 BCG", "", "2026-04-07", "BCG", forecast.Knowledge{}, "no: series_complete"},
		{"too old", "2026-01-10", "", "", "2027-04-07", "ROTA", forecast.Knowledge{}, "no: too_old"},
		{"contraindicated", "2026-01-10", "", "intussusception", "2026-03-20", "ROTA", forecast.Knowledge{}, "no: contraindicated"},
		{"of another vaccine nothing is said", "2026-01-10", "", "intussusception", "2026-03-20", "BOPV", forecast.Knowledge{}, "safe"},
		{"put off, although it would count", "2026-01-10", "", "immunoglobulin 2026-09-01", "2026-11-30", "SOI", forecast.Knowledge{}, "no: by_observation 2026-12-01"},
		{"put off until then", "2026-01-10", "", "immunoglobulin 2026-09-01", "2026-12-01", "SOI", forecast.Knowledge{}, "safe"},
		{"not live, not put off", "2026-01-10", "", "immunoglobulin 2026-09-01", "2026-11-30", "IPV", forecast.Knowledge{}, "safe"},
		{"unknown to the schedule", "2026-01-10", "", "", "2026-03-20", "XYZ", forecast.Knowledge{}, "open"},

		// A on day 1 gives the first dose, B on day 7 the second; A was last in touch on day 6 and has the child again.
		{"the second dose of JE, in the dark", "2025-01-10", "2026-06-01 VNNB", "", "2026-06-08", "VNNB", elsewhere("2026-06-06"), "ask: too_soon"},
		{
			"with the card looked at", "2025-01-10", "2026-06-01 VNNB", "", "2026-06-08", "VNNB",
			forecast.Knowledge{Heard: date(t, "2026-06-06"), Doubt: true, Answered: true},
			"safe",
		},
		{
			"the card's dose recorded", "2025-01-10", "2026-06-01 VNNB, 2026-06-07 VNNB", "", "2026-06-08", "VNNB",
			forecast.Knowledge{Heard: date(t, "2026-06-06"), Doubt: true, Answered: true},
			"no: too_soon 2026-06-14",
		},
		{"no sign of doses elsewhere", "2025-01-10", "2026-06-01 VNNB", "", "2026-06-08", "VNNB", forecast.Knowledge{Heard: date(t, "2026-03-01")}, "safe"},
		{"news of today", "2025-01-10", "2026-06-01 VNNB", "", "2026-06-08", "VNNB", elsewhere("2026-06-08"), "safe"},
		{"never in touch", "2026-01-10", "", "", "2026-03-20", "BOPV", forecast.Knowledge{Doubt: true}, "ask: too_soon"},
		{"what is wrong anyway is not asked about", "2026-01-10", "", "", "2026-03-01", "SOI", elsewhere("2026-02-01"), "no: too_young 2026-10-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := forecast.Patient{BornFirst: date(t, c.born), BornLast: date(t, c.born), KnownBirth: true, Sex: registry.SexFemale, Doses: told(t, c.doses)}
			if c.seen != "" {
				code, on, _ := strings.Cut(c.seen, " ")
				p.Observations = []forecast.Observation{{Code: code}}
				if on != "" {
					p.Observations[0].On = date(t, on)
				}
			}
			var got []string
			for _, v := range e.MayGive(&p, strings.Fields(c.give), date(t, c.on), c.know, new(forecast.Result)) {
				text := v.Call.String()
				if len(v.Reasons) > 0 {
					text += ": " + v.Reasons[0].Code.String()
				}
				if v.From != 0 {
					text += " " + v.From.ISO()
				}
				got = append(got, text)
			}
			if text := strings.Join(got, "; "); text != c.want {
				t.Errorf("%s on %s: %s, want %s", c.give, c.on, text, c.want)
			}
			if len(p.Doses) != len(told(t, c.doses)) {
				t.Error("the person's record was changed")
			}
		})
	}
}

// How much is given follows the age; who may still be under the limit gets the smaller volume.
func TestVolumeByAge(t *testing.T) {
	s, err := vietnam.Embedded("vn-2026-07")
	if err != nil {
		t.Fatal(err)
	}
	e := forecast.NewEngine(s)
	for _, c := range []struct{ first, last, on, want string }{
		{"2023-06-01", "2023-06-01", "2026-05-31", "500"},
		{"2023-06-01", "2023-06-01", "2026-06-01", "1000"},
		{"2023-06-01", "2023-06-30", "2026-06-15", "500"},
	} {
		p := forecast.Patient{BornFirst: date(t, c.first), BornLast: date(t, c.last), KnownBirth: true}
		v := e.MayGive(&p, []string{"VNNB"}, date(t, c.on), forecast.Knowledge{}, new(forecast.Result))[0]
		if got := fmt.Sprint(v.Microlitres); got != c.want {
			t.Errorf("born %s to %s, on %s: %s µl, want %s", c.first, c.last, c.on, got, c.want)
		}
	}
}
