package datadir

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"slices"

	"tramy/internal/exchange"
	"tramy/internal/server"
	p "tramy/syncproto"
)

// keysLookedFor is among how many keys a hub that was set back looks for the one it had announced since.
const keysLookedFor = 32

// Move is an announcement of where a hub is to be found, as tramy.json keeps it: the folder's own if it is a hub's, and the newest
// that its upstream told. It lies apart from the database, which may be lost just when a hub has moved.
type Move struct {
	Number    uint64   `json:"number"`
	Addresses []string `json:"addresses"`
	Pin       []byte   `json:"pin"`
	Signature []byte   `json:"signature"`
	// Reached says of an upstream's that it answered there and is pinned now.
	Reached bool `json:"reached,omitempty"`
	// Key counts, of a hub's own, how often its TLS key was changed.
	Key int `json:"key,omitempty"`
}

func moveOf(m *p.Move) *Move {
	return &Move{Number: m.Number, Addresses: m.Addresses, Pin: m.Pin[:], Signature: m.Signature[:]}
}

// frame is the announcement as it is told, nil where the file was changed by hand.
func (m *Move) frame(hub p.EntityID) *p.Move {
	if m == nil || len(m.Pin) != 32 || len(m.Signature) != 64 {
		return nil
	}
	return &p.Move{Hub: hub, Number: m.Number, Addresses: m.Addresses, Pin: [32]byte(m.Pin), Signature: [64]byte(m.Signature)}
}

// TLSKeyAt returns a hub's TLS key after so many changes of it; the one it was made with is 0. Each follows from the first, so that a
// hub restored from a backup that is older than a change still has the key its children pin. Whoever has stolen the first has the
// others too, and the device's key beside it: then the hub must be made anew, not its TLS key.
func (k *Keys) TLSKeyAt(changes int) (ed25519.PrivateKey, error) {
	if changes == 0 {
		return k.TLSKey(), nil
	}
	seed, err := hkdf.Key(sha256.New, k.TLS, nil, fmt.Sprintf("tramy tls key %d", changes), ed25519.SeedSize)
	if err != nil {
		return nil, fmt.Errorf("TLS key %d: %w", changes, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Announced implements node.Announcer.
func (d *Dir) Announced() *p.Move {
	d.change.Lock()
	defer d.change.Unlock()
	return d.Info.Announced.frame(d.Info.Device)
}

// KeepAnnounced implements node.Announcer. The caller has checked that this machine signed it; an older one changes nothing.
func (d *Dir) KeepAnnounced(m *p.Move) error {
	d.change.Lock()
	defer d.change.Unlock()
	if d.Info.Announced != nil && d.Info.Announced.Number >= m.Number {
		return nil
	}
	next := moveOf(m)
	if d.Info.Announced != nil {
		next.Key = d.Info.Announced.Key
	}
	for k := range keysLookedFor { // which of its keys it was
		key, err := d.Keys.TLSKeyAt(k)
		if err != nil {
			return err
		}
		if pin, err := server.PinOf(key.Public()); err == nil && pin == m.Pin {
			next.Key = k
		}
	}
	return d.put(func(i *Info) { i.Announced = next })
}

// KeyChanges is how often this hub's TLS key was changed.
func (d *Dir) KeyChanges() int {
	d.change.Lock()
	defer d.change.Unlock()
	if d.Info.Announced == nil {
		return 0
	}
	return d.Info.Announced.Key
}

// Announce keeps a new announcement of this hub, by its TLS key after so many changes.
func (d *Dir) Announce(m *p.Move, key int) error {
	d.change.Lock()
	defer d.change.Unlock()
	return d.put(func(i *Info) {
		i.Announced = moveOf(m)
		i.Announced.Key = key
	})
}

// put changes tramy.json, and what is in memory only if that was written. The caller holds change.
func (d *Dir) put(change func(*Info)) error {
	before := d.Info
	change(&d.Info)
	if err := d.SaveInfo(); err != nil {
		d.Info = before
		return err
	}
	return nil
}

// Ahead implements exchange.Moves.
func (d *Dir) Ahead() (exchange.Route, bool) {
	d.change.Lock()
	defer d.change.Unlock()
	h := d.Info.Heard
	if h == nil || h.Reached || len(h.Pin) != 32 {
		return exchange.Route{}, false
	}
	return exchange.Route{Addresses: slices.Clone(h.Addresses), Pin: [32]byte(h.Pin)}, true
}

// Newest implements exchange.Moves.
func (d *Dir) Newest() *p.Move {
	d.change.Lock()
	defer d.change.Unlock()
	if len(d.Info.Chain) == 0 {
		return nil
	}
	return d.Info.Heard.frame(d.Info.Chain[0].Device)
}

// Heard implements exchange.Moves: it keeps what the upstream signed, before anything is tried. An older announcement, or the same
// again, changes nothing.
func (d *Dir) Heard(m *p.Move) error {
	d.change.Lock()
	defer d.change.Unlock()
	if len(d.Info.Chain) == 0 || m.Hub != d.Info.Chain[0].Device || m.Verify(d.Info.Chain[0].Key) != nil {
		return exchange.ErrStranger
	}
	if h := d.Info.Heard; h != nil && h.Number >= m.Number {
		return nil
	}
	next := moveOf(m)
	// It may say what is known already, as after this machine was enrolled with a new code.
	next.Reached = slices.Equal(m.Pin[:], d.Info.Pin) && len(d.Info.Upstream) >= len(m.Addresses) &&
		slices.Equal(d.Info.Upstream[:len(m.Addresses)], m.Addresses)
	return d.put(func(i *Info) { i.Heard = next })
}

// Reached implements exchange.Moves: from here on the announced key is pinned and no other. The addresses of before stay behind the new
// ones: whoever answers there must hold the new key as well. One file is written, whole: a crash leaves the old way or the new.
func (d *Dir) Reached(m exchange.Route) (exchange.Route, error) {
	d.change.Lock()
	defer d.change.Unlock()
	err := d.put(func(i *Info) {
		i.Upstream, i.Pin = addressesOf(m.Addresses, i.Upstream), m.Pin[:]
		if h := i.Heard; h != nil && slices.Equal(h.Pin, m.Pin[:]) && slices.Equal(h.Addresses, m.Addresses) {
			reached := *h
			reached.Reached = true
			i.Heard = &reached
		}
	})
	return exchange.Route{Addresses: slices.Clone(d.Info.Upstream), Pin: m.Pin}, err
}

// addressesOf joins lists of addresses, each address once, no more than an announcement may have.
func addressesOf(lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, a := range list {
			if !slices.Contains(out, a) && len(out) < p.AddressesMax {
				out = append(out, a)
			}
		}
	}
	return out
}
