package check

import (
	"crypto/ed25519"

	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// ticks looks for the signature behind everything that was said to be at the hub or at the centre.
func (r *run) ticks(f *Finding) error {
	if r.Identity.IsRoot() {
		f.note("this is the centre: it needs nobody's word")
		return nil
	}
	keys, err := r.hubKeys()
	if err != nil {
		return err
	}
	return r.eachLog(f, func(tx store.Tx, row *store.LogRow) error {
		if !row.Own || row.UpHere == 0 && row.Root == 0 {
			return nil
		}
		f.Count++
		if row.UpHere > 0 {
			ok, err := r.proved(tx, keys, row.ProofUp, row.ID, func(h *p.LogHead) bool { return h.Here == row.UpHere && h.Hash == row.UpHash })
			if err != nil {
				return err
			}
			if !ok {
				f.fault("log %s: nothing signed says that the hub holds it up to change %d", row.ID, row.UpHere)
			}
		}
		if row.Root > 0 {
			ok, err := r.proved(tx, keys, row.ProofTop, row.ID, func(h *p.LogHead) bool { return h.Root == row.Root && h.RootAt == row.RootAt })
			if err != nil {
				return err
			}
			if !ok {
				f.fault("log %s: nothing signed says that the centre holds it up to change %d", row.ID, row.Root)
			}
		}
		return nil
	})
}

// hubKeys are the keys that may have signed a receipt: the upstream's, and those of other hubs it may have had.
func (r *run) hubKeys() ([]ed25519.PublicKey, error) {
	keys := []ed25519.PublicKey{r.Identity.Upstream.Key}
	err := r.view(func(tx store.Tx) error {
		devices, err := tx.Devices()
		for i := range devices {
			if devices[i].Role == registry.NodeHub && len(devices[i].Key) == ed25519.PublicKeySize {
				keys = append(keys, devices[i].Keys()...)
			}
		}
		return err
	})
	return keys, err
}

func (r *run) proved(tx store.Tx, keys []ed25519.PublicKey, proof uint64, log p.LogID, says func(*p.LogHead) bool) (bool, error) {
	row, err := tx.Proof(proof)
	if row == nil || err != nil {
		return false, err
	}
	frame, err := p.DecodeFrame(row.Heads)
	if err != nil {
		return false, nil
	}
	heads, ok := frame.(*p.Heads)
	if !ok {
		return false, nil
	}
	signed := false
	for _, key := range keys {
		signed = signed || heads.Verify(key, r.Identity.Device, row.Nonce) == nil
	}
	for i := range heads.Logs {
		if signed && heads.Logs[i].Log == log && says(&heads.Logs[i]) {
			return true, nil
		}
	}
	return false, nil
}
