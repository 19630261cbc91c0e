package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// SubjectsCame implements store.Query, author by author: each is a range of an index, where those who are excepted wrote thousands.
func (t *tx) SubjectsCame(residences []p.EntityID, since registry.Day, except []p.EntityID, limit int) ([]project.SubjectRow, error) {
	own, err := t.numbers(except...)
	if err != nil {
		return nil, err
	}
	var out []project.SubjectRow
	for _, residence := range residences {
		num, err := t.number(residence)
		if err != nil {
			return nil, err
		}
		for by := int64(0); ; {
			known, err := t.one(`SELECT home_by FROM subject WHERE residence = ? AND home_by > ? ORDER BY home_by LIMIT 1`, []any{num, by}, &by)
			if err != nil {
				return nil, err
			}
			if !known {
				break
			}
			if slices.Contains(own, by) {
				continue
			}
			rows, err := t.subjects(`WHERE s.residence = ? AND s.home_by = ? AND s.home_day >= ? AND s.void = 0 AND s.status NOT IN (3, 4)
				ORDER BY s.home_day DESC LIMIT ?`, num, by, int64(since), limitOf(limit))
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
		}
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(b.HomeDay, a.HomeDay), cmp.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
	})
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

var (
	_ = [1]bool{}[registry.StatusMoved-3] // the numbers above
	_ = [1]bool{}[registry.StatusDied-4]
)

// HamletsAt implements store.Query.
func (t *tx) HamletsAt(residences ...p.EntityID) ([]store.HamletRow, error) {
	var out []store.HamletRow
	for _, residence := range residences {
		num, err := t.number(residence)
		if err != nil {
			return nil, err
		}
		rows, err := list(t, `SELECT hamlet, count(*) FROM subject WHERE residence = ? AND case_num = 0 AND void = 0 AND status NOT IN (3, 4)
			GROUP BY hamlet`, []any{num}, func(r *store.HamletRow) []any { return []any{&r.Hamlet, &r.People} })
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Residence = residence
		}
		out = append(out, rows...)
	}
	store.SortHamlets(out)
	return out, nil
}

var _ = [1]bool{}[registry.GroupChild-1] // the number below

// ChildrenBorn implements store.Query.
func (t *tx) ChildrenBorn(residences []p.EntityID, from, to registry.Day) ([]project.SubjectRow, error) {
	numbers, err := t.numbers(store.Distinct(residences)...)
	if err != nil {
		return nil, err
	}
	var out []project.SubjectRow
	for _, n := range numbers { // by residence: a commune's people are fewer than a country's births of two years
		rows, err := t.subjects(`WHERE s.residence = ? AND +s.birth_date BETWEEN ? AND ? AND s.birth_prec <> 0 AND s.case_num = 0
			AND s.grp = 1 AND s.void = 0 AND s.provisional = 0`, n, int64(from), int64(to))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), cmp.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
	})
	return out, nil
}
