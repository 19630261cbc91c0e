package desk

import (
	"cmp"
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Exposed is somebody else who had a lot that somebody reacted to.
type Exposed struct {
	Subject project.SubjectRow
	Dose    project.ImmunizationRow
	Reacted bool // a reaction of theirs is recorded after this dose
}

// ExposedTo lists who else had, on the same day and at the same place, the lots of a reaction's doses: by vaccine, then by the
// minute. Of a dose whose lot nobody wrote down it lists all who had the vaccine. It names people, so who looked is written down.
func (d *Desk) ExposedTo(ctx context.Context, who Who, x *Reacted) ([]Exposed, error) {
	if err := may(who, rights.Read, registry.KindReaction); err != nil {
		return nil, err
	}
	var out []Exposed
	err := d.view(ctx, func(tx store.Tx) error {
		listed := map[p.EntityID]bool{}
		for i := range x.Doses {
			cause := &x.Doses[i]
			rows, err := tx.DosesOn([]p.EntityID{cause.Place}, cause.GivenOn)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if row.Void || row.NotDone != 0 || row.Vaccine != cause.Vaccine || row.Case == x.Subject.Case || listed[row.ID] ||
					cause.Lot != "" && row.Lot != "" && !registry.SameLot(row.Lot, cause.Lot) {
					continue
				}
				subject, err := tx.SubjectRow(row.Subject)
				if err != nil {
					return err
				}
				if subject == nil {
					continue
				}
				if in, err := d.concerns(tx, who, row.Place, row.Case); err != nil {
					return err
				} else if !in {
					continue
				}
				listed[row.ID] = true
				e := Exposed{Subject: *subject, Dose: row}
				masked(who, &e.Subject)
				if e.Reacted, err = reactedTo(tx, row.Subject, row.ID); err != nil {
					return err
				}
				out = append(out, e)
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Exposed) int {
		return cmp.Or(cmp.Compare(a.Dose.Vaccine, b.Dose.Vaccine), cmp.Compare(a.Dose.GivenMinute, b.Dose.GivenMinute))
	})
	return out, d.NoteListed(ctx, who, idsOf(out, func(e *Exposed) p.EntityID { return e.Subject.ID })...)
}

func reactedTo(tx store.Tx, subject, dose p.EntityID) (bool, error) {
	rows, err := tx.RecordsOf(registry.KindReaction, subject)
	if err != nil {
		return false, err
	}
	all, err := recorded(tx, rows)
	return slices.ContainsFunc(all, func(s *p.State) bool { return slices.Contains(registry.ReactionOf(s).Doses, dose) }), err
}

// Superior is a place above with the number to call there.
type Superior struct{ Name, Phone string }

// Superiors are the places above this one that have a phone on record, the nearest first.
func (d *Desk) Superiors(ctx context.Context) ([]Superior, error) {
	var out []Superior
	err := d.view(ctx, func(tx store.Tx) error {
		own := d.Node.Identity().Place
		for _, id := range d.Node.Atlas().Above(own) {
			if id == own {
				continue
			}
			s, err := tx.State(id)
			if err != nil {
				return err
			}
			if s == nil || s.Kind != registry.KindPlace {
				continue
			}
			place := registry.PlaceOf(s)
			if place.Phone != "" && place.Void == "" && (place.Until == 0 || place.Until > d.Today()) {
				out = append(out, Superior{place.Name, place.Phone})
			}
		}
		return nil
	})
	return out, err
}
