package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tramy/internal/nodetest"
	"tramy/internal/server"
)

// Client speaks to a server as one person. Check sees each request and answer.
type Client struct {
	T     testing.TB
	URL   string
	Lang  string // Accept-Language
	Token string
	Check func(req *http.Request, reqBody []byte, resp *http.Response, body []byte)
}

// Reply is an answer, read.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
}

// Serve puts a server behind an address.
func Serve(t testing.TB, s *server.Server) string {
	t.Helper()
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return ts.URL
}

// As returns a client that is logged in.
func (c *Client) As(login string) *Client {
	c.T.Helper()
	d := *c
	d.Token = ""
	r := d.Do(http.MethodPost, "/api/v1/login", map[string]string{"login": login, "password": nodetest.Password})
	r.Want(http.StatusOK)
	var in struct{ Token string }
	r.Into(&in)
	d.Token = in.Token
	return &d
}

// Do sends a request, a write under a fresh key.
func (c *Client) Do(method, path string, body any) *Reply {
	c.T.Helper()
	return c.Send(method, path, uuid.NewString(), body)
}

// Send sends a request under a key; "" for none.
func (c *Client) Send(method, path, key string, body any) *Reply {
	c.T.Helper()
	var b []byte
	if body != nil {
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
		req.Header.Set("Content-Type", "application/json")
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
	return &Reply{Status: resp.StatusCode, Header: resp.Header, Body: answer, t: c.T}
}

// Want fails the test on another status.
func (r *Reply) Want(status int) *Reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	return r
}

// Into reads the answer into v.
func (r *Reply) Into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%v: %s", err, r.Body)
	}
}

// Problem is what a test looks at in a problem document.
type Problem struct {
	Type, Title, Detail, Field string
	Status                     int
	Errors                     []struct{ Field, Code, Message string }
	Values                     []struct {
		Dot   string
		Value any
	}
	Candidates []struct{ Subject struct{ ID, Name string } }
}

// WantProblem fails the test unless the answer is a problem of a type and status.
func (r *Reply) WantProblem(status int, typ string) Problem {
	r.t.Helper()
	r.Want(status)
	if ct := r.Header.Get("Content-Type"); ct != server.ProblemType {
		r.t.Fatalf("content type %q: %s", ct, r.Body)
	}
	var p Problem
	r.Into(&p)
	if p.Type != typ || p.Status != status || strings.TrimSpace(p.Title) == "" {
		r.t.Fatalf("want %s with a title, got %s", typ, r.Body)
	}
	return p
}
