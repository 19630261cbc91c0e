package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/nodetest"
	"tramy/internal/project"
)

// texts are what stands in the fields that are there to be copied.
func (b *browser) texts() (out []string) {
	for _, n := range b.all("textarea") {
		if strings.HasPrefix(attr(n, "id"), "msg-") {
			out = append(out, content(n))
		}
	}
	return out
}

// A family is called in one text with all its children, the agreed hour and the vaccines in plain words. It says nothing else about them.
func TestMessagesToFamilies(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	today := tree.Station.Today()
	var paths []string
	for i, name := range []string{"Lò Gia Bảo", "Lò Gia Hân", "Sùng Thị Dí"} {
		path := b.baby(url.Values{"name": {name}, "mother": {[]string{"Lò Thị Mai", "Lò Thị Mai", "Vàng Thị Mỷ"}[i]}, "hamlet": {"bản Pha Thanh"}, "phone": {[]string{"0385000411", "0385000411", ""}[i]}, "born": {[]string{"18/07/2026", "18/05/2025", "01/06/2026"}[i]}, "contraindications": {"mẹ HIV"}, "force": {"1"}})
		paths = append(paths, path)
		put(t, tree, idOf(t, path), project.DueRow{Vaccine: "BOPV", Dose: 2, Recommended: today - 60, Overdue: today - 26})
	}
	const soon = "Kính gửi gia đình Vàng Thị Mỷ. Trạm Y tế xã Mường Nhà mời đến trạm tiêm trong những ngày tới. Sùng Thị Dí: Bại liệt uống. Nhớ mang sổ tiêm."
	has := func(want string) {
		t.Helper()
		if got := strings.Join(b.texts(), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s has no %q:\n%s", b.url, want, got)
		}
	}
	b.get("/due?list=overdue").want(http.StatusOK)
	has(soon)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"05/12"}, "from": {"07:30"}, "until": {"11:00"}}).want(http.StatusOK)
	b.get(paths[0])
	b.submit(paths[0]+"/book", nil).want(http.StatusOK)
	has("Kính gửi gia đình Lò Thị Mai. Trạm Y tế xã Mường Nhà mời đến tiêm lúc 07:30, thứ Bảy 05/12/2026, tại Trạm Y tế xã Mường Nhà. Lò Gia Bảo:")
	b.get("/due?list=overdue").want(http.StatusOK)
	has("mời đến tiêm lúc 07:30, thứ Bảy 05/12/2026, tại Trạm Y tế xã Mường Nhà. Lò Gia Bảo: ")
	has(". Lò Gia Hân: Bại liệt uống. Nhớ mang sổ tiêm.")
	has("gia đình Vàng Thị Mỷ. Trạm Y tế xã Mường Nhà mời đến tiêm lúc 07:30–11:00, thứ Bảy 05/12/2026")
	if got := strings.Join(b.texts(), " "); strings.Contains(got, "HIV") || strings.Contains(got, "0385") {
		t.Errorf("more than a family's own business: %s", got)
	}
	if n := len(b.texts()); n != 3 {
		t.Errorf("%d texts for three rows", n)
	}
	b.get("/due?list=missed").want(http.StatusOK)
	b.post("/look", url.Values{"lang": {"en"}, "back": {"/due?list=overdue"}}).want(http.StatusOK)
	b.get("/due?list=overdue")
	has("To the family of Lò Thị Mai")
	has("Kính gửi gia đình Lò Thị Mai")
}
