package nodetest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tramy/internal/server"
)

// crossOrigin is the refusal of what comes from another page, as a problem and as FHIR says it.
var crossOrigin = regexp.MustCompile(`tramy:cross-origin|"urn:tramy:problem","code":"cross-origin"`)

// Policy is what every page answers with: nothing from elsewhere, no script and no style in the page itself.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// TooLarge is a length that no route takes, in bytes.
const TooLarge = 1 << 40

var patternValue = regexp.MustCompile(`\{[a-zA-Z0-9.]+\}`)

// LogIn logs somebody in at a server, over TLS as host, and returns the cookies.
func LogIn(t *testing.T, srv *server.Server, host, login string, cookies ...*http.Cookie) []*http.Cookie {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://"+host+"/login", strings.NewReader(url.Values{"user": {login}, "password": {Password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://"+host)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	got := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || len(got) == 0 {
		t.Fatalf("logging %s in: %d", login, w.Code)
	}
	for _, c := range got {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
	}
	return append(got, cookies...)
}

// CheckRoutes goes through all routes of a server as somebody who is logged in, over TLS as host: pages carry the policy and nothing
// that it forbids, nothing is kept by browsers, and what changes something refuses another origin, another host and too much.
func CheckRoutes(t *testing.T, srv *server.Server, host string, cookies ...*http.Cookie) {
	t.Helper()
	ask := func(method, path string, change func(*http.Request)) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, "https://"+host+path, nil)
		r.Header.Set("Accept", "text/html,*/*")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		change(r)
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		return w
	}
	pages, posts := 0, 0
	for _, route := range srv.Routes() {
		name := route.Method + " " + route.Pattern
		path := patternValue.ReplaceAllString(route.Pattern, "x")
		toNodes := strings.HasPrefix(path, "/sync/v1/")
		same := func(r *http.Request) { r.Header.Set("Origin", "https://"+host) }
		w := ask(route.Method, path, same)
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the browser may guess what it is", name)
		}
		if !toNodes {
			if w.Header().Get("Content-Security-Policy") != Policy {
				t.Errorf("%s: the policy is %q", name, w.Header().Get("Content-Security-Policy"))
			}
			if w.Header().Get("Cache-Control") != "no-store" && !strings.HasPrefix(path, "/static/") {
				t.Errorf("%s: it may be kept: %q", name, w.Header().Get("Cache-Control"))
			}
			if w := ask(route.Method, path, func(r *http.Request) { same(r); r.Host = "evil.example" }); w.Code != http.StatusMisdirectedRequest {
				t.Errorf("%s: answers to another name with %d", name, w.Code)
			}
		}
		for _, c := range w.Result().Cookies() {
			if !c.HttpOnly || !c.Secure || c.SameSite == http.SameSiteNoneMode || c.SameSite == http.SameSiteDefaultMode {
				t.Errorf("%s: cookie %s", name, c.Name)
			}
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			pages++
			checkPage(t, name, w.Body.String())
		}
		if route.Method == http.MethodGet {
			continue
		}
		posts++
		for _, header := range []string{"Origin", "Sec-Fetch-Site"} {
			w := ask(route.Method, path, func(r *http.Request) {
				r.Header.Set(header, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}[header])
			})
			if w.Code != http.StatusForbidden || !crossOrigin.MatchString(w.Body.String()) && !strings.Contains(w.Header().Get("Content-Type"), "html") {
				t.Errorf("%s: takes what comes from another page: %d", name, w.Code)
			}
		}
		// The exchange itself says so in its own words.
		if path == "/sync/v1/exchange" {
			continue
		}
		w = ask(route.Method, path, func(r *http.Request) { same(r); r.ContentLength = TooLarge; r.Header.Del("Accept") })
		if w.Code != http.StatusRequestEntityTooLarge || !regexp.MustCompile(`[0-9]`).MatchString(w.Body.String()) {
			t.Errorf("%s: a body of %d bytes is answered with %d: %s", name, TooLarge, w.Code, w.Body)
		}
	}
	t.Logf("%d routes, %d pages, %d that change something", len(srv.Routes()), pages, posts)
}

// checkPage looks for what the policy forbids: it would be dead in a browser, and alive in one that knows no policy.
func checkPage(t *testing.T, name, body string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		src := false
		for _, a := range n.Attr {
			src = src || a.Key == "src"
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "style" || n.Data == "script" && !src {
			t.Errorf("%s: <%s> in the page", name, n.Data)
		}
	}
}
