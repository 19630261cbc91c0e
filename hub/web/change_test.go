package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

var digest = regexp.MustCompile(`name="digest" value="([0-9a-f]+)"`)

// press looks at what a form would do and presses the button there.
func (b *browser) press(form url.Values, status int) string {
	b.t.Helper()
	seen := digest.FindStringSubmatch(b.post("/places/preview", form, http.StatusOK))
	if seen == nil {
		b.t.Fatalf("%v: there is nothing to write", form)
	}
	form.Set("digest", seen[1])
	return b.post("/places/write", form, status)
}

// TestAMergerOnPages looks, changes its mind, finds that somebody else wrote, looks again and writes.
func TestAMergerOnPages(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	b := as(t, address, nodetest.AdminLogin)
	other, err := tree.Hub.AddPlace(t.Context(), tree.Admin, registry.PlaceInput{Parent: tree.Province, Code: "gso:03369", Name: "Xã Na Tông", Level: registry.LevelCommune, Type: "xa"})
	if err != nil {
		t.Fatal(err)
	}
	at := tree.Commune.String()
	says(t, b.get("/places?at="+at, http.StatusOK), "Sáp nhập", "Chia ra", "Đổi tên", "Lịch sử", "từ trước đến nay")
	says(t, b.get("/places/change?do=merge&at="+at, http.StatusOK), "Xã Na Tông", "gso:03368", "Xem trước")

	form := url.Values{"do": {"merge"}, "at": {at}, "name": {"Phường Mường Nhà"}, "code": {"gso:03368"}, "kind": {"phuong"}}
	says(t, b.post("/places/preview", form, http.StatusUnprocessableEntity), "ngày bắt đầu", "Phường Mường Nhà")
	form.Set("from", "01/13/2027")
	b.post("/places/preview", form, http.StatusUnprocessableEntity)
	form.Set("from", "01/01/2027")
	says(t, b.post("/places/preview", form, http.StatusUnprocessableEntity), "ít nhất hai nơi")
	form["with"] = []string{other.String()}
	page := b.post("/places/preview", form, http.StatusOK)
	says(t, page, "Từ 01/01/2027.", "sáp nhập", "nơi mới, gồm", "Phường Mường Nhà", "Trạm Y tế xã Mường Nhà", "Ghi 4 thay đổi", "chưa ghi gì")
	if tree.named(t, other).Until != 0 {
		t.Fatal("a look wrote something")
	}
	says(t, b.post("/places/change", form, http.StatusOK), "Phường Mường Nhà", "checked")

	form.Set("digest", digest.FindStringSubmatch(page)[1])
	plan, err := tree.Hub.PlanPlaces(t.Context(), tree.Admin, reform.Rename{Place: other, Name: "Xã Na Tong"})
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Hub.WritePlaces(t.Context(), tree.Admin, plan.Plan, nil); err != nil {
		t.Fatal(err)
	}
	says(t, b.post("/places/write", form, http.StatusConflict), "vừa sửa địa bàn", "Xã Na Tong")
	if tree.named(t, other).Until != 0 {
		t.Fatal("what nobody had seen was written")
	}
	says(t, b.press(form, http.StatusOK), "Đã ghi 4 thay đổi.")
	// Today the commune is what it was, and in the new year another place bears its code.
	says(t, b.get("/places?at="+at, http.StatusOK), "Đã thành", "đến 31/12/2026", "từ 01/01/2027")
	says(t, b.get("/places?on=01/01/2027&at="+tree.Province.String(), http.StatusOK), "Bản đồ ngày 01/01/2027", "Phường Mường Nhà")
	silentAbout(t, b.get("/places?on=01/01/2027&at="+tree.Province.String(), http.StatusOK), "Na Tong")
	says(t, b.get("/places?on=hôm&at="+at, http.StatusOK), "Mường Nhà")
	as(t, address, nodetest.NurseLogin).post("/places/preview", form, http.StatusForbidden)
	as(t, address, officerLogin).post("/places/preview", url.Values{"do": {"rename"}, "at": {tree.Other.String()}}, http.StatusForbidden)
}

func TestASplitAndHamletsOnPages(t *testing.T) {
	tree := newTree(t)
	b := as(t, serve(t, tree), nodetest.AdminLogin)
	at := tree.Commune.String()
	says(t, b.get("/places/change?do=hamlets&at="+at, http.StatusOK), "bản Na Phay 1", "mỗi dòng một tên")
	hamlets := url.Values{"do": {"hamlets"}, "at": {at}, "hamlet": {"bản Na Phay 1", "bản Na Phay Hai", ""}, "add": {"bản Mới\nbản Na Phay 1"}}
	says(t, b.post("/places/preview", hamlets, http.StatusUnprocessableEntity), "có hai lần", "bản Na Phay Hai")
	hamlets.Set("add", "bản Mới\n")
	says(t, b.press(hamlets, http.StatusOK), "Đã ghi 1 thay đổi.", "bản Na Phay Hai", "bản Mới")

	says(t, b.get("/places/change?do=split&at="+at, http.StatusOK), "Nơi mới 1", "bản Na Phay Hai", "Trạm Y tế xã Mường Nhà", "Thêm một nơi")
	form := url.Values{
		"do": {"split"}, "at": {at}, "from": {"01/01/2027"}, "code0": {"gso:03368"}, "name0": {"Xã Mường Nhà"}, "code1": {"gso:03371"}, "name1": {"Xã Na Phay"},
		"h0": {"0"}, "h1": {"1"}, "h2": {""}, "f" + tree.Facility.String(): {"1"},
	}
	says(t, b.post("/places/change?parts=3", form, http.StatusOK), "Nơi mới 3", "Xã Na Phay")
	page := b.post("/places/preview", form, http.StatusOK)
	says(t, page, "chia", "1 thôn, bản của Xã Mường Nhà chưa về nơi nào", "Ghi 4 thay đổi")
	says(t, b.press(form, http.StatusOK), "Đã ghi 4 thay đổi.")
	old := tree.named(t, tree.Commune)
	if len(old.Successors) != 2 {
		t.Fatalf("%+v", old)
	}
	first, second := tree.named(t, old.Successors[0]), tree.named(t, old.Successors[1])
	if strings.Join(first.Hamlets, ";") != "bản Na Phay 1" || strings.Join(second.Hamlets, ";") != "bản Na Phay Hai" || tree.named(t, tree.Facility).Parent != second.ID {
		t.Errorf("%+v\n%+v", first, second)
	}
}

// named is a place as it stands.
func (x *tree) named(t *testing.T, id p.EntityID) project.PlaceRow {
	t.Helper()
	r, ok := x.Hub.Node.Atlas().Row(id)
	if !ok {
		t.Fatalf("%s is not known", id)
	}
	return r
}
