package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// givenLate writes down today a dose that was given to a child in October.
func givenLate(t *testing.T, tree *nodetest.Tree) {
	t.Helper()
	kid := children(t, tree, 1)[0]
	october := registry.NewMonth(2026, 10).First() + 4
	_, err := tree.Station.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: kid, GivenOn: october, Doses: []registry.ImmunizationInput{
		{Vaccine: "BCG", Lot: "A1"}, {Vaccine: "DPT-VGB-HIB", Programme: registry.ProgrammePaid, Lot: "B2"},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// A dose counts in the month in which it was given; the number opens who had it; what was given is in the file as well.
func TestReportOfAMonth(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	givenLate(t, tree)
	b.get("/reports?month=2026-10").want(http.StatusOK).says("Báo cáo kết quả tiêm chủng, Xã Mường Nhà", "01/10/2026–31/10/2026", "Hạn nộp 03/11/2026 đã qua 22 ngày", "DPT-VGB-Hib 1")
	b.get("/reports?month=2026-11").says("Hạn nộp 03/12/2026, còn 8 ngày")
	b.get("/reports/rows?from=2026-10-01&to=2026-10-31&row=bcg&column=resident-epi").want(http.StatusOK).says("BCG: 1", "Lò Văn 00", "Lao, lô A1", "05/10/2026")
	b.get("/reports/rows?from=2026-10-01&to=2026-10-31&row=penta-1&column=resident-epi").says("DPT-VGB-Hib 1: 0", "Không có ai")
	b.get("/reports/rows?from=2026-10-01&to=2026-10-31&row=penta-1&column=resident-paid").says("DPT-VGB-Hib 1: 1", "Lò Văn 00")
	b.get("/reports/rows?from=2026-11-01&to=2026-11-30&row=penta-1&column=all-year").says("DPT-VGB-Hib 1: 1", "01/01/2026–30/11/2026")
	b.get("/reports/rows?row=nothing&column=all").want(http.StatusNotFound)
	b.get("/reports?from=31%2F02%2F2026&to=01%2F03%2F2026").want(http.StatusUnprocessableEntity).says("Không có ngày 31/02/2026.")
	b.get("/reports?from=2026-03-02&to=2026-03-01").want(http.StatusUnprocessableEntity).says("Ngày cuối trước ngày đầu.")
	b.get("/reports?from=2025-03-02&to=2026-03-03").want(http.StatusUnprocessableEntity).says("Nhiều nhất 366.")
	b.get("/reports?from=2026-10-01&to=2026-10-31&format=csv").want(http.StatusOK).says("BCG,1,1,1,1,0,0,0,0,0,0,0,0,0,0", "DPT-VGB-Hib 1,1,1,0,0,0,0,1,1,", "Trẻ sinh trong kỳ,", "Xã Mường Nhà", "Thông tư 13/2026")
	b.get("/reports?from=2026-10-01&to=2026-10-31&format=xlsx").want(http.StatusOK)
	b.as(nodetest.HeadLogin)
	b.get("/reports").says("Sổ A2.1")
	b.get("/export?from=2024-01-01").want(http.StatusOK)
	if got := b.form("/export").Get("from"); got != "01/01/2024" {
		t.Errorf("register A2.1 begins with %q", got)
	}
}

// In a real browser the page fits a laptop and two phones, and can be read by everybody.
func TestReportInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	givenLate(t, tree)
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		tab.do("opening", chromedp.Navigate(b.at.URL+"/reports?month=2026-10"))
		tab.fits("report")
		tab.do("a number", chromedp.Navigate(b.at.URL+"/reports/rows?"+url.Values{"from": {"2026-10-01"}, "to": {"2026-10-31"}, "row": {"bcg"}, "column": {"all"}}.Encode()))
		tab.fits("report-rows")
	}
}
