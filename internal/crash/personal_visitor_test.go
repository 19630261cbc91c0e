package crash

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	dom "golang.org/x/net/html"
)

// visitor is a person at a node's pages with a browser, of whom every address, header and link is captured.
type visitor struct {
	t      *testing.T
	places *places
	at     *node
	jar    http.CookieJar
	inside bool // logged in: what pages say is for this person

	status int
	url    *url.URL
	body   string
	doc    *dom.Node
}

func newVisitor(t *testing.T, p *places, at *node) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, places: p, at: at, jar: jar}
}

// Cookies of at least so many bytes carry log-ins and seats; the short ones say how pages look.
const cookieBytesMin = 20

// send makes one request as a browser does, follows where it leads, and captures all of it.
func (v *visitor) send(method, path, contentType string, body []byte, headers ...string) *visitor {
	v.t.Helper()
	client := &http.Client{Transport: connections.Transport, Timeout: connections.Timeout, Jar: v.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 5 {
		req, err := http.NewRequest(method, "http://"+v.at.pages+path, bytes.NewReader(body))
		if err != nil {
			v.t.Fatal(err)
		}
		v.places.take(placeVisited, req.URL.String()+"\n")
		req.Header.Set("Accept", "text/html")
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := client.Do(req)
		if err != nil {
			v.t.Fatal(err)
		}
		v.read(resp)
		to := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode >= 400 || to == "" {
			return v
		}
		method, path, contentType, body, headers = http.MethodGet, to, "", nil, nil
	}
	v.t.Fatalf("%s leads on and on", path)
	return v
}

// read captures an answer.
func (v *visitor) read(resp *http.Response) {
	v.t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.status, v.url, v.body = resp.StatusCode, resp.Request.URL, string(b)
	for name, values := range resp.Header {
		if name == "Set-Cookie" {
			continue // what stands in it is secret; it is taken from the jar
		}
		v.places.take(placeHeaders, name+": "+strings.Join(values, ", ")+"\n")
	}
	for _, c := range v.jar.Cookies(resp.Request.URL) {
		if len(c.Value) >= cookieBytesMin {
			v.places.secret("a cookie of a log-in", c.Value)
		}
	}
	if v.doc, err = dom.Parse(bytes.NewReader(b)); err != nil {
		v.t.Fatal(err)
	}
	for _, a := range v.addresses() {
		v.places.take(placeLinks, a+"\n")
	}
	if !v.inside {
		v.places.take(placeOutside, v.body)
	}
	if resp.Header.Get("Content-Type") == "application/problem+json" {
		v.places.take(placeProblems, v.body)
	}
}

// addressed are the attributes whose value is an address that a browser goes to or loads.
var addressed = []string{"href", "action", "formaction", "src", "hx-get", "hx-post", "hx-push-url", "data-href"}

func (v *visitor) addresses() []string {
	var out []string
	for n := range v.doc.Descendants() {
		for _, a := range n.Attr {
			if slices.Contains(addressed, a.Key) && !strings.HasPrefix(a.Val, "data:") {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

func (v *visitor) get(path string, headers ...string) *visitor {
	v.t.Helper()
	return v.send(http.MethodGet, path, "", nil, headers...)
}

func (v *visitor) post(path string, typed url.Values, headers ...string) *visitor {
	v.t.Helper()
	return v.send(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(typed.Encode()), headers...)
}

// upload sends a file as a form does.
func (v *visitor) upload(path, field, name string, content []byte) *visitor {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return v.send(http.MethodPost, path, w.FormDataContentType(), b.Bytes())
}

// submit fills in the form with an action on the page that is open, and sends it as the form says.
func (v *visitor) submit(action string, typed url.Values) *visitor {
	v.t.Helper()
	var form *dom.Node
	for n := range v.doc.Descendants() {
		if n.Data == "form" && attribute(n, "action") == action {
			form = n
			break
		}
	}
	if form == nil {
		v.t.Fatalf("no form for %s on %s (%d):\n%.3000s", action, v.url, v.status, said(v.doc))
	}
	values := url.Values{}
	for n := range form.Descendants() {
		name, value, kind := attribute(n, "name"), attribute(n, "value"), attribute(n, "type")
		switch {
		case name == "":
		case n.Data == "input" && (kind == "checkbox" || kind == "radio"):
			if _, on := attributeIs(n, "checked"); on {
				values.Add(name, value)
			}
		case n.Data == "input":
			values.Set(name, value)
		case n.Data == "textarea" && n.FirstChild != nil:
			values.Set(name, n.FirstChild.Data)
		case n.Data == "select":
			for o := range n.Descendants() {
				if _, on := attributeIs(o, "selected"); on {
					values.Set(name, attribute(o, "value"))
				}
			}
		}
	}
	for name, list := range typed {
		values[name] = list
	}
	if strings.EqualFold(attribute(form, "method"), "post") {
		return v.post(action, values)
	}
	return v.get(action + "?" + values.Encode())
}

func attributeIs(n *dom.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func attribute(n *dom.Node, name string) string {
	value, _ := attributeIs(n, name)
	return value
}

// want fails the test unless the last answer had one of the statuses: an act that was not done would leak nothing.
func (v *visitor) want(statuses ...int) *visitor {
	v.t.Helper()
	if !slices.Contains(statuses, v.status) {
		v.t.Fatalf("%s: %d, want %v\n%.3000s", v.url, v.status, statuses, said(v.doc))
	}
	return v
}

// said is what a page says.
func said(doc *dom.Node) string {
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Data == "main" {
			doc = n
		}
	}
	for n := range doc.Descendants() {
		if n.Type == dom.TextNode {
			if s := strings.TrimSpace(n.Data); s != "" {
				b.WriteString(s + "\n")
			}
		}
	}
	return b.String()
}

// pagesMax bounds how many pages crawl opens.
const pagesMax = 70

// crawl opens every page that links lead to from one, as far as pagesMax, one page of each kind of query after another.
func (v *visitor) crawl(from string) int {
	v.t.Helper()
	seen, todo := map[string]bool{from: true}, []string{from}
	opened := 0
	for len(todo) > 0 && opened < pagesMax {
		path := todo[0]
		todo = todo[1:]
		v.get(path)
		if v.status >= http.StatusInternalServerError {
			v.t.Errorf("%s: %d\n%.1000s", path, v.status, said(v.doc))
		}
		opened++
		for _, a := range v.addresses() {
			a, _, _ = strings.Cut(a, "#")
			if strings.HasPrefix(a, "/") && !strings.HasPrefix(a, "//") && !strings.HasPrefix(a, "/static/") && !seen[a] {
				seen[a] = true
				todo = append(todo, a)
			}
		}
	}
	return opened
}

// logIn logs in through the page, with a password that was given, and chooses the one to keep.
func (v *visitor) logIn(who, given, chosen string) *visitor {
	v.t.Helper()
	v.get("/login?other=1")
	v.inside = true // what is answered now is for this person
	v.submit("/login", url.Values{"user": {who}, "password": {given}}).want(http.StatusOK)
	if v.url.Path == "/settings/own-password" {
		v.submit("/settings/own-password", url.Values{"new": {chosen}, "again": {chosen}}).want(http.StatusOK)
	}
	if v.url.Path == "/login" {
		v.t.Fatalf("%s is not let in: %s", who, fmt.Sprint(said(v.doc)))
	}
	return v
}
