package memory

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

func (t *tx) dueOf(kase p.EntityID) func(func(called, *project.DueRow) bool) {
	return within(&t.dues, called{of: kase}, func(k called) bool { return k.of == kase })
}

// PutDue implements store.RowTx.
func (t *tx) PutDue(kase p.EntityID, rows []project.DueRow, generation uint64, until registry.Day) error {
	if err := t.writing(); err != nil {
		return err
	}
	var gone []called
	for k := range t.dueOf(kase) {
		gone = append(gone, k)
	}
	for _, k := range gone {
		t.dues.delete(k)
	}
	for _, row := range rows {
		row.Case = kase
		t.dues.set(called{kase, row.Vaccine}, &row)
	}
	if until != 0 {
		t.dueCases.set(kase, dueCase{generation, until})
	} else {
		t.dueCases.delete(kase)
	}
	return nil
}

// MarkDueStale implements store.RowTx. No generation has the number 0 once there are schedules, and every day is past
// 0's.
func (t *tx) MarkDueStale(kase p.EntityID) error { return set(t, &t.dueCases, kase, dueCase{}) }

// DueStale implements store.RowTx; by id.
func (t *tx) DueStale(generation uint64, day registry.Day, limit int) ([]p.EntityID, error) {
	var out []p.EntityID
	for kase, d := range t.dueCases.all() {
		if d.generation != generation || d.until <= day {
			out = append(out, kase)
			if len(out) == limit {
				break
			}
		}
	}
	return out, t.reading()
}

// CountDueStale implements store.RowTx.
func (t *tx) CountDueStale(generation uint64, day registry.Day) (int64, error) {
	stale, err := t.DueStale(generation, day, 0)
	return int64(len(stale)), err
}

// DueOf implements store.Query.
func (t *tx) DueOf(cases ...p.EntityID) ([]project.DueRow, error) {
	var out []project.DueRow
	for _, kase := range ids(slices.Clone(cases)) {
		for _, row := range t.dueOf(kase) {
			if row.Status != project.DueFirst {
				out = append(out, *row)
			}
		}
	}
	slices.SortFunc(out, func(a, b project.DueRow) int {
		return cmp.Or(cmp.Compare(a.Recommended, b.Recommended), cmp.Compare(a.Vaccine, b.Vaccine), a.Case.Compare(b.Case))
	})
	return out, t.reading()
}

// dueDay returns the day that puts a row on a worklist, if it is on it.
func dueDay(list store.DueList, r *project.DueRow, since, on registry.Day) (registry.Day, bool) {
	open := r.Status == project.DueOpen
	still := func(day registry.Day) bool { return r.Latest == 0 || r.Latest >= day }
	overdueBy := func(day registry.Day) bool { return r.Overdue != 0 && r.Overdue <= day }
	switch list {
	case store.ListDue:
		return r.Recommended, open && since <= r.Recommended && r.Recommended <= on && !overdueBy(on) && still(on)
	case store.ListOverdue:
		return r.Overdue, open && r.Recommended <= on && overdueBy(on) && since <= r.Overdue && still(on)
	case store.ListMissed:
		return r.Latest, r.Status == project.DueMissed && since <= r.Latest && r.Latest < on
	case store.ListComing:
		return r.Recommended, open && r.Recommended <= on && !overdueBy(since) && still(max(r.Recommended, since))
	}
	return 0, false
}

// DueCases implements store.Query.
func (t *tx) DueCases(q store.DueQuery) ([]p.EntityID, error) {
	q.Limit = 0
	people, err := t.Due(q)
	var out []p.EntityID
	for i := range people {
		out = append(out, people[i].Case)
	}
	return ids(out), err
}

// Due implements store.Query; people of one day by id.
func (t *tx) Due(q store.DueQuery) ([]store.DuePerson, error) {
	if err := t.reading(); err != nil {
		return nil, err
	}
	if q.List < store.ListDue || q.List > store.ListFirst {
		return nil, fmt.Errorf("there is no worklist %d", q.List)
	}
	if q.List == store.ListFirst {
		return t.dueFirst(q), nil
	}
	since := q.Since
	if since == 0 {
		since = math.MinInt32
	}
	var out []store.DuePerson
	for k, row := range t.dues.all() {
		day, on := dueDay(q.List, row, since, q.On)
		if !on || q.Vaccine != "" && row.Vaccine != q.Vaccine || len(q.Residences) > 0 && !slices.Contains(q.Residences, row.Residence) {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Case != k.of {
			out = append(out, store.DuePerson{Case: k.of, Residence: row.Residence, Hamlet: row.Hamlet, Since: day})
		}
		who := &out[len(out)-1]
		if q.List == store.ListMissed {
			who.Since = max(who.Since, day)
		} else {
			who.Since = min(who.Since, day)
		}
		who.Vaccines = append(who.Vaccines, row.Vaccine)
		if q.List == store.ListOverdue {
			who.Late = append(who.Late, row.Overdue)
		}
	}
	slices.SortFunc(out, func(a, b store.DuePerson) int {
		c := cmp.Compare(a.Since, b.Since)
		if q.List == store.ListMissed {
			c = -c
		}
		return cmp.Or(c, a.Case.Compare(b.Case))
	})
	return first(out, q.Limit), nil
}

// dueFirst is Due of store.ListFirst.
func (t *tx) dueFirst(q store.DueQuery) []store.DuePerson {
	var out []store.DuePerson
	for k, row := range t.dues.all() {
		if row.Status != project.DueFirst || row.Recommended < q.Since || row.Recommended > q.Until || len(q.Residences) > 0 && !slices.Contains(q.Residences, row.Residence) {
			continue
		}
		who := store.DuePerson{Case: k.of, Residence: row.Residence, Hamlet: row.Hamlet, Since: row.Recommended, Never: row.Dose == 1}
		for _, r := range t.dueOf(k.of) {
			if r.Status == project.DueOpen && r.Recommended <= q.On {
				who.Vaccines = append(who.Vaccines, r.Vaccine)
			}
		}
		out = append(out, who)
	}
	slices.SortStableFunc(out, func(a, b store.DuePerson) int {
		if a.Never != b.Never {
			if a.Never {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Since, a.Since), a.Case.Compare(b.Case))
	})
	return first(out, q.Limit)
}
