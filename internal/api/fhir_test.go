package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/api"
	"tramy/internal/fhir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

func id(n int) p.EntityID { return p.Dot{Seq: p.Seq(n)}.Entity() }

// fhirBundle is an answer, or what is sent: as much of it as a test looks at.
type fhirBundle struct {
	ResourceType string
	Type         string
	Entry        []struct {
		FullURL  string
		Resource map[string]any
		Response struct {
			Status, Location string
			Outcome          *fhir.OperationOutcome
		}
	}
	Issue []fhir.Issue
}

// take sends people to a station as a bundle of a kind.
func take(c *client, key, kind string, people ...*fhir.Person) (*reply, fhirBundle) {
	c.T.Helper()
	e := fhir.Encoder{Vaccines: registry.Vaccines()}
	b := fhir.Bundle{ResourceType: "Bundle", Type: kind}
	for _, who := range people {
		b.Entry = append(b.Entry, e.Entries(who)...)
	}
	body, err := json.Marshal(b)
	if err != nil {
		c.T.Fatal(err)
	}
	r := c.send(http.MethodPost, api.FHIRPrefix, key, body)
	var out fhirBundle
	r.into(&out)
	return r, out
}

func newcomer(n int, name, mother string, doses ...registry.ImmunizationInput) *fhir.Person {
	today := registry.Today(nodetest.Start, 7*time.Hour)
	out := &fhir.Person{ID: id(n), Subject: registry.SubjectInput{Name: name, MotherName: mother, BirthDate: today - 100, BirthPrec: registry.PrecisionDay, Sex: registry.SexFemale}}
	for i, d := range doses {
		d.GivenOn = today - 90 + registry.Day(i)*30
		out.Doses = append(out.Doses, fhir.Dose{ID: id(n*100 + i), ImmunizationInput: d})
	}
	return out
}

// TestBundlesComeInAndGoOut speaks FHIR with a station: what is sent is there once, however often, and comes out again.
func TestBundlesComeInAndGoOut(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)
	one := newcomer(1, "Lò Thị Mai Chi", "Lò Thị Ánh", registry.ImmunizationInput{Vaccine: "BCG", Lot: "A1"}, registry.ImmunizationInput{Vaccine: "DPT-VGB-HIB", Order: 1})
	r, out := take(nurse, "k1", "transaction", one)
	r.want(http.StatusOK)
	if out.Type != "transaction-response" || len(out.Entry) != 3 || out.Entry[0].Response.Status != "201 Created" {
		t.Fatalf("answered %s", r.Body)
	}
	at := strings.TrimPrefix(out.Entry[0].Response.Location, "Patient/")
	again, replayed := take(nurse, "k1", "transaction", one)
	if again.Header.Get("Idempotent-Replayed") != "true" || replayed.Entry[0].Response.Location != "Patient/"+at {
		t.Errorf("the same key: %s", again.Body)
	}
	if r, out := take(nurse, "k2", "batch", one); out.Entry[0].Response.Status != "200 OK" || out.Entry[0].Response.Location != "Patient/"+at {
		t.Errorf("the same bundle under another key: %s", r.Body)
	}
	rec := open(nurse, at)
	if len(rec.Doses) != 2 || rec.Fields["mother_name"] != "Lò Thị Ánh" {
		t.Fatalf("the record %+v", rec)
	}

	get, dose := speak(nurse, at, rec)
	// A dose that was entered in error is told as such to who may have it.
	var d struct{ Saw string }
	nurse.do(http.MethodGet, "/api/v1/immunizations/"+dose, nil).want(http.StatusOK).into(&d)
	nurse.do(http.MethodPost, "/api/v1/immunizations/"+dose+"/void", fields{"reason": "ghi hai lần", "saw": d.Saw}).want(http.StatusNoContent)
	if got := get("/Immunization?patient=" + at); got.Entry[0].Resource["status"] != "entered-in-error" && got.Entry[1].Resource["status"] != "entered-in-error" {
		t.Errorf("after the void: %+v", got)
	}
	// And a bundle that still has it does not bring it back.
	if _, out := take(nurse, "k3", "batch", one); out.Entry[0].Response.Status != "200 OK" {
		t.Errorf("after the void: %+v", out)
	}
	if n := len(open(nurse, at).Doses); n != 2 {
		t.Errorf("%d doses after the bundle came again", n)
	}
}

// speak asks for all that FHIR has for a child with two doses, and returns how to ask further, and the id of the first dose.
func speak(nurse *client, at string, rec record) (get func(string) fhirBundle, dose string) {
	t := nurse.T
	t.Helper()
	get = func(path string) fhirBundle {
		t.Helper()
		r := nurse.do(http.MethodGet, api.FHIRPrefix+path, nil).want(http.StatusOK)
		if ct := r.Header.Get("Content-Type"); ct != fhir.MediaType {
			t.Errorf("%s is %s", path, ct)
		}
		var out fhirBundle
		r.into(&out)
		return out
	}
	all := get("/Patient/" + at + "/$everything")
	if all.Type != "searchset" || len(all.Entry) != 3 || !strings.HasPrefix(all.Entry[0].FullURL, "http://") || all.Entry[1].Resource["status"] != "completed" {
		t.Errorf("everything: %+v", all)
	}
	if got := get("/Immunization?patient=Patient/" + at); len(got.Entry) != 2 {
		t.Errorf("the doses: %+v", got)
	}
	dose, _ = all.Entry[1].Resource["id"].(string)
	if got := get("/Immunization/" + dose); got.ResourceType != "Immunization" {
		t.Errorf("one dose: %+v", got)
	}
	if got := get("/Patient/" + at); got.ResourceType != "Patient" {
		t.Errorf("the patient: %+v", got)
	}
	get("/ImmunizationRecommendation?patient=" + at)
	get("/metadata")

	code, _ := rec.Fields["code"].(string)
	for system, want := range map[string]int{fhir.SystemCode + "|": 1, "": 1, fhir.SystemPersonal + "|": 0} {
		var found fhirBundle
		nurse.do(http.MethodPost, api.FHIRPrefix+"/Patient/_search", url.Values{"identifier": {system + code}}).want(http.StatusOK).into(&found)
		if len(found.Entry) != want {
			t.Errorf("%q: %d found, want %d", system, len(found.Entry), want)
		}
	}
	return get, dose
}

// TestATransactionIsTakenWholeOrNot: one bad dose keeps everybody out of a transaction, and only its own person out of a batch.
func TestATransactionIsTakenWholeOrNot(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)
	people := func() []*fhir.Person {
		bad := newcomer(2, "Vàng Thị Mỷ", "Vàng Thị Sua", registry.ImmunizationInput{Vaccine: "BCG"})
		bad.Doses[0].GivenOn = bad.Subject.BirthDate - 5
		return []*fhir.Person{newcomer(1, "Lò Thị Mai Chi", "Lò Thị Ánh", registry.ImmunizationInput{Vaccine: "BCG"}), bad}
	}
	search := func(want int) {
		t.Helper()
		var found struct{ Items []struct{ ID string } }
		nurse.do(http.MethodPost, "/api/v1/subjects/search", fields{"text": "mai chi"}).want(http.StatusOK).into(&found)
		if len(found.Items) != want {
			t.Fatalf("%d are here, want %d", len(found.Items), want)
		}
	}
	r, out := take(nurse, "k1", "transaction", people()...)
	r.want(http.StatusUnprocessableEntity)
	if out.ResourceType != "OperationOutcome" || len(out.Issue) != 1 || out.Issue[0].Code != "invalid" || !strings.HasPrefix(out.Issue[0].Expression[0], "Bundle.entry[3]") || out.Issue[0].Details.Text == "" {
		t.Errorf("the reasons: %s", r.Body)
	}
	search(0)
	r, out = take(nurse, "k2", "batch", people()...)
	r.want(http.StatusOK)
	if out.Type != "batch-response" || out.Entry[0].Response.Status != "201 Created" || out.Entry[2].Response.Status != "422 Unprocessable Entity" || out.Entry[2].Response.Outcome == nil {
		t.Errorf("the batch: %s", r.Body)
	}
	search(1)
}

// TestWhoSpeaksFHIRIsAnsweredInIt: errors are outcomes, whichever part of the server they come from.
func TestWhoSpeaksFHIRIsAnsweredInIt(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)
	x.AddUser(t, "giadinh", "Mẹ", rights.Family, x.Commune)
	outcome := func(r *reply, status int, code string) {
		t.Helper()
		r.want(status)
		var out fhirBundle
		r.into(&out)
		if r.Header.Get("Content-Type") != server.OutcomeType || out.ResourceType != "OperationOutcome" || len(out.Issue) != 1 || out.Issue[0].Code != code || out.Issue[0].Details.Text == "" {
			t.Errorf("%d: %s", status, r.Body)
		}
	}
	outcome(x.station.do(http.MethodGet, api.FHIRPrefix+"/Patient/"+id(9).String(), nil), http.StatusUnauthorized, "login")
	outcome(nurse.do(http.MethodGet, api.FHIRPrefix+"/Patient/"+id(9).String(), nil), http.StatusNotFound, "not-found")
	outcome(nurse.do(http.MethodPost, api.FHIRPrefix, []byte(`{"resourceType":"Bundle","type":"history"}`)), http.StatusBadRequest, "structure")
	outcome(nurse.do(http.MethodPost, api.FHIRPrefix, []byte(`{"resourceType":"Patient"}`)), http.StatusBadRequest, "structure")
	outcome(nurse.send(http.MethodPost, api.FHIRPrefix, "", []byte(`{"resourceType":"Bundle","type":"batch"}`)), http.StatusBadRequest, "structure")
}

func TestABundleAtItsLimit(t *testing.T) {
	x := serveHub(t, newTree(t))
	x.serveStation()
	nurse := x.station.as(nodetest.NurseLogin)
	text := `{"resourceType":"Bundle","type":"batch"}`
	for more, status := range []int{http.StatusOK, http.StatusRequestEntityTooLarge} {
		nurse.do(http.MethodPost, api.FHIRPrefix, []byte(text+strings.Repeat(" ", api.BundleBytesMax-len(text)+more))).want(status)
	}
}
