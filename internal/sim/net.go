package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"tramy/internal/exchange"
)

// line is what a machine's requests travel on: one at a time, in a given condition.
type line struct{ m *machine }

// What may happen to a request.
const (
	passes   = iota
	cutUp    // only a part arrives, and nothing comes back
	cutDown  // it arrives, and only a part of the answer comes back
	lost     // nothing arrives
	late     // it arrives later, perhaps more than once; nothing comes back
	portal   // something else answers
	fates    // how many there are
	lateMost = 3
)

// errLine is what a client hears of a line that broke.
var errLine = errors.New("simulated: the line broke")

// letter is a request on its way.
type letter struct {
	to   *machine
	from int // the sender's number
	head http.Header
	path string
	body []byte
}

// RoundTrip implements http.RoundTripper.
func (l line) RoundTrip(r *http.Request) (*http.Response, error) {
	w := l.m.w
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	to := w.at(r.URL.Host)
	fate, cut := passes, 0
	if w.stormy(l.m) {
		fate = w.tape.weighed(w.lineWeights())
		if fate == cutUp || fate == cutDown {
			cut = w.tape.below(1 << 16)
		}
	}
	if fate != passes {
		w.met("line", l.m, fate)
	}
	if to == nil || !to.runs() || l.m.dark {
		return nil, errLine
	}
	msg := letter{to: to, from: l.m.number, head: r.Header, path: r.URL.Path, body: body}
	switch fate {
	case lost:
		return nil, errLine
	case portal:
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}},
			Body: io.NopCloser(bytes.NewReader([]byte("<html>Đăng nhập wifi</html>"))), Request: r,
		}, nil
	case late:
		for range 1 + w.tape.below(lateMost) {
			w.post = append(w.post, msg)
		}
		return nil, errLine
	case cutUp:
		msg.body = body[:part(len(body), cut)]
		w.deliver(msg)
		return nil, errLine
	}
	said := w.deliver(msg)
	if said == nil {
		return nil, errLine
	}
	all := said.body.Bytes()
	resp := &http.Response{StatusCode: said.status, Header: said.head, Body: io.NopCloser(bytes.NewReader(all)), Request: r}
	if fate == cutDown {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(all[:part(len(all), cut)]), broken{}))
	}
	return resp, nil
}

// part is a share of a length, in 65536ths.
func part(n, cut int) int { return n * cut >> 16 }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errLine }

// deliver hands a request to the machine it is for, and returns its answer; nil if that died meanwhile or broke off.
func (w *world) deliver(msg letter) (out *answer) {
	if !msg.to.runs() {
		return nil
	}
	r := &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: msg.path}, Header: msg.head, Host: msg.to.name, RemoteAddr: fmt.Sprintf("192.0.2.%d:1", msg.from),
		Body: io.NopCloser(bytes.NewReader(msg.body)), ContentLength: -1,
	}
	r = r.WithContext(w.ctx)
	out = &answer{head: http.Header{}}
	defer func() {
		switch d := recover().(type) {
		case nil:
		case died:
			w.bury(d.m)
			out = nil
		default:
			if err, ok := d.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(d)
			}
			out = nil
		}
	}()
	if msg.path == exchange.PathExchange {
		r.Method = http.MethodPost
		msg.to.server.Exchange(out, r)
	} else {
		msg.to.server.Heads(out, r)
	}
	return out
}

// answer gathers what a handler writes.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.head }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}
