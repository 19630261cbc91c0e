package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramy/internal/registry"
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

	// Basis is what the log-in rests on: once the account's is another one, the log-in is over.
	Basis registry.Basis
	// Must is what has to be done before anything else.
	Must Must
}

// Must is what somebody who is logged in has to do before anything else.
type Must string

// What must be done. The words are part of the API and do not change.
const (
	MustNothing  Must = ""
	MustPassword Must = "password"      // choose a password of their own: somebody else set the present one
	MustFactor   Must = "second-factor" // set up a second factor: this hub asks for one
)

// ErrNoLogin says that a token belongs to nobody who is logged in: never given out, ended, or expired.
var ErrNoLogin = errors.New("nobody is logged in with this token")

// TokenHash is what is stored of a token. The token is 256 random bits, so a fast hash is enough.
type TokenHash [sha256.Size]byte

// StoredLogin is a Login as a store keeps it.
type StoredLogin struct {
	Login
	Since  time.Time // when the password was given
	Seen   time.Time // about when it was last used
	Client string    // what it is used with, in a word or two: ClientOf
}

// ListedLogin is a log-in as its owner may see it.
type ListedLogin struct {
	ID string // names it to EndOne; no token can be made from it
	StoredLogin
}

// LoginStore keeps log-ins by the hash of their token. It must be safe for concurrent use and may forget
// the least recently seen when it is full; somebody then logs in again.
type LoginStore interface {
	// SaveLogin adds or replaces a log-in. Those not seen since idleSince are of no use to anybody.
	SaveLogin(ctx context.Context, hash TokenHash, l StoredLogin, idleSince time.Time) error
	// TouchLogin notes the use of a log-in. One that is not there any more stays away: it may have been ended meanwhile.
	TouchLogin(ctx context.Context, hash TokenHash, seen time.Time) error
	// LoginsOf returns the log-ins of a user.
	LoginsOf(ctx context.Context, user syncproto.EntityID) (map[TokenHash]StoredLogin, error)
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

// Time reads the clock of the log-ins.
func (l *Logins) Time() time.Time { return l.now() }

func (l *Logins) idle() time.Duration { return cmp.Or(l.Idle, DefaultIdle) }

// Begin logs somebody in, after the password was checked, and returns the token: the caller hands it to
// SetCookie or into an answer, and to no log. client is ClientOf the request.
func (l *Logins) Begin(ctx context.Context, who Login, client string) (string, error) {
	return l.BeginAgain(ctx, who, client, l.now())
}

// BeginAgain is Begin for somebody whose password was given earlier, and who has shown since in another way who they are: the
// log-in lasts no longer than it did.
func (l *Logins) BeginAgain(ctx context.Context, who Login, client string, since time.Time) (string, error) {
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
	err := l.Store.SaveLogin(ctx, hashOf(token), StoredLogin{Login: who, Since: since, Seen: now, Client: client}, now.Add(-l.idle()))
	if err != nil {
		return "", fmt.Errorf("new log-in: %w", err)
	}
	return token, nil
}

func hashOf(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// Find returns who is logged in with a token and notes that it was used; ErrNoLogin if nobody is.
func (l *Logins) Find(ctx context.Context, token string) (Login, error) {
	if token == "" {
		return Login{}, ErrNoLogin
	}
	hash := hashOf(token)
	stored, err := l.Store.LoadLogin(ctx, hash)
	if err != nil {
		return Login{}, err
	}
	now := l.now()
	if l.over(&stored, now) {
		if err := l.Store.DeleteLogin(ctx, hash); err != nil {
			return Login{}, fmt.Errorf("end an expired log-in: %w", err)
		}
		return Login{}, ErrNoLogin
	}
	// Noting each use would be a write a request; a twentieth of the idle time is exact enough.
	if now.Sub(stored.Seen) >= l.idle()/20 {
		if err := l.Store.TouchLogin(ctx, hash, now); err != nil {
			return Login{}, fmt.Errorf("note a log-in's use: %w", err)
		}
	}
	return stored.Login, nil
}

// over reports whether a log-in has run out. A clock that jumped far back must not make one eternal.
func (l *Logins) over(stored *StoredLogin, now time.Time) bool {
	return now.Sub(stored.Seen) >= l.idle() || l.Old(stored.Since)
}

// Old reports whether what rests on a password given then is over in any case.
func (l *Logins) Old(since time.Time) bool {
	now := l.now()
	return now.Sub(since) >= cmp.Or(l.Max, DefaultLoginMax) || since.Sub(now) > l.idle()
}

// Since returns when the password behind a token was given, and whether anybody is logged in with it.
func (l *Logins) Since(ctx context.Context, token string) (time.Time, bool) {
	stored, err := l.Store.LoadLogin(ctx, hashOf(token))
	return stored.Since, err == nil
}

// IDOf names the log-in of a token, as List does.
func IDOf(token string) string { return idOf(hashOf(token)) }

func idOf(hash TokenHash) string { return hex.EncodeToString(hash[:12]) }

// List returns the log-ins of a user that are in force and rest on basis, the newest first.
func (l *Logins) List(ctx context.Context, user syncproto.EntityID, basis registry.Basis) ([]ListedLogin, error) {
	all, err := l.Store.LoginsOf(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("list log-ins: %w", err)
	}
	now := l.now()
	var out []ListedLogin
	for hash, stored := range all {
		if stored.Basis == basis && !l.over(&stored, now) {
			out = append(out, ListedLogin{idOf(hash), stored})
		}
	}
	slices.SortFunc(out, func(a, b ListedLogin) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// EndOne ends a log-in of a user by the name that List gave it. One that is over already is ended.
func (l *Logins) EndOne(ctx context.Context, user syncproto.EntityID, id string) error {
	return l.endWhere(ctx, user, func(hash TokenHash) bool { return idOf(hash) == id })
}

// EndOthers ends every log-in of a user but that of a token.
func (l *Logins) EndOthers(ctx context.Context, user syncproto.EntityID, token string) error {
	keep := hashOf(token)
	return l.endWhere(ctx, user, func(hash TokenHash) bool { return hash != keep })
}

func (l *Logins) endWhere(ctx context.Context, user syncproto.EntityID, which func(TokenHash) bool) error {
	all, err := l.Store.LoginsOf(ctx, user)
	if err != nil {
		return fmt.Errorf("end log-ins: %w", err)
	}
	for hash := range all {
		if which(hash) {
			if err := l.Store.DeleteLogin(ctx, hash); err != nil {
				return fmt.Errorf("end a log-in: %w", err)
			}
		}
	}
	return nil
}

// End logs out whoever holds the token.
func (l *Logins) End(ctx context.Context, token string) error {
	return l.Store.DeleteLogin(ctx, hashOf(token))
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

// seatCookie is added to the name of the cookie that says which browser this is.
const (
	seatCookie  = "-seat"
	seatSeconds = 30 * 24 * 60 * 60
)

// SetSeat lets a browser be known again, whoever logs in with it, also after it was closed. Knowing it opens nothing by itself.
func (l *Logins) SetSeat(w http.ResponseWriter, r *http.Request, seat string) {
	http.SetCookie(w, &http.Cookie{
		Name: l.cookieName(r) + seatCookie, Value: seat, Path: "/", MaxAge: seatSeconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}

// SeatOf returns what SetSeat gave a browser, "" if nothing.
func (l *Logins) SeatOf(r *http.Request) string {
	if c, err := r.Cookie(l.cookieName(r) + seatCookie); err == nil {
		return c.Value
	}
	return ""
}

// ClearCookie takes the token from a browser.
func (l *Logins) ClearCookie(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: l.cookieName(r), Path: "/", MaxAge: -1,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil,
	})
}

// LoginOf returns who asks, and whether anybody is logged in.
func LoginOf(r *http.Request) (Login, bool) {
	if st := stateOf(r); st != nil && st.login != nil {
		return *st.login, true
	}
	return Login{}, false
}
