package desk_test

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tramy/internal/desk"
	"tramy/internal/nodetest"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A form of the largest size is kept, and one byte more is not; of one draft too many the one typed longest ago goes, and nobody
// else's.
func TestDraftLimits(t *testing.T) {
	tree := nodetest.New(t)
	d, ctx := tree.Station.Desk, context.Background()
	key := func(n int) desk.DraftKey { return desk.DraftKey{Form: "register", Page: strconv.Itoa(n)} }
	full := url.Values{"note": {strings.Repeat("x", desk.DraftBytesMax-len("note="))}}
	if _, err := d.PutDraft(ctx, tree.Head, key(0), full, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PutDraft(ctx, tree.Head, key(0), url.Values{"note": {full.Get("note") + "x"}}, ""); !errors.Is(err, desk.ErrDraftTooLarge) {
		t.Errorf("one byte more: %v", err)
	}
	const draftsMax = 100
	for n := range draftsMax + 1 {
		tree.Clock().Add(1)
		if _, err := d.PutDraft(ctx, tree.Nurse, key(n), url.Values{"name": {"Lò"}}, ""); err != nil {
			t.Fatal(err)
		}
		tree.Clock().Add(1e6)
	}
	all, err := d.Drafts(ctx, tree.Nurse)
	if err != nil || len(all) != draftsMax || all[0].Page != strconv.Itoa(draftsMax) || all[draftsMax-1].Page != "1" {
		t.Errorf("%d drafts, %v", len(all), err)
	}
	if heads, err := d.Drafts(ctx, tree.Head); err != nil || len(heads) != 1 {
		t.Errorf("of the other one %d are left, %v", len(heads), err)
	}
}

// A draft goes in the transaction of the act that it became: if that fails, it stays.
func TestDraftGoesWithItsSave(t *testing.T) {
	tree := nodetest.New(t)
	d, ctx := tree.Station.Desk, context.Background()
	key := desk.DraftKey{Form: "visit", Of: "x", Page: "1"}
	if _, err := d.PutDraft(ctx, tree.Nurse, key, url.Values{"note": {"ho"}}, ""); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("the disk is full")
	drop := d.DraftDropper(tree.Nurse, desk.DraftKey{Form: "visit", Of: "x"})
	for _, want := range []struct {
		err  error
		left int
	}{{failed, 1}, {nil, 0}} {
		err := d.Node.Store().Update(ctx, func(tx store.Tx) error { return errors.Join(drop(tx), want.err) })
		if !errors.Is(err, want.err) {
			t.Fatal(err)
		}
		if all, err := d.Drafts(ctx, tree.Nurse); err != nil || len(all) != want.left {
			t.Errorf("%d drafts after %v, %v", len(all), want.err, err)
		}
	}
}

// A list is written up from paper as far back as that, and not a day further.
func TestPaperDays(t *testing.T) {
	tree := nodetest.New(t)
	d, ctx := tree.Station.Desk, context.Background()
	for days, want := range map[int]error{desk.PaperDaysMax: nil, desk.PaperDaysMax + 1: desk.ErrSheetOld, -1: desk.ErrSheetAhead} {
		if _, err := d.PaperSheet(ctx, tree.Nurse, p.EntityID{}, d.Today()-registry.Day(days)); !errors.Is(err, want) {
			t.Errorf("%d days back: %v", days, err)
		}
	}
}
