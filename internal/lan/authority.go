package lan

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"time"
)

// How long certificates last. Phones refuse one for a server that lasts longer than 825 days (iOS), so it is made anew at each start
// and whenever the laptop's addresses change; the authority stays, because somebody has to trust it by hand.
const (
	authorityYears = 20
	leafDays       = 397
	// backDays is how far a laptop's clock may be ahead of the phones'.
	backDays = 30
)

// private are the networks in which the pages are served, and all that the authority may vouch for: whoever steals its key can pretend to
// be no bank and no mail server to a phone that trusts it.
var private = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Private reports whether an address belongs to a local network.
func Private(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(private, func(p netip.Prefix) bool { return p.Contains(a) })
}

// authority is the station's own, as the folder keeps it.
type authority struct {
	Cert []byte `json:"cert"` // DER
	Key  []byte `json:"key"`  // PKCS #8
}

var errAuthority = errors.New("the authority for phones is not whole: move the file away, and let the phones in anew")

func newAuthority(name string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := template(now, authorityYears*365)
	if err != nil {
		return nil, err
	}
	template.Subject = pkix.Name{CommonName: "tramy " + name}
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = []string{"local"}
	for _, p := range private {
		template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	a := &authority{}
	if a.Cert, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		return nil, err
	}
	a.Key, err = x509.MarshalPKCS8PrivateKey(key)
	return a, err
}

func template(now time.Time, days int) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	return &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: "tramy"},
		NotBefore: now.AddDate(0, 0, -backDays), NotAfter: now.AddDate(0, 0, days-backDays),
	}, nil
}

// leaf makes the certificate under which the laptop answers at these addresses and names.
func (a *authority) leaf(addrs []netip.Addr, names []string, now time.Time) (*tls.Certificate, error) {
	ca, err := x509.ParseCertificate(a.Cert)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errAuthority, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(a.Key)
	caKey, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, errAuthority
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := template(now, leafDays)
	if err != nil {
		return nil, err
	}
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.DNSNames = names
	for _, addr := range addrs {
		template.IPAddresses = append(template.IPAddresses, addr.AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.Cert}, PrivateKey: key}, nil
}

// pem is the authority's certificate as phones take it.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Cert})
}

// fingerprint is SHA-256 of the certificate, as phones show it.
func (a *authority) fingerprint() string {
	sum := sha256.Sum256(a.Cert)
	out := ""
	for i, b := range sum {
		if i > 0 {
			out += ":"
		}
		out += fmt.Sprintf("%02X", b)
	}
	return out
}
