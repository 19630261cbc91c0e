package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// SubjectsPregnant implements store.Query.
func (t *tx) SubjectsPregnant(residences []p.EntityID, limit int) ([]project.SubjectRow, error) {
	return ordered(t, t.subjects.all(), limit, func(row *project.SubjectRow) bool {
		return row.Group == registry.GroupPregnant && !row.Void && row.Status != registry.StatusMoved && row.Status != registry.StatusDied &&
			(len(residences) == 0 || slices.Contains(residences, row.Residence))
	}, func(a, b *project.SubjectRow) int { return cmp.Or(cmp.Compare(a.DueDate, b.DueDate), byName(a, b)) })
}

// ChildrenOf implements store.Query.
func (t *tx) ChildrenOf(mothers ...p.EntityID) ([]project.SubjectRow, error) {
	return ordered(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool {
		return !row.Mother.IsZero() && !row.Void && slices.Contains(mothers, row.Mother)
	}, func(a, b *project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), cmp.Compare(a.BirthOrder, b.BirthOrder), a.ID.Compare(b.ID))
	})
}
