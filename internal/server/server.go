package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Defaults of Options and of routes.
const (
	DefaultBodyBytesMax = 1 << 20
	DefaultTimeout      = 60 * time.Second
	lastWordsTimeout    = 10 * time.Second // for saying that time is up, and for hearing the rest of what nobody wants
	headerBytesMax      = 32 << 10
	shutdownTimeout     = 10 * time.Second
)

// LoopbackHosts are the names under which a program on this machine is reached, and the default of
// Options.Hosts.
func LoopbackHosts() []string { return []string{"localhost", "127.0.0.1", "::1"} }

// AnyHost in Options.Hosts switches the Host check off.
const AnyHost = "*"

// Options configure a Server. The zero Options serve loopback without log-ins.
type Options struct {
	// Hosts are the names, without port, that a request may give in its Host header; nil means
	// LoopbackHosts. The check keeps a web page elsewhere from reaching a laptop's tramy under a name that
	// it lets point to 127.0.0.1. /sync/v1/ is exempt: it asks for a token that no page has, and hubs are
	// reached through whatever a network in between makes of their address.
	Hosts []string

	// Host, if set, decides in the place of Hosts, for a machine whose addresses change.
	Host func(name string) bool

	// Admit, if set, refuses who may not even log in; its error is the answer.
	Admit func(*http.Request) error

	// TLS, if set, makes Serve speak TLS; see ServerTLS.
	TLS *tls.Config

	// Bounds are what connections are given; what is 0 is as in DefaultBounds.
	Bounds Bounds

	// H2C lets Serve speak HTTP/2 without TLS. It is for measuring on loopback.
	H2C bool

	// Logins, if set, puts who asks into each request's context; see LoginOf.
	Logins *Logins

	// ErrorPage, if set, writes the page for a problem when a person's browser asks. It writes the status.
	ErrorPage func(http.ResponseWriter, *http.Request, *Problem)

	// Log takes one line a request and the causes of failures; nil means slog.Default.
	Log *slog.Logger

	// Now is the clock behind the durations in the log; nil means time.Now.
	Now func() time.Time
}

// Server routes requests to handlers behind the checks that all of them need. It is an http.Handler.
// Register all routes before it serves.
type Server struct {
	echo      *echo.Echo
	hosts     map[string]bool // nil: any
	host      func(string) bool
	admit     func(*http.Request) error
	cross     *http.CrossOriginProtection
	tls       *tls.Config
	h2c       bool
	logins    *Logins
	errorPage func(http.ResponseWriter, *http.Request, *Problem)
	log       *slog.Logger
	now       func() time.Time
	conns     *conns
	routes    []Route
}

// Route is a method and a pattern that was registered.
type Route struct{ Method, Pattern string }

// New returns a server without routes.
func New(o Options) *Server {
	s := &Server{
		echo: echo.New(), cross: http.NewCrossOriginProtection(),
		host: o.Host, admit: o.Admit, tls: o.TLS, h2c: o.H2C, logins: o.Logins, errorPage: o.ErrorPage, log: o.Log, now: o.Now,
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.conns = newConns(o.Bounds.or(DefaultBounds()), s.log, time.Now)
	if o.Hosts == nil {
		o.Hosts = LoopbackHosts()
	}
	s.hosts = map[string]bool{}
	for _, h := range o.Hosts {
		if h == AnyHost {
			s.hosts = nil
			break
		}
		s.hosts[strings.ToLower(h)] = true
	}
	s.echo.IPExtractor = echo.ExtractIPDirect()
	s.echo.HTTPErrorHandler = func(err error, c echo.Context) { WriteProblem(c.Response(), c.Request(), fromEcho(err)) }
	return s
}

// fromEcho turns the framework's own errors into ours.
func fromEcho(err error) error {
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return err
	}
	switch he.Code {
	case http.StatusNotFound:
		return NewProblem(TypeNotFound)
	case http.StatusMethodNotAllowed:
		return NewProblem(TypeMethod)
	}
	return err
}

var patternValue = regexp.MustCompile(`\{([a-z][a-zA-Z0-9]*)(\.\.\.)?\}`)

// Handle registers a handler. A pattern is a path whose segments may be {name}, and whose last may be
// {name...} for the rest of the path. GET answers HEAD as well. Handle panics on a pattern it cannot
// serve: routes are written by us, not read.
func (s *Server) Handle(method, pattern string, h http.Handler, opts ...RouteOption) {
	lim := limits{bodyBytesMax: DefaultBodyBytesMax, timeout: DefaultTimeout}
	for _, o := range opts {
		o(&lim)
	}
	var names []string
	rest := false
	path := patternValue.ReplaceAllStringFunc(pattern, func(v string) string {
		m := patternValue.FindStringSubmatch(v)
		names = append(names, m[1])
		if m[2] != "" {
			rest = true
			return "*"
		}
		return ":" + m[1]
	})
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "{}") || rest && !strings.HasSuffix(path, "/*") {
		panic(fmt.Sprintf("server: pattern %q", pattern))
	}
	h = compress(pattern, h)
	serve := func(c echo.Context) error {
		w, r := http.ResponseWriter(c.Response()), c.Request()
		values := c.ParamValues()
		for i, name := range names {
			v := values[i]
			// The router lets a last {name} take slashes, and leaves a path with escapes as it came.
			if strings.Contains(v, "/") && !(rest && i == len(names)-1) {
				return NewProblem(TypeNotFound)
			}
			if r.URL.RawPath != "" {
				var err error
				if v, err = url.PathUnescape(v); err != nil {
					return NewProblem(TypeNotFound)
				}
			}
			r.SetPathValue(name, v)
		}
		if st := stateOf(r); st != nil {
			st.pattern = pattern
		}
		lim.serve(w, r, h)
		return nil
	}
	s.echo.Add(method, path, serve)
	if method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, serve)
	}
	s.routes = append(s.routes, Route{Method: method, Pattern: pattern})
}

// HandleFunc registers a handler function; see Handle.
func (s *Server) HandleFunc(method, pattern string, h http.HandlerFunc, opts ...RouteOption) {
	s.Handle(method, pattern, h, opts...)
}

// Routes returns what was registered, in order, so that a test can hold a description against it.
func (s *Server) Routes() []Route { return s.routes }

// PatternOf returns the pattern of the route that a request took, "" if it took none.
func PatternOf(r *http.Request) string {
	if st := stateOf(r); st != nil {
		return st.pattern
	}
	return ""
}

// Param returns the value that a request's path has for {name} in its pattern, "" if there is none.
func Param(r *http.Request, name string) string { return r.PathValue(name) }

// Serve answers connections from l until ctx ends; then it takes no new ones, lets requests finish for up
// to 10 s, and cuts the rest. It returns nil after such an end, and closes l in any case.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(s.tls != nil)
	protocols.SetUnencryptedHTTP2(s.tls == nil && s.h2c)
	srv := &http.Server{
		Handler: s, TLSConfig: s.tls, Protocols: protocols,
		ReadHeaderTimeout: s.conns.HeaderTime, IdleTimeout: s.conns.IdleTime, MaxHeaderBytes: headerBytesMax,
		ReadTimeout: DefaultTimeout, WriteTimeout: DefaultTimeout, // a route may set its own
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: streamsMax, MaxReceiveBufferPerConnection: receiveBytesMax, MaxReceiveBufferPerStream: receiveBytesMax,
			WriteByteTimeout: writeStallMax,
		},
		ConnContext: withConn, ConnState: s.conns.state,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug), // failed handshakes: strangers and scanners
	}
	l = &listener{l, s.conns}
	ended := make(chan error, 1)
	go func() {
		if s.tls != nil {
			ended <- srv.ServeTLS(l, "", "")
		} else {
			ended <- srv.Serve(l)
		}
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		s.log.Warn("requests cut at shutdown", "cause", err)
		_ = srv.Close()
	}
	<-ended //nolint:errcheck // always http.ErrServerClosed
	return nil
}
