package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// SubjectsCame implements store.Query.
func (t *tx) SubjectsCame(residences []p.EntityID, since registry.Day, except []p.EntityID, limit int) ([]project.SubjectRow, error) {
	return ordered(t, t.subjects.all(), limit, func(row *project.SubjectRow) bool {
		return slices.Contains(residences, row.Residence) && row.HomeDay >= since && !row.HomeBy.IsZero() && !slices.Contains(except, row.HomeBy) &&
			!row.Void && row.Status != registry.StatusMoved && row.Status != registry.StatusDied
	}, func(a, b *project.SubjectRow) int { return cmp.Or(cmp.Compare(b.HomeDay, a.HomeDay), byName(a, b)) })
}

// HamletsAt implements store.Query.
func (t *tx) HamletsAt(residences ...p.EntityID) ([]store.HamletRow, error) {
	people, err := list(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool {
		return slices.Contains(residences, row.Residence) && row.Case == row.ID && !row.Void && row.Status != registry.StatusMoved && row.Status != registry.StatusDied
	})
	counts := map[store.HamletRow]int64{}
	for i := range people {
		counts[store.HamletRow{Residence: people[i].Residence, Hamlet: people[i].Hamlet}]++
	}
	var out []store.HamletRow
	for row, n := range counts {
		row.People = n
		out = append(out, row)
	}
	store.SortHamlets(out)
	return out, err
}

// ChildrenBorn implements store.Query.
func (t *tx) ChildrenBorn(residences []p.EntityID, from, to registry.Day) ([]project.SubjectRow, error) {
	return ordered(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool {
		return slices.Contains(residences, row.Residence) && row.BirthPrec != 0 && from <= row.BirthDate && row.BirthDate <= to &&
			row.Case == row.ID && row.Group == registry.GroupChild && !row.Void && !row.Provisional
	}, func(a, b *project.SubjectRow) int { return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), byName(a, b)) })
}
