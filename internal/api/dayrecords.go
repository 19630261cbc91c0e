package api

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// dayRecord is what a vaccination day left in a person's record beside the doses.
type dayRecord struct {
	ID     p.EntityID `json:"id"`
	Fields Fields     `json:"fields"`
	Saw    string     `json:"saw"`
	Void   string     `json:"void,omitempty"`
}

// dayRecords answers with the records of a kind about a person, by day. Opening the record first makes sure that it is a subject's, and
// that the look is written down.
func (a *API) dayRecords(kind p.Kind) Handler {
	return func(c *Call) (*Answer, error) {
		id, err := c.Entity("id")
		if err != nil {
			return nil, err
		}
		rec, err := a.desk.Open(c.Context(), c.Who, id)
		if err != nil {
			return nil, err
		}
		states, err := a.desk.DayRecords(c.Context(), c.Who, rec, kind)
		if err != nil {
			return nil, err
		}
		out := Page[dayRecord]{Items: make([]dayRecord, len(states))}
		for i, s := range states {
			void, _ := registry.Voided(s)
			out.Items[i] = dayRecord{ID: s.ID, Fields: fieldsOf(s), Saw: registry.SawOf(s).String(), Void: void}
		}
		return ok(out)
	}
}
