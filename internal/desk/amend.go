package desk

import (
	"context"
	"errors"
	"maps"

	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Amend corrects one dose. Moving it to another subject is a patch of its subject: both records then tell of it.
func (d *Desk) Amend(ctx context.Context, who Who, id p.EntityID, patch registry.Patch, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, err
		}
		subject := registry.ImmunizationOf(s).Subject
		if to, ok := patch[p.FieldSubject]; ok {
			if subject, _ = to.Ref(); !subject.IsZero() {
				if err := d.mine(tx, who, subject); err != nil {
					return nil, err
				}
			}
		}
		owner, err := tx.State(subject)
		if err != nil {
			return nil, err
		}
		known := registry.Known{Today: d.Today()}
		if owner != nil {
			if known, err = knownOf(tx, owner, d.Today()); err != nil {
				return nil, err
			}
		}
		if _, moved := patch[p.FieldPlace]; moved {
			known.Place = d.givesAt(who)
		}
		var marks []registry.Draft
		if to, ok := patch[p.FieldSubject]; ok && !subject.IsZero() && !to.IsNull() {
			patch = maps.Clone(patch)
			if marks, err = d.moveDose(tx, s, subject, patch); err != nil {
				return nil, err
			}
			// Soft, and of no form: it follows from the move.
			saw = maps.Clone(saw)
			saw[registry.DoseMovedFrom] = registry.SawOf(s)[registry.DoseMovedFrom]
		}
		draft, err := registry.AmendImmunization(s, patch, saw, known)
		if err != nil {
			return nil, err
		}
		return append(nonEmpty(draft), marks...), nil
	})
	return ignoreNothing(err)
}

// VoidDose marks a dose as entered in error.
func (d *Desk) VoidDose(ctx context.Context, who Who, id p.EntityID, reason string, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil { // to officers it is open only where two records are of one dose
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, err
		}
		draft, err := registry.Void(s, reason, saw)
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}

// Dose reads one dose and writes down who looked at its subject.
func (d *Desk) Dose(ctx context.Context, who Who, id p.EntityID) (*DoseView, error) {
	if err := may(who, rights.Read, registry.KindImmunization); err != nil {
		return nil, err
	}
	var out *DoseView
	err := d.view(ctx, func(tx store.Tx) error {
		row, err := tx.ImmunizationRow(id)
		if err != nil {
			return err
		}
		if row == nil {
			return ErrNotFound
		}
		if _, err := d.readable(tx, who, row.Case); err != nil {
			return err
		}
		if subject, err := tx.SubjectRow(row.Subject); err != nil {
			return err
		} else if subject != nil {
			if _, err := d.mayOpen(tx, who, subject); err != nil {
				return err
			}
		}
		views, err := d.doses(tx, row.Case)
		if err != nil {
			return err
		}
		for i := range views {
			if views[i].ID == id {
				out = &views[i]
			}
		}
		if out == nil {
			return ErrNotFound
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.note(ctx, who, registry.ActView, out.Subject, "")
}

// ignoreNothing: a form saved without a change is no error.
func ignoreNothing(err error) error {
	if errors.Is(err, node.ErrNothing) {
		return nil
	}
	return err
}
