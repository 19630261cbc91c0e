package exchange

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"tramy/internal/node"
	"tramy/internal/server"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Paths of the exchange.
const (
	PathExchange = "/sync/v1/exchange"
	PathHeads    = "/sync/v1/heads"
	PathEnrol    = "/sync/v1/enrol"
	// PathEnrolAgain is apart from PathEnrol so that a hub which does not know it makes no second device.
	PathEnrolAgain = "/sync/v1/enrol/again"
)

// Limits of the child's side.
const (
	roundsMax    = 200 // exchanges in one Sync
	dialTimeout  = 15 * time.Second
	stallTimeout = time.Minute // no byte either way for so long: the line is dead
	pageSeconds  = 4           // a page takes about this long at the speed last measured
	pageBytesMin = 64          // the smallest page that is asked for: a few states
	pageBytesMax = 1 << 20     // and the largest
	// Where an answer broke off, so many pages are to fit into as much of the next, none of them smaller than that at once.
	pagesBetweenCuts = 2
	pageBytesCut     = 512
)

// ErrNotHub says that something answered which is not the hub: a captive portal, a proxy, a wrong address.
var ErrNotHub = errors.New("what answered is not the hub")

// ErrStalled says that the line went dead without breaking, as a radio link does in a valley.
var ErrStalled = errors.New("nothing came or went for a minute")

// Client speaks to one upstream. It keeps its connection.
type Client struct {
	Node      *node.Node
	Addresses []string // https://host:port, tried in turn
	Token     []byte
	Software  string
	TLS       *tls.Config // pins the hub's key; nil: plain HTTP, for measuring on loopback
	Now       func() time.Time
	Log       *slog.Logger // nil: slog.Default
	// Backup says what the hub is to hear of this machine's backups, nil for nothing; without it nothing is said.
	Backup func() *p.Backup
	// Dial replaces the dialler, for a link whose bytes are counted or cut.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Unsure says that nobody knows how the last exchange ended, as after a start: the program may have been killed in the midst
	// of one. The position is asked for before the first.
	Unsure bool
	// Moves follows the upstream where it goes; nil: it stays.
	Moves Moves
	// Carry replaces connections altogether: a simulated line, on which nothing runs beside.
	Carry http.RoundTripper

	mu        sync.Mutex // one exchange at a time
	http      *http.Client
	fresh     bool  // nothing was said on this connection yet
	bad       bool  // the last exchange ended badly: ask for the position first
	brief     bool  // the last exchange left out what can wait; not twice in a row, or a line that always breaks never carries it
	current   int   // index into Addresses, which askMu guards as well
	before    *side // the route in force, while the announced one is tried
	trying    Route
	shy       bool    // the announced route failed after it had answered
	tell      *p.Move // what the upstream announced and has forgotten
	pageBytes uint32
	up, down  atomic.Int64
	working   atomic.Bool  // what was heard is being taken in: the line may rest meanwhile
	result    atomic.Value // string: result of the last exchange, see node.Exchange…

	askMu  sync.Mutex // guards asking, and Addresses and TLS once in use: look-ups do not wait for an exchange
	asking *http.Client

	connsMu sync.Mutex
	conns   map[*countingConn]bool // open ones
}

// Sync exchanges until both sides have said what they had to say. It returns what the exchanges did
// together; an error is about the last one, and what went well before it is kept.
func (c *Client) Sync(ctx context.Context) (node.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all node.Result
	c.lookAhead(ctx)
	for range roundsMax {
		res, err := c.noted(ctx)
		c.settle(res, err)
		all.Sent += res.Sent
		all.Received += res.Received
		all.Receipts += res.Receipts
		all.Level, all.Refusal, all.ComeBack, all.More, all.Unequal = res.Level, res.Refusal, res.ComeBack, res.More, res.Unequal
		if err != nil || res.Refusal != nil || !res.More {
			return all, err
		}
	}
	return all, nil
}

// noted does one exchange and keeps a line about it for people.
func (c *Client) noted(ctx context.Context) (node.Result, error) {
	start := c.Now()
	up0, down0 := c.up.Load(), c.down.Load()
	res, err := c.once(ctx)
	row := &store.ExchangeRow{
		StartMS: start.UnixMilli(), EndMS: c.Now().UnixMilli(),
		Sent: uint32(res.Sent), Received: uint32(res.Received), Level: res.Level,
		BytesUp: c.up.Load() - up0, BytesDown: c.down.Load() - down0, Result: node.ExchangeDone,
	}
	switch {
	case err == nil && res.Refusal != nil:
		row.Result, row.Detail = node.ExchangeRefused, fmt.Sprintf("%d %s", res.Refusal.Code, res.Refusal.Message)
	case err == nil:
		c.measure(row)
	case server.IsClock(err):
		row.Result = node.ExchangeClock
	case errors.Is(err, server.ErrWrongHubKey) || server.IsWrongName(err):
		row.Result = node.ExchangeWrongKey
	case errors.Is(err, ErrNotHub) || errors.Is(err, p.ErrMagic) || errors.Is(err, p.ErrSignature) || errors.Is(err, http.ErrSchemeMismatch):
		row.Result = node.ExchangeNotHub
	case row.BytesDown > 0 || res.Received > 0:
		row.Result = node.ExchangeCut
	default:
		row.Result = node.ExchangeUnreachable
	}
	if err != nil {
		row.Detail = err.Error()
		c.bad = true
	}
	c.result.Store(row.Result)
	note(ctx, c.Node, c.Log, row)
	return res, err
}

// note keeps a line about an exchange for people. That it cannot be kept, on a disk that is full, undoes nothing of what the
// exchange did: who asked for that is told what it did, and the operator of the line.
func note(ctx context.Context, n *node.Node, log *slog.Logger, row *store.ExchangeRow) {
	if err := n.NoteExchange(context.WithoutCancel(ctx), row); err != nil {
		cmp.Or(log, slog.Default()).Warn("an exchange is missing from the list of exchanges: its line could not be kept", "result", row.Result, "err", err)
	}
}

// measure adapts the page size to the speed of the link just seen.
func (c *Client) measure(row *store.ExchangeRow) {
	ms := row.EndMS - row.StartMS
	if row.BytesDown < 4<<10 || ms <= 0 {
		return
	}
	want := row.BytesDown * 1000 / ms * pageSeconds
	c.pageBytes = uint32(min(max(want, pageBytesMin), pageBytesMax))
}

// shrink asks for smaller pages after an answer broke off after so many bytes. A page is kept whole or not at all, so a line
// that breaks every few KB would carry none of a middling size, ever. some says that one came.
func (c *Client) shrink(came int64, some bool) {
	want := max(came/pagesBetweenCuts, pageBytesCut)
	if c.pageBytes > 0 {
		now := int64(c.pageBytes)
		if !some {
			now /= 2
		}
		want = min(want, now)
	}
	c.pageBytes = uint32(max(want, pageBytesMin))
}

func (c *Client) once(ctx context.Context) (node.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	defer c.watch(abort)()
	res, err := c.exchange(ctx)
	if err != nil && errors.Is(context.Cause(ctx), ErrStalled) {
		err = fmt.Errorf("%w: %w", ErrStalled, err)
	}
	return res, err
}

// watch aborts an exchange on a dead line. It returns what ends the watch.
func (c *Client) watch(abort context.CancelCauseFunc) (stop func()) {
	c.working.Store(false)
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(stallTimeout)
		defer tick.Stop()
		for before := int64(-1); ; {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			now := c.up.Load() + c.down.Load()
			if now == before && !c.working.Load() {
				abort(ErrStalled)
				return
			}
			before = now
		}
	}()
	return func() { close(done) }
}

// answerBody says of itself when nobody waits for more of it.
type answerBody struct {
	io.Reader
	working *atomic.Bool
}

func (b answerBody) Read(p []byte) (int, error) {
	b.working.Store(false)
	defer b.working.Store(true)
	return b.Reader.Read(p)
}

func (c *Client) exchange(ctx context.Context) (node.Result, error) {
	c.connect()
	opt := node.Options{PageBytes: c.pageBytes, Software: c.Software, Move: c.tell, Brief: c.bad && !c.brief}
	if c.Backup != nil {
		opt.Backup = c.Backup()
	}
	if c.bad || c.Unsure {
		pos, err := c.find(ctx)
		if err != nil {
			return node.Result{}, err
		}
		opt.From = pos
	}
	opt.Fresh = c.fresh
	call, err := c.Node.Begin(ctx, opt)
	if err != nil {
		return node.Result{}, err
	}
	c.brief = opt.Brief
	before := c.down.Load()
	resp, err := c.post(ctx, call)
	if err != nil {
		c.hangUp()
		return node.Result{}, err
	}
	defer resp.Body.Close()
	if err := checkAnswer(resp); err != nil {
		c.hangUp()
		return node.Result{}, err
	}
	res, err := call.ReadResponse(answerBody{resp.Body, &c.working})
	if err != nil {
		c.shrink(c.down.Load()-before, res.Received > 0)
		c.hangUp()
		return res, err
	}
	if res.Refusal != nil {
		res.ComeBack = res.Refusal.RetryAfter
		// A proxy in between may know better; the frame comes through proxies that drop headers.
		if after, aerr := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 32); aerr == nil && after > 0 {
			res.ComeBack = uint32(after)
		}
		return res, nil
	}
	c.bad, c.Unsure, c.fresh, c.tell = false, false, false, nil
	c.heard(res.Move, opt.Fresh)
	return res, nil
}

// post streams the request. Small ones are sent whole, with their length, so that they fit one packet; of larger ones
// each frame goes by itself: HTTP/2 hands nothing over of what it was given at once until all of it is there, and a line that
// breaks every few KB would bring nothing.
func (c *Client) post(ctx context.Context, call *node.Call) (*http.Response, error) {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(call.WriteRequest(pw)) }()
	const known, small = 32 << 10, 2 << 10
	var frames []io.Reader
	head := make([]byte, 0, known)
	var err error
	for err == nil && len(head) < known {
		var k int
		k, err = pr.Read(head[len(head):known]) // at most what was written at once
		frames = append(frames, bytes.NewReader(head[len(head):len(head)+k]))
		head = head[:len(head)+k]
	}
	length := int64(-1)
	switch {
	case errors.Is(err, io.EOF):
		length = int64(len(head))
	case err != nil:
		return nil, err
	}
	body := io.MultiReader(append(frames, pr)...)
	if length >= 0 && length <= small {
		body = bytes.NewReader(head)
	}
	// A hub may answer before it has read everything: closing ends what writes into the pipe.
	req, err := c.request(ctx, http.MethodPost, PathExchange, requestBody{body, pr})
	if err != nil {
		pr.CloseWithError(err)
		return nil, err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", p.ContentType)
	resp, err := c.http.Do(req)
	if err != nil {
		pr.CloseWithError(err)
	}
	return resp, err
}

type requestBody struct {
	io.Reader
	io.Closer
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	return c.requestTo(ctx, c.Addresses[c.current], method, path, body)
}

func (c *Client) requestTo(ctx context.Context, address, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, address+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+EncodeToken(c.Token))
	req.Header["User-Agent"] = nil // says nothing the Hello does not
	req.Header.Set("Accept-Encoding", "identity")
	return req, nil
}

// position asks the hub how far it has taken what this node sends: some 40 bytes, so that nothing goes
// twice after an exchange was cut.
func (c *Client) position(ctx context.Context) (*p.Position, error) {
	req, err := c.request(ctx, http.MethodGet, PathHeads, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := checkAnswer(resp); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, nil // refused: the exchange itself will hear why
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, positionSize+1))
	if err != nil {
		return nil, err
	}
	if len(b) != positionSize {
		return nil, ErrNotHub
	}
	return decodePosition(b), nil
}

// checkAnswer refuses what no hub sends. The HTTP status decides nothing: the frames do.
func checkAnswer(resp *http.Response) error {
	if ct := resp.Header.Get("Content-Type"); ct != p.ContentType {
		return fmt.Errorf("%w: it sent %q with status %d", ErrNotHub, ct, resp.StatusCode)
	}
	return nil
}

func (c *Client) connect() {
	if c.http != nil {
		return
	}
	c.http = c.newHTTP()
	c.fresh = true
}

func (c *Client) newHTTP() *http.Client {
	if c.Carry != nil {
		return &http.Client{Transport: c.Carry}
	}
	dial := c.Dial
	if dial == nil {
		d := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
		dial = d.DialContext
	}
	counted := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		counting := &countingConn{Conn: conn, client: c}
		c.connsMu.Lock()
		defer c.connsMu.Unlock()
		if c.conns == nil {
			c.conns = map[*countingConn]bool{}
		}
		c.conns[counting] = true
		return counting, nil
	}
	var h *http.Client
	if c.TLS == nil {
		// HTTP/2 without TLS, so that what is measured is what is said.
		plain := new(http.Protocols)
		plain.SetUnencryptedHTTP2(true)
		h = &http.Client{Transport: &http.Transport{DialContext: counted, Protocols: plain, DisableCompression: true}}
	} else {
		h = &http.Client{Transport: &http.Transport{
			DialContext: counted, TLSClientConfig: c.TLS.Clone(), ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: dialTimeout * 2, DisableCompression: true, Proxy: http.ProxyFromEnvironment,
		}}
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h
}

// hangUp drops the connection and turns to the next address.
func (c *Client) hangUp() {
	c.drop()
	c.current = (c.current + 1) % len(c.Addresses)
}

// Close drops the connection.
func (c *Client) Close() {
	c.askMu.Lock()
	c.asking = nil
	c.askMu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	c.closeAll()
}

// drop closes every connection. CloseIdleConnections would spare one with an answer that was not read to
// its end, and nobody would ever use or close that.
func (c *Client) drop() {
	if c.http == nil {
		return
	}
	c.http.CloseIdleConnections()
	c.http = nil
	c.closeAll()
}

func (c *Client) closeAll() {
	c.connsMu.Lock()
	conns := slices.Collect(maps.Keys(c.conns))
	c.connsMu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
	}
}

// Result is how the last exchange ended, see node.Exchange…; "" before the first.
func (c *Client) Result() string {
	r, _ := c.result.Load().(string)
	return r
}

// Bytes returns what went over the wire so far, TLS included.
func (c *Client) Bytes() (up, down int64) { return c.up.Load(), c.down.Load() }

type countingConn struct {
	net.Conn
	client *Client
}

func (c *countingConn) Read(b []byte) (int, error) {
	k, err := c.Conn.Read(b)
	c.client.down.Add(int64(k))
	return k, err
}

func (c *countingConn) Write(b []byte) (int, error) {
	k, err := c.Conn.Write(b)
	c.client.up.Add(int64(k))
	return k, err
}

func (c *countingConn) Close() error {
	c.client.connsMu.Lock()
	delete(c.client.conns, c)
	c.client.connsMu.Unlock()
	return c.Conn.Close()
}
