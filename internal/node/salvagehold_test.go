package node_test

import (
	"context"
	"fmt"
	"testing"

	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// TestDamagedHubKeepsWhatItHeardBeforeTheRestCameBack: only a hub has what a station wrote before it was rolled back, and it is the
// content that does not count. Its database is damaged before it could hand that back; on the new one it hears from the
// centre which content counts before the rest of the old one comes back, be it for the first time or again.
func TestDamagedHubKeepsWhatItHeardBeforeTheRestCameBack(t *testing.T) {
	for _, again := range []bool{true, false} {
		t.Run(fmt.Sprintf("again %v", again), func(t *testing.T) { heardBeforeTheRestCameBack(t, again) })
	}
}

func heardBeforeTheRestCameBack(t *testing.T, again bool) {
	ctx := context.Background()
	c := countryOn(t, true)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	hub := c.province.saved()
	var other [][]byte
	child := c.rolledBack(func(first p.EntityID) {
		c.a.sealAll()
		other = c.a.segments(first.Birth().Log)
	})
	c.quiet()
	hub()
	if got, err := c.province.n.BringIn(ctx, c.a.id.Device, other); err != nil || got.New != 1 {
		t.Fatalf("the late request brought nothing: %+v, %v", got, err)
	}
	if again {
		c.province.sync(c.centre)
	} else if _, err := c.province.call(c.centre, -1, 0); err == nil {
		t.Fatal("the answer was heard")
	}
	word := func() (row store.LogRow) {
		t.Helper()
		c.province.view(func(tx store.Tx) error {
			have, err := tx.Log(child.Birth().Log)
			if have != nil {
				row = *have
			}
			return err
		})
		return row
	}
	if before := word(); before.Head != 1 || (before.Reason == p.HoldForked) != again {
		t.Fatalf("before its database is damaged the hub says %+v", before)
	}
	damaged := c.province.disk
	c.province.stop()
	c.province.disk = memory.New()
	c.province.start()
	if _, err := c.province.n.TakeBackFirst(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	c.province.sync(c.centre)
	heard := word()
	if heard.Head != 0 || heard.UpReason != p.HoldForked {
		t.Fatalf("the hub has not heard which content counts: %+v", heard)
	}
	if _, err := c.province.n.TakeBackRest(ctx, damaged.Remains(none)); err != nil {
		t.Fatal(err)
	}
	if after := word(); after.Reason != p.HoldForked || after.UpHash != heard.UpHash || after.UpReason != heard.UpReason {
		t.Errorf("of what it heard meanwhile the hub keeps %+v", after)
	}
	c.quiet()
	c.onceEach(t, "Đã có", "Lần một", "Lần hai")
}
