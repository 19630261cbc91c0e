package crash

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tramy/internal/datadir"
	"tramy/internal/server"
)

// middle is a proxy before a hub that holds the hub's key and takes liberties with what passes.
type middle struct {
	above   *http.Client
	to      string
	passed  atomic.Int64
	request func(r *http.Request)                                              // changes what goes up, nil: nothing
	twice   bool                                                               // sends each request again by itself and passes on the second answer
	answer  func(w http.ResponseWriter, nth int64, a *http.Response, b []byte) // passes an answer on
}

func (m *middle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	nth := m.passed.Add(1)
	body, err := io.ReadAll(r.Body) // the whole of it, before anything goes on
	if err != nil {
		return
	}
	times := 1
	if m.twice {
		times = 2
	}
	for i := range times {
		up, err := http.NewRequest(r.Method, m.to+r.URL.Path, bytes.NewReader(body))
		if err != nil {
			panic(err)
		}
		up.Header = r.Header.Clone()
		if m.request != nil {
			m.request(up)
		}
		resp, err := m.above.Do(up)
		if err != nil {
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		if i == times-1 {
			m.answer(w, nth, resp, b)
		}
	}
}

// asItCame passes an answer on as a proxy that adds nothing does.
func asItCame(w http.ResponseWriter, a *http.Response, b []byte) {
	w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
	w.WriteHeader(a.StatusCode)
	_, _ = w.Write(b)
}

const html = "<!doctype html><html><body>Phiên truy cập đã hết hạn</body></html>"

// TestRewritingProxies lets the real station and hub speak through a reverse proxy that holds the hub's key, as a hospital's
// computing department puts one before every server, and that rewrites what it may and what it may not. An exchange
// goes well or ends with a word that says how; nothing is lost or doubled, whatever came of it.
func TestRewritingProxies(t *testing.T) {
	for _, c := range []struct {
		name    string
		m       *middle
		results []string // of exchanges that may fail so; none: all go well
		http10  bool
	}{
		{name: "buffers whole bodies", m: &middle{answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) { asItCame(w, a, b) }}},
		{name: "other headers", m: &middle{
			request: func(r *http.Request) {
				for name := range r.Header {
					if name != "Authorization" && name != "Content-Type" {
						r.Header.Del(name)
					}
				}
				r.Header.Set("Via", "1.1 proxy")
				r.Header.Set("X-Forwarded-For", "10.1.2.3")
				r.Header.Set("User-Agent", "Mozilla/5.0")
				r.Header.Set("Accept-Encoding", "gzip, deflate, br")
			},
			answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) {
				w.Header().Set("Server", "proxy")
				w.Header().Set("Set-Cookie", "session=1")
				w.Header().Set("Cache-Control", "public, max-age=600")
				asItCame(w, a, b)
			},
		}},
		{name: "cut into chunks anew", m: &middle{answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) {
			w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
			w.WriteHeader(a.StatusCode)
			for part := range slices.Chunk(b, 7) {
				_, _ = w.Write(part)
				w.(http.Flusher).Flush()
			}
		}}},
		{name: "HTTP/1.0", http10: true, m: &middle{answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "HTTP/1.0 %d X\r\nContent-Type: %s\r\n\r\n%s", a.StatusCode, a.Header.Get("Content-Type"), b)
		}}},
		{name: "sends a POST again", m: &middle{twice: true, answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) { asItCame(w, a, b) }}},
		{name: "adds gzip", results: []string{"not-hub"}, m: &middle{answer: func(w http.ResponseWriter, _ int64, a *http.Response, b []byte) {
			w.Header().Set("Content-Encoding", "gzip")
			var z bytes.Buffer
			g := gzip.NewWriter(&z)
			_, _ = g.Write(b)
			_ = g.Close()
			asItCame(w, a, z.Bytes())
		}}},
		{name: "a page of its own now and then", results: []string{"not-hub"}, m: &middle{answer: func(w http.ResponseWriter, nth int64, a *http.Response, b []byte) {
			if nth%2 == 0 {
				asItCame(w, a, b)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, html)
		}}},
		{name: "a page in the middle of the answer", results: []string{"not-hub", "cut"}, m: &middle{answer: func(w http.ResponseWriter, nth int64, a *http.Response, b []byte) {
			if nth%2 == 1 && len(b) > 100 {
				b = append(slices.Clone(b[:100]), html...)
			}
			asItCame(w, a, b)
		}}},
		{name: "the status lies", m: &middle{answer: func(w http.ResponseWriter, nth int64, a *http.Response, b []byte) {
			a.StatusCode = http.StatusOK + int(nth%2)*(http.StatusServiceUnavailable-http.StatusOK)
			asItCame(w, a, b)
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			proxy := c.m.before(t, w.hub, c.http10)
			w.station.callsAt(t, proxy)
			w.startAll(t)
			w.station.as(t, nurse)
			b := newBook(w.commune, *seed)
			failed, went := 0, 0
			for i := range 40 {
				if err := b.work(w.station); err != nil {
					t.Fatal(err)
				}
				if i%5 != 4 {
					continue
				}
				_, err := w.station.sync()
				s, serr := w.station.status()
				if serr != nil || len(s.Exchanges) == 0 {
					t.Fatal(serr)
				}
				if err == nil && s.Exchanges[0].Result == "done" {
					went++
					continue
				}
				failed++
				if !slices.Contains(c.results, s.Exchanges[0].Result) || s.Exchanges[0].Detail == "" {
					t.Errorf("an exchange failed (%v), and it is said to be %+v", err, s.Exchanges[0])
				}
			}
			if c.m.passed.Load() == 0 {
				t.Error("nothing went through the proxy")
			}
			if (failed > 0) != (len(c.results) > 0) {
				t.Errorf("%d exchanges went well, %d failed", went, failed)
			}
			if err := w.station.stop(); err != nil {
				t.Fatal(err)
			}
			w.station.callsAt(t, "https://"+w.hub.exchange)
			w.settle(t, b)
		})
	}
}

// before puts the proxy before a hub and returns its address.
func (m *middle) before(t *testing.T, hub *node, http10 bool) string {
	t.Helper()
	d, err := datadir.Open(hub.dir, "hub")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := server.SelfSigned(d.Keys.TLSKey(), rand.Reader, "proxy")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	m.to = "https://" + hub.exchange
	m.above = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true}}
	t.Cleanup(m.above.CloseIdleConnections)
	s := httptest.NewUnstartedServer(m)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	if http10 {
		s.TLS.NextProtos = []string{"http/1.1"}
	}
	s.EnableHTTP2 = !http10 && strings.HasPrefix(m.to, "https")
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}
