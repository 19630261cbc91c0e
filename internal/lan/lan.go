package lan

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"tramy/internal/drive"
	"tramy/internal/server"
)

// Limits of letting phones in.
const (
	PhonesMax    = 20               // devices of one laptop
	CodeLifetime = 10 * time.Minute // of a code that lets one in, once
	NameRunesMax = 40               // of a device's name
	PhoneDays    = 180              // so long after it was let in, a device is to be let in again
	seenEvery    = time.Hour        // noting each use would be a write a request
)

// CookieName is the cookie by which a device that was let in is known. The prefix lets a browser take it over TLS alone.
const CookieName = "__Host-tramy-phone"

// Errors of letting in.
var (
	ErrCode    = errors.New("no device is let in by this code: it is wrong, was used, or is too old")
	ErrTooMany = fmt.Errorf("%d devices are let in already: end one first", PhonesMax)
	ErrName    = fmt.Errorf("a device needs a name of at most %d letters", NameRunesMax)
)

// Phone is a device that was let in.
type Phone struct {
	ID    string `json:"id"`   // says nothing
	Name  string `json:"name"` // as who holds it called it
	Hash  []byte `json:"hash"` // SHA-256 of its cookie
	By    string `json:"by"`   // name of the account that let it in
	InMS  int64  `json:"in_ms"`
	Seen  int64  `json:"seen_ms"`
	Until int64  `json:"until_ms"`
}

// kept is the folder's file: the authority's private key and who was let in. Its owner alone can read it.
type kept struct {
	Authority *authority `json:"authority"`
	Phones    []Phone    `json:"phones"`
}

// Options configure a LAN.
type Options struct {
	Path  string // the file in which it remembers
	Place string // of the station, for the name of its authority
	Now   func() time.Time
	// Addrs are the laptop's addresses; nil: those of its network interfaces.
	Addrs func() ([]netip.Addr, error)
	// Attempts counts wrong codes of an address; nil: one of its own.
	Attempts *server.Attempts
}

// LAN is the way in for phones and tablets of one laptop.
type LAN struct {
	o    Options
	mu   sync.Mutex
	kept kept
	code code
	leaf *tls.Certificate
	made []netip.Addr // what leaf is for
	port int
}

type code struct {
	hash  [32]byte
	by    string
	until time.Time
}

// Open reads what the laptop remembers, or makes it an authority.
func Open(o Options) (*LAN, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Addrs == nil {
		o.Addrs = interfaces
	}
	if o.Attempts == nil {
		o.Attempts = &server.Attempts{Now: o.Now}
	}
	l := &LAN{o: o}
	b, err := os.ReadFile(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if l.kept.Authority, err = newAuthority(o.Place, o.Now()); err != nil {
			return nil, err
		}
		return l, l.save(l.kept)
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(b, &l.kept); err != nil || l.kept.Authority == nil {
		return nil, fmt.Errorf("%s: %w", o.Path, errAuthority)
	}
	return l, nil
}

// save writes the file whole; what is in memory changes only with it.
func (l *LAN) save(next kept) error {
	b, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return err
	}
	if err := drive.Write(l.o.Path, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	}); err != nil {
		return fmt.Errorf("remembering which phones are let in: %w", err)
	}
	l.kept = next
	return nil
}

// interfaces are the private addresses of this machine, IPv4 first, loopback left out.
func interfaces() ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range all {
		p, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		if addr := p.Addr().Unmap(); Private(addr) && !addr.IsLoopback() && !addr.IsLinkLocalUnicast() {
			out = append(out, addr)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	// The one through which the laptop reaches its router comes first: others may be of its own making. Nothing is sent.
	if c, err := net.Dial("udp4", "192.0.2.1:9"); err == nil {
		if p, err := netip.ParseAddrPort(c.LocalAddr().String()); err == nil {
			if i := slices.Index(out, p.Addr()); i > 0 {
				out = slices.Insert(slices.Delete(out, i, i+1), 0, p.Addr())
			}
		}
		_ = c.Close()
	}
	return out, nil
}

// Listen begins to listen on a port of all interfaces. Only callers from private addresses are heard.
func (l *LAN) Listen(address string) (net.Listener, error) {
	in, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.port = in.Addr().(*net.TCPAddr).Port
	return &listener{in}, nil
}

// listener hangs up on callers from elsewhere before a byte is read.
type listener struct{ net.Listener }

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if local(c.RemoteAddr()) && local(c.LocalAddr()) {
			return c, nil
		}
		_ = c.Close()
	}
}

func local(a net.Addr) bool {
	p, err := netip.ParseAddrPort(a.String())
	return err == nil && Private(p.Addr())
}

// TLS returns how the laptop answers phones: with a certificate for the addresses it has now.
func (l *LAN) TLS() *tls.Config {
	conf := server.ServerTLS()
	conf.CurvePreferences = nil // a local network is fast; phones choose
	conf.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return l.certificate() }
	return conf
}

func (l *LAN) certificate() (*tls.Certificate, error) {
	addrs, err := l.o.Addrs()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leaf == nil || !slices.Equal(addrs, l.made) {
		if l.leaf, err = l.kept.Authority.leaf(addrs, nil, l.o.Now()); err != nil {
			return nil, err
		}
		l.made = addrs
	}
	return l.leaf, nil
}

// Host reports whether a request may name this host: the laptop's present addresses and nothing else.
func (l *LAN) Host(name string) bool {
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	addrs, err := l.o.Addrs()
	return err == nil && slices.Contains(addrs, addr.Unmap())
}

// Addresses are where phones open the pages, https://address:port.
func (l *LAN) Addresses() ([]string, error) {
	addrs, err := l.o.Addrs()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, a := range addrs {
		out = append(out, "https://"+netip.AddrPortFrom(a, uint16(l.port)).String())
	}
	return out, nil
}

// Authority is the certificate to trust, in PEM, and its fingerprint as phones show it.
func (l *LAN) Authority() (pem []byte, fingerprint string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept.Authority.pem(), l.kept.Authority.fingerprint()
}

// Invite makes a code that lets one device in, once. The code before it is worth nothing any more.
func (l *LAN) Invite(by string) (string, time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.kept.Phones) >= PhonesMax {
		return "", time.Time{}, ErrTooMany
	}
	text := rand.Text()
	l.code = code{sha256.Sum256([]byte(text)), by, l.o.Now().Add(CodeLifetime)}
	return text, l.code.until, nil
}

// valid reports whether a code is the one that was made last and holds. The caller holds mu.
func (l *LAN) valid(text string) bool {
	sum, left := sha256.Sum256([]byte(text)), l.code.until.Sub(l.o.Now())
	return subtle.ConstantTimeCompare(sum[:], l.code.hash[:]) == 1 && left > 0 && left <= CodeLifetime
}

// Admit lets a device in by a code and returns what its cookie says. Who guesses is slowed down like somebody who guesses a token.
func (l *LAN) Admit(text, name, addr string) (string, error) {
	if _, blocked := l.o.Attempts.Blocked(addr); blocked {
		return "", server.NewProblem(server.TypeTooMany)
	}
	name = strings.Join(strings.Fields(name), " ")
	if n := len([]rune(name)); n == 0 || n > NameRunesMax {
		return "", ErrName
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.valid(text) {
		l.o.Attempts.Failed(addr)
		return "", ErrCode
	}
	if len(l.kept.Phones) >= PhonesMax {
		return "", ErrTooMany
	}
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	token := base64.RawURLEncoding.EncodeToString(b)
	hash, now := sha256.Sum256([]byte(token)), l.o.Now()
	next := l.kept
	next.Phones = append(slices.Clone(next.Phones), Phone{
		ID: rand.Text()[:12], Name: name, Hash: hash[:], By: l.code.by,
		InMS: now.UnixMilli(), Seen: now.UnixMilli(), Until: now.AddDate(0, 0, PhoneDays).UnixMilli(),
	})
	if err := l.save(next); err != nil {
		return "", err
	}
	l.code = code{}
	return token, nil
}

// In reports whether a request comes from a device that was let in.
func (l *LAN) In(r *http.Request) bool {
	c, err := r.Cookie(CookieName)
	if err != nil {
		return false
	}
	hash, now := sha256.Sum256([]byte(c.Value)), l.o.Now().UnixMilli()
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.kept.Phones, func(p Phone) bool { return subtle.ConstantTimeCompare(p.Hash, hash[:]) == 1 })
	if i < 0 || now >= l.kept.Phones[i].Until {
		return false
	}
	if gone := now - l.kept.Phones[i].Seen; gone >= seenEvery.Milliseconds() || gone < 0 {
		next := l.kept
		next.Phones = slices.Clone(next.Phones)
		next.Phones[i].Seen = now
		if err := l.save(next); err != nil { // when it was seen is for people; it works all the same
			l.kept.Phones[i].Seen = now
		}
	}
	return true
}

// SetCookie makes a device known by its token.
func SetCookie(w http.ResponseWriter, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: CookieName, Value: token, Path: "/", MaxAge: PhoneDays * 24 * 3600, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
}

// Phones lists the devices that were let in, the newest first.
func (l *LAN) Phones() []Phone {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.Clone(l.kept.Phones)
	slices.Reverse(out)
	return out
}

// End shuts a device out. One that is not there is out already.
func (l *LAN) End(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.kept
	next.Phones = slices.DeleteFunc(slices.Clone(next.Phones), func(p Phone) bool { return p.ID == id })
	return l.save(next)
}
