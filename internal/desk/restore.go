package desk

import (
	"context"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// RestoreDose takes the void of a dose back. A void the form had not shown is a *registry.StaleError.
func (d *Desk) RestoreDose(ctx context.Context, who Who, id p.EntityID, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return err
	}
	return d.restoreDose(ctx, who, id, saw)
}

// UnsettleTwice takes back what VoidTwice said of the record that it made void.
func (d *Desk) UnsettleTwice(ctx context.Context, who Who, dropped p.EntityID, saw registry.Saw) error {
	if err := may(who, rights.Void, registry.KindImmunization); err != nil {
		return err
	}
	return d.restoreDose(ctx, who, dropped, saw)
}

func (d *Desk) restoreDose(ctx context.Context, who Who, id p.EntityID, saw registry.Saw) error {
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, err
		}
		draft, err := registry.Restore(s, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}
