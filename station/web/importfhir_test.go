package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/fhir"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/station"
)

// someBundle is what another program sends: a child, and one whose dose lies before birth.
const someBundle = `{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Patient","id":"1","name":[{"text":"Lò Gia Bảo"}],"gender":"male","birthDate":"2026-03-14","contact":[{"relationship":[{"coding":[{"code":"MTH"}]}],"name":{"text":"Lò Thị Ánh"}}]}},
{"resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"19"}]},"patient":{"reference":"Patient/1"},"occurrenceDateTime":"2026-03-15"}},
{"resource":{"resourceType":"Patient","id":"2","name":[{"text":"Vừ A Dình"}],"gender":"male","birthDate":"2026-03-14","contact":[{"relationship":[{"coding":[{"code":"MTH"}]}],"name":{"text":"Mùa Thị Chá"}}]}},
{"resource":{"resourceType":"Immunization","status":"completed","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"19"}]},"patient":{"reference":"Patient/2"},"occurrenceDateTime":"2026-03-13"}},
{"resource":{"resourceType":"Patient","id":"3","name":[{"text":"Người Xã Khác"}],"birthDate":"2026-01-02","address":[{"city":"Xã Ở Đâu"}]}}]}`

// TestABundleIsImportedLikeASpreadsheet: tried first, then written; what did not come in can be had as a bundle, mended and sent.
func TestABundleIsImportedLikeASpreadsheet(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	tr.Run(t)
	b.get("/import")
	b.send("cat.json", someBundle[:200]).want(http.StatusOK).says("chép chưa hết")
	b.send("goi.json", someBundle).want(http.StatusOK)
	b.phase(station.ImportChecked).says("goi.json", "chưa ghi gì", "1 người mới", "2 dòng sai")
	b.get("/import?show=refused").says("Vừ A Dình", "Trước ngày sinh", "Patient.address", "Xã Ở Đâu")
	if n := subjects(t, tr); n != 0 {
		t.Fatalf("trying wrote %d people", n)
	}
	// With people of other communes, on somebody's word.
	b.submit("/import/columns", url.Values{"any": {"1"}}).want(http.StatusOK)
	b.phase(station.ImportChecked).says("2 người mới", "1 dòng sai")
	b.submit("/import/columns", url.Values{"any": {""}}).want(http.StatusOK)
	b.phase(station.ImportChecked).says("1 người mới")
	b.submit("/import/start", nil).want(http.StatusOK)
	b.phase(station.ImportDone).says("1 người mới")
	if n := subjects(t, tr); n != 1 {
		t.Fatalf("%d people, want 1", n)
	}

	left := b.get("/import/rejected").want(http.StatusOK).body
	in, err := fhir.Decode(strings.NewReader(left), fhir.Reading{Vaccines: registry.Vaccines()})
	if err != nil || len(in.People) != 2 || in.People[0].Subject.Name != "Vừ A Dình" || len(in.People[0].Doses) != 1 || !strings.Contains(left, fhir.ExtensionReason) {
		t.Fatalf("rejected: %v, %s", err, left)
	}
	b.get("/import")
	b.submit("/import/discard", nil).want(http.StatusOK)
	if _, err := os.Stat(filepath.Join(tr.Station.Dir.Path, "import", "file")); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}

	b.send("sua.json", strings.Replace(left, "2026-03-13", "2026-03-16", 1)).want(http.StatusOK)
	b.phase(station.ImportChecked)
	b.submit("/import/start", nil).want(http.StatusOK)
	b.phase(station.ImportDone)
	if n := subjects(t, tr); n != 2 {
		t.Errorf("%d people after the mended file, want 2", n)
	}
}

// TestABundleInTheBrowser looks at the pages that only a file of FHIR has, in three sizes.
func TestABundleInTheBrowser(t *testing.T) {
	tr := nodetest.New(t)
	b := serve(t, tr).as(nodetest.NurseLogin)
	tr.Run(t)
	tabs := []*tab{openTab(t, b.at.URL, nodetest.NurseLogin, 1366, 768), openTab(t, b.at.URL, nodetest.NurseLogin, 390, 844), openTab(t, b.at.URL, nodetest.NurseLogin, 360, 800)}
	look := func(name string) {
		t.Helper()
		for _, at := range tabs {
			at.do("opening", chromedp.Navigate(b.at.URL+"/import"))
			at.fits(name)
		}
	}
	look("import-fhir-file")
	b.get("/import")
	b.send("goi.json", someBundle).want(http.StatusOK)
	b.phase(station.ImportChecked)
	look("import-fhir-checked")
	b.get("/import")
	b.submit("/import/start", nil).want(http.StatusOK)
	b.phase(station.ImportDone)
	look("import-fhir-done")
}
