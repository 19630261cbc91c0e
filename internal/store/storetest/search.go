package storetest

import (
	"fmt"
	"strings"
	"testing"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// named lists subjects by their search words; the sort name puts the last word first.
func named(names ...string) []project.SubjectRow {
	var rows []project.SubjectRow
	for i, name := range names {
		w := strings.Fields(name)
		last := len(w) - 1
		rows = append(rows, subject(i+1, name, name, strings.Join(append([]string{w[last]}, w[:last]...), " ")))
	}
	return rows
}

func search(t *testing.T, s store.Store, q store.SubjectQuery) []string {
	t.Helper()
	var names []string
	for _, r := range read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SearchSubjects(q) }) {
		names = append(names, r.Name)
	}
	return names
}

func words(text string) store.SubjectQuery { return store.SubjectQuery{Words: strings.Fields(text)} }

func searchByName(t *testing.T, s store.Store) {
	rows := named("nguyen van an", "nguyen thi hoa", "tran van hoa", "le anh", "nguyen anh", "y h hen nie", "ꨀꨁ")
	rows[4].Void = true
	rows[3].Residence = id(901)
	putSubjects(t, s, rows)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"hoa", []string{"nguyen thi hoa", "tran van hoa"}},
		{"hoa nguyen", []string{"nguyen thi hoa"}},
		{"ho ng", []string{"nguyen thi hoa"}},
		{"van", []string{"nguyen van an", "tran van hoa"}},
		{"a", []string{"nguyen van an", "le anh"}},
		{"an", []string{"nguyen van an", "le anh"}},
		{"anh", []string{"le anh"}},
		{"nguyenx", nil},
		{"oa", nil},
		{"h hen", []string{"y h hen nie"}},
		{"ꨀ", []string{"ꨀꨁ"}},
		{`hoa" OR "an`, nil},
		{`NOT`, nil},
		{`h*a`, []string{"nguyen van an", "nguyen thi hoa", "tran van hoa", "le anh"}[:0]},
	} {
		q := words(c.query)
		if got := search(t, s, q); strings.Join(got, ",") != strings.Join(c.want, ",") {
			t.Errorf("%q finds %q, want %q", c.query, got, c.want)
		}
	}
	all := search(t, s, store.SubjectQuery{})
	same(t, "everybody", all, []string{"nguyen van an", "le anh", "nguyen thi hoa", "tran van hoa", "y h hen nie", "ꨀꨁ"})
	same(t, "everybody at a place", search(t, s, store.SubjectQuery{Residences: []p.EntityID{id(901), id(902)}}), []string{"le anh"})
	same(t, "a name at a place", search(t, s, store.SubjectQuery{Words: []string{"an"}, Residences: []p.EntityID{id(900)}}), []string{"nguyen van an"})
	same(t, "a name where nobody lives", search(t, s, store.SubjectQuery{Words: []string{"an"}, Residences: []p.EntityID{id(777_000)}}), nil)
}

func searchByNumber(t *testing.T, s store.Store) {
	rows := named("an", "binh", "cuc")
	rows[1].Search += " thon 09"
	putSubjects(t, s, rows)
	find := func(digits string) []string { return search(t, s, store.SubjectQuery{Digits: digits}) }
	same(t, "whole code", find(rows[0].Code), []string{"an"})
	same(t, "last six of a code", find(rows[1].Code[10:]), []string{"binh"})
	same(t, "beginning of codes", find("1234"), []string{"an", "binh", "cuc"})
	same(t, "phone", find(rows[2].Phone), []string{"cuc"})
	same(t, "beginning of a phone", find(rows[2].Phone[:8]), []string{"cuc"})
	same(t, "middle of a code", find(rows[0].Code[1:8]), nil)
	same(t, "number and name", search(t, s, store.SubjectQuery{Digits: "1234", Words: []string{"cu"}}), []string{"cuc"})
	same(t, "a word is no number", search(t, s, store.SubjectQuery{Words: []string{rows[0].Code}}), nil)
	same(t, "a number among the words", search(t, s, store.SubjectQuery{Words: []string{"thon", "09"}}), []string{"binh"})
}

// searchPages reads many people, of whom many are called alike, in pages of every size.
func searchPages(t *testing.T, s store.Store) {
	var rows []project.SubjectRow
	for i := range 120 {
		given := []string{"an", "anh", "binh", "nguyenanh"}[i%4]
		middle := digits(i/40, 1)
		rows = append(rows, subject(i+1, fmt.Sprint(i), "nguyen "+middle+" "+given, given+" nguyen "+middle))
	}
	putSubjects(t, s, rows)
	for _, base := range []store.SubjectQuery{words("nguyen"), {}, words("an"), {Residences: []p.EntityID{id(900)}}} {
		whole := read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SearchSubjects(base) })
		for i := 1; i < len(whole); i++ {
			a, b := &whole[i-1], &whole[i]
			if a.SortName > b.SortName || a.SortName == b.SortName && a.ID.Compare(b.ID) >= 0 {
				t.Fatalf("%v: %q (%s) comes before %q (%s)", base.Words, a.SortName, a.ID, b.SortName, b.ID)
			}
		}
		if want := map[string]int{"an": 60}[strings.Join(base.Words, "")]; want != 0 && len(whole) != want || want == 0 && len(whole) != 120 {
			t.Fatalf("%v: %d found", base.Words, len(whole))
		}
		for _, limit := range []int{1, 7, 40, 119, 200} {
			q := base
			q.Limit = limit
			var got []project.SubjectRow
			for {
				page := read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SearchSubjects(q) })
				if len(page) > limit {
					t.Fatalf("a page of %d has %d rows", limit, len(page))
				}
				got = append(got, page...)
				if len(page) < limit {
					break
				}
				q.After, q.AfterID = page[len(page)-1].SortName, page[len(page)-1].ID
			}
			same(t, fmt.Sprintf("%v in pages of %d", base.Words, limit), got, whole)
		}
	}
}

func searchFollowsRows(t *testing.T, s store.Store) {
	rows := named("nguyen van an", "tran binh")
	putSubjects(t, s, rows)
	an := rows[0]
	an.Name, an.Search, an.SortName, an.Numbers = "le cuc", "le cuc", "cuc le", "555"
	putSubjects(t, s, []project.SubjectRow{an})
	same(t, "the old name", search(t, s, words("nguyen")), nil)
	same(t, "the new name", search(t, s, words("cuc")), []string{"le cuc"})
	same(t, "the old number", search(t, s, store.SubjectQuery{Digits: rows[0].Code}), nil)
	same(t, "the new number", search(t, s, store.SubjectQuery{Digits: "555"}), []string{"le cuc"})
	an.Residence = id(901)
	putSubjects(t, s, []project.SubjectRow{an})
	same(t, "the old residence", search(t, s, store.SubjectQuery{Residences: []p.EntityID{id(900)}}), []string{"tran binh"})
	same(t, "the new residence", search(t, s, store.SubjectQuery{Residences: []p.EntityID{id(901)}}), []string{"le cuc"})
	update(t, s, func(tx store.Tx) error { return tx.DeleteSubjectRow(an.ID) })
	same(t, "a deleted row", search(t, s, words("cuc")), nil)
	putSubjects(t, s, []project.SubjectRow{an})
	same(t, "a row put again", search(t, s, words("cuc")), []string{"le cuc"})
}

// searchWithinATransaction finds what the same transaction wrote, and afterwards nothing else.
func searchWithinATransaction(t *testing.T, s store.Store) {
	rows := named("nguyen van an", "tran binh")
	putSubjects(t, s, rows[:1])
	update(t, s, func(tx store.Tx) error {
		finds := func(text string, want ...string) {
			t.Helper()
			found, err := tx.SearchSubjects(words(text))
			var names []string
			for i := range found {
				names = append(names, found[i].Name)
			}
			if err != nil || strings.Join(names, ",") != strings.Join(want, ",") {
				t.Errorf("%q finds %q, want %q %v", text, names, want, err)
			}
		}
		put := func(r project.SubjectRow) {
			t.Helper()
			if err := tx.PutSubjectRow(&r); err != nil {
				t.Fatal(err)
			}
		}
		put(rows[1])
		finds("binh", "tran binh")
		other := rows[0]
		other.Search, other.SortName = "le cuc", "cuc le" // another place in the order, and back again
		put(other)
		put(rows[0])
		other = rows[1]
		other.Search = "tran binh minh" // the same place
		put(other)
		finds("an", "nguyen van an")
		finds("minh", "tran binh")
		if err := tx.DeleteSubjectRow(rows[1].ID); err != nil {
			t.Fatal(err)
		}
		put(rows[1])
		put(other)
		return tx.DeleteSubjectRow(rows[0].ID)
	})
	same(t, "the deleted one", search(t, s, words("an")), nil)
	same(t, "a name in passing", search(t, s, words("cuc")), nil)
	same(t, "the last words", search(t, s, words("minh")), []string{"tran binh"})
}
