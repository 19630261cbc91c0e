package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
)

// syncBuffer is a log that a test reads while the server writes it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve runs s on a real listener until the test ends.
func serve(t *testing.T, s *Server) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return l.Addr().String()
}

func quiet(o Options) Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// do sends a request and returns the answer with its body read.
func do(t *testing.T, c *http.Client, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

func TestRoutesAndParams(t *testing.T) {
	s := New(quiet(Options{}))
	show := func(names ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, n := range names {
				fmt.Fprintf(w, "%s=%s;", n, Param(r, n))
			}
		}
	}
	s.HandleFunc("GET", "/api/v1/subjects/{id}", show("id", "other"))
	s.HandleFunc("GET", "/api/v1/subjects/{id}/doses/{doseID}", show("doseID", "id"))
	s.HandleFunc("POST", "/api/v1/subjects/{who}", show("who"))
	s.HandleFunc("GET", "/static/{path...}", show("path"))
	ts := httptest.NewServer(s)
	defer ts.Close()
	for _, c := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/api/v1/subjects/7", 200, "id=7;other=;"},
		{"HEAD", "/api/v1/subjects/7", 200, ""},
		{"POST", "/api/v1/subjects/7", 200, "who=7;"},
		{"GET", "/api/v1/subjects/7/doses/8", 200, "doseID=8;id=7;"},
		{"GET", "/api/v1/subjects/a%2Fb", 200, "id=a/b;other=;"},
		{"GET", "/api/v1/subjects/%C4%91%20o", 200, "id=đ o;other=;"},
		{"GET", "/api/v1/subjects/7/8", 404, ""},
		{"GET", "/api/v1/subjects/7/doses/8/9", 404, ""},
		{"DELETE", "/api/v1/subjects/7", 405, ""},
		{"GET", "/static/a/b.css", 200, "path=a/b.css;"},
		{"GET", "/nowhere", 404, ""},
	} {
		resp, body := do(t, ts.Client(), c.method, ts.URL+c.path, "")
		if resp.StatusCode != c.status || c.status == 200 && body != c.body {
			t.Errorf("%s %s: %d %q", c.method, c.path, resp.StatusCode, body)
		}
		if c.status != 200 && resp.Header.Get("Content-Type") != ProblemType {
			t.Errorf("%s %s: %s", c.method, c.path, resp.Header.Get("Content-Type"))
		}
		if allow := resp.Header.Get("Allow"); c.status == 405 && !strings.Contains(allow, "POST") {
			t.Errorf("Allow: %q", allow)
		}
	}
	if got := s.Routes(); len(got) != 4 || got[2] != (Route{"POST", "/api/v1/subjects/{who}"}) {
		t.Errorf("Routes() = %v", got)
	}
	for _, bad := range []string{"nothing", "/{rest...}/more", "/{Id}", "/{id"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("pattern %q was taken", bad)
				}
			}()
			s.HandleFunc("GET", bad, show())
		}()
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	s := New(quiet(Options{}))
	ok := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }
	s.HandleFunc("GET", "/page", ok)
	s.HandleFunc("GET", "/static/x.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=31536000, immutable")
		ok(w, r)
	})
	s.HandleFunc("GET", "/panics", func(http.ResponseWriter, *http.Request) { panic("x") })
	s.HandleFunc("POST", "/sync/v1/exchange", ok)
	ts := httptest.NewServer(s)
	defer ts.Close()
	for _, path := range []string{"/page", "/nowhere", "/panics"} {
		resp, _ := do(t, ts.Client(), "GET", ts.URL+path, "")
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
				"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
		if resp.Header.Get("Date") == "" {
			t.Errorf("%s: no date", path)
		}
	}
	if resp, _ := do(t, ts.Client(), "GET", ts.URL+"/static/x.css", ""); !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("a handler cannot replace Cache-Control: %v", resp.Header)
	}
	resp, _ := do(t, ts.Client(), "POST", ts.URL+"/sync/v1/exchange", "x")
	if _, ok := resp.Header["Date"]; ok || resp.Header.Get("Content-Security-Policy") != "" || resp.Header.Get("X-Content-Type-Options") == "" {
		t.Errorf("an exchange is answered with %v", resp.Header)
	}
}

func TestHostCheck(t *testing.T) {
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }
	for _, c := range []struct {
		hosts  []string
		host   string
		path   string
		status int
	}{
		{nil, "127.0.0.1:8780", "/", 204},
		{nil, "LOCALHOST", "/", 204},
		{nil, "[::1]:8780", "/", 204},
		{nil, "evil.example", "/", 421},
		{nil, "localhost.evil.example:8780", "/", 421},
		{nil, "127.0.0.1.evil.example", "/", 421},
		{nil, "evil.example", "/sync/v1/heads", 204},
		{[]string{"Tram.lan"}, "tram.LAN:8780", "/", 204},
		{[]string{"tram.lan"}, "localhost", "/", 421},
		{[]string{"tram.lan", AnyHost}, "evil.example", "/", 204},
		{[]string{}, "localhost", "/", 421},
	} {
		s := New(quiet(Options{Hosts: c.hosts}))
		s.HandleFunc("GET", "/", ok)
		s.HandleFunc("GET", "/sync/v1/heads", ok)
		ts := httptest.NewServer(s)
		if resp, _ := do(t, ts.Client(), "GET", ts.URL+c.path, "", "Host", c.host); resp.StatusCode != c.status {
			t.Errorf("%v: Host %s %s: %d, want %d", c.hosts, c.host, c.path, resp.StatusCode, c.status)
		}
		ts.Close()
	}
}

func TestOriginCheck(t *testing.T) {
	s := New(quiet(Options{}))
	ok := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }
	s.HandleFunc("GET", "/x", ok)
	s.HandleFunc("POST", "/x", ok)
	ts := httptest.NewServer(s)
	defer ts.Close()
	self := ts.URL
	for _, c := range []struct {
		method string
		header []string
		status int
	}{
		{"POST", nil, 204}, // a program, not a browser
		{"POST", []string{"Origin", self}, 204},
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, 204},
		{"POST", []string{"Origin", "http://evil.example"}, 403},
		{"POST", []string{"Origin", "http://127.0.0.1:1"}, 403}, // another program of this laptop
		{"POST", []string{"Origin", "null"}, 403},
		{"POST", []string{"Origin", self, "Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", []string{"Origin", self, "Sec-Fetch-Site", "same-site"}, 403},
		{"GET", []string{"Origin", "http://evil.example"}, 204}, // a link; the answer cannot be read there
	} {
		if resp, body := do(t, ts.Client(), c.method, self+"/x", "", c.header...); resp.StatusCode != c.status {
			t.Errorf("%s %v: %d %s", c.method, c.header, resp.StatusCode, body)
		}
	}
}

func TestPanicBecomesProblem(t *testing.T) {
	log := &syncBuffer{}
	s := New(Options{Log: slog.New(slog.NewTextHandler(log, nil))})
	s.HandleFunc("GET", "/value", func(http.ResponseWriter, *http.Request) { panic("Nguyễn Thị Lan") })
	s.HandleFunc("GET", "/runtime", func(http.ResponseWriter, *http.Request) {
		var none []int
		_ = none[len(os.Args)+5]
	})
	s.HandleFunc("GET", "/late", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half a page")
		panic("x")
	})
	ts := httptest.NewServer(s)
	defer ts.Close()
	for _, path := range []string{"/value", "/runtime"} {
		resp, body := do(t, ts.Client(), "GET", ts.URL+path, "")
		if resp.StatusCode != 500 || !strings.Contains(body, TypeInternal) || strings.Contains(body, "Lan") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, err := ts.Client().Get(ts.URL + "/late"); err == nil {
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Error("half an answer looks like a whole one")
		}
		resp.Body.Close()
	}
	for _, want := range []string{"index out of range", "server_test.go", "route=/late"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if strings.Contains(log.String(), "Nguyễn") {
		t.Error("the log tells what a panic held")
	}
}

func TestLogHasNoPersonalData(t *testing.T) {
	log := &syncBuffer{}
	logins := &Logins{Store: &MemoryLogins{}}
	s := New(Options{Logins: logins, Log: slog.New(slog.NewTextHandler(log, nil))})
	s.HandleFunc("POST", "/children/{code}", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		WriteProblem(w, r, NewProblem(TypeForbidden))
	})
	ts := httptest.NewServer(s)
	defer ts.Close()
	token, err := logins.Begin(t.Context(), Login{Name: "UserName"}, "")
	if err != nil {
		t.Fatal(err)
	}
	do(t, ts.Client(), "POST", ts.URL+"/children/PathCode?q=QueryName", "BodyName", "Authorization", "Bearer "+token)
	do(t, ts.Client(), "POST", ts.URL+"/nowhere/PathCode?q=QueryName", "BodyName")
	for _, secret := range []string{"PathCode", "QueryName", "BodyName", "UserName", token, "127.0.0.1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %s:\n%s", secret, log)
		}
	}
	for _, want := range []string{"route=/children/{code}", "status=403", "problem=" + TypeForbidden, "method=POST", "status=404 "} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}

func TestErrorPageForBrowsersOnly(t *testing.T) {
	s := New(quiet(Options{ErrorPage: func(w http.ResponseWriter, _ *http.Request, p *Problem) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(p.Status)
		io.WriteString(w, "<p>"+p.Title)
	}}))
	ts := httptest.NewServer(s)
	defer ts.Close()
	for _, c := range []struct{ path, accept, want string }{
		{"/x", "text/html,*/*;q=0.8", "text/html; charset=utf-8"},
		{"/x", "application/json", ProblemType},
		{"/x", "", ProblemType},
		{"/api/v1/x", "text/html", ProblemType},
		{"/sync/v1/x", "text/html", ProblemType},
	} {
		resp, _ := do(t, ts.Client(), "GET", ts.URL+c.path, "", "Accept", c.accept)
		if got := resp.Header.Get("Content-Type"); got != c.want || resp.StatusCode != 404 {
			t.Errorf("%s for %q: %d %s", c.path, c.accept, resp.StatusCode, got)
		}
	}
}

func TestServeShutsDownGracefully(t *testing.T) {
	s := New(quiet(Options{}))
	entered, finish := make(chan struct{}), make(chan struct{})
	s.HandleFunc("GET", "/", func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		io.WriteString(w, "saved")
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done, answer := make(chan error, 1), make(chan string, 1)
	go func() { done <- s.Serve(ctx, l) }()
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		answer <- string(b)
	}()
	<-entered
	cancel()
	select {
	case err := <-done:
		t.Fatalf("Serve ended while a request ran: %v", err)
	default:
	}
	close(finish)
	if got := <-answer; got != "saved" {
		t.Errorf("the request that ran got %q", got)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := s.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve on a closed listener: %v", err)
	}
}

func TestProtocols(t *testing.T) {
	cert, pin := certificate(t, 1)
	hello := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }
	for _, c := range []struct {
		name string
		o    Options
		url  string
		want string
		h2c  bool
	}{
		{"TLS", Options{TLS: ServerTLS(cert)}, "https://", "HTTP/2.0", false},
		{"plain", Options{}, "http://", "HTTP/1.1", false},
		{"h2c", Options{H2C: true}, "http://", "HTTP/2.0", true},
		{"h2c asked of a server without it", Options{}, "http://", "", true},
	} {
		s := New(quiet(c.o))
		s.HandleFunc("GET", "/", hello)
		addr := serve(t, s)
		tr := &http.Transport{TLSClientConfig: PinnedClient(pin), Protocols: new(http.Protocols)}
		tr.Protocols.SetHTTP1(!c.h2c)
		tr.Protocols.SetHTTP2(!c.h2c)
		tr.Protocols.SetUnencryptedHTTP2(c.h2c)
		resp, err := (&http.Client{Transport: tr}).Get(c.url + addr)
		if err != nil {
			if c.want != "" {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		tr.CloseIdleConnections()
		if string(b) != c.want {
			t.Errorf("%s: %q, want %q", c.name, b, c.want)
		}
		if c.name == "TLS" && resp.TLS.Version != tls.VersionTLS13 {
			t.Errorf("TLS version %x", resp.TLS.Version)
		}
	}
}

func TestAddrOf(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.7:5000":              "192.0.2.7",
		"[::ffff:192.0.2.7]:5000":     "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:5000": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:5000":         "fe80::/64",
		"@":                           "@",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "203.0.113.1")
		r.Header.Set("X-Real-Ip", "203.0.113.1")
		if got := AddrOf(r); got != want {
			t.Errorf("%s: %s", remote, got)
		}
	}
}
