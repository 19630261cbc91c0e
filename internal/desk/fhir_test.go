package desk_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// asFHIR is the register of a tree's station as a bundle.
func asFHIR(t *testing.T, tr *nodetest.Tree) []byte {
	t.Helper()
	people, err := tr.Station.Export(t.Context(), tr.Head, desk.ExportOptions{NotDone: true, Voided: true, For: registry.TakeCare, Reason: "chuyển trạm"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := fhir.NewBundleWriter(&fhir.Encoder{Vaccines: registry.Vaccines()}, &out, true)
	if err != nil {
		t.Fatal(err)
	}
	for who, err := range desk.FHIRPeople(people) {
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(who); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readBundle(t *testing.T, data []byte) *fhir.Read {
	t.Helper()
	in, err := fhir.Decode(bytes.NewReader(data), fhir.Reading{Vaccines: registry.Vaccines()})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestARegisterGoesToAnotherStationAsFHIR: all that is known of people and doses arrives, and the same bundle again changes nothing.
func TestARegisterGoesToAnotherStationAsFHIR(t *testing.T) {
	from, to := nodetest.New(t), nodetest.New(t)
	today := from.Station.Today()
	for _, name := range []string{"Lò Thị Mai Chi", "Cà Văn Mo"} {
		id, _, err := from.Station.Register(t.Context(), from.Nurse, registry.SubjectInput{
			Place: from.Commune, Name: name, MotherName: "Mẹ Của " + name, MotherPhone: "0912345678", BirthDate: today - 100, Sex: registry.SexFemale, Ethnic: "Thái", Hamlet: "Bản Bẹ",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		given, err := from.Station.RecordVisit(t.Context(), from.Nurse, desk.Visit{
			Subject: id, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard,
			Doses: []registry.ImmunizationInput{{Vaccine: "DPT-VGB-HIB", Lot: "A24-123", Site: registry.SiteLeftThigh}, {Vaccine: "BOPV", NotDone: registry.NotDoneNoVaccine}, {Vaccine: "ROTA"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := from.Station.VoidDose(t.Context(), from.Nurse, given[2], "ghi nhầm cháu", nil); err != nil {
			t.Fatal(err)
		}
	}
	data := asFHIR(t, from)
	for _, want := range []string{`"entered-in-error"`, `"not-done"`, `"PUT"`, "A24-123", fhir.SystemPlace} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the bundle lacks %s", want)
		}
	}
	verdicts := map[desk.Verdict]int{}
	run := func(dry bool) desk.ImportCounts {
		t.Helper()
		clear(verdicts)
		counts, err := to.Station.ImportFHIR(t.Context(), to.Nurse, readBundle(t, data), desk.ImportOptions{File: "x.json", Dry: dry}, func(e desk.ImportedEntry, _ *desk.ImportCounts) error {
			verdicts[e.Verdict]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return counts
	}
	if n := run(true); n.New != 2 || n.Doses != 4 {
		t.Errorf("tried: %+v", n)
	}
	if n := run(false); n.New != 2 || n.Doses != 4 {
		t.Errorf("taken in: %+v", n)
	}
	if n := run(false); !maps.Equal(verdicts, map[desk.Verdict]int{desk.ImportThere: 2}) || n.Doses+n.Fields+n.Kept != 0 {
		t.Errorf("again: %+v %v", n, verdicts)
	}
	found, err := to.Station.Search(t.Context(), to.Nurse, "mai chi")
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d: %v", len(found), err)
	}
	r, err := to.Station.Open(t.Context(), to.Nurse, found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Doses) != 2 || r.Subject.Ethnic != "Thái" || r.Subject.MotherPhone != "0912345678" {
		t.Errorf("there: %+v", r.Subject)
	}
	for i := range r.Doses {
		if d := &r.Doses[i].Immunization; d.Source != registry.SourceImport || d.Vaccine == "DPT-VGB-HIB" && (d.Lot != "A24-123" || d.Place != to.Facility) {
			t.Errorf("a dose there: %+v", d)
		}
	}
}
