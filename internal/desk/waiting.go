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

// Limits of what waits for a person.
const (
	// waitingRead bounds how many rows are read to find those of a person's places.
	waitingRead = 10_000
	// WaitingCounted is up to how many things of each kind a page counts in its bar.
	WaitingCounted = 100
)

// Waiting is how much waits for somebody to settle it.
type Waiting struct {
	Twice, Conflicts, Pairs int
	// Above is what this person sees the effects of and somebody above settles: two values in an account, a machine or a place.
	Above int
}

// Mine is what this person can settle.
func (w Waiting) Mine() int { return w.Twice + w.Conflicts + w.Pairs }

// Waiting counts what waits, without naming anybody: pages show it in their bar.
func (d *Desk) Waiting(ctx context.Context, who Who) (Waiting, error) {
	var out Waiting
	if may(who, rights.Settle, registry.KindSubject) != nil {
		return out, nil
	}
	err := d.view(ctx, func(tx store.Tx) error {
		rows, err := tx.Conflicts(waitingRead)
		if err != nil {
			return err
		}
		out.Above = len(slices.DeleteFunc(slices.Clone(rows), func(r project.ConflictRow) bool {
			return rights.May(who.Role, rights.Settle, r.Kind)
		}))
		for _, x := range []struct {
			count *int
			of    func(*project.ConflictRow) bool
		}{{&out.Twice, isTwice}, {&out.Conflicts, isConflict}} {
			if x.count == &out.Twice && !rights.May(who.Role, rights.Void, registry.KindImmunization) {
				continue
			}
			mine, err := d.chooseRows(tx, who, rows, WaitingCounted, x.of)
			if err != nil {
				return err
			}
			*x.count = len(mine)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	out.Pairs, err = d.PairsWaiting(ctx, who)
	return out, err
}

func isTwice(r *project.ConflictRow) bool {
	return r.Kind == registry.KindImmunization && r.Field == registry.DoseApart
}

func isConflict(r *project.ConflictRow) bool { return !isTwice(r) }

// waitingRows reads what waits for a person in their places, what does most harm first.
func (d *Desk) waitingRows(tx store.Tx, who Who, limit int, of func(*project.ConflictRow) bool) ([]project.ConflictRow, error) {
	rows, err := tx.Conflicts(max(limit, waitingRead))
	if err != nil {
		return nil, err
	}
	return d.chooseRows(tx, who, rows, limit, of)
}

// chooseRows keeps, of rows in any order, those that a person can settle.
func (d *Desk) chooseRows(tx store.Tx, who Who, rows []project.ConflictRow, limit int, of func(*project.ConflictRow) bool) ([]project.ConflictRow, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r project.ConflictRow) bool {
		return !of(&r) || !rights.May(who.Role, rights.Settle, r.Kind)
	})
	slices.SortStableFunc(rows, func(a, b project.ConflictRow) int { return harm(&a) - harm(&b) })
	a := d.areaOf(who)
	if a.all {
		return rows[:min(len(rows), limit)], nil
	}
	cases, err := casesLiving(tx, a, rows[:min(len(rows), 2*limit)])
	if err != nil {
		return nil, err
	}
	var out []project.ConflictRow
	for i := range rows {
		if len(out) == limit {
			break
		}
		in, known := cases[rows[i].Case]
		if !known || rows[i].Case.IsZero() {
			if in, err = d.rowIsMine(tx, who, a, &rows[i]); err != nil {
				return nil, err
			}
			cases[rows[i].Case] = in
		}
		if in {
			out = append(out, rows[i])
		}
	}
	return out, nil
}

// casesLiving tells of rows whose case lives at a person's places, read at once: that settles nearly all of them.
func casesLiving(tx store.Tx, a *area, rows []project.ConflictRow) (map[p.EntityID]bool, error) {
	leads, err := tx.Leads(setOf(idsOf(rows, func(r *project.ConflictRow) p.EntityID { return r.Case }))...)
	out := make(map[p.EntityID]bool, len(leads))
	for i := range leads {
		if x := &leads[i]; a.has(x.Recorded) || a.has(x.Residence) {
			out[x.ID] = true
		}
	}
	return out, err
}

func (d *Desk) rowIsMine(tx store.Tx, who Who, a *area, row *project.ConflictRow) (bool, error) {
	if !row.Case.IsZero() {
		return d.ofCase(tx, a, row.Case)
	}
	s, err := tx.State(row.Entity)
	if err != nil || s == nil {
		return false, err
	}
	switch err := d.mineEntity(tx, who, s); {
	case err == nil:
		return true, nil
	case errors.Is(err, ErrElsewhere), errors.Is(err, ErrNotFound):
		return false, nil
	default:
		return false, err
	}
}

// Harm says what two values in a field do, as long as nobody chose. The numbers are not stored.
type Harm uint8

// Harms, the worst first.
const (
	HarmDates    Harm = iota + 1 // a wrong day of the next dose, or a dose too early
	HarmCaution                  // a dose to somebody who must not have it
	HarmReport                   // a reaction that is told wrongly, or not in time
	HarmCount                    // a dose that counts wrongly
	HarmIdentity                 // the wrong person
	HarmReach                    // a mother who is not reached, a child at another station
	HarmLot                      // a lot that is not found when it is recalled
	HarmOther
)

var harms = map[p.Kind]map[p.Field]Harm{
	registry.KindSubject: {
		registry.SubjectBirthDate: HarmDates, registry.SubjectBirthPrec: HarmDates, registry.SubjectDueDate: HarmDates,
		registry.SubjectTetanus: HarmDates, registry.SubjectTetanusYear: HarmDates,
		registry.SubjectAllergies: HarmCaution, registry.SubjectContraind: HarmCaution, registry.SubjectConditions: HarmCaution,
		registry.SubjectName: HarmIdentity, registry.SubjectSex: HarmIdentity, registry.SubjectCode: HarmIdentity,
		registry.SubjectMotherName: HarmIdentity, registry.SubjectMother: HarmIdentity, registry.SubjectPersonalNo: HarmIdentity,
		registry.SubjectBirthOrder: HarmIdentity, p.FieldVoid: HarmIdentity,
		registry.SubjectMotherPhone: HarmReach, registry.SubjectPhone: HarmReach, registry.SubjectFatherPhone: HarmReach,
		registry.SubjectGuardianTel: HarmReach, p.FieldPlace: HarmReach, registry.SubjectStatus: HarmReach,
	},
	registry.KindImmunization: {
		registry.DoseVaccine: HarmDates, registry.DoseGivenOn: HarmDates, p.FieldSubject: HarmDates, p.FieldVoid: HarmCount,
		registry.DoseNotDone: HarmCount, registry.DoseSource: HarmCount, registry.DoseOrder: HarmCount, p.FieldPlace: HarmCount,
		registry.DoseLot: HarmLot, registry.DoseExpires: HarmLot,
	},
	registry.KindLink:     {registry.LinkSame: HarmCount, p.FieldVoid: HarmCount},
	registry.KindReaction: {registry.ReactionSeverity: HarmReport, registry.ReactionOutcome: HarmReport, registry.ReactionOn: HarmReport},
}

// HarmOf is what two values in a field of a kind do.
func HarmOf(kind p.Kind, field p.Field) Harm {
	if h := harms[kind][field]; h != 0 {
		return h
	}
	return HarmOther
}

func harm(r *project.ConflictRow) int { return int(HarmOf(r.Kind, r.Field)) }
