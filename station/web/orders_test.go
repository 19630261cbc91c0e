package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tramy/internal/nodetest"
	"tramy/internal/pages"
	"tramy/internal/registry"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// serveHub puts the shared pages of a tree's hub behind real HTTP, with somebody of the centre before them.
func serveHub(t *testing.T, tree *nodetest.Tree) *browser {
	t.Helper()
	logins := &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}
	pg, err := pages.New(pages.Options{Desk: tree.Hub.Desk, UI: engine, Logins: logins, Log: nodetest.Quiet(), Hub: true, Place: "Trung ương"})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{Logins: logins, ErrorPage: pg.ErrorPage, Log: nodetest.Quiet()})
	pg.Register(srv)
	at := httptest.NewServer(srv)
	t.Cleanup(at.Close)
	b := &browser{t: t, tree: tree, at: at, lang: "vi"}
	b.forget()
	b.get("/login")
	b.submit("/login", url.Values{"user": {nodetest.OfficerLogin}, "password": {nodetest.Password}})
	return b
}

// rowOf is the row in which a form has an item.
func rowOf(t *testing.T, b *browser, path, item string) string {
	t.Helper()
	for name, values := range b.form(path) {
		if n, ok := strings.CutPrefix(name, "item-"); ok && values[0] == item {
			return n
		}
	}
	t.Fatalf("%s is in no row of %s", item, path)
	return ""
}

// A nurse asks for the next month, the store approves less and sends it, and each page says how far it has come.
func TestOrderPages(t *testing.T) {
	tree := nodetest.New(t)
	hub := tree.Hub.Desk
	if _, err := hub.MoveStock(t.Context(), tree.Officer, registry.MovementInput{Item: "SOI", Lot: "M-0426", Quantity: 30, Vial: 10, Expires: hub.Today() + 90, Type: registry.MoveReceived},
		registry.MovementInput{Item: "SOI", Lot: "M-0526", Quantity: 100, Vial: 10, Expires: hub.Today() + 190, Type: registry.MoveReceived}); err != nil {
		t.Fatal(err)
	}
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.get("/stock").says("Đơn hàng")
	b.get("/stock/orders").says("Đơn hàng tháng 12/2026", "Tháng này chưa đặt hàng.")
	b.get("/stock/orders/ask").says("Đặt hàng 12/2026", "Gửi tới")
	const ask = "/stock/orders/ask"
	soi, bcg := rowOf(t, b, ask, "SOI"), rowOf(t, b, ask, "BCG")
	form := b.form(ask)
	b.post(ask, form).want(http.StatusUnprocessableEntity).says("Chưa ghi số ở dòng nào.")
	form = b.form(ask)
	form.Set("n-"+soi, "6 lọ")
	form.Set("why-"+soi, "đợt sởi")
	form.Set("n-"+bcg, "nhiều")
	b.post(ask, form).want(http.StatusUnprocessableEntity).says("Ghi số, như 40 hoặc 3 lọ.")
	form = b.form(ask)
	if form.Get("n-"+bcg) != "nhiều" || form.Get("why-"+soi) != "đợt sởi" {
		t.Errorf("what was typed comes back as %v", form)
	}
	form.Set("n-"+bcg, "")
	b.post(ask, form).want(http.StatusOK).says("Đã gửi đơn tháng 12/2026: 1 loại.", "Chờ duyệt", "đợt sởi")
	// A form from before that is refused, with what stands, and what was typed in it stays.
	b.get(ask)
	form = b.form(ask)
	form.Set("saw", "")
	form.Set("n-"+soi, "10")
	b.post(ask, form).want(http.StatusUnprocessableEntity).says("Đơn tháng này vừa được đổi", "Số đang tính", "Sởi 60")
	if got := b.form(ask).Get("n-" + soi); got != "10" {
		t.Errorf("typed comes back as %q", got)
	}
	tree.Sync(t)

	office := serveHub(t, tree)
	office.get("/stock/orders").says("Trạm Y tế xã Mường Nhà", "Sởi 60", "Duyệt", "Cộng theo loại")
	at := ""
	for _, path := range office.links("/stock/orders/") {
		if !strings.HasPrefix(path, "/stock/orders/ask") {
			at = path
		}
	}
	office.get(at).says("đợt sởi", "Lưu số duyệt")
	form = office.form(at)
	form.Set("n-1", "")
	office.post(at, form).want(http.StatusUnprocessableEntity).says("không duyệt thì ghi 0")
	form = office.form(at)
	form.Set("n-1", "40")
	form.Set("why-1", "kho còn ít")
	office.post(at, form).want(http.StatusOK).says("Đã duyệt đơn của Trạm Y tế xã Mường Nhà.", "Gửi hàng theo đơn")
	send := "/stock/send?order=" + strings.TrimPrefix(at, "/stock/orders/")
	office.get(send).says("Số điền sẵn theo lô phải dùng trước.")
	form = office.form("/stock/send")
	if form.Get("n-1") != "30" || form.Get("n-2") != "10" || form.Get("to") != tree.Facility.String() {
		t.Errorf("the form that sends has %v", form)
	}
	form.Set("n-1", "ba")
	office.post("/stock/send", form).want(http.StatusUnprocessableEntity)
	form = office.form("/stock/send")
	form.Set("n-1", "30")
	office.post("/stock/send", form).want(http.StatusOK)
	tree.Sync(t)
	b.get("/stock/orders").says("Đang về", "kho còn ít", "40")
	slip := b.get(at).links("/stock/delivery/")[0]
	b.post(slip, url.Values{"full": {"1"}}).want(http.StatusOK)
	b.get("/stock/orders").says("Đã nhận")
	tree.Sync(t)
	office.get("/stock/orders").says("Đã nhận")
}

// The pages of orders fit a laptop and a phone.
func TestOrdersInABrowser(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	month := tree.Station.Today().Month() + 1
	id, err := tree.Station.AskStock(t.Context(), tree.Nurse, registry.OrderInput{Month: month, Note: "trẻ vãng lai về quê ăn Tết", Lines: []registry.OrderLine{
		{Item: "DPT-VGB-HIB", Quantity: 60, Have: 4, Needed: 30}, {Item: "SOI", Quantity: 40, Why: "đợt sởi ở bản Pha Thanh"}, {Item: registry.SupplyAD05, Quantity: 200},
	}}, p.EntityID{})
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	if _, err := tree.Hub.ApproveOrder(t.Context(), tree.Officer, id, []registry.OrderLine{
		{Item: "DPT-VGB-HIB", Quantity: 40, Why: "kho còn ít"}, {Item: "SOI", Quantity: 40}, {Item: registry.SupplyAD05, Quantity: 200},
	}, "phần còn lại gửi đầu tháng 1", p.EntityID{}); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	office := serveHub(t, tree)
	for _, size := range [][2]int64{{1366, 768}, {360, 800}} {
		tab := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		for name, path := range map[string]string{"orders": "/stock/orders", "ask": "/stock/orders/ask", "order": "/stock/orders/" + id.String()} {
			tab.do(name, chromedp.Navigate(b.at.URL+path))
			tab.judge(name)
			tab.shot(name)
		}
		tab = openTab(t, office.at.URL, nodetest.OfficerLogin, size[0], size[1])
		for name, path := range map[string]string{"huborders": "/stock/orders", "huborder": "/stock/orders/" + id.String(), "hubsend": "/stock/send?order=" + id.String()} {
			tab.do(name, chromedp.Navigate(office.at.URL+path))
			tab.judge(name)
			tab.shot(name)
		}
	}
}
