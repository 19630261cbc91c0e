package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// authority stands for a public one: a certificate for a name that signs itself is trusted by who has it among its roots.
func authority(t *testing.T, dir string, names ...string) (*CertFiles, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := SelfSigned(key, rand.Reader, names...)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	for i, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(paths[i], pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := OpenCertFiles(paths[0], paths[1])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert.Leaf)
	return files, pool
}

// One port answers laptops that pin its key and laptops that know its name, each as it asks.
func TestPinAndPublicNameOnOnePort(t *testing.T) {
	pinned, pin := certificate(t, 1)
	files, roots := authority(t, t.TempDir(), "hub.example.vn")
	conf := ServerTLS()
	conf.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if WantsPin(hello, PublicPin) {
			return files.Get()
		}
		return &pinned, nil
	}
	addr := serve(t, New(quiet(Options{TLS: conf})))
	call := func(conf *tls.Config) error {
		c, err := tls.Dial("tcp", addr, conf)
		if err == nil {
			err = c.Close()
		}
		return err
	}
	byName := func(change func(*tls.Config)) error {
		c := ClientTLS(PublicPin)
		c.RootCAs, c.ServerName = roots, "hub.example.vn"
		change(c)
		return call(c)
	}
	if err := call(ClientTLS(pin)); err != nil {
		t.Errorf("by its pin: %v", err)
	}
	if err := byName(func(*tls.Config) {}); err != nil {
		t.Errorf("by its name: %v", err)
	}
	if err := byName(func(c *tls.Config) { c.ServerName = "other.example.vn" }); !IsWrongName(err) || IsClock(err) {
		t.Errorf("another name: %v", err)
	}
	if err := byName(func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }); !IsWrongName(err) || IsClock(err) {
		t.Errorf("an authority nobody knows: %v", err)
	}
	// Here dates count, and who looks is told that it may be the clock.
	if err := byName(func(c *tls.Config) {
		c.Time = func() time.Time { return time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC) }
	}); !IsClock(err) || IsWrongName(err) {
		t.Errorf("a clock before the certificate's dates: %v", err)
	}
}

// A laptop by name never falls back to trusting a key, nor one by pin to trusting a name.
func TestPublicNameIsNoPin(t *testing.T) {
	pinned, _ := certificate(t, 1)
	addr := serve(t, New(quiet(Options{TLS: ServerTLS(pinned)})))
	c := ClientTLS(PublicPin)
	c.ServerName = "hub.example"
	if conn, err := tls.Dial("tcp", addr, c); err == nil {
		conn.Close()
		t.Error("a certificate of nobody was taken")
	}
}

// The hub's certificate is renewed while it runs.
func TestRenewedCertificateIsRead(t *testing.T) {
	dir := t.TempDir()
	files, _ := authority(t, dir, "a.example.vn")
	first, err := files.Get()
	if err != nil {
		t.Fatal(err)
	}
	authority(t, dir, "b.example.vn")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "cert.pem"), old, old); err != nil {
		t.Fatal(err)
	}
	second, err := files.Get()
	if err != nil || slices.Equal(first.Certificate[0], second.Certificate[0]) {
		t.Errorf("the renewed certificate was not read: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "key.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if third, err := files.Get(); err != nil || !slices.Equal(third.Certificate[0], second.Certificate[0]) {
		t.Errorf("with a broken file: %v", err)
	}
	if _, err := OpenCertFiles(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")); err == nil {
		t.Error("a hub started with a broken key")
	}
}
