package desk

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// VaccinesThen are the lots of vaccines of which this place had something left at a moment, as its ledger says now: what a fridge that
// was too warm then has touched. Moments are as registry.Moment counts them; the lists are in the order of moments, each by vaccine
// and lot. A lot that only doses tell of is in none of them.
func (d *Desk) VaccinesThen(ctx context.Context, who Who, moments ...int64) ([][]project.StockRow, error) {
	if err := d.mayKeepStock(who, rights.Read); err != nil {
		return nil, err
	}
	out := make([][]project.StockRow, len(moments))
	if len(moments) == 0 {
		return out, nil
	}
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Stock(d.Node.Identity().Place)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Entries == 0 || registry.IsSupply(rows[i].Key.Item) {
				continue
			}
			if err := lotThen(tx, rows[i].Key, moments, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// lotThen adds a lot to the moments at which something was left of it. Doses of before its first entry are not asked for: what they
// used was never entered.
func lotThen(tx store.Tx, key registry.StockKey, moments []int64, out [][]project.StockRow) error {
	moves, err := tx.MovementsOf(key)
	if err != nil || len(moves) == 0 {
		return err
	}
	receipts := map[p.EntityID][]project.MovementRow{}
	first := moves[0].Moment
	for i := range moves {
		first = min(first, moves[i].Moment)
		if id := moves[i].Transfer; !id.IsZero() && receipts[id] == nil {
			if receipts[id], err = tx.MovementsOfTransfer(id); err != nil {
				return err
			}
		}
	}
	doses, err := tx.DosesFrom(key.Place, registry.Day(first/(24*60)), key.Item)
	if err != nil {
		return err
	}
	for n, at := range moments {
		var until []project.MovementRow
		var count *project.MovementRow
		for i := range moves {
			if moves[i].Moment <= at {
				until = append(until, moves[i])
			}
		}
		row := project.SumStock(key, until, func(r *project.MovementRow) bool { return project.Beaten(r, receipts[r.Transfer]) })
		for i := range until {
			if until[i].ID == row.Count {
				count = &until[i]
			}
		}
		var given []project.ImmunizationRow
		for i := range doses {
			if registry.Moment(doses[i].GivenOn, doses[i].GivenMinute) <= at {
				given = append(given, doses[i])
			}
		}
		if row.Given = project.GivenSince(key, count, given); row.Balance() > 0 {
			out[n] = append(out[n], row)
		}
	}
	return nil
}
