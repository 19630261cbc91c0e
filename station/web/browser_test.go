package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tramy/internal/drive"
	"tramy/internal/nodetest"
	"tramy/internal/server"
	"tramy/internal/ui"
	"tramy/station/web"
)

// engine is parsed once for all tests.
var engine = func() *ui.Engine {
	e, err := ui.New()
	if err != nil {
		panic(err)
	}
	return e
}()

// browser is a person at a station's pages, without scripts: it fills in forms as they were drawn.
type browser struct {
	t    *testing.T
	tree *nodetest.Tree
	at   *httptest.Server
	http *http.Client
	lang string
	// What was last answered.
	status int
	url    *url.URL
	body   string
	// Where htmx was told to go.
	redirect string
	// The header of the last answer.
	header http.Header
	doc    *html.Node
}

// serve puts a tree's station behind real HTTP.
func serve(t *testing.T, tree *nodetest.Tree) *browser { return serveUSB(t, tree, "") }

// serveUSB is serve with a folder in the place of a stick.
func serveUSB(t *testing.T, tree *nodetest.Tree, usb string) *browser {
	return serveOn(t, tree, usb, drive.Encrypted)
}

// serveOn is serveUSB on a disk that is encrypted or not.
func serveOn(t *testing.T, tree *nodetest.Tree, usb string, disk drive.Encryption) *browser {
	t.Helper()
	w, err := web.New(tree.Station, web.Options{
		UI: engine, USB: usb, Log: nodetest.Quiet(), Logins: &server.Logins{Store: &server.MemoryLogins{}, Now: tree.Clock().Now},
		Throttle: &server.Throttle{Now: tree.Clock().Now}, Encrypted: func() drive.Encryption { return disk },
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{Logins: w.Logins, ErrorPage: w.ErrorPage, Log: nodetest.Quiet()})
	w.Register(srv)
	at := httptest.NewServer(srv)
	t.Cleanup(at.Close)
	b := &browser{t: t, tree: tree, at: at, lang: "vi"}
	b.forget()
	return b
}

// forget closes the browser: its cookies are gone.
func (b *browser) forget() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.http = &http.Client{Jar: jar}
}

// as logs somebody in anew.
func (b *browser) as(login string) *browser {
	b.t.Helper()
	b.forget()
	b.get("/login")
	b.submit("/login", url.Values{"user": {login}, "password": {nodetest.Password}})
	b.want(http.StatusOK)
	return b
}

func (b *browser) do(req *http.Request) *browser {
	b.t.Helper()
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "text/html,*/*")
	}
	req.Header.Set("Accept-Language", b.lang)
	if req.Method == http.MethodPost {
		req.Header.Set("Origin", b.at.URL)
		if req.Header.Get("Content-Type") == "" {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.redirect, b.header = resp.Header.Get("HX-Redirect"), resp.Header
	b.status, b.url, b.body = resp.StatusCode, resp.Request.URL, string(text)
	if b.doc, err = html.Parse(strings.NewReader(b.body)); err != nil {
		b.t.Fatal(err)
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "text/html") {
		b.check()
	}
	return b
}

func (b *browser) get(path string) *browser {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.at.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// post sends exactly these values.
func (b *browser) post(path string, v url.Values) *browser {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.at.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// partial asks as htmx does.
func (b *browser) partial(method, path string, v url.Values) *browser {
	b.t.Helper()
	req, err := http.NewRequest(method, b.at.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("HX-Request", "true")
	req.Header.Set("Accept", "*/*")
	return b.do(req)
}

// submit presses the button of the form with this action, after typing over some of its controls.
func (b *browser) submit(action string, typed url.Values) *browser {
	b.t.Helper()
	v := b.form(action)
	for name, values := range typed {
		v[name] = values
	}
	return b.post(action, v)
}

// form returns what the form with this action would send as it stands.
func (b *browser) form(action string) url.Values {
	b.t.Helper()
	out := url.Values{}
	found := false
	var walk func(n *html.Node, in bool, id string)
	walk = func(n *html.Node, in bool, id string) {
		if n.Type == html.ElementNode && n.Data == "form" {
			in = attr(n, "action") == action && !found
			found = found || in
			if in && id == "" {
				id = attr(n, "id")
			}
		}
		name := attr(n, "name")
		if n.Type == html.ElementNode && in && name != "" {
			switch n.Data {
			case "input":
				if kind := attr(n, "type"); kind != "radio" && kind != "checkbox" || has(n, "checked") {
					out.Add(name, attr(n, "value"))
				}
			case "textarea":
				out.Add(name, content(n))
			case "select":
				out.Add(name, selected(n))
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in, id)
		}
	}
	walk(b.doc, false, "")
	if !found {
		b.t.Fatalf("%s has no form for %s:\n%s", b.url, action, b.text())
	}
	// Controls elsewhere on the page that belong to a form by its id.
	for _, n := range b.all("input") {
		if form := attr(n, "form"); form != "" && has(n, "checked") && "/"+form == action {
			out.Add(attr(n, "name"), attr(n, "value"))
		}
	}
	return out
}

func selected(n *html.Node) string {
	first, value, chosen := true, "", false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data != "option" || chosen {
			continue
		}
		if first || has(c, "selected") {
			value, chosen = attr(c, "value"), has(c, "selected")
		}
		first = false
	}
	return value
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func content(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var s strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.WriteString(content(c))
	}
	return s.String()
}

// all returns the elements of a kind.
func (b *browser) all(tag string) []*html.Node {
	var out []*html.Node
	for n := range b.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			out = append(out, n)
		}
	}
	return out
}

// text is what stands on the page's main part, with blanks made one.
func (b *browser) text() string {
	from := b.doc
	if mains := b.all("main"); len(mains) > 0 {
		from = mains[0]
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(content(from), "\u00a0", " ")), " ")
}

// wrong returns the sentence under the control with this name, "" if there is none; the control must be
// the one that gets the focus.
func (b *browser) wrong(name string) string {
	b.t.Helper()
	for _, n := range b.all("span") {
		if attr(n, "id") == "f-"+name+"-e" {
			for _, tag := range []string{"input", "select", "textarea"} {
				for _, control := range b.all(tag) {
					if attr(control, "name") == name && attr(control, "aria-invalid") == "true" &&
						strings.Contains(attr(control, "aria-describedby"), "f-"+name+"-e") {
						return strings.TrimSpace(content(n))
					}
				}
			}
			for _, set := range b.all("fieldset") {
				if attr(set, "id") == "f-"+name && strings.Contains(attr(set, "aria-describedby"), "f-"+name+"-e") {
					return strings.TrimSpace(content(n))
				}
			}
			b.t.Errorf("the sentence under %s belongs to no control", name)
		}
	}
	return ""
}

// links returns the addresses on the page that begin with prefix.
func (b *browser) links(prefix string) []string {
	var out []string
	for _, n := range b.all("a") {
		if href := attr(n, "href"); strings.HasPrefix(href, prefix) {
			out = append(out, href)
		}
	}
	return out
}

func (b *browser) want(status int) *browser {
	b.t.Helper()
	if b.status != status {
		b.t.Fatalf("%s: status %d, want %d:\n%s", b.url, b.status, status, b.text())
	}
	return b
}

// says fails unless all of these stand on the page.
func (b *browser) says(parts ...string) *browser {
	b.t.Helper()
	text := b.text()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			b.t.Errorf("%s does not say %q:\n%s", b.url, part, text)
		}
	}
	return b
}

// silent fails if one of these stands on the page.
func (b *browser) silent(parts ...string) *browser {
	b.t.Helper()
	for _, part := range parts {
		if strings.Contains(b.text(), part) {
			b.t.Errorf("%s says %q:\n%s", b.url, part, b.text())
		}
	}
	return b
}

// missing is how a catalogue writes a text it does not have.
var missing = regexp.MustCompile(`\[[a-z_]+\.[a-zA-Z0-9_]+\]`)

// check holds every answer to what all pages promise.
func (b *browser) check() {
	b.t.Helper()
	for n := range b.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			b.t.Errorf("%s has an inline %s", b.url, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				b.t.Errorf("%s has the inline attribute %s on %s", b.url, a.Key, n.Data)
			}
			if (a.Key == "src" || a.Key == "href" || a.Key == "action") && strings.Contains(a.Val, "//") && !strings.HasPrefix(a.Val, "data:image/") {
				b.t.Errorf("%s leads elsewhere: %s", b.url, a.Val)
			}
		}
	}
	if key := missing.FindString(b.body); key != "" {
		b.t.Errorf("%s lacks the text %s", b.url, key)
	}
	for _, r := range b.url.String() {
		if r > 127 {
			b.t.Errorf("the address %s holds what somebody typed", b.url)
		}
	}
}

// newPost returns what posts forms to a server as one browser, without following where they lead.
func newPost(t testing.TB, srv http.Handler) func(path string, form url.Values, status int) {
	t.Helper()
	at := httptest.NewServer(srv)
	t.Cleanup(at.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(path string, form url.Values, status int) {
		t.Helper()
		resp, err := client.PostForm(at.URL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != status {
			t.Fatalf("%s: %d, want %d, %v", path, resp.StatusCode, status, err)
		}
	}
}
