package memory

import (
	"cmp"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// PutRecordRow implements store.RowTx.
func (t *tx) PutRecordRow(row *project.RecordRow) error { return put(t, &t.records, row.ID, row) }

// DeleteRecordRow implements store.RowTx.
func (t *tx) DeleteRecordRow(id p.EntityID) error { return remove(t, &t.records, id) }

func recordsByDay(a, b *project.RecordRow) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), a.ID.Compare(b.ID))
}

// RecordsOf implements store.Query.
func (t *tx) RecordsOf(kind p.Kind, subjects ...p.EntityID) ([]project.RecordRow, error) {
	return ordered(t, t.records.all(), 0, func(row *project.RecordRow) bool {
		return row.Kind == kind && slices.Contains(subjects, row.Subject)
	}, recordsByDay)
}

// RecordsAt implements store.Query.
func (t *tx) RecordsAt(q store.RecordQuery) ([]project.RecordRow, error) {
	return ordered(t, t.records.all(), 0, func(row *project.RecordRow) bool {
		return row.Kind == q.Kind && slices.Contains(q.Places, row.Place) && row.Day >= q.From && (q.Until == 0 || row.Day < q.Until)
	}, recordsByDay)
}

// RecordsUnder implements store.Query.
func (t *tx) RecordsUnder(kind p.Kind, under p.EntityID) ([]project.RecordRow, error) {
	return ordered(t, t.records.all(), 0, func(row *project.RecordRow) bool {
		return row.Kind == kind && !under.IsZero() && row.Under == under
	}, recordsByDay)
}

// ListedIn implements store.Query.
func (t *tx) ListedIn(campaign p.EntityID) ([]store.CampaignEntry, error) {
	rows, err := t.RecordsUnder(registry.KindEnrolment, campaign)
	var out []store.CampaignEntry
	for i := range rows {
		if r := &rows[i]; !r.Void {
			out = append(out, store.CampaignEntry{ID: r.ID, Subject: r.Subject, Place: r.Place, Day: r.Day, Mark: r.Mark, Sum: r.Sum})
		}
	}
	return out, err
}

// Record implements store.Query.
func (t *tx) Record(id p.EntityID) (*project.RecordRow, error) { return one(t, &t.records, id) }
