package hub

import (
	"context"

	"tramy/internal/desk"
	"tramy/internal/node"
	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/rights"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Revoke takes a device out of service: its next call is refused and it locks, and what arrives from it later is held.
func (h *Hub) Revoke(ctx context.Context, who desk.Who, device p.EntityID, reason string) error {
	if reason == "" {
		return ErrReason
	}
	return h.writeDevice(ctx, who, device, func(s *p.State) (registry.Draft, error) {
		return registry.Edit(s, registry.DeviceRevoked, p.Text(reason)), nil
	})
}

// Reinstate takes a revocation back: the device is served again, and unlocks at its next call. What was held of it meanwhile
// waits for somebody to decide all the same.
func (h *Hub) Reinstate(ctx context.Context, who desk.Who, device p.EntityID) error {
	return h.writeDevice(ctx, who, device, func(s *p.State) (registry.Draft, error) {
		if registry.DeviceOf(s).Revoked == "" {
			return registry.Draft{}, node.ErrNothing
		}
		return registry.Edit(s, registry.DeviceRevoked, p.Null()), nil
	})
}

// AskForKeys asks a device to change its keys. It does so at its next exchange over a network.
func (h *Hub) AskForKeys(ctx context.Context, who desk.Who, device p.EntityID) error {
	return h.writeDevice(ctx, who, device, func(s *p.State) (registry.Draft, error) {
		row, ok := project.DeviceRowOf(s)
		if !ok || row.Renew {
			return registry.Draft{}, node.ErrNothing
		}
		return registry.Edit(s, registry.DeviceRenew, p.Bytes([]byte(row.Key))), nil
	})
}

// writeDevice writes one change of a device in the person's subtree. node.ErrNothing: it is so already.
func (h *Hub) writeDevice(ctx context.Context, who desk.Who, device p.EntityID, draft func(*p.State) (registry.Draft, error)) error {
	if !rights.May(who.Role, rights.Manage, registry.KindDevice) {
		return desk.ErrForbidden
	}
	_, err := h.Node.Append(ctx, who.User, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(device)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindDevice {
			return nil, desk.ErrNotFound
		}
		if err := h.inSubtree(who, registry.DeviceOf(s).Place); err != nil {
			return nil, err
		}
		d, err := draft(s)
		return []registry.Draft{d}, err
	})
	return err
}

// Missing says which parts of a device's work were written and are not here: see node.Missing.
func (h *Hub) Missing(ctx context.Context, who desk.Who, device p.EntityID) (node.Missing, error) {
	if !rights.May(who.Role, rights.Read, registry.KindDevice) {
		return node.Missing{}, desk.ErrForbidden
	}
	if err := h.Node.Store().View(ctx, func(tx store.Tx) error {
		dev, err := tx.Device(device)
		switch {
		case err != nil:
			return err
		case dev == nil:
			return desk.ErrNotFound
		}
		return h.inSubtree(who, dev.Place)
	}); err != nil {
		return node.Missing{}, err
	}
	return h.Node.Missing(ctx, device)
}
