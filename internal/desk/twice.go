package desk

import (
	"context"
	"errors"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// TwiceDose is a pair of records that may be of one dose.
type TwiceDose struct {
	Subject project.SubjectRow
	Why     registry.Twice
	// Sides are the two records, the earlier date first.
	Sides [2]TwiceSide
}

// TwiceSide is one of the two, with who wrote it, when and on which machine.
type TwiceSide struct {
	project.ImmunizationRow
	PlaceName   string
	At          p.At
	Who, Device string
	Saw         registry.Saw
}

// TwiceDoses lists doses that may be recorded twice and of which nobody has said otherwise, to those who may make one void: the
// stations, which have the card before them, and officers, in whose places both were written. It names people, so who looked is written
// down.
func (d *Desk) TwiceDoses(ctx context.Context, who Who, limit int) ([]TwiceDose, error) {
	if err := may(who, rights.Void, registry.KindImmunization); err != nil {
		return nil, err
	}
	var out []TwiceDose
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := d.waitingRows(tx, who, limit, isTwice)
		by := authors{tx: tx}
		for i := 0; i < len(rows) && len(out) < limit && err == nil; i++ {
			out, err = d.appendTwice(tx, who, out, &rows[i], &by)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	out = out[:min(len(out), limit)]
	return out, d.NoteListed(ctx, who, idsOf(out, func(t *TwiceDose) p.EntityID { return t.Subject.ID })...)
}

// appendTwice adds the pairs that a row stands for and that a person may settle: the dose, with each earlier one it may be.
func (d *Desk) appendTwice(tx store.Tx, who Who, out []TwiceDose, row *project.ConflictRow, by *authors) ([]TwiceDose, error) {
	doses, err := tx.DosesOfCase(row.Case)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(doses, func(x project.ImmunizationRow) bool { return x.ID == row.Entity })
	if i < 0 {
		return out, nil
	}
	later := &doses[i]
	for j := range doses {
		earlier := &doses[j]
		why := registry.TwiceRecorded(earlier.Told(), later.Told())
		if !earlier.Counted || project.BeforeDose(earlier, later) >= 0 || why == 0 {
			continue
		}
		pair := TwiceDose{Why: why}
		var states [2]*p.State
		elsewhere := false
		for k, dose := range []*project.ImmunizationRow{earlier, later} {
			if states[k], err = state(tx, dose.ID, registry.KindImmunization); err != nil {
				return nil, err
			}
			switch err := d.mineDose(tx, who, states[k]); {
			case errors.Is(err, ErrElsewhere):
				elsewhere = true
			case err != nil:
				return nil, err
			}
			if pair.Sides[k], err = twiceSide(tx, dose, states[k], by); err != nil {
				return nil, err
			}
		}
		if elsewhere || toldApart(states[0], states[1]) {
			continue
		}
		subject, err := tx.SubjectRow(later.Subject)
		if err != nil {
			return nil, err
		}
		if subject != nil {
			pair.Subject = *subject
		}
		out = append(out, pair)
	}
	return out, nil
}

func toldApart(a, b *p.State) bool {
	return slices.Contains(registry.ApartOf(a), b.ID) || slices.Contains(registry.ApartOf(b), a.ID)
}

func twiceSide(tx store.Tx, dose *project.ImmunizationRow, s *p.State, by *authors) (TwiceSide, error) {
	out := TwiceSide{ImmunizationRow: *dose, Saw: registry.SawOf(s)}
	place, err := tx.Place(dose.Place)
	if err != nil {
		return out, err
	}
	if place != nil {
		out.PlaceName = place.Name
	}
	if v := s.Values(registry.DoseGivenOn); len(v) > 0 {
		last := v[len(v)-1]
		out.At = last.At
		out.Who, out.Device, err = by.of(last.Actor, last.Dot.Log)
	}
	return out, err
}

// VoidTwice says that two records are of one dose: keep stands, and the other is void as recorded twice. That keep stands is written as
// well: if another machine decides the other way round at the same time, neither is taken away silently, and both go to review. saw names what the page had
// shown of both: if either reads otherwise now, or is void already, the error is a *registry.StaleError and nothing is written.
func (d *Desk) VoidTwice(ctx context.Context, who Who, keep, drop p.EntityID, saw map[p.EntityID]registry.Saw, reason string) error {
	if err := may(who, rights.Void, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		kept, dropped, err := d.twoDoses(tx, who, keep, drop, saw)
		if err != nil {
			return nil, err
		}
		void, err := registry.Void(dropped, reason, saw[drop])
		if err != nil || void.Empty() {
			return nil, err
		}
		stands, err := registry.Stands(kept, saw[keep])
		return []registry.Draft{stands, void}, err
	})
	return ignoreNothing(err)
}

// TellApart says that two records that look alike are of two doses, which is remembered, or with apart false takes that back. saw is as
// with VoidTwice; nil asks nothing.
func (d *Desk) TellApart(ctx context.Context, who Who, a, b p.EntityID, saw map[p.EntityID]registry.Saw, apart bool) error {
	if err := may(who, rights.Void, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		x, y, err := d.twoDoses(tx, who, a, b, saw)
		if err != nil {
			return nil, err
		}
		if apart {
			if toldApart(x, y) {
				return nil, nil
			}
			return []registry.Draft{registry.TellApart(y, x.ID, true)}, nil
		}
		// Two machines may each have said it of the other record.
		return nonEmpty(registry.TellApart(x, y.ID, false), registry.TellApart(y, x.ID, false)), nil
	})
	return ignoreNothing(err)
}

// decides are the fields by which somebody judges whether two records are of one dose.
var decides = []p.Field{
	p.FieldSubject, p.FieldPlace, p.FieldVoid, registry.DoseVaccine, registry.DoseGivenOn, registry.DoseLot, registry.DoseSource, registry.DoseNotDone,
}

// twoDoses reads two doses that a person may write, as the page had shown them.
func (d *Desk) twoDoses(tx store.Tx, who Who, a, b p.EntityID, saw map[p.EntityID]registry.Saw) (x, y *p.State, err error) {
	var out [2]*p.State
	for i, id := range []p.EntityID{a, b} {
		s, err := state(tx, id, registry.KindImmunization)
		if err != nil {
			return nil, nil, err
		}
		if err := d.mineDose(tx, who, s); err != nil {
			return nil, nil, err
		}
		if saw != nil {
			if err := registry.Unseen(s, saw[id], decides...); err != nil {
				return nil, nil, err
			}
		}
		out[i] = s
	}
	if a == b {
		return nil, nil, ErrNotFound
	}
	return out[0], out[1], nil
}
