package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"tramy/internal/project"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// A device may change its keys. A log's id is hashed from the key that it was begun under, so each log says by itself which key
// proves it, for ever: what was begun under a former key is sealed with that to its end, new logs are begun under the present
// one. Nodes know a device's keys from its entity. A log begun under a key that is not known yet is parked, as one of an
// unknown device is: the entity is on its way.

// errKeyUnknown says that a log was begun under a key of its device that is not known here yet.
var errKeyUnknown = errors.New("begun under a key that is not known here")

// parkedUnderKeysMax is how many segments of a known device wait here for a key of it: whoever claims a key that there never
// will be fills no disk.
const parkedUnderKeysMax = 1024

// ownKeys are the keys this device signs and signed with, the present one first.
func (id *Identity) ownKeys() []ed25519.PrivateKey {
	return append([]ed25519.PrivateKey{id.Key}, id.Former...)
}

// Answering is the key by which the nodes below know this one: the one that they were enrolled under.
func (id *Identity) Answering() ed25519.PrivateKey {
	if id.Serve != nil {
		return id.Serve
	}
	return id.Key
}

// keyFor returns the own key that a log with these random bytes was begun under, nil if none was.
func (id *Identity) keyFor(log p.LogID, random [16]byte) ed25519.PrivateKey {
	for _, key := range id.ownKeys() {
		if p.NewLogID(public(key), random) == log {
			return key
		}
	}
	return nil
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// provedOwn reports whether one of this device's keys signed a segment.
func (id *Identity) provedOwn(seg *p.Segment) bool {
	for _, key := range id.ownKeys() {
		if seg.Verify(public(key)) == nil {
			return true
		}
	}
	return false
}

// signingKey is the own key to seal an own log with.
func (n *Node) signingKey(tx store.Tx, log p.LogID) (ed25519.PrivateKey, error) {
	id := n.Identity()
	if len(id.Former) == 0 {
		return id.Key, nil
	}
	o, err := n.openingOf(tx, log)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return id.Key, nil // a root that founds itself
	}
	if key := id.keyFor(log, o.Random); key != nil {
		return key, nil
	}
	return nil, fmt.Errorf("own log %s: %w", log, errKeyUnknown)
}

// proved checks a segment's signature by the key of its device that its log was begun under, and reports whether that is a
// former one. errKeyUnknown: none of the keys known here is it.
func (n *Node) proved(tx store.Tx, dev *project.DeviceRow, row *store.LogRow, seg *p.Segment) (former bool, err error) {
	keys := dev.Keys()
	opening := seg.Opening
	if opening == nil && row.Head > 0 && len(keys) > 1 {
		first, err := tx.SegmentHolding(row.ID, 1)
		if err != nil {
			return false, err
		}
		if first != nil {
			parsed, err := p.ParseSegment(first.Raw)
			if err != nil {
				return false, err
			}
			opening = parsed.Opening
		}
	}
	if opening == nil {
		if row.Head == 0 && seg.First > 1 {
			waits, err := parkedHere(tx, dev.ID, row.ID)
			if err != nil || waits {
				return false, errors.Join(err, errKeyUnknown)
			}
		}
		return false, seg.Verify(keys[0])
	}
	for i, key := range keys {
		if p.NewLogID(key, opening.Random) == seg.Log {
			return i > 0, seg.Verify(key)
		}
	}
	if seg.First == 1 {
		return false, errKeyUnknown
	}
	return false, seg.Verify(keys[0])
}

// parkedHere reports whether parts of a log wait here.
func parkedHere(tx store.Tx, device p.EntityID, log p.LogID) (bool, error) {
	rows, err := tx.Parked(device)
	for i := range rows {
		if rows[i].Log == log {
			return true, err
		}
	}
	return false, err
}

// awaitsKeys reports whether a key of a device may be on its way here. Who enrolled the device, and has heard the hub above
// since the start, knows them all.
func (n *Node) awaitsKeys(tx store.Tx, dev *project.DeviceRow) (bool, error) {
	if dev.Up == n.id.Device && n.complete() {
		return false, nil
	}
	rows, err := tx.Parked(dev.ID)
	return len(rows) < parkedUnderKeysMax, err
}
