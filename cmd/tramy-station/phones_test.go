package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tramy/internal/lan"
	"tramy/internal/nodetest"
	"tramy/internal/server"
)

// phoneAddr is the laptop's address as phones call it in these tests.
const phoneAddr = "127.0.0.1"

func openRoom(t *testing.T, tr *nodetest.Tree) *lan.LAN {
	t.Helper()
	room, err := lan.Open(lan.Options{
		Path: filepath.Join(tr.Station.Dir.Path, fileLAN), Place: "Trạm Mường Nhà",
		Addrs: func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr(phoneAddr)}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return room
}

// letIn lets a device in without pages.
func letIn(t *testing.T, room *lan.LAN) string {
	t.Helper()
	code, _, err := room.Invite("Thanh")
	if err != nil {
		t.Fatal(err)
	}
	token, err := room.Admit(code, "Máy thử", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// All routes as the program serves them, on the laptop and for phones.
func TestRoutesOfTheStation(t *testing.T) {
	tr := nodetest.New(t)
	room := openRoom(t, tr)
	laptop, phones, err := newPages(tr.Station, &server.Logins{Store: &server.MemoryLogins{}}, "", room, nodetest.Quiet())
	if err != nil {
		t.Fatal(err)
	}
	nodetest.CheckRoutes(t, laptop, "localhost", nodetest.LogIn(t, laptop, "localhost", nodetest.HeadLogin)...)
	phone := &http.Cookie{Name: lan.CookieName, Value: letIn(t, room)}
	nodetest.CheckRoutes(t, phones, phoneAddr, nodetest.LogIn(t, phones, phoneAddr, nodetest.HeadLogin, phone)...)
}

// served is a station with its phones' port behind real TLS.
type served struct {
	room   *lan.LAN
	laptop *server.Server
	url    string
	roots  *x509.CertPool
}

func serveRoom(t *testing.T) served {
	t.Helper()
	tr := nodetest.New(t)
	s := served{room: openRoom(t, tr)}
	var phones *server.Server
	var err error
	if s.laptop, phones, err = newPages(tr.Station, &server.Logins{Store: &server.MemoryLogins{}}, "", s.room, nodetest.Quiet()); err != nil {
		t.Fatal(err)
	}
	l, err := s.room.Listen(phoneAddr + ":0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- phones.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	addrs, err := s.room.Addresses()
	if err != nil {
		t.Fatal(err)
	}
	s.url, s.roots = addrs[0], x509.NewCertPool()
	pem, _ := s.room.Authority()
	if !s.roots.AppendCertsFromPEM(pem) {
		t.Fatal("no authority")
	}
	return s
}

// phone is a browser in the room that trusts the station.
func (s *served) phone(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: tr}
}

func (s *served) ask(t *testing.T, c *http.Client, method, path string, form url.Values) (int, string, *url.URL) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", s.url)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Request.URL
}

// A phone is let in by the head's code, its nurse logs in and sees the day's list; when the head ends it, nothing opens any more.
func TestPhoneIsLetInAndEnded(t *testing.T) {
	s := serveRoom(t)
	phone := s.phone(t)
	if code, body, _ := s.ask(t, phone, "GET", "/login", nil); code != http.StatusForbidden || strings.Contains(body, "password") {
		t.Errorf("a phone that was not let in sees the log-in: %d", code)
	}
	if code, _, _ := s.ask(t, phone, "GET", "/api/v1/status", nil); code != http.StatusForbidden {
		t.Errorf("and the API: %d", code)
	}
	for _, open := range []string{"/phone/trust", "/phone/ca.crt", "/static/tramy.css"} {
		if code, _, _ := s.ask(t, phone, "GET", open, nil); code != http.StatusOK {
			t.Errorf("%s: %d", open, code)
		}
	}
	text, _, err := s.room.Invite("Lò Văn Thanh")
	if err != nil {
		t.Fatal(err)
	}
	if code, body, _ := s.ask(t, phone, "GET", "/phone/in?code="+text, nil); code != http.StatusOK || !strings.Contains(body, text) {
		t.Fatalf("the form of the code: %d", code)
	}
	if code, _, _ := s.ask(t, phone, "POST", "/phone/in", url.Values{"code": {text}, "name": {strings.Repeat("x", lan.NameRunesMax+1)}}); code != http.StatusUnprocessableEntity {
		t.Errorf("a name that is too long: %d", code)
	}
	if code, body, at := s.ask(t, phone, "POST", "/phone/in", url.Values{"code": {text}, "name": {"Máy <b>bàn</b> khám"}}); code != http.StatusOK || at.Path != "/login" || !strings.Contains(body, "password") {
		t.Fatalf("let in: %d at %s", code, at)
	}
	other := s.phone(t)
	if code, _, _ := s.ask(t, other, "POST", "/phone/in", url.Values{"code": {text}, "name": {"Máy khác"}}); code != http.StatusForbidden {
		t.Errorf("the code worked twice: %d", code)
	}
	if code, _, at := s.ask(t, phone, "POST", "/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}}); code != http.StatusOK || at.Path != "/" {
		t.Fatalf("logged in: %d at %s", code, at)
	}
	// A phone lets no other in, even in the head's hands.
	head := s.phone(t)
	head.Jar.SetCookies(&url.URL{Scheme: "https", Host: strings.TrimPrefix(s.url, "https://")}, []*http.Cookie{{Name: lan.CookieName, Value: letIn(t, s.room), Secure: true, Path: "/"}})
	s.ask(t, head, "POST", "/login", url.Values{"user": {nodetest.HeadLogin}, "password": {nodetest.Password}})
	if code, _, _ := s.ask(t, head, "GET", "/phones", nil); code != http.StatusForbidden {
		t.Errorf("a phone opens the page that lets phones in: %d", code)
	}
	list := s.room.Phones()
	if len(list) != 2 || list[1].Name != "Máy <b>bàn</b> khám" {
		t.Fatalf("%+v", list)
	}
	if err := s.room.End(list[1].ID); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := s.ask(t, phone, "GET", "/", nil); code != http.StatusForbidden {
		t.Errorf("a phone that was ended opens the day's list: %d", code)
	}
}

// Who guesses at codes is slowed down.
func TestGuessingAtCodes(t *testing.T) {
	s := serveRoom(t)
	if _, _, err := s.room.Invite("x"); err != nil {
		t.Fatal(err)
	}
	phone := s.phone(t)
	blocked := false
	for range 30 {
		code, _, _ := s.ask(t, phone, "POST", "/phone/in", url.Values{"code": {"AAAA"}, "name": {"x"}})
		blocked = blocked || code == http.StatusTooManyRequests
	}
	if !blocked || len(s.room.Phones()) > 0 {
		t.Error("thirty guesses in a row were tried")
	}
}

// In clear, by another name, or by a phone that does not trust the station, nothing opens.
func TestPhonesPortIsTLSForItsOwnName(t *testing.T) {
	s := serveRoom(t)
	if resp, err := http.Get(strings.Replace(s.url, "https:", "http:", 1) + "/phone/trust"); err == nil {
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Error("the page came in clear")
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/phone/trust", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	resp, err := s.phone(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", resp.StatusCode)
	}
	_, err = (&http.Client{Transport: &http.Transport{}}).Get(s.url + "/phone/trust")
	if unknown := (x509.UnknownAuthorityError{}); !errors.As(err, &unknown) {
		t.Errorf("a phone that does not trust the station: %v", err)
	}
}

// onLaptop serves the laptop's own browser.
func (s *served) onLaptop(t *testing.T) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.laptop.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &served{url: "http://" + l.Addr().String()}
}

// The page on the laptop makes the code, says whom it let in, escapes what they are called, and ends them.
func TestHeadsPageForPhones(t *testing.T) {
	s := serveRoom(t)
	at := s.onLaptop(t)
	jar, _ := cookiejar.New(nil)
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	head := &http.Client{Jar: jar, Transport: tr}
	at.ask(t, head, "POST", "/login", url.Values{"user": {nodetest.HeadLogin}, "password": {nodetest.Password}})
	once := func(body string) string {
		m := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatal("no form")
		}
		return m[1]
	}
	_, body, _ := at.ask(t, head, "GET", "/phones", nil)
	code, body, _ := at.ask(t, head, "POST", "/phones", url.Values{"once": {once(body)}, "do": {"invite"}})
	m := regexp.MustCompile(`/phone/in\?code=([A-Z2-7]+)`).FindStringSubmatch(body)
	if code != http.StatusOK || m == nil || !strings.Contains(body, "data:image/png") {
		t.Fatalf("no code: %d", code)
	}
	if _, err := s.room.Admit(m[1], `<script>alert(1)</script>`, "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	_, body, _ = at.ask(t, head, "GET", "/phones", nil)
	if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
		t.Error("the name of a device runs in the page")
	}
	at.ask(t, head, "POST", "/phones", url.Values{"once": {once(body)}, "do": {"end"}, "id": {s.room.Phones()[0].ID}})
	if len(s.room.Phones()) != 0 {
		t.Error("the device was not ended")
	}
	// A nurse lets nobody in.
	jar, _ = cookiejar.New(nil)
	nurse := &http.Client{Jar: jar, Transport: tr}
	at.ask(t, nurse, "POST", "/login", url.Values{"user": {nodetest.NurseLogin}, "password": {nodetest.Password}})
	if code, _, _ := at.ask(t, nurse, "GET", "/phones", nil); code != http.StatusForbidden {
		t.Errorf("a nurse opens the page: %d", code)
	}
}
