package server

import (
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"time"
)

// ErrWrongHubKey says that whoever answered does not hold the key that was pinned at enrolment: another
// machine, or a network that opens TLS. Nothing was sent to it.
var ErrWrongHubKey = errors.New("the hub answered with a key that is not pinned")

// Nodes agree on keys by X25519 alone. Go's default adds ML-KEM-768, which makes a handshake 3.5 kB
// instead of 1.2 kB: more than a day's records of a station (design 7.2), on lines of 64 kbit/s. What
// somebody who records traffic today could decrypt once there are quantum computers is a day's doses;
// signatures on the records do not rest on it.
func keyExchange() []tls.CurveID { return []tls.CurveID{tls.X25519} }

// SelfSigned makes a certificate that signs itself, for names and addresses. Its dates say nothing, on
// purpose: from 1950 to 9999, so that a laptop whose clock says 2010 finds it valid. Between nodes key is
// an ed25519.PrivateKey; browsers want ECDSA.
func SelfSigned(key crypto.Signer, random io.Reader, names ...string) (tls.Certificate, error) {
	// Firefox refuses two certificates of one issuer and serial number, so a new key needs a new number.
	var serial [8]byte
	if _, err := io.ReadFull(random, serial[:]); err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetUint64(binary.BigEndian.Uint64(serial[:])>>1 + 1),
		Subject:      pkix.Name{CommonName: "tramy"},
		NotBefore:    time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(random, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// PinOf returns what a client pins of a public key: SHA-256 of its SubjectPublicKeyInfo.
func PinOf(public crypto.PublicKey) ([32]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return [32]byte{}, fmt.Errorf("pin: %w", err)
	}
	return sha256.Sum256(der), nil
}

// ServerTLS returns how a node serves: TLS 1.3, with the first of certs whose kind of key the caller can
// check. A hub gives its Ed25519 certificate first, which stations pin, and an ECDSA one for browsers.
// There are no session tickets: nodes keep their connection, and a ticket costs bytes at each handshake.
func ServerTLS(certs ...tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: certs, CurvePreferences: keyExchange(),
		SessionTicketsDisabled: true, NextProtos: []string{"h2", "http/1.1"},
	}
}

// Callers say in the list of protocols which key they know, beside HTTP's: a hub whose key has changed shows each caller the one it
// knows, and servers that do not understand the entry pass over it. (Not in the server name: networks let names through or not.)
const (
	wantsKey    = "t/" // + the first 4 bytes of the pin, in hex: it goes over the line with each connection
	wantsPublic = "t/public"
)

func keyProto(pin [32]byte) string { return wantsKey + hex.EncodeToString(pin[:4]) }

// PublicPin in the place of a pin says that a certificate of a public authority, for the name in the address, does.
var PublicPin [32]byte

// WantsPin reports whether a caller asks for the key with this pin.
func WantsPin(hello *tls.ClientHelloInfo, pin [32]byte) bool {
	return slices.Contains(hello.SupportedProtos, keyProto(pin)) || pin == PublicPin && slices.Contains(hello.SupportedProtos, wantsPublic)
}

// ClientTLS returns how a node calls a hub that it knows by a pin, or, where that is PublicPin, by its name. By a name the hub's
// certificate has dates, and this machine's clock must be right to a few months: see IsClock.
func ClientTLS(pin [32]byte) *tls.Config {
	if pin != PublicPin {
		return PinnedClient(pin)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, CurvePreferences: keyExchange(), NextProtos: []string{"h2", "http/1.1", wantsPublic},
	}
}

// IsClock reports whether a certificate was refused because of its dates alone: this machine's clock is wrong, or the
// certificate was not renewed.
func IsClock(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// IsWrongName reports whether whoever answered showed a certificate that no public authority gave it for the name that was called:
// another machine, or a network that opens TLS.
func IsWrongName(err error) bool {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) && invalid.Reason != x509.Expired
}

// PinnedClient returns how a node calls its upstream: TLS 1.3, and whoever answers must hold the pinned key. Names, dates and
// authorities in the certificate are not looked at, so neither a wrong clock nor a renamed hub stops an exchange. A handshake with
// another key fails with ErrWrongHubKey before anything is sent.
func PinnedClient(pin [32]byte) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, CurvePreferences: keyExchange(), NextProtos: []string{"h2", "http/1.1", keyProto(pin)},
		// Verification by authorities is replaced, not left out: TLS 1.3 has proved that the peer holds
		// the key of its certificate, and VerifyConnection, which resumption does not skip, checks the key.
		InsecureSkipVerify: true,
		VerifyConnection: func(cs tls.ConnectionState) error {
			if len(cs.PeerCertificates) > 0 && sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo) == pin {
				return nil
			}
			return ErrWrongHubKey
		},
	}
}
