package storetest

import (
	"errors"
	"slices"
	"testing"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// subject returns a row with every column set; search is folded, sort has the given name first.
func subject(n int, name, search, sort string) project.SubjectRow {
	code := codeOf(n)
	return project.SubjectRow{
		ID: id(n), Case: id(n), Recorded: id(900), Residence: id(900), Code: code, Name: name, BirthDate: registry.Day(20_000 + n),
		BirthPrec: registry.PrecisionDay, BirthMinute: 77, BirthOrder: 2, Sex: registry.SexFemale, Hamlet: "Thôn 1",
		MotherName: "Lê Thị Ơn", Phone: phoneOf(n), PersonalNo: "", Group: registry.GroupChild,
		Status: registry.StatusPresent, DueDate: 20_500, Conditions: "bite@2026-01-02 hiv", Search: search, Numbers: code + " " + code[10:] + " " + phoneOf(n), SortName: sort,
		Mother: id(n + 400), Tetanus: 2, TetanusYear: 2019, HomeBy: id(n + 600), HomeDay: registry.Day(20_100 + n),
	}
}

func digits(n, width int) string {
	b := make([]byte, width)
	for i := range b {
		b[width-1-i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

func codeOf(n int) string  { return "123456" + digits(n*7919, 10) }
func phoneOf(n int) string { return "09" + digits(n*104729, 8) }

func putSubjects(t *testing.T, s store.Store, rows []project.SubjectRow) {
	t.Helper()
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutSubjectRow) })
}

func subjectRows(t *testing.T, s store.Store) {
	row := subject(1, "Nguyễn Thị Đào", "nguyen thi dao", "dao nguyen thi")
	row.Case, row.Void, row.Provisional, row.NextDate, row.PersonalNo = id(0), true, true, -5, "001"
	putSubjects(t, s, []project.SubjectRow{row})
	get := func(n int) *project.SubjectRow {
		return read(t, s, func(tx store.Tx) (*project.SubjectRow, error) { return tx.SubjectRow(id(n)) })
	}
	equal(t, "subject row", get(1), &row)
	equal(t, "unknown subject row", get(2), nil)
	row = subject(1, "Nguyễn Thị Hoa", "nguyen thi hoa", "hoa nguyen thi")
	row.Residence = p.EntityID{}
	putSubjects(t, s, []project.SubjectRow{row})
	equal(t, "subject row put again", get(1), &row)
	first := subject(150, "Lò Thị An", "lo thi an", "an lo thi")
	putSubjects(t, s, []project.SubjectRow{first})
	var asked []p.EntityID // more than one statement asks for, most of them unknown
	for n := range 151 {
		asked = append(asked, id(n))
	}
	same(t, "leads by name", read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.Leads(asked...) }), []project.SubjectRow{first, row})
	same(t, "no leads", read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.Leads() }), nil)
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.DeleteSubjectRow(id(1)), tx.DeleteSubjectRow(id(2))) })
	equal(t, "deleted subject row", get(1), nil)
}

func codes(t *testing.T, s store.Store) {
	rows := []project.SubjectRow{subject(1, "A", "a", "a"), subject(2, "B", "b", "b"), subject(3, "C", "c", "c"), subject(4, "D", "d", "d")}
	rows[3].Code, rows[3].Numbers = rows[1].Code, rows[1].Numbers
	rows[1].Void = true
	putSubjects(t, s, rows)
	by := func(code string) *project.SubjectRow {
		return read(t, s, func(tx store.Tx) (*project.SubjectRow, error) { return tx.SubjectByCode(code) })
	}
	equal(t, "subject by code", by(rows[0].Code), &rows[0])
	equal(t, "subject by a code that two have, one of them in error", by(rows[1].Code), &rows[3])
	equal(t, "subject by part of a code", by(rows[0].Code[10:]), nil)
	equal(t, "subject by a phone", by(rows[0].Phone), nil)
	equal(t, "subject by no code", by(""), nil)
	equal(t, "subject by a text", by(`a" OR "b`), nil)
}

func blocks(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 9)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", "x"+digits(i, 2))
		rows[i].Numbers += " 00120000" + digits(i, 4)
		rows[i].PersonalNo = "00120000" + digits(i, 4)
	}
	rows[1].BirthDate = rows[0].BirthDate
	rows[2].SortName = rows[0].SortName
	rows[3].Phone, rows[3].Numbers = rows[0].Phone, rows[0].Phone
	rows[4].PersonalNo, rows[4].Numbers = rows[0].PersonalNo, rows[0].PersonalNo
	for _, i := range []int{5, 6} {
		rows[i].SortName, rows[i].BirthDate = rows[0].SortName, rows[0].BirthDate
	}
	rows[5].Void, rows[6].Status = true, registry.StatusDied
	rows[7].BirthDate, rows[7].BirthPrec = rows[0].BirthDate, 0
	rows[8].Search = "x x77alias"
	putSubjects(t, s, rows)
	by := func(q store.BlockQuery) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsByBlock(q) })
	}
	same(t, "block of nothing", by(store.BlockQuery{}), nil)
	same(t, "block of a birth date", by(store.BlockQuery{BirthDate: rows[0].BirthDate}), rows[:2])
	same(t, "block of a name", by(store.BlockQuery{SortName: rows[0].SortName}), []project.SubjectRow{rows[0], rows[2]})
	same(t, "block of a phone", by(store.BlockQuery{Phone: rows[0].Phone}), []project.SubjectRow{rows[0], rows[3]})
	same(t, "block of a personal number", by(store.BlockQuery{PersonalNo: rows[0].PersonalNo}), []project.SubjectRow{rows[0], rows[4]})
	every := store.BlockQuery{BirthDate: rows[0].BirthDate, SortName: rows[0].SortName, Phone: rows[0].Phone, PersonalNo: rows[0].PersonalNo}
	// Who agrees in most comes first, not who was registered first.
	inAll := []project.SubjectRow{rows[0], rows[4], rows[3], rows[1], rows[2]}
	same(t, "block of all four", by(every), inAll)
	every.Limit = 2
	same(t, "block with a limit", by(every), inAll[:2])
	same(t, "block of a code", by(store.BlockQuery{Code: rows[1].Code}), rows[1:2])
	same(t, "block of another paper", by(store.BlockQuery{Papers: []string{rows[0].PersonalNo}}), []project.SubjectRow{rows[0], rows[4]})
	same(t, "block of an alias", by(store.BlockQuery{Papers: []string{"x77alias"}}), rows[8:9])
	same(t, "block of a name, those who are gone too", by(store.BlockQuery{SortName: rows[0].SortName, Gone: true}),
		[]project.SubjectRow{rows[0], rows[2], rows[5], rows[6]})
	crowdedBlock(t, s)
}

// crowdedBlock is a day with many births: the one whose names agree is not cut off for having a greater id.
func crowdedBlock(t *testing.T, s store.Store) {
	t.Helper()
	rows := make([]project.SubjectRow, 500)
	for i := range rows {
		rows[i] = subject(100+i, "Y", "nguyen van an le thi ba", "an nguyen van "+digits(i, 3))
		rows[i].BirthDate = 15_000
	}
	last := len(rows) - 1
	rows[last].Search, rows[last].SortName = "lo gia bao lo thi mai", "bao lo gia"
	putSubjects(t, s, rows)
	for name, q := range map[string]store.BlockQuery{
		"by name":            {BirthDate: 15_000, SortName: "bao lo gia"},
		"by words":           {BirthDate: 15_000, Words: []string{"bao", "lo", "mai"}},
		"by one other phone": {BirthDate: 15_000, Phone: rows[last].Phone},
	} {
		q.Limit = 3
		got := read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsByBlock(q) })
		if len(got) != 3 || got[0].ID != rows[last].ID {
			t.Errorf("a block of 500 %s: %d rows, first %s, want %s", name, len(got), got[0].ID, rows[last].ID)
		}
	}
}

// fromCard lists who waits for the record of their code.
func fromCard(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 9)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", "x")
		rows[i].FromCard = i%2 == 0
	}
	own := func(i, j int) { rows[i].Code, rows[i].Case = rows[j].Code, rows[j].Case }
	own(1, 0)                 // linked to its record, and first in the case
	own(2, 3)                 // linked to its record, which is first in the case
	rows[2].Case = rows[3].ID //
	own(4, 6)                 // two that were made from one card
	rows[5].Case = rows[8].ID // linked to somebody with another code
	rows[7].FromCard = true   // entered in error
	rows[7].Void = true       //
	putSubjects(t, s, rows)
	got := read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsFromCard() })
	same(t, "made from a card", got, []project.SubjectRow{rows[4], rows[6], rows[8]})
}

func expected(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 8)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", string(rune('z'-i)))
		rows[i].NextDate = 100
	}
	rows[1].NextDate, rows[2].NextDate, rows[3].NextDate = 99, 102, 0
	rows[4].Void, rows[5].Status = true, registry.StatusDied
	rows[6].Residence = id(901)
	rows[7].NextDate = 103
	putSubjects(t, s, rows)
	from := func(from, to registry.Day, limit int, at ...p.EntityID) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsExpected(at, from, to, limit) })
	}
	same(t, "due at a place", from(99, 102, 10, id(900)), []project.SubjectRow{rows[1], rows[0], rows[2]})
	same(t, "due at two places", from(100, 102, 10, id(900), id(901)), []project.SubjectRow{rows[6], rows[0], rows[2]})
	same(t, "due with a limit", from(99, 103, 2, id(900), id(901)), []project.SubjectRow{rows[1], rows[6]})
	same(t, "due anywhere", from(100, 100, 10), []project.SubjectRow{rows[6], rows[0]})
	same(t, "nobody due", from(-10, 50, 10, id(900)), nil)
}

func women(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 8)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", string(rune('z'-i)))
		rows[i].Group, rows[i].DueDate, rows[i].Mother = registry.GroupPregnant, 100, p.EntityID{}
	}
	rows[1].DueDate, rows[2].DueDate = 99, 0
	rows[3].Group, rows[4].Void = registry.GroupAdult, true
	rows[5].Status = registry.StatusDied
	rows[6].Residence = id(901)
	rows[7].Status = registry.StatusMoved
	putSubjects(t, s, rows)
	who := func(limit int, at ...p.EntityID) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsPregnant(at, limit) })
	}
	same(t, "pregnant at a place", who(0, id(900)), []project.SubjectRow{rows[2], rows[1], rows[0]})
	same(t, "pregnant at two places", who(0, id(900), id(901)), []project.SubjectRow{rows[2], rows[1], rows[6], rows[0]})
	same(t, "pregnant with a limit", who(2, id(900), id(901)), []project.SubjectRow{rows[2], rows[1]})
	same(t, "pregnant anywhere", who(0), []project.SubjectRow{rows[2], rows[1], rows[6], rows[0]})
	same(t, "nobody pregnant", who(0, id(777)), nil)
}

func childrenOf(t *testing.T, s store.Store) {
	rows := []project.SubjectRow{subject(1, "A", "a", "a"), subject(2, "B", "b", "b"), subject(3, "C", "c", "c"), subject(4, "D", "d", "d"), subject(5, "E", "e", "e")}
	for i := range rows {
		rows[i].Mother = id(50)
	}
	rows[1].BirthDate, rows[1].BirthOrder = rows[0].BirthDate, 1 // twins
	rows[2].Mother = id(51)
	rows[3].Void = true
	rows[4].Mother = p.EntityID{}
	putSubjects(t, s, rows)
	of := func(mothers ...p.EntityID) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.ChildrenOf(mothers...) })
	}
	same(t, "children", of(id(50)), []project.SubjectRow{rows[1], rows[0]})
	same(t, "children of two", of(id(50), id(51)), []project.SubjectRow{rows[1], rows[0], rows[2]})
	same(t, "children of nobody known", of(id(777)), nil)
	same(t, "children of nobody", of(p.EntityID{}), nil)
	rows[0].Mother = id(51)
	putSubjects(t, s, rows[:1])
	same(t, "children after a correction", of(id(50)), rows[1:2])
}

func came(t *testing.T, s store.Store) {
	own := id(7)
	rows := make([]project.SubjectRow, 8)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", string(rune('z'-i)))
		rows[i].HomeDay = 100
	}
	rows[1].HomeDay, rows[2].HomeDay = 101, 99
	rows[3].HomeBy = own
	rows[4].Void, rows[5].Status = true, registry.StatusMoved
	rows[6].Residence = id(901)
	rows[7].HomeBy, rows[7].HomeDay = p.EntityID{}, 0 // nothing of it stands
	putSubjects(t, s, rows)
	who := func(limit int, except []p.EntityID, at ...p.EntityID) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsCame(at, 100, except, limit) })
	}
	same(t, "who came", who(0, []p.EntityID{own, id(8)}, id(900)), []project.SubjectRow{rows[1], rows[0]})
	same(t, "who came, whoever wrote it", who(0, nil, id(900)), []project.SubjectRow{rows[1], rows[3], rows[0]})
	same(t, "who came to two places", who(0, []p.EntityID{own}, id(900), id(901)), []project.SubjectRow{rows[1], rows[6], rows[0]})
	same(t, "the first who came", who(1, []p.EntityID{own}, id(900)), rows[1:2])
	same(t, "nobody came", who(0, nil, id(777)), nil)
}

func hamlets(t *testing.T, s store.Store) {
	rows := make([]project.SubjectRow, 7)
	for i := range rows {
		rows[i] = subject(i+1, "X", "x", "x")
	}
	rows[1].Hamlet, rows[2].Hamlet = "thôn 1", ""
	rows[3].Residence = id(901)
	rows[4].Void, rows[5].Status = true, registry.StatusDied
	rows[6].Case = id(1)
	putSubjects(t, s, rows)
	same(t, "hamlets", read(t, s, func(tx store.Tx) ([]store.HamletRow, error) { return tx.HamletsAt(id(900), id(901), id(777)) }), []store.HamletRow{
		{Residence: id(900), People: 1},
		{Residence: id(900), Hamlet: "Thôn 1", People: 1},
		{Residence: id(900), Hamlet: "thôn 1", People: 1},
		{Residence: id(901), Hamlet: "Thôn 1", People: 1},
	})
}

func cases(t *testing.T, s store.Store) {
	rows := []project.SubjectRow{subject(1, "A", "a", "a"), subject(2, "B", "b", "b"), subject(3, "C", "c", "c")}
	rows[0].Case, rows[2].Case = id(2), id(2)
	putSubjects(t, s, rows)
	of := func(n int) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsOfCase(id(n)) })
	}
	same(t, "subjects of a case", of(2), rows)
	same(t, "subjects of a case that is another's", of(1), nil)
	same(t, "subjects of no case", of(9), nil)
	linked := read(t, s, func(tx store.Tx) (map[p.EntityID]p.EntityID, error) { return tx.CasesOf(id(1), id(2), id(3), id(9)) })
	if len(linked) != 2 || linked[id(1)] != id(2) || linked[id(3)] != id(2) {
		t.Errorf("cases of subjects: %v", linked)
	}
}

func dose(n, subject, place int, day registry.Day) project.ImmunizationRow {
	return project.ImmunizationRow{
		ID: id(n), Case: id(subject), Subject: id(subject), Place: id(place), Recorded: id(900), Residence: id(900), Vaccine: "DPT-VGB-Hib",
		GivenOn: day, GivenMinute: 500, Dose: 2, TypedDose: 1, Lot: "ABC123", Expires: day + 300, Site: registry.SiteLeftThigh,
		Route: registry.RouteIM, Programme: registry.ProgrammeEPI, Source: registry.SourceHere, Screening: registry.ScreeningEligible,
		Temperature: 368, GivenBy: id(77), Cohort: 24_000, Counted: true,
	}
}

func immunizationRows(t *testing.T, s store.Store) {
	a := dose(10, 1, 800, 20_100)
	b := dose(11, 0, 800, 20_100)
	b.Subject, b.Case, b.Code, b.NotDone, b.Void, b.Counted = p.EntityID{}, p.EntityID{}, codeOf(5), registry.NotDoneRefused, true, false
	c := dose(12, 2, 800, 20_100)
	c.Case = id(1)
	update(t, s, func(tx store.Tx) error { return each([]project.ImmunizationRow{a, b, c}, tx.PutImmunizationRow) })
	get := func(n int) *project.ImmunizationRow {
		return read(t, s, func(tx store.Tx) (*project.ImmunizationRow, error) { return tx.ImmunizationRow(id(n)) })
	}
	equal(t, "dose", get(10), &a)
	equal(t, "refusal by somebody unknown", get(11), &b)
	equal(t, "dose of a linked subject", get(12), &c)
	equal(t, "unknown dose", get(13), nil)
	a.Subject, a.Case, a.Dose, a.Counted = id(2), id(2), 0, false
	update(t, s, func(tx store.Tx) error { return tx.PutImmunizationRow(&a) })
	equal(t, "dose put again", get(10), &a)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.DeleteImmunizationRow(id(10)), tx.DeleteImmunizationRow(id(13)))
	})
	equal(t, "deleted dose", get(10), nil)
}

func doses(t *testing.T, s store.Store) {
	rows := []project.ImmunizationRow{dose(10, 1, 800, 20_100), dose(11, 1, 801, 20_050), dose(12, 1, 800, 20_100), dose(13, 2, 800, 20_100)}
	rows[2].GivenMinute = 400
	nobody := dose(14, 0, 802, 20_100)
	nobody.Subject, nobody.Case = p.EntityID{}, p.EntityID{}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(each(shuffled(rows), tx.PutImmunizationRow), tx.PutImmunizationRow(&nobody))
	})
	view(t, s, func(tx store.Tx) error {
		of, err := tx.DosesOfCase(id(1))
		same(t, "doses of a case by date", of, []project.ImmunizationRow{rows[1], rows[2], rows[0]})
		none, err2 := tx.DosesOfCase(p.EntityID{})
		same(t, "doses of no case", none, nil)
		on, err3 := tx.DosesOn([]p.EntityID{id(800), id(802), id(700)}, 20_100)
		same(t, "doses on a day", on, []project.ImmunizationRow{rows[2], rows[0], rows[3], nobody})
		given, err5 := tx.DosesGiven([]p.EntityID{id(802), id(800), id(700), id(800)}, 20_050, 20_100)
		same(t, "doses given that count", given, slices.DeleteFunc([]project.ImmunizationRow{rows[1], rows[2], rows[0], rows[3], nobody}, func(r project.ImmunizationRow) bool {
			return !r.Counted || r.GivenOn < 20_050 || r.GivenOn > 20_100 || r.Place == id(801)
		}))
		no, err4 := tx.DosesOn(nil, 20_100)
		same(t, "doses nowhere", no, nil)
		return errors.Join(err, err2, err3, err4, err5)
	})
}

func links(t *testing.T, s store.Store) {
	rows := []project.LinkRow{{ID: id(20), A: id(1), B: id(2), Same: true}, {ID: id(21), A: id(2), B: id(3)}, {ID: id(22), A: id(4), B: id(5), Same: true}}
	update(t, s, func(tx store.Tx) error { return each(shuffled(rows), tx.PutLinkRow) })
	of := func(n int) []project.LinkRow {
		return read(t, s, func(tx store.Tx) ([]project.LinkRow, error) { return tx.LinksOf(id(n)) })
	}
	same(t, "links of the first", of(1), rows[:1])
	same(t, "links of one in two", of(2), rows[:2])
	same(t, "links of nobody", of(9), nil)
	rows[0].Same, rows[0].B = false, id(6)
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutLinkRow(&rows[0]), tx.DeleteLinkRow(id(21))) })
	same(t, "links after a change", of(2), nil)
	same(t, "changed link", of(6), rows[:1])
}

func conflicts(t *testing.T, s store.Store) {
	a := []project.ConflictRow{
		{Entity: id(1), Field: 11, Kind: 101, Case: id(1), Class: registry.Identity},
		{Entity: id(1), Field: 12, Kind: 101, Case: id(1), Class: registry.Identity},
	}
	b := []project.ConflictRow{{Entity: id(2), Field: 11, Kind: 102, Case: id(1), Class: registry.Clinical}}
	c := []project.ConflictRow{{Entity: id(3), Field: 13, Kind: 301, Class: registry.Identity}}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutConflicts(id(1), a), tx.PutConflicts(id(2), b), tx.PutConflicts(id(3), c), tx.PutConflicts(id(4), nil))
	})
	view(t, s, func(tx store.Tx) error {
		all, err := tx.Conflicts(0)
		same(t, "conflicts", all, slices.Concat(a, b, c))
		two, err2 := tx.Conflicts(2)
		same(t, "first conflicts", two, a)
		of, err3 := tx.ConflictsOfCase(id(1))
		same(t, "conflicts of a case", of, slices.Concat(a, b))
		n, err4 := tx.CountConflicts()
		equal(t, "number of conflicts", n, 4)
		return errors.Join(err, err2, err3, err4)
	})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutConflicts(id(1), a[1:]), tx.PutConflicts(id(2), nil))
	})
	same(t, "conflicts after they were settled", read(t, s, func(tx store.Tx) ([]project.ConflictRow, error) { return tx.Conflicts(10) }), slices.Concat(a[1:], c))
}

func casesAt(t *testing.T, s store.Store) {
	live, away := subject(1, "A", "a", "a"), subject(2, "B", "b", "b")
	away.Recorded, away.Residence = id(901), id(902) // as recorded, and where that led
	d, e := dose(10, 2, 800, 20_100), dose(11, 3, 800, 20_100)
	f := dose(12, 0, 800, 20_100)
	f.Subject, f.Case = p.EntityID{}, p.EntityID{}
	g := dose(13, 2, 800, 20_200)
	linked := dose(14, 4, 803, 20_200)
	linked.Case = id(2)
	putSubjects(t, s, []project.SubjectRow{live, away})
	update(t, s, func(tx store.Tx) error {
		return each([]project.ImmunizationRow{d, e, f, g, linked}, tx.PutImmunizationRow)
	})
	at := func(n int) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.CasesAt(id(n)) })
	}
	same(t, "at a residence", at(900), []p.EntityID{id(1)})
	same(t, "at a residence as recorded", at(901), []p.EntityID{id(2)})
	same(t, "at a residence that only follows", at(902), nil)
	recorded := func(n int) []project.SubjectRow {
		return read(t, s, func(tx store.Tx) ([]project.SubjectRow, error) { return tx.SubjectsRecordedAt(id(n)) })
	}
	same(t, "recorded at a place", recorded(901), []project.SubjectRow{away})
	same(t, "recorded at a place that is the residence", recorded(900), []project.SubjectRow{live})
	same(t, "recorded at a place that only follows", recorded(902), nil)
	given := func(n int, since registry.Day) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.CasesGivenAt(id(n), since) })
	}
	same(t, "given at a place from a day on", given(800, 20_100), []p.EntityID{id(2), id(3)})
	same(t, "given at a place later", given(800, 20_101), []p.EntityID{id(2)})
	same(t, "given nowhere", given(805, 0), nil)
	same(t, "at a place of doses", at(800), []p.EntityID{id(2), id(3)})
	same(t, "at the place of a dose of a linked subject", at(803), []p.EntityID{id(4)})
	same(t, "at an unknown place", at(7000), nil)
}

func silent(t *testing.T, s store.Store) {
	var rows []project.SubjectRow
	for n := 1; n <= 4; n++ {
		rows = append(rows, subject(n, "A", "a", "a"))
		rows[n-1].Residence = id(901)
	}
	rows[2].Residence = id(900)
	putSubjects(t, s, rows)
	update(t, s, func(tx store.Tx) error {
		doses := []project.ImmunizationRow{
			dose(10, 1, 800, 20_100), dose(11, 1, 801, 20_500), // a later one elsewhere
			dose(12, 2, 800, 20_100), dose(13, 2, 800, 20_200), // on the day itself
			dose(14, 3, 800, 20_100), // lives here
			dose(15, 4, 801, 20_100), // elsewhere only
		}
		return each(doses, tx.PutImmunizationRow)
	})
	of := func(place int) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) {
			return tx.SubjectsSilent(id(place), []p.EntityID{id(900), id(777_001)}, 20_200)
		})
	}
	same(t, "who was not seen since", of(800), []p.EntityID{id(1)})
	same(t, "at an unknown place", of(7000), nil)
}

func counts(t *testing.T, s store.Store) {
	rows := []project.SubjectRow{subject(1, "A", "a", "a"), subject(2, "B", "b", "b")}
	d := dose(10, 1, 800, 20_100)
	putSubjects(t, s, rows)
	putSubjects(t, s, rows)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutImmunizationRow(&d), tx.PutImmunizationRow(&d), tx.PutState(state(1), true), tx.PutState(state(1), false),
			tx.PutSegment(&store.SegmentRow{Log: logID(1), First: 1, Count: 5}), tx.PutTail(logID(1), 6, []byte{1}), tx.PutTail(logID(1), 7, []byte{1}))
	})
	got := func() store.Counts {
		return read(t, s, func(tx store.Tx) (store.Counts, error) { return tx.Counts() })
	}
	equal(t, "counts", got(), store.Counts{Subjects: 2, Doses: 1, Entities: 1, Changes: 7, Segments: 1})
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.DeleteSubjectRow(id(2)), tx.DeleteSubjectRow(id(2)), tx.DeleteImmunizationRow(id(10)),
			tx.PutSegment(&store.SegmentRow{Log: logID(1), First: 6, Count: 2}), tx.DeleteTail(logID(1), 1, 7))
	})
	equal(t, "counts after deletions and sealing", got(), store.Counts{Subjects: 1, Entities: 1, Changes: 7, Segments: 2})
}

func clearRows(t *testing.T, s store.Store) {
	row := subject(1, "An", "an", "an")
	d := dose(10, 1, 800, 20_100)
	fill := func(tx store.Tx) error {
		return errors.Join(tx.PutSubjectRow(&row), tx.PutImmunizationRow(&d), tx.AddCoverage(key(1, 1, "BCG", 1), 2),
			tx.AddCohort(project.CohortKey{Residence: id(1)}, 2), tx.PutConflicts(id(1), []project.ConflictRow{{Entity: id(1), Field: 11}}),
			tx.PutLinkRow(&project.LinkRow{ID: id(20), A: id(1)}), tx.PutPlaceRow(&project.PlaceRow{ID: id(1)}), tx.PutUserRow(&project.UserRow{ID: id(1)}),
			tx.PutDeviceRow(&project.DeviceRow{ID: id(1)}), tx.PutVaccineRow(&project.VaccineRow{ID: id(1)}), tx.PutAccessRow(&project.AccessRow{ID: id(1)}, nil))
	}
	lists := func(tx store.Tx) ([]int, error) {
		a, e1 := tx.SearchSubjects(store.SubjectQuery{Words: []string{"an"}})
		b, e2 := tx.DosesOfCase(id(1))
		c, e3 := tx.Coverage(store.CoverageQuery{})
		d, e4 := tx.Registered()
		e, e5 := tx.Conflicts(0)
		f, e6 := tx.LinksOf(id(1))
		g, e7 := tx.Places()
		h, e8 := tx.Users()
		i, e9 := tx.Devices()
		j, e10 := tx.Vaccines()
		k, e11 := tx.Accesses(p.EntityID{}, 0)
		all, e12 := tx.SearchSubjects(store.SubjectQuery{})
		n, e13 := tx.Counts()
		o, e14 := figuresIn(tx, store.FigureQuery{CohortFrom: 24_000, CohortTo: 24_000, Doses: []store.Dose{{Vaccine: "BCG", Number: 1}}})
		return []int{len(o), len(a), len(b), len(c), len(d), len(e), len(f), len(g), len(h), len(i), len(j), len(k), len(all), int(n.Subjects), int(n.Doses)},
			errors.Join(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14)
	}
	ones := []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	update(t, s, func(tx store.Tx) error { return errors.Join(fill(tx), tx.PutState(state(1), true)) })
	same(t, "rows", read(t, s, lists), ones)
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "rows after they were cleared", read(t, s, lists), make([]int, len(ones)))
	equal(t, "state after rows were cleared", read(t, s, func(tx store.Tx) (*p.State, error) { return tx.State(id(1)) }), state(1))
	update(t, s, fill)
	same(t, "rows put again", read(t, s, lists), ones)
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.ClearRows(), fill(tx)) })
	same(t, "rows cleared and put in one transaction", read(t, s, lists), ones)
}
