package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tramy/internal/fhir"
	"tramy/internal/nodetest"
	"tramy/internal/server"
)

// client speaks to a server as one person. Check sees each request and answer.
type client struct {
	T     testing.TB
	URL   string
	Lang  string // Accept-Language
	Token string
	Check func(req *http.Request, reqBody []byte, resp *http.Response, body []byte)
}

// reply is an answer, read.
type reply struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
}

// serve puts a server behind an address.
func serve(t testing.TB, s *server.Server) string {
	t.Helper()
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return ts.URL
}

// as returns a client that is logged in.
func (c *client) as(login string) *client {
	c.T.Helper()
	return c.with(login, nil)
}

// with is as with another password, or with a code.
func (c *client) with(login string, more fields) *client {
	c.T.Helper()
	d := *c
	d.Token = ""
	in := fields{"login": login, "password": nodetest.Password}
	maps.Copy(in, more)
	r := d.do(http.MethodPost, "/api/v1/login", in)
	r.want(http.StatusOK)
	var out struct{ Token string }
	r.into(&out)
	d.Token = out.Token
	return &d
}

// do sends a request, a write under a fresh key.
func (c *client) do(method, path string, body any) *reply {
	c.T.Helper()
	return c.send(method, path, uuid.NewString(), body)
}

// send sends a request under a key; "" for none.
func (c *client) send(method, path, key string, body any) *reply {
	c.T.Helper()
	var b []byte
	typ := "application/json"
	switch v := body.(type) {
	case nil:
	case url.Values: // as a form
		b, typ = []byte(v.Encode()), "application/x-www-form-urlencoded"
	case []byte: // of FHIR
		b, typ = v, fhir.MediaType
	default:
		var err error
		if b, err = json.Marshal(body); err != nil {
			c.T.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.T.Context(), method, c.URL+path, bytes.NewReader(b))
	if err != nil {
		c.T.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", typ)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Lang != "" {
		req.Header.Set("Accept-Language", c.Lang)
	}
	if key != "" && method != http.MethodGet {
		req.Header.Set(server.IdempotencyHeader, key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.T.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	if c.Check != nil {
		c.Check(req, b, resp, answer)
	}
	return &reply{Status: resp.StatusCode, Header: resp.Header, Body: answer, t: c.T}
}

// want fails the test on another status.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	return r
}

// into reads the answer into v.
func (r *reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%v: %s", err, r.Body)
	}
}

// problem is what a test looks at in a problem document.
type problem struct {
	Type, Title, Detail, Field string
	Status                     int
	Errors                     []struct{ Field, Code, Message string }
	Values                     []struct {
		Dot   string
		Value any
	}
	Candidates []struct{ Subject struct{ ID, Name string } }
}

// wantProblem fails the test unless the answer is a problem of a type and status.
func (r *reply) wantProblem(status int, typ string) problem {
	r.t.Helper()
	r.want(status)
	if ct := r.Header.Get("Content-Type"); ct != server.ProblemType {
		r.t.Fatalf("content type %q: %s", ct, r.Body)
	}
	var p problem
	r.into(&p)
	if p.Type != typ || p.Status != status || strings.TrimSpace(p.Title) == "" {
		r.t.Fatalf("want %s with a title, got %s", typ, r.Body)
	}
	return p
}
