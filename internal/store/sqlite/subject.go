package sqlite

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const subjectColumns = `s.num, s.case_num, coalesce(s.recorded, s.residence), s.residence, s.code, s.name, s.birth_date, s.birth_prec, s.birth_minute,
	s.birth_order, s.sex, s.hamlet, s.mother_name, s.phone, s.personal_no, s.grp, s.status, s.next_date, s.due_date,
	s.conditions, s.void, s.provisional, s.search, s.numbers, s.sort_name, s.from_card,
	s.mother, s.tetanus, s.tetanus_year, s.home_by, s.home_day`

func (t *tx) subjectDest(r *project.SubjectRow) []any {
	return []any{
		t.to(&r.ID), t.to(&r.Case), t.to(&r.Recorded), t.to(&r.Residence), &r.Code, &r.Name, &r.BirthDate, &r.BirthPrec,
		&r.BirthMinute, &r.BirthOrder, &r.Sex, &r.Hamlet, &r.MotherName, &r.Phone, &r.PersonalNo, &r.Group,
		&r.Status, &r.NextDate, &r.DueDate, &r.Conditions, &r.Void, &r.Provisional, &r.Search, &r.Numbers, &r.SortName, &r.FromCard,
		t.to(&r.Mother), &r.Tetanus, &r.TetanusYear, t.to(&r.HomeBy), &r.HomeDay,
	}
}

// subjects reads rows; text continues "SELECT … FROM subject s".
func (t *tx) subjects(text string, args ...any) ([]project.SubjectRow, error) {
	rows, err := list(t, `SELECT `+subjectColumns+` FROM subject s `+text, args, t.subjectDest)
	for i := range rows {
		if rows[i].Case.IsZero() {
			rows[i].Case = rows[i].ID
		}
	}
	return rows, err
}

func (t *tx) oneSubject(text string, args ...any) (*project.SubjectRow, error) {
	rows, err := t.subjects(text, args...)
	if len(rows) == 0 || err != nil {
		return nil, err
	}
	return &rows[0], nil
}

// SubjectRow implements store.RowTx.
func (t *tx) SubjectRow(id p.EntityID) (*project.SubjectRow, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	return t.oneSubject(`WHERE s.num = ?`, num)
}

const (
	subjectInsert = `INSERT INTO subject (rid, num, case_num, residence, code, name, birth_date, birth_prec, birth_minute,
		birth_order, sex, hamlet, mother_name, phone, personal_no, grp, status, next_date, void, provisional, search, numbers,
		sort_name, from_card, due_date, conditions, recorded, mother, tetanus, tetanus_year, home_by, home_day)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
	subjectUpdate = `UPDATE subject SET case_num = ?3, residence = ?4, code = ?5, name = ?6, birth_date = ?7, birth_prec = ?8,
		birth_minute = ?9, birth_order = ?10, sex = ?11, hamlet = ?12, mother_name = ?13, phone = ?14, personal_no = ?15,
		grp = ?16, status = ?17, next_date = ?18, void = ?19, provisional = ?20, search = ?21, numbers = ?22, sort_name = ?23, from_card = ?24,
		due_date = ?25, conditions = ?26, recorded = ?27, mother = ?28, tetanus = ?29, tetanus_year = ?30,
		home_by = ?31, home_day = ?32
		WHERE rid = ?1 AND num = ?2`
)

// PutSubjectRow implements store.RowTx. A row keeps its rid while its name begins as it did.
func (t *tx) PutSubjectRow(r *project.SubjectRow) error {
	if !t.write {
		return errReadOnly
	}
	n, err := t.numbers(r.ID, r.Case, r.Residence, r.Recorded, r.Mother, r.HomeBy)
	if err != nil {
		return err
	}
	if n[1] == n[0] {
		n[1] = 0
	}
	var rid, residence int64
	var old project.SubjectRow
	known, err := t.one(`SELECT rid, residence, search, numbers, birth_date, birth_prec, sex FROM subject WHERE num = ?`, []any{n[0]},
		&rid, &residence, &old.Search, &old.Numbers, &old.BirthDate, &old.BirthPrec, &old.Sex)
	if err != nil {
		return err
	}
	if !known || old.BirthDate != r.BirthDate || old.BirthPrec != r.BirthPrec || old.Sex != r.Sex {
		if err := t.touchGivenTo(n[0]); err != nil {
			return err
		}
	}
	words := indexed(r, n[2])
	reindex := !known || rid>>ridCounter != ridKey(r.SortName) || words != indexed(&old, residence)
	if known && reindex {
		t.removeWords(rid)
	}
	if !known {
		t.count(tallySubjects, 1)
	}
	if !known || rid>>ridCounter != ridKey(r.SortName) {
		if known {
			if err := t.exec(`DELETE FROM subject WHERE rid = ?`, rid); err != nil {
				return err
			}
			known = false
		}
		if rid, err = t.newRID(r.SortName); err != nil {
			return err
		}
	}
	if reindex {
		t.insertWords(rid, words)
	}
	text := subjectInsert
	if known {
		text = subjectUpdate
	}
	return t.exec(text,
		rid, n[0], n[1], n[2], r.Code, r.Name, int64(r.BirthDate), int64(r.BirthPrec), int64(r.BirthMinute),
		int64(r.BirthOrder), int64(r.Sex), r.Hamlet, r.MotherName, r.Phone, r.PersonalNo, int64(r.Group),
		int64(r.Status), int64(r.NextDate), boolOf(r.Void), boolOf(r.Provisional), r.Search, r.Numbers, r.SortName, boolOf(r.FromCard),
		int64(r.DueDate), r.Conditions, unlike(n[3], n[2]), n[4], int64(r.Tetanus), int64(r.TetanusYear), n[5], int64(r.HomeDay))
}

// DeleteSubjectRow implements store.RowTx.
func (t *tx) DeleteSubjectRow(id p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(id)
	if err != nil {
		return err
	}
	var rid int64
	known, err := t.one(`SELECT rid FROM subject WHERE num = ?`, []any{num}, &rid)
	if !known || err != nil {
		return err
	}
	t.count(tallySubjects, -1)
	t.removeWords(rid)
	if err := t.touchGivenTo(num); err != nil {
		return err
	}
	return t.exec(`DELETE FROM subject WHERE rid = ?`, rid)
}

// SearchSubjects implements store.Query. People entered in error are not found.
func (t *tx) SearchSubjects(q store.SubjectQuery) ([]project.SubjectRow, error) {
	residences, err := t.numbers(q.Residences...)
	if err != nil {
		return nil, err
	}
	residences = slices.DeleteFunc(residences, func(n int64) bool { return n < 0 })
	if len(q.Residences) > 0 && len(residences) == 0 {
		return nil, nil // nobody lives where nothing is known
	}
	pg := &page{after: candidate{sortName: q.After, id: q.AfterID}, limit: max(0, q.Limit)}
	from := ridKey(q.After) << ridCounter
	match := matchAll(q.Words, q.Digits, residences)
	if err := t.candidates(match, from, pg.add); err != nil {
		return nil, err
	}
	var out []project.SubjectRow
	for _, c := range pg.sorted() {
		row, err := t.oneSubject(`WHERE s.rid = ?`, c.rid)
		if err != nil {
			return nil, err
		}
		out = append(out, *row)
	}
	return out, nil
}

var errEnough = errors.New("enough")

// candidates walks the subjects that match from a rid on, until take says that it has enough. An empty
// match takes all.
func (t *tx) candidates(match string, from int64, take func(candidate) bool) error {
	text := `SELECT s.rid, s.num, s.sort_name, s.void FROM subject s WHERE s.rid >= ? ORDER BY s.rid`
	args := []any{from}
	if match != "" {
		if err := t.flushWords(); err != nil {
			return err
		}
		text = `SELECT s.rid, s.num, s.sort_name, s.void FROM subject_words w CROSS JOIN subject s ON s.rid = w.rowid
			WHERE subject_words MATCH ? AND w.rowid >= ? ORDER BY w.rowid`
		args = []any{match, from}
	}
	err := t.all(text, args, func(rows *rows) error {
		var c candidate
		if err := rows.Scan(&c.rid, t.to(&c.id), &c.sortName, &c.void); err != nil {
			return err
		}
		if !take(c) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// matching reads the rows under an index query, in the order of ids.
func (t *tx) matching(match string) ([]project.SubjectRow, error) {
	if match == "" {
		return nil, nil
	}
	if err := t.flushWords(); err != nil {
		return nil, err
	}
	rows, err := list(t, `SELECT `+subjectColumns+` FROM subject_words w CROSS JOIN subject s ON s.rid = w.rowid
		WHERE subject_words MATCH ?`, []any{match}, t.subjectDest)
	for i := range rows {
		if rows[i].Case.IsZero() {
			rows[i].Case = rows[i].ID
		}
	}
	slices.SortFunc(rows, bySubjectID)
	return rows, err
}

func bySubjectID(a, b project.SubjectRow) int { return a.ID.Compare(b.ID) }

// numberWord is the index query for exactly one number.
func numberWord(number string) string {
	if w := store.Words(number); len(w) == 1 {
		return `"#` + w[0] + `"`
	}
	return ""
}

// paperWord is the index query for a number, or for an alias that is one.
func paperWord(number string) string {
	if w := store.Words(number); len(w) == 1 {
		return `"#` + w[0] + `" OR "` + w[0] + `"`
	}
	return ""
}

// SubjectByCode implements store.Query. Two subjects may carry one code (a cloned laptop): the smallest
// id that is not entered in error is returned.
func (t *tx) SubjectByCode(code string) (*project.SubjectRow, error) {
	rows, err := t.matching(numberWord(code))
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
	type linked struct{ id, kase p.EntityID }
	out := map[p.EntityID]p.EntityID{}
	err := t.inParts(subjects, func(in string, numbers []any) error {
		rows, err := list(t, `SELECT num, case_num FROM subject WHERE case_num <> 0 AND num IN `+in, numbers, func(r *linked) []any {
			return []any{t.to(&r.id), t.to(&r.kase)}
		})
		for _, r := range rows {
			out[r.id] = r.kase
		}
		return err
	})
	return out, err
}

// SubjectsOfCase implements store.Query; by id.
func (t *tx) SubjectsOfCase(id p.EntityID) ([]project.SubjectRow, error) {
	num, err := t.number(id)
	if err != nil {
		return nil, err
	}
	rows, err := t.subjects(`WHERE s.num = ? AND s.case_num = 0`, num)
	if err != nil {
		return nil, err
	}
	linked, err := t.subjects(`WHERE s.case_num = ? AND s.case_num <> 0`, num)
	rows = append(rows, linked...)
	slices.SortFunc(rows, bySubjectID)
	return rows, err
}

// blockKeyRows bounds what is read under one key of a block, for birth dates and names that a whole nation
// shares. The narrow keys are read first, so nobody who agrees in two is cut off by it.
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
		if err := add(t.matching(numberWord(number))); err != nil {
			return nil, err
		}
	}
	for _, number := range b.Papers {
		if err := add(t.matching(paperWord(number))); err != nil {
			return nil, err
		}
	}
	named := b.SortName != ""
	from := ridKey(b.SortName) << ridCounter
	to := from + 1<<ridCounter
	for _, key := range []struct {
		use  bool
		text string
		args []any
	}{
		{b.BirthDate != 0 && named, `s.birth_date = ? AND s.birth_prec <> 0 AND s.sort_name = ?`, []any{int64(b.BirthDate), b.SortName}},
		{b.BirthDate != 0, `s.birth_date = ? AND s.birth_prec <> 0`, []any{int64(b.BirthDate)}},
		{named, `s.rid >= ? AND s.rid < ? AND s.sort_name = ?`, []any{from, to, b.SortName}},
	} {
		if !key.use {
			continue
		}
		if err := add(t.subjects(`WHERE `+key.text+` LIMIT ?`, append(key.args, blockKeyRows)...)); err != nil {
			return nil, err
		}
	}
	rank := make(map[p.EntityID]int, len(out))
	for i := range out {
		rank[out[i].ID] = b.Rank(&out[i])
	}
	slices.SortFunc(out, func(x, y project.SubjectRow) int {
		return cmp.Or(rank[y.ID]-rank[x.ID], x.ID.Compare(y.ID))
	})
	if b.Limit > 0 && len(out) > b.Limit {
		out = out[:b.Limit]
	}
	return out, nil
}

// SubjectsFromCard implements store.Query.
func (t *tx) SubjectsFromCard() ([]project.SubjectRow, error) {
	rows, err := t.subjects(`WHERE s.from_card = 1 AND s.void = 0
		AND NOT EXISTS (SELECT 1 FROM subject o WHERE o.num = s.case_num AND o.code = s.code AND o.from_card = 0 AND o.void = 0)
		AND NOT EXISTS (SELECT 1 FROM subject o WHERE o.case_num <> 0
			AND o.case_num = CASE s.case_num WHEN 0 THEN s.num ELSE s.case_num END
			AND o.code = s.code AND o.from_card = 0 AND o.void = 0)`)
	slices.SortFunc(rows, bySubjectID)
	return rows, err
}

// SubjectsExpected implements store.Query: both days are included, and the dead and those entered in error are
// left out. By next date, sort name, id. No residence means anywhere.
func (t *tx) SubjectsExpected(residences []p.EntityID, from, to registry.Day, limit int) ([]project.SubjectRow, error) {
	const due = ` s.next_date BETWEEN ? AND ? AND s.next_date <> 0 AND s.void = 0 AND s.status <> 4
		ORDER BY s.next_date, s.sort_name LIMIT ?`
	var out []project.SubjectRow
	if len(residences) == 0 {
		rows, err := t.subjects(`WHERE`+due, int64(from), int64(to), limitOf(limit))
		if err != nil {
			return nil, err
		}
		out = rows
	}
	for _, residence := range residences {
		num, err := t.number(residence)
		if err != nil {
			return nil, err
		}
		rows, err := t.subjects(`WHERE s.residence = ? AND`+due, num, int64(from), int64(to), limitOf(limit))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int {
		if a.NextDate != b.NextDate {
			return int(a.NextDate) - int(b.NextDate)
		}
		if c := strings.Compare(a.SortName, b.SortName); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}
