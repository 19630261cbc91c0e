package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
)

type fields = map[string]any

// problem is an answer that is not the one asked for.
type problem struct {
	Status int    `json:"-"`
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Field  string `json:"field"`
}

func (p *problem) Error() string {
	return fmt.Sprintf("%d %s %s %s %s", p.Status, p.Type, p.Field, p.Title, p.Detail)
}

// connections are made anew for each request: a kept one may be to a program that is gone.
var connections = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Minute}

// login returns the node's API as one person uses it; it logs in when it has to.
func (n *node) login(who string) error {
	var out struct{ Token string }
	if err := n.once(http.MethodPost, "/api/v1/login", fields{"login": who, "password": password}, &out); err != nil {
		return err
	}
	n.token = out.Token
	return nil
}

// choosePassword replaces the password that an account was made with.
func (n *node) choosePassword(who string) error {
	var out struct {
		Token, Must string
		User        struct{ ID string }
	}
	if err := n.once(http.MethodPost, "/api/v1/login", fields{"login": who, "password": firstPassword}, &out); err != nil {
		return err
	}
	if out.Must != "password" {
		return fmt.Errorf("an account whose password was given must do %q", out.Must)
	}
	n.token = out.Token
	err := n.once(http.MethodPost, "/api/v1/users/"+out.User.ID+"/password", fields{"old": firstPassword, "password": password}, nil)
	n.token = ""
	return err
}

// as logs in; the test fails if that fails.
func (n *node) as(t testing.TB, who string) {
	t.Helper()
	if err := n.login(who); err != nil {
		t.Fatalf("logging in at the %s: %v", n.name, err)
	}
}

// once sends one request and reads its answer into out. A *problem is an answer; any other error leaves open whether the
// request was carried out.
func (n *node) once(method, path string, body, out any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, "http://"+n.pages+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	if n.token != "" {
		req.Header.Set("Authorization", "Bearer "+n.token)
	}
	resp, err := n.client().Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n.answers.Add(1)
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		p := &problem{Status: resp.StatusCode}
		_ = json.Unmarshal(answer, p) // what is no problem document still has its status
		return fmt.Errorf("%s %s at the %s: %w", method, path, n.name, p)
	}
	if out == nil || len(answer) == 0 {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// status is how a node stands.
type status struct {
	Saved     uint64 `json:"saved"`
	AtHub     uint64 `json:"at_hub"`
	AtRoot    uint64 `json:"at_root"`
	Held      uint64 `json:"held"`
	Conflicts int64  `json:"conflicts"`
	Complete  bool   `json:"complete"`
	Subjects  int64  `json:"subjects"`
	Doses     int64  `json:"doses"`
	Digest    string `json:"fingerprint"`
	Message   string `json:"message"`
	Exchanges []struct {
		Result    string `json:"result"`
		Detail    string `json:"detail"`
		Sent      int    `json:"sent"`
		Received  int    `json:"received"`
		BytesUp   int64  `json:"bytes_up"`
		BytesDown int64  `json:"bytes_down"`
		Level     bool   `json:"level"`
	} `json:"exchanges"`
}

func (n *node) status() (*status, error) {
	s := &status{}
	return s, n.once(http.MethodGet, "/api/v1/sync", nil, s)
}

// exchanged is what came of an exchange.
type exchanged struct {
	Sent, Received int
	Level          bool
}

// call exchanges once.
func (n *node) call() (exchanged, error) {
	var out exchanged
	err := n.once(http.MethodPost, "/api/v1/sync", fields{}, &out)
	return out, err
}

// sync exchanges once and reports whether both sides had nothing left to say.
func (n *node) sync() (quiet bool, err error) {
	out, err := n.call()
	return out.Level && out.Sent == 0 && out.Received == 0, err
}
