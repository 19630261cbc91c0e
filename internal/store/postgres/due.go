package postgres

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var dueTable = newTable("due", "case_id vaccine_key", "case_id residence hamlet vaccine dose status programme earliest recommended overdue latest",
	func(r *project.DueRow) []any {
		return []any{
			&r.Case, &r.Residence, &r.Hamlet, &r.Vaccine, &r.Dose, &r.Status, &r.Programme, &r.Earliest, &r.Recommended, &r.Overdue, &r.Latest,
		}
	})

// PutDue implements store.RowTx. Most of what is due in a case stays as it was when one dose was given, so only rows that
// differ are written.
func (t *tx) PutDue(kase p.EntityID, rows []project.DueRow, generation uint64, until registry.Day) error {
	if !t.write {
		return errReadOnly
	}
	stored, err := dueTable.list(t, `WHERE case_id = $1`, kase)
	if err != nil {
		return err
	}
	old := map[string]project.DueRow{}
	for _, r := range stored {
		old[r.Vaccine] = r
	}
	for _, r := range rows {
		r.Case = kase
		was, had := old[r.Vaccine]
		delete(old, r.Vaccine)
		if had && was == r {
			continue
		}
		if err := dueTable.put(t, &r); err != nil {
			return err
		}
	}
	for vaccine := range old {
		if err := t.exec(`DELETE FROM due WHERE case_id = $1 AND vaccine = $2`, kase, vaccine); err != nil {
			return err
		}
	}
	if until == 0 {
		return t.exec(`DELETE FROM due_case WHERE case_id = $1`, kase)
	}
	return t.exec(`INSERT INTO due_case (case_id, generation, until) VALUES ($1, $2, $3) ON CONFLICT (case_id)
		DO UPDATE SET generation = excluded.generation, until = excluded.until`, kase, generation, until)
}

// MarkDueStale implements store.RowTx. No generation has the number 0 once there are schedules, and every day is past 0's.
func (t *tx) MarkDueStale(kase p.EntityID) error {
	return t.exec(`INSERT INTO due_case (case_id, generation, until) VALUES ($1, 0, 0)
		ON CONFLICT (case_id) DO UPDATE SET generation = 0, until = 0 WHERE due_case.until <> 0`, kase)
}

// staleParts are the parts of what is stale, each a range of an index; the last leaves out what the others have.
var staleParts = []string{`generation < $1 AND $2::int IS NOT NULL`, `generation > $1 AND $2::int IS NOT NULL`, `until <= $2 AND generation = $1`}

// DueStale implements store.RowTx.
func (t *tx) DueStale(generation uint64, day registry.Day, limit int) ([]p.EntityID, error) {
	var out []p.EntityID
	for _, part := range staleParts {
		left := limitOf(limit)
		if limit > 0 {
			left = int64(limit - len(out))
		}
		ids, err := t.ids(`SELECT case_id FROM due_case WHERE `+part+` LIMIT $3`, generation, day, left)
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out, nil
}

// CountDueStale implements store.RowTx.
func (t *tx) CountDueStale(generation uint64, day registry.Day) (int64, error) {
	var all int64
	for _, part := range staleParts {
		var n int64
		if _, err := t.one(`SELECT count(*) FROM due_case WHERE `+part, []any{generation, day}, &n); err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// DueOf implements store.Query.
func (t *tx) DueOf(cases ...p.EntityID) ([]project.DueRow, error) {
	return dueTable.list(t, `WHERE status < 3 AND case_id = ANY($1) ORDER BY recommended, vaccine, case_id`, cases)
}

// dueLists are the worklists: $1 is the day, $2 the first day asked for, $3 the residences, $4 a vaccine or nothing. Each begins with
// what its index begins with behind the residence; nothing is overdue that is not recommended.
var dueLists = map[store.DueList]struct{ where, day, order string }{
	store.ListDue: {
		`status = 1 AND recommended BETWEEN $2 AND $1 AND (overdue = 0 OR overdue > $1) AND (latest = 0 OR latest >= $1)`,
		`min(recommended)`, `since`,
	},
	store.ListOverdue: {
		`status = 1 AND recommended <= $1 AND overdue <> 0 AND overdue BETWEEN $2 AND $1 AND (latest = 0 OR latest >= $1)`,
		`min(overdue)`, `since`,
	},
	store.ListMissed: {`status = 2 AND latest < $1 AND latest >= $2`, `max(latest)`, `since DESC`},
	store.ListComing: {
		`status = 1 AND recommended <= $1 AND (overdue = 0 OR overdue > $2) AND (latest = 0 OR latest >= greatest(recommended, $2))`,
		`min(recommended)`, `since`,
	},
}

// DueCases implements store.Query.
func (t *tx) DueCases(q store.DueQuery) ([]p.EntityID, error) {
	q.Limit = 0
	people, err := t.Due(q)
	out := make([]p.EntityID, len(people))
	for i := range people {
		out[i] = people[i].Case
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out, err
}

// Due implements store.Query.
func (t *tx) Due(q store.DueQuery) ([]store.DuePerson, error) {
	if q.List == store.ListFirst {
		return t.dueFirst(q)
	}
	l := dueLists[q.List]
	since := q.Since
	if since == 0 {
		since = -1 << 31
	}
	rows, err := list(t, `SELECT case_id, min(residence::text)::uuid, `+l.day+` AS since, min(hamlet), array_agg(vaccine ORDER BY vaccine),
		array_agg(overdue ORDER BY vaccine) FROM due WHERE `+l.where+` AND`+livingAtThird(q.Residences)+` ($4 = '' OR vaccine = $4)
		GROUP BY case_id ORDER BY `+l.order+`, case_id LIMIT $5`,
		[]any{q.On, since, q.Residences, q.Vaccine, limitOf(q.Limit)}, func(r *store.DuePerson) []any {
			return []any{&r.Case, &r.Residence, &r.Since, &r.Hamlet, &r.Vaccines, &r.Late}
		})
	if q.List != store.ListOverdue {
		for i := range rows {
			rows[i].Late = nil
		}
	}
	return rows, err
}

func livingAtThird(residences []p.EntityID) string {
	if len(residences) == 0 {
		return ` cardinality($3::uuid[]) = 0 AND`
	}
	return ` residence = ANY($3) AND`
}

// dueFirst is Due of ListFirst. What a child needs lies with it.
func (t *tx) dueFirst(q store.DueQuery) ([]store.DuePerson, error) {
	return list(t, `SELECT f.case_id, f.residence, f.recommended, f.hamlet, f.dose = 1,
		coalesce((SELECT array_agg(d.vaccine ORDER BY d.vaccine) FROM due d WHERE d.case_id = f.case_id AND d.status = 1 AND d.recommended <= $1), '{}')
		FROM due f WHERE f.status = 3 AND`+livingAtThird(q.Residences)+` f.recommended BETWEEN $2 AND $4
		ORDER BY f.dose DESC, f.recommended DESC, f.case_id LIMIT $5`,
		[]any{q.On, q.Since, q.Residences, q.Until, limitOf(q.Limit)}, func(r *store.DuePerson) []any {
			return []any{&r.Case, &r.Residence, &r.Since, &r.Hamlet, &r.Never, &r.Vaccines}
		})
}
