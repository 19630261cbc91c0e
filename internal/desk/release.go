package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A case stays where one of its doses was given, so that a child who comes again is known. After two years
// without a dose or a look a station lets go of a child who lives elsewhere; when the child does come, the
// first look or dose takes it back.
const (
	releaseAfterDays = 2 * 365
	releasesPerRun   = p.ActChangesMax
)

// ReleaseSilent lets go of children who live elsewhere and were not seen here for two years, a bounded
// number at once. It returns how many.
func (d *Desk) ReleaseSilent(ctx context.Context) (int, error) {
	place := d.Node.Identity().Place
	now := d.Node.Now()
	seen := now.AddDate(0, 0, -releaseAfterDays).UnixMilli()
	n := 0
	_, err := d.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		if sure, err := d.clockHeld(tx, now); err != nil || !sure {
			return nil, err
		}
		home := d.Home()
		silent, err := tx.SubjectsSilent(place, home.Residences(), d.Today()-releaseAfterDays)
		if err != nil {
			return nil, err
		}
		var drafts []registry.Draft
		for _, id := range silent {
			if len(drafts) == releasesPerRun {
				break
			}
			s, err := tx.State(id)
			if err != nil {
				return nil, err
			}
			if left, _ := d.released(s); left {
				continue
			}
			looks, err := tx.Accesses(id, 1)
			if err != nil {
				return nil, err
			}
			if len(looks) > 0 && looks[0].WallMS > seen {
				continue
			}
			list, _ := s.Get(p.FieldReleased).List()
			list = slices.Clone(list)
			for _, scope := range d.Node.Atlas().ScopesEver(place) {
				list = append(list, p.Ref(scope))
			}
			drafts = append(drafts, registry.Edit(s, p.FieldReleased, p.List(list...)))
		}
		n = len(drafts)
		return drafts, nil
	})
	if errors.Is(err, node.ErrNothing) {
		return 0, nil
	}
	return n, err
}

// clockHeld reports whether the hub answered within the last day as this clock has it: a clock that jumped
// by years must not let everybody go.
func (d *Desk) clockHeld(tx store.Tx, now time.Time) (bool, error) {
	rows, err := tx.Exchanges(50)
	for _, x := range rows {
		if age := now.UnixMilli() - x.EndMS; x.Result == node.ExchangeDone && age < 24*3600*1000 && age > -24*3600*1000 {
			return true, err
		}
	}
	return false, err
}

// ReleaseDaily calls ReleaseSilent now and once a day until ctx ends; failed is told what went wrong.
func (d *Desk) ReleaseDaily(ctx context.Context, failed func(error)) {
	day := time.NewTicker(24 * time.Hour)
	defer day.Stop()
	for {
		for {
			n, err := d.ReleaseSilent(ctx)
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
			if err != nil || n < releasesPerRun {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-day.C:
		}
	}
}

// released reports whether a subject was let go by the register of this node's place, and the list without that.
func (d *Desk) released(s *p.State) (bool, []p.Data) {
	places := d.Node.Atlas()
	scopes := places.ScopesEver(d.Node.Identity().Place)
	var rest []p.Data
	found := false
	for _, v := range s.Values(p.FieldReleased) {
		list, _ := v.Data.List()
		for _, item := range list {
			id, ok := item.Ref()
			switch {
			case !ok:
			case slices.Contains(scopes, places.Scope(id, 0)):
				found = true
			default:
				rest = append(rest, item)
			}
		}
	}
	return found, rest
}

// comesAgain ends the release of a subject that somebody looks at here.
func (d *Desk) comesAgain(ctx context.Context, who Who, s *p.State) error {
	if len(s.Values(p.FieldReleased)) == 0 {
		return nil
	}
	_, err := d.Node.Append(ctx, who.User, func(store.Tx, func(int) p.EntityID) ([]registry.Draft, error) {
		return d.takeBack(s), nil
	})
	if errors.Is(err, node.ErrNothing) {
		return nil
	}
	return err
}

// takeBack makes the draft that ends a release here, if there was one.
func (d *Desk) takeBack(s *p.State) []registry.Draft {
	if len(s.Values(p.FieldReleased)) == 0 || d.Node.Identity().Role != registry.NodeStation {
		return nil
	}
	left, rest := d.released(s)
	if !left {
		return nil
	}
	return []registry.Draft{registry.Edit(s, p.FieldReleased, p.List(rest...))}
}
