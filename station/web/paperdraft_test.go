package web_test

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"tramy/internal/nodetest"
)

// What is typed is on the disk at once: it is there after the program was ended in the middle, and on another browser. It is offered,
// and goes with the save that it became.
func TestDraftsSurvive(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	kids := children(t, tree, 3)
	session, _ := b.sessionAgo(1)
	path := "/session/" + session.String() + "/paper"
	of := session.String()
	b.get(path)
	form := b.merged(path, with(b.anyLots(path), "as."+kids[0].String(), "1", "as."+kids[1].String(), "1"))
	b.partial(http.MethodPost, "/draft/paper/"+of, form).want(http.StatusOK).says("Đã giữ nháp 08:00.")
	var saw string
	for _, n := range b.all("input") {
		for _, a := range n.Attr {
			if a.Key == "value" {
				saw = a.Val
			}
		}
	}
	b.partial(http.MethodPost, "/draft/paper/"+of, form).want(http.StatusOK).says("Nháp này đã đổi ở trang khác")
	form["draft_saw"] = []string{saw}
	b.partial(http.MethodPost, "/draft/paper/"+of, form).want(http.StatusOK).says("Đã giữ nháp 08:00.")

	// A child's visit and a new child are kept likewise; each page has its own.
	child := "/child/" + kids[2].String()
	b.get(child)
	visit := b.merged(child+"/visit", url.Values{"temperature": {"37,1"}, "note": {"ho nhẹ"}})
	b.partial(http.MethodPost, "/draft/visit/"+kids[2].String(), visit).want(http.StatusOK).says("Đã giữ nháp")
	b.get("/register")
	register := b.merged("/register", url.Values{"mother": {"Lường Thị Én"}, "born": {"q"}})
	b.partial(http.MethodPost, "/draft/register/-", register).want(http.StatusOK).says("Đã giữ nháp")

	// The power goes: what is on the disk at this moment is all there is.
	disk := t.TempDir()
	if err := os.CopyFS(disk, os.DirFS(tree.Station.Dir.Path)); err != nil {
		t.Fatal(err)
	}
	before := tree.Station
	tree.Station = tree.OpenStationAt(t, disk)
	t.Cleanup(func() {
		if err := tree.Station.Close(); err != nil {
			t.Error(err)
		}
		tree.Station = before
	})
	b = serve(t, tree).as(nodetest.NurseLogin)
	b.get("/").says("Nháp từ 08:00", "2 hàng, chưa lưu", "Phiếu tiêm của Lò Văn 02", "Đăng ký trẻ mới")
	b.get("/session/" + of).says("2 hàng, chưa lưu")
	b.get(path).says("2 hàng, chưa lưu")
	if b.form(path).Get("as."+kids[1].String()) != "1" {
		t.Error("what was ticked is gone")
	}
	b.get(child).says("Khôi phục bản nháp 08:00")
	if b.form(child+"/visit").Get("note") != "" {
		t.Error("a draft was filled in unasked")
	}
	b.get(child + "?draft=" + visit.Get("draft"))
	if v := b.form(child + "/visit"); v.Get("note") != "ho nhẹ" || v.Get("temperature") != "37,1" {
		t.Errorf("restored as %v", v)
	}
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "lot.BOPV": {"P-1"}, "screening": {"eligible"}}).want(http.StatusOK)
	b.get(child).silent("Khôi phục bản nháp")
	// What the page still sends of the form that was saved is not kept.
	b.partial(http.MethodPost, "/draft/visit/"+kids[2].String(), visit).want(http.StatusOK)
	b.get(child).silent("Khôi phục bản nháp")

	b.get("/register").says("Khôi phục bản nháp 08:00")
	b.get("/register?draft=" + register.Get("draft"))
	if b.form("/register").Get("mother") != "Lường Thị Én" {
		t.Error("the new child's mother is gone")
	}
	b.submit("/register", url.Values{"sex": {"male"}}).want(http.StatusOK)
	b.get("/").silent("Đăng ký trẻ mới, chưa lưu")

	// Of another person's drafts nobody sees anything.
	b.as(nodetest.HeadLogin).get("/").silent("hàng, chưa lưu")
	b.get(path).silent("hàng, chưa lưu")
	b.as(nodetest.NurseLogin).get(path)
	b.submit(path, url.Values{"save": {kids[0].String()}}).want(http.StatusOK).says("1 hàng, chưa lưu")
	b.submit("/draft/paper/"+of+"/drop", nil).want(http.StatusOK).says("Đã bỏ bản nháp.")
	b.get("/").silent("chưa lưu:")
	if b.get(path).form(path).Get("as."+kids[1].String()) != "" {
		t.Error("the draft was put away, and is still there")
	}
}
