package storetest

import (
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// born is who was born from one day to another, whatever became of them.
func born(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 9)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", "x")
		rows[i].BirthDate = registry.Day(20_000 + i)
	}
	rows[2].Status, rows[3].Group, rows[4].Provisional, rows[5].Void, rows[6].BirthPrec = registry.StatusMoved, registry.GroupAdult, true, true, 0
	rows[7].Residence = id(901)
	putSubjects(t, s, rows)
	got := read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) {
		return tx.ChildrenBorn([]p.EntityID{id(777), id(900), id(900)}, 20_001, 20_008)
	})
	same(t, "children born", got, []project.SubjectRow{rows[1], rows[2], rows[8]})
}
