package node_test

import (
	"context"
	"testing"

	"tramy/internal/registry"
	"tramy/internal/store"
)

// TestIssuedAgainStandsOnceWhereTheJournalForgotIt: the record of the journal that says that a log does not count any more is
// damaged. The database knows it and tells the journal, so that what was issued again stands once, also where the database is
// lost later.
func TestIssuedAgainStandsOnceWhereTheJournalForgotIt(t *testing.T) {
	c := newCountry(t)
	c.a.act(subject(t, c.a, c.communeA, "Đã có"))
	c.quiet()
	back := c.a.frozen()
	c.a.act(subject(t, c.a, c.communeA, "Lần một"))
	c.quiet()
	back()
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
	c.a.without(i, false)
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
