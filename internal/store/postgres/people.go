package postgres

import (
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Numbers that stand in the statements of this package.
var (
	_ = [1]bool{}[registry.StatusMoved-3]
	_ = [1]bool{}[registry.StatusDied-4]
	_ = [1]bool{}[registry.GroupChild-1]
	_ = [1]bool{}[registry.GroupPregnant-2]
	_ = [1]bool{}[registry.KindEnrolment-111]
)

// SubjectsPregnant implements store.Query.
func (t *tx) SubjectsPregnant(residences []p.EntityID, limit int) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE`+livingAt(residences)+` grp = 2 AND NOT void AND status NOT IN (3, 4) ORDER BY due_date, sort_name, id LIMIT $2`,
		residences, limitOf(limit))
}

// ChildrenOf implements store.Query.
func (t *tx) ChildrenOf(mothers ...p.EntityID) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE mother = ANY($1) AND mother <> $2 AND NOT void ORDER BY birth_date, birth_order, id`, mothers, p.EntityID{})
}

// SubjectsCame implements store.Query.
func (t *tx) SubjectsCame(residences []p.EntityID, since registry.Day, except []p.EntityID, limit int) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE residence = ANY($1) AND home_day >= $2 AND home_by <> $3 AND NOT home_by = ANY($4) AND NOT void
		AND status NOT IN (3, 4) ORDER BY home_day DESC, sort_name, id LIMIT $5`, residences, since, p.EntityID{}, except, limitOf(limit))
}

// HamletsAt implements store.Query.
func (t *tx) HamletsAt(residences ...p.EntityID) ([]store.HamletRow, error) {
	rows, err := list(t, `SELECT residence, hamlet, count(*) FROM subject WHERE residence = ANY($1) AND case_id = id AND NOT void AND status NOT IN (3, 4)
		GROUP BY residence, hamlet`, []any{residences}, func(r *store.HamletRow) []any { return []any{&r.Residence, &r.Hamlet, &r.People} })
	store.SortHamlets(rows)
	return rows, err
}

// ChildrenBorn implements store.Query.
func (t *tx) ChildrenBorn(residences []p.EntityID, from, to registry.Day) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE residence = ANY($1) AND birth_date BETWEEN $2 AND $3 AND birth_prec <> 0 AND case_id = id AND grp = 1
		AND NOT void AND NOT provisional ORDER BY birth_date, sort_name, id`, residences, from, to)
}

// SubjectsSilent implements store.Query.
func (t *tx) SubjectsSilent(place p.EntityID, residences []p.EntityID, since registry.Day) ([]p.EntityID, error) {
	if place.IsZero() {
		return nil, nil
	}
	return t.ids(`SELECT id FROM subject WHERE NOT residence = ANY($1) AND id IN (
		SELECT subject FROM immunization WHERE place = $2 GROUP BY subject HAVING max(given_on) < $3) ORDER BY id`, residences, place, since)
}

// CasesAt implements store.RowTx; by id.
func (t *tx) CasesAt(place p.EntityID) ([]p.EntityID, error) {
	if place.IsZero() {
		return nil, nil
	}
	return t.ids(`SELECT id FROM subject WHERE recorded = $1 UNION SELECT subject FROM immunization WHERE place = $1 AND subject <> $2 ORDER BY 1`,
		place, p.EntityID{})
}

// CasesGivenAt implements store.RowTx; by id.
func (t *tx) CasesGivenAt(place p.EntityID, since registry.Day) ([]p.EntityID, error) {
	if place.IsZero() {
		return nil, nil
	}
	return t.ids(`SELECT DISTINCT subject FROM immunization WHERE place = $1 AND given_on >= $2 AND subject <> $3 ORDER BY 1`, place, since, p.EntityID{})
}

// A link stands under each of its two, so that either finds it without asking every machine.
var linkTable = newTable("link", "subject id", "id a b same", func(r *project.LinkRow) []any { return []any{&r.ID, &r.A, &r.B, &r.Same} })

// LinksOf implements store.RowTx; by id.
func (t *tx) LinksOf(subject p.EntityID) ([]project.LinkRow, error) {
	return linkTable.list(t, `WHERE subject = $1 ORDER BY id`, subject)
}

// PutLinkRow implements store.RowTx.
func (t *tx) PutLinkRow(r *project.LinkRow) error {
	if err := t.DeleteLinkRow(r.ID); err != nil {
		return err
	}
	return t.exec(`INSERT INTO link (subject, id, a, b, same) SELECT DISTINCT s, $1::uuid, $2::uuid, $3::uuid, $4::boolean FROM unnest(ARRAY[$2, $3]::uuid[]) s`,
		r.ID, r.A, r.B, r.Same)
}

// DeleteLinkRow implements store.RowTx.
func (t *tx) DeleteLinkRow(id p.EntityID) error { return t.exec(`DELETE FROM link WHERE id = $1`, id) }

var conflictTable = newTable("conflict", "entity field", "entity field kind case_id class", func(r *project.ConflictRow) []any {
	return []any{&r.Entity, &r.Field, &r.Kind, &r.Case, &r.Class}
})

// PutConflicts implements store.RowTx.
func (t *tx) PutConflicts(entity p.EntityID, rows []project.ConflictRow) error {
	if err := t.exec(`DELETE FROM conflict WHERE entity = $1`, entity); err != nil {
		return err
	}
	for _, r := range rows {
		r.Entity = entity
		if err := conflictTable.put(t, &r); err != nil {
			return err
		}
	}
	return nil
}

// Conflicts implements store.Query. One entity's rows follow each other, by field.
func (t *tx) Conflicts(limit int) ([]project.ConflictRow, error) {
	return conflictTable.list(t, `ORDER BY entity, field LIMIT $1`, limitOf(limit))
}

// ConflictsOfCase implements store.Query.
func (t *tx) ConflictsOfCase(id p.EntityID) ([]project.ConflictRow, error) {
	return conflictTable.list(t, `WHERE case_id = $1 ORDER BY entity, field`, id)
}

// CountConflicts implements store.Query.
func (t *tx) CountConflicts() (int64, error) {
	var n int64
	_, err := t.one(`SELECT count(*) FROM conflict`, nil, &n)
	return n, err
}
