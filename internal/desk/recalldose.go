package desk

import (
	"context"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// DoseRecall is a dose of a lot that was stopped where it was given.
type DoseRecall struct {
	registry.Recall
	Dose p.EntityID
	On   registry.Day
}

// RecallsOfDoses tells which of some doses are of a lot that is recalled or suspended: also those written down late.
func (d *Desk) RecallsOfDoses(ctx context.Context, doses []project.ImmunizationRow) ([]DoseRecall, error) {
	var out []DoseRecall
	err := d.view(ctx, func(tx store.Tx) error {
		states, err := recallsListed(tx, registry.RecallInForce, registry.RecallAgain)
		if err != nil {
			return err
		}
		for i := range doses {
			r := &doses[i]
			if r.Void || r.NotDone != 0 || r.Lot == "" {
				continue
			}
			at := r.Place
			if at.IsZero() {
				at = r.Recorded
			}
			for _, s := range states {
				if x := registry.RecallOf(s); x.InForce() && x.Of(r.Vaccine, r.Lot) && d.Node.Atlas().WithinEver(at, x.Place) {
					out = append(out, DoseRecall{Recall: x, Dose: r.ID, On: r.GivenOn})
					break // officers who wrote it twice say one thing
				}
			}
		}
		return nil
	})
	return out, err
}
