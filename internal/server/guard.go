package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"tramy/internal/panics"
)

// policy lets a page load and send nothing but to where it came from. Inline script and style are out:
// what a nurse typed can then never run.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// state travels with one request from the first check to the last line of log.
type state struct {
	server  *Server
	answer  *answer
	pattern string
	problem string
	login   *Login
	begun   bool // see compress
}

type stateKey struct{}

func stateOf(r *http.Request) *state {
	st, _ := r.Context().Value(stateKey{}).(*state)
	return st
}

func (st *state) wrote() bool { return st.begun || st.answer.status != 0 }

// ServeHTTP implements http.Handler: checks, routes, and logs one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := s.now()
	st := &state{server: s, answer: &answer{ResponseWriter: w}}
	r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
	defer s.logRequest(r, st, start)
	defer s.recoverPanic(st.answer, r)

	setHeaders(w.Header(), r.URL.Path)
	if err := s.check(r); err != nil {
		WriteProblem(st.answer, r, err)
		return
	}
	if s.logins != nil && !isExchange(r.URL.Path) {
		login, err := s.logins.Find(r.Context(), s.logins.TokenOf(r))
		switch {
		case err == nil:
			st.login = &login
			Vouch(r, "login "+login.User.String())
		case !errors.Is(err, ErrNoLogin):
			WriteProblem(st.answer, r, fmt.Errorf("who asks: %w", err))
			return
		}
	}
	s.echo.ServeHTTP(st.answer, r)
}

// setHeaders sets what every answer carries; a handler may replace Cache-Control for files that never
// change. An answer of the exchange is counted in bytes and never shown by a browser, so it carries
// neither the rules for pages nor a date.
func setHeaders(h http.Header, path string) {
	h.Set("X-Content-Type-Options", "nosniff")
	if isExchange(path) {
		h["Date"] = nil
		return
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// check refuses a request made under a foreign name, or by a page from elsewhere.
//
// There is no CSRF token. The log-in cookie is SameSite=Strict, browsers name the origin of every POST,
// and net/http's check compares it with Host (Sec-Fetch-Site first, where the address is trustworthy
// enough for browsers to send it). A token would only add protection against browsers that send neither,
// and plain HTTP is served on loopback alone.
func (s *Server) check(r *http.Request) error {
	if !isExchange(r.URL.Path) && !s.answersTo(hostName(r.Host)) {
		return NewProblem(TypeWrongHost)
	}
	if err := s.cross.Check(r); err != nil {
		return NewProblem(TypeCrossOrigin).Because(err)
	}
	if s.admit != nil {
		return s.admit(r)
	}
	return nil
}

func (s *Server) answersTo(host string) bool {
	if s.host != nil {
		return s.host(host)
	}
	return s.hosts == nil || s.hosts[host]
}

// hostName returns the name in a Host header without port and brackets, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// recoverPanic turns a panic into TypeInternal. The stack goes to the log, the value only if it is the
// runtime's own, since another may hold what a person typed.
func (s *Server) recoverPanic(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // a value that was panicked with, not a chain
		panic(v)
	}
	cause := panics.Cause(v)
	s.log.ErrorContext(r.Context(), "handler panicked", "cause", cause, "stack", string(debug.Stack()))
	WriteProblem(w, r, cause)
}

// logRequest writes the line of log: the pattern and not the path, no query, no body, nobody's name or
// address.
func (s *Server) logRequest(r *http.Request, st *state, start time.Time) {
	level := slog.LevelInfo
	if st.answer.status >= 500 && st.problem != TypeBusy {
		level = slog.LevelWarn
	}
	pattern := st.pattern
	if pattern == "" {
		pattern = "-"
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("route", pattern), slog.Int("status", st.answer.status),
		slog.Int64("bytes", st.answer.bytes), slog.Int64("tookMS", s.now().Sub(start).Milliseconds()),
	}
	if st.problem != "" {
		attrs = append(attrs, slog.String("problem", st.problem))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// answer counts what is written. Unwrap leads http.ResponseController to the connection.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Flush lets a handler send what it has so far.
func (a *answer) Flush() {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// AddrOf returns the address a request came from, for brakes and limits: an IPv6 host counts as its /64,
// of which it has 2^64 to choose from. Headers in which a client could claim an address are not read.
func AddrOf(r *http.Request) string { return addrOf(r.RemoteAddr) }
