package exchange_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// register enters n children at the tree's station and returns their ids.
func register(t testing.TB, tr *nodetest.Tree, n int) []p.EntityID {
	t.Helper()
	ids := make([]p.EntityID, n)
	for i := range ids {
		var err error
		ids[i], _, err = tr.Station.Register(context.Background(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: "Lò Văn " + string(rune('A'+i%26)), BirthDate: tr.Station.Today() - registry.Day(i+1), MotherName: "Lò Thị Mai",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

// handler is the centre's exchange as it serves it, without a socket.
func handler(tr *nodetest.Tree) http.Handler {
	srv := server.New(server.Options{Hosts: []string{server.AnyHost}, Log: nodetest.Quiet()})
	tr.Hub.Register(srv)
	return srv
}

// far stands in the centre's place, with its key: it passes on what it is asked and notes it, unless
// answer, if set, does otherwise.
type far struct {
	*httptest.Server
	real http.Handler

	mu       sync.Mutex
	answer   func(w http.ResponseWriter, r *http.Request)
	asked    []string // paths
	segments int      // that came whole
}

func newFar(t testing.TB, tr *nodetest.Tree, conf *tls.Config) *far {
	t.Helper()
	f := &far{real: handler(tr)}
	if conf == nil {
		var err error
		if conf, err = tr.Hub.TLS(); err != nil {
			t.Fatal(err)
		}
	}
	f.Server = httptest.NewUnstartedServer(f)
	f.EnableHTTP2, f.TLS = true, conf
	f.Config.ErrorLog = quietLog()
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.URL.Path)
	answer := f.answer
	f.mu.Unlock()
	r.Body = io.NopCloser(&counted{r: r.Body, f: f})
	if answer != nil {
		answer(w, r)
		return
	}
	f.real.ServeHTTP(w, r)
}

// set changes how it answers; nil: as the centre does.
func (f *far) set(answer func(w http.ResponseWriter, r *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer, f.asked = answer, nil
}

func (f *far) seen() (asked []string, segments int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.asked...), f.segments
}

// counted counts the segments that are read from it whole.
type counted struct {
	r   io.Reader
	f   *far
	buf bytes.Buffer
	had int
}

func (c *counted) Read(b []byte) (int, error) {
	k, err := c.r.Read(b)
	c.buf.Write(b[:k])
	n := segmentsIn(c.buf.Bytes())
	c.f.mu.Lock()
	c.f.segments += n - c.had
	c.f.mu.Unlock()
	c.had = n
	return k, err
}

func segmentsIn(b []byte) int {
	n := 0
	for r := p.NewFrameReader(bytes.NewReader(b)); ; {
		f, err := r.Read()
		if err != nil {
			return n
		}
		if _, ok := f.(*p.SegmentFrame); ok {
			n++
		}
	}
}

// client is the station's client, calling other addresses.
func client(t testing.TB, tr *nodetest.Tree, addresses ...string) *exchange.Client {
	c := &exchange.Client{
		Node: tr.Station.Node, Addresses: addresses, Token: tr.Station.Dir.Keys.Token, Software: "exchange test",
		TLS: server.PinnedClient(tr.Hub.Pin), Now: tr.Clock().Now,
	}
	t.Cleanup(c.Close)
	return c
}

// last is what the station noted of its last exchange.
func last(t testing.TB, tr *nodetest.Tree) store.ExchangeRow {
	t.Helper()
	var row store.ExchangeRow
	view(t, tr.Station.Node.Store(), func(tx store.Tx) error {
		rows, err := tx.Exchanges(1)
		if len(rows) > 0 {
			row = rows[0]
		}
		return err
	})
	return row
}

func view(t testing.TB, st store.Store, fn func(tx store.Tx) error) {
	t.Helper()
	if err := st.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// outbox is how many segments the station has put up for sending so far.
func outbox(t testing.TB, tr *nodetest.Tree) int {
	t.Helper()
	n := 0
	view(t, tr.Station.Node.Store(), func(tx store.Tx) error {
		rows, err := tx.Outbox(0, 1_000_000)
		for _, r := range rows {
			if r.First > 0 {
				n++
			}
		}
		return err
	})
	return n
}

func subjectsAt(t testing.TB, st store.Store) int64 {
	t.Helper()
	var n int64
	view(t, st, func(tx store.Tx) error {
		c, err := tx.Counts()
		n = c.Subjects
		return err
	})
	return n
}

// bounded ends a test that would wait for ever.
func bounded(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

var errCut = errors.New("cut")

// cutAnswer passes a request on and lets only the first bytes of the answer through.
func (f *far) cutAnswer(bytesMax int) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != exchange.PathExchange {
			f.real.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		f.real.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes()[:min(bytesMax, rec.Body.Len())])
		http.NewResponseController(w).Flush()
		if bytesMax < rec.Body.Len() {
			panic(http.ErrAbortHandler)
		}
	}
}

// cutRequest hands on the first bytes of a request as if the line had broken there.
func (f *far) cutRequest(bytesMax int64) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != exchange.PathExchange {
			f.real.ServeHTTP(w, r)
			return
		}
		r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, bytesMax), broken{}))
		f.real.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }
