package desk

import (
	"context"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// How far back doses without a lot are asked about, and how many of a place are listed at once.
const (
	NoLotDays = 365
	noLotMax  = 300
)

// NoLotDose is a dose given here whose lot nobody wrote down.
type NoLotDose struct {
	project.ImmunizationRow
	Who project.SubjectRow
}

// noLot reads them for this node's places, newest day first, and whether there are more: those that are asked about, or those of which
// somebody said that their lot will never be known.
func (d *Desk) noLot(tx store.Tx, who Who, lost bool) (rows []project.ImmunizationRow, more bool, err error) {
	if d.Node.Identity().Role != registry.NodeStation {
		return nil, false, nil
	}
	mine := d.areaOf(who)
	for _, place := range d.SessionPlaces() {
		if !mine.has(place.ID) {
			continue
		}
		part, err := tx.DosesNoLot(place.ID, d.Today()-NoLotDays, lost, noLotMax+1)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, part...)
	}
	rows = slices.DeleteFunc(rows, func(r project.ImmunizationRow) bool { return r.Subject.IsZero() })
	slices.SortFunc(rows, store.ByNoLot)
	if more = len(rows) > noLotMax; more {
		rows = rows[:noLotMax]
	}
	return rows, more, nil
}

// CountNoLot counts the doses whose lot is to be found out, at most as many as are listed. It names nobody.
func (d *Desk) CountNoLot(ctx context.Context, who Who) (n int, more bool, err error) {
	if !rights.May(who.Role, rights.Amend, registry.KindImmunization) {
		return 0, false, nil
	}
	err = d.view(ctx, func(tx store.Tx) error {
		rows, many, err := d.noLot(tx, who, false)
		n, more = len(rows), many
		return err
	})
	return n, more, err
}

// NoLot lists the doses whose lot is to be found out, and writes down whom it names.
func (d *Desk) NoLot(ctx context.Context, who Who) (out []NoLotDose, more bool, err error) {
	return d.listNoLot(ctx, who, false)
}

// LotLost lists the doses whose lot will never be known, and writes down whom it names.
func (d *Desk) LotLost(ctx context.Context, who Who) (out []NoLotDose, more bool, err error) {
	return d.listNoLot(ctx, who, true)
}

func (d *Desk) listNoLot(ctx context.Context, who Who, lost bool) (out []NoLotDose, more bool, err error) {
	for _, kind := range []p.Kind{registry.KindImmunization, registry.KindSubject} {
		if err := may(who, rights.Read, kind); err != nil {
			return nil, false, err
		}
	}
	err = d.view(ctx, func(tx store.Tx) error {
		rows, many, err := d.noLot(tx, who, lost)
		if err != nil {
			return err
		}
		more = many
		for i := range rows {
			row, err := tx.SubjectRow(rows[i].Subject)
			if err != nil {
				return err
			}
			if row != nil {
				masked(who, row)
				out = append(out, NoLotDose{rows[i], *row})
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, false, err
	}
	return out, more, d.NoteListed(ctx, who, idsOf(out, func(x *NoLotDose) p.EntityID { return x.Who.ID })...)
}

// FillLot writes the lot of doses that have none, as one act. A dose that got one meanwhile keeps it: it is not replaced unseen. It
// returns the doses that were written.
func (d *Desk) FillLot(ctx context.Context, who Who, lot string, expires registry.Day, doses ...p.EntityID) ([]p.EntityID, error) {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return nil, err
	}
	if lot = registry.CleanLot(lot); lot == "" {
		return nil, registry.Errors{{Field: "lot", Code: registry.CodeRequired}}
	}
	if doses = setOf(doses); len(doses) > p.ActChangesMax {
		return nil, registry.Errors{{Field: "lot", Code: registry.CodeTooMany, Params: map[string]any{"max": p.ActChangesMax}}}
	}
	return d.eachDose(ctx, who, doses, func(s *p.State, known registry.Known) (registry.Draft, error) {
		now := registry.ImmunizationOf(s)
		if now.Lot != "" || now.Void != "" || !now.Given() {
			return registry.Draft{}, nil
		}
		patch := registry.Patch{registry.DoseLot: p.Text(lot)}
		if expires != 0 {
			patch[registry.DoseExpires] = p.Int(int64(expires))
		}
		return registry.AmendImmunization(s, patch, registry.SawOf(s), known)
	})
}

// UnfillLot takes a lot out again of doses that still have it.
func (d *Desk) UnfillLot(ctx context.Context, who Who, lot string, doses ...p.EntityID) error {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return err
	}
	_, err := d.eachDose(ctx, who, setOf(doses), func(s *p.State, known registry.Known) (registry.Draft, error) {
		if now := registry.ImmunizationOf(s); !registry.SameLot(now.Lot, lot) {
			return registry.Draft{}, nil
		}
		return registry.AmendImmunization(s, registry.Patch{registry.DoseLot: p.Null(), registry.DoseExpires: p.Null()}, registry.SawOf(s), known)
	})
	return err
}

// LoseLot says of doses without a lot that it will never be known, and why, as one act. A dose that got its lot meanwhile keeps it. It
// returns the doses of which it was said.
func (d *Desk) LoseLot(ctx context.Context, who Who, why registry.LotLost, doses ...p.EntityID) ([]p.EntityID, error) {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return nil, err
	}
	if why == 0 {
		return nil, registry.Errors{{Field: "lot_lost", Code: registry.CodeRequired}}
	}
	if doses = setOf(doses); len(doses) > p.ActChangesMax {
		return nil, registry.Errors{{Field: "lot_lost", Code: registry.CodeTooMany, Params: map[string]any{"max": p.ActChangesMax}}}
	}
	return d.eachDose(ctx, who, doses, func(s *p.State, known registry.Known) (registry.Draft, error) {
		now := registry.ImmunizationOf(s)
		if now.Lot != "" || now.LotLost != 0 || now.Void != "" || !now.Given() {
			return registry.Draft{}, nil
		}
		return registry.AmendImmunization(s, registry.Patch{registry.DoseLotLost: p.Int(int64(why))}, registry.SawOf(s), known)
	})
}

// AskLot takes that back: the doses wait for their lot again. It returns those that do.
func (d *Desk) AskLot(ctx context.Context, who Who, doses ...p.EntityID) ([]p.EntityID, error) {
	if err := may(who, rights.Amend, registry.KindImmunization); err != nil {
		return nil, err
	}
	return d.eachDose(ctx, who, setOf(doses), func(s *p.State, known registry.Known) (registry.Draft, error) {
		if now := registry.ImmunizationOf(s); now.LotLost == 0 {
			return registry.Draft{}, nil
		}
		return registry.AmendImmunization(s, registry.Patch{registry.DoseLotLost: p.Null()}, registry.SawOf(s), known)
	})
}

// eachDose amends doses in one act, and returns those that change.
func (d *Desk) eachDose(ctx context.Context, who Who, doses []p.EntityID, change func(*p.State, registry.Known) (registry.Draft, error)) ([]p.EntityID, error) {
	var written []p.EntityID
	_, err := d.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		written = nil
		var drafts []registry.Draft
		for _, id := range doses {
			s, err := state(tx, id, registry.KindImmunization)
			if err != nil {
				return nil, err
			}
			if err := d.mineDose(tx, who, s); err != nil {
				return nil, err
			}
			known := registry.Known{Today: d.Today()}
			if owner, err := tx.State(registry.ImmunizationOf(s).Subject); err != nil {
				return nil, err
			} else if owner != nil {
				if known, err = knownOf(tx, owner, d.Today()); err != nil {
					return nil, err
				}
			}
			draft, err := change(s, known)
			if err != nil {
				return nil, err
			}
			if !draft.Empty() {
				drafts, written = append(drafts, draft), append(written, id)
			}
		}
		return drafts, nil
	})
	return written, ignoreNothing(err)
}
