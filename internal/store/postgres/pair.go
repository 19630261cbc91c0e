package postgres

import (
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// MarkUnpaired implements store.PairTx.
func (t *tx) MarkUnpaired(subject p.EntityID) error {
	return t.exec(`INSERT INTO unpaired (id, sweep) VALUES ($1, coalesce((SELECT n FROM counter WHERE name = $2), 0))
		ON CONFLICT (id) DO UPDATE SET sweep = excluded.sweep WHERE unpaired.sweep <> excluded.sweep`, subject, store.CounterSweep)
}

// CountUnpaired implements store.PairTx.
func (t *tx) CountUnpaired(sweep uint64) (int64, error) {
	var n int64
	_, err := t.one(`SELECT count(*) FROM unpaired WHERE sweep < $1`, []any{sweep}, &n)
	return n, err
}

// SubjectsToPair implements store.PairTx; by id.
func (t *tx) SubjectsToPair(sweep uint64, after p.EntityID, limit int) ([]store.ToPair, error) {
	return list(t, `SELECT s.id, coalesce(u.sweep < $1, false) FROM subject s LEFT JOIN unpaired u ON u.id = s.id
		WHERE s.id > $2 AND NOT s.void AND NOT s.provisional ORDER BY s.id LIMIT $3`,
		[]any{sweep, after, limitOf(limit)}, func(r *store.ToPair) []any { return []any{&r.ID, &r.Stale} })
}

var pairTable = newTable("pair", "a b", "a b score certain found sweep", func(r *store.PairRow) []any {
	return []any{&r.A, &r.B, &r.Score, &r.Certain, &r.Found, &r.Sweep}
})

// PutPair implements store.PairTx.
func (t *tx) PutPair(r *store.PairRow) error {
	return t.exec(pairTable.insert()+` ON CONFLICT (a, b) DO UPDATE SET score = excluded.score, certain = excluded.certain, sweep = excluded.sweep`,
		pairTable.fields(r)...)
}

// EndSweep implements store.PairTx. A mark goes with the pairs of its subject, so that a crash leaves nothing between.
func (t *tx) EndSweep(sweep uint64, limit int) (bool, error) {
	if !t.write {
		return false, errReadOnly
	}
	looked, err := t.ids(`DELETE FROM unpaired WHERE id IN (SELECT id FROM unpaired WHERE sweep < $1 LIMIT $2) RETURNING id`, sweep, limitOf(limit))
	if err != nil || len(looked) == 0 {
		return false, err
	}
	return true, t.exec(`DELETE FROM pair WHERE (a = ANY($1) OR b = ANY($1)) AND sweep < $2`, looked, sweep)
}

// pairsOpen reads pairs p of two people x and y of whom nobody has said anything, and whom no third record makes one case.
const pairsOpen = `SELECT p.a, p.b, p.score, p.certain, p.found, p.sweep FROM pair p JOIN subject x ON x.id = p.a JOIN subject y ON y.id = p.b
	WHERE NOT x.void AND NOT y.void AND x.case_id <> y.case_id
	AND NOT EXISTS (SELECT 1 FROM link l WHERE l.subject = p.a AND (l.a = p.b OR l.b = p.b))`

// Pairs implements store.PairTx.
func (t *tx) Pairs(q store.PairQuery) ([]store.PairRow, error) {
	text, args := pairsOpen+` AND p.score >= $1`, []any{q.Min, limitOf(q.Limit)}
	if !q.After.A.IsZero() {
		text += ` AND (p.score, p.a, p.b) < ($3, $4, $5)`
		args = append(args, q.After.Score, q.After.A, q.After.B)
	}
	return list(t, text+` ORDER BY p.score DESC, p.a DESC, p.b DESC LIMIT $2`, args, pairTable.fields)
}

// PairsCertain implements store.PairTx.
func (t *tx) PairsCertain(found registry.Day, limit int) ([]store.PairRow, error) {
	return list(t, pairsOpen+` AND p.certain AND p.found <= $1 ORDER BY p.found, p.a, p.b LIMIT $2`, []any{found, limitOf(limit)}, pairTable.fields)
}
