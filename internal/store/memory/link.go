package memory

import (
	"cmp"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// LinksOf implements store.RowTx; by id.
func (t *tx) LinksOf(subject p.EntityID) ([]project.LinkRow, error) {
	return list(t, of(&t.linksOf, subject), 0, every)
}

// PutLinkRow implements store.RowTx.
func (t *tx) PutLinkRow(row *project.LinkRow) error {
	if err := t.DeleteLinkRow(row.ID); err != nil {
		return err
	}
	kept := *row
	t.links.set(row.ID, &kept)
	t.linksOf.set(two{row.A, row.ID}, &kept)
	t.linksOf.set(two{row.B, row.ID}, &kept)
	return nil
}

// DeleteLinkRow implements store.RowTx.
func (t *tx) DeleteLinkRow(id p.EntityID) error {
	if err := t.writing(); err != nil {
		return err
	}
	if old, known := t.links.get(id); known {
		t.links.delete(id)
		t.linksOf.delete(two{old.A, id})
		t.linksOf.delete(two{old.B, id})
	}
	return nil
}

// PutConflicts implements store.RowTx.
func (t *tx) PutConflicts(entity p.EntityID, rows []project.ConflictRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	var gone []placed
	for k := range numbered(&t.conflicts, entity) {
		gone = append(gone, k)
	}
	for _, k := range gone {
		t.conflicts.delete(k)
	}
	for _, row := range rows {
		row.Entity = entity
		t.conflicts.set(placed{entity, uint64(row.Field)}, &row)
	}
	return nil
}

// Conflicts implements store.Query; by id, then field.
func (t *tx) Conflicts(limit int) ([]project.ConflictRow, error) {
	return list(t, t.conflicts.all(), limit, every)
}

// ConflictsOfCase implements store.Query.
func (t *tx) ConflictsOfCase(id p.EntityID) ([]project.ConflictRow, error) {
	return list(t, t.conflicts.all(), 0, func(row *project.ConflictRow) bool { return row.Case == id })
}

// CountConflicts implements store.Query.
func (t *tx) CountConflicts() (int64, error) { return int64(t.conflicts.count), t.reading() }

// MarkUnpaired implements store.PairTx.
func (t *tx) MarkUnpaired(subject p.EntityID) error {
	sweep, _ := t.counters.get(name(store.CounterSweep))
	return set(t, &t.unpaired, subject, sweep)
}

// CountUnpaired implements store.PairTx.
func (t *tx) CountUnpaired(sweep uint64) (int64, error) {
	return int64(len(t.looked(sweep, 0))), t.reading()
}

// looked returns up to limit of those that a sweep has to look at.
func (t *tx) looked(sweep uint64, limit int) []p.EntityID {
	var out []p.EntityID
	for id, marked := range t.unpaired.all() {
		if marked < sweep {
			out = append(out, id)
			if len(out) == limit {
				break
			}
		}
	}
	return out
}

// SubjectsToPair implements store.PairTx; by id.
func (t *tx) SubjectsToPair(sweep uint64, after p.EntityID, limit int) ([]store.ToPair, error) {
	rows, err := list(t, t.subjects.from(after), limit, func(row *project.SubjectRow) bool {
		return row.ID != after && !row.Void && !row.Provisional
	})
	var out []store.ToPair
	for i := range rows {
		marked, ok := t.unpaired.get(rows[i].ID)
		out = append(out, store.ToPair{ID: rows[i].ID, Stale: ok && marked < sweep})
	}
	return out, err
}

// PutPair implements store.PairTx.
func (t *tx) PutPair(row *store.PairRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	if old, known := t.pairs.get(two{row.A, row.B}); known {
		kept.Found = old.Found
	}
	t.pairs.set(two{row.A, row.B}, &kept)
	t.pairsOfB.set(two{row.B, row.A}, struct{}{})
	return nil
}

// EndSweep implements store.PairTx.
func (t *tx) EndSweep(sweep uint64, limit int) (bool, error) {
	if err := t.writing(); err != nil {
		return false, err
	}
	looked := t.looked(sweep, limit)
	for _, id := range looked {
		var gone []two
		for k, row := range of(&t.pairs, id) {
			if row.Sweep < sweep {
				gone = append(gone, k)
			}
		}
		for k := range of(&t.pairsOfB, id) {
			if row, ok := t.pairs.get(two{k.id, id}); ok && row.Sweep < sweep {
				gone = append(gone, two{k.id, id})
			}
		}
		for _, k := range gone {
			t.pairs.delete(k)
			t.pairsOfB.delete(two{k.id, k.of})
		}
		t.unpaired.delete(id)
	}
	return len(looked) > 0, nil
}

// open reports whether both of a pair are people, nobody has said anything about them, and no third record makes them
// one case.
func (t *tx) open(row *store.PairRow) bool {
	a, known := t.subjects.get(row.A)
	b, too := t.subjects.get(row.B)
	if !known || !too || a.Void || b.Void || a.Case == b.Case {
		return false
	}
	for _, l := range of(&t.linksOf, row.A) {
		if l.A == row.A && l.B == row.B || l.A == row.B && l.B == row.A {
			return false
		}
	}
	return true
}

// Pairs implements store.PairTx.
func (t *tx) Pairs(q store.PairQuery) ([]store.PairRow, error) {
	likeliest := func(a, b *store.PairRow) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), b.A.Compare(a.A), b.B.Compare(a.B))
	}
	return ordered(t, t.pairs.all(), q.Limit, func(row *store.PairRow) bool {
		return row.Score >= q.Min && (q.After.A.IsZero() || likeliest(&q.After, row) < 0) && t.open(row)
	}, likeliest)
}

// PairsCertain implements store.PairTx.
func (t *tx) PairsCertain(found registry.Day, limit int) ([]store.PairRow, error) {
	return ordered(t, t.pairs.all(), limit, func(row *store.PairRow) bool {
		return row.Certain && row.Found <= found && t.open(row)
	}, func(a, b *store.PairRow) int {
		return cmp.Or(cmp.Compare(a.Found, b.Found), a.A.Compare(b.A), a.B.Compare(b.B))
	})
}
