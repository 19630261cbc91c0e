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
