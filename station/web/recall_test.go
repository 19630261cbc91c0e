package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// stoppedLot is a lot with 39 doses left that a child had, and that the centre recalls: its page here.
func stoppedLot(t *testing.T, tree *nodetest.Tree, children registry.RecallCare) (path, child string) {
	t.Helper()
	ctx, d := t.Context(), tree.Station.Desk
	id, _, err := d.Register(ctx, tree.Nurse, registry.SubjectInput{
		Name: "Vàng A An", BirthDate: d.Today() - 130, BirthPrec: registry.PrecisionDay, Sex: registry.SexMale, MotherName: "Lò Thị Ánh", MotherPhone: "0385000412",
		Place: tree.Commune, Hamlet: "bản Na Phay 1",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.MoveStock(ctx, tree.Nurse, registry.MovementInput{Item: "DPT-VGB-HIB", Lot: "A24-123", Quantity: 40, Type: registry.MoveReceived, Vial: 10}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RecordVisit(ctx, tree.Nurse, desk.Visit{
		Subject: id, Screening: registry.ScreeningEligible, Against: "theo chỉ định", Checked: registry.CheckedCard,
		Doses: []registry.ImmunizationInput{{Vaccine: "DPT-VGB-HIB", Lot: "A24-123", GivenClock: registry.NewClock(8, 0)}},
	}); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	tree.Clock().Add(time.Minute)
	recall, err := tree.Hub.WriteRecall(ctx, tree.Officer, registry.RecallInput{
		Place: tree.Nation, Vaccine: "DPT-VGB-HIB", Number: "a24 123", Kind: registry.RecallRecalled, Children: children, Reason: "có vật lạ trong lọ",
		Document: "123/QLD-CL", Product: "SII", Day: d.Today(), Advice: "Bé vẫn khỏe thì không cần làm gì.",
	})
	if err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	return "/recall/" + recall.String(), id.String()
}

// A nurse sees the red line, sets the vials apart in one press, and finds whom to call.
func TestStoppedLotAtTheStation(t *testing.T) {
	tree := nodetest.New(t)
	path, child := stoppedLot(t, tree, registry.CareAgain)
	b := serve(t, tree).as(nodetest.NurseLogin)

	b.get("/").says("5 trong 1, lô A24 123 bị thu hồi, không tiêm.", "để riêng có dán nhãn", "Cách ly")
	if links := b.get("/stock").says("Lô ngừng dùng").links("/recall/"); len(links) != 1 || links[0] != path {
		t.Errorf("the ledger leads to %q", links)
	}
	b.get("/recalls").says("Thu hồi", "Còn 39 liều, chưa cách ly", "Trung ương")
	b.get(path).says("có vật lạ trong lọ", "123/QLD-CL", "Người đã tiêm lô này (1)", "Đã cách ly")
	b.get("/child/"+child).says("đã bị ngừng dùng (thu hồi)", "Tiêm lại: mũi này không tính")

	// What cannot be read is said beside its field, and comes back.
	b.get(path)
	form := b.form(path + "/apart")
	if got := form.Get("found-1"); got != "39" {
		t.Fatalf("the ledger's number is not filled in: %q", got)
	}
	form.Set("found-1", "hai mươi")
	b.post(path+"/apart", form).want(http.StatusUnprocessableEntity).says("Ghi số, như 40 hoặc 3 lọ.")
	if got := b.form(path + "/apart").Get("found-1"); got != "hai mươi" {
		t.Errorf("what was typed comes back as %q", got)
	}
	b.submit(path+"/apart", url.Values{"found-1": {"38"}}).says("Đã ghi: cách ly 38 liều", "Hủy hoặc trả thì ghi ở sổ của lô")
	b.get("/").silent("bị thu hồi, không tiêm")
	b.get("/stock").says("Lô ngừng dùng")

	// Whom to call: the list, as paper, and invitations of those who are due again.
	b.get(path+"/children").says("Vàng A An", "0385 000 412", "Bé vẫn khỏe thì không cần làm gì.", "bản Na Phay 1", "Ghi cuộc gọi", "Tiêm lại 5 trong 1", "In giấy mời tiêm lại")
	letters := "/due/print?as=letters&list=recall&recall=" + strings.TrimPrefix(path, "/recall/")
	b.get(letters)
	b.submit(letters, url.Values{"for": {"care"}, "reason": {"mời tiêm lại"}, "session": {"-"}}).want(http.StatusOK).says("Vàng A An")
	// A nurse writes no recall and lifts none: there is no such door here.
	b.get(path)
	b.post("/recalls", url.Values{"number": {"X"}}).want(http.StatusMethodNotAllowed)
}

// The pages of a stopped lot fit a phone.
func TestStoppedLotFits(t *testing.T) {
	tree := nodetest.New(t)
	path, child := stoppedLot(t, tree, registry.CareAgain)
	b := serve(t, tree)
	for _, size := range [][2]int64{{1366, 768}, {360, 800}} {
		at := openTab(t, b.at.URL, nodetest.NurseLogin, size[0], size[1])
		for name, page := range map[string]string{"recall-today": "/", "recalls": "/recalls", "recall": path, "recall-children": path + "/children", "recall-child": "/child/" + child, "recall-stock": "/stock"} {
			at.do("opening "+page, chromedp.Navigate(b.at.URL+page))
			at.fits(name)
		}
	}
}
