package desk

import (
	"context"
	"time"

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

// Worklist lists whom the schedule asks for at this node's places, by one of the lists, as of a day. At a hub
// these are all places below it. It is as of the last [Desk.WorkOutDue].
func (d *Desk) Worklist(ctx context.Context, who Who, q store.DueQuery) ([]Expected, error) {
	if err := may(who, rights.Read, registry.KindSubject); err != nil {
		return nil, err
	}
	var out []Expected
	err := d.view(ctx, func(tx store.Tx) error {
		if d.Node.Identity().Role == registry.NodeStation {
			home, err := communeOf(tx, d.Node.Identity().Place)
			if err != nil {
				return err
			}
			q.Residences = []p.EntityID{home}
		}
		rows, err := tx.Due(q)
		if err != nil {
			return err
		}
		at := map[p.EntityID]int{}
		for _, r := range rows {
			i, ok := at[r.Case]
			if !ok {
				row, err := tx.SubjectRow(r.Case)
				if err != nil {
					return err
				}
				if row == nil {
					continue
				}
				if within, err := Within(tx, who, row.Residence); err != nil {
					return err
				} else if !within {
					continue
				}
				i = len(out)
				at[r.Case], out = i, append(out, Expected{Subject: *row, Since: r.Recommended})
			}
			out[i].Due = append(out[i].Due, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.NoteListed(ctx, who)
}
