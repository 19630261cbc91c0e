package desk

import (
	"context"
	"slices"
	"time"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// dueCasesPerStep is how many cases are worked out in one transaction: few enough that whoever presses save in
// between waits for milliseconds.
const dueCasesPerStep = 32

// KeepDue works out what is due wherever something has changed, and each morning for those whose day has come,
// until ctx ends; failed is told what went wrong.
func (d *Desk) KeepDue(ctx context.Context, failed func(error)) {
	hour := time.NewTicker(time.Hour) // the day changes when nobody writes, too
	defer hour.Stop()
	for {
		for {
			more, err := d.Node.WorkOutDue(ctx, dueCasesPerStep)
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
			if err != nil || !more {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-d.Node.DueWork():
		case <-hour.C:
		}
	}
}

// WorkOutDue works out what the last acts have changed, so that lists read after a save show it. What a change
// of the schedule leaves is more than a reader waits for, and goes on beside. Who reads when nothing is left does
// not wait for those who write.
func (d *Desk) WorkOutDue(ctx context.Context) error {
	left, err := d.Node.DueLeft(ctx)
	if err == nil && left > 0 {
		_, err = d.Node.WorkOutDue(ctx, dueCasesPerStep)
	}
	return err
}

// Worklist lists whom the schedule asks for at this node's places. At a hub these are all places below it. It is as of
// the last [Desk.WorkOutDue]. Who they are is read by [Desk.Expect], for those that are shown.
func (d *Desk) Worklist(ctx context.Context, who Who, q store.DueQuery) ([]store.DuePerson, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	home := d.Home()
	q.Residences = home.Residences()
	var out []store.DuePerson
	if err := d.view(ctx, func(tx store.Tx) (err error) {
		out, err = tx.Due(q)
		return err
	}); err != nil {
		return nil, err
	}
	if len(q.Residences) > 0 { // the station's own people
		return out, nil
	}
	mine := map[p.EntityID]bool{}
	return slices.DeleteFunc(out, func(x store.DuePerson) bool {
		is, known := mine[x.Residence]
		if !known {
			is = d.lives(who, x.Residence)
			mine[x.Residence] = is
		}
		return !is
	}), nil
}

// Expect reads the records of people of a worklist, and writes down that somebody read their names. Who is not here any
// more is left out.
func (d *Desk) Expect(ctx context.Context, who Who, people []store.DuePerson) ([]Expected, error) {
	home := d.Home()
	var out []Expected
	err := d.view(ctx, func(tx store.Tx) error {
		for i := range people {
			x := Expected{Since: people[i].Since}
			here, err := x.read(tx, people[i].Case, people[i].Vaccines, &home)
			if err != nil {
				return err
			}
			if here {
				out = append(out, x)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.NoteListed(ctx, who)
}

// read fills in who leads a case and what they need of some vaccines, and reports whether their record is here.
func (x *Expected) read(tx store.Tx, kase p.EntityID, vaccines []string, home *Home) (bool, error) {
	row, err := tx.SubjectRow(kase)
	if err != nil || row == nil {
		return false, err
	}
	x.Subject, x.AskHome = *row, home.Asks(row)
	if len(vaccines) == 0 {
		return true, nil
	}
	rows, err := tx.DueOfCase(kase)
	if err != nil {
		return false, err
	}
	x.Due = slices.DeleteFunc(rows, func(r project.DueRow) bool { return !slices.Contains(vaccines, r.Vaccine) })
	return true, nil
}
