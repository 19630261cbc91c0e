package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/report"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ClosedPlace is a station and whether it has closed a month.
type ClosedPlace struct {
	Place, Commune project.PlaceRow
	Closed         []registry.Closing // what was handed in, then corrections
	Heard          report.Heard       // of its machines, at a hub
}

// ClosedList says who has closed a month: of a station itself, at a hub of all below a place
// (zero: the person's own). Those who have not come first, then by commune and name.
func (d *Desk) ClosedList(ctx context.Context, who Who, at p.EntityID, month registry.Month) ([]ClosedPlace, error) {
	if err := may(who, rights.Read, registry.KindClosing); err != nil {
		return nil, err
	}
	m, id := d.Map(), d.Node.Identity()
	if at.IsZero() {
		at = who.Place
	}
	if !d.Within(who, at) {
		return nil, ErrElsewhere
	}
	var out []ClosedPlace
	err := d.view(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		places := []p.EntityID{}
		for i := range devices {
			x := &devices[i]
			if x.Role == registry.NodeStation && !x.Revoked && m.Within(x.Place, at) && (id.Role == registry.NodeHub || x.Place == id.Place) {
				places = append(places, x.Place)
			}
		}
		places = setOf(places)
		list, err := d.closings(tx, month, places...)
		if err != nil {
			return err
		}
		for _, place := range places {
			row, ok := m.Row(place)
			if !ok {
				continue
			}
			x := ClosedPlace{Place: row}
			x.Commune, _ = m.Row(communeOf(m, place))
			for i := range list {
				if list[i].Place == place {
					x.Closed = append(x.Closed, list[i])
				}
			}
			if id.Role == registry.NodeHub {
				if x.Heard, err = report.HeardAt(tx, []p.EntityID{place}, d.Node.Now().UnixMilli()); err != nil {
					return err
				}
			}
			out = append(out, x)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b ClosedPlace) int {
		return cmp.Or(cmp.Compare(btoi(len(a.Closed) > 0), btoi(len(b.Closed) > 0)), cmp.Compare(registry.Fold(a.Commune.Name), registry.Fold(b.Commune.Name)),
			cmp.Compare(registry.Fold(a.Place.Name), registry.Fold(b.Place.Name)), a.Place.ID.Compare(b.Place.ID))
	})
	return out, err
}

// MonthWaits tells whether the month before this one is still to be closed here, and until when it is in time. A station that did nothing in
// it has nothing to hand in.
func (d *Desk) MonthWaits(ctx context.Context, who Who) (month registry.Month, due registry.Day, waits bool, err error) {
	month = d.Today().Month() - 1
	if !d.MayCloseMonth(who) {
		return month, 0, false, nil
	}
	place := d.Node.Identity().Place
	err = d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.RecordsAt(store.RecordQuery{Kind: registry.KindClosing, Places: []p.EntityID{place}, From: month.First(), Until: month.Last() + 1})
		if err != nil || len(rows) > 0 {
			return err
		}
		moves, err := tx.MovementsAt(place, registry.Moment(month.First(), registry.NewClock(0, 0)), registry.Moment(month.Last()+1, registry.NewClock(0, 0)))
		if waits = len(moves) > 0; err != nil || waits {
			return err
		}
		uses, err := d.uses(tx, d.Today()-stockUsualDays, d.Today()) // which every page of a day asks for, and the month before lies in them
		waits = slices.ContainsFunc(uses, func(u lotUse) bool { return u.On.Month() == month })
		return err
	})
	if err != nil || !waits {
		return month, 0, false, err
	}
	due, err = d.CloseDue(month)
	return month, due, true, err
}

// CloseDue is the last day on which a month is closed in time.
func (d *Desk) CloseDue(month registry.Month) (registry.Day, error) {
	forms, err := report.Layouts()
	if err != nil {
		return 0, err
	}
	l := report.LayoutOn(forms, closeForms[0], month.Last())
	if l == nil {
		return 0, ErrNotFound
	}
	due, _, _ := l.Deadline(report.Period{From: month.First(), To: month.Last()})
	return due, nil
}
