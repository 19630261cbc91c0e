package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/reasons"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// FHIRPrefix stands before the paths of the FHIR facade.
const FHIRPrefix = "/fhir/R4"

// statementDate is when what the facade can do last changed.
const statementDate = "2026-11-28"

func (a *API) registerFHIR(s *server.Server) {
	a.Handle(s, Open, http.MethodGet, FHIRPrefix+"/metadata", a.capabilities)
	a.Handle(s, Read, http.MethodPost, FHIRPrefix+"/Patient/_search", a.fhirSearch)
	a.Handle(s, Read, http.MethodGet, FHIRPrefix+"/Patient/{id}", a.fhirPatient)
	a.Handle(s, Read, http.MethodGet, FHIRPrefix+"/Patient/{id}/$everything", a.fhirEverything)
	a.Handle(s, Read, http.MethodGet, FHIRPrefix+"/Immunization/{id}", a.fhirDose)
	a.Handle(s, Read, http.MethodGet, FHIRPrefix+"/Immunization", a.fhirDoses)
	a.Handle(s, Read, http.MethodGet, FHIRPrefix+"/ImmunizationRecommendation", a.fhirRecommendation)
}

// resource answers with a resource of FHIR.
func resource(v any) (*Answer, error) {
	b, err := json.Marshal(v)
	return &Answer{Raw: b, Type: fhir.MediaType}, err
}

func (a *API) capabilities(*Call) (*Answer, error) {
	return resource(fhir.Capabilities(Prefix[len("/api/"):], statementDate, a.takes))
}

// encoder writes resources under the address that the caller knows this node by.
func (a *API) encoder(c *Call) (*fhir.Encoder, error) {
	vaccines, err := a.desk.Vaccines(c.Context())
	scheme := "http"
	if c.TLS != nil {
		scheme = "https"
	}
	return &fhir.Encoder{Vaccines: vaccines, Base: scheme + "://" + c.Host + FHIRPrefix}, err
}

func (a *API) fhirPatient(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	who, e, err := a.openFHIR(c, id)
	if err != nil {
		return nil, err
	}
	return resource(e.Patient(who))
}

func (a *API) openFHIR(c *Call, id p.EntityID) (*fhir.Person, *fhir.Encoder, error) {
	who, err := a.desk.OpenFHIR(c.Context(), c.Who, id)
	if err != nil {
		return nil, nil, err
	}
	e, err := a.encoder(c)
	return who, e, err
}

// fhirEverything answers with a person and all doses.
func (a *API) fhirEverything(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	who, e, err := a.openFHIR(c, id)
	if err != nil {
		return nil, err
	}
	return resource(e.Searchset(e.Entries(who), ""))
}

// fhirSearch finds people by a number of theirs. It is a POST because a person's number must not stand in an address.
func (a *API) fhirSearch(c *Call) (*Answer, error) {
	if err := c.ParseForm(); err != nil {
		return nil, server.NewProblem(server.TypeBadRequest).Because(err)
	}
	system, value, ok := strings.Cut(c.PostForm.Get("identifier"), "|")
	if !ok {
		system, value = "", system
	}
	if value = strings.TrimSpace(value); value == "" {
		return nil, invalid("identifier", registry.CodeRequired)
	}
	rows, err := a.desk.Search(c.Context(), c.Who, value)
	if err != nil {
		return nil, err
	}
	code, _ := registry.ParseCode(value)
	e, err := a.encoder(c)
	if err != nil {
		return nil, err
	}
	var entries []fhir.Entry
	for i := range rows {
		byCode := (system == "" || system == fhir.SystemCode) && code != "" && rows[i].Code == string(code)
		byNumber := (system == "" || system == fhir.SystemPersonal) && rows[i].PersonalNo == value
		if !byCode && !byNumber {
			continue
		}
		who, err := a.desk.OpenFHIR(c.Context(), c.Who, rows[i].ID)
		if err != nil {
			return nil, err
		}
		if !rights.SeesContacts(c.Who.Role) { // a list, like any other
			s := &who.Subject
			s.Phone, s.MotherPhone, s.FatherPhone, s.GuardianPhone = "", "", "", ""
			s.PersonalNo, s.Insurance, s.NationalCode, s.Passport = "", "", "", ""
		}
		entries = append(entries, fhir.Entry{FullURL: e.URL("Patient", who.ID), Resource: e.Patient(who)})
	}
	return resource(e.Searchset(entries, ""))
}

// patient reads whom a search is about: an id, or "Patient/" and an id.
func (c *Call) patient() (p.EntityID, error) {
	text := strings.TrimPrefix(c.URL.Query().Get("patient"), "Patient/")
	if text == "" {
		return p.EntityID{}, invalid("patient", registry.CodeRequired)
	}
	id, err := p.ParseEntityID(text)
	if err != nil {
		return id, server.NewProblem(server.TypeNotFound)
	}
	return id, nil
}

func (a *API) fhirDoses(c *Call) (*Answer, error) {
	id, err := c.patient()
	if err != nil {
		return nil, err
	}
	who, e, err := a.openFHIR(c, id)
	if err != nil {
		return nil, err
	}
	return resource(e.Searchset(e.Entries(who)[1:], ""))
}

func (a *API) fhirDose(c *Call) (*Answer, error) {
	id, err := c.Entity("id")
	if err != nil {
		return nil, err
	}
	who, dose, err := a.desk.DoseFHIR(c.Context(), c.Who, id)
	if err != nil {
		return nil, err
	}
	e, err := a.encoder(c)
	if err != nil {
		return nil, err
	}
	return resource(e.Immunization(who, dose))
}

// fhirRecommendation says what the schedule has for a person as of today; nobody whom it has nothing for is in the answer.
func (a *API) fhirRecommendation(c *Call) (*Answer, error) {
	id, err := c.patient()
	if err != nil {
		return nil, err
	}
	today := a.desk.Today()
	f, err := a.desk.Forecast(c.Context(), c.Who, id, today)
	if err != nil {
		return nil, err
	}
	e, err := a.encoder(c)
	if err != nil {
		return nil, err
	}
	var entries []fhir.Entry
	if list := recommended(c, f); len(list) > 0 {
		entries = []fhir.Entry{{FullURL: e.Base + "/ImmunizationRecommendation/" + id.String(), Resource: e.Recommendation(id, today, list)}}
	}
	return resource(e.Searchset(entries, ""))
}

func recommended(c *Call, f *desk.Advice) []fhir.Recommended {
	words := &reasons.Words{Catalogue: c.Words, Schedule: f.Schedule}
	return desk.Recommended(f, words.Say)
}
