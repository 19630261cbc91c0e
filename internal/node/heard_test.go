package node

import (
	"context"
	"testing"
	"time"

	"tramy/internal/registry"
	"tramy/internal/store"
	"tramy/internal/store/memory"
	p "tramy/syncproto"
)

// So many marks of when the hub's word was heard are kept; of more the oldest falls out, and what it told of is told as heard
// with the next.
func TestHeardMarksAreBounded(t *testing.T) {
	now := time.UnixMilli(1_000)
	n := &Node{cfg: Config{Now: func() time.Time { return now }}}
	n.id.Role = registry.NodeStation
	st := memory.New()
	log := p.LogID{1, 11: 0x40}
	heard := func(seq p.Seq) int64 {
		t.Helper()
		var ms int64
		if err := st.View(context.Background(), func(tx store.Tx) (err error) {
			ms, err = HeardMS(tx, p.Dot{Log: log, Seq: seq})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return ms
	}
	word := func(seq p.Seq, reason p.HoldReason, in p.Seq) {
		t.Helper()
		now = now.Add(time.Second)
		if err := st.Update(context.Background(), func(tx store.Tx) error {
			return n.noteHeard(tx, &store.LogRow{ID: log, Own: true, UpHere: seq, UpReason: reason, UpIn: in})
		}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range heardMarksMax {
		word(p.Seq(i+1), p.HoldNone, 0)
	}
	if heard(1) != 2_000 || heard(heardMarksMax) != 1_000*(heardMarksMax+1) {
		t.Errorf("at the limit: %d, %d", heard(1), heard(heardMarksMax))
	}
	word(heardMarksMax, p.HoldNone, 0) // the same word again is no news
	if heard(1) != 2_000 {
		t.Error("the same word takes a mark's place")
	}
	word(heardMarksMax+1, p.HoldNone, 0)
	if heard(1) != 3_000 {
		t.Errorf("one beyond it: %d", heard(1))
	}
	word(heardMarksMax+9, p.HoldRights, heardMarksMax+1) // there, and held
	if heard(heardMarksMax+2) != 0 {
		t.Error("what is held counts as heard of")
	}
}
