package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
)

// dosed is a child who had the five in one from a lot today.
func (b *browser) dosed(name, lot string) string {
	b.t.Helper()
	path := b.baby(url.Values{"name": {name}, "mother": {"Mẹ " + name}, "phone": {"0385000412"}})
	b.submit(path+"/visit", url.Values{"give": {"DPT-VGB-HIB"}, "lot.DPT-VGB-HIB": {lot}, "screening": {"eligible"}, "next": {"25/12"}}).want(http.StatusOK)
	return path
}

// From the child's page to the report it takes three actions: Reaction, a sign, Save. The lot stops at once on every page of
// the station, and the hours run until the hub's signed word was heard.
func TestSevereReaction(t *testing.T) {
	tree := nodetest.New(t)
	tree.AmendPlace(t, tree.Commune, func(in *registry.PlaceInput) { in.Phone = "02153825123" })
	tree.Sync(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	an, binh := b.dosed("Vàng A An", "A24-123"), b.dosed("Thào A Bình", "A24-123")
	chi := b.baby(url.Values{"name": {"Lường Thị Chi"}, "mother": {"Mẹ Chi"}})

	b.get(an)
	if !slices.Contains(b.links(an), an+"/reaction") {
		t.Fatalf("the child's page has no way to the report: %v", b.links(an))
	}
	b.get(an+"/reaction").want(http.StatusOK).says("Dấu hiệu nặng", "5 trong 1 mũi 1, 25/11/2026, lô A24-123")
	if v := b.form(an + "/reaction"); v.Get("began_on") != "25/11/2026" || v.Get("began_at") != "08:00" || len(v["dose"]) != 1 || len(v["sign"]) != 0 {
		t.Errorf("filled in beforehand: %v", v)
	}
	// What is wrong stands beside its field, and what was typed comes back.
	b.submit(an+"/reaction", url.Values{"began_at": {"07h61"}, "hospital": {"BV tỉnh"}}).want(http.StatusUnprocessableEntity).says("Chưa đọc được giờ")
	b.submit(an+"/reaction", url.Values{"began_at": {"08:00"}}).want(http.StatusUnprocessableEntity).says("Tích ít nhất một dấu hiệu")
	if v := b.form(an + "/reaction"); v.Get("hospital") != "BV tỉnh" {
		t.Errorf("what was typed is gone: %v", v)
	}
	b.submit(an+"/reaction", url.Values{"sign": {"seizure"}, "hospital": {""}}).want(http.StatusOK)
	page := b.url.Path
	b.says("Còn 24 giờ trong 24 giờ", "Trước 26/11 08:00", "Xã Mường Nhà", "0215 382 5123", "Ngừng dùng 5 trong 1, lô A24-123", "Co giật", "Người khác tiêm cùng lô hôm đó (1)")

	// The room sees it: the first page, and the page of who comes next.
	b.get("/").says("1 phản ứng nặng tuyến trên chưa nhận", "Còn 24 giờ trong 24 giờ", "Ngừng tiêm 5 trong 1 hôm nay, lô A24-123")
	b.partial(http.MethodGet, "/day/lists", nil).says("Ngừng tiêm 5 trong 1 hôm nay, lô A24-123") // also on a page that was open
	b.get(an).says("Phản ứng nặng, tuyến trên chưa nhận", "0215 382 5123", "Co giật")
	b.get(chi).says("Đang ngừng", "Hôm nay trạm ngừng vắc xin này")
	if v := b.form(chi + "/visit"); slices.Contains(v["give"], "DPT-VGB-HIB") || v.Get("lot.DPT-VGB-HIB") != "" {
		t.Errorf("what is stopped is proposed: %v", v)
	}
	give := url.Values{"give": {"DPT-VGB-HIB"}, "lot.DPT-VGB-HIB": {"B-7"}, "screening": {"eligible"}, "next": {""}}
	b.submit(chi+"/visit", give).want(http.StatusUnprocessableEntity).says("đang ngừng vì phản ứng nặng")
	give.Set("against", "CDC cho tiêm lô khác")
	b.submit(chi+"/visit", give).want(http.StatusOK)

	// Told by phone; the hours go on.
	b.get(page)
	b.submit(page+"/told", nil).want(http.StatusUnprocessableEntity)
	b.submit(page+"/told", url.Values{"how": {"chị Hà, CDC, điện thoại"}, "told_at": {"08:00"}}).want(http.StatusOK).says("Đã báo bằng cách khác", "chị Hà, CDC, điện thoại, 08:00", "Còn 24 giờ")
	tree.Clock().Add(90 * time.Minute)
	b.as(nodetest.NurseLogin).get("/reactions").says("Nặng, tuyến trên chưa nhận", "Còn 23 giờ trong 24 giờ", "Vàng A An")
	b.get(page+"/others").says("Thào A Bình", "0385 000 412", "chưa thấy ghi phản ứng").silent("Lường Thị Chi")
	b.get(page+"/form").want(http.StatusOK).says("Phiếu báo cáo phản ứng sau tiêm chủng", "☒ Co giật", "☐ Sốt từ 38 °C", "A24-123", "……")

	// The hub was heard.
	tree.Sync(t)
	b.get(page).says("Tuyến trên đã nhận ✓ 09:30").silent("Còn 23 giờ")
	b.get("/").silent("tuyến trên chưa nhận").says("Ngừng tiêm 5 trong 1 hôm nay, lô A24-123")
	b.get(an).says("Tuyến trên đã nhận ✓ 09:30")

	// Followed up, and the lot is given free, with a reason.
	b.get(page)
	b.submit(page, url.Values{"outcome": {"recovered"}, "treatment": {"Theo dõi 2 giờ"}}).want(http.StatusOK).says("Đã lưu theo dõi", "Đã khỏi", "Theo dõi 2 giờ")
	b.submit(page+"/lift", url.Values{"why": {""}}).want(http.StatusUnprocessableEntity).says("Ghi vài chữ vì sao")
	b.submit(page+"/lift", url.Values{"why": {"CDC kết luận trùng hợp"}}).want(http.StatusOK).says("Lô này dùng lại được").silent("Ngừng dùng 5 trong 1")
	b.get("/").silent("Ngừng tiêm")
	b.get(binh).silent("Đang ngừng")

	// An English nurse finds words as well.
	b.post("/look", url.Values{"lang": {"en"}, "back": {page}})
	b.get(page).says("Reaction after vaccination", "Seizure")
}

// A form that was open while somebody else followed up overwrites nothing unseen.
func TestReactionFormIsStale(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	an := b.dosed("Vàng A An", "A24-123")
	b.get(an + "/reaction")
	b.submit(an+"/reaction", url.Values{"sign": {"fever"}}).want(http.StatusOK)
	page := b.url.Path
	open := b.form(page)
	b.get(page)
	b.submit(page, url.Values{"outcome": {"recovered"}}).want(http.StatusOK)
	open.Set("outcome", "unresolved")
	b.post(page, open).want(http.StatusPreconditionFailed).says("Kết quảĐã khỏi")
	if v := b.form(page); v.Get("outcome") != "unresolved" {
		t.Errorf("what was typed is gone: %v", v)
	}
	b.get(page).says("Đã khỏi")
	b.submit(page+"/void", url.Values{"void": {"ghi nhầm trẻ"}}).want(http.StatusOK).says("ghi nhầm trẻ")
	b.get("/reactions").silent("Vàng A An")
}
