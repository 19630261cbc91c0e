package node

import (
	"context"
	"crypto/ed25519"
	"math"
	"slices"

	"tramy/internal/project"
	"tramy/internal/registry"
	"tramy/internal/store"
	p "tramy/syncproto"
)

// Neighbour is how far what was recorded here is safe at another laptop as well.
type Neighbour struct {
	Device p.EntityID
	Number int64
	Name   string
	// Waiting is how many of this node's own changes neither hub nor root is known to hold and this laptop is, by
	// its signed word.
	Waiting uint64
}

// Neighbours returns the laptops that have said anything, and are still of this station, by device.
func (n *Node) Neighbours(ctx context.Context) ([]Neighbour, error) {
	var out []Neighbour
	id := n.Identity()
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		for i := range devices {
			d := &devices[i]
			word, err := tx.Meta(metaPeer + d.ID.String())
			if err != nil {
				return err
			}
			if len(word) <= 16 || d.Revoked || !n.sharesRoom(tx, d) {
				continue
			}
			nb := Neighbour{Device: d.ID, Number: d.Number, Name: d.Name}
			if nb.Waiting, err = provedAt(tx, id.Device, d.Keys(), word); err != nil {
				return err
			}
			out = append(out, nb)
		}
		return nil
	})
	return out, err
}

// provedAt counts the own changes that a neighbour's kept word proves and no word from above.
func provedAt(tx store.Tx, own p.EntityID, keys []ed25519.PublicKey, word []byte) (uint64, error) {
	f, err := p.DecodeFrame(word[16:])
	h, ok := f.(*p.Heads)
	proved := func(key ed25519.PublicKey) bool { return h.Verify(key, own, [16]byte(word)) == nil }
	if err != nil || !ok || !slices.ContainsFunc(keys, proved) {
		return 0, nil // no proof, no tick
	}
	var k uint64
	for i := range h.Logs {
		row, err := tx.Log(h.Logs[i].Log)
		if err != nil {
			return 0, err
		}
		if row == nil || !row.Own || row.Access || h.Logs[i].Reason == p.HoldForked {
			continue
		}
		if have, above := min(h.Logs[i].Here, row.Head), max(row.UpHere, row.Root); have > above {
			k += uint64(have - above)
		}
	}
	return k, nil
}

// PeerByKey returns the neighbour whose device key this is, ErrNotNeighbour if there is none.
func (n *Node) PeerByKey(ctx context.Context, key ed25519.PublicKey) (*Peer, error) {
	return n.peer(ctx, func(d *project.DeviceRow) bool { return d.Key == string(key) })
}

// PeerByDevice returns the neighbour that is this device, ErrNotNeighbour if it is none.
func (n *Node) PeerByDevice(ctx context.Context, device p.EntityID) (*Peer, error) {
	return n.peer(ctx, func(d *project.DeviceRow) bool { return d.ID == device })
}

func (n *Node) peer(ctx context.Context, is func(*project.DeviceRow) bool) (*Peer, error) {
	var found *Peer
	err := n.cfg.Store.View(ctx, func(tx store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		for i := range devices {
			d := &devices[i]
			if is(d) && !d.Revoked && d.ID != n.Identity().Device && n.sharesRoom(tx, d) {
				found = &Peer{
					Device: d.ID, Name: d.Name, key: ed25519.PublicKey(d.Key),
					marks: map[p.LogID]peerMark{}, apart: map[p.LogID]bool{}, retold: map[p.LogID]bool{},
				}
				return nil
			}
		}
		return ErrNotNeighbour
	})
	return found, err
}

// sharesRoom reports whether a device is a station of this one's commune and hub. The places as they are now count,
// whatever the clock says.
func (n *Node) sharesRoom(tx store.Tx, dev *project.DeviceRow) bool {
	id, places := n.Identity(), n.Atlas()
	place := id.Place
	if self, err := tx.Device(id.Device); err == nil && self != nil {
		place = self.Place
	}
	const newest = registry.Day(math.MaxInt32)
	return id.Role == registry.NodeStation && dev.Role == registry.NodeStation && dev.Up == id.Upstream.Device && !dev.Up.IsZero() &&
		!place.IsZero() && places.Scope(dev.Place, newest) == places.Scope(place, newest)
}
