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

// Worklist lists whom the schedule asks for at this node's places, by any of the queries: each person once, for
// each vaccine once, in the order found. At a hub these are all places below it. It is as of the last
// [Desk.WorkOutDue].
func (d *Desk) Worklist(ctx context.Context, who Who, queries ...store.DueQuery) ([]Expected, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	var out []Expected
	err := d.view(ctx, func(tx store.Tx) error {
		home := d.Home()
		at, within := map[p.EntityID]int{}, map[p.EntityID]bool{}
		for _, q := range queries {
			q.Residences = home.Residences()
			rows, err := tx.Due(q)
			if err != nil {
				return err
			}
			for _, r := range rows {
				i, ok := at[r.Case]
				if !ok {
					x, err := d.expectedIn(tx, who, r.Case, within)
					if err != nil {
						return err
					}
					if x == nil {
						continue
					}
					i, x.Since, x.AskHome = len(out), r.Recommended, home.Asks(&x.Subject)
					at[r.Case], out = i, append(out, *x)
				}
				if !slices.ContainsFunc(out[i].Due, func(o project.DueRow) bool { return o.Vaccine == r.Vaccine }) {
					out[i].Due = append(out[i].Due, r)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.NoteListed(ctx, who)
}

// expectedIn reads a person, nil for one whose record is not here or not for the caller. Which residences are for
// them is kept in within.
func (d *Desk) expectedIn(tx store.Tx, who Who, kase p.EntityID, within map[p.EntityID]bool) (*Expected, error) {
	row, err := tx.SubjectRow(kase)
	if err != nil || row == nil {
		return nil, err
	}
	mine, known := within[row.Residence]
	if !known {
		mine = d.lives(who, row)
		within[row.Residence] = mine
	}
	if !mine {
		return nil, nil
	}
	return &Expected{Subject: *row}, nil
}
