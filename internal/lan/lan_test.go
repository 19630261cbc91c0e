package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tramy/internal/server"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func open(t *testing.T, path string, addrs *[]netip.Addr) (*LAN, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)}
	l, err := Open(Options{Path: path, Place: "Trạm", Now: c.now, Addrs: func() ([]netip.Addr, error) { return *addrs, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return l, c
}

func home() *[]netip.Addr { return &[]netip.Addr{netip.MustParseAddr("192.168.1.20")} }

func in(l *LAN, token string) bool {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: CookieName, Value: token})
	return l.In(r)
}

// The authority vouches for addresses of local networks alone: whoever steals its key is no bank to a phone that trusts it.
func TestAuthorityVouchesForLocalAddressesAlone(t *testing.T) {
	l, c := open(t, filepath.Join(t.TempDir(), "lan.json"), home())
	roots := x509.NewCertPool()
	pem, _ := l.Authority()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	verify := func(addrs []netip.Addr, names []string, dns string) error {
		cert, err := l.kept.Authority.leaf(addrs, names, c.now())
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(cert.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if days := leaf.NotAfter.Sub(leaf.NotBefore).Hours() / 24; days > 398 {
			t.Errorf("it lasts %v days; phones refuse it", days)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: dns, CurrentTime: c.now()})
		return err
	}
	for _, a := range []string{"192.168.1.20", "10.1.2.3", "172.16.0.1", "172.31.255.255", "fd00::1", "fe80::1"} {
		if err := verify([]netip.Addr{netip.MustParseAddr(a)}, nil, a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	for _, a := range []string{"8.8.8.8", "172.32.0.1", "192.167.1.1", "2001:db8::1"} {
		if err := verify([]netip.Addr{netip.MustParseAddr(a)}, nil, a); err == nil {
			t.Errorf("it vouches for %s", a)
		}
	}
	if err := verify(nil, []string{"bank.example.vn"}, "bank.example.vn"); err == nil {
		t.Error("it vouches for a name of the internet")
	}
	// Nor can its certificates make further ones.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := l.certificate()
	if err != nil {
		t.Fatal(err)
	}
	parent, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	template, err := template(c.now(), 30)
	if err != nil {
		t.Fatal(err)
	}
	template.IPAddresses = []net.IP{net.ParseIP("192.168.1.20")}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	child, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	between := x509.NewCertPool()
	between.AddCert(parent)
	if _, err := child.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: c.now()}); err == nil {
		t.Error("a certificate of the laptop vouches for another")
	}
}

// The laptop gets another address: its certificate and the names it answers to follow, the authority stays across starts.
func TestAddressesChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lan.json")
	addrs := home()
	l, _ := open(t, path, addrs)
	first, err := l.certificate()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.certificate(); err != nil || again != first {
		t.Errorf("a new certificate for the same addresses: %v", err)
	}
	*addrs = []netip.Addr{netip.MustParseAddr("10.0.0.7")}
	if second, err := l.certificate(); err != nil || second == first {
		t.Errorf("the certificate is for the old address: %v", err)
	}
	for host, want := range map[string]bool{"10.0.0.7": true, "192.168.1.20": false, "localhost": false, "evil.example": false, "": false} {
		if l.Host(host) != want {
			t.Errorf("it answers to %q: %v", host, !want)
		}
	}
	_, before := l.Authority()
	l, _ = open(t, path, addrs)
	if _, after := l.Authority(); after != before {
		t.Error("the authority is another one after a start: each phone would have to trust it anew")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others can read the authority's key: %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Path: path}); !errors.Is(err, errAuthority) {
		t.Errorf("a damaged file: %v", err)
	}
}

func TestLimitsOfLettingIn(t *testing.T) {
	l, c := open(t, filepath.Join(t.TempDir(), "lan.json"), home())
	invite := func() string {
		t.Helper()
		text, _, err := l.Invite("Thanh")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	admit := func(text, name string) error {
		_, err := l.Admit(text, name, "192.168.1.30")
		return err
	}
	text := invite()
	c.t = c.t.Add(CodeLifetime)
	if err := admit(text, "Máy"); !errors.Is(err, ErrCode) {
		t.Errorf("a code at the end of its time: %v", err)
	}
	text = invite()
	c.t = c.t.Add(CodeLifetime - time.Second)
	if err := admit(text, strings.Repeat("ế", NameRunesMax+1)); !errors.Is(err, ErrName) {
		t.Errorf("a name one letter too long: %v", err)
	}
	if err := admit(text, " "); !errors.Is(err, ErrName) {
		t.Errorf("no name: %v", err)
	}
	if err := admit(text, strings.Repeat("ế", NameRunesMax)); err != nil {
		t.Errorf("a code a second before its end, a name at its limit: %v", err)
	}
	if err := admit("", "Máy"); !errors.Is(err, ErrCode) {
		t.Errorf("no code where none was made: %v", err)
	}
	text = invite()
	c.t = c.t.Add(-24 * time.Hour)
	if err := admit(text, "Máy"); !errors.Is(err, ErrCode) {
		t.Errorf("the clock went back a day and the code holds: %v", err)
	}
	old := invite()
	if text = invite(); !errors.Is(admit(old, "Máy"), ErrCode) {
		t.Error("the code before the last one holds")
	}
	for len(l.Phones()) < PhonesMax-1 {
		if err := admit(text, "Máy"); err != nil {
			t.Fatal(err)
		}
		text = invite()
	}
	if err := admit(text, "Máy"); err != nil {
		t.Errorf("device %d: %v", PhonesMax, err)
	}
	if _, _, err := l.Invite("Thanh"); !errors.Is(err, ErrTooMany) {
		t.Errorf("device %d: %v", PhonesMax+1, err)
	}
}

func TestLetInUntilItsTimeIsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lan.json")
	l, c := open(t, path, home())
	text, _, err := l.Invite("Thanh")
	if err != nil {
		t.Fatal(err)
	}
	token, err := l.Admit(text, "Máy", "192.168.1.30")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || strings.Contains(string(b), token) {
		t.Errorf("the file holds the cookie itself: %v", err)
	}
	l, c2 := open(t, path, home())
	if !in(l, token) || in(l, token+"x") || in(l, "") {
		t.Error("after a start the device is out, or anybody is in")
	}
	c2.t = c.t.AddDate(0, 0, PhoneDays).Add(-time.Second)
	if !in(l, token) || l.Phones()[0].Seen != c2.t.UnixMilli() {
		t.Error("a second before its end it is out, or its use was not noted")
	}
	c2.t = c2.t.Add(time.Second)
	if in(l, token) {
		t.Error("it is in for ever")
	}
	if err := l.End(l.Phones()[0].ID); err != nil || len(l.Phones()) != 0 {
		t.Errorf("ended: %v", err)
	}
}

func TestWrongCodesAreSlowedDown(t *testing.T) {
	l, _ := open(t, filepath.Join(t.TempDir(), "lan.json"), home())
	text, _, err := l.Invite("Thanh")
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for range 30 {
		_, last = l.Admit("wrong", "Máy", "192.168.1.66")
	}
	var p *server.Problem
	if !errors.As(last, &p) || p.Type != server.TypeTooMany {
		t.Errorf("the thirtieth guess: %v", last)
	}
	if _, err := l.Admit(text, "Máy", "192.168.1.30"); err != nil {
		t.Errorf("somebody else waits for it: %v", err)
	}
}

func TestOnlyPrivateCallersAreHeard(t *testing.T) {
	for text, want := range map[string]bool{
		"192.168.1.30:5000": true, "10.0.0.1:1": true, "172.20.1.1:1": true, "127.0.0.1:1": true, "[fd12::1]:1": true, "[fe80::1%eth0]:1": true, "[::ffff:192.168.1.1]:1": true,
		"8.8.8.8:1": false, "172.32.0.1:1": false, "[2001:db8::1]:1": false, "[::ffff:8.8.8.8]:1": false, "100.64.0.1:1": false,
	} {
		if got := local(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text))); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
