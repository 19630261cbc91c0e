package web

import (
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramy/hub"
	"tramy/internal/backup"
	"tramy/internal/desk"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// browser is one person at the pages.
type browser struct {
	t    *testing.T
	url  string
	http *http.Client
	lang string
}

// serve puts a tree's hub behind an address.
func serve(t *testing.T, tree *tree) string {
	t.Helper()
	logins := &server.Logins{Store: &server.MemoryLogins{}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w, err := New(Options{Hub: tree.Hub, Logins: logins, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Logins: logins, Log: quiet, ErrorPage: w.ErrorPage})
	w.Register(s)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return ts.URL
}

// as logs somebody in.
func as(t *testing.T, address, login string) *browser {
	t.Helper()
	jar, _ := cookiejar.New(nil) // no options, no error
	b := &browser{t: t, url: address, http: &http.Client{Jar: jar}, lang: "vi"}
	if login != "" {
		b.post("/login", url.Values{"user": {login}, "password": {nodetest.Password}}, http.StatusOK)
	}
	return b
}

func (b *browser) do(req *http.Request, status int) string {
	b.t.Helper()
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", b.lang)
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if resp.StatusCode != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", req.Method, req.URL.Path, resp.StatusCode, status, text(string(body)))
	}
	return string(body)
}

func (b *browser) get(path string, status int) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req, status)
}

func (b *browser) post(path string, form url.Values, status int) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req, status)
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// text is what a person reads of a page's main part.
func text(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		page = page[i:]
	}
	page = html.UnescapeString(tags.ReplaceAllString(page, " "))
	return strings.TrimSpace(blanks.ReplaceAllString(strings.ReplaceAll(page, "\u00a0", " "), " "))
}

// says fails unless a page holds all of these.
func says(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text(page), want) && !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, text(page))
		}
	}
}

func silentAbout(t *testing.T, page string, not ...string) {
	t.Helper()
	for _, s := range not {
		if strings.Contains(text(page), s) {
			t.Errorf("the page says %q:\n%s", s, text(page))
		}
	}
}

// fill registers children at the station, gives some of them doses and sends everything up.
func fill(t *testing.T, tree *tree, children, third int) {
	t.Helper()
	today := tree.Station.Today()
	for i := range children {
		who := tree.Nurse
		id, _, err := tree.Station.Register(t.Context(), who, registry.SubjectInput{
			Place: tree.Commune, Name: "Lò Thị " + string(rune('A'+i)), BirthDate: today - 200, MotherName: "Vàng Thị " + string(rune('A'+i)),
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		if i >= third {
			continue
		}
		for dose := range 3 {
			_, err := tree.Station.RecordVisit(t.Context(), who, desk.Visit{
				Subject: id, GivenOn: today - registry.Day(120-30*dose), Screening: registry.ScreeningEligible,
				Doses: []registry.ImmunizationInput{{Vaccine: report.FirstVaccine, Lot: "L1"}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := tree.Station.Uplink.Now(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// allPages are what an admin and an officer can open.
var allPages = []string{"/", "/search", "/stations", "/stations?show=silent", "/review", "/settings", "/users", "/devices", "/places", "/access"}

// TestPagesOfAnEmptyHub opens everything before anybody has done anything, in both languages.
func TestPagesOfAnEmptyHub(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	for _, lang := range []string{"vi", "en"} {
		for _, who := range []string{nodetest.AdminLogin, officerLogin} {
			b := as(t, address, who)
			b.post("/look", url.Values{"lang": {lang}}, http.StatusOK)
			for _, path := range allPages {
				if who == nodetest.AdminLogin && (path == "/search" || path == "/review") || who == officerLogin && path == "/users" {
					continue // an admin has no business with children, an officer none with accounts
				}
				page := b.get(path, http.StatusOK)
				if !strings.Contains(page, `lang="`+lang+`"`) || strings.Contains(page, "ZgotmplZ") || strings.Contains(text(page), "[say.") {
					t.Errorf("%s for %s in %s:\n%s", path, who, lang, text(page))
				}
			}
		}
	}
	b := as(t, address, officerLogin)
	says(t, b.get("/", http.StatusOK), "Đã nghe từ 0/1 trạm", "Chưa có số liệu.")
	says(t, b.get("/stations", http.StatusOK), "Chưa nghe", "chưa lần nào", "Gọi, nhờ USB")
	if page := as(t, address, "").get("/stations", http.StatusOK); !strings.Contains(page, `name="password"`) {
		t.Errorf("a stranger sees\n%s", text(page))
	}
}

// TestOverview reads the figures of a province, and walks down to the commune.
func TestOverview(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 5, 4)
	born := tree.Station.Today() - 200
	year, _, _ := born.Date()
	b := as(t, address, officerLogin)
	page := b.get("/?period="+strconv.Itoa(year), http.StatusOK)
	says(t, page, "Đã nghe từ 1/1 trạm", "hôm nay", "Tỉnh Điện Biên", "năm "+strconv.Itoa(year), "4 / 5", "80,0%", "Xã Mường Nhà", "Bỏ mũi", "0 / 4")
	if !regexp.MustCompile(`Chưa có mũi 5 trong 1 nào đã quá 3 tháng tuổi 1 `).MatchString(text(page)) {
		t.Errorf("one child has no dose:\n%s", text(page))
	}
	down := regexp.MustCompile(`href="(/\?[^"]*)"[^>]*>Xã Mường Nhà`).FindStringSubmatch(page)
	if down == nil {
		t.Fatalf("no way down:\n%s", page)
	}
	page = b.get(strings.ReplaceAll(down[1], "&amp;", "&"), http.StatusOK)
	says(t, page, "Trạm Y tế xã Mường Nhà", "4 / 5", "1/1")
	says(t, b.get("/?period="+strconv.Itoa(year-3), http.StatusOK), "Chưa có số liệu.")
	says(t, b.get("/?place="+tree.Other.String(), http.StatusForbidden), "tramy:elsewhere")
	b.get("/?place=x", http.StatusNotFound)

	// The same figures, once the station has been silent for six days.
	child(t, tree, func(c *store.ChildRow) {
		c.UnequalMS, c.BackupMS = 0, c.ContactMS-backup.LateAfter.Milliseconds()
	})
	says(t, b.get("/stations?show=odd", http.StatusOK), "Chưa có bản sao mới", "Nhắn sao lưu")
	child(t, tree, func(c *store.ChildRow) { c.BackupMS = c.ContactMS })
	says(t, b.get("/stations?show=good", http.StatusOK), "1 Đúng hẹn")
	child(t, tree, func(c *store.ChildRow) { c.BackupMS = store.NoBackup })
	says(t, b.get("/stations?show=odd", http.StatusOK), "Chưa có bản sao mới")

	tree.Clock().Add(6 * 24 * time.Hour)
	b = as(t, address, officerLogin) // nobody stays logged in for so long
	page = b.get("/?period="+strconv.Itoa(year), http.StatusOK)
	silentAbout(t, page, "số liệu đến Chưa nghe")
	says(t, page, "Đã nghe từ 0/1 trạm", "1 trạm im lặng (5 trẻ)", "Chưa nghe", "80,0–100,0", "từ 0,0 đến +20,0 điểm")
	b.post("/look", url.Values{"lang": {"en"}}, http.StatusOK)
	says(t, b.get("/", http.StatusOK), "Heard from 0")
}

// TestStations reads the list while the station is well, odd and silent.
func TestStations(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	b := as(t, address, officerLogin)
	page := b.get("/stations", http.StatusOK)
	says(t, page, "Đúng hẹn", "Trạm Y tế xã Mường Nhà", "Lò Văn Thanh", "000 001", "Giống")
	silentAbout(t, page, "?  ", "Thêm máy")
	b.get("/enrol", http.StatusForbidden)

	child(t, tree, func(c *store.ChildRow) { c.ClockErrMS, c.Pending = -3*24*3600*1000, 2 })
	page = b.get("/stations?show=odd", http.StatusOK)
	says(t, page, "Lệch đồng hồ", "−3 ngày", "Nhắn chỉnh giờ", "1 Cần xem")
	child(t, tree, func(c *store.ChildRow) { c.ClockErrMS, c.UnequalMS = 2000, c.ContactMS })
	says(t, b.get("/stations", http.StatusOK), "Khác trung ương", "+2 s")

	tree.Clock().Add(6 * 24 * time.Hour)
	b = as(t, address, officerLogin) // nobody stays logged in for so long
	page = b.get("/stations", http.StatusOK)
	says(t, page, "Im 6 ngày", "Gọi, nhờ USB", "1 Im lặng")
	if !strings.Contains(page, `<td class="num">?</td>`) {
		t.Error("what waits at a silent station is not known, and the page says it is")
	}
	says(t, b.get("/stations?show=good", http.StatusOK), "0 Đúng hẹn")
}

// TestEnrol makes a code and reads it back from the page and from its file.
func TestEnrol(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	b := as(t, address, nodetest.AdminLogin)
	says(t, b.get("/enrol", http.StatusOK), "Trạm Y tế xã Mường Nhà, Xã Mường Nhà", "Máy của trạm")
	form := url.Values{"place": {tree.Facility.String()}, "role": {"station"}, "once": {"k1"}}
	page := b.post("/enrol", form, http.StatusOK)
	shown := regexp.MustCompile(`TRAMY-[A-Z2-7-]+`).FindString(page)
	code, err := exchange.ParseCode(shown)
	if err != nil || code.Place != "Trạm Y tế xã Mường Nhà" {
		t.Fatalf("the page shows %q: %+v, %v", shown, code, err)
	}
	if !strings.Contains(page, "data:image/png;base64,iVBOR") {
		t.Error("no image of the code")
	}
	file := regexp.MustCompile(`href="(/enrol/[A-Z0-9]+\.tramy)"`).FindStringSubmatch(page)
	if file == nil {
		t.Fatal("no file of the code")
	}
	if got := strings.TrimSpace(b.get(file[1], http.StatusOK)); got != shown {
		t.Errorf("the file holds %q", got)
	}
	if again := b.post("/enrol", form, http.StatusOK); !strings.Contains(again, shown) {
		t.Error("pressing twice made two codes")
	}
	as(t, address, officerLogin).get(file[1], http.StatusNotFound)
	says(t, b.post("/enrol", url.Values{"place": {""}, "role": {"station"}}, http.StatusUnprocessableEntity), "Chưa biết ở đâu.")
	as(t, address, officerLogin).post("/enrol", url.Values{"place": {tree.Facility.String()}, "role": {"station"}}, http.StatusForbidden)
}

// TestDevices revokes a machine and lets a held log in.
func TestDevices(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	b := as(t, address, officerLogin)
	admin := as(t, address, nodetest.AdminLogin)
	device := tree.Station.Node.Identity().Device
	says(t, b.get("/devices", http.StatusOK), "000 001", "Máy trạm Mường Nhà", "Đang dùng", "Quản trị")
	says(t, admin.get("/devices", http.StatusOK), "máy này")

	hold(t, tree, p.HoldRights)
	page := b.get("/devices", http.StatusOK)
	says(t, page, "1 việc chưa nhận vào sổ", "Nhận vào sổ")
	log := regexp.MustCompile(`name="log" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	if log == nil {
		t.Fatal("no button to let it in")
	}
	page = b.post("/devices/admit", url.Values{"log": {log[1]}}, http.StatusOK)
	says(t, page, "Đã nhận vào sổ.")
	silentAbout(t, page, "chưa nhận vào sổ")

	hold(t, tree, p.HoldRights)
	says(t, b.post("/devices/reject", url.Values{"log": {log[1]}, "reason": {" "}}, http.StatusUnprocessableEntity), "Ghi vài chữ vì sao.", "Xem từng việc")
	page = b.post("/devices/reject", url.Values{"log": {log[1]}, "reason": {"không có mũi này"}}, http.StatusOK)
	says(t, page, "Đã bỏ.", "bỏ 08:00 hôm nay: không có mũi này")
	silentAbout(t, page, "Bỏ hẳn", "Nhận vào sổ</button>")
	as(t, address, nodetest.HeadLogin).post("/devices/reject", url.Values{"log": {log[1]}, "reason": {"x"}}, http.StatusForbidden)

	says(t, b.post("/devices/revoke", url.Values{"id": {device.String()}, "reason": {" "}}, http.StatusUnprocessableEntity), "Ghi vài chữ vì sao.")
	says(t, b.post("/devices/revoke", url.Values{"id": {device.String()}, "reason": {"mất máy 12/10"}}, http.StatusOK), "Đã thu hồi máy 000 001.", "mất máy 12/10")
	says(t, b.get("/stations", http.StatusOK), "Chưa có trạm nào ở đây.")
	self := tree.Hub.Node.Identity().Device.String()
	admin.post("/devices/revoke", url.Values{"id": {self}, "reason": {"x"}}, http.StatusConflict)
	b.post("/devices/revoke", url.Values{"id": {self}, "reason": {"x"}}, http.StatusConflict)
	as(t, address, nodetest.NurseLogin).post("/devices/revoke", url.Values{"id": {device.String()}, "reason": {"x"}}, http.StatusForbidden)
}

// looks counts what the access log has of reading, beside log-ins.
func looks(t *testing.T, tree *tree) int {
	t.Helper()
	rows, err := tree.Hub.Accesses(t.Context(), tree.Admin, p.EntityID{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range rows {
		if r.Act != "login" {
			n++
		}
	}
	return n
}

// first is the one child of a tree.
func first(t *testing.T, tree *tree) p.EntityID {
	t.Helper()
	var id p.EntityID
	err := tree.Hub.Node.Store().View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.SearchSubjects(store.SubjectQuery{Words: []string{"lo"}, Limit: 1})
		if len(rows) == 1 {
			id = rows[0].ID
		}
		return err
	})
	if err != nil || id.IsZero() {
		t.Fatalf("no child: %v", err)
	}
	return id
}

// TestHeldNamesChildrenToOfficersOnly: an administrator decides about machines and reads no child's record.
func TestHeldNamesChildrenToOfficersOnly(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	tree.WriteElsewhere(t, first(t, tree))
	if _, err := tree.Station.Uplink.Now(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := as(t, address, nodetest.AdminLogin).get("/devices", http.StatusOK)
	says(t, page, "Lao, 25/11/2026")
	silentAbout(t, page, "Lò Thị A", "Vàng Thị A")
	if n := looks(t, tree); n != 0 {
		t.Errorf("%d looks before anybody read a name", n)
	}
	says(t, as(t, address, officerLogin).get("/devices", http.StatusOK), "Lao, 25/11/2026", "Lò Thị A")
	if n := looks(t, tree); n != 1 {
		t.Errorf("%d looks are written down, want the officer's", n)
	}
}

// TestForkedIsNoted says that a machine ran twice, for as long as somebody may still find the second.
func TestForkedIsNoted(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	hold(t, tree, p.HoldForked)
	b := as(t, address, officerLogin)
	page := b.get("/devices", http.StatusOK)
	says(t, page, "Máy 000 001, Trạm Y tế xã Mường Nhà.", "tìm ra máy thứ hai")
	if strings.Contains(page, `name="log"`) {
		t.Error("there is something to decide about a log of which nothing is held")
	}
	says(t, b.get("/stations", http.StatusOK), "Chạy hai bản", "1 Cần xem")
	tree.Clock().Add((hub.ForkDays + 1) * 24 * time.Hour)
	silentAbout(t, as(t, address, officerLogin).get("/devices", http.StatusOK), "tìm ra máy thứ hai")
}

// TestRescues lists what was written again in one's own province, also where a record is not here.
func TestRescues(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	id := first(t, tree)
	elsewhere := id
	elsewhere[3] ^= 1
	rescue := func(place, entity p.EntityID, field p.Field) {
		t.Helper()
		tree.Clock().Add(time.Minute)
		value := registry.RescuedValue{Entity: entity, Field: field, Dot: entity.Birth(), At: p.At{WallMS: nodetest.Start.UnixMilli()}, Actor: tree.Nurse.User}
		_, err := tree.Hub.Node.Append(t.Context(), p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			return []registry.Draft{registry.NewRescue(place, []registry.RescuedValue{value})}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	rescue(tree.Facility, id, registry.SubjectName)
	rescue(tree.Other, id, registry.SubjectHamlet)
	rescue(tree.Facility, elsewhere, registry.SubjectName)
	page := as(t, address, officerLogin).get("/review", http.StatusOK)
	says(t, page, "Ghi lại từ máy khác", "Lò Thị A", "Họ tên", "Cà Thị Diên", "Trạm Y tế xã Mường Nhà")
	silentAbout(t, page, "thôn, bản")
	if n := looks(t, tree); n != 1 {
		t.Errorf("%d looks are written down, want the officer's", n)
	}
}

// TestPlaces walks the tree, adds a commune and a facility, and moves one.
func TestPlaces(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	b := as(t, address, nodetest.AdminLogin)
	says(t, b.get("/places", http.StatusOK), "own:VN", "Tỉnh Điện Biên")
	at := "/places?at=" + tree.Province.String()
	says(t, b.get(at, http.StatusOK), "Xã Mường Nhà", "gso:03368", "xã")
	add := url.Values{"parent": {tree.Province.String()}, "name": {"Xã Núa Ngam"}, "code": {"gso:03340"}, "kind": {"xa"}}
	says(t, b.post("/places", add, http.StatusOK), "Đã thêm Xã Núa Ngam.", "gso:03340")
	says(t, b.post("/places", add, http.StatusUnprocessableEntity), "Đã có nơi mang mã này.")
	says(t, b.post("/places", url.Values{"parent": {tree.Province.String()}, "name": {""}, "code": {"123"}, "kind": {"xa"}}, http.StatusUnprocessableEntity), "Ô này cần có.", "Ghi cả hệ mã")
	says(t, b.post("/places", url.Values{"parent": {tree.Commune.String()}, "name": {"x"}, "kind": {officerLogin}}, http.StatusUnprocessableEntity), "Chọn một trong danh sách.")
	says(t, b.post("/places", url.Values{"parent": {tree.Commune.String()}, "name": {"Điểm trạm Na Tông"}, "kind": {"diem"}}, http.StatusOK), "Điểm trạm Na Tông", "own:")
	says(t, b.post("/places/find", url.Values{"q": {"na tong"}}, http.StatusOK), "Điểm trạm Na Tông, Xã Mường Nhà")

	facility := tree.Facility.String()
	says(t, b.get("/places?at="+facility, http.StatusOK), "Chuyển về nơi khác")
	var target string
	for _, link := range regexp.MustCompile(`href="/places\?at=([0-9a-f-]+)[^"]*">Xã Núa Ngam`).FindAllStringSubmatch(b.get(at, http.StatusOK), -1) {
		target = link[1]
	}
	says(t, b.get("/places?move="+facility+"&at="+target, http.StatusOK), "Chuyển Trạm Y tế xã Mường Nhà về Xã Núa Ngam?")
	move := url.Values{"do": {"move"}, "at": {facility}, "parent": {target}}
	says(t, b.get("/places/change?"+move.Encode(), http.StatusOK), "Chuyển Trạm Y tế xã Mường Nhà về Xã Núa Ngam?", "để trống nếu chỉ sửa chỗ ghi nhầm")
	says(t, b.press(move, http.StatusOK), "Đã ghi 1 thay đổi.")
	says(t, b.get("/places?at="+target, http.StatusOK), "Trạm Y tế xã Mường Nhà")
	says(t, b.post("/places/preview", url.Values{"do": {"move"}, "at": {target}, "parent": {facility}}, http.StatusUnprocessableEntity), "không phải cấp trên")
	b.post("/places/preview", url.Values{"do": {"end"}, "at": {tree.Province.String()}}, http.StatusNotFound)

	officer := as(t, address, officerLogin)
	officer.get("/places?at="+tree.Other.String(), http.StatusForbidden)
	officer.post("/places", url.Values{"parent": {tree.Other.String()}, "name": {"x"}, "kind": {"xa"}}, http.StatusForbidden)
	as(t, address, nodetest.NurseLogin).post("/places", add, http.StatusForbidden)
}

// TestAccess looks at a child and finds the look in the log.
func TestAccess(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	tree.join(t)
	fill(t, tree, 1, 0)
	officer := as(t, address, officerLogin)
	found := officer.post("/search", url.Values{"q": {"Lo Thi A"}}, http.StatusOK)
	child := regexp.MustCompile(`/child/[0-9a-f-]{36}`).FindString(found)
	if child == "" {
		t.Fatalf("not found:\n%s", text(found))
	}
	officer.get(child, http.StatusOK)
	admin := as(t, address, nodetest.AdminLogin)
	page := admin.get("/access", http.StatusOK)
	says(t, page, "Nguyễn Thu Hà", "xem", "tìm", "vào")
	silentAbout(t, page, "Lò Thị A")
	silentAbout(t, admin.post("/access", url.Values{"user": {"nguyen thu"}}, http.StatusOK), "Quản trị vào")
	page = admin.get("/access?act=view", http.StatusOK)
	if n := strings.Count(text(page), "Nguyễn Thu Hà"); n != 1 {
		t.Errorf("%d looks, want 1:\n%s", n, text(page))
	}
	says(t, admin.get("/access?from=31/12", http.StatusOK), "vào")
	as(t, address, nodetest.NurseLogin).get("/access", http.StatusForbidden)
}

// TestForkAlarmNamesTheMachine: at a hub "this machine" would be the hub itself.
func TestForkAlarmNamesTheMachine(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	err := tree.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(
			tx.PutAlarm(&store.AlarmRow{WallMS: nodetest.Start.UnixMilli(), Code: node.AlarmFork, Device: tree.Station.Node.Identity().Device}),
			tx.PutAlarm(&store.AlarmRow{WallMS: nodetest.Start.UnixMilli(), Code: node.AlarmSetBack}))
	})
	if err != nil {
		t.Fatal(err)
	}
	page := as(t, address, nodetest.AdminLogin).get("/stations", http.StatusOK)
	says(t, page, "Máy 000 001, Trạm Y tế xã Mường Nhà: có máy thứ hai ghi cùng số sổ với máy này", "Máy này bị quay lại lúc đang chạy")
}
