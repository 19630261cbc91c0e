package hub

import (
	"bytes"
	"context"
	"errors"

	"tramy/internal/datadir"
	"tramy/internal/exchange"
	"tramy/internal/node"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// takeKeys makes keys those of a machine below that showed its token and signed for them with the old one. They stand in its
// entity, with the token's hash, in one transaction: a crash before it leaves the old, one after it the new, and the machine,
// which has kept both, asks again. Asked again, it is so already.
func (h *Hub) takeKeys(ctx context.Context, k *exchange.NewKeys) error {
	if err := k.Check(h.Node.Identity().Device); err != nil {
		return err
	}
	_, err := h.Node.Append(ctx, p.EntityID{}, func(tx store.Tx, _ func(int) p.EntityID) ([]registry.Draft, error) {
		s, err := tx.State(k.Device)
		if err != nil {
			return nil, err
		}
		if s == nil || s.Kind != registry.KindDevice {
			return nil, exchange.ErrKeysRefused
		}
		in := registry.DeviceOf(s).DeviceInput
		switch {
		case bytes.Equal(in.Key, k.Key):
			return nil, nil
		case !bytes.Equal(in.Key, k.Old):
			return nil, exchange.ErrKeysRefused
		}
		devices, err := tx.Devices()
		if err != nil {
			return nil, err
		}
		for i := range devices {
			if devices[i].ID != k.Device && devices[i].Key == string(k.Key) {
				return nil, exchange.ErrKeysRefused
			}
		}
		if in, err = in.ReplaceKeys(k.Key, k.SealKey); err != nil {
			return nil, err
		}
		draft, err := registry.EditFields(s, in.Patch(s), registry.SawOf(s))
		if err != nil {
			return nil, err
		}
		child, err := tx.Child(k.Device)
		if err != nil {
			return nil, err
		}
		if child == nil {
			child = &store.ChildRow{Device: k.Device}
		}
		child.TokenHash = k.TokenHash
		return []registry.Draft{draft}, tx.PutChild(child)
	})
	switch {
	case errors.Is(err, node.ErrNothing):
		return nil
	case err != nil:
		return err
	}
	// Sealed at once: a hub above that knows nothing of changed keys must hear of the new one before anything signed with it.
	return h.Node.Seal(ctx)
}

// ChangeKeys gives this hub new keys for what it is to the hub above; see datadir.Running.ChangeKeys.
func (h *Hub) ChangeKeys(ctx context.Context) error {
	if h.Uplink == nil {
		return datadir.ErrNoHubAbove
	}
	if _, err := h.Uplink.Client.Sync(ctx); err != nil {
		return err
	}
	return h.Dir.ChangeKeys(ctx, h.Uplink.Client)
}
