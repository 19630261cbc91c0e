package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// keptOpen are the vaccines whose opened vials this station keeps for 28 days. Of two practices that were made apart both must say so.
func keptOpen(tx store.Tx, place p.EntityID) ([]string, error) {
	all, err := practices(tx, place)
	var out []string
	for i, s := range all {
		said := registry.KeptOpen(s)
		if i > 0 {
			said = slices.DeleteFunc(said, func(code string) bool { return !slices.Contains(out, code) })
		}
		out = said
	}
	return out, err
}

// KeptOpen are the vaccines whose opened vials this station keeps for 28 days.
func (d *Desk) KeptOpen(ctx context.Context) (out []string, err error) {
	err = d.view(ctx, func(tx store.Tx) (err error) {
		out, err = keptOpen(tx, d.Node.Identity().Place)
		return err
	})
	return out, err
}

// SetKeptOpen decides it, for all machines of this station. It is the head's to say, who knows which product was delivered.
func (d *Desk) SetKeptOpen(ctx context.Context, who Who, vaccines []string) error {
	return d.setPractice(ctx, who, func(tx store.Tx, place p.EntityID) (registry.Draft, error) {
		second, err := wantsSecond(tx, place)
		if err != nil {
			return registry.Draft{}, err
		}
		return registry.NewPracticeKeptOpen(place, second, vaccines)
	}, func(s *p.State) (registry.Draft, error) { return registry.SetKeptOpen(s, vaccines) })
}

// setPractice writes how this station works: its first practice, or what all that there are say from now on.
func (d *Desk) setPractice(ctx context.Context, who Who, first func(store.Tx, p.EntityID) (registry.Draft, error), set func(*p.State) (registry.Draft, error)) error {
	if err := may(who, rights.Amend, registry.KindPractice); err != nil {
		return err
	}
	place := d.Node.Identity().Place
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		all, err := practices(tx, place)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			draft, err := first(tx, place)
			return []registry.Draft{draft}, err
		}
		var drafts []registry.Draft
		for _, s := range all {
			draft, err := set(s)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, nonEmpty(draft)...)
		}
		return drafts, nil
	})
	return ignoreNothing(err)
}
