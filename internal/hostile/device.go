package hostile

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"tramy/internal/exchange"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// answerTimeout is how long an attack waits for an answer of the hub.
const answerTimeout = 2 * time.Minute

// device is the attacker's own machine, which an officer enrolled in good faith.
type device struct {
	id    p.EntityID
	place p.EntityID
	root  p.EntityID // the node at the top of the tree, which it is not
	key   ed25519.PrivateKey
	token []byte
	pin   [32]byte
}

func newDevice(ctx context.Context, t *Target) (*device, error) {
	code, err := t.Code(ctx)
	if err != nil {
		return nil, err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	a, err := exchange.Enrol(ctx, code, server.ClientTLS(code.Pin), &exchange.EnrolRequest{
		Secret: code.Secret[:], Key: key.Public().(ed25519.PublicKey), SealKey: bytes.Repeat([]byte{8}, 32), Name: "hostile", Software: "hostile",
	})
	if err != nil {
		return nil, err
	}
	return &device{id: a.Device, place: a.Place, root: a.Chain[len(a.Chain)-1].Device, key: key, token: a.Token, pin: code.Pin}, nil
}

// anybodyTLS takes any key: a stranger does not care whom they attack.
func anybodyTLS(protos ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519}, InsecureSkipVerify: true, NextProtos: protos}
}

// secure opens a connection that speaks one protocol.
func (a *attacker) secure(ctx context.Context, proto string) (net.Conn, error) {
	d := tls.Dialer{Config: anybodyTLS(proto)}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return d.DialContext(ctx, "tcp", a.Exchange)
}

// plain opens a connection without TLS.
func plain(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

// clients are one HTTP client a worker, each with connections of its own.
func clients() (all [workersMax]*http.Client, end func()) {
	for i := range all {
		all[i] = &http.Client{Timeout: answerTimeout, Transport: &http.Transport{TLSClientConfig: anybodyTLS("h2", "http/1.1"), ForceAttemptHTTP2: true}}
	}
	return all, func() {
		for _, c := range all {
			c.CloseIdleConnections()
		}
	}
}

// post sends a body and says how it was answered.
func (a *attacker) post(ctx context.Context, c *http.Client, path, contentType string, token []byte, body io.Reader) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+a.Exchange+path, body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", contentType)
	if token != nil {
		req.Header.Set("Authorization", "Bearer "+exchange.EncodeToken(token))
	}
	return answered(c.Do(req))
}

// answered reads an answer to its end and says what it was.
func answered(resp *http.Response, err error) (string, error) {
	if err != nil {
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			return "without an answer", nil
		}
		return "cut off", nil
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Sprintf("answered %d, cut off", resp.StatusCode), nil
	}
	return fmt.Sprintf("answered %d", resp.StatusCode), nil
}

// say sends frames behind a Hello in the device's name.
func (d *device) say(ctx context.Context, a *attacker, c *http.Client, list ...p.Frame) (string, error) {
	body, err := d.request(list...)
	if err != nil {
		return "", err
	}
	return a.post(ctx, c, exchange.PathExchange, p.ContentType, d.token, bytes.NewReader(body))
}

// hello opens a request as a machine that has nothing yet.
func (d *device) hello() *p.Hello {
	return &p.Hello{Intro: &p.Intro{Versions: []uint8{p.Version}, Device: d.id, Software: "hostile"}, Incarnation: p.Incarnation{9}, PageBytes: 1 << 20}
}

func (d *device) request(list ...p.Frame) ([]byte, error) {
	var b bytes.Buffer
	fw := p.NewFrameWriter(&b)
	end := &p.RequestEnd{}
	if err := fw.Write(d.hello()); err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.FrameType() == p.FrameSegment {
			end.Segments++
		}
		if err := fw.Write(f); err != nil {
			return nil, err
		}
	}
	err := fw.Write(end)
	return b.Bytes(), err
}

// begun is a request that never ends, as HTTP/1.1 has it.
func (d *device) begun() (string, error) {
	body, err := d.request()
	if err != nil {
		return "", err
	}
	body = body[:len(body)-2]
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: 1000000\r\n\r\n%s",
		exchange.PathExchange, exchange.EncodeToken(d.token), p.ContentType, body), nil
}

// author writes a log of a device, or in another's name.
type author struct {
	key     ed25519.PrivateKey
	opening *p.Opening
	log     p.LogID
	hash    p.Hash
	seq     p.Seq
}

func newAuthor(key ed25519.PrivateKey, device p.EntityID, r *rand.Rand) *author {
	o := &p.Opening{Device: device}
	binary.BigEndian.PutUint64(o.Random[:], r.Uint64())
	binary.BigEndian.PutUint64(o.Random[8:], r.Uint64())
	log := p.NewLogID(key.Public().(ed25519.PublicKey), o.Random)
	return &author{key: key, opening: o, log: log, hash: p.ChainStart(log)}
}

// write makes a segment of one change that creates an entity.
func (w *author) write(kind p.Kind, writes ...p.Write) (*p.SegmentFrame, p.EntityID, error) {
	w.seq++
	dot := p.Dot{Log: w.log, Seq: w.seq}
	c := p.Change{Dot: dot, At: p.At{WallMS: time.Now().UnixMilli()}, Kind: kind, Entity: dot.Entity(), Writes: writes}
	raw, err := p.SealSegment(w.key, w.opening, w.hash, []p.Change{c})
	if err != nil {
		return nil, p.EntityID{}, err
	}
	w.hash, w.opening = w.hash.Next(&c), nil
	return &p.SegmentFrame{Raw: raw}, dot.Entity(), nil
}

// resigned puts another payload into a segment, and the author's signature under it.
func (w *author) resigned(raw, payload []byte) (*p.SegmentFrame, error) {
	seg, err := p.ParseSegment(raw)
	if err != nil {
		return nil, err
	}
	seg.Payload, seg.Dictionary = payload, 0
	whole := seg.Raw()
	const signature = 2 + ed25519.SignatureSize // as the last of the segment's fields, SPEC 5
	message := append([]byte("tramy segment 1"), whole[:len(whole)-signature]...)
	copy(seg.Signature[:], ed25519.Sign(w.key, message))
	return &p.SegmentFrame{Raw: seg.Raw()}, nil
}

// noise are bytes that do not compress.
func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// endless is a body without an end, of which nobody knows the length.
type endless struct {
	head  io.Reader
	piece string
	rest  *strings.Reader
}

func (e *endless) Read(b []byte) (int, error) {
	if n, err := e.head.Read(b); err == nil {
		return n, nil
	}
	if e.rest == nil || e.rest.Len() == 0 {
		e.rest = strings.NewReader(e.piece)
	}
	return e.rest.Read(b)
}
