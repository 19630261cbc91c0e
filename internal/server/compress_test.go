package server

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A page is compressed where the browser takes gzip, and nothing else is: not what the exchange counts, not what programs compare by
// its ETag, not what is compressed in itself, and not what fits into a packet.
func TestPagesAreCompressedForWhoTakesIt(t *testing.T) {
	if errCompressing != nil {
		t.Fatal(errCompressing)
	}
	page := strings.Repeat("<li>Lò Thị Mai, bản Na Phay 1</li>\n", 200)
	s := New(quiet(Options{}))
	answer := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(http.StatusOK)
			_, _ = io.WriteString(w, body+r.URL.Query().Get("guess"))
		}
	}
	const html = "text/html; charset=utf-8"
	s.Handle("GET", "/page", answer(html, page))
	s.Handle("GET", "/short", answer(html, "<p>Chưa có ai.</p>"))
	s.Handle("GET", "/sheet", answer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", page))
	s.Handle("GET", "/api/v1/subjects", answer("application/json", page))
	s.Handle("GET", "/sync/v1/heads", answer(html, page))
	addr := serve(t, s)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	paddings := map[int]bool{}
	for _, c := range []struct {
		path, accept string
		packed       bool
	}{
		{"/page", "gzip, deflate, br", true},
		{"/page", "", false},
		{"/page", "br", false},
		{"/page", "gzip;q=0", false},
		{"/short", "gzip", false},
		{"/sheet", "gzip", false},
		{"/api/v1/subjects", "gzip", false},
		{"/sync/v1/heads", "gzip", false},
	} {
		resp, body := do(t, client, "GET", "http://"+addr+c.path, "", "Accept-Encoding", c.accept)
		if got := resp.Header.Get("Content-Encoding") == "gzip"; got != c.packed || resp.StatusCode != http.StatusOK {
			t.Errorf("%s for %q: status %d, compressed %v", c.path, c.accept, resp.StatusCode, got)
		}
		want := page
		if c.path == "/short" {
			want = "<p>Chưa có ai.</p>"
		}
		if c.packed {
			if len(body) > len(page)/4 {
				t.Errorf("%d bytes of %d are left", len(body), len(page))
			}
			body = unpacked(t, body)
		}
		if body != want {
			t.Errorf("%s for %q is another text", c.path, c.accept)
		}
		if strings.HasPrefix(c.path, "/page") && !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: a cache would mix up what is compressed and what is not", c.path)
		}
	}
	for i := range 40 {
		_, body := do(t, client, "GET", fmt.Sprintf("http://%s/page?guess=%02d", addr, i), "", "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		paddings[len(z.Comment)] = true
	}
	if len(paddings) < 5 {
		t.Errorf("40 pages have %d kinds of padding: what they hold can be guessed from their lengths", len(paddings))
	}
}

func unpacked(t *testing.T, body string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// What goes wrong while an answer waits to be compressed ends as it does without: a problem if nothing was said yet, a cut line if
// half a page was.
func TestFailureWhileCompressing(t *testing.T) {
	s := New(quiet(Options{}))
	s.HandleFunc("GET", "/at-once", func(w http.ResponseWriter, r *http.Request) { WriteProblem(w, r, NewProblem(TypeNotFound)) })
	s.HandleFunc("GET", "/panic", func(http.ResponseWriter, *http.Request) { panic(fmt.Errorf("broken")) })
	s.HandleFunc("GET", "/half", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "<p>Một nửa")
		WriteProblem(w, r, NewProblem(TypeBusy))
	})
	addr := serve(t, s)
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for path, want := range map[string]int{"/at-once": http.StatusNotFound, "/panic": http.StatusInternalServerError} {
		if resp, body := do(t, client, "GET", "http://"+addr+path, "", "Accept-Encoding", "gzip"); resp.StatusCode != want || !strings.Contains(body, "tramy:") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	r, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+addr+"/half", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	resp, err := client.Do(r)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("half a page ends as if it were whole")
	}
}
