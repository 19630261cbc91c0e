package fhir

import "encoding/json"

// The elements of R4 that are written or read, under the standard's names (hl7.org/fhir/R4). What a resource may have
// beyond them is passed by when it is read.

// Extension is a value that the standard has no element for.
type Extension struct {
	URL           string      `json:"url"`
	ValueString   string      `json:"valueString,omitempty"`
	ValueCode     string      `json:"valueCode,omitempty"`
	ValueDate     string      `json:"valueDate,omitempty"`
	ValueDateTime string      `json:"valueDateTime,omitempty"`
	ValueInteger  *int64      `json:"valueInteger,omitempty"`
	ValueBoolean  *bool       `json:"valueBoolean,omitempty"`
	ValueAddress  *Address    `json:"valueAddress,omitempty"`
	Extension     []Extension `json:"extension,omitempty"`
}

// Coding is one code of a system.
type Coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code,omitempty"`
	Display string `json:"display,omitempty"`
}

// CodeableConcept is what several systems have a code for.
type CodeableConcept struct {
	Coding []Coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// Identifier is a number somebody or something is known by.
type Identifier struct {
	Use    string           `json:"use,omitempty"`
	Type   *CodeableConcept `json:"type,omitempty"`
	System string           `json:"system,omitempty"`
	Value  string           `json:"value,omitempty"`
	Period *Period          `json:"period,omitempty"`
}

// Period is a time with a beginning and an end.
type Period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// HumanName is a name; Vietnamese names are whole in Text.
type HumanName struct {
	Use    string   `json:"use,omitempty"`
	Text   string   `json:"text,omitempty"`
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
	Period *Period  `json:"period,omitempty"`
}

// ContactPoint is a telephone or another way to reach somebody.
type ContactPoint struct {
	System string `json:"system,omitempty"`
	Value  string `json:"value,omitempty"`
	Use    string `json:"use,omitempty"`
}

// Address is where somebody lives, or lived, or was born.
type Address struct {
	Extension []Extension `json:"extension,omitempty"`
	Use       string      `json:"use,omitempty"`
	Type      string      `json:"type,omitempty"`
	Text      string      `json:"text,omitempty"`
	Line      []string    `json:"line,omitempty"`
	City      string      `json:"city,omitempty"`
	District  string      `json:"district,omitempty"`
	State     string      `json:"state,omitempty"`
	Country   string      `json:"country,omitempty"`
}

// Reference names another resource.
type Reference struct {
	Reference  string      `json:"reference,omitempty"`
	Type       string      `json:"type,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	Display    string      `json:"display,omitempty"`
}

// Annotation is a note.
type Annotation struct {
	Text string `json:"text"`
}

// Quantity is a measure.
type Quantity struct {
	Value  json.Number `json:"value,omitempty"`
	Unit   string      `json:"unit,omitempty"`
	System string      `json:"system,omitempty"`
	Code   string      `json:"code,omitempty"`
}

// Element holds the extensions of a primitive value.
type Element struct {
	Extension []Extension `json:"extension,omitempty"`
}

// Contact is somebody who answers for a patient.
type Contact struct {
	Relationship []CodeableConcept `json:"relationship,omitempty"`
	Name         *HumanName        `json:"name,omitempty"`
	Telecom      []ContactPoint    `json:"telecom,omitempty"`
}

// PatientLink ties two records of one person together.
type PatientLink struct {
	Other Reference `json:"other"`
	Type  string    `json:"type"`
}

// Patient is a person.
type Patient struct {
	ResourceType         string         `json:"resourceType"`
	ID                   string         `json:"id,omitempty"`
	ImplicitRules        string         `json:"implicitRules,omitempty"`
	Extension            []Extension    `json:"extension,omitempty"`
	ModifierExtension    []Extension    `json:"modifierExtension,omitempty"`
	Identifier           []Identifier   `json:"identifier,omitempty"`
	Active               *bool          `json:"active,omitempty"`
	Name                 []HumanName    `json:"name,omitempty"`
	Telecom              []ContactPoint `json:"telecom,omitempty"`
	Gender               string         `json:"gender,omitempty"`
	BirthDate            string         `json:"birthDate,omitempty"`
	BirthDateElement     *Element       `json:"_birthDate,omitempty"`
	DeceasedBoolean      *bool          `json:"deceasedBoolean,omitempty"`
	DeceasedDateTime     string         `json:"deceasedDateTime,omitempty"`
	Address              []Address      `json:"address,omitempty"`
	MultipleBirthInteger *int64         `json:"multipleBirthInteger,omitempty"`
	Contact              []Contact      `json:"contact,omitempty"`
	GeneralPractitioner  []Reference    `json:"generalPractitioner,omitempty"`
	Link                 []PatientLink  `json:"link,omitempty"`
}

// Performer is who gave a dose.
type Performer struct {
	Function *CodeableConcept `json:"function,omitempty"`
	Actor    Reference        `json:"actor"`
}

// ProtocolApplied says which dose of a series it was.
type ProtocolApplied struct {
	Extension             []Extension       `json:"extension,omitempty"`
	Series                string            `json:"series,omitempty"`
	TargetDisease         []CodeableConcept `json:"targetDisease,omitempty"`
	DoseNumberPositiveInt int64             `json:"doseNumberPositiveInt,omitempty"`
	DoseNumberString      string            `json:"doseNumberString,omitempty"`
}

// Immunization is a dose, or one that was not given.
type Immunization struct {
	ResourceType       string            `json:"resourceType"`
	ID                 string            `json:"id,omitempty"`
	ImplicitRules      string            `json:"implicitRules,omitempty"`
	Extension          []Extension       `json:"extension,omitempty"`
	ModifierExtension  []Extension       `json:"modifierExtension,omitempty"`
	Identifier         []Identifier      `json:"identifier,omitempty"`
	Status             string            `json:"status"`
	StatusReason       *CodeableConcept  `json:"statusReason,omitempty"`
	VaccineCode        CodeableConcept   `json:"vaccineCode"`
	Patient            Reference         `json:"patient"`
	OccurrenceDateTime string            `json:"occurrenceDateTime,omitempty"`
	OccurrenceString   string            `json:"occurrenceString,omitempty"`
	PrimarySource      *bool             `json:"primarySource,omitempty"`
	ReportOrigin       *CodeableConcept  `json:"reportOrigin,omitempty"`
	Location           *Reference        `json:"location,omitempty"`
	LotNumber          string            `json:"lotNumber,omitempty"`
	ExpirationDate     string            `json:"expirationDate,omitempty"`
	Site               *CodeableConcept  `json:"site,omitempty"`
	Route              *CodeableConcept  `json:"route,omitempty"`
	DoseQuantity       *Quantity         `json:"doseQuantity,omitempty"`
	Performer          []Performer       `json:"performer,omitempty"`
	Note               []Annotation      `json:"note,omitempty"`
	IsSubpotent        *bool             `json:"isSubpotent,omitempty"`
	FundingSource      *CodeableConcept  `json:"fundingSource,omitempty"`
	Reaction           []json.RawMessage `json:"reaction,omitempty"`
	ProtocolApplied    []ProtocolApplied `json:"protocolApplied,omitempty"`
}

// Request says what is to be done with an entry of a transaction.
type Request struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

// Response says what became of an entry.
type Response struct {
	Status   string            `json:"status"`
	Location string            `json:"location,omitempty"`
	Outcome  *OperationOutcome `json:"outcome,omitempty"`
}

// Search says why an entry is in the answer to a search.
type Search struct {
	Mode string `json:"mode"`
}

// Entry is one resource of a bundle.
type Entry struct {
	FullURL  string    `json:"fullUrl,omitempty"`
	Resource any       `json:"resource,omitempty"`
	Search   *Search   `json:"search,omitempty"`
	Request  *Request  `json:"request,omitempty"`
	Response *Response `json:"response,omitempty"`
}

// BundleLink leads to this or another page of an answer.
type BundleLink struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// Bundle is several resources in one.
type Bundle struct {
	ResourceType string       `json:"resourceType"`
	Type         string       `json:"type"`
	Timestamp    string       `json:"timestamp,omitempty"`
	Total        *int         `json:"total,omitempty"`
	Link         []BundleLink `json:"link,omitempty"`
	Entry        []Entry      `json:"entry,omitempty"`
}

// Issue is one thing that an outcome tells.
type Issue struct {
	Severity    string           `json:"severity"` // fatal, error, warning, information
	Code        string           `json:"code"`     // of the value set issue-type
	Details     *CodeableConcept `json:"details,omitempty"`
	Diagnostics string           `json:"diagnostics,omitempty"`
	Expression  []string         `json:"expression,omitempty"`
}

// OperationOutcome says how something went.
type OperationOutcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []Issue `json:"issue"`
}

// Outcome makes an outcome of issues.
func Outcome(issues ...Issue) *OperationOutcome {
	return &OperationOutcome{ResourceType: "OperationOutcome", Issue: issues}
}
