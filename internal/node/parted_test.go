package node_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestListIsAnsweredAnewAfterASetBack: a station comes to the centre because its hub is lost, and lists its logs. In the same
// answer it hears that it was rolled back, and so passes over what the centre says of the rest: of a log of which the lost hub
// had handed up a part, which the centre tells only who lists it. No comparison shows the rest, because all it said was
// replaced since.
func TestListIsAnsweredAnewAfterASetBack(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	first := c.a.act(subject(t, c.a, c.communeA, "Lần một"))[0]
	c.a.sync(c.province)
	c.province.sync(c.centre)
	back()
	child := c.a.act(subject(t, c.a, c.communeA, "Trước khi lùi"))[0]
	c.a.edit(child, registry.SubjectHamlet, p.Text("Chưa lên"))
	*c.a.clock = c.a.clock.Add(24 * time.Hour)
	if c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0] != first {
		t.Fatal("the machine did not come back as it was")
	}
	c.toCentre(c.a)
	c.a.edit(child, registry.SubjectHamlet, p.Text("Na Phay 1"))
	for range 3 {
		c.a.sync(c.centre)
	}
	c.centre.view(func(tx store.Tx) error {
		row, err := tx.Log(child.Birth().Log)
		if err == nil && row.Head != 2 {
			t.Errorf("the centre has %d changes of the log, want 2", row.Head)
		}
		return err
	})
}

// TestThirdContentOfALog: a station is rolled back twice and writes one log three times. Its hub has the second writing and has
// heard of the first, so that it says where those two part. The third goes on like the second there and parts from it
// later: it is issued again, also where the answer to it was lost. Who has the second learns that he has it to its end.
func TestThirdContentOfALog(t *testing.T) {
	for _, third := range []bool{true, false} {
		for _, lost := range []bool{true, false} {
			t.Run(fmt.Sprintf("third %v, answer lost %v", third, lost), func(t *testing.T) { thirdContent(t, third, lost) })
		}
	}
}

func thirdContent(t *testing.T, third, lost bool) {
	ctx := context.Background()
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Lần một"))
	call, err := c.a.n.Begin(ctx, node.Options{Fresh: true, Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var late bytes.Buffer
	if err := call.WriteRequest(&late); err != nil {
		t.Fatal(err)
	}
	again := func(name string, cut int) p.LogID {
		t.Helper()
		back()
		log := c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0].Birth().Log
		c.a.act(subject(t, c.a, c.communeA, name))
		if _, err := c.a.call(c.province, -1, cut); (err != nil) != (cut == 0) {
			t.Fatal(err)
		}
		return log
	}
	cut, children := -1, 3
	if lost {
		cut = 0
	}
	log := again("Lần ba", cut)
	if err := c.province.n.Serve(ctx, c.a.id.Device, &late, io.Discard); err != nil {
		t.Fatal(err)
	}
	if third {
		children++
		if again("Lần bốn", cut) != log {
			t.Fatal("the machine did not come back as it was")
		}
	}
	if lost {
		pos, err := c.province.n.ChildPosition(ctx, c.a.id.Device)
		if err != nil {
			t.Fatal(err)
		}
		c.a.asked = &pos // as after every exchange that broke off: what arrived is not sent again
	}
	c.quiet()
	c.quiet()
	for _, m := range []*machine{c.a, c.province, c.centre} {
		if n := subjects(t, m); n != int64(children) {
			t.Errorf("%d children, want %d", n, children)
		}
	}
	level(t, c.a, c.province)
	if st, err := c.a.n.Status(ctx); err != nil || st.Saved != 0 || st.AtHub != 0 || st.AtRoot == 0 {
		t.Errorf("after all is quiet: %d saved here only, %d at the hub, %d at the centre, %v", st.Saved, st.AtHub, st.AtRoot, err)
	}
}
