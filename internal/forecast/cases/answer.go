package cases

import (
	"fmt"
	"slices"
	"strings"

	"tramy/internal/forecast"
	"tramy/internal/forecast/cdsi"
)

// Answer is what the engine says to a case.
type Answer struct {
	ID       string              `json:"id"`
	Doses    []DoseAnswer        `json:"doses"`
	Forecast map[string]Due      `json:"forecast"`            // by vaccine group
	Several  map[string][]Due    `json:"forecasts,omitempty"` // of groups that have more than one forecast
	Verdict  string              `json:"result,omitempty"`    // pass, fail, known; only when compared
	Differs  []string            `json:"differences,omitempty"`
	group    forecast.GroupIndex // that the case is about, or None
}

// DoseAnswer is what became of a dose.
type DoseAnswer struct {
	N       int      `json:"n"`
	Status  string   `json:"evaluation_status"`
	Reasons []string `json:"reasons"`
	OnTime  string   `json:"on_time,omitempty"`
}

// Due is one forecast. Dates are as 2025-11-10, null if there is none.
type Due struct {
	SeriesType  string  `json:"series_type,omitempty"`
	Status      string  `json:"series_status"`
	Dose        *int    `json:"dose_number"`
	Earliest    *string `json:"earliest"`
	Recommended *string `json:"recommended"`
	PastDue     *string `json:"past_due"`

	// Of our own schedules only; the published form of CDSi cases has no more than the five above.
	Latest     *string  `json:"latest,omitempty"`
	Label      string   `json:"label,omitempty"`
	Vaccines   []string `json:"vaccines,omitempty"`
	NotOffered bool     `json:"not_offered,omitempty"` // followed because it was begun
}

// The words of the cases.
var (
	statusWords = map[forecast.EvaluationStatus]string{
		forecast.NotEvaluated: "Not Evaluated", forecast.Valid: "Valid", forecast.NotValid: "Not Valid",
		forecast.Extraneous: "Extraneous", forecast.Substandard: "Sub-standard",
	}
	seriesWords = map[forecast.SeriesStatus]string{
		forecast.NotComplete: "Not Complete", forecast.Complete: "Complete", forecast.Immune: "Immune",
		forecast.Contraindicated: "Contraindicated", forecast.AgedOut: "Aged Out", forecast.NotRecommended: "Not Recommended",
	}
	onTimeWords = map[forecast.Answer]string{forecast.Yes: "yes", forecast.No: "no"}
	typeWords   = map[forecast.SeriesType]string{forecast.Standard: "standard", forecast.Risk: "risk"}
	// What speaks against a dose; the other reasons are remarks.
	reasonWords = map[forecast.ReasonCode]string{
		forecast.ReasonTooYoung: "Age: Too Young", forecast.ReasonTooOld: "Age: Too Old", forecast.ReasonTooSoon: "Interval: Too Soon",
		forecast.ReasonInadvertent: "Inadvertent Vaccine", forecast.ReasonSeriesComplete: "Series Already Complete",
		forecast.ReasonWrongVaccine: "Not a preferable or allowable vaccine", forecast.ReasonLiveConflict: "Live Virus Conflict",
		forecast.ReasonUnusable: "Expired or Unusable", forecast.ReasonCampaign: "Campaign Dose",
		forecast.ReasonUnknownVaccine: "Unknown Vaccine", forecast.ReasonAhead: "After Assessment Date", forecast.ReasonNoSeries: "No Series",
	}
)

// adultFrom is the age in years from which a case of the healthy suite is about the adults' forecast of a group
// that has one for children and one for adults.
const adultFrom = 19

// Ask evaluates a case. It fails if the case is about a group that the schedule does not have.
func Ask(s *forecast.Schedule, e *forecast.Engine, c *Case, p *forecast.Patient, out *forecast.Result) (*Answer, error) {
	a := &Answer{ID: c.ID, Doses: []DoseAnswer{}, Forecast: map[string]Due{}, group: forecast.None}
	if c.Forecast != nil && c.Forecast.Group != "" {
		g := slices.IndexFunc(s.Groups, func(g forecast.Group) bool { return g.Name == c.Forecast.Group })
		if g < 0 {
			return nil, &Error{Field: "forecast.vaccine_group", Text: fmt.Sprintf("the schedule has no vaccine group %q: use one of %s", c.Forecast.Group, groupNames(s))}
		}
		a.group = forecast.GroupIndex(g)
	}
	e.Evaluate(p, c.on, out)
	var asked *forecast.GroupForecast
	for from := 0; from < len(out.Groups); {
		to := from + 1
		for to < len(out.Groups) && out.Groups[to].Group == out.Groups[from].Group {
			to++
		}
		list := out.Groups[from:to]
		name := s.Groups[list[0].Group].Name
		one := c.pick(list)
		if list[0].Group == a.group {
			asked = one
		}
		a.Forecast[name] = due(s, one)
		if len(list) > 1 {
			if a.Several == nil {
				a.Several = map[string][]Due{}
			}
			for i := range list {
				d := due(s, &list[i])
				d.SeriesType = typeWords[list[i].Type]
				a.Several[name] = append(a.Several[name], d)
			}
		}
		from = to
	}
	for i := range out.Doses {
		a.Doses = append(a.Doses, c.doseAnswer(i, a.group, asked, &out.Doses[i]))
	}
	return a, nil
}

func groupNames(s *forecast.Schedule) string {
	names := make([]string, len(s.Groups))
	for i := range s.Groups {
		names[i] = s.Groups[i].Name
	}
	return strings.Join(names, ", ")
}

// pick takes one of the forecasts of a group: below adultFrom the first cluster (childhood), else the last; in
// the underlying suite that of the type in which the doses are judged, risk if there are none.
func (c *Case) pick(list []forecast.GroupForecast) *forecast.GroupForecast {
	if c.Suite == suiteUnderlying {
		want := "risk"
		if n := len(c.Doses); n > 0 && c.Doses[n-1].SeriesType != "" {
			want = c.Doses[n-1].SeriesType
		}
		for i := range list {
			if typeWords[list[i].Type] == want {
				return &list[i]
			}
		}
		return &list[0]
	}
	one := &list[0]
	for i := range list {
		if f := &list[i]; f.Type == one.Type && c.cluster(one.Cluster, f.Cluster) == f.Cluster {
			one = f
		}
	}
	return one
}

// cluster returns which of two clusters of standard series is for this person.
func (c *Case) cluster(a, b int) int {
	if forecast.Years(adultFrom).After(c.last) <= c.on {
		return max(a, b)
	}
	return min(a, b)
}

func due(s *forecast.Schedule, f *forecast.GroupForecast) Due {
	d := Due{Status: seriesWords[f.Status], Earliest: iso(f.Earliest), Recommended: iso(f.Recommended), PastDue: iso(f.PastDue)}
	if f.Dose > 0 {
		d.Dose = &f.Dose
	}
	if s.ID == cdsi.ID {
		return d
	}
	d.Latest, d.NotOffered = iso(f.Latest), !f.Offered
	if f.Label.Number > 0 && f.Label.Vaccine >= 0 {
		d.Label = fmt.Sprintf("%s %d", s.Vaccines[f.Label.Vaccine].Code, f.Label.Number)
	}
	for _, v := range f.Vaccines {
		d.Vaccines = append(d.Vaccines, s.Vaccines[v].Code)
	}
	return d
}

func iso(d forecast.Day) *string {
	if d == 0 {
		return nil
	}
	text := d.ISO()
	return &text
}

// doseAnswer puts the verdicts on a dose together: those of the group that is asked about, in the series of the
// dose's type or of the forecast that was picked, rather in a series that is followed than in one that is not; of a
// dose that has no part in that group, all.
func (c *Case) doseAnswer(i int, group forecast.GroupIndex, asked *forecast.GroupForecast, r *forecast.DoseResult) DoseAnswer {
	n := c.Doses[i].N
	if n == 0 {
		n = i + 1
	}
	a := DoseAnswer{N: n, Reasons: []string{}, OnTime: onTimeWords[r.OnTime]}
	list := narrow(r.Verdicts, func(v *forecast.DoseVerdict) bool { return v.Group == group })
	if t := c.Doses[i].SeriesType; t != "" {
		list = narrow(list, func(v *forecast.DoseVerdict) bool { return typeWords[v.Type] == t })
	} else if asked != nil && len(asked.Antigens) == 1 {
		list = narrow(list, func(v *forecast.DoseVerdict) bool { return v.Group == group && v.Cluster == asked.Cluster })
	}
	list = narrow(list, func(v *forecast.DoseVerdict) bool { return v.Best })
	list = narrow(list, func(v *forecast.DoseVerdict) bool {
		return v.Type != forecast.Standard || !slices.ContainsFunc(list, func(w forecast.DoseVerdict) bool {
			return w.Antigen == v.Antigen && w.Type == v.Type && c.cluster(v.Cluster, w.Cluster) != v.Cluster
		})
	})
	status := forecast.NotEvaluated
	for _, s := range [...]forecast.EvaluationStatus{forecast.NotValid, forecast.Valid, forecast.Extraneous, forecast.Substandard} {
		if slices.ContainsFunc(list, func(v forecast.DoseVerdict) bool { return v.Status == s }) {
			status = s
			break
		}
	}
	a.Status = statusWords[status]
	for k := range list {
		for _, w := range list[k].Reasons {
			if label := reasonWords[w.Code]; label != "" && !slices.Contains(a.Reasons, label) {
				a.Reasons = append(a.Reasons, label)
			}
		}
	}
	return a
}

// narrow keeps the verdicts that fit; all of them if none does.
func narrow(list []forecast.DoseVerdict, fits func(*forecast.DoseVerdict) bool) []forecast.DoseVerdict {
	var kept []forecast.DoseVerdict
	for i := range list {
		if fits(&list[i]) {
			kept = append(kept, list[i])
		}
	}
	if kept == nil {
		return list
	}
	return kept
}
