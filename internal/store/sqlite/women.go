package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// pregnant is who is recorded as pregnant, alive and not moved away. The number is written out so that the index on it is
// used.
const pregnant = ` s.grp = 2 AND s.void = 0 AND s.status NOT IN (3, 4) ORDER BY s.due_date, s.sort_name LIMIT ?`

var _ = [1]bool{}[registry.GroupPregnant-2] // the number above

// SubjectsPregnant implements store.Query.
func (t *tx) SubjectsPregnant(residences []p.EntityID, limit int) ([]project.SubjectRow, error) {
	var out []project.SubjectRow
	if len(residences) == 0 {
		rows, err := t.subjects(`WHERE`+pregnant, limitOf(limit))
		if err != nil {
			return nil, err
		}
		out = rows
	}
	for _, residence := range residences {
		num, err := t.number(residence)
		if err != nil {
			return nil, err
		}
		rows, err := t.subjects(`WHERE s.residence = ? AND`+pregnant, num, limitOf(limit))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.DueDate, b.DueDate), cmp.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
	})
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

// ChildrenOf implements store.Query.
func (t *tx) ChildrenOf(mothers ...p.EntityID) ([]project.SubjectRow, error) {
	var out []project.SubjectRow
	for _, id := range mothers {
		num, err := t.number(id)
		if err != nil || num <= 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		rows, err := t.subjects(`WHERE s.mother = ? AND s.mother <> 0 AND s.void = 0`, num)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), cmp.Compare(a.BirthOrder, b.BirthOrder), a.ID.Compare(b.ID))
	})
	return slices.CompactFunc(out, func(a, b project.SubjectRow) bool { return a.ID == b.ID }), nil
}
