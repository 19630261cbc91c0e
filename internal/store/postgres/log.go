package postgres

import (
	"cmp"
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Meta implements store.NodeTx.
func (t *tx) Meta(key string) ([]byte, error) {
	var b []byte
	ok, err := t.one(`SELECT value FROM meta WHERE key = $1`, []any{key}, &b)
	if !ok {
		return nil, err
	}
	return b, err
}

// SetMeta implements store.NodeTx. A nil value removes the key.
func (t *tx) SetMeta(key string, value []byte) error {
	if value == nil {
		return t.exec(`DELETE FROM meta WHERE key = $1`, key)
	}
	return t.exec(`INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
}

// Counter implements store.NodeTx.
func (t *tx) Counter(name string) (uint64, error) {
	var n uint64
	_, err := t.one(`SELECT n FROM counter WHERE name = $1`, []any{name}, &n)
	return n, err
}

// SetCounter implements store.NodeTx.
func (t *tx) SetCounter(name string, n uint64) error {
	return t.exec(`INSERT INTO counter (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n`, name, n)
}

var localTable = newTable("local", "kind key", "kind key value", func(r *store.LocalRow) []any {
	return []any{(*string)(&r.Kind), &r.Key, &r.Value}
})

// PutLocal implements store.NodeTx.
func (t *tx) PutLocal(r *store.LocalRow) error { return localTable.put(t, r) }

// Local implements store.NodeTx.
func (t *tx) Local(kind store.LocalKind, key string) ([]byte, error) {
	r, err := localTable.one(t, `WHERE kind = $1 AND key = $2`, string(kind), key)
	if r == nil {
		return nil, err
	}
	return r.Value, nil
}

// DeleteLocal implements store.NodeTx.
func (t *tx) DeleteLocal(kind store.LocalKind, key string) error {
	return t.exec(`DELETE FROM local WHERE kind = $1 AND key = $2`, string(kind), key)
}

// Locals implements store.NodeTx.
func (t *tx) Locals(kind store.LocalKind) ([]store.LocalRow, error) {
	return localTable.list(t, `WHERE kind = $1 ORDER BY key`, string(kind))
}

var logTable = newTable("log", "id", `id device own access head hash sealed sealed_hash let_in reason fork via receipt wall_ms offset_ms
	up_here up_hash up_in up_reason root root_incarnation root_number proof_up proof_top told`, func(r *store.LogRow) []any {
	return []any{
		&r.ID, &r.Device, &r.Own, &r.Access, &r.Head, &r.Hash, &r.Sealed, &r.SealedHash, &r.In, &r.Reason, &r.Fork, &r.Via, &r.Receipt,
		&r.Last.WallMS, &r.Last.OffsetMS, &r.UpHere, &r.UpHash, &r.UpIn, &r.UpReason, &r.Root, &r.RootAt.Incarnation, &r.RootAt.Number,
		&r.ProofUp, &r.ProofTop, &r.Told,
	}
})

// Log implements store.NodeTx.
func (t *tx) Log(id p.LogID) (*store.LogRow, error) { return logTable.one(t, `WHERE id = $1`, id) }

// PutLog implements store.NodeTx.
func (t *tx) PutLog(r *store.LogRow) error { return logTable.put(t, r) }

// LogsVia implements store.NodeTx. A receipt beyond the signed numbers would be below them all: none is drawn in this world.
func (t *tx) LogsVia(child p.EntityID, afterReceipt uint64) ([]store.LogRow, error) {
	return logTable.list(t, `WHERE via = $1 AND receipt > $2 ORDER BY receipt, id`, child, afterReceipt)
}

// LogsOf implements store.NodeTx.
func (t *tx) LogsOf(device p.EntityID) ([]store.LogRow, error) {
	return logTable.list(t, `WHERE device = $1 ORDER BY id`, device)
}

// HeldLogs implements store.NodeTx.
func (t *tx) HeldLogs() ([]store.LogRow, error) {
	return logTable.list(t, `WHERE reason > 0 ORDER BY id`)
}

// HeldLogsOf implements store.NodeTx.
func (t *tx) HeldLogsOf(device p.EntityID) ([]store.LogRow, error) {
	return logTable.list(t, `WHERE device = $1 AND reason > 0 ORDER BY id`, device)
}

// Logs implements store.NodeTx.
func (t *tx) Logs(after p.LogID, limit int) ([]store.LogRow, error) {
	if after.IsZero() {
		return logTable.list(t, `ORDER BY id LIMIT $1`, limitOf(limit))
	}
	return logTable.list(t, `WHERE id > $1 ORDER BY id LIMIT $2`, after, limitOf(limit))
}

var segmentTable = newTable("segment", "log first", "log first count raw", func(r *store.SegmentRow) []any {
	return []any{&r.Log, &r.First, &r.Count, &r.Raw}
})

// PutSegment implements store.NodeTx. A segment that begins where one is replaces it.
func (t *tx) PutSegment(r *store.SegmentRow) error {
	// Of a statement's parts all see what was there before it.
	const before = `WITH old AS (SELECT count FROM segment WHERE log = $1 AND first = $2), put AS (`
	if err := t.counting(tallyChanges, `SELECT $3 - coalesce((SELECT count FROM segment WHERE log = $1 AND first = $2), 0)`,
		r.Log, r.First, int64(r.Count)); err != nil {
		return err
	}
	return t.counting(tallySegments, before+segmentTable.upsert+` RETURNING 1) SELECT 1 - count(*) FROM old`, segmentTable.fields(r)...)
}

// SegmentHolding implements store.NodeTx. Segments may overlap: the same changes sealed again have other borders.
func (t *tx) SegmentHolding(log p.LogID, seq p.Seq) (*store.SegmentRow, error) {
	return segmentTable.one(t, `WHERE log = $1 AND first <= $2 AND first + count > $2 ORDER BY first DESC LIMIT 1`, log, seq)
}

// CutSegments implements store.NodeTx.
func (t *tx) CutSegments(log p.LogID, from p.Seq) error {
	var segments, changes int64
	if _, err := t.one(`SELECT count(*), coalesce(sum(count), 0)::bigint FROM segment WHERE log = $1 AND first >= $2`, []any{log, from}, &segments, &changes); err != nil || segments == 0 {
		return err
	}
	t.count(tallySegments, -segments)
	t.count(tallyChanges, -changes)
	if err := t.exec(`DELETE FROM segment WHERE log = $1 AND first >= $2`, log, from); err != nil {
		return err
	}
	return t.exec(`UPDATE outbox SET first = 0, let_in = 0, reason = 0 WHERE log = $1 AND first >= $2`, log, from)
}

// PutOutbox implements store.NodeTx. Raw is not kept: it is the segment's.
func (t *tx) PutOutbox(r *store.OutboxRow) error {
	if err := t.exec(`DELETE FROM outbox WHERE position = $1 AND log <> $2`, r.Position, r.Log); err != nil {
		return err
	}
	return t.exec(`INSERT INTO outbox (position, log, first, let_in, reason, low) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (position, log)
		DO UPDATE SET first = excluded.first, let_in = excluded.let_in, reason = excluded.reason, low = excluded.low`,
		r.Position, r.Log, r.First, r.In, r.Reason, r.Low)
}

// Outbox implements store.NodeTx.
func (t *tx) Outbox(after uint64, limit int) ([]store.OutboxRow, error) {
	return list(t, `SELECT o.position, o.log, o.first, o.let_in, o.reason, o.low, s.raw
		FROM outbox o LEFT JOIN segment s ON o.first > 0 AND s.log = o.log AND s.first = o.first
		WHERE o.position > $1 ORDER BY o.position LIMIT $2`, []any{after, limitOf(limit)}, func(r *store.OutboxRow) []any {
		return []any{&r.Position, &r.Log, &r.First, &r.In, &r.Reason, &r.Low, &r.Raw}
	})
}

var tailTable = newTable("tail", "log seq", "log seq change", func(r *store.TailRow) []any { return []any{&r.Log, &r.Seq, &r.Change} })

// PutTail implements store.NodeTx.
func (t *tx) PutTail(log p.LogID, seq p.Seq, change []byte) error {
	r := &store.TailRow{Log: log, Seq: seq, Change: change}
	return t.counting(tallyChanges, `WITH put AS (`+tailTable.upsert+` RETURNING 1) SELECT 1 - count(*) FROM tail WHERE log = $1 AND seq = $2`,
		tailTable.fields(r)...)
}

// Tail implements store.NodeTx. A row that is written over keeps its n.
func (t *tx) Tail() ([]store.TailRow, error) {
	rows, err := tailTable.list(t, `ORDER BY n`)
	use := map[p.LogID]int{}
	for i := range rows {
		if _, ok := use[rows[i].Log]; !ok {
			use[rows[i].Log] = len(use)
		}
	}
	slices.SortFunc(rows, func(a, b store.TailRow) int {
		return cmp.Or(use[a.Log]-use[b.Log], cmp.Compare(a.Seq, b.Seq))
	})
	return rows, err
}

// TailAt implements store.NodeTx.
func (t *tx) TailAt(log p.LogID, seq p.Seq) (*store.TailRow, error) {
	return tailTable.one(t, `WHERE log = $1 AND seq = $2`, log, seq)
}

// DeleteTail implements store.NodeTx.
func (t *tx) DeleteTail(log p.LogID, first, last p.Seq) error {
	return t.counting(tallyChanges, `WITH gone AS (DELETE FROM tail WHERE log = $1 AND seq BETWEEN $2 AND $3 RETURNING 1) SELECT -count(*) FROM gone`, log, first, last)
}

var parkedTable = newTable("parked", "log first", "log first device via raw", func(r *store.ParkedRow) []any {
	return []any{&r.Log, &r.First, &r.Device, &r.Via, &r.Raw}
})

// PutParked implements store.NodeTx.
func (t *tx) PutParked(r *store.ParkedRow) error { return parkedTable.put(t, r) }

// Parked implements store.NodeTx; by log, then first.
func (t *tx) Parked(device p.EntityID) ([]store.ParkedRow, error) {
	return parkedTable.list(t, `WHERE device = $1 ORDER BY log, first`, device)
}

// Waiting implements store.NodeTx.
func (t *tx) Waiting(via p.EntityID) (w store.WaitingRow, err error) {
	_, err = t.one(`SELECT (SELECT count(*) FROM log WHERE via = $1 AND head = 0), (SELECT coalesce(sum(octet_length(raw)), 0)::bigint FROM parked WHERE via = $1)`,
		[]any{via}, &w.Logs, &w.ParkedBytes)
	return w, err
}

// DeleteParked implements store.NodeTx.
func (t *tx) DeleteParked(log p.LogID, first p.Seq) error {
	return t.exec(`DELETE FROM parked WHERE log = $1 AND first = $2`, log, first)
}
