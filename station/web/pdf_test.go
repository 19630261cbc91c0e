package web_test

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// pdf asks for a page as a file and returns its text, as another program reads it. The name of the file and its address name nobody.
func (b *browser) pdf(method, path string, form url.Values) string {
	b.t.Helper()
	req, err := http.NewRequest(method, b.at.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Origin", b.at.URL)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.do(req).want(http.StatusOK)
	header := b.header
	if kind := header.Get("Content-Type"); kind != "application/pdf" || !strings.HasPrefix(b.body, "%PDF-") {
		b.t.Fatalf("%s %s: %s", method, path, kind)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"} {
		if header.Get(name) != want {
			b.t.Errorf("%s %s: %s is %q", method, path, name, header.Get(name))
		}
	}
	name := header.Get("Content-Disposition")
	if !strings.HasPrefix(name, "attachment; filename=") || !strings.HasSuffix(name, ".pdf") || strings.ContainsAny(strings.TrimPrefix(name, "attachment; "), ";*%\"") {
		b.t.Errorf("%s %s: the file is called %s", method, path, name)
	}
	if *screens != "" {
		file := strings.TrimSuffix(strings.TrimPrefix(name, "attachment; filename="), ".pdf") + "-" + form.Get("sheet") + b.t.Name() + ".pdf"
		if err := os.WriteFile(filepath.Join(*screens, file), []byte(b.body), 0o600); err != nil {
			b.t.Log(err)
		}
	}
	return readPDF(b.t, b.body)
}

// readPDF is the text of a file, on one line.
func readPDF(t *testing.T, pdf string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pdftotext is missing: apt-get install poppler-utils")
		}
		t.Skip("pdftotext is missing: apt-get install poppler-utils")
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func wantText(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in %s", s, text)
		}
	}
}

// Whatever of a child's record is taken home says who it is, is written down with its reason, and shows what the record holds: no dose
// that was entered in error, and one that two people wrote down once.
func TestOwnPaper(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.dosed("Y Ksor Blŏ", "A24-123")
	id := idOf(t, child)
	ctx, day := t.Context(), tree.Station.Today()-3
	card := func(vaccine string, on registry.Day) p.EntityID {
		doses, err := tree.Station.RecordVisit(ctx, tree.Nurse, desk.Visit{Subject: id, Doses: []registry.ImmunizationInput{{Vaccine: vaccine, GivenOn: on, Source: registry.SourceCard, Programme: registry.ProgrammeEPI}}})
		if err != nil {
			t.Fatal(err)
		}
		return doses[0]
	}
	card("BOPV", day)
	card("BOPV", day)
	wrong := card("BCG", day)
	if err := tree.Station.VoidDose(ctx, tree.Nurse, wrong, "nhầm trẻ", nil); err != nil {
		t.Fatal(err)
	}
	b.get(child+"/paper").says("Sổ tiêm chủng cá nhân", "Thẻ tiêm chủng", "Giấy xác nhận tiêm chủng", "Toàn bộ hồ sơ")
	// Without a reason there is no paper, and what was chosen comes back.
	b.post(child+"/paper", url.Values{"sheet": {"card"}, "format": {"pdf"}, "for": {"family"}, "reason": {" "}}).want(http.StatusUnprocessableEntity).says("Ghi")
	if v := b.form(child + "/paper"); v.Get("sheet") != "card" || v.Get("for") != "family" {
		t.Errorf("what was chosen is gone: %v", v)
	}
	for sheet, want := range map[string][]string{
		"record":      {"Hồ sơ tiêm chủng", "5 trong 1 mũi 1", "đã hủy: nhầm trẻ", "Nhật ký ai đã xem do trạm trưởng"},
		"book":        {"Sổ tiêm chủng cá nhân", "lô A24-123, Trạm Y tế xã Mường Nhà", "Lần tới"},
		"card":        {"Thẻ tiêm chủng", "Mang thẻ này"},
		"certificate": {"GIẤY XÁC NHẬN TIÊM CHỦNG", "VACCINATION CERTIFICATE", "A24-123", "Theo sổ, phiếu / From a card", "Bại liệt", "End of list: 2 doses"},
	} {
		text := b.pdf(http.MethodPost, child+"/paper", url.Values{"sheet": {sheet}, "format": {"pdf"}, "for": {"family"}, "reason": {"mẹ xin " + sheet}})
		wantText(t, text, append(want, "Y Ksor Blŏ", "Trạm Y tế xã Mường Nhà")...)
		if n := strings.Count(text, day.String()); (sheet == "certificate" || sheet == "book") && n != 1 { // two told of one dose, and one of another child's
			t.Errorf("%s: %s stands %d times in %s", sheet, day, n, text)
		}
		if sheet != "card" {
			wantText(t, text, "mẹ xin "+sheet, "trang 1/1")
		}
	}
	// Only the record has a page of its own.
	wantText(t, b.pdf(http.MethodPost, child+"/paper", url.Values{"sheet": {"book"}, "for": {"family"}, "reason": {"mẹ xin"}}), "Sổ tiêm chủng cá nhân")
	b.post(child+"/paper", url.Values{"sheet": {"../x"}, "for": {"family"}, "reason": {"mẹ xin"}}).want(http.StatusOK).says("Hồ sơ tiêm chủng")
	b.as(nodetest.HeadLogin).get(child+"/looks").says("mẹ xin record", "mẹ xin book", "mẹ xin card", "mẹ xin certificate")
}

// A list, letters, cards and a session's sheet are the pages' own, as files; each is written down like the page.
func TestListsAsPDF(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	ids := children(t, tree, 12)
	b.get("/sessions")
	b.submit("/sessions", url.Values{"day": {"n"}, "from": {"08:00"}, "until": {"10:00"}, "capacity": {"8"}}).want(http.StatusOK)
	session := b.links("/session/")[0]
	b.get(session)
	b.submit(session+"/spread", nil).want(http.StatusOK)
	b.get("/due?list=overdue")
	if got := b.links("/due/print"); len(got) != 4 {
		t.Fatalf("ways to paper: %v", got)
	}
	form := func(reason string) url.Values {
		return url.Values{"format": {"pdf"}, "for": {"care"}, "reason": {reason}}
	}
	for _, way := range b.links("/due/print") {
		b.get(way).want(http.StatusOK).says("Tải PDF")
		text := b.pdf(http.MethodPost, way, form("đi bản"))
		wantText(t, text, "Lò Văn 00", "Lò Văn 11")
		if !strings.Contains(way, "as=letters") && !strings.Contains(way, "as=cards") {
			wantText(t, text, "In ngày 25/11/2026 tại Trạm Y tế xã Mường Nhà", "Việc: ", "đi bản", "Lao")
			if strings.Contains(text, "Ctrl P") {
				t.Error("a file is told to be printed by the browser")
			}
		}
		b.post(way, url.Values{"format": {"pdf"}, "for": {"care"}}).want(http.StatusUnprocessableEntity).says("Ghi")
	}
	letters := b.pdf(http.MethodPost, "/due/print?list=session&session="+strings.TrimPrefix(session, "/session/")+"&as=letters", url.Values{
		"format": {"pdf"}, "for": {"care"}, "reason": {"mời"}, "session": {strings.TrimPrefix(session, "/session/")},
	})
	wantText(t, letters, "Kính gửi gia đình Mẹ 05", "thứ Tư 25/11/2026", "Lò Văn 10", "Lò Văn 11")
	sheet := b.pdf(http.MethodPost, session+"/print", form("buổi tiêm"))
	wantText(t, sheet, "Phiếu buổi tiêm", "Lò Văn 00", "□ 5 trong 1 mũi 1", "□ Lao", "trang 2/")
	b.as(nodetest.HeadLogin).get("/child/"+ids[3].String()+"/looks").says("đi bản", "mời", "buổi tiêm")
}

// The report of a reaction and who else had the lot, as files.
func TestReactionAsPDF(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	an := b.dosed("H' Hen Niê", "A24-123")
	b.dosed("Thào A Bình", "A24-123")
	b.get(an + "/reaction")
	b.submit(an+"/reaction", url.Values{"sign": {"seizure"}, "began_at": {"08:00"}}).want(http.StatusOK)
	page := b.url.Path
	for _, part := range []string{"/form", "/others"} {
		b.get(page + part)
		if got := b.links(page + part + "?format=pdf"); len(got) != 1 {
			t.Errorf("%s has no way to its file: %v", part, got)
		}
	}
	wantText(t, b.pdf(http.MethodGet, page+"/form?format=pdf", nil), "Phiếu báo cáo phản ứng sau tiêm chủng", "H' Hen Niê", "A24-123", "□ Co giật", "Dung môi", "Nhà sản xuất")
	wantText(t, b.pdf(http.MethodGet, page+"/others?format=pdf", nil), "Thào A Bình", "A24-123")
	b.as(nodetest.HeadLogin).get(an + "/looks").says("Phiếu báo cáo phản ứng sau tiêm chủng")
}

// What the delivery room gives along is the page's slip.
func TestSlipAsPDF(t *testing.T) {
	tree, _ := house(t, registry.PlaceHospital, "Bệnh viện tỉnh")
	b := serve(t, tree).as(houseNurse)
	b.get("/births")
	b.submit("/births", delivery(tree, nil)).want(http.StatusOK)
	slip := "/child/" + bornToday(t, tree.Station)[0].ID.String() + "/slip"
	b.get(slip)
	if got := b.links(slip + "?format=pdf"); len(got) != 1 {
		t.Fatalf("no way to the file: %v", got)
	}
	wantText(t, b.pdf(http.MethodGet, slip+"?format=pdf", nil), "Phiếu tiêm chủng sơ sinh", "CB Giàng Thị Súa", "VB-17", "Tiêm tiếp tại: Trạm Y tế xã Mường Nhà")
}
