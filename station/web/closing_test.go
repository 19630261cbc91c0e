package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// A month is closed with a reason for each difference, and what was handed in stays as it was: a dose written late stands beside it, and a
// second closing is a correction. The hub hears who has closed.
func TestCloseMonth(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/").silent("Chốt tháng 10/2026")
	kid := stockedOctober(t, tree)
	b.get("/").says("Chốt tháng 10/2026", "Hạn nộp 03/11/2026 đã qua 22 ngày")
	b.get("/reports/close?month=2026-10").want(http.StatusOK).says("Chốt tháng 10/2026", "Lao, A1", "có 34, sổ 36, lệch −2", "Còn trong sổ mà chưa đếm trong tháng", "5 trong 1", "Bơm kim 0,5 ml")
	b.submit("/reports/close", nil).want(http.StatusUnprocessableEntity).says("Lao, A1")
	gap := ""
	for name := range b.form("/reports/close") {
		if strings.HasPrefix(name, "reason.") {
			gap = strings.TrimPrefix(name, "reason.")
		}
	}
	// Somebody writes something while the form is open: nothing unseen is handed in, and what was typed comes back.
	saw := b.form("/reports/close")
	if _, err := tree.Station.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: kid, GivenOn: registry.NewMonth(2026, 10).First() + 20, Doses: []registry.ImmunizationInput{{Vaccine: "ROTA", Lot: "R1"}}}); err != nil {
		t.Fatal(err)
	}
	saw.Set("reason."+gap, "lost")
	saw.Set("note."+gap, "vỡ một lọ")
	b.post("/reports/close", saw).want(http.StatusConflict).says("số đã khác")
	if v := b.form("/reports/close"); v.Get("reason."+gap) != "lost" || v.Get("note."+gap) != "vỡ một lọ" {
		t.Errorf("what was typed is gone: %v", v)
	}
	b.submit("/reports/close", url.Values{"reason." + gap: {"other"}, "note." + gap: {""}}).want(http.StatusUnprocessableEntity)
	b.submit("/reports/close", url.Values{"reason." + gap: {"lost"}, "note." + gap: {"vỡ một lọ"}}).want(http.StatusOK).says("Đã chốt tháng 10/2026", "Tính lại hôm nay vẫn đúng như bản đã nộp.")
	at := b.url.Path
	b.get("/").silent("Chốt tháng 10/2026")
	b.get(at+"?form=supplies").says("Chênh lệch giữa sổ và kiểm kê", "Vỡ, mất mà chưa ghi: vỡ một lọ", "Còn trong sổ, chưa đếm trong tháng")
	kept := b.get(at + "?form=results&format=csv").body
	wantText(t, b.pdf(http.MethodGet, at+"?form=supplies&format=pdf", nil), "Vỡ, mất mà chưa ghi: vỡ một lọ", "Chốt lúc: 08:00 25/11/2026", "SHA-256")

	// A dose is written down late: the report of now has it, what was handed in does not.
	if _, err := tree.Station.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: kid, GivenOn: registry.NewMonth(2026, 10).First() + 25, Doses: []registry.ImmunizationInput{{Vaccine: "IPV", Lot: "I1"}}}); err != nil {
		t.Fatal(err)
	}
	if again := b.get(at + "?form=results&format=csv").body; again != kept {
		t.Errorf("what was handed in is another:\n%s\n%s", kept, again)
	}
	b.get(at+"?form=results").says("Nay đã khác bản đã nộp", "IPV 1", "Tất cả, Trong kỳ")
	b.get("/reports/close?month=2026-10").says("Tháng 10/2026 đã chốt ngày 25/11/2026.", "Nộp bản đính chính")
	if v := b.form("/reports/close"); v.Get("reason."+gap) != "lost" || v.Get("note."+gap) != "vỡ một lọ" {
		t.Errorf("what was said of the count is asked again: %v", v)
	}
	b.submit("/reports/close", nil).want(http.StatusUnprocessableEntity)
	b.submit("/reports/close", url.Values{"why": {"một mũi ghi muộn"}}).want(http.StatusOK).says("một mũi ghi muộn", "Bản nộp 25/11/2026", "Đính chính 25/11/2026", "Tính lại hôm nay vẫn đúng")
	if again := b.get(at + "?form=results&format=csv").body; again != kept {
		t.Error("a correction changed what it corrects")
	}
	b.get("/reports/close?month=2026-11").says("Chốt được từ ngày 01/12/2026")
	b.submit("/reports/close", nil).want(http.StatusUnprocessableEntity).says("Tháng này chưa hết.")
	b.get("/reports/closed?month=2026-10").says("1 trên 1 trạm đã chốt", "Chốt 25/11/2026, muộn 22 ngày", "1 bản đính chính")
	b.get("/reports/closed/" + kid.String()).want(http.StatusNotFound)

	tree.Sync(t)
	list, err := tree.Hub.ClosedList(t.Context(), tree.Officer, tree.Nation, registry.NewMonth(2026, 10))
	if err != nil || len(list) != 1 || len(list[0].Closed) != 2 || !list[0].Closed[0].Corrects.IsZero() || list[0].Heard.Fresh != 1 {
		t.Fatalf("at the hub: %+v, %v", list, err)
	}
	there, err := tree.Hub.Closing(t.Context(), tree.Officer, list[0].Closed[0].ID)
	if err != nil || there.Broken || there.All[0].ID != there.ID || len(there.Kept) != 3 {
		t.Errorf("at the hub: %+v, %v", there, err)
	}
	if list, err = tree.Hub.ClosedList(t.Context(), tree.Officer, tree.Nation, registry.NewMonth(2026, 9)); err != nil || len(list) != 1 || len(list[0].Closed) != 0 {
		t.Errorf("of September: %+v, %v", list, err)
	}
}

// In a real browser the pages of closing fit a laptop and two phones, and can be read by everybody.
func TestClosingInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	stockedOctober(t, tree)
	for i, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		tab.do("opening", chromedp.Navigate(b.at.URL+"/reports/close?month=2026-10"))
		tab.fits("close")
		if i == 0 {
			tab.do("closing", chromedp.SetValue(`select[name^="reason."]`, "unknown"), chromedp.Click(".btn.main"), chromedp.WaitVisible(`table.report`))
		} else {
			tab.do("opening", chromedp.Navigate(b.at.URL+b.closed()))
		}
		tab.fits("closed-month")
		tab.do("opening", chromedp.Navigate(b.at.URL+"/reports/closed?month=2026-10"))
		tab.fits("closed-months")
	}
}

// closed is where the last month that was closed is shown.
func (b *browser) closed() string {
	b.t.Helper()
	return b.get("/reports/closed?month=2026-10").links("/reports/closed/")[0]
}
