package sqlite

import (
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// routesOf reads routes; most rows spare nobody, and who is spared is one of few.
func (t *tx) routesOf(text string, args ...any) ([]store.RouteRow, error) {
	var echoes []int64
	rows, err := list(t, text, args, func(r *store.RouteRow) []any {
		echoes = append(echoes, 0)
		return []any{t.to(&r.Scope), t.to(&r.Entity), u64To(&r.Number), fixed{r.Hash[:]}, &r.Left, &echoes[len(echoes)-1]}
	})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if echoes[i] == 0 {
			continue
		}
		e, ok := t.echoes[echoes[i]]
		if !ok {
			if _, err := t.one(`SELECT child, incarnation FROM echo WHERE n = ?`, []any{echoes[i]}, idTo(&e.child), fixed{e.incarnation[:]}); err != nil {
				return nil, err
			}
			t.knowEcho(echoes[i], e)
		}
		rows[i].Echo, rows[i].EchoInc = e.child, e.incarnation
	}
	return rows, nil
}

// echoed is a run of a child that is spared rows.
type echoed struct {
	child       p.EntityID
	incarnation p.Incarnation
}

func (t *tx) knowEcho(n int64, e echoed) {
	if t.echoes == nil {
		t.echoes, t.echoNums = map[int64]echoed{}, map[echoed]int64{}
	}
	t.echoes[n], t.echoNums[e] = e, n
}

// Routes implements store.NodeTx; by scope.
func (t *tx) Routes(entity p.EntityID) ([]store.RouteRow, error) {
	num, err := t.number(entity)
	if err != nil {
		return nil, err
	}
	rows, err := t.routesOf(`SELECT scope, entity, number, hash, gone, echo FROM route WHERE entity = ?`, num)
	slices.SortFunc(rows, func(a, b store.RouteRow) int { return a.Scope.Compare(b.Scope) })
	return rows, err
}

// Feed implements store.NodeTx. Rows of one number come in a fixed order.
func (t *tx) Feed(scope p.EntityID, after p.FeedNumber, limit int) ([]store.RouteRow, error) {
	num, err := t.number(scope)
	if err != nil {
		return nil, err
	}
	return t.routesOf(`SELECT scope, entity, number, hash, gone, echo FROM route
		WHERE scope = ? AND number > ? ORDER BY number, entity LIMIT ?`, num, int64(after), limitOf(limit))
}

// PutRoute implements store.NodeTx.
func (t *tx) PutRoute(r *store.RouteRow) error {
	if !t.write {
		return errReadOnly
	}
	entity, err := t.number(r.Entity)
	if err != nil {
		return err
	}
	scope, err := t.number(r.Scope)
	if err != nil {
		return err
	}
	var echo int64
	if !r.Echo.IsZero() {
		if echo, err = t.echo(r.Echo, r.EchoInc); err != nil {
			return err
		}
	}
	return t.exec(`INSERT INTO route (entity, scope, number, hash, gone, echo) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET number = excluded.number, hash = excluded.hash, gone = excluded.gone, echo = excluded.echo`,
		entity, scope, int64(r.Number), r.Hash[:], boolOf(r.Left), echo)
}

// echo returns the number of a child's run, making one.
func (t *tx) echo(child p.EntityID, inc p.Incarnation) (int64, error) {
	e := echoed{child, inc}
	n, ok := t.echoNums[e]
	if ok {
		return n, nil
	}
	ok, err := t.one(`SELECT n FROM echo WHERE child = ? AND incarnation = ?`, []any{child[:], inc[:]}, &n)
	if err != nil {
		return 0, err
	}
	if !ok {
		r, err := t.c.exec(`INSERT INTO echo (child, incarnation) VALUES (?, ?)`, child[:], inc[:])
		if err != nil {
			return 0, wrap(err)
		}
		if n, err = r.LastInsertId(); err != nil {
			return 0, wrap(err)
		}
	}
	t.knowEcho(n, e)
	return n, nil
}

// Sum implements store.NodeTx.
func (t *tx) Sum(scope p.EntityID) (store.ScopeSum, error) {
	var s store.ScopeSum
	_, err := t.one(`SELECT sum, count FROM scope_sum WHERE scope = ?`, []any{scope[:]}, fixed{s.Sum[:]}, &s.Count)
	return s, err
}

// PutSum implements store.NodeTx.
func (t *tx) PutSum(scope p.EntityID, s store.ScopeSum) error {
	return t.exec(`INSERT OR REPLACE INTO scope_sum (scope, sum, count) VALUES (?, ?, ?)`, scope[:], s.Sum[:], s.Count)
}

// Cursors implements store.NodeTx.
func (t *tx) Cursors(upstream p.EntityID) ([]store.CursorRow, error) {
	return list(t, `SELECT upstream, scope, incarnation, number, complete FROM cursor WHERE upstream = ? ORDER BY scope`,
		[]any{upstream[:]}, func(r *store.CursorRow) []any {
			return []any{idTo(&r.Upstream), idTo(&r.Scope), fixed{r.Cursor.Incarnation[:]}, u64To(&r.Cursor.Number), &r.Complete}
		})
}

// PutCursor implements store.NodeTx.
func (t *tx) PutCursor(r *store.CursorRow) error {
	return t.exec(`INSERT OR REPLACE INTO cursor (upstream, scope, incarnation, number, complete) VALUES (?, ?, ?, ?, ?)`,
		r.Upstream[:], r.Scope[:], r.Cursor.Incarnation[:], int64(r.Cursor.Number), boolOf(r.Complete))
}

// DeleteCursor implements store.NodeTx.
func (t *tx) DeleteCursor(upstream, scope p.EntityID) error {
	return t.exec(`DELETE FROM cursor WHERE upstream = ? AND scope = ?`, upstream[:], scope[:])
}

// Incarnations implements store.NodeTx.
func (t *tx) Incarnations() ([]store.IncarnationRow, error) {
	return list(t, `SELECT id, ord, feed_end, outbox_end, ended FROM incarnation ORDER BY ord, id`, nil,
		func(r *store.IncarnationRow) []any {
			return []any{fixed{r.Incarnation[:]}, &r.Order, u64To(&r.FeedEnd), u64To(&r.OutboxEnd), &r.Ended}
		})
}

// PutIncarnation implements store.NodeTx.
func (t *tx) PutIncarnation(r *store.IncarnationRow) error {
	return t.exec(`INSERT OR REPLACE INTO incarnation (id, ord, feed_end, outbox_end, ended) VALUES (?, ?, ?, ?, ?)`,
		r.Incarnation[:], r.Order, int64(r.FeedEnd), int64(r.OutboxEnd), boolOf(r.Ended))
}

// ChildPositions implements store.NodeTx.
func (t *tx) ChildPositions(child p.EntityID) ([]p.Position, error) {
	return list(t, `SELECT incarnation, number FROM child_position WHERE child = ? ORDER BY n DESC`,
		[]any{child[:]}, func(r *p.Position) []any {
			return []any{fixed{r.Incarnation[:]}, u64To(&r.Number)}
		})
}

// PutChildPosition implements store.NodeTx: one position per run of the child is kept, and the run it was
// put for last counts as the newest.
func (t *tx) PutChildPosition(child p.EntityID, pos p.Position) error {
	return t.exec(`INSERT OR REPLACE INTO child_position (n, child, incarnation, number)
		VALUES ((SELECT coalesce(max(n), 0) + 1 FROM child_position), ?, ?, ?)`, child[:], pos.Incarnation[:], int64(pos.Number))
}

const childColumns = `device, token_hash, contact_ms, clock_err_ms, pending, software, level_ms, unequal_ms, request, data_ms, root_sum_ms, backup_ms`

func childDest(r *store.ChildRow) []any {
	return []any{
		idTo(&r.Device), &r.TokenHash, &r.ContactMS, &r.ClockErrMS, &r.Pending, &r.Software, &r.LevelMS,
		&r.UnequalMS, u64To(&r.Request), &r.DataMS, &r.RootSumMS, &r.BackupMS,
	}
}

// Child implements store.NodeTx.
func (t *tx) Child(device p.EntityID) (*store.ChildRow, error) {
	return single(t, `SELECT `+childColumns+` FROM child WHERE device = ?`, []any{device[:]}, childDest)
}

// PutChild implements store.NodeTx.
func (t *tx) PutChild(r *store.ChildRow) error {
	return t.exec(`INSERT OR REPLACE INTO child (`+childColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Device[:], bytesOf(r.TokenHash), r.ContactMS, r.ClockErrMS, int64(r.Pending), r.Software, r.LevelMS,
		r.UnequalMS, int64(r.Request), r.DataMS, r.RootSumMS, r.BackupMS)
}

// Children implements store.NodeTx.
func (t *tx) Children() ([]store.ChildRow, error) {
	return list(t, `SELECT `+childColumns+` FROM child ORDER BY device`, nil, childDest)
}

// PutProof implements store.NodeTx.
func (t *tx) PutProof(r *store.ProofRow) error {
	return t.exec(`INSERT OR REPLACE INTO proof (id, nonce, heads) VALUES (?, ?, ?)`, int64(r.ID), r.Nonce[:], bytesOf(r.Heads))
}

// Proof implements store.NodeTx.
func (t *tx) Proof(id uint64) (*store.ProofRow, error) {
	return single(t, `SELECT id, nonce, heads FROM proof WHERE id = ?`, []any{int64(id)}, func(r *store.ProofRow) []any {
		return []any{u64To(&r.ID), fixed{r.Nonce[:]}, &r.Heads}
	})
}

// PutExchange implements store.NodeTx.
func (t *tx) PutExchange(r *store.ExchangeRow) error {
	if err := t.exec(`INSERT INTO exchange (start_ms, end_ms, result, detail, sent, received, bytes_up, bytes_down, level)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.StartMS, r.EndMS, r.Result, r.Detail, int64(r.Sent),
		int64(r.Received), r.BytesUp, r.BytesDown, boolOf(r.Level)); err != nil {
		return err
	}
	return t.exec(`DELETE FROM exchange WHERE n <= (SELECT max(n) FROM exchange) - ?`, store.ExchangesKept)
}

// Exchanges implements store.NodeTx; newest first.
func (t *tx) Exchanges(limit int) ([]store.ExchangeRow, error) {
	return list(t, `SELECT start_ms, end_ms, result, detail, sent, received, bytes_up, bytes_down, level
		FROM exchange ORDER BY n DESC LIMIT ?`, []any{limitOf(limit)}, func(r *store.ExchangeRow) []any {
		return []any{&r.StartMS, &r.EndMS, &r.Result, &r.Detail, &r.Sent, &r.Received, &r.BytesUp, &r.BytesDown, &r.Level}
	})
}

// PutAlarm implements store.NodeTx.
func (t *tx) PutAlarm(r *store.AlarmRow) error {
	if err := t.exec(`INSERT INTO alarm (wall_ms, code, detail, device) VALUES (?, ?, ?, ?)`, r.WallMS, r.Code, r.Detail, r.Device[:]); err != nil {
		return err
	}
	return t.exec(`DELETE FROM alarm WHERE code = ?1 AND device = ?2 AND n <= (SELECT n FROM alarm WHERE code = ?1 AND device = ?2 ORDER BY n DESC LIMIT 1 OFFSET ?3)`,
		r.Code, r.Device[:], store.AlarmsKept)
}

// Alarms implements store.NodeTx.
func (t *tx) Alarms(limit int) ([]store.AlarmRow, error) {
	return list(t, `SELECT wall_ms, code, detail, device FROM alarm ORDER BY n DESC LIMIT ?`, []any{limitOf(limit)},
		func(r *store.AlarmRow) []any { return []any{&r.WallMS, &r.Code, &r.Detail, idTo(&r.Device)} })
}
