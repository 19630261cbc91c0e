package country

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// client speaks a node's JSON API as another program would.
type client struct {
	node  *Node
	token string
	http  http.Client
}

var keys atomic.Int64

// login opens a session at a node.
func login(ctx context.Context, n *Node, name string) (*client, error) {
	c := &client{node: n}
	var out struct {
		Token string `json:"token"`
	}
	err := c.do(ctx, http.MethodPost, "/api/v1/login", map[string]any{"login": name, "password": Password}, &out)
	c.token = out.Token
	return c, err
}

// apiError is a problem document's short form.
type apiError struct {
	Status int
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Field  string `json:"field"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %s %s %s %s", e.Status, e.Type, e.Field, e.Title, e.Detail)
}

func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.node.PagesAddr+path, r)
	if err != nil {
		return err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", fmt.Sprintf("check-%d", keys.Add(1)))
	}
	req.Header.Set("Accept-Language", "en")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		e := &apiError{Status: resp.StatusCode}
		_ = json.Unmarshal(b, e)
		return fmt.Errorf("%s %s at %s: %w", method, path, c.node.Name, e)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// subject is what the check reads of a record.
type subject struct {
	ID  string `json:"id"`
	Saw string `json:"saw"`
}

// register enters a child.
func (c *client) register(ctx context.Context, fields map[string]any) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, http.MethodPost, "/api/v1/subjects", map[string]any{"fields": fields, "force": true}, &out)
	return out.ID, err
}

// advised is what the check reads of one vaccine that is next.
type advised struct {
	Vaccine   string `json:"vaccine"`
	Programme string `json:"programme"`
	Offered   bool   `json:"offered"`
	Urgency   string `json:"urgency"`
	Verdict   string `json:"verdict"`
}

// forecast asks what is next today.
func (c *client) forecast(ctx context.Context, child string) ([]advised, error) {
	var out struct {
		Advice []advised `json:"advice"`
	}
	err := c.do(ctx, http.MethodGet, "/api/v1/subjects/"+child+"/forecast", nil, &out)
	return out.Advice, err
}

// visit records doses.
func (c *client) visit(ctx context.Context, child string, doses ...map[string]any) ([]string, error) {
	var out struct {
		Doses []string `json:"doses"`
	}
	err := c.do(ctx, http.MethodPost, "/api/v1/visits", map[string]any{"subject": child, "screening": "eligible", "temperature": 367, "doses": doses}, &out)
	return out.Doses, err
}

// edit changes one field, as a form does that was just opened.
func (c *client) edit(ctx context.Context, child, field, value string) error {
	var s subject
	if err := c.do(ctx, http.MethodGet, "/api/v1/subjects/"+child, nil, &s); err != nil {
		return err
	}
	return c.do(ctx, http.MethodPatch, "/api/v1/subjects/"+child, map[string]any{"saw": s.Saw, "fields": map[string]any{field: value}}, nil)
}

// syncNow exchanges once and says whether the node is level and has nothing left to send.
func (c *client) syncNow(ctx context.Context) (bool, error) {
	var out struct {
		Sent     int  `json:"sent"`
		Received int  `json:"received"`
		Level    bool `json:"level"`
	}
	err := c.do(ctx, http.MethodPost, "/api/v1/sync", map[string]any{}, &out)
	return out.Level && out.Sent == 0 && out.Received == 0, err
}
