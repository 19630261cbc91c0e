package fhir

import (
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Reaction is an adverse event after doses, as it is written. None is read: what another program says of a reaction is told in a warning.
type Reaction struct {
	ID p.EntityID
	registry.ReactionInput
	PlaceName, PlaceCode string
}

// SystemSign are the signs of a reaction, see registry.Signs.
const SystemSign = "urn:tramy:sign"

// Systems of AdverseEvent's elements (hl7.org/fhir/R4/adverseevent.html).
const (
	systemSeriousness = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
	systemEventEnd    = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
)

// eventEnds: hl7.org/fhir/R4/valueset-adverse-event-outcome.html.
var eventEnds = map[registry.ReactionEnd]string{
	registry.EndRecovered: "resolved", registry.EndRecovering: "recovering", registry.EndSequelae: "resolvedWithSequelae",
	registry.EndUnresolved: "ongoing", registry.EndDied: "fatal", registry.EndUnknown: "unknown",
}

// AdverseEvent is a reaction after a dose.
type AdverseEvent struct {
	ResourceType  string           `json:"resourceType"`
	ID            string           `json:"id"`
	Extension     []Extension      `json:"extension,omitempty"`
	Actuality     string           `json:"actuality"`
	Event         *CodeableConcept `json:"event,omitempty"`
	Subject       Reference        `json:"subject"`
	Date          string           `json:"date,omitempty"`
	Location      *Reference       `json:"location,omitempty"`
	Seriousness   *CodeableConcept `json:"seriousness,omitempty"`
	Outcome       *CodeableConcept `json:"outcome,omitempty"`
	SuspectEntity []suspect        `json:"suspectEntity,omitempty"`
}

type suspect struct {
	Instance Reference `json:"instance"`
}

// AdverseEvent writes a reaction. What was done and where somebody was taken has no element in R4 and stands in extensions.
func (e *Encoder) AdverseEvent(who *Person, x *Reaction) *AdverseEvent {
	out := &AdverseEvent{ResourceType: "AdverseEvent", ID: x.ID.String(), Actuality: "actual", Subject: e.refer(who)}
	if x.On != 0 {
		out.Date = momentText(x.On, x.Clock)
	}
	if len(x.Signs) > 0 || x.Note != "" {
		out.Event = &CodeableConcept{Text: x.Note}
		for _, sign := range x.Signs {
			out.Event.Coding = append(out.Event.Coding, Coding{System: SystemSign, Code: sign})
		}
	}
	switch x.Severity {
	case registry.SeveritySevere:
		out.Seriousness = &CodeableConcept{Coding: []Coding{{System: systemSeriousness, Code: "Serious"}}}
	case registry.SeverityCommon:
		out.Seriousness = &CodeableConcept{Coding: []Coding{{System: systemSeriousness, Code: "Non-serious"}}}
	}
	if code := eventEnds[x.Outcome]; code != "" {
		out.Outcome = &CodeableConcept{Coding: []Coding{{System: systemEventEnd, Code: code}}}
	}
	for _, d := range x.Doses {
		ref := Reference{Reference: "Immunization/" + d.String(), Type: "Immunization"}
		if e.Base == "" {
			ref.Reference = e.URL("Immunization", d)
		}
		out.SuspectEntity = append(out.SuspectEntity, suspect{ref})
	}
	out.Location = placeRef(x.PlaceName, x.PlaceCode)
	if x.Treatment != "" {
		out.Extension = append(out.Extension, Extension{URL: extensionField + "treatment", ValueString: x.Treatment})
	}
	if x.Hospital != "" {
		out.Extension = append(out.Extension, Extension{URL: extensionField + "hospital", ValueString: x.Hospital})
	}
	return out
}

// placeRef names a facility by its code and its name, nil if there is neither.
func placeRef(name, code string) *Reference {
	if name == "" && code == "" {
		return nil
	}
	out := &Reference{Type: "Location", Display: name}
	if code != "" {
		out.Identifier = &Identifier{System: SystemPlace, Value: code}
	}
	return out
}

// Location is a facility.
type Location struct {
	ResourceType string       `json:"resourceType"`
	ID           string       `json:"id"`
	Identifier   []Identifier `json:"identifier,omitempty"`
	Status       string       `json:"status"`
	Name         string       `json:"name,omitempty"`
	Mode         string       `json:"mode"`
}

// Place is a facility as it is written.
type Place struct {
	ID         p.EntityID
	Name, Code string
}

// Location writes a facility.
func (e *Encoder) Location(x *Place) *Location {
	out := &Location{ResourceType: "Location", ID: x.ID.String(), Status: "active", Name: x.Name, Mode: "instance"}
	if x.Code != "" {
		out.Identifier = []Identifier{{System: SystemPlace, Value: x.Code}}
	}
	return out
}

// Whole is what of a person goes to another program at once: the person and the doses, their facilities, reactions, and what is next.
type Whole struct {
	Person
	Reactions []Reaction
	Places    []Place
	On        registry.Day // of what is next
	Next      []Recommended
}

// Collection writes all of it as one bundle.
func (e *Encoder) Collection(x *Whole) *Bundle {
	out := &Bundle{ResourceType: "Bundle", Type: "collection", Entry: e.Entries(&x.Person)}
	for i := range x.Places {
		out.Entry = append(out.Entry, Entry{FullURL: e.URL("Location", x.Places[i].ID), Resource: e.Location(&x.Places[i])})
	}
	for i := range x.Reactions {
		out.Entry = append(out.Entry, Entry{FullURL: e.URL("AdverseEvent", x.Reactions[i].ID), Resource: e.AdverseEvent(&x.Person, &x.Reactions[i])})
	}
	if len(x.Next) > 0 {
		next := e.Recommendation(x.ID, x.On, x.Next)
		next.Patient = e.refer(&x.Person)
		next.ID += "-next" // a resource of another type under the person's id would have the person's address in a file
		out.Entry = append(out.Entry, Entry{FullURL: "urn:tramy:next:" + x.ID.String(), Resource: next})
	}
	return out
}
