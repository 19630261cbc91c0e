package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// certificate makes one from a key that seed determines.
func certificate(t *testing.T, seed byte) (tls.Certificate, [32]byte) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	cert, err := SelfSigned(key, rand.Reader, "hub.example", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	pin, err := PinOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return cert, pin
}

func TestPinnedKey(t *testing.T) {
	cert, pin := certificate(t, 1)
	_, other := certificate(t, 2)
	s := New(quiet(Options{TLS: ServerTLS(cert)}))
	var reached atomic.Int32
	s.HandleFunc("POST", "/sync/v1/exchange", func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		io.WriteString(w, "heads")
	})
	addr := serve(t, s)
	call := func(config *tls.Config) error {
		tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr}).Post("https://"+addr+"/sync/v1/exchange", "", nil)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	in := func(year int, c *tls.Config) *tls.Config {
		c.Time = func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
		return c
	}
	for name, config := range map[string]*tls.Config{
		"pinned":                 PinnedClient(pin),
		"a clock that says 2010": in(2010, PinnedClient(pin)),
		"a clock that says 1970": in(1970, PinnedClient(pin)),
		"a clock that says 2200": in(2200, PinnedClient(pin)),
		"with a cache of sessions": func() *tls.Config {
			c := PinnedClient(pin)
			c.ClientSessionCache = tls.NewLRUClientSessionCache(1)
			return c
		}(),
	} {
		if err := call(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := reached.Load()
	if err := call(PinnedClient(other)); !errors.Is(err, ErrWrongHubKey) {
		t.Errorf("another key: %v", err)
	}
	if err := call(PinnedClient([32]byte{})); !errors.Is(err, ErrWrongHubKey) {
		t.Errorf("no key: %v", err)
	}
	if got := reached.Load(); got != before {
		t.Errorf("%d requests reached a hub with the wrong key", got-before)
	}
	if p := ProblemOf(call(PinnedClient(other)), "vi"); p.Type != TypeWrongHubKey {
		t.Errorf("a person is told %s", p.Type)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	cert, pin := certificate(t, 1)
	addr := serve(t, New(quiet(Options{TLS: ServerTLS(cert)})))
	old := PinnedClient(pin)
	old.MinVersion, old.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if c, err := tls.Dial("tcp", addr, old); err == nil {
		c.Close()
		t.Error("TLS 1.2 was taken")
	}
}

// A browser cannot check Ed25519; it gets the second certificate, a station the first.
func TestBrowserGetsItsOwnCertificate(t *testing.T) {
	forNodes, pin := certificate(t, 1)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forBrowsers, err := SelfSigned(key, rand.Reader, "hub.example")
	if err != nil {
		t.Fatal(err)
	}
	config := ServerTLS(forNodes, forBrowsers)
	for _, c := range []struct {
		schemes []tls.SignatureScheme
		want    *tls.Certificate
	}{
		{[]tls.SignatureScheme{tls.ECDSAWithP256AndSHA256, tls.PSSWithSHA256}, &forBrowsers},
		{[]tls.SignatureScheme{tls.ECDSAWithP256AndSHA256, tls.Ed25519}, &forNodes},
	} {
		hello := &tls.ClientHelloInfo{
			SupportedVersions: []uint16{tls.VersionTLS13}, SignatureSchemes: c.schemes, SupportedCurves: []tls.CurveID{tls.X25519},
		}
		for i := range config.Certificates {
			if hello.SupportsCertificate(&config.Certificates[i]) == nil {
				if !bytes.Equal(config.Certificates[i].Certificate[0], c.want.Certificate[0]) {
					t.Errorf("%v got certificate %d", c.schemes, i)
				}
				break
			}
		}
	}
	client := PinnedClient(pin)
	conn, err := tls.Dial("tcp", serve(t, New(quiet(Options{TLS: config}))), client)
	if err != nil {
		t.Fatalf("a station: %v", err)
	}
	conn.Close()
}

type countingConn struct {
	net.Conn
	n *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (c countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// Design 7.2 promises 1.2 kB, and a hybrid key exchange would make it 3.5.
func TestHandshakeBytes(t *testing.T) {
	cert, pin := certificate(t, 1)
	a, b := net.Pipe()
	var n atomic.Int64
	server := tls.Server(a, ServerTLS(cert))
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	client := tls.Client(countingConn{b, &n}, PinnedClient(pin))
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, both ways", n.Load())
	if n.Load() > 1200 {
		t.Errorf("a handshake takes %d bytes, at most 1200 are promised", n.Load())
	}
}

func TestSelfSigned(t *testing.T) {
	cert, pin := certificate(t, 1)
	again, samePin := certificate(t, 1)
	_, otherPin := certificate(t, 2)
	if pin != samePin || pin == otherPin || pin == [32]byte{} {
		t.Error("a pin must follow from the key and nothing else")
	}
	if cert.Leaf.SerialNumber.Cmp(again.Leaf.SerialNumber) == 0 {
		t.Error("two certificates share a serial number")
	}
	if err := cert.Leaf.VerifyHostname("hub.example"); err != nil {
		t.Error(err)
	}
	if err := cert.Leaf.VerifyHostname("192.0.2.1"); err != nil {
		t.Error(err)
	}
	if _, err := SelfSigned(cert.PrivateKey.(ed25519.PrivateKey), bytes.NewReader(nil)); !errors.Is(err, io.EOF) {
		t.Errorf("without randomness: %v", err)
	}
}
