package api

import (
	"tramy/internal/desk"
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
	t, err := a.desk.ListToday(c.Context(), c.Who, day)
	if err != nil {
		return nil, err
	}
	return ok(struct {
		On      string    `json:"on"`
		Due     []Subject `json:"due"`
		Overdue []Subject `json:"overdue"`
		Seen    []seen    `json:"seen"`
		Doses   int       `json:"doses"`
	}{day.ISO(), subjectsOf(t.Due), subjectsOf(t.Overdue), seenOf(t.Seen), t.Doses})
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
