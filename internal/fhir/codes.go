package fhir

import (
	"tramy/internal/registry"
)

// MediaType is that of a resource in JSON; NDJSONType that of a file of one resource a line.
const (
	MediaType  = "application/fhir+json"
	NDJSONType = "application/fhir+ndjson"
	Version    = "4.0.1"
)

// Systems of our own. Vietnam has published no systems for these numbers (November 2026); the names are URNs, which
// nobody can mistake for an address. They are never given another meaning.
const (
	SystemCode       = "urn:tramy:person-code"        // 16 digits, made by a station, with a check (registry.PersonCode)
	SystemPersonal   = "urn:tramy:vn:personal-number" // số định danh cá nhân, 12 digits
	SystemInsurance  = "urn:tramy:vn:health-insurance"
	SystemNational   = "urn:tramy:vn:niis-subject" // mã đối tượng of the national system of 2017
	SystemPassport   = "urn:tramy:passport"
	SystemPlace      = "urn:tramy:place" // system:code, e.g. gso:03325, kcb:01234
	SystemVaccine    = "urn:tramy:vaccine"
	SystemAntigen    = "urn:tramy:antigen"
	SystemNotDone    = "urn:tramy:not-done"
	SystemSite       = "urn:tramy:site"
	SystemRoute      = "urn:tramy:route"
	SystemProgramme  = "urn:tramy:programme"
	SystemSource     = "urn:tramy:source"
	SystemStatus     = "urn:tramy:forecast-status"
	extensionField   = "urn:tramy:field:"       // and the name of a field of the field table
	ExtensionCommune = "urn:tramy:commune-code" // of an address
	extensionVoid    = "urn:tramy:void"         // why a record was entered in error
	extensionCounted = "urn:tramy:dose-number-counted"
	ExtensionReason  = "urn:tramy:import-reason" // why somebody was not taken in, in the file of those who were not
	ExtensionSameAs  = "urn:tramy:same-as"       // the answer to that: a code, or "new"
	motherCode       = "mother_code"
	motherYear       = "mother_year"
)

// Systems of others. CVX: hl7.org/fhir/R4/terminologies-systems.html; ATC by the same list.
const (
	SystemCVX       = "http://hl7.org/fhir/sid/cvx"
	SystemATC       = "http://www.whocc.no/atc"
	SystemUCUM      = "http://unitsofmeasure.org"
	systemIDType    = "http://terminology.hl7.org/CodeSystem/v2-0203"
	systemRole      = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
	systemSite      = "http://terminology.hl7.org/CodeSystem/v2-0163"
	systemActSite   = "http://terminology.hl7.org/CodeSystem/v3-ActSite"
	systemRouteV3   = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"
	systemActReason = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
	systemFunding   = "http://terminology.hl7.org/CodeSystem/immunization-funding-source"
	systemOrigin    = "http://terminology.hl7.org/CodeSystem/immunization-origin"
	systemFunction  = "http://terminology.hl7.org/CodeSystem/v2-0443"
	systemLOINC     = "http://loinc.org"
	urlBirthTime    = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
	urlBirthPlace   = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
)

// identifierSystems are the numbers of a person, with the type that HL7's table 0203 has for each.
var identifierSystems = []struct {
	system, kind string
	at           func(*registry.SubjectInput) *string
}{
	{SystemCode, "", func(in *registry.SubjectInput) *string { return (*string)(&in.Code) }},
	{SystemPersonal, "NI", func(in *registry.SubjectInput) *string { return &in.PersonalNo }},
	{SystemInsurance, "HC", func(in *registry.SubjectInput) *string { return &in.Insurance }},
	{SystemPassport, "PPN", func(in *registry.SubjectInput) *string { return &in.Passport }},
	{SystemNational, "", func(in *registry.SubjectInput) *string { return &in.NationalCode }},
}

// identifierTypes are the types by which numbers of other programs are known where they use another system. NNVNM is
// "national person identifier, Vietnam" of the same table.
var identifierTypes = map[string]string{"NI": SystemPersonal, "NNVNM": SystemPersonal, "HC": SystemInsurance, "PPN": SystemPassport}

// relations are who a contact is, by HL7's role codes; those of the natural parents are read as well.
var relations = []struct {
	code, display string
	also          []string
	name, phone   func(*registry.SubjectInput) *string
}{
	{
		"MTH", "mother",
		[]string{"NMTH", "NMTHF"},
		func(in *registry.SubjectInput) *string { return &in.MotherName }, func(in *registry.SubjectInput) *string { return &in.MotherPhone },
	},
	{
		"FTH", "father",
		[]string{"NFTH", "NFTHF"},
		func(in *registry.SubjectInput) *string { return &in.FatherName }, func(in *registry.SubjectInput) *string { return &in.FatherPhone },
	},
	{
		"GUARD", "guardian",
		nil,
		func(in *registry.SubjectInput) *string { return &in.GuardianName }, func(in *registry.SubjectInput) *string { return &in.GuardianPhone },
	},
}

// standard is the code another system has for a number of an enumeration; the first of several is written, all are read.
type standard struct {
	number int64
	code   string
}

// The codes of HL7 below are held against HL7's own tables in TestCodesAreThoseOfHL7.

// Sites: HL7's table 0163 (body site); v3-ActSite has the two arms under the same codes.
var sites = []standard{
	{int64(registry.SiteLeftThigh), "LT"},
	{int64(registry.SiteLeftThigh), "LVL"},
	{int64(registry.SiteRightThigh), "RT"},
	{int64(registry.SiteRightThigh), "RVL"},
	{int64(registry.SiteLeftArm), "LUA"},
	{int64(registry.SiteLeftArm), "LA"},
	{int64(registry.SiteLeftArm), "LD"},
	{int64(registry.SiteRightArm), "RUA"},
	{int64(registry.SiteRightArm), "RA"},
	{int64(registry.SiteRightArm), "RD"},
	{int64(registry.SiteLeftButtock), "LG"},
	{int64(registry.SiteRightButtock), "RG"},
}

// Routes: HL7's v3-RouteOfAdministration.
var routes = []standard{
	{int64(registry.RouteIM), "IM"},
	{int64(registry.RouteSC), "SQ"},
	{int64(registry.RouteID), "IDINJ"},
	{int64(registry.RouteOral), "PO"},
	{int64(registry.RouteNasal), "NASINHLC"},
}

// Reasons why nothing was given: HL7's v3-ActReason, as far as the standard's example binding names them.
var notDone = []standard{
	{int64(registry.NotDoneRefused), "PATOBJ"},
	{int64(registry.NotDoneContraindicated), "MEDPREC"},
	{int64(registry.NotDoneOther), "IMMUNE"},
	{int64(registry.NotDoneNoVaccine), "OSTOCK"},
}

// funding is who pays. An outbreak's vaccine is the state's as well, so that only our own code tells it.
var funding = []standard{
	{int64(registry.ProgrammeEPI), "public"},
	{int64(registry.ProgrammeOutbreak), "public"},
	{int64(registry.ProgrammePaid), "private"},
}

// origins: where a report comes from, of a dose that was not given at the place that records it.
var origins = []standard{
	{int64(registry.SourceCard), "record"},
	{int64(registry.SourceElsewhere), "recall"},
	{int64(registry.SourceImport), "provider"},
}

// concept writes a number of an enumeration in our own system and, where it has a code, in the other.
func concept(n int64, e *registry.Enum, own, other string, table []standard) *CodeableConcept {
	if n == 0 {
		return nil
	}
	out := &CodeableConcept{}
	for _, s := range table {
		if s.number == n {
			out.Coding = append(out.Coding, Coding{System: other, Code: s.code})
			break
		}
	}
	out.Coding = append([]Coding{{System: own, Code: e.Key(n)}}, out.Coding...)
	return out
}

// number reads what concept wrote; ours counts first. known is false if something is said and means nothing here.
func number(c *CodeableConcept, e *registry.Enum, own, other string, table []standard) (n int64, known bool) {
	if c == nil || len(c.Coding) == 0 && c.Text == "" {
		return 0, true
	}
	for _, x := range c.Coding {
		if x.System == own {
			if n, ok := e.Number(x.Code); ok {
				return n, true
			}
		}
	}
	for _, x := range c.Coding {
		for _, s := range table {
			if x.System == other && s.code == x.Code {
				return s.number, true
			}
		}
	}
	return 0, false
}
