package api

import (
	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Subject is one person as lists show them.
type Subject struct {
	ID             p.EntityID `json:"id"`
	Case           p.EntityID `json:"case"` // the same for all records linked as one person
	Code           string     `json:"code,omitempty"`
	Name           string     `json:"name"`
	BirthDate      string     `json:"birth_date,omitempty"`
	BirthPrecision string     `json:"birth_precision,omitempty"`
	BirthOrder     int32      `json:"birth_order,omitempty"`
	Sex            string     `json:"sex,omitempty"`
	MotherName     string     `json:"mother_name,omitempty"`
	Hamlet         string     `json:"hamlet,omitempty"`
	Phone          string     `json:"phone,omitempty"`
	Place          p.EntityID `json:"place,omitzero"` // commune of residence
	Group          string     `json:"group,omitempty"`
	Status         string     `json:"status,omitempty"`
	NextDate       string     `json:"next_date,omitempty"`
	Void           bool       `json:"void,omitempty"`
}

func subjectOf(r *project.SubjectRow) Subject {
	s := Subject{
		ID: r.ID, Case: r.Case, Code: r.Code, Name: r.Name, BirthOrder: r.BirthOrder, Sex: r.Sex.String(),
		MotherName: r.MotherName, Hamlet: r.Hamlet, Phone: r.Phone, Place: r.Residence, Group: r.Group.String(),
		Status: r.Status.String(), NextDate: iso(r.NextDate), Void: r.Void,
	}
	if r.BirthPrec != 0 {
		s.BirthDate, s.BirthPrecision = r.BirthDate.ISO(), r.BirthPrec.String()
	}
	return s
}

func subjectsOf(rows []project.SubjectRow) []Subject {
	out := make([]Subject, len(rows))
	for i := range rows {
		out[i] = subjectOf(&rows[i])
	}
	return out
}

// search finds people. It is a POST because names and phones must not stand in an address.
func (a *API) search(c *Call) (*Answer, error) {
	var in struct {
		Text string `json:"text"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	rows, err := a.desk.Search(c.Context(), c.Who, in.Text)
	if err != nil {
		return nil, err
	}
	return ok(Page[Subject]{Items: subjectsOf(rows)})
}

// candidate is somebody who may be the person being registered.
type candidate struct {
	Subject Subject  `json:"subject"`
	Score   float64  `json:"score"`
	Agrees  []string `json:"agrees"`
	Near    []string `json:"near"`
	Differs []string `json:"differs"`
}

func candidateOf(x *desk.Candidate) candidate {
	out := candidate{Subject: subjectOf(&x.Row), Score: x.Match.Score, Agrees: []string{}, Near: []string{}, Differs: []string{}}
	for _, item := range x.Match.Items {
		switch item.Verdict {
		case registry.Same:
			out.Agrees = append(out.Agrees, item.Field)
		case registry.Near:
			out.Near = append(out.Near, item.Field)
		case registry.Different:
			out.Differs = append(out.Differs, item.Field)
		}
	}
	return out
}

// register enters somebody new, or answers with those it may already be.
func (a *API) register(c *Call) (*Answer, error) {
	var in struct {
		Fields rawFields `json:"fields"`
		Force  bool      `json:"force"`
	}
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	patch, err := patchOf(registry.KindSubject, in.Fields)
	if err != nil {
		return nil, err
	}
	subject := registry.SubjectOf(entered(registry.KindSubject, patch)).SubjectInput
	id, likely, err := a.desk.Register(c.Context(), c.Who, subject, in.Force)
	if err != nil {
		return nil, err
	}
	if len(likely) > 0 {
		list := make([]candidate, len(likely))
		for i := range likely {
			list[i] = candidateOf(&likely[i])
		}
		return nil, server.NewProblem(server.TypeDuplicate).Extend(memberCandidates, list)
	}
	return made(struct {
		ID       p.EntityID `json:"id"`
		Warnings []Fault    `json:"warnings"`
	}{id, warnings(c.Words, "", subject.Warnings())}, Prefix+"/subjects/"+id.String())
}

// record is everything this node holds of one person.
type record struct {
	ID        p.EntityID `json:"id"`
	Case      p.EntityID `json:"case"`
	Fields    Fields     `json:"fields"`
	Saw       string     `json:"saw"`
	Void      string     `json:"void,omitempty"`
	Residence *place     `json:"residence,omitempty"`
	Linked    []Subject  `json:"linked"`
	Doses     []dose     `json:"doses"`
	Conflicts []conflict `json:"conflicts"`
	Complete  bool       `json:"complete"`
	Glass     string     `json:"glass_until,omitempty"`
}

func (a *API) subject(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	r, err := a.desk.Open(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	out := record{
		ID: id, Case: r.Canonical, Fields: fieldsOf(r.State), Saw: registry.SawOf(r.State).String(), Void: r.Subject.Void,
		Linked: subjectsOf(r.Linked), Doses: []dose{}, Conflicts: conflictsOf(r.Conflicts), Complete: r.Complete,
	}
	if r.Residence != nil {
		p := placeOf(r.Residence)
		out.Residence = &p
	}
	if !r.Glass.IsZero() {
		out.Glass = Moment(r.Glass.UnixMilli())
	}
	for i := range r.Doses {
		out.Doses = append(out.Doses, doseOf(&r.Doses[i]))
	}
	return ok(out)
}

// breakGlass opens a record of another place for who says why.
func (a *API) breakGlass(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in reason
	if err := c.Read(&in); err != nil {
		return nil, err
	}
	return done(a.desk.BreakGlass(c.Context(), c.Who, id, in.Reason))
}

// edit is the body of a PATCH: new values for fields, and what the caller had been shown.
type edit struct {
	Fields rawFields `json:"fields"`
	Saw    string    `json:"saw"`
}

// read reads the body of a PATCH of a kind.
func (e *edit) read(c *Call, kind p.Kind) (registry.Patch, registry.Saw, error) {
	if err := c.Read(e); err != nil {
		return nil, nil, err
	}
	patch, err := patchOf(kind, e.Fields)
	if err != nil {
		return nil, nil, err
	}
	saw, err := readSaw(e.Saw)
	return patch, saw, err
}

func readSaw(text string) (registry.Saw, error) {
	saw, err := registry.ParseSaw(text)
	if err != nil {
		return nil, server.NewProblem(server.TypeBadRequest).At("saw").Because(err)
	}
	return saw, nil
}

func (a *API) editSubject(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	var in edit
	patch, saw, err := in.read(c, registry.KindSubject)
	if err != nil {
		return nil, err
	}
	return done(a.desk.Edit(c.Context(), c.Who, id, patch, saw))
}

// entry is one change in the history of a record.
type entry struct {
	Dot    string        `json:"dot"`
	At     string        `json:"at"`
	Who    string        `json:"who,omitempty"`
	Device string        `json:"device,omitempty"`
	Whole  bool          `json:"whole"`
	Fields []fieldChange `json:"fields"`
}

type fieldChange struct {
	Field  string `json:"field"`
	Before []any  `json:"before"`
	After  any    `json:"after"`
	Stands bool   `json:"stands"`
}

// history lists who changed what. Opening the record first makes sure that it is a subject's, and that the
// look is written down.
func (a *API) history(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	if _, err := a.desk.Open(c.Context(), c.Who, id); err != nil {
		return nil, err
	}
	entries, err := a.desk.History(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	out := Page[entry]{Items: make([]entry, len(entries))}
	for i, e := range entries {
		out.Items[i] = entry{Dot: e.Dot.String(), At: Moment(e.At.Corrected()), Who: e.Who, Device: e.Device, Whole: e.Whole, Fields: []fieldChange{}}
		for _, f := range e.Fields {
			if f.Field.Name == "" { // of a newer version
				continue
			}
			change := fieldChange{Field: f.Field.Name, Before: []any{}, After: value(f.Field, f.After), Stands: f.Stands}
			for _, old := range f.Before {
				change.Before = append(change.Before, value(f.Field, old))
			}
			out.Items[i].Fields = append(out.Items[i].Fields, change)
		}
	}
	return ok(out)
}
