package api

import (
	"cmp"
	"encoding/json"
	"fmt"

	"tramy/internal/desk"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// dose is one dose, refusal or postponement with what stands beside it on the card.
type dose struct {
	ID        p.EntityID `json:"id"`
	Subject   p.EntityID `json:"subject,omitzero"`
	Fields    Fields     `json:"fields"`
	Saw       string     `json:"saw"`
	Number    int32      `json:"number,omitempty"` // in its vaccine's series, by date; none if it does not count
	Void      string     `json:"void,omitempty"`
	PlaceName string     `json:"place_name,omitempty"`
	GivenBy   string     `json:"given_by_name,omitempty"`
	Sent      string     `json:"sent,omitempty"`
}

// How far an own dose has got; others' carry none, for nothing here proves it.
var sent = map[desk.Tick]string{desk.TickSaved: "saved", desk.TickHub: "hub", desk.TickRoot: "root"}

func doseOf(v *desk.DoseView) dose {
	return dose{
		ID: v.ID, Subject: v.Subject, Fields: fieldsOf(v.State), Saw: registry.SawOf(v.State).String(), Number: v.ImmunizationRow.Dose,
		Void: v.Immunization.Void, PlaceName: v.PlaceName, GivenBy: v.GivenBy, Sent: sent[v.Tick],
	}
}

// visitBody is one press of save. What the doses leave open (date, time, screening, temperature) is taken
// from the visit, and the place is this node's.
type visitBody struct {
	Subject     p.EntityID      `json:"subject"`
	GivenOn     json.RawMessage `json:"given_on"`
	GivenMinute json.RawMessage `json:"given_minute"`
	Screening   json.RawMessage `json:"screening"`
	Temperature json.RawMessage `json:"temperature"`
	Doses       []rawFields     `json:"doses"`
	NextDate    json.RawMessage `json:"next_date"` // null: take it back; left out: as it is
	Saw         string          `json:"saw"`
}

// visit records what was given, or why nothing was, and when to come again: all of it or nothing.
func (a *API) visit(c *Call) (*Answer, error) {
	var in visitBody
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	v, err := in.parse()
	if err != nil {
		return nil, err
	}
	ids, err := a.desk.RecordVisit(c.Context(), c.Who, v)
	if err != nil {
		return nil, err
	}
	odd := []Fault{}
	for i, d := range v.Doses {
		if d.Source == 0 { // as the desk fills it in
			d.Source = registry.SourceHere
		}
		d.GivenOn, d.Temperature = cmp.Or(d.GivenOn, v.GivenOn, a.desk.Today()), cmp.Or(d.Temperature, v.Temperature)
		odd = append(odd, warnings(c.Words, dosePrefix(i), d.Warnings())...)
	}
	return made(struct {
		Doses    []p.EntityID `json:"doses"`
		Warnings []Fault      `json:"warnings"`
	}{ids, odd}, Prefix+"/subjects/"+v.Subject.String())
}

func dosePrefix(i int) string { return fmt.Sprintf("doses.%d.", i) }

func (in *visitBody) parse() (desk.Visit, error) {
	v := desk.Visit{Subject: in.Subject}
	if in.Subject.IsZero() {
		return v, invalid("subject", registry.CodeSubjectRequired)
	}
	shared := rawFields{}
	for name, raw := range map[string]json.RawMessage{
		"given_on": in.GivenOn, "given_minute": in.GivenMinute, "screening": in.Screening, "temperature": in.Temperature,
	} {
		if raw != nil {
			shared[name] = raw
		}
	}
	patch, err := patchOf(registry.KindImmunization, shared)
	if err != nil {
		return v, err
	}
	common := registry.ImmunizationOf(entered(registry.KindImmunization, patch))
	v.GivenOn, v.GivenClock, v.Screening, v.Temperature = common.GivenOn, common.GivenClock, common.Screening, common.Temperature
	for i, raw := range in.Doses {
		// The subject is the visit's, and only of somebody known here.
		patch, err := patchOf(registry.KindImmunization, raw, "subject", "code")
		if err != nil {
			return v, &desk.DoseError{Index: i, Err: err}
		}
		v.Doses = append(v.Doses, registry.ImmunizationOf(entered(registry.KindImmunization, patch)).ImmunizationInput)
	}
	if in.NextDate != nil {
		patch, err := patchOf(registry.KindSubject, rawFields{"next_date": in.NextDate})
		if err != nil {
			return v, err
		}
		day, _ := patch[registry.SubjectNextDate].Int()
		v.NextDate, v.HasNext = registry.Day(day), true
	}
	if in.Saw != "" {
		if v.Saw, err = readSaw(in.Saw); err != nil {
			return v, err
		}
	}
	return v, nil
}

func (a *API) dose(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	v, err := a.desk.Dose(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	return ok(doseOf(v))
}

func (a *API) amend(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in edit
	patch, saw, err := in.read(c, registry.KindImmunization)
	if err != nil {
		return nil, err
	}
	return done(a.desk.Amend(c.Context(), c.Who, id, patch, saw))
}

// reason is the body of acts that want one.
type reason struct {
	Reason string `json:"reason"`
}

func (a *API) void(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in struct {
		reason
		Saw string `json:"saw"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	saw, err := readSaw(in.Saw)
	if err != nil {
		return nil, err
	}
	err = a.desk.VoidDose(c.Context(), c.Who, id, in.Reason, saw)
	return done(at(err, "void", "reason"))
}

// at says under which name the request has the field that a rule calls by the registry's name.
func at(err error, from, to string) error {
	if err == nil {
		return nil
	}
	pr := problemOf(err)
	faults, listed := pr.Extensions[memberErrors].([]Fault)
	if !listed || pr.Field != from {
		return err
	}
	for i := range faults {
		if faults[i].Field == from {
			faults[i].Field = to
		}
	}
	return server.NewProblem(pr.Type).At(to).Extend(memberErrors, faults).Because(err)
}
