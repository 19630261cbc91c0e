package node_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// What the codec could not seal is refused before it is durable; work goes on.
func TestActThatCouldNeverBeSentIsRefused(t *testing.T) {
	c := newCountry(t)
	long := strings.Repeat("x", p.TextSizeBytesMax)
	for _, n := range []int{0, 1} {
		_, err := c.a.n.Append(context.Background(), p.EntityID{}, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			d := subject(t, c.a, c.communeA, "Lò Gia Bảo")
			d.Writes = append(d.Writes, p.Write{Field: registry.SubjectNote, Data: p.Text(long + strings.Repeat("x", n))})
			return []registry.Draft{d}, nil
		})
		if refused := errors.Is(err, p.ErrLimit); refused != (n > 0) {
			t.Errorf("a text of %d bytes: %v", len(long)+n, err)
		}
	}
	drafts := func(n int) node.Act {
		return func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
			out := make([]registry.Draft, n)
			for i := range out {
				out[i] = subject(t, c.a, c.communeA, "Cà Bảo Ngọc")
			}
			return out, nil
		}
	}
	if _, err := c.a.n.Append(context.Background(), p.EntityID{}, drafts(p.ActChangesMax+1)); !errors.Is(err, node.ErrActTooLarge) {
		t.Errorf("an act one change too large: %v", err)
	}
	if _, err := c.a.n.Append(context.Background(), p.EntityID{}, drafts(p.ActChangesMax)); err != nil {
		t.Errorf("an act of the greatest size: %v", err)
	}
	c.quiet()
	if got := subjects(t, c.centre); got != 1+p.ActChangesMax {
		t.Errorf("%d children at the centre, want %d", got, 1+p.ActChangesMax)
	}
}
