package sqlite

import "tramy/internal/store"

// PutLocal implements store.NodeTx.
func (t *tx) PutLocal(row *store.LocalRow) error {
	return t.exec(`INSERT INTO local (kind, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
		string(row.Kind), row.Key, bytesOf(row.Value))
}

// Local implements store.NodeTx.
func (t *tx) Local(kind store.LocalKind, key string) ([]byte, error) {
	var b []byte
	ok, err := t.one(`SELECT value FROM local WHERE kind = ? AND key = ?`, []any{string(kind), key}, &b)
	if !ok {
		return nil, err
	}
	return bytesOf(b), err
}

// DeleteLocal implements store.NodeTx.
func (t *tx) DeleteLocal(kind store.LocalKind, key string) error {
	return t.exec(`DELETE FROM local WHERE kind = ? AND key = ?`, string(kind), key)
}

// Locals implements store.NodeTx.
func (t *tx) Locals(kind store.LocalKind) ([]store.LocalRow, error) {
	return list(t, `SELECT key, value FROM local WHERE kind = ? ORDER BY key`, []any{string(kind)}, func(r *store.LocalRow) []any {
		r.Kind = kind
		return []any{&r.Key, &r.Value}
	})
}
