package nodetest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"tramy/internal/rights"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// Door is a route as the table of rights sees it: what it does to which kind, and whether it names something that lies at
// a place. A list does not: whoever may read it is shown what is theirs.
type Door struct {
	Act  rights.Act
	Kind p.Kind
	Ends bool
}

// Cells counts answers that are as the table of rights says.
type Cells struct {
	T          testing.TB
	All, Right int
}

// Hold holds one answer against the table: of somebody with a role, asking at one of their own places or elsewhere. shown
// says that the answer names whom it must not name where it is refused, or where it is about another place.
func (c *Cells) Hold(name string, d Door, role rights.Role, own bool, status int, shown bool) {
	c.T.Helper()
	c.All++
	may := rights.May(role, d.Act, d.Kind) && (own || !d.Ends)
	refused := status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusUnauthorized
	where := "elsewhere"
	if own {
		where = "at their own place"
	}
	switch {
	case may == refused:
		c.T.Errorf("%s by %s %s: %d, and the table says %v", name, role, where, status, may)
	case shown && !(may && own):
		c.T.Errorf("%s by %s %s: the answer names the child", name, role, where)
	default:
		c.Right++
	}
}

// OneOf fails for each route that is neither a door nor one of those that are everybody's, or both; it returns the doors
// in the order of the routes.
func OneOf[D any](t testing.TB, routes []server.Route, doors map[string]D, everybody map[string]string) []string {
	t.Helper()
	var out []string
	left := map[string]bool{}
	for name := range doors {
		left[name] = true
	}
	for _, r := range routes {
		name := r.Method + " " + r.Pattern
		delete(left, name)
		_, known := doors[name]
		if _, free := everybody[name]; known == free {
			t.Errorf("%s: a door %v, everybody's %v", name, known, free)
		}
		if known {
			out = append(out, name)
		}
	}
	for name := range left {
		t.Errorf("%s is no route", name)
	}
	return out
}

// Caller is a browser that follows no redirect.
type Caller struct {
	T    testing.TB
	URL  string
	http *http.Client
}

// NewCaller logs somebody in.
func NewCaller(t testing.TB, address, login string) *Caller {
	t.Helper()
	jar, _ := cookiejar.New(nil) // no options, no error
	c := &Caller{T: t, URL: address, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if status, _ := c.Ask(http.MethodPost, "/login", url.Values{"user": {login}, "password": {Password}}); status != http.StatusSeeOther {
		t.Fatalf("%s cannot log in: %d", login, status)
	}
	return c
}

// Ask sends a form, or asks for a page.
func (c *Caller) Ask(method, path string, form url.Values) (status int, body string) {
	c.T.Helper()
	req, err := http.NewRequestWithContext(c.T.Context(), method, c.URL+path, strings.NewReader(form.Encode()))
	must(c.T, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", "text/html")
	resp, err := c.http.Do(req)
	must(c.T, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(c.T, err)
	return resp.StatusCode, string(b)
}
