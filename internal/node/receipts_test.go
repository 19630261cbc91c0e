package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"tramy/internal/node"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// headsOnly lets a machine ask its hub, and the answer break off behind the hub's word on its logs: no page comes, and no
// cursor moves.
func (m *machine) headsOnly(up *machine) {
	m.t.Helper()
	ctx := context.Background()
	c, err := m.n.Begin(ctx, node.Options{Fresh: true, Software: "test"})
	if err != nil {
		m.t.Fatal(err)
	}
	var request, answer, heads bytes.Buffer
	if err := c.WriteRequest(&request); err != nil {
		m.t.Fatal(err)
	}
	if err := up.n.Serve(ctx, m.id.Device, &request, &answer); err != nil {
		m.t.Fatal(err)
	}
	f, err := p.NewFrameReader(&answer).Read()
	if err != nil {
		m.t.Fatal(err)
	}
	if h, ok := f.(*p.Heads); !ok || len(h.Logs) == 0 {
		m.t.Fatalf("the answer begins with %+v", f)
	}
	if err := p.NewFrameWriter(&heads).Write(f); err != nil {
		m.t.Fatal(err)
	}
	if res, err := c.ReadResponse(&heads); err == nil || res.Receipts == 0 {
		m.t.Fatalf("the answer did not break off behind the first frame: %+v", res)
	}
}

// TestNumberOfAReceiptIsNotReachedAgain: a station hears how far its log is at the hub, and nothing behind that, before the
// hub is restored from a backup. The restored hub has told others as much when the station comes again and names the number
// of what it heard. What the hub has heard of the station's older log meanwhile it must be told all the same.
func TestNumberOfAReceiptIsNotReachedAgain(t *testing.T) {
	c := newCountry(t)
	c.quiet()
	c.a.act(subject(t, c.a, c.communeA, "Trước bản sao"))
	c.a.sync(c.province)
	c.a.stop()
	c.a.start() // the next act opens a log
	restore := c.province.saved()
	others := func() {
		for i := range 6 {
			c.b.act(subject(t, c.b, c.communeB, fmt.Sprintf("Trạm B %d", i)))
			c.b.sync(c.province)
		}
	}
	others()
	c.a.act(subject(t, c.a, c.communeA, "Sau bản sao"))
	c.a.headsOnly(c.province)
	restore()
	c.province.sync(c.centre) // the centre's word on the older log
	others()
	for range 2 {
		c.a.sync(c.province)
		c.province.sync(c.centre)
	}
	c.a.sync(c.province)
	c.atRoot(2)
}

// numbering gives out receipts and asks about them as runs of a hub do.
type numbering struct {
	t  *testing.T
	st *memory.Store
}

// begins starts a run, and gives out so many receipts. It returns the last.
func (n numbering) begins(incarnation byte, lost bool, receipts uint64) (last uint64) {
	n.t.Helper()
	if err := n.st.Update(context.Background(), func(tx store.Tx) error {
		if err := node.LeapReceipts(tx, p.Incarnation{incarnation, incarnation}, lost); err != nil {
			return err
		}
		end, err := tx.Counter("receipt")
		last = end + receipts
		return errors.Join(err, tx.SetCounter("receipt", last))
	}); err != nil {
		n.t.Fatal(err)
	}
	return last
}

func (n numbering) knows(what string, number uint64, want bool) {
	n.t.Helper()
	if err := n.st.View(context.Background(), func(tx store.Tx) error {
		got, err := node.KnowsReceipt(tx, number)
		if got != want {
			n.t.Errorf("%s: the receipt %d is known: %v", what, number, got)
		}
		return err
	}); err != nil {
		n.t.Fatal(err)
	}
}

// A number is known in the run that gave it out and in those that follow from it, and in no other that begins where that
// began.
func TestReceiptsOfARun(t *testing.T) {
	n := numbering{t, memory.New()}
	if err := n.st.Update(context.Background(), func(tx store.Tx) error { return tx.SetCounter("receipt", 7) }); err != nil {
		t.Fatal(err) // as versions before numbered
	}
	n.knows("before there were runs", 7, true)
	n.knows("before there were runs", 8, false)
	one := n.begins(1, false, 3)
	backup := n.st.Clone()
	lost := n.begins(2, false, 5)
	n.knows("while it runs", lost, true)
	n.st = backup
	again := n.begins(3, false, 5)
	n.knows("none", 0, true)
	n.knows("of the version before", 7, true)
	n.knows("that a number was leapt over", 8, false)
	n.knows("the last of the backup", one, true)
	n.knows("behind the last of the backup", one+1, false)
	n.knows("of a run that is lost", lost, false)
	n.knows("of the run that goes on", again, true)
	n.knows("that was not given out yet", again+1, false)
	n.begins(4, true, 1)
	n.knows("of a run in which it was set back", again, false)
	n.knows("of a run before that", one, true)
}

// Of so many runs with news in them the numbers are known, and of one more those of the oldest are not. Runs without news do
// not count.
func TestReceiptRunsRemembered(t *testing.T) {
	n := numbering{t, memory.New()}
	var last []uint64
	for i := range node.ReceiptRunsMax {
		n.begins(byte(i), false, 0)
		last = append(last, n.begins(byte(i), false, 2))
	}
	n.knows("of the oldest run", last[0], true)
	n.knows("of the newest run", last[len(last)-1], true)
	n.begins(0, false, 1)
	n.knows("of the oldest run, and one more", last[0], false)
	n.knows("of the next", last[1], true)
}
