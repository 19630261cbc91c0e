package desk

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ZeroChild is a zero-dose child of a worklist.
type ZeroChild struct {
	store.DuePerson
	Never bool // no dose of anything is known
}

// ZeroDose lists the children of this node's people who have had no dose against diphtheria, tetanus and pertussis
// (registry.ZeroDoseFromMonths): those of whom no dose at all is known first, then the youngest. Who they are is read by [Desk.Expect].
func (d *Desk) ZeroDose(ctx context.Context, who Who) ([]ZeroChild, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	home := d.Home()
	residences := home.Residences()
	if len(residences) == 0 {
		return nil, nil
	}
	today := d.Today()
	q := store.WithoutQuery{Residences: residences}
	q.BornFrom, q.BornUntil = registry.ZeroDoseBorn(today)
	var out []ZeroChild
	err := d.view(ctx, func(tx store.Tx) error {
		vaccines, err := tx.Vaccines()
		if err != nil {
			return err
		}
		antigens := map[string]string{}
		for i := range vaccines {
			antigens[vaccines[i].Code] = vaccines[i].Antigens
		}
		if q.Vaccines = registry.FirstDoseVaccines(antigens); len(q.Vaccines) == 0 {
			return nil // no vaccine is known yet: nobody lacks it
		}
		people, err := tx.SubjectsWithout(q)
		if err != nil {
			return err
		}
		cases := make([]p.EntityID, len(people))
		for i := range people {
			cases[i] = people[i].Case
		}
		due, err := tx.DueOf(cases...)
		if err != nil {
			return err
		}
		wanted := map[p.EntityID][]string{}
		for i := range due {
			if r := &due[i]; r.Status == project.DueOpen && r.Recommended <= today {
				wanted[r.Case] = append(wanted[r.Case], r.Vaccine)
			}
		}
		for i := range people {
			x := &people[i]
			doses, err := tx.DosesOfCase(x.Case)
			if err != nil {
				return err
			}
			out = append(out, ZeroChild{
				DuePerson: store.DuePerson{Case: x.Case, Residence: x.Residence, Hamlet: x.Hamlet, Since: x.BirthDate, Vaccines: wanted[x.Case]},
				Never:     !slices.ContainsFunc(doses, func(r project.ImmunizationRow) bool { return !r.Void && r.NotDone == 0 }),
			})
		}
		return nil
	})
	slices.Reverse(out) // the youngest first
	slices.SortStableFunc(out, func(a, b ZeroChild) int { return btoi(b.Never) - btoi(a.Never) })
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
