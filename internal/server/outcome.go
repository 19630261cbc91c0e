package server

import (
	"encoding/json"
	"net/http"
	"strings"
)

// OutcomeType is the media type of FHIR resources, in which programs that speak FHIR are answered, errors too.
const OutcomeType = "application/fhir+json"

// speaksFHIR reports whether a path is served to programs that speak FHIR.
func speaksFHIR(path string) bool { return strings.HasPrefix(path, "/fhir/") }

// issueCodes are the codes of FHIR's value set issue-type for statuses; what is not named is "processing".
var issueCodes = map[int]string{
	http.StatusBadRequest: "structure", http.StatusUnauthorized: "login", http.StatusForbidden: "forbidden", http.StatusNotFound: "not-found",
	http.StatusMethodNotAllowed: "not-supported", http.StatusConflict: "conflict", http.StatusPreconditionFailed: "conflict",
	http.StatusRequestEntityTooLarge: "too-long", http.StatusUnsupportedMediaType: "not-supported", http.StatusUnprocessableEntity: "invalid",
	http.StatusTooManyRequests: "throttled", http.StatusServiceUnavailable: "transient", http.StatusInternalServerError: "exception",
}

// outcome writes a problem as FHIR's OperationOutcome: its type as a code, its title and what to do as text.
func (p *Problem) outcome() ([]byte, error) {
	type coding struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	type details struct {
		Coding []coding `json:"coding"`
		Text   string   `json:"text"`
	}
	type issue struct {
		Severity    string   `json:"severity"`
		Code        string   `json:"code"`
		Details     details  `json:"details"`
		Diagnostics string   `json:"diagnostics,omitempty"`
		Expression  []string `json:"expression,omitempty"`
	}
	code := issueCodes[p.Status]
	if code == "" {
		code = "processing"
	}
	one := issue{
		Severity: "error", Code: code, Diagnostics: p.Detail,
		Details: details{Coding: []coding{{"urn:tramy:problem", strings.TrimPrefix(p.Type, "tramy:")}}, Text: p.Title},
	}
	if p.Field != "" {
		one.Expression = []string{p.Field}
	}
	return json.Marshal(struct {
		ResourceType string  `json:"resourceType"`
		Issue        []issue `json:"issue"`
	}{"OperationOutcome", []issue{one}})
}
