package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
	"tramy/internal/registry"
)

// A spelling is merged into a hamlet: the lists group and filter by the hamlet, and nobody's record changes.
func TestHamlets(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	an := b.kid("Vàng A An", "Na Fay I", "0385000411")
	binh := b.kid("Thào A Bình", "bản Na Phay 1", "")
	chi := b.kid("Lường Thị Chi", "Xóm Mới", "0385000433")
	late := project.DueRow{Vaccine: "MR", Dose: 1, Recommended: today - 60, Overdue: today - 26}
	put(t, tree, an, late)
	put(t, tree, binh, late)
	put(t, tree, chi, late)

	b.get("/hamlets").want(http.StatusOK).says("bản Na Phay 1", "Chưa có trong danh sách: 2 cách ghi", "Na Fay I", "Xóm Mới")
	var into, edit string
	for _, n := range b.all("option") {
		if content(n) == "bản Na Phay 1" {
			into = attr(n, "value")
		}
	}
	for _, href := range b.links("/hamlets?edit=") {
		if strings.Contains(href, "Na+Phay+1") {
			edit = href
		}
	}
	merge := func(from, into, do string) *browser {
		return b.submit("/hamlets/merge", url.Values{"from": {from}, "into": {into}, "do": {do}})
	}
	merge("Na Fay I", "", "merge").want(http.StatusUnprocessableEntity).says("Chọn thôn bản để gộp vào.")
	merge("Na Fay I", into, "merge").want(http.StatusOK).says("Đã gộp vào bản Na Phay 1.", "cả những hồ sơ ghi: Na Fay I", "1 cách ghi")
	b.get("/due?list=overdue&hamlet=" + url.QueryEscape("bản Na Phay 1")).says("bản Na Phay 1, 0385 000 411")
	if got := b.people(); !strings.Contains(got, "Vàng A An") || !strings.Contains(got, "Thào A Bình") || strings.Contains(got, "Chi") {
		t.Errorf("of the hamlet: %s", got)
	}
	if s := registry.SubjectOf(b.state(an)); s.Hamlet != "Na Fay I" {
		t.Errorf("the record says %q now", s.Hamlet)
	}
	b.get("/child/" + an.String() + "/edit").want(http.StatusOK)
	if got := b.form("/child/" + an.String() + "/edit").Get("hamlet"); got != "Na Fay I" {
		t.Errorf("the form would write %q", got)
	}
	b.get("/due?list=overdue&hamlet=%3F").says("Chưa có trong danh sách")
	if got := b.people(); got != "Lường Thị Chi" {
		t.Errorf("in no list: %s", got)
	}

	// Who goes round there, and the same name once more.
	b.get(edit)
	b.submit("/hamlets", url.Values{"worker": {"Lò Văn Hặc"}, "phone": {"12"}}).want(http.StatusUnprocessableEntity)
	b.submit("/hamlets", url.Values{"worker": {"Lò Văn Hặc"}, "phone": {"0385000777"}}).want(http.StatusOK).says("Đã lưu", "Lò Văn Hặc", "0385 000 777")
	b.get("/hamlets")
	b.submit("/hamlets", url.Values{"name": {"na fay i"}}).want(http.StatusUnprocessableEntity).says("Tên này đã là bản Na Phay 1")
	b.get("/due?list=overdue&by=worker").says("Lò Văn Hặc: 2 người", "Chưa có y tế thôn bản: 1 người")
	for _, n := range b.all("option") {
		if content(n) == "Lò Văn Hặc" {
			b.get("/due?list=overdue&worker=" + attr(n, "value"))
			break
		}
	}
	if got := b.people(); strings.Contains(got, "Chi") || !strings.Contains(got, "An") {
		t.Errorf("of the worker: %s", got)
	}

	// A sheet a worker, and letters.
	b.get("/due/print?list=overdue&as=workers&hamlet=" + url.QueryEscape("bản Na Phay 1"))
	b.submit("/due/print?as=workers&hamlet="+url.QueryEscape("bản Na Phay 1")+"&list=overdue", url.Values{"for": {"care"}, "reason": {"đi bản gọi trẻ"}}).want(http.StatusOK).
		says("Lò Văn Hặc", "Vàng A An").silent("Lường Thị Chi")
	b.get("/due/print?list=overdue&as=workers")
	b.submit("/due/print?as=workers&list=overdue", url.Values{"for": {"care"}, "reason": {"đi bản gọi trẻ"}}).want(http.StatusOK).
		says("Lò Văn Hặc", "0385 000 777", "Chưa có y tế thôn bản", "Quá 26 ngày", "Kết quả")
	b.get("/due/print?list=overdue&as=letters")
	b.submit("/due/print?as=letters&list=overdue", url.Values{"for": {"care"}, "reason": {"phát giấy mời"}, "session": {"-"}}).want(http.StatusOK).
		says("3 giấy mời", "Kính gửi gia đình Mẹ Vàng A An, bản Na Phay 1", "Sởi, Rubella").silent("MR")
}

// Brothers and sisters are on one letter, with the hour they are called at.
func TestLettersToFamilies(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	late := project.DueRow{Vaccine: "BOPV", Dose: 2, Recommended: today - 60, Overdue: today - 26}
	for i, name := range []string{"Lò Gia Bảo", "Lò Gia Hân", "Sùng Thị Dí"} {
		mother := []string{"Lò Thị Mai", "Lò Thị Mai", "Vàng Thị Mỷ"}[i]
		id := idOf(t, b.baby(url.Values{"name": {name}, "mother": {mother}, "hamlet": {"bản Pha Thanh"}, "phone": {[]string{"0385000411", "0385000411", ""}[i]}, "born": {[]string{"18/07/2026", "18/05/2025", "01/06/2026"}[i]}, "force": {"1"}}))
		put(t, tree, id, late)
		if i == 0 {
			b.get("/sessions")
			b.submit("/sessions", url.Values{"day": {"05/12"}, "from": {"07:30"}, "until": {"11:00"}}).want(http.StatusOK)
			b.get("/child/" + id.String()).says("Hẹn 05/12 07:30")
			b.submit("/child/"+id.String()+"/book", nil).want(http.StatusOK).says("Đã hẹn 07:30, thứ Bảy 05/12/2026")
			b.get("/child/" + id.String() + "/paper")
			b.submit("/child/"+id.String()+"/paper", url.Values{"for": {"family"}, "reason": {"mẹ xin"}}).want(http.StatusOK).says("07:30, thứ Bảy 05/12/2026")
		}
	}
	b.get("/due/print?list=overdue&as=letters").says("thứ Bảy 05/12/2026")
	b.submit("/due/print?as=letters&list=overdue", url.Values{"for": {"care"}, "reason": {"phát giấy mời"}}).want(http.StatusOK).
		says("2 giấy mời", "07:30, thứ Bảy 05/12/2026", "07:30–11:00, thứ Bảy 05/12/2026", "Bại liệt uống", "Lò Gia Bảo", "Lò Gia Hân", "mang sổ tiêm")
}
