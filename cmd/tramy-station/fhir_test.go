package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/nodetest"
)

// childBundle is what another program sends.
const childBundle = `{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Patient","id":"1","name":[{"text":"Lò Gia Bảo"}],"gender":"male","birthDate":"2026-03-14","contact":[{"relationship":[{"coding":[{"code":"MTH"}]}],"name":{"text":"Lò Thị Ánh"}}]}},
{"resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"19"}]},"patient":{"reference":"Patient/1"},"occurrenceDateTime":"2026-03-15"}},
{"resource":{"resourceType":"Patient","id":"2","name":[{"text":"Vừ A Dình"}],"gender":"M"}},
{"resource":{"resourceType":"Observation"}}]}`

// TestFHIRByCommand takes a bundle in by the program itself, tries it again, and takes the register out in each of FHIR's formats.
func TestFHIRByCommand(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	dir := t.TempDir()
	data, file := enrolled(t, tr, dir), filepath.Join(dir, "goi.json")
	if err := os.WriteFile(file, []byte(childBundle), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := runStation(t, "import", file, "--data", data, "--dry-run"); code != 1 || !strings.Contains(out, "1 new") || !strings.Contains(out, "Observation: not read") {
		t.Fatalf("tried: exit %d: %s", code, out)
	}
	if people, _ := standing(t, data); people != 0 {
		t.Fatalf("trying wrote %d people", people)
	}
	out, code := runStation(t, "import", file, "--data", data)
	if code != 1 || !strings.Contains(out, "goi-chua-nhap.json") || strings.Contains(out, "Vừ A Dình") {
		t.Fatalf("taken in: exit %d: %s", code, out)
	}
	if left, err := os.ReadFile(filepath.Join(dir, "goi-chua-nhap.json")); err != nil || !strings.Contains(string(left), "Vừ A Dình") || !json.Valid(left) {
		t.Errorf("who did not come in: %v %s", err, left)
	}
	if people, doses := standing(t, data); people != 1 || doses != 1 {
		t.Fatalf("%d people, %d doses", people, doses)
	}
	for name, args := range map[string][]string{"so.json": nil, "gui.json": {"--format", "fhir-transaction"}, "so.ndjson": nil} {
		path := filepath.Join(dir, name)
		if out, code := runStation(t, append([]string{"export", "-o", path, "--data", data, "--for", "care", "--reason", "thử"}, args...)...); code != 0 || !strings.Contains(out, "1 people") {
			t.Fatalf("%s: exit %d: %s", name, code, out)
		}
		if out, code := runStation(t, "import", path, "--data", data); code != 0 || !strings.Contains(out, "1 there already") {
			t.Errorf("%s, read again: exit %d: %s", name, code, out)
		}
	}
	if people, doses := standing(t, data); people != 1 || doses != 1 {
		t.Errorf("after all that: %d people, %d doses", people, doses)
	}
}
