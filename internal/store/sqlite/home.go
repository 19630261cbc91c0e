package sqlite

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
	where := ` AND s.home_day >= ? AND s.home_by <> 0 AND s.void = 0 AND s.status NOT IN (3, 4)`
	numbers, err := t.numbers(except...)
	if err != nil {
		return nil, err
	}
	own := make([]any, 0, len(numbers))
	for _, n := range numbers {
		own = append(own, n)
	}
	if len(own) > 0 {
		where += ` AND s.home_by NOT IN ` + questionMarks(len(own))
	}
	var out []project.SubjectRow
	for _, residence := range residences {
		num, err := t.number(residence)
		if err != nil {
			return nil, err
		}
		args := append([]any{num, int64(since)}, own...)
		rows, err := t.subjects(`WHERE s.residence = ?`+where+` ORDER BY s.home_day DESC LIMIT ?`, append(args, limitOf(limit))...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
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

// SubjectsWithout implements store.Query.
func (t *tx) SubjectsWithout(q store.WithoutQuery) ([]project.SubjectRow, error) {
	residences, err := t.numbers(q.Residences...)
	if err != nil {
		return nil, err
	}
	args := []any{int64(q.BornFrom), int64(q.BornUntil)}
	for _, n := range residences {
		args = append(args, n)
	}
	given := ``
	for _, code := range q.Vaccines {
		n, err := t.word(code)
		if err != nil {
			return nil, err
		}
		args = append(args, n)
	}
	if len(q.Vaccines) > 0 {
		given = ` AND i.vaccine IN ` + questionMarks(len(q.Vaccines))
	}
	rows, err := t.subjects(`WHERE s.birth_date BETWEEN ? AND ? AND s.residence IN `+questionMarks(len(residences))+` AND s.birth_prec <> 0 AND s.case_num = 0
		AND s.grp = 1 AND s.void = 0 AND s.provisional = 0 AND s.status NOT IN (3, 4) AND NOT EXISTS
		(SELECT 1 FROM immunization i WHERE i.case_num = s.num AND i.void = 0 AND i.not_done = 0`+given+`)`, args...)
	slices.SortFunc(rows, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.BirthDate, b.BirthDate), cmp.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
	})
	return rows, err
}

var _ = [1]bool{}[registry.GroupChild-1] // the number above

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
