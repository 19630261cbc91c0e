package hub

import (
	"context"
	"errors"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// SetPlaceLists says on which lists of places that a schedule offers vaccines by a place stands: cholera for what the
// schedule calls list:cholera. What lies in it stands on them, too. No names take it off all of them.
func (h *Hub) SetPlaceLists(ctx context.Context, who desk.Who, place p.EntityID, lists []string) error {
	if !rights.May(who.Role, rights.Amend, registry.KindPlace) {
		return desk.ErrForbidden
	}
	_, err := h.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(place)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindPlace {
			return nil, desk.ErrNotFound
		}
		if err := h.inSubtree(who, place); err != nil {
			return nil, err
		}
		in := registry.PlaceOf(s).PlaceInput
		in.Lists = lists
		patch := in.Patch(s)
		for f := range patch { // of what another version wrote nothing else is touched
			if f != registry.PlaceLists {
				delete(patch, f)
			}
		}
		draft, err := registry.EditFields(s, patch, registry.SawOf(s))
		if err != nil || draft.Empty() {
			return nil, err
		}
		return []registry.Draft{draft}, nil
	})
	if errors.Is(err, node.ErrNothing) {
		return nil
	}
	return err
}
