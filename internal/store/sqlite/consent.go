package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	p "tramy/syncproto"
)

// PutConsentRow implements store.RowTx.
func (t *tx) PutConsentRow(r *project.ConsentRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Subject)
	if err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO consent (num, subject, purpose, day, void) VALUES (?, ?, ?, ?, ?)`,
		n[0], n[1], int64(r.Purpose), int64(r.On), boolOf(r.Void))
}

// DeleteConsentRow implements store.RowTx.
func (t *tx) DeleteConsentRow(id p.EntityID) error {
	return t.withNumbers(`DELETE FROM consent WHERE num = ?`, id)
}

// ConsentsOf implements store.Query.
func (t *tx) ConsentsOf(subjects ...p.EntityID) ([]project.ConsentRow, error) {
	var rows []project.ConsentRow
	err := t.inParts(subjects, func(in string, numbers []any) error {
		part, err := list(t, `SELECT num, subject, purpose, day, void FROM consent WHERE subject IN `+in, numbers, func(r *project.ConsentRow) []any {
			return []any{t.to(&r.ID), t.to(&r.Subject), &r.Purpose, &r.On, &r.Void}
		})
		rows = append(rows, part...)
		return err
	})
	slices.SortFunc(rows, func(a, b project.ConsentRow) int { return cmp.Or(cmp.Compare(a.On, b.On), a.ID.Compare(b.ID)) })
	return rows, err
}

// PutRequestRow implements store.RowTx.
func (t *tx) PutRequestRow(r *project.RequestRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Subject, r.Place)
	if err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO request (`+requestColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n[0], n[1], n[2], int64(r.Wish), int64(r.On), int64(r.Answered), boolOf(r.Extended), int64(r.Outcome), int64(r.Done),
		boolOf(r.Restricts), boolOf(r.Void))
}

// DeleteRequestRow implements store.RowTx.
func (t *tx) DeleteRequestRow(id p.EntityID) error {
	return t.withNumbers(`DELETE FROM request WHERE num = ?`, id)
}

const requestColumns = `num, subject, place, wish, day, answered, extended, outcome, done, restricts, void`

func (t *tx) requests(where string, args ...any) ([]project.RequestRow, error) {
	return list(t, `SELECT `+requestColumns+` FROM request `+where, args, func(r *project.RequestRow) []any {
		return []any{
			t.to(&r.ID), t.to(&r.Subject), t.to(&r.Place), &r.Wish, &r.On, &r.Answered, &r.Extended, &r.Outcome, &r.Done,
			&r.Restricts, &r.Void,
		}
	})
}

// RequestsOf implements store.Query.
func (t *tx) RequestsOf(subjects ...p.EntityID) ([]project.RequestRow, error) {
	var rows []project.RequestRow
	err := t.inParts(subjects, func(in string, numbers []any) error {
		part, err := t.requests(`WHERE subject IN `+in, numbers...)
		rows = append(rows, part...)
		return err
	})
	slices.SortFunc(rows, byDay)
	return rows, err
}

func byDay(a, b project.RequestRow) int { return cmp.Or(cmp.Compare(a.On, b.On), a.ID.Compare(b.ID)) }

// Requests implements store.Query. Numbers do not order as ids do, so those of one day are put in order here.
func (t *tx) Requests(all bool, limit int) ([]project.RequestRow, error) {
	where := `WHERE done = 0 AND void = 0 `
	if all {
		where = ``
	}
	rows, err := t.requests(where + `ORDER BY day, num`)
	slices.SortFunc(rows, byDay)
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit:limit]
	}
	return rows, err
}

// Request implements store.Query.
func (t *tx) Request(id p.EntityID) (*project.RequestRow, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	rows, err := t.requests(`WHERE num = ?`, num)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
