package hostile

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	mrand "math/rand/v2"
	"net/http"

	"tramy/internal/exchange"
	p "tramy/syncproto"
)

// Attack is one way to hurt a hub.
type Attack struct {
	Name string
	// What is done, for people.
	What string
	// One of the two: what a stranger does, or a machine that is enrolled.
	stranger func(ctx context.Context, a *attacker) error
	device   func(ctx context.Context, a *attacker, d *device) error
}

// Enrolled reports whether the attacker is an enrolled machine.
func (a *Attack) Enrolled() bool { return a.device != nil }

// Attacks are all that there are, by what they aim at.
func Attacks() []Attack {
	return []Attack{
		{Name: "silent-connections", What: "connections on which nothing is said", stranger: silent},
		{Name: "many-addresses", What: "silent connections, each from another address", stranger: addresses},
		{Name: "handshakes", What: "TLS connections on which nothing is asked", stranger: handshakes},
		{Name: "half-headers", What: "requests whose header never ends", stranger: halfHeaders},
		{Name: "half-bodies", What: "requests without a token whose body never ends", stranger: halfBodies},
		{Name: "noise", What: "random bytes in the place of TLS and of HTTP", stranger: noises},
		{Name: "wrong-tokens", What: "tokens that nobody has", stranger: wrongTokens},
		{Name: "wrong-codes", What: "enrolment codes that nobody gave out", stranger: wrongCodes},
		{Name: "rapid-reset", What: "HTTP/2 requests that are taken back at once", stranger: rapidReset},
		{Name: "continuation", What: "HTTP/2 headers that go on and on", stranger: continuation},
		{Name: "streams", What: "more HTTP/2 requests at once than are allowed", stranger: manyStreams},
		{Name: "pings", What: "HTTP/2 control frames whose answers are not read", stranger: pings},

		{Name: "device-connections", What: "one machine's connections, kept", device: deviceConns},
		{Name: "device-stalls", What: "one machine's exchanges that stop in the middle", device: stalls},
		{Name: "device-unread", What: "one machine's exchanges whose answer is not read", device: unread},
		{Name: "device-storm", What: "one machine's exchanges, one after the other", device: storm},
		{Name: "device-large", What: "requests and frames beyond every limit", device: large},
		{Name: "device-invalid", What: "requests with bytes changed at random", device: invalid},
		{Name: "device-bombs", What: "zstd and msgpack that unfold to gigabytes", device: bombs},
		{Name: "device-two-contents", What: "two contents under one position of a log", device: twoContents},
		{Name: "device-wrong-scope", What: "places, accounts and children that are not its own to write", device: wrongScope},
		{Name: "device-replay", What: "the same segments again, last first", device: replay},
		{Name: "device-parked", What: "segments of authors whom nobody knows", device: parked},
		{Name: "device-names-logs", What: "lists of logs that nobody has", device: namesLogs},
		{Name: "device-look-ups", What: "look-ups without end", device: lookUps},

		{Name: "pages-guesses", What: "passwords guessed at the hub's pages", stranger: guesses},
		{Name: "pages-half-open", What: "requests to the pages whose header never ends", stranger: pagesHalfOpen},
	}
}

// wrongTokens shows tokens that nobody has.
func wrongTokens(ctx context.Context, a *attacker) error {
	all, end := clients()
	defer end()
	return a.again(ctx, func(ctx context.Context, w, _ int) (string, error) {
		token := make([]byte, 48)
		if _, err := rand.Read(token); err != nil {
			return "", err
		}
		return a.post(ctx, all[w], exchange.PathExchange, p.ContentType, token, bytes.NewReader(make([]byte, 1000)))
	})
}

// wrongCodes tries to enrol.
func wrongCodes(ctx context.Context, a *attacker) error {
	all, end := clients()
	defer end()
	return a.again(ctx, func(ctx context.Context, w, _ int) (string, error) {
		secret := make([]byte, 16)
		if _, err := rand.Read(secret); err != nil {
			return "", err
		}
		b, err := json.Marshal(&exchange.EnrolRequest{Secret: secret, Key: make([]byte, 32), SealKey: make([]byte, 32)})
		if err != nil {
			return "", err
		}
		return a.post(ctx, all[w], exchange.PathEnrol, "application/vnd.tramy.enrol+json", nil, bytes.NewReader(b))
	})
}

// guesses guesses passwords of an account that there is, and of some that there are not.
func guesses(ctx context.Context, a *attacker) error {
	c := &http.Client{Timeout: answerTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: workersMax}}
	defer c.CloseIdleConnections()
	return a.again(ctx, func(ctx context.Context, _, i int) (string, error) {
		login := "admin"
		if i%2 == 1 {
			login = rand.Text()
		}
		b, err := json.Marshal(map[string]string{"login": login, "password": rand.Text()})
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.Pages+"/api/v1/login", bytes.NewReader(b))
		if err != nil {
			return "", err
		}
		req.Header.Set("Content-Type", "application/json")
		return answered(c.Do(req))
	})
}

// storm says nothing new, again and again.
func storm(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	return a.again(ctx, func(ctx context.Context, w, _ int) (string, error) { return d.say(ctx, a, all[w]) })
}

// large sends what is beyond a limit: a frame, a Hello, a request, a length.
func large(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	whole, err := d.request()
	if err != nil {
		return err
	}
	begun := whole[:len(whole)-2]
	// A frame of a kind that later versions may have, as large as may be: it is passed over, but it counts.
	skipped := "\x80\x80\x40\xc8" + string(make([]byte, p.FrameSizeBytesMax))
	bodies := []func() io.Reader{
		func() io.Reader { return &endless{head: bytes.NewReader(begun), piece: skipped} },
		func() io.Reader {
			return io.MultiReader(bytes.NewReader(begun), bytes.NewReader([]byte{0x81, 0x80, 0x40, byte(p.FrameSegment)}))
		},
		func() io.Reader {
			return bytes.NewReader(append(bytes.Clone(p.Magic[:]), 0x81, 0x80, 0x10, byte(p.FrameHello)))
		},
		func() io.Reader { return bytes.NewReader(make([]byte, p.FrameSizeBytesMax)) },
	}
	return a.alone(ctx, func(ctx context.Context, w, i int) (string, error) {
		return a.post(ctx, all[w], exchange.PathExchange, p.ContentType, d.token, bodies[(w+i)%len(bodies)]())
	})
}

// invalid changes bytes of a request that was right.
func invalid(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	r := mrand.New(mrand.NewPCG(a.Seed, 2))
	seg, _, err := newAuthor(d.key, d.id, r).write(199, p.Write{Field: 200, Data: p.Text("x")})
	if err != nil {
		return err
	}
	right, err := d.request(seg, &p.Logs{Heads: []p.LogMark{{Log: p.LogID{1}, Seq: 1}}}, &p.Range{})
	if err != nil {
		return err
	}
	return a.alone(ctx, func(ctx context.Context, w, i int) (string, error) {
		r := mrand.New(mrand.NewPCG(a.Seed+uint64(w), uint64(i)))
		body := bytes.Clone(right)
		for range 1 + r.IntN(4) {
			body[r.IntN(len(body))] = byte(r.Uint32())
		}
		return a.post(ctx, all[w], exchange.PathExchange, p.ContentType, d.token, bytes.NewReader(body[:len(body)-r.IntN(2)*r.IntN(len(body))]))
	})
}

// lookUps asks for people.
func lookUps(ctx context.Context, a *attacker, d *device) error {
	all, end := clients()
	defer end()
	return a.again(ctx, func(ctx context.Context, w, i int) (string, error) {
		q := &p.Lookup{Terms: []p.Term{{Field: 10, Data: p.Text("0000010000000195")}}}
		q.Nonce[0], q.Nonce[1], q.Nonce[2] = byte(w), byte(i), byte(i>>8)
		var b bytes.Buffer
		if err := p.NewFrameWriter(&b).Write(q); err != nil {
			return "", err
		}
		return a.post(ctx, all[w], exchange.PathLookup, p.ContentType, d.token, &b)
	})
}
