package server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestBodyLimit(t *testing.T) {
	s := New(quiet(Options{}))
	read := func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			WriteProblem(w, r, fmt.Errorf("read: %w", err))
			return
		}
		fmt.Fprint(w, len(b))
	}
	s.HandleFunc("POST", "/usual", read)
	s.HandleFunc("POST", "/small", read, BodyMax(10))
	ts := httptest.NewServer(s)
	defer ts.Close()
	for _, c := range []struct {
		path   string
		size   int
		status int
	}{{"/usual", DefaultBodyBytesMax, 200}, {"/usual", DefaultBodyBytesMax + 1, 413}, {"/small", 10, 200}, {"/small", 11, 413}} {
		body := strings.Repeat("x", c.size)
		if resp, _ := do(t, ts.Client(), "POST", ts.URL+c.path, body); resp.StatusCode != c.status {
			t.Errorf("%s with %d bytes: %d", c.path, c.size, resp.StatusCode)
		}
		// The same without saying the length first.
		resp, err := ts.Client().Post(ts.URL+c.path, "text/plain", io.MultiReader(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%s with %d bytes of unknown length: %d", c.path, c.size, resp.StatusCode)
		}
	}
}

func TestTimeoutEndsHandler(t *testing.T) {
	s := New(quiet(Options{}))
	s.HandleFunc("GET", "/long", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		WriteProblem(w, r, r.Context().Err())
	}, Timeout(20*time.Millisecond))
	s.HandleFunc("POST", "/long", func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		WriteProblem(w, r, err)
	}, Timeout(20*time.Millisecond))
	ts := httptest.NewServer(s)
	defer ts.Close()
	if resp, body := do(t, ts.Client(), "GET", ts.URL+"/long", ""); resp.StatusCode != 503 || !strings.Contains(body, TypeTimeout) {
		t.Errorf("a handler that waits: %d %s", resp.StatusCode, body)
	}
	if status := stall(t, ts, "/long", 5); status != 408 {
		t.Errorf("a handler that reads: %d", status)
	}
}

// stall sends some bytes of a longer body and then nothing, and returns the status of the answer.
func stall(t *testing.T, ts *httptest.Server, path string, sent int) int {
	t.Helper()
	pr, pw := io.Pipe()
	defer pw.Close()
	go pw.Write(make([]byte, sent))
	resp, err := ts.Client().Post(ts.URL+path, "application/octet-stream", pr)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestMinRate(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := New(quiet(Options{}))
		s.HandleFunc("POST", "/sync/v1/exchange", func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			if err != nil {
				WriteProblem(w, r, err)
				return
			}
			fmt.Fprint(w, n)
		}, Timeout(time.Minute), MinRate(10, time.Second))
		ts := httptest.NewUnstartedServer(s)
		ts.EnableHTTP2 = h2
		ts.StartTLS()
		start := time.Now()
		if status := stall(t, ts, "/sync/v1/exchange", 9); status != 408 {
			t.Errorf("HTTP/2 %v: a body that stalls: %d", h2, status)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("HTTP/2 %v: it took %v to notice", h2, took)
		}
		resp, body := do(t, ts.Client(), "POST", ts.URL+"/sync/v1/exchange", strings.Repeat("x", 100_000))
		if resp.StatusCode != 200 || body != "100000" {
			t.Errorf("HTTP/2 %v: a body that comes: %d %s", h2, resp.StatusCode, body)
		}
		ts.Close()
	}
}
