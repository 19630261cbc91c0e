package sqlite

import (
	"slices"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Marks implements store.NodeTx. Numbers do not order as ids do, so the list is sorted here.
func (t *tx) Marks(scope p.EntityID) ([]p.Mark, error) {
	num, err := t.number(scope)
	if err != nil {
		return nil, err
	}
	marks, err := list(t, `SELECT entity, hash FROM route WHERE scope = ? AND gone = 0`, []any{num}, func(m *p.Mark) []any {
		return []any{t.to(&m.Entity), fixed{m.Hash[:]}}
	})
	slices.SortFunc(marks, func(a, b p.Mark) int { return a.Entity.Compare(b.Entity) })
	return marks, err
}

// DeleteRoutes implements store.NodeTx.
func (t *tx) DeleteRoutes(entity p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(entity)
	if err != nil {
		return err
	}
	return t.exec(`DELETE FROM route WHERE entity = ?`, num)
}

// DeleteState implements store.NodeTx.
func (t *tx) DeleteState(id p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(id)
	if err != nil {
		return err
	}
	n, err := t.execN(`DELETE FROM entity WHERE num = ?`, num)
	t.count(tallyEntities, -n)
	return err
}

// EachState implements store.NodeTx.
func (t *tx) EachState(fn func(*p.State) error) error {
	for after := (p.EntityID{}); ; {
		states, err := t.StatesAfter(after, 512)
		if err != nil || len(states) == 0 {
			return err
		}
		for _, s := range states {
			if err := fn(s); err != nil {
				return err
			}
		}
		after = states[len(states)-1].ID
	}
}

// StatesAfter returns states behind one that it returned before, from the first for a zero id: whoever reads all of them can let
// others in between.
func (t *tx) StatesAfter(after p.EntityID, limit int) ([]*p.State, error) {
	num, err := t.number(after)
	if err != nil {
		return nil, err
	}
	type row struct {
		id  p.EntityID
		raw []byte
	}
	rows, err := list(t, `SELECT num, state FROM entity WHERE num > ? ORDER BY num LIMIT ?`, []any{num, limitOf(limit)}, func(r *row) []any {
		return []any{t.to(&r.id), &r.raw}
	})
	if err != nil {
		return nil, err
	}
	states := make([]*p.State, len(rows))
	for i := range rows {
		if states[i], err = t.decodeState(rows[i].id, rows[i].raw); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// PutRefresh implements store.NodeTx.
func (t *tx) PutRefresh(id p.EntityID) error {
	return t.exec(`INSERT INTO refresh (id) VALUES (?) ON CONFLICT DO NOTHING`, id[:])
}

// Refreshes implements store.NodeTx.
func (t *tx) Refreshes(limit int) ([]p.EntityID, error) {
	return list(t, `SELECT id FROM refresh ORDER BY id LIMIT ?`, []any{limitOf(limit)}, func(id *p.EntityID) []any { return []any{idTo(id)} })
}

// DeleteRefresh implements store.NodeTx.
func (t *tx) DeleteRefresh(id p.EntityID) error {
	return t.exec(`DELETE FROM refresh WHERE id = ?`, id[:])
}

// PutRootSum implements store.NodeTx.
func (t *tx) PutRootSum(r *store.RootSumRow) error {
	return t.exec(`INSERT OR REPLACE INTO root_sum (scope, wall_ms, frame, equal_ms) VALUES (?, ?, ?, ?)`, r.Scope[:], r.WallMS, r.Frame, r.EqualMS)
}

// RootSums implements store.NodeTx.
func (t *tx) RootSums() ([]store.RootSumRow, error) {
	return list(t, `SELECT scope, wall_ms, frame, equal_ms FROM root_sum ORDER BY scope`, nil, func(r *store.RootSumRow) []any {
		return []any{idTo(&r.Scope), &r.WallMS, &r.Frame, &r.EqualMS}
	})
}

// PutRejectionRow implements store.RowTx.
func (t *tx) PutRejectionRow(r *project.RejectionRow) error {
	return t.exec(`INSERT OR REPLACE INTO rejection (id, log, first, reason, actor, wall_ms) VALUES (?, ?, ?, ?, ?, ?)`,
		r.ID[:], r.Log[:], int64(r.From), r.Reason, r.Actor[:], r.WallMS)
}

// Rejected implements store.RowTx.
func (t *tx) Rejected(log p.LogID) (p.Seq, error) {
	var from p.Seq
	_, err := t.one(`SELECT coalesce(min(first), 0) FROM rejection WHERE log = ?`, []any{log[:]}, &from)
	return from, err
}

// Rejections implements store.Query.
func (t *tx) Rejections() ([]project.RejectionRow, error) {
	return list(t, `SELECT id, log, first, reason, actor, wall_ms FROM rejection ORDER BY log, first, id`, nil, func(r *project.RejectionRow) []any {
		return []any{idTo(&r.ID), logTo(&r.Log), &r.From, &r.Reason, idTo(&r.Actor), &r.WallMS}
	})
}

// PutRescueRow implements store.RowTx.
func (t *tx) PutRescueRow(r *project.RescueRow) error {
	return t.exec(`INSERT OR REPLACE INTO rescue (id, n, place, wall_ms, entity, field, author, author_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID[:], int64(r.N), r.Place[:], r.WallMS, r.Entity[:], int64(r.Field), r.Author[:], r.AuthorMS)
}

// DeleteRescueRows implements store.RowTx.
func (t *tx) DeleteRescueRows(id p.EntityID) error {
	return t.exec(`DELETE FROM rescue WHERE id = ?`, id[:])
}

// Rescues implements store.Query.
func (t *tx) Rescues(limit int) ([]project.RescueRow, error) {
	return list(t, `SELECT id, n, place, wall_ms, entity, field, author, author_ms FROM rescue ORDER BY wall_ms DESC, id DESC, n LIMIT ?`,
		[]any{limitOf(limit)}, func(r *project.RescueRow) []any {
			return []any{idTo(&r.ID), &r.N, idTo(&r.Place), &r.WallMS, idTo(&r.Entity), &r.Field, idTo(&r.Author), &r.AuthorMS}
		})
}
