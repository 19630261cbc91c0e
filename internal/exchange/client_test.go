package exchange_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/server"
	p "tramy/syncproto"
)

func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// framed answers with frames of the hub's content type.
func framed(w http.ResponseWriter, frames ...p.Frame) {
	w.Header().Set("Content-Type", p.ContentType)
	fw := p.NewFrameWriter(w)
	for _, f := range frames {
		if err := fw.Write(f); err != nil {
			panic(err)
		}
	}
}

// forgedHeads answers a request as a hub would that holds another key.
func forgedHeads(t *testing.T, tr *nodetest.Tree) http.HandlerFunc {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		f, err := p.NewFrameReader(r.Body).Read()
		if err != nil {
			t.Error(err)
			return
		}
		hello := f.(*p.Hello)
		h := &p.Heads{Position: p.Position{Incarnation: hello.Incarnation, Number: 1_000_000}}
		p.SignHeads(h, key, tr.Station.Node.Identity().Device, hello.Nonce)
		framed(w, h, &p.Notice{WallMS: 1}, &p.ResponseEnd{})
	}
}

// Whatever answers in the hub's place is noticed, nothing it says is believed, and the hub itself gets
// everything afterwards.
func TestWhatIsNotTheHub(t *testing.T) {
	tr := nodetest.New(t)
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	html := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			io.WriteString(w, "<html><title>Wi-Fi miễn phí</title>")
		}
	}
	cases := []struct {
		name   string
		answer http.HandlerFunc
		class  error
	}{
		{"captive portal, 200", html(200), exchange.ErrNotHub},
		{"captive portal, 511", html(511), exchange.ErrNotHub},
		{"proxy that is busy", html(503, "Retry-After", "9"), exchange.ErrNotHub},
		{"redirect", html(302, "Location", other.URL+exchange.PathExchange), exchange.ErrNotHub},
		{"redirect that keeps the method", html(307, "Location", other.URL+exchange.PathExchange), exchange.ErrNotHub},
		{"no content type", func(w http.ResponseWriter, _ *http.Request) { w.Header()["Content-Type"] = nil }, exchange.ErrNotHub},
		{"its content type, a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", p.ContentType)
			io.WriteString(w, "<html>")
		}, p.ErrMagic},
		{"a newer framing", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", p.ContentType)
			w.Write([]byte{0xf4, 'T', 'R', 2, 1, 22, 0x90})
		}, p.ErrMagic},
		{"another's signature", forgedHeads(t, tr), p.ErrSignature},
	}
	f := newFar(t, tr, nil)
	register(t, tr, 3)
	for _, c := range cases {
		f.set(c.answer)
		_, err := client(t, tr, f.URL).Sync(bounded(t))
		if !errors.Is(err, c.class) {
			t.Errorf("%s: %v, want %v", c.name, err, c.class)
		}
		if row := last(t, tr); row.Result != node.ExchangeNotHub || row.Detail == "" {
			t.Errorf("%s: noted as %q: %s", c.name, row.Result, row.Detail)
		}
		if asked, _ := f.seen(); len(asked) != 1 {
			t.Errorf("%s: %d requests were made", c.name, len(asked))
		}
	}
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 0 {
		t.Fatalf("the centre has %d subjects and was never asked", got)
	}
	st, err := tr.Station.Node.Status(bounded(t))
	if err != nil || st.Saved != 3 {
		t.Errorf("the station believes that somebody holds its work: %d of 3 only here, %v", st.Saved, err)
	}
	f.set(nil)
	if _, err := client(t, tr, f.URL).Sync(bounded(t)); err != nil {
		t.Fatal(err)
	}
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 3 {
		t.Errorf("the centre has %d subjects, want 3", got)
	}
}

// A portal that answers plain HTTP where TLS was expected is a portal, not a bad line.
func TestPlainHTTPWhereTLSWasExpected(t *testing.T) {
	tr := nodetest.New(t)
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "log in") }))
	defer portal.Close()
	portal.Config.ErrorLog = quietLog()
	_, err := client(t, tr, "https://"+portal.Listener.Addr().String()).Sync(bounded(t))
	if row := last(t, tr); err == nil || row.Result != node.ExchangeNotHub {
		t.Errorf("noted as %q: %v", row.Result, err)
	}
}

func TestAnotherKeyIsNoticedBeforeAnythingIsSaid(t *testing.T) {
	tr := nodetest.New(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := server.SelfSigned(key, rand.Reader, "tramy-hub")
	if err != nil {
		t.Fatal(err)
	}
	f := newFar(t, tr, server.ServerTLS(cert))
	register(t, tr, 1)
	_, err = client(t, tr, f.URL).Sync(bounded(t))
	if !errors.Is(err, server.ErrWrongHubKey) || last(t, tr).Result != node.ExchangeWrongKey {
		t.Errorf("noted as %q: %v", last(t, tr).Result, err)
	}
	if asked, _ := f.seen(); len(asked) != 0 {
		t.Errorf("it was asked for %v", asked)
	}
}

func TestHubDownAndTheNextAddress(t *testing.T) {
	tr := nodetest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := "https://" + l.Addr().String()
	l.Close()
	register(t, tr, 1)
	f := newFar(t, tr, nil)
	c := client(t, tr, down, f.URL)
	if _, err := c.Sync(bounded(t)); err == nil {
		t.Fatal("nobody answered, and that was no error")
	}
	if row := last(t, tr); row.Result != node.ExchangeUnreachable || c.Result() != row.Result || row.BytesDown != 0 {
		t.Errorf("noted as %q (%d bytes), the client says %q", row.Result, row.BytesDown, c.Result())
	}
	if _, err := c.Sync(bounded(t)); err != nil {
		t.Errorf("the second address: %v", err)
	}
	if row := last(t, tr); row.Result != node.ExchangeDone || c.Result() != row.Result {
		t.Errorf("noted as %q", row.Result)
	}
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
		t.Errorf("%d subjects at the centre", got)
	}
}

// A station that has everything to fetch and much to send, cut at many places both ways: what arrived
// whole is kept, the position is asked for, and every segment goes up exactly once.
func TestCutExchangeGoesOnWhereItBroke(t *testing.T) {
	tr := nodetest.NewUnsynced(t)
	f := newFar(t, tr, nil)
	c := client(t, tr, f.URL)
	// The centre has what the station lacks: a register of its own.
	for i := range 3 {
		tr.AddUser(t, fmt.Sprint("nguoi", i), "Người mới", 1, tr.Commune)
	}
	made := 0
	cut := func(what string, answer func(http.ResponseWriter, *http.Request), first bool) bool {
		t.Helper()
		made += len(register(t, tr, 12))
		f.set(answer)
		_, err := c.Sync(bounded(t))
		if err == nil {
			return false
		}
		if row := last(t, tr); row.Result != node.ExchangeCut {
			t.Errorf("%s: noted as %q: %s", what, row.Result, row.Detail)
		}
		asked, _ := f.seen()
		want := []string{exchange.PathHeads, exchange.PathExchange}
		if first {
			want = want[1:]
		}
		if !slices.Equal(asked, want) {
			t.Errorf("%s: asked %v, want %v", what, asked, want)
		}
		return true
	}
	first := true
	for _, k := range []int{0, 1, 3, 5, 40, 200, 500, 1000, 2500, 4000} {
		if !cut(fmt.Sprint("answer cut at ", k), f.cutAnswer(k), first) {
			break
		}
		first = false
		// The request itself came whole: the centre has it all, once.
		if got := subjectsAt(t, tr.Hub.Node.Store()); got != int64(made) {
			t.Fatalf("answer cut at %d: %d subjects at the centre, want %d", k, got, made)
		}
		if _, sent := f.seen(); sent != outbox(t, tr) {
			t.Fatalf("answer cut at %d: %d segments were sent, there are %d", k, sent, outbox(t, tr))
		}
	}
	for _, k := range []int64{0, 3, 30, 300, 1000, 2000} {
		if !cut(fmt.Sprint("request cut at ", k), f.cutRequest(k), false) {
			t.Errorf("request cut at %d: no error", k)
		}
	}
	f.set(nil)
	if res, err := c.Sync(bounded(t)); err != nil || !res.Level {
		t.Fatalf("after all cuts: %+v, %v", res, err)
	}
	asked, _ := f.seen()
	if asked[0] != exchange.PathHeads || slices.Contains(asked[1:], exchange.PathHeads) {
		t.Errorf("after a bad exchange was asked %v; want the position, once", asked)
	}
	f.set(nil)
	if _, err := c.Sync(bounded(t)); err != nil {
		t.Fatal(err)
	}
	if asked, _ := f.seen(); slices.Contains(asked, exchange.PathHeads) {
		t.Errorf("after a good exchange the position was asked for: %v", asked)
	}
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != int64(made) {
		t.Errorf("%d subjects at the centre, want %d", got, made)
	}
	if _, sent := f.seen(); sent != outbox(t, tr) {
		t.Errorf("%d segments were sent, there are %d: something went twice or never", sent, outbox(t, tr))
	}
	if _, err := tr.Station.Login(bounded(t), nodetest.NurseLogin, nodetest.Password); err != nil {
		t.Errorf("what the centre had did not come down: %v", err)
	}
}

// A hub that is busy says when to come back, in the frame as well as in the header, which proxies drop.
func TestBusyHubSaysWhenToComeBack(t *testing.T) {
	tr := nodetest.New(t)
	f := newFar(t, tr, nil)
	for name, c := range map[string]struct {
		frame  uint32
		header string
		want   uint32
	}{
		"both": {7, "7", 7}, "the frame": {11, "", 11}, "the header": {0, "13", 13}, "a date": {5, "Wed, 21 Oct 2026 07:28:00 GMT", 5},
		"nonsense": {0, "-3", 0}, "neither": {0, "", 0},
	} {
		f.set(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", p.ContentType)
			if c.header != "" {
				w.Header().Set("Retry-After", c.header)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			framed(w, &p.Refusal{Code: p.RefusedBusy, RetryAfter: c.frame, Message: "full"})
		})
		res, err := client(t, tr, f.URL).Sync(bounded(t))
		if err != nil || res.Refusal == nil || res.Refusal.Code != p.RefusedBusy || res.ComeBack != c.want {
			t.Errorf("%s: %+v, %v; want to come back after %d s", name, res, err, c.want)
		}
		if row := last(t, tr); row.Result != node.ExchangeRefused || !strings.Contains(row.Detail, "full") {
			t.Errorf("%s: noted as %q: %s", name, row.Result, row.Detail)
		}
	}
}

// What a failed exchange leaves behind: no connection, and nothing that still writes the request.
func TestFailedExchangeLeavesNothingOpen(t *testing.T) {
	tr := nodetest.New(t)
	gone := make(chan struct{}, 100)
	f := &far{real: handler(tr)}
	f.Server = httptest.NewUnstartedServer(f)
	conf, err := tr.Hub.TLS()
	if err != nil {
		t.Fatal(err)
	}
	f.EnableHTTP2, f.TLS, f.Config.ErrorLog = true, conf, quietLog()
	f.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			gone <- struct{}{}
		}
	}
	f.StartTLS()
	defer f.Close()
	c := client(t, tr, f.URL)
	const tries = 5
	for k := range tries {
		f.set(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == exchange.PathHeads {
				f.real.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", p.ContentType)
			w.Write([]byte{0xf4, 'T', 'R'})
			http.NewResponseController(w).Flush()
			w.Write([]byte("x")) // wrong, and more would come
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		if _, err := c.Sync(bounded(t)); err == nil {
			t.Fatal("no error")
		}
		select {
		case <-gone:
		case <-time.After(20 * time.Second):
			t.Fatalf("after %d failed exchanges not every connection is closed", k+1)
		}
	}
}

// A program that was killed in the midst of an exchange has forgotten that there was one: the next asks how far the hub has
// come before it sends, once, and nothing goes up twice.
func TestAfterAStartThePositionIsAskedFor(t *testing.T) {
	tr := nodetest.New(t)
	f := newFar(t, tr, nil)
	started := func() *exchange.Client {
		c, err := tr.Station.Dir.Client(tr.Station.Node, "exchange test", tr.Clock().Now)
		if err != nil {
			t.Fatal(err)
		}
		c.Addresses = []string{f.URL}
		t.Cleanup(c.Close)
		return c
	}
	if _, err := started().Sync(bounded(t)); err != nil {
		t.Fatal(err)
	}
	_, before := f.seen()
	had := outbox(t, tr)
	register(t, tr, 12)
	f.set(f.cutAnswer(0)) // the request comes whole
	if _, err := started().Sync(bounded(t)); err == nil {
		t.Fatal("the exchange was not cut")
	}
	f.set(nil)
	c := started()
	for range 2 {
		if res, err := c.Sync(bounded(t)); err != nil || !res.Level {
			t.Fatalf("after a start: %+v, %v", res, err)
		}
	}
	asked, after := f.seen()
	if want := []string{exchange.PathHeads, exchange.PathExchange, exchange.PathExchange}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
	if sent, want := after-before, outbox(t, tr)-had; sent != want || want == 0 {
		t.Errorf("%d segments were sent, there are %d", sent, want)
	}
}
