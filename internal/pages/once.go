package pages

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"net/http"
	"time"

	"tramy/internal/server"
)

// onceMax is how long a second press waits for the first to be done.
const (
	onceMax  = 10 * time.Second
	keyMax   = 128 // bytes of a form's key; ours have 26
	oncePoll = 20 * time.Millisecond
)

// onceForms makes forms act once. Each page carries a fresh key (Frame.Once); the same form under the same
// key is answered as it was answered then, and another form under it, which is an old page that the
// browser brought back, is refused rather than recorded beside the first. A form that was refused may be
// sent again under its key.
type onceForms struct{ answers server.MemoryAnswers }

func (o *onceForms) carryOut(c *Call, h func(*Call) error) error {
	body, err := io.ReadAll(c.R.Body)
	if err != nil {
		return err
	}
	c.R.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.R.ParseForm(); err != nil {
		return server.NewProblem(server.TypeBadRequest)
	}
	key := c.Value("once")
	if key == "" || len(key) > keyMax { // a script, or a test by hand
		return h(c)
	}
	id := server.KeyID{User: c.Who.User, Key: key}
	before, err := o.begin(c.Ctx(), id, sha256.Sum256([]byte(c.R.URL.Path+"\n"+c.R.PostForm.Encode())))
	switch {
	case errors.Is(err, server.ErrKeyReused):
		return server.NewProblem(server.TypeConflict).Because(err)
	case err != nil:
		return err
	case before != nil:
		maps.Copy(c.W.Header(), before.Header)
		c.W.WriteHeader(before.Status)
		_, err := c.W.Write(before.Body)
		return err
	}
	// The browser hanging up must not leave the key claimed.
	ctx := context.WithoutCancel(c.Ctx())
	kept := &keptPage{ResponseWriter: c.W}
	done := false
	defer func() {
		if !done {
			_ = o.answers.Abandon(ctx, id) // in memory: it cannot fail
		}
	}()
	c.W = kept
	if err := h(c); err != nil {
		return err
	}
	if kept.status < http.StatusBadRequest {
		header := http.Header{}
		for _, name := range []string{"Content-Type", "Content-Language", "Location"} {
			if v := kept.Header().Values(name); len(v) > 0 {
				header[name] = v
			}
		}
		done = true
		return o.answers.Finish(ctx, id, server.StoredAnswer{Status: kept.status, Header: header, Body: kept.body.Bytes()})
	}
	return nil
}

// begin claims a key, or waits for the one who has it.
func (o *onceForms) begin(ctx context.Context, id server.KeyID, request [32]byte) (*server.StoredAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, onceMax)
	defer cancel()
	for {
		before, err := o.answers.Begin(ctx, id, request)
		if !errors.Is(err, server.ErrKeyRunning) {
			return before, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(oncePoll):
		}
	}
}

// keptPage passes an answer on and keeps it.
type keptPage struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keptPage) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *keptPage) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
	k.ResponseWriter.WriteHeader(status)
}

func (k *keptPage) Write(b []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}
