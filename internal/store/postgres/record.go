package postgres

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var recordTable = newTable("record", "id", "id kind subject place under day void part mark sum", func(r *project.RecordRow) []any {
	return []any{&r.ID, &r.Kind, &r.Subject, &r.Place, &r.Under, &r.Day, &r.Void, &r.Group, &r.Mark, &r.Sum}
})

// PutRecordRow implements store.RowTx.
func (t *tx) PutRecordRow(r *project.RecordRow) error {
	if r.Kind == registry.KindEnrolment {
		t.touch(r.Under)
		if err := t.touchingOld(`SELECT under, 1 FROM record WHERE id = $1`, "", 1, r.ID); err != nil {
			return err
		}
	}
	return recordTable.put(t, r)
}

// DeleteRecordRow implements store.RowTx.
func (t *tx) DeleteRecordRow(id p.EntityID) error {
	return t.touchingOld(`DELETE FROM record WHERE id = $1 RETURNING under, 1`, "", 0, id)
}

const byDay = ` ORDER BY day, id`

// RecordsOf implements store.Query.
func (t *tx) RecordsOf(kind p.Kind, subjects ...p.EntityID) ([]project.RecordRow, error) {
	return recordTable.list(t, `WHERE kind = $1 AND subject = ANY($2)`+byDay, kind, subjects)
}

// RecordsAt implements store.Query.
func (t *tx) RecordsAt(q store.RecordQuery) ([]project.RecordRow, error) {
	return recordTable.list(t, `WHERE kind = $1 AND place = ANY($2) AND day >= $3 AND ($4::int = 0 OR day < $4)`+byDay, q.Kind, q.Places, q.From, q.Until)
}

// someUnder lets the planner use the index of what belongs to something.
const someUnder = ` AND under <> '00000000-0000-0000-0000-000000000000'`

// RecordsUnder implements store.Query.
func (t *tx) RecordsUnder(kind p.Kind, under p.EntityID) ([]project.RecordRow, error) {
	return recordTable.list(t, `WHERE under = $1 AND kind = $2`+someUnder+byDay, under, kind)
}

// Record implements store.Query.
func (t *tx) Record(id p.EntityID) (*project.RecordRow, error) {
	return recordTable.one(t, `WHERE id = $1`, id)
}

// ListedIn implements store.Query.
func (t *tx) ListedIn(campaign p.EntityID) ([]store.CampaignEntry, error) {
	return list(t, `SELECT id, subject, place, day, mark, sum FROM record WHERE under = $1 AND kind = 111 AND NOT void`+someUnder+byDay,
		[]any{campaign}, func(r *store.CampaignEntry) []any {
			return []any{&r.ID, &r.Subject, &r.Place, &r.Day, &r.Mark, &r.Sum}
		})
}

var consentTable = newTable("consent", "subject id", "id subject purpose day void", func(r *project.ConsentRow) []any {
	return []any{&r.ID, &r.Subject, &r.Purpose, &r.On, &r.Void}
})

// PutConsentRow implements store.RowTx.
func (t *tx) PutConsentRow(r *project.ConsentRow) error {
	if err := t.exec(`DELETE FROM consent WHERE id = $1 AND subject <> $2`, r.ID, r.Subject); err != nil {
		return err
	}
	return consentTable.put(t, r)
}

// DeleteConsentRow implements store.RowTx.
func (t *tx) DeleteConsentRow(id p.EntityID) error {
	return t.exec(`DELETE FROM consent WHERE id = $1`, id)
}

// ConsentsOf implements store.Query.
func (t *tx) ConsentsOf(subjects ...p.EntityID) ([]project.ConsentRow, error) {
	return consentTable.list(t, `WHERE subject = ANY($1)`+byDay, subjects)
}

var requestTable = newTable("request", "subject id", "id subject place wish day answered extended outcome done restricts void", func(r *project.RequestRow) []any {
	return []any{&r.ID, &r.Subject, &r.Place, &r.Wish, &r.On, &r.Answered, &r.Extended, &r.Outcome, &r.Done, &r.Restricts, &r.Void}
})

// PutRequestRow implements store.RowTx.
func (t *tx) PutRequestRow(r *project.RequestRow) error {
	if err := t.exec(`DELETE FROM request WHERE id = $1 AND subject <> $2`, r.ID, r.Subject); err != nil {
		return err
	}
	return requestTable.put(t, r)
}

// DeleteRequestRow implements store.RowTx.
func (t *tx) DeleteRequestRow(id p.EntityID) error {
	return t.exec(`DELETE FROM request WHERE id = $1`, id)
}

// RequestsOf implements store.Query.
func (t *tx) RequestsOf(subjects ...p.EntityID) ([]project.RequestRow, error) {
	return requestTable.list(t, `WHERE subject = ANY($1)`+byDay, subjects)
}

// Requests implements store.Query.
func (t *tx) Requests(all bool, limit int) ([]project.RequestRow, error) {
	where := `WHERE done = 0 AND NOT void`
	if all {
		where = ``
	}
	return requestTable.list(t, where+byDay+` LIMIT $1`, limitOf(limit))
}

// Request implements store.Query.
func (t *tx) Request(id p.EntityID) (*project.RequestRow, error) {
	return requestTable.one(t, `WHERE id = $1`, id)
}

var accessTable = newTable("access", "id", "id actor place subject act reason named wall_ms", func(r *project.AccessRow) []any {
	return []any{&r.ID, &r.Actor, &r.Place, &r.Subject, &r.Act, &r.Reason, &r.Count, &r.WallMS}
})

// PutAccessRow implements store.RowTx.
func (t *tx) PutAccessRow(r *project.AccessRow, named []p.EntityID) error {
	if err := accessTable.put(t, r); err != nil || len(named) == 0 {
		return err
	}
	return t.exec(`INSERT INTO access_named (subject, id) SELECT DISTINCT s, $1::uuid FROM unnest($2::uuid[]) s ON CONFLICT (subject, id) DO NOTHING`, r.ID, named)
}

const newestFirst = ` ORDER BY wall_ms DESC, id DESC LIMIT `

// Accesses implements store.Query.
func (t *tx) Accesses(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	if subject.IsZero() {
		return accessTable.list(t, newestFirst+`$1`, limitOf(limit))
	}
	return accessTable.list(t, `WHERE subject = $1`+newestFirst+`$2`, subject, limitOf(limit))
}

// AccessesNaming implements store.Query. Whom a list named lies with the person, the look with its id: they are asked for one after
// the other.
func (t *tx) AccessesNaming(subject p.EntityID, limit int) ([]project.AccessRow, error) {
	looks, err := t.ids(`SELECT id FROM access_named WHERE subject = $1`, subject)
	if err != nil || len(looks) == 0 {
		return nil, err
	}
	return accessTable.list(t, `WHERE id = ANY($1)`+newestFirst+`$2`, looks, limitOf(limit))
}

// AccessesTaking implements store.Query.
func (t *tx) AccessesTaking(limit int) ([]project.AccessRow, error) {
	return accessTable.list(t, `WHERE act IN ('export', 'print') AND subject = '00000000-0000-0000-0000-000000000000'`+newestFirst+`$1`, limitOf(limit))
}
