package desk

import (
	"context"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
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
func (d *Desk) LateByVaccine(people []store.DuePerson) map[string]*Late {
	today := d.Today()
	out := map[string]*Late{}
	for i := range people {
		for n, since := range people[i].Late {
			vaccine := people[i].Vaccines[n]
			if out[vaccine] == nil {
				out[vaccine] = &Late{Vaccine: vaccine}
			}
			k := 0
			for k < len(LateDays) && int(today-since) > LateDays[k] {
				k++
			}
			out[vaccine].Counts[k]++
		}
	}
	return out
}
