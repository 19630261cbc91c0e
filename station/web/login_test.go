package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/rights"
)

func TestLogin(t *testing.T) {
	b := serve(t, nodetest.New(t))
	b.get(noChild).want(http.StatusOK)
	if b.url.Path != "/login" || b.url.Query().Get("next") != noChild {
		t.Fatalf("a page without a log-in led to %s", b.url)
	}
	b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {"sai rồi nhé"}}).want(http.StatusUnauthorized)
	wrong := b.text()
	b.says("Tên hoặc mật khẩu chưa đúng.")
	if v := b.form("/login"); v.Get("user") != nodetest.NurseLogin || v.Get("password") != "" {
		t.Errorf("after a wrong password the form holds %q and %q", v.Get("user"), v.Get("password"))
	}
	b.submit("/login", url.Values{"user": {"ai-do"}, "password": {"sai rồi nhé"}}).want(http.StatusUnauthorized)
	if b.text() != wrong {
		t.Errorf("an unknown name is answered differently:\n%s\n%s", b.text(), wrong)
	}
	b.get("/login?next=%2Fsettings")
	b.submit("/login", url.Values{"user": {" Dien "}, "password": {nodetest.Password}}).want(http.StatusOK)
	if b.url.Path != "/settings" {
		t.Errorf("after the log-in the page is %s", b.url)
	}
	b.submit("/logout", nil).says("Đã ra.")
	if b.get("/settings"); b.url.Path != "/login" {
		t.Errorf("after leaving, settings are at %s", b.url)
	}
	for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:x"} {
		b.get("/login")
		b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}, "next": {next}})
		if b.url.Host != strings.TrimPrefix(b.at.URL, "http://") || b.url.Path != "/" {
			t.Errorf("next=%s led to %s", next, b.url)
		}
		b.forget()
	}
}

func TestGuessesAreSlowed(t *testing.T) {
	b := serve(t, nodetest.New(t))
	for range 5 {
		b.get("/login")
		b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {"sai rồi nhé"}}).want(http.StatusUnauthorized)
	}
	b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}}).want(http.StatusTooManyRequests)
	b.says("Chờ 1 giây")
	b.tree.Clock().Add(2 * time.Second)
	b.submit("/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}}).want(http.StatusOK)
}

// A laptop left on the table locks itself, although its badge goes on asking for news.
func TestBadgeKeepsNobodyLoggedIn(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	for range 3 {
		b.tree.Clock().Add(4 * time.Minute)
		b.partial(http.MethodGet, "/sync/badge", nil).want(http.StatusOK)
	}
	b.tree.Clock().Add(4 * time.Minute)
	b.partial(http.MethodGet, "/sync/badge", nil).want(http.StatusUnauthorized)
	if b.get("/"); b.url.Path != "/login" {
		t.Errorf("after a quarter of an hour the page is %s", b.url)
	}
	b.post(noChild+"/visit", url.Values{"give": {"BOPV"}})
	if b.url.Path != "/login" || b.url.Query().Get("next") != noChild {
		t.Errorf("a form sent too late leads to %s", b.url)
	}
}

// A nurse is called away while she registers a child. What she had typed is there when she has logged in again, and
// nobody else sees it.
func TestTypedIsKeptWhenTheLoginRunsOut(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	typed := url.Values{"mother": {"Lò Thị Mai"}, "born": {"18/07/2026"}, "name": {"Lò Gia Bảo"}, "note": {"nhà cuối bản"}}
	again := func(login string) *browser {
		next := b.url.Query().Get("next")
		b.get("/login?next=" + url.QueryEscape(next))
		return b.submit("/login", url.Values{"user": {login}, "password": {nodetest.Password}}).want(http.StatusOK)
	}
	b.get("/register").want(http.StatusOK)
	b.tree.Clock().Add(16 * time.Minute)
	b.submit("/register", typed)
	if b.url.Path != "/login" || strings.Contains(b.url.String(), "Mai") {
		t.Fatalf("a form sent too late leads to %s", b.url)
	}
	again(nodetest.NurseLogin).says("Những gì đã gõ vẫn còn đây, chưa lưu")
	for name, values := range typed {
		if v := b.form("/register"); v.Get(name) != values[0] {
			t.Errorf("%s holds %q of %q", name, v.Get(name), values[0])
		}
	}
	b.submit("/register", url.Values{"sex": {"male"}}).want(http.StatusOK).says("Lò Gia Bảo đã có trong sổ")

	// The list of who is alike is asked for while she types: it must not take the form away.
	b.get("/register")
	b.tree.Clock().Add(16 * time.Minute)
	b.partial(http.MethodPost, "/register/candidates", url.Values{"mother": {"Vàng Thị B"}}).want(http.StatusUnauthorized)
	to, err := url.Parse(b.redirect)
	if err != nil || to.Path != "/login" {
		t.Fatalf("the page is sent to %q, %v", b.redirect, err)
	}
	b.url = to
	again(nodetest.HeadLogin).silent("Vàng Thị B")
	if v := b.form("/register"); v.Get("mother") != "" {
		t.Errorf("somebody else is shown %q", v.Get("mother"))
	}
	b.forget()
	b.url = to
	if v := again(nodetest.NurseLogin).form("/register"); v.Get("mother") != "Vàng Thị B" {
		t.Errorf("she is shown %q", v.Get("mother"))
	}
	// More than a form holds is not kept.
	b.tree.Clock().Add(16 * time.Minute)
	b.submit("/register", url.Values{"note": {strings.Repeat("x", 8<<10+1)}})
	if next := b.url.Query().Get("next"); next != "/register" {
		t.Errorf("after far too much was typed the way leads to %s", next)
	}
}

func TestRights(t *testing.T) {
	tree := nodetest.New(t)
	tree.AddUser(t, "quan", "Người giữ máy", rights.Admin, tree.Commune)
	tree.Sync(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	child := b.baby(nil)
	b.get("/users").want(http.StatusForbidden).says("Tài khoản này không làm việc đó được.")
	b.as("quan")
	if b.url.Path != "/settings" {
		t.Errorf("an administrator begins at %s", b.url)
	}
	for _, path := range []string{child, child + "/edit", child + "/history", "/register", "/review"} {
		b.get(path).want(http.StatusForbidden).says("tramy:forbidden").silent("Lò Gia Bảo")
	}
	b.post("/search", url.Values{"q": {"Lò"}}).want(http.StatusForbidden)
	b.post(child+"/visit", url.Values{"give": {"BOPV"}, "screening": {"eligible"}}).want(http.StatusForbidden)
	b.get("/child/nobody").want(http.StatusNotFound).says("Không tìm thấy.")
}

// Accounts are kept at hubs: a stolen laptop cannot make itself a colleague.
func TestNoAccountsAreMadeAtAStation(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.HeadLogin)
	b.get("/users").want(http.StatusForbidden)
	b.get("/settings").want(http.StatusOK).silent("/users")
	b.post("/users", url.Values{"name": {"Tòng Văn Inh"}, "login": {"inh"}, "role": {"nurse"}}).want(http.StatusForbidden)
	_, err := tree.Station.AddUser(context.Background(), tree.Head, desk.NewUser{Login: "inh", Name: "Tòng Văn Inh", Role: rights.Nurse, Place: tree.Commune, Password: nodetest.Password})
	if !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("an account made at a station: %v", err)
	}
}

// Whoever is disabled while logged in is out at the next page.
func TestDisabledWhileLoggedIn(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	if err := tree.Hub.DisableUser(context.Background(), tree.Admin, tree.Nurse.User, "nghỉ việc"); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	if b.get("/"); b.url.Path != "/login" {
		t.Errorf("the page is %s", b.url)
	}
}

func TestPassword(t *testing.T) {
	b := serve(t, nodetest.New(t)).as(nodetest.NurseLogin)
	b.get("/settings").want(http.StatusOK)
	next := "một hai ba bốn năm"
	b.submit("/settings/password", url.Values{"old": {nodetest.Password}, "new": {next}, "again": {next + "x"}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("again"); got != "Hai lần gõ chưa giống nhau." {
		t.Errorf("beside the second: %q", got)
	}
	b.submit("/settings/password", url.Values{"old": {"không phải"}, "new": {next}, "again": {next}}).want(http.StatusUnprocessableEntity)
	if got := b.wrong("old"); got != "Mật khẩu đang dùng chưa đúng." {
		t.Errorf("beside the old: %q", got)
	}
	b.submit("/settings/password", url.Values{"old": {nodetest.Password}, "new": {"123"}, "again": {"123"}}).want(http.StatusUnprocessableEntity)
	if b.wrong("new") == "" {
		t.Error("nothing beside a weak password")
	}
	elsewhere := *b
	elsewhere.as(nodetest.NurseLogin).get("/settings").want(http.StatusOK)
	b.submit("/settings/password", url.Values{"old": {nodetest.Password}, "new": {next}, "again": {next}}).want(http.StatusOK).says("Đã đổi mật khẩu.")
	if elsewhere.get("/settings"); elsewhere.url.Path != "/login" {
		t.Errorf("another log-in with the old password still sees %s", elsewhere.url)
	}
	b.get("/settings").want(http.StatusOK)
	if b.url.Path != "/settings" {
		t.Errorf("one's own change leads to %s", b.url)
	}
}
