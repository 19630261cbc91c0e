package exchange_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// wire is the line between an uplink and the centre, in memory, so that it can stand in a bubble with a
// clock of its own. It notes when somebody calls.
type wire struct {
	hub http.Handler

	mu    sync.Mutex
	down  bool
	dead  bool // connections are made and nothing comes
	calls []time.Time
	conns []net.Conn
	serve sync.WaitGroup
}

var errNoNetwork = errors.New("no network")

func (w *wire) dial(context.Context, string, string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, time.Now())
	if w.down {
		return nil, errNoNetwork
	}
	near, far := net.Pipe()
	w.conns = append(w.conns, far)
	if w.dead {
		w.serve.Go(func() { io.Copy(io.Discard, far) })
		return near, nil
	}
	//nolint:staticcheck // net/http serves HTTP/2 without TLS from a listener only, and this is one connection
	w.serve.Go(func() { (&http2.Server{}).ServeConn(far, &http2.ServeConnOpts{Handler: w.hub}) })
	return near, nil
}

// set cuts the line, or mends it.
func (w *wire) set(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
	if down {
		for _, c := range w.conns {
			c.Close()
		}
		w.conns = nil
	}
}

// called returns how long after start each call was made, and forgets them.
func (w *wire) called(start time.Time) (after []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.calls {
		after = append(after, t.Sub(start))
	}
	w.calls = nil
	return after
}

// exchanges counts what the hub was asked, by when.
type exchanges struct {
	http.Handler
	mu sync.Mutex
	at []time.Time
}

func (e *exchanges) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == exchange.PathExchange {
		e.mu.Lock()
		e.at = append(e.at, time.Now())
		e.mu.Unlock()
	}
	e.Handler.ServeHTTP(w, r)
}

// since returns how long after start each exchange was, and forgets them.
func (e *exchanges) since(start time.Time) (after []time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range e.at {
		after = append(after, t.Sub(start))
	}
	e.at = nil
	return after
}

const delay = time.Minute

// bubble runs fn beside an uplink whose clock stands still but for sleeping. The nodes are made outside:
// they have channels of their own.
func bubble(t *testing.T, schedule string, fn func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, w *wire, hub *exchanges)) {
	tr := nodetest.New(t)
	register(t, tr, 1)
	synctest.Test(t, func(t *testing.T) {
		hub := &exchanges{Handler: handler(tr)}
		w := &wire{hub: hub}
		c := &exchange.Client{
			Node: tr.Station.Node, Addresses: []string{"http://hub"}, Token: tr.Station.Dir.Keys.Token, Software: "uplink test",
			Now: time.Now, Dial: w.dial,
		}
		u := exchange.NewUplink(c, delay, schedule, nil)
		fn(t, tr, u, w, hub)
		w.set(true)
		c.Close()
		w.serve.Wait()
	})
}

// run starts the uplink and returns what stops it.
func run(t *testing.T, u *exchange.Uplink) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func equal(t *testing.T, what string, got []time.Duration, want ...time.Duration) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: exchanges after %v, want %v", what, got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: exchanges after %v, want %v", what, got, want)
			return
		}
	}
}

func TestUplinkCallsAtStartAndADelayAfterTheFirstSave(t *testing.T) {
	bubble(t, "", func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, _ *wire, hub *exchanges) {
		u.Saved() // what was saved before the start goes with the first exchange
		start := time.Now()
		defer run(t, u)()
		synctest.Wait()
		if got := hub.since(start); len(got) == 0 || got[0] != 0 || got[len(got)-1] != 0 {
			t.Errorf("at the start: exchanges after %v, want at once", got)
		}
		if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
			t.Errorf("%d subjects at the centre after the first exchange", got)
		}
		time.Sleep(24 * time.Hour)
		hub.since(start)

		start = time.Now()
		for range 5 { // a busy morning: only the first one sets the time
			u.Saved()
			synctest.Wait()
			time.Sleep(10 * time.Second)
		}
		if next := u.Link().Next; !next.Equal(start.Add(delay)) {
			t.Errorf("the next exchange is announced for %v, want %v", next.Sub(start), delay)
		}
		time.Sleep(time.Hour)
		equal(t, "after saving", hub.since(start), delay)

		start = time.Now()
		u.Saved()
		time.Sleep(time.Hour)
		equal(t, "after saving again", hub.since(start), delay)
		if l := u.Link(); l.Down || l.Busy || l.Code != node.ExchangeDone {
			t.Errorf("the link is %+v", l)
		}
	})
}

// What is urgent waits for no delay; while the link fails it is tried once, and the pace goes on as before.
func TestUplinkIsUrgentAtOnce(t *testing.T) {
	bubble(t, "", func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, w *wire, hub *exchanges) {
		defer run(t, u)()
		synctest.Wait()
		start := time.Now()
		hub.since(start)
		u.Saved()
		u.Urgent()
		u.Urgent()
		synctest.Wait()
		if got := hub.since(start); len(got) == 0 || got[0] != 0 {
			t.Errorf("an urgent report: exchanges after %v, want at once", got)
		}
		if got := subjectsAt(t, tr.Hub.Node.Store()); got != 1 {
			t.Errorf("%d subjects at the centre", got)
		}
		time.Sleep(time.Hour)
		w.set(true)
		start = time.Now()
		w.called(start)
		u.Urgent()
		synctest.Wait()
		if got := w.called(start); len(got) == 0 || got[0] != 0 || !u.Link().Down || u.Link().Next.IsZero() {
			t.Errorf("with the network cut: calls after %v, the link is %+v", got, u.Link())
		}
	})
}

func TestUplinkFollowsItsSchedule(t *testing.T) {
	bubble(t, "@every 30m", func(t *testing.T, _ *nodetest.Tree, u *exchange.Uplink, _ *wire, hub *exchanges) {
		defer run(t, u)()
		synctest.Wait()
		start := time.Now()
		hub.since(start)
		time.Sleep(24 * time.Hour)
		got := hub.since(start)
		if len(got) < 43 || len(got) > 48 {
			t.Errorf("%d exchanges in a day, want one in each 30 to 33 minutes", len(got))
		}
		before := time.Duration(0)
		for _, at := range got {
			if d := at - before; d < 30*time.Minute-time.Second || d > 33*time.Minute {
				t.Errorf("%v between two exchanges", d)
			}
			before = at
		}
		start = time.Now()
		u.Saved() // earlier than the schedule
		time.Sleep(5 * time.Minute)
		equal(t, "after saving", hub.since(start), delay)
	})
	u := exchange.NewUplink(nil, delay, "every now and then", nil)
	if err := u.Run(t.Context()); err == nil {
		t.Error("a schedule that is none was taken")
	}
}

func TestUplinkBacksOffWhileTheNetworkIsCut(t *testing.T) {
	bubble(t, "", func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, w *wire, hub *exchanges) {
		defer run(t, u)()
		synctest.Wait()
		up := u.Link()
		if up.Down || up.Since.IsZero() {
			t.Fatalf("the link is %+v", up)
		}
		cut := func() (gaps []time.Duration) {
			t.Helper()
			w.set(true)
			start := time.Now()
			w.called(start)
			u.Saved()
			time.Sleep(delay + time.Second)
			l := u.Link()
			if !l.Down || l.Code != node.ExchangeUnreachable && l.Code != node.ExchangeCut || !l.Since.Equal(start.Add(delay)) || l.Next.IsZero() {
				t.Errorf("a cut network shows as %+v", l)
			}
			u.Saved() // saving does not hasten what fails
			time.Sleep(24 * time.Hour)
			if got := u.Link(); !got.Down || !got.Since.Equal(l.Since) {
				t.Errorf("a day later it shows as %+v", got)
			}
			before := time.Duration(0)
			for _, at := range w.called(start) {
				gaps, before = append(gaps, at-before), at
			}
			return gaps
		}
		for round := range 2 {
			gaps := cut()
			if len(gaps) < 60 || len(gaps) > 250 {
				t.Fatalf("round %d: %d attempts in a day, want some every 15 minutes", round, len(gaps))
			}
			// Full jitter: from nothing to twice a quarter of the delay at first, twice a quarter of an hour later.
			if gaps[1] > delay/2 {
				t.Errorf("round %d: the first new attempt after %v", round, gaps[1])
			}
			var early, late time.Duration
			for i := range 5 {
				early += gaps[1+i]
			}
			for i := range 40 { // many, so that chance evens out: 10 hours, give or take 5 times its spread
				late += gaps[len(gaps)-1-i]
			}
			if late < 20_000*time.Second || late > 52_000*time.Second || late/8 < 3*early {
				t.Errorf("round %d: five attempts took %v at first, forty %v at last", round, early, late)
			}
			w.set(false)
			time.Sleep(30 * time.Minute)
			if l := u.Link(); l.Down || l.Code != node.ExchangeDone {
				t.Errorf("round %d: the network is back and shows as %+v", round, l)
			}
			hub.since(time.Now())
		}
		_ = tr
	})
}

func TestUplinkButton(t *testing.T) {
	bubble(t, "", func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, w *wire, hub *exchanges) {
		waiting, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := u.Now(waiting); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the button before the uplink runs: %v", err)
		}
		defer run(t, u)()
		synctest.Wait()
		if _, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: "Cà Bảo Ngọc", BirthDate: tr.Station.Today() - 9, MotherName: "Cà Thị Ín",
		}, true); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		res, err := u.Now(t.Context())
		if err != nil || res.Sent == 0 || time.Since(start) != 0 {
			t.Errorf("the button: %+v, %v, after %v", res, err, time.Since(start))
		}
		if got := subjectsAt(t, tr.Hub.Node.Store()); got != 2 {
			t.Errorf("%d subjects at the centre", got)
		}
		w.set(true)
		if _, err := u.Now(t.Context()); err == nil {
			t.Error("the button did not say that the network is cut")
		}
		synctest.Wait()
		if !u.Link().Down {
			t.Error("the link is up after an exchange failed")
		}
		// Pressed while the back-off runs: at once.
		w.set(false)
		start = time.Now()
		if _, err := u.Now(t.Context()); err != nil || time.Since(start) != 0 {
			t.Errorf("the button during back-off: %v after %v", err, time.Since(start))
		}
		synctest.Wait()
		if u.Link().Down {
			t.Error("the link is down after an exchange went through")
		}
	})
}

// A hub that is busy is called when it said, not earlier, and not by everybody at that very second.
func TestUplinkComesBackWhenTold(t *testing.T) {
	bubble(t, "", func(t *testing.T, _ *nodetest.Tree, u *exchange.Uplink, w *wire, _ *exchanges) {
		busy := &exchanges{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			framed(w, &p.Refusal{Code: p.RefusedBusy, RetryAfter: 200})
		})}
		w.hub = busy
		start := time.Now()
		defer run(t, u)()
		synctest.Wait()
		if l := u.Link(); !l.Down || l.Code != node.ExchangeRefused || l.Next.Sub(start) < 200*time.Second {
			t.Errorf("a busy hub shows as %+v", l)
		}
		time.Sleep(1000 * time.Second)
		got := busy.since(start)
		before := -200 * time.Second
		for _, at := range got {
			if d := at - before; d < 200*time.Second || d > 210*time.Second {
				t.Errorf("called again after %v", d)
			}
			before = at
		}
		if len(got) != 5 {
			t.Errorf("called %d times in 1000 s", len(got))
		}
	})
}

// A line that goes dead without breaking, as a radio link in a valley, is given up after a minute or two.
func TestDeadLineIsGivenUp(t *testing.T) {
	bubble(t, "", func(t *testing.T, tr *nodetest.Tree, u *exchange.Uplink, w *wire, _ *exchanges) {
		w.dead = true
		start := time.Now()
		_, err := u.Client.Sync(t.Context())
		if !errors.Is(err, exchange.ErrStalled) || time.Since(start) > 2*time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if row := last(t, tr); row.Result != node.ExchangeUnreachable {
			t.Errorf("noted as %q", row.Result)
		}
	})
}

// A hub that answers before it has read a long request leaves nothing behind that still writes it: the
// bubble would notice.
func TestEarlyAnswerEndsTheRequest(t *testing.T) {
	tr := nodetest.New(t)
	for i := range 900 { // more than is taken in unread: notes of random letters, which no compression makes short
		note := make([]byte, 2000)
		rand.Read(note)
		if _, _, err := tr.Station.Register(t.Context(), tr.Nurse, registry.SubjectInput{
			Place: tr.Commune, Name: "Lò Văn Dài", BirthDate: tr.Station.Today() - registry.Day(i), MotherName: "Lò Thị Mai", Note: hex.EncodeToString(note),
		}, true); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := &wire{hub: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			framed(w, &p.Refusal{Code: p.RefusedRevoked, Message: "no"})
		})}
		c := &exchange.Client{
			Node: tr.Station.Node, Addresses: []string{"http://hub"}, Token: tr.Station.Dir.Keys.Token, Now: time.Now, Dial: w.dial,
		}
		res, err := c.Sync(t.Context())
		if err != nil || res.Refusal == nil {
			t.Errorf("%+v, %v", res, err)
		}
		c.Close()
		w.set(true)
		w.serve.Wait()
	})
}
