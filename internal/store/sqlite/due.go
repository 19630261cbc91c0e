package sqlite

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

const dueColumns = `case_num, residence, hamlet, vaccine, dose, status, programme, earliest, recommended, overdue, latest`

func (t *tx) dueDest(r *project.DueRow) []any {
	return []any{
		t.to(&r.Case), t.to(&r.Residence), t.toText(&r.Hamlet), t.toText(&r.Vaccine), &r.Dose, &r.Status, &r.Programme, &r.Earliest, &r.Recommended,
		&r.Overdue, &r.Latest,
	}
}

func (t *tx) dueRows(text string, args ...any) ([]project.DueRow, error) {
	return list(t, `SELECT `+dueColumns+` FROM due `+text, args, t.dueDest)
}

// PutDue implements store.RowTx. Most of what is due in a case stays as it was when one dose was given, so
// only rows that differ are written.
func (t *tx) PutDue(kase p.EntityID, rows []project.DueRow, generation uint64, until registry.Day) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(kase)
	if err != nil {
		return err
	}
	known, err := t.one(`SELECT 1 FROM due_case WHERE case_num = ?`, []any{num}, new(int64))
	if err != nil {
		return err
	}
	old := map[string]project.DueRow{}
	if known {
		stored, err := t.dueRows(`WHERE case_num = ?`, num)
		if err != nil {
			return err
		}
		for _, r := range stored {
			old[r.Vaccine] = r
		}
	}
	for i := range rows {
		r := &rows[i]
		was, had := old[r.Vaccine]
		delete(old, r.Vaccine)
		if had && was == *r {
			continue
		}
		residence, err := t.number(r.Residence)
		if err != nil {
			return err
		}
		hamlet, err := t.word(r.Hamlet)
		if err != nil {
			return err
		}
		vaccine, err := t.word(r.Vaccine)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT OR REPLACE INTO due (`+dueColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			num, residence, hamlet, vaccine, int64(r.Dose), int64(r.Status), int64(r.Programme), int64(r.Earliest), int64(r.Recommended),
			int64(r.Overdue), int64(r.Latest)); err != nil {
			return err
		}
	}
	for name := range old {
		vaccine, err := t.word(name)
		if err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM due WHERE case_num = ? AND vaccine = ?`, num, vaccine); err != nil {
			return err
		}
	}
	switch {
	case until != 0:
		return t.exec(`INSERT OR REPLACE INTO due_case (case_num, generation, until) VALUES (?, ?, ?)`, num, int64(generation), int64(until))
	case known:
		return t.exec(`DELETE FROM due_case WHERE case_num = ?`, num)
	}
	return nil
}

// MarkDueStale implements store.RowTx. No generation has the number 0 once there are schedules, and every day
// is past 0's.
func (t *tx) MarkDueStale(kase p.EntityID) error {
	if !t.write {
		return errReadOnly
	}
	num, err := t.number(kase)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO due_case (case_num, generation, until) VALUES (?, 0, 0)
		ON CONFLICT DO UPDATE SET generation = 0, until = 0 WHERE until <> 0`, num)
}

// staleParts are the parts of what is stale, each a range of an index; the last leaves out what the others have. Put together by UNION in
// one statement, the planner merges them by number, and looks at every case there is to find that none is stale.
func staleParts(generation uint64, day registry.Day) []stalePart {
	g := int64(generation)
	return []stalePart{{`generation < ?`, []any{g}}, {`generation > ?`, []any{g}}, {`until <= ? AND +generation = ?`, []any{int64(day), g}}}
}

type stalePart struct {
	where string
	args  []any
}

// DueStale implements store.RowTx.
func (t *tx) DueStale(generation uint64, day registry.Day, limit int) ([]p.EntityID, error) {
	var out []p.EntityID
	for _, part := range staleParts(generation, day) {
		left := limitOf(limit)
		if limit > 0 {
			left = int64(limit - len(out))
		}
		ids, err := t.ids(`SELECT case_num FROM due_case WHERE `+part.where+` LIMIT ?`, append(part.args, left)...)
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	slices.SortFunc(out, p.EntityID.Compare)
	return out, nil
}

// CountDueStale implements store.RowTx.
func (t *tx) CountDueStale(generation uint64, day registry.Day) (int64, error) {
	var all int64
	for _, part := range staleParts(generation, day) {
		var n int64
		if _, err := t.one(`SELECT count(*) FROM due_case WHERE `+part.where, part.args, &n); err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// DueOf implements store.Query.
func (t *tx) DueOf(cases ...p.EntityID) ([]project.DueRow, error) {
	var rows []project.DueRow
	err := t.inParts(cases, func(in string, numbers []any) error {
		part, err := t.dueRows(`WHERE status < 3 AND case_num IN `+in, numbers...)
		rows = append(rows, part...)
		return err
	})
	slices.SortFunc(rows, func(a, b project.DueRow) int {
		return cmp.Or(cmp.Compare(a.Recommended, b.Recommended), cmp.Compare(a.Vaccine, b.Vaccine), a.Case.Compare(b.Case))
	})
	return rows, err
}

// Leads implements store.Query.
func (t *tx) Leads(cases ...p.EntityID) ([]project.SubjectRow, error) {
	var rows []project.SubjectRow
	err := t.inParts(cases, func(in string, numbers []any) error {
		part, err := t.subjects(`WHERE s.num IN `+in, numbers...)
		rows = append(rows, part...)
		return err
	})
	slices.SortFunc(rows, func(a, b project.SubjectRow) int {
		return cmp.Or(cmp.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
	})
	return rows, err
}

// inMax is how many numbers stand in one IN: a statement costs more than the rows it finds.
const inMax = 100

// inParts asks for entities some at a time.
func (t *tx) inParts(ids []p.EntityID, ask func(in string, numbers []any) error) error {
	for part := range slices.Chunk(ids, inMax) {
		found, err := t.numbers(part...)
		if err != nil {
			return err
		}
		numbers := make([]any, 0, len(found))
		for _, n := range found {
			numbers = append(numbers, n)
		}
		if err := ask(questionMarks(len(numbers)), numbers); err != nil {
			return err
		}
	}
	return nil
}

// questionMarks is a list of so many question marks in parentheses.
func questionMarks(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")" }

// dueLists are the worklists: ?1 is the day, ?2 the first day asked for, ?4 a vaccine or 0. Each begins with what its index begins with
// behind the residence; nothing is overdue that is not recommended.
var dueLists = map[store.DueList]struct{ where, day, order, each string }{
	store.ListDue: {
		`status = 1 AND recommended BETWEEN ?2 AND ?1 AND (overdue = 0 OR overdue > ?1) AND (latest = 0 OR latest >= ?1)`,
		`MIN(recommended)`, `3`, ``,
	},
	store.ListOverdue: {
		`status = 1 AND recommended <= ?1 AND overdue <> 0 AND overdue BETWEEN ?2 AND ?1 AND (latest = 0 OR latest >= ?1)`,
		`MIN(overdue)`, `3`, `vaccine || ' ' || overdue`,
	},
	store.ListMissed: {`status = 2 AND latest < ?1 AND latest >= ?2`, `MAX(latest)`, `3 DESC`, ``},
	store.ListComing: {
		`status = 1 AND recommended <= ?1 AND (overdue = 0 OR overdue > ?2) AND (latest = 0 OR latest >= max(recommended, ?2))`,
		`MIN(recommended)`, `3`, ``,
	},
}

// dueWhere are the rows of a worklist that is not ListFirst; ?3 is the limit.
func (t *tx) dueWhere(q *store.DueQuery) (where string, args []any, err error) {
	since := int64(q.Since)
	if since == 0 {
		since = -1 << 31
	}
	vaccine, err := t.word(q.Vaccine)
	if err != nil {
		return "", nil, err
	}
	residences, err := t.numbers(q.Residences...)
	if err != nil {
		return "", nil, err
	}
	where = dueLists[q.List].where + ` AND (?4 = 0 OR vaccine = ?4)`
	args = []any{int64(q.On), since, limitOf(q.Limit), vaccine}
	if len(residences) > 0 {
		where += ` AND residence IN ` + questionMarks(len(residences))
		for _, n := range residences {
			args = append(args, n)
		}
	}
	return where, args, nil
}

// DueCases implements store.Query. It reads the indexes that Due reads, and sorts numbers instead of rows.
func (t *tx) DueCases(q store.DueQuery) ([]p.EntityID, error) {
	q.Limit = 0
	if q.List == store.ListFirst {
		where, args, err := t.firstWhere(&q)
		if err != nil {
			return nil, err
		}
		return t.ids(`SELECT f.case_num FROM due f WHERE ?1 = ?1 AND ?3 = ?3 AND `+where, args...)
	}
	where, args, err := t.dueWhere(&q)
	if err != nil {
		return nil, err
	}
	return t.ids(`SELECT DISTINCT case_num FROM due WHERE ?3 = ?3 AND `+where, args...)
}

// Due implements store.Query. All it reads is in the indexes due_open and due_missed.
func (t *tx) Due(q store.DueQuery) ([]store.DuePerson, error) {
	if q.List == store.ListFirst {
		return t.dueFirst(q)
	}
	l := dueLists[q.List]
	where, args, err := t.dueWhere(&q)
	if err != nil {
		return nil, err
	}
	text := `SELECT case_num, MIN(residence), ` + l.day + `, MIN(hamlet), group_concat(` + cmp.Or(l.each, `vaccine`) + `) FROM due WHERE ` + where + `
		GROUP BY case_num ORDER BY ` + l.order + `, case_num LIMIT ?3`
	return list(t, text, args, func(r *store.DuePerson) []any {
		what := t.toTexts(&r.Vaccines)
		if l.each != "" {
			what = lateTo{t, r}
		}
		return []any{t.to(&r.Case), t.to(&r.Residence), &r.Since, t.toText(&r.Hamlet), what}
	})
}

// lateTo scans what somebody is overdue for, each with its day, in the order of the vaccines.
type lateTo struct {
	t *tx
	r *store.DuePerson
}

// Scan implements sql.Scanner.
func (s lateTo) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return corrupt("a list of what is overdue is %T", src)
	}
	for part := range strings.SplitSeq(text, ",") {
		number, day, _ := strings.Cut(part, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return corrupt("a word's number is %q", number)
		}
		since, err := strconv.ParseInt(day, 10, 32)
		if err != nil {
			return corrupt("a day is %q", day)
		}
		vaccine, err := s.t.text(n)
		if err != nil {
			return err
		}
		at, _ := slices.BinarySearch(s.r.Vaccines, vaccine)
		s.r.Vaccines = slices.Insert(s.r.Vaccines, at, vaccine)
		s.r.Late = slices.Insert(s.r.Late, at, registry.Day(since))
	}
	return nil
}

// firstWhere are the rows of ListFirst; ?1 is the day, ?3 the limit.
func (t *tx) firstWhere(q *store.DueQuery) (where string, args []any, err error) {
	residences, err := t.numbers(q.Residences...)
	if err != nil {
		return "", nil, err
	}
	where, args = `f.status = 3 AND f.recommended BETWEEN ?2 AND ?4`, []any{int64(q.On), int64(q.Since), limitOf(q.Limit), int64(q.Until)}
	if len(residences) > 0 {
		where += ` AND f.residence IN ` + questionMarks(len(residences))
		for _, n := range residences {
			args = append(args, n)
		}
	}
	return where, args, nil
}

// dueFirst is Due of ListFirst; it reads the index due_first, and what each child needs by its key.
func (t *tx) dueFirst(q store.DueQuery) ([]store.DuePerson, error) {
	where, args, err := t.firstWhere(&q)
	if err != nil {
		return nil, err
	}
	return list(t, `SELECT f.case_num, f.residence, f.recommended, f.hamlet, f.dose,
		COALESCE((SELECT group_concat(d.vaccine) FROM due d WHERE d.case_num = f.case_num AND d.status = 1 AND d.recommended <= ?1), '')
		FROM due f WHERE `+where+` ORDER BY f.dose DESC, f.recommended DESC, f.case_num LIMIT ?3`, args, func(r *store.DuePerson) []any {
		return []any{t.to(&r.Case), t.to(&r.Residence), &r.Since, t.toText(&r.Hamlet), &r.Never, t.toTexts(&r.Vaccines)}
	})
}
