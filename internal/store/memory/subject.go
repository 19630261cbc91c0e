package memory

import (
	"cmp"
	"slices"
	"strings"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// SubjectRow implements store.RowTx.
func (t *tx) SubjectRow(id p.EntityID) (*project.SubjectRow, error) { return one(t, &t.subjects, id) }

// PutSubjectRow implements store.RowTx.
func (t *tx) PutSubjectRow(row *project.SubjectRow) error {
	if err := t.writing(); err != nil {
		return err
	}
	kept := *row
	if kept.Case.IsZero() {
		kept.Case = kept.ID
	}
	if old, known := t.subjects.get(row.ID); known && old.Case != kept.Case {
		t.subjectsOfCase.delete(two{old.Case, old.ID})
	}
	t.subjects.set(row.ID, &kept)
	t.subjectsOfCase.set(two{kept.Case, kept.ID}, &kept)
	return nil
}

// DeleteSubjectRow implements store.RowTx.
func (t *tx) DeleteSubjectRow(id p.EntityID) error {
	if err := t.writing(); err != nil {
		return err
	}
	if old, known := t.subjects.get(id); known {
		t.subjectsOfCase.delete(two{old.Case, id})
		t.subjects.delete(id)
	}
	return nil
}

// CasesOf implements store.Query.
func (t *tx) CasesOf(subjects ...p.EntityID) (map[p.EntityID]p.EntityID, error) {
	out := map[p.EntityID]p.EntityID{}
	for _, id := range subjects {
		row, err := t.SubjectRow(id)
		if err != nil {
			return nil, err
		}
		if row != nil && row.Case != id {
			out[id] = row.Case
		}
	}
	return out, t.reading()
}

// SubjectsOfCase implements store.Query; by id.
func (t *tx) SubjectsOfCase(id p.EntityID) ([]project.SubjectRow, error) {
	return list(t, of(&t.subjectsOfCase, id), 0, every)
}

// lower is a text without capitals of ASCII, without which words compare.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
}

func searched(text string) []string { return store.Words(lower(text)) }

// begins reports whether each of some prefixes begins a word of a text.
func begins(text string, prefixes []string) bool {
	if len(prefixes) == 0 {
		return true
	}
	words := searched(text)
	for _, prefix := range prefixes {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, prefix) }) {
			return false
		}
	}
	return true
}

func byName(a, b *project.SubjectRow) int {
	return cmp.Or(strings.Compare(a.SortName, b.SortName), a.ID.Compare(b.ID))
}

// SearchSubjects implements store.Query. People entered in error are not found.
func (t *tx) SearchSubjects(q store.SubjectQuery) ([]project.SubjectRow, error) {
	var words []string
	for _, w := range q.Words {
		words = append(words, searched(w)...)
	}
	digits := searched(q.Digits)
	after := project.SubjectRow{SortName: q.After, ID: q.AfterID}
	paged := q.After != "" || !q.AfterID.IsZero()
	return ordered(t, t.subjects.all(), q.Limit, func(row *project.SubjectRow) bool {
		return !row.Void && (!paged || byName(row, &after) > 0) && (len(q.Residences) == 0 || slices.Contains(q.Residences, row.Residence)) &&
			begins(row.Search, words) && begins(row.Numbers, digits)
	}, byName)
}

// wholes are the numbers that are one word each, as a row has them.
func wholes(numbers ...string) []string {
	var out []string
	for _, n := range numbers {
		if w := searched(n); len(w) == 1 {
			out = append(out, w[0])
		}
	}
	return out
}

// hasWord reports whether one of some words stands in a text, whole. Cutting a text up costs more than looking whether
// there is any need to.
func hasWord(text string, words []string) bool {
	text = lower(text)
	return slices.ContainsFunc(words, func(w string) bool {
		return strings.Contains(text, w) && slices.Contains(store.Words(text), w)
	})
}

// SubjectByCode implements store.Query. Two subjects may carry one code (a cloned laptop): the smallest id that is not
// entered in error is returned.
func (t *tx) SubjectByCode(code string) (*project.SubjectRow, error) {
	number := wholes(code)
	rows, err := list(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool {
		return row.Code == code && hasWord(row.Numbers, number)
	})
	if len(rows) == 0 {
		return nil, err
	}
	if i := slices.IndexFunc(rows, func(row project.SubjectRow) bool { return !row.Void }); i > 0 {
		return &rows[i], err
	}
	return &rows[0], err
}

// SubjectsByBlock implements store.Query.
func (t *tx) SubjectsByBlock(b store.BlockQuery) ([]project.SubjectRow, error) {
	papers := wholes(b.Papers...)
	numbers := append(wholes(b.Code, b.PersonalNo, b.Phone), papers...)
	return ordered(t, t.subjects.all(), b.Limit, func(row *project.SubjectRow) bool {
		switch {
		case !b.Gone && (row.Void || row.Status == registry.StatusDied):
			return false
		case b.BirthDate != 0 && row.BirthDate == b.BirthDate && row.BirthPrec != 0, b.SortName != "" && row.SortName == b.SortName:
			return true
		}
		return hasWord(row.Numbers, numbers) || hasWord(row.Search, papers)
	}, func(x, y *project.SubjectRow) int { return cmp.Or(b.Rank(y)-b.Rank(x), x.ID.Compare(y.ID)) })
}

// SubjectsFromCard implements store.Query.
func (t *tx) SubjectsFromCard() ([]project.SubjectRow, error) {
	return list(t, t.subjects.all(), 0, func(row *project.SubjectRow) bool {
		if !row.FromCard || row.Void {
			return false
		}
		for _, other := range of(&t.subjectsOfCase, row.Case) {
			if other.Code == row.Code && !other.FromCard && !other.Void {
				return false
			}
		}
		return true
	})
}

// SubjectsExpected implements store.Query: both days are included, and the dead and those entered in error are left
// out. By next date, sort name, id. No residence means anywhere.
func (t *tx) SubjectsExpected(residences []p.EntityID, from, to registry.Day, limit int) ([]project.SubjectRow, error) {
	return ordered(t, t.subjects.all(), limit, func(row *project.SubjectRow) bool {
		return row.NextDate != 0 && from <= row.NextDate && row.NextDate <= to && !row.Void && row.Status != registry.StatusDied &&
			(len(residences) == 0 || slices.Contains(residences, row.Residence))
	}, func(a, b *project.SubjectRow) int { return cmp.Or(cmp.Compare(a.NextDate, b.NextDate), byName(a, b)) })
}

// Leads implements store.Query.
func (t *tx) Leads(cases ...p.EntityID) ([]project.SubjectRow, error) {
	var out []project.SubjectRow
	for _, id := range ids(slices.Clone(cases)) {
		if row, ok := t.subjects.get(id); ok {
			out = append(out, *row)
		}
	}
	slices.SortFunc(out, func(a, b project.SubjectRow) int { return byName(&a, &b) })
	return out, t.reading()
}
