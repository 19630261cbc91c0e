package node_test

import (
	"context"
	"maps"
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TestIssuedAgainStandsOnceWhereTheJournalForgotIt: the record of the journal that says that a log does not count any more is
// damaged. The database knows it and tells the journal, so that what was issued again stands once, also where the database is
// lost later.
func TestIssuedAgainStandsOnceWhereTheJournalForgotIt(t *testing.T) {
	c := newCountry(t)
	c.rollBackAfter(t, "Lần một")
	c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
	c.quiet()
	once := func(when string) {
		t.Helper()
		for name, m := range map[string]*machine{"station": c.a, "province": c.province, "centre": c.centre} {
			got := stands(t, m, registry.SubjectName)
			for _, child := range []string{"Đã có", "Lần một", "Lần hai"} {
				if len(got[child]) != 1 {
					t.Fatalf("%s, %s: %q stands in %d records", when, name, child, len(got[child]))
				}
			}
		}
		other := stands(t, c.province, registry.SubjectName)["Lần một"][0].Birth()
		c.a.view(func(tx store.Tx) error {
			row, err := tx.Log(other.Log)
			if row != nil && row.Head >= other.Seq {
				t.Errorf("%s: the station's log has again what does not count in it", when)
			}
			return err
		})
	}
	once("before")
	i := c.a.recordWithVoid()
	if i < 0 {
		t.Fatal("no record says that a log does not count")
	}
	c.a.rejournal(false, func(k int, _ *node.Record) bool { return k != i })
	once("with its database")
	if n, err := c.a.n.MendJournal(context.Background()); err != nil || n == 0 {
		t.Fatalf("%d changes mended: %v", n, err)
	}
	if n, err := c.a.n.MendJournal(context.Background()); err != nil || n != 0 {
		t.Fatalf("%d changes mended a second time: %v", n, err)
	}
	c.quiet()
	once("mended")
	c.a.damaged(-1)
	c.quiet()
	once("without its database")
}

// TestJournalThatForgotOnlyWhatIsVoidIsTold: the journal has every change and not that some do not count. What it is told
// stands with a change that it has already, and hides no other that it loses.
func TestJournalThatForgotOnlyWhatIsVoidIsTold(t *testing.T) {
	c := newCountry(t)
	c.rollBackAfter(t, "Lần một")
	c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
	c.quiet()
	c.a.act(subject(t, c.a, c.communeA, "Lần ba"))
	c.a.act(subject(t, c.a, c.communeA, "Lần bốn"))
	if c.a.recordWithVoid() < 0 {
		t.Fatal("no record says that a log does not count")
	}
	c.a.rejournal(false, func(_ int, r *node.Record) bool {
		r.Void, r.Also = nil, nil
		return true
	})
	mends := func(want int) {
		t.Helper()
		if n, err := c.a.n.MendJournal(context.Background()); err != nil || n != want {
			t.Errorf("%d changes mended, want %d: %v", n, want, err)
		}
	}
	mends(1)
	if c.a.recordWithVoid() < 0 {
		t.Error("the journal was not told what is void")
	}
	mends(0)
	counts := func() int { // changes in the journal that count
		in, void := map[p.Dot]bool{}, map[p.LogID]p.Seq{}
		if err := c.a.jr.Replay(func(r *node.Record) error {
			for _, v := range r.Voids() {
				void[v.Log] = v.Seq
			}
			for i := range r.Changes {
				in[r.Changes[i].Dot] = true
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		maps.DeleteFunc(in, func(d p.Dot, _ bool) bool { return void[d.Log] > 0 && d.Seq >= void[d.Log] })
		return len(in)
	}
	all := counts()
	for i := range all + 2 { // with the one that stands twice, and the one that is void
		c.a.rejournal(false, func(k int, _ *node.Record) bool { return k != i })
		if _, err := c.a.n.MendJournal(context.Background()); err != nil || counts() != all {
			t.Errorf("without the record %d the journal has %d changes, and had %d: %v", i, counts(), all, err)
		}
	}
}
