package desk

import (
	"context"
	"slices"

	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// moveDose completes the patch of a dose that goes to another person, and makes the drafts by which both records tell of it:
// the dose names on whom it was written first, and that record the dose that went. Moved back there, nothing of it stays.
func (d *Desk) moveDose(tx store.Tx, s *p.State, to p.EntityID, patch registry.Patch) ([]registry.Draft, error) {
	dose := registry.ImmunizationOf(s)
	if dose.Subject == to {
		return nil, nil
	}
	right, err := tx.State(to)
	if err != nil {
		return nil, err
	}
	if right == nil || right.Kind != registry.KindSubject {
		return nil, registry.Errors{{Field: "subject", Code: registry.CodeSubjectRequired}}
	}
	if _, void := registry.Voided(right); void {
		return nil, registry.Errors{{Field: "subject", Code: registry.CodeSubjectRequired}}
	}
	from := dose.MovedFrom
	switch {
	case from == to:
		from = p.EntityID{}
	case from.IsZero():
		from = dose.Subject
	}
	patch[registry.DoseMovedFrom] = registry.RefData(from)
	var drafts []registry.Draft
	for _, x := range []struct {
		subject p.EntityID
		gone    bool
	}{{dose.Subject, true}, {to, false}} {
		mark, err := d.markMoved(tx, x.subject, s.ID, x.gone)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, nonEmpty(mark)...)
	}
	return drafts, nil
}

// markMoved makes the draft that notes on a person's record that a dose was moved away from it, or is there again.
func (d *Desk) markMoved(tx store.Tx, subject, dose p.EntityID, gone bool) (registry.Draft, error) {
	s, err := tx.State(subject)
	if err != nil || s == nil || s.Kind != registry.KindSubject {
		return registry.Draft{}, err
	}
	list := registry.SubjectOf(s).MovedDoses
	has := slices.Contains(list, dose)
	switch {
	case gone == has:
		return registry.Draft{}, nil
	case gone:
		list = append(slices.Clip(list), dose)
	default:
		list = slices.DeleteFunc(slices.Clone(list), func(id p.EntityID) bool { return id == dose })
	}
	return registry.EditSubject(s, registry.Patch{registry.SubjectMovedDoses: registry.RefsData(list)}, registry.SawOf(s), d.Today())
}

// MovedDose is a dose that was moved away from a person's record.
type MovedDose struct {
	Dose    registry.Immunization
	To      p.EntityID
	Name    string // of whose it is now; "" where that record is not here or may not be read
	Known   bool   // the dose is here
	Vaccine string
}

// moved reads the doses that were moved away from a record, as far as they are here.
func (d *Desk) moved(tx store.Tx, who Who, s *registry.Subject) ([]MovedDose, error) {
	var out []MovedDose
	for _, id := range s.MovedDoses {
		x := MovedDose{}
		dose, err := tx.State(id)
		if err != nil {
			return nil, err
		}
		if dose != nil && dose.Kind == registry.KindImmunization {
			x.Dose, x.Known = registry.ImmunizationOf(dose), true
			x.To, x.Vaccine = x.Dose.Subject, x.Dose.Vaccine
			row, err := tx.SubjectRow(x.To)
			if err != nil {
				return nil, err
			}
			if row != nil {
				in, err := d.Reads(tx, who, row.Case)
				if err != nil {
					return nil, err
				}
				if in {
					x.Name = row.Name
				}
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// NameChild gives a newborn its name. What it was called before stays among the names it is found by.
func (d *Desk) NameChild(ctx context.Context, who Who, id p.EntityID, name string, saw registry.Saw) error {
	if err := may(who, rights.Amend, registry.KindSubject); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := state(tx, id, registry.KindSubject)
		if err != nil {
			return nil, err
		}
		if err := d.mine(tx, who, id); err != nil {
			return nil, err
		}
		subject := registry.SubjectOf(s)
		patch := registry.Patch{registry.SubjectName: p.Text(name)}
		if subject.Name != "" && !slices.Contains(subject.Aliases, subject.Name) {
			patch[registry.SubjectAliases] = registry.TextsData(append(slices.Clip(subject.Aliases), subject.Name))
		}
		draft, err := registry.EditSubject(s, patch, saw, d.Today())
		return nonEmpty(draft), err
	})
	return ignoreNothing(err)
}
