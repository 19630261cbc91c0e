package forecast

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tramy/internal/registry"
)

// The schedules of these tests are made by hand and small. Vaccine "A" is against antigen X, "B" too; "L" is a
// live vaccine against Y, "M" another, "AL" against both X and Y. Group 0 is of X, group 1 of Y.
const (
	vA, vB, vL, vM, vAL = 0, 1, 2, 3, 4
	sick, seen          = 0, 1 // observations
)

// small returns a schedule with one series for X: two steps at 2 and 4 months, 4 weeks apart.
func small(change ...func(s *Schedule)) *Schedule {
	x, y := Association{Antigen: 0}, Association{Antigen: 1}
	s := &Schedule{
		ID: "test",
		Vaccines: []Vaccine{
			{Code: "A", Antigens: []Association{x}},
			{Code: "B", Antigens: []Association{x}},
			{Code: "L", Antigens: []Association{y}},
			{Code: "M", Antigens: []Association{y}},
			{Code: "AL", Antigens: []Association{x, y}},
		},
		Antigens:     []Antigen{{Name: "X", Series: []Series{twoSteps()}}, {Name: "Y"}},
		Groups:       []Group{{Name: "GX", Antigens: []AntigenIndex{0}}, {Name: "GY", Antigens: []AntigenIndex{1}}},
		Observations: []ObservationType{{Code: "sick"}, {Code: "seen"}},
	}
	for _, c := range change {
		c(s)
	}
	s.Compile()
	return s
}

func twoSteps() Series {
	return Series{Name: "two", Type: Standard, Default: true, Cluster: 1, Preference: 1, Doses: []SeriesDose{
		step(vA, age("2 months - 4 days", "2 months", "2 months", "3 months", "")),
		step(vA, age("", "", "4 months", "5 months", ""), since(SincePrevious, "4 weeks - 4 days", "4 weeks")),
	}}
}

// liveSeries is one step of a live vaccine against Y at 9 months.
func liveSeries() Series {
	return Series{Name: "live", Type: Standard, Default: true, Cluster: 1, Group: 1, Doses: []SeriesDose{
		step(vL, age("9 months", "9 months", "9 months", "", "")),
	}}
}

func step(v VaccineIndex, parts ...any) SeriesDose {
	d := SeriesDose{Preferable: []VaccineRule{{Vaccine: v, Offer: true}}}
	for _, p := range parts {
		switch p := p.(type) {
		case AgeRule:
			d.Ages = append(d.Ages, p)
		case IntervalRule:
			d.Intervals = append(d.Intervals, p)
		case Skip:
			d.Skips = append(d.Skips, p)
		}
	}
	return d
}

func age(absMin, least, earliest, latest, most string) AgeRule {
	return AgeRule{AbsMin: period(absMin), Min: period(least), EarliestRec: period(earliest), LatestRec: period(latest), Max: period(most)}
}

func since(base IntervalBase, absMin, least string) IntervalRule {
	return IntervalRule{Since: base, AbsMin: period(absMin), Min: period(least)}
}

func period(text string) Period {
	p, err := ParsePeriod(text)
	if err != nil {
		panic(err)
	}
	return p
}

func on(text string) Day {
	t, err := time.Parse("2006-01-02", text)
	if err != nil {
		panic(err)
	}
	d, err := registry.NewDay(t.Date())
	if err != nil {
		panic(err)
	}
	return d
}

// child is a girl born on 1 January 2020, with doses as "A 2020-03-01".
func child(doses ...string) *Patient {
	p := &Patient{BornFirst: on("2020-01-01"), BornLast: on("2020-01-01"), KnownBirth: true, Sex: registry.SexFemale}
	for _, d := range doses {
		code, day, _ := strings.Cut(d, " ")
		p.Doses = append(p.Doses, Dose{Vaccine: code, On: on(day)})
	}
	return p
}

func (p *Patient) with(change func(p *Patient)) *Patient {
	change(p)
	return p
}

// told writes a result down in one line: doses, then forecasts.
func told(s *Schedule, out *Result) string {
	var parts []string
	for _, d := range out.Doses {
		var verdicts []string
		for _, v := range d.Verdicts {
			text := v.Status.String()
			if text == "" {
				text = "none"
			}
			for _, r := range v.Reasons {
				text += " " + r.Code.String()
			}
			verdicts = append(verdicts, text)
		}
		parts = append(parts, strings.Join(verdicts, "+"))
	}
	for _, g := range out.Groups {
		text := s.Groups[g.Group].Name
		if g.Type == Risk {
			text += " risk"
		}
		text += ": " + g.Status.String()
		if g.Dose > 0 {
			text += fmt.Sprintf(" %d", g.Dose)
		}
		for _, d := range []Day{g.Earliest, g.Recommended, g.PastDue, g.Latest} {
			if d != 0 {
				text += " " + d.ISO()
			} else if g.Status == NotComplete {
				text += " -"
			}
		}
		if !g.Offered {
			text += " not offered"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func evaluate(t testing.TB, s *Schedule, p *Patient, day string) *Result {
	t.Helper()
	out := new(Result)
	NewEngine(s).Evaluate(p, on(day), out)
	return out
}

// reasons returns the stable keys of a group's reasons.
func reasons(g *GroupForecast) string {
	var keys []string
	for _, r := range g.Reasons {
		keys = append(keys, r.Code.String())
	}
	return strings.Join(keys, " ")
}
