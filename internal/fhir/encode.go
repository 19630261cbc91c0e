package fhir

import (
	"encoding/json"
	"strconv"

	"tramy/internal/registry"
	p "tramy/syncproto"
)

// Encoder writes people as resources.
type Encoder struct {
	// Vaccines are those of the register, for their names and what they protect against.
	Vaccines []registry.VaccineInput
	// Base is the address under which resources are served, without a slash at the end; "" for a file, in which they are
	// named by urn:uuid.
	Base string

	byCode map[string]*registry.VaccineInput
}

func (e *Encoder) known() map[string]*registry.VaccineInput {
	if e.byCode == nil {
		e.byCode = vaccinesByCode(e.Vaccines)
	}
	return e.byCode
}

// URL is how an entry is named.
func (e *Encoder) URL(kind string, id p.EntityID) string {
	if e.Base == "" {
		return "urn:uuid:" + id.String()
	}
	return e.Base + "/" + kind + "/" + id.String()
}

// refer names a patient from another resource.
func (e *Encoder) refer(who *Person) Reference {
	ref := Reference{Reference: "Patient/" + who.ID.String(), Type: "Patient"}
	if e.Base == "" {
		ref.Reference = e.URL("Patient", who.ID)
	}
	if code := who.Subject.Code; code != "" {
		ref.Identifier = &Identifier{System: SystemCode, Value: string(code)}
	}
	return ref
}

// Entries are the resources of a person: the patient, then the doses.
func (e *Encoder) Entries(who *Person) []Entry {
	out := make([]Entry, 0, 1+len(who.Doses))
	out = append(out, Entry{FullURL: e.URL("Patient", who.ID), Resource: e.Patient(who)})
	for i := range who.Doses {
		out = append(out, Entry{FullURL: e.URL("Immunization", who.Doses[i].ID), Resource: e.Immunization(who, &who.Doses[i])})
	}
	return out
}

// Patient writes a person without the doses.
func (e *Encoder) Patient(who *Person) *Patient {
	in := &who.Subject
	active := who.Void == ""
	out := &Patient{ResourceType: "Patient", ID: who.ID.String(), Active: &active, BirthDate: birthText(in)}
	for _, x := range identifierSystems {
		value := *x.at(in)
		if value == "" {
			continue
		}
		id := Identifier{System: x.system, Value: value}
		if x.kind != "" {
			id.Type = &CodeableConcept{Coding: []Coding{{System: systemIDType, Code: x.kind}}}
		}
		out.Identifier = append(out.Identifier, id)
	}
	out.Name = append(out.Name, HumanName{Use: nameUse(in.Name), Text: in.Name})
	for _, a := range in.Aliases {
		if registry.PersonCode(a).Valid() {
			out.Identifier = append(out.Identifier, Identifier{Use: "secondary", System: SystemCode, Value: a})
		} else {
			out.Name = append(out.Name, HumanName{Use: "nickname", Text: a})
		}
	}
	switch in.Sex {
	case registry.SexMale:
		out.Gender = "male"
	case registry.SexFemale:
		out.Gender = "female"
	case registry.SexUnknown:
		out.Gender = "unknown"
	}
	if in.BirthPrec == registry.PrecisionMinute && in.BirthClock != 0 {
		out.BirthDateElement = &Element{Extension: []Extension{{URL: urlBirthTime, ValueDateTime: momentText(in.BirthDate, in.BirthClock)}}}
	}
	if in.Phone != "" {
		out.Telecom = []ContactPoint{{System: "phone", Value: in.Phone}}
	}
	if in.Status == registry.StatusDied {
		if in.StatusDate != 0 {
			out.DeceasedDateTime = in.StatusDate.ISO()
		} else {
			yes := true
			out.DeceasedBoolean = &yes
		}
	}
	if n := int64(in.BirthOrder); n > 0 {
		out.MultipleBirthInteger = &n
	}
	if who.Commune != "" || in.Hamlet != "" || who.CommuneCode != "" {
		home := Address{Use: "home", City: who.Commune, Country: "VN"}
		if in.Hamlet != "" {
			home.Line = []string{in.Hamlet}
		}
		if who.CommuneCode != "" {
			home.Extension = []Extension{{URL: ExtensionCommune, ValueCode: who.CommuneCode}}
		}
		out.Address = []Address{home}
	}
	out.Contact = contacts(in)
	out.Extension = e.patientExtensions(who)
	return out
}

func (e *Encoder) patientExtensions(who *Person) []Extension {
	in := &who.Subject
	out := extensionsOf(registry.KindSubject, in.Patch(&p.State{Kind: registry.KindSubject}), nativeSubject)
	if in.AddrBirth != "" {
		out = append(out, Extension{URL: urlBirthPlace, ValueAddress: &Address{Text: in.AddrBirth}})
	}
	if who.MotherCode != "" {
		out = append(out, Extension{URL: extensionField + motherCode, ValueString: who.MotherCode})
	}
	if who.Void != "" {
		out = append(out, Extension{URL: extensionVoid, ValueString: who.Void})
	}
	return out
}

func nameUse(name string) string {
	if registry.Nameless(name) {
		return "temp"
	}
	return "official"
}

// contacts are who answers for somebody.
func contacts(in *registry.SubjectInput) []Contact {
	var out []Contact
	for _, r := range relations {
		name, phone := *r.name(in), *r.phone(in)
		if name == "" && phone == "" {
			continue
		}
		c := Contact{Relationship: []CodeableConcept{{Coding: []Coding{{System: systemRole, Code: r.code, Display: r.display}}}}}
		if name != "" {
			c.Name = &HumanName{Text: name}
		}
		if phone != "" {
			c.Telecom = []ContactPoint{{System: "phone", Value: phone}}
		}
		out = append(out, c)
	}
	return out
}

// Immunization writes a dose, or one that was not given.
func (e *Encoder) Immunization(who *Person, d *Dose) *Immunization {
	first := d.FirstHand()
	out := &Immunization{
		ResourceType: "Immunization", ID: d.ID.String(), Status: "completed", VaccineCode: vaccineConcept(d.Vaccine, e.known()), Patient: e.refer(who),
		OccurrenceDateTime: momentText(d.GivenOn, d.GivenClock), PrimarySource: &first, LotNumber: d.Lot,
		Site:          concept(int64(d.Site), registry.SiteEnum, SystemSite, systemSite, sites),
		Route:         concept(int64(d.Route), registry.RouteEnum, SystemRoute, systemRouteV3, routes),
		FundingSource: concept(int64(d.Programme), registry.ProgrammeEnum, SystemProgramme, systemFunding, funding),
		Extension:     extensionsOf(registry.KindImmunization, d.Patch(&p.State{Kind: registry.KindImmunization}), nativeDose),
	}
	switch {
	case d.Void != "":
		out.Status = "entered-in-error"
		out.Extension = append(out.Extension, Extension{URL: extensionVoid, ValueString: d.Void})
	case d.NotDone != 0:
		out.Status = "not-done"
	}
	out.StatusReason = concept(int64(d.NotDone), registry.NotDoneEnum, SystemNotDone, systemActReason, notDone)
	if !first {
		out.ReportOrigin = concept(int64(d.Source), registry.SourceEnum, SystemSource, systemOrigin, origins)
	}
	if d.Expires != 0 {
		out.ExpirationDate = d.Expires.ISO()
	}
	if d.Volume != 0 {
		out.DoseQuantity = &Quantity{Value: json.Number(strconv.FormatFloat(float64(d.Volume)/1000, 'f', -1, 64)), Unit: "mL", System: SystemUCUM, Code: "mL"}
	}
	out.Location = placeRef(d.PlaceName, d.PlaceCode)
	if d.GiverName != "" {
		out.Performer = []Performer{{Function: &CodeableConcept{Coding: []Coding{{System: systemFunction, Code: "AP"}}}, Actor: Reference{Display: d.GiverName}}}
	}
	if d.Note != "" {
		out.Note = []Annotation{{Text: d.Note}}
	}
	out.ProtocolApplied = e.protocol(d)
	return out
}

// protocol says which dose of its series it was: what somebody wrote, else what was counted by date, marked as such. "Dose 0" of a
// campaign is no positive number, and stands as text.
func (e *Encoder) protocol(d *Dose) []ProtocolApplied {
	x := ProtocolApplied{}
	if v := e.known()[d.Vaccine]; v != nil {
		for _, a := range v.Antigens {
			x.TargetDisease = append(x.TargetDisease, CodeableConcept{Coding: []Coding{{System: SystemAntigen, Code: a}}})
		}
	}
	switch {
	case d.Order > 0:
		x.DoseNumberPositiveInt = int64(d.Order)
	case d.HasOrder:
		x.DoseNumberString = "0"
	case d.Number > 0:
		yes := true
		x.DoseNumberPositiveInt = int64(d.Number)
		x.Extension = []Extension{{URL: extensionCounted, ValueBoolean: &yes}}
	default:
		return nil // the standard asks for a number here
	}
	return []ProtocolApplied{x}
}
