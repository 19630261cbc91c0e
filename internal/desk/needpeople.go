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

// NeedPerson is somebody whom a need counts, and why.
type NeedPerson struct {
	Who     project.SubjectRow
	Since   registry.Day
	Overdue bool
}

// NeedPeople lists who on the register is due one vaccine in a month, from one on, and how many they are. It names people, so who looked is written
// down.
func (d *Desk) NeedPeople(ctx context.Context, who Who, q NeedQuery, vaccine string, from int) (place *project.PlaceRow, out []NeedPerson, total int, err error) {
	if place, err = d.checkNeeds(who, &q); err != nil {
		return nil, nil, 0, err
	}
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, nil, 0, err
	}
	if place.Level < registry.LevelCommune {
		return nil, nil, 0, ErrNotFound
	}
	today := d.Today()
	err = d.view(ctx, func(tx store.Tx) error {
		src := d.reportSource(place)
		if len(src.Residences) == 0 {
			return nil
		}
		var all []store.DuePerson
		overdue := 0
		for _, due := range []store.DueQuery{
			{List: store.ListOverdue, Since: today - needOverdue, On: today, Vaccine: vaccine, Residences: src.Residences},
			{List: store.ListComing, Since: today, On: q.Month.Last(), Vaccine: vaccine, Residences: src.Residences},
		} {
			people, err := tx.Due(due)
			if err != nil {
				return err
			}
			if due.List == store.ListOverdue {
				overdue = len(people)
			}
			all = append(all, people...)
		}
		total = len(all)
		if from < 0 || from > total {
			from = 0
		}
		page := all[from:min(total, from+needRowsShown)]
		cases := make([]p.EntityID, len(page))
		for i := range page {
			cases[i] = page[i].Case
		}
		rows, err := tx.Leads(cases...)
		if err != nil {
			return err
		}
		for i := range page {
			at := slices.IndexFunc(rows, func(r project.SubjectRow) bool { return r.Case == page[i].Case })
			if at < 0 {
				continue
			}
			masked(who, &rows[at])
			out = append(out, NeedPerson{Who: rows[at], Since: page[i].Since, Overdue: from+i < overdue})
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return place, out, total, err
	}
	return place, out, total, d.NoteListed(ctx, who, idsOf(out, func(x *NeedPerson) p.EntityID { return x.Who.ID })...)
}
