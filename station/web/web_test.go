package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// baby registers a child through the form and returns the address of its page.
func (b *browser) baby(typed url.Values) string {
	b.t.Helper()
	v := url.Values{
		"mother": {"Lò Thị Mai"}, "phone": {"0385000412"}, "born": {"18/07/2026"}, "sex": {"male"},
		"name": {"Lò Gia Bảo"}, "hamlet": {"bản Na Phay 1"},
	}
	for name, values := range typed {
		v[name] = values
	}
	b.get("/register").want(http.StatusOK)
	b.submit("/register", v).want(http.StatusOK)
	if !strings.HasPrefix(b.url.Path, "/child/") {
		b.t.Fatalf("registering led to %s:\n%s", b.url, b.text())
	}
	return b.url.Path
}

func idOf(t *testing.T, path string) p.EntityID {
	t.Helper()
	id, err := p.ParseEntityID(strings.Split(path, "/")[2])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// noChild is the address of a record that is not there.
const noChild = "/child/11111111-1111-8111-8111-111111111111"

func TestRegisterVisitAmendVoid(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.says("Lò Gia Bảo đã có trong sổ", "Đã lưu trên máy này", "Lò Thị Mai, 0385 000 412", "bản Na Phay 1, Xã Mường Nhà", "4 tháng 7 ngày")
	// What is due and safe is ticked, what is too early or too late is not, and the screening is for her to say.
	if v := b.form(child + "/visit"); !slices.Equal(v["give"], []string{"BCG", "DPT-VGB-HIB", "BOPV", "ROTA"}) || v.Has("screening") {
		t.Errorf("chosen beforehand: %v", v)
	}
	b.says("IPV mũi 1", "Chưa đủ 5 tháng: từ 18/12/2026", "Hẹn lại")
	b.submit(child+"/visit", url.Values{
		"give": {"DPT-VGB-HIB", "BOPV"}, "lot.DPT-VGB-HIB": {"a24-123"}, "expires.DPT-VGB-HIB": {"31/03/2027"}, "lot.BOPV": {"P-0731"},
		"screening": {"eligible"}, "temperature": {"36,7"}, "next": {"25/12"},
	}).want(http.StatusOK)
	if b.url.Path != "/" {
		t.Fatalf("after a visit the page is %s", b.url)
	}
	b.says("Lò Gia Bảo, 2 mũi. Theo dõi đến 08:30.", "Theo dõi 30 phút", "Xong 0 người", "còn 30 phút")

	b.get(child).says("25/11/2026", "trạm ta, lô A24-123", "thứ Sáu 25/12/2026")
	doses := b.links("/dose/")
	if len(doses) != 2 {
		t.Fatalf("%d doses in the book, want 2: %s", len(doses), b.text())
	}
	// The next child of that day is given from the same vial, and the last one's own dose is not offered as 1.
	if v := b.form(child + "/visit"); v.Get("number.DPT-VGB-HIB") != "2" || v.Get("lot.DPT-VGB-HIB") != "A24-123" || v.Get("expires.DPT-VGB-HIB") != "31/03/2027" {
		t.Errorf("the panel proposes %v", v)
	}
	b.get(doses[0]).says("36,7 °C", "Cà Thị Diên", "Đủ điều kiện", "31/03/2027")
	b.submit(doses[0], url.Values{"lot": {"A24-124"}, "on": {"24/11/2026"}}).want(http.StatusOK)
	b.says("Đã lưu trên máy này", "24/11/2026", "lô A24-124")
	b.get(doses[1])
	b.submit(doses[1]+"/void", url.Values{"reason": {"twice"}}).want(http.StatusOK).says("Đã hủy mũi ghi nhầm.", "Đã hủy: Ghi hai lần")
	b.get(child+"/history").says("Đăng ký trẻ mới", "5 trong 1", "A24-123", "A24-124", "Hủy mũi ghi nhầm: bOPV", "Ghi hai lần", "Cà Thị Diên", "Máy trạm Mường Nhà")
	b.get(doses[1]).says("Mũi này đã hủy")
	b.submit(doses[1]+"/restore", nil).want(http.StatusOK).says("Đã ghi lại như cũ.").silent("Mũi này đã hủy")
}

func TestUndoVisit(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "next": {"+28"}})
	b.says("bOPV: Chưa có số lô.") // a vial without a number is no reason to keep a child waiting
	undo := b.form("/undo")
	b.submit("/undo", nil).want(http.StatusOK).says("Đã hoàn tác.", "Đã hủy: Hoàn tác").silent("23/12/2026")
	if b.url.Path != child {
		t.Errorf("undone, the page is %s", b.url)
	}
	undo.Del("once")
	b.post("/undo", undo).want(http.StatusConflict) // once is enough
}

// Pressed twice by an impatient hand, a visit is recorded once; an old page brought back is not.
func TestVisitOnce(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	v := b.form(child + "/visit")
	v.Set("give", "BOPV")
	v.Set("screening", "eligible")
	done := make(chan int, 2)
	for range 2 {
		go func() {
			resp, err := b.http.PostForm(b.at.URL+child+"/visit", v)
			if err != nil {
				done <- 0
				return
			}
			resp.Body.Close()
			done <- resp.StatusCode
		}()
	}
	for range 2 {
		if status := <-done; status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	b.get(child)
	if doses := b.links("/dose/"); len(doses) != 1 {
		t.Errorf("%d doses after pressing twice", len(doses))
	}
	v.Set("give", "IPV")
	b.post(child+"/visit", v).want(http.StatusConflict)
	b.get(child)
	if doses := b.links("/dose/"); len(doses) != 1 {
		t.Errorf("%d doses after an old page was sent", len(doses))
	}
}

func TestRefusedEntriesStay(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	b.get("/register")
	b.submit("/register", url.Values{"mother": {"Lò Thị Mai"}, "born": {"31/02/2026"}, "weight": {"ba cân"}, "phone": {"12"}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("born"); got != "Không có ngày 31/02/2026." {
		t.Errorf("beside the birth date: %q", got)
	}
	if got := b.wrong("weight"); got == "" {
		t.Error("nothing beside the weight")
	}
	if v := b.form("/register"); v.Get("mother") != "Lò Thị Mai" || v.Get("born") != "31/02/2026" || v.Get("weight") != "ba cân" {
		t.Errorf("the entry was not kept: %v", v)
	}
	b.submit("/register", url.Values{"born": {"31/01/2026"}, "weight": {"3,1"}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("phone"); got != "Chưa giống số điện thoại." {
		t.Errorf("beside the phone: %q", got)
	}

	child := b.baby(nil)
	type entry struct {
		typed url.Values
		at    string
		says  string
	}
	for name, e := range map[string]entry{
		"screening":     {url.Values{"give": {"BOPV"}}, "screening", "Chọn kết quả khám trước khi tiêm."},
		"lot's date":    {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "expires.BOPV": {"32/13/2026"}}, "expires.BOPV", "Không có ngày 32/13/2026."},
		"future":        {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "on": {"26/11/2026"}}, "on", "Ngày tiêm sau hôm nay (25/11/2026)."},
		"before birth":  {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "on": {"17/07/2026"}}, "on", "Trước ngày sinh 18/07/2026."},
		"temperature":   {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "temperature": {"nóng"}}, "temperature", "Gõ nhiệt độ như 36,7."},
		"fever typo":    {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "temperature": {"3,67"}}, "temperature", "3,6 °C: gõ từ 30,0 đến 45,0."},
		"next too late": {url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "next": {"25/11/2025"}}, "next", "Ngày hẹn phải sau hôm nay."},
		"unknown":       {url.Values{"only": {"other"}, "other": {"XYZ"}, "other_source": {"card"}, "other_on": {"05/10/2026"}}, "other", "Máy chưa biết vắc xin “XYZ”."},
	} {
		b.get(child)
		e.typed["lot.BOPV"] = []string{"P-1"}
		b.submit(child+"/visit", e.typed).want(http.StatusUnprocessableEntity)
		if got := b.wrong(e.at); !strings.HasPrefix(got, e.says) {
			t.Errorf("%s: beside %s stands %q, want %q\n%s", name, e.at, got, e.says, b.text())
		}
		v := b.form(child + "/visit")
		if e.typed.Has("give") && (v.Get("give") != "BOPV" || v.Get("lot.BOPV") != "P-1") {
			t.Errorf("%s: the tick or the lot was not kept: %v", name, v)
		}
		if len(b.links("/dose/")) != 0 {
			t.Errorf("%s: a dose was recorded", name)
		}
	}
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {"XYZ"}, "screening": {"eligible"}}).want(http.StatusUnprocessableEntity).
		says("vắc xin: Máy chưa biết vắc xin “XYZ”.")
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": nil}).want(http.StatusUnprocessableEntity).says("Chưa có gì để lưu.")

	// A child can be told apart by a mistyped code.
	b.get(child)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}})
	b.get(child)
	dose := b.links("/dose/")[0]
	code := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(b.text())
	digits := []byte(code)
	digits[0] = '0' + (digits[0]-'0'+1)%10
	b.get(dose)
	b.submit(dose+"/move", url.Values{"q": {string(digits)}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("q"); got != "Mã sai một số. Đọc lại trên sổ." {
		t.Errorf("beside the code: %q", got)
	}
	if v := b.form(dose + "/move"); v.Get("q") != string(digits) {
		t.Errorf("the entry was not kept: %v", v)
	}
}

func TestDuplicates(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	first := b.baby(nil)
	again := url.Values{
		"mother": {"Lo Thi Mai"}, "phone": {"0385 000 412"}, "born": {"18/07/2026"}, "sex": {"male"}, "name": {"Lò Gia Bảo"},
	}
	b.get("/register")
	b.partial(http.MethodPost, "/register/candidates", b.merged("/register", again)).want(http.StatusOK).says("Lò Gia Bảo", "Rất giống")
	b.get("/register")
	b.submit("/register", again).want(http.StatusConflict).says("Có thể bé đã có trong sổ.", "Đúng bé này, mở sổ", "Khác bé này, nhớ là khác")
	if links := b.links(first); len(links) != 1 {
		t.Errorf("the page does not lead to the child it found: %v", links)
	}
	if v := b.form("/register"); v.Get("force") != "1" || v.Get("mother") != "Lo Thi Mai" || v.Get("different") == "" {
		t.Errorf("the form to send again is %v", v)
	}
	b.submit("/register", nil).want(http.StatusOK)
	second := b.url.Path
	if second == first || !strings.HasPrefix(second, "/child/") {
		t.Fatalf("sent again, the page is %s", b.url)
	}
	// What was said is remembered: neither page asks again.
	b.get(first).silent("Có thể là một người")
	b.get(second).silent("Có thể là một người")
	b.get("/review?of=" + strings.TrimPrefix(second, "/child/")).want(http.StatusOK).silent("Một người, nối")

	// They were one after all: linked, the pages are one, and can be taken apart again.
	b.post("/review/link", url.Values{"a": {strings.TrimPrefix(first, "/child/")}, "b": {strings.TrimPrefix(second, "/child/")}, "same": {"1"}}).
		want(http.StatusOK).says("Đã nối: một người.")
	b.get(first).says("Ghép từ 2 hồ sơ")
	b.get("/review?of=" + strings.TrimPrefix(second, "/child/")).says("Hai người, gỡ ra")
	b.submit("/review/link", url.Values{"same": {"0"}}).says("Đã nhớ: hai người.")
	b.get(first).silent("Ghép từ 2 hồ sơ")
}

// merged is a form as it stands with something typed over it.
func (b *browser) merged(action string, typed url.Values) url.Values {
	v := b.form(action)
	for name, values := range typed {
		v[name] = values
	}
	return v
}

func TestStaleForms(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	id := idOf(t, child)
	b.get(child + "/edit")
	form := b.form(child + "/edit")

	// Meanwhile somebody else writes the phone and the hamlet.
	change := func(patch registry.Patch) {
		t.Helper()
		var s *p.State
		if err := b.tree.Station.Node.Store().View(context.Background(), func(tx store.Tx) (err error) {
			s, err = tx.State(id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := b.tree.Station.Edit(context.Background(), b.tree.Head, id, patch, registry.SawOf(s)); err != nil {
			t.Fatal(err)
		}
	}
	change(registry.Patch{registry.SubjectMotherPhone: p.Text("0912345678"), registry.SubjectHamlet: p.Text("bản Pha Thanh")})
	form.Set("phone", "0385 000 413")
	b.post(child+"/edit", form).want(http.StatusPreconditionFailed)
	if got := b.wrong("phone"); !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), "0912 345 678") {
		t.Errorf("beside the phone stands %q", got)
	}
	if v := b.form(child + "/edit"); v.Get("phone") != "0385 000 413" {
		t.Errorf("the entry was not kept: %v", v)
	}
	// Having seen both, the nurse means hers; the hamlet, which she never touched, stays.
	b.submit(child+"/edit", nil).want(http.StatusOK).says("0385 000 413", "bản Pha Thanh")

	// The day to come again, changed between drawing and saving.
	b.get(child)
	visit := b.form(child + "/visit")
	change(registry.Patch{registry.SubjectNextDate: p.Int(int64(registry.Today(nodetest.Start, 0)) + 10)})
	visit.Set("give", "BOPV")
	visit.Set("screening", "eligible")
	visit.Set("next", "25/12/2026")
	b.post(child+"/visit", visit).want(http.StatusPreconditionFailed)
	if got := b.wrong("next"); !strings.Contains(got, "05/12/2026") {
		t.Errorf("beside the next date stands %q", got)
	}
	b.submit(child+"/visit", nil).want(http.StatusOK)
	b.get(child).says("25/12/2026")
}

func TestConflict(t *testing.T) {
	ctx := context.Background()
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	id := idOf(t, child)
	tree.Sync(t)
	// Hub and station write the phone without knowing of each other.
	tree.Clock().Add(time.Minute)
	if _, err := tree.Hub.Node.Append(ctx, tree.Nurse.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(id)
		return []registry.Draft{registry.Edit(s, registry.SubjectMotherPhone, p.Text("0912345678"))}, err
	}); err != nil {
		t.Fatal(err)
	}
	b.get(child + "/edit")
	b.submit(child+"/edit", url.Values{"phone": {"0385000499"}})
	tree.Sync(t)
	tree.Sync(t)
	b.get(child).says("Hai giá trị: số điện thoại.", "0912 345 678", "0385 000 499")
	b.get("/review").says("Hai giá trị", "Lò Gia Bảo")
	form := b.form("/review/settle")
	for _, n := range b.all("button") {
		if attr(n, "name") == "choice" && strings.Contains(content(n), "0912") {
			form.Set("choice", attr(n, "value"))
		}
	}
	b.post("/review/settle", form).want(http.StatusOK).says("Đã chọn", "0912 345 678", "Không còn việc nào.")
	b.submit("/undo", nil).want(http.StatusOK)
	b.get(child).says("0385 000 499").silent("Hai giá trị")
	b.post("/review/settle", form).want(http.StatusOK) // the same press again is answered as it was
	form.Del("once")
	b.post("/review/settle", form).says("Vừa có người sửa chỗ này ở nơi khác.")
}

func TestSearch(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	child := b.baby(nil)
	code := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(b.text())
	six := strings.ReplaceAll(code, " ", "")[10:]
	for _, q := range []string{"gia bao", "Lò Thị Mai", "0385000412", six, code} {
		b.get("/")
		b.submit("/search", url.Values{"q": {q}}).want(http.StatusOK)
		if len(b.links(child)) == 0 || b.url.RawQuery != "" {
			t.Errorf("searching %q at %s found nobody: %s", q, b.url, b.text())
		}
		b.partial(http.MethodPost, "/search", url.Values{"q": {q}}).want(http.StatusOK)
		if len(b.links(child)) == 0 || strings.Contains(b.body, "<html") {
			t.Errorf("the partial for %q is %s", q, b.body)
		}
	}
	b.get("/")
	b.submit("/search", url.Values{"q": {"Vàng A Chính"}}).says("Chưa thấy “Vàng A Chính” trên máy này.", "Máy này giữ 1 người.")
	b.post("/register/new", url.Values{"q": {"Vàng A Chính"}}).want(http.StatusOK)
	if v := b.form("/register"); v.Get("name") != "Vàng A Chính" {
		t.Errorf("the form begins with %q", v.Get("name"))
	}
}

// Every page in both languages, with a visit, a dose and a conflict-free review on them.
func TestLanguages(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.HeadLogin)
	child := b.baby(nil)
	b.submit(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}})
	b.get(child)
	dose := b.links("/dose/")[0]
	for _, lang := range []string{"en", "vi"} {
		b.get("/settings")
		b.submit("/look", url.Values{"lang": {lang}}).want(http.StatusOK)
		if b.url.Path != "/settings" {
			t.Errorf("switching the language led to %s", b.url)
		}
		for _, path := range []string{"/", "/register", child, child + "/edit", child + "/history", dose, "/due", "/due?list=missed", "/review", "/sync", "/settings", "/users", "/nowhere"} {
			b.get(path)
			if b.status >= 500 {
				t.Errorf("%s in %s: status %d", path, lang, b.status)
			}
			if got := attr(b.all("html")[0], "lang"); got != lang {
				t.Errorf("%s is in %q, want %q", path, got, lang)
			}
		}
	}
	b.get("/settings")
	b.submit("/look", url.Values{"theme": {"contrast"}})
	if got := attr(b.all("html")[0], "data-theme"); got != "contrast" {
		t.Errorf("the theme is %q", got)
	}
}

// A dose written on the wrong child goes to the right one, and a refusal stands where the dose would be.
func TestMoveAndRefuse(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	wrong := b.baby(nil)
	b.submit(wrong+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}, "lot.BOPV": {"P-0731"}})
	right := b.baby(url.Values{"mother": {"Vàng Thị Sáo"}, "phone": {""}, "name": {"Vàng A Chính"}, "born": {"02/06/2026"}})
	code := regexp.MustCompile(`\d{4} \d{4} \d{4} \d{4}`).FindString(b.text())
	six := strings.ReplaceAll(code, " ", "")[10:]
	b.get(wrong)
	dose := b.links("/dose/")[0]
	b.get(dose)
	b.submit(dose+"/move", url.Values{"q": {six}}).want(http.StatusOK).says("Chuyển mũi này?")
	b.submit(dose+"/move", nil).want(http.StatusOK).says("Đã chuyển mũi sang sổ của Vàng A Chính.")
	if b.get(wrong); len(b.links("/dose/")) != 1 {
		t.Errorf("the wrong child's page does not tell where the dose went, or tells more: %s", b.text())
	}
	if b.says("đã chuyển sang Vàng A Chính"); b.form(wrong+"/visit").Get("number.BOPV") != "1" {
		t.Error("the dose still stands with the wrong child")
	}
	if b.get(right); len(b.links(dose)) != 1 {
		t.Errorf("the dose is not with the right child: %s", b.text())
	}
	b.submit(right+"/visit", url.Values{"give": {"IPV"}, "not_done": {"refused"}}).want(http.StatusOK).
		says("Vàng A Chính: đã ghi lý do, chưa tiêm mũi nào.", "Từ chối")
	if b.url.Path != right {
		t.Errorf("after a refusal the page is %s", b.url)
	}
	b.get("/").standsIn("watch", "Vàng A Chính")
	b.standsIn("overdue", "Lò Gia Bảo") // the dose that said they were here was another's

	// What a card tells is not given here: it moves no lot and nobody waits half an hour for it.
	b.get(right)
	b.submit(right+"/visit", url.Values{"only": {"other"}, "other": {"IPV"}, "other_source": {"card"}, "other_lot": {"CARD-1"}, "other_on": {"05/10/2026"}}).want(http.StatusOK)
	b.says("05/10/2026", "Theo sổ, phiếu")
	if v := b.form(right + "/visit"); v.Get("lot.IPV") != "" {
		t.Errorf("the lot of a card is proposed: %q", v.Get("lot.IPV"))
	}
}

// TestElsewhere looks up, at a station of another commune, a child whose record only the centre and its own
// station have.
func TestElsewhere(t *testing.T) {
	ctx := context.Background()
	tr := nodetest.New(t)
	home := serve(t, tr).as(nodetest.NurseLogin)
	child := home.baby(nil)
	tr.Sync(t)

	other := neighbour(t, tr)
	b := serve(t, other).as("mai")
	b.post("/search", url.Values{"q": {"Lò Gia Bảo"}}).want(http.StatusOK).says("Tìm ở nơi khác")
	b.post("/elsewhere/named", url.Values{"q": {"Lò Gia Bảo"}}).want(http.StatusOK)
	if v := b.form("/elsewhere"); v.Get("name") != "Lò Gia Bảo" {
		t.Errorf("the form holds %v of what was searched for", v)
	}
	b.submit("/elsewhere", url.Values{"name": {"Lò Gia Bảo"}}).want(http.StatusUnprocessableEntity).says("Cần ngày sinh")
	b.submit("/elsewhere", url.Values{"code": {"0123"}}).want(http.StatusUnprocessableEntity).says("Mã sai một số.")
	b.submit("/elsewhere", url.Values{"code": {""}, "name": {"Giàng A Páo"}, "born": {"18/07/2026"}, "mother": {"Vừ Thị Dở"}}).want(http.StatusOK).says("Không thấy ai")
	b.submit("/elsewhere", url.Values{"name": {"lo gia bao"}, "born": {"18/07/2026"}, "mother": {"Lò Thị Mai"}}).want(http.StatusOK)
	b.says("1 người có thể là trẻ này", "L. G. Bảo", "Mẹ L. T. Mai", "Điện thoại …12", "Xã Mường Nhà")
	b.silent("0385", "Na Phay")
	b.submit("/elsewhere/fetch", nil).want(http.StatusOK).says("Đã đưa hồ sơ về.", "Lò Gia Bảo")
	if b.url.Path != child {
		t.Errorf("the record opened is %s, want %s", b.url.Path, child)
	}
	tr.Cut()
	other.Station.Uplink.Client.Close()
	b.get("/elsewhere").want(http.StatusOK)
	b.submit("/elsewhere", url.Values{"name": {"Lò Gia Bảo"}, "born": {"18/07/2026"}, "mother": {"Lò Thị Mai"}}).want(http.StatusOK).says("không có mạng")
	code := "0123450000000027"
	if rec, err := tr.Station.Open(ctx, tr.Nurse, idOf(t, child)); err == nil {
		code = string(rec.Subject.Code)
	}
	b.submit("/elsewhere", url.Values{"code": {code}}).want(http.StatusOK).says("không có mạng", "Ghi tạm theo mã này")
	b.post("/elsewhere/provisional", url.Values{"code": {code}}).want(http.StatusUnprocessableEntity).says("Cần ngày sinh")
	b.post("/elsewhere/provisional", url.Values{"code": {code}, "born": {"18/07/2026"}, "mother": {"Lò Thị Mai"}}).want(http.StatusOK).says("Đã mở hồ sơ tạm theo mã.")

	// A child without a name may be a twin with the other's card. The nurse is asked, and asked once.
	b.says("Có thể là một người").get("/review").says("Cần xem: 1", "Có thể trùng", "CB Lò Thị Mai", "Lò Gia Bảo", "Giống: mã", "Một người, nối")
	b.submit("/review/link", url.Values{"same": {"0"}}).want(http.StatusOK).says("Đã nhớ: hai người.")
	b.get("/review").says("Không còn việc nào.")
}
