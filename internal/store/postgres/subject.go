package postgres

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

var subjectTable = newTable("subject", "id", `id case_id recorded residence code name birth_date birth_prec birth_minute birth_order sex hamlet
	mother_name phone personal_no grp status next_date due_date conditions void provisional search numbers sort_name from_card mother tetanus
	tetanus_year home_by home_day`, func(r *project.SubjectRow) []any {
	return []any{
		&r.ID, &r.Case, &r.Recorded, &r.Residence, &r.Code, &r.Name, &r.BirthDate, &r.BirthPrec, &r.BirthMinute, &r.BirthOrder, &r.Sex, &r.Hamlet,
		&r.MotherName, &r.Phone, &r.PersonalNo, &r.Group, &r.Status, &r.NextDate, &r.DueDate, &r.Conditions, &r.Void, &r.Provisional, &r.Search,
		&r.Numbers, &r.SortName, &r.FromCard, &r.Mother, &r.Tetanus, &r.TetanusYear, &r.HomeBy, &r.HomeDay,
	}
})

// subjectPut is the table's upsert with the words of the index behind.
var subjectPut = func() string {
	columns := strings.Join(subjectTable.columns, `, `)
	put := strings.Replace(subjectTable.upsert, columns, columns+`, words`, 1)
	return strings.Replace(put, `$31)`, `$31, array_to_tsvector($32))`, 1) + `, words = excluded.words`
}()

// wordBytesMax is how much of a word the index has: PostgreSQL takes none longer than 2 kB.
const wordBytesMax = 200

func cutWord(w string) string {
	if len(w) <= wordBytesMax {
		return w
	}
	return strings.ToValidUTF8(w[:wordBytesMax], "")
}

// indexed are the words under which a subject is found: its words, and its numbers with # before them.
func indexed(r *project.SubjectRow) []string {
	var out []string
	for _, w := range store.Words(r.Search) {
		out = append(out, cutWord(w))
	}
	for _, w := range store.Words(r.Numbers) {
		out = append(out, cutWord("#"+w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lexeme is a word in a query: in quotes, where only quotes and backslashes mean something, and words have neither.
func lexeme(word string) string {
	return `'` + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(cutWord(word)) + `'`
}

// PutSubjectRow implements store.RowTx. Whoever is in no case is their own.
func (t *tx) PutSubjectRow(r *project.SubjectRow) error {
	if r.Case.IsZero() {
		own := *r
		own.Case = r.ID
		r = &own
	}
	if err := t.counting(tallySubjects, `SELECT 1 - count(*) FROM subject WHERE id = $1`, r.ID); err != nil {
		return err
	}
	if err := t.touchGivenTo(r.ID, r.BirthDate, r.BirthPrec, r.Sex); err != nil {
		return err
	}
	return t.exec(subjectPut, append(subjectTable.fields(r), indexed(r))...)
}

// DeleteSubjectRow implements store.RowTx.
func (t *tx) DeleteSubjectRow(id p.EntityID) error {
	if err := t.touchGivenTo(id, 0, 0, -1); err != nil { // nobody has that sex
		return err
	}
	return t.counting(tallySubjects, `WITH gone AS (DELETE FROM subject WHERE id = $1 RETURNING 1) SELECT -count(*) FROM gone`, id)
}

// SubjectRow implements store.RowTx.
func (t *tx) SubjectRow(id p.EntityID) (*project.SubjectRow, error) {
	return subjectTable.one(t, `WHERE id = $1`, id)
}

// byName is the order of names, as the indexes on their beginnings have it.
const byName = ` left(sort_name, 200), sort_name, id`

// SearchSubjects implements store.Query. People entered in error are not found. The planner knows how common a word is: it
// walks the names in their order where most people match, and the index of words where few do.
func (t *tx) SearchSubjects(q store.SubjectQuery) ([]project.SubjectRow, error) {
	where := []string{`NOT void`}
	var args []any
	arg := func(x any) string {
		args = append(args, x)
		return `$` + itoa(len(args))
	}
	var match []string
	for _, w := range q.Words {
		for _, part := range store.Words(w) {
			match = append(match, lexeme(part)+`:*`)
		}
	}
	for _, part := range store.Words(q.Digits) {
		match = append(match, lexeme("#"+part)+`:*`)
	}
	if len(match) > 0 {
		where = append(where, `words @@ `+arg(strings.Join(match, ` & `))+`::text::tsquery`)
	}
	if len(q.Residences) > 0 {
		where = append(where, `residence = ANY(`+arg(q.Residences)+`)`)
	}
	if q.After != "" || !q.AfterID.IsZero() {
		after := arg(q.After)
		where = append(where, `(left(sort_name, 200), sort_name, id) > (left(`+after+`, 200), `+after+`, `+arg(q.AfterID)+`)`)
	}
	return subjectTable.list(t, `WHERE `+strings.Join(where, ` AND `)+` ORDER BY`+byName+` LIMIT `+arg(limitOf(q.Limit)), args...)
}

// numbered finds who has one of some numbers, also as an alias if that is asked for; by id.
func (t *tx) numbered(number string, alias bool) ([]project.SubjectRow, error) {
	w := store.Words(number)
	if len(w) != 1 {
		return nil, nil
	}
	match := lexeme("#" + w[0])
	if alias {
		match += ` | ` + lexeme(w[0])
	}
	return subjectTable.list(t, `WHERE words @@ $1::text::tsquery ORDER BY id`, match)
}

// SubjectByCode implements store.Query. Two subjects may carry one code (a cloned laptop): the smallest id that is not
// entered in error is returned.
func (t *tx) SubjectByCode(code string) (*project.SubjectRow, error) {
	rows, err := t.numbered(code, false)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r project.SubjectRow) bool { return r.Code != code })
	for i := range rows {
		if !rows[i].Void {
			return &rows[i], nil
		}
	}
	if len(rows) > 0 {
		return &rows[0], nil
	}
	return nil, nil
}

// CasesOf implements store.Query.
func (t *tx) CasesOf(subjects ...p.EntityID) (map[p.EntityID]p.EntityID, error) {
	out := map[p.EntityID]p.EntityID{}
	if len(subjects) == 0 {
		return out, nil
	}
	var id, kase p.EntityID
	err := t.each(`SELECT id, case_id FROM subject WHERE id = ANY($1) AND case_id <> id`, []any{subjects}, []any{&id, &kase}, func() error {
		out[id] = kase
		return nil
	})
	return out, err
}

// SubjectsOfCase implements store.Query; by id.
func (t *tx) SubjectsOfCase(id p.EntityID) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE case_id = $1 ORDER BY id`, id)
}

// blockKeyRows bounds what is read under one key of a block, for birth dates and names that a whole nation shares. The
// narrow keys are read first, so nobody who agrees in two is cut off by it.
const blockKeyRows = 20_000

// SubjectsByBlock implements store.Query.
func (t *tx) SubjectsByBlock(b store.BlockQuery) ([]project.SubjectRow, error) {
	var out []project.SubjectRow
	seen := map[p.EntityID]bool{}
	add := func(rows []project.SubjectRow, err error) error {
		for i := range rows {
			if r := &rows[i]; (b.Gone || !r.Void && r.Status != registry.StatusDied) && !seen[r.ID] {
				seen[r.ID] = true
				out = append(out, *r)
			}
		}
		return err
	}
	for _, number := range []string{b.Code, b.PersonalNo, b.Phone} {
		if err := add(t.numbered(number, false)); err != nil {
			return nil, err
		}
	}
	for _, number := range b.Papers {
		if err := add(t.numbered(number, true)); err != nil {
			return nil, err
		}
	}
	named := b.SortName != ""
	const born, called = `birth_date = $1 AND birth_prec <> 0`, `left(sort_name, 200) = left($1, 200) AND sort_name = $1`
	for _, key := range []struct {
		use   bool
		where string
		args  []any
	}{
		{b.BirthDate != 0 && named, born + ` AND sort_name = $3`, []any{b.BirthDate, int64(blockKeyRows), b.SortName}},
		{b.BirthDate != 0, born, []any{b.BirthDate, int64(blockKeyRows)}},
		{named, called, []any{b.SortName, int64(blockKeyRows)}},
	} {
		if !key.use {
			continue
		}
		if err := add(subjectTable.list(t, `WHERE `+key.where+` LIMIT $2`, key.args...)); err != nil {
			return nil, err
		}
	}
	rank := make(map[p.EntityID]int, len(out))
	for i := range out {
		rank[out[i].ID] = b.Rank(&out[i])
	}
	slices.SortFunc(out, func(x, y project.SubjectRow) int { return cmp.Or(rank[y.ID]-rank[x.ID], x.ID.Compare(y.ID)) })
	if b.Limit > 0 && len(out) > b.Limit {
		out = out[:b.Limit]
	}
	return out, nil
}

// SubjectsFromCard implements store.Query.
func (t *tx) SubjectsFromCard() ([]project.SubjectRow, error) {
	return subjectTable.list(t, `s WHERE from_card AND NOT void
		AND NOT EXISTS (SELECT 1 FROM subject o WHERE o.case_id = s.case_id AND o.code = s.code AND NOT o.from_card AND NOT o.void)
		AND NOT EXISTS (SELECT 1 FROM subject o WHERE o.id = s.case_id AND o.code = s.code AND NOT o.from_card AND NOT o.void) ORDER BY id`)
}

// livingAt selects by residence, anywhere if none is given; $1 are the residences.
func livingAt(residences []p.EntityID) string {
	if len(residences) == 0 {
		return ` cardinality($1::uuid[]) = 0 AND`
	}
	return ` residence = ANY($1) AND`
}

// SubjectsExpected implements store.Query: both days are included, and the dead and those entered in error are left out. By
// next date, sort name, id. No residence means anywhere.
func (t *tx) SubjectsExpected(residences []p.EntityID, from, to registry.Day, limit int) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE`+livingAt(residences)+` next_date BETWEEN $2 AND $3 AND next_date <> 0 AND NOT void AND status <> 4
		ORDER BY next_date, sort_name, id LIMIT $4`, residences, from, to, limitOf(limit))
}

// Leads implements store.Query.
func (t *tx) Leads(cases ...p.EntityID) ([]project.SubjectRow, error) {
	return subjectTable.list(t, `WHERE id = ANY($1) ORDER BY sort_name, id`, cases)
}

// SubjectsRecordedAt implements store.RowTx; by id.
func (t *tx) SubjectsRecordedAt(place p.EntityID) ([]project.SubjectRow, error) {
	if place.IsZero() {
		return nil, nil
	}
	return subjectTable.list(t, `WHERE recorded = $1 ORDER BY id`, place)
}
