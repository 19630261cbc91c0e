package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tramy/internal/desk"
	"tramy/internal/project"
	"tramy/internal/reform"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ErrPlacesChanged says that a place is not as it was when the plan was made: somebody else wrote. The plan has to be
// made and looked at again; what was written of it stands, and the new plan goes on from there.
var ErrPlacesChanged = errors.New("the places changed meanwhile: make the plan again and look at it")

// Reform is what an order would do and whom it concerns. Nothing is written before WritePlaces.
type Reform struct {
	*reform.Plan
	Affected Affected
}

// PlanPlaces works out an order on the places as they stand. The error is reform.Problems where something is in its
// way.
func (h *Hub) PlanPlaces(ctx context.Context, who desk.Who, order reform.Order) (*Reform, error) {
	if !rights.May(who.Role, rights.Amend, registry.KindPlace) {
		return nil, desk.ErrForbidden
	}
	var out *Reform
	err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		rows, err := tx.Places()
		if err != nil {
			return err
		}
		plan, err := reform.Work(order, rows)
		if err != nil {
			return err
		}
		if err := h.mayWrite(who, plan, rows); err != nil {
			return err
		}
		out = &Reform{Plan: plan}
		out.Affected, err = affected(tx, plan, rows, h.Node.Identity().Device)
		return err
	})
	return out, err
}

// mayWrite makes sure that everything a plan touches lies in the person's places.
func (h *Hub) mayWrite(who desk.Who, plan *reform.Plan, rows []project.PlaceRow) error {
	for i := range rows {
		if rows[i].ID == who.Place && rows[i].Level == registry.LevelNation {
			return nil // everything does
		}
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		ids := []p.EntityID{c.Before.ID, c.After.Parent}
		for _, id := range slices.Concat(ids, c.After.Successors) {
			if id.IsZero() || reform.Temporary(id) {
				continue
			}
			if err := h.inSubtree(who, id); err != nil {
				return fmt.Errorf("%s %s: %w", c.After.Code, c.After.Name, err)
			}
		}
	}
	return nil
}

// WritePlaces writes a plan, act by act. Cut off between two, it leaves a consistent tree, and the same order planned
// again goes on. progress is told how many acts are written, and may be nil.
func (h *Hub) WritePlaces(ctx context.Context, who desk.Who, plan *reform.Plan, progress func(acts int)) error {
	if !rights.May(who.Role, rights.Amend, registry.KindPlace) || !rights.May(who.Role, rights.Create, registry.KindPlace) {
		return desk.ErrForbidden
	}
	ids := map[p.EntityID]p.EntityID{} // of places the plan entered: temporary -> real
	for n, act := range plan.Acts {
		_, err := h.Node.Append(ctx, who.User, func(tx store.Tx, id func(int) p.EntityID) ([]registry.Draft, error) {
			for i := range act {
				if act[i].New() {
					ids[act[i].After.ID] = id(i)
				}
			}
			drafts := make([]registry.Draft, 0, len(act))
			for i := range act {
				draft, err := placeDraft(tx, &act[i], ids)
				if err != nil {
					return nil, fmt.Errorf("%s %s: %w", act[i].After.Code, act[i].After.Name, err)
				}
				drafts = append(drafts, draft)
			}
			return drafts, nil
		})
		if err != nil {
			return fmt.Errorf("act %d of %d: %w", n+1, len(plan.Acts), err)
		}
		if progress != nil {
			progress(n + 1)
		}
	}
	return nil
}

// placeDraft is one edit of a plan as it is written. Ids that are yet to be had are looked up in ids.
func placeDraft(tx store.Tx, e *reform.Edit, ids map[p.EntityID]p.EntityID) (registry.Draft, error) {
	real := func(id p.EntityID) p.EntityID {
		if reform.Temporary(id) {
			return ids[id]
		}
		return id
	}
	var old *p.State
	var in registry.PlaceInput
	if !e.New() {
		var err error
		if old, err = tx.State(e.Before.ID); err != nil {
			return registry.Draft{}, err
		}
		if old == nil {
			return registry.Draft{}, desk.ErrNotFound
		}
		if row, ok := project.PlaceRowOf(old); !ok || !reform.Same(&row, &e.Before) {
			return registry.Draft{}, ErrPlacesChanged
		}
		in = registry.PlaceOf(old).PlaceInput
	}
	r := &e.After
	in.Parent, in.Code, in.Name, in.NameEN, in.Level, in.Type = real(r.Parent), r.Code, r.Name, r.NameEN, r.Level, r.Type
	in.From, in.Until, in.Hamlets, in.Former = r.From, r.Until, r.Hamlets, r.Former
	in.Successors = nil
	for _, id := range r.Successors {
		in.Successors = append(in.Successors, real(id))
	}
	if e.New() {
		in.Lists = r.Lists
		return registry.NewPlace(in)
	}
	return registry.EditFields(old, in.Patch(old), registry.SawOf(old))
}
