package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	p "tramy/syncproto"
)

// PutAccessRow implements store.RowTx.
func (t *tx) PutAccessRow(row *project.AccessRow, named []p.EntityID) error {
	for _, id := range named {
		if err := set(t, &t.named, two{id, row.ID}, struct{}{}); err != nil {
			return err
		}
	}
	return put(t, &t.accesses, row.ID, row)
}

func latest(a, b *project.AccessRow) int {
	return cmp.Or(cmp.Compare(b.WallMS, a.WallMS), b.ID.Compare(a.ID))
}

// Accesses implements store.Query.
func (t *tx) Accesses(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	return ordered(t, t.accesses.all(), limit, func(row *project.AccessRow) bool {
		return subject.IsZero() || row.Subject == subject
	}, latest)
}

// AccessesNaming implements store.Query.
func (t *tx) AccessesNaming(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	return ordered(t, t.accesses.all(), limit, func(row *project.AccessRow) bool {
		_, named := t.named.get(two{subject, row.ID})
		return named
	}, latest)
}

// AccessesTaking implements store.Query.
func (t *tx) AccessesTaking(limit int) ([]project.AccessRow, error) {
	return ordered(t, t.accesses.all(), limit, func(row *project.AccessRow) bool {
		return (row.Act == registry.ActExport || row.Act == registry.ActPrint) && row.Subject.IsZero()
	}, latest)
}

// PutConsentRow implements store.RowTx.
func (t *tx) PutConsentRow(row *project.ConsentRow) error { return put(t, &t.consents, row.ID, row) }

// DeleteConsentRow implements store.RowTx.
func (t *tx) DeleteConsentRow(id p.EntityID) error { return remove(t, &t.consents, id) }

// ConsentsOf implements store.Query.
func (t *tx) ConsentsOf(subjects ...p.EntityID) ([]project.ConsentRow, error) {
	return ordered(t, t.consents.all(), 0, func(row *project.ConsentRow) bool { return slices.Contains(subjects, row.Subject) },
		func(a, b *project.ConsentRow) int { return cmp.Or(cmp.Compare(a.On, b.On), a.ID.Compare(b.ID)) })
}

// PutRequestRow implements store.RowTx.
func (t *tx) PutRequestRow(row *project.RequestRow) error { return put(t, &t.requests, row.ID, row) }

// DeleteRequestRow implements store.RowTx.
func (t *tx) DeleteRequestRow(id p.EntityID) error { return remove(t, &t.requests, id) }

func byDay(a, b *project.RequestRow) int { return cmp.Or(cmp.Compare(a.On, b.On), a.ID.Compare(b.ID)) }

// RequestsOf implements store.Query.
func (t *tx) RequestsOf(subjects ...p.EntityID) ([]project.RequestRow, error) {
	return ordered(t, t.requests.all(), 0, func(row *project.RequestRow) bool { return slices.Contains(subjects, row.Subject) }, byDay)
}

// Requests implements store.Query.
func (t *tx) Requests(all bool, limit int) ([]project.RequestRow, error) {
	return ordered(t, t.requests.all(), limit, func(row *project.RequestRow) bool { return all || row.Done == 0 && !row.Void }, byDay)
}

// Request implements store.Query.
func (t *tx) Request(id p.EntityID) (*project.RequestRow, error) { return one(t, &t.requests, id) }
