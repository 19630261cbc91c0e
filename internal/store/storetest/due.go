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

func dueRow(kase int, vaccine string, recommended, overdue, latest registry.Day) project.DueRow {
	return project.DueRow{
		Case: id(kase), Residence: id(900), Hamlet: "Na Phay 1", Vaccine: vaccine, Dose: 2, Status: project.DueOpen, Programme: registry.ProgrammeEPI,
		Earliest: recommended - 7, Recommended: recommended, Overdue: overdue, Latest: latest,
	}
}

func dueRows(t *testing.T, s store.Store) {
	bcg, opv, rota := dueRow(1, "BCG", 100, 130, 0), dueRow(1, "OPV", 110, 0, 0), dueRow(1, "ROTA", 100, 120, 125)
	hib, far := dueRow(2, "HIB", 105, 0, 0), dueRow(3, "BCG", 90, 95, 0)
	far.Residence = id(901)
	gone := dueRow(4, "ROTA", 20, 40, 60)
	gone.Status = project.DueMissed
	put := func(kase int, rows ...project.DueRow) {
		t.Helper()
		update(t, s, func(tx store.Tx) error { return tx.PutDue(id(kase), rows, 3, 200) })
	}
	put(1, opv, bcg, rota)
	put(2, hib)
	put(3, far)
	put(4, gone)
	list := func(q store.DueQuery) []store.DuePerson {
		dueCases(t, s, q)
		return read(t, s, func(tx store.Tx) ([]store.DuePerson, error) { return tx.Due(q) })
	}
	person := func(kase int, since registry.Day, vaccines ...string) store.DuePerson {
		return store.DuePerson{Case: id(kase), Residence: id(900), Hamlet: "Na Phay 1", Since: since, Vaccines: vaccines}
	}
	late := func(x store.DuePerson, days ...registry.Day) store.DuePerson {
		x.Late = days
		return x
	}
	distant := person(3, 95, "BCG")
	distant.Residence = id(901)
	ofCase := func(n int) []project.DueRow {
		return read(t, s, func(tx store.Tx) ([]project.DueRow, error) { return tx.DueOf(id(n)) })
	}
	same(t, "due of a case", ofCase(1), []project.DueRow{bcg, rota, opv})
	here := []p.EntityID{id(900)}
	at := func(l store.DueList, on registry.Day) store.DueQuery {
		return store.DueQuery{List: l, Residences: here, On: on, Limit: 10}
	}
	same(t, "due the day before", list(at(store.ListDue, 99)), nil)
	same(t, "due on the first day", list(at(store.ListDue, 100)), []store.DuePerson{person(1, 100, "BCG", "ROTA")})
	same(t, "due later", list(at(store.ListDue, 110)), []store.DuePerson{person(1, 100, "BCG", "OPV", "ROTA"), person(2, 105, "HIB")})
	same(t, "due on the day before one is overdue", list(at(store.ListDue, 119)), []store.DuePerson{person(1, 100, "BCG", "OPV", "ROTA"), person(2, 105, "HIB")})
	same(t, "due without the overdue", list(at(store.ListDue, 120)), []store.DuePerson{person(1, 100, "BCG", "OPV"), person(2, 105, "HIB")})
	same(t, "overdue", list(at(store.ListOverdue, 120)), []store.DuePerson{late(person(1, 120, "ROTA"), 120)})
	same(t, "overdue on its last day", list(at(store.ListOverdue, 125)), []store.DuePerson{late(person(1, 120, "ROTA"), 120)})
	same(t, "overdue and too late", list(at(store.ListOverdue, 126)), nil)
	same(t, "overdue, longest ago first", list(store.DueQuery{List: store.ListOverdue, On: 140, Limit: 10}), []store.DuePerson{late(distant, 95), late(person(1, 130, "BCG"), 130)})
	update(t, s, func(tx store.Tx) error {
		return tx.PutDue(id(6), []project.DueRow{dueRow(6, "VNNB", 50, 60, 0), dueRow(6, "BCG", 30, 70, 0), dueRow(6, "DPT", 50, 65, 0), dueRow(6, "MR", 50, 99, 0)}, 3, 200)
	})
	same(t, "each since when", list(at(store.ListOverdue, 80)), []store.DuePerson{late(person(6, 60, "BCG", "DPT", "VNNB"), 70, 65, 60)})
	update(t, s, func(tx store.Tx) error { return tx.PutDue(id(6), nil, 0, 0) })
	same(t, "missed", list(at(store.ListMissed, 120)), []store.DuePerson{person(4, 60, "ROTA")})
	same(t, "not missed yet", list(at(store.ListMissed, 60)), nil)
	coming := func(since, on registry.Day) []store.DuePerson {
		q := at(store.ListComing, on)
		q.Since = since
		return list(q)
	}
	same(t, "coming", coming(98, 104), []store.DuePerson{person(1, 100, "BCG", "ROTA")})
	same(t, "coming until a day on which more is due", coming(98, 110), []store.DuePerson{person(1, 100, "BCG", "OPV", "ROTA"), person(2, 105, "HIB")})
	same(t, "coming, not what is overdue already", coming(120, 126), []store.DuePerson{person(1, 100, "BCG", "OPV"), person(2, 105, "HIB")})
	q := at(store.ListDue, 110)
	q.Since, q.Limit = 101, 1
	same(t, "due since a day, the first", list(q), []store.DuePerson{person(2, 105, "HIB")})
	q = at(store.ListDue, 110)
	q.Vaccine = "OPV"
	same(t, "due of one vaccine", list(q), []store.DuePerson{person(1, 110, "OPV")})
	q.Vaccine = "NONE"
	same(t, "due of a vaccine nobody has", list(q), nil)
	q = at(store.ListDue, 94)
	q.Residences = append(q.Residences, id(901), id(902))
	distant.Since = 90
	same(t, "due at several places", list(q), []store.DuePerson{distant})

	bcg.Recommended, bcg.Dose = 101, 3
	put(1, bcg, opv)
	same(t, "due after one was given", ofCase(1), []project.DueRow{bcg, opv})
	update(t, s, func(tx store.Tx) error { return tx.PutDue(id(1), nil, 0, 0) })
	same(t, "due of a case that was let go", ofCase(1), nil)
	same(t, "the others'", ofCase(2), []project.DueRow{hib})
	update(t, s, func(tx store.Tx) error { return tx.ClearRows() })
	same(t, "due after rows were cleared", ofCase(2), nil)
}

func firstDoses(t *testing.T, s store.Store) {
	child := func(kase int, born registry.Day, never bool, rows ...project.DueRow) {
		t.Helper()
		row := project.DueRow{Case: id(kase), Residence: id(900), Hamlet: "Na Phay 1", Status: project.DueFirst, Recommended: born}
		if never {
			row.Dose = 1
		}
		update(t, s, func(tx store.Tx) error { return tx.PutDue(id(kase), append(rows, row), 3, 20_900) })
	}
	child(1, 20_000, false, dueRow(1, "DPT", 20_060, 20_090, 0), dueRow(1, "MR", 20_500, 20_600, 0))
	child(2, 20_001, false)
	child(3, 20_002, true, dueRow(3, "DPT", 20_062, 20_090, 20_200), dueRow(3, "BCG", 20_002, 0, 0))
	child(4, 20_003, true)
	update(t, s, func(tx store.Tx) error { // somebody who had a first dose
		return tx.PutDue(id(5), []project.DueRow{dueRow(5, "DPT", 20_060, 0, 0)}, 3, 20_900)
	})
	list := func(from, until, on registry.Day, limit int) []store.DuePerson {
		q := store.DueQuery{List: store.ListFirst, Residences: []p.EntityID{id(900), id(777)}, Since: from, Until: until, On: on, Limit: limit}
		dueCases(t, s, q)
		return read(t, s, func(tx store.Tx) ([]store.DuePerson, error) { return tx.Due(q) })
	}
	person := func(kase int, born registry.Day, never bool, vaccines ...string) store.DuePerson {
		return store.DuePerson{Case: id(kase), Residence: id(900), Hamlet: "Na Phay 1", Since: born, Vaccines: vaccines, Never: never}
	}
	same(t, "children without a first dose", list(20_000, 20_003, 20_062, 0), []store.DuePerson{
		person(4, 20_003, true), person(3, 20_002, true, "BCG", "DPT"), person(2, 20_001, false), person(1, 20_000, false, "DPT"),
	})
	same(t, "the first of them", list(20_000, 20_003, 20_061, 2), []store.DuePerson{person(4, 20_003, true), person(3, 20_002, true, "BCG")})
	same(t, "born on some days", list(20_001, 20_002, 20_060, 0), []store.DuePerson{person(3, 20_002, true, "BCG"), person(2, 20_001, false)})
	same(t, "born before", list(19_000, 19_999, 20_060, 0), nil)
	same(t, "what one of them needs", read(t, s, func(tx store.Tx) ([]project.DueRow, error) { return tx.DueOf(id(2)) }), nil)
	update(t, s, func(tx store.Tx) error { return tx.PutDue(id(3), nil, 3, 20_900) })
	same(t, "after one had the dose", list(20_002, 20_002, 20_060, 0), nil)
}

func staleDues(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutDue(id(1), nil, 5, 100), tx.PutDue(id(2), nil, 5, 101), tx.PutDue(id(3), nil, 4, 200), tx.PutDue(id(4), nil, 6, 200))
	})
	stale := func(generation uint64, day registry.Day, limit int) []p.EntityID {
		return read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.DueStale(generation, day, limit) })
	}
	same(t, "of another generation", stale(5, 99, 0), []p.EntityID{id(3), id(4)})
	same(t, "and past their day", stale(5, 100, 0), []p.EntityID{id(1), id(3), id(4)})
	if got := stale(5, 101, 2); len(got) != 2 {
		t.Errorf("two asked for, %d given", len(got))
	}
	n := read(t, s, func(tx store.Tx) (int64, error) { return tx.CountDueStale(5, 101) })
	if n != 4 {
		t.Errorf("%d counted as stale, want 4", n)
	}
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutDue(id(3), nil, 5, 200), tx.PutDue(id(4), nil, 0, 0))
	})
	same(t, "after they were worked out again", stale(5, 99, 0), nil)
	row := dueRow(1, "BCG", 100, 0, 0)
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutDue(id(1), []project.DueRow{row}, 5, 100), tx.MarkDueStale(id(1)), tx.MarkDueStale(id(7)))
	})
	same(t, "marked", stale(5, 99, 0), []p.EntityID{id(1), id(7)})
	same(t, "rows of a marked case", read(t, s, func(tx store.Tx) ([]project.DueRow, error) { return tx.DueOf(id(1)) }), []project.DueRow{row})
}

func schedules(t *testing.T, s store.Store) {
	old := project.ScheduleRow{ID: id(1), Code: "vn-1", Title: "Cũ", From: 100, Until: 200, File: "a\nb"}
	now := project.ScheduleRow{ID: id(2), Code: "vn-2", Title: "Mới", From: 200, File: "c", Void: true}
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.PutScheduleRow(&now), tx.PutScheduleRow(&old)) })
	all := func() []project.ScheduleRow {
		return read(t, s, func(tx store.Tx) ([]project.ScheduleRow, error) { return tx.Schedules() })
	}
	same(t, "schedules", all(), []project.ScheduleRow{old, now})
	now.Void = false
	update(t, s, func(tx store.Tx) error { return tx.PutScheduleRow(&now) })
	same(t, "schedules after one was put again", all(), []project.ScheduleRow{old, now})
}

// dueCases holds those whom DueCases tells of against the worklist itself.
func dueCases(t *testing.T, s store.Store, q store.DueQuery) {
	t.Helper()
	got := read(t, s, func(tx store.Tx) ([]p.EntityID, error) { return tx.DueCases(q) })
	q.Limit = 0
	var want []p.EntityID
	for _, x := range read(t, s, func(tx store.Tx) ([]store.DuePerson, error) { return tx.Due(q) }) {
		want = append(want, x.Case)
	}
	slices.SortFunc(want, p.EntityID.Compare)
	same(t, "the cases of a worklist", got, want)
}
