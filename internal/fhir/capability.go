package fhir

// CapabilityStatement tells other programs what a server can do.
type CapabilityStatement struct {
	ResourceType   string         `json:"resourceType"`
	Status         string         `json:"status"`
	Date           string         `json:"date"`
	Kind           string         `json:"kind"`
	Software       software       `json:"software"`
	Implementation implementation `json:"implementation"`
	FHIRVersion    string         `json:"fhirVersion"`
	Format         []string       `json:"format"`
	Rest           []rest         `json:"rest"`
}

type software struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type implementation struct {
	Description string `json:"description"`
}

type rest struct {
	Mode        string           `json:"mode"`
	Security    security         `json:"security"`
	Resource    []restResource   `json:"resource"`
	Interaction []interaction    `json:"interaction,omitempty"`
	Operation   []namedOperation `json:"operation,omitempty"`
}

type security struct {
	Description string `json:"description"`
}

type restResource struct {
	Type        string           `json:"type"`
	Interaction []interaction    `json:"interaction"`
	SearchParam []searchParam    `json:"searchParam,omitempty"`
	Operation   []namedOperation `json:"operation,omitempty"`
}

type interaction struct {
	Code string `json:"code"`
}

type searchParam struct {
	Name          string `json:"name"`
	Type          string `json:"type"`
	Documentation string `json:"documentation,omitempty"`
}

type namedOperation struct {
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

// Capabilities is what a node of a version can do; date is when the statement last changed. Only stations take bundles in.
func Capabilities(version, date string, takes bool) *CapabilityStatement {
	r := rest{
		Mode:     "server",
		Security: security{"A bearer token of POST /api/v1/login. Each look at a person is written into the access log."},
		Resource: []restResource{
			{
				Type: "Patient", Interaction: []interaction{{"read"}, {"search-type"}},
				SearchParam: []searchParam{{"identifier", "token", "By POST to _search alone: a number of a person stands in no address."}},
				Operation:   []namedOperation{{"everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"}},
			},
			{Type: "Immunization", Interaction: []interaction{{"read"}, {"search-type"}}, SearchParam: []searchParam{{"patient", "reference", "Required."}}},
			{Type: "ImmunizationRecommendation", Interaction: []interaction{{"search-type"}}, SearchParam: []searchParam{{"patient", "reference", "Required. As of today."}}},
		},
	}
	if takes {
		r.Interaction = []interaction{{"transaction"}, {"batch"}}
	}
	return &CapabilityStatement{
		ResourceType: "CapabilityStatement", Status: "active", Date: date, Kind: "instance", Software: software{"tramy", version},
		Implementation: implementation{"The immunization register of one node"}, FHIRVersion: Version, Format: []string{"json"}, Rest: []rest{r},
	}
}
