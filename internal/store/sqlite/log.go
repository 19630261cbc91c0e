package sqlite

import (
	"slices"

	"tramy/internal/store"
	p "tramy/syncproto"
)

// Meta implements store.NodeTx.
func (t *tx) Meta(key string) ([]byte, error) {
	var b []byte
	ok, err := t.one(`SELECT value FROM meta WHERE key = ?`, []any{key}, &b)
	if !ok {
		return nil, err
	}
	return bytesOf(b), err
}

// SetMeta implements store.NodeTx. A nil value removes the key.
func (t *tx) SetMeta(key string, value []byte) error {
	if value == nil {
		return t.exec(`DELETE FROM meta WHERE key = ?`, key)
	}
	return t.exec(`INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, key, value)
}

// Counter implements store.NodeTx.
func (t *tx) Counter(name string) (uint64, error) {
	var n uint64
	_, err := t.one(`SELECT n FROM counter WHERE name = ?`, []any{name}, u64To(&n))
	return n, err
}

// SetCounter implements store.NodeTx.
func (t *tx) SetCounter(name string, n uint64) error {
	return t.exec(`INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT DO UPDATE SET n = excluded.n`, name, int64(n))
}

const logColumns = `id, device, own, access, head, hash, sealed, sealed_hash, let_in, reason, fork, via, receipt, wall_ms, offset_ms,
	up_here, up_hash, up_in, up_reason, root, root_incarnation, root_number, proof_up, proof_top, told`

func logDest(r *store.LogRow) []any {
	return []any{
		logTo(&r.ID), idTo(&r.Device), &r.Own, &r.Access, &r.Head,
		fixed{r.Hash[:]},
		&r.Sealed,
		fixed{r.SealedHash[:]},
		&r.In,
		&r.Reason, &r.Fork, idTo(&r.Via), u64To(&r.Receipt), &r.Last.WallMS, &r.Last.OffsetMS,
		&r.UpHere,
		fixed{r.UpHash[:]},
		&r.UpIn, &r.UpReason, &r.Root,
		fixed{r.RootAt.Incarnation[:]},
		u64To(&r.RootAt.Number), u64To(&r.ProofUp), u64To(&r.ProofTop), &r.Told,
	}
}

// Log implements store.NodeTx.
func (t *tx) Log(id p.LogID) (*store.LogRow, error) {
	return single(t, `SELECT `+logColumns+` FROM log WHERE id = ?`, []any{id[:]}, logDest)
}

// PutLog implements store.NodeTx.
func (t *tx) PutLog(r *store.LogRow) error {
	return t.exec(`INSERT OR REPLACE INTO log (`+logColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		r.ID[:], r.Device[:], boolOf(r.Own), boolOf(r.Access), int64(r.Head), r.Hash[:], int64(r.Sealed), r.SealedHash[:],
		int64(r.In), int64(r.Reason), int64(r.Fork), r.Via[:], int64(r.Receipt), r.Last.WallMS, int64(r.Last.OffsetMS),
		int64(r.UpHere), r.UpHash[:], int64(r.UpIn), int64(r.UpReason), int64(r.Root),
		r.RootAt.Incarnation[:], int64(r.RootAt.Number), int64(r.ProofUp), int64(r.ProofTop), int64(r.Told))
}

// LogsVia implements store.NodeTx.
func (t *tx) LogsVia(child p.EntityID, afterReceipt uint64) ([]store.LogRow, error) {
	return list(t, `SELECT `+logColumns+` FROM log WHERE via = ? AND receipt > ? ORDER BY receipt, id`,
		[]any{child[:], int64(afterReceipt)}, logDest)
}

// LogsOf implements store.NodeTx.
func (t *tx) LogsOf(device p.EntityID) ([]store.LogRow, error) {
	return list(t, `SELECT `+logColumns+` FROM log WHERE device = ? ORDER BY id`, []any{device[:]}, logDest)
}

// HeldLogs implements store.NodeTx.
func (t *tx) HeldLogs() ([]store.LogRow, error) {
	return list(t, `SELECT `+logColumns+` FROM log WHERE reason > 0 ORDER BY id`, nil, logDest)
}

// HeldLogsOf implements store.NodeTx.
func (t *tx) HeldLogsOf(device p.EntityID) ([]store.LogRow, error) {
	return list(t, `SELECT `+logColumns+` FROM log WHERE device = ? AND reason > 0 ORDER BY id`, []any{device[:]}, logDest)
}

// Logs implements store.NodeTx.
func (t *tx) Logs(after p.LogID, limit int) ([]store.LogRow, error) {
	if after.IsZero() {
		return list(t, `SELECT `+logColumns+` FROM log ORDER BY id LIMIT ?`, []any{limitOf(limit)}, logDest)
	}
	return list(t, `SELECT `+logColumns+` FROM log WHERE id > ? ORDER BY id LIMIT ?`, []any{after[:], limitOf(limit)}, logDest)
}

// PutSegment implements store.NodeTx. A segment that begins where one is replaces it.
func (t *tx) PutSegment(r *store.SegmentRow) error {
	n, err := t.execN(`INSERT INTO segment (log, first, count, raw) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		r.Log[:], int64(r.First), int64(r.Count), bytesOf(r.Raw))
	if err != nil {
		return err
	}
	if n == 1 {
		t.count(tallySegments, 1)
		t.count(tallyChanges, int64(r.Count))
		return nil
	}
	var before int64
	if _, err := t.one(`SELECT count FROM segment WHERE log = ? AND first = ?`, []any{r.Log[:], int64(r.First)}, &before); err != nil {
		return err
	}
	t.count(tallyChanges, int64(r.Count)-before)
	return t.exec(`UPDATE segment SET count = ?, raw = ? WHERE log = ? AND first = ?`,
		int64(r.Count), bytesOf(r.Raw), r.Log[:], int64(r.First))
}

// SegmentHolding implements store.NodeTx. Segments may overlap: the same changes sealed again have other borders.
func (t *tx) SegmentHolding(log p.LogID, seq p.Seq) (*store.SegmentRow, error) {
	return single(t, `SELECT log, first, count, raw FROM segment WHERE log = ? AND first <= ? AND first + count > ? ORDER BY first DESC LIMIT 1`,
		[]any{log[:], int64(seq), int64(seq)}, func(r *store.SegmentRow) []any {
			return []any{logTo(&r.Log), &r.First, &r.Count, &r.Raw}
		})
}

// CutSegments implements store.NodeTx. It looks through the whole outbox: a log is cut back once in years.
func (t *tx) CutSegments(log p.LogID, from p.Seq) error {
	var segments, changes int64
	if _, err := t.one(`SELECT count(*), coalesce(sum(count), 0) FROM segment WHERE log = ? AND first >= ?`, []any{log[:], int64(from)}, &segments, &changes); err != nil || segments == 0 {
		return err
	}
	t.count(tallySegments, -segments)
	t.count(tallyChanges, -changes)
	if err := t.exec(`DELETE FROM segment WHERE log = ? AND first >= ?`, log[:], int64(from)); err != nil {
		return err
	}
	return t.exec(`UPDATE outbox SET first = 0, let_in = 0, reason = 0 WHERE log = ? AND first >= ?`, log[:], int64(from))
}

// PutOutbox implements store.NodeTx. Raw is not kept: it is the segment's.
func (t *tx) PutOutbox(r *store.OutboxRow) error {
	return t.exec(`INSERT OR REPLACE INTO outbox (position, log, first, let_in, reason, low) VALUES (?, ?, ?, ?, ?, ?)`,
		int64(r.Position), r.Log[:], int64(r.First), int64(r.In), int64(r.Reason), boolOf(r.Low))
}

// Outbox implements store.NodeTx.
func (t *tx) Outbox(after uint64, limit int) ([]store.OutboxRow, error) {
	return list(t, `SELECT o.position, o.log, o.first, o.let_in, o.reason, o.low, s.raw
		FROM outbox o LEFT JOIN segment s ON o.first > 0 AND s.log = o.log AND s.first = o.first
		WHERE o.position > ? ORDER BY o.position LIMIT ?`,
		[]any{int64(after), limitOf(limit)}, func(r *store.OutboxRow) []any {
			return []any{u64To(&r.Position), logTo(&r.Log), &r.First, &r.In, &r.Reason, &r.Low, &r.Raw}
		})
}

// PutTail implements store.NodeTx.
func (t *tx) PutTail(log p.LogID, seq p.Seq, change []byte) error {
	n, err := t.execN(`INSERT INTO tail (log, seq, change) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, log[:], int64(seq), bytesOf(change))
	if n == 1 {
		t.count(tallyChanges, 1)
		return err
	}
	if err != nil {
		return err
	}
	return t.exec(`UPDATE tail SET change = ? WHERE log = ? AND seq = ?`, bytesOf(change), log[:], int64(seq))
}

// Tail implements store.NodeTx.
func (t *tx) Tail() ([]store.TailRow, error) {
	use := map[p.LogID]int{}
	rows, err := list(t, `SELECT log, seq, change FROM tail ORDER BY n`, nil, func(r *store.TailRow) []any {
		return []any{logTo(&r.Log), &r.Seq, &r.Change}
	})
	for i := range rows {
		if _, ok := use[rows[i].Log]; !ok {
			use[rows[i].Log] = len(use)
		}
	}
	slices.SortFunc(rows, func(a, b store.TailRow) int {
		if d := use[a.Log] - use[b.Log]; d != 0 {
			return d
		}
		return int(int64(a.Seq) - int64(b.Seq))
	})
	return rows, err
}

// TailAt implements store.NodeTx.
func (t *tx) TailAt(log p.LogID, seq p.Seq) (*store.TailRow, error) {
	r := &store.TailRow{Log: log, Seq: seq}
	found, err := t.one(`SELECT change FROM tail WHERE log = ? AND seq = ?`, []any{log[:], int64(seq)}, &r.Change)
	if err != nil || !found {
		return nil, err
	}
	return r, nil
}

// DeleteTail implements store.NodeTx.
func (t *tx) DeleteTail(log p.LogID, first, last p.Seq) error {
	n, err := t.execN(`DELETE FROM tail WHERE log = ? AND seq BETWEEN ? AND ?`, log[:], int64(first), int64(last))
	t.count(tallyChanges, -n)
	return err
}

// PutParked implements store.NodeTx.
func (t *tx) PutParked(r *store.ParkedRow) error {
	return t.exec(`INSERT OR REPLACE INTO parked (log, first, device, via, raw) VALUES (?, ?, ?, ?, ?)`,
		r.Log[:], int64(r.First), r.Device[:], r.Via[:], bytesOf(r.Raw))
}

// Parked implements store.NodeTx; by log, then first.
func (t *tx) Parked(device p.EntityID) ([]store.ParkedRow, error) {
	return list(t, `SELECT log, first, device, via, raw FROM parked WHERE device = ? ORDER BY log, first`,
		[]any{device[:]}, func(r *store.ParkedRow) []any {
			return []any{logTo(&r.Log), &r.First, idTo(&r.Device), idTo(&r.Via), &r.Raw}
		})
}

// Waiting implements store.NodeTx.
func (t *tx) Waiting(via p.EntityID) (w store.WaitingRow, err error) {
	_, err = t.one(`SELECT (SELECT COUNT(*) FROM log WHERE via = ?1 AND head = 0), (SELECT COALESCE(SUM(LENGTH(raw)), 0) FROM parked WHERE via = ?1)`,
		[]any{via[:]}, &w.Logs, &w.ParkedBytes)
	return w, err
}

// DeleteParked implements store.NodeTx.
func (t *tx) DeleteParked(log p.LogID, first p.Seq) error {
	return t.exec(`DELETE FROM parked WHERE log = ? AND first = ?`, log[:], int64(first))
}

// PutEdit implements store.NodeTx. An edit that is there already stays where it is.
func (t *tx) PutEdit(entity p.EntityID, d p.Dot) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(entity)
	if err != nil {
		return err
	}
	var last int64
	if _, err := t.one(`SELECT coalesce(max(n), 0) FROM edit WHERE entity = ?`, []any{num}, &last); err != nil {
		return err
	}
	return t.exec(`INSERT INTO edit (entity, n, log, seq) SELECT ?1, ?2, ?3, ?4
		WHERE NOT EXISTS (SELECT 1 FROM edit WHERE entity = ?1 AND log = ?3 AND seq = ?4)`,
		num, last+1, d.Log[:], int64(d.Seq))
}

// Edits implements store.NodeTx.
func (t *tx) Edits(entity p.EntityID) ([]p.Dot, error) {
	num, err := t.number(entity)
	if err != nil {
		return nil, err
	}
	return list(t, `SELECT log, seq FROM edit WHERE entity = ? ORDER BY n`, []any{num}, func(d *p.Dot) []any {
		return []any{logTo(&d.Log), &d.Seq}
	})
}

// ids reads a column of entity numbers as ids, in the order of ids.
func (t *tx) ids(text string, args ...any) ([]p.EntityID, error) {
	var out []p.EntityID
	err := t.all(text, args, func(rows *rows) error {
		var e p.EntityID
		if err := rows.Scan(t.to(&e)); err != nil {
			return err
		}
		out = append(out, e)
		return nil
	})
	slices.SortFunc(out, p.EntityID.Compare)
	return slices.Compact(out), err
}

// PutMember implements store.NodeTx.
func (t *tx) PutMember(subject, entity p.EntityID) error {
	return t.withNumbers(`INSERT OR IGNORE INTO member (subject, entity) VALUES (?, ?)`, subject, entity)
}

// DeleteMember implements store.NodeTx.
func (t *tx) DeleteMember(subject, entity p.EntityID) error {
	return t.withNumbers(`DELETE FROM member WHERE subject = ? AND entity = ?`, subject, entity)
}

func (t *tx) withNumbers(text string, ids ...p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		n, err := t.number(id)
		if err != nil {
			return err
		}
		args[i] = n
	}
	return t.exec(text, args...)
}

// Members implements store.NodeTx; by id.
func (t *tx) Members(subject p.EntityID) ([]p.EntityID, error) {
	num, err := t.number(subject)
	if err != nil {
		return nil, err
	}
	return t.ids(`SELECT entity FROM member WHERE subject = ?`, num)
}

// MemberStates implements store.NodeTx; by id.
func (t *tx) MemberStates(subject p.EntityID, have func(p.EntityID) bool) ([]store.Member, error) {
	num, err := t.number(subject)
	if err != nil {
		return nil, err
	}
	var out []store.Member
	err = t.all(`SELECT m.entity, e.state FROM member m LEFT JOIN entity e ON e.num = m.entity WHERE m.subject = ?`, []any{num}, func(rows *rows) error {
		var m store.Member
		var raw []byte
		if err := rows.Scan(t.to(&m.Entity), &raw); err != nil {
			return err
		}
		if raw != nil && !have(m.Entity) {
			var err error
			if m.State, err = t.decodeState(m.Entity, raw); err != nil {
				return err
			}
		}
		out = append(out, m)
		return nil
	})
	slices.SortFunc(out, func(a, b store.Member) int { return a.Entity.Compare(b.Entity) })
	return out, err
}
