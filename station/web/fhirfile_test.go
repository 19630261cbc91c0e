package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/fhir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// TestAChildIsSentAsAFile: asked what for, as paper is; the file has the child, the doses, the reaction and what is next.
func TestAChildIsSentAsAFile(t *testing.T) {
	tr := nodetest.New(t)
	ctx, d := t.Context(), tr.Station.Desk
	id, _, err := d.Register(ctx, tr.Nurse, registry.SubjectInput{Place: tr.Commune, Name: "Lò Thị Mai Chi", MotherName: "Lò Thị Ánh", BirthDate: d.Today() - 100, Sex: registry.SexFemale}, true)
	if err != nil {
		t.Fatal(err)
	}
	doses, err := d.RecordVisit(ctx, tr.Nurse, desk.Visit{Subject: id, Screening: registry.ScreeningEligible, Checked: registry.CheckedCard, Doses: []registry.ImmunizationInput{{Vaccine: "DPT-VGB-HIB", Lot: "A24-123", Site: registry.SiteLeftThigh}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.RecordReaction(ctx, tr.Nurse, registry.ReactionInput{Subject: id, Doses: doses, On: d.Today(), Signs: []string{"fever"}}); err != nil {
		t.Fatal(err)
	}
	b := serve(t, tr).as(nodetest.NurseLogin)
	path := "/child/" + id.String()
	b.get(path).says("Gửi dạng tệp")
	b.get(path + "/paper?sheet=fhir").says("tệp FHIR")
	b.post(path+"/paper", url.Values{"sheet": {"fhir"}, "for": {"care"}, "reason": {" "}}).want(http.StatusUnprocessableEntity)
	data := b.post(path+"/paper", url.Values{"sheet": {"fhir"}, "for": {"care"}, "reason": {"chuyển viện"}}).want(http.StatusOK).body
	in, err := fhir.Decode(strings.NewReader(data), fhir.Reading{Vaccines: registry.Vaccines()})
	if err != nil || len(in.People) != 1 || in.People[0].Subject.Name != "Lò Thị Mai Chi" || len(in.People[0].Doses) != 1 || in.Skipped["AdverseEvent"] != 1 || in.Skipped["Location"] != 1 {
		t.Errorf("%v in %s", err, data)
	}
}
