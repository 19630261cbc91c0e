package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// fridge sends a station what it works with: a delivery on its way, lots to use, one that is short, syringes, and a vial in use.
func fridge(t *testing.T, tree *nodetest.Tree) (delivery string) {
	t.Helper()
	ctx, hub, d := t.Context(), tree.Hub.Desk, tree.Station.Desk
	today := d.Today()
	id, err := hub.SendStock(ctx, tree.Officer, registry.TransferInput{To: tree.Facility, Number: "0093", Lines: []registry.TransferLine{
		{Item: "SOI", Lot: "M-0426", Quantity: 20, Expires: today + 200, Vial: 10, VVM: 1}, {Item: registry.SupplyAD05, Quantity: 100},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	in := func(item, lot string, n int, days registry.Day, vvm int) registry.MovementInput {
		m := registry.MovementInput{Item: item, Lot: lot, Quantity: n, VVM: vvm, Type: registry.MoveReceived}
		if days != 0 {
			m.Expires = today + days
		}
		return m
	}
	if _, err := d.MoveStock(ctx, tree.Nurse,
		in("MR", "MR-0325", 30, 9, 2), in("DPT-VGB-HIB", "A24-123", 41, 120, 1), in("DPT-VGB-HIB", "A24-131", 60, 220, 1), in("BOPV", "P-0731", 80, 90, 1),
		in(registry.SupplyAD01, "", 52, 0, 0), in(registry.SupplyBox, "", 2, 0, 0),
		registry.MovementInput{Item: "IPV", Lot: "V-5510", Quantity: 4, Type: registry.MoveIssued, Other: "Trạm xã Na Son"},
		registry.MovementInput{Item: "BOPV", Lot: "P-0731", Quantity: 20, Type: registry.MoveOpened},
	); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func TestStockPages(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/stock").says("Sổ kho chưa có gì.")
	delivery := fridge(t, tree)

	b.get("/stock").says("Đang về: phiếu 0093", "Còn 9 ngày", "Thiếu 4", "A24-123", "Lọ đang mở", "mở 08:00", "bỏ lúc 14:00", "Bơm kim 0,1 ml")
	b.get("/").says("Kho vắc xin: 1 phiếu đang về")

	// Other numbers than on the slip: what is wrong is said beside the line, and nothing is half done.
	b.get("/stock/delivery/"+delivery).says("M-0426", "Lưu số đã nhận")
	form := b.form("/stock/delivery/" + delivery)
	form.Set("n-1", "hai mươi")
	b.post("/stock/delivery/"+delivery, form).want(http.StatusUnprocessableEntity).says("Ghi số, như 40 hoặc 3 lọ.")
	if got := b.form("/stock/delivery/" + delivery).Get("n-1"); got != "hai mươi" {
		t.Errorf("what was typed comes back as %q", got)
	}
	form = b.form("/stock/delivery/" + delivery)
	form.Set("n-1", "18")
	b.post("/stock/delivery/"+delivery, form).want(http.StatusOK).says("Đã nhận phiếu 0093.", "nhận khác số", "Sởi: gửi 20, nhận 18")
	b.get("/stock/delivery/" + delivery)
	b.post("/stock/delivery/"+delivery, url.Values{"full": {"1"}}).want(http.StatusUnprocessableEntity).says("Phiếu này đã nhận ngày")

	// A box is scanned; what it does not say is typed.
	b.get("/stock/in").says("Quét mã trên hộp")
	form = b.form("/stock/in")
	form.Set("scan", "(01)08901234567890(17)270930(10)ABC-9")
	b.post("/stock/in", form).want(http.StatusOK)
	form = b.form("/stock/in")
	if form.Get("lot") != "ABC-9" || form.Get("expires") != "30/09/2027" {
		t.Errorf("the code of a box fills in %v", form)
	}
	form.Set("item", "BCG")
	form.Set("quantity", "3 lọ")
	b.post("/stock/in", form).want(http.StatusOK).says("Đã nhập Lao ABC-9: 30.")
	undo := b.form("/undo")
	// The next box of the product is known by its code.
	b.get("/stock/in")
	form = b.form("/stock/in")
	form.Set("scan", "(01)08901234567890(17)271030(10)ABD-1")
	b.post("/stock/in", form).want(http.StatusOK)
	form = b.form("/stock/in")
	if form.Get("item") != "BCG" || form.Get("lot") != "ABD-1" {
		t.Errorf("a box of a product that came before fills in %v", form)
	}
	form.Set("quantity", "10")
	form.Set("vvm", "3")
	b.post("/stock/in", form).want(http.StatusOK).says("VVM đã hỏng: để riêng", "VVM hỏng")
	b.post("/undo", undo).want(http.StatusOK)
	if strings.Contains(b.body, "ABC-9, lọ") {
		t.Error("what was taken back is still there")
	}
	b.get("/stock/in")
	form = b.form("/stock/in")
	form.Set("scan", "khong phai ma")
	b.post("/stock/in", form).want(http.StatusUnprocessableEntity).says("Không đọc được mã này.")
	form = b.form("/stock/in")
	if form.Get("scan") != "khong phai ma" {
		t.Errorf("what was scanned comes back as %q", form.Get("scan"))
	}
	form.Set("scan", "")
	form.Set("item", "BCG")
	form.Set("quantity", "0")
	b.post("/stock/in", form).want(http.StatusUnprocessableEntity).says("Ô này cần có.", "Từ 1 đến 2.000.000.")

	// A count: below zero is refused beside its row, the rest stays typed, and nothing is written.
	b.get("/stock/count").says("V-5510", "−4")
	form = b.form("/stock/count")
	row := map[string]string{}
	for name, values := range form {
		if n, ok := strings.CutPrefix(name, "lot-"); ok {
			row[values[0]] = n
		}
	}
	form.Set("n-"+row["V-5510"], "-3")
	form.Set("n-"+row["A24-123"], "38")
	b.post("/stock/count", form).want(http.StatusUnprocessableEntity).says("Ghi số, như 40 hoặc 3 lọ.")
	form = b.form("/stock/count")
	form.Set("n-"+row["V-5510"], "0")
	form.Set("n-"+row["A24-123"], "38")
	form.Set("note", "vỡ 3")
	b.post("/stock/count", form).want(http.StatusOK).says("Đã lưu số đếm của 2 lô.", "Kiểm đếm lần cuối 25/11/2026")
	b.get("/stock/lot?item=DPT-VGB-HIB&lot=A24-123&stock=epi").says("Đếm được 38", "sổ ghi 41, lệch −3", "vỡ 3", "38 liều")

	// Thrown away with a reason, or not at all.
	form = b.form("/stock/lot")
	form.Set("quantity", "2")
	form.Set("do", "discard")
	b.post("/stock/lot", form).want(http.StatusUnprocessableEntity)
	form = b.form("/stock/lot")
	form.Set("quantity", "2")
	form.Set("reason", "broken")
	form.Set("do", "discard")
	b.post("/stock/lot", form).want(http.StatusOK).says("Đã hủy 5 trong 1 A24-123: 2.", "36 liều")
}

// The pages of stock fit a laptop and a phone, and keep nobody out.
func TestStockInABrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	delivery := fridge(t, tree)
	sessions, _, err := tree.Station.PlanSessions(t.Context(), tree.Nurse, registry.SessionInput{
		From: registry.NewClock(8, 0), Until: registry.NewClock(10, 0), Capacity: 20, Setting: registry.SettingOutreach, Site: "bản Pha Thanh",
	}, []registry.Day{tree.Station.Today()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Station.MoveStock(t.Context(), tree.Nurse, registry.MovementInput{Item: "MR", Lot: "MR-0325", Quantity: 10, Type: registry.MoveTakenOut, Session: sessions[0]}); err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int64{{1366, 768}, {390, 844}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		for name, path := range map[string]string{
			"stock": "/stock", "in": "/stock/in", "count": "/stock/count", "lot": "/stock/lot?item=BOPV&lot=P-0731&stock=epi", "delivery": "/stock/delivery/" + delivery,
			"send": "/stock/send", "out": "/stock/out?session=" + sessions[0].String(), "today": "/",
		} {
			tab.do(name, chromedp.Navigate(b.at.URL+path))
			tab.judge(name)
			tab.fits(name)
		}
	}
}
