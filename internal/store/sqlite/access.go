package sqlite

import (
	"slices"

	"tramy/internal/project"
	p "tramy/syncproto"
)

// PutAccessRow implements store.RowTx.
func (t *tx) PutAccessRow(r *project.AccessRow, named []p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Actor, r.Place, r.Subject)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT OR REPLACE INTO access (num, actor, place, subject, act, reason, named, wall_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		n[0], n[1], n[2], n[3], r.Act, r.Reason, int64(r.Count), r.WallMS); err != nil {
		return err
	}
	for _, id := range named {
		subject, err := t.number(id)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT OR IGNORE INTO access_named (subject, num) VALUES (?, ?)`, subject, n[0]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) accesses(where string, args ...any) ([]project.AccessRow, error) {
	rows, err := list(t, `SELECT num, actor, place, subject, act, reason, named, wall_ms FROM access `+where+`
		ORDER BY wall_ms DESC, num DESC LIMIT ?`, args, func(r *project.AccessRow) []any {
		return []any{t.to(&r.ID), t.to(&r.Actor), t.to(&r.Place), t.to(&r.Subject), &r.Act, &r.Reason, &r.Count, &r.WallMS}
	})
	return slices.Clip(rows), err
}

// Accesses implements store.Query.
func (t *tx) Accesses(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	if subject.IsZero() {
		return t.accesses(``, limitOf(limit))
	}
	num, err := t.number(subject)
	if err != nil {
		return nil, err
	}
	return t.accesses(`WHERE subject = ?`, num, limitOf(limit))
}

// AccessesNaming implements store.Query.
func (t *tx) AccessesNaming(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	num, err := t.number(subject)
	if err != nil {
		return nil, err
	}
	return t.accesses(`WHERE num IN (SELECT num FROM access_named WHERE subject = ?)`, num, limitOf(limit))
}

// AccessesTaking implements store.Query.
func (t *tx) AccessesTaking(limit int) ([]project.AccessRow, error) {
	return t.accesses(`WHERE act IN ('export', 'print') AND subject = 0`, limitOf(limit))
}
