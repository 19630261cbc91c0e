package memory

import (
	"cmp"

	"tramy/internal/store"
)

// kept is a local row's name.
type kept struct {
	kind store.LocalKind
	key  string
}

// Compare implements key.
func (a kept) Compare(b kept) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key))
}

// PutLocal implements store.NodeTx.
func (t *tx) PutLocal(row *store.LocalRow) error {
	return set(t, &t.locals, kept{row.Kind, row.Key}, bytesOf(row.Value))
}

// Local implements store.NodeTx.
func (t *tx) Local(kind store.LocalKind, key string) ([]byte, error) {
	value, _ := t.locals.get(kept{kind, key})
	return cloned(value), t.reading()
}

// DeleteLocal implements store.NodeTx.
func (t *tx) DeleteLocal(kind store.LocalKind, key string) error {
	return remove(t, &t.locals, kept{kind, key})
}

// Locals implements store.NodeTx.
func (t *tx) Locals(kind store.LocalKind) ([]store.LocalRow, error) {
	var out []store.LocalRow
	for k, value := range within(&t.locals, kept{kind: kind}, func(k kept) bool { return k.kind == kind }) {
		out = append(out, store.LocalRow{Kind: kind, Key: k.key, Value: cloned(value)})
	}
	return out, t.reading()
}
