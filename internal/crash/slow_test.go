package crash

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramy/internal/badline"
	"tramy/internal/datadir"
)

// Sizes of what is done over a slow line.
const (
	dayActs = 20

	firstChildren     = 40
	firstChildrenLong = 600
	firstLetters      = 100 // in each child's note

	manyActs    = 50 // several frames, with so many letters in each note
	noteLetters = 500
	midst       = 7 << 10 // bytes after which the line goes away: two or three of the frames have come
	framesMin   = 3       // that are still to come then, so that one more sent again would show
	waysOfFirst = 4       // there and back: the connection, its key, the position, the exchange
	callsMax    = 40      // until both sides are equal
	againMax    = 1       // frames sent again because of one break
	smallTalk   = 200     // bytes after which an exchange has begun
	lostMin     = 3
	lossShare   = 0.05
	lateShare   = 0.05
)

// pathPosition is where a hub says how far it has taken what a child sends: 16 bytes, the number last.
const pathPosition = "/sync/v1/heads"

// TestSlowLine lets the real station and hub work over 64 kbit/s and 600 ms, in network namespaces of their own where those
// are allowed. What goes wrong on the way costs time and nothing else, and who works at the station does not notice any of it.
func TestSlowLine(t *testing.T) {
	for _, c := range []struct {
		name     string
		bad      badness
		loopback bool
		long     bool // only in a long run
		first    bool // the station is not started, and its hub has a register for it
		play     func(s *slow)
	}{
		{name: "a first sync", first: true, play: (*slow).first},
		{name: "a day", play: (*slow).day},
		{name: "a day, on loopback", loopback: true, play: (*slow).day},
		{name: "the line goes away and comes back", play: (*slow).away},
		{name: "the line goes away until the station gives up", long: true, play: (*slow).abandoned},
		{name: "the laptop is shut while the line is away", play: (*slow).shut},
		{name: "packets are lost and overtaken", bad: badness{loss: lossShare, reorder: lateShare}, play: (*slow).lossy},
	} {
		if c.long && !longRun() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s := &slow{t: t, w: w, line: between(t, w, c.bad, c.loopback), b: newBook(w.commune, *seed)}
			w.centre.mustStart(t)
			w.hub.mustStart(t)
			w.hub.as(t, head)
			if !c.first {
				w.station.mustStart(t)
				w.station.as(t, nurse)
				s.equal() // it exchanges once at the start
			}
			s.line.slow(t, true)
			c.play(s)
			s.line.slow(t, false)
			w.settle(t, s.b)
		})
	}
}

// slow is a country with a slow line.
type slow struct {
	t    *testing.T
	w    *world
	line slowLine
	b    *book
}

func (s *slow) work(n *node, acts int) {
	s.t.Helper()
	for range acts {
		if err := s.b.work(n); err != nil {
			s.t.Fatal(err)
		}
	}
}

// equal exchanges until station and hub have nothing to say. No contact sends more than one frame that the hub had whole.
func (s *slow) equal() {
	s.t.Helper()
	for range callsMax {
		before := s.taken()
		out, err := s.w.station.call()
		if err != nil {
			s.t.Logf("an exchange: %v", err)
			continue
		}
		if again := out.Sent - int(s.taken()-before); again > againMax {
			s.t.Errorf("%d frames were sent of which the hub had %d whole", out.Sent, again)
		}
		if out.Level && out.Sent == 0 && out.Received == 0 {
			return
		}
	}
	s.t.Fatalf("not equal after %d calls", callsMax)
}

// taken asks the hub, beside the line, how many frames of the station it has durably. What it has whole of an exchange whose line
// went away without a word counts.
func (s *slow) taken() uint64 {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.w.station.dir, datadir.FileKeys))
	if err != nil {
		s.t.Fatal(err)
	}
	var keys datadir.Keys
	if err := json.Unmarshal(b, &keys); err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "https://"+s.w.hub.exchange+pathPosition, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(keys.Token))
	beside := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, DialContext: dialIn(s.w.hub.network), TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	resp, err := beside.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	at, err := io.ReadAll(resp.Body)
	if err != nil || len(at) != 16 {
		s.t.Fatalf("the hub says %q with status %d: %v", at, resp.StatusCode, err)
	}
	return binary.BigEndian.Uint64(at[8:])
}

// contact is an exchange under way.
type contact struct {
	done chan struct{}
	err  error
	out  exchanged
}

// begin begins an exchange at the station and returns when so many bytes of it have gone over the line.
func (s *slow) begin(bytes int64) *contact {
	s.t.Helper()
	before := s.line.carried(upward)
	c := &contact{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.out, c.err = s.w.station.call()
	}()
	until(s.t, "the exchange", func() bool { return s.line.carried(upward) >= before+bytes })
	return c
}

func (s *slow) wantUnderWay(c *contact) {
	s.t.Helper()
	select {
	case <-c.done:
		s.t.Errorf("the exchange is over (%+v, %v) before the line let it", c.out, c.err)
	default:
	}
}

// look opens pages as a nurse does, and saves something.
func (s *slow) look() {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	browser := *s.w.station.client()
	browser.Jar = jar
	at := "http://" + s.w.station.pages
	form := url.Values{"user": {nurse}, "password": {password}}
	req, err := http.NewRequest(http.MethodPost, at+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", at)
	for _, page := range []string{"", "/", "/register"} {
		if page != "" {
			if req, err = http.NewRequest(http.MethodGet, at+page, nil); err != nil {
				s.t.Fatal(err)
			}
		}
		resp, err := browser.Do(req)
		if err != nil {
			s.t.Fatalf("page %q while an exchange hangs: %v", page, err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || resp.Request.URL.Path == "/login" || !strings.Contains(string(text), "</html>") {
			s.t.Errorf("page %q while an exchange hangs: status %d at %s, %v", page, resp.StatusCode, resp.Request.URL, err)
		}
	}
	s.work(s.w.station, 1)
}

// first brings a register to a station that has nothing.
func (s *slow) first() {
	children := firstChildren
	if longRun() {
		children = firstChildrenLong
	}
	s.b.wordy = firstLetters
	for range children {
		if err := s.b.register(s.w.hub); err != nil {
			s.t.Fatal(err)
		}
	}
	began := time.Now()
	s.w.station.mustStart(s.t)
	s.w.station.as(s.t, nurse)
	until(s.t, "the first sync", func() bool {
		st, err := s.w.station.status()
		return err == nil && st.Complete && st.Subjects == int64(children) && len(st.Exchanges) > 0 && st.Exchanges[0].Level
	})
	took := time.Since(began)
	up, down := s.line.carried(upward), s.line.carried(downward)
	alone := badline.Takes(max(up, down)) + waysOfFirst*2*badline.OneWay
	s.t.Logf("a first sync of %d children: %d bytes up, %d down, %.1f s; the line alone takes %.1f s for them", children, up, down, took.Seconds(), alone.Seconds())
}

// day is a day's work that goes up while the nurse goes on, and whose ticks come back.
func (s *slow) day() {
	s.work(s.w.station, dayActs)
	s.line.hold(downward)
	c := s.begin(smallTalk)
	s.look()
	s.wantUnderWay(c)
	s.line.release(downward)
	if <-c.done; c.err != nil || c.out.Sent == 0 {
		s.t.Errorf("a day's exchange sent %d frames: %v", c.out.Sent, c.err)
	}
	s.equal()
	if _, err := s.w.hub.sync(); err != nil {
		s.t.Fatal(err)
	}
	s.equal()
	st, err := s.w.station.status()
	if err != nil {
		s.t.Fatal(err)
	}
	if st.Saved > 0 || st.AtHub > 0 || st.AtRoot < dayActs {
		s.t.Errorf("of a day's work %d are only here, %d at the hub, %d at the centre", st.Saved, st.AtHub, st.AtRoot)
	}
}

// leave works, and takes the line away in the midst of the exchange.
func (s *slow) leave() (c *contact, before uint64) {
	s.t.Helper()
	s.b.wordy = noteLetters
	s.work(s.w.station, manyActs)
	before = s.taken()
	c = s.begin(midst)
	s.line.down(s.t)
	s.look()
	s.wantUnderWay(c)
	return c, before
}

// away lets the line come back before anybody has given up.
func (s *slow) away() {
	c, before := s.leave()
	s.line.up(s.t)
	if <-c.done; c.err != nil {
		s.t.Errorf("the exchange that the line left for a moment: %v", c.err)
	}
	if all := int(s.taken() - before); c.out.Sent != all || all < framesMin {
		s.t.Errorf("%d frames were sent, the hub has taken %d", c.out.Sent, all)
	}
	s.equal()
}

// abandoned lets the line stay away until the station says that it is dead.
func (s *slow) abandoned() {
	c, _ := s.leave()
	if <-c.done; c.err == nil {
		s.t.Error("an exchange went well although the line was gone")
	}
	st, err := s.w.station.status()
	if err != nil {
		s.t.Fatal(err)
	}
	if x := st.Exchanges[0]; !slices.Contains(broken, x.Result) || x.Detail == "" {
		s.t.Errorf("an exchange whose line died is said to be %+v", x)
	}
	s.line.up(s.t)
	s.equal()
}

// shut ends the station's program while the line is away; the hub's still waits for more.
func (s *slow) shut() {
	c, before := s.leave()
	st, err := s.w.station.status()
	if err != nil {
		s.t.Fatal(err)
	}
	known := len(st.Exchanges)
	s.w.station.kill()
	<-c.done
	whole := int(s.taken() - before)
	s.line.up(s.t)
	s.w.station.mustStart(s.t)
	s.w.station.as(s.t, nurse)
	s.equal()
	if st, err = s.w.station.status(); err != nil {
		s.t.Fatal(err)
	}
	sent, all := 0, int(s.taken()-before)
	for _, x := range st.Exchanges[:len(st.Exchanges)-known] {
		sent += x.Sent
	}
	if whole == 0 || whole+framesMin > all {
		s.t.Errorf("the hub had %d of %d frames whole: that was not in the midst", whole, all)
	}
	if again := sent - (all - whole); again > againMax {
		s.t.Errorf("the hub had %d of %d frames whole, and %d were sent", whole, all, sent)
	}
}

// lossy is work on both sides of a line that loses packets and lets others be overtaken.
func (s *slow) lossy() {
	s.b.wordy = noteLetters
	for i := 0; s.line.lost() < lostMin; i++ {
		if i == callsMax {
			s.t.Fatal("no packets are lost")
		}
		s.work(s.w.station, dayActs)
		s.work(s.w.hub, dayActs)
		s.equal()
	}
}
