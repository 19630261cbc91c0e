package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// gate is a store whose first Update waits until it is opened, and which keeps nothing of one child.
type gate struct {
	store.Store
	open    chan struct{}
	updates atomic.Int32
	refused p.EntityID
}

type refusing struct {
	store.Tx
	child p.EntityID
}

var errRefused = errors.New("not this one")

func (g *gate) Update(ctx context.Context, fn func(store.Tx) error) error {
	if g.updates.Add(1) == 1 {
		<-g.open
	}
	return g.Store.Update(ctx, func(tx store.Tx) error { return fn(refusing{tx, g.refused}) })
}

func (r refusing) PutChild(row *store.ChildRow) error {
	if row.Device == r.child {
		return errRefused
	}
	return r.Tx.PutChild(row)
}

// Children that arrive while another is being taken in share one commit; one that fails does not harm the
// rest, and has lost nothing.
func TestWhatWaitsIsCommittedTogether(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		t.Run(fmt.Sprint("refuse ", refuse), func(t *testing.T) {
			c := newCountry(t)
			children := []*machine{c.a, c.b}
			for i := range 3 {
				m := newMachine(t, fmt.Sprint("more ", i), true)
				c.province.enrol(m, c.placeA, registry.NodeStation, 110+i)
				m.sync(c.province)
				children = append(children, m)
			}
			var calls []*node.Call
			var requests []*bytes.Buffer
			for _, m := range children {
				m.act(subject(t, m, c.communeA, "Lò Gia Bảo"))
				call, err := m.n.Begin(context.Background(), node.Options{Fresh: true, Software: "test"})
				if err != nil {
					t.Fatal(err)
				}
				req := &bytes.Buffer{}
				if err := call.WriteRequest(req); err != nil {
					t.Fatal(err)
				}
				calls, requests = append(calls, call), append(requests, req)
			}
			g := &gate{Store: c.province.st, open: make(chan struct{})}
			if refuse {
				g.refused = children[2].id.Device
			}
			before := subjects(t, c.province)
			id := c.province.n.Identity()
			close(g.open) // to start
			hub, err := node.Open(context.Background(), node.Config{Store: g, Identity: id, Now: c.province.now, Rand: c.province.rand})
			if err != nil {
				t.Fatal(err)
			}
			g.open = make(chan struct{})
			g.updates.Store(0)
			errs := make([]error, len(children))
			answers := make([]bytes.Buffer, len(children))
			var wg sync.WaitGroup
			serve := func(i int) {
				wg.Go(func() { errs[i] = hub.Serve(context.Background(), children[i].id.Device, requests[i], &answers[i]) })
			}
			serve(0)
			for g.updates.Load() == 0 {
				runtime.Gosched()
			}
			for i := 1; i < len(children); i++ {
				serve(i)
			}
			for hub.Waiting() < len(children)-1 {
				runtime.Gosched()
			}
			close(g.open)
			wg.Wait()
			want := int32(2) // the first, and the rest together
			if refuse {
				want += int32(len(children)) - 1 // and each alone
			}
			if got := g.updates.Load(); got != want {
				t.Errorf("%d transactions, want %d", got, want)
			}
			taken := int64(0)
			for i, m := range children {
				if m.id.Device == g.refused {
					if !errors.Is(errs[i], errRefused) {
						t.Errorf("child %d is refused with %v", i, errs[i])
					}
					continue
				}
				if errs[i] != nil {
					t.Fatalf("child %d: %v", i, errs[i])
				}
				if _, err := calls[i].ReadResponse(io.Reader(&answers[i])); err != nil {
					t.Errorf("child %d: %v", i, err)
				}
				taken++
			}
			if got := subjects(t, c.province); got != before+taken {
				t.Errorf("%d more children, want %d", got-before, taken)
			}
			g.refused = p.EntityID{}
			c.province.n = hub
			for _, m := range children {
				m.sync(c.province)
			}
			if got := subjects(t, c.province); got != before+int64(len(children)) {
				t.Errorf("in the end %d more children, want %d", got-before, len(children))
			}
		})
	}
}
