package api

import (
	"strings"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// seen is somebody who was here on the day of a worklist.
type seen struct {
	Subject Subject     `json:"subject"`
	Doses   []givenDose `json:"doses"`
}

// givenDose is a dose in a list.
type givenDose struct {
	ID      p.EntityID `json:"id"`
	Vaccine string     `json:"vaccine"`
	Number  int32      `json:"number,omitempty"`
	At      string     `json:"given_minute,omitempty"`
	NotDone string     `json:"not_done,omitempty"`
}

// worklist tells for a day who is to come, who did not come, and who was seen.
func (a *API) worklist(c *Call) (*Answer, error) {
	day, err := c.Day("on", a.desk.Today())
	if err != nil {
		return nil, err
	}
	t, err := a.desk.ListToday(c.Context(), c.Who, day, 0)
	if err != nil {
		return nil, err
	}
	return ok(struct {
		On      string     `json:"on"`
		Due     []expected `json:"due"`
		Overdue []expected `json:"overdue"`
		Seen    []seen     `json:"seen"`
		Doses   int        `json:"doses"`
	}{day.ISO(), expectedOf(t.Due), expectedOf(t.Overdue), seenOf(t.Seen), t.Doses})
}

// expected is somebody who is to come, and for what.
type expected struct {
	Subject
	Booked   bool  `json:"booked,omitempty"` // told to come on this day
	Vaccines []due `json:"vaccines"`
}

// due is one vaccine that somebody still needs.
type due struct {
	Vaccine     string `json:"vaccine"`
	Number      int32  `json:"number"`
	Missed      bool   `json:"missed,omitempty"` // too old for it now
	Programme   string `json:"programme,omitempty"`
	Earliest    string `json:"earliest,omitempty"`
	Recommended string `json:"recommended,omitempty"`
	OverdueFrom string `json:"overdue_from,omitempty"`
	Latest      string `json:"latest,omitempty"`
}

func expectedOf(rows []desk.Expected) []expected {
	out := make([]expected, len(rows))
	for i := range rows {
		x := &rows[i]
		out[i] = expected{Subject: subjectOf(&x.Subject), Booked: x.Booked, Vaccines: []due{}}
		for _, r := range x.Due {
			out[i].Vaccines = append(out[i].Vaccines, due{
				Vaccine: r.Vaccine, Number: r.Dose, Missed: r.Status == project.DueMissed, Programme: r.Programme.String(),
				Earliest: iso(r.Earliest), Recommended: iso(r.Recommended), OverdueFrom: iso(r.Overdue), Latest: iso(r.Latest),
			})
		}
	}
	return out
}

// lists are the worklists of the schedule by their names.
var lists = map[string]store.DueList{"due": store.ListDue, "overdue": store.ListOverdue, "missed": store.ListMissed}

// defaultersMax is how many rows one answer reads.
const defaultersMax = 2000

// defaulters lists whom the schedule asks for: due by a day, overdue, or too old for what they missed.
func (a *API) defaulters(c *Call) (*Answer, error) {
	q := store.DueQuery{List: store.ListOverdue, Vaccine: strings.ToUpper(c.URL.Query().Get("vaccine")), Limit: defaultersMax}
	var err error
	if q.On, err = c.Day("on", a.desk.Today()); err != nil {
		return nil, err
	}
	if q.Since, err = c.Day("since", 0); err != nil {
		return nil, err
	}
	if name := c.URL.Query().Get("list"); name != "" {
		list, known := lists[name]
		if !known {
			return nil, invalid("list", registry.CodeChoiceUnknown, "text", name)
		}
		q.List = list
	}
	if err := a.desk.WorkOutDue(c.Context()); err != nil {
		return nil, err
	}
	people, err := a.desk.Worklist(c.Context(), c.Who, q)
	if err != nil {
		return nil, err
	}
	rows, err := a.desk.Expect(c.Context(), c.Who, people)
	if err != nil {
		return nil, err
	}
	return ok(struct {
		On    string     `json:"on"`
		Items []expected `json:"items"`
	}{q.On.ISO(), expectedOf(rows)})
}

func seenOf(rows []desk.Seen) []seen {
	out := make([]seen, len(rows))
	for i := range rows {
		out[i] = seen{Subject: subjectOf(&rows[i].Subject), Doses: []givenDose{}}
		for _, d := range rows[i].Doses {
			out[i].Doses = append(out[i].Doses, givenDose{
				ID: d.ID, Vaccine: d.Vaccine, Number: d.Dose, At: d.GivenMinute.String(), NotDone: d.NotDone.String(),
			})
		}
	}
	return out
}
