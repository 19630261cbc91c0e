package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestStatic(t *testing.T) {
	address := Asset("tramy.css")
	for _, test := range []struct {
		path, cache string
		code        int
	}{
		{address, "immutable", 200},
		{"/static/tramy.css", "no-cache", 200},
		{"/static/nothing.css", "", 404},
		{"/static/VENDORED.md", "", 404},
		{"/static/tramy.000000000000.css", "", 404},
		{"/static/../engine.go", "", 404},
		{"/static/", "", 404},
	} {
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, httptest.NewRequest("GET", test.path, nil))
		if w.Code != test.code || !strings.Contains(w.Header().Get("Cache-Control"), test.cache) {
			t.Errorf("%s: %d, %q", test.path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
	r := httptest.NewRequest("GET", "/static/tramy.css", nil)
	r.Header.Set("If-None-Match", `"`+files["tramy.css"].hashed+`"`)
	w := httptest.NewRecorder()
	Static().ServeHTTP(w, r)
	if w.Code != 304 {
		t.Errorf("unchanged file: %d", w.Code)
	}
}

// A browser that takes gzip gets what was compressed at the start, under a tag of its own, and a range of it is one of those bytes.
func TestStaticCompressed(t *testing.T) {
	get := func(header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", Asset("tramy.css"), nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		Static().ServeHTTP(w, r)
		return w
	}
	plain, packed := get(), get("Accept-Encoding", "deflate, gzip;q=0.8")
	if plain.Header().Get("Content-Encoding") != "" || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q and %q", plain.Header().Get("Content-Encoding"), packed.Header().Get("Content-Encoding"))
	}
	if plain.Header().Get("ETag") == packed.Header().Get("ETag") || plain.Header().Get("Vary") == "" {
		t.Error("a cache would take one for the other")
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(z); err != nil || !bytes.Equal(all, files["tramy.css"].data) {
		t.Errorf("another file comes out: %v", err)
	}
	if w := get("Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("gzip for who wants none")
	}
	part := get("Accept-Encoding", "gzip", "Range", "bytes=10-19")
	if want := files["tramy.css"].packed[10:20]; part.Code != 206 || !bytes.Equal(part.Body.Bytes(), want) {
		t.Errorf("a range: %d, %d bytes", part.Code, part.Body.Len())
	}
	if w := get("Accept-Encoding", "gzip", "If-None-Match", packed.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("unchanged: %d", w.Code)
	}
}

// TestVendored holds that vendored files are what VENDORED.md says, and that our own script stays small.
func TestVendored(t *testing.T) {
	note, err := statics.ReadFile("static/VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(files["htmx.min.js"].data)
	if !strings.Contains(string(note), hex.EncodeToString(sum[:])) {
		t.Error("htmx.min.js is not the file VENDORED.md names")
	}
	if n := len(files["tramy.js"].data); n > 10*1024 {
		t.Errorf("tramy.js has %d bytes", n)
	}
	if n := len(files["day.js"].data); n > 4*1024 {
		t.Errorf("day.js has %d bytes", n)
	}
	if n := len(files["paper.js"].data); n > 2*1024 {
		t.Errorf("paper.js has %d bytes", n)
	}
	for _, own := range []string{"tramy.css", "tramy.js", "day.js", "paper.js", "copy.js"} {
		if strings.Contains(string(files[own].data), "://") {
			t.Errorf("%s asks another host", own)
		}
	}
}

var themeToken = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{3,6});`)

// TestContrast holds each theme to WCAG AA: text 4.5:1 on every ground it stands on, controls 3:1.
func TestContrast(t *testing.T) {
	css := string(files["tramy.css"].data)
	root := tokens(t, css, ":root {")
	for name, head := range map[string]string{"light": ":root {", "dark": `[data-theme="dark"] {`, "contrast": `[data-theme="contrast"] {`} {
		theme := make(map[string]string)
		for k, v := range root {
			theme[k] = v
		}
		for k, v := range tokens(t, css, head) {
			theme[k] = v
		}
		want := func(text, ground string, least float64) {
			if got := contrast(theme[text], theme[ground]); got < least {
				t.Errorf("%s: %s on %s has %.2f:1, wants %.1f", name, text, ground, got, least)
			}
		}
		for _, ground := range []string{"paper", "desk", "act-wash", "ok-wash", "ask-wash", "late-wash", "off-wash"} {
			want("ink", ground, 4.5)
			want("ink-2", ground, 4.5)
		}
		for _, tone := range []string{"ok", "ask", "late", "off", "act"} {
			want(tone, "paper", 4.5)
			want(tone, "desk", 4.5)
			want(tone, tone+"-wash", 4.5)
		}
		want("on-act", "act", 4.5)
		want("paper", "late", 4.5) // the training banner
		want("edge", "paper", 3)
		want("edge", "desk", 3)
	}
}

func tokens(t *testing.T, css, head string) map[string]string {
	t.Helper()
	_, rest, ok := strings.Cut(css, head)
	if !ok {
		t.Fatalf("no theme %s", head)
	}
	block, _, _ := strings.Cut(rest, "}")
	found := make(map[string]string)
	for _, m := range themeToken.FindAllStringSubmatch(block, -1) {
		found[m[1]] = m[2]
	}
	return found
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(hex string) float64 {
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			return 0
		}
		c := float64(n) / 255
		if c <= .03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
