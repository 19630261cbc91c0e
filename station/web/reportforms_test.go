package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// stockedOctober fills a fridge in October: a lot that came, was given and thrown away, one that nobody entered, a count that found less, and
// a severe reaction.
func stockedOctober(t *testing.T, tree *nodetest.Tree) p.EntityID {
	t.Helper()
	kid := children(t, tree, 1)[0]
	october := registry.NewMonth(2026, 10).First()
	doses, err := tree.Station.RecordVisit(t.Context(), tree.Nurse, desk.Visit{Subject: kid, GivenOn: october + 4, Doses: []registry.ImmunizationInput{
		{Vaccine: "BCG", Lot: "A1"}, {Vaccine: "DPT-VGB-HIB", Lot: "B2"}, {Vaccine: "BOPV", Lot: "P9"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tree.Station.MoveStock(t.Context(), tree.Nurse,
		registry.MovementInput{Item: "BCG", Lot: "A1", Type: registry.MoveReceived, Quantity: 40, Day: october - 20, Expires: october + 300},
		registry.MovementInput{Item: "BCG", Lot: "A1", Type: registry.MoveDiscarded, Reason: registry.DiscardHeat, Quantity: 3, Day: october + 6},
		registry.MovementInput{Item: "DPT-VGB-HIB", Lot: "B2", Type: registry.MoveReceived, Quantity: 20, Day: october + 1},
		registry.MovementInput{Item: registry.SupplyAD05, Type: registry.MoveReceived, Quantity: 100, Day: october + 1},
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = tree.Station.CountStock(t.Context(), tree.Nurse, []registry.StockCountInput{{Item: "BCG", Lot: "A1", Quantity: 34, Day: october + 29}}); err != nil {
		t.Fatal(err)
	}
	if _, err = tree.Station.RecordReaction(t.Context(), tree.Nurse, registry.ReactionInput{Subject: kid, Doses: doses[1:2], On: october + 4, Signs: []string{"seizure"}}); err != nil {
		t.Fatal(err)
	}
	return kid
}

// The supplies of a month add up by lot; each number opens what it counts, and a count what it found.
func TestReportOfSupplies(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	stockedOctober(t, tree)
	b.get("/reports?form=supplies&month=2026-10").want(http.StatusOK).says("Báo cáo sử dụng vắc xin và vật tư", "A1, 28/07/2027", "P9, sổ chưa nhập", "Bơm kim 0,5 ml", "Hạn nộp 03/11/2026")
	period := "&from=2026-10-01&to=2026-10-31"
	csv := b.get("/reports?form=supplies&format=csv" + period).want(http.StatusOK).body
	wantText(t, csv, "Lao,A1,28/07/2027,40,0,1,1,0,0,0,0,0,0,3,0,0,0,-2,34", "5 trong 1,B2,,0,20,1,1,0,0,0,0,0,0,0,0,0,0,0,19")
	rows := "/reports/rows?form=supplies" + period + "&row=BCG.A1.epi&column="
	b.get(rows+"given").want(http.StatusOK).says("Đã tiêm", "Lò Văn 00", "05/10/2026")
	b.get(rows+"heat").says("Hủy: nhiệt cao", "−3")
	b.get(rows+"difference").says("Kiểm kê", "đếm được 34, lệch −2")
	b.get(rows+"closing").says("Lao, A1: 34", "Lò Văn 00", "+40")
	b.get("/reports/rows?form=supplies" + period + "&row=BCG.NONE.epi&column=given").want(http.StatusNotFound)
	b.get(rows + "nothing").want(http.StatusNotFound)
	text := b.pdf(http.MethodGet, "/reports?form=supplies&format=pdf"+period, nil)
	wantText(t, text, "Báo cáo sử dụng vắc xin và vật tư", "Hủy: đông băng", "Lệch kiểm kê", "28/07/2027", "-2 34", "trang 1/1")
}

// Common reactions are counts by vaccine, severe ones a list that names nobody and opens the record.
func TestReportOfReactions(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	stockedOctober(t, tree)
	b.get("/reports?form=reactions&month=2026-10").want(http.StatusOK).says("Báo cáo phản ứng sau tiêm chủng", "DPT-VGB-Hib", "Tai biến nặng, từng trường hợp", "5 trong 1 mũi 1", "chưa báo").silent("Lò Văn 00")
	period := "&from=2026-10-01&to=2026-10-31"
	b.get("/reports/rows?form=reactions"+period+"&row=penta&column=severe").want(http.StatusOK).says("DPT-VGB-Hib: 1", "Lò Văn 00")
	b.get("/reports/rows?form=reactions" + period + "&row=penta&column=common").says("DPT-VGB-Hib: 0")
	wantText(t, b.get("/reports?form=reactions&format=csv"+period).body, "DPT-VGB-Hib,0,0,1,1", "BCG,0,0,0,0", "Mã sổ")
	wantText(t, b.pdf(http.MethodGet, "/reports?form=reactions&format=pdf"+period, nil), "Báo cáo phản ứng sau tiêm chủng", "Nặng (cộng dồn)", "Co giật", "B2")
}

// The register is a list of people: it is taken out with a reason, and a child has the days of its doses in it.
func TestReportOfTheRegister(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.HeadLogin)
	stockedOctober(t, tree)
	b.get("/reports?form=register&month=2026-10").want(http.StatusOK).says("Sổ tiêm chủng cơ bản cho trẻ em (A2.1/CSYT)", "1 trẻ sinh từ 01/01/2024", "Lò Văn 00", "BCG 05/10/2026", "5/1 mũi 1 05/10/2026")
	b.get("/reports?form=register&month=2026-09").says("Lò Văn 00").silent("BCG 05/10/2026")
	b.get("/reports?form=register&format=pdf").want(http.StatusUnprocessableEntity)
	b.get("/reports?form=register&month=2026-10")
	b.submit("/reports/register", url.Values{"format": {"csv"}}).want(http.StatusUnprocessableEntity).says("Ghi lý do xuất sổ.", "Lò Văn 00")
	b.submit("/reports/register", url.Values{"format": {"csv"}, "reason": {"nộp CDC"}}).want(http.StatusOK).says("Lò Văn 00", "05/10/2026")
	text := b.pdf(http.MethodPost, "/reports/register", url.Values{"form": {"register"}, "from": {"2026-10-01"}, "to": {"2026-10-31"}, "format": {"pdf"}, "for": {"report"}, "reason": {"nộp CDC"}})
	wantText(t, text, "1. Mã sổ:", "Họ tên trẻ: Lò Văn 00", "05/10/26 05/10/26", "VGB ≤24h", "trang 1/1")
	b.as(nodetest.NurseLogin).get("/reports?form=register&month=2026-10").says("Lò Văn 00").silent("/reports/register")
	b.post("/reports/register", url.Values{"form": {"register"}, "format": {"csv"}, "for": {"report"}, "reason": {"x"}}).want(http.StatusForbidden)
}

// The yearly report has a column a month, and the results are paper as well.
func TestReportOfAYear(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	stockedOctober(t, tree)
	period := "&from=2026-01-01&to=2026-12-31"
	b.get("/reports?form=yearly"+period).want(http.StatusOK).says("Báo cáo năm: kết quả theo tháng", "10/2026", "Hạn nộp 13/01/2027")
	wantText(t, b.get("/reports?form=yearly&format=csv"+period).body, "BCG,1,0,0,0,0,0,0,0,0,0,1,0,0")
	b.get("/reports/rows?form=yearly"+period+"&row=bcg&column=m2026-10").says("BCG: 1", "Lò Văn 00", "01/10/2026–31/10/2026")
	wantText(t, b.pdf(http.MethodGet, "/reports?form=yearly&format=pdf"+period, nil), "10/2026", "Tiêm chủng đầy đủ dưới 1 tuổi")
	wantText(t, b.pdf(http.MethodGet, "/reports?format=pdf&from=2026-10-01&to=2026-10-31", nil), "Báo cáo kết quả tiêm chủng", "Tại chỗ: TCMR, Trong kỳ", "Tại chỗ: dịch vụ, Cộng dồn", "Phụ nữ có thai tiêm UV2+", "Thông tư 52/2025/TT-BYT")
	b.get("/reports?form=nothing").want(http.StatusNotFound)
}

// In a real browser the reports fit a laptop and two phones, and can be read by everybody.
func TestReportFormsInTheBrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.HeadLogin)
	stockedOctober(t, tree)
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.HeadLogin, size[0], size[1])
		for _, form := range []string{"supplies", "reactions", "register", "yearly"} {
			tab.do("opening", chromedp.Navigate(b.at.URL+"/reports?month=2026-10&form="+form))
			tab.fits("report-" + form)
		}
		tab.do("a number", chromedp.Navigate(b.at.URL+"/reports/rows?form=supplies&from=2026-10-01&to=2026-10-31&row=BCG.A1.epi&column=closing"))
		tab.fits("report-supply-rows")
	}
}
