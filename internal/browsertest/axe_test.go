package browsertest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The file is the one that its note names.
func TestAxeIsAsPublished(t *testing.T) {
	note, err := os.ReadFile("testdata/axe-core/VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(axe))
	if !strings.Contains(string(note), hex.EncodeToString(sum[:])) {
		t.Error("axe.min.js is not the file VENDORED.md names")
	}
}

// A page that keeps people out is noticed, and one that does not is not.
func TestFindsWhatKeepsPeopleOut(t *testing.T) {
	const good = `<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>x</title><body><main><h1>Sổ tiêm</h1>
		<p><label>Tên <input name="q" style="height: 44px"></label> Xem <a href="/">sổ cũ</a> nếu có.</p></main></html>`
	pages := map[string]struct{ page, wrong, narrow string }{
		"/good":     {good, "", ""},
		"/pale":     {strings.Replace(good, "<h1>", `<h1 style="color: #bbb">`, 1), "color-contrast", ""},
		"/nameless": {strings.Replace(good, "<label>Tên ", "<label>", 1), "label", ""},
		"/tiny":     {strings.Replace(good, "<p>", `<div>`+strings.Repeat(`<button style="height: 20px; width: 10px; padding: 0">x</button>`, 3)+`</div><p>`, 1), "target-size", "20 px high"},
		"/wide":     {strings.Replace(good, "<p>", `<p style="width: 500px">`, 1), "", "wide"},
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(pages[r.URL.Path].page))
	}))
	defer srv.Close()
	ctx := Open(t, 360, 800)
	for path, want := range pages {
		if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+path)); err != nil {
			t.Fatal(err)
		}
		found, err := Violations(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(found, "\n"); want.wrong == "" && got != "" || !strings.Contains(got, want.wrong) {
			t.Errorf("%s: want %q, found %q", path, want.wrong, got)
		}
		if found, err = ForAThumb(ctx); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(found, "\n"); want.narrow == "" && got != "" || !strings.Contains(got, want.narrow) {
			t.Errorf("%s for a thumb: want %q, found %q", path, want.narrow, got)
		}
	}
}
