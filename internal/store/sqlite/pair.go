package sqlite

import (
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// MarkUnpaired implements store.PairTx.
func (t *tx) MarkUnpaired(subject p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(subject)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO unpaired (num, sweep) VALUES (?1, coalesce((SELECT n FROM counter WHERE name = ?2), 0))
		ON CONFLICT DO UPDATE SET sweep = excluded.sweep WHERE sweep <> excluded.sweep`, num, store.CounterSweep)
}

// CountUnpaired implements store.PairTx.
func (t *tx) CountUnpaired(sweep uint64) (int64, error) {
	var n int64
	_, err := t.one(`SELECT count(*) FROM unpaired WHERE sweep < ?`, []any{int64(sweep)}, &n)
	return n, err
}

// SubjectsToPair implements store.PairTx; by number.
func (t *tx) SubjectsToPair(sweep uint64, after p.EntityID, limit int) ([]store.ToPair, error) {
	num, err := t.number(after)
	if err != nil {
		return nil, err
	}
	return list(t, `SELECT s.num, coalesce(u.sweep < ?, 0) FROM subject s LEFT JOIN unpaired u ON u.num = s.num
		WHERE s.num > ? AND s.void = 0 AND s.provisional = 0 ORDER BY s.num LIMIT ?`,
		[]any{int64(sweep), num, limitOf(limit)}, func(r *store.ToPair) []any { return []any{t.to(&r.ID), &r.Stale} })
}

// PutPair implements store.PairTx.
func (t *tx) PutPair(r *store.PairRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.A, r.B)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO pair (a, b, score, certain, found, sweep) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET score = excluded.score, certain = excluded.certain, sweep = excluded.sweep`,
		n[0], n[1], int64(r.Score), boolOf(r.Certain), int64(r.Found), int64(r.Sweep))
}

// EndSweep implements store.PairTx. A mark goes with the pairs of its subject, so that a crash leaves nothing between.
func (t *tx) EndSweep(sweep uint64, limit int) (bool, error) {
	var looked []int64
	if err := t.all(`SELECT num FROM unpaired WHERE sweep < ? LIMIT ?`, []any{int64(sweep), limitOf(limit)}, func(rows *rows) error {
		var num int64
		err := rows.Scan(&num)
		looked = append(looked, num)
		return err
	}); err != nil {
		return false, err
	}
	for _, num := range looked {
		for _, text := range []string{`DELETE FROM pair WHERE a = ? AND sweep < ?`, `DELETE FROM pair WHERE b = ? AND sweep < ?`} {
			if err := t.exec(text, num, int64(sweep)); err != nil {
				return false, err
			}
		}
		if err := t.exec(`DELETE FROM unpaired WHERE num = ?`, num); err != nil {
			return false, err
		}
	}
	return len(looked) > 0, nil
}

const pairColumns = `p.a, p.b, p.score, p.certain, p.found, p.sweep`

func (t *tx) pairDest(r *store.PairRow) []any {
	return []any{t.to(&r.A), t.to(&r.B), &r.Score, &r.Certain, &r.Found, u64To(&r.Sweep)}
}

// open continues "… FROM pair p": both are people, nobody has said anything about them, and no third record
// makes them one case.
const openPair = ` JOIN subject x ON x.num = p.a JOIN subject y ON y.num = p.b
	WHERE x.void = 0 AND y.void = 0
	AND CASE x.case_num WHEN 0 THEN x.num ELSE x.case_num END <> CASE y.case_num WHEN 0 THEN y.num ELSE y.case_num END
	AND NOT EXISTS (SELECT 1 FROM link l WHERE l.a = p.a AND l.b = p.b)
	AND NOT EXISTS (SELECT 1 FROM link l WHERE l.a = p.b AND l.b = p.a)`

// Pairs implements store.PairTx.
func (t *tx) Pairs(q store.PairQuery) ([]store.PairRow, error) {
	text, args := `SELECT `+pairColumns+` FROM pair p`+openPair+` AND p.score >= ?`, []any{int64(q.Min)}
	if !q.After.A.IsZero() {
		n, err := t.numbers(q.After.A, q.After.B)
		if err != nil {
			return nil, err
		}
		text += ` AND p.score <= ? AND (p.score < ? OR p.a < ? OR p.a = ? AND p.b < ?)`
		args = append(args, int64(q.After.Score), int64(q.After.Score), n[0], n[0], n[1])
	}
	text += ` ORDER BY p.score DESC, p.a DESC, p.b DESC LIMIT ?`
	return list(t, text, append(args, limitOf(q.Limit)), t.pairDest)
}

// PairsCertain implements store.PairTx.
func (t *tx) PairsCertain(found registry.Day, limit int) ([]store.PairRow, error) {
	return list(t, `SELECT `+pairColumns+` FROM pair p`+openPair+` AND p.certain = 1 AND p.found <= ?
		ORDER BY p.found, p.a, p.b LIMIT ?`, []any{int64(found), limitOf(limit)}, t.pairDest)
}
