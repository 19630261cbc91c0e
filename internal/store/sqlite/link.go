package sqlite

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	p "tramy/syncproto"
)

// LinksOf implements store.RowTx; by id.
func (t *tx) LinksOf(subject p.EntityID) ([]project.LinkRow, error) {
	num, err := t.number(subject)
	if err != nil {
		return nil, err
	}
	rows, err := list(t, `SELECT num, a, b, same FROM link WHERE a = ?1 OR b = ?1`, []any{num}, func(r *project.LinkRow) []any {
		return []any{t.to(&r.ID), t.to(&r.A), t.to(&r.B), &r.Same}
	})
	slices.SortFunc(rows, func(a, b project.LinkRow) int { return a.ID.Compare(b.ID) })
	return rows, err
}

// PutLinkRow implements store.RowTx.
func (t *tx) PutLinkRow(r *project.LinkRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.A, r.B)
	if err != nil {
		return err
	}
	return t.exec(`INSERT OR REPLACE INTO link (num, a, b, same) VALUES (?, ?, ?, ?)`, n[0], n[1], n[2], boolOf(r.Same))
}

// DeleteLinkRow implements store.RowTx.
func (t *tx) DeleteLinkRow(id p.EntityID) error {
	return t.withNumbers(`DELETE FROM link WHERE num = ?`, id)
}

// PutConflicts implements store.RowTx.
func (t *tx) PutConflicts(entity p.EntityID, rows []project.ConflictRow) error {
	if err := t.withNumbers(`DELETE FROM conflict WHERE entity = ?`, entity); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		n, err := t.numbers(entity, r.Case)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT OR REPLACE INTO conflict (entity, field, kind, case_num, class) VALUES (?, ?, ?, ?, ?)`,
			n[0], int64(r.Field), int64(r.Kind), n[1], int64(r.Class)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) conflicts(text string, args ...any) ([]project.ConflictRow, error) {
	return list(t, `SELECT entity, field, kind, case_num, class FROM conflict `+text, args, func(r *project.ConflictRow) []any {
		return []any{t.to(&r.Entity), &r.Field, &r.Kind, t.to(&r.Case), &r.Class}
	})
}

// Conflicts implements store.Query. One entity's rows follow each other, by field.
func (t *tx) Conflicts(limit int) ([]project.ConflictRow, error) {
	return t.conflicts(`ORDER BY entity, field LIMIT ?`, limitOf(limit))
}

// ConflictsOfCase implements store.Query.
func (t *tx) ConflictsOfCase(id p.EntityID) ([]project.ConflictRow, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	rows, err := t.conflicts(`WHERE case_num = ?`, num)
	slices.SortFunc(rows, func(a, b project.ConflictRow) int {
		return cmp.Or(a.Entity.Compare(b.Entity), cmp.Compare(a.Field, b.Field))
	})
	return rows, err
}

// CountConflicts implements store.Query.
func (t *tx) CountConflicts() (int64, error) {
	var n int64
	_, err := t.one(`SELECT count(*) FROM conflict`, nil, &n)
	return n, err
}
