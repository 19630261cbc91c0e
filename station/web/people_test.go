package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// setPin sets a PIN as who is logged in.
func (b *browser) setPin(pin string) *browser {
	b.t.Helper()
	b.get("/settings")
	return b.submit("/settings/pin", url.Values{"pin": {pin}, "again": {pin}})
}

// tap taps a name on the lock page.
func (b *browser) tap(who desk.Who) *browser {
	b.t.Helper()
	v := b.form("/login/who")
	v.Set("user", who.User.String())
	return b.post("/login/who", v).want(http.StatusOK)
}

// beside logs another person in, in the same browser.
func (b *browser) beside(login string) *browser {
	b.t.Helper()
	b.get("/")
	b.submit("/lock", nil)
	b.get("/login?other=1")
	b.submit("/login", url.Values{"user": {login}, "password": {nodetest.Password}})
	return b.want(http.StatusOK)
}

func TestPinOpensWhereOneWas(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	b.says("Chưa có PIN ở máy này.", "Đặt PIN")
	for pin, sentence := range map[string]string{"1234": "PIN này dễ đoán.", "1987": "PIN này dễ đoán.", "": "PIN này dễ đoán."} {
		b.setPin(pin).want(http.StatusUnprocessableEntity)
		if got := b.wrong("pin"); !strings.Contains(got, sentence) {
			t.Errorf("beside the PIN %q: %q", pin, got)
		}
	}
	b.submit("/settings/pin", url.Values{"pin": {"4817"}, "again": {"4871"}}).want(http.StatusUnprocessableEntity)
	b.setPin("4817").want(http.StatusOK).says("Đã lưu PIN ở máy này.")

	// The laptop is left alone with a form half typed; the name and four digits bring it back.
	b.get("/register")
	v := b.form("/register")
	v.Set("mother", "Vàng Thị B")
	tree.Clock().Add(16 * time.Minute)
	b.post("/register", v).want(http.StatusOK).says("Ai đang làm?", "Cà Thị Diên", "mở bằng PIN")
	b.tap(tree.Nurse).says("Cà Thị Diên", "PIN")
	b.submit("/login/pin", url.Values{"pin": {"4718"}}).want(http.StatusUnauthorized)
	if got := b.wrong("pin"); got != "PIN chưa đúng." {
		t.Errorf("beside a wrong PIN: %q", got)
	}
	b.submit("/login/pin", url.Values{"pin": {"4817"}}).want(http.StatusOK)
	if b.url.Path != "/register" || b.form("/register").Get("mother") != "Vàng Thị B" {
		t.Errorf("after the PIN the page is %s", b.url)
	}
	// It reopens a day begun with the password, and begins none.
	tree.Clock().Add(12 * time.Hour)
	b.get("/settings").says("Cà Thị Diên", "mở bằng mật khẩu")
	b.tap(tree.Nurse).says("Hôm nay chưa gõ mật khẩu trên máy này.")
	b.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}, "next": {"/settings"}}).want(http.StatusUnauthorized)
	b.submit("/login", url.Values{"password": {nodetest.Password}}).want(http.StatusOK)
	if b.url.Path != "/settings" {
		t.Errorf("after the password the page is %s", b.url)
	}
	b.silent("Chưa có PIN ở máy này.")
}

func TestChangeOfPersonTakesTwoActions(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin).setPin("4817")
	b.beside(nodetest.HeadLogin).setPin("903527")
	child := b.baby(nil)
	b.get(child)
	b.submit("/lock", nil).want(http.StatusOK).says("Cà Thị Diên", "Lò Văn Thanh")
	b.tap(tree.Nurse)
	b.submit("/login/pin", url.Values{"pin": {"903527"}}).want(http.StatusUnauthorized) // another's
	b.submit("/login/pin", url.Values{"pin": {"4817"}}).want(http.StatusOK)
	if b.url.Path != child {
		t.Errorf("the other person sees %s", b.url)
	}
	if v := b.form("/lock"); v.Get("back") != child {
		t.Errorf("the name leads back to %q", v.Get("back"))
	}
	b.get("/settings").says("Đã có PIN")
	for _, n := range b.all("header") {
		if !strings.Contains(content(n), "Cà Thị Diên") {
			t.Error("the bar names somebody else")
		}
	}
	// Another browser of the room is shown no names and opens by no PIN.
	jar := b.http.Jar
	b.forget()
	b.get("/login").silent("Cà Thị Diên", "Lò Văn Thanh")
	b.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}}).want(http.StatusUnauthorized)
	if b.get("/"); b.url.Path != "/login" {
		t.Errorf("a PIN alone leads to %s", b.url)
	}
	b.http.Jar = jar
	if b.get("/"); b.url.Path != "/" {
		t.Errorf("the first browser is at %s", b.url)
	}
}

// Five guesses, whatever happens between them; then the password, which frees the PIN.
func TestPinIsGuessedAtFiveTimes(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin).setPin("4817")
	guess := func(pin string) *browser {
		b.get("/")
		b.submit("/lock", nil)
		b.tap(tree.Nurse)
		return b.submit("/login/pin", url.Values{"pin": {pin}})
	}
	for _, pin := range []string{"4818", "4819", "4820", "4821"} {
		guess(pin).want(http.StatusUnauthorized).says("PIN chưa đúng.")
		b.get("/login")
		b.tap(tree.Nurse)
		b.get("/") // the lock is there for everything else
		if b.url.Path != "/login" {
			t.Fatalf("a wrong PIN leads to %s", b.url)
		}
		b.submit("/login/who", url.Values{"user": {tree.Nurse.User.String()}})
		b.submit("/login/pin", url.Values{"pin": {"4817"}}).want(http.StatusOK) // the right one forgets the wrong
	}
	b.get("/")
	b.submit("/lock", nil)
	b.tap(tree.Nurse)
	for i, pin := range []string{"4818", "4819", "4820", "4821", "4822"} {
		b.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {pin}}).want(http.StatusUnauthorized)
		if want := i == 4; strings.Contains(b.text(), "PIN sai nhiều lần.") != want {
			t.Errorf("after %d wrong ones: %s", i+1, b.text())
		}
	}
	b.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}}).want(http.StatusUnauthorized)
	b.get("/login")
	b.tap(tree.Nurse).says("Mật khẩu")
	b.submit("/login", url.Values{"password": {nodetest.Password}}).want(http.StatusOK)
	guess("4817").want(http.StatusOK)
}

// After a restart everybody still has a button, and gives the password once.
func TestPinAfterARestart(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin).setPin("4817")
	again := serve(t, tree) // the program anew, at the same folder
	from, _ := url.Parse(b.at.URL)
	to, _ := url.Parse(again.at.URL)
	again.http.Jar.SetCookies(to, b.http.Jar.Cookies(from))
	again.get("/").says("Cà Thị Diên", "mở bằng mật khẩu")
	again.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}}).want(http.StatusUnauthorized)
	again.get("/login")
	again.tap(tree.Nurse)
	again.submit("/login", url.Values{"password": {nodetest.Password}}).want(http.StatusOK).silent("Chưa có PIN")
	again.submit("/lock", nil).says("mở bằng PIN")
	again.tap(tree.Nurse)
	again.submit("/login/pin", url.Values{"pin": {"4817"}}).want(http.StatusOK)
}

// What changes about an account elsewhere ends here what rests on it, when the news arrives: log-in and PIN.
func TestChangedElsewhereIsOutAtTheNextExchange(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, tree *nodetest.Tree) error{
		"closed and opened again": func(t *testing.T, tree *nodetest.Tree) error {
			if err := tree.Hub.DisableUser(t.Context(), tree.Admin, tree.Nurse.User, "thử"); err != nil {
				return err
			}
			return tree.Hub.DisableUser(t.Context(), tree.Admin, tree.Nurse.User, "")
		},
		"another password": func(t *testing.T, tree *nodetest.Tree) error {
			return tree.Hub.SetPassword(t.Context(), tree.Nurse, tree.Nurse.User, nodetest.Password, "tre già măng mọc")
		},
		"another role": func(t *testing.T, tree *nodetest.Tree) error {
			_, err := tree.Hub.Node.Append(t.Context(), tree.Admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
				s, err := tx.State(tree.Nurse.User)
				return []registry.Draft{registry.Edit(s, registry.UserRole, p.Int(int64(rights.Head)))}, err
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			tree := nodetest.New(t)
			b := serve(t, tree).as(nodetest.NurseLogin).setPin("4817")
			if err := change(t, tree); err != nil {
				t.Fatal(err)
			}
			if b.get("/settings"); b.url.Path != "/settings" {
				t.Fatalf("before the exchange the page is %s", b.url)
			}
			tree.Sync(t)
			if b.get("/settings"); b.url.Path != "/login" {
				t.Errorf("after the exchange the page is %s", b.url)
			}
			b.says("mở bằng mật khẩu")
			b.post("/login/pin", url.Values{"user": {tree.Nurse.User.String()}, "pin": {"4817"}}).want(http.StatusUnauthorized)
		})
	}
	t.Run("another phone", func(t *testing.T) { // is nobody's log-in
		tree := nodetest.New(t)
		b := serve(t, tree).as(nodetest.NurseLogin)
		_, err := tree.Hub.Node.Append(t.Context(), tree.Admin.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			s, err := tx.State(tree.Nurse.User)
			return []registry.Draft{registry.Edit(s, registry.UserPhone, p.Text("0385000997"))}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		tree.Sync(t)
		if b.get("/settings"); b.url.Path != "/settings" {
			t.Errorf("the page is %s", b.url)
		}
	})
}

// Who was given a password chooses one of their own before anything else, without a network.
func TestGivenPasswordIsReplacedFirst(t *testing.T) {
	tree := nodetest.New(t)
	given := "mật khẩu được trao"
	if _, err := tree.Hub.AddUser(context.Background(), tree.Admin, desk.NewUser{Login: "inh", Name: "Tòng Văn Inh", Role: rights.Nurse, Place: tree.Commune, Password: given}); err != nil {
		t.Fatal(err)
	}
	tree.Sync(t)
	tree.Cut()
	b := serve(t, tree)
	b.get("/login?next=%2Fdue")
	b.submit("/login", url.Values{"user": {"inh"}, "password": {given}}).want(http.StatusOK).says("Chọn mật khẩu của riêng mình")
	for _, path := range []string{"/", "/due", "/register", "/settings", "/sync", "/review"} {
		if b.get(path); b.url.Path != "/settings/own-password" {
			t.Errorf("%s leads to %s", path, b.url)
		}
	}
	b.post("/settings/pin", url.Values{"pin": {"4817"}, "again": {"4817"}})
	if b.url.Path != "/settings/own-password" {
		t.Errorf("a PIN can be set before: %s", b.url)
	}
	b.partial(http.MethodGet, "/sync/badge", nil).want(http.StatusForbidden)
	for _, bad := range []string{given, "12345678"} {
		b.get("/settings/own-password")
		b.submit("/settings/own-password", url.Values{"new": {bad}, "again": {bad}}).want(http.StatusUnprocessableEntity)
		if b.wrong("new") == "" {
			t.Errorf("nothing beside %q", bad)
		}
	}
	b.submit("/settings/own-password", url.Values{"new": {"tre già măng mọc"}, "again": {"tre già măng"}}).want(http.StatusUnprocessableEntity)
	b.submit("/settings/own-password", url.Values{"new": {"tre già măng mọc"}, "again": {"tre già măng mọc"}}).want(http.StatusOK).says("Đã đổi mật khẩu.")
	if b.get("/due"); b.url.Path != "/due" {
		t.Errorf("afterwards the page is %s", b.url)
	}
	b.post("/settings/own-password", url.Values{"new": {"một hai ba bốn năm"}, "again": {"một hai ba bốn năm"}}).want(http.StatusForbidden)
	b.get("/")
	b.submit("/logout", nil)
	b.get("/login?other=1")
	b.submit("/login", url.Values{"user": {"inh"}, "password": {given}}).want(http.StatusUnauthorized)
	b.submit("/login", url.Values{"user": {"inh"}, "password": {"tre già măng mọc"}}).want(http.StatusOK)
	if b.url.Path != "/" {
		t.Errorf("with one's own password the page is %s", b.url)
	}
}

func TestLoginsCanBeEnded(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	others := []browser{*b, *b}
	for i := range others {
		others[i].as(nodetest.NurseLogin)
	}
	b.get("/settings").says("Tôi đang vào ở đâu", "đang dùng đây")
	b.submit("/settings/logins", nil).want(http.StatusOK).says("Đã cho ra.") // the first of them
	out := func() (n int) {
		for i := range others {
			if others[i].get("/settings"); others[i].url.Path == "/login" {
				n++
			}
		}
		return n
	}
	if n := out(); n != 1 {
		t.Errorf("%d of two are out", n)
	}
	b.post("/settings/logins", url.Values{"others": {"1"}}).want(http.StatusOK)
	if n := out(); n != 2 {
		t.Errorf("%d of two are out", n)
	}
	if b.get("/settings"); b.url.Path != "/settings" {
		t.Errorf("oneself is at %s", b.url)
	}
}

// Who comes back to a laptop that somebody left open cannot make it open for themselves.
func TestPinWantsThePasswordLater(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin)
	for range 3 { // at work, not idle
		tree.Clock().Add(5 * time.Minute)
		b.get("/")
	}
	b.setPin("4817").want(http.StatusUnprocessableEntity).says("Mật khẩu đang dùng chưa đúng.")
	b.submit("/settings/pin", url.Values{"pin": {"4817"}, "again": {"4817"}, "password": {nodetest.Password}}).want(http.StatusOK).says("Đã lưu PIN")
	b.submit("/settings/pin", url.Values{"do": {"off"}}).want(http.StatusOK).says("Đã bỏ PIN")
}

// What one nurse has half typed is kept while another goes on, for her alone.
func TestHalfTypedIsKeptAcrossAChangeOfPerson(t *testing.T) {
	tree := nodetest.New(t)
	b := serve(t, tree).as(nodetest.NurseLogin).setPin("4817")
	b.beside(nodetest.HeadLogin).setPin("903527")
	in := func(who desk.Who, pin string) *browser {
		t.Helper()
		b.tap(who)
		return b.submit("/login/pin", url.Values{"pin": {pin}}).want(http.StatusOK)
	}
	b.submit("/lock", nil)
	in(tree.Nurse, "4817")
	b.get("/register")
	// The name in the bar sends the form along, filled in or not.
	found := false
	for _, n := range b.all("button") {
		found = found || attr(n, "form") == "register" && attr(n, "formaction") == "/lock" && has(n, "formnovalidate")
	}
	if !found {
		t.Fatal("the button in the bar does not send the form along")
	}
	v := b.form("/register")
	v.Set("mother", "Vàng Thị B")
	b.post("/lock", v)
	if strings.Contains(b.url.String(), "ng%20Th") {
		t.Errorf("what was typed is in the address %s", b.url)
	}
	in(tree.Head, "903527").silent("Vàng Thị B", "gõ dở")
	b.get("/register").silent("gõ dở")
	if v := b.form("/register"); v.Get("mother") != "" {
		t.Errorf("another sees %q", v.Get("mother"))
	}
	b.get("/due")
	b.submit("/lock", nil)
	in(tree.Nurse, "4817").says("Phiếu đăng ký đang gõ dở vẫn còn, chưa lưu.")
	if b.url.Path != "/due" {
		t.Errorf("she is led to %s", b.url)
	}
	links := b.links("/register?typed=")
	if len(links) != 1 {
		t.Fatalf("links %v", links)
	}
	if v := b.get(links[0]).form("/register"); v.Get("mother") != "Vàng Thị B" {
		t.Errorf("of what she typed %q is left", v.Get("mother"))
	}
	// An untouched form is nothing to come back to.
	v = b.get("/register").form("/register")
	b.post("/lock", v)
	in(tree.Nurse, "4817").silent("gõ dở")
}
