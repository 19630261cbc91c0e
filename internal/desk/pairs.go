package desk

import (
	"context"
	"errors"

	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Limits of pairs.
const (
	// PairsPage is how many pairs a page shows.
	PairsPage = 20
	// PairsCounted is up to how many pairs are counted; a page says "more than" beyond it.
	PairsCounted = 500
	// certainMax is how many pairs one sweep looks at for linking them.
	certainMax = 10_000
	// belowDays is for how many days a pair that a machine below could link is left to it.
	belowDays = 7
)

// Pair is two records of which nobody has said yet whether they are one person.
type Pair struct {
	Row      store.PairRow
	Subjects [2]project.SubjectRow
	Doses    [2][]project.ImmunizationRow // by date; of all records linked with each
	Match    registry.Comparison
	// Contradict says that the doses of the two can hardly be one person's.
	Contradict bool
}

// PairList is one page of pairs.
type PairList struct {
	Pairs []Pair
	// Total counts them all, to PairsCounted at most.
	Total int
	// More says that there are pairs after the last of Pairs.
	More bool
}

// Pairs lists the pairs that wait for a person, likeliest first, after one that was shown before. Possible lists also
// those that are no more than that; only a hub keeps them. It names people, so who looked is written down.
func (d *Desk) Pairs(ctx context.Context, who Who, after store.PairRow, possible bool) (PairList, error) {
	var out PairList
	if !rights.May(who.Role, rights.Create, registry.KindLink) {
		return out, nil
	}
	least := hundredths(registry.Likely)
	if possible {
		least = hundredths(registry.Possible)
	}
	err := d.view(ctx, func(tx store.Tx) error {
		total, err := tx.Pairs(store.PairQuery{Min: least, Limit: PairsCounted})
		if err != nil {
			return err
		}
		out.Total = len(total)
		for {
			rows, err := tx.Pairs(store.PairQuery{Min: least, After: after, Limit: PairsPage})
			if err != nil {
				return err
			}
			for _, r := range rows {
				if len(out.Pairs) == PairsPage {
					out.More = true
					return nil
				}
				after = r
				pair, err := pairOf(tx, r)
				if err != nil {
					return err
				}
				if pair != nil {
					out.Pairs = append(out.Pairs, *pair)
				}
			}
			if len(rows) < PairsPage {
				return nil
			}
		}
	})
	if err != nil || len(out.Pairs) == 0 {
		return out, err
	}
	return out, d.NoteListed(ctx, who)
}

// pairOf reads what a page shows of a pair; nil if somebody has said of others in the two cases that they are two.
func pairOf(tx store.Tx, r store.PairRow) (*Pair, error) {
	out := &Pair{Row: r}
	for i, id := range []p.EntityID{r.A, r.B} {
		row, err := tx.SubjectRow(id)
		if err != nil || row == nil {
			return nil, err
		}
		out.Subjects[i] = *row
		if out.Doses[i], err = tx.DosesOfCase(row.Case); err != nil {
			return nil, err
		}
	}
	apart, err := saidApart(tx, out.Subjects[0].Case, out.Subjects[1].Case)
	if err != nil || apart {
		return nil, err
	}
	if out.Match, err = compareStates(tx, r.A, r.B); err != nil {
		return nil, err
	}
	fit, err := dosesFit(tx, out.Subjects[0].Case, out.Subjects[1].Case)
	out.Contradict = !fit
	return out, err
}

// linkCertain links the pairs of which nobody need be asked. The lowest node that holds both does it; what a machine
// below could link is left to it for some days, because it may be off. If two do it all the same, both links say one
// thing, and un-linking sets both.
func (d *Desk) linkCertain(ctx context.Context) (int, error) {
	today, linked := d.Today(), 0
	var rows []store.PairRow
	if err := d.view(ctx, func(tx store.Tx) (err error) {
		rows, err = tx.PairsCertain(today, certainMax)
		return err
	}); err != nil {
		return 0, err
	}
	for _, r := range rows {
		_, err := d.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
			below, err := d.Node.HeldBelow(tx, r.A, r.B)
			if err != nil || below && today-r.Found < belowDays {
				return nil, err
			}
			a, err := tx.SubjectRow(r.A)
			if err != nil || a == nil {
				return nil, err
			}
			b, err := tx.SubjectRow(r.B)
			if err != nil || b == nil || a.Case == b.Case {
				return nil, err
			}
			if may, err := mayJoin(tx, a, b, registry.SamePerson); err != nil || !may {
				return nil, err
			}
			link, err := registry.NewLink(r.A, r.B, true)
			return []registry.Draft{link}, err
		})
		switch {
		case errors.Is(err, node.ErrNothing):
		case err != nil:
			return linked, err
		default:
			linked++
		}
	}
	return linked, nil
}
