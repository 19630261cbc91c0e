package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tramy/internal/nodetest"
	"tramy/internal/rights"
	"tramy/internal/server"
)

// serveStrict serves a hub that asks officers for a second factor.
func serveStrict(t *testing.T, tree *tree) string {
	t.Helper()
	logins := &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now}
	w, err := New(Options{Hub: tree.Hub, Logins: logins, Log: nodetest.Quiet(), FactorRequired: true})
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Logins: logins, Log: nodetest.Quiet(), ErrorPage: w.ErrorPage})
	w.Register(s)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return ts.URL
}

var (
	keyShown = regexp.MustCompile(`<b class="code wrap">([A-Z2-7 ]+)</b>`)
	keyHalf  = regexp.MustCompile(`name="key" value="([^"]+)"`)
	oneCode  = regexp.MustCompile(`<li class="code">([^<]+)</li>`)
)

func found(t *testing.T, re *regexp.Regexp, page string) string {
	t.Helper()
	m := re.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page lacks %s:\n%s", re, text(page))
	}
	return m[1]
}

// An officer's first log-in at a hub that asks for it: the set-up and nothing else; from then on the code.
func TestSecondFactorIsSetUpFirst(t *testing.T) {
	tree := newTree(t)
	address := serveStrict(t, tree)
	b := as(t, address, officerLogin)
	for _, path := range []string{"/", "/stations", "/settings", "/search"} {
		says(t, b.get(path, http.StatusOK), "Xác thực hai bước", "Tuyến này yêu cầu.")
	}
	b.post("/users", url.Values{"name": {"x"}}, http.StatusOK) // leads to the set-up as well
	page := b.get("/settings/second-factor", http.StatusOK)
	if !strings.Contains(page, `src="data:image/png;base64,`) {
		t.Error("there is no picture of the key")
	}
	key := strings.ReplaceAll(found(t, keyShown, page), " ", "")
	code := func() string {
		t.Helper()
		c, err := rights.FactorCode(key, tree.Clock().Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	says(t, b.post("/settings/second-factor", url.Values{"code": {"000000"}}, http.StatusUnprocessableEntity), "Mã chưa đúng", found(t, keyShown, page))
	page = b.post("/settings/second-factor", url.Values{"code": {code()}}, http.StatusOK)
	codes := oneCode.FindAllStringSubmatch(page, -1)
	if len(codes) != rights.RecoveryCodes {
		t.Fatalf("%d recovery codes:\n%s", len(codes), text(page))
	}
	says(t, b.get("/stations", http.StatusOK), "Chưa nghe") // on with the work
	says(t, b.get("/settings/second-factor", http.StatusOK), "Đang bật.", "Còn 8 mã dự phòng.")

	// From another machine: the password alone opens nothing.
	tree.Clock().Add(time.Minute)
	b = as(t, address, officerLogin)
	silentAbout(t, b.get("/stations", http.StatusOK), "Chưa nghe")
	page = b.post("/login", url.Values{"user": {officerLogin}, "password": {nodetest.Password}, "next": {"/stations"}}, http.StatusOK)
	half := found(t, keyHalf, page)
	says(t, b.post("/login/code", url.Values{"key": {half}, "code": {"000000"}}, http.StatusUnauthorized), "Mã chưa đúng hoặc đã dùng.")
	used := code()
	says(t, b.post("/login/code", url.Values{"key": {half}, "code": {used}}, http.StatusOK), "Chưa nghe")

	// A code somebody looked at over the shoulder opens nothing a second time, and a half log-in is used up.
	thief := as(t, address, "")
	thief.post("/login/code", url.Values{"key": {half}, "code": {used}}, http.StatusUnauthorized)
	page = thief.post("/login", url.Values{"user": {officerLogin}, "password": {nodetest.Password}}, http.StatusOK)
	thief.post("/login/code", url.Values{"key": {found(t, keyHalf, page)}, "code": {used}}, http.StatusUnauthorized)
	thief.post("/login/code", url.Values{"code": {used}}, http.StatusUnauthorized)

	// Without the phone: a recovery code, once.
	page = b.post("/login", url.Values{"user": {officerLogin}, "password": {nodetest.Password}}, http.StatusOK)
	says(t, b.post("/login/code", url.Values{"key": {found(t, keyHalf, page)}, "code": {codes[0][1]}}, http.StatusOK), "Còn 7 mã dự phòng.")
	page = b.post("/login", url.Values{"user": {officerLogin}, "password": {nodetest.Password}}, http.StatusOK)
	half = found(t, keyHalf, page)
	b.post("/login/code", url.Values{"key": {half}, "code": {codes[0][1]}}, http.StatusUnauthorized)

	// The time for the code runs out.
	tree.Clock().Add(6 * time.Minute)
	says(t, b.post("/login/code", url.Values{"key": {half}, "code": {code()}}, http.StatusUnauthorized), "Chờ lâu quá.")

	// Phone and codes are lost: an admin takes it away, and the set-up is asked for again.
	admin := as(t, serve(t, tree), nodetest.AdminLogin)
	says(t, admin.get("/users", http.StatusOK), "Bỏ hai bước")
	says(t, admin.post("/users/second-factor", url.Values{"id": {tree.Local.User.String()}}, http.StatusOK), "Đã bỏ xác thực hai bước của")
	says(t, as(t, address, officerLogin).get("/", http.StatusOK), "Tuyến này yêu cầu.")
}

// Where it is offered, an officer may switch it on and, with a code of it, off again or anew; a nurse is not asked.
func TestSecondFactorIsOffered(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	nurse := as(t, address, nodetest.NurseLogin)
	nurse.get("/settings/second-factor", http.StatusForbidden)
	says(t, as(t, serveStrict(t, tree), nodetest.NurseLogin).get("/settings", http.StatusOK), "Đổi mật khẩu")

	b := as(t, address, officerLogin)
	says(t, b.get("/settings", http.StatusOK), "Cài đặt hai bước")
	key := strings.ReplaceAll(found(t, keyShown, b.get("/settings/second-factor", http.StatusOK)), " ", "")
	code := func() url.Values {
		t.Helper()
		tree.Clock().Add(time.Minute)
		c, err := rights.FactorCode(key, tree.Clock().Now())
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{"code": {c}}
	}
	b.post("/settings/second-factor", code(), http.StatusOK)
	b.post("/settings/second-factor", url.Values{"do": {"off"}, "code": {"000000"}}, http.StatusUnprocessableEntity)
	v := code()
	v.Set("do", "anew")
	again := strings.ReplaceAll(found(t, keyShown, b.post("/settings/second-factor", v, http.StatusOK)), " ", "")
	if again == key {
		t.Fatal("the key is the same")
	}
	key = again
	b.post("/settings/second-factor", code(), http.StatusOK)
	v = code()
	v.Set("do", "off")
	says(t, b.post("/settings/second-factor", v, http.StatusOK), "Đã tắt xác thực hai bước.")
	says(t, as(t, address, officerLogin).get("/settings", http.StatusOK), "Cài đặt hai bước")
}

func TestAdminEndsLogins(t *testing.T) {
	tree := newTree(t)
	address := serve(t, tree)
	officer, admin := as(t, address, officerLogin), as(t, address, nodetest.AdminLogin)
	says(t, admin.get("/users", http.StatusOK), "Cho ra (1)")
	says(t, admin.post("/users/logout", url.Values{"id": {tree.Local.User.String()}}, http.StatusOK), "Đã cho")
	silentAbout(t, officer.get("/stations", http.StatusOK), "Chưa nghe")
	officer.post("/login", url.Values{"user": {officerLogin}, "password": {nodetest.Password}}, http.StatusOK)
	officer.post("/users/logout", url.Values{"id": {tree.Admin.User.String()}}, http.StatusForbidden)
	officer.post("/users/second-factor", url.Values{"id": {tree.Admin.User.String()}}, http.StatusForbidden)
}
