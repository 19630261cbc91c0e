package node_test

import (
	"testing"

	"tramy/internal/node"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// TestTwoMachinesOfOneDiskIssueAgainOnce: a station that was set back has not heard so when its disk is copied. Both machines
// hear it, and both issue again what was on the disk: it stands once. What one of them wrote behind it stands as well.
func TestTwoMachinesOfOneDiskIssueAgainOnce(t *testing.T) {
	for _, more := range []string{"neither", "who comes first", "who comes second"} {
		t.Run(more+" wrote more", func(t *testing.T) {
			c := newCountry(t)
			known := c.a.act(subject(t, c.a, c.communeA, "Đã có"))[0]
			c.quiet()
			back := c.a.frozen()
			c.a.act(subject(t, c.a, c.communeA, "Lần một"))
			c.quiet()
			back()
			writes := func() p.EntityID {
				id := c.a.act(subject(t, c.a, c.communeA, "Lần hai"))[0]
				c.a.edit(known, registry.SubjectMotherPhone, p.Text("0385000123"))
				return id
			}
			child := writes()
			copied := c.a.saved()
			back()
			if writes() != child {
				t.Fatal("the machine did not come back as it was")
			}
			names := []string{"Đã có", "Lần một", "Lần hai"}
			if more == "who comes first" {
				c.a.act(subject(t, c.a, c.communeA, "Lần ba"), dose(t, child, c.placeA, "BCG"))
				names = append(names, "Lần ba")
			}
			c.quiet()
			if !alarmed(c.a, node.AlarmFork) {
				t.Fatal("the station does not know that it was set back")
				t.Fatal("the station does not know that it was set back")
			}
			copied()
			if more == "who comes second" {
				c.a.act(subject(t, c.a, c.communeA, "Lần bốn"), dose(t, child, c.placeA, "BCG"))
				names = append(names, "Lần bốn")
			}
			c.quiet()
			for _, m := range []*machine{c.a, c.province, c.centre} {
				stand := stands(t, m, registry.SubjectName, registry.SubjectMotherPhone)
				for _, name := range append(names, "0385000123") {
					if len(stand[name]) != 1 {
						t.Errorf("%q stands in %d records", name, len(stand[name]))
					}
				}
			}
			level(t, c.a, c.province)
			level(t, c.province, c.centre)
		})
	}
}

// TestStrandedBehindAForkIsIssuedAgain: a station was set back and wrote on, lost its database and a record of its journal, and
// hears only then that its hub has another content of that log. What stands before the hole and what stands behind it are
// issued again, once.
func TestStrandedBehindAForkIsIssuedAgain(t *testing.T) {
	c := newCountry(t)
	c.rollBackAfter(t, "Lần một")
	c.a.act(subject(t, c.a, c.communeA, "Lần hai"))
	c.a.act(subject(t, c.a, c.communeA, "Trong chỗ hỏng"))
	child := c.a.act(subject(t, c.a, c.communeA, "Sau chỗ hỏng"))[0]
	c.a.act(dose(t, child, c.placeA, "BCG"))
	c.a.damaged(2) // behind "Đã có" and "Lần hai"
	if n := c.a.n.Stranded(); n != 2 {
		t.Fatalf("%d acts lie behind the damaged place, want 2", n)
	}
	check := func(when string) {
		t.Helper()
		for _, m := range []*machine{c.a, c.province, c.centre} {
			stand := stands(t, m, registry.SubjectName)
			for name, want := range map[string]int{"Đã có": 1, "Lần một": 1, "Lần hai": 1, "Sau chỗ hỏng": 1, "Trong chỗ hỏng": 0} {
				if len(stand[name]) != want {
					t.Errorf("%s: %q stands in %d records, want %d", when, name, len(stand[name]), want)
				}
			}
			if n := doses(t, m); n != 1 {
				t.Errorf("%s: %d doses, want 1", when, n)
			}
		}
	}
	c.quiet()
	check("at first")
	c.a.stop()
	c.a.start()
	c.quiet()
	check("started again")
	if n := c.a.n.Stranded(); n != 0 {
		t.Errorf("%d acts are still said to lie behind a damaged place", n)
	}
	c.a.damaged(-1)
	c.quiet()
	check("without a database again")
}
