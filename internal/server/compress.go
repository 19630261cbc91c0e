package server

import (
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

const (
	// worthCompressing is from where on an answer is compressed: what is smaller fits into one packet anyway.
	worthCompressing = 1024
	// paddingBytes is up to how many bytes of padding a compressed answer gets, their number a hash of the answer. What a page reflects of its address
	// stands beside what only its reader may know, so that its compressed length tells of both (BREACH). Nobody else can make a
	// browser ask with the log-in, which is SameSite=Strict; the padding is for who finds a way all the same.
	paddingBytes = 64
	// paddedOver is how much of an answer, in bytes, decides how much padding it gets: all of nearly every page. One page has one
	// length, so that asking for it often, and taking the mean, tells no more.
	paddedOver = 64 << 10
	// compressLevel is of gzip: above it, pages get a hundredth smaller and take twice the time.
	compressLevel = 5
)

// tagOfCompressed ends the ETag of an answer that was compressed.
const tagOfCompressed = "-gzip"

// compressed are the types of answers that compress well; a spreadsheet, a backup or a picture is compressed in itself.
var compressed = []string{"text/html", "text/plain", "text/csv"}

// compressing wraps a handler so that what it answers is compressed where the browser takes gzip. It is tested that the options are good.
var compressing, errCompressing = gzhttp.NewWrapper(
	gzhttp.MinSize(worthCompressing), gzhttp.CompressionLevel(compressLevel), gzhttp.EnableZstd(false),
	gzhttp.ContentTypes(compressed), gzhttp.SuffixETag(tagOfCompressed), gzhttp.RandomJitter(paddingBytes, paddedOver, true),
)

// compress wraps a handler of a route that people ask for. Programs are left alone: what the exchange carries is compressed and
// counted, and the ETags of the API name what was seen, not how it was sent.
func compress(pattern string, h http.Handler) http.Handler {
	if isProgram(pattern) || errCompressing != nil {
		return h
	}
	return compressing(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen := r.Header.Get("If-None-Match"); seen != "" { // a handler knows its tags as it gave them
			r.Header.Set("If-None-Match", strings.ReplaceAll(seen, tagOfCompressed+`"`, `"`))
		}
		h.ServeHTTP(&begun{w, stateOf(r)}, r)
	}))
}

// begun notes that an answer has begun, although its first bytes still wait to be compressed: it is too late for a problem then.
type begun struct {
	http.ResponseWriter
	st *state
}

func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (b *begun) note() {
	if b.st != nil {
		b.st.begun = true
	}
}

func (b *begun) WriteHeader(status int) {
	if status >= 200 {
		b.note()
	}
	b.ResponseWriter.WriteHeader(status)
}

func (b *begun) Write(p []byte) (int, error) {
	b.note()
	return b.ResponseWriter.Write(p)
}

// Flush lets a handler send what it has so far.
func (b *begun) Flush() {
	b.note()
	_ = http.NewResponseController(b.ResponseWriter).Flush()
}
