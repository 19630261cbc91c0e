package memory

import (
	"cmp"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Routes implements store.NodeTx; by scope.
func (t *tx) Routes(entity p.EntityID) ([]store.RouteRow, error) {
	return list(t, of(&t.routes, entity), 0, every)
}

func placeOf(r *store.RouteRow) fed { return fed{r.Scope, r.Number, r.Entity} }

// PutRoute implements store.NodeTx.
func (t *tx) PutRoute(row *store.RouteRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	if kept.Echo.IsZero() {
		kept.EchoInc = p.Incarnation{} // nobody's run
	}
	at := two{row.Entity, row.Scope}
	if old, known := t.routes.get(at); known && old.Number != row.Number {
		t.feed.delete(placeOf(old))
	}
	t.routes.set(at, &kept)
	t.feed.set(placeOf(&kept), &kept)
	return nil
}

// DeleteRoutes implements store.NodeTx.
func (t *tx) DeleteRoutes(entity p.EntityID) error {
	if err := t.writing(); err != nil {
		return err
	}
	var gone []*store.RouteRow
	for _, row := range of(&t.routes, entity) {
		gone = append(gone, row)
	}
	for _, row := range gone {
		t.routes.delete(two{entity, row.Scope})
		t.feed.delete(placeOf(row))
	}
	return nil
}

func (t *tx) scope(scope p.EntityID, after p.FeedNumber) func(func(fed, *store.RouteRow) bool) {
	return within(&t.feed, fed{scope: scope, number: after}, func(k fed) bool { return k.scope == scope })
}

// Marks implements store.NodeTx.
func (t *tx) Marks(scope p.EntityID) ([]p.Mark, error) {
	var out []p.Mark
	for _, row := range t.scope(scope, 0) {
		if !row.Left {
			out = append(out, p.Mark{Entity: row.Entity, Hash: row.Hash})
		}
	}
	slices.SortFunc(out, func(a, b p.Mark) int { return a.Entity.Compare(b.Entity) })
	return out, t.reading()
}

// Feed implements store.NodeTx; rows of one number by id.
func (t *tx) Feed(scope p.EntityID, after p.FeedNumber, limit int) ([]store.RouteRow, error) {
	return list(t, t.scope(scope, after), limit, func(row *store.RouteRow) bool { return row.Number > after })
}

// Sum implements store.NodeTx.
func (t *tx) Sum(scope p.EntityID) (store.ScopeSum, error) {
	s, _ := t.sums.get(scope)
	return s, t.reading()
}

// PutSum implements store.NodeTx.
func (t *tx) PutSum(scope p.EntityID, s store.ScopeSum) error { return set(t, &t.sums, scope, s) }

// PutRootSum implements store.NodeTx.
func (t *tx) PutRootSum(row *store.RootSumRow) error {
	kept := *row
	kept.Frame = cloned(row.Frame)
	return put(t, &t.rootSums, row.Scope, &kept)
}

// RootSums implements store.NodeTx.
func (t *tx) RootSums() ([]store.RootSumRow, error) { return list(t, t.rootSums.all(), 0, every) }

// PutRefresh implements store.NodeTx.
func (t *tx) PutRefresh(id p.EntityID) error { return set(t, &t.refreshes, id, struct{}{}) }

// Refreshes implements store.NodeTx.
func (t *tx) Refreshes(limit int) ([]p.EntityID, error) {
	var out []p.EntityID
	for id := range t.refreshes.all() {
		out = append(out, id)
		if len(out) == limit {
			break
		}
	}
	return out, t.reading()
}

// DeleteRefresh implements store.NodeTx.
func (t *tx) DeleteRefresh(id p.EntityID) error { return remove(t, &t.refreshes, id) }

// Cursors implements store.NodeTx.
func (t *tx) Cursors(upstream p.EntityID) ([]store.CursorRow, error) {
	return list(t, of(&t.cursors, upstream), 0, every)
}

// PutCursor implements store.NodeTx.
func (t *tx) PutCursor(row *store.CursorRow) error {
	return put(t, &t.cursors, two{row.Upstream, row.Scope}, row)
}

// DeleteCursor implements store.NodeTx.
func (t *tx) DeleteCursor(upstream, scope p.EntityID) error {
	return remove(t, &t.cursors, two{upstream, scope})
}

// Incarnations implements store.NodeTx.
func (t *tx) Incarnations() ([]store.IncarnationRow, error) {
	return ordered(t, t.incarnations.all(), 0, every, func(a, b *store.IncarnationRow) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), run(a.Incarnation).Compare(run(b.Incarnation)))
	})
}

// PutIncarnation implements store.NodeTx.
func (t *tx) PutIncarnation(row *store.IncarnationRow) error {
	return put(t, &t.incarnations, run(row.Incarnation), row)
}

// ChildPositions implements store.NodeTx.
func (t *tx) ChildPositions(child p.EntityID) ([]p.Position, error) {
	var out []p.Position
	for _, pos := range numbered(&t.positions, child) {
		out = append(out, pos)
	}
	slices.Reverse(out)
	return out, t.reading()
}

// PutChildPosition implements store.NodeTx: one position per run of the child is kept, and the run it was put for last
// counts as the newest.
func (t *tx) PutChildPosition(child p.EntityID, pos p.Position) error {
	if err := t.writing(); err != nil {
		return err
	}
	at, old := placed{of: child}, placed{}
	for k, known := range numbered(&t.positions, child) {
		if known.Incarnation == pos.Incarnation {
			old = k
		}
		at.n = k.n
	}
	if old.n > 0 {
		t.positions.delete(old)
	}
	at.n++
	t.positions.set(at, pos)
	return nil
}

// Child implements store.NodeTx.
func (t *tx) Child(device p.EntityID) (*store.ChildRow, error) { return one(t, &t.children, device) }

// PutChild implements store.NodeTx.
func (t *tx) PutChild(row *store.ChildRow) error {
	kept := *row
	kept.TokenHash = bytesOf(row.TokenHash)
	return put(t, &t.children, row.Device, &kept)
}

// Children implements store.NodeTx.
func (t *tx) Children() ([]store.ChildRow, error) { return list(t, t.children.all(), 0, every) }

// PutProof implements store.NodeTx.
func (t *tx) PutProof(row *store.ProofRow) error {
	kept := *row
	kept.Heads = bytesOf(row.Heads)
	return put(t, &t.proofs, number(row.ID), &kept)
}

// Proof implements store.NodeTx.
func (t *tx) Proof(id uint64) (*store.ProofRow, error) { return one(t, &t.proofs, number(id)) }

// PutExchange implements store.NodeTx.
func (t *tx) PutExchange(row *store.ExchangeRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	n := number(t.draw(numberExchanges))
	t.exchanges.set(n, &kept)
	if n > store.ExchangesKept {
		t.exchanges.delete(n - store.ExchangesKept)
	}
	return nil
}

// Exchanges implements store.NodeTx; newest first.
func (t *tx) Exchanges(limit int) ([]store.ExchangeRow, error) {
	return newest(t, &t.exchanges, limit)
}

// PutAlarm implements store.NodeTx.
func (t *tx) PutAlarm(row *store.AlarmRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	t.alarms.set(number(t.draw(numberAlarms)), &kept)
	var same []number
	for n, a := range t.alarms.all() {
		if a.Code == row.Code && a.Device == row.Device {
			same = append(same, n)
		}
	}
	for _, n := range same[:max(0, len(same)-store.AlarmsKept)] {
		t.alarms.delete(n)
	}
	return nil
}

// Alarms implements store.NodeTx.
func (t *tx) Alarms(limit int) ([]store.AlarmRow, error) { return newest(t, &t.alarms, limit) }

func newest[R any](t *tx, rows *tree[number, *R], limit int) ([]R, error) {
	out, err := list(t, rows.all(), 0, every)
	slices.Reverse(out)
	return first(out, limit), err
}

// StationsHeard implements store.Query.
func (t *tx) StationsHeard() ([]store.HeardRow, error) {
	var out []store.HeardRow
	for id, d := range t.devices.all() {
		if !stationInService(d) {
			continue
		}
		row := store.HeardRow{Place: d.Place}
		if child, ok := t.children.get(id); ok {
			row.MS = max(child.ContactMS, child.DataMS)
		}
		out = append(out, row)
	}
	return out, t.reading()
}
