package exchange_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ask sends one request to the centre from an address and returns status, header and the frames.
func ask(h http.Handler, addr, method, path string, token []byte, contentType string, body io.Reader) (*http.Response, []p.Frame) {
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = addr + ":4711"
	if token != nil {
		r.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(token))
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	resp := w.Result()
	var frames []p.Frame
	for fr := p.NewFrameReader(bytes.NewReader(w.Body.Bytes())); ; {
		f, err := fr.Read()
		if err != nil {
			return resp, frames
		}
		frames = append(frames, f)
	}
}

// hello is the shortest request of a device.
func hello(t *testing.T, device p.EntityID, change func(*p.Hello)) []byte {
	t.Helper()
	h := &p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: device}, Incarnation: p.Incarnation{1}, PageBytes: 4096, WallMS: 1}
	if change != nil {
		change(h)
	}
	return frames(t, h, &p.RequestEnd{})
}

func frames(t *testing.T, list ...p.Frame) []byte {
	t.Helper()
	var b bytes.Buffer
	w := p.NewFrameWriter(&b)
	for _, f := range list {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// second enrols one more machine at the tree's station and returns its device and token.
func second(t *testing.T, tr *nodetest.Tree) *exchange.EnrolAnswer {
	t.Helper()
	code, err := tr.Hub.NewCode(t.Context(), tr.Admin, tr.Facility, registry.NodeStation)
	if err != nil {
		t.Fatal(err)
	}
	a, err := exchange.Enrol(t.Context(), code, server.PinnedClient(code.Pin), &exchange.EnrolRequest{
		Secret: code.Secret[:], Key: bytes.Repeat([]byte{7}, 32), SealKey: bytes.Repeat([]byte{8}, 32), Name: "máy hai",
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// endless is a body whose length nobody announced: a head, then one piece again and again.
type endless struct{ head, piece []byte }

func (e *endless) Read(b []byte) (int, error) {
	if len(e.head) == 0 {
		e.head = e.piece
	}
	k := copy(b, e.head)
	e.head = e.head[k:]
	return k, nil
}

// Each way of asking wrongly has a status and a frame that names it, and the station syncs all the while.
func TestServerRefusesInItsOwnWords(t *testing.T) {
	tr := nodetest.New(t)
	h := handler(tr)
	other := second(t, tr)
	own := tr.Station.Dir.Keys.Token
	dev := tr.Station.Node.Identity().Device
	good := hello(t, dev, nil)
	lost := append(bytes.Repeat([]byte{2}, 16), other.Token[16:]...) // its row is here; its entity was in a log that is lost
	var nobody p.EntityID
	copy(nobody[:], lost)
	if err := tr.Hub.Node.Store().Update(t.Context(), func(tx store.Tx) error {
		return tx.PutChild(&store.ChildRow{Device: nobody, TokenHash: node.TokenHash(lost)})
	}); err != nil {
		t.Fatal(err)
	}
	mixed := append(bytes.Clone(own[:16]), other.Token[16:]...)
	large := binary.AppendUvarint(p.Magic[:], p.FrameSizeBytesMax+1)
	ended := frames(t, &p.RequestEnd{})[4:]
	begun := good[:len(good)-len(ended)] // a hello, and no end
	// Frames of a kind that later versions may have, 1 MiB each: they are passed over, but they count.
	skipped := append(append(binary.AppendUvarint(nil, 1<<20), 200), make([]byte, 1<<20)...)
	cases := []struct {
		name   string
		method string
		token  []byte
		typ    string
		body   io.Reader
		length int64
		status int
		code   p.RefusalCode
	}{
		{"no token", "POST", nil, p.ContentType, bytes.NewReader(good), 0, 401, p.RefusedToken},
		{"half a token", "POST", own[:20], p.ContentType, bytes.NewReader(good), 0, 401, p.RefusedToken},
		{"wrong token", "POST", bytes.Repeat([]byte{1}, 48), p.ContentType, bytes.NewReader(good), 0, 401, p.RefusedToken},
		{"another's secret", "POST", mixed, p.ContentType, bytes.NewReader(good), 0, 401, p.RefusedToken},
		{"another's secret, position", "GET", mixed, "", nil, 0, 401, p.RefusedToken},
		{"of a device that was lost here", "POST", lost, p.ContentType, bytes.NewReader(good), 0, 401, p.RefusedToken},
		{"another's whole token", "POST", other.Token, p.ContentType, bytes.NewReader(good), 0, 400, p.RefusedOrder},
		{"wrong content type", "POST", own, "application/json", bytes.NewReader(good), 0, 415, p.RefusedFormat},
		{"no content type", "POST", own, "", bytes.NewReader(good), 0, 415, p.RefusedFormat},
		{"unknown versions", "POST", own, p.ContentType, bytes.NewReader(hello(t, dev, func(h *p.Hello) { h.Intro.Versions = []uint8{77, 78} })), 0, 400, p.RefusedVersion},
		{"unknown frame", "POST", own, p.ContentType, bytes.NewReader(append(bytes.Clone(p.Magic[:]), 1, 99, 0)), 0, 400, p.RefusedVersion},
		{"oversized frame", "POST", own, p.ContentType, bytes.NewReader(append(bytes.Clone(large), byte(p.FrameSegment))), 0, 413, p.RefusedTooLarge},
		{"oversized hello", "POST", own, p.ContentType, bytes.NewReader(append(binary.AppendUvarint(bytes.Clone(p.Magic[:]), p.HelloSizeBytesMax+1), byte(p.FrameHello))), 0, 413, p.RefusedTooLarge},
		{"length beyond the limit", "POST", own, p.ContentType, bytes.NewReader(good), p.RequestSizeBytesMax + 1, 413, p.RefusedTooLarge},
		{"length far beyond", "POST", own, p.ContentType, bytes.NewReader(good), 1 << 40, 413, p.RefusedTooLarge},
		{"a body without end", "POST", own, p.ContentType, &endless{begun, skipped}, 0, 413, p.RefusedTooLarge},
		{"empty", "POST", own, p.ContentType, bytes.NewReader(nil), 0, 400, p.RefusedFormat},
		{"a page", "POST", own, p.ContentType, bytes.NewReader([]byte("<html>")), 0, 400, p.RefusedFormat},
		{"cut in a frame", "POST", own, p.ContentType, bytes.NewReader(good[:len(good)-5]), 0, 400, p.RefusedFormat},
		{"no hello", "POST", own, p.ContentType, bytes.NewReader(frames(t, &p.RequestEnd{})), 0, 400, p.RefusedOrder},
		{"two hellos", "POST", own, p.ContentType, bytes.NewReader(append(bytes.Clone(begun), good[4:]...)), 0, 400, p.RefusedOrder},
		{"wrong count", "POST", own, p.ContentType, bytes.NewReader(append(bytes.Clone(begun), frames(t, &p.RequestEnd{Segments: 5})[4:]...)), 0, 400, p.RefusedOrder},
	}
	for i, c := range cases {
		path := exchange.PathExchange
		if c.method == "GET" {
			path = exchange.PathHeads
		}
		r := httptest.NewRequest(c.method, path, c.body)
		if c.length > 0 {
			r.ContentLength = c.length
		}
		r.RemoteAddr = fmt.Sprintf("10.0.0.%d:1", i)
		if c.token != nil {
			r.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(c.token))
		}
		if c.typ != "" {
			r.Header.Set("Content-Type", c.typ)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		f, err := p.NewFrameReader(w.Body).Read()
		ref, is := f.(*p.Refusal)
		if w.Code != c.status || err != nil || !is || ref.Code != c.code || ref.Message == "" || w.Header().Get("Content-Type") != p.ContentType {
			t.Errorf("%s: %d %s %+v %v; want %d and refusal %d", c.name, w.Code, w.Header().Get("Content-Type"), f, err, c.status, c.code)
		}
	}
	register(t, tr, 1)
	tr.Sync(t)
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
		t.Errorf("the station no longer syncs: %d subjects", got)
	}
}

// A right request through the same door is answered: what the cases above are told apart from.
func TestServerAnswersTheShortestRequest(t *testing.T) {
	tr := nodetest.New(t)
	dev := tr.Station.Node.Identity().Device
	resp, got := ask(handler(tr), "10.0.0.1", "POST", exchange.PathExchange, tr.Station.Dir.Keys.Token, p.ContentType, bytes.NewReader(hello(t, dev, nil)))
	if resp.StatusCode != 200 || len(got) < 3 {
		t.Fatalf("%d, %d frames", resp.StatusCode, len(got))
	}
	if _, ok := got[0].(*p.Heads); !ok {
		t.Errorf("the answer begins with %T", got[0])
	}
	resp, _ = ask(handler(tr), "10.0.0.1", "GET", exchange.PathHeads, tr.Station.Dir.Keys.Token, "", nil)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != p.ContentType {
		t.Errorf("heads: %d %s", resp.StatusCode, resp.Header)
	}
}

func TestRevokedDeviceIsToldAndTheOthersGoOn(t *testing.T) {
	tr := nodetest.New(t)
	other := second(t, tr)
	register(t, tr, 1)
	tr.Sync(t)
	dev := tr.Station.Node.Identity().Device
	if err := tr.Hub.Revoke(t.Context(), tr.Admin, dev, "máy bị mất"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path string }{{"POST", exchange.PathExchange}, {"GET", exchange.PathHeads}} {
		resp, got := ask(handler(tr), "10.0.0.1", c.method, c.path, tr.Station.Dir.Keys.Token, p.ContentType, bytes.NewReader(hello(t, dev, nil)))
		if len(got) != 1 || resp.StatusCode != http.StatusForbidden || got[0].(*p.Refusal).Code != p.RefusedRevoked {
			t.Errorf("%s: %d %+v", c.path, resp.StatusCode, got)
		}
	}
	register(t, tr, 1)
	tr.Run(t)
	res, err := tr.Station.Uplink.Now(bounded(t))
	if err != nil || res.Refusal == nil || res.Refusal.Code != p.RefusedRevoked {
		t.Errorf("the station hears %+v, %v", res.Refusal, err)
	}
	waitLink(t, tr.Station.Uplink, func(l exchange.Link) bool { return l.Revoked && l.Down && l.Code == node.ExchangeRefused })
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
		t.Errorf("%d subjects: what a revoked device sent was taken", got)
	}
	resp, _ := ask(handler(tr), "10.0.0.1", "POST", exchange.PathExchange, other.Token, p.ContentType, bytes.NewReader(hello(t, other.Device, nil)))
	if resp.StatusCode != 200 {
		t.Errorf("the other machine of the station: %d", resp.StatusCode)
	}
}

// waitLink looks at the link until it is as wanted: the exchange's caller hears before the link is noted.
func waitLink(t *testing.T, u *exchange.Uplink, want func(exchange.Link) bool) {
	t.Helper()
	for ctx := bounded(t); ctx.Err() == nil; {
		if want(u.Link()) {
			return
		}
	}
	t.Fatalf("the link is %+v", u.Link())
}

func TestFullGateSendsAwayAndLetsInAgain(t *testing.T) {
	tr := nodetest.New(t)
	register(t, tr, 1)
	var leave []func()
	for {
		l, _, ok := tr.Hub.Exchange.Gate.Enter()
		if !ok {
			break
		}
		leave = append(leave, l)
	}
	resp, got := ask(handler(tr), "10.0.0.1", "POST", exchange.PathExchange, tr.Station.Dir.Keys.Token, p.ContentType, nil)
	after, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	if resp.StatusCode != 503 || len(got) != 1 || got[0].(*p.Refusal).Code != p.RefusedBusy || after < 1 || int(got[0].(*p.Refusal).RetryAfter) != after {
		t.Errorf("%d, Retry-After %d, %+v", resp.StatusCode, after, got)
	}
	c := tr.Station.Uplink.Client
	res, err := c.Sync(bounded(t))
	if err != nil || res.Refusal == nil || res.ComeBack < 1 || res.Refusal.Code != p.RefusedBusy {
		t.Errorf("the station hears %+v, %v", res, err)
	}
	leave[0]()
	if res, err = c.Sync(bounded(t)); err != nil || res.Refusal != nil {
		t.Errorf("with one place free: %+v, %v", res, err)
	}
	if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
		t.Errorf("%d subjects", got)
	}
}

func TestTenWrongTokensFromOneAddress(t *testing.T) {
	tr := nodetest.New(t)
	h := handler(tr)
	good := hello(t, tr.Station.Node.Identity().Device, nil)
	var codes []int
	for i := range 12 {
		token := bytes.Repeat([]byte{byte(i)}, 48)
		resp, got := ask(h, "203.0.113.9", "POST", exchange.PathExchange, token, p.ContentType, bytes.NewReader(good))
		codes = append(codes, resp.StatusCode)
		if ref, ok := got[0].(*p.Refusal); i >= 10 && (!ok || ref.Code != p.RefusedTooMany || ref.RetryAfter == 0 || resp.Header.Get("Retry-After") == "") {
			t.Errorf("attempt %d: %+v", i, got)
		}
	}
	if want := append(slices.Repeat([]int{401}, 10), 429, 429); !slices.Equal(codes, want) {
		t.Errorf("answered %v, want %v", codes, want)
	}
	// The right token is taken, from that address too: a station shares it with whoever is behind the same mobile network.
	for addr, want := range map[string]int{"203.0.113.9": 200, "203.0.113.10": 200} {
		resp, _ := ask(h, addr, "POST", exchange.PathExchange, tr.Station.Dir.Keys.Token, p.ContentType, bytes.NewReader(good))
		if resp.StatusCode != want {
			t.Errorf("the station from %s: %d, want %d", addr, resp.StatusCode, want)
		}
	}
	tr.Sync(t)
}

// A hub whose store fails says so in a frame too, and that trying later helps.
func TestFailureAtTheHubIsAFrame(t *testing.T) {
	tr := nodetest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, "GET", exchange.PathHeads, nil)
	r.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(tr.Station.Dir.Keys.Token))
	w := httptest.NewRecorder()
	tr.Hub.Exchange.Heads(w, r)
	f, err := p.NewFrameReader(w.Body).Read()
	if ref, ok := f.(*p.Refusal); w.Code != 500 || err != nil || !ok || ref.Code != p.RefusedInternal {
		t.Errorf("%d %+v %v", w.Code, f, err)
	}
}

// A machine whose line died comes again while its hub still waits for the rest: the new exchange is served soon, and the old one is
// ended. What had come whole of it is kept.
func TestNewestExchangeEndsTheOneBefore(t *testing.T) {
	for _, proto := range []string{"h2", "http/1.1"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			tr := nodetest.New(t)
			other := second(t, tr)
			conf := server.PinnedClient(tr.Hub.Pin)
			conf.NextProtos = []string{proto}
			ask := func(method, path string, body io.Reader) (*http.Response, error) {
				c := &http.Client{Transport: &http.Transport{TLSClientConfig: conf.Clone(), ForceAttemptHTTP2: proto == "h2"}}
				t.Cleanup(c.CloseIdleConnections)
				req, err := http.NewRequestWithContext(bounded(t), method, tr.Hub.Addresses[0]+path, body)
				if err != nil {
					return nil, err
				}
				req.Header.Set("Authorization", "Bearer "+exchange.EncodeToken(other.Token))
				req.Header.Set("Content-Type", p.ContentType)
				return c.Do(req)
			}
			whole := frames(t, &p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: other.Device}, Incarnation: p.Incarnation{1}, PageBytes: 4096},
				&p.SegmentFrame{Raw: []byte("of no meaning")})
			rest, w := io.Pipe()
			defer w.Close()
			body := struct {
				io.Reader
				io.Closer
			}{io.MultiReader(bytes.NewReader(whole), rest), rest}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				if resp, err := ask(http.MethodPost, exchange.PathExchange, body); err == nil {
					resp.Body.Close()
				}
			}()
			for taken := false; !taken; { // once the hub says that it has the segment, it is at work on that exchange
				resp, err := ask(http.MethodGet, exchange.PathHeads, nil)
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				taken = binary.BigEndian.Uint64(b[8:]) == 1
			}
			resp, err := ask(http.MethodPost, exchange.PathExchange, bytes.NewReader(hello(t, other.Device, nil)))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if b, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("the new exchange: %d %q %v", resp.StatusCode, b, err)
			}
			if proto == "http/1.1" {
				w.CloseWithError(io.ErrUnexpectedEOF) // net/http's client hears of the end only once its own body has ended
			}
			<-ended // by the hub: nothing was said of the rest
		})
	}
}
