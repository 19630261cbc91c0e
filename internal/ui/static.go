package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed static
var statics embed.FS

// ContentSecurityPolicy is what every page is served with: nothing inline, nothing from elsewhere. Images
// may be data: addresses, because the QR of an enrolment is drawn by the program.
const ContentSecurityPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// file is one static file and the name it is served under, which carries the hash of what is in it.
type file struct {
	hashed string
	data   []byte
	packed []byte // the same, gzip; nil where that saves nothing
	kind   string
}

// files holds all static files under their plain and their hashed names.
var files = func() map[string]*file {
	all := make(map[string]*file)
	entries, err := fs.ReadDir(statics, "static")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		kind, served := kinds[path.Ext(name)]
		if !served {
			continue
		}
		data, err := statics.ReadFile("static/" + name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(name)
		f := &file{hashed: strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext, data: data, packed: pack(data), kind: kind}
		all[name], all[f.hashed] = f, f
	}
	return all
}()

// pack compresses a file once, as well as it can be.
func pack(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err = w.Write(data); err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	if b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

// Asset returns the address of a static file, with the hash of its content in it; it panics for a file
// that is not there, which parsing the templates in a test finds.
func Asset(name string) string {
	f, ok := files[name]
	if !ok {
		panic("ui: no static file " + name)
	}
	return StaticPath + f.hashed
}

// StaticPath is where Static is to be mounted.
const StaticPath = "/static/"

// Static serves the static files below StaticPath. A name with a hash never changes what it means and may
// be kept for a year; a plain name is asked for again each time. Who takes gzip gets what was compressed at the start, under an ETag
// of its own: a range of it is a range of those bytes.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, StaticPath)
		f, ok := files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", `"`+f.hashed+`"`)
		if name == f.hashed {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		data := f.data
		if f.packed != nil {
			h.Set("Vary", "Accept-Encoding")
			if takesGzip(r) {
				data = f.packed
				h.Set("Content-Encoding", "gzip")
				h.Set("ETag", `"`+f.hashed+`-gzip"`)
			}
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	})
}

// takesGzip reads Accept-Encoding (RFC 9110, 12.5.3). What it does not understand counts as no.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, weighed := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		if !weighed {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(weight)), "q="), 64)
		return err == nil && q > 0
	}
	return false
}
