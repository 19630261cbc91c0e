package exchange_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/nodetest"
	"tramy/internal/store"
)

// unnoting is a store on which no line about an exchange can be kept: all there was room for is what the exchange brought.
type unnoting struct{ store.Store }

type unnotingTx struct{ store.Tx }

func (s unnoting) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return fn(unnotingTx{tx}) })
}

func (unnotingTx) PutExchange(*store.ExchangeRow) error { return store.ErrFull }

// unnotingNode is a station's node on such a store, and what is logged.
func unnotingNode(t *testing.T, tr *nodetest.Tree) (*node.Node, *slog.Logger, *bytes.Buffer) {
	t.Helper()
	n, err := node.Open(context.Background(), node.Config{
		Store: unnoting{tr.Station.Node.Store()}, Identity: tr.Station.Node.Identity(), Now: tr.Clock().Now, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	return n, slog.New(slog.NewTextHandler(&out, nil)), &out
}

func warned(t *testing.T, what string, out *bytes.Buffer) {
	t.Helper()
	if !strings.Contains(out.String(), "level=WARN") || !strings.Contains(out.String(), store.ErrFull.Error()) {
		t.Errorf("%s: the log says %q", what, out)
	}
	out.Reset()
}

// What an exchange by a file did is told as done, also where no line about it could be kept: the file is on the stick, and
// what came is here.
func TestBundlesCountThatCannotBeNoted(t *testing.T) {
	tr := nodetest.New(t)
	enter(t, tr, tr.Station, "Lò Gia Bảo")
	n, log, out := unnotingNode(t, tr)
	c := tr.Station.Courier
	c.Node, c.Log = n, log
	u := newUSB(t)
	if packed := u.out(c); packed.Changes == 0 || packed.Bytes == 0 {
		t.Errorf("written: %+v", packed)
	}
	warned(t, "a request", out)
	u.hub(tr.Hub)
	if read := u.in(c); len(read) != 1 || read[0].Receipts == 0 {
		t.Errorf("read: %+v", read)
	}
	warned(t, "an answer", out)
	if left := u.files(); len(left) != 0 {
		t.Errorf("done with, and left on the stick: %v", left)
	}
	if st := status(t, n); st.Saved != 0 {
		t.Errorf("%d changes are only here", st.Saved)
	}
}

// TestExchangeCountsThatCannotBeNoted is the same over a line: the hub was reached.
func TestExchangeCountsThatCannotBeNoted(t *testing.T) {
	tr := nodetest.New(t)
	f := newFar(t, tr, nil)
	enter(t, tr, tr.Station, "Lò Gia Bảo")
	n, log, out := unnotingNode(t, tr)
	c := client(t, tr, f.URL)
	c.Node, c.Log = n, log
	res, err := c.Sync(bounded(t))
	if err != nil || res.Sent == 0 || !res.Level {
		t.Errorf("%+v, %v", res, err)
	}
	warned(t, "an exchange", out)
	if got := c.Result(); got != node.ExchangeDone {
		t.Errorf("the link says %q", got)
	}
	// What failed is told as before, whether it could be noted or not.
	f.set(http.NotFound)
	if _, err := c.Sync(bounded(t)); !errors.Is(err, exchange.ErrNotHub) {
		t.Errorf("what answered is not the hub: %v", err)
	}
	warned(t, "an exchange that failed", out)
}
