package api

import (
	"tramy/internal/desk"
	"tramy/internal/forecast"
	"tramy/internal/reasons"
	p "tramy/syncproto"
)

// because is why something is so: a code for programs, a sentence for people.
type because struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// advice is one vaccine that is next, with the verdict on giving it on the day asked about.
type advice struct {
	Vaccine     string    `json:"vaccine"`
	Number      int       `json:"number"`
	Groups      []string  `json:"groups"`
	Urgency     string    `json:"urgency"`
	Earliest    string    `json:"earliest,omitempty"`
	Recommended string    `json:"recommended,omitempty"`
	OverdueFrom string    `json:"overdue_from,omitempty"`
	Latest      string    `json:"latest,omitempty"`
	Programme   string    `json:"programme,omitempty"`
	Offered     bool      `json:"offered"` // here and now, by its programme
	Verify      bool      `json:"verify,omitempty"`
	Verdict     string    `json:"verdict"`
	From        string    `json:"from,omitempty"` // nothing speaks against it from this day
	Volume      int       `json:"volume,omitempty"`
	Reasons     []because `json:"reasons"`
}

// groupForecast is where somebody stands in one vaccine group.
type groupForecast struct {
	Group       string    `json:"group"`
	SeriesType  string    `json:"series_type"`
	Status      string    `json:"status"`
	Dose        int       `json:"dose_number,omitempty"`
	Earliest    string    `json:"earliest,omitempty"`
	Recommended string    `json:"recommended,omitempty"`
	OverdueFrom string    `json:"overdue_from,omitempty"`
	Latest      string    `json:"latest,omitempty"`
	Reasons     []because `json:"reasons"`
}

// judgement says whether a recorded dose counts.
type judgement struct {
	ID      p.EntityID `json:"id"`
	Status  string     `json:"status,omitempty"`
	OnTime  *bool      `json:"on_time,omitempty"` // within the hours of birth that the schedule asks for
	Reasons []because  `json:"reasons"`
}

// doubt is why there may be doses that this register does not know.
type doubt struct {
	Sign  string `json:"sign"`
	Place string `json:"place,omitempty"`
	On    string `json:"on,omitempty"`
}

// forecast answers what the schedule says to one person on a day.
func (a *API) forecast(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	on, err := c.Day("on", a.desk.Today())
	if err != nil {
		return nil, err
	}
	f, err := a.desk.Forecast(c.Context(), c.Who, id, on)
	if err != nil {
		return nil, err
	}
	out := struct {
		On       string          `json:"on"`
		Schedule string          `json:"schedule,omitempty"`
		Heard    string          `json:"heard,omitempty"`
		Doubt    *doubt          `json:"doubt,omitempty"`
		Next     string          `json:"next,omitempty"`
		Advice   []advice        `json:"advice"`
		Groups   []groupForecast `json:"groups"`
		Doses    []judgement     `json:"doses"`
	}{On: on.ISO(), Heard: iso(f.Heard), Next: iso(f.Next), Advice: []advice{}, Groups: []groupForecast{}, Doses: []judgement{}}
	if f.Doubt != nil {
		out.Doubt = &doubt{f.Doubt.Sign.String(), f.Doubt.Place, iso(f.Doubt.On)}
	}
	if f.Schedule == nil {
		return ok(out)
	}
	out.Schedule = f.Schedule.ID
	words := &reasons.Words{Catalogue: c.Words, Schedule: f.Schedule}
	for i := range f.Items {
		out.Advice = append(out.Advice, adviceOf(f, &f.Items[i], words))
	}
	for i := range f.Groups {
		g := &f.Groups[i]
		x := groupForecast{
			Group: f.Schedule.Groups[g.Group].Name, SeriesType: g.Type.String(), Status: g.Status.String(), Dose: g.Dose,
			Earliest: iso(g.Earliest), Recommended: iso(g.Recommended), Latest: iso(g.Latest), Reasons: reasonsOf(g.Reasons, words),
		}
		if g.PastDue != 0 {
			x.OverdueFrom = iso(g.PastDue + 1)
		}
		out.Groups = append(out.Groups, x)
	}
	for _, dose := range f.Order {
		j := f.Doses[dose]
		x := judgement{ID: dose, Status: j.Status.String(), Reasons: reasonsOf(j.Reasons, words)}
		if j.OnTime != forecast.Unsaid {
			yes := j.OnTime == forecast.Yes
			x.OnTime = &yes
		}
		out.Doses = append(out.Doses, x)
	}
	return ok(out)
}

func adviceOf(f *desk.Advice, x *forecast.Advice, words *reasons.Words) advice {
	code := f.Code(x)
	v := f.Verdicts[code]
	out := advice{
		Vaccine: code, Number: x.Number, Groups: []string{}, Urgency: x.Urgency.String(), Earliest: iso(x.Earliest),
		Recommended: iso(x.Recommended), OverdueFrom: iso(x.OverdueFrom), Latest: iso(x.Latest), Programme: x.Programme.String(),
		Offered: x.Offered, Verify: x.Verify, Verdict: v.Call.String(), From: iso(v.From), Volume: v.Microlitres,
		Reasons: reasonsOf(x.Reasons, words),
	}
	if v.Call != forecast.Safe {
		out.Reasons = reasonsOf(v.Reasons, words)
	}
	for _, g := range x.Groups {
		out.Groups = append(out.Groups, f.Schedule.Groups[g].Name)
	}
	return out
}

func reasonsOf(list []forecast.Reason, words *reasons.Words) []because {
	out := make([]because, len(list))
	for i, r := range list {
		out[i] = because{r.Code.String(), words.Say(r)}
	}
	return out
}
