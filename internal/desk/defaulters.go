package desk

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ZeroDose lists the children of this node's people who have had no dose against diphtheria, tetanus and pertussis
// (registry.ZeroDoseFromMonths): those of whom no dose at all is known first, then the youngest. It is as of the last
// [Desk.WorkOutDue]. Who they are is read by [Desk.Expect].
func (d *Desk) ZeroDose(ctx context.Context, who Who) ([]store.DuePerson, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	home := d.Home()
	q := store.DueQuery{List: store.ListFirst, Residences: home.Residences(), On: d.Today()}
	if len(q.Residences) == 0 {
		return nil, nil
	}
	q.Since, q.Until = registry.ZeroDoseBorn(q.On)
	var out []store.DuePerson
	err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = tx.Due(q)
		return err
	})
	return out, err
}

// LateDays are the spans in which days overdue are counted: up to so many, the last without end.
var LateDays = [...]int{7, 30, 90}

// Late counts, for a vaccine, how many people are overdue by how long: a count for each of LateDays, and one beyond.
type Late struct {
	Vaccine string
	Counts  [len(LateDays) + 1]int
}

// LateByVaccine counts what people of the list of those overdue need, and since when, without naming anybody.
func (d *Desk) LateByVaccine(ctx context.Context, people []store.DuePerson) (map[string]*Late, error) {
	cases := make([]p.EntityID, len(people))
	for i := range people {
		cases[i] = people[i].Case
	}
	today := d.Today()
	out := map[string]*Late{}
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.DueOf(cases...)
		for i := range rows {
			r := &rows[i]
			if r.Status != project.DueOpen || r.Overdue == 0 || r.Overdue > today || r.Latest != 0 && r.Latest < today {
				continue
			}
			if out[r.Vaccine] == nil {
				out[r.Vaccine] = &Late{Vaccine: r.Vaccine}
			}
			k := 0
			for k < len(LateDays) && int(today-r.Overdue) > LateDays[k] {
				k++
			}
			out[r.Vaccine].Counts[k]++
		}
		return err
	})
	return out, err
}
