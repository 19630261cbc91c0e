package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"tramy/internal/rights"
	"tramy/syncproto"
)

// Login says who is logged in.
type Login struct {
	User  syncproto.EntityID
	Name  string // as shown in the corner of the page
	Role  rights.Role
	Place syncproto.EntityID // top of the subtree the role holds for
	Lang  string             // "vi" or "en"
}

// ErrNoLogin says that a token belongs to nobody who is logged in: never given out, ended, or expired.
var ErrNoLogin = errors.New("nobody is logged in with this token")

// TokenHash is what is stored of a token. The token is 256 random bits, so a fast hash is enough.
type TokenHash [sha256.Size]byte

// StoredLogin is a Login as a store keeps it.
type StoredLogin struct {
	Login
	Since time.Time // when the password was given
	Seen  time.Time // about when it was last used
}

// LoginStore keeps log-ins by the hash of their token. It must be safe for concurrent use and may forget
// the least recently seen when it is full; somebody then logs in again.
type LoginStore interface {
	// SaveLogin adds or replaces a log-in. Those not seen since idleSince are of no use to anybody.
	SaveLogin(ctx context.Context, hash TokenHash, l StoredLogin, idleSince time.Time) error
	// LoadLogin returns a log-in, or ErrNoLogin.
	LoadLogin(ctx context.Context, hash TokenHash) (StoredLogin, error)
	// DeleteLogin removes a log-in, if it is there.
	DeleteLogin(ctx context.Context, hash TokenHash) error
	// DeleteUser removes every log-in of a user: disabled, or with a new password.
	DeleteUser(ctx context.Context, user syncproto.EntityID) error
}

// Defaults of Logins.
const (
	DefaultIdle     = 15 * time.Minute // a laptop left on the table locks itself
	DefaultLoginMax = 12 * time.Hour   // a working day
	DefaultCookie   = "tramy"
	loginsMax       = 20_000
)

// Logins begins, finds and ends log-ins. Store is required; the rest has defaults.
type Logins struct {
	Store LoginStore
	Idle  time.Duration // unused for so long, a log-in is over; 0 means DefaultIdle
	Max   time.Duration // so long after the password, it is over in any case; 0 means DefaultLoginMax

	// Cookie is the name of the cookie. Browsers give a cookie of one port to every port of a host, so
	// programs that run beside each other need different names. "" means DefaultCookie.
	Cookie string

	Now    func() time.Time // nil means time.Now
	Random io.Reader        // nil means crypto/rand
}

func (l *Logins) now() time.Time {
	if l.Now == nil {
		return time.Now()
	}
	return l.Now()
}

func (l *Logins) idle() time.Duration { return cmp.Or(l.Idle, DefaultIdle) }

// Begin logs somebody in, after the password was checked, and returns the token: the caller hands it to
// SetCookie or into an answer, and to no log.
func (l *Logins) Begin(ctx context.Context, who Login) (string, error) {
	random := l.Random
	if random == nil {
		random = rand.Reader
	}
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("new log-in: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(b[:])
	now := l.now()
	err := l.Store.SaveLogin(ctx, sha256.Sum256([]byte(token)), StoredLogin{Login: who, Since: now, Seen: now}, now.Add(-l.idle()))
	if err != nil {
		return "", fmt.Errorf("new log-in: %w", err)
	}
	return token, nil
}

// Find returns who is logged in with a token and notes that it was used; ErrNoLogin if nobody is.
func (l *Logins) Find(ctx context.Context, token string) (Login, error) {
	if token == "" {
		return Login{}, ErrNoLogin
	}
	hash := TokenHash(sha256.Sum256([]byte(token)))
	stored, err := l.Store.LoadLogin(ctx, hash)
	if err != nil {
		return Login{}, err
	}
	now := l.now()
	// A clock that jumped far back must not make a log-in eternal.
	if now.Sub(stored.Seen) >= l.idle() || now.Sub(stored.Since) >= cmp.Or(l.Max, DefaultLoginMax) || stored.Since.Sub(now) > l.idle() {
		if err := l.Store.DeleteLogin(ctx, hash); err != nil {
			return Login{}, fmt.Errorf("end an expired log-in: %w", err)
		}
		return Login{}, ErrNoLogin
	}
	// Noting each use would be a write a request; a twentieth of the idle time is exact enough.
	if now.Sub(stored.Seen) >= l.idle()/20 {
		stored.Seen = now
		if err := l.Store.SaveLogin(ctx, hash, stored, now.Add(-l.idle())); err != nil {
			return Login{}, fmt.Errorf("note a log-in's use: %w", err)
		}
	}
	return stored.Login, nil
}

// End logs out whoever holds the token.
func (l *Logins) End(ctx context.Context, token string) error {
	return l.Store.DeleteLogin(ctx, sha256.Sum256([]byte(token)))
}

// EndUser ends every log-in of a user.
func (l *Logins) EndUser(ctx context.Context, user syncproto.EntityID) error {
	return l.Store.DeleteUser(ctx, user)
}

// TokenOf returns the token a request carries: of its bearer, else of its cookie; "" if there is none.
func (l *Logins) TokenOf(r *http.Request) string {
	if token, ok := BearerOf(r); ok {
		return token
	}
	if c, err := r.Cookie(l.cookieName(r)); err == nil {
		return c.Value
	}
	return ""
}

// BearerOf returns the bearer token of a request and whether it has one.
func BearerOf(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// cookieName has the prefix __Host- under TLS: a browser then takes the cookie from this host alone, and
// no plain-HTTP page on it can replace it.
func (l *Logins) cookieName(r *http.Request) string {
	name := cmp.Or(l.Cookie, DefaultCookie)
	if r.TLS != nil {
		return "__Host-" + name
	}
	return name
}

// SetCookie gives a browser the token. The cookie ends with the browser; the log-in ends by Idle and Max.
func (l *Logins) SetCookie(w http.ResponseWriter, r *http.Request, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: l.cookieName(r), Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}

// ClearCookie takes the token from a browser.
func (l *Logins) ClearCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: l.cookieName(r), Path: "/", MaxAge: -1,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}

type loginKey struct{}

// WithLogin returns a copy of r in which who is logged in. Server does this for its handlers; it is for
// tests and for handlers that log somebody in and go on in the same request.
func WithLogin(r *http.Request, who Login) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), loginKey{}, who))
}

// LoginOf returns who asks, and whether anybody is logged in.
func LoginOf(r *http.Request) (Login, bool) {
	if who, ok := r.Context().Value(loginKey{}).(Login); ok {
		return who, true
	}
	if st := stateOf(r); st != nil && st.login != nil {
		return *st.login, true
	}
	return Login{}, false
}

// RequireLogin answers TypeNotLoggedIn unless somebody is logged in.
func RequireLogin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := LoginOf(r); !ok {
			WriteProblem(w, r, ErrNoLogin)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// RequireRight answers TypeNotLoggedIn or TypeForbidden unless the role of who asks may do act to kind
// somewhere. Whether the place is theirs is for the handler to ask (rights.Within).
func RequireRight(act rights.Act, kind syncproto.Kind, next http.Handler) http.Handler {
	return RequireLogin(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who, _ := LoginOf(r); !rights.May(who.Role, act, kind) {
			WriteProblem(w, r, NewProblem(TypeForbidden))
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// MemoryLogins keeps up to 20,000 log-ins; a restart ends them. The zero MemoryLogins is empty.
type MemoryLogins struct {
	mu     sync.Mutex
	logins map[TokenHash]StoredLogin
}

// SaveLogin implements LoginStore. When it is full the idle ones go, or else the least recently seen.
func (m *MemoryLogins) SaveLogin(_ context.Context, hash TokenHash, l StoredLogin, idleSince time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.logins == nil {
		m.logins = map[TokenHash]StoredLogin{}
	}
	if _, ok := m.logins[hash]; !ok && len(m.logins) >= loginsMax {
		var oldest TokenHash
		first := true
		for h, have := range m.logins {
			if have.Seen.Before(idleSince) {
				delete(m.logins, h)
				continue
			}
			if first || have.Seen.Before(m.logins[oldest].Seen) {
				oldest, first = h, false
			}
		}
		if len(m.logins) >= loginsMax {
			delete(m.logins, oldest)
		}
	}
	m.logins[hash] = l
	return nil
}

// LoadLogin implements LoginStore.
func (m *MemoryLogins) LoadLogin(_ context.Context, hash TokenHash) (StoredLogin, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.logins[hash]
	if !ok {
		return StoredLogin{}, ErrNoLogin
	}
	return l, nil
}

// DeleteLogin implements LoginStore.
func (m *MemoryLogins) DeleteLogin(_ context.Context, hash TokenHash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.logins, hash)
	return nil
}

// DeleteUser implements LoginStore.
func (m *MemoryLogins) DeleteUser(_ context.Context, user syncproto.EntityID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for h, l := range m.logins {
		if l.User == user {
			delete(m.logins, h)
		}
	}
	return nil
}
