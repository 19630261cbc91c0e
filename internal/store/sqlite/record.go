package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// PutRecordRow implements store.RowTx.
func (t *tx) PutRecordRow(r *project.RecordRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Subject, r.Place, r.Under)
	if err != nil {
		return err
	}
	if r.Kind == registry.KindEnrolment {
		if err := t.touchOld(`SELECT under FROM record WHERE num = ?`, n[0]); err != nil {
			return err
		}
		t.touch(n[3])
	}
	return t.exec(`INSERT OR REPLACE INTO record (`+recordColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n[0], int64(r.Kind), n[1], n[2], n[3], int64(r.Day), boolOf(r.Void), r.Group, int64(r.Mark), int64(r.Sum))
}

// DeleteRecordRow implements store.RowTx.
func (t *tx) DeleteRecordRow(id p.EntityID) error {
	t.touched.all = true
	return t.withNumbers(`DELETE FROM record WHERE num = ?`, id)
}

const recordColumns = `num, kind, subject, place, under, day, void, part, mark, sum`

func (t *tx) records(where string, args ...any) ([]project.RecordRow, error) {
	rows, err := list(t, `SELECT `+recordColumns+` FROM record `+where, args, func(r *project.RecordRow) []any {
		return []any{t.to(&r.ID), &r.Kind, t.to(&r.Subject), t.to(&r.Place), t.to(&r.Under), &r.Day, &r.Void, &r.Group, &r.Mark, &r.Sum}
	})
	return rows, err
}

func recordsByDay(rows []project.RecordRow) {
	slices.SortFunc(rows, func(a, b project.RecordRow) int { return cmp.Or(cmp.Compare(a.Day, b.Day), a.ID.Compare(b.ID)) })
}

// RecordsOf implements store.Query.
func (t *tx) RecordsOf(kind p.Kind, subjects ...p.EntityID) ([]project.RecordRow, error) {
	var rows []project.RecordRow
	err := t.inParts(subjects, func(in string, numbers []any) error {
		part, err := t.records(`WHERE kind = ? AND subject IN `+in, append([]any{int64(kind)}, numbers...)...)
		rows = append(rows, part...)
		return err
	})
	recordsByDay(rows)
	return rows, err
}

// RecordsAt implements store.Query.
func (t *tx) RecordsAt(q store.RecordQuery) ([]project.RecordRow, error) {
	var rows []project.RecordRow
	err := t.inParts(q.Places, func(in string, numbers []any) error {
		where, args := `WHERE kind = ? AND place IN `+in+` AND day >= ?`, append([]any{int64(q.Kind)}, numbers...)
		args = append(args, int64(q.From))
		if q.Until != 0 {
			where, args = where+` AND day < ?`, append(args, int64(q.Until))
		}
		part, err := t.records(where, args...)
		rows = append(rows, part...)
		return err
	})
	recordsByDay(rows)
	return rows, err
}

// RecordsUnder implements store.Query.
func (t *tx) RecordsUnder(kind p.Kind, under p.EntityID) ([]project.RecordRow, error) {
	num, err := t.number(under)
	if err != nil || num == 0 {
		return nil, err
	}
	rows, err := t.records(`WHERE under = ? AND kind = ?`, num, int64(kind))
	recordsByDay(rows)
	return rows, err
}

// ListedIn implements store.Query. The kind stands in the statement as a number: the index of the entries holds no other one.
func (t *tx) ListedIn(campaign p.EntityID) ([]store.CampaignEntry, error) {
	num, err := t.number(campaign)
	if err != nil || num <= 0 {
		return nil, err
	}
	rows, err := list(t, `SELECT num, subject, place, day, mark, sum FROM record INDEXED BY record_enrolled
		WHERE kind = 111 AND under = ? AND void = 0`, []any{num}, func(r *store.CampaignEntry) []any {
		return []any{t.to(&r.ID), t.to(&r.Subject), t.to(&r.Place), &r.Day, &r.Mark, &r.Sum}
	})
	slices.SortFunc(rows, func(a, b store.CampaignEntry) int { return cmp.Or(cmp.Compare(a.Day, b.Day), a.ID.Compare(b.ID)) })
	return rows, err
}

// Record implements store.Query.
func (t *tx) Record(id p.EntityID) (*project.RecordRow, error) {
	num, err := t.number(id)
	if err != nil || num == 0 {
		return nil, err
	}
	rows, err := t.records(`WHERE num = ?`, num)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
