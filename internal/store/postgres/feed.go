package postgres

import (
	"tramy/internal/store"
	p "tramy/syncproto"
)

var routeTable = newTable("route", "scope entity", "scope entity number hash gone echo echo_incarnation", func(r *store.RouteRow) []any {
	return []any{&r.Scope, &r.Entity, &r.Number, &r.Hash, &r.Left, &r.Echo, &r.EchoInc}
})

// Routes implements store.NodeTx; by scope.
func (t *tx) Routes(entity p.EntityID) ([]store.RouteRow, error) {
	return routeTable.list(t, `WHERE entity = $1 ORDER BY scope`, entity)
}

// PutRoute implements store.NodeTx.
func (t *tx) PutRoute(r *store.RouteRow) error { return routeTable.put(t, r) }

// DeleteRoutes implements store.NodeTx.
func (t *tx) DeleteRoutes(entity p.EntityID) error {
	return t.exec(`DELETE FROM route WHERE entity = $1`, entity)
}

// Feed implements store.NodeTx. Rows of one number come by entity.
func (t *tx) Feed(scope p.EntityID, after p.FeedNumber, limit int) ([]store.RouteRow, error) {
	return routeTable.list(t, `WHERE scope = $1 AND number > $2 ORDER BY number, entity LIMIT $3`, scope, after, limitOf(limit))
}

// Marks implements store.NodeTx.
func (t *tx) Marks(scope p.EntityID) ([]p.Mark, error) {
	return list(t, `SELECT entity, hash FROM route WHERE scope = $1 AND NOT gone ORDER BY entity`, []any{scope}, func(m *p.Mark) []any {
		return []any{&m.Entity, &m.Hash}
	})
}

// Sum implements store.NodeTx.
func (t *tx) Sum(scope p.EntityID) (store.ScopeSum, error) {
	var s store.ScopeSum
	_, err := t.one(`SELECT sum, count FROM scope_sum WHERE scope = $1`, []any{scope}, &s.Sum, &s.Count)
	return s, err
}

// PutSum implements store.NodeTx.
func (t *tx) PutSum(scope p.EntityID, s store.ScopeSum) error {
	return t.exec(`INSERT INTO scope_sum (scope, sum, count) VALUES ($1, $2, $3) ON CONFLICT (scope) DO UPDATE SET sum = excluded.sum, count = excluded.count`,
		scope, s.Sum, s.Count)
}

var rootSumTable = newTable("root_sum", "scope", "scope wall_ms frame equal_ms", func(r *store.RootSumRow) []any {
	return []any{&r.Scope, &r.WallMS, &r.Frame, &r.EqualMS}
})

// PutRootSum implements store.NodeTx.
func (t *tx) PutRootSum(r *store.RootSumRow) error { return rootSumTable.put(t, r) }

// RootSums implements store.NodeTx.
func (t *tx) RootSums() ([]store.RootSumRow, error) { return rootSumTable.list(t, `ORDER BY scope`) }

// PutRefresh implements store.NodeTx.
func (t *tx) PutRefresh(id p.EntityID) error {
	return t.exec(`INSERT INTO refresh (id) VALUES ($1) ON CONFLICT (id) DO NOTHING`, id)
}

// Refreshes implements store.NodeTx.
func (t *tx) Refreshes(limit int) ([]p.EntityID, error) {
	return t.ids(`SELECT id FROM refresh ORDER BY id LIMIT $1`, limitOf(limit))
}

// DeleteRefresh implements store.NodeTx.
func (t *tx) DeleteRefresh(id p.EntityID) error {
	return t.exec(`DELETE FROM refresh WHERE id = $1`, id)
}

var cursorTable = newTable("cursor", "upstream scope", "upstream scope incarnation number complete", func(r *store.CursorRow) []any {
	return []any{&r.Upstream, &r.Scope, &r.Cursor.Incarnation, &r.Cursor.Number, &r.Complete}
})

// Cursors implements store.NodeTx.
func (t *tx) Cursors(upstream p.EntityID) ([]store.CursorRow, error) {
	return cursorTable.list(t, `WHERE upstream = $1 ORDER BY scope`, upstream)
}

// PutCursor implements store.NodeTx.
func (t *tx) PutCursor(r *store.CursorRow) error { return cursorTable.put(t, r) }

// DeleteCursor implements store.NodeTx.
func (t *tx) DeleteCursor(upstream, scope p.EntityID) error {
	return t.exec(`DELETE FROM cursor WHERE upstream = $1 AND scope = $2`, upstream, scope)
}

var incarnationTable = newTable("incarnation", "id", "id ord feed_end outbox_end ended", func(r *store.IncarnationRow) []any {
	return []any{&r.Incarnation, &r.Order, &r.FeedEnd, &r.OutboxEnd, &r.Ended}
})

// Incarnations implements store.NodeTx.
func (t *tx) Incarnations() ([]store.IncarnationRow, error) {
	return incarnationTable.list(t, `ORDER BY ord, id`)
}

// PutIncarnation implements store.NodeTx.
func (t *tx) PutIncarnation(r *store.IncarnationRow) error { return incarnationTable.put(t, r) }

// ChildPositions implements store.NodeTx.
func (t *tx) ChildPositions(child p.EntityID) ([]p.Position, error) {
	return list(t, `SELECT incarnation, number FROM child_position WHERE child = $1 ORDER BY n DESC`, []any{child}, func(r *p.Position) []any {
		return []any{&r.Incarnation, &r.Number}
	})
}

// PutChildPosition implements store.NodeTx: one position per run of the child is kept, and the run it was put for last
// counts as the newest.
func (t *tx) PutChildPosition(child p.EntityID, pos p.Position) error {
	return t.exec(`INSERT INTO child_position (child, incarnation, number, n)
		VALUES ($1, $2, $3, (SELECT coalesce(max(n), 0) + 1 FROM child_position WHERE child = $1))
		ON CONFLICT (child, incarnation) DO UPDATE SET number = excluded.number, n = excluded.n`, child, pos.Incarnation, pos.Number)
}

var childTable = newTable("child", "device", "device token_hash contact_ms clock_err_ms pending software level_ms unequal_ms request data_ms root_sum_ms backup_ms",
	func(r *store.ChildRow) []any {
		return []any{
			&r.Device, &r.TokenHash, &r.ContactMS, &r.ClockErrMS, &r.Pending, &r.Software, &r.LevelMS, &r.UnequalMS, &r.Request, &r.DataMS,
			&r.RootSumMS, &r.BackupMS,
		}
	})

// Child implements store.NodeTx.
func (t *tx) Child(device p.EntityID) (*store.ChildRow, error) {
	return childTable.one(t, `WHERE device = $1`, device)
}

// PutChild implements store.NodeTx.
func (t *tx) PutChild(r *store.ChildRow) error { return childTable.put(t, r) }

// Children implements store.NodeTx.
func (t *tx) Children() ([]store.ChildRow, error) { return childTable.list(t, `ORDER BY device`) }

var proofTable = newTable("proof", "id", "id nonce heads", func(r *store.ProofRow) []any { return []any{&r.ID, &r.Nonce, &r.Heads} })

// PutProof implements store.NodeTx.
func (t *tx) PutProof(r *store.ProofRow) error { return proofTable.put(t, r) }

// Proof implements store.NodeTx.
func (t *tx) Proof(id uint64) (*store.ProofRow, error) { return proofTable.one(t, `WHERE id = $1`, id) }

var exchangeTable = newTable("exchange", "", "start_ms end_ms result detail sent received bytes_up bytes_down level", func(r *store.ExchangeRow) []any {
	return []any{&r.StartMS, &r.EndMS, &r.Result, &r.Detail, &r.Sent, &r.Received, &r.BytesUp, &r.BytesDown, &r.Level}
})

// PutExchange implements store.NodeTx.
func (t *tx) PutExchange(r *store.ExchangeRow) error {
	if err := t.exec(exchangeTable.insert(), exchangeTable.fields(r)...); err != nil {
		return err
	}
	return t.exec(`DELETE FROM exchange WHERE n <= (SELECT n FROM exchange ORDER BY n DESC LIMIT 1 OFFSET $1)`, store.ExchangesKept)
}

// Exchanges implements store.NodeTx; newest first.
func (t *tx) Exchanges(limit int) ([]store.ExchangeRow, error) {
	return exchangeTable.list(t, `ORDER BY n DESC LIMIT $1`, limitOf(limit))
}

var alarmTable = newTable("alarm", "", "wall_ms code detail device", func(r *store.AlarmRow) []any {
	return []any{&r.WallMS, &r.Code, &r.Detail, &r.Device}
})

// PutAlarm implements store.NodeTx.
func (t *tx) PutAlarm(r *store.AlarmRow) error {
	if err := t.exec(alarmTable.insert(), alarmTable.fields(r)...); err != nil {
		return err
	}
	return t.exec(`DELETE FROM alarm WHERE code = $1 AND device = $2 AND n <= (SELECT n FROM alarm WHERE code = $1 AND device = $2 ORDER BY n DESC LIMIT 1 OFFSET $3)`,
		r.Code, r.Device, store.AlarmsKept)
}

// Alarms implements store.NodeTx.
func (t *tx) Alarms(limit int) ([]store.AlarmRow, error) {
	return alarmTable.list(t, `ORDER BY n DESC LIMIT $1`, limitOf(limit))
}
